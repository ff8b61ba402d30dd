package functionstest

import (
	"testing"

	"mandate/shared/directory"
)

// 1.8: where the preset allows it, removing unlinks the user from the organisation: its access ends, its name is free.
func TestAUserIsRemovedWhereThePresetAllowsIt(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	answer := Read[UserAnswer](t, o.Ada.Do("removeUser", At(o.Rosa.ID)), 200)
	equal(t, "status", answer.User.Status, string(directory.StatusRemoved))
	o.Rosa.Do("getMe").Refused(t, 401, "unauthenticated")
	o.Ada.Do("getUser", At(o.Rosa.ID)).Refused(t, 404, "notFound")
	o.Ada.Do("createUser", Body(newUser(o, Object{"email": o.Rosa.Email}))).Want(t, 201)

	equal(t, "policy", o.Ada.Do("removeUser", At(o.Ada.ID)).Refused(t, 403, "forbidden").Policy, "own-deactivation")
	o.Ada.Do("removeUser", At(o.Ben.ID)).Want(t, 200)
	equal(t, "active admins", o.Organisation().ActiveAdmins, 1)
	w := o.In(o)
	w.Do("removeUser", At(o.Ada.ID)).Refused(t, 409, "tooFewAdmins")
}

// 1.8: elsewhere users are never removed.
func TestUsersAreNeverRemovedElsewhere(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"bc-connect", "adyen", "billpro", "b2binpay"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant(preset)
			equal(t, "policy", o.Ada.Do("removeUser", At(o.Rosa.ID)).Refused(t, 403, "forbidden").Policy, "users-never-removed")
			o.Rosa.Me(t)
		})
	}
}

// 5.2: an admin resets a second factor by a change like any other; the user's sessions end, and it sets up another.
func TestASecondFactorIsResetByAChange(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user := done(t, o, o.Ada.Do("resetSecondFactor", At(o.Rosa.ID)))
		equal(t, "second factor", user.SecondFactor, false)
		o.Rosa.Do("getMe").Refused(t, 401, "unauthenticated")
		o.Settle()
		contains(t, o.Mails.Kinds(o.Rosa.Email), directory.MailSecondFactorReset)
		o.Ada.Do("resetSecondFactor", At(o.Rosa.ID)).Refused(t, 409, "stateWrong")
		session := Read[SignedIn](t, o.Do("signIn", Body(Object{"identifier": o.Rosa.Identifier, "password": o.Rosa.Password})), 200)
		if session.Challenge != nil || session.Session == nil {
			t.Fatalf("a factor is asked for that is no more: %+v", session)
		}
	})
}
