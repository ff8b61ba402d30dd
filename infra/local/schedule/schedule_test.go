package schedule_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mandate/infra/local/schedule"
)

func TestRates(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]time.Duration{
		"rate(1 minute)":        time.Minute,
		"rate(5 minutes)":       5 * time.Minute,
		"rate(1 hour)":          time.Hour,
		"rate(12 hours)":        12 * time.Hour,
		"rate(1 day)":           24 * time.Hour,
		"rate(7 days)":          7 * 24 * time.Hour,
		"rate(1 minutes)":       0,
		"rate(2 minute)":        0,
		"rate(0 minutes)":       0,
		"rate(-1 minutes)":      0,
		"rate(30 seconds)":      0,
		"rate(1.5 hours)":       0,
		"rate(1  minute)":       0,
		"rate(minute)":          0,
		"rate(1 minute":         0,
		"1 minute":              0,
		"cron(0 0 * * ? *)":     0,
		"rate(2147483647 days)": 0,
		"":                      0,
	} {
		got, err := schedule.ParseRate(expression)
		if got != want || (err == nil) != (want != 0) {
			t.Errorf("%s: %v, %v, want %v", expression, got, err, want)
		}
	}
}

func TestSchedulesThatAreRefused(t *testing.T) {
	t.Parallel()
	good := schedule.Schedule{Name: "sweep", Expression: "rate(1 minute)", Function: "sweep", Input: json.RawMessage(`{}`)}
	for name, spoil := range map[string]func(*schedule.Schedule){
		"expression":      func(s *schedule.Schedule) { s.Expression = "cron(* * * * ? *)" },
		"function":        func(s *schedule.Schedule) { s.Function = "" },
		"input":           func(s *schedule.Schedule) { s.Input = nil },
		"negative period": func(s *schedule.Schedule) { s.Every = -time.Second },
	} {
		bad := good
		spoil(&bad)
		if _, err := schedule.New([]schedule.Schedule{bad}, nil, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTicksComeAtTheirRates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ticks := make(chan string, 100)
		run(t, 149*time.Second, slog.DiscardHandler, func(_ context.Context, function string, payload []byte) ([]byte, error) {
			ticks <- function + " " + time.Now().UTC().Format("04:05 ") + string(payload)
			return nil, nil
		},
			schedule.Schedule{Name: "a", Expression: "rate(1 minute)", Function: "sweep", Input: json.RawMessage(`{"at":"<aws.scheduler.scheduled-time>"}`)},
			schedule.Schedule{Name: "b", Expression: "rate(7 days)", Every: 50 * time.Second, Function: "often", Input: json.RawMessage(`{}`)},
		)
		close(ticks)
		want := []string{
			"often 00:50 {}",
			`sweep 01:00 {"at":"2000-01-01T00:01:00Z"}`,
			"often 01:40 {}",
			`sweep 02:00 {"at":"2000-01-01T00:02:00Z"}`,
		}
		var got []string
		for tick := range ticks {
			got = append(got, tick)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

// run ticks the schedules for as long as the bubble's clock says.
func run(t *testing.T, d time.Duration, h slog.Handler, invoke func(context.Context, string, []byte) ([]byte, error), schedules ...schedule.Schedule) {
	t.Helper()
	s, err := schedule.New(schedules, invoke, slog.New(h))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	s.Run(ctx)
}

func TestTicksOfOneScheduleNeverOverlap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var running, ticks atomic.Int32
		run(t, 24*time.Minute+30*time.Second, slog.DiscardHandler, func(context.Context, string, []byte) ([]byte, error) {
			if running.Add(1) > 1 {
				t.Error("two at once")
			}
			defer running.Add(-1)
			ticks.Add(1)
			time.Sleep(150 * time.Second) // and so misses two of three ticks
			return nil, nil
		}, schedule.Schedule{Name: "a", Expression: "rate(1 minute)", Function: "sweep", Input: json.RawMessage(`{}`)})
		if n := ticks.Load(); n != 8 {
			t.Errorf("%d ticks of 150 s in 24 minutes, want one every third minute", n)
		}
	})
}

func TestFailedTickIsLoggedAndTheNextOneComes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		ticks := 0
		run(t, 150*time.Second, slog.NewJSONHandler(&out, nil), func(context.Context, string, []byte) ([]byte, error) {
			ticks++
			return nil, errors.New("no luck")
		}, schedule.Schedule{Name: "a", Expression: "rate(1 minute)", Function: "sweep", Input: json.RawMessage(`{}`)})
		if ticks != 2 || strings.Count(out.String(), "no luck") != 2 {
			t.Errorf("%d ticks, logged %s", ticks, out.String())
		}
	})
}

func TestInputAttributes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got string
		run(t, 61*time.Second, slog.DiscardHandler, func(_ context.Context, _ string, payload []byte) ([]byte, error) {
			got = string(payload)
			return nil, nil
		}, schedule.Schedule{Name: "a", Expression: "rate(1 minute)", Function: "sweep", Input: json.RawMessage(`{"id":"<aws.scheduler.execution-id>","n":"<aws.scheduler.attempt-number>"}`)})
		if !regexp.MustCompile(`^\{"id":"[a-z0-9]{26}","n":"1"\}$`).MatchString(got) {
			t.Error(got)
		}
	})
}
