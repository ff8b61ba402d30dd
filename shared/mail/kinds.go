package mail

import "slices"

// A Kind says what a mail is about; it selects the words and the required fields.
type Kind string

// The kinds of mail. The fields that each requires are listed by [Kind.Requires].
const (
	// Verification invites a new user to confirm the e-mail address, choose a
	// password and set up a second factor (4.1).
	Verification Kind = "verification"
	// VerificationResent carries the link that replaces an earlier one (4.1).
	VerificationResent Kind = "verificationResent"
	// AccountLink asks the holder of an existing identity to confirm being a user
	// of one more organisation (4.3).
	AccountLink Kind = "accountLink"
	// PasswordReset carries the link to choose a new password. With an Actor an
	// admin asked for it, without one the public form did (4.2).
	PasswordReset Kind = "passwordReset"
	// PasswordChanged is a security notice. With an Actor, staff set the password
	// and another must be chosen at the next sign-in (5.7).
	PasswordChanged Kind = "passwordChanged"
	// SecondFactorChanged is a security notice: the user's own second factors were
	// added to, removed or renewed; Factor says which.
	SecondFactorChanged Kind = "secondFactorChanged"
	// SecondFactorReset is a security notice: an admin reset the second factor (5.2).
	SecondFactorReset Kind = "secondFactorReset"
	// ApprovalRequested asks another admin to approve or reject a change (3.4).
	ApprovalRequested Kind = "approvalRequested"
	// ApprovalReminder repeats that a day before the change expires (3.4).
	ApprovalReminder Kind = "approvalReminder"
	// ChangeApproved tells the requester when an approved change takes effect
	// (3.6). Without an Actor the requester confirmed it by step-up.
	ChangeApproved Kind = "changeApproved"
	// ChangeEffective tells the requester that the change took effect (3.12).
	ChangeEffective Kind = "changeEffective"
	// ChangeRejected tells the requester who rejected the change, and why (3.4).
	ChangeRejected Kind = "changeRejected"
	// ChangeExpired tells the requester that nobody decided in time (3.4).
	ChangeExpired Kind = "changeExpired"
	// ChangeCancelled tells the requester that the change was cancelled, where
	// there is a Cause for it other than the requester's own wish (3.5).
	ChangeCancelled Kind = "changeCancelled"
	// ChangeFailed tells the requester that an approved change could not be
	// applied, and the Cause (3.8, 3.9).
	ChangeFailed Kind = "changeFailed"
	// AccountOpened reminds the admins of an organisation to give out a newly
	// opened account, with the People who don't have it (1.9).
	AccountOpened Kind = "accountOpened"
	// ServiceRequestAccepted tells who filed a service request that it became a
	// change, and by whom (1.5).
	ServiceRequestAccepted Kind = "serviceRequestAccepted"
	// ServiceRequestDeclined tells who declined it, and why (1.5).
	ServiceRequestDeclined Kind = "serviceRequestDeclined"
	// ServiceRequestExpired tells that nobody decided in time (4.7).
	ServiceRequestExpired Kind = "serviceRequestExpired"
	// CredentialExpiring warns before an API user's certificate or credential
	// expires (6.3).
	CredentialExpiring Kind = "credentialExpiring"
	// KYCMoreNeeded asks a user for other documents, with the Reason (1.12).
	KYCMoreNeeded Kind = "kycMoreNeeded"
	// KYCPassed tells a user that it passed a Level of identity checks (1.12).
	KYCPassed Kind = "kycPassed"
	// KYCRejected tells a user that it did not, and the Reason where one was given (1.12).
	KYCRejected Kind = "kycRejected"
)

// required names, for each kind, the fields of [Data] without which it makes no
// sense. A kind that requires a Link has a button.
var required = map[Kind][]string{
	Verification:           {"Organisation", "Actor", "Link", "ValidFor", "ExpiresAt"},
	VerificationResent:     {"Organisation", "Link", "ValidFor", "ExpiresAt"},
	AccountLink:            {"Organisation", "Actor", "Link", "ValidFor", "ExpiresAt"},
	PasswordReset:          {"Link", "ValidFor", "ExpiresAt"},
	PasswordChanged:        {"OccurredAt"},
	SecondFactorChanged:    {"Factor", "OccurredAt"},
	SecondFactorReset:      {"Organisation", "Actor", "OccurredAt"},
	ApprovalRequested:      {"Organisation", "Actor", "Act", "Subject", "Changes", "ChangeID", "Link", "ExpiresAt"},
	ApprovalReminder:       {"Organisation", "Actor", "Act", "Subject", "Changes", "ChangeID", "Link", "ExpiresAt"},
	ChangeApproved:         {"Organisation", "Act", "Subject", "ChangeID", "Link", "EffectiveAt"},
	ChangeEffective:        {"Organisation", "Act", "Subject", "ChangeID", "Link", "EffectiveAt"},
	ChangeRejected:         {"Organisation", "Actor", "Act", "Subject", "Reason", "ChangeID", "Link"},
	ChangeExpired:          {"Organisation", "Act", "Subject", "ChangeID", "Link", "ExpiresAt"},
	ChangeCancelled:        {"Organisation", "Act", "Subject", "ChangeID", "Link"},
	ChangeFailed:           {"Organisation", "Act", "Subject", "Cause", "ChangeID", "Link"},
	AccountOpened:          {"Organisation", "Account", "People", "Link"},
	ServiceRequestAccepted: {"Organisation", "Actor", "Act", "Subject", "ChangeID", "Link"},
	ServiceRequestDeclined: {"Organisation", "Actor", "Act", "Subject", "Reason", "Link"},
	ServiceRequestExpired:  {"Organisation", "Act", "Subject", "Link", "ExpiresAt"},
	CredentialExpiring:     {"Organisation", "Subject", "Credential", "Link", "ExpiresAt"},
	KYCMoreNeeded:          {"Organisation", "Level", "Reason"},
	KYCPassed:              {"Organisation", "Level"},
	KYCRejected:            {"Organisation", "Level"},
}

// Kinds answers every kind, sorted.
func Kinds() []Kind {
	kinds := make([]Kind, 0, len(required))
	for k := range required {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// Requires answers the names of the fields of [Data] that a message of this kind
// cannot lack. It answers nothing for a kind that doesn't exist.
func (k Kind) Requires() []string { return slices.Clone(required[k]) }

func (k Kind) requires(field string) bool { return slices.Contains(required[k], field) }
