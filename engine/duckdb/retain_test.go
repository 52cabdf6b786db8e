package duckdb

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

// mixed gives a loader rows of everything, told by the number of the import.
func mixed(t testing.TB, id kreds.ImportID) func(l engine.Loader) error {
	r := rand.New(rand.NewPCG(uint64(id), 3))
	return func(l engine.Loader) error {
		if err := l.Events(t.Context(), random(r, 2000, 500*int(id))); err != nil {
			return err
		}
		visit := &engine.EventBatch{Event: fmt.Sprintf("visit %d", id), Kind: kreds.Company}
		people := &engine.ProfileBatch{Company: &engine.ByteColumn{}}
		var country, plan []string
		for i := range 300 {
			at := kreds.Instant(r.IntN(1_000_000))
			visit.Keys.Append(fmt.Appendf(nil, "company %d", r.IntN(50)))
			visit.Time = append(visit.Time, at)
			people.Keys.Append(fmt.Appendf(nil, "customer-%06d", r.IntN(800)+int(id)*100))
			people.Observed = append(people.Observed, at)
			people.Company.Append(fmt.Appendf(nil, "company %d", i%70))
			country = append(country, fmt.Sprint("country ", r.IntN(20)))
			plan = append(plan, fmt.Sprint("plan ", r.IntN(3)))
		}
		if err := l.Events(t.Context(), visit); err != nil {
			return err
		}
		people.Traits = []engine.Column{textColumn("country", country...), textColumn(fmt.Sprintf("plan %d", id), plan...)}
		if err := l.Profiles(t.Context(), people); err != nil {
			return err
		}
		return l.Items(t.Context(), &engine.ItemBatch{
			Keys:  bytesOf("a", fmt.Sprint("b", id)),
			Facts: []engine.Column{exactColumn("price", int64(id)*10_000, 50_000), textColumn("brand", "x", "")},
		})
	}
}

// picture is all that can be seen of the data, without profile numbers.
type picture struct {
	Catalogue  *kreds.Catalogue
	Statistics *engine.Statistics
	Purchases  []row
	Keys       []string
	Countries  []string
	Prices     map[string]kreds.Value
}

func see(t testing.TB, db *DB) picture {
	t.Helper()
	var p picture
	var err error
	if p.Catalogue, err = db.Catalogue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p.Statistics, err = db.Statistics(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(p.Catalogue.Events) == 0 {
		return p
	}
	p.Purchases = dump(t, db, fold.RowsQuery{Tables: []fold.Table{all("purchase", "amount", "product")}, Buckets: engine.AllBuckets, Workers: 2})[0]
	for _, k := range []kreds.Kind{kreds.Person, kreds.Company} {
		everyone, err := db.Everyone(t.Context(), k, kreds.MaxInstant)
		if err != nil {
			t.Fatal(err)
		}
		for key, err := range db.Keys(t.Context(), everyone, true) {
			if err != nil {
				t.Fatal(err)
			}
			p.Keys = append(p.Keys, k.String()+" "+key.Key)
		}
	}
	err = db.Read(t.Context(), func(d fold.Data) error {
		keys, err := d.Key(t.Context())
		if err != nil {
			return err
		}
		v, err := d.Trait(t.Context(), kreds.Person, "country", 500_000)
		if err != nil {
			return err
		}
		owner, err := d.Owner(t.Context(), 500_000)
		if err != nil {
			return err
		}
		for i, key := range keys {
			if v.Known.Has(uint32(i)) {
				key += " " + v.Dict[v.Code[i]]
			}
			if owner.Known.Has(uint32(i)) {
				key += " " + keys[owner.Int[i]]
			}
			if key != "" {
				p.Countries = append(p.Countries, fmt.Sprint(key, d.FirstSeen()[i], d.FirstEvent()[i]))
			}
		}
		p.Prices, err = d.Item(t.Context(), "price")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(p.Countries)
	return p
}

func only(ids ...kreds.ImportID) func(kreds.ImportID) bool {
	return func(id kreds.ImportID) bool { return slices.Contains(ids, id) }
}

// brought is the picture of a fresh database with the imports.
func brought(t *testing.T, ids ...kreds.ImportID) picture {
	t.Helper()
	db := open(t, "", Options{Workers: 2})
	for _, id := range ids {
		bring(t, db, id, mixed(t, id))
	}
	return see(t, db)
}

func TestRetain(t *testing.T) {
	tests := []struct{ load, keep []kreds.ImportID }{
		{[]kreds.ImportID{1, 2, 3}, []kreds.ImportID{1, 2, 3}},
		{[]kreds.ImportID{1, 2, 3}, []kreds.ImportID{1, 3}},
		{[]kreds.ImportID{1, 2, 3}, []kreds.ImportID{2, 3}},
		{[]kreds.ImportID{1, 2, 3}, []kreds.ImportID{3}},
		{[]kreds.ImportID{1, 2}, nil},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.load, tt.keep), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data.duckdb")
			db := open(t, path, Options{Workers: 2})
			for _, id := range tt.load {
				bring(t, db, id, mixed(t, id))
			}
			want := brought(t, tt.keep...)
			for range 2 {
				if err := db.Retain(t.Context(), only(tt.keep...)); err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, see(t, db)); d != "" {
					t.Fatalf("-want +got\n%.3000s", d)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			db = open(t, path, Options{Workers: 2})
			if d := cmp.Diff(want, see(t, db)); d != "" {
				t.Fatalf("after reopening: -want +got\n%.3000s", d)
			}
			// Loading goes on after a removal, also of what was removed.
			bring(t, db, 9, mixed(t, 9))
			if d := cmp.Diff(brought(t, append(tt.keep, 9)...), see(t, db)); d != "" {
				t.Fatalf("after another load: -want +got\n%.3000s", d)
			}
		})
	}
}

func TestUnconfirmed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.duckdb")
	db := open(t, path, Options{Workers: 2})
	bring(t, db, 1, mixed(t, 1))
	want := see(t, db)
	l, err := db.Load(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := mixed(t, 2)(l); err != nil {
		t.Fatal(err)
	}
	no := errors.New("the ledger is full")
	if _, err := l.Commit(t.Context(), func(engine.LoadResult) error { return no }); !errors.Is(err, no) {
		t.Errorf("got %v, want %v", err, no)
	}
	if err := l.Rollback(); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(want, see(t, db)); d != "" {
		t.Fatalf("-want +got\n%.3000s", d)
	}
	// Given up, with runs written already.
	db.limits = limits{rows: 1000, keys: 100, texts: 10}
	if l, err = db.Load(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if err := mixed(t, 3)(l); err != nil {
		t.Fatal(err)
	}
	if err := l.Rollback(); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(want, see(t, db)); d != "" {
		t.Fatalf("-want +got\n%.3000s", d)
	}
	bring(t, db, 4, mixed(t, 2))
}

// victim is the environment variable that makes the test binary a process that
// loads imports until it is killed; it holds the path of the data.
const victim = "KREDS_TEST_DUCKDB_VICTIM"

// TestVictim loads imports until it is killed, if it is told to.
func TestVictim(t *testing.T) {
	path := os.Getenv(victim)
	if path == "" {
		return
	}
	db, err := Open(t.Context(), path, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	from, err := strconv.Atoi(os.Getenv(victim + "_FROM"))
	if err != nil {
		t.Fatal(err)
	}
	for id := kreds.ImportID(from); ; id++ {
		l, err := db.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := mixed(t, id)(l); err != nil {
			t.Fatal(err)
		}
		_, err = l.Commit(t.Context(), func(engine.LoadResult) error {
			_, err := fmt.Printf("confirmed %d\n", id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.duckdb")
	r := rand.New(rand.NewPCG(5, 6))
	var confirmed []kreds.ImportID
	for range 4 {
		cmd := exec.Command(os.Args[0], "-test.run=TestVictim")
		cmd.Env = append(os.Environ(), victim+"="+path, fmt.Sprintf("%s_FROM=%d", victim, len(confirmed)+1))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(200+r.IntN(1500))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if rest, ok := strings.CutPrefix(lines.Text(), "confirmed "); ok {
				n, err := strconv.Atoi(rest)
				if err != nil {
					t.Fatal(err)
				}
				confirmed = append(confirmed, kreds.ImportID(n))
			}
		}
		_ = cmd.Wait()
		timer.Stop()
		db, err := Open(t.Context(), path, Options{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Retain(t.Context(), only(confirmed...)); err != nil {
			t.Fatal(err)
		}
		got := see(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(brought(t, confirmed...), got); d != "" {
			t.Fatalf("after %v: -want +got\n%.3000s", confirmed, d)
		}
	}
	t.Logf("%d imports were confirmed", len(confirmed))
}
