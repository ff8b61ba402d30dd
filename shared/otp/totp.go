package otp

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp/hotp"
)

const (
	secretBytes = 20 // RFC 4226, section 4, R6
	digits      = 6
	drift       = 1 // steps accepted before and after the present one
)

// Period is how long a code is the present one (RFC 6238, section 5.2).
const Period = 30 * time.Second

// NewSecret returns 160 random bits in base32 without padding, the form in which
// authenticator apps take a secret that is typed in.
func NewSecret() string {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the process instead
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// URI returns the otpauth URI that authenticator apps read from a QR code. The
// issuer is the name of the service, the account tells the user's entries apart.
func URI(issuer, account, secret string) string {
	return "otpauth://totp/" + escape(issuer) + ":" + escape(account) +
		"?secret=" + escape(secret) + "&issuer=" + escape(issuer) +
		"&algorithm=SHA1&digits=6&period=30"
}

// escape leaves no space as a plus, which some apps would show, and no colon,
// which separates issuer from account.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// Code returns the code that an app shows at that moment. The error tells that
// the secret is not base32.
func Code(secret string, at time.Time) (string, error) {
	return hotp.GenerateCode(secret, uint64(stepAt(at)))
}

// Verify tells whether the code is right now, and for which step. Steps up to
// lastStep are used up: the caller keeps the step returned as the next lastStep,
// and 0 until there is one. Spaces in the code are ignored. A secret that is not
// base32 has no right code.
//
// Every step is tried in the same time, whether or not an earlier one fitted.
func Verify(secret, code string, now time.Time, lastStep int64) (step int64, ok bool) {
	code = withoutSpaces(code)
	if len(code) != digits {
		return 0, false
	}
	present := stepAt(now)
	// Should two steps have the same code, the later one is taken, so that the
	// code is used up for both.
	for candidate := present - drift; candidate <= present+drift; candidate++ {
		want, err := hotp.GenerateCode(secret, uint64(candidate))
		if err != nil {
			return 0, false
		}
		right := subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 1
		if right && candidate > lastStep {
			step, ok = candidate, true
		}
	}
	return step, ok
}

// stepAt is the number of whole periods since 1970 (RFC 6238, section 4.2).
func stepAt(t time.Time) int64 {
	return t.Unix() / int64(Period/time.Second)
}

func withoutSpaces(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
