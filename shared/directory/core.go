package directory

import (
	"context"
	"fmt"
	"time"
)

// Core is what every service of the directory is made of. All its fields are needed.
type Core struct {
	Store    Store
	Policies Policies
	Presets  Presets
	Sealer   Sealer
	Now      func() time.Time
	NewID    func(prefix string) string // a new ULID behind the prefix
	// PropagationCap bounds every organisation's delay, so that a demo need not wait an hour (3.13). Nil: no bound.
	PropagationCap *time.Duration
	// Admits tells secrets that may be used at all from those of the demo, which everyone can read and only the local
	// runner lets in.
	Admits func(secret string) bool
}

// preset is the one that the organisation is of.
func (c *Core) preset(organisation Organisation) (Preset, error) {
	preset, ok := c.Presets.Preset(organisation.Preset)
	if !ok {
		return Preset{}, fmt.Errorf("organisation %s: unknown preset %q", organisation.ID, organisation.Preset)
	}
	return preset, nil
}

// Sealer encrypts small secrets for the time that they are stored. What is sealed in one place opens in no other.
type Sealer interface {
	Seal(ctx context.Context, plain, place string) (string, error)
	Open(ctx context.Context, sealed, place string) (string, error)
}
