package directory

import "time"

// Identity is one person's (or machine's) login: password and second factors. A user is its membership in one
// organisation.
type Identity struct {
	ID IdentityID
	// Login is the folded name it signs in with; empty for API users (6.5).
	Login        string
	PasswordHash string // empty until one is chosen
	PasswordAt   time.Time
	// MustChangePassword: staff set the password, and another must be chosen at the next sign-in (5.7).
	MustChangePassword bool
	// TOTP is the authenticator app's confirmed second factor; TOTPBegun one that waits for its first code.
	TOTP      *TOTP
	TOTPBegun *TOTP
	// Passkeys are its others, each enough by itself; at most MaxPasskeys.
	Passkeys []Passkey
	// RecoveryCodes are hashes of those not used yet.
	RecoveryCodes []string
	// SessionEpoch goes up when every session of the identity must end, in whatever organisation (5.3).
	SessionEpoch int
	// Members is where it is a user, once that is, or was, in more than one organisation: as its login has them, so that
	// one read tells. Empty: where the session is, and nowhere else.
	Members   []Membership
	CreatedAt time.Time
	Revision  int
}

// TOTP is a time-based one-time password generator (RFC 6238).
type TOTP struct {
	Secret   string `json:"secret"`   // sealed
	LastStep int64  `json:"lastStep"` // the last time step whose code was used: none is used twice
}

// SecondFactor tells whether the identity has one.
func (i Identity) SecondFactor() bool { return i.TOTP != nil || len(i.Passkeys) > 0 }

// methods are how it can prove its second factor, those that stay before those that are used up.
func (i Identity) methods() []string {
	var methods []string
	if i.TOTP != nil {
		methods = append(methods, string(MethodTOTP))
	}
	if len(i.Passkeys) > 0 {
		methods = append(methods, string(MethodPasskey))
	}
	if len(i.RecoveryCodes) > 0 {
		methods = append(methods, string(MethodRecovery))
	}
	return methods
}

// Membership is where an identity is a user.
type Membership struct {
	Organisation OrganisationID `json:"organisation"`
	User         UserID         `json:"user"`
}

// Login is the platform-wide look-up from the name that someone types to the identity. Names are unique on the
// platform (1.2), e-mail addresses and usernames alike, so that no name ever means two people.
//
// A phone number leads to its identity in the same way (1.3).
type Login struct {
	Name     string // folded
	Identity IdentityID
	Members  []Membership // those of its users that go by the name
	Revision int
}
