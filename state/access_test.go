package state

import (
	"testing"
	"time"

	"github.com/kreds/kreds"
)

// The database itself keeps the audit log as it was written.
func TestAuditIsOnlyAddedTo(t *testing.T) {
	s, err := Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := t.Context()
	first, err := s.BeginAudit(ctx, kreds.AuditEntry{At: time.Unix(1, 0), Actor: "Anna", Via: "session", Action: "delete-segment", Subject: "A"})
	if err != nil {
		t.Fatal(err)
	}
	cutOff, err := s.BeginAudit(ctx, kreds.AuditEntry{At: time.Unix(2, 0), Actor: "Bo", Via: "local", Action: "create-import"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EndAudit(ctx, first, "A", "ok"); err != nil {
		t.Fatal(err)
	}
	if err := s.EndAudit(ctx, first, "B", "forbidden"); err == nil {
		t.Error("a result was changed")
	}
	for _, statement := range []string{
		"DELETE FROM audit", "UPDATE audit SET actor = 'Eve'", "UPDATE audit SET at = 0 WHERE result = ''", "UPDATE audit SET result = 'ok'", "UPDATE audit SET address = 'x' WHERE result = ''",
	} {
		if _, err := s.db.ExecContext(ctx, statement); err == nil {
			t.Errorf("%s is done", statement)
		}
	}
	all, err := s.Audit(ctx, kreds.AuditFilter{Limit: 10})
	if err != nil || len(all) != 2 {
		t.Fatalf("%v %v", all, err)
	}
	if e := all[0]; e.ID != cutOff || e.Result != "" || e.Actor != "Bo" {
		t.Errorf("one that was cut off: %+v", e)
	}
	if e := all[1]; e.Result != "ok" || e.Subject != "A" || !e.At.Equal(time.Unix(1, 0)) {
		t.Errorf("one that ended: %+v", e)
	}
	if some, err := s.Audit(ctx, kreds.AuditFilter{Before: cutOff, Actor: "Anna", Action: "delete-segment", Limit: 10}); err != nil || len(some) != 1 {
		t.Errorf("filtered: %v %v", some, err)
	}
}

func TestSecretStays(t *testing.T) {
	dir := t.TempDir()
	for i, fresh := range []string{"first", "second"} {
		s, err := Open(dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Secret(t.Context(), "x", []byte(fresh)); err != nil || string(got) != "first" {
			t.Errorf("time %d: %q %v", i, got, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
