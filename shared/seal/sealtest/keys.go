// Package sealtest has data keys for tests: in memory, made on the spot, rotated
// on demand. Nothing that is deployed imports it.
package sealtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"mandate/shared/seal"
)

// Keys holds random data keys. It implements [seal.Keys].
type Keys struct {
	mu   sync.Mutex
	keys []seal.Key // the last is current
}

// New returns Keys with one key.
func New() *Keys {
	k := new(Keys)
	k.Rotate()
	return k
}

// Rotate makes a new key the current one; the earlier ones go on opening.
func (k *Keys) Rotate() {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := seal.Key{ID: fmt.Sprintf("test-%d", len(k.keys)+1)}
	_, _ = rand.Read(key.Plain[:])
	k.keys = append(k.keys, key)
}

// Current returns the newest key.
func (k *Keys) Current(context.Context) (seal.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys[len(k.keys)-1], nil
}

// ByID returns a key of any age, or seal.ErrNoKey.
func (k *Keys) ByID(_ context.Context, id string) (seal.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range k.keys {
		if key.ID == id {
			return key, nil
		}
	}
	return seal.Key{}, seal.ErrNoKey
}
