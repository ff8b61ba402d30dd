package api

import (
	"net/http"
	"time"
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
	Mails       []string     `json:"mails" nullable:"false" doc:"The kinds of mails that it would send."`
	Warnings    []Warning    `json:"warnings" nullable:"false"`
}

// NewUser is what a user is made of.
type NewUser struct {
	Kind         string   `json:"kind" enum:"regular,admin,api"`
	Name         Name     `json:"name"`
	Email        string   `json:"email" maxLength:"254"`
	Username     string   `json:"username,omitempty" maxLength:"64"`
	Phone        string   `json:"phone,omitempty" maxLength:"40"`
	Language     string   `json:"language,omitempty" enum:"en,fr"`
	Companies    []string `json:"companies,omitempty" maxItems:"200"`
	Accounts     []string `json:"accounts,omitempty" maxItems:"500"`
	Roles        []string `json:"roles,omitempty" maxItems:"50"`
	Permissions  []string `json:"permissions,omitempty" maxItems:"100"`
	PaymentRule  string   `json:"paymentRule,omitempty" enum:"needsApproval,submit"`
	Type         string   `json:"type,omitempty" enum:"enterprise,merchant"`
	Contact      bool     `json:"contact,omitempty"`
	APIAccess    bool     `json:"apiAccess,omitempty"`
	PaymentLinks bool     `json:"paymentLinks,omitempty"`
	IPAllowList  []string `json:"ipAllowList,omitempty" maxItems:"50"`

	SecondFactorRequired bool `json:"secondFactorRequired,omitempty" doc:"This user needs one, also where the organisation leaves it to its users."`
}

// UserPatch has what is to change; what is absent stays.
type UserPatch struct {
	Name         *Name     `json:"name,omitempty"`
	Email        *string   `json:"email,omitempty" maxLength:"254"`
	Username     *string   `json:"username,omitempty" maxLength:"64"`
	Phone        *string   `json:"phone,omitempty" maxLength:"40"`
	Language     *string   `json:"language,omitempty" enum:"en,fr"`
	Companies    *[]string `json:"companies,omitempty" maxItems:"200"`
	Accounts     *[]string `json:"accounts,omitempty" maxItems:"500"`
	Roles        *[]string `json:"roles,omitempty" maxItems:"50"`
	Permissions  *[]string `json:"permissions,omitempty" maxItems:"100"`
	PaymentRule  *string   `json:"paymentRule,omitempty" enum:"needsApproval,submit"`
	Type         *string   `json:"type,omitempty" enum:"enterprise,merchant"`
	Contact      *bool     `json:"contact,omitempty"`
	APIAccess    *bool     `json:"apiAccess,omitempty"`
	PaymentLinks *bool     `json:"paymentLinks,omitempty"`
	IPAllowList  *[]string `json:"ipAllowList,omitempty" maxItems:"50"`

	SecondFactorRequired *bool `json:"secondFactorRequired,omitempty" doc:"On: the user sets up a second factor at its next sign-in. Off: those that it has are taken off, unless the organisation requires one."`
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
	ListUsers = declare[Page, Listed[User]](Endpoint{
		ID: "listUsers", Method: http.MethodGet, Path: "/v1/users", Function: Users, Tag: "users",
		Summary: "List the organisation's users.",
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
		ID: "updateUser", Method: http.MethodPatch, Path: "/v1/users/{userId}", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for changes to a user.",
	})
	DeactivateUser = declare[UserPath, UserAnswer](Endpoint{
		ID: "deactivateUser", Method: http.MethodPost, Path: "/v1/users/{userId}/deactivate", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for the end of a user's access. Its sessions end the moment that it is approved.",
	})
	ReactivateUser = declare[UserPath, UserAnswer](Endpoint{
		ID: "reactivateUser", Method: http.MethodPost, Path: "/v1/users/{userId}/reactivate", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for a deactivated user's access to be restored as it was.",
	})
	DuplicateUser = declare[DuplicateUserInput, UserAnswer](Endpoint{
		ID: "duplicateUser", Method: http.MethodPost, Path: "/v1/users/{userId}/duplicate", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for a new user with another's accounts, roles and permissions, less those that you may not give.", Status: http.StatusCreated,
	})
	RemoveUser = declare[UserPath, UserAnswer](Endpoint{
		ID: "removeUser", Method: http.MethodDelete, Path: "/v1/users/{userId}", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for a user to be unlinked from the organisation, where its preset allows that.",
	})
	ResetSecondFactor = declare[UserPath, UserAnswer](Endpoint{
		ID: "resetSecondFactor", Method: http.MethodPost, Path: "/v1/users/{userId}/mfa-reset", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for a user's second factors to be taken off; it sets up another at its next sign-in.",
	})
	AssignAccount = declare[AssignAccountInput, AssignmentAnswer](Endpoint{
		ID: "assignAccount", Method: http.MethodPost, Path: "/v1/accounts/{accountId}/assignments", Function: Users, Tag: "users", Change: true,
		Summary: "Ask for an account to be given to many users, in one change.",
	})
	ResendVerification = declare[UserPath, MailAnswer](Endpoint{
		ID: "resendVerification", Method: http.MethodPost, Path: "/v1/users/{userId}/verification", Function: Users, Tag: "users",
		Summary: "Send the verification link once more; it is valid for 24 hours, and the earlier one stops working.", Status: http.StatusAccepted,
	})
	ListUserSessions = declare[ListUserSessionsInput, Listed[SessionInfo]](Endpoint{
		ID: "listUserSessions", Method: http.MethodGet, Path: "/v1/users/{userId}/sessions", Function: Users, Tag: "users",
		Summary: "List a user's sessions.",
	})
	EndUserSessions = declare[UserPath, Empty](Endpoint{
		ID: "endUserSessions", Method: http.MethodDelete, Path: "/v1/users/{userId}/sessions", Function: Users, Tag: "users",
		Summary: "End all of a user's sessions, at once.", Status: http.StatusNoContent,
	})
	EndUserSession = declare[UserSessionPath, Empty](Endpoint{
		ID: "endUserSession", Method: http.MethodDelete, Path: "/v1/users/{userId}/sessions/{sessionId}", Function: Users, Tag: "users",
		Summary: "End one of a user's sessions.", Status: http.StatusNoContent,
	})
	SendPasswordReset = declare[UserPath, MailAnswer](Endpoint{
		ID: "sendPasswordReset", Method: http.MethodPost, Path: "/v1/users/{userId}/password-reset", Function: Users, Tag: "users",
		Summary: "Send a link to choose a new password, valid for 24 hours.", Status: http.StatusAccepted,
	})
	ListUserTokens = declare[ListUserTokensInput, Listed[SentToken]](Endpoint{
		ID: "listUserTokens", Method: http.MethodGet, Path: "/v1/users/{userId}/tokens", Function: Users, Tag: "users",
		Summary: "List the links that were sent to a user, newest first, and what became of each.",
	})
)
