package audience

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// intersections are the regions that sets divide their union into.
func intersections(names []string, sets []*roaring.Bitmap) []Intersection {
	type region struct {
		in  []string
		set *roaring.Bitmap
	}
	regions := []region{}
	for i, s := range sets {
		left := s.Clone()
		var next []region
		for _, r := range regions {
			left.AndNot(r.set)
			both := roaring.And(r.set, s)
			if rest := roaring.AndNot(r.set, both); !rest.IsEmpty() {
				next = append(next, region{r.in, rest})
			}
			if !both.IsEmpty() {
				next = append(next, region{append(slices.Clone(r.in), names[i]), both})
			}
		}
		if !left.IsEmpty() {
			next = append(next, region{[]string{names[i]}, left})
		}
		regions = next
	}
	out := []Intersection{}
	for _, r := range regions {
		out = append(out, Intersection{r.in, int64(r.set.GetCardinality())})
	}
	slices.SortStableFunc(out, func(a, b Intersection) int {
		return cmp.Or(cmp.Compare(b.Members, a.Members), slices.Compare(a.Segments, b.Segments))
	})
	return out
}
