package functionstest

import (
	"slices"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// The walk through BC Connect's document "Manage your team", in its order, in both of its setups. Each step says in our
// words what the document promises there.
func walkBCConnect(t *testing.T, o *Tenant) {
	w := o.World
	withApproval := o.Organisation().Settings.ChangeControl == directory.ControlSecondAdmin
	// refused fails the test where the document keeps something for the platform's staff and an admin does it.
	refused := func(policy, operation string, parts ...Part) {
		t.Helper()
		equal(t, operation+" is denied by", o.Ada.Do(operation, parts...).Refused(t, 403, "forbidden").Policy, policy)
	}

	// An organisation works with another admin's approval, which takes two active admins, or without, which takes one.
	least := map[bool]int{true: 2, false: 1}[withApproval]
	equal(t, "least admins", o.Organisation().Settings.LeastAdmins(), least)

	// Admins have all accounts of the company group.
	equal(t, "all accounts", o.Ada.User(t, string(o.Ben.ID)).AllAccounts, true)

	// Admins may initiate and approve payments, which is advised against.
	warned := Read[UserAnswer](t, w.In(o).Do("updateUser", At(o.Ben.ID), Preview(), Body(Object{
		"permissions": []string{"payments:approve", "payments:initiate"}, "paymentRule": "needsApproval",
	})), 200)
	equal(t, "warnings", len(warned.Warnings), 3)

	// Admins create no API users, no admins, and change neither admins nor certificates: they ask the staff.
	refused("api-users-switched-by-operators", "createUser", Body(apiUser(o)))
	refused("admins-managed-by-operators", "createUser", Body(newUser(o, Object{"kind": "admin", "companies": nil, "accounts": nil, "permissions": nil})))
	refused("admins-managed-by-operators", "updateUser", At(o.Ben.ID), Body(Object{"name": Object{"first": "Bob"}}))
	refused("certificates-changed-by-operators", "addCertificate", At(o.Robot.ID), Body(Object{"pem": o.certificate(365).PEM}))
	// They fill out the admin user form, and what the staff accepts becomes a change under the same control.
	form := o.File(t, Object{"act": "updateUser", "target": o.Ben.ID, "patch": Object{"name": Object{"first": "Bob"}}, "note": "Our form."})
	staff := w.In(o)
	becomes := Read[RequestAnswer](t, staff.Do("decideServiceRequest", At(form.ID), verdict("accepted", "")), 200).Change
	equal(t, "the form's change", []string{becomes.Request, becomes.State}, []string{form.ID, map[bool]string{true: "awaitingApproval", false: "awaitingStepUp"}[withApproval]})
	staff.Do("cancelChange", At(becomes.ID)).Want(t, 200)

	// Create a new user, by steps. Basics: the phone is the user's own, since it carries the second factor.
	o.Ada.Do("createUser", Body(newUser(o, Object{"phone": nil}))).Faulty(t, "phone", "required")
	o.Ada.Do("createUser", Body(newUser(o, Object{"phone": o.Ada.User(t, string(o.Rosa.ID)).Phone}))).Faulty(t, "phone", "taken")
	// Account access: companies and their accounts.
	o.Ada.Do("createUser", Body(newUser(o, Object{"companies": o.Companies[1:], "accounts": o.Accounts[:1]}))).Faulty(t, "accounts[0]", "company")
	// Permissions: who may initiate payments has a rule whether another approves them.
	initiates := Object{"permissions": []string{"balances:view", "payments:initiate"}}
	o.Ada.Do("createUser", Body(newUser(o, initiates))).Faulty(t, "paymentRule", "required")
	initiates["paymentRule"] = "needsApproval"
	initiates["accounts"] = o.Accounts[:2]
	answer := o.Ada.Do("createUser", Body(newUser(o, initiates)))
	change := ask(t, answer)

	// Depending on the setup the admin authenticates itself, or another admin approves. Meanwhile the user is marked.
	user := Read[UserAnswer](t, answer, 202).User
	equal(t, "the mark (i)", o.Ben.User(t, user.ID).OpenChange, change.ID)
	if withApproval {
		equal(t, "state", change.State, "awaitingApproval")
		o.Ada.Approve(change).Refused(t, 403, "forbidden")
	} else {
		equal(t, "state", change.State, "awaitingStepUp")
		o.Ben.Confirm(change).Refused(t, 403, "forbidden")
	}
	decide(t, o, change)

	// It takes up to sixty minutes until the change takes effect.
	o.Settle()
	coming := o.Ada.Change(t, change.ID)
	at := slices.IndexFunc(coming.Timeline, func(e api.Event) bool { return e.What == "propagating" })
	equal(t, "delay", coming.EffectiveAt.Sub(coming.Timeline[at].At), hour)
	equal(t, "may already", o.Ada.Asks(t, user.ID, "balances:view", o.Accounts[0]).Decision, false)
	pass(o, hour)
	o.Settle()
	equal(t, "the mark (i)", o.Ben.User(t, user.ID).OpenChange, "")
	nina := follow(t, o, user)

	// Its permissions and payment rule are the same for all its accounts.
	for _, account := range o.Accounts[:2] {
		asked := o.Ada.Asks(t, user.ID, "payments:initiate", account)
		equal(t, "may initiate", asked.Decision, true)
		equal(t, "obligations", asked.Context.Obligations, []string{"needsApproval"})
	}
	equal(t, "on an account that it was not given", o.Ada.Asks(t, user.ID, "payments:initiate", o.Accounts[2]).Decision, false)

	// A user is of one company group.
	other := w.Tenant("bc-connect")
	other.Ada.Do("createUser", Body(newUser(other, Object{"email": user.Email}))).Faulty(t, "email", "taken")

	// View and update: regular users and API users, under the same control.
	equal(t, "details", nina.Me(t).User.Email, user.Email)
	done(t, o, o.Ada.Do("updateUser", At(user.ID), Body(Object{"name": Object{"first": "Nina", "last": "Newer"}})))
	equal(t, "name", o.Ada.User(t, user.ID).Name, api.Name{First: "Nina", Last: "Newer"})
	done(t, o, o.Ada.Do("updateUser", At(o.Robot.ID), Body(Object{"permissions": []string{"balances:view"}})))
	equal(t, "the API user's permissions", o.Ada.User(t, string(o.Robot.ID)).Permissions, []string{"balances:view"})
	// What an API user may do over the API depends on its accounts and permissions.
	for i, want := range []bool{true, false, false} {
		equal(t, "the API user may", o.Robot.Asks(t, string(o.Robot.ID), "balances:view", o.Accounts[i]).Decision, want)
	}

	// Deactivate and reactivate: regular users alone. Access ends with the decision.
	nina.SignIn(t)
	decide(t, o, ask(t, o.Ada.Do("deactivateUser", At(user.ID))))
	nina.Do("getMe").Refused(t, 401, "unauthenticated")
	o.Settle()
	done(t, o, o.Ada.Do("reactivateUser", At(user.ID)))
	nina.On().SignIn(t)
	refused("api-users-switched-by-operators", "deactivateUser", At(o.Robot.ID))
	refused("admins-managed-by-operators", "deactivateUser", At(o.Ben.ID))
	w.In(o).Do("deactivateUser", At(o.Robot.ID), Preview()).Want(t, 200)

	// A new bank account is assigned to regular and API users by hand, and the admins are reminded of it, and see who lacks it.
	opened := Read[api.BankAccount](t, w.In(o).Do("openAccount", Body(Object{"company": o.Companies[0], "name": "Payroll"})), 201)
	o.Settle()
	contains(t, o.Mails.Kinds(o.Ada.Email), directory.MailAccountOpened)
	equal(t, "an admin has it", o.Ada.Asks(t, string(o.Ada.ID), "balances:view", opened.ID).Context.Policy != "account-not-assigned", true)
	equal(t, "a regular user has it", o.Ada.Asks(t, user.ID, "balances:view", opened.ID).Decision, false)
	lacking := idsOf(all[api.User](t, o.Ada, "listAccountUsers", At(opened.ID), Query("lacking", "true")))
	for _, id := range []string{user.ID, string(o.Robot.ID)} {
		contains(t, lacking, id)
	}
	given := Read[Assignment](t, o.Ada.Do("assignAccount", At(opened.ID), Body(Object{"users": []string{user.ID, string(o.Robot.ID)}})), 202)
	decide(t, o, given.Change)
	o.Settle()
	pass(o, hour)
	o.Settle()
	equal(t, "a regular user has it", o.Ada.Asks(t, user.ID, "balances:view", opened.ID).Decision, true)
}
