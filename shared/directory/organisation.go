package directory

import "time"

// Organisation is one customer, the tenant.
type Organisation struct {
	ID     OrganisationID
	Name   string
	Preset string
	// Settings are in force: the preset's when the organisation was made, with what operators changed since.
	Settings Settings
	// Roles are the organisation's own, besides its preset's catalogue (2.2).
	Roles []OwnRole
	// Owner is the admin who owns it; empty where its preset has no owners.
	Owner UserID
	// ActiveAdmins counts the active admins, kept by the transactions that move it, so that the rule of 3.10 holds
	// under any interleaving.
	ActiveAdmins int
	CreatedAt    time.Time
	Version      int // goes up with every change of its settings and of its own roles
}

// ChangeControl says what a change needs before it may take effect (3.2).
type ChangeControl string

const (
	ControlNone        ChangeControl = "none"
	ControlStepUp      ChangeControl = "step_up"
	ControlSecondAdmin ChangeControl = "second_admin"
)

// GrantLimit says what an actor may give to others (2.4).
type GrantLimit string

const (
	GrantAny GrantLimit = "any"
	GrantOwn GrantLimit = "own"
)

// RoleCount says how many roles a user has.
type RoleCount string

const (
	RolesNone       RoleCount = "none"
	RolesExactlyOne RoleCount = "exactlyOne"
	RolesMany       RoleCount = "many"
)

// SignInName says what a user types to sign in.
type SignInName string

const (
	SignInEmail    SignInName = "email"
	SignInUsername SignInName = "username"
)

// Requirement says whether something must be there.
type Requirement string

const (
	Required Requirement = "required"
	Optional Requirement = "optional"
)

// When a secret is shown (6.1).
const (
	SecretsOnce   = "once"
	SecretsAlways = "always"
)

// AccountsAre says what an organisation's people call its accounts; the API calls them accounts.
type AccountsAre string

const (
	AccountsAreAccounts         AccountsAre = "accounts"
	AccountsAreBankAccounts     AccountsAre = "bankAccounts"
	AccountsAreMerchantProfiles AccountsAre = "merchantProfiles"
	AccountsAreWallets          AccountsAre = "wallets"
)

// Settings are what a preset decides and an operator may change for one organisation.
type Settings struct {
	ChangeControl ChangeControl `json:"changeControl"`
	// PropagationSeconds is the longest time until an approved change takes effect, 0 to 3600 (3.6).
	PropagationSeconds int         `json:"propagationSeconds"`
	GrantLimit         GrantLimit  `json:"grantLimit"`
	SignInName         SignInName  `json:"signInName"`
	SharedIdentities   bool        `json:"sharedIdentities"` // one identity may be a user of several organisations (1.2)
	RoleCount          RoleCount   `json:"roleCount"`
	SecondFactor       Requirement `json:"secondFactor"`
	Phone              Requirement `json:"phone"`
	AdminsManageAdmins bool        `json:"adminsManageAdmins"` // admins create, update and deactivate admins (1.4)
	AdminsManageAPI    bool        `json:"adminsManageApi"`    // admins create and deactivate API users (1.4)
	AdminsCertificates bool        `json:"adminsCertificates"` // admins change certificates (6.3)
	APINamesAccount    bool        `json:"apiNamesAccount"`    // a request of an API user with several accounts names one (6.4)
	// Onboarding is the stages that a new user passes before it is active (1.11).
	Onboarding    []Status `json:"onboarding"`
	Removal       bool     `json:"removal"`       // users can be removed (1.8)
	SetPasswords  bool     `json:"setPasswords"`  // the platform's staff set users' passwords (5.7)
	Contacts      bool     `json:"contacts"`      // the organisation keeps contacts (1.10)
	SecretsShown  string   `json:"secretsShown"`  // SecretsOnce or SecretsAlways (6.1)
	APIAccess     bool     `json:"apiAccess"`     // users who are no API users can have API access besides (6.1)
	Languages     []string `json:"languages"`     // offered to its users, the first is the default
	ApprovalHours int      `json:"approvalHours"` // until an open change expires (3.4)
	// AccountsAre chooses the words of pages and mails. Empty, as it was before there was a choice: accounts.
	AccountsAre AccountsAre `json:"accountsAre"`
}

// LeastAdmins is how many active admins must remain (3.10): with a second admin's approval it takes two.
func (s Settings) LeastAdmins() int {
	if s.ChangeControl == ControlSecondAdmin {
		return 2
	}
	return 1
}

// needsSecondFactor tells whether a user has to have one: everybody of the organisation, or this one alone (5.2).
func (s Settings) needsSecondFactor(user User) bool {
	return s.SecondFactor == Required || user.SecondFactorRequired
}

// Propagation is the delay of an approved change.
func (s Settings) Propagation() time.Duration {
	return time.Duration(s.PropagationSeconds) * time.Second
}

// ApprovalTime is how long a change waits for its decision.
func (s Settings) ApprovalTime() time.Duration { return time.Duration(s.ApprovalHours) * time.Hour }

// Company is a legal entity inside an organisation.
type Company struct {
	ID           CompanyID
	Organisation OrganisationID
	Name         string
	CreatedAt    time.Time
}

// Account is what access is granted to.
type Account struct {
	ID           AccountID
	Organisation OrganisationID
	Company      CompanyID
	Name         string
	CreatedAt    time.Time
}
