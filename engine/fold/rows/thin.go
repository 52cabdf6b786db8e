package rows

import (
	"github.com/kreds/kreds/engine"
)

// KeepProfiles takes the rows of other profiles from the bits of rows.
func KeepProfiles(bits []uint64, profile []uint32, set engine.Bits) {
	for i, b := range bits {
		if b == 0 {
			continue
		}
		in := uint64(0)
		for j, p := range profile[i<<6 : min(i<<6+64, len(profile))] {
			in |= set[p>>6] >> (p & 63) & 1 << (j & 63)
		}
		bits[i] = b & in
	}
}

// KeepMasks takes the rows that none of the masks has from the bits of rows of
// the table that they are of.
func (w *Worker) KeepMasks(bits []uint64, masks []int) {
	if len(masks) == 1 {
		for i, b := range w.maskOf(masks[0]) {
			bits[i] &= b
		}
		return
	}
	w.any = grow(w.any, len(bits))
	clear(w.any)
	for _, m := range masks {
		for i, b := range w.maskOf(m) {
			w.any[i] |= b
		}
	}
	for i, b := range w.any {
		bits[i] &= b
	}
}
