package cluster

// nearestAVX2 is nearest for processors with AVX2 and FMA.
//
//go:noescape
func nearestAVX2(x *float64, n, d int, lanes *float64, blocks int, numbers *float64, labels *int32)

// nearest writes the number of the nearest centre of each row to labels; ties go to
// the first.
func (di *direct) nearest(x []float64, labels []int32) {
	if !hasAVX2 {
		di.plainNearest(x, labels)
		return
	}
	if len(labels) > 0 {
		nearestAVX2(&x[0], len(labels), di.d, &di.lanes[0], len(di.numbers)/4, &di.numbers[0], &labels[0])
	}
}

// cheap is the number of centres times columns up to which comparing all is quicker
// than keeping bounds.
func cheap() int {
	if hasAVX2 {
		return 512
	}
	return 0
}
