package functionstest

import (
	"strings"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

const otherPassword = "the lamp in the hallway"

// 5.1, 5.3: people change their password; every other session ends, and they are told.
func TestChangingOnesPassword(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		phone := o.Rosa.On()
		phone.SignIn(t)
		waiting := passwordAccepted(t, o.Rosa)
		change := func(p *Person, current, new string) Answer {
			return p.Do("changeMyPassword", Body(Object{"current": current, "new": new}))
		}
		change(o.Rosa, Password, "short").Faulty(t, "new", "tooShort")
		change(o.Rosa, Password, "password1234").Faulty(t, "new", "common")
		change(o.Rosa, Password, Password).Faulty(t, "new", "unchanged")
		change(o.Rosa, "not this one", otherPassword).Refused(t, 401, "credentialsWrong")
		change(o.Robot, Password, otherPassword).Refused(t, 409, "stateWrong")
		phone.Me(t)

		calls := o.Client.Calls(func() { change(o.Rosa, Password, otherPassword).Want(t, 204) })
		equal(t, "calls", len(calls), 2)
		o.Rosa.Me(t)
		phone.Do("getMe").Refused(t, 401, "unauthenticated")
		o.Do("answerChallenge", Body(Object{"challengeId": waiting.ID, "method": "totp", "code": o.Rosa.Code()})).Refused(t, 401, "credentialsWrong")
		signIn(o.World, o.Rosa.Identifier, Password).Refused(t, 401, "credentialsWrong")
		o.Rosa.Password = otherPassword
		o.Rosa.On().SignIn(t)
		o.Settle()
		told := o.Mails.Last(t, o.Rosa.Email, directory.MailPasswordChanged)
		if strings.Contains(told.Text, otherPassword) {
			t.Error("the mail has the password")
		}
		for key, stored := range o.Table() {
			if strings.Contains(stored, otherPassword) {
				t.Errorf("the password is stored in %s", key)
			}
		}
	})
}

// 5.6: whoever finds an open session does not guess the password with it.
func TestGuessingThePasswordInASessionIsSlowed(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	for range 5 {
		o.Rosa.Do("changeMyPassword", Body(Object{"current": "guess", "new": otherPassword})).Refused(t, 401, "credentialsWrong")
	}
	o.Rosa.Do("changeMyPassword", Body(Object{"current": Password, "new": otherPassword})).Refused(t, 429, "tooManyAttempts")
	o.Advance(15*minute - time.Second)
	o.Rosa.Wake()
	o.Rosa.Do("changeMyPassword", Body(Object{"current": Password, "new": otherPassword})).Refused(t, 429, "tooManyAttempts")
	o.Advance(time.Second)
	o.Rosa.Do("changeMyPassword", Body(Object{"current": Password, "new": otherPassword})).Want(t, 204)
}

// 5.7: where the preset has it, staff set a new password: sessions end, the user is told, and chooses another at the
// next sign-in before anything else.
func TestStaffSetAPassword(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("b2binpay")
	olga := w.In(o)
	equal(t, "password", olga.User(t, string(o.Rosa.ID)).Password, "usable")
	equal(t, "an API user's", olga.User(t, string(o.Robot.ID)).Password, "none")
	set := func(who *Person, id directory.UserID, password string) Answer {
		return who.Do("setPassword", At(id), Body(Object{"password": password}))
	}
	equal(t, "policy", set(o.Ada, o.Rosa.ID, otherPassword).Refused(t, 403, "forbidden").Policy, "passwords-set-by-staff")
	set(olga, o.Rosa.ID, "short").Faulty(t, "password", "tooShort")
	set(olga, o.Robot.ID, otherPassword).Refused(t, 409, "stateWrong")
	set(olga, "usr_00000000000000000000000009", otherPassword).Refused(t, 404, "notFound")
	o.Rosa.Me(t)

	user := Read[UserAnswer](t, set(olga, o.Rosa.ID, otherPassword), 200).User
	equal(t, "password", user.Password, "mustChange")
	o.Rosa.Do("getMe").Refused(t, 401, "unauthenticated")
	w.Settle()
	told := w.Mails.Last(t, o.Rosa.Email, directory.MailPasswordChanged)
	if !strings.Contains(told.Text, "set a new password for you") || strings.Contains(told.Text, otherPassword) {
		t.Error(told.Text)
	}

	signIn(w, o.Rosa.Identifier, Password).Refused(t, 401, "credentialsWrong")
	rosa := o.Rosa.On()
	rosa.Password = otherPassword
	session := rosa.SignIn(t)
	equal(t, "next", session.Next, "changePassword")
	equal(t, "must change", session.MustChangePassword, true)
	equal(t, "next", rosa.Me(t).Next, "changePassword")
	allowed := map[string]bool{"getMe": true, "signOut": true, "changeMyPassword": true}
	for _, operation := range api.Operations() {
		if !operation.Public && !allowed[operation.ID] {
			rosa.Do(operation.ID, example(o, operation)...).Refused(t, 403, "passwordMustChange")
		}
	}
	rosa.Do("changeMyPassword", Body(Object{"current": otherPassword, "new": otherPassword})).Faulty(t, "new", "unchanged")
	rosa.Do("changeMyPassword", Body(Object{"current": otherPassword, "new": "a third one for the road"})).Want(t, 204)
	equal(t, "next", rosa.Me(t).Next, "")
	rosa.Do("listMySessions").Want(t, 200)
	equal(t, "password", olga.User(t, string(o.Rosa.ID)).Password, "usable")
	rosa.Password = "a third one for the road"
	equal(t, "next", rosa.On().SignIn(t).Next, "")
}

// 5.7: a passkey signs in, and does not pass by the password that must be changed.
func TestAPasskeyDoesNotPassByAPasswordThatMustBeChanged(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("b2binpay")
	device := o.Rosa.AddPasskey(t)
	w.In(o).Do("setPassword", At(o.Rosa.ID), Body(Object{"password": otherPassword})).Want(t, 200)
	session := Read[SignedIn](t, o.Rosa.SignInBy(t, device, nil), 200).Session
	equal(t, "next", session.Next, "changePassword")
}

// 5.7: elsewhere nobody sets another's password.
func TestNobodySetsAPasswordElsewhere(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"bc-connect", "adyen", "billpro", "leaseweb"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			w := New(t)
			o := w.Tenant(preset)
			for _, who := range []*Person{o.Ada, w.In(o)} {
				answer := who.Do("setPassword", At(o.Rosa.ID), Body(Object{"password": otherPassword}))
				equal(t, "policy", answer.Refused(t, 403, "forbidden").Policy, "passwords-not-set")
			}
			o.Rosa.Me(t)
		})
	}
}
