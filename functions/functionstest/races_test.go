package functionstest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// rounds is how often a race is run: who wins is as it comes.
const rounds = 4

// racing sends requests at the same time.
func racing(requests ...func() Answer) []Answer {
	answers := make([]Answer, len(requests))
	var wait sync.WaitGroup
	for i, request := range requests {
		wait.Go(func() { answers[i] = request() })
	}
	wait.Wait()
	return answers
}

// oneWon fails the test where not exactly one request was done, or the other was refused for another reason. It answers
// which one won.
func oneWon(t *testing.T, answers []Answer, status int, code string) (winner int) {
	t.Helper()
	winner = -1
	for i, answer := range answers {
		switch {
		case answer.Status/100 == 2 && winner < 0:
			winner = i
		case answer.Status/100 == 2:
			t.Fatalf("both were done: %s and %s", answers[winner].Text, answer.Text)
		default:
			answer.Refused(t, status, code)
		}
	}
	if winner < 0 {
		t.Fatal("neither was done")
	}
	return winner
}

// Invariant 7: a name that two ask for at the same time is one's.
func TestOneNameForTwo(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"adyen", "bc-connect", "leaseweb"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			w := New(t)
			o, other := w.Tenant(preset), w.Tenant(preset)
			for range rounds {
				names := Object{"email": w.Email("nina")}
				create := func(who *Person, of *Tenant, with Object) func() Answer {
					body := Body(newUser(of, with))
					return func() Answer { return who.Do("createUser", body) }
				}
				oneWon(t, racing(create(o.Ada, o, names), create(o.Ben, o, names)), 422, "invalid")
				phone := Object{"phone": w.Phone()}
				oneWon(t, racing(create(o.Ada, o, phone), create(other.Ada, other, phone)), 422, "invalid")
				if preset == "adyen" {
					username := Object{"username": "nina-" + w.Phone()[1:]}
					oneWon(t, racing(create(o.Ada, o, username), create(other.Ada, other, username)), 422, "invalid")
				}
			}
		})
	}
}

// 10.1: of two requests under one key at the same time one is done, and the other is told that the key is another's.
func TestOneKeyForTwoBodies(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"adyen", "bc-connect"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant(preset)
			for range rounds {
				key := Key("key-" + o.Phone())
				one, other := newUser(o, nil), newUser(o, nil)
				winner := oneWon(t, racing(
					func() Answer { return o.Ada.Do("createUser", Body(one), key) },
					func() Answer { return o.Ada.Do("createUser", Body(other), key) },
				), 422, "keyReused")
				lost := []Object{other, one}[winner]["email"].(string)
				equal(t, "names of the request that was not done", len(o.Stored("e#"+lost)), 0)
			}
		})
	}
}

// 5.1: a recovery code that is used twice at the same time opens once.
func TestOneRecoveryCodeForTwo(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
	user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
	redeemed := Read[Redeemed](t, redeem(o.World, o.Mails.Token(t, user.Email, directory.MailVerification), newPassword), 200)
	nina := &Person{World: o.World, Token: redeemed.Session.Token}
	codes := nina.Enrol(t)
	use := func(code string) func() Answer {
		signedIn := Read[SignedIn](t, signIn(o.World, user.Email, newPassword), 200)
		body := Body(Object{"challengeId": signedIn.Challenge.ID, "method": "recovery", "code": code})
		return func() Answer { return o.Do("answerChallenge", body) }
	}
	for _, code := range codes[:rounds] {
		oneWon(t, racing(use(code), use(code)), 401, "credentialsWrong")
	}
}

// 3.10: two approvals that would each take away an admin leave as many as there must be.
func TestTwoApprovedDeactivationsOfAdmins(t *testing.T) {
	t.Parallel()
	w := New(t)
	for range rounds {
		o := w.Tenant("bc-connect")
		cleo, dora, olga := o.Admin("cleo"), o.Admin("dora"), w.In(o)
		of := func(admin *Person) *api.Change { return ask(t, olga.Do("deactivateUser", At(admin.ID))) }
		approve := func(by *Person, change *api.Change) func() Answer {
			proof := by.Proof(change)
			return func() Answer { return by.Do("approveChange", At(change.ID), proof) }
		}
		first := of(dora)
		approve(o.Ada, first)().Want(t, 200)
		// Three are left, two must be.
		answers := racing(approve(o.Ada, of(cleo)), approve(cleo, of(o.Ben)))
		if cleos := answers[1]; cleos.Status == 401 {
			answers = answers[:1] // her session had ended with the first
		}
		oneWon(t, answers, 409, "tooFewAdmins")
		equal(t, "active admins", o.Organisation().ActiveAdmins, 2)
		o.Settle()
	}
}

// 3.9, 3.10: of two approvals at the same time, where one takes the admin away who asked for the other's deactivation, the
// other goes first, or fails for that. It is not told that there are too few admins, and left to wait.
func TestARequesterIsDeactivatedAsItsChangeIsApproved(t *testing.T) {
	t.Parallel()
	w := New(t)
	for _, bensFirst := range []bool{true, false} {
		o := w.Tenant("adyen", Controlled(directory.ControlSecondAdmin))
		cleo, olga := o.Admin("cleo"), w.In(o)
		bens, cleos := ask(t, olga.Do("deactivateUser", At(o.Ben.ID))), ask(t, o.Ben.Do("deactivateUser", At(cleo.ID)))
		first, second := cleo.Proof(bens), o.Ada.Proof(cleos)
		ofBen := func() Answer { return cleo.Do("approveChange", At(bens.ID), first) }
		ofCleo := func() Answer { return o.Ada.Do("approveChange", At(cleos.ID), second) }
		if bensFirst { // and takes effect when cleo's is about to
			w.Client.Meanwhile(func() { ofBen().Want(t, 200) })
			equal(t, "state", Read[Settled](t, ofCleo(), 200).Change.State, "failed")
		} else {
			w.Client.Meanwhile(func() { equal(t, "state", Read[Settled](t, ofCleo(), 200).Change.State, "effective") })
			ofBen().Refused(t, 401, "unauthenticated") // her session had ended with the other
		}
		equal(t, "active admins", o.Organisation().ActiveAdmins, 2)
		o.Settle()
	}
}

// 5.1, RFC 6238 (5.2): a code of an app that is given twice at the same time is taken once, whatever for.
func TestOneCodeForTwo(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	for _, operation := range []string{"answerChallenge", "approveChange", "newRecoveryCodes"} {
		code := o.Ben.Code()
		answers := func() func() Answer {
			body := Body(Object{"challengeId": passwordAccepted(t, o.Ben).ID, "method": "totp", "code": code})
			return func() Answer { return o.Do("answerChallenge", body) }
		}
		first, second := answers(), map[string]func() Answer{
			"answerChallenge": answers(),
			"approveChange": func() Answer {
				return o.Ben.Do("approveChange", At(change.ID), Body(Object{"digest": change.Digest, "method": "totp", "code": code}))
			},
			"newRecoveryCodes": func() Answer { return o.Ben.Do("newRecoveryCodes", Body(Object{"code": code})) },
		}[operation]
		if operation == "answerChallenge" {
			oneWon(t, racing(first, second), 401, "credentialsWrong")
			continue
		}
		o.Client.Meanwhile(func() { first().Want(t, 200) })
		second().Refused(t, 401, "credentialsWrong")
	}
}

// 3.4: a change that is approved, cancelled and swept at the moment of its expiry ends in one way, and everybody is told
// the same.
func TestApprovedCancelledAndExpiredAtOnce(t *testing.T) {
	t.Parallel()
	w := New(t)
	for range rounds {
		o := w.Tenant("bc-connect")
		body := newUser(o, nil)
		change := ask(t, o.Ada.Do("createUser", Body(body)))
		o.Settle()
		pass(o, 7*day-2*minute)
		proof := o.Ben.Proof(change)
		o.Advance(change.ExpiresAt.Sub(o.Now()) - time.Second)
		answers := racing(
			func() Answer { return o.Ben.Do("approveChange", At(change.ID), proof) },
			func() Answer { return o.Ada.Do("cancelChange", At(change.ID)) },
			func() Answer { o.Advance(time.Second); o.Sweep(); return Answer{} },
		)
		o.Settle()
		state := o.Ada.Change(t, change.ID).State
		for i, would := range []map[string]bool{{"propagating": true, "cancelled": true}, {"cancelled": true}} { // approved, it can be cancelled still
			if answer := answers[i]; answer.Status == 200 && !would[state] {
				t.Errorf("%s was answered 200, and the change is %s", answer.Operation, state)
			} else if answer.Status != 200 {
				answer.Refused(t, 409, "changeClosed")
			}
		}
		reserved := len(o.Stored("e#" + body["email"].(string)))
		equal(t, "names that are reserved while it is "+state, reserved, map[bool]int{true: 1, false: 0}[state == "propagating"])
		o.Advance(hour)
		o.Settle()
		equal(t, "open executions", o.OpenExecutions(), 0)
	}
}

// 3.5: where a deactivation and an update are approved at the same time, the user is inactive in the end, and nothing of
// the update comes after it.
func TestADeactivationAgainstAnUpdate(t *testing.T) {
	t.Parallel()
	w := New(t)
	for _, setting := range [][]Setting{nil, {Propagating(0)}} {
		for range rounds {
			o := w.Tenant("bc-connect", setting...)
			cleo := o.Admin("cleo")
			update := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"transactions:view"}})))
			leave := ask(t, o.Ada.Do("deactivateUser", At(o.Rosa.ID)))
			first, second := o.Ben.Proof(update), cleo.Proof(leave)
			answers := racing(
				func() Answer { return o.Ben.Do("approveChange", At(update.ID), first) },
				func() Answer { return cleo.Do("approveChange", At(leave.ID), second) },
			)
			answers[1].Want(t, 200)
			if answers[0].Status != 200 {
				answers[0].Refused(t, 409, "changeClosed")
			}
			o.Settle()
			pass(o, hour)
			o.Settle()
			rosa := o.Ada.User(t, string(o.Rosa.ID))
			equal(t, "status", rosa.Status, "inactive")
			equal(t, "open change", rosa.OpenChange, "")
			if state := o.Ada.Change(t, update.ID).State; state != "cancelled" && state != "effective" {
				t.Errorf("the update is %s", state)
			}
			equal(t, "open executions", o.OpenExecutions(), 0)
		}
	}
}

// 3.5, 3.7, 3.9: what can come to a change as it falls due (its execution, the sweep in its stead, its requester's
// cancelling, its user's deactivation, its requester's), each while another is between reading and writing: it ends once,
// nothing of it is left, and what was given is what its end says.
func TestWhatMeetsAtAChangesEnd(t *testing.T) {
	t.Parallel()
	w := New(t)
	acts := []string{"apply", "sweep", "cancel", "leave", "strip"}
	for _, outer := range acts {
		for _, inner := range acts {
			o := w.Tenant("bc-connect")
			cleo, olga := o.Admin("cleo"), w.In(o)
			change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"balances:view", "transactions:view"}})))
			o.Ben.Approve(change).Want(t, 200)
			leave := ask(t, cleo.Do("deactivateUser", At(o.Rosa.ID)))
			strip := ask(t, olga.Do("deactivateUser", At(o.Ada.ID)))
			o.Settle()
			w.Seal()
			pass(o, hour+6*minute)
			cleo.Wake()
			byBen, byCleo := o.Ben.Proof(leave), cleo.Proof(strip)
			do := map[string]func(){
				"apply":  func() { w.machine.run(t.Context()) },
				"sweep":  func() { w.Sweep() },
				"cancel": func() { o.Ada.Do("cancelChange", At(change.ID)) },
				"leave":  func() { o.Ben.Do("approveChange", At(leave.ID), byBen) },
				"strip":  func() { cleo.Do("approveChange", At(strip.ID), byCleo) },
			}
			w.Client.Meanwhile(do[inner])
			do[outer]()
			w.Client.Meanwhile(nil)
			for range 2 {
				o.Settle()
				o.Sweep()
			}
			w.Seal()
			o.Ben.Wake()
			what := inner + " within " + outer
			ended, open := o.Ben.Change(t, change.ID), 0
			for _, id := range []string{change.ID, leave.ID, strip.ID} {
				if state := o.Ben.Change(t, id).State; state == "awaitingApproval" || state == "propagating" {
					open++
				}
			}
			rosa := o.Ben.User(t, string(o.Rosa.ID))
			gave, ends := slices.Contains(rosa.Permissions, "transactions:view"), 0
			for _, one := range whats(ended) {
				if slices.Contains([]string{"applied", "cancelled", "failed"}, one) {
					ends++
				}
			}
			equal(t, what+": ends", ends, 1)
			equal(t, what+": given, as it is "+ended.State, gave, ended.State == "effective")
			if rosa.OpenChange == change.ID {
				t.Errorf("%s: it is %s, and marks its user", what, ended.State)
			}
			equal(t, what+": open executions", w.OpenExecutions(), open)
			w.machine.loses() // those of what waits here still
			if left := verify(t, o.Ben); len(left.Problems) > 0 {
				t.Errorf("%s: the log: %+v", what, left)
			}
		}
	}
}

// Many may write to one record at once, and each is done: who loses a race tries again. Nobody is told that somebody was
// quicker who did not say what the write is for (If-Match). Each race has one who won it and does not come back, so that who
// tries as often as there are writers is done, however slow they all are. (How many more are, at what pace: the test of
// directory.Backoff.)
func TestAllOfManyWritersOfOneRecord(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	const writers = 12
	writes := make([]func() Answer, writers)
	for i := range writes {
		patch := Body(Object{"name": Object{"first": "Rosa", "last": string(rune('A' + i))}})
		writes[i] = func() Answer { return o.Ada.Do("updateUser", At(o.Rosa.ID), patch) }
	}
	for _, answer := range racing(writes...) {
		if answer.Status != 200 {
			t.Errorf("%d %s", answer.Status, answer.Text)
		}
	}
}
