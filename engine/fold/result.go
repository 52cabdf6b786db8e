package fold

import (
	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine/fold/condition"
)

// fold computes a value of each group of a frame; the worker's batch has them.
type fold func(w *worker, f *frame, out *result)

// form is how a result holds numbers.
type form uint8

const (
	formInt     form = iota // result.ints as they are: counts, days, instants, 0 and 1
	formDecimal             // result.ints times 10⁴
	formFloat               // result.floats
	formCode                // result.ints into the dictionary of the texts
)

// result is the values of the groups of a batch.
type result struct {
	form   form
	ints   []int64
	floats []float64
	known  []uint64 // nil: all
	some   []uint64 // groups with any event; nil if not computed
}

// begin makes the result ready for n values of the form, all 0.
func (r *result) begin(f form, n int) {
	r.form, r.known, r.some = f, nil, nil
	if f == formFloat {
		r.floats = grow(r.floats, n)
		clear(r.floats)
		return
	}
	r.ints = grow(r.ints, n)
	clear(r.ints)
}

// at returns the value of a group.
func (r *result) at(typ kreds.Type, dict []string, g int) condition.Cell {
	if r.known != nil && r.known[g>>6]>>(g&63)&1 == 0 {
		return condition.Cell{}
	}
	switch r.form {
	case formDecimal:
		return condition.NumberCell(condition.Decimal(r.ints[g]))
	case formFloat:
		return condition.NumberCell(r.floats[g])
	case formCode:
		return condition.TextCell(dict[r.ints[g]])
	}
	if typ == kreds.Number {
		return condition.NumberCell(float64(r.ints[g]))
	}
	return condition.IntCell(r.ints[g])
}
