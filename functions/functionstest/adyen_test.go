package functionstest

import (
	"strings"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// The walk through Adyen's document "Manage users", in its order. Each step says in our words what the document promises
// there.
func walkAdyen(t *testing.T, w *World) {
	o := w.Tenant("adyen")
	role := "permission-missing"

	// See a user's roles.
	equal(t, "roles", o.Ada.User(t, string(o.Rosa.ID)).Roles, []string{"viewAccounts", "viewTransfers"})

	// Create a user: who has the balance platform admin role does it.
	equal(t, "policy", o.Rosa.Do("createUser", Body(newUser(o, nil))).Refused(t, 403, "forbidden").Policy, role)
	// Its username and address are unique.
	username := "nina-" + o.Phone()[1:]
	body := newUser(o, Object{"username": username, "roles": []string{"viewAccounts", "viewTransfers"}, "accounts": o.Accounts[:1]})
	created := Read[UserAnswer](t, o.Ada.Do("createUser", Body(body)), 201).User
	o.Ada.Do("createUser", Body(newUser(o, Object{"username": username}))).Faulty(t, "username", "taken")
	o.Ada.Do("createUser", Body(newUser(o, Object{"email": created.Email}))).Faulty(t, "email", "taken")
	// A role that one does not have is for the support team to give.
	equal(t, "policy", o.Ada.Do("createUser", Body(newUser(o, Object{"roles": []string{"manageReports"}}))).Refused(t, 403, "forbidden").Policy, "grant-limit-roles")
	wish := newUser(o, Object{"roles": []string{"manageReports"}})
	equal(t, "asked of the support team", o.File(t, Object{"act": "createUser", "user": wish}).State, "open")
	// The new user gets a mail with a link to verify the address, choose a password and set up a second factor; it is
	// valid for two weeks.
	o.Settle()
	equal(t, "mails", o.Mails.Kinds(created.Email), []directory.MailKind{directory.MailVerification})
	equal(t, "names the second factor", strings.Contains(o.Mails.Last(t, created.Email, directory.MailVerification).Text, "second factor"), true)
	token := o.Mails.Token(t, created.Email, directory.MailVerification)
	pass(o, 14*24*hour-10*time.Minute)
	o.Do("inspectLink", Body(Object{"token": token})).Want(t, 200)
	pass(o, 10*time.Minute)
	o.Do("inspectLink", Body(Object{"token": token})).Refused(t, 410, "linkExpired")

	// Send it again, to the user that one searches for: valid for 24 hours.
	equal(t, "found", all[api.User](t, o.Ada, "listUsers", Query("q", created.Email[:8]))[0].ID, created.ID)
	o.Ada.Do("resendVerification", At(created.ID)).Want(t, 202)
	o.Settle()
	again := o.Mails.Token(t, created.Email, directory.MailVerificationResent)
	pass(o, 24*hour)
	o.Do("inspectLink", Body(Object{"token": again})).Refused(t, 410, "linkExpired")
	o.Ada.Do("resendVerification", At(created.ID)).Want(t, 202)
	o.Settle()
	redeemed := Read[Redeemed](t, o.Do("redeemLink", Body(Object{
		"token": o.Mails.Token(t, created.Email, directory.MailVerificationResent), "password": "a quiet walk by the river",
	})), 200)
	equal(t, "what comes next", redeemed.Next, "enrolSecondFactor")
	nina := &Person{
		World: o.World, Organisation: o.ID, ID: directory.UserID(created.ID), Email: created.Email,
		Identifier: username, Password: "a quiet walk by the river", Token: redeemed.Session.Token,
	}
	nina.Enrol(t)
	nina.On().SignIn(t)

	// Duplicate: the copy has no more than the actor has itself.
	rich := o.Regular("rich", []string{"manageReports", "viewTransfers"})
	copied := Read[UserAnswer](t, o.Ada.Do("duplicateUser", At(rich.ID), Body(Object{"username": "copy-" + o.Phone()[1:], "email": o.Email("copy")})), 201)
	equal(t, "roles", copied.User.Roles, []string{"viewTransfers"})
	equal(t, "roles left out", copied.Left.Roles, []string{"manageReports"})
	o.Settle()
	equal(t, "mails", o.Mails.Kinds(copied.User.Email), []directory.MailKind{directory.MailVerification})

	// Send a password reset: the link is valid for 24 hours.
	equal(t, "policy", o.Rosa.Do("sendPasswordReset", At(created.ID)).Refused(t, 403, "forbidden").Policy, role)
	o.Ada.Do("sendPasswordReset", At(created.ID)).Want(t, 202)
	o.Settle()
	reset := o.Mails.Token(t, created.Email, directory.MailPasswordReset)
	pass(o, 24*hour)
	o.Do("inspectLink", Body(Object{"token": reset})).Refused(t, 410, "linkExpired")
	// Who forgot the password enters the username on the sign-in page.
	o.Do("forgotPassword", Body(Object{"identifier": username})).Want(t, 202)
	o.Settle()
	reset = o.Mails.Token(t, created.Email, directory.MailPasswordReset)
	nina.Password = "another walk by the sea"
	o.Do("redeemLink", Body(Object{"token": reset, "password": nina.Password})).Want(t, 200)
	nina.On().SignIn(t)

	// Change a user's permissions: roles and accounts that one has oneself.
	deputy := o.Regular("deputy", []string{"balancePlatformAdmin", "viewAccounts"}) // with the first account alone
	equal(t, "policy", deputy.Do("updateUser", At(created.ID), Body(Object{"accounts": o.Accounts[:2]})).Refused(t, 403, "forbidden").Policy, "grant-limit-accounts")
	o.Ada.Do("updateUser", At(created.ID), Body(Object{"roles": []string{"initiateTransfers", "viewAccounts"}, "accounts": o.Accounts[:2]})).Want(t, 200)
	equal(t, "may initiate", o.Ada.Asks(t, created.ID, "transfers:initiate", o.Accounts[1]).Decision, true)
	equal(t, "policy", o.Ada.Do("updateUser", At(created.ID), Body(Object{"roles": []string{"manageTransferLimits"}})).Refused(t, 403, "forbidden").Policy, "grant-limit-roles")

	// Deactivate: not oneself; the session ends, and the user comes in no more until it is reactivated.
	equal(t, "policy", o.Ada.Do("deactivateUser", At(o.Ada.ID)).Refused(t, 403, "forbidden").Policy, "own-deactivation")
	nina.SignIn(t)
	o.Ada.Do("deactivateUser", At(created.ID)).Want(t, 200)
	nina.Do("getMe").Refused(t, 401, "unauthenticated")
	o.Do("signIn", Body(Object{"identifier": username, "password": nina.Password})).Refused(t, 401, "credentialsWrong")
	o.Ada.Do("reactivateUser", At(created.ID)).Want(t, 200)
	nina.On().SignIn(t)
	equal(t, "roles", o.Ada.User(t, created.ID).Roles, []string{"initiateTransfers", "viewAccounts"})
}
