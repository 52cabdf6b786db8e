package danish

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// answering are the packages whose texts the app shows.
var answering = []string{"access", "api", "audience", "collect", "discover", "prove", "segment", "state"}

// plainly are formats of texts in words that are made by Sprintf, because they are no
// texts for people, or the same in Danish: expressions of the language, keys, names of
// columns without a header, and errors that nobody sees.
var plainly = []string{
	"sum(%s) of %s", "%s where (%s)", "term %d %d %s", "owner %d", "column %d", "segment %d", "leaf %d %d %s", "the encoding does not fit %q", "column %q does not fit %q",
}

var (
	twoWords = regexp.MustCompile(`[a-z]{2,} [a-z%]{2,}`)
	// spokenFields are the fields of texts for people, wherever they are.
	spokenFields = []string{"Detail", "Hint", "Left", "Message", "Miss", "Notes", "Reason", "Why"}
)

// TestTextsAreSaid holds that texts for people are made by the functions whose formats
// the catalogues have: what Sprintf makes, or a field is given as it is, would stay
// English unnoticed.
func TestTextsAreSaid(t *testing.T) {
	for _, dir := range answering {
		err := filepath.WalkDir(filepath.Join("..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || slices.Contains(apart, filepath.ToSlash(strings.TrimPrefix(path, "../"))) {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			bare := func(e ast.Expr) {
				if text, ok := constant(e); ok && words(text) {
					t.Errorf("%s: %q is for people and is not said by kreds.Say", set.Position(e.Pos()), text)
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					name := called(n)
					if name == "fmt.Sprintf" {
						if format, ok := constant(n.Args[0]); ok && twoWords.MatchString(format) && !slices.Contains(plainly, format) {
							t.Errorf("%s: %q is made by Sprintf, so no catalogue knows it", set.Position(n.Pos()), format)
						}
					}
					if name == "append" && len(n.Args) > 1 {
						if field, ok := n.Args[0].(*ast.SelectorExpr); ok && slices.Contains(spokenFields, field.Sel.Name) {
							for _, e := range n.Args[1:] {
								bare(e)
							}
						}
					}
				case *ast.KeyValueExpr:
					if key, ok := n.Key.(*ast.Ident); ok && slices.Contains(spokenFields, key.Name) {
						bare(n.Value)
					}
				case *ast.AssignStmt:
					for i, to := range n.Lhs {
						if field, ok := to.(*ast.SelectorExpr); ok && i < len(n.Rhs) && slices.Contains(spokenFields, field.Sel.Name) {
							bare(n.Rhs[i])
						}
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// called is the name of the function that is called, with its package's.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}
