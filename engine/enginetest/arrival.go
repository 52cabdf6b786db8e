package enginetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/internal/generate"
	"github.com/kreds/kreds/segment"
)

func termOf(e *segment.Expr) segment.Term { return e.Root.(*segment.Known).Term }

// picture is what an engine says of many questions, by keys.
type picture struct {
	Traits, Events, Items int
	Members               [][]string
}

// questions are random ones about a world.
func questions(h *held, n int) []engine.Ask {
	var asks []engine.Ask
	for range n {
		for _, k := range []kreds.Kind{kreds.Person, kreds.Company} {
			asks = append(asks, engine.Ask{Kind: k, AsOf: h.writer.Instant(), Leaf: h.leaf(k).Root})
		}
	}
	return asks
}

// picture answers the questions.
func (h *held) picture(asks []engine.Ask) picture {
	h.t.Helper()
	cat := must[*kreds.Catalogue](h.t)(h.Catalogue(h.t.Context()))
	out := picture{Traits: len(cat.Traits), Events: len(cat.Events), Items: len(cat.Items)}
	out.Members = members(h.t, h, h.Engine, asks)
	return out
}

// members are the keys of those for whom each leaf holds, as an engine says.
func members(t *testing.T, h *held, e engine.Engine, asks []engine.Ask) (out [][]string) {
	t.Helper()
	for i, a := range must[[]engine.Answer](t)(e.Evaluate(t.Context(), h.request(asks...))) {
		u := must[*roaring.Bitmap](t)(e.Everyone(t.Context(), asks[i].Kind, asks[i].AsOf))
		var keys []string
		for k, err := range e.Keys(t.Context(), roaring.And(a.Members, u), true) {
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, k.Key)
		}
		out = append(out, keys)
	}
	return out
}

// one is a world with only some of the imports of another.
func part(w *generate.World, imports ...int) *generate.World {
	out := *w
	out.Imports = nil
	for _, i := range imports {
		out.Imports = append(out.Imports, w.Imports[i])
	}
	return &out
}

// imports: nothing of an import is seen before it is committed, and nothing of one
// that is rolled back or not confirmed.
func imports(t *testing.T, open func(t *testing.T) engine.Engine) {
	w := generate.New(90, small)
	ctx := t.Context()
	h := hold(t, open, part(w, 0, 1), 90)
	asks := questions(h, 40)
	was := h.picture(asks)
	id := kreds.ImportID(3)
	load := func() engine.Loader {
		t.Helper()
		l := must[engine.Loader](t)(h.Load(ctx, id))
		if err := w.Bring(ctx, l, 2); err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := load()
	same(t, "before the commit", was, h.picture(asks))
	if err := l.Rollback(); err != nil {
		t.Fatal(err)
	}
	same(t, "after a rollback", was, h.picture(asks))

	id++
	l = load()
	refused := errors.New("the ledger is full")
	if _, err := l.Commit(ctx, func(engine.LoadResult) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("a commit that is not confirmed: %v", err)
	}
	same(t, "after a commit that was not confirmed", was, h.picture(asks))
	if err := h.Retain(ctx, func(i kreds.ImportID) bool { return i <= 2 }); err != nil {
		t.Fatal(err)
	}
	same(t, "after the remains are removed", was, h.picture(asks))

	id++
	l = load()
	rows := int64(0)
	result, err := l.Commit(ctx, func(r engine.LoadResult) error { rows = r.Rows; return nil })
	if err != nil || result.Rows == 0 || result.Rows != rows {
		t.Fatalf("%+v, confirmed with %d rows: %v", result, rows, err)
	}
	if err := l.Rollback(); err != nil {
		t.Errorf("a rollback after the commit: %v", err)
	}
	both := hold(t, open, part(w, 0, 1, 2), 90)
	same(t, "after the commit", both.picture(asks), h.picture(asks))
}

// undo: without an import the engine is as if it had never come, and with it again
// as before.
func undo(t *testing.T, open func(t *testing.T) engine.Engine) {
	w := generate.New(91, small)
	all := hold(t, open, w, 91)
	asks := questions(all, 40)
	full := all.picture(asks)
	for gone := 1; gone < len(w.Imports); gone++ {
		keep := slices.DeleteFunc([]int{0, 1, 2, 3}, func(i int) bool { return i == gone })
		h := hold(t, open, w, 91)
		for range 2 { // the second time changes nothing
			if err := h.Retain(t.Context(), func(i kreds.ImportID) bool { return int(i) != gone+1 }); err != nil {
				t.Fatal(err)
			}
			same(t, "without an import", hold(t, open, part(w, keep...), 91).picture(asks), h.picture(asks))
		}
		l := must[engine.Loader](t)(h.Load(t.Context(), kreds.ImportID(gone+10)))
		if err := w.Bring(t.Context(), l, gone); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if gone == len(w.Imports)-1 { // others would come in another order now
			same(t, "with the last import again", full, h.picture(asks))
		}
	}
}

// orderOfArrival: the same rows in another order and in 50 imports mean the same.
func orderOfArrival(t *testing.T, open func(t *testing.T) engine.Engine) {
	o := small
	o.Untied = true
	w := generate.New(92, o)
	h := hold(t, open, w, 92)
	asks := questions(h, 120)
	want := h.picture(asks)
	for seed := range uint64(2) {
		other := hold(t, open, w.Shuffled(rand.New(rand.NewPCG(seed, 9)), 50), 92)
		same(t, "shuffled in 50 imports", want, other.picture(asks))
	}
}

// past: the engine as earlier imports left it, and what was seen by an instant.
func past(t *testing.T, open func(t *testing.T) engine.Engine) {
	w := generate.New(93, small)
	h := hold(t, open, w, 93)
	asks := questions(h, 60)
	for n := 1; n <= len(w.Imports); n++ {
		then := hold(t, open, part(w, []int{0, 1, 2, 3}[:n]...), 93)
		want, got := members(t, then, then.Engine, asks), members(t, h, h.UpTo(kreds.ImportID(n)), asks)
		for i, ask := range asks {
			if !slices.Equal(want[i], got[i]) {
				t.Errorf("%s as of %d, as %d imports left it: %q, want %q", segment.PrintNode(ask.Leaf), ask.AsOf, n, got[i], want[i])
			}
		}
	}
	for range 3 {
		seen := h.writer.Instant()
		cut := hold(t, open, w.Cut(seen, func(kreds.Kind, string) bool { return true }), 93)
		asks := questions(h, 60)
		r := h.request(asks...)
		r.Seen = &seen
		got := must[[]engine.Answer](t)(h.Evaluate(t.Context(), r))
		for i, want := range cut.evaluate(asks...) {
			k := asks[i].Kind
			// Whoever was seen by then.
			u := h.oracle.Everyone(k, min(seen, asks[i].AsOf))
			has := func(h *held, set *roaring.Bitmap) []string {
				return slices.DeleteFunc(h.in(set, k), func(key string) bool { return !slices.Contains(u, key) })
			}
			if got, want := has(h, got[i].Members), has(cut, want.Members); !slices.Equal(got, want) {
				t.Errorf("%s as of %d, seen by %d: %q, want %q", segment.PrintNode(asks[i].Leaf), asks[i].AsOf, seen, got, want)
			}
		}
	}
}

// together: whoever reads while an import comes sees all of it or nothing.
func together(t *testing.T, open func(t *testing.T) engine.Engine) {
	w := generate.New(94, small)
	without, with := hold(t, open, part(w, 0, 1, 2), 94), hold(t, open, w, 94)
	h := hold(t, open, part(w, 0, 1, 2), 94)
	asks := questions(without, 20)
	for i := range asks { // of whom there is, so that one call sees one state
		asks[i].AsOf = h.world.To
	}
	one := func(h *held) (out []string) {
		for i, a := range h.evaluate(asks...) {
			for k, err := range h.Keys(t.Context(), a.Members, true) {
				if err != nil {
					t.Error(err)
				}
				out = append(out, asks[i].Kind.String()+k.Key)
			}
			out = append(out, "")
		}
		return out
	}
	was, will := one(without), one(with)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 25 {
				if got := one(h); !slices.Equal(got, was) && !slices.Equal(got, will) {
					t.Error("a reader sees a part of an import")
				}
			}
		})
	}
	l := must[engine.Loader](t)(h.Load(t.Context(), 4))
	if err := w.Bring(t.Context(), l, 3); err != nil {
		t.Error(err)
	}
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return nil }); err != nil {
		t.Error(err)
	}
	wait.Wait()
	if got := one(h); !slices.Equal(got, will) {
		t.Error("the import is not seen after it was committed")
	}
}

// cancel: who has gone is answered with an error.
func cancel(t *testing.T, open func(t *testing.T) engine.Engine) {
	h := hold(t, open, generate.New(95, small), 95)
	asks := questions(h, 5)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := h.Evaluate(ctx, h.request(asks...)); err == nil {
		t.Error("questions of somebody who has gone are answered")
	}
	if got := h.picture(asks); len(got.Members) != len(asks) {
		t.Error("the next one is not answered")
	}
}
