package infer

import (
	"fmt"
	"math"
	"slices"
)

// Association says how two categorical variables hang together.
type Association struct {
	ChiSquare, DF, P float64
	V                float64 // effect size, Cramér's V: 0 nothing, 1 wholly
	VCorrected       float64 // V corrected for chance (Bergsma 2013)
	N                float64
	// Sparse says that more than a fifth of the expected counts are below 5, or one
	// below 1: then p is rough (Cochran 1954).
	Sparse bool
	// Residuals are, row by row, (n − e)/√(e(1−row/N)(1−column/N)): beyond ±2 a cell
	// holds more or less than chance explains (Haberman 1973). 0 where nothing can be
	// expected.
	Residuals [][]float64
}

// ChiSquare is Pearson's test (1900) of whether rows and columns of a table of counts
// are independent, without a correction for continuity: Σ (n − e)²/e. Rows and columns without
// counts are left out. A table with one row or column left has nothing to test: the
// statistic and V are 0, and p is 1.
//
// It fails for a table that is empty or ragged, or holds a negative, missing or
// infinite count.
func ChiSquare(table [][]float64) (*Association, error) {
	if len(table) == 0 || len(table[0]) == 0 {
		return nil, fmt.Errorf("the table is empty")
	}
	rows, cols := make([]float64, len(table)), make([]float64, len(table[0]))
	a := &Association{P: 1, Residuals: make([][]float64, len(table))}
	for i, row := range table {
		if len(row) != len(cols) {
			return nil, fmt.Errorf("row %d of the table has %d cells, the first has %d", i+1, len(row), len(cols))
		}
		for j, n := range row {
			if !(n >= 0 && n <= largest) {
				return nil, fmt.Errorf("row %d, column %d of the table is %v: counts are finite and not negative", i+1, j+1, n)
			}
			rows[i] += n
			cols[j] += n
			a.N += n
		}
		a.Residuals[i] = make([]float64, len(cols))
	}
	r, c := filled(rows), filled(cols)
	if r < 2 || c < 2 {
		return a, nil
	}
	low, cells := 0.0, r*c
	for i, row := range table {
		for j, n := range row {
			e := rows[i] / a.N * cols[j]
			if !(e > 0) {
				continue
			}
			if e < 5 {
				low++
			}
			a.Sparse = a.Sparse || e < 1
			a.ChiSquare += (n - e) / e * (n - e)
			if by := e * (1 - rows[i]/a.N) * (1 - cols[j]/a.N); by > 0 {
				a.Residuals[i][j] = ratio(n-e, math.Sqrt(by))
			}
		}
	}
	a.Sparse = a.Sparse || low > cells/5
	a.DF = (r - 1) * (c - 1)
	a.P = ChiSquareP(a.ChiSquare, a.DF)
	a.V = math.Sqrt(share(a.ChiSquare / a.N / (min(r, c) - 1)))
	if a.N > 1 {
		phi := max(0, a.ChiSquare/a.N-a.DF/(a.N-1))
		rc, cc := r-(r-1)*(r-1)/(a.N-1), c-(c-1)*(c-1)/(a.N-1)
		if least := min(rc, cc) - 1; least > 0 {
			a.VCorrected = math.Sqrt(share(phi / least))
		}
	}
	return a, nil
}

func filled(sums []float64) (n float64) {
	for _, s := range sums {
		if s > 0 {
			n++
		}
	}
	return n
}

// Holm corrects p values of several tests so that the chance of any false finding
// stays at the level at which they are read (Holm 1979). NaN counts as 1.
func Holm(p []float64) []float64 {
	order := ascending(p)
	out := make([]float64, len(p))
	last := 0.0
	for rank, i := range order {
		last = max(last, min(1, share(p[i])*float64(len(p)-rank)))
		out[i] = last
	}
	return out
}

// BenjaminiHochberg corrects p values of several tests so that, of the findings below
// the level at which they are read, at most that share is false (Benjamini and
// Hochberg 1995). NaN counts as 1.
func BenjaminiHochberg(p []float64) []float64 {
	order := ascending(p)
	out := make([]float64, len(p))
	last := 1.0
	for rank, i := range slices.Backward(order) {
		last = min(last, share(p[i])*float64(len(p))/float64(rank+1))
		out[i] = last
	}
	return out
}

// ascending returns the indices of the p values, the smallest first.
func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch pa, pb := share(p[a]), share(p[b]); {
		case pa < pb:
			return -1
		case pa > pb:
			return 1
		}
		return 0
	})
	return order
}
