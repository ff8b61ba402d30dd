package schedule

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Schedule has a function invoked again and again.
type Schedule struct {
	Name       string
	Expression string // see [ParseRate]
	// Every, where it is not 0, is the period in the expression's place, so that
	// on one machine nobody has to wait for a minute. It may be of any length.
	Every    time.Duration
	Function string
	// Input is the JSON that the function gets, with the attributes that
	// EventBridge Scheduler fills in where they stand in it:
	// <aws.scheduler.scheduled-time>, <aws.scheduler.execution-id> and
	// <aws.scheduler.attempt-number>.
	Input json.RawMessage
}

// Scheduler ticks schedules.
type Scheduler struct {
	schedules []Schedule // with Every set
	invoke    func(ctx context.Context, function string, payload []byte) ([]byte, error)
	log       *slog.Logger
}

// New fails on a schedule that could not be deployed.
func New(schedules []Schedule, invoke func(ctx context.Context, function string, payload []byte) ([]byte, error), log *slog.Logger) (*Scheduler, error) {
	s := &Scheduler{invoke: invoke, log: log}
	for _, schedule := range schedules {
		period, err := ParseRate(schedule.Expression)
		if err != nil {
			return nil, fmt.Errorf("schedule %s: %w", schedule.Name, err)
		}
		if schedule.Every < 0 || schedule.Function == "" || !json.Valid(schedule.Input) {
			return nil, fmt.Errorf("schedule %s: a period, a function and an input in JSON are required", schedule.Name)
		}
		if schedule.Every == 0 {
			schedule.Every = period
		}
		s.schedules = append(s.schedules, schedule)
	}
	return s, nil
}

// Run ticks until ctx ends, and the last ticks have.
func (s *Scheduler) Run(ctx context.Context) {
	var ticking sync.WaitGroup
	for _, schedule := range s.schedules {
		ticking.Go(func() { s.tick(ctx, schedule) })
	}
	ticking.Wait()
}

func (s *Scheduler) tick(ctx context.Context, schedule Schedule) {
	ticker := time.NewTicker(schedule.Every)
	defer ticker.Stop()
	for {
		select {
		case due := <-ticker.C:
			if _, err := s.invoke(ctx, schedule.Function, fill(schedule.Input, due)); err != nil && ctx.Err() == nil {
				s.log.Error("scheduled invocation failed", "schedule", schedule.Name, "function", schedule.Function, "error", err)
			}
			select {
			case <-ticker.C: // it fell due meanwhile
			default:
			}
		case <-ctx.Done():
			return
		}
	}
}

func fill(input []byte, due time.Time) []byte {
	return []byte(strings.NewReplacer(
		"<aws.scheduler.scheduled-time>", due.UTC().Format(time.RFC3339),
		"<aws.scheduler.execution-id>", strings.ToLower(rand.Text()),
		"<aws.scheduler.attempt-number>", "1",
	).Replace(string(input)))
}

// ParseRate reads an expression as EventBridge Scheduler has it: rate(1 minute),
// rate(12 hours), rate(7 days). The unit is singular with 1 and plural otherwise.
func ParseRate(expression string) (time.Duration, error) {
	inner, opened := strings.CutPrefix(expression, "rate(")
	inner, closed := strings.CutSuffix(inner, ")")
	number, unit, spaced := strings.Cut(inner, " ")
	n, err := strconv.ParseUint(number, 10, 31)
	if !opened || !closed || !spaced || err != nil || n == 0 {
		return 0, fmt.Errorf("%q is not a rate(number unit)", expression)
	}
	singular, plural := strings.CutSuffix(unit, "s")
	period, known := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[singular]
	if !known || plural != (n != 1) {
		return 0, fmt.Errorf("%q: %q is not the unit of %d: minute, hour or day, plural from 2", expression, unit, n)
	}
	if n > uint64(1<<63-1)/uint64(period) {
		return 0, fmt.Errorf("%q is too long", expression)
	}
	return time.Duration(n) * period, nil
}
