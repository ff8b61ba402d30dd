package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"mandate/infra/local/lambda"
	"mandate/infra/measure"
	"mandate/shared/api"
)

// tries is how often an operation is done for its round trips, of which the least counts: the first has a cold function,
// and calls at the same time may by chance not overlap.
const tries = 3

// measured is an operation and how many round trips it may take.
type measured struct {
	name   string
	budget int // 0: none
	do     func(try int) error
}

// measureTrips counts each operation's calls to DynamoDB, and what they take of its capacity.
func measureTrips(ctx context.Context, b *bench) error {
	p, err := b.newPlace(ctx, "bench-trips")
	if err != nil {
		return err
	}
	var functions []lambda.Function
	for _, name := range []api.Function{api.Account, api.Users, api.Changes, api.Access, api.Organisations} {
		functions = append(functions, b.lambda(name, p.table, b.metered()))
	}
	service, err := serve(ctx, functions...)
	if err != nil {
		return err
	}
	defer service.Close()
	operations, err := p.operations(ctx, service)
	if err != nil {
		return err
	}
	for _, operation := range operations {
		if err := b.measureTripsOf(operation); err != nil {
			return fmt.Errorf("%s: %w", operation.name, err)
		}
	}
	return nil
}

func (b *bench) measureTripsOf(operation measured) error {
	var least []measure.Call
	for try := range tries {
		calls, err := b.meter.During(func() error { return operation.do(try) })
		if err != nil {
			return err
		}
		if try == 0 || measure.Chain(calls) < measure.Chain(least) || measure.Chain(calls) == measure.Chain(least) && len(calls) < len(least) {
			least = calls
		}
	}
	name := "trips." + operation.name
	if operation.budget > 0 {
		b.figures.within(name, float64(measure.Chain(least)), "round trips", float64(operation.budget))
	} else {
		b.figures.add(name, float64(measure.Chain(least)), "round trips")
	}
	read, written := measure.Units(least)
	b.figures.add("readUnits."+operation.name, read, "read units")
	b.figures.add("writeUnits."+operation.name, written, "write units")
	return nil
}

// operations are those that there are budgets for. Some go on where another left off: approving needs what was asked.
func (p *place) operations(ctx context.Context, service *lambda.Service) ([]measured, error) {
	admin, err := p.member(ctx, "bc-connect", ada)
	if err != nil {
		return nil, err
	}
	other, err := p.member(ctx, "bc-connect", ben)
	if err != nil {
		return nil, err
	}
	alone, err := p.member(ctx, "adyen", ada)
	if err != nil {
		return nil, err
	}
	payer := admin.organisation.Users[rosa]
	var asked [tries]struct{ Change api.Change }
	var challenged [tries]struct{ Challenge api.Challenge }
	get := func(who member, path string) func(int) error {
		return func(int) error { return p.ask(ctx, service, request{http.MethodGet, path, who.token, nil}, nil) }
	}
	return []measured{
		{"getMe", 1, get(admin, "/v1/me")},
		{"evaluateAccess", 1, func(int) error {
			return p.ask(ctx, service, request{http.MethodPost, "/access/v1/evaluation", admin.token, evaluation(admin)}, nil)
		}},
		{"getUser", 1, get(admin, "/v1/users/"+payer.ID)},
		{"getOrganisation", 1, get(admin, "/v1/organisations/"+admin.organisation.ID)},
		{"listUsers", 2, get(admin, "/v1/users?limit=50")},
		{"listUsers.byEmail", 2, get(admin, "/v1/users?email="+url.QueryEscape(admin.Identifier))},
		{"listUsers.filtered", 2, get(admin, "/v1/users?q=a&status=active&secondFactor=true&sort=name&account="+admin.organisation.Accounts[0])},
		{"listAccountUsers", 2, get(admin, "/v1/accounts/"+admin.organisation.Accounts[0]+"/users?lacking=true")},
		{"createUser.asked", 2, func(try int) error {
			return p.ask(ctx, service, request{http.MethodPost, "/v1/users", admin.token, newUser(admin, try)}, &asked[try])
		}},
		{"getChange", 1, func(try int) error { return get(admin, "/v1/changes/"+asked[try].Change.ID)(try) }},
		{"listChanges", 2, get(admin, "/v1/changes?state=awaitingApproval")},
		{"approveChange", 2, func(try int) error {
			code, err := codeOf(ctx, other, try)
			if err != nil {
				return err
			}
			change := asked[try].Change
			body := object{"digest": change.Digest, "method": "totp", "code": code}
			return p.ask(ctx, service, request{http.MethodPost, "/v1/changes/" + change.ID + "/approve", other.token, body}, nil)
		}},
		{"createUser.atOnce", 2, func(try int) error {
			return p.ask(ctx, service, request{http.MethodPost, "/v1/users", alone.token, newUser(alone, try)}, nil)
		}},
		{"signIn", 3, func(try int) error {
			body := object{"identifier": admin.Identifier, "password": admin.Password}
			return p.ask(ctx, service, request{http.MethodPost, "/v1/sign-in", "", body}, &challenged[try])
		}},
		{"answerChallenge", 3, func(try int) error {
			code, err := codeOf(ctx, admin, try)
			if err != nil {
				return err
			}
			body := object{"challengeId": challenged[try].Challenge.ID, "method": "totp", "code": code}
			return p.ask(ctx, service, request{http.MethodPost, "/v1/sign-in/challenge", "", body}, nil)
		}},
	}, nil
}

// codeOf is a code for a try. None is taken twice, and a step early or late is taken: so the tries go from the step
// before this one to the step after.
func codeOf(ctx context.Context, who member, try int) (string, error) {
	return measure.Code(ctx, who.TOTPSecret, try-1)
}

// evaluation asks for the payer's permission to pay from the organisation's first account.
func evaluation(asker member) object {
	return object{
		"subject":  object{"type": "user", "id": asker.organisation.Users[rosa].ID},
		"action":   object{"name": "payments:initiate"},
		"resource": object{"type": "account", "id": asker.organisation.Accounts[0]},
	}
}

// newUser is what a user is created of. No two have a name in common.
func newUser(creator member, number int) object {
	user := object{
		"kind": "regular", "name": object{"first": "New", "last": fmt.Sprintf("User %d", number)},
		"email": fmt.Sprintf("user-%d@%s.example.org", number, creator.organisation.Preset), "phone": fmt.Sprintf("+46701%06d", number),
		"accounts": []string{creator.organisation.Accounts[0]},
	}
	if creator.organisation.Preset == "adyen" {
		user["username"], user["phone"], user["roles"] = fmt.Sprintf("user-%d", number), fmt.Sprintf("+46702%06d", number), []string{"viewAccounts"}
	} else {
		user["permissions"] = []string{"balances:view"}
	}
	return user
}
