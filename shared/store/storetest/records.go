package storetest

import (
	"testing"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

var reads = []promise{
	{"nothing wanted is nothing found", func(t *testing.T, s directory.Store) {
		same(t, read(t, s, directory.Want{}), directory.Found{})
	}},
	{"empty references are passed over", func(t *testing.T, s directory.Store) {
		user := newUser(NewOrganisation())
		commit(t, s, putUser(user))
		found := read(t, s, directory.Want{
			Organisations:   []directory.OrganisationID{""},
			Users:           []directory.UserRef{{}, userRef(user), {}},
			Identities:      []directory.IdentityID{""},
			Logins:          []string{""},
			Phones:          []string{""},
			Changes:         []directory.ChangeRef{{}},
			Sessions:        []directory.TicketRef{{}},
			Links:           []directory.LinkRef{{}},
			KYCCases:        []directory.UserRef{{}},
			Accounts:        []directory.AccountRef{{}},
			Companies:       []directory.CompanyRef{{}},
			Contacts:        []directory.ContactRef{{}},
			Remembered:      []directory.RememberedRef{{}},
			Tries:           []directory.TriesRef{{}},
			Outbox:          []directory.OutboxRef{{}},
			ServiceRequests: []directory.ServiceRequestRef{{}},
		})
		user.Revision = 1
		same(t, found, directory.Found{Users: map[directory.UserRef]directory.User{userRef(user): user}})
	}},
	{"what does not exist is not found", func(t *testing.T, s directory.Store) {
		same(t, read(t, s, Filled[directory.Want]()), directory.Found{})
	}},
	{"a reference that is wanted twice is found once", func(t *testing.T, s directory.Store) {
		user := newUser(NewOrganisation())
		commit(t, s, putUser(user))
		found := read(t, s, directory.Want{Users: []directory.UserRef{userRef(user), userRef(user)}})
		if len(found.Users) != 1 {
			t.Errorf("%d users, want 1", len(found.Users))
		}
	}},
	{"another tenant's id finds nothing", func(t *testing.T, s directory.Store) {
		user := newUser(NewOrganisation())
		commit(t, s, putUser(user))
		if _, ok := readUser(t, s, directory.UserRef{Organisation: NewOrganisation(), ID: user.ID}); ok {
			t.Error("found in another organisation")
		}
	}},
	{"more is read than one batch holds", func(t *testing.T, s directory.Store) {
		organisation, want, all := NewOrganisation(), directory.Want{}, make(map[directory.UserRef]directory.User)
		for range 5 {
			var effects []directory.Effect
			for range 50 {
				user := newUser(organisation)
				effects = append(effects, putUser(user))
				user.Revision = 1
				all[userRef(user)] = user
				want.Users = append(want.Users, userRef(user), directory.UserRef{Organisation: organisation, ID: directory.UserID(NewID("usr_"))})
			}
			commit(t, s, effects...)
		}
		same(t, read(t, s, want).Users, all)
	}},
}

// revised holds a record to its revisions. Filled makes one at its reference with every field filled, revision says
// where it has its revision.
func revised[R comparable, D any](t *testing.T, s directory.Store, ref R, filled func() D, revision func(*D) *int,
	put func(D) directory.Effect, wanted func(R) directory.Want, found func(directory.Found) map[R]D,
) {
	t.Helper()
	at := func(n int) D {
		record := filled()
		*revision(&record) = n
		return record
	}
	holds := func(record D, n int) {
		t.Helper()
		*revision(&record) = n
		same(t, found(read(t, s, wanted(ref))), map[R]D{ref: record})
	}

	refused(t, s, fault.Stale, put(at(3))) // there is none yet

	first := at(0)
	commit(t, s, put(first))
	holds(first, 1)
	refused(t, s, fault.Stale, put(at(0))) // there is one

	second := at(1)
	commit(t, s, put(second))
	holds(second, 2)
	refused(t, s, fault.Stale, put(at(1))) // it moved
	holds(second, 2)
}

// once holds a record to being written once.
func once[R comparable, D any](t *testing.T, s directory.Store, ref R, record D, put directory.Effect,
	wanted func(R) directory.Want, found func(directory.Found) map[R]D,
) {
	t.Helper()
	commit(t, s, put)
	same(t, found(read(t, s, wanted(ref))), map[R]D{ref: record})
	refused(t, s, fault.Stale, put)
}

var records = []promise{
	{"a user is read as it was written, and stands at its revision", func(t *testing.T, s directory.Store) {
		blank := newUser(NewOrganisation())
		revised(t, s, userRef(blank), func() directory.User {
			user := newUser(blank.Organisation)
			user.ID = blank.ID
			return user
		}, func(u *directory.User) *int { return &u.Revision },
			func(u directory.User) directory.Effect { return putUser(u) },
			func(ref directory.UserRef) directory.Want { return directory.Want{Users: []directory.UserRef{ref}} },
			func(f directory.Found) map[directory.UserRef]directory.User { return f.Users })
	}},
	{"an identity is read as it was written, and stands at its revision", func(t *testing.T, s directory.Store) {
		id := directory.IdentityID(NewID(directory.PrefixIdentity))
		revised(t, s, id, func() directory.Identity {
			identity := Filled[directory.Identity]()
			identity.ID = id
			return identity
		}, func(i *directory.Identity) *int { return &i.Revision },
			func(i directory.Identity) directory.Effect { return directory.PutIdentity{Identity: i} },
			func(id directory.IdentityID) directory.Want {
				return directory.Want{Identities: []directory.IdentityID{id}}
			},
			func(f directory.Found) map[directory.IdentityID]directory.Identity { return f.Identities })
	}},
	{"a contact is read as it was written, and stands at its revision", func(t *testing.T, s directory.Store) {
		ref := directory.ContactRef{Organisation: NewOrganisation(), ID: directory.ContactID(NewID(directory.PrefixContact))}
		revised(t, s, ref, func() directory.Contact {
			contact := Filled[directory.Contact]()
			contact.Organisation, contact.ID = ref.Organisation, ref.ID
			return contact
		}, func(c *directory.Contact) *int { return &c.Revision },
			func(c directory.Contact) directory.Effect { return directory.PutContact{Contact: c} },
			func(ref directory.ContactRef) directory.Want {
				return directory.Want{Contacts: []directory.ContactRef{ref}}
			},
			func(f directory.Found) map[directory.ContactRef]directory.Contact { return f.Contacts })
	}},
	{"a contact is forgotten as it was read, and one that is a user's whatever it was", func(t *testing.T, s directory.Store) {
		contact := Filled[directory.Contact]()
		contact.Revision = 0
		ref := directory.ContactRef{Organisation: contact.Organisation, ID: contact.ID}
		there := func() bool {
			t.Helper()
			_, ok := read(t, s, directory.Want{Contacts: []directory.ContactRef{ref}}).Contacts[ref]
			return ok
		}
		refused(t, s, fault.Stale, directory.DropContact{Contact: contact})
		commit(t, s, directory.PutContact{Contact: contact})
		refused(t, s, fault.Stale, directory.DropContact{Contact: contact})
		contact.Revision = 1
		commit(t, s, directory.DropContact{Contact: contact})
		same(t, there(), false)
		commit(t, s, directory.PutUserContact{Contact: contact})
		commit(t, s, directory.PutUserContact{Contact: contact})
		same(t, there(), true)
		commit(t, s, directory.DropUserContact{Contact: contact})
		commit(t, s, directory.DropUserContact{Contact: contact})
		same(t, there(), false)
	}},
	{"an identity that is nobody's is forgotten, as it was read", func(t *testing.T, s directory.Store) {
		identity := Filled[directory.Identity]()
		identity.Revision = 0
		commit(t, s, directory.PutIdentity{Identity: identity})
		refused(t, s, fault.Stale, directory.DropIdentity{Identity: identity})
		identity.Revision = 1
		commit(t, s, directory.DropIdentity{Identity: identity})
		if found := read(t, s, directory.Want{Identities: []directory.IdentityID{identity.ID}}); len(found.Identities) > 0 {
			t.Error("still there")
		}
	}},
	{"a change is read as it was written, and stands at its revision", func(t *testing.T, s directory.Store) {
		ref := directory.ChangeRef{Organisation: NewOrganisation(), ID: directory.ChangeID(NewID(directory.PrefixChange))}
		revised(t, s, ref, func() directory.Change {
			change := newChange(ref.Organisation, directory.StateFailed)
			change.ID = ref.ID
			return change
		}, func(c *directory.Change) *int { return &c.Revision },
			func(c directory.Change) directory.Effect { return directory.PutChange{Change: c} },
			func(ref directory.ChangeRef) directory.Want {
				return directory.Want{Changes: []directory.ChangeRef{ref}}
			},
			func(f directory.Found) map[directory.ChangeRef]directory.Change { return f.Changes })
	}},
	{"a service request is read as it was written, and stands at its revision", func(t *testing.T, s directory.Store) {
		blank := newServiceRequest(NewOrganisation(), directory.RequestDeclined)
		revised(t, s, blank.Ref(), func() directory.ServiceRequest {
			request := newServiceRequest(blank.Organisation, directory.RequestDeclined)
			request.ID = blank.ID
			return request
		}, func(r *directory.ServiceRequest) *int { return &r.Revision },
			func(r directory.ServiceRequest) directory.Effect { return directory.PutServiceRequest{Request: r} },
			func(ref directory.ServiceRequestRef) directory.Want {
				return directory.Want{ServiceRequests: []directory.ServiceRequestRef{ref}}
			},
			func(f directory.Found) map[directory.ServiceRequestRef]directory.ServiceRequest {
				return f.ServiceRequests
			})
	}},
	{"a link is read as it was written, and stands at its revision", func(t *testing.T, s directory.Store) {
		blank := newLink()
		revised(t, s, linkRef(blank), func() directory.Link {
			link := newLink()
			link.ID, link.Organisation, link.User, link.State = blank.ID, blank.Organisation, blank.User, directory.LinkUsed
			return link
		}, func(l *directory.Link) *int { return &l.Revision },
			func(l directory.Link) directory.Effect { return directory.PutLink{Link: l} },
			func(ref directory.LinkRef) directory.Want { return directory.Want{Links: []directory.LinkRef{ref}} },
			func(f directory.Found) map[directory.LinkRef]directory.Link { return f.Links })
	}},
	{"a count of failures is read as it was written, and stands at its revision", func(t *testing.T, s directory.Store) {
		ref := Filled[directory.TriesRef]()
		revised(t, s, ref, func() directory.Tries {
			tries := newTries()
			tries.Ref = ref
			return tries
		}, func(t *directory.Tries) *int { return &t.Revision },
			func(t directory.Tries) directory.Effect { return directory.PutTries{Tries: t} },
			func(ref directory.TriesRef) directory.Want { return directory.Want{Tries: []directory.TriesRef{ref}} },
			func(f directory.Found) map[directory.TriesRef]directory.Tries { return f.Tries })
	}},
	{"an organisation is read as it was written, save for the count of its admins, and stands at its version", func(t *testing.T, s directory.Store) {
		id := NewOrganisation()
		revised(t, s, id, func() directory.Organisation {
			organisation := newOrganisation(7, directory.ControlNone)
			organisation.ID = id
			return organisation
		}, func(o *directory.Organisation) *int { return &o.Version },
			func(o directory.Organisation) directory.Effect { return directory.PutOrganisation{Organisation: o} },
			func(id directory.OrganisationID) directory.Want {
				return directory.Want{Organisations: []directory.OrganisationID{id}}
			},
			func(f directory.Found) map[directory.OrganisationID]directory.Organisation { return f.Organisations })
	}},
	{"a company is read as it was written, once", func(t *testing.T, s directory.Store) {
		company := Filled[directory.Company]()
		once(t, s, directory.CompanyRef{Organisation: company.Organisation, ID: company.ID}, company, directory.PutCompany{Company: company},
			func(ref directory.CompanyRef) directory.Want {
				return directory.Want{Companies: []directory.CompanyRef{ref}}
			},
			func(f directory.Found) map[directory.CompanyRef]directory.Company { return f.Companies })
	}},
	{"an account is read as it was written, once", func(t *testing.T, s directory.Store) {
		account := Filled[directory.Account]()
		once(t, s, directory.AccountRef{Organisation: account.Organisation, ID: account.ID}, account, directory.PutAccount{Account: account},
			func(ref directory.AccountRef) directory.Want {
				return directory.Want{Accounts: []directory.AccountRef{ref}}
			},
			func(f directory.Found) map[directory.AccountRef]directory.Account { return f.Accounts })
	}},
	{"a ceremony is read as it was written, once", func(t *testing.T, s directory.Store) {
		ceremony := Filled[directory.Ceremony]()
		once(t, s, ceremony.Challenge, ceremony, directory.BeginCeremony{Ceremony: ceremony},
			func(challenge string) directory.Want { return directory.Want{Ceremonies: []string{challenge}} },
			func(f directory.Found) map[string]directory.Ceremony { return f.Ceremonies })
	}},
	{"a case of identity checks is read as it was written, and stands at its revision", func(t *testing.T, s directory.Store) {
		ref := directory.UserRef{Organisation: NewOrganisation(), ID: directory.UserID(NewID(directory.PrefixUser))}
		revised(t, s, ref, func() directory.KYCCase {
			kyc := Filled[directory.KYCCase]()
			kyc.Organisation, kyc.User = ref.Organisation, ref.ID
			return kyc
		}, func(c *directory.KYCCase) *int { return &c.Revision },
			func(c directory.KYCCase) directory.Effect { return directory.PutKYCCase{Case: c} },
			func(ref directory.UserRef) directory.Want { return directory.Want{KYCCases: []directory.UserRef{ref}} },
			func(f directory.Found) map[directory.UserRef]directory.KYCCase { return f.KYCCases })
	}},
	{"the answer to a request is remembered as it was written, once", func(t *testing.T, s directory.Store) {
		remembered := Filled[directory.Remembered]()
		once(t, s, remembered.Ref, remembered, directory.Remember{Remembered: remembered},
			func(ref directory.RememberedRef) directory.Want {
				return directory.Want{Remembered: []directory.RememberedRef{ref}}
			},
			func(f directory.Found) map[directory.RememberedRef]directory.Remembered { return f.Remembered })
	}},
	{"a session is read as it was written, once", func(t *testing.T, s directory.Store) {
		session := newSession()
		once(t, s, sessionRef(session), session, directory.BeginSession{Session: session},
			func(ref directory.TicketRef) directory.Want {
				return directory.Want{Sessions: []directory.TicketRef{ref}}
			},
			func(f directory.Found) map[directory.TicketRef]directory.Session { return f.Sessions })
	}},
	{"an outbox item is read as it was written, once", func(t *testing.T, s directory.Store) {
		item := newOutboxItem()
		once(t, s, item.Ref(), item, directory.Enqueue{Item: item},
			func(ref directory.OutboxRef) directory.Want {
				return directory.Want{Outbox: []directory.OutboxRef{ref}}
			},
			func(f directory.Found) map[directory.OutboxRef]directory.OutboxItem { return f.Outbox })
	}},
	{"a line of the log is read as it was written, and never written again", func(t *testing.T, s directory.Store) {
		entry := Filled[directory.Entry]()
		entry.ID, entry.Organisation = directory.EntryID(NewID(directory.PrefixEntry)), NewOrganisation()
		commit(t, s, directory.Log{Entry: entry})
		refused(t, s, fault.Stale, directory.Log{Entry: entry})
		got, _, err := s.Operations(t.Context(), entry.Organisation, directory.OperationFilter{}, directory.Page{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, []directory.Entry{entry})
	}},
	{"records with nothing but their key are read as they were written", func(t *testing.T, s directory.Store) {
		organisation := directory.Organisation{ID: NewOrganisation()}
		user := directory.User{Organisation: organisation.ID, ID: directory.UserID(NewID(directory.PrefixUser))}
		identity := directory.Identity{ID: directory.IdentityID(NewID(directory.PrefixIdentity))}
		commit(t, s, directory.PutOrganisation{Organisation: organisation}, putUser(user), directory.PutIdentity{Identity: identity})
		found := read(t, s, directory.Want{
			Organisations: []directory.OrganisationID{organisation.ID}, Users: []directory.UserRef{userRef(user)},
			Identities: []directory.IdentityID{identity.ID},
		})
		organisation.Version, user.Revision, identity.Revision = 1, 1, 1
		same(t, found.Organisations[organisation.ID], organisation)
		same(t, found.Users[userRef(user)], user)
		same(t, found.Identities[identity.ID], identity)
	}},
	{"what an organisation has no more is gone", func(t *testing.T, s directory.Store) {
		organisation := newOrganisation(7, directory.ControlNone)
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		organisation.Version, organisation.Roles = 1, nil
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		if roles := readOrganisation(t, s, organisation.ID).Roles; len(roles) > 0 {
			t.Errorf("still has the roles %v", roles)
		}
	}},
	{"a user whose creation came to nothing is dropped, as it was read", func(t *testing.T, s directory.Store) {
		user := newUser(NewOrganisation())
		refused(t, s, fault.Stale, directory.DropUser{User: user})
		commit(t, s, putUser(user))
		refused(t, s, fault.Stale, directory.DropUser{User: user})
		user.Revision = 1
		commit(t, s, directory.DropUser{User: user})
		if _, ok := readUser(t, s, userRef(user)); ok {
			t.Error("still there")
		}
		refused(t, s, fault.Stale, directory.DropUser{User: user})
	}},
}
