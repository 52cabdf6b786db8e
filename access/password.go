package access

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/kreds/kreds"
)

const (
	// MinPassword is how many characters a password needs at least.
	MinPassword = 12
	// MaxPassword is how many bytes one may have. Argon2 takes any length; the
	// limit keeps a request small.
	MaxPassword = 1024
)

// Passwords hashes and checks passwords, few at a time as each takes memory.
type Passwords struct {
	params Params
	random io.Reader
	slots  chan struct{}
	dummy  func() (hashed, error)
}

// NewPasswords returns Passwords that hash with the costs and take salts from
// random.
func NewPasswords(p Params, random io.Reader) *Passwords {
	w := &Passwords{params: p, random: random, slots: make(chan struct{}, 2)}
	w.dummy = sync.OnceValues(func() (hashed, error) { return w.hash([]byte("nobody's")) })
	return w
}

// prepare brings the ways of typing the same characters together (Unicode NFKC,
// as NIST SP 800-63B has it), so that a password typed on another keyboard is
// the same.
func prepare(password string) []byte { return norm.NFKC.Bytes([]byte(password)) }

func (w *Passwords) hash(prepared []byte) (hashed, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(w.random, salt); err != nil {
		return hashed{}, fmt.Errorf("reading randomness: %w", err)
	}
	return hashed{w.params, salt, sumOf(prepared, salt, w.params, sumBytes)}, nil
}

// slot waits for a turn.
func (w *Passwords) slot(ctx context.Context) (func(), error) {
	select {
	case w.slots <- struct{}{}:
		return func() { <-w.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Hash returns the hash to keep of a password.
func (w *Passwords) Hash(ctx context.Context, password string) (string, error) {
	done, err := w.slot(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	h, err := w.hash(prepare(password))
	if err != nil {
		return "", err
	}
	return h.String(), nil
}

// Check reports whether the password is the one of the hash, and whether the
// hash was made with other costs than those of now, so that it should be made
// again. An empty hash matches nothing and takes as long as any other, so that
// the time does not tell whether a user exists.
func (w *Passwords) Check(ctx context.Context, hash, password string) (ok, stale bool, err error) {
	done, err := w.slot(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	if len(password) > MaxPassword {
		password, hash = "", ""
	}
	h, known := hashed{}, hash != ""
	if known {
		h, err = parseHash(hash)
	} else {
		h, err = w.dummy()
	}
	if err != nil {
		return false, false, err
	}
	ok = h.matches(prepare(password)) && known
	return ok, ok && h.Params != w.params, nil
}

// common are words that trivial passwords are made of, in English and Danish.
var common = []string{
	"password", "passw", "kodeord", "adgangskode", "letmein", "welcome", "velkommen", "qwerty", "qwertz", "azerty", "asdfgh", "zxcvb",
	"iloveyou", "admin", "administrator", "monkey", "dragon", "sommer", "summer", "vinter", "winter", "hemmelig", "secret", "danmark", "kreds",
	"abc", "test", "login", "default", "changeme", "master", "football", "fodbold",
}

// Strong refuses a password that is too short, too long, or trivial: made of
// few characters, of a row of neighbours, or of a common word or the user's own
// name with digits and signs about it.
func Strong(password, name string) error {
	weak := func(format string, args ...any) error {
		return kreds.Errorf(kreds.CodeInvalid, format, args...).WithHint("four or five words that do not belong together are long, and easy to remember")
	}
	if !utf8.ValidString(password) {
		return weak("the password is not valid text")
	}
	p := string(prepare(password))
	if len(password) > MaxPassword || len(p) > MaxPassword {
		return kreds.Errorf(kreds.CodeInvalid, "the password has more than %d bytes", MaxPassword)
	}
	if n := utf8.RuneCountInString(p); n < MinPassword {
		return weak("the password has %d characters; it needs at least %d", n, MinPassword)
	}
	distinct := map[rune]bool{}
	steps, last := 0, rune(0)
	for _, r := range p {
		distinct[r] = true
		if d := r - last; d >= -1 && d <= 1 {
			steps++
		}
		last = r
	}
	if len(distinct) < 5 {
		return weak("the password is made of few different characters")
	}
	if 2*steps >= utf8.RuneCountInString(p) {
		return weak("the password is a row of neighbouring characters")
	}
	for _, signs := range []bool{false, true} {
		rest := core(p, signs)
		for _, word := range append([]string{core(name, false), core(beforeAt(name), false)}, common...) {
			if len(word) >= 3 {
				rest = strings.ReplaceAll(rest, word, "")
			}
		}
		if utf8.RuneCountInString(rest) < 4 {
			return weak("the password is a common one, or your name")
		}
	}
	return nil
}

// core is the letters of a text in lower case; with signs, also those that are
// written for letters, as 0 for o.
func core(s string, signs bool) string {
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune("0134@5$7", r); i >= 0 && signs {
			return rune("oieaasst"[i])
		}
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func beforeAt(name string) string {
	before, _, _ := strings.Cut(name, "@")
	return before
}
