package functionstest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

func signIn(w *World, identifier, password string, parts ...Part) Answer {
	return w.Do("signIn", append([]Part{Body(Object{"identifier": identifier, "password": password})}, parts...)...)
}

// 5.8: whatever is wrong, the answer is the same.
func TestAWrongSignInTellsNothing(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		gone := o.Regular("gone", nil)
		done(t, o, o.Ada.Do("deactivateUser", At(gone.ID)))
		user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
		unverified := user.Email
		if user.Username != "" {
			unverified = user.Username
		}
		var first Answer
		for i, try := range []struct{ name, identifier, password string }{
			{"a wrong password", o.Rosa.Identifier, "not this one"},
			{"nobody", "nobody@example.com", Password},
			{"an inactive user", gone.Identifier, Password},
			{"an inactive user's wrong password", gone.Identifier, "not this one"},
			{"a user without a password", unverified, newPassword},
			{"an API user", o.Robot.Email, Password},
			{"an API user's client id", o.Robot.ClientID, o.Robot.ClientSecret},
		} {
			answer := signIn(o.World, try.identifier, try.password)
			answer.Refused(t, 401, "credentialsWrong")
			if i == 0 {
				first = answer
			}
			equal(t, try.name, answer, first)
		}
		for range 2 {
			signIn(o.World, "   ", Password).Faulty(t, "identifier", "required")
		}
	})
}

// What one signs in with is compared without case.
func TestSigningInIgnoresCase(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		o.Rosa.Identifier = " " + strings.ToUpper(o.Rosa.Identifier)
		o.Rosa.SignIn(t)
	})
}

// 5.1: the password alone opens nothing where there is a second factor; a challenge is answered once, within minutes
// and few tries.
func TestTheChallengeOfTheSecondFactor(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	challenge := func() *api.Challenge {
		t.Helper()
		signedIn := Read[SignedIn](t, signIn(o.World, o.Rosa.Identifier, Password), 200)
		if signedIn.Session != nil || signedIn.Challenge == nil {
			t.Fatalf("the password alone signed in: %+v", signedIn)
		}
		return signedIn.Challenge
	}
	answer := func(id, method, code string) Answer {
		return o.Do("answerChallenge", Body(Object{"challengeId": id, "method": method, "code": code}))
	}
	first := challenge()
	equal(t, "methods", first.Methods, []string{"totp"})
	(&Person{World: o.World, Token: first.ID}).Do("getMe").Refused(t, 401, "unauthenticated")
	code := o.Rosa.Code()
	answer(first.ID, "totp", code).Want(t, 200)
	answer(first.ID, "totp", o.Rosa.Code()).Refused(t, 401, "credentialsWrong")
	answer(challenge().ID, "totp", code).Refused(t, 401, "credentialsWrong") // replayed
	answer(challenge().ID, "totp", o.Ben.Code()).Refused(t, 401, "credentialsWrong")
	answer(challenge().ID, "sms", "123456").Faulty(t, "method", "enum")

	late := challenge()
	o.Advance(directory.ChallengeAbsolute)
	answer(late.ID, "totp", o.Rosa.Code()).Refused(t, 401, "credentialsWrong")

	o.Advance(15 * minute)
	tried := challenge()
	for range directory.ChallengeTries {
		answer(tried.ID, "totp", "000000").Refused(t, 401, "credentialsWrong")
	}
	answer(tried.ID, "totp", o.Rosa.Code()).Refused(t, 401, "credentialsWrong")
	answer(challenge().ID, "totp", o.Rosa.Code()).Refused(t, 429, "tooManyAttempts")
	o.Advance(16 * minute)
	answer(challenge().ID, "totp", o.Rosa.Code()).Want(t, 200)
}

// One challenge that is answered twice at the same time opens one session.
func TestAChallengeIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	signedIn := Read[SignedIn](t, signIn(o.World, o.Rosa.Identifier, Password), 200)
	code := o.Rosa.Code()
	var wait sync.WaitGroup
	var answers [3]Answer
	for i := range answers {
		wait.Go(func() {
			answers[i] = o.Do("answerChallenge", Body(Object{"challengeId": signedIn.Challenge.ID, "method": "totp", "code": code}))
		})
	}
	wait.Wait()
	good := 0
	for _, answer := range answers {
		switch answer.Status {
		case 200:
			good++
		case 401:
		default:
			t.Errorf("%d %s", answer.Status, answer.Text)
		}
	}
	equal(t, "sessions", good, 1)
}

// 5.1: each recovery code opens once.
func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
	user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
	nina := &Person{World: o.World, Identifier: user.Email, Password: newPassword}
	redeemed := Read[Redeemed](t, redeem(o.World, o.Mails.Token(t, user.Email, directory.MailVerification), newPassword), 200)
	nina.Token = redeemed.Session.Token
	codes := nina.Enrol(t)
	use := func(code string) Answer {
		signedIn := Read[SignedIn](t, signIn(o.World, user.Email, newPassword), 200)
		equal(t, "methods", signedIn.Challenge.Methods, []string{"totp", "recovery"})
		return o.Do("answerChallenge", Body(Object{"challengeId": signedIn.Challenge.ID, "method": "recovery", "code": code}))
	}
	use(codes[0]).Want(t, 200)
	use(codes[0]).Refused(t, 401, "credentialsWrong")
	use(strings.ToLower(codes[1])).Want(t, 200)
	use("not-a-code").Refused(t, 401, "credentialsWrong")
	for _, key := range o.Stored("") {
		for _, code := range codes {
			if strings.Contains(o.Table()[key], code) {
				t.Fatalf("a recovery code is stored in %s", key)
			}
		}
	}
}

// 5.6: a network that guesses is slowed, and the user's own network is not.
func TestGuessingIsSlowedByNetwork(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	attacker := From("198.51.100.7")
	for range 5 {
		signIn(o.World, o.Rosa.Identifier, "guess", attacker).Refused(t, 401, "credentialsWrong")
	}
	answer := signIn(o.World, o.Rosa.Identifier, Password, attacker)
	answer.Refused(t, 429, "tooManyAttempts")
	equal(t, "Retry-After", answer.Header["Retry-After"], "900")
	signIn(o.World, o.Rosa.Identifier, Password).Want(t, 200)
	o.Advance(15 * minute)
	signIn(o.World, o.Rosa.Identifier, Password, attacker).Want(t, 200)

	// Of IPv6 a subscriber has a whole network.
	for i := range 5 {
		signIn(o.World, o.Rosa.Identifier, "guess", From(fmt.Sprintf("2001:db8::%d", i+1))).Refused(t, 401, "credentialsWrong")
	}
	signIn(o.World, o.Rosa.Identifier, "guess", From("2001:db8::ffff")).Refused(t, 429, "tooManyAttempts")
	signIn(o.World, o.Rosa.Identifier, Password, From("2001:db8:0:1::1")).Want(t, 200)

	// A name that is nobody's is slowed alike.
	for range 5 {
		signIn(o.World, "nobody@example.com", "guess", attacker).Refused(t, 401, "credentialsWrong")
	}
	signIn(o.World, "nobody@example.com", "guess", attacker).Refused(t, 429, "tooManyAttempts")
}

// 5.6: guessing from everywhere slows networks that are strangers, and does not lock out those where the user has
// signed in before.
func TestGuessingFromEverywhereLocksNobodyOut(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	office := From("203.0.113.9")
	o.Rosa.On().SignIn(t, office)
	for i := range 25 {
		signIn(o.World, o.Rosa.Identifier, "guess", From(fmt.Sprintf("198.51.100.%d", i+1))).Refused(t, 401, "credentialsWrong")
	}
	signIn(o.World, o.Rosa.Identifier, Password, From("198.51.100.200")).Refused(t, 429, "tooManyAttempts")
	o.Rosa.On().SignIn(t, office)
}

// Guesses in parallel are counted all: nothing is gained by them.
func TestGuessesInParallelAreAllCounted(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	var wait sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 12 {
		wait.Go(func() {
			answer := signIn(o.World, o.Rosa.Identifier, "guess")
			mu.Lock()
			defer mu.Unlock()
			statuses[answer.Status]++
		})
	}
	wait.Wait()
	if statuses[401] > 5 {
		t.Errorf("%d guesses were looked at, of 5: %v", statuses[401], statuses)
	}
	signIn(o.World, o.Rosa.Identifier, Password).Refused(t, 429, "tooManyAttempts")
}

// 5.3: sessions end after fifteen minutes without use, and after twelve hours in any case.
func TestSessionsEndByTheClock(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	session := o.Rosa.SignIn(t)
	equal(t, "limit", session.ExpiresAt.Sub(o.Now()), 12*hour)
	o.Advance(15*minute - time.Second)
	o.Rosa.Me(t)
	o.Advance(15*minute - time.Second)
	o.Rosa.Me(t)
	o.Advance(14 * minute)
	o.Rosa.Do("newRecoveryCodes", Body(Object{"code": o.Rosa.Code()})).Want(t, 200) // which writes the session
	o.Advance(14 * minute)
	o.Rosa.Me(t)
	o.Advance(15 * minute)
	o.Rosa.Do("getMe").Refused(t, 401, "unauthenticated")

	session = o.Rosa.SignIn(t)
	for o.Now().Before(session.ExpiresAt.Add(-10 * minute)) {
		o.Advance(10 * minute)
		o.Rosa.Me(t)
	}
	o.Advance(session.ExpiresAt.Sub(o.Now()))
	o.Rosa.Do("getMe").Refused(t, 401, "unauthenticated")
}

// 5.3: people see their sessions and end them, and nobody else's.
func TestOwnSessions(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	phone, laptop := o.Rosa.On(), o.Rosa.On()
	phone.SignIn(t, From("203.0.113.1"))
	laptop.SignIn(t, From("203.0.113.2"))
	list := func(p *Person) map[string]api.SessionInfo {
		t.Helper()
		sessions := map[string]api.SessionInfo{}
		for _, session := range Read[api.List[api.SessionInfo]](t, p.Do("listMySessions"), 200).Items {
			sessions[session.Address] = session
		}
		return sessions
	}
	sessions := list(phone)
	equal(t, "sessions", len(sessions), 3) // with the one that was there
	equal(t, "the phone's is this one", sessions["203.0.113.1"].Current, true)
	equal(t, "the laptop's is this one", sessions["203.0.113.2"].Current, false)
	o.Ada.Do("endMySession", At(sessions["203.0.113.2"].ID)).Refused(t, 404, "notFound")
	laptop.Me(t)
	phone.Do("endMySession", At(sessions["203.0.113.2"].ID)).Want(t, 204)
	laptop.Do("getMe").Refused(t, 401, "unauthenticated")
	phone.Do("endMySession", At(sessions["203.0.113.2"].ID)).Refused(t, 404, "notFound")
	equal(t, "sessions", len(list(phone)), 2)
	phone.Do("signOut").Want(t, 204)
	phone.Do("getMe").Refused(t, 401, "unauthenticated")
	o.Rosa.Me(t)
}

// No request without a session gets anywhere but to what is public.
func TestWithoutASession(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	o.Rosa.Do("signOut").Want(t, 204)
	unchanged(t, o.World, "a request without a session", func() {
		for _, operation := range api.Operations() {
			if operation.Public {
				continue
			}
			parts := example(o, operation)
			for name, credentials := range map[string]Part{
				"none": Header("X-Nothing", ""), "an ended session": Header("Authorization", "Bearer "+o.Rosa.Token),
				"no token of ours": Header("Authorization", "Bearer abc"), "a client of ours with a wrong secret": Header("Authorization", "Basic "+basic(o.Robot.ClientID, "wrong")),
				"no client": Header("Authorization", "Basic "+basic("mcl_1", "secret")),
			} {
				answer := o.Do(operation.ID, append(parts, credentials)...)
				if answer.Status != 401 || answer.Code() != "unauthenticated" {
					t.Errorf("%s with %s: %d %s", operation.ID, name, answer.Status, answer.Text)
				}
			}
		}
	})
}

// 6.1: an API user's credential is its session.
func TestAnAPIUserCallsWithItsCredential(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("adyen")
	equal(t, "kind", o.Robot.Me(t).User.Kind, "api")
	o.Robot.Do("beginTotp").Refused(t, 409, "stateWrong")
	o.Ada.Do("deactivateUser", At(o.Robot.ID)).Want(t, 200)
	o.Robot.Do("getMe").Refused(t, 401, "unauthenticated")
	o.Ada.Do("reactivateUser", At(o.Robot.ID)).Want(t, 200)
	o.Robot.Me(t)
}

// The address that a user is to sign in with is its own from the moment that the change takes effect, and the old one
// until then.
func TestANewAddressSignsInFromItsEffectOn(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	old, email := o.Rosa.Email, o.Email("renamed")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"email": email})))
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	signIn(o.World, email, Password).Refused(t, 401, "credentialsWrong")
	signIn(o.World, old, Password).Want(t, 200)
	o.Do("forgotPassword", Body(Object{"identifier": email})).Want(t, 202)
	o.Settle()
	equal(t, "mails", len(o.Mails.To(email)), 0)
	pass(o, hour)
	o.Settle()
	signIn(o.World, old, Password).Refused(t, 401, "credentialsWrong")
	signIn(o.World, email, Password).Want(t, 200)
	o.Do("forgotPassword", Body(Object{"identifier": email})).Want(t, 202)
	o.Settle()
	contains(t, o.Mails.Kinds(email), directory.MailPasswordReset)
	// The old one is free.
	ask(t, o.Ada.Do("createUser", Body(newUser(o, Object{"email": old}))))
}

// Adyen's users sign in by username: a new address moves where a forgotten password is found by.
func TestANewAddressOfOneWhoSignsInByUsername(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	old, email, username := o.Rosa.Email, o.Email("renamed"), "renamed-"+o.Phone()[1:]
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"email": email})).Want(t, 200)
	forgot := func(name string) {
		t.Helper()
		o.Advance(minute)
		o.Do("forgotPassword", Body(Object{"identifier": name})).Want(t, 202)
		o.Settle()
	}
	forgot(old)
	equal(t, "mails", len(o.Mails.To(old))+len(o.Mails.To(email)), 0)
	forgot(email)
	forgot(o.Rosa.Identifier)
	equal(t, "mails", len(o.Mails.To(email)), 2)

	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"username": username})).Want(t, 200)
	signIn(o.World, o.Rosa.Identifier, Password).Refused(t, 401, "credentialsWrong")
	o.Rosa.Identifier = username
	o.Rosa.SignIn(t)
	forgot(email)
	equal(t, "mails", len(o.Mails.To(email)), 3)

	// A username may be one's own address.
	o.Wake()
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"username": email})).Want(t, 200)
	o.Rosa.Identifier = email
	o.Rosa.SignIn(t)
	forgot(email)
	equal(t, "mails", len(o.Mails.To(email)), 4)
	o.Wake()
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"username": username})).Want(t, 200)
	forgot(email)
	equal(t, "mails", len(o.Mails.To(email)), 5)
}

// Operators sign in to the organisation that they act in, and to no other.
func TestAnOperatorEntersAnOrganisation(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("adyen")
	olga := w.Operator().On()
	challenge := Read[SignedIn](t, w.Do("signIn", Body(Object{"identifier": olga.Identifier, "password": Password, "organisation": o.ID})), 200).Challenge
	session := Read[SignedIn](t, w.Do("answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "totp", "code": olga.Code()})), 200).Session
	olga.Token = session.Token
	equal(t, "organisation", olga.Me(t).Organisation.ID, string(o.ID))
	olga.User(t, string(o.Rosa.ID))
	olga.Do("getUser", At(other.Rosa.ID)).Refused(t, 404, "notFound")
	// Nobody else enters one that is not theirs, and what there is not is not told from what there is.
	for _, organisation := range []string{string(other.ID), "org_00000000000000000000000009"} {
		w.Do("signIn", Body(Object{"identifier": o.Rosa.Identifier, "password": Password, "organisation": organisation})).Refused(t, 401, "credentialsWrong")
	}
	w.Do("signIn", Body(Object{"identifier": olga.Identifier, "password": Password, "organisation": "org_00000000000000000000000009"})).Refused(t, 401, "credentialsWrong")
}

// 5.1: a second factor that is in force guards its own replacement: a session that was left open is not enough.
func TestReplacingTheSecondFactorTakesTheOldOne(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	o.Rosa.Do("removeTotp", Body(Object{"code": o.Rosa.Code()})).Refused(t, 409, "stateWrong")
	begun := Read[struct{ Secret string }](t, o.Rosa.Do("beginTotp"), 200)
	thief := &Person{World: o.World, Secret: begun.Secret}
	o.Rosa.Do("confirmTotp", Body(Object{"code": thief.Code()})).Faulty(t, "current", "required")
	o.Rosa.Do("confirmTotp", Body(Object{"code": thief.Code(), "current": "000000"})).Refused(t, 401, "credentialsWrong")
	o.Rosa.Do("confirmTotp", Body(Object{"code": thief.Code(), "current": o.Rosa.Code()})).Want(t, 200)
	o.Rosa.Secret = begun.Secret
	o.Rosa.SignIn(t)
	o.Settle()
	contains(t, o.Mails.Kinds(o.Rosa.Email), directory.MailSecondFactorChanged)
}
