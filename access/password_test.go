package access

import (
	"crypto/rand"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

// cheap are costs for tests; hashes say their costs, so nothing else differs.
var cheap = Params{Memory: 64, Passes: 1, Threads: 1}

func TestCheck(t *testing.T) {
	w := NewPasswords(cheap, rand.Reader)
	hash := func(password string) string {
		h, err := w.Hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	const (
		composed   = "sm\u00f8rrebr\u00f8d \u00e9t \u212b" // é as one character, the sign Ångström
		decomposed = "sm\u00f8rrebr\u00f8d e\u0301t A\u030a"
	)
	long := strings.Repeat("æ", MaxPassword/2)
	for _, c := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"the same", hash("correct horse battery"), "correct horse battery", true},
		{"another", hash("correct horse battery"), "correct horse batterz", false},
		{"empty", hash("correct horse battery"), "", false},
		{"typed otherwise", hash(composed), decomposed, true},
		{"full width", hash("hestepære12"), "ｈｅｓｔｅｐære１２", true},
		{"case counts", hash("correct horse battery"), "Correct horse battery", false},
		{"as long as may be", hash(long), long, true},
		{"the end counts", hash(long), long[:len(long)-2] + "ø", false},
		{"too long is none", hash(""), long + "a", false},
		{"beyond 72 bytes", hash(strings.Repeat("x", 80) + "a"), strings.Repeat("x", 80) + "b", false},
		{"nobody's", "", "nobody's", false},
		{"nobody's, empty", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ok, stale, err := w.Check(t.Context(), c.hash, c.password)
			if err != nil || ok != c.want || stale {
				t.Errorf("%v, stale %v, %v", ok, stale, err)
			}
		})
	}
	if a, b := hash("twice the same"), hash("twice the same"); a == b {
		t.Error("two hashes of one password are equal: there is no salt")
	}
	dear := NewPasswords(Params{Memory: 128, Passes: 2, Threads: 1}, rand.Reader)
	if ok, stale, err := dear.Check(t.Context(), hash("correct horse battery"), "correct horse battery"); !ok || !stale || err != nil {
		t.Errorf("a hash with lower costs: %v, stale %v, %v", ok, stale, err)
	}
}

// The reference implementation's first Argon2id test, phc-winner-argon2
// src/test.c, version 0x13: t=2, m=2^16, p=1, "password", "somesalt".
func TestKnownHash(t *testing.T) {
	const known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h, err := parseHash(known)
	if err != nil {
		t.Fatal(err)
	}
	if !h.matches([]byte("password")) || h.matches([]byte("Password")) {
		t.Error("the known hash does not match as it should")
	}
	if got := h.String(); got != known {
		t.Errorf("written again: %s", got)
	}
	if argon2.Version != 19 {
		t.Errorf("argon2 version %d", argon2.Version)
	}
}

func TestStrong(t *testing.T) {
	for password, want := range map[string]string{
		"correct horse battery":         "",
		"fire grønne katte på taget":    "",
		"日本語のとても長い合言葉です":                "",
		"Tr0ub4dor&3xyz":                "",
		"short":                         "at least 12",
		"12 signs…":                     "at least 12",
		strings.Repeat("abcdefgh", 200): "more than 1024",
		"aaaaaaaaaaaaaaaa":              "few different",
		"abababababababab":              "few different",
		"123456789012345":               "neighbouring",
		"abcdefghijklmnop":              "neighbouring",
		"Password1234!":                 "common",
		"P4ssw0rd2026!!":                "common",
		"Kodeord123456":                 "common",
		"Velkommen2026!":                "common",
		"Sommer2026!!!!":                "common",
		"qwertyqwerty1":                 "common",
		"Annabella2026!":                "your name",
		"\xff\xfe long enough text":     "not valid",
		"pass\u200bword 2026 1":         "common",
	} {
		err := Strong(password, "Annabella@example.dk")
		switch {
		case want == "" && err != nil:
			t.Errorf("%q is refused: %v", password, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", password, err, want)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	for _, seed := range []string{
		"$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=99999999999,t=3,p=4$c29tZXNhbHQ$CTFh", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$", "", "$$$$$", "$argon2id$v=19$m=+8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parseHash(text)
		if err != nil {
			return
		}
		if got := h.String(); got != text {
			t.Errorf("%q is read as %q", text, got)
		}
		if h.Memory > 1<<20 || h.Passes > 100 || h.Threads == 0 {
			t.Errorf("costs of %q", text)
		}
	})
}
