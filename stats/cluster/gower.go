package cluster

import (
	"fmt"
	"math"
)

// Kind says how a column of mixed data is compared.
type Kind uint8

const (
	// Number is compared by the difference in parts of its range. Ranks of an ordinal
	// column can be numbers too.
	Number Kind = iota
	// Category is the same or not; so is a binary column both of whose values say
	// something.
	Category
	// Presence is a column of 0 and 1 where two rows that both lack it are not alike
	// for that: such pairs do not count.
	Presence
)

// Column is a column of mixed data; NaN is a missing value.
type Column struct {
	Kind   Kind
	Values []float64
}

// Gower computes the dissimilarities of rows (Gower 1971): the mean over the columns
// that both rows have a value in of how much they differ, from 0 to 1. The entry of rows
// i < j is at i·n − i(i+1)/2 + j − i − 1, row by row. A column that does not vary adds 0.
// Two rows with no column to compare are 1 apart.
//
// It fails without columns, for other numbers of values, for values that are infinite
// or beyond 1e75, and for a Presence other than 0 and 1.
func Gower(columns []Column) ([]float64, error) {
	if len(columns) == 0 || len(columns[0].Values) == 0 {
		return nil, fmt.Errorf("the data has no rows or no columns")
	}
	n := len(columns[0].Values)
	span := make([]float64, len(columns))
	for c, column := range columns {
		if len(column.Values) != n {
			return nil, fmt.Errorf("column %d has %d values, the first has %d", c+1, len(column.Values), n)
		}
		low, high := math.Inf(1), math.Inf(-1)
		for i, v := range column.Values {
			if math.Abs(v) > largest {
				return nil, fmt.Errorf("row %d, column %d is %v: leave infinite values out, and scale numbers to below %g", i+1, c+1, v, largest)
			}
			if column.Kind == Presence && v != 0 && v != 1 && !math.IsNaN(v) {
				return nil, fmt.Errorf("row %d, column %d is %v where presence is 0 or 1", i+1, c+1, v)
			}
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
		span[c] = high - low
	}
	out := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			var sum, counted float64
			for c, column := range columns {
				a, b := column.Values[i], column.Values[j]
				if math.IsNaN(a) || math.IsNaN(b) || column.Kind == Presence && a == 0 && b == 0 {
					continue
				}
				counted++
				switch {
				case column.Kind != Number:
					if a != b {
						sum++
					}
				case span[c] > 0:
					sum += min(1, math.Abs(a-b)/span[c])
				}
			}
			if counted == 0 {
				sum, counted = 1, 1
			}
			out = append(out, sum/counted)
		}
	}
	return out, nil
}
