package duckdb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold"
)

func TestWidening(t *testing.T) {
	db := open(t, "", Options{Workers: 2})
	buy := func(id kreds.ImportID, key string, cols ...engine.Column) {
		t.Helper()
		bring(t, db, id, func(l engine.Loader) error {
			return l.Events(t.Context(), &engine.EventBatch{
				Event: "buy", Keys: bytesOf(key), Time: []kreds.Instant{kreds.Instant(id)}, Properties: cols,
			})
		})
	}
	buy(1, "ann", exactColumn("amount", 12_5000))
	buy(2, "bo", exactColumn("amount", 7_0001), textColumn("shop", "north"))
	buy(3, "cy", floatColumn("Amount", 1e30))
	buy(4, "di", textColumn("SHOP", "north"))
	buy(5, "ed", exactColumn("amount", -1))
	want := []row{
		{Key: "ann", Time: 1, Amount: "12.5"},
		{Key: "bo", Time: 2, Amount: "7.0001", Text: "north"},
		{Key: "cy", Time: 3, Amount: "1e+30"},
		{Key: "di", Time: 4, Text: "north"},
		{Key: "ed", Time: 5, Amount: "-0.0001"},
	}
	got := dump(t, db, fold.RowsQuery{Tables: []fold.Table{all("buy", "amount", "shop")}, Buckets: engine.AllBuckets, Workers: 1})
	if d := cmp.Diff(want, got[0]); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	// Within one import, from batch to batch.
	bring(t, db, 6, func(l engine.Loader) error {
		for i, c := range []engine.Column{exactColumn("size", 10_000), floatColumn("size", 0.25), exactColumn("size", 20_000)} {
			err := l.Events(t.Context(), &engine.EventBatch{
				Event: "fit", Keys: bytesOf("ann"), Time: []kreds.Instant{kreds.Instant(i)}, Properties: []engine.Column{c},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	want = []row{{Key: "ann", Time: 0, Amount: "1"}, {Key: "ann", Time: 1, Amount: "0.25"}, {Key: "ann", Time: 2, Amount: "2"}}
	got = dump(t, db, fold.RowsQuery{Tables: []fold.Table{all("fit", "size")}, Buckets: engine.AllBuckets, Workers: 1})
	if d := cmp.Diff(want, got[0]); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// one makes a batch of one event.
func one(event, key string, cols ...engine.Column) *engine.EventBatch {
	return &engine.EventBatch{Event: event, Keys: bytesOf(key), Time: []kreds.Instant{1}, Properties: cols}
}

func TestRefusals(t *testing.T) {
	ctx := context.Background()
	db := open(t, "", Options{Workers: 2})
	bring(t, db, 1, func(l engine.Loader) error {
		b := one("buy", "ann", exactColumn("amount", 1), textColumn("invoice", "x"))
		b.Occasion = "invoice"
		return l.Events(ctx, b)
	})
	before := see2(t, db)
	tests := []struct {
		name  string
		with  func(l engine.Loader) error
		code  kreds.Code
		says  string
		hints string
	}{
		{
			"another type", func(l engine.Loader) error { return l.Events(ctx, one("buy", "ann", textColumn("Amount", "x"))) },
			kreds.CodeInvalid, `column "amount" holds values of type text, but properties of buy of that name are of type number`, "--map",
		},
		{"another type in the same import", func(l engine.Loader) error {
			if err := l.Profiles(ctx, &engine.ProfileBatch{Keys: bytesOf("a"), Traits: []engine.Column{textColumn("age", "x")}}); err != nil {
				return err
			}
			return l.Profiles(ctx, &engine.ProfileBatch{Keys: bytesOf("a"), Traits: []engine.Column{exactColumn("age", 1)}})
		}, kreds.CodeInvalid, `column "age" holds values of type number, but traits`, "--map"},
		{"another occasion", func(l engine.Loader) error {
			b := one("buy", "ann")
			b.Occasion = "basket"
			return l.Events(ctx, b)
		}, kreds.CodeInvalid, `told by "invoice" already`, "--order"},
		{"no key", func(l engine.Loader) error { return l.Events(ctx, one("buy", "")) }, kreds.CodeInvalid, "has no key", ""},
		{"no item key", func(l engine.Loader) error { return l.Items(ctx, &engine.ItemBatch{Keys: bytesOf("")}) }, kreds.CodeInvalid, "has no key", ""},
		{"a key that is not text", func(l engine.Loader) error { return l.Events(ctx, one("buy", "\xff")) }, kreds.CodeInvalid, "UTF-8", ""},
		{"a text that is not text", func(l engine.Loader) error { return l.Events(ctx, one("buy", "a", textColumn("invoice", "\xff"))) }, kreds.CodeInvalid, "UTF-8", ""},
		{"a column twice", func(l engine.Loader) error {
			return l.Events(ctx, one("buy", "a", exactColumn("n", 1), exactColumn("N", 2)))
		}, kreds.CodeInvalid, "twice", ""},
		{"a column without name", func(l engine.Loader) error { return l.Events(ctx, one("buy", "a", exactColumn("", 1))) }, kreds.CodeInvalid, "no name", ""},
		{"events without name", func(l engine.Loader) error { return l.Events(ctx, one(" ", "a")) }, kreds.CodeInvalid, "no name", ""},
		{"a name that is not text", func(l engine.Loader) error { return l.Events(ctx, one("buy\xff", "a")) }, kreds.CodeInvalid, "UTF-8", ""},
		{"a duration", func(l engine.Loader) error {
			return l.Events(ctx, one("buy", "a", engine.Column{Name: "d", Type: kreds.Span, Int: []int64{1}}))
		}, kreds.CodeInvalid, "cannot be stored", ""},
		{"a short column", func(l engine.Loader) error { return l.Events(ctx, one("buy", "a", exactColumn("n"))) }, kreds.CodeInternal, "not one value", ""},
		{"ends beyond the bytes", func(l engine.Loader) error {
			return l.Events(ctx, one("buy", "a", engine.Column{Name: "n", Type: kreds.Text, Ends: []int{5}}))
		}, kreds.CodeInternal, "not one value", ""},
		{"no time", func(l engine.Loader) error {
			return l.Events(ctx, &engine.EventBatch{Event: "buy", Keys: bytesOf("a")})
		}, kreds.CodeInternal, "different lengths", ""},
		{"a company's company", func(l engine.Loader) error {
			c := bytesOf("b")
			return l.Profiles(ctx, &engine.ProfileBatch{Kind: kreds.Company, Keys: bytesOf("a"), Company: &c})
		}, kreds.CodeInvalid, "only persons", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := db.Load(ctx, 2)
			if err != nil {
				t.Fatal(err)
			}
			err = tt.with(l)
			if kreds.CodeOf(err) != tt.code || !strings.Contains(fmt.Sprint(err), tt.says) || !strings.Contains(kreds.HintOf(err), tt.hints) {
				t.Errorf("got %s %v (%s)", kreds.CodeOf(err), err, kreds.HintOf(err))
			}
			if err := l.Rollback(); err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(before, see2(t, db)); d != "" {
				t.Errorf("something changed: %s", d)
			}
		})
	}
	if _, err := db.Load(ctx, 1); kreds.CodeOf(err) != kreds.CodeConflict {
		t.Errorf("loading an import again: %v", err)
	}
	if _, err := db.Load(ctx, 0); kreds.CodeOf(err) != kreds.CodeInvalid {
		t.Errorf("loading import 0: %v", err)
	}
	if _, err := db.Find(ctx, kreds.Person, "nobody"); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("finding nobody: %v", err)
	}
	if _, err := db.Events(ctx, 77, nil, kreds.MaxInstant, 1); kreds.CodeOf(err) != kreds.CodeNotFound {
		t.Errorf("events of nobody: %v", err)
	}
}

// see2 is what a refused load must not change.
func see2(t *testing.T, db *DB) *engine.Statistics {
	t.Helper()
	s, err := db.Statistics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStrangeTexts(t *testing.T) {
	db := open(t, "", Options{})
	keys := []string{"o'neil", `a "quoted" key`, "zero\x00byte", "☃ 雪だるま", strings.Repeat("long ", 2000), "; DROP TABLE profiles", "twelve bytes", "thirteen byte", " "}
	bring(t, db, 1, func(l engine.Loader) error {
		for i, k := range keys {
			if err := l.Events(t.Context(), one(fmt.Sprint(`e "`, i), k, textColumn("t'"+k, k))); err != nil {
				return err
			}
		}
		return nil
	})
	for i, k := range keys {
		p, err := db.Find(t.Context(), kreds.Person, k)
		if err != nil {
			t.Errorf("%.20q: %v", k, err)
			continue
		}
		events, err := db.Events(t.Context(), p, nil, kreds.MaxInstant, 0)
		if err != nil {
			t.Fatal(err)
		}
		want := []engine.Event{{Type: fmt.Sprint(`e "`, i), Time: 1, Properties: map[string]kreds.Value{"t'" + k: {Type: kreds.Text, Text: k}}}}
		if d := cmp.Diff(want, events); d != "" {
			t.Errorf("%.20q: -want +got\n%s", k, d)
		}
	}
}

func TestNewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.duckdb")
	db, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.with(func(c *conn) error {
		return c.exec(t.Context(), "UPDATE meta SET value = ? WHERE name = ?", schemaVersion+1, metaVersion)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path, Options{})
	if kreds.CodeOf(err) != kreds.CodeUnavailable || !strings.Contains(err.Error(), "newer kreds") || kreds.HintOf(err) == "" {
		t.Errorf("got %v", err)
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.duckdb")
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(path, "below"), filepath.Join(t.TempDir(), "missing", "data.duckdb"), "zero\x00byte"} {
		if db, err := Open(t.Context(), p, Options{}); err == nil {
			_ = db.Close()
			t.Errorf("%q could be opened", p)
		}
	}
}

func TestCancel(t *testing.T) {
	db := open(t, "", Options{Workers: 2})
	r := rand.New(rand.NewPCG(1, 1))
	bring(t, db, 1, func(l engine.Loader) error { return l.Events(t.Context(), random(r, 200_000, 1000)) })
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := db.Read(ctx, func(d fold.Data) error {
		return d.Rows(ctx, &fold.RowsQuery{Tables: []fold.Table{all("purchase")}, Buckets: engine.AllBuckets, Workers: 1}, func(int, *fold.Batch) error {
			n++
			cancel()
			return nil
		})
	})
	if kreds.CodeOf(err) != kreds.CodeCancelled || n != 1 {
		t.Errorf("got %v after %d batches", err, n)
	}
	if _, err := db.Statistics(ctx); kreds.CodeOf(err) != kreds.CodeCancelled {
		t.Errorf("statistics: %v", err)
	}
	// A statement that is running is interrupted.
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	err = db.with(func(c *conn) error {
		return c.exec(ctx, "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range * b.range % 7 = 8")
	})
	if kreds.CodeOf(err) != kreds.CodeCancelled || time.Since(began) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(began))
	}
	// And the connection is of use again.
	if _, err := db.Statistics(t.Context()); err != nil {
		t.Error(err)
	}
	// A load waits for another, as long as its context lasts.
	l, err := db.Load(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Load(ctx, 3); kreds.CodeOf(err) != kreds.CodeCancelled {
		t.Errorf("loading beside a load: %v", err)
	}
	if err := l.Rollback(); err != nil {
		t.Error(err)
	}
}

// crammed is the environment variable that makes TestCrammed a process that may
// write only small files; it holds the path of the data.
const crammed = "KREDS_TEST_DUCKDB_CRAMMED"

// TestFullDisk loads where files cannot grow, as on a full disk.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.duckdb")
	db, err := Open(t.Context(), path, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	bring(t, db, 1, mixed(t, 1))
	want := see(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=TestCrammed", "-test.v")
	cmd.Env = append(os.Environ(), crammed+"="+path)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil || !strings.Contains(string(out), "refused as it should be") {
		t.Fatalf("%v: %s", err, out)
	}
	db = open(t, path, Options{Workers: 2})
	if err := db.Retain(t.Context(), only(1)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, see(t, db)); d != "" {
		t.Fatalf("-want +got\n%.3000s", d)
	}
	bring(t, db, 2, mixed(t, 2))
}

func TestCrammed(t *testing.T) {
	path := os.Getenv(crammed)
	if path == "" {
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	size := uint64(info.Size()) + 1<<20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), path, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	l, err := db.Load(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		if err = l.Events(t.Context(), random(r, 50_000, 50_000)); err != nil {
			break
		}
	}
	if err == nil {
		_, err = l.Commit(t.Context(), func(engine.LoadResult) error { return nil })
	}
	if kreds.CodeOf(err) != kreds.CodeUnavailable || kreds.HintOf(err) == "" {
		t.Fatalf("got %s %v", kreds.CodeOf(err), err)
	}
	t.Logf("refused as it should be: %v (%s)", err, kreds.HintOf(err))
	if err := l.Rollback(); err != nil {
		t.Fatal(err)
	}
	_, err = db.Statistics(t.Context())
	t.Logf("afterwards: %v", err)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
