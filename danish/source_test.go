package danish

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// makers are the functions that make texts for people, with the place of the format
// among their arguments.
var makers = map[string]int{
	"Say": 0, "Errorf": 1, "WithHint": 0, "errorAt": 1, "hint": 0, "expected": 0, "expect": 1, "note": 0, "say": 0, "fail": 1, "mark": 0,
}

// apart are the parts whose texts the app never shows: the command line, and what
// only a client or the start of the server says.
var apart = []string{"cli", "cmd", "bench", "internal", "web", "danish", "engine/enginetest", "api/client.go", "api/tls.go", "api/server.go", "api/workspace.go", "api/guard.go", "error.go", "say.go"}

// said are the formats of all texts and of the marks in names, with where they are.
func said(t *testing.T) (texts, marks map[string]string) {
	t.Helper()
	texts, marks = map[string]string{}, map[string]string{}
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		if d.IsDir() && (slices.Contains(apart, name) || name != "." && (strings.HasPrefix(d.Name(), ".") || name == "stats" || d.Name() == "testdata" || d.Name() == "node_modules")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || slices.Contains(apart, name) {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if file.Name.Name == "demo" {
				described(n, func(about string) { texts[about] = name })
				return true
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name, owner := "", ""
			switch f := call.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
				if x, ok := f.X.(*ast.Ident); ok {
					owner = x.Name
				}
			}
			at, ok := makers[name]
			if owner != "kreds" && strings.Contains(path, "/api/") && (name == "note" || name == "say" || name == "Say" && owner != "kreds") {
				return true
			}
			if !ok || len(call.Args) <= at || name == "Errorf" && owner != "kreds" && file.Name.Name != "kreds" {
				return true
			}
			if code, ok := call.Args[0].(*ast.SelectorExpr); ok && code.Sel.Name == "CodeInternal" {
				return true // a fault of kreds is reported as it is
			}
			format, ok := constant(call.Args[at])
			if ok {
				into := texts
				if name == "mark" {
					into = marks
				}
				if words(format) {
					into[format] = strings.TrimPrefix(set.Position(call.Pos()).String(), "../")
				}
				return true
			}
			if id, ok := call.Args[at].(*ast.Ident); !ok || !slices.Contains([]string{"format", "what", "reason", "where", "elsewhere"}, id.Name) {
				if _, ok := call.Args[at].(*ast.CallExpr); !ok {
					t.Errorf("%s: the format is not constant, so no catalogue can have it", set.Position(call.Pos()))
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts, marks
}

// described finds what the demo says of its segments: data sets know nothing of kreds.
func described(n ast.Node, found func(about string)) {
	list, ok := n.(*ast.CompositeLit)
	if !ok {
		return
	}
	if of, ok := list.Type.(*ast.ArrayType); !ok || fmt.Sprint(of.Elt) != "Segment" {
		return
	}
	for _, x := range list.Elts {
		if s, ok := x.(*ast.CompositeLit); ok && len(s.Elts) > 2 {
			if about, ok := constant(s.Elts[2]); ok {
				found(about)
			}
		}
	}
}

// words reports whether a format has words beside what goes into it.
func words(format string) bool {
	return strings.ContainsFunc(verb.ReplaceAllString(format, ""), func(r rune) bool { return r >= 'a' && r <= 'z' })
}

func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, ok := constant(e.X)
		b, ok2 := constant(e.Y)
		return a + b, ok && ok2
	}
	return "", false
}
