package duckdb

import (
	"bytes"
	"hash/maphash"
	"math"

	"github.com/kreds/kreds"
)

// interner gives equal byte strings the same number, counting from 0. It can
// forget its strings to bound memory; numbers then go on from where they were,
// and a string seen again gets a new one.
type interner struct {
	seed  maphash.Seed
	slots []uint64 // a hash tag above the entry's place plus one
	arena []byte
	ends  []uint32 // of entries, in the arena
	base  uint32   // number of entries[0]
	mask  uint64
}

// tagBits of a slot hold bits of the hash.
const (
	placeBits = 32
	placeMask = 1<<placeBits - 1
)

func newInterner() *interner {
	in := &interner{seed: maphash.MakeSeed()}
	in.alloc(1 << 10)
	return in
}

func (in *interner) alloc(n int) {
	in.slots = make([]uint64, n)
	in.mask = uint64(n - 1)
}

// next returns the number that the next new string will get.
func (in *interner) next() uint32 { return in.base + uint32(len(in.ends)) }

// held returns how many strings are remembered, and their bytes.
func (in *interner) held() (n, size int) { return len(in.ends), len(in.arena) }

// at returns the string of a number that is remembered.
func (in *interner) at(id uint32) []byte {
	i := id - in.base
	from := uint32(0)
	if i > 0 {
		from = in.ends[i-1]
	}
	return in.arena[from:in.ends[i]]
}

// addHashed returns the number of b, whose hash is h, and whether it is new.
func (in *interner) addHashed(h uint64, b []byte) (uint32, bool) {
	tag := h &^ placeMask
	at := h & in.mask
	for {
		s := in.slots[at]
		if s == 0 {
			break
		}
		if s&^placeMask == tag {
			id := in.base + uint32(s&placeMask) - 1
			if bytes.Equal(in.at(id), b) {
				return id, false
			}
		}
		at = (at + 1) & in.mask
	}
	in.arena = append(in.arena, b...)
	in.ends = append(in.ends, uint32(len(in.arena)))
	in.slots[at] = tag | uint64(len(in.ends))
	if len(in.ends)*2 > len(in.slots) {
		in.grow()
	}
	return in.next() - 1, true
}

func (in *interner) grow() {
	old := in.slots
	// Ahead of many strings, few and large steps.
	by := 2
	if len(old) < 1<<20 {
		by = 4
	}
	in.alloc(len(old) * by)
	for _, s := range old {
		if s == 0 {
			continue
		}
		h := maphash.Bytes(in.seed, in.at(in.base+uint32(s&placeMask)-1))
		at := h & in.mask
		for in.slots[at] != 0 {
			at = (at + 1) & in.mask
		}
		in.slots[at] = s
	}
}

// forget drops the strings and keeps counting.
func (in *interner) forget() {
	in.base = in.next()
	in.ends, in.arena = nil, nil
	in.alloc(1 << 10)
}

// hashBatch is how many strings are looked up side by side: each step is done
// for all of them, so that the memory accesses of one overlap those of others.
const hashBatch = 256

// addAll adds the rows of a byte column and stores their numbers in out. Rows
// that known has 0 for are left out; a nil known takes all. It calls fresh with
// each string that is new.
func (in *interner) addAll(data []byte, ends []int, known []byte, out []uint32, fresh func(id uint32, b []byte) error) error {
	if len(in.arena)+len(data) > math.MaxUint32 {
		return kreds.Errorf(kreds.CodeInvalid, "a batch of rows holds too much text")
	}
	var hashes [hashBatch]uint64
	var place [hashBatch]uint32 // of the likely entry plus one, 0 for none
	var span [hashBatch][2]uint32
	from := 0
	for lo := 0; lo < len(ends); lo += hashBatch {
		batch := ends[lo:min(lo+hashBatch, len(ends))]
		at := from
		for i, end := range batch {
			hashes[i] = maphash.Bytes(in.seed, data[at:end])
			at = end
		}
		for i := range batch {
			h := hashes[i]
			place[i] = 0
			if s := in.slots[h&in.mask]; s&^placeMask == h&^placeMask {
				place[i] = uint32(s)
			}
		}
		for i := range batch {
			if p := place[i]; p > 1 {
				span[i] = [2]uint32{in.ends[p-2], in.ends[p-1]}
			} else if p == 1 {
				span[i] = [2]uint32{0, in.ends[0]}
			}
		}
		for i, end := range batch {
			b := data[from:end]
			from = end
			if known != nil && known[lo+i] == 0 {
				continue
			}
			if p := place[i]; p > 0 && bytes.Equal(in.arena[span[i][0]:span[i][1]], b) {
				out[lo+i] = in.base + p - 1
				continue
			}
			id, isNew := in.addHashed(hashes[i], b)
			if isNew {
				if err := fresh(id, b); err != nil {
					return err
				}
			}
			out[lo+i] = id
		}
	}
	return nil
}
