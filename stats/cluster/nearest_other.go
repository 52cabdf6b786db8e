//go:build !amd64

package cluster

// nearest writes the number of the nearest centre of each row to labels; ties go to
// the first.
func (di *direct) nearest(x []float64, labels []int32) { di.plainNearest(x, labels) }

// cheap is the number of centres times columns up to which comparing all is quicker
// than keeping bounds.
func cheap() int { return 0 }
