package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxText is how long an expression may be, in bytes.
const MaxText = 64 << 10

type tokenKind uint8

const (
	tokEnd    tokenKind = iota
	tokWord             // a bare name or keyword
	tokName             // a name in back quotes
	tokNumber           // digits with at most one point, perhaps with a sign
	tokDate             // 2025-03-01, 2025-03, 2025-Q1 or an instant
	tokText             // "…", with quotes undoubled
	tokSign             // punctuation
)

// token is one word of an expression. Text is what it says: of a word as
// written, of a name or text its contents.
type token struct {
	kind tokenKind
	text string
	word string // a word in small letters; "" for other kinds
	pos  Pos
	end  int // the byte after it
	at   int // its first byte
}

// String names the token in an error.
func (t token) String() string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokText:
		return quoteText(cut(t.text))
	case tokName:
		return "`" + cut(t.text) + "`"
	}
	return quoteText(cut(t.text))
}

// cut shortens a text for an error.
func cut(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// lexer cuts an expression into tokens.
type lexer struct {
	src  string
	at   int
	line int
	col  int
	out  []token
}

// lex returns the tokens of an expression, the last of which is its end.
func lex(src string) ([]token, error) {
	if len(src) > MaxText {
		return nil, errorAt(Pos{1, 1}, "the expression has %d bytes, more than %d", len(src), MaxText).
			hint("store long lists of values and write: in list \"name\"")
	}
	if !utf8.ValidString(src) {
		return nil, errorAt(Pos{1, 1}, "the expression is not valid UTF-8").hint("save it as UTF-8")
	}
	l := &lexer{src: src, line: 1, col: 1}
	for {
		l.space()
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		t.end = l.at
		l.out = append(l.out, t)
		if t.kind == tokEnd {
			return l.out, nil
		}
	}
}

func (l *lexer) pos() Pos { return Pos{l.line, l.col} }

// peek returns the next character, utf8.RuneError with size 0 at the end.
func (l *lexer) peek() (rune, int) { return utf8.DecodeRuneInString(l.src[l.at:]) }

func (l *lexer) advance() rune {
	r, n := l.peek()
	l.at += n
	if r == '\n' {
		l.line++
		l.col = 1
	} else {
		l.col++
	}
	return r
}

func (l *lexer) space() {
	for l.at < len(l.src) {
		if r, _ := l.peek(); !unicode.IsSpace(r) && r != '\ufeff' {
			return
		}
		l.advance()
	}
}

func (l *lexer) next() (token, error) {
	t := token{pos: l.pos(), at: l.at}
	if l.at == len(l.src) {
		return t, nil
	}
	r, _ := l.peek()
	switch {
	case r == '"' || r == '“' || r == '”' || r == '„':
		return l.text(t)
	case r == '`':
		return l.name(t)
	case isDigit(r) || r == '-' && l.digitAfter(1):
		return l.number(t)
	case isNameStart(r):
		for l.at < len(l.src) {
			if r, _ := l.peek(); !isNamePart(r) {
				break
			}
			l.advance()
		}
		t.kind, t.text = tokWord, norm.NFC.String(l.src[t.at:l.at])
		t.word = strings.ToLower(t.text)
		return t, nil
	}
	l.advance()
	t.kind = tokSign
	switch r {
	case '!', '<', '>':
		if n, _ := l.peek(); n == '=' || r == '<' && n == '>' {
			l.advance()
		}
	case '=':
		if n, _ := l.peek(); n == '=' {
			l.advance()
			return t, errorAt(t.pos, "\"==\" is no operator").hint("write =")
		}
	case '(', ')', ',', '.', ':', '%':
	case '≤', '≥', '≠':
		t.text = map[rune]string{'≤': "<=", '≥': ">=", '≠': "!="}[r]
		return t, nil
	case '\'', '‘', '’':
		return t, errorAt(t.pos, "unexpected %q", r).hint("text stands in double quotes: \"DK\"")
	case '&', '|', ';':
		return t, errorAt(t.pos, "unexpected character %q", r).hint("conditions are joined by \"and\" and \"or\"")
	case '+', '-', '*', '/', '^':
		return t, errorAt(t.pos, "unexpected character %q", r).hint("the language does no arithmetic; compute a property or trait when importing")
	case '#':
		return t, errorAt(t.pos, "unexpected character %q", r).hint("an expression has no comments; a segment has a description")
	case '[', ']', '{', '}':
		return t, errorAt(t.pos, "unexpected character %q", r).hint("lists stand in parentheses: in (\"DK\", \"SE\")")
	default:
		return t, errorAt(t.pos, "unexpected character %q", r).hint("a name with such characters stands in back quotes: `my name`")
	}
	t.text = l.src[t.at:l.at]
	switch t.text {
	case "!":
		return t, errorAt(t.pos, "unexpected \"!\"").hint("write \"not\" for a condition, != for unequal")
	case "<>":
		return t, errorAt(t.pos, "\"<>\" is no operator").hint("write !=")
	}
	return t, nil
}

func isDigit(r rune) bool     { return r >= '0' && r <= '9' }
func isNameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }
func isNamePart(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func (l *lexer) digitAfter(n int) bool {
	return l.at+n < len(l.src) && isDigit(rune(l.src[l.at+n]))
}

// text reads "…"; a doubled quote is one.
func (l *lexer) text(t token) (token, error) {
	open := l.advance()
	closes := func(r rune) bool {
		if open == '"' {
			return r == '"'
		}
		return r == '”' || open == '„' && r == '“'
	}
	var b strings.Builder
	for l.at < len(l.src) {
		r := l.advance()
		if !closes(r) {
			b.WriteRune(r)
			continue
		}
		if n, size := l.peek(); open == '"' && r == '"' && size > 0 && n == '"' {
			l.advance()
			b.WriteRune('"')
			continue
		}
		t.kind, t.text = tokText, norm.NFC.String(b.String())
		return t, nil
	}
	e := errorAt(t.pos, "the text that begins here does not end")
	if open != '"' {
		return t, e.hint("it begins with %c, so it ends with ”; or write straight quotes: \"DK\"", open)
	}
	return t, e.hint("close it with a double quote; a quote within is doubled")
}

// name reads `…`; a doubled back quote is one.
func (l *lexer) name(t token) (token, error) {
	l.advance()
	var b strings.Builder
	for l.at < len(l.src) {
		r := l.advance()
		if r != '`' {
			b.WriteRune(r)
			continue
		}
		if n, size := l.peek(); size > 0 && n == '`' {
			l.advance()
			b.WriteRune('`')
			continue
		}
		if b.Len() == 0 {
			return t, errorAt(t.pos, "the name between the back quotes is empty")
		}
		t.kind, t.text = tokName, norm.NFC.String(b.String())
		return t, nil
	}
	return t, errorAt(t.pos, "the name that begins here does not end").hint("close it with a back quote")
}

// number reads a number, a date or an instant.
func (l *lexer) number(t token) (token, error) {
	if r, _ := l.peek(); r == '-' {
		l.advance()
	}
	l.digits()
	if l.at-t.at == 4 && l.at+1 < len(l.src) && l.src[l.at] == '-' && strings.IndexByte("0123456789Qq", l.src[l.at+1]) >= 0 {
		for l.at < len(l.src) && dateByte(l.src[l.at]) {
			l.advance()
		}
		t.kind, t.text = tokDate, l.src[t.at:l.at]
		return t, nil
	}
	if l.at < len(l.src) && l.src[l.at] == '.' && l.digitAfter(1) {
		l.advance()
		l.digits()
	}
	t.kind, t.text = tokNumber, l.src[t.at:l.at]
	r, size := l.peek()
	switch {
	case size > 0 && r == '.' && l.digitAfter(1), size > 0 && r == ',' && strings.Contains(t.text, ".") && l.digitAfter(1):
		return t, errorAt(t.pos, "%q is no number", l.word(t.at)).
			hint("numbers have a decimal point and no marks between thousands: 1000.5")
	case size > 0 && isNameStart(r):
		if (r == 'e' || r == 'E') && l.digitAfter(1) {
			return t, errorAt(t.pos, "%q is no number", l.word(t.at)).hint("numbers are written in full: 100000")
		}
		return t, errorAt(t.pos, "%q is neither a number nor a name", l.word(t.at)).
			hint("put a space after the number; a name that begins with a digit stands in back quotes")
	}
	return t, nil
}

func (l *lexer) digits() {
	for l.at < len(l.src) && isDigit(rune(l.src[l.at])) {
		l.advance()
	}
}

func dateByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || strings.IndexByte("-:+.", b) >= 0
}

// word is what stands from the byte up to the next space, for an error.
func (l *lexer) word(from int) string {
	s := l.src[from:]
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ')' }); i >= 0 {
		s = s[:i]
	}
	return cut(s)
}
