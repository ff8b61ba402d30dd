package api

import (
	"net/http"
	"time"
)

// Settings are what a preset decides and an operator may change.
type Settings struct {
	ChangeControl      string   `json:"changeControl" enum:"none,step_up,second_admin"`
	PropagationSeconds int      `json:"propagationSeconds" minimum:"0" maximum:"3600"`
	GrantLimit         string   `json:"grantLimit" enum:"any,own"`
	SignInName         string   `json:"signInName" enum:"email,username"`
	SharedIdentities   bool     `json:"sharedIdentities"`
	RoleCount          string   `json:"roleCount" enum:"none,exactlyOne,many"`
	SecondFactor       string   `json:"secondFactor" enum:"required,optional"`
	Phone              string   `json:"phone" enum:"required,optional"`
	AdminsManageAdmins bool     `json:"adminsManageAdmins"`
	AdminsManageAPI    bool     `json:"adminsManageApi"`
	AdminsCertificates bool     `json:"adminsCertificates"`
	APINamesAccount    bool     `json:"apiNamesAccount" doc:"A request of an API user with several accounts names one."`
	Onboarding         []string `json:"onboarding" nullable:"false"`
	Removal            bool     `json:"removal"`
	SetPasswords       bool     `json:"setPasswords" doc:"The platform's staff may set users' passwords."`
	Contacts           bool     `json:"contacts"`
	SecretsShown       string   `json:"secretsShown" enum:"once,always"`
	APIAccess          bool     `json:"apiAccess" doc:"Users who are no API users can have API access besides."`
	Languages          []string `json:"languages" nullable:"false"`
	ApprovalHours      int      `json:"approvalHours" minimum:"1" maximum:"2160"`
	AccountsAre        string   `json:"accountsAre" enum:"accounts,bankAccounts,merchantProfiles,wallets" doc:"What pages and mails call the accounts."`
}

// SettingsPatch has the settings that are to differ; what is absent stays.
type SettingsPatch struct {
	ChangeControl      *string   `json:"changeControl,omitempty" enum:"none,step_up,second_admin"`
	PropagationSeconds *int      `json:"propagationSeconds,omitempty" minimum:"0" maximum:"3600"`
	GrantLimit         *string   `json:"grantLimit,omitempty" enum:"any,own"`
	SharedIdentities   *bool     `json:"sharedIdentities,omitempty"`
	RoleCount          *string   `json:"roleCount,omitempty" enum:"none,exactlyOne,many"`
	SecondFactor       *string   `json:"secondFactor,omitempty" enum:"required,optional"`
	Phone              *string   `json:"phone,omitempty" enum:"required,optional"`
	AdminsManageAdmins *bool     `json:"adminsManageAdmins,omitempty"`
	AdminsManageAPI    *bool     `json:"adminsManageApi,omitempty"`
	AdminsCertificates *bool     `json:"adminsCertificates,omitempty"`
	APINamesAccount    *bool     `json:"apiNamesAccount,omitempty"`
	SetPasswords       *bool     `json:"setPasswords,omitempty"`
	Onboarding         *[]string `json:"onboarding,omitempty"`
	Removal            *bool     `json:"removal,omitempty"`
	Contacts           *bool     `json:"contacts,omitempty"`
	SecretsShown       *string   `json:"secretsShown,omitempty" enum:"once,always"`
	APIAccess          *bool     `json:"apiAccess,omitempty"`
	Languages          *[]string `json:"languages,omitempty"`
	ApprovalHours      *int      `json:"approvalHours,omitempty" minimum:"1" maximum:"2160"`
	AccountsAre        *string   `json:"accountsAre,omitempty" enum:"accounts,bankAccounts,merchantProfiles,wallets"`
}

// Organisation is an organisation as clients see it.
type Organisation struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	Preset       string    `json:"preset"`
	Settings     Settings  `json:"settings"`
	ActiveAdmins int       `json:"activeAdmins"`
	LeastAdmins  int       `json:"leastAdmins" doc:"How many active admins must remain."`
	Owner        string    `json:"owner,omitempty" doc:"The user who is its owner, where its preset has owners."`
	CreatedAt    time.Time `json:"createdAt"`
	Version      int       `json:"version"`
}

// Preset is where an organisation starts.
type Preset struct {
	Name     string   `json:"name"`
	Title    string   `json:"title" doc:"The system whose ways it has."`
	Settings Settings `json:"settings"`
	Roles    []Role   `json:"roles" nullable:"false"`
}

// OrganisationAnswer answers reads and writes of one organisation.
type OrganisationAnswer struct {
	ETag string `header:"ETag"`
	Body Organisation
}

// OrganisationPath names an organisation in a path.
type OrganisationPath struct {
	OrganisationID string `path:"organisationId" maxLength:"64"`
}

// CreateOrganisationInput is createOrganisation's.
type CreateOrganisationInput struct {
	Body struct {
		Preset   string         `json:"preset" maxLength:"64"`
		Name     string         `json:"name" minLength:"1" maxLength:"100"`
		Admins   []NewAdmin     `json:"admins" minItems:"1" maxItems:"10"`
		Settings *SettingsPatch `json:"settings,omitempty"`
	}
}

// NewAdmin is a first admin of a new organisation.
type NewAdmin struct {
	Name     Name     `json:"name"`
	Email    string   `json:"email" maxLength:"254"`
	Username string   `json:"username,omitempty" maxLength:"64"`
	Phone    string   `json:"phone,omitempty" maxLength:"40"`
	Language string   `json:"language,omitempty" doc:"The BCP 47 tag of a language there is."`
	Roles    []string `json:"roles,omitempty" maxItems:"50"`
}

// UpdateOrganisationInput is updateOrganisation's.
type UpdateOrganisationInput struct {
	OrganisationPath
	Body struct {
		Name     *string        `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Settings *SettingsPatch `json:"settings,omitempty"`
	}
}

// Company is a legal entity inside an organisation.
type Company struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt"`
}

// CompanyAnswer answers createCompany.
type CompanyAnswer struct {
	Body Company
}

// CreateCompanyInput is createCompany's.
type CreateCompanyInput struct {
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100" example:"Strand Shipping Ltd"`
	}
}

// BankAccount is what access is granted to: an account, a merchant profile, a wallet.
type BankAccount struct {
	ID        string    `json:"id"`
	Company   string    `json:"company"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt"`
}

// BankAccountAnswer answers openAccount.
type BankAccountAnswer struct {
	Body BankAccount
}

// OpenAccountInput is openAccount's.
type OpenAccountInput struct {
	Body struct {
		Company string `json:"company" maxLength:"64"`
		Name    string `json:"name" minLength:"1" maxLength:"100" example:"EUR operations"`
	}
}

// Role is a named set of permissions with their scopes.
type Role struct {
	ID          string            `json:"id"`
	Name        string            `json:"name" translated:""`
	Description string            `json:"description,omitempty" translated:""`
	Permissions map[string]string `json:"permissions" doc:"Each with its scope: all, or own."`
	// Of the organisation's own.
	Own         bool       `json:"own,omitempty" doc:"A role of the organisation's own, which can be changed."`
	Pending     bool       `json:"pending,omitempty" doc:"Its creation has not taken effect: it cannot be given yet."`
	OpenChange  string     `json:"openChange,omitempty" doc:"The change that is open for the role."`
	EffectiveAt *time.Time `json:"effectiveAt,omitempty" doc:"When the open change takes effect, once approved."`
	ETag        string     `json:"etag,omitempty" doc:"What a write of this role takes as If-Match."`
}

// NewRole is a role to be made.
type NewRole struct {
	Name        string            `json:"name" minLength:"1" maxLength:"100" example:"Treasury"`
	Description string            `json:"description,omitempty" maxLength:"200"`
	Permissions map[string]string `json:"permissions" minProperties:"1" maxProperties:"200" doc:"Permissions of listPermissions, each with its scope: all, or own." example:"{\"transfers:view\":\"all\"}"`
}

// RolePatch has what is to change; what is absent stays.
type RolePatch struct {
	Name        *string            `json:"name,omitempty" minLength:"1" maxLength:"100"`
	Description *string            `json:"description,omitempty" maxLength:"200"`
	Permissions *map[string]string `json:"permissions,omitempty" minProperties:"1" maxProperties:"200"`
}

// RolePath names a role in a path.
type RolePath struct {
	RoleID string `path:"roleId" maxLength:"64"`
}

// CreateRoleInput is createRole's.
type CreateRoleInput struct {
	Body NewRole
}

// UpdateRoleInput is updateRole's.
type UpdateRoleInput struct {
	RolePath
	Body RolePatch
}

// RoleAnswer answers writes of one role.
type RoleAnswer struct {
	Status int
	ETag   string `header:"ETag"`
	Body   struct {
		Role     Role      `json:"role"`
		Change   *Change   `json:"change,omitempty" doc:"The change on its way; absent where it took effect at once."`
		Preview  *Outlook  `json:"preview,omitempty" doc:"With preview=true: what it would do. Nothing was written."`
		Warnings []Warning `json:"warnings,omitempty"`
	}
}

// Permission is one that users of the organisation may have.
type Permission struct {
	ID          string `json:"id"`
	Description string `json:"description" translated:""`
}

// ListOrganisationsInput asks for organisations.
type ListOrganisationsInput struct {
	Page
	Q string `query:"q" maxLength:"254" doc:"What the name begins with, or the id."`
}

// Operations on organisations.
var (
	ListOrganisations = declare[ListOrganisationsInput, Listed[Organisation]](Endpoint{
		ID: "listOrganisations", Method: http.MethodGet, Path: "/v1/organisations", Function: Organisations, Tag: "organisations",
		Summary: "List the organisations by name. For operators.",
	})
	CreateOrganisation = declare[CreateOrganisationInput, OrganisationAnswer](Endpoint{
		ID: "createOrganisation", Method: http.MethodPost, Path: "/v1/organisations", Function: Organisations, Tag: "organisations", Act: true,
		Summary: "Make an organisation from a preset, with its first admins. For operators.", Status: http.StatusCreated,
	})
	ListPresets = declare[None, Listed[Preset]](Endpoint{
		ID: "listPresets", Method: http.MethodGet, Path: "/v1/presets", Function: Organisations, Tag: "organisations",
		Summary: "See what organisations begin with: operators every preset, others their own organisation's.",
	})
	GetOrganisation = declare[OrganisationPath, OrganisationAnswer](Endpoint{
		ID: "getOrganisation", Method: http.MethodGet, Path: "/v1/organisations/{organisationId}", Function: Organisations, Tag: "organisations",
		Summary: "Read an organisation with its settings.",
	})
	UpdateOrganisation = declare[UpdateOrganisationInput, OrganisationAnswer](Endpoint{
		ID: "updateOrganisation", Method: http.MethodPatch, Path: "/v1/organisations/{organisationId}", Function: Organisations, Tag: "organisations", Act: true, Conditional: true,
		Summary: "Change an organisation's settings. For operators.",
	})
	ListCompanies = declare[Page, Listed[Company]](Endpoint{
		ID: "listCompanies", Method: http.MethodGet, Path: "/v1/companies", Function: Organisations, Tag: "organisations",
		Summary: "List the organisation's companies.",
	})
	CreateCompany = declare[CreateCompanyInput, CompanyAnswer](Endpoint{
		ID: "createCompany", Method: http.MethodPost, Path: "/v1/companies", Function: Organisations, Tag: "organisations", Act: true,
		Summary: "Add a company to the organisation that one has entered. For operators.", Status: http.StatusCreated,
	})
	ListAccounts = declare[Page, Listed[BankAccount]](Endpoint{
		ID: "listAccounts", Method: http.MethodGet, Path: "/v1/accounts", Function: Organisations, Tag: "organisations",
		Summary: "List the organisation's accounts.",
	})
	OpenAccount = declare[OpenAccountInput, BankAccountAnswer](Endpoint{
		ID: "openAccount", Method: http.MethodPost, Path: "/v1/accounts", Function: Organisations, Tag: "organisations", Act: true,
		Summary: "Open an account of a company. For operators.", Status: http.StatusCreated,
	})
	ListRoles = declare[None, Listed[Role]](Endpoint{
		ID: "listRoles", Method: http.MethodGet, Path: "/v1/roles", Function: Organisations, Tag: "organisations",
		Summary: "List the roles that users of the organisation may have.",
	})
	CreateRole = declare[CreateRoleInput, RoleAnswer](Endpoint{
		ID: "createRole", Method: http.MethodPost, Path: "/v1/roles", Function: Organisations, Tag: "organisations", Change: true,
		Summary: "Ask for a role of the organisation's own.", Status: http.StatusCreated,
	})
	UpdateRole = declare[UpdateRoleInput, RoleAnswer](Endpoint{
		ID: "updateRole", Method: http.MethodPatch, Path: "/v1/roles/{roleId}", Function: Organisations, Tag: "organisations", Change: true, Conditional: true,
		Summary: "Ask for changes to a role of the organisation's own.",
	})
	DeleteRole = declare[RolePath, RoleAnswer](Endpoint{
		ID: "deleteRole", Method: http.MethodDelete, Path: "/v1/roles/{roleId}", Function: Organisations, Tag: "organisations", Change: true, Conditional: true,
		Summary: "Ask for the end of a role of the organisation's own. It then gives nothing any more to those who have it.",
	})
	ListPermissions = declare[None, Listed[Permission]](Endpoint{
		ID: "listPermissions", Method: http.MethodGet, Path: "/v1/permissions", Function: Organisations, Tag: "organisations",
		Summary: "List the permissions that users of the organisation may have.",
	})
)
