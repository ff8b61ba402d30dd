package functionstest

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 10.1: a request that is sent again under its key answers the same and does nothing more.
func TestARepeatedRequestIsDoneOnce(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		body := Body(newUser(o, nil))
		first := o.Ada.Do("createUser", body, Key("create-1"))
		asked := Read[UserAnswer](t, first, first.Status)
		unchanged(t, o.World, "a repeated creation", func() {
			again := o.Ada.Do("createUser", body, Key("create-1"))
			equal(t, "status", again.Status, first.Status)
			equal(t, "answer", Read[UserAnswer](t, again, first.Status), asked)
			equal(t, "ETag", again.Header["Etag"], first.Header["Etag"])

			o.Ada.Do("createUser", Body(newUser(o, nil)), Key("create-1")).Refused(t, 422, "keyReused")
			o.Ada.Do("deactivateUser", At(o.Rosa.ID), Key("create-1")).Refused(t, 422, "keyReused")
		})
		// A key is its caller's own.
		first = o.Ben.Do("deactivateUser", At(o.Rosa.ID), Key("create-1"))
		deactivation := Read[UserAnswer](t, first, first.Status)
		again := Read[UserAnswer](t, o.Ben.Do("deactivateUser", At(o.Rosa.ID), Key("create-1")), first.Status)
		equal(t, "answer", again, deactivation)
	})
}

// Sent at the same time under one key, a request is done once.
func TestTheSameRequestAtTheSameTimeIsDoneOnce(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	body := Body(newUser(o, nil))
	var wait sync.WaitGroup
	var answers [4]Answer
	for i := range answers {
		wait.Go(func() { answers[i] = o.Ada.Do("createUser", body, Key("at-once")) })
	}
	wait.Wait()
	for _, answer := range answers {
		equal(t, "answer", Read[UserAnswer](t, answer, 202), Read[UserAnswer](t, answers[0], 202))
	}
	o.Settle()
	equal(t, "mails to the approver", o.Mails.Kinds(o.Ben.Email), []directory.MailKind{directory.MailApprovalRequested})
}

// A request that is sent again while the first is being done may find some of what that did and not the rest: a batch is not
// read at one moment. It is answered as the first: not refused for what itself had asked for, nor as things were before.
func TestTheSameRequestWhileItIsDone(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, controlled := w.Tenant("adyen"), w.Tenant("bc-connect")
	olga := w.In(controlled)
	user := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, nil))), 201).User
	for _, keysFirst := range []bool{true, false} {
		change := ask(t, controlled.Ada.Do("updateUser", At(controlled.Rosa.ID), Body(Object{"contact": true})))
		filed := Read[struct{ Request api.ServiceRequest }](t, controlled.Ada.Do("createServiceRequest",
			Body(Object{"act": "deactivateUser", "target": controlled.Robot.ID})), 201).Request
		for _, request := range []struct {
			by        *Person
			operation string
			parts     []Part
		}{
			{o.Ada, "deactivateUser", []Part{At(user.ID)}},
			{o.Ada, "reactivateUser", []Part{At(user.ID)}},
			{controlled.Ben, "rejectChange", []Part{At(change.ID), Body(Object{"reason": "No."})}},
			{olga, "decideServiceRequest", []Part{At(filed.ID), Body(Object{"outcome": "declined", "reason": "No."})}},
		} {
			parts := append(request.parts, Key(fmt.Sprint(request.operation, keysFirst)))
			var first Answer
			w.Client.Torn(keysFirst, func() { first = request.by.Do(request.operation, parts...) })
			again := request.by.Do(request.operation, parts...)
			equal(t, request.operation, first.Status, 200)
			equal(t, fmt.Sprintf("%s, keys first: %v", request.operation, keysFirst), again.Text, first.Text)
		}
	}
}

// An approval that is sent again is answered as the first, though its code is used up.
func TestARepeatedApproval(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	proof := o.Ben.Proof(change)
	first := Read[Settled](t, o.Ben.Do("approveChange", At(change.ID), proof, Key("approve")), 200)
	again := Read[Settled](t, o.Ben.Do("approveChange", At(change.ID), proof, Key("approve")), 200)
	equal(t, "answer", again, first)
	o.Ben.Do("approveChange", At(change.ID), proof).Refused(t, 409, "changeClosed")
}

// A forgotten password is asked for by nobody in particular, and still once under one key.
func TestARepeatedForgottenPasswordSendsOneMail(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	forgets := func(key string) {
		t.Helper()
		o.Do("forgotPassword", Body(Object{"identifier": o.Rosa.Identifier}), Key(key)).Want(t, 202)
	}
	forgets("first")
	unchanged(t, o.World, "a repeated request", func() { forgets("first") })
	o.Settle()
	equal(t, "mails", o.Mails.Kinds(o.Rosa.Email), []directory.MailKind{directory.MailPasswordReset})
	forgets("second")
	o.Settle()
	equal(t, "mails", len(o.Mails.Kinds(o.Rosa.Email)), 2)
}

// The other POSTs that write: links, companies, accounts, organisations.
func TestEveryKindOfRequestIsDoneOnce(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	olga := w.In(o)
	for _, request := range []struct {
		operation string
		parts     []Part
	}{
		{"sendPasswordReset", []Part{At(o.Rosa.ID)}},
		{"createCompany", []Part{Body(Object{"name": "Company 3"})}},
		{"openAccount", []Part{Body(Object{"name": "Account 4", "company": o.Companies[0]})}},
		{"createOrganisation", example(o, endpoint("createOrganisation"))},
	} {
		parts := append(request.parts, Key(request.operation))
		first := olga.Do(request.operation, parts...)
		if first.Status/100 != 2 {
			t.Fatalf("%s: %d %s", request.operation, first.Status, first.Text)
		}
		unchanged(t, w, "a repeated "+request.operation, func() {
			again := olga.Do(request.operation, parts...)
			equal(t, request.operation, again, first)
		})
	}
	for _, operation := range []string{"sendPasswordReset", "createCompany", "openAccount", "createOrganisation", "createUser"} {
		key := map[bool]string{true: "createCompany", false: "openAccount"}[operation != "createCompany"]
		olga.Do(operation, append(example(o, endpoint(operation)), Key(key))...).Refused(t, 422, "keyReused")
	}
}

// If-Match: what has moved on is not overwritten.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	w := New(t, Capped(0))
	o := w.Tenant("adyen")
	seen := o.Ada.Do("getUser", At(o.Rosa.ID)).Want(t, 200).Header["Etag"]
	o.Ben.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true}), Header("If-Match", seen)).Want(t, 200)
	unchanged(t, w, "a write to what has moved on", func() {
		o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": false}), Header("If-Match", seen)).Refused(t, 412, "preconditionFailed")
	})
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": false}), Header("If-Match", "*")).Want(t, 200)
	now := o.Ada.Do("getUser", At(o.Rosa.ID)).Header["Etag"]
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true}), Header("If-Match", seen+`, W/`+now)).Refused(t, 412, "preconditionFailed")
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true}), Header("If-Match", seen+` ,`+now)).Want(t, 200)

	// So for every write of what has an ETag, which is each below one.
	tagged := regexp.MustCompile(`\{(user|change|contact|role|organisation)Id\}`)
	olga, pending, clients, merchant, hosted := w.In(o), w.Tenant("bc-connect"), w.Tenant("b2binpay"), w.Tenant("billpro"), w.Tenant("leaseweb")
	staff := w.In(clients)
	change := ask(t, pending.Ada.Do("updateUser", At(pending.Rosa.ID), Body(Object{"contact": true})))
	unchanged(t, w, "what is asked for of what has moved on", func() {
		for _, one := range api.Operations() {
			if !one.Conditional {
				if one.Method != http.MethodGet && tagged.MatchString(one.Path) {
					t.Errorf("%s takes no If-Match", one.ID)
				}
				continue
			}
			by, where := o.Ada, o
			switch one.ID {
			case "confirmChange", "cancelChange":
				by, where = pending.Ada, pending
			case "approveChange", "rejectChange", "challengeChange":
				by, where = pending.Ben, pending
			case "setPassword", "decideKyc":
				by, where = staff, clients
			case "revealCredential":
				by, where = merchant.Ada, merchant
			case "removeUser":
				by, where = hosted.Ada, hosted
			case "nameOwner", "updateOrganisation":
				by = olga
			case "updateContact", "deleteContact", "updateRole", "deleteRole":
				continue // with lives of their own: contacts_test.go, roles_test.go
			}
			given := append(example(where, one), Header("If-Match", `"1-moved-on"`))
			if where == pending {
				given = append(given, At(change.ID))
			}
			by.Do(one.ID, given...).Refused(t, 412, "preconditionFailed")
		}
	})

	mine := o.Ada.Do("getMe").Want(t, 200).Header["Etag"]
	equal(t, "ETag of oneself", o.Ada.Do("getUser", At(o.Ada.ID)).Want(t, 200).Header["Etag"], mine)
	o.Ada.Do("updateMe", Body(Object{"language": "fr"}), Header("If-Match", mine)).Want(t, 200)
	o.Ada.Do("updateMe", Body(Object{"language": "en"}), Header("If-Match", mine)).Refused(t, 412, "preconditionFailed")

	created := olga.Do("createOrganisation", example(o, endpoint("createOrganisation"))...).Want(t, 201)
	id := Read[struct{ ID string }](t, created, 201).ID
	equal(t, "ETag", olga.Do("getOrganisation", At(id)).Want(t, 200).Header["Etag"], created.Header["Etag"])
	olga.Do("updateOrganisation", At(id), Body(Object{"name": "Renamed"}), Header("If-Match", created.Header["Etag"])).Want(t, 200)
	olga.Do("updateOrganisation", At(id), Body(Object{"name": "Again"}), Header("If-Match", created.Header["Etag"])).Refused(t, 412, "preconditionFailed")
}

// 10.1, invariant 5: what is told once, and what a code or a password is used up for, is answered again under its key as it
// was; and neither the answer nor a hash of the password that the request said is kept for anybody to read.
func TestARepeatedRequestIsToldItsSecretAgain(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("b2binpay")
	rosa, olga := o.Rosa, w.In(o)
	rosa.AddPasskey(t)
	twice := func(who *Person, operation string, parts ...Part) Answer {
		t.Helper()
		parts = append(parts, Key("once-"+operation))
		first := who.Do(operation, parts...)
		if first.Status/100 != 2 {
			t.Fatalf("%s: %d %s", operation, first.Status, first.Text)
		}
		unchanged(t, w, "a repeated "+operation, func() { equal(t, operation+", again", who.Do(operation, parts...), first) })
		return first
	}
	secret := Read[struct{ Secret string }](t, twice(rosa, "beginTotp"), 200).Secret
	codes := Read[struct{ RecoveryCodes []string }](t, twice(rosa, "confirmTotp", Body(Object{"code": totpAt(secret, w.Now()), "current": rosa.Code()})), 200).RecoveryCodes
	rosa.Secret = secret
	w.Advance(minute)
	fresh := Read[struct{ RecoveryCodes []string }](t, twice(rosa, "newRecoveryCodes", Body(Object{"code": rosa.Code()})), 200).RecoveryCodes
	equal(t, "codes", len(codes)+len(fresh), 20)
	rosa.Do("newRecoveryCodes", Body(Object{"code": rosa.Code()}), Key("once-newRecoveryCodes")).Refused(t, 422, "keyReused")
	device := rosa.NewAuthenticator()
	twice(rosa, "confirmPasskey", Body(Object{"name": "Phone", "credential": device.Creates(t, rosa.Invited(t, "beginPasskey")), "current": rosa.Code()}))
	const chosen = "a quiet walk by the river"
	twice(rosa, "changeMyPassword", Body(Object{"current": Password, "new": chosen}))
	twice(olga, "setPassword", At(o.Ben.ID), Body(Object{"password": chosen}))
	rosa.Do("changeMyPassword", Body(Object{"current": chosen, "new": Password}), Key("once-changeMyPassword")).Refused(t, 422, "keyReused")
	olga.Do("createUser", append(example(o, endpoint("createUser")), Key("once-setPassword"))...).Refused(t, 422, "keyReused")

	kept := 0
	for key, item := range w.Table() {
		if !strings.Contains(key, " r#once-") {
			continue
		}
		kept++
		for _, one := range append(append(codes, fresh...), secret, chosen) {
			if strings.Contains(item, one) {
				t.Errorf("%s is kept in %s", one, item)
			}
		}
		if strings.Contains(item, "fingerprint") {
			t.Errorf("a hash of what was said is kept in %s", item)
		}
	}
	equal(t, "kept", kept, 6)
}
