package storetest

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// eventually waits for an index that may be a moment behind.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(2 * time.Minute)
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
	{"organisations are listed by name, new ones and changed ones, and found by what it begins with", func(t *testing.T, s directory.Store) {
		first, second := newOrganisation(1, directory.ControlNone), newOrganisation(1, directory.ControlNone)
		ours := strings.TrimPrefix(string(first.ID), directory.PrefixOrganisation)
		first.Name, second.Name = "Another "+ours, ours+" Özgün, Ltd. # 2"
		commit(t, s, directory.PutOrganisation{Organisation: first}, directory.PutOrganisation{Organisation: second})
		first.Version, first.Name = 1, ours+" Example Payments"
		commit(t, s, directory.PutOrganisation{Organisation: first})
		first.Version, second.Version = 2, 1
		listed := func(text string) []directory.Organisation {
			var all []directory.Organisation
			page := directory.Page{Limit: 1}
			if text == "" {
				page.Limit = 200
			}
			for {
				some, next, err := s.Organisations(t.Context(), text, page)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, some...)
				if page.Cursor = next; next == "" {
					return all
				}
			}
		}
		eventually(t, "the organisations in the list", func() bool {
			found := listed(ours)
			if len(found) < 2 {
				return false
			}
			same(t, found, []directory.Organisation{first, second})
			return true
		})
		same(t, listed(strings.ToLower(ours)+" Ö"), []directory.Organisation{second})
		if stale := listed("Another " + ours); len(stale) > 0 {
			t.Fatalf("found by its former name: %v", stale)
		}
		all := listed("")
		if !slices.IsSortedFunc(all, func(a, b directory.Organisation) int {
			return strings.Compare(directory.Fold(a.Name), directory.Fold(b.Name))
		}) {
			t.Fatal("not in order")
		}
		for _, one := range []directory.Organisation{first, second} {
			if !slices.ContainsFunc(all, func(listed directory.Organisation) bool { return listed.ID == one.ID }) {
				t.Fatalf("%s is not among all", one.Name)
			}
		}
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
			_, _, err := s.Organisations(t.Context(), "", directory.Page{Limit: 10, Cursor: forged})
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
