package functionstest

import (
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 4.2: whoever reads the mails of an address that a user has no longer is not let in by a link that was sent there.
func TestLinksDieWithTheAddressThatTheyWereSentTo(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Want(t, 202)
		o.Settle()
		before := o.Rosa.Email
		token := o.Mails.Token(t, before, directory.MailPasswordReset)
		done(t, o, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"email": o.Email("rosa")})))
		inspect(o.World, token).Refused(t, 410, "linkRevoked")
		redeem(o.World, token, newPassword).Refused(t, 410, "linkRevoked")

		// A new user who is corrected before it came in: the first address opens nothing, the right one does.
		user, wrong, first := newcomer(t, o)
		right := o.Email("right")
		done(t, o, o.Ada.Do("updateUser", At(user), Body(Object{"email": right})))
		redeem(o.World, first, newPassword).Refused(t, 410, "linkReplaced")
		equal(t, "mails to the wrong address", o.Mails.Kinds(wrong), []directory.MailKind{directory.MailVerification})
		redeem(o.World, o.Mails.Token(t, right, directory.MailVerification), newPassword).Want(t, 200)
		equal(t, "status", o.Ada.User(t, user).Status, "active")
	})
}

// 3.8: a user who verifies its address meanwhile is no other than the one that was shown to whoever approves.
func TestAnUpdateFitsAUserWhoVerifiedItsAddressMeanwhile(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user, _, token := newcomer(t, o)
		answer := o.Ada.Do("updateUser", At(user), Body(Object{"accounts": o.Accounts[:2]}))
		redeem(o.World, token, newPassword).Want(t, 200)
		got := done(t, o, answer)
		equal(t, "accounts", got.Accounts, o.Accounts[:2])
		equal(t, "status", got.Status, "active")
	})
}

// 1.3, 1.11: where numbers are verified, another number is verified anew; until then the user may do nothing but that, and
// then goes on from where it was.
func TestAChangedNumberIsVerifiedAnew(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	mia, number := owner(t, o, "merchant"), o.Phone()
	mia.SignIn(t)
	preview := Read[UserAnswer](t, o.In(o).Do("updateUser", At(mia.ID), Body(Object{"phone": number}), Preview()), 200).Preview
	equal(t, "diff", preview.Diff[0].After, "phoneNotVerified")
	done(t, o, o.In(o).Do("updateUser", At(mia.ID), Body(Object{"phone": number})))
	mia.Do("getMe").Refused(t, 401, "unauthenticated")
	equal(t, "status", o.Ada.User(t, string(mia.ID)).Status, "phoneNotVerified")
	equal(t, "what comes next", mia.SignIn(t).Next, "verifyPhone")
	goodOnlyFor(t, o, mia, "onboardingOpen", "getMe", "signOut", "sendPhoneCode", "verifyPhone", "getMyKyc", "submitKyc")
	mia.Do("sendPhoneCode").Want(t, 202)
	o.Settle()
	equal(t, "status", Read[Me](t, mia.verifies(o.Texts.Code(t, number)), 200).User.Status, "active")

	// An inactive user does so once it is reactivated; a number that only goes away leaves nothing to verify.
	done(t, o, o.In(o).Do("deactivateUser", At(mia.ID)))
	done(t, o, o.In(o).Do("updateUser", At(mia.ID), Body(Object{"phone": o.Phone()})))
	equal(t, "status", o.Ada.User(t, string(mia.ID)).Status, "inactive")
	equal(t, "status", done(t, o, o.In(o).Do("reactivateUser", At(mia.ID))).Status, "phoneNotVerified")
}

// 3.10: an admin whose number is to be verified is none who is active.
func TestTheLastAdminsNumberStays(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay", throughPhone, func(s *directory.Settings) { s.AdminsManageAdmins = true })
	done(t, o, o.Ada.Do("updateUser", At(o.Ben.ID), Body(Object{"phone": o.Phone()})))
	equal(t, "active admins", o.Organisation().ActiveAdmins, 1)
	o.Ada.Do("updateUser", At(o.Ada.ID), Body(Object{"phone": o.Phone()})).Refused(t, 409, "tooFewAdmins")
	o.Ben.SignIn(t)
	o.Ben.Do("sendPhoneCode").Want(t, 202)
	o.Settle()
	o.Ben.verifies(o.Texts.Code(t, o.Ada.User(t, string(o.Ben.ID)).Phone)).Want(t, 200)
	equal(t, "active admins", o.Organisation().ActiveAdmins, 2)
}

// 1.1: a new user that is switched off is let in when it is reactivated, and hears of nothing before.
func TestANewUserThatIsSwitchedOff(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		off := done(t, o, o.Ada.Do("createUser", Body(newUser(o, Object{"active": false}))))
		equal(t, "status", off.Status, "inactive")
		equal(t, "mails", len(o.Mails.To(off.Email)), 0)
		o.Ada.Do("resendVerification", At(off.ID)).Refused(t, 409, "stateWrong")
		equal(t, "status", done(t, o, o.Ada.Do("reactivateUser", At(off.ID))).Status, "emailNotVerified")
		follow(t, o, off)
		equal(t, "status", o.Ada.User(t, off.ID).Status, "active")
	})
}

// 1.7: what an update does not name stays as it is, half of a name too.
func TestAnUpdateOfHalfANameLeavesTheOther(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"name": Object{"first": "Rosalind", "last": "Lind"}})).Want(t, 200)
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"name": Object{"first": "Rose"}})).Want(t, 200)
	equal(t, "name", o.Ada.User(t, string(o.Rosa.ID)).Name, api.Name{First: "Rose", Last: "Lind"})
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"name": Object{"last": ""}})).Want(t, 200)
	equal(t, "name", o.Ada.User(t, string(o.Rosa.ID)).Name, api.Name{First: "Rose"})
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"name": Object{"first": ""}})).Faulty(t, "name.first", "required")
}
