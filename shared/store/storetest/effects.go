package storetest

import (
	"testing"
	"time"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

var commits = []promise{
	{"all effects are written or none", func(t *testing.T, s directory.Store) {
		there, other := newUser(NewOrganisation()), newUser(NewOrganisation())
		commit(t, s, putUser(there))
		session := newSession()
		refused(t, s, fault.Stale, directory.BeginSession{Session: session}, putUser(other), putUser(there))
		if _, ok := readUser(t, s, userRef(other)); ok {
			t.Error("the user was written")
		}
		if _, ok := readSession(t, s, sessionRef(session)); ok {
			t.Error("the session was written")
		}
	}},
	{"two effects that write the same are a mistake, not a fault", func(t *testing.T, s directory.Store) {
		user := newUser(NewOrganisation())
		err := s.Commit(t.Context(), putUser(user), putUser(user))
		if _, isFault := fault.As(err); err == nil || isFault {
			t.Errorf("error %v, want one that is no fault", err)
		}
	}},
	{"a user is expected as it was read: active, and at its version", func(t *testing.T, s directory.Store) {
		user, inactive := newUser(NewOrganisation()), newUser(NewOrganisation())
		inactive.Status = directory.StatusInactive
		commit(t, s, putUser(user), putUser(inactive))
		expected := directory.Expect{User: userRef(user), Version: user.Version}
		commit(t, s, expected)
		commit(t, s, expected, expected)
		moved := directory.Expect{User: userRef(user), Version: user.Version + 1}
		refused(t, s, fault.Stale, moved)
		refused(t, s, fault.Stale, expected, moved)
		refused(t, s, fault.Stale, directory.Expect{User: userRef(inactive), Version: inactive.Version})
		refused(t, s, fault.Stale, directory.Expect{User: userRef(newUser(NewOrganisation())), Version: 1})
	}},
	{"a user that is written is expected as well", func(t *testing.T, s directory.Store) {
		user := newUser(NewOrganisation())
		commit(t, s, putUser(user))
		was := user.Version
		user.Revision, user.Version = 1, was+1
		expected, moved := directory.Expect{User: userRef(user), Version: was}, directory.Expect{User: userRef(user), Version: was + 1}
		refused(t, s, fault.Stale, putUser(user), moved)
		refused(t, s, fault.Stale, moved, putUser(user))
		commit(t, s, expected, putUser(user), expected)
		user.Revision = 2
		commit(t, s, directory.DropUser{User: user}, moved)
	}},
}

func reservation(kind directory.ReservationKind, name string) directory.Reservation {
	return directory.Reservation{
		Kind: kind, Name: name, Field: string(kind), Organisation: NewOrganisation(),
		User:     directory.UserID(NewID(directory.PrefixUser)),
		Identity: directory.IdentityID(NewID(directory.PrefixIdentity)),
	}
}

var kinds = []directory.ReservationKind{directory.ReserveLogin, directory.ReserveEmail, directory.ReservePhone}

var names = []promise{
	{"a name that is taken is taken, until its user frees it", func(t *testing.T, s directory.Store) {
		for _, kind := range kinds {
			mine := reservation(kind, NewID("name-"))
			other := reservation(kind, mine.Name)
			other.Organisation = mine.Organisation
			commit(t, s, directory.Reserve{Reservation: mine})
			found := refused(t, s, fault.Invalid, directory.Reserve{Reservation: other})
			if len(found.Fields) != 1 || found.Fields[0].Name != string(kind) || found.Fields[0].Rule != "taken" {
				t.Errorf("%s: fields %v", kind, found.Fields)
			}
			refused(t, s, fault.Stale, directory.Release{Reservation: other})
			refused(t, s, fault.Invalid, directory.Reserve{Reservation: other})
			commit(t, s, directory.Release{Reservation: mine})
			commit(t, s, directory.Release{Reservation: mine})
			commit(t, s, directory.Reserve{Reservation: other})
		}
	}},
	{"all names that are taken are told at once", func(t *testing.T, s directory.Store) {
		var first, second []directory.Effect
		for _, kind := range kinds {
			mine := reservation(kind, NewID("name-"))
			other := reservation(kind, mine.Name)
			other.Organisation = mine.Organisation
			first = append(first, directory.Reserve{Reservation: mine})
			second = append(second, directory.Reserve{Reservation: other})
		}
		commit(t, s, first...)
		second = append(second, directory.Reserve{Reservation: reservation(directory.ReservePhone, NewID("free-"))})
		if found := refused(t, s, fault.Invalid, second...); len(found.Fields) != len(kinds) {
			t.Errorf("fields %v, want %d", found.Fields, len(kinds))
		}
	}},
	{"a lost race is told before a name that is taken", func(t *testing.T, s directory.Store) {
		user, mine := newUser(NewOrganisation()), reservation(directory.ReserveLogin, NewID("name-"))
		commit(t, s, putUser(user), directory.Reserve{Reservation: mine})
		refused(t, s, fault.Stale, directory.Reserve{Reservation: mine}, putUser(user))
		refused(t, s, fault.Stale, putUser(user), directory.Reserve{Reservation: mine})
	}},
	{"an e-mail address is an organisation's, a login and a phone are the platform's", func(t *testing.T, s directory.Store) {
		for _, kind := range kinds {
			mine := reservation(kind, NewID("name-"))
			commit(t, s, directory.Reserve{Reservation: mine})
			elsewhere := directory.Reserve{Reservation: reservation(kind, mine.Name)}
			if kind == directory.ReserveEmail {
				commit(t, s, elsewhere)
			} else {
				refused(t, s, fault.Invalid, elsewhere)
			}
		}
	}},
	{"names of one kind do not stand in the way of another's", func(t *testing.T, s directory.Store) {
		name := NewID("name-")
		for _, kind := range kinds {
			commit(t, s, directory.Reserve{Reservation: reservation(kind, name)})
		}
	}},
	{"a login leads to its identity and user", func(t *testing.T, s directory.Store) {
		mine := reservation(directory.ReserveLogin, NewID("name-"))
		commit(t, s, directory.Reserve{Reservation: mine})
		want := loginOf(mine)
		same(t, read(t, s, directory.Want{Logins: []string{mine.Name}}).Logins, map[string]directory.Login{mine.Name: want})
		same(t, named(t, s, mine.Name), []directory.Login{want})
	}},
	{"a name that its identity's users share stands at its revision, and is free after the last of them", func(t *testing.T, s directory.Store) {
		for kind, wanted := range map[directory.ReservationKind]func(string) map[string]directory.Login{
			directory.ReserveLogin: func(name string) map[string]directory.Login {
				return read(t, s, directory.Want{Logins: []string{name}}).Logins
			},
			directory.ReservePhone: func(name string) map[string]directory.Login {
				return read(t, s, directory.Want{Phones: []string{name}}).Phones
			},
		} {
			first := reservation(kind, NewID("name-"))
			commit(t, s, directory.Reserve{Reservation: first})
			shared := loginOf(first)
			same(t, wanted(first.Name), map[string]directory.Login{first.Name: shared})
			shared.Members = append(shared.Members, Filled[directory.Membership]())
			commit(t, s, directory.PutName{Kind: kind, Login: shared})
			refused(t, s, fault.Stale, directory.PutName{Kind: kind, Login: shared})
			refused(t, s, fault.Invalid, directory.Reserve{Reservation: reservation(kind, first.Name)})
			shared.Revision++
			same(t, wanted(first.Name), map[string]directory.Login{first.Name: shared})

			shared.Members = nil
			commit(t, s, directory.PutName{Kind: kind, Login: shared})
			same(t, len(wanted(first.Name)), 0)
			refused(t, s, fault.Stale, directory.PutName{Kind: kind, Login: shared})
			// What was shared is freed as what was reserved, where it is one user's.
			alone := reservation(kind, first.Name)
			taken := loginOf(alone)
			taken.Revision = 0
			commit(t, s, directory.PutName{Kind: kind, Login: taken})
			refused(t, s, fault.Stale, directory.PutName{Kind: kind, Login: taken})
			commit(t, s, directory.Release{Reservation: alone})
			same(t, len(wanted(first.Name)), 0)
		}
	}},
	{"identities are found by their address, and it is no login", func(t *testing.T, s directory.Store) {
		address := NewID("name-")
		first, second := Filled[directory.Login](), Filled[directory.Login]()
		commit(t, s, directory.PointTo{Address: address, Login: first}, directory.PointTo{Address: address, Login: second})
		commit(t, s, directory.PointTo{Address: address, Login: second})
		if found := read(t, s, directory.Want{Logins: []string{address}}); len(found.Logins) > 0 {
			t.Error("the address is a login")
		}
		if found := named(t, s, address); len(found) != 2 {
			t.Errorf("%d go by the address, want 2", len(found))
		}
		commit(t, s, directory.UnpointTo{Address: address, Identity: first.Identity})
		commit(t, s, directory.UnpointTo{Address: address, Identity: first.Identity})
		same(t, named(t, s, address), []directory.Login{second})
	}},
	{"who signs in by a name is found, however many are written to by it", func(t *testing.T, s directory.Store) {
		mine := reservation(directory.ReserveLogin, NewID("name-"))
		var effects []directory.Effect
		for range 30 {
			effects = append(effects, directory.PointTo{Address: mine.Name, Login: Filled[directory.Login]()})
		}
		commit(t, s, append(effects, directory.Reserve{Reservation: mine})...)
		for _, login := range named(t, s, mine.Name) {
			if login.Identity == mine.Identity {
				return
			}
		}
		t.Error("not found")
	}},
}

func loginOf(r directory.Reservation) directory.Login {
	return directory.Login{
		Name: r.Name, Identity: r.Identity, Revision: 1,
		Members: []directory.Membership{{Organisation: r.Organisation, User: r.User}},
	}
}

func named(t *testing.T, s directory.Store, name string) []directory.Login {
	t.Helper()
	logins, err := s.Named(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return logins
}

var counts = []promise{
	{"active admins are counted, and no fewer than needed remain", func(t *testing.T, s directory.Store) {
		organisation := newOrganisation(2, directory.ControlSecondAdmin)
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		fewer := directory.MoveAdmins{Organisation: organisation.ID, By: -1, AtLeast: 2}
		refused(t, s, fault.TooFewAdmins, fewer)
		commit(t, s, directory.MoveAdmins{Organisation: organisation.ID, By: 2})
		refused(t, s, fault.TooFewAdmins, directory.MoveAdmins{Organisation: organisation.ID, By: -3, AtLeast: 2})
		commit(t, s, fewer)
		commit(t, s, fewer)
		refused(t, s, fault.TooFewAdmins, fewer)
		if n := readOrganisation(t, s, organisation.ID).ActiveAdmins; n != 2 {
			t.Errorf("%d active admins, want 2", n)
		}
		refused(t, s, fault.TooFewAdmins, directory.MoveAdmins{Organisation: NewOrganisation(), By: 1})
	}},
	{"a lost race is told before too few admins: the act may have been done by the same request, sent twice", func(t *testing.T, s directory.Store) {
		organisation, user := newOrganisation(1, directory.ControlNone), newUser(NewOrganisation())
		commit(t, s, directory.PutOrganisation{Organisation: organisation}, putUser(user))
		fewer := directory.MoveAdmins{Organisation: organisation.ID, By: -1, AtLeast: 1}
		refused(t, s, fault.Stale, putUser(user), fewer)
		refused(t, s, fault.Stale, fewer, putUser(user))
	}},
	{"writing an organisation does not touch the count of its admins", func(t *testing.T, s directory.Store) {
		organisation := newOrganisation(2, directory.ControlNone)
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		commit(t, s, directory.MoveAdmins{Organisation: organisation.ID, By: 3})
		organisation.Version = 1
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		if n := readOrganisation(t, s, organisation.ID).ActiveAdmins; n != 5 {
			t.Errorf("%d active admins, want 5", n)
		}
	}},
	{"an organisation comes to need no more admins than it has", func(t *testing.T, s directory.Store) {
		organisation := newOrganisation(1, directory.ControlNone)
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		organisation.Version, organisation.Settings.ChangeControl = 1, directory.ControlSecondAdmin
		refused(t, s, fault.Stale, directory.PutOrganisation{Organisation: organisation})
		commit(t, s, directory.MoveAdmins{Organisation: organisation.ID, By: 1})
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		// Who did not know that it needs more now takes none away.
		refused(t, s, fault.TooFewAdmins, directory.MoveAdmins{Organisation: organisation.ID, By: -1, AtLeast: 1})
	}},
	{"an organisation whose admins are still on their way is written as long as it needs no more", func(t *testing.T, s directory.Store) {
		organisation := newOrganisation(0, directory.ControlSecondAdmin)
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		organisation.Version, organisation.Name = 1, "Example Payments"
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
		organisation.Version, organisation.Settings.ChangeControl = 2, directory.ControlStepUp
		commit(t, s, directory.PutOrganisation{Organisation: organisation})
	}},
	{"a familiar network has no failures", func(t *testing.T, s directory.Store) {
		tries := newTries()
		tries.Familiar = false
		commit(t, s, directory.PutTries{Tries: tries})
		fresh := Filled[directory.TriesRef]()
		at := tries.Since.Add(time.Minute)
		commit(t, s, directory.Befriend{Ref: tries.Ref, At: at}, directory.Befriend{Ref: fresh, At: at})
		same(t, readTries(t, s, tries.Ref), directory.Tries{Ref: tries.Ref, Since: at, Familiar: true, Revision: 2})
		same(t, readTries(t, s, fresh), directory.Tries{Ref: fresh, Since: at, Familiar: true, Revision: 1})
		// Failures that were counted meanwhile are no longer the ones that were read.
		tries.Revision = 1
		refused(t, s, fault.Stale, directory.PutTries{Tries: tries})
	}},
}

var sessions = []promise{
	{"a session goes a stage further, unless it ended", func(t *testing.T, s directory.Store) {
		session := newSession()
		refused(t, s, fault.Unauthenticated, directory.RaiseSession{Session: session})
		commit(t, s, directory.BeginSession{Session: session})
		session.Stage = directory.SessionFull
		commit(t, s, directory.RaiseSession{Session: session})
		if got, _ := readSession(t, s, sessionRef(session)); got.Stage != directory.SessionFull {
			t.Errorf("stage %s", got.Stage)
		}
		commit(t, s, directory.DropSession{Session: session})
		refused(t, s, fault.Unauthenticated, directory.RaiseSession{Session: session})
		if _, ok := readSession(t, s, sessionRef(session)); ok {
			t.Error("the session came back")
		}
	}},
	{"a session is left for another once, and not after it ended", func(t *testing.T, s directory.Store) {
		session := newSession()
		refused(t, s, fault.Unauthenticated, directory.LeaveSession{Session: session})
		commit(t, s, directory.BeginSession{Session: session})
		commit(t, s, directory.LeaveSession{Session: session})
		refused(t, s, fault.Unauthenticated, directory.LeaveSession{Session: session})
	}},
	{"ending an ended session is no fault", func(t *testing.T, s directory.Store) {
		session := newSession()
		commit(t, s, directory.BeginSession{Session: session})
		commit(t, s, directory.DropSession{Session: session})
		commit(t, s, directory.DropSession{Session: session})
		if _, ok := readSession(t, s, sessionRef(session)); ok {
			t.Error("still there")
		}
	}},
	{"a challenge is answered once", func(t *testing.T, s directory.Store) {
		session := newSession()
		commit(t, s, directory.BeginSession{Session: session})
		commit(t, s, directory.UseChallenge{Session: session})
		refused(t, s, fault.CredentialsWrong, directory.UseChallenge{Session: session})
		refused(t, s, fault.Stale, directory.MissChallenge{Session: session})
	}},
	{"a ceremony is ended once", func(t *testing.T, s directory.Store) {
		ceremony := Filled[directory.Ceremony]()
		commit(t, s, directory.BeginCeremony{Ceremony: ceremony})
		commit(t, s, directory.UseCeremony{Ceremony: ceremony})
		refused(t, s, fault.CredentialsWrong, directory.UseCeremony{Ceremony: ceremony})
	}},
	{"wrong answers to a challenge are counted", func(t *testing.T, s directory.Store) {
		session := newSession()
		commit(t, s, directory.BeginSession{Session: session})
		commit(t, s, directory.MissChallenge{Session: session})
		commit(t, s, directory.MissChallenge{Session: session})
		session.Tries += 2
		got, _ := readSession(t, s, sessionRef(session))
		same(t, got, session)
	}},
	{"a session notes that it was used, and an ended one stays ended", func(t *testing.T, s directory.Store) {
		session := newSession()
		commit(t, s, directory.BeginSession{Session: session})
		session.LastSeenAt = now().Add(time.Minute)
		if err := s.Touch(t.Context(), session, session.LastSeenAt); err != nil {
			t.Fatal(err)
		}
		got, _ := readSession(t, s, sessionRef(session))
		same(t, got, session)
		commit(t, s, directory.DropSession{Session: session})
		if err := s.Touch(t.Context(), session, now()); err != nil {
			t.Fatal(err)
		}
		if _, ok := readSession(t, s, sessionRef(session)); ok {
			t.Error("the session came back")
		}
	}},
}

var links = []promise{
	{"a link that was not used is replaced", func(t *testing.T, s directory.Store) {
		for _, state := range []directory.LinkState{directory.LinkSent, directory.LinkExpired} {
			link := newLink()
			link.State = state
			commit(t, s, directory.PutLink{Link: link})
			replace := directory.ReplaceLink{Ref: linkRef(link), State: directory.LinkReplaced, At: now()}
			commit(t, s, replace)
			link.State, link.EndedAt, link.Revision = directory.LinkReplaced, replace.At, 2
			same(t, readLink(t, s, linkRef(link)), link)
			// Who read it before cannot use it any more.
			link.State, link.Revision = directory.LinkUsed, 1
			refused(t, s, fault.Stale, directory.PutLink{Link: link})
		}
	}},
	{"a link that was used stays used, and one that never was is not made", func(t *testing.T, s directory.Store) {
		link := newLink()
		link.State = directory.LinkUsed
		replace := directory.ReplaceLink{Ref: linkRef(link), State: directory.LinkReplaced, At: now()}
		refused(t, s, fault.Stale, replace)
		commit(t, s, directory.PutLink{Link: link})
		refused(t, s, fault.Stale, replace)
		link.Revision = 1
		same(t, readLink(t, s, linkRef(link)), link)
	}},
}

var outboxes = []promise{
	{"what may be in the outbox already is put there once more without a fault", func(t *testing.T, s directory.Store) {
		item := newOutboxItem()
		commit(t, s, directory.EnqueueOnce{Item: item})
		commit(t, s, directory.EnqueueOnce{Item: item})
		want := directory.Want{Outbox: []directory.OutboxRef{item.Ref()}}
		same(t, read(t, s, want).Outbox, map[directory.OutboxRef]directory.OutboxItem{item.Ref(): item})
	}},
	{"an item that is carried is forgotten, and nothing follows from it twice", func(t *testing.T, s directory.Store) {
		item := newOutboxItem()
		commit(t, s, directory.Enqueue{Item: item})
		commit(t, s, directory.Carried{Ref: item.Ref()})
		follows := newOutboxItem()
		refused(t, s, fault.Stale, directory.Carried{Ref: item.Ref()}, directory.Enqueue{Item: follows})
		if found := read(t, s, directory.Want{Outbox: []directory.OutboxRef{follows.Ref()}}); len(found.Outbox) > 0 {
			t.Error("it followed once more")
		}
		if found := read(t, s, directory.Want{Outbox: []directory.OutboxRef{item.Ref()}}); len(found.Outbox) > 0 {
			t.Error("still there")
		}
		refused(t, s, fault.Stale, directory.SendRound{Ref: item.Ref(), Was: item.DueAt(), Due: now()})
	}},
	{"an item that is sent round counts its rounds", func(t *testing.T, s directory.Store) {
		item := newOutboxItem()
		commit(t, s, directory.Enqueue{Item: item})
		commit(t, s, directory.SendRound{Ref: item.Ref(), Was: item.DueAt(), Due: now()})
		refused(t, s, fault.Stale, directory.SendRound{Ref: item.Ref(), Was: item.DueAt(), Due: now()}) // it goes one round at a time
		item.Rounds++
		want := directory.Want{Outbox: []directory.OutboxRef{item.Ref()}}
		same(t, read(t, s, want).Outbox, map[directory.OutboxRef]directory.OutboxItem{item.Ref(): item})
	}},
}
