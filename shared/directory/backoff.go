package directory

import (
	"context"
	"iter"
	"math/rand/v2"
	"time"

	"mandate/shared/fault"
)

// Waits between attempts that met another request's: short, for what stands in the way is that request's few milliseconds.
// All of them are a second and a quarter, within which sixty who write to one record at once are done one by one.
const (
	firstWait = 4 * time.Millisecond
	lastWait  = 200 * time.Millisecond
	attempts  = 12
)

// busy is when who lost all of them may come again.
const busy = time.Second

// Backoff yields nil for each attempt, after a wait that grows from the second on, and jitters, so that those who met do
// not meet again; when the context ends it yields its error, and when there are no attempts left it ends.
func Backoff(ctx context.Context) iter.Seq[error] {
	return func(yield func(error) bool) {
		wait := firstWait
		for i := range attempts {
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

// attempt runs an act from its first read, and again when it lost a race (fault.Stale). Who loses each of them is told so,
// and when to come again.
func attempt[T any](ctx context.Context, act func(again bool) (T, error)) (T, error) {
	var answer T
	var err error
	again := false
	for ended := range Backoff(ctx) {
		if ended != nil {
			return answer, ended
		}
		if answer, err = act(again); !fault.Is(err, fault.Stale) {
			return answer, err
		}
		again = true
	}
	return answer, &fault.Fault{Code: fault.Stale, RetryAfter: busy}
}
