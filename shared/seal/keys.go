package seal

import (
	"context"
	"errors"
	"fmt"
)

// ErrNoKey is returned by [Keys.ByID] for an id that it has no key for.
var ErrNoKey = errors.New("seal: no such data key")

// ErrKeyExists is returned where a data key is to be stored under an id that is
// taken.
var ErrKeyExists = errors.New("seal: data key exists")

// Keys are the data keys. Implementations are safe for concurrent use.
type Keys interface {
	// Current is the key for what is sealed now.
	Current(ctx context.Context) (Key, error)
	// ByID is the key that a sealed text names, however old. It returns
	// ErrNoKey, possibly wrapped, where there is none.
	ByID(ctx context.Context, id string) (Key, error)
}

// Key is a data key.
type Key struct {
	// ID names the key in sealed texts: 1 to 64 letters, digits, "-" or "_".
	ID string
	// Plain is the AES-256 key itself, never stored and never logged.
	Plain [32]byte
}

// Format writes the key's id and never the key, whatever the verb: a key that
// ends up in a message by mistake stays secret.
func (k Key) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "seal.Key(%s)", k.ID)
}

// MarshalText does the same for JSON and structured logs.
func (k Key) MarshalText() ([]byte, error) {
	return []byte(fmt.Sprint(k)), nil
}

// validID keeps an id apart from what surrounds it in a sealed text, and keeps a
// damaged text from asking the store for anything that no key is called.
func validID(id string) bool {
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return len(id) >= 1 && len(id) <= 64
}
