package functionstest

import (
	"strings"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// owner is a client who has passed level 1, with the first account as its wallet.
func owner(t testing.TB, o *Tenant, kind string) *Person {
	t.Helper()
	person, user := checked(t, o, Object{"type": kind, "roles": nil})
	o.Department("compliance").judges(user.ID, 1, "passed", "").Want(t, 200)
	person.SignIn(t)
	return person
}

// 1.12: a wallet's owner invites staff to its own wallets, and gives nothing else; whom it answers for passes no identity
// checks, and is in once address and phone are verified.
func TestOwnersInviteStaffToTheirWallets(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	mia := owner(t, o, "merchant")
	invites := func(with Object) Answer {
		body := newUser(o, Object{"type": "merchant", "roles": []string{"merchantStaff"}})
		for name, value := range with {
			body[name] = value
		}
		return mia.Do("createUser", Body(body))
	}
	for name, with := range map[string]Object{
		"another wallet":       {"accounts": o.Accounts[:2]},
		"no wallet":            {"accounts": []string{}},
		"another company":      {"companies": o.Companies},
		"another kind's staff": {"roles": []string{"enterpriseStaff"}},
		"more than staff":      {"roles": []string{"api", "merchantStaff"}},
		"no group":             {"roles": []string{}},
		"a permission":         {"permissions": []string{"payouts:create"}},
	} {
		if got := invites(with).Refused(t, 403, "forbidden").Policy; got != "owners-invite-staff" {
			t.Errorf("%s: refused by %s", name, got)
		}
	}
	equal(t, "an owner", invites(Object{"roles": []string{"merchantOwner"}}).Refused(t, 403, "forbidden").Policy, "administration-given-by-operators")
	equal(t, "an API user", invites(Object{"kind": "api"}).Refused(t, 403, "forbidden").Policy, "api-users-switched-by-operators")
	equal(t, "an admin", invites(Object{"kind": "admin"}).Refused(t, 403, "forbidden").Policy, "admins-managed-by-operators")

	user := Read[UserAnswer](t, invites(nil), 201).User
	equal(t, "status", user.Status, "emailNotVerified")
	o.Settle()
	redeemed := Read[Redeemed](t, redeem(o.World, o.Mails.Token(t, user.Email, directory.MailVerification), newPassword), 200)
	equal(t, "what comes next", redeemed.Next, "verifyPhone")
	o.Settle()
	sam := &Person{World: o.World, Organisation: o.ID, ID: directory.UserID(user.ID), Identifier: user.Email, Password: newPassword, Token: redeemed.Session.Token}
	verified := Read[Me](t, sam.verifies(o.Texts.Code(t, user.Phone)), 200)
	equal(t, "status", verified.User.Status, "active")
	equal(t, "what comes next", verified.Next, "")
	equal(t, "may see the wallet", o.Ada.Asks(t, user.ID, "wallets:view", o.Accounts[0]).Decision, true)
	equal(t, "may pay out", o.Ada.Asks(t, user.ID, "payouts:create", o.Accounts[0]).Decision, false)
	equal(t, "may see another", o.Ada.Asks(t, user.ID, "wallets:view", o.Accounts[1]).Decision, false)
	sam.Do("createUser", Body(newUser(o, Object{"roles": []string{"merchantStaff"}}))).Refused(t, 403, "forbidden")
	equal(t, "what an owner does besides", mia.Do("updateUser", At(user.ID), Body(Object{"contact": true})).Refused(t, 403, "forbidden").Policy, "permission-missing")
	mia.Do("deactivateUser", At(user.ID)).Refused(t, 403, "forbidden")

	// An admin's invitation answers for nobody.
	_, other := checked(t, o, Object{"roles": []string{"merchantStaff"}})
	equal(t, "status", other.Status, "kycNotVerified")
}

// 5.2: staff switch the second factor on and off for one user, where the organisation leaves it to its users.
func TestTheSecondFactorIsSwitchedPerUser(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay", throughPhone)
	olga := o.In(o)
	nina, user := invited(t, o, nil)
	nina.verifies(o.Texts.Code(t, user.Phone)).Want(t, 200)
	equal(t, "what comes next", nina.SignIn(t).Next, "")
	switches := func(on bool) api.User {
		t.Helper()
		return Read[UserAnswer](t, olga.Do("updateUser", At(user.ID), Body(Object{"secondFactorRequired": on})), 200).User
	}
	equal(t, "required", switches(true).SecondFactorRequired, true)
	equal(t, "what comes next", nina.SignIn(t).Next, "enrolSecondFactor")
	goodOnlyFor(t, o, nina, "secondFactorMissing", "getMe", "signOut", "beginTotp", "confirmTotp", "beginPasskey", "confirmPasskey")
	nina.Enrol(t)
	equal(t, "second factor", o.Ada.User(t, user.ID).SecondFactor, true)
	nina.SignIn(t) // with a code
	nina.Do("removeTotp", Body(Object{"code": nina.Code()})).Refused(t, 409, "stateWrong")
	olga = o.In(o)

	preview := Read[UserAnswer](t, olga.Do("updateUser", At(user.ID), Body(Object{"secondFactorRequired": false}), Preview()), 200).Preview
	equal(t, "diff", preview.Diff, []api.Difference{
		{Field: "secondFactor", Before: "true", After: "false"}, {Field: "secondFactorRequired", Before: "true", After: "false"},
	})
	off := switches(false)
	equal(t, "required", off.SecondFactorRequired, false)
	equal(t, "second factor", off.SecondFactor, false)
	nina.Do("getMe").Refused(t, 401, "unauthenticated")
	o.Settle()
	o.Mails.Last(t, user.Email, directory.MailSecondFactorReset)
	if signedIn := Read[SignedIn](t, signIn(o.World, nina.Identifier, nina.Password), 200); signedIn.Challenge != nil {
		t.Error("a code is asked for")
	}
	olga.Do("updateUser", At(o.Robot.ID), Body(Object{"secondFactorRequired": true})).Faulty(t, "secondFactorRequired", "kind")

	// Where the organisation requires one, nobody is let off.
	strict := o.Tenant("b2binpay", func(s *directory.Settings) { s.SecondFactor = directory.Required })
	olga = o.In(strict)
	olga.Do("updateUser", At(strict.Rosa.ID), Body(Object{"secondFactorRequired": true})).Want(t, 200)
	kept := Read[UserAnswer](t, olga.Do("updateUser", At(strict.Rosa.ID), Body(Object{"secondFactorRequired": false})), 200).User
	equal(t, "second factor", kept.SecondFactor, true)
	strict.Rosa.Me(t)
}

// 7.1, 7.2: what the details of a user say.
func TestTheDetailsOfAUser(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	mia := owner(t, o, "merchant")
	olga := o.In(o)
	user := olga.User(t, string(mia.ID))
	equal(t, "type", user.Type, "merchant")
	equal(t, "staff", user.Staff, false)
	equal(t, "company user", user.CompanyUser, true)
	equal(t, "company user", olga.User(t, string(o.Ada.ID)).CompanyUser, false)
	equal(t, "groups", strings.Join(user.Roles, ","), "merchantOwner")
	if user.CreatedAt.IsZero() {
		t.Error("no registration date")
	}
}
