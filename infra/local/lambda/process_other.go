//go:build !linux

package lambda

import (
	"errors"
	"syscall"
	"time"
)

// childAttributes puts a child into a process group of its own.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// cpuSoFar is not to be had here.
func cpuSoFar(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

// MemoryOf is not to be had here.
func MemoryOf(int) (resident, peak int64, err error) { return 0, 0, errors.ErrUnsupported }
