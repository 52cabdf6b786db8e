package collect

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Whatever a file holds: nothing panics, each row is taken or rejected, and the
// types that all values have fit all values.
func FuzzFile(f *testing.F) {
	for _, text := range []string{
		"id,at,x\n1,2025-01-01,2\n2,2025-01-02,a\n",
		"id;at;x\n1;31-12-2025;1,5\n2;01-01-2025;\"2\n3\"\n4\n",
		"id\tat\tx\r\n1\t20250101\tyes\r\n,20250102,no\r\n",
		"id,at,x\n1,12/13/2025,\"[\"\"a\"\"]\"\n2,1/2/2025,\"55.5, 12.5\"\n",
		"id,at,x\n\xe6,2025-01-01T10:00Z,\x00\n1,1 Jan 2025,-\n",
		"\xff\xfei\x00d\x00\n\x001\x00\n\x00",
		"sep=;\nid;at\n1;1700000000\n",
		"1,2025-01-01\n2,2025-01-02\n",
	} {
		f.Add([]byte(text), uint8(0), uint16(20))
		f.Add([]byte(text), uint8(1), uint16(1000))
		f.Add([]byte(text), uint8(13), uint16(1000))
	}
	path := filepath.Join(f.TempDir(), "a.csv")
	cal := segment.NewCalendar(time.UTC)
	im := &Importer{o: Options{Workers: 1}, clock: time.Now}
	cat := &kreds.Catalogue{Traits: []kreds.Trait{{Name: "x", Type: kreds.Number}}}
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, text []byte, how uint8, sample uint16) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		r := &Request{Files: []string{path}, As: "customers", ID: "column 1"}
		r.Encoding = []string{"", "utf-8", "utf-16", "windows-1252"}[how>>2&3]
		switch how % 4 {
		case 1:
			r.As, r.ID, r.Time, r.Compute = "events:e", "id", "at", []Computed{{"y", "x / 3"}}
		case 2:
			r.Header = new(bool)
		case 3:
			r.ID = ""
		}
		im.sample = int(sample) + 1
		l, err := im.layoutOf(ctx, r, cat)
		if err != nil {
			if c := kreds.CodeOf(err); c != kreds.CodeInvalid {
				t.Fatalf("%s: %v", c, err)
			}
			return
		}
		if err := l.evidence(l.plan()); err != nil {
			t.Fatal(err)
		}
		if _, err := l.preview(cal); err != nil && kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Fatal(err)
		}
		// The preview takes its sample for all there is; the import does not.
		if l, err = im.layoutOf(ctx, r, cat); err != nil {
			t.Fatal(err)
		}
		read := func() error {
			return im.stream(ctx, l, cal, (*worker).convert, func(b *batch) error {
				if b.misfit != nil {
					return b.misfit
				}
				if b.rows+b.refused() != b.records {
					t.Fatalf("%d rows and %d rejects of %d", b.rows, b.refused(), b.records)
				}
				for _, c := range b.out {
					if n := max(len(c.Int), len(c.Num), len(c.Ends)); n != b.rows || c.Known != nil && len(c.Known) != n {
						t.Fatalf("column %q has %d values for %d rows", c.Name, n, b.rows)
					}
				}
				return nil
			})
		}
		err = read()
		if _, ok := errors.AsType[*misfit](err); ok {
			if err = im.scan(ctx, l, cal, cat, newMeter(im.clock, l, nil)); err == nil {
				err = read()
			}
		}
		if err != nil && kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Fatal(err)
		}
	})
}
