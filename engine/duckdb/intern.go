package duckdb

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math"
	"math/bits"

	"github.com/kreds/kreds"
)

// interner gives equal byte strings the same number, counting from 0. It can
// forget its strings to bound memory; numbers then go on from where they were,
// and a string seen again gets a new one.
//
// Strings of at most 8 bytes, as most keys and many texts are, have slots that
// hold them, so that finding one again takes one look into memory; those of
// longer ones lead to the arena.
type interner struct {
	seed  maphash.Seed
	slots []uint64 // of long strings: a hash tag above the entry's place plus one
	longs int      // how many there are
	short []shortSlot
	arena []byte
	ends  []uint32 // of entries, in the arena
	base  uint32   // number of entries[0]
	mask  uint64   // of slots
	masks uint64   // of short
	mix   [2]uint64
}

// shortSlot holds a short string as a number, its length, and the entry's place
// plus one, 0 for none.
type shortSlot struct {
	text   uint64
	place  uint32
	length uint32
}

// shortest is up to how many bytes a string is short.
const shortest = 8

// pack returns the bytes of a short string as a number.
func pack(b []byte) uint64 {
	switch n := len(b); {
	case n == 8:
		return binary.LittleEndian.Uint64(b)
	case n >= 4:
		return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<(8*(n-4))
	case n == 0:
		return 0
	default:
		return uint64(b[0]) | uint64(b[n/2])<<(8*(n/2)) | uint64(b[n-1])<<(8*(n-1))
	}
}

// hashShort is the hash of a short string: a multiplication by which texts that
// somebody chose meet in few slots, for the numbers are drawn anew each time.
func (in *interner) hashShort(text uint64, length int) uint64 {
	hi, lo := bits.Mul64(text^in.mix[0], in.mix[1]^uint64(length))
	return hi ^ lo
}

// tagBits of a slot hold bits of the hash.
const (
	placeBits = 32
	placeMask = 1<<placeBits - 1
)

func newInterner() *interner {
	in := &interner{seed: maphash.MakeSeed()}
	for i := range in.mix {
		in.mix[i] = maphash.Comparable(in.seed, i)
	}
	in.clear()
	return in
}

// clear empties the slots.
func (in *interner) clear() {
	in.alloc(1 << 10)
	in.longs = 0
	in.short = make([]shortSlot, 1<<10)
	in.masks = uint64(len(in.short) - 1)
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
	if len(b) <= shortest {
		return in.addShort(h, b)
	}
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
	in.store(b)
	in.slots[at] = tag | uint64(len(in.ends))
	if in.longs++; in.longs*2 > len(in.slots) {
		in.grow()
	}
	return in.next() - 1, true
}

func (in *interner) store(b []byte) {
	in.arena = append(in.arena, b...)
	in.ends = append(in.ends, uint32(len(in.arena)))
}

// addShort is addHashed for a short string.
func (in *interner) addShort(h uint64, b []byte) (uint32, bool) {
	text, length := pack(b), uint32(len(b))
	at := h & in.masks
	for in.short[at].place != 0 {
		if s := &in.short[at]; s.text == text && s.length == length {
			return in.base + s.place - 1, false
		}
		at = (at + 1) & in.masks
	}
	in.store(b)
	in.short[at] = shortSlot{text, uint32(len(in.ends)), length}
	if (len(in.ends)-in.longs)*4 > len(in.short)*3 {
		in.growShort()
	}
	return in.next() - 1, true
}

func (in *interner) growShort() {
	old := in.short
	in.short = make([]shortSlot, len(old)*growth(len(old)))
	in.masks = uint64(len(in.short) - 1)
	for _, s := range old {
		if s.place == 0 {
			continue
		}
		at := in.hashShort(s.text, int(s.length)) & in.masks
		for in.short[at].place != 0 {
			at = (at + 1) & in.masks
		}
		in.short[at] = s
	}
}

// growth is how many times more slots are made: ahead of many strings, few and
// large steps.
func growth(slots int) int {
	if slots < 1<<20 {
		return 4
	}
	return 2
}

func (in *interner) grow() {
	old := in.slots
	in.alloc(len(old) * growth(len(old)))
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
	in.clear()
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
		at, long := from, false
		for i, end := range batch {
			b := data[at:end]
			at = end
			place[i] = 0
			if len(b) > shortest {
				hashes[i] = maphash.Bytes(in.seed, b)
				long = true
				continue
			}
			text := pack(b)
			hashes[i] = in.hashShort(text, len(b))
			if s := &in.short[hashes[i]&in.masks]; s.text == text && s.length == uint32(len(b)) {
				place[i] = s.place
			}
		}
		if long {
			in.locate(batch, from, &hashes, &place, &span)
		}
		for i, end := range batch {
			b := data[from:end]
			from = end
			if known != nil && known[lo+i] == 0 {
				continue
			}
			if p := place[i]; p > 0 && (len(b) <= shortest || bytes.Equal(in.arena[span[i][0]:span[i][1]], b)) {
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

// locate finds the likely entries of the long strings of a batch, which begins
// at from, and where their bytes are.
func (in *interner) locate(batch []int, from int, hashes *[hashBatch]uint64, place *[hashBatch]uint32, span *[hashBatch][2]uint32) {
	at := from
	for i, end := range batch {
		n := end - at
		at = end
		if s := in.slots[hashes[i]&in.mask]; n > shortest && s&^placeMask == hashes[i]&^placeMask {
			place[i] = uint32(s)
		}
	}
	at = from
	for i, end := range batch {
		n := end - at
		at = end
		switch p := place[i]; {
		case n <= shortest:
		case p > 1:
			span[i] = [2]uint32{in.ends[p-2], in.ends[p-1]}
		case p == 1:
			span[i] = [2]uint32{0, in.ends[0]}
		}
	}
}
