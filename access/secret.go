package access

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// secretBytes is the size of every random secret: 256 bits, which cannot be
// guessed, so that a plain hash of them is enough to keep.
const secretBytes = 32

// tokenPrefix makes tokens recognisable, also to programs that look for secrets
// in places where they should not be.
const tokenPrefix = "kreds_"

// shownOfToken is how many characters of a token are kept to recognise it.
const shownOfToken = len(tokenPrefix) + 4

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func random32(r io.Reader) ([]byte, error) {
	b := make([]byte, secretBytes)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("reading randomness: %w", err)
	}
	return b, nil
}

func digest(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}

// newSecret makes the secret of a session or a link and the hash to keep.
func newSecret(r io.Reader) (text string, hash []byte, err error) {
	b, err := random32(r)
	if err != nil {
		return "", nil, err
	}
	return base64.RawURLEncoding.EncodeToString(b), digest(b), nil
}

// parseSecret returns the hash of a secret that newSecret wrote.
func parseSecret(text string) (hash []byte, ok bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return nil, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != secretBytes { // line breaks are skipped by the decoder
		return nil, false
	}
	return digest(b), true
}

// newToken makes the secret of a token, the hash to keep, and how it begins.
func newToken(r io.Reader) (text string, hash []byte, start string, err error) {
	b, err := random32(r)
	if err != nil {
		return "", nil, "", err
	}
	text = tokenPrefix + base32Lower.EncodeToString(b)
	return text, digest(b), text[:shownOfToken], nil
}

// parseToken returns the hash of a token that newToken wrote.
func parseToken(text string) (hash []byte, ok bool) {
	rest, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok || len(rest) != base32Lower.EncodedLen(secretBytes) {
		return nil, false
	}
	b, err := base32Lower.DecodeString(rest)
	if err != nil || len(b) != secretBytes || base32Lower.EncodeToString(b) != rest {
		return nil, false
	}
	return digest(b), true
}

// Bearer returns the token of an Authorization header; present is false if the
// header has none of that scheme.
func Bearer(header string) (token string, present bool) {
	scheme, rest, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.Trim(rest, " "), true
}
