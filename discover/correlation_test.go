package discover

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

// TestCorrelation: recency and amount of the 995 customers of the R package rfm, by R.
func TestCorrelation(t *testing.T) {
	f, err := os.Open("../stats/testdata/rfm_reference.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	read := func(at int) *column {
		c := &column{Feature: Feature{Low: -math.MaxFloat64, High: math.MaxFloat64}}
		for _, row := range rows[1:] {
			v, err := strconv.ParseFloat(row[at], 64)
			if err != nil {
				t.Fatal(err)
			}
			c.value = append(c.value, v)
		}
		return c
	}
	recency, amount := read(1), read(3)
	if got := correlation(recency, amount); math.Abs(got+.302697) > 5e-7 {
		t.Errorf("%.7f, want -.302697", got)
	}
	if got := correlation(recency, recency); math.Abs(got-1) > 1e-12 {
		t.Errorf("of a column with itself: %v", got)
	}
	if got := correlation(recency, &column{Feature: recency.Feature, value: make([]float64, len(recency.value))}); got != 0 {
		t.Errorf("with a constant: %v", got)
	}
}
