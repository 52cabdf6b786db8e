package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
)

// Bits is a dense set of profile numbers: a bit per number. Reading beyond its
// end finds nothing.
type Bits []uint64

// MakeBits returns an empty set for numbers below n.
func MakeBits(n int) Bits { return make(Bits, (n+63)/64) }

// Has reports whether i is in the set.
func (b Bits) Has(i uint32) bool {
	w := int(i >> 6)
	return w < len(b) && b[w]>>(i&63)&1 != 0
}

// Set adds i, which must be below the n of MakeBits.
func (b Bits) Set(i uint32) { b[i>>6] |= 1 << (i & 63) }

// Or adds all of o, which must not be longer.
func (b Bits) Or(o Bits) {
	for i, w := range o {
		b[i] |= w
	}
}

// Count returns the number of members.
func (b Bits) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// Roaring returns the set as a Roaring bitmap of its own.
func (b Bits) Roaring() *roaring.Bitmap {
	r := roaring.FromDense(b, true)
	return r
}

// BucketOf returns the bucket of a profile's key: the first 8 bytes, big-endian,
// of its SHA-256 modulo kreds.Buckets.
func BucketOf(key string) int {
	sum := sha256.Sum256([]byte(key))
	return int(binary.BigEndian.Uint64(sum[:8]) % kreds.Buckets)
}
