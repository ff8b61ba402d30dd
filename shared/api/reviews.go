package api

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mandate/shared/table"
)

// ReviewInput is that of reviews.
type ReviewInput struct {
	Page
	Export
}

// AccessRow is what a user can do, on each of its accounts alike.
type AccessRow struct {
	User        Person   `json:"user"`
	Email       string   `json:"email"`
	Status      string   `json:"status" doc:"Who is not active can do nothing."`
	AllAccounts bool     `json:"allAccounts" doc:"Every account of the organisation, also those opened later."`
	Accounts    []string `json:"accounts" nullable:"false"`
	Permissions []Grant  `json:"permissions" nullable:"false"`
}

// Grant is a permission that holds.
type Grant struct {
	Permission  string   `json:"permission"`
	Scope       string   `json:"scope" enum:"all,own" doc:"own: on what the user created."`
	Obligations []string `json:"obligations" nullable:"false"`
}

// Fields are those of a user who can do nothing; see AccessRows.
func (r AccessRow) Fields() []table.Field { return accessLine{row: r}.Fields() }

// accessLine is one permission on one account, as a line of a table.
type accessLine struct {
	row     AccessRow
	account string
	grant   Grant
}

// everyAccount stands in the place of an account where the user has them all.
const everyAccount = "*"

func (l accessLine) Fields() []table.Field {
	return append(userFields(l.row.User, l.row.Email, l.row.Status), []table.Field{
		{Name: "account", Value: l.account}, {Name: "permission", Value: l.grant.Permission}, {Name: "scope", Value: l.grant.Scope},
		{Name: "obligations", Value: strings.Join(l.grant.Obligations, " ")},
	}...)
}

// userFields are those that the lines of all reviews begin with.
func userFields(user Person, email, status string) []table.Field {
	return []table.Field{
		{Name: "user", Value: user.ID}, {Name: "userName", Value: user.Name}, {Name: "userKind", Value: user.Kind},
		{Name: "email", Value: email}, {Name: "status", Value: status},
	}
}

// AccessRows are the users of a page. As a table they are a line for each permission on each account, the columns being the
// same in every organisation; who can do nothing has one line that says so.
type AccessRows List[AccessRow]

// WriteTable writes the lines as CSV.
func (rows AccessRows) WriteTable(w io.Writer) error {
	var lines []accessLine
	for _, row := range rows.Items {
		accounts := row.Accounts
		if row.AllAccounts {
			accounts = []string{everyAccount}
		} else if len(accounts) == 0 {
			accounts = []string{""}
		}
		if len(row.Permissions) == 0 {
			lines = append(lines, accessLine{row: row})
		}
		for _, account := range accounts {
			for _, grant := range row.Permissions {
				lines = append(lines, accessLine{row, account, grant})
			}
		}
	}
	return table.Write(w, lines)
}

// AccessMatrixAnswer is who can do what on which account.
type AccessMatrixAnswer struct {
	Link string `header:"Link" doc:"The next page, as rel=next; absent on the last one."`
	Body AccessRows
}

func (AccessMatrixAnswer) tabled() {}

// ConflictRow is a user whose access breaks a segregation of duties.
type ConflictRow struct {
	User     Person `json:"user"`
	Email    string `json:"email"`
	Status   string `json:"status"`
	Conflict string `json:"conflict" doc:"The code that the warning had when the access was given."`
	Detail   string `json:"detail" translated:""`
}

// Fields are the conflict as a line of a table.
func (r ConflictRow) Fields() []table.Field {
	return append(userFields(r.User, r.Email, r.Status), []table.Field{
		{Name: "conflict", Value: r.Conflict}, {Name: "detail", Value: r.Detail},
	}...)
}

// DormantInput is dormantUsers'.
type DormantInput struct {
	ReviewInput
	Days int `query:"days" minimum:"1" maximum:"3650" default:"90" doc:"For how many days they have not signed in."`
}

// DormantRow is a user who has not been seen for a while.
type DormantRow struct {
	User         Person     `json:"user"`
	Email        string     `json:"email"`
	Status       string     `json:"status"`
	LastSignInAt *time.Time `json:"lastSignInAt,omitempty" doc:"Absent where the user never signed in."`
	CreatedAt    time.Time  `json:"createdAt"`
}

// Fields are the user as a line of a table.
func (r DormantRow) Fields() []table.Field {
	var last time.Time
	if r.LastSignInAt != nil {
		last = *r.LastSignInAt
	}
	return append(userFields(r.User, r.Email, r.Status), []table.Field{
		{Name: "lastSignInAt", Value: table.Moment(last)}, {Name: "createdAt", Value: table.Moment(r.CreatedAt)},
		{Name: "neverSignedIn", Value: strconv.FormatBool(last.IsZero())},
	}...)
}

// Operations that review access.
var (
	AccessMatrix = declare[ReviewInput, AccessMatrixAnswer](Endpoint{
		ID: "accessMatrix", Method: http.MethodGet, Path: "/v1/reviews/access", Function: Reviews, Tag: "reviews",
		Summary: "List who can do what on which account, by user. A page may be short: go on while there is a next.",
	})
	SodReport = declare[ReviewInput, Tabled[ConflictRow]](Endpoint{
		ID: "sodReport", Method: http.MethodGet, Path: "/v1/reviews/segregation-of-duties", Function: Reviews, Tag: "reviews",
		Summary: "List users whose access breaks a segregation of duties. A page may be short, or empty: go on while there is a next.",
	})
	DormantUsers = declare[DormantInput, Tabled[DormantRow]](Endpoint{
		ID: "dormantUsers", Method: http.MethodGet, Path: "/v1/reviews/dormant", Function: Reviews, Tag: "reviews",
		Summary: "List users who have not signed in for some days, the longest first.",
	})
)
