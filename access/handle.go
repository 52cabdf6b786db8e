package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// handlePrefix begins every handle.
const handlePrefix = "hidden-"

// Handles writes keys that are contact details as handles that tell nothing and
// can be used in their place. The same key has the same handle, so that people
// can speak of a profile. It is authenticated encryption whose nonce is a keyed
// hash of the text, as SIV has it (RFC 5297).
type Handles struct {
	nonceKey []byte
	aead     cipher.AEAD
}

// NewHandles returns the handles of a workspace's secret of 32 bytes.
func NewHandles(secret []byte) (*Handles, error) {
	derived, err := hkdf.Key(sha256.New, secret, nil, "kreds handles", 64)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived[32:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Handles{derived[:32], aead}, nil
}

// Hide returns what viewers see of a key: the key, or its handle if it is a
// contact detail or looks like a handle.
func (h *Handles) Hide(key string) string {
	if !IsContactKey(key) && !strings.HasPrefix(key, handlePrefix) {
		return key
	}
	mac := hmac.New(sha256.New, h.nonceKey)
	mac.Write([]byte(key))
	nonce := mac.Sum(nil)[:h.aead.NonceSize()]
	return handlePrefix + base64.RawURLEncoding.EncodeToString(h.aead.Seal(nonce, nonce, []byte(key), nil))
}

// Key returns the key of a handle; what is none is returned as it is.
func (h *Handles) Key(handle string) string {
	text, ok := strings.CutPrefix(handle, handlePrefix)
	if !ok {
		return handle
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < h.aead.NonceSize() {
		return handle
	}
	key, err := h.aead.Open(nil, b[:h.aead.NonceSize()], b[h.aead.NonceSize():], nil)
	if err != nil {
		return handle
	}
	return string(key)
}
