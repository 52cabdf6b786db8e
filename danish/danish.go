// Package danish says in Danish what the rest of the program says in English.
//
// The English format of a text, a constant in the code, is what the text is known by;
// texts holds the Danish format of each. A text is recognised by its format and what
// went into it is put into the Danish one, numbers and dates as Danish writes them. So
// texts that were kept long ago are Danish too, the code speaks one language, and the
// tests see that every format has its Danish one, with the same parameters.
//
// In a Danish format %s takes what went in, in Danish where it is a text itself, and
// %v as it is: expressions, names and types are written alike in all languages. %m takes
// the name of a segment that was found, and %n what was quoted, without the quotes.
package danish

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed texts/*.json
var files embed.FS

// Apart from texts of whole sentences there are words, which are texts only where they
// went into one, what names of segments that were found are made of, and notes, which
// the program writes where people write too.
const (
	wordsFile = "words"
	namesFile = "names"
	notesFile = "notes"
)

type catalogue struct {
	exact    map[string]string
	patterns []*pattern // the most telling first
}

// pattern recognises the texts of one format.
type pattern struct {
	format string
	danish string
	re     *regexp.Regexp
	verbs  []string
	part   string // the longest piece of the format without verbs
	weight int    // how many characters of the format are no verbs
}

var (
	verb = regexp.MustCompile(`%(\[\d+\])?(\.\d+)?[a-zA-Z%]`)

	load = sync.OnceValue(func() map[string]*catalogue {
		out := map[string]*catalogue{}
		for name, formats := range read() {
			into := ""
			if name == wordsFile || name == namesFile || name == notesFile {
				into = name
			}
			if out[into] == nil {
				out[into] = &catalogue{exact: map[string]string{}}
			}
			for english, danish := range formats {
				out[into].add(english, danish)
			}
		}
		for _, c := range out {
			slices.SortFunc(c.patterns, func(a, b *pattern) int {
				return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.format, b.format))
			})
		}
		return out
	})
)

// read returns the Danish formats by file and English format. The files are part of
// the program and are read by every test.
func read() map[string]map[string]string {
	out := map[string]map[string]string{}
	names, err := fs.Glob(files, "texts/*.json")
	for _, name := range names {
		var text []byte
		if text, err = files.ReadFile(name); err != nil {
			break
		}
		formats := map[string]string{}
		if err = json.Unmarshal(text, &formats); err != nil {
			break
		}
		out[strings.TrimSuffix(strings.TrimPrefix(name, "texts/"), ".json")] = formats
	}
	if err != nil {
		panic(fmt.Sprintf("the Danish texts are damaged: %v", err))
	}
	return out
}

func (c *catalogue) add(english, danish string) {
	english, danish = strings.TrimLeft(english, " "), strings.TrimLeft(danish, " ")
	at := verb.FindAllStringIndex(english, -1)
	p := &pattern{format: english, danish: danish}
	var re strings.Builder
	re.WriteString(`(?s)^`)
	from := 0
	piece := ""
	end := func(text string) {
		piece += text
		if len(piece) > len(p.part) {
			p.part = piece
		}
		p.weight += len(text)
		re.WriteString(regexp.QuoteMeta(text))
	}
	for _, span := range at {
		end(english[from:span[0]])
		from = span[1]
		v := english[span[0]:span[1]]
		if v == "%%" {
			end("%")
			continue
		}
		piece = ""
		p.verbs = append(p.verbs, v)
		switch v[len(v)-1] {
		case 'd':
			re.WriteString(`(-?\d+)`)
		case 'f':
			re.WriteString(`(-?\d+(?:\.\d+)?|NaN|[+-]Inf)`)
		case 'q':
			re.WriteString(`("(?:[^"\\]|\\.)*"|'.+?')`)
		default:
			re.WriteString(`(.*?)`)
		}
	}
	end(english[from:])
	if p.verbs == nil {
		c.exact[strings.ReplaceAll(english, "%%", "%")] = strings.ReplaceAll(danish, "%%", "%")
		return
	}
	re.WriteString(`$`)
	p.re = regexp.MustCompile(re.String())
	c.patterns = append(c.patterns, p)
}

// Bounds of one text: how far texts within texts are looked into, and how many.
const (
	deepest = 8
	most    = 500
)

// Text returns an English text of the program in Danish; what is not known stays as it
// is.
func Text(english string) string {
	t := &reading{seen: map[string]answer{}}
	danish, _ := t.translate(english, 0)
	return danish
}

// Word returns what is no whole text, but stands alone where texts do, in Danish.
func Word(english string) string {
	t := &reading{seen: map[string]answer{}}
	danish, _ := t.translate(english, 1)
	return danish
}

// Note returns a note in Danish if the program wrote it; what people wrote stays as it is.
func Note(english string) string {
	t := &reading{seen: map[string]answer{}}
	if danish, ok := t.find(load()[notesFile], english, 0); ok {
		return danish
	}
	return english
}

// reading is one text being translated, with the parts that were looked at.
type reading struct{ seen map[string]answer }

type answer struct {
	danish string
	ok     bool
}

func (t *reading) translate(english string, depth int) (string, bool) {
	if a, ok := t.seen[english]; ok {
		return a.danish, a.ok
	}
	text := strings.TrimLeft(english, " ")
	if text == "" || depth > deepest || len(t.seen) > most {
		return english, false
	}
	a := answer{english, false}
	t.seen[english] = a // within itself it is nothing
	lead := english[:len(english)-len(text)]
	danish, ok := t.find(load()[""], text, depth)
	if !ok && depth > 0 {
		danish, ok = t.find(load()[wordsFile], text, depth)
	}
	if !ok {
		danish, ok = t.sentences(text, depth)
	}
	if ok {
		a = answer{lead + danish, true}
	}
	t.seen[english] = a
	return a.danish, a.ok
}

func (t *reading) find(c *catalogue, text string, depth int) (string, bool) {
	if danish, ok := c.exact[text]; ok {
		return danish, true
	}
	for _, p := range c.patterns {
		if !strings.Contains(text, p.part) {
			continue
		}
		if found := p.re.FindStringSubmatch(text); found != nil {
			if danish, ok := t.say(p, found[1:], depth); ok {
				return danish, true
			}
		}
	}
	return "", false
}

// telling is how many characters make a format so that nobody's data looks like it.
const telling = 9

// say puts what went into the English text into the Danish one. A format of few words
// holds only for what is plainly of the program: numbers, quoted texts, and texts.
func (t *reading) say(p *pattern, args []string, depth int) (string, bool) {
	said := make([]string, len(args))
	for i, a := range args {
		var ok bool
		said[i], ok = t.localise(a, p.verbs[i], depth)
		if !ok && p.weight < telling {
			return "", false
		}
	}
	next := 0
	return verb.ReplaceAllStringFunc(p.danish, func(v string) string {
		if v == "%%" {
			return "%"
		}
		i := next
		if n, _, ok := strings.Cut(strings.TrimPrefix(v, "%["), "]"); ok {
			if k, err := strconv.Atoi(n); err == nil {
				i = k - 1
			}
		}
		next = i + 1
		if i < 0 || i >= len(args) {
			return ""
		}
		switch v[len(v)-1] {
		case 'v':
			return args[i]
		case 'm':
			return Name(args[i])
		case 'n':
			if plain, err := strconv.Unquote(args[i]); err == nil {
				return plain
			}
			return args[i]
		}
		return said[i]
	}), true
}

var (
	numeral  = regexp.MustCompile(`^-?\d+(\.\d+)?%?$`)
	isoDay   = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)$`)
	isQuoted = regexp.MustCompile(`^"(?:[^"\\]|\\.|"")*"$`)
	months   = strings.Fields("jan. feb. mar. apr. maj juni juli aug. sep. okt. nov. dec.")
)

// localise writes one thing that went into a text.
func (t *reading) localise(arg, verb string, depth int) (string, bool) {
	switch verb[len(verb)-1] {
	case 'd', 'f':
		return number(arg), true
	case 'q':
		return arg, true
	}
	switch {
	case numeral.MatchString(arg):
		return number(arg), true
	case isQuoted.MatchString(arg):
		return arg, true
	}
	if d := isoDay.FindStringSubmatch(arg); d != nil {
		month, _ := strconv.Atoi(d[2]) // it has two digits
		if month >= 1 && month <= 12 {
			return strings.TrimPrefix(d[3], "0") + ". " + months[month-1] + " " + d[1], true
		}
	}
	if danish, ok := t.translate(arg, depth+1); ok {
		return danish, true
	}
	return arg, arg == ""
}

// number writes a number as Danish does: 1.234,5 and 12 %.
func number(text string) string {
	text, percent := strings.CutSuffix(text, "%")
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, fraction, decimal := strings.Cut(text, ".")
	if len(whole) > 3 && strings.Trim(whole, "0123456789") == "" {
		grouped := ""
		for len(whole) > 3 {
			grouped = "." + whole[len(whole)-3:] + grouped
			whole = whole[:len(whole)-3]
		}
		whole += grouped
	}
	if decimal {
		whole += "," + fraction
	}
	if percent {
		whole += " %"
	}
	return sign + whole
}

// sentences takes a text apart that was put together of several: sentences, reasons
// and lists of texts. What stands before a colon may be anybody's words.
func (t *reading) sentences(text string, depth int) (string, bool) {
	for _, sep := range []string{". ", "; ", ": ", ", ", " and ", " or "} {
		from := 0
		for {
			i := strings.Index(text[from:], sep)
			if i < 0 {
				break
			}
			at := from + i
			from = at + len(sep)
			left, right := text[:at], text[from:]
			if sep == ". " {
				left += "."
			}
			begin, begun := t.translate(left, depth+1)
			if !begun && sep != ": " {
				continue
			}
			if rest, ok := t.translate(text[at:], depth+1); ok && sep != ". " {
				return begin + rest, true
			}
			rest, ok := t.translate(right, depth+1)
			if !ok && (sep != ": " || !begun) {
				continue
			}
			between := map[string]string{". ": " ", " and ": " og ", " or ": " eller "}[sep]
			if between == "" {
				between = sep
			}
			return begin + between + rest, true
		}
	}
	return "", false
}

// Name returns the name of a segment that was found, which is made of what marks it, in
// Danish.
func Name(english string) string {
	name, number := english, ""
	if i := strings.LastIndex(english, " ("); i > 0 && strings.HasSuffix(english, ")") {
		if _, err := strconv.Atoi(english[i+2 : len(english)-1]); err == nil {
			name, number = english[:i], english[i:]
		}
	}
	marks := strings.Split(name, ", ")
	for i, m := range marks {
		marks[i] = mark(m, 0)
	}
	return strings.Join(marks, ", ") + number
}

func mark(english string, depth int) string {
	names := load()[namesFile]
	if danish, ok := names.exact[english]; ok {
		return danish
	}
	for _, p := range names.patterns {
		if found := p.re.FindStringSubmatch(english); found != nil && depth < deepest {
			next := 0
			return verb.ReplaceAllStringFunc(p.danish, func(string) string {
				next++
				return mark(found[next], depth+1)
			})
		}
	}
	return Note(english)
}
