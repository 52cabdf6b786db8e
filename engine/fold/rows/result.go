package rows

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/condition"
)

// Fold computes a value of each group of a frame; the worker's batch has them.
type Fold func(w *Worker, f *Frame, out *Result)

// Form is how a result holds numbers.
type Form uint8

// The forms of results.
const (
	FormInt     Form = iota // result.ints as they are: counts, days, instants, 0 and 1
	FormDecimal             // result.ints times 10⁴
	FormFloat               // result.floats
	FormCode                // result.ints into the dictionary of the texts
)

// Result is the values of the groups of a batch.
type Result struct {
	Form   Form
	Ints   []int64
	Floats []float64
	Known  []uint64 // nil: all
	Some   []uint64 // groups with any event; nil if not computed
}

// begin makes the result ready for n values of the form, all 0.
func (r *Result) begin(f Form, n int) {
	r.Form, r.Known, r.Some = f, nil, nil
	if f == FormFloat {
		r.Floats = grow(r.Floats, n)
		clear(r.Floats)
		return
	}
	r.Ints = grow(r.Ints, n)
	clear(r.Ints)
}

// At returns the value of a group.
func (r *Result) At(typ kreds.Type, dict []string, g int) condition.Cell {
	if r.Known != nil && r.Known[g>>6]>>(g&63)&1 == 0 {
		return condition.Cell{}
	}
	switch r.Form {
	case FormDecimal:
		return condition.NumberCell(condition.Decimal(r.Ints[g]))
	case FormFloat:
		return condition.NumberCell(r.Floats[g])
	case FormCode:
		return condition.TextCell(dict[r.Ints[g]])
	}
	if typ == kreds.Number {
		return condition.NumberCell(float64(r.Ints[g]))
	}
	return condition.IntCell(r.Ints[g])
}
