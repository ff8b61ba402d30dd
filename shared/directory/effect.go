package directory

import "time"

// Effect is one thing that a commit writes. All effects of a commit are written, or none; what stands against one of
// them is its own fault. Effects are data, so that a plan can be shown before it is written (3.11).
type Effect interface{ effect() }

// Revisions: a record with Revision 0 is new and must not exist; any other must stand at that revision, and goes up
// by one. What moved underneath is fault.Stale, and the act starts again from its read.
type (
	// PutOrganisation writes an organisation as it is; of its ActiveAdmins only a new one's count.
	PutOrganisation struct{ Organisation Organisation }
	// PutCompany and PutAccount write new ones.
	PutCompany struct{ Company Company }
	PutAccount struct{ Account Account }
	// PutUser writes a user. Was is the user as it was read, so that it leaves the lists that it is no longer of; the zero
	// User where it is new.
	PutUser struct{ User, Was User }
	// NoteSignIn notes that a user signed in. It changes nothing that others decide on, and so never waits for them: who
	// writes the user at the same time starts again.
	NoteSignIn struct {
		User UserRef
		At   time.Time
	}
	// DropUser forgets a user, as it was read.
	DropUser struct{ User User }
	// PutIdentity writes an identity.
	PutIdentity struct{ Identity Identity }
	// DropIdentity forgets an identity that is nobody's user any more.
	DropIdentity struct{ Identity Identity }
	// PutContact writes a contact, DropContact forgets one.
	PutContact  struct{ Contact Contact }
	DropContact struct{ Contact Contact }
	// PutUserContact and DropUserContact write and forget the contact that a user is, whatever was there: with the user,
	// whose revision guards both.
	PutUserContact  struct{ Contact Contact }
	DropUserContact struct{ Contact Contact }
	// PutChange writes a change.
	PutChange struct{ Change Change }
	// BeginSession writes a new session.
	BeginSession struct{ Session Session }
	// RaiseSession writes a session that went a stage further; one that ended meanwhile is fault.Unauthenticated.
	RaiseSession struct{ Session Session }
	// DropSession ends a session. Ending an ended one is no fault.
	DropSession struct{ Session Session }
	// LeaveSession ends a session for another that takes its place; one that ended meanwhile is fault.Unauthenticated.
	LeaveSession struct{ Session Session }
	// UseChallenge ends a challenge that must still be there: a second answer to it is fault.CredentialsWrong.
	UseChallenge struct{ Session Session }
	// MissChallenge counts a wrong answer to a challenge.
	MissChallenge struct{ Session Session }
	// BeginCeremony writes a new one; UseCeremony ends one that must still be there: a second answer to it is
	// fault.CredentialsWrong.
	BeginCeremony struct{ Ceremony Ceremony }
	UseCeremony   struct{ Ceremony Ceremony }
	// PutKYCCase writes a case of identity checks.
	PutKYCCase struct{ Case KYCCase }
	// PutServiceRequest writes a service request.
	PutServiceRequest struct{ Request ServiceRequest }
	// PutLink writes a link.
	PutLink struct{ Link Link }
	// ReplaceLink ends a link that was not used; one that had expired counts as ended this way from then on.
	ReplaceLink struct {
		Ref   LinkRef
		State LinkState
		At    time.Time
	}
)

// ReservationKind is what a reservation is of.
type ReservationKind string

const (
	// ReserveLogin is of a name to sign in with, on the platform; what it reserves is the Login look-up itself.
	ReserveLogin ReservationKind = "login"
	// ReserveEmail is of an e-mail address in an organisation.
	ReserveEmail ReservationKind = "email"
	// ReservePhone is of a phone number, on the platform (1.3).
	ReservePhone ReservationKind = "phone"
)

// Reservation keeps a name for one user, from the moment that its creation is asked for (invariant 7).
type Reservation struct {
	Kind         ReservationKind `json:"kind"`
	Name         string          `json:"name"`  // folded
	Field        string          `json:"field"` // the request's field that it came from, for the fault
	Organisation OrganisationID  `json:"organisation"`
	User         UserID          `json:"user"`
	Identity     IdentityID      `json:"identity"`
}

type (
	// Reserve takes a name; one that is another's is fault.Invalid on the reservation's field, rule "taken".
	Reserve struct{ Reservation Reservation }
	// Release frees a name that is the user's. One that is not its own stays.
	Release struct{ Reservation Reservation }
	// PutName writes whose a name is that several users of one identity may go by: a name to sign in with, or a phone
	// number. A name that has no members any more is free.
	PutName struct {
		Kind  ReservationKind
		Login Login
	}
	// PointTo notes the address by which an identity can be found that signs in by another name (4.2).
	PointTo struct {
		Address string // folded
		Login   Login
	}
	// UnpointTo forgets it.
	UnpointTo struct {
		Address  string
		Identity IdentityID
	}
)

type (
	// MoveAdmins adds to the organisation's count of active admins; fewer than AtLeast is fault.TooFewAdmins (3.10).
	MoveAdmins struct {
		Organisation OrganisationID
		By           int
		AtLeast      int
	}
	// Expect asks that a user is as it was read: active and at that version. Otherwise fault.Stale.
	Expect struct {
		User    UserRef
		Version int
	}
	// Log appends to the operation log.
	Log struct{ Entry Entry }
	// MoveHead writes where a chain ends, which must have been sealed as far as From; otherwise fault.Stale.
	MoveHead struct {
		Head Head
		From int
	}
	// PutBlock writes a new block of a chain.
	PutBlock struct{ Block Block }
	// MarkEntry notes the block that an entry is sealed in; one that is noted already is fault.Stale.
	MarkEntry struct {
		Entry EntryRef
		Block int
	}
	// Enqueue puts into the outbox.
	Enqueue struct{ Item OutboxItem }
	// EnqueueOnce puts into the outbox what may be there already, which is no fault.
	EnqueueOnce struct{ Item OutboxItem }
	// Remember keeps the answer to a request with an Idempotency-Key; one that is there is fault.Stale.
	Remember struct{ Remembered Remembered }
	// PutTries writes a count of failures. Counts are not lost to a race: guessing in parallel gains nothing.
	PutTries struct{ Tries Tries }
	// Befriend forgets a network's failures and makes it familiar.
	Befriend struct {
		Ref TriesRef
		At  time.Time
	}
)

// Effects on the outbox, of those who carry it.
type (
	// Carried forgets an outbox item that is done. One that is gone was carried by somebody else: what follows from it is
	// not done again, and the fault is stale.
	Carried struct{ Ref OutboxRef }
	// SendRound lets the stream show an outbox item again. One that is done meanwhile, or is due at another time than it was
	// listed at, is fault.Stale: what lists it is behind, and would send it on all its rounds at once.
	SendRound struct {
		Ref OutboxRef
		Was time.Time // when it was due
		Due time.Time // when to look again
	}
	// PutAside keeps an outbox item that is not to go round any more. One that is done meanwhile, or put aside, or due at
	// another time than it was listed at, is fault.Stale.
	PutAside struct {
		Ref OutboxRef
		Was time.Time // when it was due
	}
	// Recall lets an item that was put aside go round again, as if for the first time; any other is fault.Stale.
	Recall struct {
		Ref OutboxRef
		Due time.Time
	}
)

func (PutOrganisation) effect()   {}
func (PutCompany) effect()        {}
func (PutAccount) effect()        {}
func (PutUser) effect()           {}
func (NoteSignIn) effect()        {}
func (DropUser) effect()          {}
func (PutIdentity) effect()       {}
func (DropIdentity) effect()      {}
func (PutContact) effect()        {}
func (DropContact) effect()       {}
func (PutUserContact) effect()    {}
func (DropUserContact) effect()   {}
func (PutChange) effect()         {}
func (BeginSession) effect()      {}
func (RaiseSession) effect()      {}
func (DropSession) effect()       {}
func (LeaveSession) effect()      {}
func (UseChallenge) effect()      {}
func (MissChallenge) effect()     {}
func (BeginCeremony) effect()     {}
func (UseCeremony) effect()       {}
func (PutKYCCase) effect()        {}
func (PutLink) effect()           {}
func (ReplaceLink) effect()       {}
func (Reserve) effect()           {}
func (Release) effect()           {}
func (PutName) effect()           {}
func (PointTo) effect()           {}
func (UnpointTo) effect()         {}
func (MoveAdmins) effect()        {}
func (Expect) effect()            {}
func (Log) effect()               {}
func (MoveHead) effect()          {}
func (PutBlock) effect()          {}
func (MarkEntry) effect()         {}
func (Enqueue) effect()           {}
func (EnqueueOnce) effect()       {}
func (Remember) effect()          {}
func (PutTries) effect()          {}
func (Befriend) effect()          {}
func (Carried) effect()           {}
func (SendRound) effect()         {}
func (PutAside) effect()          {}
func (Recall) effect()            {}
func (PutServiceRequest) effect() {}
