package functionstest

import (
	"slices"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

type contactAnswer struct {
	Contact api.Contact
	Change  *api.Change
	Preview *api.Outlook
}

// contactsOf lists the contacts as someone sees them.
func contactsOf(t testing.TB, who *Person) []api.Contact {
	t.Helper()
	return Read[api.List[api.Contact]](t, who.Do("listContacts"), 200).Items
}

// 1.10: contacts receive invoices and sign contracts. They are made, changed and deleted by changes, previewed as such, and
// cannot sign in.
func TestContactsAreKept(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	email := o.Email("cora")
	body := Object{"name": Object{"first": "Cora", "last": "Counter"}, "email": email, "phone": "+31 20 123 4567", "types": []string{"invoices", "contracts"}}
	unchanged(t, o.World, "a preview", func() {
		preview := Read[contactAnswer](t, o.Ada.Do("createContact", Body(body), Preview()), 200).Preview
		equal(t, "state", preview.State, "effective")
	})
	made := Read[contactAnswer](t, o.Ada.Do("createContact", Body(body)), 201).Contact
	equal(t, "number", made.Phone, "+31201234567")
	equal(t, "types", made.Types, []string{"contracts", "invoices"})
	equal(t, "status", made.Status, "active")
	equal(t, "user", made.User, "")
	o.Settle()
	equal(t, "mails", len(o.Mails.To(email)), 0)
	signIn(o.World, email, Password).Refused(t, 401, "credentialsWrong")

	updated := Read[contactAnswer](t, o.Ada.Do("updateContact", At(made.ID), Body(Object{"types": []string{"general"}, "phone": ""})), 200).Contact
	equal(t, "types", updated.Types, []string{"general"})
	equal(t, "list", contactsOf(t, o.Ada), []api.Contact{updated})
	o.Ada.Do("updateContact", At(made.ID), Body(Object{"email": ""})).Faulty(t, "email", "required")
	o.Ada.Do("updateContact", At(made.ID), Body(Object{"types": []string{"bills"}})).Faulty(t, "types[0]", "enum")
	o.Ada.Do("createContact", Body(Object{"name": Object{"first": "Cy"}, "phone": "12"})).Faulty(t, "phone", "e164")
	o.Ada.Do("updateContact", At(made.ID), Body(Object{"email": "c@example.com"}), Header("If-Match", made.ETag)).Refused(t, 412, "preconditionFailed")
	o.Ada.Do("deleteContact", At(made.ID), Header("If-Match", updated.ETag)).Want(t, 200)
	equal(t, "list", len(contactsOf(t, o.Ada)), 0)
	o.Ada.Do("deleteContact", At(made.ID)).Refused(t, 404, "notFound")

	changes := Read[api.List[api.Change]](t, o.Ada.Do("listChanges"), 200).Items
	equal(t, "acts", []string{changes[0].Act, changes[1].Act, changes[2].Act}, []string{"deleteContact", "updateContact", "createContact"})
	equal(t, "target", changes[2].Target, api.Person{ID: made.ID, Name: "Cora Counter"})
	o.Rosa.Do("listContacts").Refused(t, 403, "forbidden")
}

// 1.10: a user may be a contact as well; the list shows who is both, as the user is now.
func TestAUserIsAContactAsWell(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	user := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, Object{"contact": true}))), 201).User
	list := contactsOf(t, o.Ada)
	equal(t, "contacts", len(list), 1)
	equal(t, "user", list[0].User, user.ID)
	equal(t, "address", list[0].Email, user.Email)
	o.Ada.Do("updateContact", At(list[0].ID), Body(Object{"email": "other@example.com"})).Refused(t, 409, "stateWrong")
	o.Ada.Do("deleteContact", At(list[0].ID)).Refused(t, 409, "stateWrong")
	phone := o.Phone()
	o.Ada.Do("updateUser", At(user.ID), Body(Object{"phone": phone})).Want(t, 200)
	equal(t, "number", contactsOf(t, o.Ada)[0].Phone, phone)
	o.Ada.Do("updateUser", At(user.ID), Body(Object{"contact": false})).Want(t, 200)
	equal(t, "contacts", len(contactsOf(t, o.Ada)), 0)
	o.Ada.Do("updateUser", At(user.ID), Body(Object{"contact": true})).Want(t, 200)
	equal(t, "contacts", len(contactsOf(t, o.Ada)), 1)
	foreseen := Read[UserAnswer](t, o.Ada.Do("removeUser", At(user.ID), Preview()), 200).Preview.Diff
	equal(t, "says that the contact goes too", slices.Contains(foreseen, api.Difference{Field: "contact", Before: "true", After: "false"}), true)
	o.Ada.Do("removeUser", At(user.ID)).Want(t, 200)
	equal(t, "contacts", len(contactsOf(t, o.Ada)), 0)
}

// 1.10: other systems keep no contacts, and say so.
func TestNoContactsElsewhere(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"bc-connect", "adyen", "billpro", "b2binpay"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant(preset)
			equal(t, "policy", o.Ada.Do("listContacts").Refused(t, 403, "forbidden").Policy, "no-contacts")
			body := Body(Object{"name": Object{"first": "Cora"}, "email": o.Email("cora")})
			equal(t, "policy", o.Ada.Do("createContact", body).Refused(t, 403, "forbidden").Policy, "no-contacts")
		})
	}
}

// 3.1: contacts are under the organisation's change control like everything else.
func TestContactsUnderChangeControl(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb", Controlled(directory.ControlSecondAdmin), func(s *directory.Settings) { s.SecondFactor = directory.Required })
	body := Body(Object{"name": Object{"first": "Cora"}, "email": o.Email("cora")})
	asked := Read[contactAnswer](t, o.Ada.Do("createContact", body, Key("cora")), 202)
	equal(t, "status", asked.Contact.Status, "pending")
	equal(t, "again", Read[contactAnswer](t, o.Ada.Do("createContact", body, Key("cora")), 202).Contact, asked.Contact)
	equal(t, "in the list", contactsOf(t, o.Ben)[0].OpenChange, asked.Change.ID)
	o.Ada.Do("updateContact", At(asked.Contact.ID), Body(Object{"email": "c@example.com"})).Refused(t, 409, "changeOpen")
	o.Ben.Approve(asked.Change).Want(t, 200)
	equal(t, "status", contactsOf(t, o.Ben)[0].Status, "active")

	second := Read[contactAnswer](t, o.Ada.Do("createContact", body), 202)
	o.Ben.Do("rejectChange", At(second.Change.ID), Body(Object{"reason": "no"})).Want(t, 200)
	equal(t, "contacts", len(contactsOf(t, o.Ben)), 1)
	gone := Read[contactAnswer](t, o.Ada.Do("deleteContact", At(asked.Contact.ID)), 202)
	o.Ben.Approve(gone.Change).Want(t, 200)
	equal(t, "contacts", len(contactsOf(t, o.Ben)), 0)
	o.Settle()
	if !slices.Contains(o.Mails.Kinds(o.Ben.Email), directory.MailApprovalRequested) {
		t.Error("nobody was asked to approve")
	}
}

// Another organisation's contact is not found, and a page of contacts takes two round trips.
func TestContactsAreTheirOrganisations(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("leaseweb"), w.Tenant("leaseweb")
	made := Read[contactAnswer](t, other.Ada.Do("createContact", Body(Object{"name": Object{"first": "Cora"}, "email": w.Email("cora")})), 201).Contact
	o.Ada.Do("updateContact", At(made.ID), Body(Object{"types": []string{"invoices"}})).Refused(t, 404, "notFound")
	o.Ada.Do("deleteContact", At(made.ID)).Refused(t, 404, "notFound")
	for operation, want := range map[string]int{"listContacts": 2, "getMe": 1} {
		equal(t, "round trips of "+operation, len(w.Client.Calls(func() { o.Ada.Do(operation).Want(t, 200) })), want)
	}
	create := func() {
		o.Ada.Do("createContact", Body(Object{"name": Object{"first": "Cy"}, "email": "cy@example.com"})).Want(t, 201)
	}
	equal(t, "round trips of createContact", len(w.Client.Calls(create)), 2)
}
