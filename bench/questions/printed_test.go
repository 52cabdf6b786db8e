package questions_test

import (
	"testing"

	"github.com/kreds/kreds/bench/questions"
	"github.com/kreds/kreds/segment"
)

func TestExpressionsAreInPrintedForm(t *testing.T) {
	var texts []string
	for _, c := range questions.Counts() {
		texts = append(texts, c.Expression)
	}
	leaves := questions.Leaves(questions.LeafSeed)
	for i := range leaves {
		texts = append(texts, leaves[i].Expression())
	}
	for _, text := range texts {
		e, err := segment.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := e.String(); got != text {
			t.Errorf("%s is printed as %s", text, got)
		}
	}
}
