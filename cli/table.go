package cli

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/rivo/uniseg"
)

// maxCell is how many characters of a text a table shows: one long name would
// push all other columns out of sight. JSON and CSV have all of it.
const maxCell = 200

// table prints aligned columns for people. A column whose heading begins with
// ">" is aligned right.
type table struct {
	heads []string
	rows  [][]string
}

func newTable(heads ...string) *table { return &table{heads: heads} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(w *strings.Builder) {
	widths := make([]int, len(t.heads))
	heads := make([]string, len(t.heads))
	for i, h := range t.heads {
		heads[i] = strings.TrimPrefix(h, ">")
		widths[i] = uniseg.StringWidth(heads[i])
	}
	for _, row := range t.rows {
		for i := range row {
			row[i] = short(clean(row[i]), maxCell)
			widths[i] = max(widths[i], uniseg.StringWidth(row[i]))
		}
	}
	line := func(cells []string) {
		var b strings.Builder
		for i, c := range cells {
			pad := strings.Repeat(" ", widths[i]-uniseg.StringWidth(c))
			if i > 0 {
				b.WriteString("  ")
			}
			if strings.HasPrefix(t.heads[i], ">") {
				b.WriteString(pad + c)
			} else {
				b.WriteString(c + pad)
			}
		}
		w.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	}
	line(heads)
	for _, row := range t.rows {
		line(row)
	}
}

// clean makes a text of the data safe for a terminal: no control characters.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return '·'
		}
		return r
	}, s)
}

// short cuts a text to n characters for a table cell.
func short(s string, n int) string {
	s = strings.ReplaceAll(s, "\n", " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// grouped writes a count as 1,234.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return sign + b.String()
}

// counted writes a count with its noun: 1 row, 2 rows.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// share writes a part of a whole in percent.
func share(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	return percent(float64(part) / float64(whole))
}

func percent(f float64) string {
	if f > 0 && f < 0.001 {
		return "<0.1%"
	}
	return strconv.FormatFloat(f*100, 'f', 1, 64) + "%"
}

// took writes a duration as a person would say it.
func took(seconds float64) string {
	switch {
	case seconds < 0.0995:
		return strconv.FormatFloat(math.Ceil(seconds*1000), 'f', 0, 64) + " ms"
	case seconds < 60:
		return strconv.FormatFloat(seconds, 'f', 1, 64) + " s"
	default:
		return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
	}
}

// when writes an instant of the API for people: the end of a day as that day.
func when(instant string) string {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return instant
	}
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		return "the end of " + t.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04")
}

// moment writes the time at which something was done.
func moment(instant string) string {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return instant
	}
	return t.Format("2006-01-02 15:04")
}

// caret shows the line of an expression with a mark under the column.
func caret(text string, line, column int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) || column < 1 {
		return ""
	}
	row := []rune(strings.TrimRight(lines[line-1], "\r"))
	column = min(column, len(row)+1)
	const side = 60
	from, to := max(0, column-1-side), min(len(row), column-1+side)
	before, shown := string(row[from:column-1]), string(row[from:to])
	lead, tail := "", ""
	if from > 0 {
		lead = "…"
	}
	if to < len(row) {
		tail = "…"
	}
	pad := uniseg.StringWidth(lead + clean(before))
	return "  " + lead + clean(shown) + tail + "\n  " + strings.Repeat(" ", pad) + "^\n"
}
