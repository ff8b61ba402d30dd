package functionstest

import (
	"testing"

	"mandate/shared/directory"
)

// refusals are the refusals in an organisation's log with this act, newest first.
func (o *Tenant) refusals(t testing.TB, action directory.Action) []directory.Entry {
	t.Helper()
	entries, _, err := o.Store.Operations(t.Context(), o.ID, directory.OperationFilter{}, directory.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var refused []directory.Entry
	for _, entry := range entries {
		if entry.Outcome == directory.Refused && entry.Action == action {
			refused = append(refused, entry)
		}
	}
	return refused
}

const (
	office    = "192.0.2.77"
	elsewhere = "198.51.100.9"
)

// A call from elsewhere than the user's allow-list is refused and recorded, however good its session or secret (5.4).
func TestACallFromElsewhereIsRefusedAndRecorded(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	for _, person := range []*Person{o.Rosa, o.Robot} {
		done(t, o, o.Ada.Do("updateUser", At(person.ID), Body(Object{"ipAllowList": []string{"192.0.2.0/24", "2001:db8::/32"}})))

		for _, address := range []string{office, "2001:db8::7", "::ffff:192.0.2.7"} {
			person.Do("getMe", From(address)).Want(t, 200)
		}
		for _, address := range []string{elsewhere, "2001:db9::7", "::ffff:198.51.100.9", "unknown", ""} {
			problem := person.Do("getMe", From(address)).Refused(t, 403, "forbidden")
			equal(t, "policy", problem.Policy, "address-not-allowed")
		}
		equal(t, "round trips", o.Client.Calls(func() { person.Do("getMe", From(office)) }), []string{"BatchGetItem"})

		logged := o.refusals(t, "getMe")[2] // the third last, from an address
		equal(t, "address", logged.Address, elsewhere)
		equal(t, "policy", logged.Policy, "address-not-allowed")
		equal(t, "actor", logged.Actor.User, person.ID)
		pass(o, 0)
	}
}

// Where a request comes from is what the gateway says, and nothing that a header does.
func TestAHeaderIsNoAddress(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	done(t, o, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"ipAllowList": []string{office}})))
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Real-IP", "CloudFront-Viewer-Address"} {
		o.Rosa.Do("getMe", From(elsewhere), Header(name, office)).Refused(t, 403, "forbidden")
	}
}

// Even a write that would be refused for other reasons, and a preview, is not looked at.
func TestFromElsewhereNothingIsDone(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	done(t, o, o.Ada.Do("updateUser", At(o.Ben.ID), Body(Object{"ipAllowList": []string{office}})))
	for _, parts := range [][]Part{{}, {Preview()}} {
		parts = append(parts, From(elsewhere), At(o.Rosa.ID))
		equal(t, "policy", o.Ben.Do("deactivateUser", parts...).Refused(t, 403, "forbidden").Policy, "address-not-allowed")
	}
	equal(t, "status", o.Ada.User(t, string(o.Rosa.ID)).Status, "active")
	equal(t, "refusals", len(o.refusals(t, "deactivateUser")), 2)
}

// At sign-in a stranger who has the right password learns no more than one who has not; the organisation's log tells
// both from each other.
func TestASignInFromElsewhereIsWrong(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	done(t, o, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"ipAllowList": []string{"192.0.2.0/24"}})))
	try := func(password, from string) Answer {
		return o.Do("signIn", From(from), Body(Object{"identifier": o.Rosa.Identifier, "password": password}))
	}
	var right, wrong Answer
	rightCalls := o.Client.Calls(func() { right = try(Password, elsewhere) })
	wrongCalls := o.Client.Calls(func() { wrong = try("a guess", elsewhere) })
	right.Refused(t, 401, "credentialsWrong")
	equal(t, "answer", right.Text, wrong.Text)
	equal(t, "calls", rightCalls, wrongCalls)
	equal(t, "detail", o.refusals(t, "signIn")[0].Detail, "address")
	equal(t, "address", o.refusals(t, "signIn")[0].Address, elsewhere)

	try("a guess", office).Refused(t, 401, "credentialsWrong")
	equal(t, "detail", o.refusals(t, "signIn")[0].Detail, "wrong password")
	o.Rosa.On().SignIn(t, From(office))
}

// The password from an allowed address does not let the second factor come from another.
func TestASecondFactorFromElsewhereIsWrong(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	done(t, o, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"ipAllowList": []string{office}})))
	challenge := Read[SignedIn](t, o.Do("signIn", From(office), Body(Object{"identifier": o.Rosa.Identifier, "password": Password})), 200).Challenge
	answer := Body(Object{"challengeId": challenge.ID, "method": "totp", "code": o.Rosa.Code()})
	for range directory.ChallengeTries + 1 {
		o.Do("answerChallenge", From(elsewhere), answer).Refused(t, 401, "credentialsWrong")
	}
	equal(t, "detail", o.refusals(t, "answerChallenge")[0].Detail, "address")
	o.Do("answerChallenge", From(office), answer).Want(t, 200)
}

// A link opens to its user where it may come from, and is not used up elsewhere.
func TestALinkFromElsewhereIsNotUsedUp(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	nina := done(t, o, o.Ada.Do("createUser", Body(newUser(o, Object{"ipAllowList": []string{office}}))))
	redeem := Body(Object{"token": o.Mails.Token(t, nina.Email, directory.MailVerification), "password": "a quiet walk by the river"})
	equal(t, "policy", o.Do("redeemLink", From(elsewhere), redeem).Refused(t, 403, "forbidden").Policy, "address-not-allowed")
	equal(t, "refusals", len(o.refusals(t, "redeemLink")), 1)
	session := Read[Redeemed](t, o.Do("redeemLink", From(office), redeem), 200).Session
	(&Person{World: o.World, Token: session.Token}).Do("getMe", From(elsewhere)).Refused(t, 403, "forbidden")
}

// What a user may do does not depend on where somebody else asks from.
func TestTheListBindsWhoCallsAndNotWhomItIsAbout(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	done(t, o, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"ipAllowList": []string{office}})))
	equal(t, "decision", o.Ada.Asks(t, string(o.Rosa.ID), viewPermission(o), o.Accounts[0]).Decision, true)
}
