package otp

import (
	"encoding/base32"
	"net/url"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"pgregory.net/rapid"
)

// rfcSecret is the secret of RFC 6238, appendix B: "12345678901234567890".
const rfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// The vectors of RFC 6238, appendix B, cut to six digits.
var rfcVectors = map[int64]string{
	59:          "287082",
	1111111109:  "081804",
	1111111111:  "050471",
	1234567890:  "005924",
	2000000000:  "279037",
	20000000000: "353130",
}

func TestCodesAreThoseOfRFC6238(t *testing.T) {
	t.Parallel()
	for seconds, want := range rfcVectors {
		at := time.Unix(seconds, 0)
		if got, err := Code(rfcSecret, at); got != want || err != nil {
			t.Errorf("Code at %d = %q, %v; want %q", seconds, got, err, want)
		}
		if step, ok := Verify(rfcSecret, want, at, 0); !ok || step != seconds/30 {
			t.Errorf("Verify at %d = %d, %v; want %d", seconds, step, ok, seconds/30)
		}
	}
}

func TestACodeIsGoodOneStepEitherSide(t *testing.T) {
	t.Parallel()
	issued := time.Unix(1234567890, 0) // the first second of its step
	code := mustCode(t, rfcSecret, issued)
	for offset, want := range map[time.Duration]bool{
		-31 * time.Second: false,
		-30 * time.Second: true,
		-1 * time.Second:  true,
		0:                 true,
		29 * time.Second:  true,
		59 * time.Second:  true,
		60 * time.Second:  false,
		24 * time.Hour:    false,
	} {
		step, ok := Verify(rfcSecret, code, issued.Add(offset), 0)
		if ok != want || ok && step != issued.Unix()/30 {
			t.Errorf("after %v: %d, %v; want %v", offset, step, ok, want)
		}
	}
}

// RFC 6238, section 5.2: the verifier must not accept the second attempt.
func TestACodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	now := time.Unix(1234567890, 0)
	before := mustCode(t, rfcSecret, now.Add(-30*time.Second))
	after := mustCode(t, rfcSecret, now.Add(30*time.Second))
	step, ok := Verify(rfcSecret, mustCode(t, rfcSecret, now), now, 0)
	if !ok {
		t.Fatal("the first time is refused")
	}
	if _, ok := Verify(rfcSecret, mustCode(t, rfcSecret, now), now, step); ok {
		t.Error("the second time is accepted")
	}
	if _, ok := Verify(rfcSecret, before, now, step); ok {
		t.Error("an earlier code is accepted after a later one")
	}
	if next, ok := Verify(rfcSecret, after, now, step); !ok || next != step+1 {
		t.Errorf("the next code: %d, %v; want %d", next, ok, step+1)
	}
}

func TestAUsedUpCodeNeverVerifiesAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := base32.StdEncoding.EncodeToString(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "secret"))
		now := time.Unix(rapid.Int64Range(60, 1<<33).Draw(t, "now"), 0)
		shown := now.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "drift")) * 30 * time.Second)
		code, err := Code(secret, shown)
		if err != nil {
			t.Fatal(err)
		}
		step, ok := Verify(secret, code, now, 0)
		if !ok {
			t.Fatalf("%s is refused at %v", code, now)
		}
		if again, ok := Verify(secret, code, now, step); ok {
			t.Fatalf("%s is good for %d and again for %d", code, step, again)
		}
	})
}

func TestCodesAreReadWithSpaces(t *testing.T) {
	t.Parallel()
	now := time.Unix(1234567890, 0) // 005924
	for code, want := range map[string]bool{
		"005924":            true,
		"005 924":           true,
		" 005924\n":         true,
		"005\u00a0924":      true,
		"5924":              false,
		"0059240":           false,
		"":                  false,
		"005-924":           false,
		"００５９２４":            false,
		"005925":            false,
		"abcdef":            false,
		"+05924":            false,
		"005924\x00":        false,
		string([]byte{255}): false,
	} {
		if _, ok := Verify(rfcSecret, code, now, 0); ok != want {
			t.Errorf("Verify(%q) = %v, want %v", code, ok, want)
		}
	}
}

func TestASecretThatIsNotBase32HasNoRightCode(t *testing.T) {
	t.Parallel()
	if _, err := Code("not base32!", time.Unix(59, 0)); err == nil {
		t.Error("Code: no error")
	}
	if _, ok := Verify("not base32!", "287082", time.Unix(59, 0), 0); ok {
		t.Error("Verify: accepted")
	}
}

func TestSecretsAre160BitsAndNeverTheSame(t *testing.T) {
	t.Parallel()
	one, two := NewSecret(), NewSecret()
	bits, err := base32.StdEncoding.DecodeString(one)
	if err != nil || len(bits) != 20 || one == two {
		t.Errorf("%d bytes, %v, equal: %v", len(bits), err, one == two)
	}
}

func TestURIIsReadByAnAuthenticator(t *testing.T) {
	t.Parallel()
	const issuer, account = "Example: Pay & Co", "anna+test@example.com"
	uri := URI(issuer, account, rfcSecret)
	key, err := otp.NewKeyFromURL(uri)
	if err != nil {
		t.Fatal(err)
	}
	if key.Type() != "totp" || key.Issuer() != issuer || key.Secret() != rfcSecret ||
		key.Period() != 30 || key.Digits() != otp.DigitsSix || key.Algorithm() != otp.AlgorithmSHA1 {
		t.Errorf("read as %v", key)
	}
	// The label is split at its first colon, before it is unescaped.
	want := "otpauth://totp/Example%3A%20Pay%20%26%20Co:anna%2Btest%40example.com?"
	if got := uri[:min(len(uri), len(want))]; got != want {
		t.Errorf("starts with %s, want %s", got, want)
	}
	if _, err := url.Parse(uri); err != nil {
		t.Error(err)
	}
}

func mustCode(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := Code(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func BenchmarkVerify(b *testing.B) {
	now := time.Unix(1234567890, 0)
	for b.Loop() {
		Verify(rfcSecret, "005924", now, 0)
	}
}
