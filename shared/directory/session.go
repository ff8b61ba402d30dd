package directory

import "time"

// SessionStage says what a session is good for.
type SessionStage string

const (
	// SessionFull may do whatever its user may.
	SessionFull SessionStage = "full"
	// SessionEnrolment may only set up the second factor that its organisation requires (5.1).
	SessionEnrolment SessionStage = "enrolment"
	// SessionOnboarding may only pass the stages of onboarding that are left (1.11): see onboarding.
	SessionOnboarding SessionStage = "onboarding"
	// SessionPassword may only choose another password, in the place of one that staff set (5.7).
	SessionPassword SessionStage = "password"
	// SessionChallenge has proven the password and waits for the second factor.
	SessionChallenge SessionStage = "challenge"
)

// Limits of sessions (5.3). Idle is what card and payment rules ask of consoles at most; the absolute limit is a
// working day.
const (
	SessionIdle       = 15 * time.Minute
	SessionAbsolute   = 12 * time.Hour
	EnrolmentAbsolute = 30 * time.Minute
	ChallengeAbsolute = 5 * time.Minute
	// ChallengeTries is how many wrong codes a challenge takes before it ends.
	ChallengeTries = 5
	// touchAfter is how stale LastSeenAt may be: within it, a request writes nothing.
	touchAfter = SessionIdle / 8
)

// Session is a sign-in that has not ended. Its token is stored hashed, as its key.
type Session struct {
	ID           string // shown in lists; opens nothing
	Hash         string
	Organisation OrganisationID // the user's own
	User         UserID
	Identity     IdentityID
	Acting       OrganisationID // where it acts; operators enter other organisations
	Stage        SessionStage
	// The epochs of user and identity when it began: of older epochs it has ended (5.3).
	UserEpoch     int
	IdentityEpoch int
	// SecondFactor tells that the second factor was proven in it, or in the one whose place it took.
	SecondFactor bool
	Tries        int // wrong codes given to a challenge
	CreatedAt    time.Time
	LastSeenAt   time.Time
	ExpiresAt    time.Time // the absolute limit
	Address      string
	UserAgent    string
	Place        string // as the edge tells it; empty where unknown
}

// fits tells whether the user's status is one that the session is for. Who becomes active by another's act signs in anew.
func (s Session) fits(user User) bool {
	switch s.Stage {
	case SessionOnboarding:
		return user.Onboards()
	case SessionChallenge:
		return user.SignsIn()
	}
	return user.Active()
}

// Alive tells whether the session holds, for its user and identity as they are now.
func (s Session) Alive(user User, identity Identity, now time.Time) bool {
	return s.fits(user) &&
		s.UserEpoch == user.SessionEpoch && s.IdentityEpoch == identity.SessionEpoch &&
		s.User == user.ID && s.Identity == identity.ID && user.Identity == identity.ID &&
		now.Before(s.ExpiresAt) && now.Sub(s.LastSeenAt) < SessionIdle
}
