package functionstest

import (
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 3.6: what a change gives waits for its effective time; what it takes goes with the approval.
func TestWhatIsTakenGoesAtOnceAndWhatIsGivenWaits(t *testing.T) {
	t.Parallel()
	for _, setup := range setups[:2] {
		t.Run(setup.name, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant(setup.preset, setup.settings...)
			may := func(permission, account string) bool {
				return o.Ada.Asks(t, string(o.Rosa.ID), permission, account).Decision
			}
			holds := func(when string, want map[string]bool) {
				t.Helper()
				got := map[string]bool{
					"balances:view": may("balances:view", o.Accounts[0]), "payments:view": may("payments:view", o.Accounts[0]),
					"transactions:view": may("transactions:view", o.Accounts[0]), "on another account": may("balances:view", o.Accounts[1]),
				}
				equal(t, when, got, want)
			}
			before := map[string]bool{"balances:view": true, "payments:view": true, "transactions:view": false, "on another account": false}
			interim := map[string]bool{"balances:view": true, "payments:view": false, "transactions:view": false, "on another account": false}
			after := map[string]bool{"balances:view": true, "payments:view": false, "transactions:view": true, "on another account": true}

			change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{
				"permissions": []string{"balances:view", "transactions:view"}, "accounts": o.Accounts[:2],
			})))
			holds("while it is open", before)
			decide(t, o, change)
			holds("once it is decided about", interim)
			shown := o.Ada.User(t, string(o.Rosa.ID))
			if shown.EffectiveAt == nil || !shown.EffectiveAt.Equal(o.Now().Add(hour)) || shown.OpenChange != change.ID {
				t.Errorf("the user does not show when the new permissions start: %v, %q", shown.EffectiveAt, shown.OpenChange)
			}
			o.Settle()
			pass(o, hour-time.Second)
			o.Settle()
			holds("a second before the effective time", interim)
			pass(o, time.Second)
			o.Settle()
			holds("at the effective time", after)
			done := o.Ada.Change(t, change.ID)
			decided := "approved"
			if setup.settings != nil {
				decided = "confirmed"
			}
			equal(t, "timeline", whats(done), []string{"asked", decided, "propagating", "withdrawn", "applied"})
			equal(t, "the user's mark", o.Ada.User(t, string(o.Rosa.ID)).OpenChange, "")
		})
	}
}

// 3.6: a change that only takes is never delayed, and neither is a deactivation.
func TestTakingAloneIsNeverDelayed(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"balances:view"}})))
	equal(t, "state", Read[Settled](t, o.Ben.Approve(change), 200).Change.State, "effective")
	equal(t, "permissions", o.Rosa.Me(t).Permissions, map[string]string{"balances:view": "all"})

	change = ask(t, o.Ada.Do("deactivateUser", At(o.Rosa.ID)))
	o.Rosa.Me(t)
	equal(t, "state", Read[Settled](t, o.Ben.Approve(change), 200).Change.State, "effective")
	o.Rosa.Do("getMe").Refused(t, 401, "unauthenticated")
	o.Settle()
	equal(t, "open executions", o.OpenExecutions(), 0)
	equal(t, "mails to the requester", o.Mails.Kinds(o.Ada.Email), []directory.MailKind{directory.MailChangeEffective, directory.MailChangeEffective})
}

// 3.13: a demo runs with a delay of seconds.
func TestPropagationCanBeCapped(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(5*time.Second)).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	settled := Read[Settled](t, o.Ben.Approve(change), 200)
	equal(t, "delay", settled.Change.EffectiveAt.Sub(o.Now()), 5*time.Second)
	o.Settle()
	o.Advance(5 * time.Second)
	o.Settle()
	equal(t, "contact", o.Ada.User(t, string(o.Rosa.ID)).Contact, true)
}

// 3.5: a user with an open change shows it and takes no second one.
func TestAUserTakesOneChangeAtATime(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"balances:view", "transactions:view"}})))
	refused := func(who *Person, open string) {
		t.Helper()
		problem := who.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})).Refused(t, 409, "changeOpen")
		equal(t, "the open change", problem.Change, open)
	}
	equal(t, "the user's mark", o.Ben.User(t, string(o.Rosa.ID)).OpenChange, change.ID)
	refused(o.Ada, change.ID)
	refused(o.Ben, change.ID)
	o.Ben.Approve(change).Want(t, 200)
	refused(o.Ada, change.ID) // while it propagates as well

	// A deactivation may always be asked for, and is then the change that is in the way.
	deactivation := ask(t, o.Ben.Do("deactivateUser", At(o.Rosa.ID)))
	refused(o.Ada, deactivation.ID)
	problem := o.Ada.Do("deactivateUser", At(o.Rosa.ID)).Refused(t, 409, "changeOpen")
	equal(t, "the open change", problem.Change, deactivation.ID)
	o.Settle()
	equal(t, "state of the other", o.Ada.Change(t, change.ID).State, "propagating")

	// It cancels the other when it takes effect.
	o.Ada.Approve(deactivation).Want(t, 200)
	o.Settle()
	overtaken := o.Ada.Change(t, change.ID)
	equal(t, "state of the other", overtaken.State, "cancelled")
	equal(t, "cause", overtaken.Cause, "superseded")
	o.Mails.Last(t, o.Ada.Email, directory.MailChangeCancelled)
	pass(o, 2*hour)
	o.Settle()
	equal(t, "open executions", o.OpenExecutions(), 0)
	rosa := o.Ada.User(t, string(o.Rosa.ID))
	equal(t, "status", rosa.Status, "inactive")
	equal(t, "the user's mark", rosa.OpenChange, "")
	equal(t, "permissions", rosa.Permissions, []string{"balances:view"})
}

// 3.5: what was open besides may take effect before the deactivation is approved: to take access away stays possible.
func TestADeactivationOutlivesAChangeThatTookEffect(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	deactivation := ask(t, o.Ben.Do("deactivateUser", At(o.Rosa.ID)))
	pass(o, 2*hour)
	o.Settle()
	equal(t, "state of the update", o.Ada.Change(t, change.ID).State, "effective")
	o.Ada.Approve(deactivation).Want(t, 200)
	equal(t, "status", o.Ada.User(t, string(o.Rosa.ID)).Status, "inactive")
}

// 3.5: a deactivation that is taken back leaves the other change as it was.
func TestADeactivationThatIsCancelledCancelsNothing(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	deactivation := ask(t, o.Ben.Do("deactivateUser", At(o.Rosa.ID)))
	o.Ben.Do("cancelChange", At(deactivation.ID)).Want(t, 200)
	equal(t, "the user's mark", o.Ada.User(t, string(o.Rosa.ID)).OpenChange, change.ID)
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	pass(o, hour)
	o.Settle()
	equal(t, "contact", o.Ada.User(t, string(o.Rosa.ID)).Contact, true)
}

// moves writes a user as acts do that were not asked for as changes, a decision about identity checks among them.
func (o *Tenant) moves(t *testing.T, id string) {
	t.Helper()
	ref := directory.UserRef{Organisation: o.ID, ID: directory.UserID(id)}
	found, err := o.Store.Read(t.Context(), directory.Want{Users: []directory.UserRef{ref}})
	if err != nil {
		t.Fatal(err)
	}
	was := found.Users[ref]
	moved := was
	moved.Version++
	o.commit(directory.PutUser{User: moved, Was: was})
}

// 3.8: a change whose target moved underneath it fails as a conflict, says so, and frees what it had reserved.
func TestAChangeWhoseTargetMovedFails(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before the approval", "before the effect"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant("bc-connect")
			user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
			email := o.Email("moved")
			change := ask(t, o.Ada.Do("updateUser", At(user.ID), Body(Object{"email": email, "permissions": []string{"balances:view", "payments:view"}})))
			o.Settle()
			if when == "before the effect" {
				o.Ben.Approve(change).Want(t, 200)
				o.Settle()
			}
			o.moves(t, user.ID)
			if when == "before the approval" {
				problem := o.Ben.Approve(change).Refused(t, 409, "conflict")
				equal(t, "the change", problem.Change, change.ID)
			}
			o.Settle()
			pass(o, 2*hour)
			o.Settle()
			failed := o.Ada.Change(t, change.ID)
			equal(t, "state", failed.State, "failed")
			equal(t, "cause", failed.Cause, "conflict")
			equal(t, "open executions", o.OpenExecutions(), 0)
			now := o.Ada.User(t, user.ID)
			equal(t, "email", now.Email, user.Email)
			equal(t, "permissions", now.Permissions, []string{"balances:view"})
			equal(t, "the user's mark", now.OpenChange, "")
			o.Mails.Last(t, o.Ada.Email, directory.MailChangeFailed)
			ask(t, o.Ada.Do("createUser", Body(newUser(o, Object{"email": email}))))
			ask(t, o.Ada.Do("updateUser", At(user.ID), Body(Object{"contact": true})))
		})
	}
}

// 3.9: who lost a role no longer gives it, not by a change that was asked for before.
func TestWhoLostARoleNoLongerGivesIt(t *testing.T) {
	t.Parallel()
	give := Body(Object{"roles": []string{"approveTransfers", "viewAccounts", "viewTransfers"}})
	without := Body(Object{"roles": []string{"balancePlatformAdmin", "initiateTransfers", "viewAccounts", "viewTransfers"}})

	t.Run("before the approval", func(t *testing.T) {
		t.Parallel()
		o := New(t).Tenant("adyen", Controlled(directory.ControlSecondAdmin))
		cleo := o.Admin("cleo")
		change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), give))
		cleo.Approve(ask(t, o.Ben.Do("updateUser", At(o.Ada.ID), without))).Want(t, 200)
		fails(t, o, o.Ben.Approve(change))
	})
	t.Run("before the confirmation", func(t *testing.T) {
		t.Parallel()
		o := New(t).Tenant("adyen", Controlled(directory.ControlStepUp))
		change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), give))
		o.Ben.Confirm(ask(t, o.Ben.Do("updateUser", At(o.Ada.ID), without))).Want(t, 200)
		fails(t, o, o.Ada.Confirm(change))
	})
	t.Run("before the effect", func(t *testing.T) {
		t.Parallel()
		o := New(t).Tenant("adyen", Controlled(directory.ControlStepUp), Propagating(60))
		change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), give))
		o.Ada.Confirm(change).Want(t, 200)
		o.Settle()
		o.Ben.Confirm(ask(t, o.Ben.Do("updateUser", At(o.Ada.ID), without))).Want(t, 200)
		o.Advance(minute)
		o.Settle()
		fails(t, o, o.Ben.Do("getChange", At(change.ID)))
	})
	t.Run("by a deactivation", func(t *testing.T) {
		t.Parallel()
		o := New(t).Tenant("adyen", Controlled(directory.ControlSecondAdmin))
		cleo := o.Admin("cleo")
		change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), give))
		cleo.Approve(ask(t, o.Ben.Do("deactivateUser", At(o.Ada.ID)))).Want(t, 200)
		fails(t, o, o.Ben.Approve(change))
	})
	t.Run("but a change of the requester's telephone number is no loss", func(t *testing.T) {
		t.Parallel()
		o := New(t).Tenant("adyen", Controlled(directory.ControlSecondAdmin))
		cleo := o.Admin("cleo")
		change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), give))
		cleo.Approve(ask(t, o.Ben.Do("updateUser", At(o.Ada.ID), Body(Object{"phone": o.Phone()})))).Want(t, 200)
		equal(t, "state", Read[Settled](t, o.Ben.Approve(change), 200).Change.State, "effective")
	})
}

// fails holds a change to have failed because its requester lost what it gave, and its user to be as before.
func fails(t *testing.T, o *Tenant, answer Answer) {
	t.Helper()
	o.Settle()
	change := Read[api.Change](t, answer, 200)
	if change.ID == "" {
		change = Read[Settled](t, answer, 200).Change
	}
	equal(t, "state", change.State, "failed")
	equal(t, "cause", change.Cause, "requesterLostAccess")
	rosa := o.Ben.User(t, string(o.Rosa.ID))
	equal(t, "roles", rosa.Roles, []string{"viewAccounts", "viewTransfers"})
	equal(t, "the user's mark", rosa.OpenChange, "")
	equal(t, "open executions", o.OpenExecutions(), 0)
	o.Mails.Last(t, o.Ada.Email, directory.MailChangeFailed)
}
