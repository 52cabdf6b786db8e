package condition

import (
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Setting is what conditions look up beside values.
type Setting struct {
	Calendar *segment.Calendar
	Lists    map[string][]string
	Places   []kreds.Place
	// Parallel calls split for parts of 0 … n-1 and returns when all are done.
	Parallel func(n int, split func(part, from, to int))
}

// List returns the values of a stored list, or else of a built-in one.
func (e *Setting) List(name string) ([]string, error) {
	if v, ok := e.Lists[name]; ok {
		return v, nil
	}
	for have, v := range e.Lists {
		if strings.EqualFold(have, name) {
			return v, nil
		}
	}
	if v, ok := segment.IsBuiltinList(name); ok {
		return v, nil
	}
	return nil, kreds.Errorf(kreds.CodeNotFound, "no list %q", name)
}
