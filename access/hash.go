package access

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/kreds/kreds"
)

// Params are the costs of Argon2id (RFC 9106). They stand in every hash, so
// that they can be raised without invalidating passwords.
type Params struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultParams are the second recommended option of RFC 9106, section 4: 64 MiB,
// three passes, four lanes.
var DefaultParams = Params{Memory: 64 << 10, Passes: 3, Threads: 4}

const (
	saltBytes = 16 // RFC 9106, section 3.1
	sumBytes  = 32
)

// hashed is a parsed hash of a password.
type hashed struct {
	Params
	salt, sum []byte
}

// String writes the hash in the PHC string format, as other implementations of
// Argon2 do: $argon2id$v=19$m=65536,t=3,p=4$salt$sum.
func (h hashed) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.Memory, h.Passes, h.Threads,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.sum))
}

// parseHash reads a hash. Costs beyond what kreds would ever set are refused, so
// that a damaged one cannot take all memory.
func parseHash(text string) (hashed, error) {
	bad := kreds.Errorf(kreds.CodeInternal, "the hash of a password cannot be read")
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return hashed{}, bad
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return hashed{}, bad
	}
	var h hashed
	for i, c := range []struct {
		name     string
		min, max uint64
		set      func(uint64)
	}{
		{"m=", 8, 1 << 20, func(n uint64) { h.Memory = uint32(n) }},
		{"t=", 1, 100, func(n uint64) { h.Passes = uint32(n) }},
		{"p=", 1, 64, func(n uint64) { h.Threads = uint8(n) }},
	} {
		digits, ok := strings.CutPrefix(costs[i], c.name)
		n, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil || n < c.min || n > c.max || strconv.FormatUint(n, 10) != digits {
			return hashed{}, bad
		}
		c.set(n)
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil || len(h.salt) < 8 || len(h.salt) > 64 {
		return hashed{}, bad
	}
	if h.sum, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil || len(h.sum) < 16 || len(h.sum) > 64 {
		return hashed{}, bad
	}
	if h.String() != text { // line breaks, which the decoder skips
		return hashed{}, bad
	}
	return h, nil
}

// sumOf computes the hash of a prepared password with the salt and costs.
func sumOf(password []byte, salt []byte, p Params, n int) []byte {
	return argon2.IDKey(password, salt, p.Passes, p.Memory, p.Threads, uint32(n))
}

// matches compares in constant time.
func (h hashed) matches(password []byte) bool {
	return subtle.ConstantTimeCompare(h.sum, sumOf(password, h.salt, h.Params, len(h.sum))) == 1
}
