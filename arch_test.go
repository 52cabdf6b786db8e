package kreds_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/kreds/kreds"

// floors lists the parts of the program. A part imports only parts of lower
// floors, never its neighbours, so that each can be read, tested and replaced
// knowing only what is below it. Packages in the folder of a part are its own:
// no other part imports them.
var floors = []struct {
	path   string // in the module; "" is the root
	floor  float64
	reason string
}{
	{"", 0, "the nouns: everybody speaks in them, so they know nobody"},
	{"demo", 0, "bundled data: bytes without meaning"},
	{"danish", 0, "texts in, texts out: whoever answers people may ask it"},
	{"segment", 1, "the language: what an expression means must not depend on where data is"},
	{"stats", 0, "matrices: what all statistics share"},
	{"stats/cluster", 1, "pure analysis: slices in, structs out"},
	{"stats/mixture", 1, "pure analysis: slices in, structs out"},
	{"stats/rfm", 1, "pure analysis: slices in, structs out"},
	{"stats/tree", 1, "pure analysis: slices in, structs out"},
	{"stats/density", 1, "pure analysis: slices in, structs out"},
	{"stats/infer", 1, "pure analysis: slices in, structs out"},
	{"stats/project", 1, "pure analysis: slices in, structs out"},
	{"stats/shift", 1, "pure analysis: slices in, structs out"},
	{"stats/stability", 1.5, "pure, and clusters many samples"},
	{"stats/describe", 1.5, "pure, and tests what marks a segment"},
	{"stats/typing", 1.5, "pure analysis: answers in, the questions that tell segments apart out"},
	{"engine", 2, "the port to an analytics engine: what is asked, without how it is answered"},
	{"engine/enginetest", 3, "what every engine is held to: it sees engines only through the port"},
	{"engine/fold", 3, "evaluates over columns that it is handed: it must not know who stores them"},
	{"engine/duckdb", 3.5, "one engine: it stores columns and lets fold evaluate"},
	{"state", 3, "one technology, SQLite: it keeps definitions and does not evaluate them"},
	{"audience", 4, "the main path, through the port: it must not know which engine answers"},
	{"access", 4, "decides who may do what, over a store that it is given: it knows no wire and no clock"},
	{"collect", 5, "brings data in, through the port; it needs the catalogue that audience makes"},
	{"discover", 5, "finds segments in what audience evaluates; it knows no store and no wire"},
	{"prove", 5, "judges segments by what audience evaluates; it knows no store and no wire"},
	{"api", 6, "the one front door, over all of it"},
	{"cli", 7, "a client of the front door: what it does, every client can do"},
	{"web", 0, "the pages as bytes: what they show they ask the front door for, over HTTP"},
	{"cmd/kreds", 8, "the only place that names a concrete engine"},
	{"bench/generate", 0, "makes rows from a seed: it must not be fitted to what is measured"},
	{"bench/questions", 1, "the fixed questions, as expressions and as SQL"},
	{"bench/reference", 2, "other databases: they share the rows with kreds and nothing else"},
	{"bench", 8, "a program beside kreds that measures it"},
}

// partOf returns the index of the part that a package belongs to, -1 if none.
func partOf(pkg string) int {
	best := -1
	for i, f := range floors {
		if (pkg == f.path || f.path != "" && strings.HasPrefix(pkg, f.path+"/")) && (best < 0 || len(f.path) > len(floors[best].path)) {
			best = i
		}
	}
	return best
}

// owned are libraries that one part of the tree alone may import.
var owned = []struct {
	library string
	owners  []string
	reason  string
}{
	{"github.com/duckdb/", []string{"engine/duckdb", "bench/reference"}, "DuckDB can be exchanged only if nobody else speaks to it"},
	{"modernc.org/sqlite", []string{"state"}, "so can SQLite"},
	{"database/sql", []string{"state"}, "the engine reads columns, not rows; whoever wants rows asks state"},
	{"github.com/danielgtaylor/huma", []string{"api"}, "the shape of the API is decided in one place"},
	{"github.com/prometheus/", []string{"api"}, "what is counted is counted at the front door"},
	{"github.com/spf13/", []string{"cli", "cmd/kreds"}, "flags are how people speak to kreds, not how its parts do"},
	{"github.com/schollz/progressbar", []string{"cli"}, "only the command line draws on terminals"},
	{"golang.org/x/term", []string{"cli", "cmd/kreds"}, "only the command line draws on terminals"},
}

// standard are packages that import the standard library and this module only.
var standard = map[string]string{
	"":     "the nouns must be usable by any program",
	"demo": "data needs no library",
	"web":  "sending files needs no library",
}

// drawers are names of packages that say nothing of what belongs in them.
var drawers = []string{"util", "utils", "common", "helper", "helpers", "pkg", "misc", "shared", "lib", "types", "models", "interfaces"}

// ambient is what makes the same input give another output. Below the command
// line time, environment and chance are parameters, so that every answer can be
// had again.
var ambient = map[string][]string{
	"time":         {"Now", "Since", "Until"},
	"os":           {"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Exit", "Args"},
	"math/rand":    {"*"},
	"math/rand/v2": {"*"},
}

// seeded are the parts of math/rand that take a seed.
var seeded = []string{"New", "NewSource", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}

const maxLines = 600

type source struct {
	pkg  string // directory in the module, "" for the root
	path string
	test bool
	text []byte
	file *ast.File
}

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			base := d.Name()
			if name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" || base == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(name))
		if pkg == "." {
			pkg = ""
		}
		out = append(out, source{pkg, filepath.ToSlash(name), strings.HasSuffix(name, "_test.go"), text, file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// imports returns the paths that a file imports.
func (s source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil {
			out = append(out, p)
		}
	}
	return out
}

// inside returns the path in the module of an import of the module.
func inside(imported string) (string, bool) {
	if imported == module {
		return "", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// internal reports whether a package is test support.
func internal(pkg string) bool { return pkg == "internal" || strings.HasPrefix(pkg, "internal/") }

// conformance is test support too, but public: engines of others are held to it.
const conformance = "engine/enginetest"

func TestImportsGoDown(t *testing.T) {
	for _, s := range sources(t) {
		if internal(s.pkg) || s.test {
			continue
		}
		own := partOf(s.pkg)
		if own < 0 {
			t.Errorf("%s: package %q stands on no floor: give it one in arch_test.go, with the reason", s.path, s.pkg)
			continue
		}
		for _, imported := range s.imports() {
			p, ok := inside(imported)
			if !ok {
				continue
			}
			switch part := partOf(p); {
			case internal(p) && s.pkg != conformance:
				t.Errorf("%s imports %s, which is test support", s.path, p)
			case part == own || part < 0:
			case p == conformance:
				t.Errorf("%s imports %s, which is test support", s.path, p)
			case floors[part].path != p:
				t.Errorf("%s imports %s, which is %s's own", s.path, p, floors[part].path)
			case floors[part].floor >= floors[own].floor:
				t.Errorf("%s imports %s, which is not below it. %s: %s", s.path, p, floors[own].path, floors[own].reason)
			}
		}
	}
}

func TestLibrariesHaveOwners(t *testing.T) {
	for _, s := range sources(t) {
		for _, imported := range s.imports() {
			for _, o := range owned {
				if strings.HasPrefix(imported, o.library) && !s.test && !internal(s.pkg) && !slices.Contains(o.owners, s.pkg) {
					t.Errorf("%s imports %s, which belongs to %s: %s", s.path, imported, strings.Join(o.owners, " and "), o.reason)
				}
			}
			why, ok := standard[s.pkg]
			_, own := inside(imported)
			first, _, _ := strings.Cut(imported, "/")
			if ok && !s.test && !own && strings.Contains(first, ".") {
				t.Errorf("%s imports %s, but uses the standard library only: %s", s.path, imported, why)
			}
		}
	}
}

func TestNoDrawers(t *testing.T) {
	for _, s := range sources(t) {
		for part := range strings.SplitSeq(s.pkg, "/") {
			if slices.Contains(drawers, part) {
				t.Errorf("%s: a folder named %q says nothing of what belongs in it", s.path, part)
			}
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if n := bytes.Count(s.text, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines; more than %d is a sign that a noun is missing", s.path, n, maxLines)
		}
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test {
			documented[s.pkg] = documented[s.pkg] || s.file.Doc.Text() != ""
		}
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %q has no package comment", path.Join(module, pkg))
		}
	}
}

func TestNothingAmbientBelowTheCommandLine(t *testing.T) {
	above := func(pkg string) bool {
		return pkg == "cli" || strings.HasPrefix(pkg, "cmd/") || pkg == "bench" || pkg == "bench/statistics" || internal(pkg)
	}
	for _, s := range sources(t) {
		if s.test || above(s.pkg) {
			continue
		}
		names := map[string]string{} // local name → import path
		for _, i := range s.file.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil || ambient[p] == nil {
				continue
			}
			local := path.Base(strings.TrimSuffix(p, "/v2"))
			if i.Name != nil {
				local = i.Name.Name
			}
			names[local] = p
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok || names[x.Name] == "" {
				return true
			}
			banned := ambient[names[x.Name]]
			if slices.Contains(banned, sel.Sel.Name) || banned[0] == "*" && !slices.Contains(seeded, sel.Sel.Name) {
				t.Errorf("%s uses %s.%s: time, environment and chance are parameters below the command line", s.path, x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}
