package discover

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/stats/cluster"
)

// Contrast is how two solutions divide the same customers. Counts are by segment of the
// first and then of the second. Rand is the adjusted Rand index of those whom both
// divide: 1 if the segments are the same, 0 on average by chance (Hubert and Arabie 1985).
type Contrast struct {
	AsOf                    kreds.Instant
	First, Second           []string // names of the segments
	Counts                  [][]int64
	Both                    int64 // are in a segment of each
	OnlyFirst, OnlySecond   int64
	FirstSizes, SecondSizes []int64
	Rand                    float64
}

// Contrast compares the solutions of k and of withK segments of two discoveries, or of
// one, as of the later of the times that they were made as of; 0 are those that are
// recommended. The error has CodeInvalid where they are about different kinds of profiles.
func (d *Discoverer) Contrast(ctx context.Context, name string, k int, with string, withK int) (*Contrast, error) {
	first, err := d.Replay(ctx, name, k)
	if err != nil {
		return nil, err
	}
	second, err := d.Replay(ctx, with, withK)
	if err != nil {
		return nil, err
	}
	if first.Subject != second.Subject {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%s is of %s and %s of %s, which cannot be compared", first.Name, first.Subject, second.Name, second.Subject).
			WithHint("compare discoveries of the same kind of profiles")
	}
	out := &Contrast{AsOf: max(first.Found, second.Found), First: first.Names, Second: second.Names}
	a, err := first.Members(ctx, out.AsOf)
	if err != nil {
		return nil, err
	}
	b, err := second.Members(ctx, out.AsOf)
	if err != nil {
		return nil, err
	}
	var one, other []int32
	for i, x := range a {
		row := make([]int64, len(b))
		for j, y := range b {
			row[j] = int64(x.AndCardinality(y))
			out.Both += row[j]
			for range row[j] {
				one, other = append(one, int32(i)), append(other, int32(j))
			}
		}
		out.Counts = append(out.Counts, row)
	}
	out.Rand = finite(cluster.AdjustedRand(one, other, nil))
	var inFirst, inSecond int64
	out.FirstSizes, inFirst = sizes(a)
	out.SecondSizes, inSecond = sizes(b)
	out.OnlyFirst, out.OnlySecond = inFirst-out.Both, inSecond-out.Both
	return out, nil
}

func sizes(sets []*roaring.Bitmap) (each []int64, all int64) {
	for _, s := range sets {
		n := int64(s.GetCardinality())
		each, all = append(each, n), all+n
	}
	return each, all
}
