package directory

import (
	"slices"
	"time"
)

// Outcome of an act, for the log.
type Outcome string

const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
)

// Entry is a line of the operation log (7.3): every act and every refusal. Written in the transaction of the act, and
// never again.
type Entry struct {
	ID           EntryID
	Organisation OrganisationID
	At           time.Time
	Actor        *Actor // nil for the service itself, as when a change expires
	Action       Action
	Outcome      Outcome
	Target       TargetID
	TargetName   string
	Change       ChangeID
	Differences  []Difference
	Policy       string // that refused
	Detail       string
	Address      string
	UserAgent    string
	Place        string // as the edge tells it; empty where unknown
}

// from notes where a request came from.
func (e *Entry) from(source Source) {
	e.UserAgent, e.Place = source.UserAgent, source.Place
	if source.Address.IsValid() {
		e.Address = source.Address.String()
	}
}

// EntryRef names an entry.
type EntryRef struct {
	Organisation OrganisationID
	ID           EntryID
}

// OperationFilter says which entries of the log are asked for. What is empty does not limit.
type OperationFilter struct {
	Target  TargetID // what the act was about
	Actor   UserID
	Actions []Action
	Outcome Outcome
	From    time.Time // the first moment
	Before  time.Time // the first moment after
}

// Admits tells whether an entry is one of those asked for.
func (f OperationFilter) Admits(e Entry) bool {
	return (f.Target == "" || e.Target == f.Target) &&
		(f.Actor == "" || e.Actor != nil && e.Actor.User == f.Actor) &&
		(len(f.Actions) == 0 || slices.Contains(f.Actions, e.Action)) &&
		(f.Outcome == "" || e.Outcome == f.Outcome) &&
		(f.From.IsZero() || !e.At.Before(f.From)) &&
		(f.Before.IsZero() || e.At.Before(f.Before))
}

// Picks tells whether the filter asks for more than a place in the log's order and what an act was about: then entries
// have to be looked at to be found.
func (f OperationFilter) Picks() bool {
	return f.Actor != "" || len(f.Actions) > 0 || f.Outcome != ""
}
