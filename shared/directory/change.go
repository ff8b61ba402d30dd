package directory

import (
	"time"

	"mandate/shared/fault"
)

// ChangeState is where a change stands on its way.
type ChangeState string

const (
	StateAwaitingStepUp   ChangeState = "awaitingStepUp"
	StateAwaitingApproval ChangeState = "awaitingApproval"
	StatePropagating      ChangeState = "propagating"
	StateEffective        ChangeState = "effective"
	StateRejected         ChangeState = "rejected"
	StateCancelled        ChangeState = "cancelled"
	StateExpired          ChangeState = "expired"
	StateFailed           ChangeState = "failed"
)

// Word is the state as people are told it.
func (s ChangeState) Word() fault.Word { return fault.Word(s) }

// Open tells whether the change still waits for something.
func (s ChangeState) Open() bool {
	return s == StateAwaitingStepUp || s == StateAwaitingApproval || s == StatePropagating
}

// waits tells whether the change is to be decided about yet.
func (s ChangeState) waits() bool { return s == StateAwaitingStepUp || s == StateAwaitingApproval }

// Cause is why the service itself ended a change.
type Cause string

const (
	CauseConflict            Cause = "conflict"            // its target moved underneath it (3.8)
	CauseRequesterLostAccess Cause = "requesterLostAccess" // (3.9)
	CauseSuperseded          Cause = "superseded"          // by a deactivation (3.5)
	CauseTaken               Cause = "taken"               // a name that it would have taken is another's by now
)

// Actor is who did something, with the name as it was then.
type Actor struct {
	Organisation OrganisationID `json:"organisation"` // the actor's own: operators act in others
	User         UserID         `json:"user"`
	Name         string         `json:"name"`
	Kind         Kind           `json:"kind"`
}

// Snapshot is what a change is about at one moment: of a user its administered part, its status, its second factor and
// its certificates; of an account whom it is assigned to; of a contact its details; of a role all of it.
type Snapshot struct {
	Kind         Kind            `json:"kind"`
	Status       Status          `json:"status"`
	SecondFactor bool            `json:"secondFactor"`
	Owner        bool            `json:"owner,omitempty"`
	Profile      Profile         `json:"profile"`
	Certificates []Certificate   `json:"certificates,omitempty"` // in the order they were added
	Assignment   *Assignment     `json:"assignment,omitempty"`
	Contact      *ContactDetails `json:"contact,omitempty"`
	// Credentials is how many the user has. Credential is the one that the change is about, with the number of its secret;
	// OverlapHours for how long the secret before it holds yet; ValidUntil when a new one ends, zero for never.
	Credentials  int          `json:"credentials,omitempty"`
	Credential   string       `json:"credential,omitempty"`
	OverlapHours int          `json:"overlapHours,omitempty"`
	ValidUntil   time.Time    `json:"validUntil"`
	Role         *Role        `json:"role,omitempty"`
	Business     *Business    `json:"business,omitempty"`   // of a client who is created; afterwards it is the client's to tell
	FormerOwner  *FormerOwner `json:"formerOwner,omitzero"` // who is the owner no more, where the change names another
}

// Assignment gives an account to many users (1.9).
type Assignment struct {
	Account     AccountID `json:"account"`
	AccountName string    `json:"accountName"`
	Users       []Holder  `json:"users"`
}

// Holder is a user that an account is assigned to, with the name that was shown.
type Holder struct {
	ID   UserID `json:"id"`
	Name string `json:"name"`
}

// Event is a step of a change's timeline (3.12).
type Event struct {
	At     time.Time   `json:"at"`
	State  ChangeState `json:"state"`
	What   string      `json:"what"` // asked, confirmed, approved, rejected, cancelled, withdrawn, expired, reminded, applied, failed
	By     *Actor      `json:"by,omitempty"`
	Reason string      `json:"reason,omitempty"`
}

// Change is one administrative act on its way: asked for, authenticated, approved, propagated, effective (3.1).
type Change struct {
	ID           ChangeID
	Organisation OrganisationID
	Act          Act
	Target       TargetID
	TargetName   string
	Requester    Actor
	// RequesterVersion is the requester's, and OrganisationVersion the organisation's, when the requester was last found
	// entitled: while both stay, so does the entitlement (3.9). What the organisation's own roles give, and how far its
	// settings let one go, moves its version.
	RequesterVersion    int
	OrganisationVersion int
	State               ChangeState
	Before              *Snapshot // nil where the target is new
	After               Snapshot
	// BaseVersion is the target's, to which step-up and approval are bound (3.3).
	BaseVersion int
	Digest      string
	CreatedAt   time.Time
	ExpiresAt   time.Time // of the wait for a decision
	EffectiveAt time.Time // zero until decided
	Approver    *Actor
	Reason      string // of a rejection or a cancellation, in a person's words
	Cause       Cause  // of a failure, or of a cancellation by the service
	Reminded    bool
	Timeline    []Event
	// Reserved is what the change took when it was asked for; Releases what it frees when it takes effect (3.8).
	Reserved []Reservation
	Releases []Reservation
	// Credential is the id of the one that the change is about. Issue is one whose new secret waits to be in force; nothing
	// is left of it where the change comes to nothing (6.1). Never shown.
	Credential string
	Issue      *Credential
	// RequesterEmail and RequesterLanguage are where the outcome is told (3.12).
	RequesterEmail    string
	RequesterLanguage string
	// Request is the service request that the change was made of (1.5); empty where there was none.
	Request ServiceRequestID
	// TaskToken is what the execution waits with; empty until it does. Never shown.
	TaskToken string
	Revision  int
}

// expired tells whether the time to decide about the change has passed (3.4).
func (c Change) expired(now time.Time) bool { return c.State.waits() && !now.Before(c.ExpiresAt) }
