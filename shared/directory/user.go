package directory

import (
	"time"

	"mandate/shared/fault"
)

// Kind of user.
type Kind string

const (
	KindRegular  Kind = "regular"
	KindAdmin    Kind = "admin"
	KindAPI      Kind = "api"
	KindOperator Kind = "operator"
)

// Status of a user, of which the onboarding stages are part (1.11).
type Status string

const (
	StatusPending          Status = "pending" // its creation has not taken effect
	StatusEmailNotVerified Status = "emailNotVerified"
	StatusPhoneNotVerified Status = "phoneNotVerified"
	StatusKYCNotVerified   Status = "kycNotVerified"
	StatusActive           Status = "active"
	StatusInactive         Status = "inactive"
	StatusRemoved          Status = "removed" // in the answer to a removal and in its change; no record has it
)

// Word is the status as people are told it.
func (s Status) Word() fault.Word { return fault.Word(s) }

// Name of a person.
type Name struct {
	First string `json:"first"`
	Last  string `json:"last"`
}

// Full is the name as written on pages and in mails.
func (n Name) Full() string {
	if n.Last == "" {
		return n.First
	}
	return n.First + " " + n.Last
}

// PaymentRule says whether payments that the user initiates need another's approval (2.5).
type PaymentRule string

const (
	PaymentsNeedApproval PaymentRule = "needsApproval"
	PaymentsSubmit       PaymentRule = "submit"
)

// Profile is the administered part of a user: what changes are about. Its lists are sets, kept sorted.
type Profile struct {
	Name     Name   `json:"name"`
	Email    string `json:"email"`
	Username string `json:"username,omitempty"`
	Phone    string `json:"phone,omitempty"` // E.164
	Language string `json:"language"`
	Access
	PaymentRule  PaymentRule `json:"paymentRule,omitempty"`
	Type         string      `json:"type,omitempty"`
	Contact      bool        `json:"contact"`
	APIAccess    bool        `json:"apiAccess"`
	PaymentLinks bool        `json:"paymentLinks"`
	IPAllowList  []string    `json:"ipAllowList"`
	// SecondFactorRequired: this user needs one, also where its organisation leaves it to its users (5.2).
	SecondFactorRequired bool `json:"secondFactorRequired"`
}

// User is an identity's membership in one organisation.
type User struct {
	ID           UserID
	Organisation OrganisationID
	Identity     IdentityID
	Kind         Kind
	Owner        bool
	Profile
	Status Status
	// Resume is the status that reactivation restores (1.7).
	Resume Status
	// Reached is how far the user had come when its number was changed: where it goes on once the new one is verified (1.11).
	Reached Status
	// SecondFactor mirrors the identity's, for lists.
	SecondFactor bool
	// Password mirrors the identity's, for the details (5.7).
	Password PasswordState
	// OpenChange is the change that waits for this user; OpenDeactivation the one that may overtake it (3.5).
	OpenChange       ChangeID
	OpenDeactivation ChangeID
	// EffectiveAt is when the open change takes effect, once approved (3.6).
	EffectiveAt time.Time
	// Vouched tells that a client who has passed the identity checks invited the user, and answers for it: it gets in
	// without any of its own (1.12).
	Vouched bool
	// VerificationLink is the link that waits for its user, so that a new one replaces it (4.1).
	VerificationLink LinkID
	// ResetLink is the same for password resets.
	ResetLink LinkID
	// PhoneCode is the code that was texted last, while the phone is not verified; nil where none was.
	PhoneCode *PhoneCode
	// Mailbox is what became of mails to the user.
	Mailbox *Mailbox
	// SessionEpoch goes up when every session must end (5.3); a session of an older epoch is refused.
	SessionEpoch int
	// Credentials are those with which it calls the API (6.1); none without API access.
	Credentials []Credential
	// Certificates are those of an API user, with one of which it calls (6.3).
	Certificates []Certificate
	// Warned is how many days ahead of an end the last warning was: by a certificate's fingerprint, or a credential's id.
	Warned map[string]int
	// LastSignInAt is when the user last signed in (7.4); zero where it never did. It moves neither Version nor UpdatedAt.
	LastSignInAt time.Time
	CreatedBy    UserID
	CreatedAt    time.Time
	UpdatedAt    time.Time
	// Version goes up when the administered part or the status changes: changes are bound to it (3.3).
	Version int
	// Revision goes up with every write: it guards against lost updates.
	Revision int
}

// Active tells whether the user may sign in and act.
func (u User) Active() bool { return u.Status == StatusActive }

// ActiveAdmin tells whether the user counts for the rule of 3.10.
func (u User) ActiveAdmin() bool { return u.Kind == KindAdmin && u.Active() }

// SeenAt is since when the user has not signed in: since its last time, or since it was created. Zero where it cannot sign
// in anyway, and so is nobody to miss: API users (6.5), and who is not let in yet or no longer.
func (u User) SeenAt() time.Time {
	switch {
	case u.Kind == KindAPI || u.Status == StatusPending || u.Status == StatusInactive:
		return time.Time{}
	case u.LastSignInAt.IsZero():
		return u.CreatedAt
	default:
		return u.LastSignInAt
	}
}

// Staff tells whether the user is of the platform's own staff (7.1).
func (u User) Staff() bool { return u.Kind == KindOperator }

// CompanyUser tells whether the user belongs to a company (7.1).
func (u User) CompanyUser() bool { return len(u.Companies) > 0 }

// Pending tells whether a change of the user is open (3.5).
func (u User) Pending() bool { return u.OpenChange != "" || u.OpenDeactivation != "" }

// HoldsAllAccounts tells whether the user has every account of its organisation, also those opened later (1.9).
func (u User) HoldsAllAccounts() bool { return u.Kind == KindAdmin }

// SeveralAccounts tells whether what the user does may be about one account or another.
func (u User) SeveralAccounts() bool { return u.HoldsAllAccounts() || len(u.Accounts) > 1 }
