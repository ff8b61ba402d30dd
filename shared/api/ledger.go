package api

import (
	"net/http"
	"strings"
	"time"

	"mandate/shared/table"
)

// LogEntry is a line of the operation log.
type LogEntry struct {
	ID        string       `json:"id"`
	At        time.Time    `json:"at"`
	Actor     *Person      `json:"actor,omitempty" doc:"Absent where the service itself did it, and where nobody had proven yet who they are."`
	Act       string       `json:"act"`
	Outcome   string       `json:"outcome" enum:"done,refused"`
	User      *Person      `json:"user,omitempty" doc:"Whom the act was about."`
	Change    string       `json:"change,omitempty"`
	Diff      []Difference `json:"diff" nullable:"false"`
	Policy    string       `json:"policy,omitempty" doc:"The policy that refused."`
	Detail    string       `json:"detail,omitempty" translated:"" doc:"A code, what somebody gave as a reason, or the policy's own words, in the reader's language."`
	Address   string       `json:"address,omitempty"`
	Device    string       `json:"device" enum:"desktop,mobile,tablet,bot,unknown"`
	Place     string       `json:"place,omitempty"`
	UserAgent string       `json:"userAgent,omitempty"`
}

// Fields are the entry as a line of a table.
func (e LogEntry) Fields() []table.Field {
	var actor, user Person
	if e.Actor != nil {
		actor = *e.Actor
	}
	if e.User != nil {
		user = *e.User
	}
	differences := make([]string, len(e.Diff))
	for i, one := range e.Diff {
		differences[i] = one.Field + ": " + one.Before + " → " + one.After
	}
	return []table.Field{
		{Name: "id", Value: e.ID}, {Name: "at", Value: table.Moment(e.At)},
		{Name: "actor", Value: actor.ID}, {Name: "actorName", Value: actor.Name}, {Name: "actorKind", Value: actor.Kind},
		{Name: "act", Value: e.Act}, {Name: "outcome", Value: e.Outcome},
		{Name: "user", Value: user.ID}, {Name: "userName", Value: user.Name},
		{Name: "change", Value: e.Change}, {Name: "diff", Value: strings.Join(differences, "\n")},
		{Name: "policy", Value: e.Policy}, {Name: "detail", Value: e.Detail},
		{Name: "address", Value: e.Address}, {Name: "device", Value: e.Device}, {Name: "place", Value: e.Place},
		{Name: "userAgent", Value: e.UserAgent},
	}
}

// SignInAttempt is a line of a user's sign-in history.
type SignInAttempt struct {
	At        time.Time `json:"at"`
	Result    string    `json:"result" enum:"signedIn,refused"`
	Reason    string    `json:"reason,omitempty" doc:"Why it was refused. Who tried was told no more than that the details are wrong."`
	Address   string    `json:"address,omitempty"`
	Device    string    `json:"device" enum:"desktop,mobile,tablet,bot,unknown"`
	Place     string    `json:"place,omitempty"`
	UserAgent string    `json:"userAgent,omitempty"`
}

// Fields are the attempt as a line of a table.
func (a SignInAttempt) Fields() []table.Field {
	return []table.Field{
		{Name: "at", Value: table.Moment(a.At)}, {Name: "result", Value: a.Result}, {Name: "reason", Value: a.Reason},
		{Name: "address", Value: a.Address}, {Name: "device", Value: a.Device}, {Name: "place", Value: a.Place},
		{Name: "userAgent", Value: a.UserAgent},
	}
}

// ListOperationsInput is listOperations'.
type ListOperationsInput struct {
	Page
	Export
	User    string `query:"user" maxLength:"64" doc:"Whom the act was about."`
	Actor   string `query:"actor" maxLength:"64"`
	Act     string `query:"act" maxLength:"64"`
	Outcome string `query:"outcome" enum:"done,refused"`
	From    string `query:"from" maxLength:"40" doc:"The first day, of UTC, or the first moment, RFC 3339."`
	To      string `query:"to" maxLength:"40" doc:"The last day, of UTC, or the last moment, RFC 3339."`
}

// ListOfUserInput is that of lists of one user.
type ListOfUserInput struct {
	UserPath
	Page
	Export
}

// ListMineInput is that of lists of one's own.
type ListMineInput struct {
	Page
	Export
}

// VerifyOperationsInput is verifyOperations'.
type VerifyOperationsInput struct {
	Cursor string `query:"cursor" maxLength:"400" doc:"Where to go on: the answer's next of the stretch before."`
}

// Finding is one thing that is wrong with the log.
type Finding struct {
	Kind     string `json:"kind" enum:"altered,removed,reordered,inserted,unsealed"`
	Entry    string `json:"entry,omitempty" doc:"Absent where the chain itself was tampered with."`
	Sequence int    `json:"sequence,omitempty" doc:"The place in the chain."`
	Count    int    `json:"count,omitempty" doc:"How many places are concerned, where they are more than one."`
}

// Chain is where the log's chain ends.
type Chain struct {
	Sequence int        `json:"sequence" doc:"How many entries are sealed."`
	Hash     string     `json:"hash" doc:"Of the last block, and through it of all. Keep it: a log that was set back as a whole ends otherwise."`
	SealedAt *time.Time `json:"sealedAt,omitempty"`
}

// VerificationAnswer is what was found out about a stretch of the log.
type VerificationAnswer struct {
	Body struct {
		Verified bool      `json:"verified" doc:"Nothing is wrong with this stretch. The log is verified when every stretch is."`
		Checked  int       `json:"checked"`
		Pending  int       `json:"pending" doc:"Entries of the last minutes that are not sealed yet."`
		UpTo     Chain     `json:"upTo"`
		Problems []Finding `json:"problems" nullable:"false"`
		Next     string    `json:"next,omitempty" doc:"Where to go on; absent when all of the log was verified."`
	}
}

// Operations on the operation log.
var (
	ListOperations = declare[ListOperationsInput, Tabled[LogEntry]](Endpoint{
		ID: "listOperations", Method: http.MethodGet, Path: "/v1/operations", Function: Ledger, Tag: "operations",
		Summary: "List the organisation's operation log, newest first. With a filter a page may be short: go on while there is a next.",
	})
	VerifyOperations = declare[VerifyOperationsInput, VerificationAnswer](Endpoint{
		ID: "verifyOperations", Method: http.MethodGet, Path: "/v1/operations/verification", Function: Ledger, Tag: "operations",
		Summary: "Verify that no entry of the log was altered, removed, reordered or inserted.",
	})
	ListUserOperations = declare[ListOfUserInput, Tabled[LogEntry]](Endpoint{
		ID: "listUserOperations", Method: http.MethodGet, Path: "/v1/users/{userId}/operations", Function: Ledger, Tag: "operations",
		Summary: "List what was done to a user, newest first.",
	})
	ListUserSignIns = declare[ListOfUserInput, Tabled[SignInAttempt]](Endpoint{
		ID: "listUserSignIns", Method: http.MethodGet, Path: "/v1/users/{userId}/sign-ins", Function: Ledger, Tag: "operations",
		Summary: "List a user's attempts to sign in, newest first.",
	})
	ListMySignIns = declare[ListMineInput, Tabled[SignInAttempt]](Endpoint{
		ID: "listMySignIns", Method: http.MethodGet, Path: "/v1/me/sign-ins", Function: Ledger, Tag: "account",
		Summary: "List one's own attempts to sign in, newest first.",
	})
)
