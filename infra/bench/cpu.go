package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"mandate/infra/local/lambda"
	"mandate/infra/measure"
	"mandate/shared/api"
)

// Budgets of CPU: to a floor, and in seconds for a thousand requests.
const (
	checkBudget  = 1.25
	signInBudget = 1.1
)

// callers are how many requests wait for the one instance at any time, so that it never idles between two.
const callers = 8

// warmUps are rounds that do not count.
const warmUps = 2

// subject is something whose CPU is measured: a function and the requests to it.
type subject struct {
	name     string
	function string
	requests int     // a round
	each     int     // how many times an event does what is measured; 0: once
	budget   float64 // of seconds for a thousand; 0: none
	payload  func(i int) ([]byte, error)

	seconds []float64 // of CPU for a thousand, by round
}

// measureCPU measures all subjects in turns.
func measureCPU(ctx context.Context, b *bench) error {
	p, err := b.newPlace(ctx, "bench-cpu")
	if err != nil {
		return err
	}
	if err := p.populate(ctx, "bc-connect", 10*small); err != nil {
		return err
	}
	functions, subjects, err := b.subjects(ctx, p)
	if err != nil {
		return err
	}
	service, err := serve(ctx, functions...)
	if err != nil {
		return err
	}
	defer service.Close()
	sent := 0
	for round := range b.rounds + warmUps {
		for i := range subjects {
			// The other way round every second time: what heats up, heats up for all.
			one := &subjects[i]
			if round%2 == 1 {
				one = &subjects[len(subjects)-1-i]
			}
			if err := one.measure(ctx, service, sent); err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			sent += one.requests
		}
		if round == warmUps-1 {
			for i := range subjects {
				subjects[i].seconds = nil
			}
		}
	}
	b.tellCPU(subjects)
	return nil
}

func (b *bench) tellCPU(subjects []subject) {
	by := make(map[string][]float64, len(subjects))
	for _, one := range subjects {
		by[one.name] = one.seconds
		const unit = "CPU seconds per 1000"
		if one.budget > 0 {
			b.figures.within("cpu."+one.name, median(one.seconds), unit, one.budget)
		} else {
			b.figures.add("cpu."+one.name, median(one.seconds), unit)
		}
	}
	b.figures.within("cpu.ratio.sessionCheck", median(ratios(by["getMe"], by["floor.bareSession"])), "times a bare handler's", checkBudget)
	b.figures.within("cpu.ratio.permissionCheck", median(ratios(by["evaluateAccess"], by["floor.barePermission"])), "times a bare handler's", checkBudget)
	b.figures.within("cpu.ratio.signIn", median(ratios(by["signIn"], by["floor.argon2id"])), "times Argon2id's", signInBudget)
}

// subjects are what is measured, and the functions that it takes.
func (b *bench) subjects(ctx context.Context, p *place) ([]lambda.Function, []subject, error) {
	admin, err := p.member(ctx, "bc-connect", ada)
	if err != nil {
		return nil, nil, err
	}
	alone, err := p.member(ctx, "adyen", ada)
	if err != nil {
		return nil, nil, err
	}
	normal, err := p.member(ctx, "billpro", rosa)
	if err != nil {
		return nil, nil, err
	}
	me := request{http.MethodGet, "/v1/me", admin.token, nil}
	may := request{http.MethodPost, "/access/v1/evaluation", admin.token, evaluation(admin)}
	signIn := request{http.MethodPost, "/v1/sign-in", "", object{"identifier": normal.Identifier, "password": normal.Password}}
	functions, err := b.compared(ctx, p, me, may)
	if err != nil {
		return nil, nil, err
	}
	// Every request an event of its own: none is answered from what a function remembers of the last.
	always := func(r request) func(int) ([]byte, error) {
		return func(int) ([]byte, error) { return p.payload(ctx, r) }
	}
	const checks, hashes = 120, 8
	return functions, []subject{
		{name: "floor.bareSession", function: "bareSession", requests: checks, payload: always(me)},
		{name: "getMe", function: "account", requests: checks, budget: 0.75, payload: always(me)},
		{name: "floor.barePermission", function: "barePermission", requests: checks, payload: always(may)},
		{name: "evaluateAccess", function: "access", requests: checks, budget: 0.75, payload: always(may)},
		{name: "getUser", function: "users", requests: checks, budget: 0.75,
			payload: always(request{http.MethodGet, "/v1/users/" + admin.organisation.Users[rosa].ID, admin.token, nil})},
		{name: "listUsers", function: "users", requests: checks / 3, budget: 1.5, payload: always(pageRequest(admin, measure.PageSize, ""))},
		{name: "listUsers.byEmail", function: "users", requests: checks / 2, budget: 1.2,
			payload: always(listRequest(admin, measure.PageSize, url.Values{"email": {measure.Address(small)}}))},
		{name: "createUser", function: "users", requests: checks / 4, budget: 2, payload: func(i int) ([]byte, error) {
			return p.payload(ctx, request{http.MethodPost, "/v1/users", alone.token, newUser(alone, i)})
		}},
		{name: "floor.argon2id", function: "argon2id", requests: 1, each: hashes, payload: func(int) ([]byte, error) {
			return fmt.Appendf(nil, `{"times":%d}`, hashes), nil
		}},
		{name: "signIn", function: "account", requests: hashes, payload: always(signIn)},
	}, nil
}

// compared are the functions with their floors. The bare ones read what the checks read.
func (b *bench) compared(ctx context.Context, p *place, me, may request) ([]lambda.Function, error) {
	session, err := b.sameRead(ctx, p, api.Account, me)
	if err != nil {
		return nil, err
	}
	permission, err := b.sameRead(ctx, p, api.Access, may)
	if err != nil {
		return nil, err
	}
	bareSession, err := b.floor(ctx, "bare", "bareSession", session)
	if err != nil {
		return nil, err
	}
	barePermission, err := b.floor(ctx, "bare", "barePermission", permission)
	if err != nil {
		return nil, err
	}
	argon2id, err := b.floor(ctx, "argon2id", "argon2id", nil)
	if err != nil {
		return nil, err
	}
	return []lambda.Function{
		b.lambda(api.Account, p.table, nil), b.lambda(api.Access, p.table, nil), b.lambda(api.Users, p.table, nil),
		bareSession, barePermission, argon2id,
	}, nil
}

func (p *place) payload(ctx context.Context, r request) ([]byte, error) {
	_, payload, err := p.gate.event(ctx, r)
	return payload, err
}

// measure sends a round of requests and notes what CPU they took.
func (s *subject) measure(ctx context.Context, service *lambda.Service, from int) error {
	payloads := make(chan []byte, s.requests)
	for i := range s.requests {
		payload, err := s.payload(from + i)
		if err != nil {
			return err
		}
		payloads <- payload
	}
	close(payloads)
	before, err := service.Usage(s.function)
	if err != nil {
		return err
	}
	if err := s.send(ctx, service, payloads); err != nil {
		return err
	}
	after, err := service.Usage(s.function)
	if err != nil {
		return err
	}
	times := s.requests * max(s.each, 1)
	s.seconds = append(s.seconds, (after.CPU-before.CPU).Seconds()*1000/float64(times))
	return nil
}

func (s *subject) send(ctx context.Context, service *lambda.Service, payloads <-chan []byte) error {
	var wait sync.WaitGroup
	errs := make(chan error, callers)
	for range callers {
		wait.Go(func() {
			for payload := range payloads {
				answer, err := service.Invoke(ctx, s.function, payload)
				if err == nil && s.each == 0 && !bytes.Contains(answer, []byte(`"statusCode":20`)) {
					err = errors.New(string(answer))
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(errs)
	return <-errs // nil where there is none
}
