package functionstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mandate/functions/faulttest"
	"mandate/shared/api"
	"mandate/shared/directory"
)

// credentials lists a user's.
func (p *Person) credentials(t testing.TB, user string) []api.Credential {
	t.Helper()
	return Read[api.List[api.Credential]](t, p.Do("listCredentials", At(user)), 200).Items
}

// reveal proves who it is and asks for a secret.
func (p *Person) reveal(user, credential string, parts ...Part) Answer {
	return p.Do("revealCredential", append(parts, At(user, credential), Body(Object{"method": "totp", "code": p.Code()}))...)
}

type revealed struct{ Credential api.IssuedCredential }

// opens fails the test where a secret does not let its caller in; shut where it does.
func opens(t testing.TB, w *World, id, secret string) {
	t.Helper()
	w.Caller(&api.IssuedCredential{ClientID: id, ClientSecret: secret}).Do("getMe").Want(t, 200)
}

func shut(t testing.TB, w *World, id, secret string) {
	t.Helper()
	w.Caller(&api.IssuedCredential{ClientID: id, ClientSecret: secret}).Do("getMe").Refused(t, 401, "unauthenticated")
}

// apiUser is a body for an API user.
func apiUser(o *Tenant) Object {
	return newUser(o, Object{"kind": "api", "name": Object{"first": "Ledger"}, "phone": nil, "username": nil})
}

// nowhere fails the test where a secret is in what the world keeps or said: its table, mails, log and answers.
func nowhere(t testing.TB, o *Tenant, secret string) {
	t.Helper()
	for key, value := range o.Table() {
		if strings.Contains(value, secret) {
			t.Errorf("the secret is stored at %s: %s", key, value)
		}
	}
	for _, mail := range o.Mails.All() {
		if text := fmt.Sprintf("%+v", mail); strings.Contains(text, secret) {
			t.Errorf("the secret is in a mail: %s", text)
		}
	}
	for _, operation := range []string{"listUsers", "listChanges"} {
		if answer := o.Ada.Do(operation).Want(t, 200); strings.Contains(answer.Text, secret) {
			t.Errorf("the secret is in the answer to %s: %s", operation, answer.Text)
		}
	}
}

// 6.1, 6.2: an API user gets its client id and secret with its creation: the answer shows them, this once.
func TestAnAPIUserGetsItsSecretWithItsCreation(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"adyen", "billpro", "leaseweb"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant(preset)
			body := Body(apiUser(o))
			made := Read[UserAnswer](t, o.Ada.Do("createUser", body, Key("robot")), 201)
			issued := made.Credential
			if issued == nil || !strings.HasPrefix(issued.ClientSecret, "mcs_") || len(issued.ClientSecret) != 4+43 {
				t.Fatalf("issued %+v", issued)
			}
			equal(t, "who calls", o.Caller(issued).Me(t).User.ID, made.User.ID)
			shut(t, o.World, issued.ClientID, issued.ClientSecret+"A")
			shut(t, o.World, o.Robot.ClientID, issued.ClientSecret)
			equal(t, "credentials", o.Ada.credentials(t, made.User.ID), []api.Credential{{
				ID: issued.ID, ClientID: issued.ClientID, Secret: 1, CreatedAt: o.Now(),
			}})
			again := Read[UserAnswer](t, o.Ada.Do("createUser", body, Key("robot")), 201)
			equal(t, "a repeated request's credential", again.Credential, nil)
			equal(t, "mails to an API user", len(o.Mails.To(made.User.Email)), 0)
			o.Settle()
			nowhere(t, o, issued.ClientSecret)
		})
	}
}

// 6.1, 3.6: where a change waits, who asked has the secret, which opens from the effect on; of a change that comes to
// nothing nothing is left.
func TestASecretOpensFromItsEffectOn(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	asked := Read[UserAnswer](t, o.Ada.Do("createCredential", At(o.Robot.ID)), 202)
	issued := asked.Credential
	equal(t, "diff", asked.Change.Diff, []api.Difference{{Field: "credentials", Before: "1", After: "2"}})
	shut(t, o.World, issued.ClientID, issued.ClientSecret)
	o.Ben.Approve(asked.Change).Want(t, 200)
	o.Settle()
	shut(t, o.World, issued.ClientID, issued.ClientSecret)
	pass(o, hour)
	o.Settle()
	opens(t, o.World, issued.ClientID, issued.ClientSecret)
	opens(t, o.World, o.Robot.ClientID, o.Robot.ClientSecret)
	for _, who := range []*Person{o.Ada, o.Ben} {
		if text := who.Do("getChange", At(asked.Change.ID)).Want(t, 200).Text; strings.Contains(text, issued.ClientSecret) || strings.Contains(text, issued.ID) {
			t.Errorf("the change shows the secret or its record: %s", text)
		}
	}
	nowhere(t, o, issued.ClientSecret)

	rejected := Read[UserAnswer](t, o.Ada.Do("createCredential", At(o.Robot.ID)), 202)
	o.Ben.Do("rejectChange", At(rejected.Change.ID), Body(Object{"reason": "One is enough."})).Want(t, 200)
	shut(t, o.World, rejected.Credential.ClientID, rejected.Credential.ClientSecret)
	equal(t, "credentials", len(o.Ada.credentials(t, string(o.Robot.ID))), 2)
	nowhere(t, o, directory.HashSecret(rejected.Credential.ClientSecret))
}

// 1.4, 9.1: an operator who makes an API user sees no secret. An admin of the organisation is shown it, once, after a
// step-up.
func TestAnOperatorsAPIUserIsGivenItsSecretByAnAdmin(t *testing.T) {
	t.Parallel()
	w := New(t, Capped(0))
	o := w.Tenant("bc-connect")
	olga := w.In(o)
	asked := Read[UserAnswer](t, olga.Do("createUser", Body(apiUser(o))), 202)
	equal(t, "the operator's secret", asked.Credential.ClientSecret, "")
	o.Ben.Approve(asked.Change).Want(t, 200)
	o.Settle()
	user, credential := asked.User.ID, asked.Credential.ID
	equal(t, "credentials", o.Ada.credentials(t, user), []api.Credential{{
		ID: credential, ClientID: asked.Credential.ClientID, Secret: 1, CreatedAt: o.Now(), Unseen: true,
	}})

	for operation, parts := range map[string][]Part{
		"revealCredential": {At(user, credential), Body(Object{"method": "totp", "code": "123456"})},
		"rotateCredential": {At(user, credential)}, "createCredential": {At(user)},
	} {
		equal(t, operation, olga.Do(operation, parts...).Refused(t, 403, "forbidden").Policy, "no-secrets-for-operators")
	}
	equal(t, "policy", o.Rosa.reveal(user, credential).Refused(t, 403, "forbidden").Policy, "permission-missing")

	shown := Read[revealed](t, o.Ada.reveal(user, credential), 200).Credential
	opens(t, w, shown.ClientID, shown.ClientSecret)
	equal(t, "client id", shown.ClientID, asked.Credential.ClientID)
	for _, admin := range []*Person{o.Ada, o.Ben} {
		equal(t, "policy", admin.reveal(user, credential).Refused(t, 403, "forbidden").Policy, "secret-shown-once")
	}
	nowhere(t, o, shown.ClientSecret)
	for key, value := range w.Table() {
		if strings.HasSuffix(key, " u#"+user) && strings.Contains(value, "sealed") {
			t.Errorf("the secret that was shown once is kept: %s", value)
		}
	}
	logged(t, o, "claimCredential", user)
}

// logged fails the test where the organisation's log does not have what was done to a user.
func logged(t testing.TB, o *Tenant, action, user string) {
	t.Helper()
	entries, _, err := o.Store.Operations(t.Context(), o.ID, directory.OperationFilter{}, directory.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if string(entry.Action) == action && entry.Outcome == directory.Done && string(entry.Target) == user {
			return
		}
	}
	t.Errorf("the log has no %s of %s", action, user)
}

// 6.1: a rotated secret opens for the overlap beside the new one, 24 hours where the request does not say; with none it
// is shut at once.
func TestARotatedSecretOpensForItsOverlap(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	user, id := string(o.Robot.ID), o.Robot.ClientID
	credential := o.Ada.credentials(t, user)[0].ID
	rotate := func(body Object) string {
		t.Helper()
		parts := []Part{At(user, credential)}
		if body != nil {
			parts = append(parts, Body(body))
		}
		issued := Read[UserAnswer](t, o.Ada.Do("rotateCredential", parts...), 200).Credential
		equal(t, "client id", issued.ClientID, id)
		return issued.ClientSecret
	}
	first := o.Robot.ClientSecret
	second := rotate(nil)
	opens(t, o.World, id, second)
	opens(t, o.World, id, first)
	shown := o.Ada.credentials(t, user)[0]
	equal(t, "its secret's number", shown.Secret, 2)
	equal(t, "overlap", shown.PreviousUntil.Sub(*shown.RotatedAt), day)
	pass(o, day-time.Second)
	opens(t, o.World, id, first)
	pass(o, time.Second)
	shut(t, o.World, id, first)
	opens(t, o.World, id, second)

	third := rotate(Object{"overlapHours": 168})
	fourth := rotate(Object{"overlapHours": 1})
	shut(t, o.World, id, second) // two are enough
	opens(t, o.World, id, third)
	fifth := rotate(Object{"overlapHours": 0})
	for _, secret := range []string{first, second, third, fourth} {
		shut(t, o.World, id, secret)
	}
	opens(t, o.World, id, fifth)
	o.Ada.Do("rotateCredential", At(user, credential), Body(Object{"overlapHours": 169})).Faulty(t, "overlapHours", "maximum")
	o.Ada.Do("rotateCredential", At(user, "crd_00000000000000000000000001")).Refused(t, 404, "notFound")
	nowhere(t, o, fifth)
}

// 3.4: a rotation shows whose secret it replaces and for how long that one opens, and waits for its approval.
func TestARotationIsAChange(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	user := string(o.Robot.ID)
	credential := o.Ada.credentials(t, user)[0].ID
	asked := Read[UserAnswer](t, o.Ada.Do("rotateCredential", At(user, credential)), 202)
	equal(t, "diff", asked.Change.Diff, []api.Difference{
		{Field: "credential", Before: o.Robot.ClientID + " #1", After: o.Robot.ClientID + " #2"}, {Field: "overlapHours", Before: "", After: "24"},
	})
	o.Ada.Do("rotateCredential", At(user, credential)).Refused(t, 409, "changeOpen")
	shut(t, o.World, o.Robot.ClientID, asked.Credential.ClientSecret)
	o.Ben.Approve(asked.Change).Want(t, 200)
	opens(t, o.World, o.Robot.ClientID, asked.Credential.ClientSecret)
	opens(t, o.World, o.Robot.ClientID, o.Robot.ClientSecret)
	o.Settle()
	nowhere(t, o, asked.Credential.ClientSecret)
}

// 6.1, 3.6: a revoked credential is refused by the next request, the others go on.
func TestARevokedCredentialIsShutAtOnce(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user := string(o.Robot.ID)
		other := done(t, o, o.Ada.Do("createCredential", At(user)))
		equal(t, "kind", other.Kind, "api")
		all := o.Ada.credentials(t, user)
		equal(t, "credentials", len(all), 2)
		answer := o.Ada.Do("revokeCredential", At(user, all[0].ID))
		revoking := Read[UserAnswer](t, answer, answer.Status)
		if revoking.Change != nil {
			equal(t, "diff", revoking.Change.Diff, []api.Difference{
				{Field: "credentials", Before: "2", After: "1"}, {Field: "credential", Before: o.Robot.ClientID + " #1", After: ""},
			})
			opens(t, o.World, o.Robot.ClientID, o.Robot.ClientSecret)
			decide(t, o, revoking.Change)
		}
		shut(t, o.World, o.Robot.ClientID, o.Robot.ClientSecret)
		equal(t, "credentials", o.Ada.credentials(t, user), all[1:])
		o.Ada.Do("revokeCredential", At(user, all[0].ID)).Refused(t, 404, "notFound")
	})
}

// A user has five credentials at most, also where they are asked for at the same time; one may end by itself.
func TestAUserHasFiveCredentialsAtMost(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	until := o.Now().Add(hour)
	made := Read[UserAnswer](t, o.Ada.Do("createCredential", At(o.Robot.ID), Body(Object{"expiresAt": until})), 201).Credential
	opens(t, o.World, made.ClientID, made.ClientSecret)
	o.Ada.Do("createCredential", At(o.Robot.ID)).Want(t, 201)
	var wait sync.WaitGroup
	statuses := make([]int, 4)
	for i := range statuses {
		wait.Go(func() { statuses[i] = o.Ada.Do("createCredential", At(o.Robot.ID)).Status })
	}
	wait.Wait()
	slices.Sort(statuses)
	equal(t, "answers at the same time", statuses, []int{201, 201, 409, 409})
	equal(t, "credentials", len(o.Ada.credentials(t, string(o.Robot.ID))), 5)
	equal(t, "its end", *o.Ada.credentials(t, string(o.Robot.ID))[1].ExpiresAt, until)
	pass(o, hour)
	shut(t, o.World, made.ClientID, made.ClientSecret)
	o.Ada.Do("revokeCredential", At(string(o.Robot.ID), made.ID)).Want(t, 200)
	o.Ada.Do("createCredential", At(o.Robot.ID), Body(Object{"expiresAt": o.Now()})).Faulty(t, "expiresAt", "future")
	o.Ada.Do("createCredential", At(o.Rosa.ID)).Refused(t, 409, "stateWrong")
}

// 6.1, as BillPro has it: API access is switched on and off for each user; on brings a new secret, off shuts all at once.
func TestAPIAccessIsSwitchedOnAndOff(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("billpro")
	user := string(o.Rosa.ID)
	equal(t, "credentials", len(o.Ada.credentials(t, user)), 0)
	on := Read[UserAnswer](t, o.Ada.Do("updateUser", At(user), Body(Object{"apiAccess": true})), 200).Credential
	equal(t, "who calls", o.Caller(on).Me(t).User.ID, user)
	o.Rosa.Me(t) // and still signs in
	stays := Read[UserAnswer](t, o.Ada.Do("updateUser", At(user), Body(Object{"apiAccess": true, "paymentLinks": true})), 200)
	equal(t, "a second credential", stays.Credential, nil)

	o.Ada.Do("updateUser", At(user), Body(Object{"apiAccess": false})).Want(t, 200)
	shut(t, o.World, on.ClientID, on.ClientSecret)
	equal(t, "credentials", len(o.Ada.credentials(t, user)), 0)
	again := Read[UserAnswer](t, o.Ada.Do("updateUser", At(user), Body(Object{"apiAccess": true})), 200).Credential
	if again.ClientID == on.ClientID {
		t.Error("the old client id is there again")
	}
	opens(t, o.World, again.ClientID, again.ClientSecret)
	shut(t, o.World, on.ClientID, on.ClientSecret)

	created := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, Object{"apiAccess": true}))), 201)
	if created.User.Status != "active" || created.Credential.ClientSecret == "" {
		t.Errorf("made %+v with %+v", created.User, created.Credential)
	}
	o.Ada.Do("updateUser", At(o.Robot.ID), Body(Object{"apiAccess": false})).Faulty(t, "apiAccess", "kind")
}

// 3.6: API access that is taken away goes with the approval, whatever else of the change waits.
func TestAPIAccessIsTakenAwayAtApproval(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("billpro", Controlled(directory.ControlSecondAdmin), Propagating(3600), func(s *directory.Settings) { s.SecondFactor = directory.Required })
	user := string(o.Rosa.ID)
	asked := Read[UserAnswer](t, o.Ada.Do("updateUser", At(user), Body(Object{"apiAccess": true})), 202)
	equal(t, "diff", asked.Change.Diff, []api.Difference{{Field: "apiAccess", Before: "false", After: "true"}, {Field: "credentials", Before: "", After: "1"}})
	o.Ben.Approve(asked.Change).Want(t, 200)
	shut(t, o.World, asked.Credential.ClientID, asked.Credential.ClientSecret)
	o.Settle()
	pass(o, hour)
	o.Settle()
	opens(t, o.World, asked.Credential.ClientID, asked.Credential.ClientSecret)

	off := Read[UserAnswer](t, o.Ada.Do("updateUser", At(user), Body(Object{"apiAccess": false, "paymentLinks": true})), 202)
	opens(t, o.World, asked.Credential.ClientID, asked.Credential.ClientSecret)
	o.Ben.Approve(off.Change).Want(t, 200)
	equal(t, "state", o.Ada.Change(t, off.Change.ID).State, "propagating")
	shut(t, o.World, asked.Credential.ClientID, asked.Credential.ClientSecret)
	equal(t, "credentials", len(o.Ada.credentials(t, user)), 0)
}

// Where the portal's users have no API access beside it, nobody gets a secret around who makes API users (1.4).
func TestAPIAccessWhereThereIsNone(t *testing.T) {
	t.Parallel()
	w := New(t)
	for _, preset := range []string{"bc-connect", "adyen", "b2binpay", "leaseweb"} {
		o := w.Tenant(preset)
		o.Ada.Do("createUser", Body(newUser(o, Object{"apiAccess": true}))).Faulty(t, "apiAccess", "unavailable")
		o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"apiAccess": true})).Faulty(t, "apiAccess", "unavailable")
	}
	o := w.Tenant("billpro")
	issued := Read[UserAnswer](t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"apiAccess": true})), 200).Credential
	olga := w.In(o)
	olga.Do("updateOrganisation", At(o.ID), Body(Object{"settings": Object{"apiAccess": false}})).Want(t, 200)
	shut(t, w, issued.ClientID, issued.ClientSecret)
	opens(t, w, o.Robot.ClientID, o.Robot.ClientSecret)
}

// 6.1, as BillPro has it: an admin is shown the secret at any time, after a step-up, and the log tells of it.
func TestASecretIsShownAtAnyTime(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("billpro")
	made := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, Object{"apiAccess": true, "roles": []string{"admin_user"}}))), 201)
	user, credential := made.User.ID, made.Credential.ID
	for range 2 {
		for _, admin := range []*Person{o.Ada, o.Ben} {
			equal(t, "secret", Read[revealed](t, admin.reveal(user, credential), 200).Credential, *made.Credential)
		}
	}
	logged(t, o, "revealCredential", user)
	rotated := Read[UserAnswer](t, o.Ada.Do("rotateCredential", At(user, credential)), 200).Credential
	equal(t, "secret", Read[revealed](t, o.Ada.reveal(user, credential), 200).Credential, *rotated)

	equal(t, "policy", o.Rosa.reveal(user, credential).Refused(t, 403, "forbidden").Policy, "permission-missing")
	equal(t, "policy", w.In(o).reveal(user, credential).Refused(t, 403, "forbidden").Policy, "no-secrets-for-operators")
	o.Ada.reveal(user, "crd_00000000000000000000000001").Refused(t, 404, "notFound")
	// A program has nothing to step up with, whatever its role; and a secret that was shown once is not kept.
	o.Caller(rotated).Do("revealCredential", At(user, credential), Body(Object{"method": "totp", "code": "123456"})).Refused(t, 403, "secondFactorMissing")
	o.Ada.reveal(string(o.Robot.ID), o.Ada.credentials(t, string(o.Robot.ID))[0].ID).Refused(t, 409, "stateWrong")
	nowhere(t, o, made.Credential.ClientSecret)
	nowhere(t, o, rotated.ClientSecret)

	// 9.1: of what an operator switches on, too.
	on := Read[UserAnswer](t, w.In(o).Do("updateUser", At(o.Rosa.ID), Body(Object{"apiAccess": true})), 200).Credential
	equal(t, "the operator's secret", on.ClientSecret, "")
	for range 2 {
		shown := Read[revealed](t, o.Ada.reveal(string(o.Rosa.ID), on.ID), 200).Credential
		opens(t, w, shown.ClientID, shown.ClientSecret)
	}
	logged(t, o, "claimCredential", string(o.Rosa.ID))
}

// 3.3, 5.6: the step-up is fresh: no code is good twice, wrong ones are counted and refused in the end, also a right one.
func TestTheStepUpOfARevealIsFresh(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("billpro")
	made := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, Object{"apiAccess": true}))), 201)
	at, code := At(made.User.ID, made.Credential.ID), o.Ada.Code()
	proof := Body(Object{"method": "totp", "code": code})
	var first Answer
	calls := o.Client.Calls(func() { first = o.Ada.Do("revealCredential", at, proof, Key("reveal")).Want(t, 200) })
	equal(t, "round trips", calls, []string{"BatchGetItem", "TransactWriteItems"})
	o.Ada.Do("revealCredential", at, proof).Refused(t, 401, "credentialsWrong")
	again := Read[revealed](t, o.Ada.Do("revealCredential", at, proof, Key("reveal")), 200)
	equal(t, "a repeated answer", again.Credential, api.IssuedCredential{ID: made.Credential.ID, ClientID: made.Credential.ClientID})
	if !strings.Contains(first.Text, made.Credential.ClientSecret) {
		t.Errorf("the first answer has no secret: %s", first.Text)
	}
	for range 4 {
		refused := o.Ada.Do("revealCredential", at, Body(Object{"method": "totp", "code": "000000"}))
		refused.Refused(t, 401, "credentialsWrong")
	}
	equal(t, "the log", acts(log(t, o.Ada, Query("user", made.User.ID), Query("outcome", "refused")))[0], "ada revealCredential Nina refused")
	o.Ada.reveal(made.User.ID, made.Credential.ID).Refused(t, 429, "tooManyAttempts")
	o.Ben.reveal(made.User.ID, made.Credential.ID).Want(t, 200)
	device := o.Ben.AddPasskey(t)
	answered := Body(Object{"method": "passkey", "credential": device.Signs(t, o.Ben.Invited(t, "challengeMe"))})
	shown := Read[revealed](t, o.Ben.Do("revealCredential", at, answered), 200)
	equal(t, "what a passkey reveals", shown.Credential, *made.Credential)
	o.Ben.Do("revealCredential", at, answered).Refused(t, 401, "credentialsWrong")
}

// 2.4: who is shown a secret is given what it opens: under the grant limit, only who could give that.
func TestASecretIsUnderTheGrantLimit(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	robot := Read[UserAnswer](t, o.Ada.Do("createUser", Body(apiUser(o))), 201)
	lesser := o.Regular("lesser", []string{"balancePlatformAdmin"})
	for operation, parts := range map[string][]Part{
		"createCredential": {At(robot.User.ID)}, "rotateCredential": {At(robot.User.ID, robot.Credential.ID)},
	} {
		equal(t, operation, lesser.Do(operation, parts...).Refused(t, 403, "forbidden").Policy, "grant-limit-roles")
	}
	lesser.Do("revokeCredential", At(robot.User.ID, robot.Credential.ID)).Want(t, 200)
}

// 6.5: an API user has no password and does not sign in.
func TestAnAPIUserDoesNotSignIn(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	robot := Read[UserAnswer](t, o.Ada.Do("createUser", Body(apiUser(o))), 201)
	for _, secret := range []string{robot.Credential.ClientSecret, Password} {
		signIn(o.World, robot.User.Email, secret).Refused(t, 401, "credentialsWrong")
		signIn(o.World, robot.Credential.ClientID, secret).Refused(t, 401, "credentialsWrong")
	}
	o.Do("forgotPassword", Body(Object{"identifier": robot.User.Email})).Want(t, 202)
	o.Ada.Do("sendPasswordReset", At(robot.User.ID)).Refused(t, 409, "stateWrong")
	o.Ada.Do("resendVerification", At(robot.User.ID)).Refused(t, 409, "stateWrong")
	o.Settle()
	equal(t, "mails", len(o.Mails.To(robot.User.Email)), 0)
	for operation, parts := range map[string][]Part{
		"beginTotp": nil, "confirmTotp": {Body(Object{"code": "123456"})},
	} {
		if answer := o.Caller(robot.Credential).Do(operation, parts...); answer.Status/100 != 4 {
			t.Errorf("%s answered %d: %s", operation, answer.Status, answer.Text)
		}
	}
}

// 3.11: a preview makes no secret, and tells what the real run then does.
func TestAPreviewOfASecret(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("billpro")
	for operation, parts := range map[string][]Part{
		"createUser": {Body(apiUser(o))}, "createCredential": {At(o.Robot.ID)},
		"rotateCredential": {At(string(o.Robot.ID), o.Ada.credentials(t, string(o.Robot.ID))[0].ID)},
		"updateUser":       {At(o.Rosa.ID), Body(Object{"apiAccess": true})},
	} {
		unchanged(t, o.World, "a preview of "+operation, func() {
			foreseen := Read[UserAnswer](t, o.Ada.Do(operation, append(parts, Preview())...), 200)
			equal(t, "credential", foreseen.Credential, nil)
			if text, err := json.Marshal(foreseen.Preview.Diff); err != nil || !strings.Contains(string(text), "redential") {
				t.Errorf("%s: %s, %v", operation, text, err)
			}
		})
	}
}

// 1.6, 1.8: a copy of an API user has a secret of its own; a removed one leaves none.
func TestCredentialsGoWithTheirUser(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	robot := Read[UserAnswer](t, o.Ada.Do("createUser", Body(apiUser(o))), 201)
	copied := Read[UserAnswer](t, o.Ada.Do("duplicateUser", At(robot.User.ID), Body(Object{"email": o.Email("copy")})), 201)
	equal(t, "who calls", o.Caller(copied.Credential).Me(t).User.ID, copied.User.ID)
	o.Ada.Do("deactivateUser", At(robot.User.ID)).Want(t, 200)
	shut(t, o.World, robot.Credential.ClientID, robot.Credential.ClientSecret)
	o.Ada.Do("reactivateUser", At(robot.User.ID)).Want(t, 200)
	opens(t, o.World, robot.Credential.ClientID, robot.Credential.ClientSecret)
	o.Ada.Do("removeUser", At(robot.User.ID)).Want(t, 200)
	shut(t, o.World, robot.Credential.ClientID, robot.Credential.ClientSecret)
	nowhere(t, o, directory.HashSecret(robot.Credential.ClientSecret))
}

// 6.2: no secret is in the log, also of a request that failed on its way.
func TestNoSecretIsLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := New(t, LoggingTo(&log)).Tenant("billpro")
	made := Read[UserAnswer](t, o.Ada.Do("createUser", Body(apiUser(o))), 201)
	user := made.User.ID
	rotated := Read[UserAnswer](t, o.Ada.Do("rotateCredential", At(user, made.Credential.ID)), 200)
	o.Ada.reveal(user, made.Credential.ID).Want(t, 200)
	for _, call := range []string{"BatchGetItem", "TransactWriteItems"} {
		o.Faults.Begin(func(_ int, name string) faulttest.Kind {
			if name == call {
				return faulttest.Unanswered
			}
			return faulttest.Well
		})
		for _, answer := range []Answer{
			o.Ada.reveal(user, made.Credential.ID), o.Ada.Do("rotateCredential", At(user, made.Credential.ID)),
			o.Caller(rotated.Credential).Do("updateMe", Body(Object{"language": "fr"})),
		} {
			answer.Want(t, 503)
			if strings.Contains(answer.Text, "mcs_") {
				t.Errorf("a secret is in an error: %s", answer.Text)
			}
		}
	}
	o.Faults.Begin(nil)
	if log.Len() == 0 {
		t.Error("nothing was logged")
	}
	if strings.Contains(log.String(), "mcs_") {
		t.Errorf("a secret is in the log:\n%s", log.String())
	}
}
