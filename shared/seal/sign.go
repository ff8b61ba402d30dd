package seal

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Signer signs texts that are kept in the open: an HMAC-SHA256 under a key of its own, derived from a data key. It is
// safe for concurrent use.
type Signer struct {
	keys Keys
}

// NewSigner returns a Signer under these keys.
func NewSigner(keys Keys) *Signer { return &Signer{keys: keys} }

// Sign answers a signature of a text for the place where it belongs. It fails with ErrNoContext, or where the current
// key can't be had.
func (s *Signer) Sign(ctx context.Context, text, place string) (string, error) {
	if place == "" {
		return "", ErrNoContext
	}
	key, err := s.keys.Current(ctx)
	if err != nil {
		return "", fmt.Errorf("seal: current data key: %w", err)
	}
	return signature(key, text, place)
}

// Signed tells whether a signature is of this text in this place. One that names no key that there is, is not. It fails
// where the key can't be had.
func (s *Signer) Signed(ctx context.Context, text, place, signed string) (bool, error) {
	parts := strings.Split(signed, ".")
	if place == "" || len(parts) != 3 || parts[0] != version || !validID(parts[1]) {
		return false, nil
	}
	key, err := s.keys.ByID(ctx, parts[1])
	if errors.Is(err, ErrNoKey) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("seal: data key %s: %w", parts[1], err)
	}
	right, err := signature(key, text, place)
	return err == nil && hmac.Equal([]byte(signed), []byte(right)), err
}

// signature is under a key that is used for nothing else: signing and sealing don't share one. The place goes before the
// text with its length, so that no other pair gives the same bytes.
func signature(key Key, text, place string) (string, error) {
	derived, err := hkdf.Key(sha256.New, key.Plain[:], nil, "mandate/seal."+version+".sign", sha256.Size)
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	mac := hmac.New(sha256.New, derived)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(place))))
	mac.Write([]byte(place))
	mac.Write([]byte(text))
	return version + "." + key.ID + "." + encoding.EncodeToString(mac.Sum(nil)), nil
}
