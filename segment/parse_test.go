package segment

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ignorePlaces compares trees without where they stand in a text.
var ignorePlaces = cmp.Options{
	cmpopts.IgnoreTypes(at{}),
	cmpopts.IgnoreFields(Path{}, "Ref"),
	cmpopts.IgnoreUnexported(Measure{}),
}

// cases reads a golden file: an expression on a line, what becomes of it on
// lines that begin with a tab.
func cases(t testing.TB, file string) (in []string, out map[string][]string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out = map[string][]string{}
	s := bufio.NewScanner(f)
	for s.Scan() {
		line := s.Text()
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "\t"):
			last := in[len(in)-1]
			out[last] = append(out[last], line[1:])
		default:
			in = append(in, line)
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return in, out
}

// golden holds what becomes of the file's expressions to what it says.
func golden(t *testing.T, file string, becomes func(string) []string) {
	in, want := cases(t, file)
	if *update {
		var b strings.Builder
		for _, e := range in {
			fmt.Fprintln(&b, e)
			for _, line := range becomes(e) {
				fmt.Fprintf(&b, "\t%s\n", line)
			}
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, e := range in {
		if d := cmp.Diff(want[e], becomes(e)); d != "" {
			t.Errorf("%s: %s", e, d)
		}
	}
}

// TestParse: each form, its canonical text, and that this text is the same tree.
func TestParse(t *testing.T) {
	golden(t, "testdata/parse.txt", func(text string) []string {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return nil
		}
		printed := e.String()
		again, err := Parse(printed)
		if err != nil {
			t.Errorf("%s: printed as %s: %v", text, printed, err)
			return nil
		}
		if d := cmp.Diff(e, again, ignorePlaces); d != "" {
			t.Errorf("%s: printed as %s, which is another tree: %s", text, printed, d)
		}
		if second := again.String(); second != printed {
			t.Errorf("%s: printed as %s, then as %s", text, printed, second)
		}
		return []string{printed}
	})
}

// TestParseErrors: what is refused, where, and what the remedy is.
func TestParseErrors(t *testing.T) {
	golden(t, "testdata/errors.txt", func(text string) []string {
		_, err := Parse(text)
		e := &Error{}
		ok := errors.As(err, &e)
		if !ok {
			t.Errorf("%s: %v", text, err)
			return nil
		}
		if e.Hint == "" {
			return []string{e.Error()}
		}
		return []string{e.Error(), e.Hint}
	})
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"long":       {"a = \"" + strings.Repeat("x", MaxText) + "\"", "bytes"},
		"very long":  {strings.Repeat("(", 10<<20), "bytes"},
		"deep":       {strings.Repeat("(", 101) + "a" + strings.Repeat(")", 101), "deep"},
		"nots":       {strings.Repeat("not ", 101) + "a", "deep"},
		"many":       {"a" + strings.Repeat(" or a", 1000), "conditions"},
		"many steps": {"did a" + strings.Repeat(" then a", 1000), "conditions"},
		"not UTF-8":  {"a = \"\xff\"", "UTF-8"},
	} {
		_, err := Parse(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error about %q", name, err, c.want)
		}
	}
	if _, err := Parse(strings.Repeat("(", 99) + "a" + strings.Repeat(")", 99)); err != nil {
		t.Errorf("99 parentheses: %v", err)
	}
}

// FuzzParse: nothing panics, what parses is printed as the same tree, and so is
// its JSON form; checking keeps that.
func FuzzParse(f *testing.F) {
	for _, file := range []string{"parse.txt", "errors.txt", "check.txt", "check_errors.txt"} {
		in, _ := cases(f, "testdata/"+file)
		for _, e := range in {
			f.Add(e)
		}
	}
	cat := shop()
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			fault := &Error{}
			if !errors.As(err, &fault) || fault.Pos == (Pos{}) {
				t.Fatalf("%q: %v has no place", text, err)
			}
			return
		}
		same(t, text, e)
		if Check(e, cat) != nil {
			return
		}
		same(t, text, e)
		printed := e.String()
		if err := Check(e, cat); err != nil || e.String() != printed {
			t.Fatalf("%q: checked again: %v, %s", text, err, e)
		}
	})
}

// FuzzParseTerm: nothing panics, and what is read is printed as the same term.
func FuzzParseTerm(f *testing.F) {
	for _, s := range []string{
		"age", "value.clv", "`a b`.c", "sum(amount) of purchase where (gift and amount > 3) within last 12 months", "first any of (view, cart)",
		"median gap of person.any event", "year(birthday)", "count distinct(product) of purchase between 2025-01-01 and today", "50% of age", "sum(", "", "age > 3",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		term, err := ParseTerm(text)
		if err != nil {
			fault := &Error{}
			if !errors.As(err, &fault) || fault.Pos == (Pos{}) {
				t.Fatalf("%q: %v has no place", text, err)
			}
			return
		}
		printed := PrintTerm(term)
		if len(printed) > MaxText {
			return
		}
		if again, err := ParseTerm(printed); err != nil || PrintTerm(again) != printed {
			t.Fatalf("%q is printed as %s, which is read as %v %v", text, printed, again, err)
		}
	})
}

// same passes a tree through its text and its JSON.
func same(t *testing.T, text string, e *Expr) {
	t.Helper()
	printed := e.String()
	if len(printed) > MaxText {
		return
	}
	again, err := Parse(printed)
	if err != nil {
		t.Fatalf("%q is printed as %q: %v", text, printed, err)
	}
	if again.String() != printed {
		t.Fatalf("%q is printed as %q, then as %q", text, printed, again)
	}
	// A checked tree has dates where its text has years.
	want, err := encodeExpr(e, true)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	got, err := encodeExpr(again, true)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if string(want) != string(got) {
		t.Fatalf("%q is printed as %q, which is another tree:\n%s\n%s", text, printed, want, got)
	}
	data, err := e.MarshalJSON()
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var back Expr
	if err := back.UnmarshalJSON(data); err != nil {
		t.Fatalf("%q: %s: %v", text, data, err)
	}
	if data2, err := back.MarshalJSON(); err != nil || string(data2) != string(data) {
		t.Fatalf("%q: %s becomes %s %v", text, data, data2, err)
	}
}

// FuzzJSON: nothing panics, and a tree that is taken has a text and passes
// through it.
func FuzzJSON(f *testing.F) {
	in, _ := cases(f, "testdata/parse.txt")
	for _, text := range in {
		e, err := Parse(text)
		if err != nil {
			f.Fatal(err)
		}
		data, err := e.MarshalJSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	cat := shop()
	f.Fuzz(func(t *testing.T, data []byte) {
		var e Expr
		if e.UnmarshalJSON(data) != nil {
			return
		}
		same(t, string(data), &e)
		_ = Check(&e, cat)
	})
}
