package questions_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds/bench/questions"
)

var update = flag.Bool("update", false, "write expressions.txt")

func TestExpressionsAreTheList(t *testing.T) {
	const file = "../expressions.txt"
	got := questions.List(questions.Counts(), questions.Leaves(questions.LeafSeed))
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("expressions.txt differs from what is measured (-file +measured):\n%s", diff)
	}
}

func TestTheMixOfLeaves(t *testing.T) {
	var text, hard, sequences int
	leaves := questions.Leaves(questions.LeafSeed)
	for i := range leaves {
		l := &leaves[i]
		if l.Text() {
			text++
		}
		if l.Sequence() || l.Distinct() {
			hard++
		}
		if l.Sequence() {
			sequences++
		}
	}
	if len(leaves) != 300 || text != 90 || hard != 30 || sequences != 15 {
		t.Errorf("%d leaves, %d with text, %d sequences or distinct, %d of them sequences; want 300, 90, 30 and 15",
			len(leaves), text, hard, sequences)
	}
	answered := map[int]int{}
	for _, s := range questions.Statements(leaves) {
		for _, i := range s.Leaves {
			answered[i]++
		}
	}
	for i := range leaves {
		if answered[i] != 1 {
			t.Errorf("leaf %d is answered by %d statements", i, answered[i])
		}
	}
}
