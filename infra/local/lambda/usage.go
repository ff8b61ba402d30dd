package lambda

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// Usage is what a function has cost so far.
type Usage struct {
	// CPU is the user and system time of all its processes, those that are gone
	// included.
	CPU time.Duration
	// Running counts its processes, Resident is their memory, and Peak the most
	// that one of them had so far, in bytes.
	Running        int
	Resident, Peak int64
	// Spawns counts the processes that were started, or tried.
	Spawns int
	// Starts is the time of each process from just before its spawn to its
	// first request for an event, in the order of the latter.
	Starts []time.Duration
}

// Usage tells what the function has cost since [New]. It fails with
// [ErrUnknownFunction], and with [errors.ErrUnsupported] while processes run on
// another system than Linux.
func (s *Service) Usage(function string) (Usage, error) {
	p, ok := s.pools[function]
	if !ok {
		return Usage{}, fmt.Errorf("%w: %s", ErrUnknownFunction, function)
	}
	p.mu.Lock()
	total := p.spent
	total.Starts = slices.Clone(total.Starts)
	var running []*instance
	for _, inst := range p.instances {
		if inst.process != nil {
			running = append(running, inst)
		}
	}
	p.mu.Unlock()
	for _, inst := range running {
		cpu, err := cpuSoFar(inst.process.Pid)
		if errors.Is(err, errors.ErrUnsupported) {
			return Usage{}, fmt.Errorf("lambda: CPU time of a running process: %w", err)
		}
		if err != nil { // it has just ended, and left its sum
			<-inst.ended
			cpu = cpuOf(inst.state)
		}
		total.CPU += cpu
		resident, peak, err := MemoryOf(inst.process.Pid)
		if err != nil {
			continue // it has just ended, and has no memory
		}
		total.Running++
		total.Resident, total.Peak = total.Resident+resident, max(total.Peak, peak)
	}
	return total, nil
}

// cpuOf is what a process used that has ended, or never started.
func cpuOf(state *os.ProcessState) time.Duration {
	if state == nil {
		return 0
	}
	return state.UserTime() + state.SystemTime()
}
