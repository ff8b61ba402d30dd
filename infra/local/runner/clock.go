package runner

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"mandate/infra/deployment"
)

// clock is the service's: this machine's, set ahead.
type clock struct {
	moving sync.Mutex // held by who moves it

	mu   sync.Mutex
	skew time.Duration
}

// told is what /local/clock answers.
type told struct {
	Now   time.Time `json:"now"`
	Ahead string    `json:"ahead"`
}

func (c *clock) ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew
}

func (c *clock) set(skew time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = skew
}

// now is as fine as what is stored.
func (c *clock) now() time.Time { return time.Now().Add(c.ahead()).UTC().Truncate(time.Millisecond) }

func (c *clock) tells() told { return told{c.now(), c.ahead().String()} }

// now is the service's time.
func (r *Runner) now() time.Time { return r.clock.now() }

// Advance sets the service's clock ahead while it runs, further than it is: functions begin anew with another
// environment, as when they are configured on AWS, and parts that wait are told. When it returns, every request that
// comes is handled at the new time.
func (r *Runner) Advance(by time.Duration) error {
	r.clock.moving.Lock()
	defer r.clock.moving.Unlock()
	skew := r.clock.ahead() + by
	r.clock.set(skew)
	for _, declared := range deployment.Functions() {
		environment, err := r.environment(declared)
		if err != nil {
			return err
		}
		if err := r.Functions.Configure(string(declared.Name), environment); err != nil {
			return err
		}
	}
	var errs []error
	for _, part := range r.timed {
		errs = append(errs, part.SetClock(skew))
	}
	return errors.Join(errs...)
}

// moveClock answers POST /local/clock {"advance": "336h"}.
func (r *Runner) moveClock(w http.ResponseWriter, request *http.Request) {
	var asked struct{ Advance string }
	err := json.NewDecoder(http.MaxBytesReader(w, request.Body, 1<<10)).Decode(&asked)
	by, invalid := time.ParseDuration(asked.Advance)
	if err != nil || invalid != nil || by < 0 {
		http.Error(w, `{"advance": "336h"} sets the clock two weeks ahead; it goes back for nobody`, http.StatusUnprocessableEntity)
		return
	}
	if err := r.Advance(by); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(func() any { return r.clock.tells() })(w, request)
}
