package duckdb

import (
	"math/rand/v2"
	"testing"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// TestStatisticsKept: the description of the data is kept until the data changes, by a
// load and by a removal.
func TestStatisticsKept(t *testing.T) {
	db := open(t, "", Options{Workers: 2})
	r := rand.New(rand.NewPCG(1, 2))
	load := func(id kreds.ImportID, rows int) {
		t.Helper()
		bring(t, db, id, func(l engine.Loader) error {
			events := random(r, rows, 60)
			events.Event = "purchase"
			return l.Events(t.Context(), events)
		})
	}
	rows := func(want int64) *engine.Statistics {
		t.Helper()
		s, err := db.Statistics(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Events) != 1 || s.Events[0].Rows != want {
			t.Fatalf("events %+v, want one with %d rows", s.Events, want)
		}
		return s
	}
	load(1, 400)
	if first, again := rows(400), rows(400); first != again {
		t.Error("the data was described twice")
	}
	load(2, 100)
	rows(500)
	if err := db.Retain(t.Context(), func(id kreds.ImportID) bool { return id == 1 }); err != nil {
		t.Fatal(err)
	}
	rows(400)
}
