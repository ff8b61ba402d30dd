package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// Contract holds a store to what directory.Store and each directory.Effect say. Open may return the same store every
// time: every test has data of its own.
func Contract(t *testing.T, open func(*testing.T) directory.Store) {
	run(t, open, reads, records, commits, names, counts, sessions, links, outboxes, lists, cursors, due, ledger, searches)
}

// promise is one line of the contract, and the test of it.
type promise struct {
	says string
	test func(*testing.T, directory.Store)
}

func run(t *testing.T, open func(*testing.T) directory.Store, chapters ...[]promise) {
	for _, chapter := range chapters {
		for _, one := range chapter {
			t.Run(one.says, func(t *testing.T) {
				t.Parallel()
				one.test(t, open(t))
			})
		}
	}
}

// commit writes effects against which nothing stands.
func commit(t *testing.T, s directory.Store, effects ...directory.Effect) {
	t.Helper()
	if err := s.Commit(t.Context(), effects...); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

// refused tries to write effects that must come to a fault.
func refused(t *testing.T, s directory.Store, code fault.Code, effects ...directory.Effect) *fault.Fault {
	t.Helper()
	err := s.Commit(t.Context(), effects...)
	found, ok := fault.As(err)
	if !ok || found.Code != code {
		t.Fatalf("commit: %v, want the fault %s", err, code)
	}
	return found
}

func read(t *testing.T, s directory.Store, want directory.Want) directory.Found {
	t.Helper()
	found, err := s.Read(t.Context(), want)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return found
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func readUser(t *testing.T, s directory.Store, ref directory.UserRef) (directory.User, bool) {
	t.Helper()
	user, ok := read(t, s, directory.Want{Users: []directory.UserRef{ref}}).Users[ref]
	return user, ok
}

func readOrganisation(t *testing.T, s directory.Store, id directory.OrganisationID) directory.Organisation {
	t.Helper()
	return read(t, s, directory.Want{Organisations: []directory.OrganisationID{id}}).Organisations[id]
}

func readSession(t *testing.T, s directory.Store, ref directory.TicketRef) (directory.Session, bool) {
	t.Helper()
	session, ok := read(t, s, directory.Want{Sessions: []directory.TicketRef{ref}}).Sessions[ref]
	return session, ok
}

func readLink(t *testing.T, s directory.Store, ref directory.LinkRef) directory.Link {
	t.Helper()
	return read(t, s, directory.Want{Links: []directory.LinkRef{ref}}).Links[ref]
}

func readTries(t *testing.T, s directory.Store, ref directory.TriesRef) directory.Tries {
	t.Helper()
	return read(t, s, directory.Want{Tries: []directory.TriesRef{ref}}).Tries[ref]
}

// newUser is a user of an organisation, with every field filled, that was not written yet.
func newUser(organisation directory.OrganisationID) directory.User {
	user := Filled[directory.User]()
	user.ID, user.Organisation = directory.UserID(NewID(directory.PrefixUser)), organisation
	user.Kind, user.Status, user.Revision = directory.KindRegular, directory.StatusActive, 0
	return user
}

func newSession() directory.Session {
	session := Filled[directory.Session]()
	session.Organisation, session.User = NewOrganisation(), directory.UserID(NewID(directory.PrefixUser))
	return session
}

func newLink() directory.Link {
	link := Filled[directory.Link]()
	link.Organisation, link.User = NewOrganisation(), directory.UserID(NewID(directory.PrefixUser))
	link.ID, link.State, link.Revision = directory.LinkID(NewID(directory.PrefixLink)), directory.LinkSent, 0
	return link
}

func newChange(organisation directory.OrganisationID, state directory.ChangeState) directory.Change {
	change := Filled[directory.Change]()
	change.ID, change.Organisation = directory.ChangeID(NewID(directory.PrefixChange)), organisation
	change.State, change.Revision = state, 0
	return change
}

func newServiceRequest(organisation directory.OrganisationID, state directory.RequestState) directory.ServiceRequest {
	request := Filled[directory.ServiceRequest]()
	request.ID = directory.ServiceRequestID(NewID(directory.PrefixServiceRequest) + "_" + string(organisation))
	request.Organisation, request.State, request.Revision = organisation, state, 0
	return request
}

func newOrganisation(admins int, control directory.ChangeControl) directory.Organisation {
	organisation := Filled[directory.Organisation]()
	organisation.ID, organisation.Version, organisation.ActiveAdmins = NewOrganisation(), 0, admins
	organisation.Settings.ChangeControl = control
	return organisation
}

func newOutboxItem() directory.OutboxItem {
	item := Filled[directory.OutboxItem]()
	item.Organisation, item.Kind = NewOrganisation(), directory.OutboxMail
	return item
}

func newTries() directory.Tries {
	tries := Filled[directory.Tries]()
	tries.Revision = 0
	return tries
}

func userRef(u directory.User) directory.UserRef {
	return directory.UserRef{Organisation: u.Organisation, ID: u.ID}
}

func sessionRef(s directory.Session) directory.TicketRef {
	return directory.TicketRef{Organisation: s.Organisation, User: s.User, Hash: s.Hash}
}

func linkRef(l directory.Link) directory.LinkRef {
	return directory.LinkRef{Organisation: l.Organisation, User: l.User, ID: l.ID}
}

// putUser writes a user of whom no list is asked.
func putUser(u directory.User) directory.Effect {
	return directory.PutUser{User: u, Was: directory.User{Revision: u.Revision}}
}
