package directory

import (
	"context"
	"iter"
	"math/rand/v2"
	"time"

	"mandate/shared/fault"
)

// Waits between attempts that met another request's. What stands in the way is that request's few milliseconds, or as long
// as an attempt takes at this moment, where all is slow: each wait is twice the one before, up to lastWait or so many times
// what the attempt took. Forty who write to one record at once, each in ten milliseconds, are all done within a second;
// twenty, each in a hundred, within four.
const (
	firstWait = 4 * time.Millisecond
	lastWait  = 200 * time.Millisecond
	lastTimes = 4
	attempts  = 12
)

// busy is when who lost all of them may come again.
const busy = time.Second

// Backoff yields nil for each attempt, after a wait that grows from the second on, and jitters, so that those who met do
// not meet again; when the context ends it yields its error, and when there are no attempts left it ends.
func Backoff(ctx context.Context) iter.Seq[error] {
	return func(yield func(error) bool) {
		var took time.Duration
		for i := range attempts {
			if i > 0 {
				wait := min(max(firstWait, took)<<(i-1), max(lastWait, lastTimes*took))
				timer := time.NewTimer(wait/2 + rand.N(wait))
				select {
				case <-ctx.Done():
					timer.Stop()
					yield(ctx.Err())
					return
				case <-timer.C:
				}
			}
			began := time.Now()
			if !yield(nil) {
				return
			}
			took = time.Since(began)
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
