package api

import (
	"net/http"
	"time"
)

// Change is a change as clients see it.
type Change struct {
	ID           string       `json:"id"`
	Organisation string       `json:"organisation"`
	Act          string       `json:"act"`
	Target       Person       `json:"target"`
	Requester    Person       `json:"requester"`
	Approver     *Person      `json:"approver,omitempty"`
	Request      string       `json:"request,omitempty" doc:"The service request that it was made of."`
	State        string       `json:"state" enum:"awaitingStepUp,awaitingApproval,propagating,effective,rejected,cancelled,expired,failed"`
	Digest       string       `json:"digest" doc:"What a confirmation or an approval is bound to: a hash over before, after and the target's version."`
	Diff         []Difference `json:"diff" nullable:"false"`
	Reason       string       `json:"reason,omitempty" doc:"Of a rejection or a cancellation, in a person's words."`
	Cause        string       `json:"cause,omitempty" enum:"conflict,requesterLostAccess,superseded,taken" doc:"Why the service ended the change."`
	CreatedAt    time.Time    `json:"createdAt"`
	ExpiresAt    time.Time    `json:"expiresAt"`
	EffectiveAt  *time.Time   `json:"effectiveAt,omitempty"`
	Timeline     []Event      `json:"timeline" nullable:"false"`
}

// Event is a step of a change's timeline.
type Event struct {
	At     time.Time `json:"at"`
	State  string    `json:"state"`
	What   string    `json:"what"`
	By     *Person   `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// ChangeAnswer answers reads and decisions.
type ChangeAnswer struct {
	ETag string `header:"ETag"`
	Body Change
}

// SettledAnswer answers decisions: the change as it is now, and its user.
type SettledAnswer struct {
	ETag string `header:"ETag"`
	Body struct {
		Change Change `json:"change"`
		User   *User  `json:"user,omitempty" doc:"Absent where nothing is left of it, and where the change is not about one user."`
	}
}

// ChangePath names a change in a path.
type ChangePath struct {
	ChangeID string `path:"changeId" maxLength:"80"`
}

// ProofInput authenticates a change.
type ProofInput struct {
	ChangePath
	Body struct {
		Digest string `json:"digest" maxLength:"128" doc:"The change's digest as you saw it."`
		Method string `json:"method" enum:"totp,passkey"`
		Given
	}
}

// RejectInput is rejectChange's.
type RejectInput struct {
	ChangePath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" example:"Not agreed with the account holder."`
	}
}

// CancelInput is cancelChange's.
type CancelInput struct {
	ChangePath
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

// ListChangesInput is listChanges'.
type ListChangesInput struct {
	Page
	State string `query:"state" enum:"awaitingStepUp,awaitingApproval,propagating,effective,rejected,cancelled,expired,failed"`
}

// Operations on changes.
var (
	ListChanges = declare[ListChangesInput, Listed[Change]](Endpoint{
		ID: "listChanges", Method: http.MethodGet, Path: "/v1/changes", Function: Changes, Tag: "changes",
		Summary: "List the organisation's changes, newest first.",
	})
	GetChange = declare[ChangePath, ChangeAnswer](Endpoint{
		ID: "getChange", Method: http.MethodGet, Path: "/v1/changes/{changeId}", Function: Changes, Tag: "changes",
		Summary: "Read a change with its timeline.",
	})
	ConfirmChange = declare[ProofInput, SettledAnswer](Endpoint{
		ID: "confirmChange", Method: http.MethodPost, Path: "/v1/changes/{changeId}/confirm", Function: Changes, Tag: "changes", Conditional: true,
		Summary: "Authenticate a change that one asked for.",
	})
	ChallengeChange = declare[ChangePath, InvitationAnswer](Endpoint{
		ID: "challengeChange", Method: http.MethodPost, Path: "/v1/changes/{changeId}/challenge", Function: Changes, Tag: "changes", Conditional: true,
		Summary: "Ask for a passkey's challenge to confirm or approve a change with. It is bound to the change's digest.",
	})
	ApproveChange = declare[ProofInput, SettledAnswer](Endpoint{
		ID: "approveChange", Method: http.MethodPost, Path: "/v1/changes/{changeId}/approve", Function: Changes, Tag: "changes", Conditional: true,
		Summary: "Approve a change that another admin asked for.",
	})
	RejectChange = declare[RejectInput, SettledAnswer](Endpoint{
		ID: "rejectChange", Method: http.MethodPost, Path: "/v1/changes/{changeId}/reject", Function: Changes, Tag: "changes", Conditional: true,
		Summary: "Reject a change that another admin asked for.",
	})
	CancelChange = declare[CancelInput, SettledAnswer](Endpoint{
		ID: "cancelChange", Method: http.MethodPost, Path: "/v1/changes/{changeId}/cancel", Function: Changes, Tag: "changes", Conditional: true,
		Summary: "Take back a change that one asked for.",
	})
)
