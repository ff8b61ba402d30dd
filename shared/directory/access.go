package directory

// Scope says on which resources a permission holds.
type Scope string

const (
	ScopeAll Scope = "all"
	ScopeOwn Scope = "own" // only what the user created (2.8)
)

// Permission is "resource:action" (2.1).
type Permission string

// Role is a named set of permissions, each with its scope.
type Role struct {
	ID          string               `json:"id"`
	Name        string               `json:"name"`
	Description string               `json:"description,omitempty"`
	Permissions map[Permission]Scope `json:"permissions"`
}

// PermissionInfo describes a permission of a catalogue.
type PermissionInfo struct {
	ID          Permission `json:"id"`
	Description string     `json:"description"`
}

// Preset is where an organisation starts: a system's settings, roles and permissions.
type Preset struct {
	Name        string
	Title       string
	Settings    Settings
	Permissions []PermissionInfo
	Roles       []Role
	// Kinds says what a user may do by its kind alone.
	Kinds map[Kind][]Permission
	// Owner is nil where organisations have none.
	Owner *Ownership
	// Founders are the roles of an organisation's first admins (9.1) for whom none are named.
	Founders []string
	KYC      KYC
}

// Presets finds presets by name.
type Presets interface {
	Preset(name string) (Preset, bool)
	Names() []string
}

// Action is what a principal wants to do: an administrative act of this service (as "createUser"), or, for the access
// evaluation of 2.7, a Permission.
type Action string

// Question is what a policy decides on. Everything is in it: deciding reads nothing.
type Question struct {
	Principal    User         // who asks
	Organisation Organisation // in which organisation; for operators this is not their own
	Action       Action
	Target       *User   // the user that the act is about, as it will be where it is new
	Grants       Access  // what the act gives that the target did not have
	Change       *Change // the change that is decided about, with approveChange and its like
	// For an access evaluation: the account, and who created the resource.
	Account *Account
	Owner   UserID
}

// Decision is a policy's answer. A denial always names its policy (2.10).
type Decision struct {
	Allowed     bool
	Policy      string   // the id of the policy that permitted or denied
	Reason      string   // the policy's own words
	Obligations []string // what the caller must see to, as "needsApproval" (2.5)
}

// Policies decides. It is pure, and safe for concurrent use.
type Policies interface {
	Decide(Question) (Decision, error)
	// Effective lists what a user may do by its kind, roles and extra permissions together (2.1).
	Effective(User, Organisation) (map[Permission]Scope, error)
	// Origins lists what gives a user a permission: its kind, each of its roles, what it was given beside them (2.9).
	// Empty where nothing does.
	Origins(User, Organisation, Permission) ([]Origin, error)
	// Warnings tells of permissions that one user should not have together (2.6).
	Warnings(kind Kind, access Access, organisation Organisation) ([]Warning, error)
}

// Warning is a segregation of duties that a grant would break. It is told, not refused (2.6).
type Warning struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Access is what a user may do and where: all its permissions hold for all its accounts (2.1).
type Access struct {
	Companies   []CompanyID  `json:"companies"`
	Accounts    []AccountID  `json:"accounts"`
	Roles       []string     `json:"roles"`
	Permissions []Permission `json:"permissions"`
}
