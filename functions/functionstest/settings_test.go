package functionstest

import (
	"testing"

	"mandate/shared/directory"
)

// control has an operator set the change control.
func control(t testing.TB, o *Tenant, settings Object) {
	t.Helper()
	o.In(o).Do("updateOrganisation", At(o.ID), Body(Object{"settings": settings})).Want(t, 200)
}

// 3.2: what waits for an approval goes on waiting for it where the rule became looser; what is asked for from then on
// follows the new one.
func TestAnOpenChangeWaitsForTheApprovalThatItWasAskedUnder(t *testing.T) {
	t.Parallel()
	for _, looser := range []struct{ control, state string }{{"step_up", "awaitingStepUp"}, {"none", ""}} {
		t.Run(looser.control, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant("bc-connect", Propagating(0))
			sam := o.Regular("sam", nil, "balances:view")
			before := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
			control(t, o, Object{"changeControl": looser.control})
			o.Ada.Confirm(before).Refused(t, 409, "changeClosed")
			equal(t, "policy", o.Ada.Approve(before).Refused(t, 403, "forbidden").Policy, "approver-is-requester")
			equal(t, "state", o.Ada.Change(t, before.ID).State, "awaitingApproval")
			o.Ben.Approve(before).Want(t, 200)
			equal(t, "contact", o.Ada.User(t, string(o.Rosa.ID)).Contact, true)

			answer := o.Ada.Do("updateUser", At(sam.ID), Body(Object{"contact": true}))
			if after := Read[UserAnswer](t, answer, answer.Status).Change; (after == nil) != (looser.state == "") || after != nil && after.State != looser.state {
				t.Errorf("%+v, not %s", after, looser.state)
			}
		})
	}
}

// Invariant 1: where a second admin's approval became the rule, a requester's own step-up is not enough any more.
func TestAStepUpIsNotEnoughOnceAnApprovalIsNeeded(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect", StepUp, Propagating(0))
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	o.Settle()
	control(t, o, Object{"changeControl": "second_admin"})
	settled := Read[Settled](t, o.Ada.Confirm(change), 200)
	equal(t, "state", settled.Change.State, "awaitingApproval")
	equal(t, "contact", settled.User.Contact, false)
	o.Settle()
	contains(t, o.Mails.Kinds(o.Ben.Email), directory.MailApprovalRequested)
	equal(t, "policy", o.Ada.Approve(change).Refused(t, 403, "forbidden").Policy, "approver-is-requester")
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	equal(t, "contact", o.Ada.User(t, string(o.Rosa.ID)).Contact, true)
	equal(t, "timeline", whats(o.Ada.Change(t, change.ID)), []string{"asked", "confirmed", "approved", "applied"})
	equal(t, "open executions", o.OpenExecutions(), 0)
}

// 3.9: what a requester may not ask for any more, it no longer gets, whatever the setting is that became narrower.
func TestNarrowerSettingsHoldForOpenChanges(t *testing.T) {
	t.Parallel()
	for name, narrower := range map[string]struct {
		preset   string
		settings Object
		ask      func(*Tenant) Answer
	}{
		"the grant limit": {"leaseweb", Object{"grantLimit": "own"}, func(o *Tenant) Answer {
			return o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"roles": []string{"billing"}}))
		}},
		"who makes admins": {"leaseweb", Object{"adminsManageAdmins": false}, func(o *Tenant) Answer {
			return o.Ada.Do("createUser", Body(newUser(o, Object{"kind": "admin", "roles": []string{"admin"}})))
		}},
		"whether users are removed": {"leaseweb", Object{"removal": false}, func(o *Tenant) Answer {
			return o.Ada.Do("removeUser", At(o.Rosa.ID))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant(narrower.preset, Controlled(directory.ControlSecondAdmin), func(s *directory.Settings) { s.SecondFactor = directory.Required })
			change := ask(t, narrower.ask(o))
			control(t, o, narrower.settings)
			settled := Read[Settled](t, o.Ben.Approve(change), 200)
			equal(t, "state", settled.Change.State, "failed")
			equal(t, "cause", settled.Change.Cause, "requesterLostAccess")
		})
	}
}

// 3.4, 3.6: when a change expires and when it takes effect is as it was told; the next one follows the new setting.
func TestTimesThatWereToldStay(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	sam := o.Regular("sam", nil, "balances:view")
	early := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	late := ask(t, o.Ada.Do("updateUser", At(sam.ID), Body(Object{"contact": true})))
	o.Ben.Approve(early).Want(t, 200)
	told := o.Ada.Change(t, early.ID)
	control(t, o, Object{"propagationSeconds": 60, "approvalHours": 1})
	equal(t, "effective at", o.Ada.Change(t, early.ID).EffectiveAt, told.EffectiveAt)
	equal(t, "expires at", o.Ada.Change(t, late.ID).ExpiresAt, late.ExpiresAt)
	o.Ben.Approve(late).Want(t, 200)
	if at := o.Ada.Change(t, late.ID).EffectiveAt; !at.Equal(o.Now().Add(minute)) {
		t.Errorf("takes effect at %v", at)
	}
	o.Settle()
	pass(o, minute)
	o.Settle()
	equal(t, "state", o.Ada.Change(t, late.ID).State, "effective")
	equal(t, "state", o.Ada.Change(t, early.ID).State, "propagating")
	pass(o, hour)
	o.Settle()
	equal(t, "state", o.Ada.Change(t, early.ID).State, "effective")
}

// 2.2, 8.1: what users have they keep, whatever the settings say from now on; the next change of them follows those.
func TestUsersKeepWhatTheyHave(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"roles": []string{"billing", "technical"}, "language": "fr"})).Want(t, 200)
	control(t, o, Object{"roleCount": "exactlyOne", "languages": []string{"en"}, "phone": "required"})
	rosa := o.Ada.User(t, string(o.Rosa.ID))
	equal(t, "roles", rosa.Roles, []string{"billing", "technical"})
	equal(t, "language", rosa.Language, "fr")
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})).Faulty(t, "roles", "exactlyOne")
	equal(t, "language", Read[UserAnswer](t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true, "roles": []string{"billing"}})), 200).User.Language, "fr")
}
