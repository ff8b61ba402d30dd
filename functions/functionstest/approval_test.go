package functionstest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 3.3: what was shown is what is approved; one byte changed is refused, and nothing happens.
func TestAnApprovalIsBoundToWhatWasShown(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	first := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"balances:view", "payments:view", "transactions:view"}})))
	o.Ada.Do("cancelChange", At(first.ID)).Want(t, 200)
	second := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"balances:view", "payments:view", "transactions:view"}})))

	altered := *second
	last := "0"
	if strings.HasSuffix(second.Digest, last) {
		last = "1"
	}
	altered.Digest = second.Digest[:len(second.Digest)-1] + last
	earlier := *second
	earlier.Digest = first.Digest
	unchanged(t, o.World, "an approval of something else", func() {
		o.Ben.Approve(&altered).Refused(t, 409, "digestWrong")
		o.Ben.Approve(&earlier).Refused(t, 409, "digestWrong")
		o.Ben.Do("approveChange", At(second.ID), Body(Object{"digest": "", "method": "totp", "code": o.Ben.Code()})).Refused(t, 409, "digestWrong")
	})
	o.Ben.Approve(second).Want(t, 200)
}

// 3.3: the digest differs with every field that a change has, so that none can be altered behind an approver's back.
func TestEveryChangeHasADigestOfItsOwn(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	digests := map[string]string{}
	for name, body := range map[string]Object{
		"name": {"name": Object{"first": "Rosa", "last": "Renamed"}}, "phone": {"phone": o.Phone()}, "email": {"email": o.Email("rosa")},
		"accounts": {"accounts": o.Accounts[:2]}, "permission": {"permissions": []string{"balances:view"}}, "contact": {"contact": true},
		"language": {"language": "fr"},
	} {
		change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(body)))
		if other, there := digests[change.Digest]; there {
			t.Errorf("%s and %s have the same digest", name, other)
		}
		digests[change.Digest] = name
		o.Ada.Do("cancelChange", At(change.ID)).Want(t, 200)
	}
}

// 3.3: an authentication is good once, and only of one's own second factor.
func TestACodeApprovesOnce(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	cleo := o.Regular("cleo", nil, "balances:view")
	first := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	second := ask(t, o.Ada.Do("updateUser", At(cleo.ID), Body(Object{"contact": true})))
	proof := func(change *api.Change, code string) Part {
		return Body(Object{"digest": change.Digest, "method": "totp", "code": code})
	}
	o.Ben.Do("approveChange", At(second.ID), proof(second, o.Ada.Code())).Refused(t, 401, "credentialsWrong")

	code := o.Ben.Code()
	o.Ben.Do("approveChange", At(first.ID), proof(first, code)).Want(t, 200)
	o.Ben.Do("approveChange", At(second.ID), proof(second, code)).Refused(t, 401, "credentialsWrong")
	equal(t, "state", o.Ada.Change(t, second.ID).State, "awaitingApproval")

	// 5.6: guessing is slowed, and no right code helps then.
	for range 3 {
		o.Ben.Do("approveChange", At(second.ID), proof(second, "000000")).Refused(t, 401, "credentialsWrong")
	}
	o.Ben.Approve(second).Refused(t, 429, "tooManyAttempts")
	o.Advance(14 * minute)
	o.Wake()
	o.Ben.Approve(second).Refused(t, 429, "tooManyAttempts")
	o.Advance(2 * minute)
	o.Ben.Approve(second).Want(t, 200)
}

// 3.4: an approver is another active admin of the organisation.
func TestWhoMayApprove(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("bc-connect")
	olga := w.In(o)
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	for _, test := range []struct {
		name   string
		who    *Person
		status int
		policy string
	}{
		{"its requester", o.Ada, 403, "approver-is-requester"},
		{"a regular user", o.Regular("rob", nil, "balances:view"), 403, "permission-missing"},
		{"an API user", o.Robot, 403, "permission-missing"},
		{"the platform's staff", olga, 403, "approver-not-admin"},
		{"an admin of another organisation", other.Ada, 404, ""},
	} {
		for _, operation := range []string{"approveChange", "rejectChange"} {
			body := Object{"reason": "no"}
			if operation == "approveChange" {
				body = Object{"digest": change.Digest, "method": "totp", "code": "123456"}
			}
			answer := test.who.Do(operation, At(change.ID), Body(body)).Want(t, test.status)
			equal(t, "the policy that refused "+test.name, answer.Problem().Policy, test.policy)
		}
	}
	equal(t, "state", o.Ada.Change(t, change.ID).State, "awaitingApproval")

	// Its target, where that is an admin.
	about := ask(t, olga.Do("updateUser", At(o.Ben.ID), Body(Object{"contact": true})))
	equal(t, "policy", o.Ben.Approve(about).Refused(t, 403, "forbidden").Policy, "approver-is-target")
	o.Ada.Approve(about).Want(t, 200)

	// An admin that was deactivated is out by its session already.
	cleo := o.Admin("cleo")
	gone := ask(t, olga.Do("deactivateUser", At(cleo.ID)))
	o.Ada.Approve(gone).Want(t, 200)
	cleo.Approve(change).Refused(t, 401, "unauthenticated")
	o.Ben.Approve(change).Want(t, 200)
}

// 3.4: a change is decided about once, whoever comes at the same time.
func TestDecisionsAtTheSameTime(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	cleo := o.Admin("cleo")
	approve := func(p *Person, change *api.Change) func() Answer {
		proof := p.Proof(change)
		return func() Answer { return p.Do("approveChange", At(change.ID), proof) }
	}
	for name, decisions := range map[string]func(*api.Change) []func() Answer{
		"two approvals": func(c *api.Change) []func() Answer { return []func() Answer{approve(o.Ben, c), approve(cleo, c)} },
		"the same approval twice": func(c *api.Change) []func() Answer {
			once := approve(o.Ben, c)
			return []func() Answer{once, once}
		},
		"approval and cancellation": func(c *api.Change) []func() Answer {
			return []func() Answer{approve(o.Ben, c), func() Answer { return o.Ada.Do("cancelChange", At(c.ID)) }}
		},
		"approval and rejection": func(c *api.Change) []func() Answer {
			return []func() Answer{approve(o.Ben, c), func() Answer {
				return cleo.Do("rejectChange", At(c.ID), Body(Object{"reason": "no"}))
			}}
		},
	} {
		for range 3 {
			user := o.Regular("rob", nil, "balances:view")
			change := ask(t, o.Ada.Do("updateUser", At(user.ID), Body(Object{"permissions": []string{}})))
			made := decisions(change)
			answers := make([]Answer, len(made))
			var wait sync.WaitGroup
			for i, decision := range made {
				wait.Go(func() { answers[i] = decision() })
			}
			wait.Wait()
			var statuses []int
			for _, answer := range answers {
				statuses = append(statuses, answer.Status)
			}
			slices.Sort(statuses)
			// Cancelling what propagates is allowed; here the approved change takes effect at once.
			lost := statuses[1] == 409 || name == "the same approval twice" && statuses[1] == 401
			if statuses[0] != 200 || !lost {
				t.Errorf("%s came to %v: %s / %s", name, statuses, answers[0].Text, answers[1].Text)
			}
			o.Settle()
			equal(t, "open executions after "+name, o.OpenExecutions(), 0)
		}
	}
}

// 3.4: a rejection has a reason, which its requester reads; what the change had taken is free again.
func TestRejection(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	body := newUser(o, nil)
	asked := Read[UserAnswer](t, o.Ada.Do("createUser", Body(body)), 202)
	o.Settle()
	mail := o.Mails.Last(t, o.Ben.Email, directory.MailApprovalRequested)
	said := []string{"Nina New", body["email"].(string), "See the balances of bank accounts"}
	for _, account := range Read[api.List[api.BankAccount]](t, o.Ada.Do("listAccounts"), 200).Items {
		if account.ID == o.Accounts[0] {
			said = append(said, account.Name)
		}
	}
	equal(t, "things to say", len(said), 4)
	for _, what := range said {
		if !strings.Contains(mail.Text, what) {
			t.Errorf("the approver's mail does not say %q:\n%s", what, mail.Text)
		}
	}
	if strings.Contains(mail.Text, o.Accounts[0]) {
		t.Errorf("the approver's mail names an account by its id:\n%s", mail.Text)
	}
	equal(t, "mails to the requester", len(o.Mails.To(o.Ada.Email)), 0)

	o.Ben.Do("rejectChange", At(asked.Change.ID), Body(Object{})).Faulty(t, "reason", "required")
	o.Ben.Do("rejectChange", At(asked.Change.ID), Body(Object{"reason": ""})).Faulty(t, "reason", "minLength")
	settled := Read[Settled](t, o.Ben.Do("rejectChange", At(asked.Change.ID), Body(Object{"reason": "Nina left us in May."})), 200)
	equal(t, "state", settled.Change.State, "rejected")
	if settled.User != nil {
		t.Error("a rejected creation left a user")
	}
	o.Settle()
	if text := o.Mails.Last(t, o.Ada.Email, directory.MailChangeRejected).Text; !strings.Contains(text, "Nina left us in May.") || !strings.Contains(text, "ben Example") {
		t.Errorf("the requester's mail does not say who and why:\n%s", text)
	}
	equal(t, "mails to who never came to be", len(o.Mails.To(body["email"].(string))), 0)
	o.Ada.Do("getUser", At(asked.User.ID)).Refused(t, 404, "notFound")
	equal(t, "open executions", o.OpenExecutions(), 0)

	// 3.12: the timeline stays, for requester and approver.
	for _, who := range []*Person{o.Ada, o.Ben} {
		change := who.Change(t, asked.Change.ID)
		equal(t, "timeline", whats(change), []string{"asked", "rejected"})
		equal(t, "reason", change.Reason, "Nina left us in May.")
	}
	ask(t, o.Ada.Do("createUser", Body(body)))
}

// 3.4: nobody decides for seven days: a reminder a day earlier, once, then the end; and the names are free again.
func TestExpiry(t *testing.T) {
	t.Parallel()
	for _, setup := range []struct {
		name     string
		settings []Setting
		reminded int
	}{{"second admin", nil, 1}, {"step-up", []Setting{StepUp}, 0}} {
		t.Run(setup.name, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant("bc-connect", setup.settings...)
			body := newUser(o, nil)
			asked := Read[UserAnswer](t, o.Ada.Do("createUser", Body(body)), 202)
			o.Settle()
			sweep := func(want directory.Swept) {
				t.Helper()
				equal(t, "swept", o.Sweep(), want)
				o.Settle()
			}
			pass(o, 6*day-minute)
			sweep(directory.Swept{})
			pass(o, minute)
			sweep(directory.Swept{Reminded: setup.reminded})
			sweep(directory.Swept{})
			pass(o, day-minute)
			sweep(directory.Swept{})
			equal(t, "state", o.Ada.Change(t, asked.Change.ID).State, asked.Change.State)
			pass(o, 10*minute) // the sweep may come late
			sweep(directory.Swept{Expired: 1})
			sweep(directory.Swept{})

			equal(t, "state", o.Ada.Change(t, asked.Change.ID).State, "expired")
			equal(t, "reminders", len(slices.DeleteFunc(o.Mails.Kinds(o.Ben.Email), func(k directory.MailKind) bool { return k != directory.MailApprovalReminder })), setup.reminded)
			equal(t, "mails to the requester", o.Mails.Kinds(o.Ada.Email), []directory.MailKind{directory.MailChangeExpired})
			equal(t, "open executions", o.OpenExecutions(), 0)
			if asked.Change.State == "awaitingApproval" {
				o.Ben.Approve(asked.Change).Refused(t, 409, "changeClosed")
			} else {
				o.Ada.Confirm(asked.Change).Refused(t, 409, "changeClosed")
			}
			o.Ada.Do("getUser", At(asked.User.ID)).Refused(t, 404, "notFound")
			ask(t, o.Ada.Do("createUser", Body(body)))
		})
	}
}

// 3.4: an expired change cannot be approved in the minutes before the sweep comes round.
func TestNobodyApprovesWhatHasExpired(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	pass(o, 7*day)
	o.Ben.Approve(change).Refused(t, 409, "changeClosed")
	equal(t, "contact", o.Ada.User(t, string(o.Rosa.ID)).Contact, false)
}

// 3.4: who asked may take it back while it has not taken effect; nobody else may.
func TestCancellation(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	waiting := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	equal(t, "policy", o.Ben.Do("cancelChange", At(waiting.ID)).Refused(t, 403, "forbidden").Policy, "canceller-not-requester")
	cancelled := Read[Settled](t, o.Ada.Do("cancelChange", At(waiting.ID), Body(Object{"reason": "A mistake."})), 200)
	equal(t, "state", cancelled.Change.State, "cancelled")
	equal(t, "reason", cancelled.Change.Reason, "A mistake.")
	equal(t, "the user's mark", o.Ada.User(t, string(o.Rosa.ID)).OpenChange, "")
	o.Ada.Do("cancelChange", At(waiting.ID)).Refused(t, 409, "changeClosed")

	propagating := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"balances:view", "transactions:view"}})))
	o.Ben.Approve(propagating).Want(t, 200)
	o.Settle()
	o.Ada.Do("cancelChange", At(propagating.ID)).Want(t, 200)
	o.Settle()
	pass(o, 2*hour)
	o.Settle()
	// What was withdrawn at the approval stays withdrawn: giving it back is a change of its own.
	equal(t, "permissions", o.Ada.User(t, string(o.Rosa.ID)).Permissions, []string{"balances:view"})
	equal(t, "open executions", o.OpenExecutions(), 0)
	effective := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{}})))
	o.Ben.Approve(effective).Want(t, 200)
	o.Ada.Do("cancelChange", At(effective.ID)).Refused(t, 409, "changeClosed")
}

// 3.2: with step_up the requester's own authentication is what a change needs, and nobody else's will do.
func TestStepUp(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect", StepUp)
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"balances:view"}})))
	equal(t, "state", change.State, "awaitingStepUp")
	equal(t, "policy", o.Ben.Confirm(change).Refused(t, 403, "forbidden").Policy, "confirmer-not-requester")
	o.Ben.Approve(change).Refused(t, 409, "changeClosed")
	altered := *change
	altered.Digest = strings.Repeat("0", len(change.Digest))
	o.Ada.Confirm(&altered).Refused(t, 409, "digestWrong")
	o.Ada.Do("confirmChange", At(change.ID), Body(Object{"digest": change.Digest, "method": "totp", "code": "000000"})).Refused(t, 401, "credentialsWrong")
	settled := Read[Settled](t, o.Ada.Confirm(change), 200)
	equal(t, "timeline", whats(settled.Change), []string{"asked", "confirmed", "applied"})
}

// Who authenticates a change of its own name has both written: the name, and that the code is used up.
func TestStepUpOfAChangeOfOnesOwnName(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen", Controlled(directory.ControlStepUp))
	username := "renamed-" + o.Phone()[1:]
	change := ask(t, o.Ada.Do("updateUser", At(o.Ada.ID), Body(Object{"username": username})))
	other := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	code := o.Ada.Code()
	proof := func(digest string) Part { return Body(Object{"digest": digest, "method": "totp", "code": code}) }
	o.Ada.Do("confirmChange", At(change.ID), proof(change.Digest)).Want(t, 200)
	o.Ada.Do("confirmChange", At(other.ID), proof(other.Digest)).Refused(t, 401, "credentialsWrong")
	signIn(o.World, o.Ada.Identifier, Password).Refused(t, 401, "credentialsWrong")
	o.Ada.Identifier = username
	o.Ada.SignIn(t)
}

// 3.4: who is asked to approve is who may: no admin that lost the right to, nor the one whom the change is about.
func TestOnlyWhoMayApproveIsAsked(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen", Controlled(directory.ControlSecondAdmin))
	cleo := o.Admin("cleo")
	idle := o.person(o.Organisation(), directory.KindAdmin, "idle", directory.Access{Roles: []string{"viewAccounts"}})
	change := ask(t, o.Ada.Do("updateUser", At(cleo.ID), Body(Object{"contact": true})))
	o.Settle()
	equal(t, "mails to who may", o.Mails.Kinds(o.Ben.Email), []directory.MailKind{directory.MailApprovalRequested})
	for _, who := range []*Person{o.Ada, cleo, idle} {
		equal(t, "mails to "+who.Email, len(o.Mails.To(who.Email)), 0)
	}
	equal(t, "policy", idle.Do("rejectChange", At(change.ID), Body(Object{"reason": "no"})).Refused(t, 403, "forbidden").Policy, "permission-missing")
}
