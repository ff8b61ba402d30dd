package functionstest

import (
	"strings"
	"sync"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

const phrase = "a quiet walk by the river"

// invite adds a person to a customer account, and answers the user.
func invite(t testing.TB, o *Tenant, email string, with Object) api.User {
	t.Helper()
	body := newUser(o, Object{"email": email, "companies": nil, "accounts": nil, "phone": nil})
	for name, value := range with {
		body[name] = value
	}
	return Read[UserAnswer](t, o.Ada.Do("createUser", Body(body)), 201).User
}

// settle follows a new person's first mail, up to a session.
func settle(t testing.TB, o *Tenant, email string) *Person {
	t.Helper()
	o.Settle()
	person := &Person{World: o.World, Email: email, Identifier: email, Password: phrase}
	token := o.Mails.Token(t, email, directory.MailVerification)
	equal(t, "next", Read[Redeemed](t, o.Do("redeemLink", Body(Object{"token": token, "password": phrase})), 200).Next, "signIn")
	person.Token = Read[SignedIn](t, signIn(o.World, email, phrase), 200).Session.Token
	return person
}

// joined is a person who is a user of both.
func joined(t testing.TB, w *World) (a, b *Tenant, first, second api.User, person *Person) {
	t.Helper()
	a, b = w.Tenant("leaseweb"), w.Tenant("leaseweb")
	email := w.Email("pia")
	first = invite(t, a, email, nil)
	person = settle(t, a, email)
	second = invite(t, b, email, nil)
	w.Settle()
	w.Do("redeemLink", Body(Object{"token": w.Mails.Token(t, email, directory.MailAccountLink)})).Want(t, 200)
	return a, b, first, second, person
}

// 1.2, 4.3: a person who is there already becomes a user of a second organisation by confirming a mail, and signs in to
// either with the one password.
func TestOnePersonIsAUserOfSeveralOrganisations(t *testing.T) {
	t.Parallel()
	w := New(t)
	a, b := w.Tenant("leaseweb"), w.Tenant("leaseweb")
	email := w.Email("pia")
	invite(t, a, email, nil)
	person := settle(t, a, email)
	equal(t, "nowhere else", len(person.Me(t).Organisations), 0)

	second := invite(t, b, strings.ToUpper(email[:3])+email[3:], nil)
	equal(t, "not yet confirmed", second.Status, "emailNotVerified")
	w.Settle()
	if person.Me(t).User.Organisation != string(a.ID) {
		t.Error("the session moved")
	}
	equal(t, "an account that is not confirmed is not entered", Read[SignedIn](t, signIn(w, email, phrase), 200).Session.User.Organisation, string(a.ID))
	person.Do("switchOrganisation", Body(Object{"organisation": b.ID})).Refused(t, 404, "notFound")

	mail := w.Mails.Last(t, second.Email, directory.MailAccountLink)
	token := linkToken.FindStringSubmatch(mail.Text)[1]
	link := Read[struct {
		Kind          string
		NeedsPassword bool
	}](t, w.Do("inspectLink", Body(Object{"token": token})), 200)
	equal(t, "kind", link.Kind, "accountLink")
	equal(t, "needs a password", link.NeedsPassword, false)
	redeemed := Read[Redeemed](t, w.Do("redeemLink", Body(Object{"token": token})), 200)
	equal(t, "next", redeemed.Next, "signIn")
	if redeemed.Session != nil {
		t.Error("a link that takes no password opened a session")
	}
	equal(t, "status", b.Ada.User(t, second.ID).Status, "active")
	person.Me(t) // its session in the first goes on

	choices := Read[SignedIn](t, signIn(w, email, phrase), 200).Organisations
	equal(t, "organisations", len(choices), 2)
	there := Read[SignedIn](t, w.Do("signIn", Body(Object{"identifier": email, "password": phrase, "organisation": b.ID})), 200).Session
	equal(t, "user", there.User.ID, second.ID)
}

// 1.2: who adds a user learns nothing of whether the person was there before: neither from the answer, nor from a preview,
// nor by the number of calls that it takes.
func TestWhoAddsAUserDoesNotLearnWhetherThePersonWasThere(t *testing.T) {
	t.Parallel()
	w := New(t)
	a, b := w.Tenant("leaseweb"), w.Tenant("leaseweb")
	known := w.Email("pia")
	invite(t, a, known, nil)
	settle(t, a, known).Enrol(t)
	w.Settle()
	var users [2]api.User
	var previews [2]*api.Outlook
	var calls [2][]string
	for i, email := range []string{known, w.Email("nobody")} {
		body := Body(newUser(b, Object{"email": email, "companies": nil, "accounts": nil, "phone": nil}))
		previews[i] = Read[UserAnswer](t, b.Ada.Do("createUser", body, Preview()), 200).Preview
		calls[i] = w.Client.Calls(func() { users[i] = Read[UserAnswer](t, b.Ada.Do("createUser", body), 201).User })
		users[i].ID, users[i].Email = "", ""
	}
	for i := range previews {
		for j, difference := range previews[i].Diff {
			if difference.Field == "email" {
				previews[i].Diff[j].After = ""
			}
		}
	}
	equal(t, "answer", users[0], users[1])
	equal(t, "preview", previews[0], previews[1])
	equal(t, "calls", calls[0], calls[1])
	equal(t, "round trips", len(calls[0]), 3)
}

// 1.2: an identity of an organisation that shares none stays that organisation's alone.
func TestWhereIdentitiesAreNotSharedAnAddressIsTaken(t *testing.T) {
	t.Parallel()
	w := New(t)
	shares, alone := w.Tenant("leaseweb"), w.Tenant("billpro")
	shares.Ada.Do("createUser", Body(newUser(shares, Object{"email": alone.Rosa.Email}))).Faulty(t, "email", "taken")
	alone.Ada.Do("createUser", Body(newUser(alone, Object{"email": shares.Rosa.Email}))).Faulty(t, "email", "taken")
	shares.Ada.Do("createUser", Body(newUser(shares, Object{"email": shares.Rosa.Email}))).Faulty(t, "email", "taken")
	olga := w.Operator()
	olga.Do("updateOrganisation", At(shares.ID), Body(Object{"settings": Object{"sharedIdentities": false}})).Faulty(t, "settings.sharedIdentities", "fixed")
	olga.Do("updateOrganisation", At(alone.ID), Body(Object{"settings": Object{"sharedIdentities": true}})).Want(t, 200)
	shares.Ada.Do("createUser", Body(newUser(shares, Object{"email": alone.Rosa.Email}))).Want(t, 201)
}

// Invariant 7: several organisations add the same new address at once, and it is one person's in all of them.
func TestOrganisationsAddTheSamePersonAtOnce(t *testing.T) {
	t.Parallel()
	w := New(t)
	email := w.Email("pia")
	tenants := []*Tenant{w.Tenant("leaseweb"), w.Tenant("leaseweb"), w.Tenant("leaseweb")}
	answers := make([]Answer, len(tenants))
	var wait sync.WaitGroup
	for i, o := range tenants {
		body := Body(newUser(o, Object{"email": email, "phone": "+33612345678"}))
		wait.Go(func() { answers[i] = o.Ada.Do("createUser", body) })
	}
	wait.Wait()
	for _, answer := range answers {
		answer.Want(t, 201)
	}
	found, err := w.Store.Read(t.Context(), directory.Want{Logins: []string{email}, Phones: []string{"+33612345678"}})
	if err != nil {
		t.Fatal(err)
	}
	login := found.Logins[email]
	equal(t, "members", len(login.Members), len(tenants))
	equal(t, "of the number", len(found.Phones["+33612345678"].Members), len(tenants))
	for i, o := range tenants {
		id := directory.UserID(Read[UserAnswer](t, answers[i], 201).User.ID)
		user, err := w.Store.Read(t.Context(), directory.Want{Users: []directory.UserRef{{Organisation: o.ID, ID: id}}})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "identity", user.Users[directory.UserRef{Organisation: o.ID, ID: id}].Identity, login.Identity)
	}
	settle(t, tenants[0], email)
}

// 1.3: a number is one person's, in whatever organisation, and free when the last of them lets it go.
func TestANumberIsOnePersons(t *testing.T) {
	t.Parallel()
	w := New(t)
	a, b := w.Tenant("leaseweb"), w.Tenant("leaseweb")
	email, number := w.Email("pia"), w.Phone()
	first := invite(t, a, email, Object{"phone": number})
	second := invite(t, b, email, Object{"phone": number})
	b.Ada.Do("createUser", Body(newUser(b, Object{"phone": number}))).Faulty(t, "phone", "taken")
	b.Ada.Do("updateUser", At(b.Rosa.ID), Body(Object{"phone": number})).Faulty(t, "phone", "taken")
	a.Ada.Do("removeUser", At(first.ID)).Want(t, 200)
	a.Ada.Do("createUser", Body(newUser(a, Object{"phone": number}))).Faulty(t, "phone", "taken")
	b.Ada.Do("updateUser", At(second.ID), Body(Object{"phone": w.Phone()})).Want(t, 200)
	a.Ada.Do("createUser", Body(newUser(a, Object{"phone": number}))).Want(t, 201)
}

// 1.8: removing unlinks the user from one organisation; the identity lives on while it is another's, and is gone with the
// last, its password with it.
func TestTheIdentityLivesOnWhereItIsLinkedElsewhere(t *testing.T) {
	t.Parallel()
	w := New(t)
	a, b, first, second, person := joined(t, w)
	identity := func() (directory.Identity, bool) {
		found, err := w.Store.Read(t.Context(), directory.Want{Logins: []string{person.Email}, Identities: []directory.IdentityID{person.Identity}})
		if err != nil {
			t.Fatal(err)
		}
		one, there := found.Identities[person.Identity]
		_, named := found.Logins[person.Email]
		equal(t, "name and identity", named, there)
		return one, there
	}
	found, err := w.Store.Read(t.Context(), directory.Want{Logins: []string{person.Email}})
	if err != nil {
		t.Fatal(err)
	}
	person.Identity = found.Logins[person.Email].Identity

	a.Ada.Do("removeUser", At(first.ID)).Want(t, 200)
	person.Do("getMe").Refused(t, 401, "unauthenticated")
	session := Read[SignedIn](t, signIn(w, person.Email, phrase), 200).Session
	equal(t, "organisation", session.User.Organisation, string(b.ID))
	if one, there := identity(); !there || len(one.Members) != 1 {
		t.Errorf("the identity: %t, members %v", there, one.Members)
	}
	b.Ada.Do("removeUser", At(second.ID)).Want(t, 200)
	if _, there := identity(); there {
		t.Error("an identity that nobody is any more was kept")
	}
	signIn(w, person.Email, phrase).Refused(t, 401, "credentialsWrong")
	// The address is free, for whoever has it now.
	invite(t, a, person.Email, nil)
	settle(t, a, person.Email)
}

// 1.7, 5.3: a deactivation ends the sessions of that organisation's user, and no others.
func TestADeactivationEndsTheSessionsOfItsOrganisationAlone(t *testing.T) {
	t.Parallel()
	w := New(t)
	_, b, _, second, person := joined(t, w)
	there := person.On()
	there.Token = Read[SignedIn](t, w.Do("signIn", Body(Object{"identifier": person.Email, "password": phrase, "organisation": b.ID})), 200).Session.Token
	b.Ada.Do("deactivateUser", At(second.ID)).Want(t, 200)
	there.Do("getMe").Refused(t, 401, "unauthenticated")
	equal(t, "nowhere else", len(person.Me(t).Organisations), 0)
	person.Do("switchOrganisation", Body(Object{"organisation": b.ID})).Refused(t, 404, "notFound")
}

// No admin of one organisation takes over, or weakens, a person's access to another.
func TestAnAdminHasNoHoldOnAPersonsOtherAccess(t *testing.T) {
	t.Parallel()
	w := New(t)
	a, b, first, second, person := joined(t, w)
	person.Enrol(t)
	equal(t, "shown in both", a.Ada.User(t, first.ID).SecondFactor && b.Ada.User(t, second.ID).SecondFactor, true)
	a.Ada.Do("resetSecondFactor", At(first.ID)).Refused(t, 409, "stateWrong")
	a.Ada.Do("updateUser", At(first.ID), Body(Object{"email": w.Email("thief")})).Faulty(t, "email", "fixed")
	equal(t, "the address", a.Ada.User(t, first.ID).Email, person.Email)

	// A reset goes to the person's own address, whoever asks for it.
	a.Ada.Do("sendPasswordReset", At(first.ID)).Want(t, 202)
	w.Settle()
	contains(t, w.Mails.Kinds(person.Email), directory.MailPasswordReset)

	w.In(a).Do("resetSecondFactor", At(first.ID)).Want(t, 200)
	equal(t, "shown in neither", a.Ada.User(t, first.ID).SecondFactor || b.Ada.User(t, second.ID).SecondFactor, false)
	person.Do("getMe").Refused(t, 401, "unauthenticated")

	// Somebody whom another organisation merely added is no user of it yet: that stands in nobody's way.
	other := w.Email("max")
	mine := invite(t, a, other, nil)
	settle(t, a, other).Enrol(t)
	invite(t, b, other, nil)
	a.Ada.Do("resetSecondFactor", At(mine.ID)).Want(t, 200)
}

// 4.1, 4.3: the mail that confirms the link is sent again on request, and the earlier one stops working.
func TestTheLinkToASecondOrganisationIsSentAgain(t *testing.T) {
	t.Parallel()
	w := New(t)
	a, b := w.Tenant("leaseweb"), w.Tenant("leaseweb")
	email := w.Email("pia")
	invite(t, a, email, nil)
	settle(t, a, email)
	second := invite(t, b, email, nil)
	w.Settle()
	earlier := w.Mails.Token(t, email, directory.MailAccountLink)
	b.Ada.Do("resendVerification", At(second.ID)).Want(t, 202)
	w.Settle()
	later := w.Mails.Token(t, email, directory.MailAccountLink)
	w.Do("redeemLink", Body(Object{"token": earlier})).Refused(t, 410, "linkReplaced")
	w.Do("redeemLink", Body(Object{"token": later})).Want(t, 200)
	w.Do("redeemLink", Body(Object{"token": later})).Refused(t, 410, "linkUsed")
}

// 5.1: the switch between organisations ends one session and begins another, with the second factor that was proven.
func TestSwitchingBetweenOrganisations(t *testing.T) {
	t.Parallel()
	w := New(t)
	a, b, first, second, person := joined(t, w)
	elsewhere := person.Me(t).Organisations
	equal(t, "organisations", elsewhere, []api.Choice{{ID: string(b.ID), Name: b.Name}})

	unproven := person.On()
	unproven.Token = Read[SignedIn](t, w.Do("signIn", Body(Object{"identifier": person.Email, "password": phrase, "organisation": a.ID})), 200).Session.Token
	person.Enrol(t)
	before := person.Token
	session := Read[SignedIn](t, person.Do("switchOrganisation", Body(Object{"organisation": b.ID})), 200).Session
	equal(t, "user", session.User.ID, second.ID)
	person.Do("getMe").Refused(t, 401, "unauthenticated")
	person.Do("switchOrganisation", Body(Object{"organisation": a.ID})).Refused(t, 401, "unauthenticated")
	person.Token = session.Token
	me := person.Me(t)
	equal(t, "organisation", me.Organisation.ID, string(b.ID))
	equal(t, "organisations", me.Organisations, []api.Choice{{ID: string(a.ID), Name: a.Name}})
	if before == person.Token {
		t.Error("the token stayed the same")
	}

	// A session from before the second factor was set up proves none: it is asked for on the way.
	challenge := Read[SignedIn](t, unproven.Do("switchOrganisation", Body(Object{"organisation": b.ID})), 200).Challenge
	if challenge == nil {
		t.Fatal("no challenge")
	}
	answered := Read[SignedIn](t, w.Do("answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "totp", "code": person.Code()})), 200)
	equal(t, "user", answered.Session.User.ID, second.ID)

	back := Read[SignedIn](t, person.Do("switchOrganisation", Body(Object{"organisation": a.ID})), 200).Session
	equal(t, "user", back.User.ID, first.ID)
	stranger := w.Tenant("leaseweb")
	person.Token = back.Token
	for _, id := range []string{string(stranger.ID), "org_00000000000000000000000001"} {
		person.Do("switchOrganisation", Body(Object{"organisation": id})).Refused(t, 404, "notFound")
	}
	a.Robot.Do("switchOrganisation", Body(Object{"organisation": a.ID})).Refused(t, 409, "stateWrong")
}

// 9.1: operators enter an organisation, and leave it, in the same way; both logs have it.
func TestOperatorsSwitchToAnyOrganisation(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	olga := *w.Operator()
	olga.Do("getUser", At(o.Rosa.ID)).Refused(t, 404, "notFound")
	olga.Token = Read[SignedIn](t, olga.Do("switchOrganisation", Body(Object{"organisation": o.ID})), 200).Session.Token
	equal(t, "organisation", olga.Me(t).Organisation.ID, string(o.ID))
	back := Read[struct{ Organisations []api.Choice }](t, olga.Do("getMe"), 200).Organisations
	equal(t, "the way back", len(back), 1)
	equal(t, "the way back", back[0].ID, string(directory.Platform))
	olga.User(t, string(o.Rosa.ID))
	entries, _, err := w.Store.Operations(t.Context(), o.ID, directory.OperationFilter{}, directory.Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "in the organisation's log", entries[0].Action, "signIn")
	olga.Token = Read[SignedIn](t, olga.Do("switchOrganisation", Body(Object{"organisation": directory.Platform})), 200).Session.Token
	equal(t, "organisation", olga.Me(t).Organisation.ID, string(directory.Platform))
}

// Invariants 3 and 7, with what is several organisations': whatever one does between what another reads and writes, a person
// is whose users it is, by one name, and gone with the last of them.
func TestOrganisationsMeetOverAPerson(t *testing.T) {
	t.Parallel()
	w := New(t, Hasty)
	there := func(what, email string, want bool) {
		t.Helper()
		named, err := w.Store.Read(t.Context(), directory.Want{Logins: []string{email}})
		if err != nil {
			t.Fatal(err)
		}
		login := named.Logins[email]
		known, err := w.Store.Read(t.Context(), directory.Want{Identities: []directory.IdentityID{login.Identity}})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, what, [2]bool{len(login.Members) > 0, len(known.Identities) > 0}, [2]bool{want, want})
	}
	a, b, first, second, person := joined(t, w)
	w.Client.Meanwhile(func() { b.Ada.Do("removeUser", At(second.ID)).Want(t, 200) })
	a.Ada.Do("removeUser", At(first.ID)).Want(t, 200)
	there("whom both removed", person.Email, false)

	c := w.Tenant("leaseweb")
	a, b, first, second, person = joined(t, w)
	w.Client.Meanwhile(func() {
		a.Ada.Do("removeUser", At(first.ID)).Want(t, 200)
		b.Ada.Do("removeUser", At(second.ID)).Want(t, 200)
	})
	invite(t, c, person.Email, nil)
	there("whom both removed as a third added it", person.Email, true)

	a, b, first, second, person = joined(t, w)
	w.Client.Meanwhile(func() {
		b.Ada.Do("removeUser", At(second.ID)).Want(t, 200)
		invite(t, c, person.Email, nil)
	})
	a.Ada.Do("removeUser", At(first.ID)).Want(t, 200)
	there("whom a third added as the last removed it", person.Email, true)

	// What its users show of it is the same everywhere.
	for name, confirmedWithin := range map[string]bool{"confirmed within": true, "set up within": false} {
		a, b := w.Tenant("leaseweb"), w.Tenant("leaseweb")
		email := w.Email("pia")
		mine := invite(t, a, email, nil)
		person := settle(t, a, email)
		theirs := invite(t, b, email, nil)
		w.Settle()
		link := Body(Object{"token": w.Mails.Token(t, email, directory.MailAccountLink)})
		if confirmedWithin {
			secret := Read[struct{ Secret string }](t, person.Do("beginTotp"), 200).Secret
			w.Client.Meanwhile(func() { w.Do("redeemLink", link).Want(t, 200) })
			person.Do("confirmTotp", Body(Object{"code": totpAt(secret, w.Now())})).Want(t, 200)
		} else {
			w.Client.Meanwhile(func() { person.Enrol(t) })
			w.Do("redeemLink", link).Want(t, 200)
		}
		shown := [2]bool{a.Ada.User(t, mine.ID).SecondFactor, b.Ada.User(t, theirs.ID).SecondFactor}
		equal(t, "a second factor, "+name, shown, [2]bool{true, true})
	}
}
