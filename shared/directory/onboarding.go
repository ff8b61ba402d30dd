package directory

import (
	"slices"
	"time"
)

// stages of onboarding, in the order in which they are passed (1.11); which of them there are is the organisation's setting.
//
//	status            passed by                  a session is good for
//	emailNotVerified  redeemLink                 (there is none: it takes the mailed link)
//	phoneNotVerified  verifyPhone                getMe, signOut, sendPhoneCode, verifyPhone
//	kycNotVerified    decideKyc                  getMe, signOut, getMyKyc, submitKyc
//	active                                       whatever its user may do
var stages = []Status{StatusEmailNotVerified, StatusPhoneNotVerified, StatusKYCNotVerified}

// Stage tells whether the status is a stage of onboarding.
func (s Status) Stage() bool { return slices.Contains(stages, s) }

// onboarding says what comes next at the stages that have sessions.
var onboarding = map[Status]Next{
	StatusPhoneNotVerified: NextVerifyPhone,
	StatusKYCNotVerified:   NextVerifyIdentity,
}

// Onboards tells whether the user may sign in to pass what is left of its onboarding, and do nothing else.
func (u User) Onboards() bool { return onboarding[u.Status] != "" }

// SignsIn tells whether the user may sign in.
func (u User) SignsIn() bool { return u.Active() || u.Onboards() }

// Next is what comes next for somebody who proved something: an address, a number, a password.
type Next string

const (
	NextSignIn Next = "signIn"
	// NextEnrol: the second factor that the organisation requires is to be set up.
	NextEnrol Next = "enrolSecondFactor"
	// NextVerifyPhone: the code that was texted is to be given.
	NextVerifyPhone Next = "verifyPhone"
	// NextVerifyIdentity: the platform's compliance staff are to verify who it is (1.12).
	NextVerifyIdentity Next = "verifyIdentity"
	// NextPassword: another password is to be chosen, in the place of one that staff set (5.7).
	NextPassword Next = "changePassword"
)

// Next is what the session is limited to; empty where it is full.
func (s Session) Next(user User) Next {
	switch s.Stage {
	case SessionEnrolment:
		return NextEnrol
	case SessionPassword:
		return NextPassword
	case SessionOnboarding:
		return onboarding[user.Status]
	}
	return ""
}

// stageOf is what a session is good for once its user has proven who it is: first a password is changed that must be,
// then the onboarding passed, then a second factor set up that must be there.
func stageOf(user User, identity Identity, home Settings) SessionStage {
	switch {
	case identity.MustChangePassword:
		return SessionPassword
	case user.Onboards():
		return SessionOnboarding
	case home.needsSecondFactor(user) && !identity.SecondFactor():
		return SessionEnrolment
	}
	return SessionFull
}

// lifetimes of sessions, from their beginning.
var lifetimes = map[SessionStage]time.Duration{
	SessionFull:       SessionAbsolute,
	SessionEnrolment:  EnrolmentAbsolute,
	SessionOnboarding: EnrolmentAbsolute,
	SessionPassword:   EnrolmentAbsolute,
	SessionChallenge:  ChallengeAbsolute,
}

// raised is a session that went a stage further.
func raised(session Session, stage SessionStage, now time.Time) Session {
	session.Stage, session.ExpiresAt, session.LastSeenAt = stage, session.CreatedAt.Add(lifetimes[stage]), now
	return session
}

// pass moves a user on from the stage of onboarding that it has passed (1.11), and counts an admin who is active then.
//
// It leaves the user's version alone: what an admin sees and decides about is as it was, and an update that was approved
// meanwhile still fits (3.8).
func pass(user *User, settings Settings, now time.Time) []Effect {
	next := nextStage(settings, *user, user.Status)
	if user.Reached != "" {
		next, user.Reached = user.Reached, ""
	}
	user.Status = next
	user.UpdatedAt = now
	if user.ActiveAdmin() {
		return []Effect{MoveAdmins{Organisation: user.Organisation, By: 1}}
	}
	return nil
}

// nextStage is the stage of onboarding that follows one; the first, where none was passed. One that the organisation no
// longer has is followed by the same as ever. Whom somebody answers for passes no identity checks (1.12).
func nextStage(settings Settings, user User, passed Status) Status {
	for _, stage := range stages[slices.Index(stages, passed)+1:] {
		if slices.Contains(settings.Onboarding, stage) && !(stage == StatusKYCNotVerified && user.Vouched) {
			return stage
		}
	}
	return StatusActive
}
