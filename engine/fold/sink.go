package fold

import (
	"math/bits"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/engine/fold/rows"
)

// job computes one value for each profile with rows; asks that want the same
// value share it.
type job struct {
	frame int
	typ   kreds.Type
	dict  []string // of texts
	// zero is the value of a profile without rows; it is unknown where the
	// window is, which windowKnown says (nil: known everywhere).
	zero        condition.Cell
	windowKnown engine.Bits
	fold        rows.Fold
	sel         *rows.Selection // of a measure: which profiles have any event
	keeps       bool            // a sink keeps values and asks for that
	sinks       []sink
}

// sink takes the values of a job.
type sink interface {
	// prepare is called before rows are read, for as many workers.
	prepare(e *evaluation, j *job, workers int)
	// take is called by workers at the same time.
	take(w *rows.Worker, j *job, f *rows.Frame, r *rows.Result)
	// finish is called after all rows.
	finish(e *evaluation, j *job)
}

// leafSink answers a leaf about the value.
type leafSink struct {
	leaf   *condition.Leaf
	kind   kreds.Kind
	want   bool // the unknown ones too
	answer *engine.Answer

	dec, count  *condition.IntTest
	codes       []bool
	ofZero      bool // holds for a profile without rows
	ofUnknown   bool
	diff, other []engine.Bits // by worker, of places: where holds, or unknown, is not as without rows
}

func (s *leafSink) prepare(e *evaluation, j *job, workers int) {
	s.ofZero, _ = s.leaf.Eval([]condition.Cell{j.zero})
	s.ofUnknown, _ = s.leaf.Eval([]condition.Cell{{}})
	if t := s.leaf.Nums; t != nil {
		s.dec, s.count = t.OverInts(condition.Decimal), t.OverInts(condition.Whole)
	}
	if s.leaf.Ints != nil {
		s.count = s.leaf.Ints
	}
	if j.dict != nil {
		s.codes = make([]bool, len(j.dict))
		e.parallel(len(j.dict), func(_, from, to int) {
			v := make([]condition.Cell, 1)
			for i := from; i < to; i++ {
				v[0] = condition.TextCell(j.dict[i])
				s.codes[i], _ = s.leaf.Eval(v)
			}
		})
	}
	s.diff, s.other = make([]engine.Bits, workers), make([]engine.Bits, workers)
}

func (s *leafSink) take(w *rows.Worker, j *job, f *rows.Frame, r *rows.Result) {
	if s.diff[w.ID] == nil {
		s.diff[w.ID] = engine.MakeBits(w.Plan.Profiles)
		if s.want {
			s.other[w.ID] = engine.MakeBits(w.Plan.Profiles)
		}
	}
	diff := s.diff[w.ID]
	test := s.count
	if r.Form == rows.FormDecimal {
		test = s.dec
	}
	plain := r.Known == nil && j.windowKnown == nil
	switch {
	case plain && r.Form <= rows.FormDecimal && test != nil:
		takeInts(r.Ints[:len(f.Profiles)], test, s.ofZero, f.Places, diff)
	case plain && r.Form == rows.FormFloat && s.leaf.Nums != nil:
		for g, v := range r.Floats[:len(f.Profiles)] {
			if s.leaf.Nums.Holds(v) != s.ofZero {
				diff.Set(f.Places[g])
			}
		}
	case j.windowKnown == nil && r.Form <= rows.FormDecimal && test != nil && s.ofZero == s.ofUnknown:
		// Only known values can differ from what holds without rows.
		for i, known := range r.Known {
			for ; known != 0; known &= known - 1 {
				if g := i<<6 + bits.TrailingZeros64(known); test.Holds(r.Ints[g]) != s.ofZero {
					diff.Set(f.Places[g])
				}
			}
		}
	case j.windowKnown == nil && r.Form == rows.FormFloat && s.leaf.Nums != nil && s.ofZero == s.ofUnknown:
		for i, known := range r.Known {
			for ; known != 0; known &= known - 1 {
				if g := i<<6 + bits.TrailingZeros64(known); s.leaf.Nums.Holds(r.Floats[g]) != s.ofZero {
					diff.Set(f.Places[g])
				}
			}
		}
	default:
		v := make([]condition.Cell, 1)
		for g, p := range f.Profiles {
			known := r.Known == nil || r.Known[g>>6]>>(g&63)&1 != 0
			holds := s.ofUnknown
			if known {
				switch {
				case r.Form <= rows.FormDecimal && test != nil:
					holds = test.Holds(r.Ints[g])
				case r.Form == rows.FormFloat && s.leaf.Nums != nil:
					holds = s.leaf.Nums.Holds(r.Floats[g])
				case r.Form == rows.FormCode:
					holds = s.codes[r.Ints[g]]
				default:
					v[0] = r.At(j.typ, j.dict, g)
					holds, _ = s.leaf.Eval(v)
				}
			}
			if holds != s.base(j, p) {
				diff.Set(f.Places[g])
			}
		}
	}
	if s.want {
		other := s.other[w.ID]
		for g, p := range f.Profiles {
			known := r.Known == nil || r.Known[g>>6]>>(g&63)&1 != 0
			if known != j.knownWithout(p) {
				other.Set(f.Places[g])
			}
		}
	}
}

// base reports whether the leaf holds for a profile without rows.
func (s *leafSink) base(j *job, p uint32) bool {
	if j.windowKnown != nil && !j.windowKnown.Has(p) {
		return s.ofUnknown
	}
	return s.ofZero
}

// knownWithout reports whether the value of a profile without rows is known.
func (j *job) knownWithout(p uint32) bool {
	return j.zero.Known && (j.windowKnown == nil || j.windowKnown.Has(p))
}

// takeInts sets the places whose value's test is not base.
func takeInts(vals []int64, test *condition.IntTest, base bool, places []uint32, diff engine.Bits) {
	if len(test.Ranges) == 1 {
		lo, span := uint64(test.Ranges[0].Lo), uint64(test.Ranges[0].Hi)-uint64(test.Ranges[0].Lo)
		flip := base != test.Not
		for g, v := range vals {
			if (uint64(v)-lo <= span) != flip {
				diff.Set(places[g])
			}
		}
		return
	}
	for g, v := range vals {
		if test.Holds(v) != base {
			diff.Set(places[g])
		}
	}
}

func (s *leafSink) finish(e *evaluation, j *job) {
	merge := func(parts []engine.Bits, zero, unknown bool) engine.Bits {
		out := engine.MakeBits(e.n)
		for i := range out {
			known := ^uint64(0)
			if j.windowKnown != nil {
				known = j.windowKnown[i]
			}
			if zero {
				out[i] |= known
			}
			if unknown {
				out[i] |= ^known
			}
			out[i] &= condition.Tail(e.n - i*64)
		}
		for _, part := range parts {
			e.turn(out, part)
		}
		return out
	}
	holds := merge(s.diff, s.ofZero, s.ofUnknown)
	var unknown engine.Bits
	if s.want {
		unknown = merge(s.other, !j.zero.Known, true)
	}
	e.leafAnswer(s.answer, s.kind, holds, unknown)
	s.diff, s.other = nil, nil
}

// turn changes the members whose places are in the set.
func (e *evaluation) turn(members, places engine.Bits) {
	if e.order == nil {
		for i, b := range places {
			members[i] ^= b
		}
		return
	}
	for i, b := range places {
		for ; b != 0; b &= b - 1 {
			p := e.order[i<<6+bits.TrailingZeros64(b)]
			members[p>>6] ^= 1 << (p & 63)
		}
	}
}

// valueSink keeps the values.
type valueSink struct {
	answer *engine.Answer
	vals   *engine.Values
	diff   []engine.Bits // by worker: where known is not as without rows
	events []engine.Bits
}

func (s *valueSink) prepare(e *evaluation, j *job, workers int) {
	s.vals = &engine.Values{Type: j.typ, Known: engine.MakeBits(e.n), Events: engine.MakeBits(e.n), Dict: j.dict}
	switch j.typ {
	case kreds.Number, kreds.Span:
		s.vals.Num = make([]float64, e.n)
	case kreds.Text, kreds.List:
		s.vals.Code = make([]int32, e.n)
	default:
		s.vals.Int = make([]int64, e.n)
	}
	s.diff, s.events = make([]engine.Bits, workers), make([]engine.Bits, workers)
	j.keeps = true
}

func (s *valueSink) take(w *rows.Worker, j *job, f *rows.Frame, r *rows.Result) {
	if s.diff[w.ID] == nil {
		s.diff[w.ID], s.events[w.ID] = engine.MakeBits(w.Plan.Profiles), engine.MakeBits(w.Plan.Profiles)
	}
	diff, events := s.diff[w.ID], s.events[w.ID]
	for g, p := range f.Profiles {
		if r.Some != nil && r.Some[g>>6]>>(g&63)&1 != 0 {
			events.Set(p)
		}
		known := r.Known == nil || r.Known[g>>6]>>(g&63)&1 != 0
		if known != j.knownWithout(p) {
			diff.Set(p)
		}
		if !known {
			continue
		}
		switch {
		case s.vals.Code != nil:
			s.vals.Code[p] = int32(r.Ints[g])
		case s.vals.Int != nil:
			s.vals.Int[p] = r.Ints[g]
		case r.Form == rows.FormFloat:
			s.vals.Num[p] = r.Floats[g]
		case r.Form == rows.FormDecimal:
			s.vals.Num[p] = condition.Decimal(r.Ints[g])
		default:
			s.vals.Num[p] = float64(r.Ints[g])
		}
	}
}

func (s *valueSink) finish(e *evaluation, j *job) {
	for i := range s.vals.Known {
		if j.zero.Known {
			s.vals.Known[i] = condition.Tail(e.n - i*64)
			if j.windowKnown != nil {
				s.vals.Known[i] &= j.windowKnown[i]
			}
		}
		for w := range s.diff {
			if s.diff[w] != nil {
				s.vals.Known[i] ^= s.diff[w][i]
				s.vals.Events[i] |= s.events[w][i]
			}
		}
	}
	s.answer.Values, s.diff, s.events = s.vals, nil, nil
}
