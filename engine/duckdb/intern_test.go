package duckdb

import (
	"math/rand/v2"
	"testing"
)

// Equal strings, and no others, get the same number, short ones and long ones,
// also after the strings were forgotten.
func TestInterner(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	in := newInterner()
	numbers := map[string]uint32{}
	next := uint32(0)
	for round := range 60 {
		var data []byte
		var ends []int
		var words []string
		var known []byte
		for range 3000 {
			b := make([]byte, r.IntN(13))
			for i := range b {
				b[i] = byte(r.IntN(3)) // also zero bytes: "a" is not "a\x00"
			}
			words = append(words, string(b))
			data = append(data, b...)
			ends = append(ends, len(data))
			known = append(known, byte(min(r.IntN(8), 1)))
		}
		out := make([]uint32, len(words))
		var fresh []string
		err := in.addAll(data, ends, known, out, func(id uint32, b []byte) error {
			if id != next {
				t.Fatalf("a new string has the number %d, want %d", id, next)
			}
			fresh = append(fresh, string(b))
			numbers[string(b)] = id
			next++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range words {
			if known[i] == 0 {
				continue
			}
			if want, ok := numbers[w]; !ok || out[i] != want || string(in.at(out[i])) != w {
				t.Fatalf("round %d: %q has the number %d of %q, want %d", round, w, out[i], in.at(out[i]), want)
			}
		}
		if in.next() != next {
			t.Fatalf("the next number is %d, want %d", in.next(), next)
		}
		if n, _ := in.held(); n != len(numbers) {
			t.Fatalf("%d strings are held, want %d", n, len(numbers))
		}
		if round%20 == 19 {
			in.forget()
			clear(numbers)
		}
		if round > 0 && round%20 == 0 && len(fresh) == 0 {
			t.Fatal("forgotten strings are not new")
		}
	}
}
