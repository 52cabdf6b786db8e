// Package stats holds what the statistical packages share: matrices of
// observations and how equal rows become one row with a weight. It is pure:
// slices in, structs out.
package stats

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Matrix is observations by variables, row by row: row i is
// Data[i*Cols:(i+1)*Cols].
type Matrix struct {
	Rows, Cols int
	Data       []float64
}

// NewMatrix returns a matrix of zeros.
func NewMatrix(rows, cols int) *Matrix {
	return &Matrix{rows, cols, make([]float64, rows*cols)}
}

// Row returns row i, which shares the matrix's memory.
func (m *Matrix) Row(i int) []float64 { return m.Data[i*m.Cols : (i+1)*m.Cols : (i+1)*m.Cols] }

// Check returns an error if the shape is wrong, the matrix is empty, or a value
// is NaN or infinite; it names the first such place.
func (m *Matrix) Check() error {
	if m == nil || m.Rows <= 0 || m.Cols <= 0 {
		return fmt.Errorf("the data has no rows or no columns")
	}
	if len(m.Data) != m.Rows*m.Cols {
		return fmt.Errorf("the data has %d values where %d rows of %d columns need %d", len(m.Data), m.Rows, m.Cols, m.Rows*m.Cols)
	}
	for i, v := range m.Data {
		// The difference of a finite number with itself is 0, of others NaN.
		if v-v != 0 {
			return fmt.Errorf("row %d, column %d is %v: leave such rows out or fill them first", i/m.Cols+1, i%m.Cols+1, v)
		}
	}
	return nil
}

// Distinct returns the distinct rows in the order of their first occurrence,
// how often each occurs, and for every row of m the number of its distinct row.
// 0 and −0 are equal.
func (m *Matrix) Distinct() (rows *Matrix, count []float64, of []int32) {
	of = make([]int32, m.Rows)
	seen := make(map[string]int32)
	rows = &Matrix{Cols: m.Cols}
	key := make([]byte, 8*m.Cols)
	for i := range m.Rows {
		row := m.Row(i)
		for j, v := range row {
			binary.LittleEndian.PutUint64(key[8*j:], math.Float64bits(v+0))
		}
		d, ok := seen[string(key)]
		if !ok {
			d = int32(rows.Rows)
			seen[string(key)] = d
			rows.Data = append(rows.Data, row...)
			rows.Rows++
			count = append(count, 0)
		}
		count[d]++
		of[i] = d
	}
	return rows, count, of
}

// Means returns the weighted mean of each column; nil weights are ones.
func (m *Matrix) Means(weights []float64) []float64 {
	mean := make([]float64, m.Cols)
	var total float64
	for i := range m.Rows {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		total += w
		for j, v := range m.Row(i) {
			mean[j] += w * v
		}
	}
	if total > 0 {
		for j := range mean {
			mean[j] /= total
		}
	}
	return mean
}
