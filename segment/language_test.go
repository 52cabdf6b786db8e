package segment

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// blocks returns the fenced blocks of a kind in docs/language.md.
func blocks(t *testing.T, kind string) []string {
	t.Helper()
	page, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, part := range strings.Split(string(page), "\n```") {
		if body, ok := strings.CutPrefix(part, kind+"\n"); ok && i%2 == 1 {
			out = append(out, body)
		}
	}
	if len(out) == 0 {
		t.Fatalf("docs/language.md has no block of %s", kind)
	}
	return out
}

// TestLanguagePage: what the reference shows is what the parser takes, in the
// form that the printer gives it.
func TestLanguagePage(t *testing.T) {
	n := 0
	for _, block := range blocks(t, "segment") {
		// A line that begins with a space continues the one before.
		for text := range strings.SplitSeq(strings.ReplaceAll(block, "\n  ", " "), "\n") {
			e, err := Parse(text)
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			again, err := Parse(e.String())
			if err != nil || again.String() != e.String() {
				t.Errorf("%s: printed as %s: %v", text, e, err)
			}
			n++
		}
	}
	if n < 100 {
		t.Errorf("%d examples, want more", n)
	}
}

func TestLanguagePageReserved(t *testing.T) {
	words := strings.Fields(blocks(t, "reserved")[0])
	if len(words) != len(reserved) {
		t.Errorf("the page has %d reserved words, the parser %d", len(words), len(reserved))
	}
	for _, w := range words {
		if !reserved[w] {
			t.Errorf("%q is not reserved", w)
		}
	}
	if !slices.Contains(words, "where") {
		t.Error("\"where\" is not on the page")
	}
}

func TestLanguagePageJSON(t *testing.T) {
	var e Expr
	if err := json.Unmarshal([]byte(blocks(t, "json")[0]), &e); err != nil {
		t.Fatal(err)
	}
	all := blocks(t, "segment")
	if want := all[len(all)-1]; e.String() != want {
		t.Errorf("the JSON is %s, the page says %s", e.String(), want)
	}
}
