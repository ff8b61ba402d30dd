package functionstest

import (
	"slices"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// The story that everything else stands on: a user is asked for, decided about, takes effect, reads its mail, chooses a
// password, sets up a second factor, signs in, and is out the moment an admin deactivates it.
func TestFromAskingForAUserToItsDeactivation(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		body := newUser(o, nil)
		email := body["email"].(string)
		answer := o.Ada.Do("createUser", Body(body))
		var asked UserAnswer
		if o.Organisation().Settings.ChangeControl == directory.ControlNone {
			asked = Read[UserAnswer](t, answer, 201)
			if asked.Change != nil {
				t.Fatalf("a change that takes effect at once was answered as waiting: %s", answer.Text)
			}
		} else {
			asked = Read[UserAnswer](t, answer, 202)
			equal(t, "the user's mark", asked.User.OpenChange, asked.Change.ID)
			equal(t, "its status", asked.User.Status, "pending")
			o.Settle()
			decide(t, o, asked.Change)

			// 3.6: until the effective time nothing of it holds.
			o.Settle()
			if got := o.Ada.Change(t, asked.Change.ID); got.State != "propagating" || !got.EffectiveAt.Equal(o.Now().Add(hour)) {
				t.Fatalf("after the decision the change is %s until %v, at %v", got.State, got.EffectiveAt, o.Now())
			}
			if o.Ada.Asks(t, asked.User.ID, viewPermission(o), o.Accounts[0]).Decision {
				t.Error("a user whose creation propagates may already act")
			}
			equal(t, "mails to a user that is not there yet", len(o.Mails.To(email)), 0)
			pass(o, hour-minute)
			o.Settle()
			equal(t, "state a minute before", o.Ada.Change(t, asked.Change.ID).State, "propagating")
			pass(o, minute)
			o.Settle()
			equal(t, "state at the effective time", o.Ada.Change(t, asked.Change.ID).State, "effective")
			equal(t, "executions left", o.OpenExecutions(), 0)
		}
		o.Settle()
		equal(t, "status", o.Ada.User(t, asked.User.ID).Status, "emailNotVerified")
		equal(t, "mails", o.Mails.Kinds(email), []directory.MailKind{directory.MailVerification})

		// 4.4: a mail scanner that opens the link consumes nothing.
		token := o.Mails.Token(t, email, directory.MailVerification)
		unchanged(t, o.World, "looking at a link", func() {
			for range 10 {
				o.Do("inspectLink", Body(Object{"token": token})).Want(t, 200)
			}
		})

		nina := follow(t, o, o.Ada.User(t, asked.User.ID))
		me := nina.Me(t)
		equal(t, "status", me.User.Status, "active")
		equal(t, "second factor", me.User.SecondFactor, true)
		equal(t, "permission", me.Permissions[viewPermission(o)], "all")
		if got := nina.Asks(t, asked.User.ID, viewPermission(o), o.Accounts[0]); !got.Decision {
			t.Errorf("the user may not do what it was given: %+v", got)
		}
		if got := nina.Asks(t, asked.User.ID, viewPermission(o), o.Accounts[2]); got.Decision || got.Context.Policy != "account-not-assigned" {
			t.Errorf("the user may act on an account that it was not given: %+v", got)
		}

		phone, laptop := nina.On(), nina.On()
		phone.SignIn(t)
		laptop.SignIn(t)

		deactivated := o.Ada.Do("deactivateUser", At(asked.User.ID))
		if change := Read[UserAnswer](t, deactivated, deactivated.Status).Change; change != nil {
			nina.Me(t)
			decide(t, o, change)
		}
		for _, device := range []*Person{nina, phone, laptop} {
			device.Do("getMe").Refused(t, 401, "unauthenticated")
		}
		o.Do("signIn", Body(Object{"identifier": nina.Identifier, "password": nina.Password})).Refused(t, 401, "credentialsWrong")
		if o.Ada.Asks(t, asked.User.ID, viewPermission(o), o.Accounts[0]).Decision {
			t.Error("a deactivated user may still act")
		}

		// 1.7: reactivation restores the access that was there, and no session.
		equal(t, "status", done(t, o, o.Ada.Do("reactivateUser", At(asked.User.ID))).Status, "active")
		for _, device := range []*Person{nina, phone, laptop} {
			device.Do("getMe").Refused(t, 401, "unauthenticated")
		}
		if !o.Ada.Asks(t, asked.User.ID, viewPermission(o), o.Accounts[0]).Decision {
			t.Error("reactivation did not restore the user's access")
		}
		nina.On().SignIn(t)
		equal(t, "executions left", o.OpenExecutions(), 0)
	})
}

// 5.1: until the required second factor is set up, a session is good for that alone.
func TestASessionForEnrolmentIsGoodForNothingElse(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
		token := o.Mails.Token(t, user.Email, directory.MailVerification)
		redeemed := Read[Redeemed](t, o.Do("redeemLink", Body(Object{"token": token, "password": "a quiet walk by the river"})), 200)
		equal(t, "what comes next", redeemed.Next, "enrolSecondFactor")
		nina := &Person{World: o.World, Token: redeemed.Session.Token}
		equal(t, "what comes next", nina.Me(t).Next, "enrolSecondFactor")

		goodOnlyFor(t, o, nina, "secondFactorMissing", "getMe", "signOut", "beginTotp", "confirmTotp", "beginPasskey", "confirmPasskey")
		nina.Enrol(t)
		equal(t, "what comes next", nina.Me(t).Next, "")
		nina.Do("listMySessions").Want(t, 200)

		// Whoever has a password and no second factor signs in to such a session as well.
		equal(t, "the session's limit", redeemed.Session.ExpiresAt.Sub(o.Now()) <= directory.EnrolmentAbsolute, true)
	})
}

// goodOnlyFor fails the test where a session is good for anything but these operations.
func goodOnlyFor(t testing.TB, o *Tenant, p *Person, otherwise string, operations ...string) {
	t.Helper()
	for _, operation := range api.Operations() {
		if !operation.Public && !slices.Contains(operations, operation.ID) {
			p.Do(operation.ID, example(o, operation)...).Refused(t, 403, otherwise)
		}
	}
}
