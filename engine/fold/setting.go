package fold

import (
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// setting is what conditions look up beside values.
type setting struct {
	cal    *segment.Calendar
	lists  map[string][]string
	places []kreds.Place
	// parallel calls split for parts of 0 … n-1 and returns when all are done.
	parallel func(n int, split func(part, from, to int))
}

// list returns the values of a stored list, or else of a built-in one.
func (e *setting) list(name string) ([]string, error) {
	if v, ok := e.lists[name]; ok {
		return v, nil
	}
	for have, v := range e.lists {
		if strings.EqualFold(have, name) {
			return v, nil
		}
	}
	if v, ok := builtinList(name); ok {
		return v, nil
	}
	return nil, kreds.Errorf(kreds.CodeNotFound, "no list %q", name)
}
