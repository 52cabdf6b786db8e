package density

import (
	"cmp"
	"slices"
)

// tree is the hierarchy of single linkage: numbers below rows are rows, others
// are nodes of two or more parts that are connected at the same length.
type tree struct {
	rows    int
	parts   [][]int32 // by node
	level   []float64 // by node: λ
	size    []int     // by row and node
	densest float64
}

func newTree(rows int, steps []step) *tree {
	t := &tree{rows: rows, size: make([]int, rows, 2*rows)}
	set, top := make([]int32, rows), make([]int32, rows) // the set of a row, and its node
	for i := range set {
		set[i], top[i] = int32(i), int32(i)
		t.size[i] = 1
	}
	find := func(i int32) int32 {
		for set[i] != i {
			set[i] = set[set[i]]
			i = set[i]
		}
		return i
	}
	longest := 1.0
	if len(steps) > 0 && steps[len(steps)-1].length > 0 {
		longest = steps[len(steps)-1].length
	}
	t.densest = 1e12
	for from := 0; from < len(steps); {
		to := from
		for to < len(steps) && steps[to].length == steps[from].length {
			to++
		}
		var was []int32 // nodes that are connected now, and one row of each
		var row []int32
		for _, s := range steps[from:to] {
			for _, r := range []int32{find(s.a), find(s.b)} {
				was, row = append(was, top[r]), append(row, r)
			}
		}
		for _, s := range steps[from:to] {
			a, b := find(s.a), find(s.b)
			set[max(a, b)] = min(a, b)
		}
		// Lengths in units of the longest keep λ far from overflow.
		level := t.densest
		if l := steps[from].length / longest; l*t.densest > 1 {
			level = 1 / l
		}
		node, seen := map[int32]int32{}, map[int32]bool{}
		for i, part := range was {
			if seen[part] {
				continue
			}
			seen[part] = true
			r := find(row[i])
			n, ok := node[r]
			if !ok {
				n = int32(len(t.size))
				node[r] = n
				t.size, t.parts, t.level = append(t.size, 0), append(t.parts, nil), append(t.level, level)
				top[r] = n
			}
			t.parts[int(n)-rows] = append(t.parts[int(n)-rows], part)
			t.size[n] += t.size[part]
		}
		from = to
	}
	return t
}

// segment is a part of the condensed tree.
type segment struct {
	parent    int32
	children  []int32
	birth     float64
	end       float64 // λ at which it splits or nothing is left
	size      int
	stability float64
}

// leaving says where and when a row falls out of the condensed tree.
type leaving struct {
	segment int32
	level   float64
}

// condense returns the segments of at least a size, the whole first and parents
// before children, and where each row falls out.
func (t *tree) condense(least int) ([]segment, []leaving) {
	left := make([]leaving, t.rows)
	segments := []segment{{parent: -1, size: t.rows}}
	type place struct{ node, segment int32 }
	open := []place{{int32(len(t.size) - 1), 0}}
	var below []int32
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if int(at.node) < t.rows { // only if all rows are one
			left[at.node] = leaving{at.segment, t.densest}
			continue
		}
		level, parts := t.level[int(at.node)-t.rows], t.parts[int(at.node)-t.rows]
		own := &segments[at.segment]
		own.end = level
		large := 0
		for _, p := range parts {
			if t.size[p] >= least {
				large++
			}
		}
		birth := own.birth
		for _, p := range parts {
			// A row leaves the segment here, alone or into a part of its own.
			switch {
			case t.size[p] < least:
				own.stability += float64(t.size[p]) * (level - birth)
				below = t.below(p, below[:0])
				for _, r := range below {
					left[r] = leaving{at.segment, level}
				}
			case large == 1:
				open = append(open, place{p, at.segment})
			default:
				own.stability += float64(t.size[p]) * (level - birth)
				child := int32(len(segments))
				own.children = append(own.children, child)
				segments = append(segments, segment{parent: at.segment, birth: level, size: t.size[p]})
				own = &segments[at.segment]
				open = append(open, place{p, child})
			}
		}
	}
	return segments, left
}

// below appends the rows of a node.
func (t *tree) below(node int32, rows []int32) []int32 {
	open := []int32{node}
	for len(open) > 0 {
		n := open[len(open)-1]
		open = open[:len(open)-1]
		if int(n) < t.rows {
			rows = append(rows, n)
		} else {
			open = append(open, t.parts[int(n)-t.rows]...)
		}
	}
	return rows
}

// choose takes the segments with the largest sum of stabilities. The whole is not
// taken; a segment is taken before its parts if both are worth the same.
func choose(segments []segment, left []leaving) *Result {
	worth, taken := make([]float64, len(segments)), make([]bool, len(segments))
	for s := len(segments) - 1; s > 0; s-- { // parts before what they are of
		var parts float64
		for _, c := range segments[s].children {
			parts += worth[c]
		}
		taken[s] = segments[s].stability >= parts
		worth[s] = max(segments[s].stability, parts)
	}
	group := make([]int32, len(segments)) // the highest segment taken at or above
	var groups []int32
	for s := range segments {
		group[s] = Noise
		if p := segments[s].parent; p >= 0 {
			group[s] = group[p]
		}
		if group[s] == Noise && taken[s] {
			group[s] = int32(s)
			groups = append(groups, int32(s))
		}
	}
	r := &Result{Labels: make([]int32, len(left)), Probabilities: make([]float64, len(left))}
	rows, first := make([]int, len(segments)), make([]int, len(segments))
	for i, l := range left {
		r.Labels[i] = group[l.segment]
		g := r.Labels[i]
		if g == Noise {
			r.NoiseRows++
			continue
		}
		if rows[g] == 0 {
			first[g] = i
		}
		rows[g]++
		r.Probabilities[i] = min(1, l.level/segments[g].end)
	}
	slices.SortFunc(groups, func(a, b int32) int {
		return cmp.Or(cmp.Compare(rows[b], rows[a]), cmp.Compare(first[a], first[b]))
	})
	label := make([]int32, len(segments))
	for l, g := range groups {
		label[g] = int32(l)
		r.Sizes = append(r.Sizes, rows[g])
		r.Stabilities = append(r.Stabilities, segments[g].stability)
	}
	for i, g := range r.Labels {
		if g != Noise {
			r.Labels[i] = label[g]
		}
	}
	return r
}
