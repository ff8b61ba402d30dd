package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"mandate/shared/table"
)

// User is a user as clients see it.
type User struct {
	ID           string     `json:"id"`
	Organisation string     `json:"organisation"`
	Kind         string     `json:"kind" enum:"regular,admin,api,operator"`
	Owner        bool       `json:"owner"`
	Name         Name       `json:"name"`
	Email        string     `json:"email"`
	Username     string     `json:"username,omitempty"`
	Phone        string     `json:"phone,omitempty" doc:"E.164."`
	Language     string     `json:"language"`
	Companies    []string   `json:"companies" nullable:"false"`
	Accounts     []string   `json:"accounts" nullable:"false"`
	AllAccounts  bool       `json:"allAccounts" doc:"Every account of the organisation, also those opened later."`
	Roles        []string   `json:"roles" nullable:"false"`
	Permissions  []string   `json:"permissions" nullable:"false" doc:"Extra permissions, besides those of roles and kind."`
	PaymentRule  string     `json:"paymentRule,omitempty" enum:"needsApproval,submit"`
	Type         string     `json:"type,omitempty"`
	Contact      bool       `json:"contact"`
	APIAccess    bool       `json:"apiAccess"`
	PaymentLinks bool       `json:"paymentLinks"`
	IPAllowList  []string   `json:"ipAllowList" nullable:"false"`
	Status       string     `json:"status" doc:"pending, an onboarding stage, active or inactive."`
	SecondFactor bool       `json:"secondFactor"`
	Staff        bool       `json:"staff" doc:"Of the platform's own staff."`
	CompanyUser  bool       `json:"companyUser" doc:"Belongs to a company."`
	Password     string     `json:"password" enum:"none,usable,mustChange" doc:"Whether there is a usable password; one that staff set must be changed at the next sign-in."`
	OpenChange   string     `json:"openChange,omitempty" doc:"The change that is open for the user."`
	EffectiveAt  *time.Time `json:"effectiveAt,omitempty" doc:"When the open change takes effect, once approved."`
	LastSignInAt *time.Time `json:"lastSignInAt,omitempty" doc:"Absent where the user never signed in."`
	CreatedAt    time.Time  `json:"createdAt"`
	UpdatedAt    time.Time  `json:"updatedAt"`
	Version      int        `json:"version"`

	SecondFactorRequired bool `json:"secondFactorRequired" doc:"This user needs one, also where the organisation leaves it to its users."`

	EmailProblem *EmailProblem `json:"emailProblem,omitempty" doc:"Absent where nothing is known to be wrong."`
}

// EmailProblem is why mails to a user's address do not reach it, or are not wanted.
type EmailProblem struct {
	Kind    string    `json:"kind" enum:"bounced,complained"`
	At      time.Time `json:"at"`
	Address string    `json:"address"`
}

// SentToken is a link or a code that was sent to a user.
type SentToken struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind" doc:"verification or passwordReset."`
	Channel   string     `json:"channel" enum:"email,sms"`
	To        string     `json:"to" doc:"The address or phone number that it went to."`
	Status    string     `json:"status" enum:"sent,delivered,bounced,used,expired,replaced,revoked"`
	SentAt    time.Time  `json:"sentAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
	EndedAt   *time.Time `json:"endedAt,omitempty" doc:"When it was used, expired, replaced or revoked."`
	Delivery  *Delivery  `json:"delivery,omitempty" doc:"What is known of its way; absent while nothing is."`
}

// Delivery is what became of a mail on its way.
type Delivery struct {
	Status    string    `json:"status" enum:"delivered,bounced,complained"`
	Permanent bool      `json:"permanent" doc:"Of a mail that bounced: the address takes no mail at all."`
	At        time.Time `json:"at"`
	Detail    string    `json:"detail,omitempty" doc:"In the words of the mail servers."`
}

// MailAnswer answers the sending of a mail.
type MailAnswer struct {
	Body struct {
		Warnings []Warning `json:"warnings,omitempty" doc:"That the mail may not arrive."`
	}
}

// ListUserTokensInput is listUserTokens'.
type ListUserTokensInput struct {
	UserPath
	Page
}

// Fields are the user as a line of a table.
func (u User) Fields() []table.Field {
	list := func(of []string) string { return strings.Join(of, " ") }
	var lastSignIn time.Time
	if u.LastSignInAt != nil {
		lastSignIn = *u.LastSignInAt
	}
	return []table.Field{
		{Name: "id", Value: u.ID}, {Name: "email", Value: u.Email}, {Name: "username", Value: u.Username},
		{Name: "firstName", Value: u.Name.First}, {Name: "lastName", Value: u.Name.Last}, {Name: "phone", Value: u.Phone},
		{Name: "kind", Value: u.Kind}, {Name: "status", Value: u.Status}, {Name: "type", Value: u.Type},
		{Name: "roles", Value: list(u.Roles)}, {Name: "permissions", Value: list(u.Permissions)},
		{Name: "companies", Value: list(u.Companies)}, {Name: "accounts", Value: list(u.Accounts)},
		{Name: "allAccounts", Value: strconv.FormatBool(u.AllAccounts)}, {Name: "paymentRule", Value: u.PaymentRule},
		{Name: "secondFactor", Value: strconv.FormatBool(u.SecondFactor)}, {Name: "contact", Value: strconv.FormatBool(u.Contact)},
		{Name: "language", Value: u.Language}, {Name: "openChange", Value: u.OpenChange}, {Name: "createdAt", Value: table.Moment(u.CreatedAt)},
		{Name: "lastSignInAt", Value: table.Moment(lastSignIn)},
	}
}

// UserAnswer answers reads and writes of one user.
type UserAnswer struct {
	Status int
	ETag   string `header:"ETag"`
	Body   struct {
		User       User              `json:"user"`
		Change     *Change           `json:"change,omitempty" doc:"The change on its way; absent where it took effect at once."`
		Preview    *Outlook          `json:"preview,omitempty" doc:"With preview=true: what it would do. Nothing was written."`
		Warnings   []Warning         `json:"warnings,omitempty"`
		Credential *IssuedCredential `json:"credential,omitempty" doc:"The client id and secret that came with the act, this once; they open from the change's effect on. Absent in the answer to a request that is repeated under its Idempotency-Key: the secret is not kept for it. Where the first answer was lost, rotate the credential."`
		Left       *Left             `json:"left,omitempty" doc:"Of a duplicate: what was not copied, since you may not give it."`
	}
}

// Left is what a duplicate did not get of its original.
type Left struct {
	Companies   []string `json:"companies" nullable:"false"`
	Accounts    []string `json:"accounts" nullable:"false"`
	Roles       []string `json:"roles" nullable:"false"`
	Permissions []string `json:"permissions" nullable:"false"`
}

// Outlook is what a write would do (3.11).
type Outlook struct {
	Diff        []Difference `json:"diff" nullable:"false"`
	Control     string       `json:"control" enum:"none,step_up,second_admin"`
	State       string       `json:"state" doc:"The state that the change would have."`
	EffectiveAt *time.Time   `json:"effectiveAt,omitempty" doc:"When it would take effect; absent while it would wait for somebody."`
	StepUp      string       `json:"stepUp,omitempty" enum:"requester,approver" doc:"Who would have to authenticate it: you, or whoever approves; absent where nobody has to."`
	Approvers   []Person     `json:"approvers" nullable:"false" doc:"Those of whom one would have to approve; empty where nobody has to."`
	Mails       []string     `json:"mails" nullable:"false" doc:"The kinds of mails that it would send."`
	Warnings    []Warning    `json:"warnings" nullable:"false"`
}

// Foreseen answers the preview of an act that takes effect at once, whatever the act itself would answer.
type Foreseen struct {
	Preview Outlook `json:"preview"`
}

// NewUser is what a user is made of.
type NewUser struct {
	Kind         string   `json:"kind" enum:"regular,admin,api,operator" doc:"Operators are users of the platform's own organisation alone." example:"regular"`
	Name         Name     `json:"name"`
	Email        string   `json:"email" maxLength:"254" example:"nina@example.com"`
	Username     string   `json:"username,omitempty" maxLength:"64" example:"nina.strand"`
	Phone        string   `json:"phone,omitempty" maxLength:"40" example:"+442079460123"`
	Language     string   `json:"language,omitempty" doc:"The BCP 47 tag of a language there is." example:"en"`
	Companies    []string `json:"companies,omitempty" maxItems:"200"`
	Accounts     []string `json:"accounts,omitempty" maxItems:"500"`
	Roles        []string `json:"roles,omitempty" maxItems:"50"`
	Permissions  []string `json:"permissions,omitempty" maxItems:"100" example:"[\"balances:view\",\"payments:initiate\"]"`
	PaymentRule  string   `json:"paymentRule,omitempty" enum:"needsApproval,submit" example:"needsApproval"`
	Type         string   `json:"type,omitempty" enum:"enterprise,merchant"`
	Contact      bool     `json:"contact,omitempty"`
	APIAccess    bool     `json:"apiAccess,omitempty"`
	PaymentLinks bool     `json:"paymentLinks,omitempty"`
	IPAllowList  []string `json:"ipAllowList,omitempty" maxItems:"50" example:"[\"192.0.2.0/24\",\"2001:db8::/32\"]"`

	Active               *bool `json:"active,omitempty" doc:"Switched off, the user gets no mail and is not let in until it is reactivated. On where it is absent."`
	SecondFactorRequired bool  `json:"secondFactorRequired,omitempty" doc:"This user needs one, also where the organisation leaves it to its users."`

	Business *Business `json:"business,omitempty" doc:"What is known of a client's business, where there are identity checks. From then on it is told with these."`
}

// NamePatch has what is to change of a name.
type NamePatch struct {
	First *string `json:"first,omitempty" maxLength:"100"`
	Last  *string `json:"last,omitempty" maxLength:"100" doc:"Empty for none."`
}

// UserPatch has what is to change; what is absent stays.
type UserPatch struct {
	Name         *NamePatch `json:"name,omitempty"`
	Email        *string    `json:"email,omitempty" maxLength:"254"`
	Username     *string    `json:"username,omitempty" maxLength:"64"`
	Phone        *string    `json:"phone,omitempty" maxLength:"40" example:"+442079460123"`
	Language     *string    `json:"language,omitempty" doc:"The BCP 47 tag of a language there is."`
	Companies    *[]string  `json:"companies,omitempty" maxItems:"200"`
	Accounts     *[]string  `json:"accounts,omitempty" maxItems:"500"`
	Roles        *[]string  `json:"roles,omitempty" maxItems:"50"`
	Permissions  *[]string  `json:"permissions,omitempty" maxItems:"100" example:"[\"balances:view\"]"`
	PaymentRule  *string    `json:"paymentRule,omitempty" enum:"needsApproval,submit"`
	Type         *string    `json:"type,omitempty" enum:"enterprise,merchant"`
	Contact      *bool      `json:"contact,omitempty"`
	APIAccess    *bool      `json:"apiAccess,omitempty"`
	PaymentLinks *bool      `json:"paymentLinks,omitempty"`
	IPAllowList  *[]string  `json:"ipAllowList,omitempty" maxItems:"50"`

	SecondFactorRequired *bool `json:"secondFactorRequired,omitempty" doc:"On: the user sets up a second factor at its next sign-in. Off: those that it has are taken off, unless the organisation requires one."`
}

// UserFilter is which users a list has. All that is given must hold.
type UserFilter struct {
	ID           string `query:"id" maxLength:"64"`
	Email        string `query:"email" maxLength:"254" doc:"The whole address."`
	Q            string `query:"q" maxLength:"254" doc:"What the e-mail address, the name or the last name begins with. Neither case nor accents matter, here and of names."`
	Name         string `query:"name" maxLength:"201" doc:"What the name begins with, or the last name."`
	FirstName    string `query:"firstName" maxLength:"100" doc:"What it begins with."`
	LastName     string `query:"lastName" maxLength:"100" doc:"What it begins with."`
	Role         string `query:"role" maxLength:"64" doc:"The id of a role, or group."`
	Kind         string `query:"kind" enum:"regular,admin,api,operator"`
	Status       string `query:"status" enum:"pending,emailNotVerified,phoneNotVerified,kycNotVerified,active,inactive"`
	Type         string `query:"type" enum:"enterprise,merchant"`
	Staff        string `query:"staff" enum:"true,false" doc:"Whether it is of the platform's own staff."`
	CompanyUser  string `query:"companyUser" enum:"true,false" doc:"Whether it belongs to a company."`
	Company      string `query:"company" maxLength:"64"`
	Account      string `query:"account" maxLength:"64" doc:"Who has the account; admins have every one."`
	CreatedFrom  string `query:"createdFrom" maxLength:"40" example:"2026-01-31" doc:"The first day of registration, of UTC, or the first moment, RFC 3339."`
	CreatedTo    string `query:"createdTo" maxLength:"40" example:"2026-02-28T12:00:00Z" doc:"The last day of registration, of UTC, or the last moment, RFC 3339."`
	SecondFactor string `query:"secondFactor" enum:"true,false"`
	Pending      string `query:"pending" enum:"true,false" doc:"Whether a change is open."`
	Contact      string `query:"contact" enum:"true,false"`
	Sort         string `query:"sort" enum:"createdAt,-createdAt,name,email" doc:"Where it is absent: what is searched for by text is in the order of that text, e-mail addresses before names; other lists are in the order of registration."`
}

// ListUsersInput is listUsers'.
type ListUsersInput struct {
	UserFilter
	Page
}

// ExportUsersInput is exportUsers'.
type ExportUsersInput struct {
	UserFilter
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"1000" doc:"How many users a page has."`
	Cursor string `query:"cursor" maxLength:"400" doc:"Where the page begins: the Link of the page before has it."`
}

// Exported is a page of a list as CSV, whatever the client accepts.
type Exported struct {
	ContentType string `header:"Content-Type"`
	Link        string `header:"Link" doc:"The next page, as rel=next; absent on the last one."`
	Body        []byte `contentType:"text/csv"`
}

// ListAccountUsersInput is listAccountUsers'.
type ListAccountUsersInput struct {
	AccountID string `path:"accountId" maxLength:"64"`
	Lacking   string `query:"lacking" enum:"true,false" doc:"With true: the regular and API users who do not have the account."`
	Page
}

// UserPath names a user in a path.
type UserPath struct {
	UserID string `path:"userId" maxLength:"64"`
}

// ListUserSessionsInput is listUserSessions'.
type ListUserSessionsInput struct {
	UserPath
	Page
}

// UserSessionPath names a user's session in a path.
type UserSessionPath struct {
	UserPath
	SessionPath
}

// CreateUserInput is createUser's.
type CreateUserInput struct {
	Body NewUser
}

// UpdateUserInput is updateUser's.
type UpdateUserInput struct {
	UserPath
	Body UserPatch
}

// DuplicateUserInput is duplicateUser's: what the new user has of its own.
type DuplicateUserInput struct {
	UserPath
	Body struct {
		Name     *Name  `json:"name,omitempty" doc:"Absent: the original's."`
		Email    string `json:"email" maxLength:"254"`
		Username string `json:"username,omitempty" maxLength:"64"`
		Phone    string `json:"phone,omitempty" maxLength:"40"`
	}
}

// AssignAccountInput is assignAccount's.
type AssignAccountInput struct {
	AccountID string `path:"accountId" maxLength:"64"`
	Body      struct {
		Users []string `json:"users" minItems:"1" maxItems:"80" nullable:"false"`
	}
}

// AssignmentAnswer answers assignAccount.
type AssignmentAnswer struct {
	Status int
	Body   struct {
		Account BankAccount `json:"account"`
		Users   []User      `json:"users" nullable:"false"`
		Change  *Change     `json:"change,omitempty" doc:"The change on its way; absent where it took effect at once."`
		Preview *Outlook    `json:"preview,omitempty" doc:"With preview=true: what it would do. Nothing was written."`
	}
}

// Operations on users.
var (
	ListUsers = declare[ListUsersInput, Listed[User]](Endpoint{
		ID: "listUsers", Method: http.MethodGet, Path: "/v1/users", Function: Users, Tag: "users",
		Summary: "List the organisation's users. A page of a filtered list may be short, or empty: go on while there is a next.",
	})
	ExportUsers = declare[ExportUsersInput, Exported](Endpoint{
		ID: "exportUsers", Method: http.MethodGet, Path: "/v1/users.csv", Function: Users, Tag: "users",
		Summary: "Export the organisation's users as CSV (RFC 4180), filtered as their list is. A page may be short: go on while there is a Link.",
	})
	ListAccountUsers = declare[ListAccountUsersInput, Listed[User]](Endpoint{
		ID: "listAccountUsers", Method: http.MethodGet, Path: "/v1/accounts/{accountId}/users", Function: Users, Tag: "users",
		Summary: "List the users who have an account, admins among them, or those who lack it. A page may be short, or empty: go on while there is a next.",
	})
	CreateUser = declare[CreateUserInput, UserAnswer](Endpoint{
		ID: "createUser", Method: http.MethodPost, Path: "/v1/users", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for a new user.", Status: http.StatusCreated,
	})
	GetUser = declare[UserPath, UserAnswer](Endpoint{
		ID: "getUser", Method: http.MethodGet, Path: "/v1/users/{userId}", Function: Users, Tag: "users",
		Summary: "Read a user.",
	})
	UpdateUser = declare[UpdateUserInput, UserAnswer](Endpoint{
		ID: "updateUser", Method: http.MethodPatch, Path: "/v1/users/{userId}", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for changes to a user.",
	})
	DeactivateUser = declare[UserPath, UserAnswer](Endpoint{
		ID: "deactivateUser", Method: http.MethodPost, Path: "/v1/users/{userId}/deactivate", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for the end of a user's access. Its sessions end the moment that it is approved.",
	})
	ReactivateUser = declare[UserPath, UserAnswer](Endpoint{
		ID: "reactivateUser", Method: http.MethodPost, Path: "/v1/users/{userId}/reactivate", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for a deactivated user's access to be restored as it was.",
	})
	DuplicateUser = declare[DuplicateUserInput, UserAnswer](Endpoint{
		ID: "duplicateUser", Method: http.MethodPost, Path: "/v1/users/{userId}/duplicate", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for a new user with another's accounts, roles and permissions, less those that you may not give.", Status: http.StatusCreated,
	})
	RemoveUser = declare[UserPath, UserAnswer](Endpoint{
		ID: "removeUser", Method: http.MethodDelete, Path: "/v1/users/{userId}", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for a user to be unlinked from the organisation, where its preset allows that.",
	})
	ResetSecondFactor = declare[UserPath, UserAnswer](Endpoint{
		ID: "resetSecondFactor", Method: http.MethodPost, Path: "/v1/users/{userId}/mfa-reset", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for a user's second factors to be taken off; it sets up another at its next sign-in.",
	})
	NameOwner = declare[UserPath, UserAnswer](Endpoint{
		ID: "nameOwner", Method: http.MethodPost, Path: "/v1/users/{userId}/owner", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for an admin to be the organisation's owner, in the place of who is it, where its preset has owners. For operators.",
	})
	AssignAccount = declare[AssignAccountInput, AssignmentAnswer](Endpoint{
		ID: "assignAccount", Method: http.MethodPost, Path: "/v1/accounts/{accountId}/assignments", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for an account to be given to many users, in one change.",
	})
	ResendVerification = declare[UserPath, MailAnswer](Endpoint{
		ID: "resendVerification", Method: http.MethodPost, Path: "/v1/users/{userId}/verification", Function: Users, Tag: "users", Act: true, Conditional: true,
		Summary: "Send the verification link once more; it is valid for 24 hours, and the earlier one stops working.", Status: http.StatusAccepted,
	})
	ListUserSessions = declare[ListUserSessionsInput, Listed[SessionInfo]](Endpoint{
		ID: "listUserSessions", Method: http.MethodGet, Path: "/v1/users/{userId}/sessions", Function: Users, Tag: "users",
		Summary: "List a user's sessions.",
	})
	EndUserSessions = declare[UserPath, Empty](Endpoint{
		ID: "endUserSessions", Method: http.MethodDelete, Path: "/v1/users/{userId}/sessions", Function: Users, Tag: "users", Act: true, Conditional: true,
		Summary: "End all of a user's sessions, at once.", Status: http.StatusNoContent,
	})
	EndUserSession = declare[UserSessionPath, Empty](Endpoint{
		ID: "endUserSession", Method: http.MethodDelete, Path: "/v1/users/{userId}/sessions/{sessionId}", Function: Users, Tag: "users", Act: true, Conditional: true,
		Summary: "End one of a user's sessions.", Status: http.StatusNoContent,
	})
	SendPasswordReset = declare[UserPath, MailAnswer](Endpoint{
		ID: "sendPasswordReset", Method: http.MethodPost, Path: "/v1/users/{userId}/password-reset", Function: Users, Tag: "users", Act: true, Conditional: true,
		Summary: "Send a link to choose a new password, valid for 24 hours.", Status: http.StatusAccepted,
	})
	ListUserTokens = declare[ListUserTokensInput, Listed[SentToken]](Endpoint{
		ID: "listUserTokens", Method: http.MethodGet, Path: "/v1/users/{userId}/tokens", Function: Users, Tag: "users",
		Summary: "List the links that were sent to a user, newest first, and what became of each.",
	})
)
