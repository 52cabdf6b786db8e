package rows

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read returns all rows of a text that have width fields, and what is wrong with
// the others, cutting the text into chunks of about size bytes.
func read(t testing.TB, text string, d Dialect, width, size, maxRow int) (got [][]string, wrong []string) {
	t.Helper()
	s := NewSplitter(strings.NewReader(text), d, 1)
	s.size, s.maxRow = size, maxRow
	var table Table
	for {
		c, err := s.Next(nil)
		if errors.Is(err, io.EOF) {
			return got, wrong
		}
		if err != nil {
			return got, append(wrong, err.Error())
		}
		for _, b := range c.Broken {
			wrong = append(wrong, fmt.Sprintf("%d: %s", b.Line, b.Reason))
		}
		table.Parse(c, d, width)
		for row := range table.Len() {
			var fields []string
			for col := range width {
				fields = append(fields, string(table.At(row, col)))
			}
			got = append(got, fields)
		}
		for _, r := range table.Ragged {
			wrong = append(wrong, fmt.Sprintf("%d: %d fields", table.LineAt(r.From), r.Fields))
		}
	}
}

func TestRows(t *testing.T) {
	semicolon := Dialect{Delimiter: ';', Quote: '"', Newline: '\n'}
	for _, c := range []struct {
		name  string
		text  string
		d     Dialect
		want  [][]string
		wrong []string
	}{
		{"plain", "a,b\nc,d\n", Comma, [][]string{{"a", "b"}, {"c", "d"}}, nil},
		{"no newline at the end", "a,b\nc,d", Comma, [][]string{{"a", "b"}, {"c", "d"}}, nil},
		{"carriage returns", "a,b\r\n\"c\",\"d\"\r\ne,f\r", Comma, [][]string{{"a", "b"}, {"c", "d"}, {"e", "f"}}, nil},
		{"old Mac", "a,b\rc,d\r", Dialect{',', '"', '\r'}, [][]string{{"a", "b"}, {"c", "d"}}, nil},
		{"quotes", "\"a,\"\"1\"\"\",\"b\nb\"\nc,d\n", Comma, [][]string{{`a,"1"`, "b\nb"}, {"c", "d"}}, nil},
		{"empty fields", ",\n\"\",\"\"\n", Comma, [][]string{{"", ""}, {"", ""}}, nil},
		{"blank lines", "\na,b\n\r\n\nc,d\n\n", Comma, [][]string{{"a", "b"}, {"c", "d"}}, nil},
		{"a quote within", "5\" pipe,b\nc,d\n", Comma, [][]string{{`5" pipe`, "b"}, {"c", "d"}}, nil},
		{"a quote within quotes", "\"5\" pipe\",b\nc,d\n", Comma, [][]string{{`5" pipe`, "b"}, {"c", "d"}}, nil},
		{"ragged", "a,b\nc\nd,e,f\n\"g\nh\"\ni,j\n", Comma, [][]string{{"a", "b"}, {"i", "j"}}, []string{"2: 1 fields", "3: 3 fields", "4: 1 fields"}},
		{"empty fields beyond", "a;b;\nc;d;;\n", semicolon, [][]string{{"a", "b"}, {"c", "d"}}, nil},
		{"never closed", "a,b\n\"c,d\ne,f\n", Comma, [][]string{{"a", "b"}, {"e", "f"}}, []string{"2: a quote is opened and not closed"}},
		{"never closed at the end", "a,b\nc,\"", Comma, [][]string{{"a", "b"}}, []string{"2: a quote is opened and not closed"}},
		{"without quotes", "\"a,b\nc,d\"\n", Dialect{',', 0, '\n'}, [][]string{{`"a`, "b"}, {"c", `d"`}}, nil},
		{"too long", "a,b\n" + strings.Repeat("x", 2000) + ",y\nc,d\n", Comma, [][]string{{"a", "b"}, {"c", "d"}}, []string{"2: the row is longer than 8 MiB"}},
		{"too long within quotes", "a,b\n\"" + strings.Repeat("x\n", 1000) + "\",y\nc,d\n", Comma, nil, nil},
		{"nothing", "", Comma, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 2, 3, 7, 64, 512} {
				got, wrong := read(t, c.text, c.d, 2, size, 1000)
				if c.name == "too long within quotes" {
					if len(wrong) == 0 || len(got) < 1 {
						t.Errorf("size %d: nothing is wrong", size)
					}
					continue
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("size %d (-want +got):\n%s", size, diff)
				}
				if diff := cmp.Diff(c.wrong, wrong); diff != "" {
					t.Errorf("size %d: wrong (-want +got):\n%s", size, diff)
				}
			}
			if got := Records([]byte(c.text), c.d, true, 1000); len(got) > 0 && len(c.want) > 0 && c.wrong == nil {
				for i := range got {
					got[i] = got[i][:min(2, len(got[i]))]
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("records (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// Lines are those of the file, whatever stands in quotes before.
func TestLines(t *testing.T) {
	text := "\"a\"\"\n\"\"\n\",b\nx\n\"c\n\",d\ny\n"
	for _, size := range []int{1, 5, 4096} {
		got, wrong := read(t, text, Comma, 2, size, 1000)
		if len(got) != 2 || got[0][0] != "a\"\n\"\n" {
			t.Errorf("rows %q", got)
		}
		if diff := cmp.Diff([]string{"4: 1 fields", "7: 1 fields"}, wrong); diff != "" {
			t.Errorf("size %d (-want +got):\n%s", size, diff)
		}
	}
}

// A line without end is read with bounded memory.
func TestEndlessLine(t *testing.T) {
	r := io.MultiReader(strings.NewReader("a,b\n"), io.LimitReader(endless{}, 100<<20), strings.NewReader("\nc,d\n"))
	s := NewSplitter(r, Comma, 1)
	var text []byte
	var broken []Broken
	most := 0
	for {
		c, err := s.Next(nil)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, cap(c.Data))
		text = append(text, c.Data...)
		broken = append(broken, c.Broken...)
	}
	if string(text) != "a,b\nc,d\n" || len(broken) != 1 || broken[0].Line != 2 || len(broken[0].Value) != shown {
		t.Errorf("%.40q, %+v", text, broken)
	}
	if most > MaxRow {
		t.Errorf("a chunk has %d bytes", most)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// A file in which nothing is closed ends in an error, not in ages of reading.
func TestManyOpenQuotes(t *testing.T) {
	_, wrong := read(t, strings.Repeat("\"a,b\nc,\"d\n", 3000), Comma, 2, 1000, 100)
	if n := len(wrong); n == 0 || !strings.Contains(wrong[n-1], "open a quote") {
		t.Errorf("%q", wrong)
	}
}

// What encoding/csv reads without complaint is read alike.
func FuzzRows(f *testing.F) {
	for _, s := range []string{"a,b\n", "\"a\",b\r\n\"c\n\"\"d\"\"\",e\n", ",\n,\n", "a\n\nb\n", "\"\"\n", "a,\"b\"\r", "x\r\n\r\ny", "\"a\r\nb\",c\n"} {
		f.Add(s, uint8(1))
		f.Add(s, uint8(200))
	}
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		r := csv.NewReader(strings.NewReader(text))
		want, err := r.ReadAll()
		width := 1 + bytes.Count([]byte(text), []byte{','})%5
		if err == nil && len(want) > 0 {
			width = len(want[0])
		}
		got, wrong := read(t, text, Comma, width, int(size)+1, MaxRow)
		if err != nil {
			return
		}
		if len(wrong) > 0 {
			t.Fatalf("%q: %q", text, wrong)
		}
		// encoding/csv turns \r\n within quotes into \n.
		for _, row := range got {
			for i := range row {
				row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
			}
		}
		if len(want) != len(got) || len(want) > 0 && !cmp.Equal(want, got) {
			t.Fatalf("%q:\nwant %q\ngot  %q", text, want, got)
		}
	})
}

// Rows are the same whatever the size of chunks, also of malformed text.
func FuzzChunks(f *testing.F) {
	f.Add("a,\"b\"c\",d\n\"x\ny,z\n", uint8(1))
	f.Add("\"a\"\",b\n\"c\"\rd\n", uint8(3))
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		for _, d := range []Dialect{Comma, {';', '\'', '\n'}, {',', '"', '\r'}, {'\t', 0, '\n'}} {
			want, bad := read(t, text, d, 2, 1<<20, MaxRow)
			got, worse := read(t, text, d, 2, int(size)+1, MaxRow)
			if !cmp.Equal(want, got) || len(bad) != len(worse) {
				t.Fatalf("%q by %d:\nwant %q %q\ngot  %q %q", text, size, want, bad, got, worse)
			}
			Records([]byte(text), d, size%2 == 0, 10)
		}
	})
}
