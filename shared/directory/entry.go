package directory

import "time"

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
}
