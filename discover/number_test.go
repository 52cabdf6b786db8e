package discover

import (
	"testing"

	"github.com/kreds/kreds"
)

// FuzzParseK: nothing panics, a range ascends within its limits, and what is refused
// says what to write.
func FuzzParseK(f *testing.F) {
	for _, s := range []string{"", "4", "2..8", " 3 .. 3 ", "8..2", "0", "-1..3", "2..999999999999999999999", "..", "2..", "a..b", "2...8", "1..2..3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ks, err := parseK(text)
		if err != nil {
			if kreds.CodeOf(err) != kreds.CodeInvalid || kreds.HintOf(err) == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(ks) == 0 || ks[0] < 1 || ks[len(ks)-1] > maxK {
			t.Fatalf("%q is %v", text, ks)
		}
		for i, k := range ks {
			if k != ks[0]+i {
				t.Fatalf("%q is %v", text, ks)
			}
		}
	})
}
