package rows

import (
	"math/bits"
)

// Extreme takes the least or, with most set, the greatest known number of the
// rows.
func Extreme(sel *Selection, most bool) Fold {
	return func(w *Worker, f *Frame, out *Result) {
		n := len(f.Profiles)
		exact := w.exact(sel)
		out.begin(FormFloat, n)
		if exact {
			out.begin(FormDecimal, n)
		}
		out.Known = make([]uint64, (n+63)/64)
		sp := w.span(sel)
		for k := range sel.Sources {
			m, col := w.matched(&sel.Sources[k], k), w.column(sel.Sources[k].Table, sel.Sources[k].Property)
			if exact {
				extremes(out.Ints[:n], out.Known, sp.lo[k][:n], sp.hi[k][:n], m, col.I64, most)
				continue
			}
			vals := col.F64
			if col.Exact {
				vals = make([]float64, len(col.I64))
				for i := range vals {
					vals[i] = col.number(int32(i))
				}
			}
			extremes(out.Floats[:n], out.Known, sp.lo[k][:n], sp.hi[k][:n], m, vals, most)
		}
	}
}

// extremes brings the best of each group up to date.
func extremes[T int64 | float64](best []T, known []uint64, lo, hi []int32, m []uint64, vals []T, most bool) {
	for g := range best {
		from, to := lo[g], hi[g]
		if from >= to {
			continue
		}
		has := known[g>>6]>>(g&63)&1 != 0
		b := best[g]
		if m == nil {
			if !has {
				b, has = vals[from], true
			}
			for _, v := range vals[from:to] {
				if most {
					b = max(b, v)
				} else {
					b = min(b, v)
				}
			}
		} else {
			for word := from >> 6; word <= (to-1)>>6; word++ {
				for rest := within(m, word, from, to); rest != 0; rest &= rest - 1 {
					v := vals[int(word)<<6+bits.TrailingZeros64(rest)]
					switch {
					case !has:
						b, has = v, true
					case most:
						b = max(b, v)
					default:
						b = min(b, v)
					}
				}
			}
		}
		if has {
			best[g] = b
			known[g>>6] |= 1 << (g & 63)
		}
	}
}
