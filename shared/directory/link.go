package directory

import "time"

// LinkKind is what a mailed link, or a texted code, is for.
type LinkKind string

const (
	LinkVerification  LinkKind = "verification"
	LinkPasswordReset LinkKind = "passwordReset"
	// LinkPhoneCode is of a code that was texted (1.11). It is kept for the list of what was sent (4.5): it has no hash
	// and opens nothing, the code itself is in PhoneCode.
	LinkPhoneCode LinkKind = "phoneCode"
	// LinkAccount is what a verification is told as to a person who has a password. It is stored as a verification: which
	// of the two it is, is not for the organisation to know.
	LinkAccount LinkKind = "accountLink"
)

// Channel is the way that something is sent by.
type Channel string

const (
	ChannelEmail Channel = "email"
	ChannelSMS   Channel = "sms"
)

// Channel is the way that links of the kind are sent by.
func (k LinkKind) Channel() Channel {
	if k == LinkPhoneCode {
		return ChannelSMS
	}
	return ChannelEmail
}

// How long links are good for (4.1, 4.2).
const (
	VerificationTime       = 14 * 24 * time.Hour
	VerificationResentTime = 24 * time.Hour
	PasswordResetTime      = 24 * time.Hour
)

// LinkState is what became of a link (4.4, 4.5).
type LinkState string

const (
	LinkSent     LinkState = "sent"
	LinkUsed     LinkState = "used"
	LinkExpired  LinkState = "expired"
	LinkReplaced LinkState = "replaced"
	LinkRevoked  LinkState = "revoked"
)

// Link is a single-use token with an expiry that was mailed to its user, or the record of a texted code. Of the token its
// hash is stored.
type Link struct {
	ID           LinkID
	Hash         string
	Kind         LinkKind
	Organisation OrganisationID
	User         UserID
	Identity     IdentityID
	To           string // e-mail address, or phone number
	State        LinkState
	CreatedAt    time.Time
	ExpiresAt    time.Time
	EndedAt      time.Time
	Delivery     *Delivery // nil while nothing was heard of it
	Revision     int
}

// TokenStatus is what became of something that was sent, in one word (4.5).
func (l Link) TokenStatus(now time.Time) string {
	switch {
	case l.State != LinkSent:
		return string(l.State)
	case !now.Before(l.ExpiresAt): // the sweep comes by the minute
		return string(LinkExpired)
	case l.Delivery == nil:
		return string(LinkSent)
	case l.Delivery.Status == Bounced:
		return string(Bounced)
	default: // who complains has received it
		return string(Delivered)
	}
}
