// Package rfm scores customers by recency, frequency and monetary value and
// gives the combinations names (Hughes 1994). It is pure.
package rfm

import (
	"fmt"
	"math"
	"slices"
)

// Customer is what is scored: days since the last purchase (smaller is better),
// the number of purchases and their value.
type Customer struct{ Recency, Frequency, Monetary float64 }

// Ties says to which bin a value belongs that equals a cut point.
type Ties uint8

const (
	// LowerBin puts values up to and including a quantile into the bin below it,
	// so that equal values never part and a value most customers share is a low
	// one.
	LowerBin Ties = iota
	// PlusOne puts values below the quantile plus one into the bin below it, as
	// the R package rfm 0.3.0 does.
	PlusOne
)

// Options says how to score. Cut points that are set are used as they are;
// others are quantiles.
type Options struct {
	Bins                         int // 2 to 9; default 5
	Ties                         Ties
	Recency, Frequency, Monetary []float64 // ascending, Bins−1 each
	Rules                        []Rule    // default: Rules()
}

// Score is a customer's bins from 1, the best being the highest in all three.
type Score struct{ Recency, Frequency, Monetary int }

// Code writes the score as one number: 543.
func (s Score) Code() int { return 100*s.Recency + 10*s.Frequency + s.Monetary }

// Result holds the scores and names by customer and the cut points used.
type Result struct {
	Scores                       []Score
	Groups                       []string
	Recency, Frequency, Monetary []float64
}

// Compute scores the customers and names their groups. It fails without
// customers, on values that are not finite, and on cut points that are not
// ascending or of the wrong number.
func Compute(customers []Customer, o Options) (*Result, error) {
	if o.Bins == 0 {
		o.Bins = 5
	}
	if o.Bins < 2 || o.Bins > 9 {
		return nil, fmt.Errorf("%d bins: choose 2 to 9", o.Bins)
	}
	if len(customers) == 0 {
		return nil, fmt.Errorf("there are no customers to score")
	}
	for i, c := range customers {
		if d := c.Recency/4 + c.Frequency/4 + c.Monetary/4; d-d != 0 {
			return nil, fmt.Errorf("customer %d has a value that is not finite: %v, %v, %v", i+1, c.Recency, c.Frequency, c.Monetary)
		}
	}
	if o.Rules == nil {
		o.Rules = Rules(o.Bins)
	}
	r := &Result{Scores: make([]Score, len(customers)), Groups: make([]string, len(customers))}
	var err error
	column := func(name string, given []float64, of func(Customer) float64) []float64 {
		if err != nil {
			return nil
		}
		if given != nil {
			if len(given) != o.Bins-1 || !slices.IsSorted(given) || slices.ContainsFunc(given, math.IsNaN) {
				err = fmt.Errorf("the cut points of %s must be %d ascending numbers", name, o.Bins-1)
			}
			return given
		}
		values := make([]float64, len(customers))
		for i, c := range customers {
			values[i] = of(c)
		}
		cuts := Quantiles(values, o.Bins)
		if o.Ties == PlusOne {
			for i := range cuts {
				cuts[i]++
			}
		}
		return cuts
	}
	r.Recency = column("recency", o.Recency, func(c Customer) float64 { return c.Recency })
	r.Frequency = column("frequency", o.Frequency, func(c Customer) float64 { return c.Frequency })
	r.Monetary = column("monetary", o.Monetary, func(c Customer) float64 { return c.Monetary })
	if err != nil {
		return nil, err
	}
	for i, c := range customers {
		s := Score{
			Recency:   o.Bins + 1 - o.bin(c.Recency, r.Recency),
			Frequency: o.bin(c.Frequency, r.Frequency),
			Monetary:  o.bin(c.Monetary, r.Monetary),
		}
		r.Scores[i], r.Groups[i] = s, Group(s, o.Rules)
	}
	return r, nil
}

// bin returns the bin of the value, from 1.
func (o *Options) bin(v float64, cuts []float64) int {
	b := 1
	for _, c := range cuts {
		if v > c || o.Ties == PlusOne && v == c {
			b++
		}
	}
	return b
}

// Quantiles returns the bins−1 cut points of equal shares, by linear
// interpolation (type 7 of Hyndman and Fan 1996), nil of no values and for fewer than two
// bins. The values are sorted in place.
func Quantiles(values []float64, bins int) []float64 {
	if len(values) == 0 || bins < 2 {
		return nil
	}
	slices.Sort(values)
	cuts := make([]float64, bins-1)
	for i := range cuts {
		at := float64(len(values)-1) * float64(i+1) / float64(bins)
		low := math.Floor(at)
		j := int(low)
		cuts[i] = values[j]
		if j+1 < len(values) {
			if apart := values[j+1] - values[j]; apart <= math.MaxFloat64 {
				cuts[i] += (at - low) * apart
			} else {
				cuts[i] = (1-at+low)*values[j] + (at-low)*values[j+1]
			}
		}
	}
	return cuts
}
