package functionstest

import (
	"slices"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 9.1: an operator creates an organisation from a preset with its first admins, who let themselves in by their mails and
// then administer it.
func TestAnOrganisationBegins(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"bc-connect", "adyen"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			w := New(t)
			olga := w.Operator()
			admins := []Object{}
			for _, name := range []string{"ann", "abe"} {
				admin := Object{"name": Object{"first": name, "last": "First"}, "email": w.Email(name), "phone": w.Phone()}
				if preset == "adyen" {
					admin["username"] = name + "-first"
				}
				admins = append(admins, admin)
			}
			made := Read[api.Organisation](t, olga.Do("createOrganisation", Body(Object{"preset": preset, "name": "Example Trading", "admins": admins})), 201)
			equal(t, "active admins", made.ActiveAdmins, 0)
			for _, text := range []string{made.ID, " example TRAD"} {
				found := Read[api.List[api.Organisation]](t, olga.Do("listOrganisations", Query("q", text), Query("limit", "200")), 200)
				equal(t, "found by "+text, slices.ContainsFunc(found.Items, func(one api.Organisation) bool { return one.ID == made.ID }), true)
			}
			none := Read[api.List[api.Organisation]](t, olga.Do("listOrganisations", Query("q", string(made.ID)+"x")), 200)
			equal(t, "found by another id", len(none.Items), 0)

			// Its settings can be changed before anybody is there.
			olga.Do("updateOrganisation", At(made.ID), Body(Object{"settings": Object{"propagationSeconds": 0}})).Want(t, 200)
			w.Settle()
			o := &Tenant{World: w, ID: directory.OrganisationID(made.ID), Name: made.Name}
			var people []*Person
			for _, admin := range admins {
				user := api.User{Email: admin["email"].(string)}
				if username, ok := admin["username"].(string); ok {
					user.Username = username
				}
				person := follow(t, o, user)
				person.ID = directory.UserID(person.Me(t).User.ID)
				people = append(people, person)
			}
			o.Ada, o.Ben = people[0], people[1]
			equal(t, "active admins", o.Organisation().ActiveAdmins, 2)

			inside := w.In(o)
			company := Read[api.Company](t, inside.Do("createCompany", Body(Object{"name": "Example Trading Ltd"})), 201)
			account := Read[api.BankAccount](t, inside.Do("openAccount", Body(Object{"company": company.ID, "name": "Current"})), 201)
			o.Companies, o.Accounts = []string{company.ID}, []string{account.ID}
			equal(t, "accounts", len(Read[api.List[api.BankAccount]](t, o.Ada.Do("listAccounts"), 200).Items), 1)

			body := newUser(o, nil)
			answer := o.Ada.Do("createUser", Body(body))
			if created := Read[UserAnswer](t, answer, answer.Status); created.Change != nil {
				o.Ben.Approve(created.Change).Want(t, 200)
			}
			w.Settle()
			equal(t, "mails", w.Mails.Kinds(body["email"].(string)), []directory.MailKind{directory.MailVerification})
			equal(t, "users", len(Read[api.List[api.User]](t, o.Ada.Do("listUsers"), 200).Items), 3)
		})
	}
}

// An organisation's settings hold from the next act on; those that cannot be are refused by name.
func TestSettings(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	olga := w.In(o)
	set := func(settings Object) Answer {
		return olga.Do("updateOrganisation", At(o.ID), Body(Object{"settings": settings}))
	}
	set(Object{"propagationSeconds": 3601}).Faulty(t, "settings.propagationSeconds", "maximum")
	set(Object{"changeControl": "sometimes"}).Faulty(t, "settings.changeControl", "enum")
	set(Object{"secondFactor": "optional"}).Faulty(t, "settings.secondFactor", "required")
	set(Object{"languages": []string{"de"}}).Faulty(t, "settings.languages", "enum")
	set(Object{"signInName": "username"}).Faulty(t, "settings.signInName", "unknown")
	set(Object{"secretsShown": "twice"}).Faulty(t, "settings.secretsShown", "enum")
	set(Object{"onboarding": []string{"phoneNotVerified", "emailNotVerified"}}).Faulty(t, "settings.onboarding", "enum")
	set(Object{"onboarding": []string{"phoneNotVerified"}, "phone": "optional"}).Faulty(t, "settings.phone", "required")
	set(Object{"roleCount": "exactlyOne"}).Faulty(t, "settings.roleCount", "roles")
	leaseweb := w.Tenant("leaseweb")
	w.In(leaseweb).Do("updateOrganisation", At(leaseweb.ID), Body(Object{"settings": Object{"roleCount": "none"}})).Faulty(t, "settings.roleCount", "roles")

	// Every setting can be changed, and the log tells which was (7.3).
	set(Object{"removal": true, "contacts": true, "secretsShown": "always", "onboarding": []string{"emailNotVerified", "kycNotVerified"}, "roleCount": "many"}).Want(t, 200)
	log := o.operations(t)
	var fields []string
	for _, difference := range log[len(log)-1].Differences {
		fields = append(fields, difference.Field)
	}
	equal(t, "fields", fields, []string{"roleCount", "onboarding", "removal", "contacts", "secretsShown"})
	o.Ada.Do("createRole", Body(roleBody("Treasury", Object{"payments:view": "all"}))).Want(t, 202)

	// 3.10: one admin is enough where nobody is to approve, and not any more once a second one is.
	set(Object{"changeControl": "step_up", "propagationSeconds": 0}).Want(t, 200)
	olga.Confirm(ask(t, olga.Do("deactivateUser", At(o.Ben.ID)))).Want(t, 200)
	set(Object{"changeControl": "second_admin"}).Refused(t, 409, "tooFewAdmins")
}

// Lists come in pages, each item once.
func TestListingUsersInPages(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("bc-connect")
	for range 4 {
		o.Regular("rob", nil)
	}
	seen := map[string]bool{}
	cursor, pages := "", 0
	for {
		parts := []Part{Query("limit", "3")}
		if cursor != "" {
			parts = append(parts, Query("cursor", cursor))
		}
		page := Read[api.List[api.User]](t, o.Ada.Do("listUsers", parts...), 200)
		for _, user := range page.Items {
			if seen[user.ID] || user.Organisation != string(o.ID) {
				t.Errorf("%s came twice, or is not of here", user.ID)
			}
			seen[user.ID] = true
		}
		pages++
		if cursor = page.Next; cursor == "" {
			break
		}
		// A cursor opens no other organisation's list.
		for _, user := range Read[api.List[api.User]](t, other.Ada.Do("listUsers", Query("cursor", cursor)), 200).Items {
			equal(t, "organisation", user.Organisation, string(other.ID))
		}
	}
	equal(t, "users", len(seen), 8)
	equal(t, "pages", pages, 3)
	o.Rosa.Do("listUsers").Refused(t, 403, "forbidden")
}

// 9.1: operators see what each preset begins with before they make an organisation of it; an admin sees what its own
// organisation began with, beside what was changed for it.
func TestPresetsAreSeenByThoseWhoHaveToDoWithThem(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect", func(s *directory.Settings) { s.ApprovalHours = 24 })
	names := func(who *Person) (names []string) {
		for _, one := range Read[api.List[api.Preset]](t, who.Do("listPresets"), 200).Items {
			names = append(names, one.Name)
		}
		return names
	}
	equal(t, "an operator's", names(w.Operator()), []string{"adyen", "b2binpay", "bc-connect", "billpro", "leaseweb"})
	equal(t, "an admin's", names(o.Ada), []string{"bc-connect"})
	began := Read[api.List[api.Preset]](t, o.Ada.Do("listPresets"), 200).Items[0]
	equal(t, "began with", began.Settings.ApprovalHours, 168)
	equal(t, "has", o.Ada.Me(t).Organisation.Settings.ApprovalHours, 24)
	o.Rosa.Do("listPresets").Refused(t, 403, "forbidden")
}

// 9.2: administration hires into the departments, and each may do what its department may.
func TestTheStaffIsHired(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, olga := w.Tenant("b2binpay"), w.Operator()
	clerk := Object{"kind": "operator", "name": Object{"first": "Cora"}, "email": w.Email("cora"), "roles": []string{"compliance"}}
	equal(t, "of a customer", o.Ada.Do("createUser", Body(clerk)).Refused(t, 403, "forbidden").Policy, "operators-made-on-platform")
	hired := Read[UserAnswer](t, olga.Do("createUser", Body(clerk)), 201).User
	w.Settle()
	cora := follow(t, &Tenant{World: w, ID: directory.Platform}, hired)
	cora.Do("createUser", Body(Object{"kind": "operator", "name": Object{"first": "Sue"}, "email": w.Email("sue"), "roles": []string{"compliance"}})).Refused(t, 403, "forbidden")
	cora.Token = Read[SignedIn](t, cora.Do("switchOrganisation", Body(Object{"organisation": o.ID})), 200).Session.Token
	cora.Do("getKyc", At(o.Rosa.ID)).Want(t, 200)
	cora.Do("endUserSessions", At(o.Rosa.ID)).Refused(t, 403, "forbidden")
	olga.Do("updateUser", At(hired.ID), Body(Object{"roles": []string{"marketing"}})).Want(t, 200)
	cora.Do("getKyc", At(o.Rosa.ID)).Refused(t, 403, "forbidden")
}
