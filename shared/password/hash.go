package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// ErrNotUTF8 is returned by [Hash] for a password that is not valid UTF-8.
// [Check] finds that first and has a name for it.
var ErrNotUTF8 = errors.New("password: not valid UTF-8")

// ErrMalformedHash is returned by [Verify] for a stored hash that is not an
// Argon2id hash in canonical PHC form, or whose parameters are out of bounds.
var ErrMalformedHash = errors.New("password: malformed hash")

// parameters are Argon2's costs.
type parameters struct {
	memory  uint32 // KiB
	time    uint32 // passes over the memory
	threads uint8  // lanes
}

// current is what new hashes are made with: OWASP Password Storage Cheat Sheet,
// "Argon2id with a minimum configuration of 19 MiB of memory, an iteration count
// of 2, and 1 degree of parallelism".
var current = parameters{memory: 19 * 1024, time: 2, threads: 1}

const (
	saltBytes = 16 // RFC 9106, section 3.1
	keyBytes  = 32
)

// nothing is a hash of 256 random bits that nobody kept, made with the current
// parameters.
const nothing = "$argon2id$v=19$m=19456,t=2,p=1$oygHN0PIzALLQGdDvDfxaQ$Rb0TiLPACppE5J6WZSlQHMS5kC20bLhi6xw1EriT/cw"

// deriver is Argon2id, or in tests something that counts the work asked of it.
type deriver func(password, salt []byte, p parameters, keyLen uint32) []byte

func argon2id(password, salt []byte, p parameters, keyLen uint32) []byte {
	return argon2.IDKey(password, salt, p.time, p.memory, p.threads, keyLen)
}

// Hash returns the password's hash for storage, in PHC string form:
//
//	$argon2id$v=19$m=19456,t=2,p=1$salt$hash
//
// It does not judge the password (see [Check]); it fails with [ErrNotUTF8] only.
func Hash(password string) (string, error) {
	if !utf8.ValidString(password) {
		return "", ErrNotUTF8
	}
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	key := argon2id([]byte(norm.NFC.String(password)), salt, current, keyBytes)
	return record{parameters: current, salt: salt, key: key}.String(), nil
}

// Verify tells whether the password is the one that was hashed, in time that
// does not depend on how wrong it is. needsRehash is set for a right password
// whose hash was made with parameters other than today's: hash it again and
// store that. The error is [ErrMalformedHash].
func Verify(hash, password string) (ok, needsRehash bool, err error) {
	return verify(argon2id, hash, password)
}

// VerifyNothing works as hard as [Verify] and finds nothing, for when there is
// no user, or a user without a password (requirements 4.2, 5.8).
func VerifyNothing(password string) {
	verifyNothing(argon2id, password)
}

func verify(derive deriver, hash, password string) (ok, needsRehash bool, err error) {
	r, err := parse(hash)
	if err != nil {
		return false, false, err
	}
	key := derive([]byte(norm.NFC.String(password)), r.salt, r.parameters, uint32(len(r.key)))
	ok = subtle.ConstantTimeCompare(key, r.key) == 1
	outdated := r.parameters != current || len(r.salt) != saltBytes || len(r.key) != keyBytes
	return ok, ok && outdated, nil
}

func verifyNothing(derive deriver, password string) {
	if _, _, err := verify(derive, nothing, password); err != nil {
		panic(err) // the constant above is malformed
	}
}

// record is a stored hash taken apart.
type record struct {
	parameters
	salt, key []byte
}

var encoding = base64.RawStdEncoding

func (r record) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		r.memory, r.time, r.threads, encoding.EncodeToString(r.salt), encoding.EncodeToString(r.key))
}

// parse takes a stored hash apart. What it accepts, it would write the same way:
// no signs, leading zeros, spaces or stray bits.
func parse(hash string) (record, error) {
	fields := strings.Split(hash, "$")
	if len(fields) != 6 {
		return record{}, ErrMalformedHash
	}
	var r record
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &r.memory, &r.time, &r.threads); err != nil {
		return record{}, ErrMalformedHash
	}
	var err1, err2 error
	r.salt, err1 = encoding.DecodeString(fields[4])
	r.key, err2 = encoding.DecodeString(fields[5])
	if err1 != nil || err2 != nil || r.String() != hash || !r.affordable() {
		return record{}, ErrMalformedHash
	}
	return r, nil
}

// affordable keeps a damaged record from asking for more than a function has,
// or for less than Argon2 accepts (RFC 9106, section 3.1).
func (r record) affordable() bool {
	return r.threads >= 1 && r.threads <= 16 &&
		r.time >= 1 && r.time <= 16 &&
		r.memory >= 8*uint32(r.threads) && r.memory <= 64*1024 &&
		len(r.salt) >= 8 && len(r.salt) <= 64 &&
		len(r.key) >= 16 && len(r.key) <= 64
}
