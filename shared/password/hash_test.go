package password

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

const passphrase = "correct horse battery staple"

// reference is a published vector of the Argon2 reference implementation
// (test.c, argon2id: t=2, m=256 KiB, p=1, "password", "somesalt"). RFC 9106's own
// vector takes a secret and associated data, which this form doesn't have.
const reference = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"

func TestHashIsVerifiedByItsPasswordAlone(t *testing.T) {
	t.Parallel()
	hash := mustHash(t, passphrase)
	for password, want := range map[string]bool{
		passphrase:                              true,
		passphrase + " ":                        false,
		strings.ToUpper(passphrase):             false,
		"":                                      false,
		passphrase[:len(passphrase)-1]:          false,
		strings.Repeat(passphrase, 100):         false,
		passphrase + "\x00":                     false,
		"\xff" + passphrase:                     false,
		strings.ReplaceAll(passphrase, " ", ""): false,
	} {
		ok, needsRehash, err := Verify(hash, password)
		if ok != want || needsRehash || err != nil {
			t.Errorf("Verify(%q) = %v, %v, %v; want %v", password, ok, needsRehash, err, want)
		}
	}
}

func TestHashCarriesOWASPParametersAndASaltOfItsOwn(t *testing.T) {
	t.Parallel()
	one, two := mustHash(t, passphrase), mustHash(t, passphrase)
	if one == two {
		t.Error("two hashes of one password are equal")
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash is %s", one)
	}
	r, err := parse(one)
	if err != nil || len(r.salt) != 16 || len(r.key) != 32 || r.String() != one {
		t.Errorf("parse(%s) = %+v, %v", one, r, err)
	}
}

func TestSameCharactersTypedDifferentlyAreOnePassword(t *testing.T) {
	t.Parallel()
	composed, decomposed := "caf\u00e9 \u00e0 la carte", "cafe\u0301 a\u0300 la carte"
	ok, _, err := Verify(mustHash(t, composed), decomposed)
	if !ok || err != nil {
		t.Errorf("Verify = %v, %v", ok, err)
	}
}

func TestHashRefusesWhatIsNotUTF8(t *testing.T) {
	t.Parallel()
	if hash, err := Hash("long enough \xc3\x28"); !errors.Is(err, ErrNotUTF8) || hash != "" {
		t.Errorf("Hash = %q, %v", hash, err)
	}
}

func TestVerifyAgreesWithTheReferenceImplementation(t *testing.T) {
	t.Parallel()
	ok, needsRehash, err := Verify(reference, "password")
	if !ok || !needsRehash || err != nil {
		t.Errorf("Verify = %v, %v, %v; want right, and outdated", ok, needsRehash, err)
	}
	ok, needsRehash, err = Verify(reference, "passwore")
	if ok || needsRehash || err != nil {
		t.Errorf("a wrong password is never rehashed: %v, %v, %v", ok, needsRehash, err)
	}
}

func TestHashesWithOtherParametersNeedRehash(t *testing.T) {
	t.Parallel()
	salt := []byte("0123456789abcdef")
	tests := map[string]struct {
		p      parameters
		salt   []byte
		keyLen uint32
		want   bool
	}{
		"today's":       {current, salt, keyBytes, false},
		"less memory":   {parameters{memory: 1024, time: 2, threads: 1}, salt, keyBytes, true},
		"one pass":      {parameters{memory: 19 * 1024, time: 1, threads: 1}, salt, keyBytes, true},
		"two lanes":     {parameters{memory: 19 * 1024, time: 2, threads: 2}, salt, keyBytes, true},
		"shorter salt":  {current, salt[:8], keyBytes, true},
		"shorter hash":  {current, salt, 16, true},
		"more than now": {parameters{memory: 20 * 1024, time: 3, threads: 1}, salt, keyBytes, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := argon2id([]byte(passphrase), test.salt, test.p, test.keyLen)
			hash := record{test.p, test.salt, key}.String()
			ok, needsRehash, err := Verify(hash, passphrase)
			if !ok || needsRehash != test.want || err != nil {
				t.Errorf("Verify = %v, %v, %v; want true, %v", ok, needsRehash, err, test.want)
			}
		})
	}
}

func TestMalformedHashesAreErrorsAndCostNothing(t *testing.T) {
	t.Parallel()
	good := reference
	tests := map[string]string{
		"empty":             "",
		"plain text":        "password",
		"another algorithm": strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":   strings.Replace(good, "v=19", "v=16", 1),
		"bcrypt":            "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"no memory":         strings.Replace(good, "m=256", "m=0", 1),
		"huge memory":       strings.Replace(good, "m=256", "m=4294967295", 1),
		"overflow":          strings.Replace(good, "m=256", "m=4295032832", 1),
		"no passes":         strings.Replace(good, "t=2", "t=0", 1),
		"many passes":       strings.Replace(good, "t=2", "t=1000000", 1),
		"no lanes":          strings.Replace(good, "p=1", "p=0", 1),
		"many lanes":        strings.Replace(good, "p=1", "p=255", 1),
		"leading zero":      strings.Replace(good, "t=2", "t=02", 1),
		"sign":              strings.Replace(good, "t=2", "t=+2", 1),
		"another order":     strings.Replace(good, "m=256,t=2", "t=2,m=256", 1),
		"more parameters":   strings.Replace(good, "p=1", "p=1,keyid=1", 1),
		"no salt":           strings.Replace(good, "c29tZXNhbHQ", "", 1),
		"padded salt":       strings.Replace(good, "c29tZXNhbHQ", "c29tZXNhbHQ=", 1),
		"stray bits":        strings.Replace(good, "c29tZXNhbHQ", "c29tZXNhbHR", 1),
		"line break":        strings.Replace(good, "c29tZXNhbHQ", "c29tZX\nNhbHQ", 1),
		"no hash":           good[:strings.LastIndex(good, "$")+1],
		"short hash":        good[:strings.LastIndex(good, "$")+9],
		"a field too many":  good + "$",
		"trailing space":    good + " ",
	}
	for name, hash := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var work counter
			ok, needsRehash, err := verify(work.derive, hash, "password")
			if ok || needsRehash || !errors.Is(err, ErrMalformedHash) || len(work.asked) != 0 {
				t.Errorf("verify(%q) = %v, %v, %v after %d derivations", hash, ok, needsRehash, err, len(work.asked))
			}
		})
	}
}

func TestATamperedHashDoesNotVerify(t *testing.T) {
	t.Parallel()
	hash := record{parameters{8, 1, 1}, []byte("somesalt"), argon2id([]byte(passphrase), []byte("somesalt"), parameters{8, 1, 1}, 32)}.String()
	if ok, _, err := Verify(hash, passphrase); !ok || err != nil {
		t.Fatalf("untampered: %v, %v", ok, err)
	}
	for i := range hash {
		for bit := range 7 {
			tampered := []byte(hash)
			tampered[i] ^= 1 << bit
			if ok, _, _ := Verify(string(tampered), passphrase); ok {
				t.Fatalf("verified as %s", tampered)
			}
		}
	}
}

// Requirement 4.2: the same answer in the same time, whether or not the user
// exists. Time is what Argon2 is asked to do, so that is what is compared.
func TestAnUnknownUserCostsWhatAWrongPasswordCosts(t *testing.T) {
	t.Parallel()
	hash := mustHash(t, "some other password")
	for _, password := range []string{"", "short", passphrase, strings.Repeat("x", 5000), "e\u0301e\u0301", "\xff"} {
		var known, unknown counter
		if ok, _, err := verify(known.derive, hash, password); ok || err != nil {
			t.Fatalf("verify(%q) = %v, %v", password, ok, err)
		}
		verifyNothing(unknown.derive, password)
		if len(known.asked) != 1 || len(unknown.asked) != 1 || known.asked[0] != unknown.asked[0] {
			t.Errorf("%q: known %+v, unknown %+v", password, known.asked, unknown.asked)
		}
	}
}

func TestVerifyNothingRunsTheRealThing(t *testing.T) {
	t.Parallel()
	VerifyNothing(passphrase) // panics where its hash no longer parses
	r, err := parse(nothing)
	if err != nil || r.parameters != current {
		t.Errorf("the hash that stands for no user has %+v, new ones %+v", r.parameters, current)
	}
}

func FuzzVerifyTakesAnyStoredText(f *testing.F) {
	f.Add(reference, "password")
	f.Add(nothing, "")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "x")
	f.Fuzz(func(t *testing.T, hash, password string) {
		var work counter
		_, _, err := verify(work.derive, hash, password)
		if err == nil && (!utf8.ValidString(hash) || len(work.asked) != 1) {
			t.Errorf("accepted %q", hash)
		}
	})
}

// work is one call for Argon2, as far as its duration depends on it.
type work struct {
	parameters
	password, salt int // lengths
	keyLen         uint32
}

type counter struct{ asked []work }

func (c *counter) derive(password, salt []byte, p parameters, keyLen uint32) []byte {
	c.asked = append(c.asked, work{p, len(password), len(salt), keyLen})
	return make([]byte, keyLen)
}

func mustHash(t *testing.T, password string) string {
	t.Helper()
	hash, err := Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func BenchmarkVerify(b *testing.B) {
	b.ReportAllocs()
	hash, err := Hash(passphrase)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ok, _, err := Verify(hash, passphrase); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
