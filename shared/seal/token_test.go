package seal_test

import (
	"encoding/base64"
	"testing"

	"mandate/shared/seal"
)

// Requirement 4.4: 256 random bits, stored hashed.
func TestATokenIs256BitsAndStoredAsItsHash(t *testing.T) {
	t.Parallel()
	text, hash := seal.NewToken()
	bits, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(bits) != 32 {
		t.Errorf("%q: %d bytes, %v", text, len(bits), err)
	}
	if seal.HashToken(text) != hash || hash == text || len(hash) != 43 {
		t.Errorf("hash of %q is %q, was %q", text, seal.HashToken(text), hash)
	}
	if other, _ := seal.NewToken(); other == text {
		t.Error("two tokens are equal")
	}
}

func TestAnySpellingButTheTokensOwnHashesDifferently(t *testing.T) {
	t.Parallel()
	text, hash := seal.NewToken()
	for _, other := range []string{"", text + "=", text + "\n", " " + text, text[:42], text + "A", hash} {
		if seal.HashToken(other) == hash {
			t.Errorf("%q passes for %q", other, text)
		}
	}
}

// Hashes are stored: the function must never change. The vector is FIPS 180-2's.
func TestHashIsSHA256(t *testing.T) {
	t.Parallel()
	const want = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
	if got := seal.HashToken("abc"); got != want {
		t.Errorf("HashToken(abc) = %s, want %s", got, want)
	}
}
