package functionstest

import (
	"slices"
	"testing"

	"mandate/shared/directory"
)

// Round trips to the table, one after another (the budgets of the design).
func TestRoundTrips(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		trips := func(want int, who *Person, operation string, parts ...Part) Answer {
			t.Helper()
			return o.trips(t, want, who, operation, parts...)
		}
		nobody := &Person{World: o.World}

		trips(1, o.Rosa, "getMe")
		trips(1, o.Ada, "listCredentials", At(o.Robot.ID))
		trips(1, o.Robot, "getMe")
		trips(1, o.Ada, "getUser", At(o.Rosa.ID))
		trips(2, o.Ada, "listUsers")
		trips(2, o.Ada, "accessMatrix")
		trips(2, o.Ada, "sodReport")
		trips(2, o.Ada, "listUserTokens", At(o.Rosa.ID))
		trips(1, o.Ada, "evaluateAccess", Body(Object{
			"subject": Object{"type": "user", "id": o.Rosa.ID}, "action": Object{"name": viewPermission(o)},
			"resource": Object{"type": "account", "id": o.Accounts[0]},
		}))

		trips(1, o.Ada, "explainAccess", Body(evaluation(o)))
		trips(1, o.Ada, "evaluateAccessBatch", Body(Object{"evaluations": []Object{evaluation(o), evaluation(o)}}))

		created := trips(2, o.Ada, "createUser", Body(newUser(o, nil)))
		updated := trips(2, o.Ada, "updateUser", At(o.Rosa.ID), Body(Object{"accounts": o.Accounts[:2], "companies": o.Companies[:1]}))
		issued := trips(2, o.Ada, "createCredential", At(o.Robot.ID))
		deactivated := trips(2, o.Ada, "deactivateUser", At(o.Regular("rob", nil).ID))
		for _, answer := range []Answer{created, updated, issued, deactivated} {
			change := Read[UserAnswer](t, answer, answer.Status).Change
			if change == nil {
				continue
			}
			trips(1, o.Ben, "getChange", At(change.ID))
			if change.State == "awaitingStepUp" {
				trips(2, o.Ada, "confirmChange", At(change.ID), o.Ada.Proof(change))
			} else {
				trips(2, o.Ben, "approveChange", At(change.ID), o.Ben.Proof(change))
			}
		}
		o.Settle()

		challenge := Read[SignedIn](t, trips(3, nobody, "signIn", Body(Object{"identifier": o.Ben.Identifier, "password": Password})), 200).Challenge
		trips(2, nobody, "answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "totp", "code": o.Ben.Code()}))
		trips(2, nobody, "forgotPassword", Body(Object{"identifier": o.Ben.Identifier}))

		olga := o.Operator().On()
		challenge = Read[SignedIn](t, trips(3, nobody, "signIn", Body(Object{"identifier": olga.Identifier, "password": Password, "organisation": o.ID})), 200).Challenge
		session := Read[SignedIn](t, trips(2, nobody, "answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "totp", "code": olga.Code()})), 200).Session
		olga.Token = session.Token
		trips(1, olga, "getUser", At(o.Rosa.ID))

		// A session that is in use is noted now and then, which is the one write of reads.
		o.Advance(directory.SessionIdle / 2)
		calls := o.Client.Calls(func() { o.Ada.Do("getMe").Want(t, 200) })
		equal(t, "calls", calls, []string{"BatchGetItem", "UpdateItem"})
		trips(1, o.Ada, "getMe")
	})
}

// A wrong sign-in costs the same, whoever the name is.
func TestAWrongSignInMakesTheSameCalls(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	for name, identifier := range map[string]string{"a user": o.Rosa.Identifier, "nobody": "nobody@example.com"} {
		calls := o.Client.Calls(func() { signIn(o.World, identifier, "guess").Refused(t, 401, "credentialsWrong") })
		if !slices.Equal(calls, []string{"BatchGetItem", "BatchGetItem", "TransactWriteItems"}) {
			t.Errorf("%s: %v", name, calls)
		}
	}
}

// The same for own roles, which are read with their organisation, and for service requests. Accepting one takes a read
// more, of what it names.
func TestRoundTripsOfRolesAndServiceRequests(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen", Controlled(directory.ControlSecondAdmin))
	olga := o.In(o)
	made := Read[RoleAnswer](t, o.trips(t, 2, o.Ada, "createRole", Body(roleBody("Night shift", Object{"transfers:view": "all"}))), 202)
	o.trips(t, 2, o.Ben, "approveChange", At(made.Change.ID), o.Ben.Proof(made.Change))
	o.trips(t, 1, o.Ada, "listRoles")
	o.trips(t, 2, o.Ada, "updateRole", At(made.Role.ID), Body(Object{"description": "At night"}))

	filed := Read[RequestAnswer](t, o.trips(t, 2, o.Ada, "createServiceRequest", Body(Object{"act": "deactivateUser", "target": o.Rosa.ID})), 201).Request
	o.trips(t, 1, olga, "getServiceRequest", At(filed.ID))
	o.trips(t, 2, olga, "listServiceRequests")
	o.trips(t, 2, o.Operator(), "listServiceRequests")
	o.trips(t, 3, olga, "decideServiceRequest", At(filed.ID), verdict("accepted", ""))
}

// trips makes a request that must take so many round trips.
func (o *Tenant) trips(t *testing.T, want int, who *Person, operation string, parts ...Part) Answer {
	t.Helper()
	var answer Answer
	calls := o.Client.Calls(func() { answer = who.Do(operation, parts...) })
	if len(calls) != want {
		t.Errorf("%s made %d round trips, not %d: %v", operation, len(calls), want, calls)
	}
	if answer.Status >= 300 {
		t.Errorf("%s: %d %s", operation, answer.Status, answer.Text)
	}
	return answer
}
