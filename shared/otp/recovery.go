package otp

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"unicode"
)

// RecoveryCodes is how many codes one set has.
const RecoveryCodes = 10

const (
	crockford  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // 5 bits a character
	codeLength = 25                                 // 125 bits
	groupSize  = 5
)

// NewRecoveryCodes returns a set of codes to show once, such as
// "7K3QM-0ZX9P-4WDJR-NB2TC-8H6AV", and their hashes to store, in the same order.
func NewRecoveryCodes() (plain, hashes []string) {
	for range RecoveryCodes {
		code := newRecoveryCode()
		plain = append(plain, code)
		hashes = append(hashes, RecoveryHash(code))
	}
	return plain, hashes
}

func newRecoveryCode() string {
	random := make([]byte, codeLength)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the process instead
	var code strings.Builder
	for i, b := range random {
		if i > 0 && i%groupSize == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(crockford[b%32]) // 256 is a multiple of 32: no bias
	}
	return code.String()
}

// RecoveryHash returns the hash of a code for storage, the same for every way of
// writing that code.
func RecoveryHash(code string) string {
	sum := sha256.Sum256([]byte(canonical(code)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Match returns the index of the code's hash among the hashes that are left, in
// time that depends on their number alone. Without a match it returns -1. The
// caller removes a used hash under a condition, since a code is good once.
func Match(hashes []string, code string) (index int, ok bool) {
	hash := []byte(RecoveryHash(code))
	index = -1
	for i, h := range hashes {
		index = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare([]byte(h), hash), i, index)
	}
	return index, index >= 0
}

// canonical undoes what people do to a code: case, dashes, spaces, and the
// letters that Crockford's alphabet leaves to the digits they look like.
func canonical(code string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToUpper(r); {
		case r == 'O':
			return '0'
		case r == 'I' || r == 'L':
			return '1'
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r): // phones turn - into –
			return -1
		default:
			return r
		}
	}, code)
}
