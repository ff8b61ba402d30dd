package storetest

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// catalogue is one of the store's lists: what stands in it, by id.
type catalogue struct {
	name      string
	backwards bool
	add       func(directory.OrganisationID) (directory.Effect, string)
	page      func(context.Context, directory.Store, directory.OrganisationID, directory.Page) ([]string, string, error)
}

// userOf is the user of an organisation whose sessions and links are listed.
func userOf(id directory.OrganisationID) directory.UserID {
	return directory.UserID(directory.PrefixUser + strings.TrimPrefix(string(id), directory.PrefixOrganisation))
}

func ids[D any, S ~string](items []D, next string, err error, id func(D) S) ([]string, string, error) {
	all := make([]string, len(items))
	for i, one := range items {
		all[i] = string(id(one))
	}
	return all, next, err
}

func changeID(c directory.Change) directory.ChangeID { return c.ID }

var catalogues = []catalogue{
	{
		name: "users",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			user := newUser(id)
			return putUser(user), string(user.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			users, next, err := s.Users(ctx, id, page)
			return ids(users, next, err, func(u directory.User) directory.UserID { return u.ID })
		},
	},
	{
		name: "changes", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			change := newChange(id, directory.StateFailed)
			return directory.PutChange{Change: change}, string(change.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			changes, next, err := s.Changes(ctx, id, "", page)
			return ids(changes, next, err, changeID)
		},
	},
	{
		name: "changes of a state", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			change := newChange(id, directory.StateRejected)
			return directory.PutChange{Change: change}, string(change.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			changes, next, err := s.Changes(ctx, id, directory.StateRejected, page)
			return ids(changes, next, err, changeID)
		},
	},
	{
		name: "service requests", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			request := newServiceRequest(id, directory.RequestExpired)
			return directory.PutServiceRequest{Request: request}, string(request.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			requests, next, err := s.ServiceRequests(ctx, id, "", page)
			return ids(requests, next, err, func(r directory.ServiceRequest) directory.ServiceRequestID { return r.ID })
		},
	},
	{
		name: "companies",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			company := Filled[directory.Company]()
			company.Organisation = id
			return directory.PutCompany{Company: company}, string(company.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			companies, next, err := s.Companies(ctx, id, page)
			return ids(companies, next, err, func(c directory.Company) directory.CompanyID { return c.ID })
		},
	},
	{
		name: "accounts",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			account := Filled[directory.Account]()
			account.Organisation = id
			return directory.PutAccount{Account: account}, string(account.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			accounts, next, err := s.Accounts(ctx, id, page)
			return ids(accounts, next, err, func(a directory.Account) directory.AccountID { return a.ID })
		},
	},
	{
		name: "contacts",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			contact := Filled[directory.Contact]()
			contact.Organisation, contact.Revision = id, 0
			return directory.PutContact{Contact: contact}, string(contact.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			contacts, next, err := s.Contacts(ctx, id, page)
			return ids(contacts, next, err, func(c directory.Contact) directory.ContactID { return c.ID })
		},
	},
	{
		name: "sessions",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			session := newSession()
			session.Organisation, session.User = id, userOf(id)
			return directory.BeginSession{Session: session}, session.Hash
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			sessions, next, err := s.Sessions(ctx, id, userOf(id), page)
			return ids(sessions, next, err, func(s directory.Session) string { return s.Hash })
		},
	},
	{
		name: "links", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			link := newLink()
			link.Organisation, link.User, link.State = id, userOf(id), directory.LinkUsed
			return directory.PutLink{Link: link}, string(link.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			links, next, err := s.Links(ctx, id, userOf(id), page)
			return ids(links, next, err, func(l directory.Link) directory.LinkID { return l.ID })
		},
	},
	{
		name: "operations", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			entry := Filled[directory.Entry]()
			entry.Organisation, entry.ID = id, directory.EntryID(NewID(directory.PrefixEntry))
			return directory.Log{Entry: entry}, string(entry.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			entries, next, err := s.Operations(ctx, id, directory.OperationFilter{}, page)
			return ids(entries, next, err, func(e directory.Entry) directory.EntryID { return e.ID })
		},
	},
}

// stock puts n items of every list into a new organisation, and answers their ids in each list's order.
func stock(t *testing.T, s directory.Store, n int) (directory.OrganisationID, map[string][]string) {
	t.Helper()
	organisation, all := NewOrganisation(), make(map[string][]string)
	for _, list := range catalogues {
		var effects []directory.Effect
		for range n {
			effect, id := list.add(organisation)
			effects = append(effects, effect)
			all[list.name] = append(all[list.name], id)
		}
		commit(t, s, effects...)
	}
	all["changes"] = append(all["changes"], all["changes of a state"]...)
	for _, list := range catalogues {
		slices.Sort(all[list.name])
		if list.backwards {
			slices.Reverse(all[list.name])
		}
	}
	return organisation, all
}

// eventually waits for an index that may be a moment behind.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-deadline.C:
			t.Fatalf("not yet: %s", what)
		}
	}
}

var lists = []promise{
	{"a list is paged through in its order, and is its organisation's alone", func(t *testing.T, s directory.Store) {
		organisation, all := stock(t, s, 5)
		stock(t, s, 3)
		for _, list := range catalogues {
			for _, limit := range []int{1, 2, 100} {
				var got []string
				eventually(t, list.name, func() bool {
					got = nil
					page := directory.Page{Limit: limit}
					for {
						some, next, err := list.page(t.Context(), s, organisation, page)
						if err != nil {
							t.Fatalf("%s by %d: %v", list.name, limit, err)
						}
						if len(some) > limit {
							t.Fatalf("%s by %d: a page of %d", list.name, limit, len(some))
						}
						got = append(got, some...)
						if page.Cursor = next; next == "" {
							return len(got) >= len(all[list.name])
						}
					}
				})
				if !slices.Equal(got, all[list.name]) {
					t.Errorf("%s by %d:\n got %v\nwant %v", list.name, limit, got, all[list.name])
				}
			}
		}
	}},
	{"an organisation that is not there has empty lists", func(t *testing.T, s directory.Store) {
		for _, list := range catalogues {
			got, next, err := list.page(t.Context(), s, NewOrganisation(), directory.Page{Limit: 10})
			if len(got) > 0 || next != "" || err != nil {
				t.Errorf("%s: %v, %q, %v", list.name, got, next, err)
			}
		}
	}},
	{"listed records are whole", func(t *testing.T, s directory.Store) {
		user, change := newUser(NewOrganisation()), newChange(NewOrganisation(), directory.StateRejected)
		organisation := newOrganisation(3, directory.ControlNone)
		commit(t, s, putUser(user), directory.PutChange{Change: change}, directory.PutOrganisation{Organisation: organisation})
		user.Revision, change.Revision, organisation.Version = 1, 1, 1
		page := directory.Page{Limit: 10}
		users, _, err := s.Users(t.Context(), user.Organisation, page)
		if err != nil {
			t.Fatal(err)
		}
		same(t, users, []directory.User{user})
		eventually(t, "the change in the list of its state", func() bool {
			changes, _, err := s.Changes(t.Context(), change.Organisation, change.State, page)
			if err != nil {
				t.Fatal(err)
			}
			if len(changes) > 0 {
				same(t, changes, []directory.Change{change})
			}
			return len(changes) > 0
		})
	}},
	{"a change is in the list of its state alone", func(t *testing.T, s directory.Store) {
		change := newChange(NewOrganisation(), directory.StateAwaitingApproval)
		commit(t, s, directory.PutChange{Change: change})
		change.State, change.Revision = directory.StatePropagating, 1
		commit(t, s, directory.PutChange{Change: change})
		listed := func(state directory.ChangeState) int {
			changes, _, err := s.Changes(t.Context(), change.Organisation, state, directory.Page{Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			return len(changes)
		}
		eventually(t, "the change moved from list to list", func() bool {
			return listed(directory.StateAwaitingApproval) == 0 && listed(directory.StatePropagating) == 1
		})
		finish(t, s, change)
	}},
	{"organisations are listed by id, new ones and changed ones", func(t *testing.T, s directory.Store) {
		first, second := newOrganisation(1, directory.ControlNone), newOrganisation(1, directory.ControlNone)
		commit(t, s, directory.PutOrganisation{Organisation: first}, directory.PutOrganisation{Organisation: second})
		first.Version, first.Name = 1, "Example Payments"
		commit(t, s, directory.PutOrganisation{Organisation: first})
		first.Version, second.Version = 2, 1
		eventually(t, "the organisations in the list", func() bool {
			var ours, all []directory.Organisation
			page := directory.Page{Limit: 50}
			for {
				some, next, err := s.Organisations(t.Context(), page)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, some...)
				if page.Cursor = next; next == "" {
					break
				}
			}
			if !slices.IsSortedFunc(all, func(a, b directory.Organisation) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
				t.Fatal("not in order")
			}
			for _, one := range all {
				if one.ID == first.ID || one.ID == second.ID {
					ours = append(ours, one)
				}
			}
			if len(ours) < 2 || ours[0].Version < 2 {
				return false
			}
			same(t, ours, []directory.Organisation{first, second})
			return true
		})
	}},
	{"users are listed by when they were last seen, and who cannot sign in is not", func(t *testing.T, s directory.Store) {
		organisation := NewOrganisation()
		start := time.Date(2026, time.May, 4, 10, 0, 0, 0, time.UTC)
		user := func(kind directory.Kind, status directory.Status, created, signedIn int) directory.User {
			user := newUser(organisation)
			user.Kind, user.Status, user.LastSignInAt = kind, status, time.Time{}
			user.CreatedAt = start.Add(time.Duration(created) * time.Hour)
			if signedIn > 0 {
				user.LastSignInAt = start.Add(time.Duration(signedIn) * time.Hour)
			}
			commit(t, s, directory.PutUser{User: user})
			return user
		}
		late := user(directory.KindRegular, directory.StatusActive, 0, 9)
		never := user(directory.KindAdmin, directory.StatusEmailNotVerified, 2, 0)
		early := user(directory.KindRegular, directory.StatusActive, 0, 1)
		user(directory.KindAPI, directory.StatusActive, 0, 0)
		user(directory.KindRegular, directory.StatusInactive, 0, 3)
		user(directory.KindRegular, directory.StatusPending, 0, 0)
		eventually(t, "those who were not seen", func() bool {
			var found []directory.UserID
			for cursor := ""; ; {
				page, next, err := s.Dormant(t.Context(), organisation, start.Add(5*time.Hour), directory.Page{Limit: 1, Cursor: cursor})
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, page...)
				if cursor = next; cursor == "" {
					return slices.Equal(found, []directory.UserID{early.ID, never.ID})
				}
			}
		})

		// Signing in moves a user to the end, and nothing of it but its revision.
		at := start.Add(10 * time.Hour)
		commit(t, s, directory.NoteSignIn{User: userRef(early), At: at})
		early.Revision, early.LastSignInAt = 2, at
		read, _ := readUser(t, s, userRef(early))
		same(t, read, early)
		refused(t, s, fault.Stale, directory.NoteSignIn{User: directory.UserRef{Organisation: organisation, ID: "usr_none"}, At: at})
		eventually(t, "the order of sign-ins", func() bool {
			found, _, err := s.Dormant(t.Context(), organisation, at.Add(time.Hour), directory.Page{Limit: 10})
			return err == nil && slices.Equal(found, []directory.UserID{never.ID, late.ID, early.ID})
		})
	}},
	{"a page of users begins behind a user that was named", func(t *testing.T, s directory.Store) {
		organisation, of := stock(t, s, 3)
		users, next, err := s.Users(t.Context(), organisation, directory.Page{Limit: 2, Cursor: s.After(directory.UserID(of["users"][0]))})
		got, _, err := ids(users, next, err, func(u directory.User) directory.UserID { return u.ID })
		if err != nil || !slices.Equal(got, of["users"][1:]) {
			t.Errorf("%v, %v, of %v", got, err, of["users"])
		}
	}},
	{"service requests of a state are listed of an organisation, and in the queue of all, newest first", func(t *testing.T, s directory.Store) {
		first, second := newServiceRequest(NewOrganisation(), directory.RequestOpen), newServiceRequest(NewOrganisation(), directory.RequestOpen)
		declined := newServiceRequest(first.Organisation, directory.RequestDeclined)
		for _, request := range []*directory.ServiceRequest{&first, &second, &declined} {
			request.ExpiresAt = now().AddDate(1, 0, 0)
			commit(t, s, directory.PutServiceRequest{Request: *request})
			request.Revision = 1
		}
		ours := func() (found []directory.ServiceRequest) {
			for page := (directory.Page{Limit: 3}); ; {
				some, next, err := s.ServiceRequestQueue(t.Context(), directory.RequestOpen, page)
				if err != nil {
					t.Fatal(err)
				}
				for _, one := range some {
					if one.Organisation == first.Organisation || one.Organisation == second.Organisation {
						found = append(found, one)
					}
				}
				if page.Cursor = next; next == "" {
					return found
				}
			}
		}
		of, _, err := s.ServiceRequests(t.Context(), first.Organisation, directory.RequestDeclined, directory.Page{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		same(t, of, []directory.ServiceRequest{declined})
		eventually(t, "both in the queue", func() bool { return len(ours()) == 2 })
		same(t, ours(), []directory.ServiceRequest{second, first})
		second.State = directory.RequestAccepted
		commit(t, s, directory.PutServiceRequest{Request: second})
		eventually(t, "the other one alone", func() bool { return len(ours()) == 1 })
		same(t, ours(), []directory.ServiceRequest{first})
	}},
	{"the active admins of an organisation are listed, and nobody else", func(t *testing.T, s directory.Store) {
		organisation := NewOrganisation()
		admin, inactive, regular := newUser(organisation), newUser(organisation), newUser(organisation)
		admin.Kind, inactive.Kind = directory.KindAdmin, directory.KindAdmin
		commit(t, s, putUser(admin), putUser(inactive), putUser(regular))
		inactive.Status, inactive.Revision = directory.StatusInactive, 1
		commit(t, s, putUser(inactive))
		admin.Revision = 1
		eventually(t, "the admin alone", func() bool {
			admins, err := s.Admins(t.Context(), organisation)
			if err != nil {
				t.Fatal(err)
			}
			if len(admins) != 1 {
				return false
			}
			same(t, admins, []directory.User{admin})
			return true
		})
	}},
}

var cursors = []promise{
	{"a forged cursor is invalid", func(t *testing.T, s directory.Store) {
		organisation, _ := stock(t, s, 2)
		encoded := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
		for _, forged := range []string{
			"x", "\n", "%", "AAAA", "====", "null", strings.Repeat("A", 4096), encoded(strings.Repeat("u#", 400)),
			encoded("o"), encoded("u#\xff\xfe"), encoded("chg_\xff"), encoded("log_\x00\xff"), encoded("e#someone@example.com"),
		} {
			for _, list := range catalogues {
				got, _, err := list.page(t.Context(), s, organisation, directory.Page{Limit: 10, Cursor: forged})
				invalidCursor(t, list.name, forged, got, err)
			}
			_, _, err := s.Organisations(t.Context(), directory.Page{Limit: 10, Cursor: forged})
			invalidCursor(t, "organisations", forged, nil, err)
		}
	}},
	{"cases of identity checks are listed while they wait, those that wait the longest first", func(t *testing.T, s directory.Store) {
		made := make([]directory.KYCCase, 3)
		for i := range made {
			made[i] = directory.KYCCase{
				Organisation: NewOrganisation(), User: directory.UserID(NewID(directory.PrefixUser)),
				Checks: []directory.KYCCheck{{Level: 1, Steps: []directory.KYCStep{{At: now().Add(-time.Duration(i) * time.Hour), To: directory.KYCSubmitted}}}},
			}
			commit(t, s, directory.PutKYCCase{Case: made[i]})
			made[i].Revision = 1
		}
		slices.Reverse(made)
		ours := func() []directory.KYCCase {
			var all []directory.KYCCase
			for page := (directory.Page{Limit: 1}); ; {
				some, next, err := s.KYCWaiting(t.Context(), page)
				if err != nil {
					t.Fatal(err)
				}
				for _, one := range some {
					if slices.ContainsFunc(made, func(c directory.KYCCase) bool { return c.User == one.User }) {
						all = append(all, one)
					}
				}
				if page.Cursor = next; next == "" {
					return all
				}
			}
		}
		eventually(t, "waiting", func() bool { return len(ours()) == 3 })
		same(t, ours(), made)
		decided := made[1]
		decided.Checks = []directory.KYCCheck{{Level: 1, Steps: append(slices.Clone(decided.Checks[0].Steps), directory.KYCStep{At: now(), To: directory.KYCPassed})}}
		commit(t, s, directory.PutKYCCase{Case: decided})
		eventually(t, "decided", func() bool { return len(ours()) == 2 })
		_, _, err := s.KYCWaiting(t.Context(), directory.Page{Limit: 1, Cursor: "a2V5"})
		invalidCursor(t, "cases", "a2V5", nil, err)
	}},
	{"a cursor of another list is invalid", func(t *testing.T, s directory.Store) {
		organisation, _ := stock(t, s, 3)
		for _, from := range catalogues {
			var next string
			eventually(t, from.name, func() bool {
				_, next, _ = from.page(t.Context(), s, organisation, directory.Page{Limit: 1})
				return next != ""
			})
			for _, list := range catalogues {
				if list.name == from.name {
					continue
				}
				got, _, err := list.page(t.Context(), s, organisation, directory.Page{Limit: 10, Cursor: next})
				invalidCursor(t, list.name+" from "+from.name, next, got, err)
			}
		}
	}},
	{"a cursor of another tenant leads nowhere but into one's own list", func(t *testing.T, s directory.Store) {
		theirs, _ := stock(t, s, 3)
		ours, all := stock(t, s, 3)
		for _, list := range catalogues {
			var next string
			eventually(t, list.name, func() bool {
				_, next, _ = list.page(t.Context(), s, theirs, directory.Page{Limit: 1})
				return next != ""
			})
			got, _, err := list.page(t.Context(), s, ours, directory.Page{Limit: 10, Cursor: next})
			if err != nil {
				t.Errorf("%s: %v", list.name, err)
			}
			for _, id := range got {
				if !slices.Contains(all[list.name], id) {
					t.Errorf("%s: %s is not ours", list.name, id)
				}
			}
		}
	}},
}

func invalidCursor(t *testing.T, list, cursor string, got []string, err error) {
	t.Helper()
	found, ok := fault.As(err)
	if !ok || found.Code != fault.Invalid || len(found.Fields) != 1 || found.Fields[0].Name != "cursor" {
		t.Errorf("%s with the cursor %.60q: %v, %v; want invalid on cursor", list, cursor, got, err)
	}
}

// past is before anything that is due in tests that do not ask for what is due.
var past = time.Date(1990, time.January, 1, 0, 0, 0, 0, time.UTC)

// finish ends a change, so that the sweep of no other test finds it.
func finish(t *testing.T, s directory.Store, change directory.Change) {
	t.Helper()
	ref := directory.ChangeRef{Organisation: change.Organisation, ID: change.ID}
	change = read(t, s, directory.Want{Changes: []directory.ChangeRef{ref}}).Changes[ref]
	change.State = directory.StateEffective
	commit(t, s, directory.PutChange{Change: change})
}

var due = []promise{
	{"what fell due is listed, oldest first and no more than asked for, and no longer once it is done", func(t *testing.T, s directory.Store) {
		organisation := NewOrganisation()
		var want []directory.Due
		var begin, end []directory.Effect
		for i := range 20 { // more than there can be places where the store looks
			at := past.Add(time.Duration(3*i) * time.Minute)

			change := newChange(organisation, directory.StateAwaitingApproval)
			change.Reminded, change.ExpiresAt = true, at
			begin = append(begin, directory.PutChange{Change: change})
			change.State, change.Revision = directory.StateExpired, 1
			end = append(end, directory.PutChange{Change: change})
			want = append(want, directory.Due{At: change.ExpiresAt, Organisation: organisation, Change: change.ID})

			link := newLink()
			link.Organisation, link.ExpiresAt = organisation, at.Add(time.Minute)
			begin = append(begin, directory.PutLink{Link: link})
			end = append(end, directory.ReplaceLink{Ref: linkRef(link), State: directory.LinkReplaced, At: now()})
			want = append(want, directory.Due{At: link.ExpiresAt, Organisation: organisation, User: link.User, Link: link.ID})

			item := newOutboxItem()
			item.Organisation = organisation
			item.CreatedAt = at.Add(2 * time.Minute)
			item.CreatedAt = item.CreatedAt.Add(item.CreatedAt.Sub(item.DueAt())) // due, not made, at that time
			ref := item.Ref()
			begin = append(begin, directory.Enqueue{Item: item})
			end = append(end, directory.Carried{Ref: item.Ref()})
			want = append(want, directory.Due{At: item.DueAt(), Organisation: organisation, Outbox: &ref})

			request := newServiceRequest(organisation, directory.RequestOpen)
			request.ExpiresAt = at.Add(165 * time.Second)
			begin = append(begin, directory.PutServiceRequest{Request: request})
			late := directory.Due{At: request.ExpiresAt, Organisation: organisation, Request: request.ID}
			request.State, request.Revision = directory.RequestExpired, 1
			end = append(end, directory.PutServiceRequest{Request: request})

			user := newUser(organisation)
			user.Certificates = user.Certificates[:1]
			user.Certificates[0].NotAfter = at.Add(150*time.Second).AddDate(0, 0, 30)
			user.Status, user.Warned = directory.StatusActive, nil
			begin = append(begin, putUser(user))
			want = append(want, directory.Due{At: at.Add(150 * time.Second), Organisation: organisation, User: user.ID}, late)
			user.Status, user.Revision = directory.StatusInactive, 1
			end = append(end, putUser(user))
		}
		dueNow := func(before time.Time, limit int) []directory.Due {
			t.Helper()
			all, err := s.Due(t.Context(), before, limit)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		commit(t, s, begin...)
		before := past.Add(24 * time.Hour)
		eventually(t, "all that fell due", func() bool { return len(dueNow(before, 1000)) >= len(want) })
		same(t, dueNow(before, 1000), want)
		same(t, dueNow(want[10].At, 1000), want[:11])
		same(t, dueNow(before, 7), want[:7])
		commit(t, s, end...)
		eventually(t, "nothing due", func() bool { return len(dueNow(before, 1000)) == 0 })

		item := newOutboxItem()
		ref := item.Ref()
		commit(t, s, directory.Enqueue{Item: item})
		commit(t, s, directory.SendRound{Ref: ref, Due: past})
		eventually(t, "an item that was sent round", func() bool { return len(dueNow(past, 10)) > 0 })
		same(t, dueNow(past, 10), []directory.Due{{At: past, Organisation: item.Organisation, Outbox: &ref}})
		commit(t, s, directory.Carried{Ref: ref})
	}},
	{"an outbox item that was put aside is not due, until it is recalled", func(t *testing.T, s directory.Store) {
		item := newOutboxItem()
		ref := item.Ref()
		isAside := func() bool {
			t.Helper()
			aside, err := s.Aside(t.Context(), 100)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Contains(aside, ref)
		}
		refused(t, s, fault.Stale, directory.PutAside{Ref: ref})
		refused(t, s, fault.Stale, directory.Recall{Ref: ref, Due: now()})
		commit(t, s, directory.Enqueue{Item: item})
		refused(t, s, fault.Stale, directory.Recall{Ref: ref, Due: now()})
		commit(t, s, directory.SendRound{Ref: ref, Due: past})
		commit(t, s, directory.PutAside{Ref: ref})
		refused(t, s, fault.Stale, directory.PutAside{Ref: ref})
		eventually(t, "an item that was put aside", isAside)
		kept := read(t, s, directory.Want{Outbox: []directory.OutboxRef{ref}}).Outbox[ref]
		same(t, kept.Rounds, item.Rounds+1)

		commit(t, s, directory.Recall{Ref: ref, Due: now()})
		eventually(t, "an item that was recalled", func() bool { return !isAside() })
		same(t, read(t, s, directory.Want{Outbox: []directory.OutboxRef{ref}}).Outbox[ref].Rounds, 0)
		commit(t, s, directory.Carried{Ref: ref})
	}},
}
