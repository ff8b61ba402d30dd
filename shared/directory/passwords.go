package directory

import (
	"context"
	"time"

	"mandate/shared/fault"
)

// ActionSetPassword is setting a new password for a user (5.7), as policies name it.
const ActionSetPassword Action = "setPassword"

// PasswordState tells of a user's password what its details show (5.7).
type PasswordState string

const (
	// PasswordNone: none was chosen yet. It is the zero value.
	PasswordNone   PasswordState = ""
	PasswordUsable PasswordState = "usable"
	// PasswordMustChange: staff set it, and its user must choose another at the next sign-in.
	PasswordMustChange PasswordState = "mustChange"
)

// passwordState is what the identity's users show of its password.
func (i Identity) passwordState() PasswordState {
	switch {
	case i.PasswordHash == "":
		return PasswordNone
	case i.MustChangePassword:
		return PasswordMustChange
	}
	return PasswordUsable
}

// takePassword gives an identity a new password: its sessions end, in whatever organisation (5.3).
func (i Identity) takePassword(hash string, at time.Time, mustChange bool) Identity {
	i.PasswordHash, i.PasswordAt, i.MustChangePassword = hash, at, mustChange
	i.SessionEpoch++
	return i
}

// ChangePassword gives the caller another password. Every other session of its identity ends; this one goes on, and
// where it was good for that alone, further (5.3, 5.7).
//
// Faults: credentialsWrong where current is not the password; invalid on "new"; stateWrong for API users;
// tooManyAttempts.
func (s *Self) ChangePassword(ctx context.Context, r Request, current, new string) error {
	var hash string // made once: it is slow on purpose
	_, err := once(ctx, s.Store, r, func(bool) (struct{}, error) {
		v, err := s.enterStepUp(ctx, r, Want{}, SessionFull, SessionPassword)
		if err != nil {
			return struct{}{}, err
		}
		if v.identity.ID == "" {
			return struct{}{}, fault.New(fault.StateWrong, "API users have no password.")
		}
		if repeated, err := s.answeredBefore(ctx, v, &struct{}{}); repeated || err != nil {
			return struct{}{}, err
		}
		ok, _, err := s.verify(v.identity, current)
		if err != nil {
			return struct{}{}, err
		}
		if !ok {
			return struct{}{}, s.missStepUp(ctx, v, s.entry(v, "changeMyPassword", Refused), verified{detail: "wrong password"})
		}
		if new == current {
			return struct{}{}, fault.InvalidField("new", "unchanged", "Choose another password than the one that you have.")
		}
		withSecondFactor := v.home.Settings.needsSecondFactor(v.caller) || v.identity.SecondFactor()
		if err := s.judge("new", new, withSecondFactor, v.caller, v.home); err != nil {
			return struct{}{}, err
		}
		if hash == "" {
			if hash, err = s.Passwords.Hash(new); err != nil {
				return struct{}{}, err
			}
		}
		identity := v.identity.takePassword(hash, v.now, false)
		v.caller.Password = PasswordUsable
		v.session.IdentityEpoch = identity.SessionEpoch
		v.session = raised(v.session, stageOf(v.caller, identity, v.home.Settings), v.now)
		others, err := s.mirror(ctx, identity, v.caller.membership())
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.carryOutOnce(ctx, v, struct{}{}, nil, append(others, PutIdentity{identity}, v.found.put(v.caller), RaiseSession{v.session},
			Log{s.ownEntry(v, "changeMyPassword")}, s.tell(v, MailPasswordChanged, ""))...)
	})
	return err
}

// SetPassword sets a new password for a user, where the organisation's settings have that (5.7). The user's sessions end,
// the user is told by mail, and must choose another at the next sign-in. It is an act of the platform's staff and no
// change: a password waits for nobody's approval in a record.
//
// Faults: notFound, forbidden, preconditionFailed, stateWrong where the user cannot sign in anyway; invalid on "password".
func (s *Self) SetPassword(ctx context.Context, r Request, id UserID, password string) (User, error) {
	var hash string // made once: it is slow on purpose
	return once(ctx, s.Store, r, func(bool) (User, error) {
		v, err := s.enter(ctx, r, func(organisation OrganisationID) Want {
			return Want{Users: []UserRef{{organisation, id}}}
		})
		if err != nil {
			return User{}, err
		}
		user, err := v.user(id)
		if err != nil {
			return User{}, err
		}
		if err := s.decide(ctx, v, Question{Action: ActionSetPassword, Target: &user}); err != nil {
			return User{}, err
		}
		if repeated, err := s.answeredBefore(ctx, v, &struct{}{}); repeated || err != nil {
			return user, err
		}
		if err := r.saw(user); err != nil {
			return User{}, err
		}
		if !user.SignsIn() || user.Kind == KindAPI {
			return User{}, fault.New(fault.StateWrong, "The user does not sign in with a password, or is not active.")
		}
		found, err := s.Store.Read(ctx, Want{Identities: []IdentityID{user.Identity}})
		if err != nil {
			return User{}, err
		}
		identity := found.Identities[user.Identity]
		withSecondFactor := v.organisation.Settings.needsSecondFactor(user) || identity.SecondFactor()
		if err := s.judge("password", password, withSecondFactor, user, v.organisation); err != nil {
			return User{}, err
		}
		if hash == "" {
			if hash, err = s.Passwords.Hash(password); err != nil {
				return User{}, err
			}
		}
		user.Password, user.UpdatedAt = PasswordMustChange, v.now
		entry := s.entry(v, ActionSetPassword, Done)
		entry.Target, entry.TargetName = TargetID(user.ID), user.Name.Full()
		told := user.mail(MailPasswordChanged)
		told.Actor = v.caller.Name.Full()
		identity = identity.takePassword(hash, v.now, true)
		others, err := s.mirror(ctx, identity, user.membership())
		if err != nil {
			return User{}, err
		}
		return user, s.carryOutOnce(ctx, v, struct{}{}, user.mailWarnings(), append(others,
			PutIdentity{identity}, v.found.put(user), Log{entry}, v.expectCaller(), s.enqueueMail(v.organisation, told, v.now))...)
	})
}
