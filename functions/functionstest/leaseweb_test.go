package functionstest

import (
	"strings"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// The walk through Leaseweb's document, in its own order. Each line holds what a sentence of it promises.
func walkLeaseweb(t *testing.T, w *World, language string) {
	olga := w.Operator()
	master, admin := customerAccount(t, w, language)
	w.Settle()
	says := Header("Accept-Language", language)
	title := map[string]map[string]string{
		"en": {"forbidden": "Not allowed"}, "fr": {"forbidden": "Non autorisé"},
	}[language]
	subject := map[string][2]string{
		"en": {"Confirm your e-mail address for Example Hosting", "Confirm your access to Example Hosting"},
		"fr": {"Confirmez votre adresse e-mail pour Example Hosting", "Confirmez votre accès chez Example Hosting"},
	}[language]

	// The Master and an Admin, and no others, add and remove users of the customer account.
	equal(t, "the first admin is the Master", master.Me(t).User.Owner, true)
	contains(t, master.Me(t).User.Roles, "master")
	equal(t, "the other is not", admin.Me(t).User.Owner, false)

	// Whoever was added can sign in to the customer account, and do there what the roles allow.
	first := w.Email("nora")
	added := addUser(t, master, first, language, Object{"roles": []string{"technical"}})
	nora := confirm(t, w, first, subject[0])
	equal(t, "acts in the account", nora.Me(t).Organisation.Name, "Example Hosting")
	if got := nora.Me(t).Permissions; got["services:manage"] != "all" || got["invoices:pay"] != "" {
		t.Errorf("permissions %v", got)
	}
	refused := nora.Do("createUser", Body(Object{"kind": "regular", "name": Object{"first": "No"}, "email": w.Email("no"), "roles": []string{"technical"}}), says)
	equal(t, "title in the reader's language", refused.Refused(t, 403, "forbidden").Title, title["forbidden"])

	// Contacts are not users: they get invoices and sign contracts, and cannot sign in.
	bill := w.Email("bill")
	master.Do("createContact", Body(Object{"name": Object{"first": "Bill"}, "email": bill, "types": []string{"invoices", "contracts"}})).Want(t, 201)
	signIn(w, bill, phrase).Refused(t, 401, "credentialsWrong")

	// The users are listed, with their roles, and with whether a user is a contact too.
	equal(t, "roles", shown(t, admin, added.ID).Roles, []string{"technical"})
	equal(t, "is no contact", shown(t, admin, added.ID).Contact, false)

	// An address and a role make a user; optionally it becomes a contact with it.
	second := w.Email("otto")
	otto := addUser(t, admin, second, language, Object{"roles": []string{"billing", "orders"}, "contact": true})
	both := contactsOf(t, admin)
	equal(t, "contacts", len(both), 2)
	entry := both[0]
	if entry.User == "" {
		entry = both[1]
	}
	equal(t, "the user who is both", [2]string{entry.User, entry.Email}, [2]string{otto.ID, second})

	// The new user is in the list at once, with name, address and roles; the badge tells that it is not linked yet.
	row := shown(t, master, otto.ID)
	equal(t, "name and address", [2]string{row.Name.First, row.Email}, [2]string{"New", second})
	equal(t, "roles", row.Roles, []string{"billing", "orders"})
	equal(t, "contact", row.Contact, true)
	equal(t, "not confirmed yet", row.Status, "emailNotVerified")
	signIn(w, second, phrase).Refused(t, 401, "credentialsWrong")

	// A mail asks to confirm; once confirmed the user is linked, and its badge says so.
	person := confirm(t, w, second, subject[0])
	equal(t, "linked", shown(t, master, otto.ID).Status, "active")

	// A green shield tells who has a second factor.
	equal(t, "no shield", shown(t, master, otto.ID).SecondFactor, false)
	person.Enrol(t)
	equal(t, "shield", shown(t, master, otto.ID).SecondFactor, true)

	// Somebody who has an account with another customer confirms the link, and keeps the password; then switches.
	elsewhere, _ := customerAccountNamed(t, w, language, "Other Hosting")
	another := addUser(t, elsewhere, first, language, Object{"roles": []string{"readOnly"}})
	w.Settle()
	mail := w.Mails.Last(t, first, directory.MailAccountLink)
	equal(t, "subject", mail.Subject, strings.ReplaceAll(subject[1], "Example", "Other"))
	w.Do("redeemLink", Body(Object{"token": linkToken.FindStringSubmatch(mail.Text)[1]})).Want(t, 200)
	to := nora.Me(t).Organisations
	equal(t, "organisations", len(to), 1)
	nora.Token = Read[SignedIn](t, nora.Do("switchOrganisation", Body(Object{"organisation": to[0].ID})), 200).Session.Token
	equal(t, "the other user", nora.Me(t).User.ID, another.ID)

	// Removing takes the user's access to this account: confirmed, it is gone at once. The other account stays.
	session := Read[SignedIn](t, signIn(w, first, phrase), 200)
	equal(t, "both accounts", len(session.Organisations), 2)
	foreseen := Read[UserAnswer](t, admin.Do("removeUser", At(added.ID), Preview()), 200).Preview
	equal(t, "the confirmation tells", foreseen.State, "effective")
	admin.Do("removeUser", At(added.ID)).Want(t, 200)
	admin.Do("getUser", At(added.ID)).Refused(t, 404, "notFound")
	equal(t, "one account left", Read[SignedIn](t, signIn(w, first, phrase), 200).Session.User.ID, another.ID)
	equal(t, "the Master stays", admin.Do("removeUser", At(master.ID), says).Refused(t, 403, "forbidden").Policy, "master-stays")
	person.Do("removeUser", At(admin.ID)).Refused(t, 403, "forbidden")

	// Roles are updated, and hold at once.
	equal(t, "before", person.Me(t).Permissions["services:manage"], "")
	admin.Do("updateUser", At(otto.ID), Body(Object{"roles": []string{"technical"}})).Want(t, 200)
	equal(t, "after", person.Me(t).Permissions["services:manage"], "all")
	equal(t, "roles", shown(t, master, otto.ID).Roles, []string{"technical"})

	// One is the Master at a time; the platform's staff names another.
	equal(t, "policy", admin.Do("updateUser", At(admin.ID), Body(Object{"roles": []string{"admin", "master"}})).Refused(t, 403, "forbidden").Policy, "master-named-by-operators")
	admin.Do("updateUser", At(master.ID), Body(Object{"roles": []string{"billing"}})).Faulty(t, "roles", "owner")
	inside := olga.On()
	inside.Token = Read[SignedIn](t, olga.Do("switchOrganisation", Body(Object{"organisation": master.Organisation})), 200).Session.Token
	inside.Do("updateUser", At(otto.ID), Body(Object{"roles": []string{"master"}})).Faulty(t, "roles", "owner")
	inside.Do("updateUser", At(admin.ID), Body(Object{"roles": []string{"admin", "master"}})).Want(t, 200)
	equal(t, "the new Master", shown(t, admin, string(admin.ID)).Owner, true)
	was := shown(t, admin, string(master.ID))
	equal(t, "the old one", was.Owner, false)
	equal(t, "has", was.Roles, []string{"admin"})
	equal(t, "policy", master.Do("removeUser", At(admin.ID)).Refused(t, 403, "forbidden").Policy, "master-stays")
	admin.Do("removeUser", At(master.ID)).Want(t, 200)
}

// customerAccount makes a customer account with its Master and an Admin, both of whom let themselves in.
func customerAccount(t *testing.T, w *World, language string) (master, admin *Person) {
	t.Helper()
	return customerAccountNamed(t, w, language, "Example Hosting")
}

func customerAccountNamed(t *testing.T, w *World, language, name string) (master, admin *Person) {
	t.Helper()
	emails := []string{w.Email("mara"), w.Email("adam")}
	made := Read[api.Organisation](t, w.Operator().Do("createOrganisation", Body(Object{"preset": "leaseweb", "name": name, "admins": []Object{
		{"name": Object{"first": "Mara"}, "email": emails[0], "language": language},
		{"name": Object{"first": "Adam"}, "email": emails[1], "language": language, "roles": []string{"admin"}},
	}})), 201)
	w.Settle()
	var people []*Person
	for _, email := range emails {
		token := w.Mails.Token(t, email, directory.MailVerification)
		w.Do("redeemLink", Body(Object{"token": token, "password": phrase})).Want(t, 200)
		person := &Person{World: w, Organisation: directory.OrganisationID(made.ID), Email: email, Identifier: email, Password: phrase}
		person.ID = directory.UserID(person.SignIn(t).User.ID)
		people = append(people, person)
	}
	return people[0], people[1]
}

func addUser(t *testing.T, by *Person, email, language string, with Object) api.User {
	t.Helper()
	body := Object{"kind": "regular", "name": Object{"first": "New"}, "email": email, "language": language}
	for name, value := range with {
		body[name] = value
	}
	return Read[UserAnswer](t, by.Do("createUser", Body(body)), 201).User
}

// confirm follows the mail of a person who is new everywhere.
func confirm(t *testing.T, w *World, email, subject string) *Person {
	t.Helper()
	w.Settle()
	equal(t, "subject", w.Mails.Last(t, email, directory.MailVerification).Subject, subject)
	equal(t, "asks for a second factor, which is optional", strings.Contains(w.Mails.Last(t, email, directory.MailVerification).Text, "second fact"), false)
	w.Do("redeemLink", Body(Object{"token": w.Mails.Token(t, email, directory.MailVerification), "password": phrase})).Want(t, 200)
	person := &Person{World: w, Email: email, Identifier: email, Password: phrase}
	person.SignIn(t)
	return person
}

// shown is a user as the list shows it.
func shown(t *testing.T, by *Person, id string) api.User {
	t.Helper()
	for _, user := range Read[api.List[api.User]](t, by.Do("listUsers"), 200).Items {
		if user.ID == id {
			return user
		}
	}
	t.Fatalf("%s is not in the list", id)
	return api.User{}
}

// An organisation has one owner, in every preset that has owners, from its first admin on; a copy of the owner is none.
func TestAnOrganisationHasOneOwner(t *testing.T) {
	t.Parallel()
	w := New(t)
	master, admin := customerAccount(t, w, "en")
	made := Read[api.Organisation](t, w.Operator().Do("createOrganisation", Body(Object{"preset": "b2binpay", "name": "Example Coins", "admins": []Object{
		{"name": Object{"first": "Ona"}, "email": w.Email("ona"), "phone": w.Phone()}, {"name": Object{"first": "Abe"}, "email": w.Email("abe"), "phone": w.Phone()},
	}})), 201)
	users := Read[api.List[api.User]](t, w.In(&Tenant{World: w, ID: directory.OrganisationID(made.ID)}).Do("listUsers"), 200).Items
	owners := map[string]bool{}
	for _, user := range users {
		owners[user.Name.First] = user.Owner
	}
	equal(t, "owners", owners, map[string]bool{"Ona": true, "Abe": false})

	// The staff names another: an active admin, who comes by a role of the owner's with it.
	inside := w.In(&Tenant{World: w, ID: master.Organisation})
	preview := Read[UserAnswer](t, inside.Do("nameOwner", At(admin.ID), Preview()), 200).Preview
	equal(t, "diff", preview.Diff, []api.Difference{
		{Field: "owner", Before: "false", After: "true"}, {Field: "formerOwner", After: "Mara"},
		{Field: "formerOwnerRole", Before: "master", After: "admin"}, {Field: "roles", Before: "admin", After: "admin, master"},
	})
	wish := Object{"act": "updateUser", "target": admin.ID, "patch": Object{"roles": []string{"admin", "master"}}}
	equal(t, "the same, wished for", Read[RequestAnswer](t, admin.Do("createServiceRequest", Body(wish)), 201).Request.Diff, preview.Diff)
	contains(t, Read[UserAnswer](t, inside.Do("nameOwner", At(admin.ID)), 200).User.Roles, "master")
	equal(t, "the former's roles", inside.User(t, string(master.ID)).Roles, []string{"admin"})
	inside.Do("nameOwner", At(admin.ID)).Refused(t, 409, "stateWrong")
	inside.Do("nameOwner", At(master.ID)).Want(t, 200)

	// Who approves it is shown from whom it is taken: with another owner by then, it is another change (3.3, 3.8).
	asked := w.Tenant("b2binpay", Controlled(directory.ControlSecondAdmin))
	staff := w.In(asked)
	cleo, first := asked.Admin("cleo"), ask(t, staff.Do("nameOwner", At(asked.Ada.ID)))
	// Who may not name one, or not now, costs no read of who it is.
	names := func(by *Person, status int, code string) []string {
		return w.Client.Calls(func() { by.Do("nameOwner", At(asked.Ada.ID)).Refused(t, status, code) })
	}
	equal(t, "calls, with the line in the log", names(asked.Ben, 403, "forbidden"), []string{"BatchGetItem", "TransactWriteItems"})
	equal(t, "calls", names(staff, 409, "changeOpen"), []string{"BatchGetItem"})
	late := ask(t, staff.Do("nameOwner", At(asked.Ben.ID)))
	cleo.Approve(first).Want(t, 200)
	cleo.Approve(late).Refused(t, 409, "conflict")
	shown := ask(t, staff.Do("nameOwner", At(asked.Ben.ID)))
	equal(t, "diff", shown.Diff[1], api.Difference{Field: "formerOwner", After: "ada Example"})
	cleo.Approve(shown).Want(t, 200)
	equal(t, "owners", []bool{cleo.User(t, string(asked.Ada.ID)).Owner, cleo.User(t, string(asked.Ben.ID)).Owner}, []bool{false, true})

	none := w.Tenant("billpro")
	w.In(none).Do("nameOwner", At(none.Ben.ID)).Refused(t, 409, "stateWrong")

	w.Operator().Do("createOrganisation", Body(Object{"preset": "leaseweb", "name": "Example Hosting", "admins": []Object{
		{"name": Object{"first": "Ona"}, "email": w.Email("ona")}, {"name": Object{"first": "Abe"}, "email": w.Email("abe"), "roles": []string{"master"}},
	}})).Faulty(t, "admins[1].roles", "owner")

	inside.Do("createUser", Body(Object{"kind": "admin", "name": Object{"first": "Two"}, "email": w.Email("two"), "roles": []string{"master"}})).Faulty(t, "roles", "owner")
	for _, who := range []*Person{inside, admin} {
		copied := Read[UserAnswer](t, who.Do("duplicateUser", At(master.ID), Body(Object{"email": w.Email("copy")})), 201)
		equal(t, "left", copied.Left.Roles, []string{"master"})
		equal(t, "owner", copied.User.Owner, false)
	}
}
