package form

import "math/bits"

// Votes counts, for each form, the texts that have it.
type Votes [13]int64

// Add counts a text.
func (v *Votes) Add(b []byte) {
	t := NewTally()
	t.Add(b)
	if t.Known == 0 {
		return
	}
	if t.Fits == 0 && len(b) > 0 {
		// What is refused as a guess, such as +45 or 007, may be declared.
		for _, f := range [...]Set{Point, Comma} {
			if _, ok := ParseNumber(Trim(b), f == Comma); ok {
				t.Fits |= f
			}
		}
	}
	for rest := uint32(t.Fits); rest != 0; rest &= rest - 1 {
		v[bits.TrailingZeros32(rest)]++
	}
}

// Merge adds other votes.
func (v *Votes) Merge(o *Votes) {
	for i := range v {
		v[i] += o[i]
	}
}

// Best returns those of the allowed forms that most texts have, and how many
// have them; no form if none has any.
func (v *Votes) Best(allowed Set) (best Set, n int64) {
	for i, votes := range v {
		f := Set(1) << i
		switch {
		case allowed&f == 0 || votes == 0 || votes < n:
		case votes == n:
			best |= f
		default:
			best, n = f, votes
		}
	}
	return best, n
}
