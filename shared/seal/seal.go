package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrSealed is returned by [Sealer.Open] for a text that this context and these
// keys did not seal: damaged, tampered with, or moved from another record. Which
// of them it is can't be told, and must not be.
var ErrSealed = errors.New("seal: text does not open here")

// ErrNoContext is returned for an empty context, which would let a text open
// wherever another has none.
var ErrNoContext = errors.New("seal: no context given")

const version = "v1"

// encoding is strict: no second spelling of the same bytes opens.
var encoding = base64.RawURLEncoding.Strict()

// Sealer seals and opens. It is safe for concurrent use.
type Sealer struct {
	keys Keys
}

// New returns a Sealer under these keys.
func New(keys Keys) *Sealer {
	return &Sealer{keys: keys}
}

// Seal encrypts the plaintext for the place that the context names. It fails
// with ErrNoContext, or where the current key can't be had.
func (s *Sealer) Seal(ctx context.Context, plaintext, place string) (string, error) {
	if place == "" {
		return "", ErrNoContext
	}
	key, err := s.keys.Current(ctx)
	if err != nil {
		return "", fmt.Errorf("seal: current data key: %w", err)
	}
	if !validID(key.ID) {
		return "", fmt.Errorf("seal: data key has a malformed id %q", key.ID)
	}
	aead, err := newAEAD(key)
	if err != nil {
		return "", err
	}
	box := aead.Seal(nil, nil, []byte(plaintext), additionalData(key.ID, place))
	return version + "." + key.ID + "." + encoding.EncodeToString(box), nil
}

// Open decrypts a sealed text of the place that the context names. It fails with
// ErrSealed, ErrNoContext, an error that wraps [ErrNoKey] where the text names a
// data key that doesn't exist, or where the key can't be had.
func (s *Sealer) Open(ctx context.Context, sealed, place string) (string, error) {
	if place == "" {
		return "", ErrNoContext
	}
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != version || !validID(parts[1]) {
		return "", ErrSealed
	}
	id := parts[1]
	if strings.ContainsAny(parts[2], "\r\n") {
		return "", ErrSealed // the decoder would skip them
	}
	box, err := encoding.DecodeString(parts[2])
	if err != nil {
		return "", ErrSealed
	}
	key, err := s.keys.ByID(ctx, id)
	if err != nil {
		return "", fmt.Errorf("seal: data key %s: %w", id, err)
	}
	aead, err := newAEAD(key)
	if err != nil {
		return "", err
	}
	plaintext, err := aead.Open(nil, nil, box, additionalData(id, place))
	if err != nil {
		return "", ErrSealed
	}
	return string(plaintext), nil
}

// newAEAD puts a random nonce of 96 bits in front of what it seals.
func newAEAD(key Key) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key.Plain[:])
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return aead, nil
}

// additionalData is what is authenticated beside the ciphertext. Neither version
// nor id contains the separator, so no two triples give the same bytes.
func additionalData(id, place string) []byte {
	return []byte("mandate/seal." + version + "." + id + "." + place)
}
