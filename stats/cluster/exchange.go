package cluster

// exchangeRows is the number of rows up to which single rows are exchanged
// after Lloyd's algorithm has stopped.
const exchangeRows = 50000

// exchange moves single rows to other segments as long as that lowers the
// within sum of squares, moving both centres at once (Hartigan and Wong 1979).
// It finds optima that are better than those where Lloyd's algorithm stops. It
// reports whether any row moved.
func (l *lloyd) exchange() (any bool) {
	k := l.centers.Rows
	if k < 2 {
		return false
	}
	l.total()
	for range l.maxIter {
		moved := false
		for i := range l.x.Rows {
			w := l.weight(i)
			from := int(l.labels[i])
			if w == 0 || l.size[from] <= w+l.empty {
				continue
			}
			row := l.x.Row(i)
			loss := distance2(row, l.centers.Row(from)) * l.size[from] / (l.size[from] - w)
			if loss == 0 {
				continue
			}
			to, least := -1, loss*(1-1e-12)
			for c := range k {
				if c == from {
					continue
				}
				if gain := distance2(row, l.centers.Row(c)) * l.size[c] / (l.size[c] + w); gain < least {
					to, least = c, gain
				}
			}
			if to < 0 {
				continue
			}
			l.shift(row, from, -w)
			l.shift(row, to, w)
			l.labels[i] = int32(to)
			moved, any = true, true
		}
		if !moved {
			break
		}
		l.total()
	}
	return any
}

// shift adds the row w times to a segment and moves its centre.
func (l *lloyd) shift(row []float64, c int, w float64) {
	d := l.x.Cols
	l.size[c] += w
	sums, center := l.sums[c*d:c*d+d], l.centers.Row(c)
	for j, v := range row {
		sums[j] += w * v
		center[j] = sums[j] / l.size[c]
	}
}

// total computes sums, sizes and centres anew from the labels.
func (l *lloyd) total() {
	clear(l.sums)
	clear(l.size)
	d := l.x.Cols
	for i, c := range l.labels {
		w := l.weight(i)
		l.size[c] += w
		sums := l.sums[int(c)*d : int(c)*d+d]
		for j, v := range l.x.Row(i) {
			sums[j] += w * v
		}
	}
	for c, n := range l.size {
		if n > l.empty {
			for j := range d {
				l.centers.Row(c)[j] = l.sums[c*d+j] / n
			}
		}
	}
}
