package functionstest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/certificate/certificatetest"
	"mandate/shared/directory"
)

// certificate makes one that is valid in the world for so many days.
func (w *World) certificate(days int) certificatetest.Pair {
	w.t.Helper()
	return certificatetest.Make(w.t, certificatetest.Between(w.Now().Add(-hour), w.Now().AddDate(0, 0, days)))
}

// hasCertificate adds a certificate to the robot, all the way to its effect.
func (o *Tenant) hasCertificate(t testing.TB, days int) certificatetest.Pair {
	t.Helper()
	pair := o.certificate(days)
	who := o.keeper()
	answer := who.Do("addCertificate", At(o.Robot.ID), Body(Object{"pem": pair.PEM}))
	if change := Read[UserAnswer](t, answer, answer.Status).Change; change != nil {
		o.goesThrough(t, who, change)
	}
	return pair
}

// keeper is who changes certificates in the organisation.
func (o *Tenant) keeper() *Person {
	o.t.Helper()
	if o.Organisation().Settings.AdminsCertificates {
		return o.Ada
	}
	return o.In(o)
}

// goesThrough takes a change to its effect.
func (o *Tenant) goesThrough(t testing.TB, asked *Person, change *api.Change) {
	t.Helper()
	switch change.State {
	case "awaitingStepUp":
		asked.Confirm(change).Want(t, 200)
	case "awaitingApproval":
		o.Ben.Approve(change).Want(t, 200)
	}
	o.Settle()
	pass(o, o.Organisation().Settings.Propagation())
	o.Settle()
}

func certificates(t testing.TB, who *Person, user *Person) []api.Certificate {
	t.Helper()
	return Read[api.List[api.Certificate]](t, who.Do("listCertificates", At(user.ID)), 200).Items
}

// A user with certificates calls over mutual TLS with one of them, beside its secret; one without by its secret alone
// (6.3). Checking costs no further read.
func TestCallsOverMutualTLS(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		stranger := o.certificate(365)
		o.Robot.Do("getMe").Want(t, 200)
		o.Robot.Do("getMe", Over(stranger)).Want(t, 200)

		first, second := o.hasCertificate(t, 300), o.hasCertificate(t, 365)
		for _, pair := range []certificatetest.Pair{first, second} {
			equal(t, "calls", o.Client.Calls(func() { o.Robot.Do("getMe", Over(pair)).Want(t, 200) }), []string{"BatchGetItem"})
		}
		for policy, parts := range map[string][]Part{
			"certificate-required": {Header("X-Client-Cert", first.PEM)},
			"certificate-unknown":  {Over(stranger)},
		} {
			equal(t, "policy", o.Robot.Do("getMe", parts...).Refused(t, 403, "forbidden").Policy, policy)
			equal(t, "recorded", o.refusals(t, "getMe")[0].Policy, policy)
		}
		thief := *o.Robot
		thief.ClientSecret = "guess"
		thief.Do("getMe", Over(first)).Refused(t, 401, "unauthenticated")

		pass(o, 300*day+minute)
		equal(t, "policy", o.Robot.Do("getMe", Over(first)).Refused(t, 403, "forbidden").Policy, "certificate-not-valid")
		o.Robot.Do("getMe", Over(second)).Want(t, 200)
		pass(o, 65*day)
		o.Robot.Do("getMe").Refused(t, 403, "forbidden") // that all have ended does not let the secret alone in
	})
}

// Who may change certificates is the organisation's setting: operators, or admins as well (6.3). A change of them is one
// like any other: it shows what it does, is approved, delayed where it gives, and in the log.
func TestCertificatesAreChanges(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		pair := o.certificate(365)
		add, settings := Body(Object{"pem": pair.PEM}), o.Organisation().Settings
		who := o.keeper()
		if who != o.Ada {
			equal(t, "policy", o.Ada.Do("addCertificate", At(o.Robot.ID), add).Refused(t, 403, "forbidden").Policy, "certificates-changed-by-operators")
		}
		o.Rosa.Do("listCertificates", At(o.Robot.ID)).Refused(t, 403, "forbidden")

		unchanged(t, o.World, "a preview", func() {
			diff := Read[UserAnswer](t, who.Do("addCertificate", At(o.Robot.ID), add, Preview()), 200).Preview.Diff
			equal(t, "diff", diff, []api.Difference{{Field: "certificate", After: pair.Fingerprint}})
		})
		answer := who.Do("addCertificate", At(o.Robot.ID), add, Key("once"))
		asked := Read[UserAnswer](t, answer, answer.Status)
		// As ever, the same once more as it was done before, and what came of it.
		equal(t, "round trips", len(o.Client.Calls(func() { who.Do("addCertificate", At(o.Robot.ID), add, Key("once")) })), 3)
		if settings.ChangeControl != directory.ControlNone {
			equal(t, "until it is decided", len(certificates(t, o.Ada, o.Robot)), 0)
			o.goesThrough(t, who, asked.Change)
			equal(t, "delayed by", o.Ada.Change(t, asked.Change.ID).EffectiveAt.Sub(asked.Change.CreatedAt) >= settings.Propagation(), true)
		}
		listed := certificates(t, o.Ada, o.Robot)
		if len(listed) != 1 {
			t.Fatalf("%d certificates", len(listed))
		}
		equal(t, "fingerprint", listed[0].Fingerprint, pair.Fingerprint)
		equal(t, "subject", listed[0].Subject, "CN=robot,O=Example Company")
		equal(t, "added by", listed[0].AddedBy, string(who.ID))
		o.Robot.Do("getMe").Refused(t, 403, "forbidden")

		if who != o.Ada {
			o.Ada.Do("removeCertificate", At(string(o.Robot.ID), pair.Fingerprint)).Refused(t, 403, "forbidden")
			who = o.keeper()
		}
		answer = who.Do("removeCertificate", At(string(o.Robot.ID), pair.Fingerprint))
		if removed := Read[UserAnswer](t, answer, answer.Status).Change; removed == nil {
			equal(t, "status", answer.Status, 200)
		} else if removed.State == "awaitingApproval" {
			equal(t, "at once", Read[Settled](t, o.Ben.Approve(removed), 200).Change.State, "effective")
		} else {
			equal(t, "at once", Read[Settled](t, who.Confirm(removed), 200).Change.State, "effective")
		}
		o.Robot.Do("getMe", Over(pair)).Want(t, 200)
		o.Robot.Do("getMe").Want(t, 200)
		equal(t, "certificates", len(certificates(t, o.Ada, o.Robot)), 0)
	})
}

// What cannot serve is refused by its rule, and nothing is kept.
func TestBadCertificates(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	held := o.hasCertificate(t, 365)
	expired := certificatetest.Make(t, certificatetest.Between(o.Now().AddDate(-1, 0, 0), o.Now()))
	other := o.World.Tenant("adyen")
	unchanged(t, o.World, "a bad certificate", func() {
		add := func(pem string) Answer { return o.Ada.Do("addCertificate", At(o.Robot.ID), Body(Object{"pem": pem})) }
		add("").Faulty(t, "pem", "format")
		add(strings.Repeat("x", 20_000)).Faulty(t, "pem", "maxLength")
		add(expired.PEM).Faulty(t, "pem", "expired")
		add(held.PEM).Faulty(t, "pem", "duplicate")
		o.Ada.Do("addCertificate", At(o.Rosa.ID), Body(Object{"pem": o.certificate(9).PEM})).Refused(t, 409, "stateWrong")
		o.Ada.Do("removeCertificate", At(string(o.Robot.ID), expired.Fingerprint)).Refused(t, 404, "notFound")
		o.Ada.Do("listCertificates", At(o.Robot.ID), Query("cursor", "x")).Faulty(t, "cursor", "cursor")

		other.Ada.Do("listCertificates", At(o.Robot.ID)).Refused(t, 404, "notFound")
		other.Ada.Do("addCertificate", At(o.Robot.ID), Body(Object{"pem": o.certificate(9).PEM})).Refused(t, 404, "notFound")
		other.Ada.Do("removeCertificate", At(string(o.Robot.ID), held.Fingerprint)).Refused(t, 404, "notFound")
	})
}

func TestAUserHasTenCertificatesAtMost(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	var want []string
	for range 10 {
		want = append(want, o.hasCertificate(t, 365).Fingerprint)
	}
	o.Ada.Do("addCertificate", At(o.Robot.ID), Body(Object{"pem": o.certificate(9).PEM})).Faulty(t, "pem", "maxItems")

	var got []string
	for cursor := ""; ; {
		page := Read[api.List[api.Certificate]](t, o.Ada.Do("listCertificates", At(o.Robot.ID), Query("limit", "4"), Query("cursor", cursor)), 200)
		for _, one := range page.Items {
			got = append(got, one.Fingerprint)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	equal(t, "pages", got, want)
}

// The organisation's admins are warned 30 and 7 days before a certificate ends, once each (6.3); the sweep looks at those
// users alone of whom there is something to say (4.7).
func TestWarningsBeforeACertificateEnds(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	pair := o.hasCertificate(t, 60)
	warnings := func(to *Person) int {
		o.Settle()
		return len(slices.DeleteFunc(o.Mails.Kinds(to.Email), func(kind directory.MailKind) bool { return kind != directory.MailCredentialExpiring }))
	}
	swept := func(warned, want int, what string) {
		t.Helper()
		equal(t, what, o.Sweep().Warned, warned)
		for _, admin := range []*Person{o.Ada, o.Ben} {
			equal(t, what, warnings(admin), want)
		}
		equal(t, what, o.Sweep().Warned, 0)
	}
	swept(0, 0, "60 days ahead")
	o.Advance(30*day - minute)
	swept(0, 0, "a minute more than 30 days ahead")
	o.Advance(minute)
	swept(1, 1, "30 days ahead")
	mail := o.Mails.Last(t, o.Ada.Email, directory.MailCredentialExpiring)
	if !strings.Contains(mail.Text, pair.Fingerprint[:16]) || !strings.Contains(mail.Text, ConsoleURL+"/users/"+string(o.Robot.ID)) {
		t.Error(mail.Text)
	}
	o.Advance(23 * day)
	swept(1, 2, "7 days ahead")
	pass(o, 0)
	o.hasCertificate(t, 3)
	swept(1, 3, "one that was added 3 days before its end")
	o.Advance(8 * day)
	swept(0, 3, "when they have ended")
	equal(t, "mails to others", warnings(o.Rosa)+warnings(o.Robot), 0)
}

// 6.1: a credential that was given an end is warned of as a certificate is; one without an end, or revoked, is not.
func TestWarningsBeforeACredentialEnds(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	ends := o.Now().Add(60 * day)
	done(t, o, o.Ada.Do("createCredential", At(o.Robot.ID)))
	done(t, o, o.Ada.Do("createCredential", At(o.Robot.ID), Body(Object{"expiresAt": ends})))
	all := o.Ada.credentials(t, string(o.Robot.ID))
	last := all[len(all)-1]
	for _, ahead := range []struct {
		days   int
		warned int
	}{{31, 0}, {30, 1}, {8, 0}, {7, 1}} {
		o.Advance(ends.Add(-time.Duration(ahead.days) * day).Sub(o.Now()))
		equal(t, "warned", o.Sweep().Warned, ahead.warned)
		equal(t, "warned again", o.Sweep().Warned, 0)
	}
	o.Settle()
	mail := o.Mails.Last(t, o.Ada.Email, directory.MailCredentialExpiring)
	if !strings.Contains(mail.Text, last.ClientID) {
		t.Errorf("the mail does not name the credential:\n%s", mail.Text)
	}
	pass(o, 0)
	done(t, o, o.Ada.Do("createCredential", At(o.Robot.ID), Body(Object{"expiresAt": o.Now().Add(31 * day)})))
	all = o.Ada.credentials(t, string(o.Robot.ID))
	o.Ada.Do("revokeCredential", At(string(o.Robot.ID), all[len(all)-1].ID)).Want(t, 200)
	o.Advance(2 * day)
	equal(t, "warned of a revoked one", o.Sweep().Warned, 0)
}

// A user who is inactive calls nobody: there is no warning until it is active again.
func TestNoWarningOfAnInactiveUsersCertificate(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	o.hasCertificate(t, 20)
	done(t, o, o.Ada.Do("deactivateUser", At(o.Robot.ID)))
	equal(t, "warned", o.Sweep().Warned, 0)
	done(t, o, o.Ada.Do("reactivateUser", At(o.Robot.ID)))
	equal(t, "warned", o.Sweep().Warned, 1)
}

// Where the organisation wants it, a request of an API user with several accounts names the one that it is about (6.4).
func TestAnAPIRequestNamesItsAccount(t *testing.T) {
	t.Parallel()
	w := New(t)
	for _, preset := range []string{"billpro", "adyen"} {
		o := w.Tenant(preset)
		permission, role := "products:view", "admin_user"
		if preset == "adyen" {
			permission, role = "transfers:view", "viewTransfers"
		}
		robot := done(t, o, o.Ada.Do("updateUser", At(o.Robot.ID), Body(Object{"accounts": o.Accounts[:2], "roles": []string{role}})))
		asks := func(who *Person, resource Object, parts ...Part) Answer {
			return who.Do("evaluateAccess", append(parts, Body(Object{
				"subject": Object{"type": "user", "id": robot.ID}, "action": Object{"name": permission}, "resource": resource,
			}))...)
		}
		product := Object{"type": "product", "id": "1"}
		ofAccount := Object{"type": "product", "id": "1", "properties": Object{"account": o.Accounts[1]}}
		decides := func(want bool, answer Answer) Evaluated {
			t.Helper()
			decided := Read[Evaluated](t, answer, 200)
			equal(t, preset+": decision", decided.Decision, want)
			return decided
		}
		if preset == "billpro" {
			asks(o.Robot, product).Faulty(t, "Mandate-Account", "required")
			equal(t, "policy", decides(false, asks(o.Ada, product)).Context.Policy, "account-not-named")
		} else {
			decides(true, asks(o.Robot, product))
			decides(true, asks(o.Ada, product))
		}
		for _, who := range []*Person{o.Robot, o.Ada} {
			decides(true, asks(who, ofAccount))
			decides(true, asks(who, product, Header("Mandate-Account", o.Accounts[0])))
			decides(true, asks(who, ofAccount, Header("Mandate-Account", o.Accounts[1])))
			equal(t, "policy", decides(false, asks(who, product, Header("Mandate-Account", o.Accounts[2]))).Context.Policy, "account-not-assigned")
			asks(who, ofAccount, Header("Mandate-Account", o.Accounts[0])).Faulty(t, "Mandate-Account", "contradiction")
		}
		other := w.Tenant(preset)
		equal(t, "policy", decides(false, asks(o.Robot, product, Header("Mandate-Account", other.Accounts[0]))).Context.Policy, "account-unknown")
	}
}

// With one account there is nothing to name.
func TestAnAPIRequestOfOneAccountNamesNone(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("billpro")
	done(t, o, o.Ada.Do("updateUser", At(o.Robot.ID), Body(Object{"roles": []string{"admin_user"}})))
	equal(t, "decision", Read[Evaluated](t, o.Robot.Do("evaluateAccess", Body(Object{
		"subject": Object{"type": "user", "id": o.Robot.ID}, "action": Object{"name": "products:view"}, "resource": Object{"type": "product", "id": "1"},
	})), 200).Decision, true)
}
