package api

import (
	"io"
	"time"

	"mandate/shared/table"
)

// Page is what lists take.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items a page has."`
	Cursor string `query:"cursor" maxLength:"400" doc:"Where the page begins: the answer's next of the page before."`
}

// List is what lists answer.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"The next page's cursor; absent on the last page."`
}

// Listed is a list as an answer.
type Listed[T any] struct {
	Body List[T]
}

// Export is what lists take that are had as a table as well.
type Export struct {
	Accept string `header:"Accept" hidden:"true"`
}

// Rows is how many items a page has where it is had as a table: an export wants few pages, and an answer has its bounds.
const Rows = 1000

// Tabled is a list that is answered as CSV to who accepts that. Its Link names the next page, as the body cannot.
type Tabled[T table.Row] struct {
	Link string `header:"Link" doc:"The next page, as rel=next; absent on the last one."`
	Body Table[T]
}

func (Tabled[T]) tabled() {}

// Table is a list whose items are rows.
type Table[T table.Row] List[T]

// ContentType is what the list comes as, where it was asked for as negotiated.
func (Table[T]) ContentType(negotiated string) string {
	if negotiated == table.MediaType {
		return table.ContentType
	}
	return negotiated
}

// WriteTable writes the items as CSV.
func (t Table[T]) WriteTable(w io.Writer) error { return table.Write(w, t.Items) }

// Empty is an answer without a body.
type Empty struct{}

// None is an input without anything.
type None struct{}

// Name of a person.
type Name struct {
	First string `json:"first" maxLength:"100" example:"Nina"`
	Last  string `json:"last,omitempty" maxLength:"100" example:"Strand"`
}

// Person is who did something, or to whom.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind,omitempty"`
}

// Difference is a field that changes, as people read it.
type Difference struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Translated is the tag of a field of an output that holds a text of the service's own. Package httpapi writes it in the
// reader's language (8.1), but for what its Own says is an organisation's own: that stays as it was written.
const Translated = "translated"

// Warning is a segregation of duties that a grant would break; it is told, not refused (2.6).
type Warning struct {
	Code   string `json:"code"`
	Detail string `json:"detail" translated:""`
}

// moment is a time that may be absent.
func Moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	utc := at.UTC()
	return &utc
}
