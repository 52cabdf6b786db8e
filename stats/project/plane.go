package project

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/kreds/kreds/stats"
)

// Point is a position on the plane.
type Point struct{ X, Y float64 }

// Area is where a segment lies on the plane.
type Area struct {
	Rows   int
	Center Point
	// Inner is the convex hull of the half of the rows that is nearest to the centre,
	// in all columns and not on the plane alone; Outer that of all rows. Corners run
	// against the clock; rows at one place give one corner, those on a line two.
	Inner, Outer []Point
}

// mostEmpty is how many more segments than rows there may be.
const mostEmpty = 1000

// Plane is rows and segments on the first two principal components.
type Plane struct {
	Components *Components
	Rows       []Point
	Segments   []Area
}

// Picture lays rows and segments on the plane of the first two components, with the
// hulls that flexclust draws (Leisch 2006). Rows with a negative label, noise, have a
// position and are in no segment.
//
// It fails where Principal does, and for labels that do not fit.
func Picture(x *stats.Matrix, labels []int32, o Options) (*Plane, error) {
	if x != nil && len(labels) != x.Rows {
		return nil, fmt.Errorf("there are %d labels for %d rows", len(labels), x.Rows)
	}
	c, err := Principal(x, o)
	if err != nil {
		return nil, err
	}
	at, err := c.Project(x, 2)
	if err != nil {
		return nil, err
	}
	p := &Plane{Components: c, Rows: make([]Point, x.Rows)}
	members := map[int32][]int{}
	k := int32(0)
	for i, l := range labels {
		p.Rows[i] = Point{at.Row(i)[0], at.Row(i)[1]}
		if l >= 0 && weight(o.Weights, i) > 0 {
			members[l] = append(members[l], i)
		}
		k = max(k, l+1)
	}
	if int(k) > x.Rows+mostEmpty {
		return nil, fmt.Errorf("there is a label %d for %d rows: number segments from 0", k-1, x.Rows)
	}
	p.Segments = make([]Area, k)
	for l, rows := range members {
		p.Segments[l] = p.area(x, rows, o.Weights)
	}
	return p, nil
}

// area is where the rows of a segment lie.
func (p *Plane) area(x *stats.Matrix, rows []int, weights []float64) Area {
	// The mean in parts, so that it does not overflow.
	center := make([]float64, x.Cols)
	var n float64
	for _, i := range rows {
		w := weight(weights, i)
		n += w
		for j, v := range x.Row(i) {
			center[j] += (v - center[j]) * (w / n)
		}
	}
	type member struct {
		row      int
		distance float64
	}
	order := make([]member, len(rows))
	for m, i := range rows {
		var sum float64
		for j, v := range x.Row(i) {
			d := (v - center[j]) / p.Components.Scale[j]
			sum += d * d
		}
		order[m] = member{i, sum}
	}
	slices.SortFunc(order, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.row, b.row))
	})
	points := make([]Point, len(order))
	half, sum := 0, 0.0
	for m, o := range order {
		points[m] = p.Rows[o.row]
		if m == 0 || sum < n/2 {
			half = m + 1
		}
		sum += weight(weights, o.row)
	}
	middle, _ := p.Components.Project(&stats.Matrix{Rows: 1, Cols: x.Cols, Data: center}, 2)
	a := Area{Rows: len(rows), Inner: Hull(points[:half]), Outer: Hull(points)}
	if middle != nil {
		a.Center = Point{middle.Data[0], middle.Data[1]}
	}
	return a
}

// Hull returns the corners of the smallest convex area that holds the points, against
// the clock from the leftmost one (Andrew 1979). Points that are NaN or infinite are
// left out.
func Hull(points []Point) []Point {
	sorted := slices.DeleteFunc(slices.Clone(points), func(p Point) bool { return p.X-p.X != 0 || p.Y-p.Y != 0 })
	slices.SortFunc(sorted, func(a, b Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	sorted = slices.Compact(sorted)
	if len(sorted) < 3 {
		return sorted
	}
	var hull []Point
	half := func(next func(i int) Point) {
		from := len(hull)
		for i := range sorted {
			p := next(i)
			for len(hull) >= from+2 && !left(hull[len(hull)-2], hull[len(hull)-1], p) {
				hull = hull[:len(hull)-1]
			}
			hull = append(hull, p)
		}
		hull = hull[:len(hull)-1]
	}
	half(func(i int) Point { return sorted[i] })
	half(func(i int) Point { return sorted[len(sorted)-1-i] })
	return hull
}

// left says whether c lies to the left of the line from a to b.
func left(a, b, c Point) bool {
	x, y, u, v := b.X-a.X, b.Y-a.Y, c.X-a.X, c.Y-a.Y
	// The sign of x·v − y·u, of numbers whose products may overflow.
	most := max(math.Abs(x), math.Abs(y), math.Abs(u), math.Abs(v))
	if most == 0 {
		return false
	}
	if most > 1e150 || most < 1e-150 {
		x, y, u, v = x/most, y/most, u/most, v/most
	}
	return x*v-y*u > 0
}
