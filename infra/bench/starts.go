package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"mandate/infra/deployment"
	"mandate/infra/local/lambda"
	"mandate/shared/api"
	"mandate/shared/store"
)

// startBudget is of a function's spawn to its first answer, to that of a function that does nothing.
const startBudget = 3

// start is a function and the first event that it gets: an ordinary one, which it answers with success.
type start struct {
	function lambda.Function
	event    []byte
	http     bool // answers as to a gateway

	answered, cpu []float64 // seconds, by round
}

// measureStarts starts every function anew in each round, and waits for its first answer.
func measureStarts(ctx context.Context, b *bench) error {
	p, err := b.newPlace(ctx, "bench-starts")
	if err != nil {
		return err
	}
	starts, err := b.starts(ctx, p)
	if err != nil {
		return err
	}
	for range b.rounds {
		if err := measureStartsOnce(ctx, starts); err != nil {
			return err
		}
	}
	empty := starts[0]
	b.figures.add("starts.floor.empty", 1000*median(empty.answered), "ms to the first answer")
	b.figures.add("starts.floor.empty.cpu", 1000*median(empty.cpu), "ms of CPU to the first answer")
	for _, one := range starts[1:] {
		name := "starts." + one.function.Name
		b.figures.within(name, median(ratios(one.answered, empty.answered)), "times an empty function's", startBudget)
		b.figures.add(name+".cpu", 1000*median(one.cpu), "ms of CPU to the first answer")
	}
	return nil
}

func measureStartsOnce(ctx context.Context, starts []*start) error {
	functions := make([]lambda.Function, len(starts))
	for i, one := range starts {
		functions[i] = one.function
	}
	service, err := serve(ctx, functions...)
	if err != nil {
		return err
	}
	defer service.Close()
	for _, one := range starts {
		begin := time.Now()
		answer, err := service.Invoke(ctx, one.function.Name, one.event)
		if err != nil {
			return fmt.Errorf("%s: %w", one.function.Name, err)
		}
		one.answered = append(one.answered, time.Since(begin).Seconds())
		usage, err := service.Usage(one.function.Name)
		if err != nil {
			return err
		}
		one.cpu = append(one.cpu, usage.CPU.Seconds())
		if one.http {
			if err := read(answer, one.function.Name, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// starts are all functions, the empty one first.
func (b *bench) starts(ctx context.Context, p *place) ([]*start, error) {
	admin, err := p.member(ctx, "bc-connect", ada)
	if err != nil {
		return nil, err
	}
	service, err := serve(ctx, b.lambda(api.Users, p.table, nil))
	if err != nil {
		return nil, err
	}
	defer service.Close()
	var asked struct{ Change api.Change }
	if err := p.ask(ctx, service, request{http.MethodPost, "/v1/users", admin.token, newUser(admin, 0)}, &asked); err != nil {
		return nil, err
	}
	get := func(path string) request { return request{http.MethodGet, path, admin.token, nil} }
	all, err := b.startFloors(ctx, p, get("/v1/me"))
	if err != nil {
		return nil, err
	}
	for _, r := range []request{
		get("/v1/me"),
		get("/v1/users/" + admin.organisation.Users[rosa].ID),
		get("/v1/changes/" + asked.Change.ID),
		get("/v1/organisations/" + admin.organisation.ID),
		{http.MethodPost, "/access/v1/evaluation", admin.token, evaluation(admin)},
	} {
		function, payload, err := p.gate.event(ctx, r)
		if err != nil {
			return nil, err
		}
		all = append(all, &start{function: b.lambda(api.Function(function), p.table, nil), event: payload, http: true})
	}
	apply := fmt.Sprintf(`{"task":"apply","organisation":%q,"change":%q}`, admin.organisation.ID, asked.Change.ID)
	for _, one := range []struct {
		function api.Function
		event    string
	}{
		{deployment.Outbox, carried(admin, "workflow")},
		{deployment.Mailer, carried(admin, "mail")},
		{deployment.Workflow, apply},
		{deployment.Sweep, `{}`},
	} {
		all = append(all, &start{function: b.lambda(one.function, p.table, nil), event: []byte(one.event)})
	}
	return all, nil
}

// startFloors are the empty function and, for what the SDK and one call take of a start, the bare one.
func (b *bench) startFloors(ctx context.Context, p *place, check request) ([]*start, error) {
	empty, err := b.floor(ctx, "empty", "empty", nil)
	if err != nil {
		return nil, err
	}
	keys, err := b.sameRead(ctx, p, api.Account, check)
	if err != nil {
		return nil, err
	}
	bare, err := b.floor(ctx, "bare", "bare", keys)
	if err != nil {
		return nil, err
	}
	payload, err := p.payload(ctx, check)
	return []*start{{function: empty, event: payload}, {function: bare, event: payload, http: true}}, err
}

// carried is the stream's record of an outbox item that was carried meanwhile: the function looks for it once.
func carried(who member, kind string) string {
	return fmt.Sprintf(`{"Records":[{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":{%q:{"S":"o#%s#outbox"},%q:{"S":"%s#out_0"}}}}]}`,
		store.PartitionKey, who.organisation.ID, store.SortKey, kind)
}
