package form

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// AppendList reads a list written as a JSON array of texts, numbers and booleans
// and appends it as an array of texts in NFC.
func AppendList(dst, b []byte) ([]byte, bool) {
	b = Trim(b)
	if len(b) == 0 || b[0] != '[' {
		return dst, false
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var values []any
	if d.Decode(&values) != nil {
		return dst, false
	}
	if _, err := d.Token(); err != io.EOF {
		return dst, false
	}
	texts := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case string:
			texts[i] = norm.NFC.String(v)
		case json.Number:
			texts[i] = v.String()
		case bool:
			texts[i] = "false"
			if v {
				texts[i] = "true"
			}
		default:
			return dst, false
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(texts) != nil {
		return dst, false
	}
	return append(dst, bytes.TrimRight(out.Bytes(), "\n")...), true
}

// AppendText appends a text in NFC.
func AppendText(dst, b []byte) []byte {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			dst = append(dst, b[:i]...)
			if norm.NFC.QuickSpan(b) == len(b) {
				return append(dst, b[i:]...)
			}
			return append(dst[:len(dst)-i], norm.NFC.Bytes(b)...)
		}
	}
	return append(dst, b...)
}
