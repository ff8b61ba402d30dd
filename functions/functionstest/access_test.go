package functionstest

import (
	"fmt"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// question is an access evaluation about an account.
func question(subject directory.UserID, permission, account string) Object {
	return Object{
		"subject": Object{"type": "user", "id": subject}, "action": Object{"name": permission},
		"resource": Object{"type": "account", "id": account},
	}
}

type evaluations struct {
	Evaluations []api.Evaluated
	Decision    *bool
}

// decisions are those of a batch.
func decisions(t testing.TB, answer Answer) []bool {
	t.Helper()
	var all []bool
	for _, one := range Read[evaluations](t, answer, 200).Evaluations {
		all = append(all, one.Decision)
	}
	return all
}

// 2.7: the batch form of AuthZEN 1.0, as its certification walks it.
func TestManyEvaluationsAtOnce(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	subject, view, here := Object{"type": "user", "id": o.Rosa.ID}, Object{"name": "balances:view"}, Object{"type": "account", "id": o.Accounts[0]}
	elsewhere := Object{"type": "account", "id": o.Accounts[2]}
	three := []Object{{"resource": here}, {"resource": elsewhere}, {"resource": here, "action": Object{"name": "payments:view"}}}
	batch := func(with Object) Answer { return o.Ada.Do("evaluateAccessBatch", Body(with)) }

	for semantic, want := range map[string][]bool{
		"":                       {true, false, true},
		"execute_all":            {true, false, true},
		"deny_on_first_deny":     {true, false},
		"permit_on_first_permit": {true},
	} {
		with := Object{"subject": subject, "action": view, "evaluations": three}
		if semantic != "" {
			with["options"] = Object{"evaluations_semantic": semantic, "another_option": "value"}
		}
		equal(t, semantic, decisions(t, batch(with)), want)
	}

	// What an evaluation has stands in the place of the default, as a whole but for what it must have.
	owned := Object{"type": "account", "id": o.Accounts[0], "properties": Object{"owner": "usr_other"}}
	equal(t, "defaults", decisions(t, batch(Object{"subject": subject, "resource": owned, "evaluations": []Object{
		{"action": view},
		{"action": view, "subject": Object{"type": "user", "id": o.Ada.ID}},
		{"action": view, "resource": Object{"id": o.Accounts[2]}},
		question(o.Rosa.ID, "balances:view", o.Accounts[0]),
	}})), []bool{true, false, false, true})

	// One that cannot be evaluated is denied, and says why; the others are answered.
	broken := Read[evaluations](t, batch(Object{"subject": subject, "action": view, "evaluations": []Object{{"resource": here}, {}}}), 200)
	equal(t, "how many", len(broken.Evaluations), 2)
	equal(t, "the good one", broken.Evaluations[0].Decision, true)
	equal(t, "the broken one", broken.Evaluations[1].Decision, false)
	equal(t, "its error", broken.Evaluations[1].Context.Error.Errors[0].Field, "resource.type")
	equal(t, "its status", broken.Evaluations[1].Context.Error.Status, 400)
	strange := Read[evaluations](t, batch(Object{"subject": subject, "action": view, "resource": here, "evaluations": []Object{
		{"subject": Object{"type": "group", "id": o.Rosa.ID, "members": 7}}, {"resource": here}}}), 200)
	equal(t, "a subject of another type", strange.Evaluations[0].Context.Policy, "subject-unknown")
	group := question(o.Rosa.ID, "balances:view", o.Accounts[0])
	group["subject"] = Object{"type": "group", "id": o.Rosa.ID}
	equal(t, "and alone", Read[api.Evaluated](t, o.Ada.Do("evaluateAccess", Body(group)), 200).Decision, false)
	equal(t, "decisions beside it", []bool{strange.Evaluations[0].Decision, strange.Evaluations[1].Decision}, []bool{false, true})

	// Without a list, or with an empty one, it is a single evaluation.
	for _, list := range []any{nil, []Object{}} {
		single := question(o.Rosa.ID, "balances:view", o.Accounts[0])
		if list != nil {
			single["evaluations"] = list
		}
		answer := Read[evaluations](t, batch(single), 200)
		equal(t, "decision", *answer.Decision, true)
		equal(t, "evaluations", len(answer.Evaluations), 0)
	}
	equal(t, "without anything", batch(Object{}).Status, 400)
	tooMany := make([]Object, 51)
	for i := range tooMany {
		tooMany[i] = Object{"resource": here}
	}
	batch(Object{"subject": subject, "action": view, "evaluations": tooMany}).Faulty(t, "evaluations", "maxItems")
	batch(Object{"subject": subject, "action": view, "evaluations": three, "options": Object{"evaluations_semantic": "guess"}}).
		Faulty(t, "options.evaluations_semantic", "enum")

	// Everyone may ask about themselves, and only those who may ask about others.
	o.Rosa.Do("evaluateAccessBatch", Body(Object{"subject": subject, "action": view, "evaluations": three})).Want(t, 200)
	o.Rosa.Do("evaluateAccessBatch", Body(Object{"evaluations": []Object{
		question(o.Rosa.ID, "balances:view", o.Accounts[0]), question(o.Ada.ID, "balances:view", o.Accounts[0]),
	}})).Refused(t, 403, "forbidden")

	// One round trip, however many are asked.
	many := make([]Object, 30)
	for i := range many {
		many[i] = question(o.Rosa.ID, fmt.Sprintf("thing:%d", i), o.Accounts[i%3])
	}
	equal(t, "calls", o.Client.Calls(func() { batch(Object{"evaluations": many}).Want(t, 200) }), []string{"BatchGetItem"})
}

// 2.7: what AuthZEN 1.0 says of the transport.
func TestEvaluationsAnswerAsTheStandardSays(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	whole := question(o.Rosa.ID, "balances:view", o.Accounts[0])
	without := func(field, part string) Object {
		asked := question(o.Rosa.ID, "balances:view", o.Accounts[0])
		if part == "" {
			delete(asked, field)
		} else {
			delete(asked[field].(Object), part)
		}
		return asked
	}
	for field, parts := range map[string][]string{"subject": {"", "type", "id"}, "action": {"", "name"}, "resource": {"", "type", "id"}} {
		for _, part := range parts {
			for _, operation := range []string{"evaluateAccess", "evaluateAccessBatch"} {
				equal(t, operation+" without "+field+" "+part, o.Ada.Do(operation, Body(without(field, part))).Status, 400)
			}
		}
	}
	equal(t, "a subject that is text", o.Ada.Do("evaluateAccess", Raw(`{"subject":"rosa"}`)).Status, 400)
	equal(t, "no JSON", o.Ada.Do("evaluateAccess", Raw(`{`)).Status, 400)
	equal(t, "no body", o.Ada.Do("evaluateAccess").Status, 400)
	equal(t, "another type", o.Ada.Do("evaluateAccess", Body(whole), Header("Content-Type", "text/plain")).Status, 400)
	equal(t, "nobody", o.Do("evaluateAccess", Body(whole)).Status, 401)

	// Further properties are taken, and say nothing that the directory knows better.
	whole["subject"].(Object)["properties"] = Object{"role": "admin"}
	whole["action"].(Object)["properties"] = Object{"method": "GET"}
	whole["resource"].(Object)["properties"] = Object{"status": "active"}
	whole["context"] = Object{"time": "2026-03-02T09:00:00Z"}
	equal(t, "decision", Read[Evaluated](t, o.Ada.Do("evaluateAccess", Body(whole)), 200).Decision, true)

	for _, answer := range []Answer{
		o.Ada.Do("evaluateAccess", Body(whole), Header("X-Request-ID", "bfe9eb29-ab87")),
		o.Do("evaluateAccess", Body(whole), Header("X-Request-ID", "bfe9eb29-ab87")),
	} {
		equal(t, "request id", answer.Header["X-Request-Id"], "bfe9eb29-ab87")
	}
	for _, id := range []string{"", "a\r\nSet-Cookie: x", "é"} {
		equal(t, "request id", o.Ada.Do("evaluateAccess", Body(whole), Header("X-Request-ID", id)).Header["X-Request-Id"], "")
	}

	found := Read[map[string]string](t, o.Do("getAccessConfiguration", Header("Host", "api.example.com"), Header("X-Forwarded-Proto", "https")), 200)
	equal(t, "configuration", found, map[string]string{
		"policy_decision_point":       "https://api.example.com",
		"access_evaluation_endpoint":  "https://api.example.com/access/v1/evaluation",
		"access_evaluations_endpoint": "https://api.example.com/access/v1/evaluations",
	})
}

// 2.1: everybody can see what they may do themselves and on which accounts, without a permission to see anything else.
func TestEverybodySeesTheirOwnAccess(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	type own struct {
		Roles       []api.OwnRole
		Permissions []api.OwnPermission
		Accounts    []api.OwnAccount
		AllAccounts bool
	}
	rosa := Read[own](t, o.Rosa.Do("getMyAccess"), 200)
	o.Rosa.Do("listAccounts").Refused(t, 403, "forbidden")
	equal(t, "roles", len(rosa.Roles), len(o.Rosa.Me(t).User.Roles))
	equal(t, "permissions", len(rosa.Permissions), len(o.Rosa.Me(t).Permissions))
	equal(t, "all accounts", rosa.AllAccounts, false)
	equal(t, "accounts", len(rosa.Accounts), len(o.Rosa.Me(t).User.Accounts))
	for _, one := range rosa.Accounts {
		if one.Name == "" || one.Company == "" {
			t.Errorf("an account without its names: %+v", one)
		}
	}
	for _, one := range rosa.Permissions {
		if one.Description == "" {
			t.Errorf("%s is not described", one.ID)
		}
	}
	if ada := Read[own](t, o.Ada.Do("getMyAccess"), 200); !ada.AllAccounts || len(ada.Accounts) > 0 {
		t.Errorf("an admin has every account: %+v", ada)
	}
}

// 2.7: as the standard has it, what a request has besides is left alone, in the request itself, in each of several, and in
// their parts.
func TestAnEvaluationMayHaveMoreFields(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	asked := evaluation(o)
	asked["extension"] = Object{"of": "a later version"}
	equal(t, "decision", Read[Evaluated](t, o.Ada.Do("evaluateAccess", Body(asked)), 200).Decision, true)
	several := o.Ada.Do("evaluateAccessBatch", Body(Object{"extension": 1, "evaluations": []Object{asked, asked}}))
	equal(t, "decisions", decisions(t, several), []bool{true, true})
	for _, part := range []string{"subject", "action", "resource"} {
		asked[part].(Object)["extension"] = "Rosa"
	}
	equal(t, "decision", Read[Evaluated](t, o.Ada.Do("evaluateAccess", Body(asked)), 200).Decision, true)
	several = o.Ada.Do("evaluateAccessBatch", Body(Object{"subject": asked["subject"], "evaluations": []Object{asked, asked}}))
	equal(t, "decisions", decisions(t, several), []bool{true, true})
}
