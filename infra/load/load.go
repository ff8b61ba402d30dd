package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"mandate/infra/local/demo"
	"mandate/infra/local/runner"
	"mandate/infra/measure"
	"mandate/shared/directory"
)

// Members of an organisation, by their places in it.
const (
	ada = iota
	ben
	rosa
)

// load is the clients and what is known to them all.
type load struct {
	options
	runner     *runner.Runner
	ground     ground
	core       directory.Core
	maker      *demo.Maker
	large      demo.Organisation
	population measure.Population
	client     *http.Client
	probe      *probe
	begun      time.Time

	numbers atomic.Int64 // of what is made, each once
	mu      sync.Mutex
	times   map[string][]time.Duration // that requests took, by operation
	used    map[string]int             // codes, by user
	paid    map[int]int                // visits, by client
	told    map[string]int             // times that a sample told of, by operation
	samples []sample
	wrong   []error // answers that were not as the client knew
}

func newLoad(ctx context.Context, o options, r *runner.Runner, g ground) (*load, error) {
	l := &load{
		options: o, runner: r, ground: g, times: map[string][]time.Duration{}, used: map[string]int{}, paid: map[int]int{}, told: map[string]int{},
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients}, Timeout: time.Minute},
	}
	var err error
	if l.core, err = r.Core(); err != nil {
		return nil, err
	}
	if l.maker, err = g.maker(r); err != nil {
		return nil, err
	}
	if l.large, _, err = g.organisation(ctx, l.maker, -1); err != nil {
		return nil, err
	}
	if l.population, err = g.population(ctx, l.maker); err != nil {
		return nil, err
	}
	l.probe, err = newProbe(ctx, l)
	return l, err
}

func (l *load) close() { l.probe.close() }

// next is a number that nobody else has.
func (l *load) next() int64 { return l.numbers.Add(1) }

// codes tells which of its codes a user uses next: none is good twice, and three are at hand.
func (l *load) codes(user string) (ahead int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used[user]++
	return l.used[user] - 2
}

// visited counts a client's visit, and tells how many there were before it.
func (l *load) visited(client int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paid[client]++
	return l.paid[client] - 1
}

// took notes a request that was answered.
func (l *load) took(operation string, time time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times[operation] = append(l.times[operation], time)
}

// tolerated is how many wrong answers are told, before the run ends.
const tolerated = 20

// run has the clients go on for as long as they are to, and samples meanwhile. A client whose answers are wrong goes on with
// what it knows anew; the run ends early where too many are.
func (l *load) run(ctx context.Context) error {
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, time.Duration(l.minutes*float64(time.Minute)))
	defer cancel()
	l.begun = time.Now()
	var wait sync.WaitGroup
	wait.Go(func() { l.sampling(ctx) })
	for number := range l.clients {
		wait.Go(func() {
			for ctx.Err() == nil {
				err := l.goes(ctx, number)
				if ctx.Err() != nil {
					return
				}
				l.mu.Lock()
				l.wrong = append(l.wrong, err)
				if len(l.wrong) > tolerated {
					cancel()
				}
				l.mu.Unlock()
			}
		})
	}
	wait.Wait()
	if outer.Err() != nil {
		return errors.New("interrupted")
	}
	return nil
}

// turns are how often a client turns to the large organisation for each visit that it pays to another.
const turns = 5

// goes is a client's work, which ends with a wrong answer or with the context. The organisations that it visits are its own: those whose numbers leave the client's.
func (l *load) goes(ctx context.Context, number int) error {
	w, err := l.walker(ctx, number)
	if err != nil {
		return err
	}
	for {
		// Each once: what a visit leaves behind, nobody knows any more.
		if visited := number + l.clients*l.visited(number); visited < l.ground.Organisations {
			if err := l.visits(ctx, visited); err != nil {
				return fmt.Errorf("organisation %d: %w", visited, err)
			}
		}
		for range turns {
			if err := w.turn(ctx); err != nil {
				return err
			}
		}
	}
}
