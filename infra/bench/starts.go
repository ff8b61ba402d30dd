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

// startBudget is of a function's spawn to its first answer, to that of a function that does nothing, and of the CPU that
// it takes until then. The time on the wall is the machine's as well: a bare handler waits for DynamoDB Local to take its
// connection as long as it starts.
const startBudget = 3

// start is a function and the first event that it gets: an ordinary one, which it answers with success.
type start struct {
	function lambda.Function
	event    []byte
	http     bool // answers as to a gateway

	// To the empty function's beside it, by round; the empty function has none.
	took, cpu []float64
}

// measureStarts starts every function anew in each round, and waits for its first answer. Beside each the empty one is
// started: whatever else the machine does, it does to both.
func measureStarts(ctx context.Context, b *bench) error {
	p, err := b.newPlace(ctx, "bench-starts")
	if err != nil {
		return err
	}
	starts, err := b.starts(ctx, p)
	if err != nil {
		return err
	}
	empty, rest := starts[0], starts[1:]
	var answered, spent []float64 // the empty function's own, in seconds
	for range b.rounds {
		for _, one := range rest {
			floor, least, err := empty.first(ctx)
			if err != nil {
				return err
			}
			answered, spent = append(answered, floor), append(spent, least)
			took, cpu, err := one.first(ctx)
			if err != nil {
				return err
			}
			one.took, one.cpu = append(one.took, took/floor), append(one.cpu, cpu/least)
		}
	}
	b.figures.add("starts.floor.empty", 1000*median(answered), "ms to the first answer")
	b.figures.add("starts.floor.empty.cpu", 1000*median(spent), "ms of CPU to the first answer")
	for _, one := range rest {
		name := "starts." + one.function.Name
		b.figures.within(name, median(one.took), "times an empty function's", startBudget)
		b.figures.within(name+".cpu", median(one.cpu), "times an empty function's CPU", startBudget)
	}
	return nil
}

// first starts the function anew, and tells the seconds until it has answered, and those of CPU.
func (s *start) first(ctx context.Context) (took, cpu float64, err error) {
	service, err := serve(ctx, s.function)
	if err != nil {
		return 0, 0, err
	}
	defer service.Close()
	begin := time.Now()
	answer, err := service.Invoke(ctx, s.function.Name, s.event)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", s.function.Name, err)
	}
	took = time.Since(begin).Seconds()
	if s.http {
		if err := read(answer, s.function.Name, nil); err != nil {
			return 0, 0, err
		}
	}
	usage, err := service.Usage(s.function.Name)
	return took, usage.CPU.Seconds(), err
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
	requests, events := ordinary(admin, asked.Change.ID)
	all, err := b.startFloors(ctx, p, requests[api.Account])
	if err != nil {
		return nil, err
	}
	for _, declared := range deployment.Functions() {
		one := &start{function: b.lambda(declared.Name, p.table, nil), event: []byte(events[declared.Name])}
		if r, asks := requests[declared.Name]; asks {
			one.http = true
			if one.event, err = p.payload(ctx, r); err != nil {
				return nil, err
			}
		}
		if len(one.event) == 0 {
			return nil, fmt.Errorf("%s: no event is known to start it with", declared.Name)
		}
		all = append(all, one)
	}
	return all, nil
}

// ordinary is what each function has to do on most days: a request of an admin, or an event.
func ordinary(admin member, change string) (requests map[api.Function]request, events map[api.Function]string) {
	get := func(path string) request { return request{http.MethodGet, path, admin.token, nil} }
	return map[api.Function]request{
			api.Account:        get("/v1/me"),
			api.Users:          get("/v1/users/" + admin.organisation.Users[rosa].ID),
			api.Changes:        get("/v1/changes/" + change),
			api.Organisations:  get("/v1/organisations/" + admin.organisation.ID),
			api.Access:         {http.MethodPost, "/access/v1/evaluation", admin.token, evaluation(admin)},
			api.Ledger:         get("/v1/operations"),
			api.Reviews:        get("/v1/reviews/dormant"),
			deployment.Console: {http.MethodGet, "/index.html", "", nil},
		}, map[api.Function]string{
			deployment.Outbox:   carried(admin, "workflow"),
			deployment.Mailer:   carried(admin, "mail"),
			deployment.Feedback: delivered(admin),
			deployment.Workflow: fmt.Sprintf(`{"task":"apply","organisation":%q,"change":%q}`, admin.organisation.ID, change),
			deployment.Sweep:    `{}`,
		}
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

// delivered is what SES tells of a mail that reached its address.
func delivered(who member) string {
	return fmt.Sprintf(`{"id":"1","detail-type":"Email Delivered","source":"aws.ses","detail":{"eventType":"Delivery",`+
		`"delivery":{"timestamp":"2026-01-01T00:00:00Z","smtpResponse":"250 ok"},`+
		`"mail":{"destination":[%q],"tags":{"organisation":[%q],"user":[%q]}}}}`, who.Identifier, who.organisation.ID, who.ID)
}
