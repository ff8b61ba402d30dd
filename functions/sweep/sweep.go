// Package sweep does, on a schedule, what fell due. What that is, is package directory's.
package sweep

import (
	"context"
	"log/slog"

	"mandate/shared/directory"
)

// Handler is what the schedule invokes.
type Handler func(context.Context) (directory.Swept, error)

// New makes a handler.
func New(work *directory.Work, log *slog.Logger) Handler {
	return func(ctx context.Context) (directory.Swept, error) {
		swept, err := work.Sweep(ctx)
		if swept != (directory.Swept{}) {
			log.InfoContext(ctx, "swept", "expired", swept.Expired, "reminded", swept.Reminded,
				"applied", swept.Applied, "links", swept.Links, "outbox", swept.Outbox)
		}
		return swept, err
	}
}
