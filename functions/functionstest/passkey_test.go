package functionstest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// passwordAccepted gives name and password, and answers the challenge of the second factor.
func passwordAccepted(t testing.TB, p *Person) *api.Challenge {
	t.Helper()
	signedIn := Read[SignedIn](t, signIn(p.World, p.Identifier, p.Password), 200)
	if signedIn.Challenge == nil || signedIn.Session != nil {
		t.Fatalf("no challenge: %+v", signedIn)
	}
	return signedIn.Challenge
}

// 5.1: a passkey answers the challenge of the second factor, once, as an object or as text.
func TestAPasskeyIsASecondFactor(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		device := o.Rosa.AddPasskey(t)
		o.Settle()
		contains(t, o.Mails.Kinds(o.Rosa.Email), directory.MailSecondFactorChanged)
		listed := Read[api.List[api.Passkey]](t, o.Rosa.Do("listPasskeys"), 200).Items
		equal(t, "passkeys", len(listed), 1)
		equal(t, "name", listed[0].Name, "Laptop")

		challenge := passwordAccepted(t, o.Rosa)
		equal(t, "methods", challenge.Methods, []string{"totp", "passkey", "recovery"})
		credential := device.Signs(t, challenge.PublicKey)
		answer := func(id string, with Object) Answer {
			body := Object{"challengeId": id, "method": "passkey"}
			for name, value := range with {
				body[name] = value
			}
			return o.Do("answerChallenge", Body(body))
		}
		answer(challenge.ID, Object{}).Faulty(t, "credential", "required")
		answer(challenge.ID, Object{"code": "not a credential"}).Refused(t, 401, "credentialsWrong")
		answer(passwordAccepted(t, o.Rosa).ID, Object{"credential": credential}).Refused(t, 401, "credentialsWrong") // another's
		session := Read[SignedIn](t, answer(challenge.ID, Object{"credential": credential}), 200).Session
		answer(challenge.ID, Object{"credential": credential}).Refused(t, 401, "credentialsWrong") // replayed
		(&Person{World: o.World, Token: session.Token}).Me(t)

		challenge = passwordAccepted(t, o.Rosa)
		text, err := json.Marshal(device.Signs(t, challenge.PublicKey))
		if err != nil {
			t.Fatal(err)
		}
		answer(challenge.ID, Object{"code": string(text)}).Want(t, 200)

		late := passwordAccepted(t, o.Rosa)
		o.Advance(directory.ChallengeAbsolute)
		answer(late.ID, Object{"credential": device.Signs(t, late.PublicKey)}).Refused(t, 401, "credentialsWrong")
	})
}

// 5.1: a passkey alone is enough, without a name, within minutes and once.
func TestAPasskeyAloneSignsIn(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		device := o.Rosa.AddPasskey(t)
		rosa := o.Rosa.On()
		rosa.Token = Read[SignedIn](t, o.Rosa.SignInBy(t, device, nil), 200).Session.Token
		equal(t, "user", rosa.Me(t).User.ID, string(o.Rosa.ID))
		// The session is a whole one.
		rosa.Do("listMySessions").Want(t, 200)
		used := Read[api.List[api.Passkey]](t, rosa.Do("listPasskeys"), 200).Items[0].LastUsedAt
		if used == nil || !used.Equal(o.Now()) {
			t.Errorf("last used at %v", used)
		}

		begun := Read[Invitation](t, o.Do("beginPasskeySignIn"), 200)
		credential := device.Signs(t, begun.PublicKey)
		var wait sync.WaitGroup
		var answers [3]Answer
		for i := range answers {
			wait.Go(func() { answers[i] = o.Do("finishPasskeySignIn", Body(Object{"credential": credential})) })
		}
		wait.Wait()
		good := 0
		for _, answer := range answers {
			if answer.Status == 200 {
				good++
			} else {
				answer.Refused(t, 401, "credentialsWrong")
			}
		}
		equal(t, "sessions", good, 1)

		begun = Read[Invitation](t, o.Do("beginPasskeySignIn"), 200)
		o.Advance(directory.ChallengeAbsolute)
		o.Do("finishPasskeySignIn", Body(Object{"credential": device.Signs(t, begun.PublicKey)})).Refused(t, 401, "credentialsWrong")
	})
}

// 5.8, 4.2: what is wrong with a passkey is not told, and beginning says the same to everybody.
func TestAWrongPasskeyTellsNothing(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect", StepUp)
	device := o.Rosa.AddPasskey(t)
	gone := o.Regular("gone", nil)
	lost := gone.AddPasskey(t)
	done(t, o, o.Ada.Do("deactivateUser", At(gone.ID)))
	stranger := (&Person{World: o.World, Identity: "idn_00000000000000000000000009"}).NewAuthenticator()
	var first Answer
	for name, answer := range map[string]Answer{
		"nobody's":               o.Rosa.SignInBy(t, stranger, nil),
		"another's handle":       o.Rosa.SignInBy(t, o.Rosa.NewAuthenticator(), nil),
		"an inactive user's":     o.Rosa.SignInBy(t, lost, nil),
		"of an unverified user":  o.Rosa.SignInBy(t, device.Unverified(), nil),
		"from another origin":    o.Rosa.SignInBy(t, device.At("https://console.example.org"), nil),
		"for no organisation":    o.Rosa.SignInBy(t, device, Object{"organisation": "org_00000000000000000000000009"}),
		"no credential":          o.Do("finishPasskeySignIn", Body(Object{"credential": Object{}})),
		"with a made-up session": o.Do("finishPasskeySignIn", Body(Object{"credential": device.Signs(t, api.PublicKey(`{"challenge":"`+strings.Repeat("A", 43)+`"}`))})),
	} {
		t.Log(name)
		answer.Refused(t, 401, "credentialsWrong")
		if first.Text == "" {
			first = answer
		}
		equal(t, name, answer, first)
	}
	for name, credential := range map[string]any{"text": "x", "a list": []int{1}, "a number": 1} {
		if answer := o.Do("finishPasskeySignIn", Body(Object{"credential": credential})); answer.Status != 422 {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Text)
		}
	}
}

// A passkey that signs with a count that it gave already may be a clone: it is refused, and that is in the log.
func TestAClonedPasskeyIsRefused(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	device := o.Rosa.AddPasskey(t)
	clone := device.Clone()
	Read[SignedIn](t, o.Rosa.SignInBy(t, device, nil), 200)
	o.Rosa.SignInBy(t, clone, nil).Refused(t, 401, "credentialsWrong")
	logged := false
	for _, line := range o.Table() {
		logged = logged || strings.Contains(line, "cloned passkey") && strings.Contains(line, string(o.Rosa.ID))
	}
	equal(t, "logged", logged, true)
	Read[SignedIn](t, o.Rosa.SignInBy(t, device, nil), 200)
}

// 5.1: a passkey is the second factor that an organisation requires; with the first come recovery codes.
func TestANewUserSetsUpAPasskey(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
	user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
	redeemed := Read[Redeemed](t, redeem(o.World, o.Mails.Token(t, user.Email, directory.MailVerification), newPassword), 200)
	nina := &Person{World: o.World, Identifier: user.Email, Password: newPassword, Token: redeemed.Session.Token}
	publicKey := nina.Invited(t, "beginPasskey")
	var options struct {
		User             struct{ ID string }
		Attestation      string
		Timeout          int
		AuthenticatorSel struct{ ResidentKey, UserVerification string } `json:"authenticatorSelection"`
	}
	if err := json.Unmarshal(publicKey, &options); err != nil {
		t.Fatal(err)
	}
	equal(t, "selection", fmt.Sprint(options.AuthenticatorSel, options.Attestation, options.Timeout), "{required required}none300000")

	device := nina.NewAuthenticator()
	nina.Do("confirmPasskey", Body(Object{"credential": device.Unverified().Creates(t, publicKey)})).Faulty(t, "credential", "credential")
	nina.Do("confirmPasskey", Body(Object{"name": "\u202e", "credential": device.Creates(t, publicKey)})).Faulty(t, "name", "characters")
	confirmed := Read[struct{ RecoveryCodes []string }](t, nina.Do("confirmPasskey", Body(Object{"credential": device.Creates(t, publicKey)})), 200)
	equal(t, "recovery codes", len(confirmed.RecoveryCodes), 10)
	equal(t, "second factor", nina.Me(t).User.SecondFactor, true)
	nina.Do("confirmPasskey", Body(Object{"credential": device.Creates(t, publicKey)})).Faulty(t, "credential", "credential") // replayed

	challenge := passwordAccepted(t, nina)
	equal(t, "methods", challenge.Methods, []string{"passkey", "recovery"})
	// The last one stays where one is required.
	id := Read[api.List[api.Passkey]](t, nina.Do("listPasskeys"), 200).Items[0].ID
	nina.Do("removePasskey", At(id), Body(Object{"code": confirmed.RecoveryCodes[0]})).Refused(t, 409, "stateWrong")
}

// 5.1: a second factor guards what is added to it, taken off and made anew: a session that was left open is not enough.
func TestPasskeysAreChangedWithASecondFactorAlone(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	made := func() Object { return o.Rosa.NewAuthenticator().Creates(t, o.Rosa.Invited(t, "beginPasskey")) }
	o.Rosa.Do("confirmPasskey", Body(Object{"credential": made()})).Faulty(t, "current", "required")
	o.Rosa.Do("confirmPasskey", Body(Object{"credential": made(), "current": "000000"})).Refused(t, 401, "credentialsWrong")
	o.Rosa.Do("challengeMe").Refused(t, 403, "secondFactorMissing")
	first := o.Rosa.AddPasskey(t)
	proof := func() Object { return first.Signs(t, o.Rosa.Invited(t, "challengeMe")) }

	// A passkey proves it as well; one made for someone else's session, or signed for another occasion, does not.
	second := o.Rosa.NewAuthenticator()
	o.Rosa.Do("confirmPasskey", Body(Object{"name": "Phone", "credential": second.Creates(t, o.Rosa.Invited(t, "beginPasskey")), "currentCredential": proof()})).Want(t, 200)
	elsewhere := o.Rosa.On()
	elsewhere.Wake()
	elsewhere.Do("newRecoveryCodes", Body(Object{"credential": proof()})).Refused(t, 401, "credentialsWrong")
	o.Rosa.Do("newRecoveryCodes", Body(Object{"credential": first.Signs(t, Read[Invitation](t, o.Do("beginPasskeySignIn"), 200).PublicKey)})).Refused(t, 401, "credentialsWrong")
	o.Rosa.Do("newRecoveryCodes", Body(Object{})).Faulty(t, "current", "required")
	codes := Read[struct{ RecoveryCodes []string }](t, o.Rosa.Do("newRecoveryCodes", Body(Object{"credential": proof()})), 200).RecoveryCodes
	equal(t, "codes", len(codes), 10)
	held := Read[struct{ SecondFactors api.HeldFactors }](t, o.Rosa.Do("getMe"), 200).SecondFactors
	equal(t, "what there is", held, api.HeldFactors{TOTP: true, Passkeys: 2, RecoveryCodes: 10})
	again := Read[struct{ RecoveryCodes []string }](t, o.Rosa.Do("newRecoveryCodes", Body(Object{"code": o.Rosa.Code()})), 200).RecoveryCodes
	answer := func(code string) Answer {
		return o.Do("answerChallenge", Body(Object{"challengeId": passwordAccepted(t, o.Rosa).ID, "method": "recovery", "code": code}))
	}
	answer(codes[0]).Refused(t, 401, "credentialsWrong")
	answer(again[0]).Want(t, 200)

	pass(o, 16*minute)
	ids := map[string]string{}
	for _, one := range Read[api.List[api.Passkey]](t, o.Rosa.Do("listPasskeys"), 200).Items {
		ids[one.Name] = one.ID
	}
	o.Rosa.Do("removePasskey", At("psk_1"), Body(Object{"credential": proof()})).Refused(t, 404, "notFound")
	o.Ben.Do("removePasskey", At(ids["Phone"]), Body(Object{"code": o.Ben.Code()})).Refused(t, 404, "notFound")
	o.Rosa.Do("removePasskey", At(ids["Phone"]), Body(Object{"credential": proof()})).Want(t, 204)
	o.Rosa.SignInBy(t, second, nil).Refused(t, 401, "credentialsWrong")
	// With a passkey there, the app may go.
	o.Rosa.Do("removeTotp", Body(Object{"credential": proof()})).Want(t, 204)
	o.Rosa.Do("removePasskey", At(ids["Laptop"]), Body(Object{"credential": proof()})).Refused(t, 409, "stateWrong")
}

// An identity has ten passkeys at most, and none twice.
func TestPasskeysAreBounded(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	for range directory.MaxPasskeys {
		o.Rosa.AddPasskey(t)
	}
	o.Rosa.Do("beginPasskey").Refused(t, 409, "stateWrong")
	o.Robot.Do("beginPasskey").Refused(t, 409, "stateWrong")
	device := o.Ben.AddPasskey(t)
	o.Ben.Do("confirmPasskey", Body(Object{"credential": device.Creates(t, o.Ben.Invited(t, "beginPasskey")), "current": o.Ben.Code()})).
		Faulty(t, "credential", "credential")
}

// 3.3: what a passkey signs for a change is the change as it was shown, by whom it was shown to, once.
func TestAPasskeyConfirmsAndApprovesWhatWasShown(t *testing.T) {
	t.Parallel()
	for _, setup := range []struct {
		name, operation string
		settings        []Setting
	}{{"step-up", "confirmChange", []Setting{StepUp}}, {"second admin", "approveChange", nil}} {
		t.Run(setup.name, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant("bc-connect", setup.settings...)
			who := o.Ada
			if setup.operation == "approveChange" {
				who = o.Ben
			}
			change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
			other := ask(t, o.Ada.Do("deactivateUser", At(o.Regular("rob", nil).ID)))
			who.Do("challengeChange", At(change.ID)).Refused(t, 403, "secondFactorMissing")
			device := who.AddPasskey(t)
			prove := func(change *api.Change, credential Object) Answer {
				return who.Do(setup.operation, At(change.ID), Body(Object{"digest": change.Digest, "method": "passkey", "credential": credential}))
			}
			if setup.operation == "approveChange" {
				o.Ada.Do("challengeChange", At(change.ID)).Refused(t, 403, "forbidden")
			}
			prove(change, device.Signs(t, who.Invited(t, "challengeChange", At(other.ID)))).Refused(t, 401, "credentialsWrong")
			prove(change, device.Signs(t, who.Invited(t, "challengeMe"))).Refused(t, 401, "credentialsWrong")
			prove(change, device.Unverified().Signs(t, who.Invited(t, "challengeChange", At(change.ID)))).Refused(t, 401, "credentialsWrong")
			device.credential.Counter++
			signed := device.Signs(t, who.Invited(t, "challengeChange", At(change.ID)))
			altered := *change
			altered.Digest = strings.Repeat("0", 64)
			prove(&altered, signed).Refused(t, 409, "digestWrong")
			prove(change, signed).Want(t, 200)
			prove(other, signed).Refused(t, 401, "credentialsWrong")
			who.Do("challengeChange", At(change.ID)).Refused(t, 409, "changeClosed")

			late := device.Signs(t, who.Invited(t, "challengeChange", At(other.ID)))
			o.Advance(directory.ChallengeAbsolute)
			prove(other, late).Refused(t, 401, "credentialsWrong")
			prove(other, device.Signs(t, who.Invited(t, "challengeChange", At(other.ID)))).Refused(t, 429, "tooManyAttempts")
		})
	}
}

// The budgets of the design hold for passkeys.
func TestRoundTripsOfPasskeys(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		trips := func(want int, do func()) {
			t.Helper()
			if calls := o.Client.Calls(do); len(calls) != want {
				t.Errorf("%d round trips, not %d: %v", len(calls), want, calls)
			}
		}
		device := o.Ben.AddPasskey(t)
		var challenge *api.Challenge
		trips(3, func() { challenge = passwordAccepted(t, o.Ben) })
		credential := device.Signs(t, challenge.PublicKey)
		trips(2, func() {
			o.Do("answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "passkey", "credential": credential})).Want(t, 200)
		})
		trips(1+3, func() { o.Ben.SignInBy(t, device, nil).Want(t, 200) })
		trips(1, func() { o.Ben.Do("listPasskeys").Want(t, 200) })
	})
}
