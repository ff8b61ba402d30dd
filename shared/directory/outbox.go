package directory

import "time"

// OutboxKind says which function carries an outbox item.
type OutboxKind string

const (
	OutboxWorkflow OutboxKind = "workflow"
	OutboxMail     OutboxKind = "mail"
	OutboxReset    OutboxKind = "reset"
	OutboxText     OutboxKind = "text"
)

// OutboxItem is something to be done because of what was written with it, in the same transaction: nothing is lost
// when a process dies in between, and nothing is done for an act that did not happen (4.8). It stays until it is done.
type OutboxItem struct {
	ID           string
	Organisation OrganisationID
	Kind         OutboxKind
	Workflow     *WorkflowOrder
	Mail         *Mail
	Reset        *ResetOrder
	Text         *Text
	CreatedAt    time.Time
	// Rounds counts how often the sweep sent it round again.
	Rounds int
}

// WorkflowOrder starts a change's execution, or returns the task token that it waits with.
type WorkflowOrder struct {
	Change ChangeID `json:"change,omitempty"`
	// TaskToken is empty where the execution is to be started.
	TaskToken   string      `json:"taskToken,omitempty"`
	State       ChangeState `json:"state,omitempty"`
	EffectiveAt time.Time   `json:"effectiveAt,omitempty"`
}

// ResetOrder asks for a password reset by whatever name was typed. Whether anybody goes by it is found out here and
// not in the request, so that the public form answers the same in the same time (4.2). The name is sealed: people type
// passwords where names belong.
type ResetOrder struct {
	SealedName string `json:"sealedName,omitempty"`
	Address    string `json:"address,omitempty"`
}

// MailKind is a kind of mail; each has its texts in package mail.
type MailKind string

const (
	MailVerification           MailKind = "verification"
	MailVerificationResent     MailKind = "verificationResent"
	MailAccountLink            MailKind = "accountLink"
	MailPasswordReset          MailKind = "passwordReset"
	MailPasswordChanged        MailKind = "passwordChanged"
	MailSecondFactorChanged    MailKind = "secondFactorChanged"
	MailSecondFactorReset      MailKind = "secondFactorReset"
	MailAccountOpened          MailKind = "accountOpened"
	MailApprovalRequested      MailKind = "approvalRequested"
	MailApprovalReminder       MailKind = "approvalReminder"
	MailChangeApproved         MailKind = "changeApproved"
	MailChangeEffective        MailKind = "changeEffective"
	MailChangeRejected         MailKind = "changeRejected"
	MailChangeExpired          MailKind = "changeExpired"
	MailChangeCancelled        MailKind = "changeCancelled"
	MailChangeFailed           MailKind = "changeFailed"
	MailCredentialExpiring     MailKind = "credentialExpiring"
	MailKYCMoreNeeded          MailKind = "kycMoreNeeded"
	MailKYCPassed              MailKind = "kycPassed"
	MailKYCRejected            MailKind = "kycRejected"
	MailServiceRequestAccepted MailKind = "serviceRequestAccepted"
	MailServiceRequestDeclined MailKind = "serviceRequestDeclined"
	MailServiceRequestExpired  MailKind = "serviceRequestExpired"
)

// Mail is a mail to be sent, with what its texts need.
type Mail struct {
	Kind MailKind `json:"kind,omitempty"`
	// To is the one it goes to; empty where it goes to the organisation's active admins: see Readers.
	To       string `json:"to,omitempty"`
	Name     string `json:"name,omitempty"`
	Language string `json:"language,omitempty"`
	// User is who reads it, of the organisation Home, and Link the link that it carries: what becomes of the mail is
	// marked on both (4.6).
	User UserID         `json:"user,omitempty"`
	Home OrganisationID `json:"home,omitempty"`
	Link LinkID         `json:"link,omitempty"`

	Organisation string           `json:"organisation,omitempty"` // its name
	AccountsAre  AccountsAre      `json:"accountsAre,omitempty"`  // in its words
	Actor        string           `json:"actor,omitempty"`
	Subject      string           `json:"subject,omitempty"` // whom the act is about
	Act          Act              `json:"act,omitempty"`
	Reason       string           `json:"reason,omitempty"`
	Cause        Cause            `json:"cause,omitempty"`
	Credential   string           `json:"credential,omitempty"`   // with MailCredentialExpiring: which
	Holder       UserID           `json:"holder,omitempty"`       // with Credential: whose
	Factor       string           `json:"factor,omitempty"`       // with MailSecondFactorChanged: the action
	Level        int              `json:"level,omitempty"`        // of identity checks
	SecondFactor bool             `json:"secondFactor,omitempty"` // with a link: whether one has to be set up
	Change       ChangeID         `json:"change,omitempty"`
	Request      ServiceRequestID `json:"request,omitempty"`
	Differences  []Difference     `json:"differences,omitempty"`
	// With MailAccountOpened: who does not have the account, by name, and whether there are more.
	Account     AccountID `json:"account,omitempty"`
	AccountName string    `json:"accountName,omitempty"`
	Lacking     []string  `json:"lacking,omitempty"`
	LackingMore bool      `json:"lackingMore,omitempty"`
	// SealedToken is a link's token, sealed for the time that the mail waits; the mailer alone opens it.
	SealedToken string    `json:"sealedToken,omitempty"`
	ExpiresAt   time.Time `json:"expiresAt,omitempty"`
	EffectiveAt time.Time `json:"effectiveAt,omitempty"`
}

// TextKind is a kind of text message; each has its words in package text.
type TextKind string

const TextPhoneCode TextKind = "phoneCode"

// Text is a text message (SMS) to be sent, with what its words need.
type Text struct {
	Kind         TextKind `json:"kind,omitempty"`
	To           string   `json:"to,omitempty"` // E.164
	Language     string   `json:"language,omitempty"`
	User         UserID   `json:"user,omitempty"`
	Organisation string   `json:"organisation,omitempty"` // its name
	// SealedCode is sealed for the time that the text waits; the mailer function alone opens it.
	SealedCode string    `json:"sealedCode,omitempty"`
	ExpiresAt  time.Time `json:"expiresAt,omitempty"`
}

// ToAdmins tells whether the mail goes to the organisation's admins.
func (m Mail) ToAdmins() bool { return m.To == "" }

// Ref names the item.
func (o OutboxItem) Ref() OutboxRef { return OutboxRef{o.Organisation, o.Kind, o.ID} }
