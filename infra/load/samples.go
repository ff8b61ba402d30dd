package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"mandate/infra/local/lambda"
)

// every is how far apart samples are.
const every = 5 * time.Second

// sample is how things are at a moment.
type sample struct {
	Seconds  float64            `json:"seconds"`  // since the clients began
	Requests int                `json:"requests"` // since then
	Rate     float64            `json:"rate"`     // of requests a second, since the sample before
	P50      float64            `json:"p50"`      // milliseconds of the answers since the sample before
	P95      float64            `json:"p95"`
	CPU      map[string]float64 `json:"cpu"`      // seconds since the clients began, by function
	Resident map[string]float64 `json:"resident"` // MiB of one process, by function; also of the runner and DynamoDB
	List     string             `json:"list"`     // whose first page the probe read
	Units    float64            `json:"units"`    // that it took
}

// runnerName and databaseName are what is no function, among those whose memory is sampled. The clients are in the runner.
const (
	runnerName   = "(runner and clients)"
	databaseName = "(DynamoDB Local)"
)

// sampling takes samples until the context ends, and prints one a minute as a line of JSON.
func (l *load) sampling(ctx context.Context) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	filters := l.population.Filters(l.ground.Users, l.ground.Base)
	idle, err := l.cpu()
	for number := 0; err == nil; number++ {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return
		}
		var now sample
		filter := filters[number%len(filters)]
		if now, err = l.sample(idle); err != nil {
			break
		}
		now.List = filter.Name
		if now.Units, err = l.probe.units(ctx, filter); err != nil {
			if ctx.Err() != nil {
				return
			}
			break
		}
		l.mu.Lock()
		l.samples = append(l.samples, now)
		l.mu.Unlock()
		if number%int(time.Minute/every) == 0 {
			line, err := json.Marshal(now)
			if err == nil {
				fmt.Println(string(line))
			}
		}
	}
	if err != nil {
		l.mu.Lock()
		l.wrong = append(l.wrong, fmt.Errorf("sampling: %w", err))
		l.mu.Unlock()
	}
}

func (l *load) cpu() (map[string]float64, error) {
	seconds := map[string]float64{}
	for _, function := range l.runner.Lambdas {
		usage, err := l.runner.Functions.Usage(function.Name)
		if err != nil {
			return nil, err
		}
		seconds[function.Name] = usage.CPU.Seconds()
	}
	return seconds, nil
}

func (l *load) sample(idle map[string]float64) (sample, error) {
	now := sample{Seconds: time.Since(l.begun).Seconds(), CPU: map[string]float64{}, Resident: map[string]float64{}}
	for _, function := range l.runner.Lambdas {
		usage, err := l.runner.Functions.Usage(function.Name)
		if err != nil {
			return now, err
		}
		now.CPU[function.Name] = usage.CPU.Seconds() - idle[function.Name]
		if usage.Running > 0 {
			now.Resident[function.Name] = float64(usage.Resident) / float64(usage.Running) / (1 << 20)
		}
	}
	debug.FreeOSMemory() // so that it is what is in use
	for name, pid := range map[string]int{runnerName: os.Getpid(), databaseName: l.runner.DatabasePID()} {
		resident, _, err := lambda.MemoryOf(pid)
		if err != nil {
			return now, err
		}
		now.Resident[name] = float64(resident) / (1 << 20)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var recent []time.Duration
	for operation, times := range l.times {
		now.Requests += len(times)
		recent = append(recent, times[l.told[operation]:]...)
		l.told[operation] = len(times)
	}
	before := 0.0
	if len(l.samples) > 0 {
		before = l.samples[len(l.samples)-1].Seconds
	}
	now.Rate = float64(len(recent)) / (now.Seconds - before)
	now.P50, now.P95 = percentile(recent, 50), percentile(recent, 95)
	return now, nil
}

// percentile of times, in milliseconds; 0 of none.
func percentile(of []time.Duration, percent int) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return float64(sorted[(len(sorted)-1)*percent/100].Microseconds()) / 1000
}
