package demo_test

import (
	"testing"

	"github.com/kreds/kreds/demo"
	"github.com/kreds/kreds/segment"
)

func TestSegmentsReadWell(t *testing.T) {
	for _, s := range demo.Segments {
		e, err := segment.Parse(s.Expression)
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		if got := e.String(); got != s.Expression {
			t.Errorf("%s is printed as %s", s.Name, got)
		}
	}
}
