package directory

import "time"

// LinkKind is what a mailed link is for.
type LinkKind string

const (
	LinkVerification  LinkKind = "verification"
	LinkPasswordReset LinkKind = "passwordReset"
)

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

// Channel is the way by which something was sent.
type Channel string

const (
	ChannelEmail Channel = "email"
	ChannelSMS   Channel = "sms"
)

// Link is a single-use token with an expiry, that was sent to its user. Of the token its hash is stored.
type Link struct {
	ID           LinkID
	Hash         string
	Kind         LinkKind
	Channel      Channel
	Organisation OrganisationID
	User         UserID
	Identity     IdentityID
	To           string
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
