package functionstest

import (
	"sync"
	"testing"

	"mandate/shared/directory"
)

// 3.10: two admins who deactivate each other at the same instant leave exactly one deactivated.
func TestTwoAdminsDeactivateEachOther(t *testing.T) {
	t.Parallel()
	w := New(t)
	for range 8 {
		o := w.Tenant("adyen")
		var wait sync.WaitGroup
		var byAda, byBen Answer
		wait.Go(func() { byAda = o.Ada.Do("deactivateUser", At(o.Ben.ID)) })
		wait.Go(func() { byBen = o.Ben.Do("deactivateUser", At(o.Ada.ID)) })
		wait.Wait()
		winner, loser := o.Ada, byBen
		if byAda.Status != 200 {
			winner, loser = o.Ben, byAda
		}
		if (byAda.Status == 200) == (byBen.Status == 200) {
			t.Fatalf("both or neither: %d %s / %d %s", byAda.Status, byAda.Text, byBen.Status, byBen.Text)
		}
		if loser.Status != 401 && loser.Status != 409 {
			t.Errorf("the other was answered %d %s", loser.Status, loser.Text)
		}
		equal(t, "active admins", o.Organisation().ActiveAdmins, 1)
		winner.Me(t)
	}
}

// 3.10: no act leaves fewer active admins than the organisation's rule needs.
func TestTheLeastAdminsRemain(t *testing.T) {
	t.Parallel()
	for _, setup := range []struct {
		name, preset string
		settings     []Setting
		least        int
	}{{"second admin", "bc-connect", nil, 2}, {"step-up", "bc-connect", []Setting{StepUp}, 1}, {"none", "adyen", nil, 1}} {
		t.Run(setup.name, func(t *testing.T) {
			t.Parallel()
			w := New(t)
			o := w.Tenant(setup.preset, setup.settings...)
			olga := w.In(o)
			remove := func(admin *Person) Answer {
				answer := olga.Do("deactivateUser", At(admin.ID))
				if answer.Status == 202 {
					change := ask(t, answer)
					if change.State == "awaitingStepUp" {
						return olga.Confirm(change)
					}
					return o.Ada.Approve(change)
				}
				return answer
			}
			if setup.least == 1 {
				remove(o.Ben).Want(t, 200)
			}
			remove(map[int]*Person{1: o.Ada, 2: o.Ben}[setup.least]).Refused(t, 409, "tooFewAdmins")
			equal(t, "active admins", o.Organisation().ActiveAdmins, setup.least)

			// An admin who has not verified the address yet is none to count on.
			body := newUser(o, Object{"kind": "admin", "companies": nil, "accounts": nil, "roles": nil, "permissions": nil})
			created := olga.Do("createUser", Body(body))
			if change := Read[UserAnswer](t, created, created.Status).Change; change != nil {
				if change.State == "awaitingStepUp" {
					olga.Confirm(change).Want(t, 200)
				} else {
					o.Ada.Approve(change).Want(t, 200)
				}
			}
			o.Settle()
			pass(o, hour)
			o.Settle()
			olga = w.In(o)
			equal(t, "active admins", o.Organisation().ActiveAdmins, setup.least)
			remove(map[int]*Person{1: o.Ada, 2: o.Ben}[setup.least]).Refused(t, 409, "tooFewAdmins")
		})
	}
}

// 3.10: the rule is held when the change takes effect, not only when it was asked for.
func TestTwoDeactivationsThatWereAskedForBeforeLeaveEnoughAdmins(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	cleo := o.Admin("cleo")
	olga := w.In(o)
	ben, other := ask(t, olga.Do("deactivateUser", At(o.Ben.ID))), ask(t, olga.Do("deactivateUser", At(cleo.ID)))
	o.Ada.Approve(ben).Want(t, 200)
	o.Ada.Approve(other).Refused(t, 409, "tooFewAdmins")
	equal(t, "active admins", o.Organisation().ActiveAdmins, 2)
	cleo.Me(t)
}

// 1.7: nobody deactivates themselves.
func TestNobodyDeactivatesThemselves(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		problem := o.Ada.Do("deactivateUser", At(o.Ada.ID)).Refused(t, 403, "forbidden")
		if o.Organisation().Preset == "adyen" {
			equal(t, "policy", problem.Policy, "own-deactivation")
		}
	})
}

// 1.4: where the preset has it so, only operators act on admins and switch API users; the organisation's change control
// holds for them too.
func TestWhatOnlyOperatorsDo(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	olga := w.In(o)
	admin := newUser(o, Object{"kind": "admin", "companies": nil, "accounts": nil, "permissions": nil})
	robot := newUser(o, Object{"kind": "api", "phone": nil})
	for _, test := range []struct {
		operation string
		parts     []Part
		policy    string
	}{
		{"createUser", []Part{Body(admin)}, "admins-managed-by-operators"},
		{"updateUser", []Part{At(o.Ben.ID), Body(Object{"contact": true})}, "admins-managed-by-operators"},
		{"deactivateUser", []Part{At(o.Ben.ID)}, "admins-managed-by-operators"},
		{"createUser", []Part{Body(robot)}, "api-users-switched-by-operators"},
		{"deactivateUser", []Part{At(o.Robot.ID)}, "api-users-switched-by-operators"},
		{"createOrganisation", example(o, endpoint("createOrganisation")), "operators-only"},
		{"updateOrganisation", []Part{At(o.ID), Body(Object{"name": "Mine"})}, "operators-only"},
		{"createCompany", []Part{Body(Object{"name": "Mine"})}, "operators-only"},
		{"openAccount", []Part{Body(Object{"name": "Mine", "company": o.Companies[0]})}, "operators-only"},
		{"listOrganisations", nil, "operators-only"},
	} {
		equal(t, test.operation, o.Ada.Do(test.operation, test.parts...).Refused(t, 403, "forbidden").Policy, test.policy)
	}
	ask(t, o.Ada.Do("updateUser", At(o.Robot.ID), Body(Object{"accounts": o.Accounts[:2]})))

	asked := Read[UserAnswer](t, olga.Do("createUser", Body(admin)), 202)
	equal(t, "requester", asked.Change.Requester.Kind, "operator")
	o.Settle()
	contains(t, o.Mails.Kinds(o.Ada.Email), directory.MailApprovalRequested)
	o.Ada.Approve(asked.Change).Want(t, 200)
	o.Settle()
	pass(o, hour)
	o.Settle()
	equal(t, "kinds of mail", o.Mails.Kinds(admin["email"].(string)), []directory.MailKind{directory.MailVerification})
	contains(t, o.Mails.Kinds(w.Operator().Email), directory.MailChangeEffective)
	follow(t, o, o.Ada.User(t, asked.User.ID))
	equal(t, "active admins", o.Organisation().ActiveAdmins, 3)
}

// 2.6: an admin who may initiate payments is possible and warned about.
func TestSegregationOfDutiesIsWarnedAbout(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	answer := Read[UserAnswer](t, w.In(o).Do("updateUser", At(o.Ben.ID), Body(Object{
		"permissions": []string{"payments:initiate"}, "paymentRule": "needsApproval",
	})), 202)
	if len(answer.Warnings) != 1 || answer.Warnings[0].Code != "admin-initiates-payments" {
		t.Errorf("warnings: %+v", answer.Warnings)
	}
}

// 2.5: who may initiate payments has a rule, and the platform is told of it.
func TestPaymentsThatNeedApproval(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
	update := Object{"permissions": []string{"payments:initiate"}}
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(update)).Faulty(t, "paymentRule", "required")
	update["paymentRule"] = "needsApproval"
	decide(t, o, ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(update))))
	got := o.Rosa.Asks(t, string(o.Rosa.ID), "payments:initiate", o.Accounts[0])
	equal(t, "decision", got.Decision, true)
	equal(t, "obligations", got.Context.Obligations, []string{"needsApproval"})
	decide(t, o, ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"paymentRule": "submit"}))))
	got = o.Rosa.Asks(t, string(o.Rosa.ID), "payments:initiate", o.Accounts[0])
	equal(t, "obligations", got.Context.Obligations, []string{})
}

// 2.4: where the grant limit is "own", an actor gives only what it has; that holds for access that a reactivation
// restores as well.
func TestTheGrantLimit(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	reporter := o.Regular("rita", []string{"manageReports"})
	refused := func(operation string, parts ...Part) {
		t.Helper()
		equal(t, operation, o.Ada.Do(operation, parts...).Refused(t, 403, "forbidden").Policy, "grant-limit-roles")
	}
	refused("createUser", Body(newUser(o, Object{"roles": []string{"manageReports"}})))
	refused("updateUser", At(o.Rosa.ID), Body(Object{"roles": []string{"viewAccounts", "manageReports"}}))
	// What a user has already is not given, and may be taken.
	o.Ada.Do("updateUser", At(reporter.ID), Body(Object{"roles": []string{"manageReports", "viewAccounts"}})).Want(t, 200)
	o.Ada.Do("deactivateUser", At(reporter.ID)).Want(t, 200)
	refused("reactivateUser", At(reporter.ID))

	// An admin without every account cannot be; but a regular user who administers gives only its own accounts.
	lena := o.Regular("lena", []string{"balancePlatformAdmin", "viewTransfers"})
	equal(t, "policy", lena.Do("createUser", Body(newUser(o, Object{"accounts": o.Accounts[1:2]}))).Refused(t, 403, "forbidden").Policy, "grant-limit-accounts")
	lena.Do("createUser", Body(newUser(o, nil))).Want(t, 201)
}
