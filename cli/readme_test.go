package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	took    = regexp.MustCompile(`in (\d+\.)?\d+ m?s\b`)
	spaces  = regexp.MustCompile(`\s+`)
	command = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)
)

// What README.md and docs/cli.md show of the demo's data is what the program
// prints: every line in its order, but for times. … stands for what is left out.
func TestShownOutput(t *testing.T) {
	d := newDesk(t)
	shown := 0
	for _, page := range []string{"README.md", filepath.Join("docs", "cli.md")} {
		text, err := os.ReadFile(filepath.Join("..", page))
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(string(text), "\n```")
		for i := 1; i < len(parts); i += 2 {
			block := strings.TrimPrefix(parts[i], "\n")
			var printed string
			switch {
			case strings.HasPrefix(block, "Online Retail:"):
				printed = d.must("demo")
			case strings.Contains(block, "$ kreds "):
				// Only the last command has its output shown.
				_, block, _ = cutLast(block, "$ kreds ")
				line, rest := commandLine(block)
				if block = rest; strings.TrimSpace(block) == "" {
					continue
				}
				_, out, errs := d.run(line...)
				printed = out + errs
			default:
				continue
			}
			shown++
			follows(t, page, block, printed)
		}
	}
	if shown < 6 {
		t.Errorf("only %d blocks of output were compared", shown)
	}
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// commandLine reads the arguments of a command, which may go on over lines
// within quotes, and returns what stands after it.
func commandLine(s string) (args []string, rest string) {
	end := 0
	for end < len(s) {
		n := strings.IndexByte(s[end:], '\n')
		if n < 0 {
			end = len(s)
			break
		}
		end += n + 1
		if strings.Count(s[:end], "'")%2 == 0 {
			break
		}
	}
	for _, a := range command.FindAllString(s[:end], -1) {
		if len(a) > 1 && (a[0] == '\'' || a[0] == '"') {
			a = a[1 : len(a)-1]
		}
		args = append(args, a)
	}
	return args, s[end:]
}

// follows checks that the lines stand in the output, in their order.
func follows(t *testing.T, page, lines, output string) {
	t.Helper()
	rest := plainly(output)
	for line := range strings.Lines(lines) {
		want := plainly(line)
		if want == "" || want == "…" {
			continue
		}
		var parts []string
		for part := range strings.SplitSeq(want, "…") {
			parts = append(parts, regexp.QuoteMeta(strings.TrimSpace(part)))
		}
		at := regexp.MustCompile(strings.Join(parts, `.*`)).FindStringIndex(rest)
		if at == nil {
			t.Errorf("%s shows %q, which is not printed (any more): %s", page, want, output)
			return
		}
		rest = rest[at[1]:]
	}
}

// plainly is a text without times and with single spaces.
func plainly(s string) string {
	var out []string
	for line := range strings.Lines(s) {
		line = took.ReplaceAllString(line, "in T")
		// Where the demo was made by an earlier command of the page, its refreshes are there already.
		line = strings.ReplaceAll(line, "evaluated before", "evaluated in T")
		line = seconds.ReplaceAllString(line, `"seconds": 0`)
		out = append(out, strings.TrimSpace(spaces.ReplaceAllString(line, " ")))
	}
	return strings.Join(out, "\n")
}
