package cluster

import "slices"

// sortOrder sorts indices by a strict order of them.
func sortOrder(order []int, less func(a, b int) bool) {
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case less(a, b):
			return -1
		case less(b, a):
			return 1
		}
		return 0
	})
}
