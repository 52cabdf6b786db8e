package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// List is a stored list of values: what "in list" looks into.
type List struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Place is a named location: what "near place" looks for.
type Place struct {
	Lat float64 `json:"lat" minimum:"-90" maximum:"90"`
	Lon float64 `json:"lon" minimum:"-180" maximum:"180"`
}

func (h *handler) listRoutes() {
	type one struct {
		Name string `path:"name" maxLength:"200" doc:"Of the list, without regard to case"`
	}
	route(h, operation(kreds.Viewer, http.MethodGet, "/lists/{name}", "list", "Data", "The values of a list, stored or built in"),
		func(ctx context.Context, in *one) (*body[*List], error) {
			l, err := h.list(ctx, in.Name)
			if err != nil {
				return nil, err
			}
			sees, err := h.sees(ctx)
			if err != nil {
				return nil, err
			}
			return answer(sees.list(l)), nil
		})
	type put struct {
		Name string `path:"name" maxLength:"200" doc:"Of the list"`
		Body struct {
			Values []string `json:"values" doc:"In place of those that it had; none remove the list"`
		}
	}
	route(h, operation(kreds.Editor, http.MethodPut, "/lists/{name}", "put-list", "Data", "Store a list of values"),
		func(ctx context.Context, in *put) (*body[*List], error) {
			name, err := h.newList(ctx, in.Name)
			if err != nil {
				return nil, err
			}
			if err := h.state.PutList(ctx, name, in.Body.Values); err != nil {
				return nil, err
			}
			return answer(&List{name, some(in.Body.Values)}), nil
		})
	type place struct {
		Name string `path:"name" maxLength:"200" doc:"Of the place"`
		Body Place
	}
	route(h, operation(kreds.Editor, http.MethodPut, "/places/{name}", "put-place", "Data", "Store a named location"),
		func(ctx context.Context, in *place) (*body[PlaceRef], error) {
			name, err := h.newPlace(ctx, in.Name)
			if err != nil {
				return nil, err
			}
			p := kreds.Place{Name: name, Point: kreds.PointOf(in.Body.Lat, in.Body.Lon)}
			if err := h.state.PutPlace(ctx, p); err != nil {
				return nil, err
			}
			return answer(PlaceRef{name, in.Body.Lat, in.Body.Lon}), nil
		})
}

func (h *handler) list(ctx context.Context, name string) (*List, error) {
	stored, err := h.state.Lists(ctx)
	if err != nil {
		return nil, err
	}
	for n, values := range stored {
		if strings.EqualFold(n, name) {
			return &List{n, values}, nil
		}
	}
	if values, ok := segment.IsBuiltinList(name); ok {
		return &List{name, values}, nil
	}
	return nil, kreds.Errorf(kreds.CodeNotFound, "there is no list %q", cut(name, 80)).WithHint("the catalogue names the lists; EU, EEA and Nordics are built in")
}

// newList checks a name to store a list under; one that differs from a stored
// one only in case is the same.
func (h *handler) newList(ctx context.Context, name string) (string, error) {
	if err := nameOf("list", name); err != nil {
		return "", err
	}
	if _, ok := segment.IsBuiltinList(name); ok {
		return "", kreds.Errorf(kreds.CodeRefused, "the list %s is built in", name).WithHint("choose another name")
	}
	stored, err := h.state.Lists(ctx)
	if err != nil {
		return "", err
	}
	for n := range stored {
		if strings.EqualFold(n, name) {
			return n, nil
		}
	}
	return name, nil
}

func (h *handler) newPlace(ctx context.Context, name string) (string, error) {
	if err := nameOf("place", name); err != nil {
		return "", err
	}
	stored, err := h.state.Places(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range stored {
		if strings.EqualFold(p.Name, name) {
			return p.Name, nil
		}
	}
	return name, nil
}

// nameOf refuses names that could not be shown or typed.
func nameOf(what, name string) error {
	if name != strings.TrimSpace(name) || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return kreds.Errorf(kreds.CodeInvalid, "a %s's name is not empty, does not begin or end with a space and has no control characters", what)
	}
	return nil
}
