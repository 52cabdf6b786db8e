package collect_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/engine"
)

func (w *workspace) inspect(r collect.Request) *collect.Plan {
	w.t.Helper()
	p, err := w.importer.Inspect(context.Background(), r)
	if err != nil {
		w.t.Fatalf("looking at %v: %v (%s)", r.Files, err, kreds.HintOf(err))
	}
	return p
}

// export is a random one of some program: how it writes fields, and columns of all
// types with values that do not fit among them.
func export(r *rand.Rand) (text string, request collect.Request) {
	comma, dmy := r.IntN(2) == 0, r.IntN(2) == 0
	delimiter := []string{",", ";", "\t", "|"}[r.IntN(4)]
	date := func() string {
		y, m, d := 1990+r.IntN(40), 1+r.IntN(12), 1+r.IntN(31)
		if dmy {
			return fmt.Sprintf("%02d-%02d-%d", d, m, y)
		}
		return fmt.Sprintf("%d-%02d-%02d", y, m, d)
	}
	number := func() string {
		n := strconv.FormatFloat(float64(r.IntN(2_000_000)-1_000_000)/[]float64{1, 10, 100, 100_000}[r.IntN(4)], 'f', -1, 64)
		if comma {
			n = strings.ReplaceAll(n, ".", ",")
		}
		return n
	}
	kinds := []struct {
		name, declared string
		value          func() string
	}{
		{"beløb", "number", number},
		{"født", "date", date},
		{"set", "instant", func() string { return date() + fmt.Sprintf(" %02d:%02d", r.IntN(24), r.IntN(60)) }},
		{"aktiv", "boolean", func() string { return []string{"ja", "nej"}[r.IntN(2)] }},
		{"by", "", func() string { return []string{"København", "Århus", " Tønder ", "e\u0301clair", "2"}[r.IntN(5)] }},
		{"mærker", "list", func() string { return []string{`["a","b"]`, `[]`, `["æ"]`}[r.IntN(3)] }},
		{"sted", "location", func() string { return fmt.Sprintf("%d.5, %d.25", r.IntN(90), r.IntN(180)) }},
	}
	odd := r.IntN(2) == 0 // values that do not fit, which the types that are declared reject
	request = collect.Request{ID: "nr", Time: "tid", Types: map[string]string{}}
	var b strings.Builder
	out := csv.NewWriter(&b)
	out.Comma = rune(delimiter[0])
	head := []string{"nr", "tid"}
	for _, k := range kinds {
		head = append(head, k.name)
		if odd && k.declared != "" {
			request.Types[k.name] = k.declared
		}
	}
	_ = out.Write(head) // to memory
	for i := range 40 + r.IntN(40) {
		row := []string{fmt.Sprintf("K%d", i), date()}
		if r.IntN(3) == 0 {
			row[1] += " 12:30"
		}
		for _, k := range kinds {
			switch n := r.IntN(40); {
			case n < 4:
				row = append(row, "")
			case n == 4:
				row = append(row, []string{"NA", "-", "?"}[r.IntN(3)])
			case n == 5 && odd:
				row = append(row, []string{"ukendt", "12:99", "99-99-2025", "[", "91.0, 500.0"}[r.IntN(5)])
			default:
				row = append(row, k.value())
			}
		}
		if odd && r.IntN(20) == 0 {
			row = row[:3]
		}
		_ = out.Write(row)
	}
	out.Flush()
	return b.String(), request
}

// What a preview shows of a row is what the import stores of it, and its rejects
// are those of the import.
func TestPreviewIsWhatIsStored(t *testing.T) {
	ctx := context.Background()
	w := newWorkspace(t)
	r := rand.New(rand.NewPCG(11, 4))
	refused := 0
	for n := range 30 {
		text, q := export(r)
		switch n % 3 {
		case 1:
			text, _ = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
		case 2:
			text, _ = charmap.Windows1252.NewEncoder().String(strings.ReplaceAll(text, "e\u0301", "é"))
		}
		q.Files = []string{w.file(fmt.Sprintf("%d.csv", n), text)}
		q.As = fmt.Sprintf("events:e%d", n)
		p := w.inspect(q)
		got := w.imports(q)
		if p.Rows != got.Import.Rows+got.Import.Rejected || !p.Whole || int64(p.Preview.Rejected) != got.Import.Rejected || p.Preview.Keys != int(got.Import.Rows) {
			t.Errorf("file %d: expected %d rows, %d rejects and %d keys of %+v", n, p.Rows, p.Preview.Rejected, p.Preview.Keys, got.Import)
		}
		if len(p.Preview.Rows) != 20 {
			t.Errorf("file %d: %d rows are shown", n, len(p.Preview.Rows))
		}
		for _, row := range p.Preview.Rows {
			profile, err := w.engine.Find(ctx, kreds.Person, row.Values[0].Text)
			if err != nil {
				t.Fatal(err)
			}
			stored, err := w.engine.Events(ctx, profile, []string{fmt.Sprintf("e%d", n)}, kreds.MaxInstant, 2)
			if err != nil || len(stored) != 1 {
				t.Fatalf("%d events, %v", len(stored), err)
			}
			if diff := cmp.Diff(stored[0], w.eventOf(fmt.Sprintf("e%d", n), p.Preview, row)); diff != "" {
				t.Errorf("file %d, line %d is stored otherwise (-stored +shown):\n%s", n, row.Line, diff)
			}
		}
		refused += len(p.Preview.Rejects)
		if got.Rejects == "" {
			continue
		}
		lines, err := csv.NewReader(strings.NewReader(w.rejects(got.Rejects))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range p.Preview.Rejects {
			shown := []string{fmt.Sprint(x.Line), x.Column, x.Value, x.Reason}
			if diff := cmp.Diff(lines[i+1], shown); diff != "" {
				t.Errorf("file %d: reject %d differs (-stored +shown):\n%s", n, i, diff)
			}
		}
	}
	if refused < 20 {
		t.Errorf("only %d rejects were met", refused)
	}
}

// eventOf is the event that a row of a preview shows.
func (w *workspace) eventOf(name string, p *collect.Preview, row collect.PreviewRow) engine.Event {
	w.t.Helper()
	cal, err := w.audience.Calendar(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	e := engine.Event{Type: name, Properties: map[string]kreds.Value{}}
	for i, f := range p.Fields {
		v := row.Values[i]
		switch {
		case f.Role == collect.RoleTime:
			if e.Time, e.DayOnly = v.Instant, v.Type == kreds.Date; e.DayOnly {
				e.Time = cal.Midnight(v.Day)
			}
		case f.Role == collect.RoleProperty && v.Type != kreds.Unknown:
			e.Properties[f.Name] = v
		}
	}
	return e
}

// Everything else that a row of customers can bring.
func TestPreviewOfCustomers(t *testing.T) {
	w := newWorkspace(t)
	r := collect.Request{
		As: "customers", Time: "set", Map: map[string]string{"firma": "company", "oprettet": "profile.first_seen", "bredde": "lat", "længde": "lon", "hemmelig": ""},
		Compute: []collect.Computed{{Name: "i alt", Formula: "antal * pris"}},
		Files: []string{w.file("a.csv", "sep=;\nset;firma;oprettet;bredde;længde;antal;pris;hemmelig;tom\n"+
			"05-01-2025;A;05-05-2020 10:00;55,676;12,568;3;2,50;x;\n;;;;;;;y;\n01-03-2025;B;31-12-2021;91,0;12,0;0;1;;\n02-03-2025;B;;;;1;1,25;;\n")},
	}
	p := w.inspect(r)
	day := func(text string) kreds.Value {
		cal, err := w.audience.Calendar(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		at, err := cal.ParseAsOf(text)
		if err != nil {
			t.Fatal(err)
		}
		return kreds.Value{Type: kreds.Date, Day: cal.DayOf(at - 1)}
	}
	text := func(s string) kreds.Value { return kreds.Value{Type: kreds.Text, Text: s} }
	number := func(n float64) kreds.Value { return kreds.Value{Type: kreds.Number, Num: n} }
	none := kreds.Value{}
	want := &collect.Preview{
		Fields: []collect.Field{
			{Role: "id", Type: kreds.Text, Column: -1},
			{Label: "set", Role: "time", Type: kreds.Instants, Column: 0},
			{Label: "firma", Role: "company", Type: kreds.Text, Column: 1},
			{Label: "oprettet", Role: "created", Type: kreds.Instants, Column: 2},
			{Name: "antal", Label: "antal", Role: "trait", Type: kreds.Number, Column: 5},
			{Name: "pris", Label: "pris", Role: "trait", Type: kreds.Number, Column: 6},
			{Name: "location", Label: "location", Role: "trait", Type: kreds.Location, Column: -1},
			{Name: "i_alt", Label: "i alt", Role: "trait", Type: kreds.Number, Column: -1},
		},
		Rows: []collect.PreviewRow{
			{
				"a.csv", 3,
				[]kreds.Value{text("1"), day("2025-01-05"), text("A"), {Type: kreds.Instants, Instant: 1588665600000000}, number(3), number(2.5), {Type: kreds.Location, Point: kreds.PointOf(55.676, 12.568)}, number(7.5)},
				[]string{"", "05-01-2025", "A", "05-05-2020 10:00", "3", "2,50", "", ""},
			},
			{"a.csv", 4, []kreds.Value{text("2"), none, none, none, none, none, none, none}, []string{"", "", "", "", "", "", "", ""}},
			{
				"a.csv", 6,
				[]kreds.Value{text("4"), day("2025-03-02"), text("B"), none, number(1), number(1.25), none, number(1.25)},
				[]string{"", "02-03-2025", "B", "", "1", "1,25", "", ""},
			},
		},
		Rejects:  []collect.Reject{{"a.csv", 5, "bredde", "91,0", "not a latitude and longitude"}},
		Read:     4,
		Rejected: 1,
		Keys:     3,
	}
	// 2020-05-05 10:00 in Copenhagen is 08:00 in UTC: 1588665600 s after 1970.
	if diff := cmp.Diff(want, p.Preview); diff != "" {
		t.Errorf("the preview differs (-want +got):\n%s", diff)
	}
	if got := w.imports(r); got.Import.Rows != 3 || got.Import.Rejected != 1 {
		t.Errorf("%+v", got.Import)
	}
	for expression, asOf := range map[string]string{
		"i_alt = 7.5": "2025-01-05", "i_alt = 1.25": "2025-03-02", "location near (55.676, 12.568) within 1 km": "2025-01-05",
	} {
		if n := w.count(expression, asOf); n != 1 {
			t.Errorf("%s as of %s: %d, as the preview shows it is 1", expression, asOf, n)
		}
	}
}

// The values that show how a file is written are named; where both ways fit, the
// plan says that it is a guess.
func TestEvidence(t *testing.T) {
	w := newWorkspace(t)
	for _, c := range []struct {
		name, text     string
		with           collect.Request
		decimal, dates collect.Finding
	}{
		{
			"clear", "id;at;x\n1;01-02-2025;1.000\n2;31-12-2025;1,5\n",
			collect.Request{},
			collect.Finding{Found: ",", Why: `column "x": "1,5" can only have a decimal comma`},
			collect.Finding{Found: "dmy", Why: `column "at": in "31-12-2025" only the day can come first`},
		},
		{
			"american", "id,at,x\n1,12/31/2025,1234.5\n",
			collect.Request{},
			collect.Finding{Found: ".", Why: `column "x": "1234.5" can only have a decimal point`},
			collect.Finding{Found: "mdy", Why: `column "at": in "12/31/2025" only the month can come first`},
		},
		{
			"open", "id;at;x\n1;03-04-2025;7\n2;05-06-2025;1.250\n",
			collect.Request{},
			collect.Finding{Found: ",", Why: `column "x": "1.250" may have a decimal comma or a decimal point`, Doubt: true},
			collect.Finding{Found: "dmy", Why: `column "at": in "03-04-2025" the day may come first, or the month`, Doubt: true},
		},
		{
			"said", "id;at;x\n1;03-04-2025;1.250\n",
			collect.Request{Decimal: ".", DateOrder: "mdy"},
			collect.Finding{Found: "."},
			collect.Finding{Found: "mdy"},
		},
		{
			"as another", "id;at;x;y\n1;2025-04-03;1.250;0,5\n",
			collect.Request{},
			collect.Finding{Found: ",", Why: `column "x": as in column "y"`},
			collect.Finding{Found: "ymd", Why: `column "at": "2025-04-03" begins with the year`},
		},
		{"none", "id,at,x\n1,20250403,7\n", collect.Request{}, collect.Finding{}, collect.Finding{}},
	} {
		r := c.with
		r.Files, r.As, r.ID, r.Time = []string{w.file(c.name+".csv", c.text)}, "events:e", "id", "at"
		p := w.inspect(r)
		if diff := cmp.Diff([]collect.Finding{c.decimal, c.dates}, []collect.Finding{p.Decimal, p.DateOrder}); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", c.name, diff)
		}
	}
}

// An encoding that is said is taken, and what is no character of it is rejected.
func TestEncodingSaid(t *testing.T) {
	w := newWorkspace(t)
	latin := "nr;navn\n1;K\xf8bmand\n2;Ane\n"
	wide, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String("nr;navn\n1;Købmand\n2;Ane\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, say, encoding, name, reject string }{
		{latin, "", "Windows-1252", "Købmand", ""},
		{latin, "Latin-1", "Windows-1252", "Købmand", ""},
		{latin, "utf-8", "UTF-8", "Ane", "not valid UTF-8"},
		{"nr;navn\n1;Købmand\n", "windows-1252", "Windows-1252", "KÃ¸bmand", ""},
		{"\ufeffnr;navn\n1;Købmand\n", "windows-1252", "Windows-1252", "KÃ¸bmand", ""},
		{wide, "", "UTF-16BE", "Købmand", ""},
		{wide, "utf-16", "UTF-16BE", "Købmand", ""},
		{"\ufeffnr;navn\n1;Købmand\n", "utf-8", "UTF-8", "Købmand", ""},
	} {
		r := collect.Request{Files: []string{w.file("a.csv", c.text)}, As: "customers", ID: "nr", Encoding: c.say}
		p := w.inspect(r)
		if p.Encoding != c.encoding || p.Columns[0].Label != "nr" || p.Preview.Rows[0].Values[1].Text != c.name {
			t.Errorf("as %q: %s, %+v", c.say, p.Encoding, p.Preview.Rows)
		}
		reject := ""
		if len(p.Preview.Rejects) > 0 {
			reject = p.Preview.Rejects[0].Reason
		}
		if reject != c.reject {
			t.Errorf("as %q: %q is rejected", c.say, reject)
		}
		if got := w.imports(r); got.Import.Rejected != int64(p.Preview.Rejected) || got.Plan.Encoding != c.encoding {
			t.Errorf("as %q: %+v", c.say, got.Import)
		}
		if err := w.importer.Undo(context.Background(), 1); err != nil && kreds.CodeOf(err) != kreds.CodeConflict {
			t.Fatal(err)
		}
	}
	_, err = w.importer.Inspect(context.Background(), collect.Request{Files: []string{w.file("a.csv", latin)}, As: "customers", Encoding: "ebcdic"})
	if kreds.CodeOf(err) != kreds.CodeInvalid || kreds.FieldOf(err) != "encoding" {
		t.Errorf("%v, about %q", err, kreds.FieldOf(err))
	}
}

// A request's error says which part of it is wrong.
func TestFieldsOfErrors(t *testing.T) {
	w := newWorkspace(t)
	w.imports(customers(w.file("before.csv", "id,age\n1,31\n")))
	path := w.file("a.csv", "id,at,age,lat,x\n1,2025-01-01,old,1,2\n")
	for field, r := range map[string]collect.Request{
		"as":                 {As: "cats"},
		"id":                 {As: "events:e", Time: "at"},
		"time":               {As: "events:e", ID: "id"},
		"order":              {As: "events:e", ID: "id", Time: "at", Order: "none"},
		"for":                {As: "customers", For: "companies"},
		"delimiter":          {As: "customers", Delimiter: "ab"},
		"decimal":            {As: "customers", Decimal: "!"},
		"date_order":         {As: "customers", DateOrder: "ydm"},
		"types.age":          {As: "customers", ID: "id"},
		"types.x":            {As: "customers", ID: "id", Map: map[string]string{"age": ""}, Types: map[string]string{"x": "colour"}},
		"map.lat":            {As: "items", ID: "id", Map: map[string]string{"lat": "lat"}},
		"map.x":              {As: "items", ID: "id", Map: map[string]string{"x": "a..b"}},
		"compute[0].formula": {As: "items", ID: "id", Compute: []collect.Computed{{Name: "y", Formula: "x *"}}},
		"compute[1].formula": {As: "items", ID: "id", Compute: []collect.Computed{{Name: "y", Formula: "x * 2"}, {Name: "z", Formula: "q * 2"}}},
		"compute[1].name":    {As: "items", ID: "id", Compute: []collect.Computed{{Name: "y", Formula: "x * 2"}, {Name: "y", Formula: "x"}}},
	} {
		r.Files = []string{path}
		_, err := w.importer.Inspect(context.Background(), r)
		if got := kreds.FieldOf(err); kreds.CodeOf(err) != kreds.CodeInvalid || got != field {
			t.Errorf("%v is about %q, want %q", err, got, field)
		}
	}
}

// How a file is written can be seen whatever is stored, and before it is known what
// its rows are.
func TestInspectOfAnything(t *testing.T) {
	w := newWorkspace(t)
	w.imports(collect.Request{As: "customers", Files: []string{w.file("a.csv", "age\n31\n32\n")}})
	r := collect.Request{Files: []string{w.file("b.csv", "name,age\nAnn,old\nBo,young\n")}}
	if p := w.inspect(r); len(p.Columns) != 2 || p.Columns[1].Type != kreds.Text || p.Rows != 2 {
		t.Errorf("%+v", p)
	}
	w.failing(r, kreds.CodeInvalid, `rows cannot be imported as ""`)
	for as, field := range map[string]string{"customers": "types.age", "companies": ""} {
		r.As = as
		_, err := w.importer.Inspect(context.Background(), r)
		if kreds.FieldOf(err) != field {
			t.Errorf("%s: %v", as, err)
		}
	}
	r.As, r.Types = "customers", map[string]string{"age": "text"}
	r.Map = map[string]string{"age": "years"}
	if _, err := w.importer.Inspect(context.Background(), r); kreds.CodeOf(err) != kreds.CodeConflict || kreds.FieldOf(err) != "id" {
		t.Errorf("%v", err)
	}
}

// A plan of a file of any size reads its begin, and says how many rows there are
// about.
func TestPreviewOfMuch(t *testing.T) {
	w := newWorkspace(t)
	path := filepath.Join(w.files, "much.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := strings.Repeat("K1;01-02-2025;Ærøskøbing;1.234,50\n;01-02-2025;Ærøskøbing;1.234,50\n", 10_000)
	rows := 0
	_, err = f.WriteString("id;at;by;x\n")
	for range 250 {
		if err == nil {
			_, err = f.WriteString(block)
		}
		rows += 20_000
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := w.inspect(events(path))
	runtime.ReadMemStats(&after)
	// Of 180 MB: all that is allocated, mostly to find the delimiter, stays far below.
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("the plan took %d MB", used>>20)
	}
	if p.Whole || p.Rows < int64(rows)*98/100 || p.Rows > int64(rows)*102/100 {
		t.Errorf("about %d rows, whole %v; there are %d", p.Rows, p.Whole, rows)
	}
	if v := p.Preview; len(v.Rows) != 20 || len(v.Rejects) != 20 || v.Read-2*v.Rejected > 1 || v.Read < 20_000 || v.Keys != 1 {
		t.Errorf("%d rows and %d rejects of %d and %d, %d keys", len(v.Rows), len(v.Rejects), v.Read, v.Rejected, v.Keys)
	}
}

// Wide files show fewer rows, long values less of them.
func TestPreviewIsSmall(t *testing.T) {
	w := newWorkspace(t)
	var b strings.Builder
	for line := range 50 {
		for i := range 1000 {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%s%d", map[bool]string{true: "c", false: strings.Repeat("æ", 20)}[line == 0], i)
		}
		b.WriteByte('\n')
	}
	if p := w.inspect(collect.Request{Files: []string{w.file("wide.csv", b.String())}, As: "customers", ID: "c0"}); len(p.Preview.Rows) != 4 {
		t.Errorf("%d rows of 1000 fields", len(p.Preview.Rows))
	}
	list := `"[` + strings.Repeat(`""`+strings.Repeat("x", 500)+`"",`, 99) + `""y""]"`
	p := w.inspect(customers(w.file("long.csv", "id,a,b\n1,"+strings.Repeat("y", 10_000)+","+list+"\n")))
	v := p.Preview.Rows[0].Values
	if len(v[1].Text) > 210 || len(v[2].List) != 20 || len(v[2].List[0]) > 210 {
		t.Errorf("%d, %d, %d", len(v[1].Text), len(v[2].List), len(v[2].List[0]))
	}
}
