package storetest

import (
	"sync"
	"sync/atomic"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// writers is how many write at the same time.
const writers = 12

// Concurrency holds a store to what must hold when many write at once: one of them wins, no update is lost, counts are
// exact, and no minimum is broken (3.10). Run it with the race detector. Open may return the same store every time.
func Concurrency(t *testing.T, open func(*testing.T) directory.Store) {
	run(t, open, races)
}

// together runs one writer each at the same time, and answers what each came to.
func together(n int, write func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			<-start
			errs[i] = write(i)
		})
	}
	close(start)
	wait.Wait()
	return errs
}

// again repeats an act that lost a race, from its read on, as the domain does. How often is not what is tested.
func again(act func() error) error {
	for {
		if err := act(); !fault.Is(err, fault.Stale) {
			return err
		}
	}
}

// won counts who came through; the others must have met the fault.
func won(t *testing.T, errs []error, otherwise fault.Code) int {
	t.Helper()
	n := 0
	for _, err := range errs {
		switch {
		case err == nil:
			n++
		case !fault.Is(err, otherwise):
			t.Errorf("error %v, want the fault %s", err, otherwise)
		}
	}
	return n
}

func oneWon(t *testing.T, errs []error, otherwise fault.Code) {
	t.Helper()
	if n := won(t, errs, otherwise); n != 1 {
		t.Errorf("%d came through, want 1", n)
	}
}

func allWon(t *testing.T, errs []error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
}

var races = []promise{
	{"a name is one user's", func(t *testing.T, s directory.Store) {
		for _, kind := range kinds {
			first := reservation(kind, NewID("name-"))
			var others [writers]directory.Reservation
			for i := range others {
				others[i] = reservation(kind, first.Name)
				others[i].Organisation = first.Organisation
			}
			oneWon(t, together(writers, func(i int) error {
				return again(func() error { return s.Commit(t.Context(), directory.Reserve{Reservation: others[i]}) })
			}), fault.Invalid)
		}
	}},
	{"names are taken together or not at all", func(t *testing.T, s directory.Store) {
		organisation, login, email := NewOrganisation(), NewID("name-"), NewID("name-")
		var users [writers][]directory.Effect
		for i := range users {
			one, two := reservation(directory.ReserveLogin, login), reservation(directory.ReserveEmail, email)
			one.Organisation, two.Organisation = organisation, organisation
			users[i] = []directory.Effect{
				directory.Reserve{Reservation: one}, directory.Reserve{Reservation: two},
				putUser(newUser(organisation)),
			}
			if i%2 == 0 { // whatever the order
				users[i][0], users[i][1] = users[i][1], users[i][0]
			}
		}
		oneWon(t, together(writers, func(i int) error {
			return again(func() error { return s.Commit(t.Context(), users[i]...) })
		}), fault.Invalid)
		all, _, err := s.Users(t.Context(), organisation, directory.Page{Limit: 100})
		if err != nil || len(all) != 1 {
			t.Errorf("%d users, %v; want 1", len(all), err)
		}
	}},
	{"a name that changes hands is never two users'", func(t *testing.T, s directory.Store) {
		name := NewID("name-")
		var holders atomic.Int32
		allWon(t, together(writers, func(int) error {
			mine := reservation(directory.ReservePhone, name)
			for {
				err := s.Commit(t.Context(), directory.Reserve{Reservation: mine})
				if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Stale) {
					continue // another's, for now
				}
				if err != nil {
					return err
				}
				break
			}
			if holders.Add(1) > 1 {
				t.Error("two users have the name")
			}
			holders.Add(-1)
			return again(func() error { return s.Commit(t.Context(), directory.Release{Reservation: mine}) })
		}))
	}},
	{"of many who come to share a name none is lost", func(t *testing.T, s directory.Store) {
		name, identity := NewID("name-"), directory.IdentityID(NewID(directory.PrefixIdentity))
		allWon(t, together(writers, func(int) error {
			member := Filled[directory.Membership]()
			return again(func() error {
				found, err := s.Read(t.Context(), directory.Want{Logins: []string{name}})
				if err != nil {
					return err
				}
				login := found.Logins[name]
				login.Name, login.Identity, login.Members = name, identity, append(login.Members, member)
				return s.Commit(t.Context(), directory.PutName{Kind: directory.ReserveLogin, Login: login})
			})
		}))
		if n := len(read(t, s, directory.Want{Logins: []string{name}}).Logins[name].Members); n != writers {
			t.Errorf("%d share it, want %d", n, writers)
		}
	}},
	{"no update of a user is lost", func(t *testing.T, s directory.Store) {
		user := newUser(NewOrganisation())
		commit(t, s, putUser(user))
		allWon(t, together(writers, func(int) error {
			return again(func() error {
				found, err := s.Read(t.Context(), directory.Want{Users: []directory.UserRef{userRef(user)}})
				if err != nil {
					return err
				}
				one := found.Users[userRef(user)]
				one.SessionEpoch++
				return s.Commit(t.Context(), putUser(one))
			})
		}))
		got, _ := readUser(t, s, userRef(user))
		if got.SessionEpoch != user.SessionEpoch+writers || got.Revision != 1+writers {
			t.Errorf("epoch %d, revision %d; want %d, %d", got.SessionEpoch, got.Revision, user.SessionEpoch+writers, 1+writers)
		}
	}},
	{"of writers who read the same one writes", func(t *testing.T, s directory.Store) {
		user := newUser(NewOrganisation())
		oneWon(t, together(writers, func(int) error { return s.Commit(t.Context(), putUser(user)) }), fault.Stale)
	}},
	{"who was expected as it was did not change meanwhile", func(t *testing.T, s directory.Store) {
		caller, target := newUser(NewOrganisation()), newUser(NewOrganisation())
		commit(t, s, putUser(caller), putUser(target))
		gone := caller
		gone.Revision, gone.Status = 1, directory.StatusInactive
		gone.Version++
		written := target
		written.Revision = 1
		errs := together(2, func(i int) error {
			if i == 0 {
				return again(func() error { return s.Commit(t.Context(), putUser(gone)) })
			}
			return s.Commit(t.Context(), putUser(written), directory.Expect{User: userRef(caller), Version: caller.Version})
		})
		won(t, errs, fault.Stale)
		if errs[0] != nil {
			t.Error(errs[0])
		}
		// Once it has changed, nothing more is written in its name.
		refused(t, s, fault.Stale, directory.Expect{User: userRef(caller), Version: caller.Version})
	}},
	{"a link is used once", func(t *testing.T, s directory.Store) {
		link := newLink()
		commit(t, s, directory.PutLink{Link: link})
		link.State, link.Revision = directory.LinkUsed, 1
		oneWon(t, together(writers, func(int) error { return s.Commit(t.Context(), directory.PutLink{Link: link}) }), fault.Stale)
	}},
	{"a link is used or replaced, not both", func(t *testing.T, s directory.Store) {
		link := newLink()
		commit(t, s, directory.PutLink{Link: link})
		used := link
		used.State, used.Revision = directory.LinkUsed, 1
		errs := together(2, func(i int) error {
			if i == 0 {
				return s.Commit(t.Context(), directory.PutLink{Link: used})
			}
			return s.Commit(t.Context(), directory.ReplaceLink{Ref: linkRef(link), State: directory.LinkReplaced, At: now()})
		})
		if won(t, errs, fault.Stale) > 1 {
			t.Error("both came through")
		}
	}},
	{"a challenge is answered once", func(t *testing.T, s directory.Store) {
		challenge := newSession()
		commit(t, s, directory.BeginSession{Session: challenge})
		oneWon(t, together(writers, func(int) error {
			begun := newSession()
			return again(func() error {
				return s.Commit(t.Context(), directory.UseChallenge{Session: challenge}, directory.BeginSession{Session: begun})
			})
		}), fault.CredentialsWrong)
	}},
	{"every wrong answer is counted", func(t *testing.T, s directory.Store) {
		challenge := newSession()
		commit(t, s, directory.BeginSession{Session: challenge})
		allWon(t, together(writers, func(int) error {
			return again(func() error { return s.Commit(t.Context(), directory.MissChallenge{Session: challenge}) })
		}))
		if got, _ := readSession(t, s, sessionRef(challenge)); got.Tries != challenge.Tries+writers {
			t.Errorf("%d tries, want %d", got.Tries, challenge.Tries+writers)
		}
	}},
	{"every failure to sign in is counted, also the first", func(t *testing.T, s directory.Store) {
		ref := Filled[directory.TriesRef]()
		allWon(t, together(writers, func(int) error {
			return again(func() error {
				found, err := s.Read(t.Context(), directory.Want{Tries: []directory.TriesRef{ref}})
				if err != nil {
					return err
				}
				tries := found.Tries[ref]
				tries.Ref, tries.Since = ref, now()
				tries.Failures++
				return s.Commit(t.Context(), directory.PutTries{Tries: tries})
			})
		}))
		if n := readTries(t, s, ref).Failures; n != writers {
			t.Errorf("%d failures, want %d", n, writers)
		}
	}},
	{"an ended session does not come back", func(t *testing.T, s directory.Store) {
		session := newSession()
		commit(t, s, directory.BeginSession{Session: session})
		errs := together(writers, func(i int) error {
			switch i % 3 {
			case 0:
				return again(func() error { return s.Commit(t.Context(), directory.DropSession{Session: session}) })
			case 1:
				return s.Touch(t.Context(), session, now())
			default:
				err := again(func() error { return s.Commit(t.Context(), directory.RaiseSession{Session: session}) })
				if fault.Is(err, fault.Unauthenticated) {
					return nil
				}
				return err
			}
		})
		allWon(t, errs)
		if _, ok := readSession(t, s, sessionRef(session)); ok {
			t.Error("the session came back")
		}
	}},
	{"as many admins remain as the organisation needs, and they are counted", func(t *testing.T, s directory.Store) {
		const least = 2
		organisation := newOrganisation(writers, directory.ControlSecondAdmin)
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		var admins [writers]directory.User
		for i := range admins {
			admins[i] = newUser(organisation.ID)
			admins[i].Kind = directory.KindAdmin
			commit(t, s, putUser(admins[i]))
			admins[i].Status, admins[i].Revision = directory.StatusInactive, 1
		}
		errs := together(writers, func(i int) error {
			return again(func() error {
				return s.Commit(t.Context(), putUser(admins[i]),
					directory.MoveAdmins{Organisation: organisation.ID, By: -1, AtLeast: least})
			})
		})
		if n := won(t, errs, fault.TooFewAdmins); n != writers-least {
			t.Errorf("%d were deactivated, want %d", n, writers-least)
		}
		users, _, err := s.Users(t.Context(), organisation.ID, directory.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		active := 0
		for _, user := range users {
			if user.ActiveAdmin() {
				active++
			}
		}
		if n := readOrganisation(t, s, organisation.ID).ActiveAdmins; active != least || n != least {
			t.Errorf("%d active admins, counted as %d; want %d", active, n, least)
		}
	}},
	{"an admin is not taken away while the organisation comes to need it", func(t *testing.T, s directory.Store) {
		organisation := newOrganisation(2, directory.ControlNone)
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		stricter := organisation
		stricter.Version, stricter.Settings.ChangeControl = 1, directory.ControlSecondAdmin
		errs := together(2, func(i int) error {
			if i == 0 {
				return s.Commit(t.Context(), directory.PutOrganisation{Organisation: stricter})
			}
			return again(func() error {
				return s.Commit(t.Context(), directory.MoveAdmins{Organisation: organisation.ID, By: -1, AtLeast: 1})
			})
		})
		if errs[0] == nil && errs[1] == nil {
			t.Error("both came through")
		}
		if now := readOrganisation(t, s, organisation.ID); now.ActiveAdmins < now.Settings.LeastAdmins() {
			t.Errorf("%d active admins, needs %d", now.ActiveAdmins, now.Settings.LeastAdmins())
		}
	}},
	{"a request that comes many times is remembered once", func(t *testing.T, s directory.Store) {
		remembered := Filled[directory.Remembered]()
		organisation := NewOrganisation()
		oneWon(t, together(writers, func(int) error {
			return s.Commit(t.Context(), directory.Remember{Remembered: remembered}, putUser(newUser(organisation)))
		}), fault.Stale)
		users, _, err := s.Users(t.Context(), organisation, directory.Page{Limit: 100})
		if err != nil || len(users) != 1 {
			t.Errorf("%d users, %v; want 1", len(users), err)
		}
	}},
	{"writers who do not meet do not hinder each other", func(t *testing.T, s directory.Store) {
		organisation := newOrganisation(2, directory.ControlNone)
		caller := newUser(organisation.ID)
		commit(t, s, directory.PutOrganisation{Organisation: organisation}, putUser(caller))
		allWon(t, together(writers, func(int) error {
			// All of them expect the same caller: checks meet, writes do not.
			return s.Commit(t.Context(), putUser(newUser(organisation.ID)),
				directory.Expect{User: userRef(caller), Version: caller.Version})
		}))
	}},
}
