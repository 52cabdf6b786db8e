package duckdb

import (
	"testing"
	"time"

	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/enginetest"
)

// TestConformance holds the engine to what every engine is held to.
func TestConformance(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	enginetest.Run(t, func(t *testing.T) engine.Engine {
		db, err := Open(t.Context(), "", Options{Workers: 2, Location: loc})
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}
