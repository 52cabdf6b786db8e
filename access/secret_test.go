package access

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
)

func TestSecrets(t *testing.T) {
	text, hash, err := newSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := parseSecret(text)
	if !ok || !bytes.Equal(got, hash) || strings.Contains(text, "=") {
		t.Errorf("a secret: %v", ok)
	}
	token, hash, start, err := newToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	got, ok = parseToken(token)
	if !ok || !bytes.Equal(got, hash) || !strings.HasPrefix(token, start) || start == token || !strings.HasPrefix(start, "kreds_") {
		t.Errorf("a token: %v, begins with %s", ok, start)
	}
	for _, bad := range []string{"", "kreds_", token + "a", token[:len(token)-1], strings.ToUpper(token), " " + token, strings.TrimPrefix(token, "kreds_"), token[:20] + "\n" + token[21:]} {
		if _, ok := parseToken(bad); ok {
			t.Errorf("%q is taken for a token", bad)
		}
	}
	for _, bad := range []string{"", text + "=", text[:42], text[:20] + "\n" + text[21:], text[:42] + "!"} {
		if _, ok := parseSecret(bad); ok {
			t.Errorf("%q is taken for a secret", bad)
		}
	}
	if _, _, err := newSecret(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("a secret without enough randomness")
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer abc": "abc", "bearer abc": "abc", "BEARER  abc ": "abc", "Bearer ": "",
		"Basic abc": "-", "Bearer": "-", "": "-", "Bearerabc": "-",
	} {
		got, ok := Bearer(header)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func FuzzBearer(f *testing.F) {
	token, _, _, err := newToken(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"Bearer " + token, "bearer  x", "Basic dTpw", "", "Bearer \x00", "Bearer " + tokenPrefix} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		token, ok := Bearer(header)
		if !ok {
			return
		}
		if hash, ok := parseToken(token); ok && (len(hash) != 32 || !strings.HasPrefix(token, tokenPrefix)) {
			t.Errorf("%q is taken for a token", token)
		}
	})
}

func FuzzParseSecret(f *testing.F) {
	text, _, err := newSecret(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{text, "", text + "\n", "abc", strings.Repeat("A", 43)} {
		f.Add(seed)
	}
	seen := map[string]string{}
	f.Fuzz(func(t *testing.T, text string) {
		hash, ok := parseSecret(text)
		if !ok {
			return
		}
		// Two texts are never the same secret.
		if other, ok := seen[string(hash)]; ok && other != text {
			t.Errorf("%q and %q are one secret", text, other)
		}
		seen[string(hash)] = text
	})
}

func TestHandles(t *testing.T) {
	h, err := NewHandles(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"anna@example.dk", "+45 12 34 56 78", "010190-1234", "hidden-abc"} {
		hidden := h.Hide(key)
		if hidden == key || strings.Contains(hidden, "anna") || hidden != h.Hide(key) || h.Key(hidden) != key {
			t.Errorf("%q becomes %q, and %q again", key, hidden, h.Key(hidden))
		}
	}
	for _, key := range []string{"1", "C-10023", "12345678", "Anna"} {
		if h.Hide(key) != key || h.Key(key) != key {
			t.Errorf("%q is hidden", key)
		}
	}
	other, err := NewHandles(append(make([]byte, 31), 1))
	if err != nil {
		t.Fatal(err)
	}
	if hidden := h.Hide("anna@example.dk"); other.Key(hidden) != hidden {
		t.Error("another workspace reads the handle")
	}
}
