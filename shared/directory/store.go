package directory

import (
	"context"
	"errors"
	"time"
)

// ErrUnreadable is in the error of a read that found a record which says nothing that this version understands: it was
// damaged, or written by a version that there is no more. To read it again does not help.
var ErrUnreadable = errors.New("the record cannot be read")

// Store keeps the directory's records. Every method may fail with an error that is no fault: something behind it did
// not answer. Implementations are held to this contract by the suites of package store.
type Store interface {
	// Read fetches what is wanted in one consistent batch. What does not exist is not in what it found; that is no
	// error; a record that is there and cannot be read is one, with ErrUnreadable in it.
	Read(context.Context, Want) (Found, error)
	// Commit writes all effects or none. The faults it returns are each effect's own, as its type says.
	Commit(context.Context, ...Effect) error
	// Touch notes that a session was used. A session that has ended stays ended.
	Touch(context.Context, Session, time.Time) error

	// Users lists an organisation's users by id.
	Users(context.Context, OrganisationID, Page) ([]User, string, error)
	// After is the cursor of the page of Users that begins behind a user.
	After(UserID) string
	// Dormant lists an organisation's users that may sign in and have not since a moment (User.SeenAt), the longest first,
	// as of a moment ago: who signed in meanwhile may still be among them.
	Dormant(context.Context, OrganisationID, time.Time, Page) ([]UserID, string, error)
	// Search begins to list the users of an organisation that pass a filter. Until it returns it has read where they may
	// stand, and nothing of theirs; the page that it returns reads them. What is read for a page is bounded, so that one
	// may be short, or empty, and yet name a next. Walked to its end, a list has each user once that passed all the
	// while, in its order. A Cursor that is not of this list gives fault.Invalid on "cursor".
	Search(context.Context, OrganisationID, UserSearch) (UserPage, error)
	// Changes lists an organisation's changes, newest first; of one state where state is not empty.
	Changes(context.Context, OrganisationID, ChangeState, Page) ([]Change, string, error)
	// ServiceRequests lists an organisation's service requests, newest first; of one state where state is not empty, and
	// then pages may be shorter than their limit.
	ServiceRequests(context.Context, OrganisationID, RequestState, Page) ([]ServiceRequest, string, error)
	// ServiceRequestQueue lists all organisations' service requests of one state, newest first, as of a moment ago.
	ServiceRequestQueue(context.Context, RequestState, Page) ([]ServiceRequest, string, error)
	// Companies and Accounts list what an organisation has, by id.
	Companies(context.Context, OrganisationID, Page) ([]Company, string, error)
	Accounts(context.Context, OrganisationID, Page) ([]Account, string, error)
	// Contacts lists an organisation's contacts, those who are users among them, by id.
	Contacts(context.Context, OrganisationID, Page) ([]Contact, string, error)
	// Organisations lists the organisations whose names begin with a text, by name; with none, all of them.
	Organisations(ctx context.Context, name string, page Page) ([]Organisation, string, error)
	// KYCWaiting lists the cases of all organisations whose documents wait for a decision, by when they were handed in, as
	// of a moment ago.
	KYCWaiting(context.Context, Page) ([]KYCCase, string, error)
	// Admins lists an organisation's active admins, as of a moment ago.
	Admins(context.Context, OrganisationID) ([]User, error)
	// Sessions lists a user's sessions, ended ones among them until they are forgotten.
	Sessions(context.Context, OrganisationID, UserID, Page) ([]Session, string, error)
	// Links lists what was sent to a user, newest first.
	Links(context.Context, OrganisationID, UserID, Page) ([]Link, string, error)
	// Operations lists an organisation's log, newest first: the entries that the filter admits. Of a user's as of a moment
	// ago. A page may be short, or empty, and not the last one, where the filter picks.
	Operations(context.Context, OrganisationID, OperationFilter, Page) ([]Entry, string, error)
	// Entries lists the ids of an organisation's log, oldest first.
	Entries(context.Context, OrganisationID, Page) ([]EntryID, string, error)
	// Blocks lists an organisation's chain by position, from one on.
	Blocks(ctx context.Context, organisation OrganisationID, from, limit int) ([]Block, error)
	// Named lists the identities that go by a name: to sign in with, or as the address of their user (4.2).
	Named(ctx context.Context, name string) ([]Login, error)
	// Due lists what fell due before a moment, oldest first, at most so many. With an error it lists what it found beside
	// what that is about.
	Due(ctx context.Context, before time.Time, limit int) ([]Due, error)
	// Aside lists outbox items that were put aside, those that wait the longest first.
	Aside(ctx context.Context, limit int) ([]OutboxRef, error)
}

// Page is a part of a list: at most Limit items after the place that Cursor names. A Cursor that is not the store's
// own gives fault.Invalid on "cursor".
type Page struct {
	Limit  int
	Cursor string
}

// Due is a record whose time came.
type Due struct {
	At           time.Time
	Organisation OrganisationID
	Change       ChangeID // a change to expire, remind of, or apply
	User         UserID   // of whose certificates to warn; with Link: whose link expires
	Link         LinkID
	Outbox       *OutboxRef       // an outbox item that was not carried
	Request      ServiceRequestID // a service request to expire
}

// OutboxRef names an outbox item.
type OutboxRef struct {
	Organisation OrganisationID
	Kind         OutboxKind
	ID           string
}

// UserRef names a user.
type UserRef struct {
	Organisation OrganisationID
	ID           UserID
}

// ServiceRequestRef names a service request.
type ServiceRequestRef struct {
	Organisation OrganisationID
	ID           ServiceRequestID
}

// ChangeRef names a change.
type ChangeRef struct {
	Organisation OrganisationID
	ID           ChangeID
}

// TicketRef names a session: by whose it is and the hash of its secret.
type TicketRef struct {
	Organisation OrganisationID
	User         UserID
	Hash         string
}

// LinkRef names a link.
type LinkRef struct {
	Organisation OrganisationID
	User         UserID
	ID           LinkID
}

// AccountRef, CompanyRef and ContactRef name accounts, companies and contacts.
type (
	ContactRef struct {
		Organisation OrganisationID
		ID           ContactID
	}
	AccountRef struct {
		Organisation OrganisationID
		ID           AccountID
	}
	CompanyRef struct {
		Organisation OrganisationID
		ID           CompanyID
	}
)

// AddressRef names an e-mail address of an organisation's user.
type AddressRef struct {
	Organisation OrganisationID
	Address      string // folded
}

// RememberedRef names the answer to a request that came with an Idempotency-Key.
type RememberedRef struct {
	Organisation OrganisationID // the caller's own
	User         UserID
	Key          string
}

// Want says what to read. Empty references are passed over.
type Want struct {
	Organisations   []OrganisationID
	Users           []UserRef
	Addresses       []AddressRef
	Identities      []IdentityID
	Logins          []string // folded
	Phones          []string // E.164
	Changes         []ChangeRef
	Sessions        []TicketRef
	Links           []LinkRef
	Accounts        []AccountRef
	Companies       []CompanyRef
	Contacts        []ContactRef
	Remembered      []RememberedRef
	Tries           []TriesRef
	Ceremonies      []string // by their challenges
	KYCCases        []UserRef
	Outbox          []OutboxRef
	Heads           []OrganisationID // of chains
	Blocks          []BlockRef
	Marks           []EntryRef
	Digests         []EntryRef // of entries, over all that is stored of them
	ServiceRequests []ServiceRequestRef
}

// Found is what was read.
type Found struct {
	Organisations   map[OrganisationID]Organisation
	Users           map[UserRef]User
	Addresses       map[AddressRef]UserID // who holds an address, or will when an open change takes effect
	Identities      map[IdentityID]Identity
	Logins          map[string]Login
	Phones          map[string]Login
	Changes         map[ChangeRef]Change
	Sessions        map[TicketRef]Session
	Links           map[LinkRef]Link
	Accounts        map[AccountRef]Account
	Companies       map[CompanyRef]Company
	Contacts        map[ContactRef]Contact
	Remembered      map[RememberedRef]Remembered
	Tries           map[TriesRef]Tries
	Ceremonies      map[string]Ceremony
	KYCCases        map[UserRef]KYCCase
	Outbox          map[OutboxRef]OutboxItem
	Heads           map[OrganisationID]Head
	Blocks          map[BlockRef]Block
	Marks           map[EntryRef]int // the block that an entry is sealed in
	Digests         map[EntryRef]string
	ServiceRequests map[ServiceRequestRef]ServiceRequest
}

// Remembered is what a request with an Idempotency-Key did, so that its repetition answers the same and does nothing.
type Remembered struct {
	Ref         RememberedRef
	Fingerprint string
	Resource    string // the id of what it was about
	Change      ChangeID
	// Sealed is the fingerprint and the answer where one of them tells a secret; the fields above are empty then.
	Sealed string
	At     time.Time
}

// TriesRef names the count of failed sign-ins of a name, from one network or, where Network is empty, from all.
type TriesRef struct {
	Name    string // folded
	Network string
}

// Tries counts failed sign-ins within a window (5.6).
type Tries struct {
	Ref      TriesRef
	Failures int
	Since    time.Time
	// Familiar networks have seen a successful sign-in under the name: attackers elsewhere do not lock them out.
	Familiar bool
	// Last is the Idempotency-Key of the request that was counted last, if it had one: sent again it is no other (10.1).
	Last     string
	Revision int
}
