package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// NewToken returns 256 random bits as 43 characters that fit a URL (base64url
// without padding), to hand out once, and their hash, to store.
func NewToken() (text, hash string) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the process instead
	text = base64.RawURLEncoding.EncodeToString(random)
	return text, HashToken(text)
}

// HashToken returns the hash under which a token is stored: SHA-256 of its text,
// in base64url without padding. Any text has one, so what a client sends needs no
// check before it is looked up.
func HashToken(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
