package typing

import (
	"cmp"
	"math"
	"slices"
)

const (
	// largest bounds values, lest sums of their squares overflow.
	largest = 1e75
	// mostLevels are kept apart of a nominal item.
	mostLevels = 20
	// farthest is how many standard deviations a value counts at most.
	farthest = 8
)

// Encoding turns answers to one item into columns that have, in the rows that they
// were made from, a mean of 0 and a standard deviation of 1.
type Encoding struct {
	Levels   []float64 // of a nominal item: the codes with a column each
	Mean, SD []float64 // by column; an SD of 0 leaves the column out
}

// encode looks at the answers of the rows.
func encode(item Item, rows []int) Encoding {
	var e Encoding
	if item.Nominal {
		times := map[float64]int{}
		for _, r := range rows {
			if v := item.Values[r]; !math.IsNaN(v) {
				times[v+0]++
			}
		}
		for v := range times {
			e.Levels = append(e.Levels, v)
		}
		slices.SortFunc(e.Levels, func(a, b float64) int { return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a, b)) })
		e.Levels = e.Levels[:min(len(e.Levels), mostLevels)]
		slices.Sort(e.Levels)
		if len(e.Levels) == 2 && len(times) == 2 { // the other one says the same
			e.Levels = e.Levels[:1]
		}
	}
	n := e.columns(item.Nominal)
	e.Mean, e.SD = make([]float64, n), make([]float64, n)
	known := 0.0
	for _, r := range rows {
		v := item.Values[r]
		if math.IsNaN(v) {
			continue
		}
		known++
		for c := range n {
			e.Mean[c] += (e.raw(v, c) - e.Mean[c]) / known
		}
	}
	for c := range n {
		var squares float64
		for _, r := range rows {
			if v := item.Values[r]; !math.IsNaN(v) {
				d := e.raw(v, c) - e.Mean[c]
				squares += d * d
			}
		}
		e.SD[c] = math.Sqrt(squares / max(1, known))
		if e.SD[c] <= 1e-12*math.Abs(e.Mean[c]) {
			e.SD[c] = 0
		}
	}
	return e
}

// columns is how many columns there are.
func (e *Encoding) columns(nominal bool) int {
	if nominal {
		return len(e.Levels)
	}
	return 1
}

// raw is a column before scaling.
func (e *Encoding) raw(v float64, column int) float64 {
	if e.Levels == nil {
		return v
	}
	if v == e.Levels[column] {
		return 1
	}
	return 0
}

// varies says whether any column does.
func (e *Encoding) varies() bool {
	return slices.ContainsFunc(e.SD, func(v float64) bool { return v > 0 })
}

// put writes an answer's columns; a missing one counts as average.
func (e *Encoding) put(v float64, out []float64) {
	for c, sd := range e.SD {
		if out[c] = 0; sd > 0 && !math.IsNaN(v) {
			out[c] = max(-farthest, min(farthest, (e.raw(v, c)-e.Mean[c])/sd))
		}
	}
}
