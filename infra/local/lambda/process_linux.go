package lambda

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// childAttributes puts a child into a process group of its own, and has the
// kernel kill it when the thread that started it ends.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// cpuSoFar reads the CPU clock of a running process, to the nanosecond, where
// /proc counts in hundredths of a second: too coarse for what a thousand
// requests cost. The clock's id is made of the pid as clock_getcpuclockid(3)
// does. It fails when the process has ended.
func cpuSoFar(pid int) (time.Duration, error) {
	const cpuClockSched = 2
	var t syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(int32(^pid)<<3|cpuClockSched), uintptr(unsafe.Pointer(&t)), 0)
	if errno != 0 {
		return 0, errno
	}
	return time.Duration(t.Nano()), nil
}

// MemoryOf reads what memory of a running process is resident, and the most that was, in bytes. It fails when the process has
// ended.
//
// Not the resource usage that is told of a process at its end: the kernel counts there what its parent had when it was
// started.
func MemoryOf(pid int) (resident, peak int64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		fields := bytes.Fields(lines.Bytes())
		if len(fields) < 2 {
			continue
		}
		var of *int64
		switch string(fields[0]) {
		case "VmRSS:":
			of = &resident
		case "VmHWM:":
			of = &peak
		default:
			continue
		}
		kibibytes, err := strconv.ParseInt(string(fields[1]), 10, 64)
		if err != nil {
			return 0, 0, err
		}
		*of = kibibytes << 10
	}
	return resident, peak, nil // zero of one that has just ended
}
