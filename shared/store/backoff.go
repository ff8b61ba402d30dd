package store

import (
	"context"
	"iter"
	"math/rand/v2"
	"time"
)

// Waits between attempts that DynamoDB turned away: short, for what stands in the way is another request's few
// milliseconds.
const (
	firstWait = 4 * time.Millisecond
	lastWait  = 200 * time.Millisecond
	waits     = 12
)

// backoff yields nil for each attempt, after a wait that grows and jitters from the second on; when the context ends it
// yields its error, and when there are no attempts left it ends.
func backoff(ctx context.Context) iter.Seq[error] {
	return func(yield func(error) bool) {
		wait := firstWait
		for i := range waits {
			if i > 0 {
				timer := time.NewTimer(wait/2 + rand.N(wait))
				select {
				case <-ctx.Done():
					timer.Stop()
					yield(ctx.Err())
					return
				case <-timer.C:
				}
				wait = min(2*wait, lastWait)
			}
			if !yield(nil) {
				return
			}
		}
	}
}
