package condition

import (
	"math"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// earthKm is the radius of the sphere that distances are measured on.
const earthKm = 6371.0088

// near holds within a distance of a place, the border in.
func (b *Builder) near(l *Leaf, n *segment.Near) error {
	var places []kreds.Point
	switch {
	case n.Point:
		places = append(places, kreds.PointOf(n.Lat, n.Lon))
	case n.Any:
		for _, p := range b.set.Places {
			places = append(places, p.Point)
		}
	default:
		for _, p := range b.set.Places {
			if strings.EqualFold(p.Name, n.Name) {
				places = append(places, p.Point)
			}
		}
		if len(places) == 0 {
			return kreds.Errorf(kreds.CodeNotFound, "no place %q", n.Name)
		}
	}
	// A difference of latitude alone that is clearly too far saves the rest.
	degrees := n.Km/(earthKm*math.Pi/180) + 1e-3
	l.Eval = func(v []Cell) (bool, bool) {
		if !v[0].Known {
			return false, false
		}
		at := kreds.Unpack(v[0].Int)
		for _, p := range places {
			if math.Abs(float64(at.Lat)-float64(p.Lat)) <= degrees*1e7 && distance(at, p) <= n.Km {
				return !n.Not, true
			}
		}
		return n.Not, true
	}
	return nil
}

// distance returns the great-circle distance in kilometres (haversine).
func distance(a, b kreds.Point) float64 {
	lat1, lon1 := a.Degrees()
	lat2, lon2 := b.Degrees()
	const rad = math.Pi / 180
	s := math.Sin((lat2 - lat1) * rad / 2)
	t := math.Sin((lon2 - lon1) * rad / 2)
	h := s*s + math.Cos(lat1*rad)*math.Cos(lat2*rad)*t*t
	return 2 * earthKm * math.Asin(math.Sqrt(min(1, h)))
}
