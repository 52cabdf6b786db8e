package mixture

import (
	"fmt"
	"math"
	"runtime"
)

// search fills in what was not asked for of a search: twenty starts, or one from labels
// that are given; how many steps, and what gain of the likelihood ends them; and no more
// workers than starts.
func search(labelled bool, starts, steps *int, usualSteps int, tol *float64, usualTol float64, workers *int) {
	if *starts <= 0 {
		*starts = 20
	}
	if labelled {
		*starts = 1
	}
	if *steps <= 0 {
		*steps = usualSteps
	}
	if !(*tol > 0) {
		*tol = usualTol
	}
	if *workers <= 0 {
		*workers = runtime.GOMAXPROCS(0)
	}
	*workers = min(*workers, *starts)
}

// checkFloor returns an error for a floor of variances that is none.
func checkFloor(floor float64) error {
	if !(floor >= 1e-12 && floor <= 1) {
		return fmt.Errorf("the floor is %v: ask for a share of the variance from 1e-12 to 1", floor)
	}
	return nil
}

// posterior turns the logarithms of what each component gives a row, the largest of which
// is most, into the components' probabilities, and returns the logarithm of their sum.
func posterior(p []float64, most float64) float64 {
	var sum float64
	for c, l := range p {
		p[c] = math.Exp(l - most)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	return most + math.Log(sum)
}
