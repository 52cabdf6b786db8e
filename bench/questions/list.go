package questions

import (
	"fmt"
	"strings"
)

// List returns the text of expressions.txt: every expression on a line, after
// comments that say which they are.
func List(counts []Count, leaves []Leaf) string {
	var b strings.Builder
	b.WriteString("# The fixed list of what the benchmark asks, as of 2025-12-31.\n")
	fmt.Fprintf(&b, "\n# %d counts\n", len(counts))
	for _, c := range counts {
		fmt.Fprintf(&b, "%s\n", c.Expression)
	}
	fmt.Fprintf(&b, "\n# %d leaves\n", len(leaves))
	for i := range leaves {
		fmt.Fprintf(&b, "%s\n", leaves[i].Expression())
	}
	return b.String()
}
