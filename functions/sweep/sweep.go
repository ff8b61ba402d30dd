// Package sweep does, on a schedule, what fell due. What that is, is package directory's.
package sweep

import (
	"context"
	"log/slog"

	"mandate/shared/directory"
)

// Order is the schedule's input. What was put aside goes round again where a person says so, who mended the reason.
type Order struct {
	Recall bool `json:"recall"`
}

// Handler is what the schedule invokes.
type Handler func(context.Context, Order) (directory.Swept, error)

// New makes a handler.
func New(work *directory.Work, log *slog.Logger) Handler {
	return func(ctx context.Context, order Order) (directory.Swept, error) {
		do := work.Sweep
		if order.Recall {
			do = work.Recall
		}
		swept, err := do(ctx)
		if swept != (directory.Swept{}) {
			log.InfoContext(ctx, "swept", "expired", swept.Expired, "reminded", swept.Reminded,
				"applied", swept.Applied, "links", swept.Links, "outbox", swept.Outbox, "warned", swept.Warned, "recalled", swept.Recalled, "requests", swept.Requests)
		}
		if swept.Aside > 0 {
			log.ErrorContext(ctx, directory.AsideMessage, "count", swept.Aside)
		}
		return swept, err
	}
}
