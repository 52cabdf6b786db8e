package prove_test

import (
	"testing"

	"github.com/kreds/kreds/prove"
)

// BenchmarkProve proves one segment over a year of the bundled data, month by month.
func BenchmarkProve(b *testing.B) {
	w := retail(b)
	w.create(b, "Loyal", loyal)
	q := prove.Request{Segments: []string{"Loyal"}}
	for b.Loop() {
		if _, err := w.Prove(b.Context(), q, nil); err != nil {
			b.Fatal(err)
		}
	}
}
