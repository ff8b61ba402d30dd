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

// Link is an e-mailed single-use token with an expiry. The token is stored hashed, as its key.
type Link struct {
	Hash         string
	Kind         LinkKind
	Organisation OrganisationID
	User         UserID
	Identity     IdentityID
	To           string
	State        LinkState
	CreatedAt    time.Time
	ExpiresAt    time.Time
	EndedAt      time.Time
	Revision     int
}
