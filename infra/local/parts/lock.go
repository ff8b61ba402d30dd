package parts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// errLocked says that another process, or another part of this one, holds the lock.
var errLocked = errors.New("locked by another process")

// lock takes the lock that the file stands for, until unlock is called or the process ends:
// the kernel gives it back, so that a killed process leaves none behind.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", path, errLocked)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { file.Close() }, nil
}

// Lock takes the lock that a file stands for, and waits for it where another process has it; waiting is called once if it
// must. The lock ends with unlock, or with this process.
func Lock(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	return waitLock(ctx, path, waiting)
}

// waitLock takes the lock as lock does, waiting for it; waiting is called once if it must.
func waitLock(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		unlock, err := lock(path)
		if !errors.Is(err, errLocked) {
			return unlock, err
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}
