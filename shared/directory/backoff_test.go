package directory

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mandate/shared/fault"
)

// An act that loses every race is given up within seconds, and its client told when to come again; one whose time ends
// before that is not told that it lost.
func TestAnActThatLosesEveryRace(t *testing.T) {
	t.Parallel()
	lost := &fault.Fault{Code: fault.Stale}
	synctest.Test(t, func(t *testing.T) {
		began, runs := time.Now(), 0
		_, err := attempt(t.Context(), func(again bool) (int, error) {
			if runs++; again != (runs > 1) {
				t.Errorf("run %d: again is %t", runs, again)
			}
			return 0, lost
		})
		if found, ok := fault.As(err); !ok || found.Code != fault.Stale || found.RetryAfter != time.Second {
			t.Errorf("who lost every race is told %v", err)
		}
		if took := time.Since(began); runs != 12 || took < 600*time.Millisecond || took > 2*time.Second {
			t.Errorf("%d runs in %s", runs, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := attempt(ctx, func(bool) (int, error) { return 0, lost }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("whose time ended is told %v", err)
		}
	})
}

// Many who write to one record at once are done one after another, at whatever pace: the slower each try, the longer the
// waits between them.
func TestManyWhoMeetAreAllDone(t *testing.T) {
	t.Parallel()
	for pace, writers := range map[time.Duration]int{10 * time.Millisecond: 40, 100 * time.Millisecond: 20} {
		synctest.Test(t, func(t *testing.T) {
			var version atomic.Int64
			write := func(bool) (struct{}, error) {
				read := version.Load()
				time.Sleep(pace)
				if !version.CompareAndSwap(read, read+1) {
					return struct{}{}, &fault.Fault{Code: fault.Stale}
				}
				return struct{}{}, nil
			}
			var all sync.WaitGroup
			for range writers {
				all.Go(func() {
					if _, err := attempt(t.Context(), write); err != nil {
						t.Errorf("%d of %d that take %s were done when one was told %v", version.Load(), writers, pace, err)
					}
				})
			}
			all.Wait()
		})
	}
}
