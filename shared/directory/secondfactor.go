package directory

import (
	"context"
	"time"

	"mandate/shared/fault"
)

// SecondFactors verifies codes. It keeps nothing.
type SecondFactors interface {
	// NewSecret draws a TOTP secret.
	NewSecret() string
	// URI is what an authenticator app reads, QR its picture as a data URI.
	URI(issuer, account, secret string) string
	QR(uri string) (string, error)
	// Verify answers the time step of a code that is right now and after lastStep.
	Verify(secret, code string, now time.Time, lastStep int64) (step int64, ok bool)
	// NewRecoveryCodes draws codes, and answers them with their hashes.
	NewRecoveryCodes() (plain, hashes []string)
	// MatchRecovery finds the hash of a code.
	MatchRecovery(hashes []string, code string) (index int, ok bool)
}

// TOTPPlace is where an identity's TOTP secret is sealed for.
func TOTPPlace(identity IdentityID) string { return "identity/" + string(identity) + "/totp" }

// useTOTP verifies a code against the identity's second factor. The identity that it answers has the code used up:
// written with its revision, no code passes twice (RFC 6238, 5.2).
func (c *Core) useTOTP(ctx context.Context, factors SecondFactors, identity Identity, code string, now time.Time) (Identity, bool, error) {
	secret, err := c.Sealer.Open(ctx, identity.TOTP.Secret, TOTPPlace(identity.ID))
	if err != nil {
		return Identity{}, false, err
	}
	step, ok := factors.Verify(secret, code, now, identity.TOTP.LastStep)
	if !ok {
		return Identity{}, false, nil
	}
	used := *identity.TOTP
	used.LastStep = step
	identity.TOTP = &used
	return identity, true, nil
}

// Enrolment is a second factor that waits for its first code.
type Enrolment struct {
	Secret string
	URI    string
	QR     string
}

// BeginTOTP draws a secret for the caller's authenticator app (5.1). A second one replaces the first; what is confirmed
// already stays until the new one is.
func (s *Self) BeginTOTP(ctx context.Context, r Request) (Enrolment, error) {
	return attempt(func(bool) (Enrolment, error) {
		v, err := s.enter(ctx, r, nil, SessionFull, SessionEnrolment)
		if err != nil {
			return Enrolment{}, err
		}
		if v.identity.ID == "" {
			return Enrolment{}, fault.New(fault.StateWrong, "API users have no second factor.")
		}
		secret := s.SecondFactors.NewSecret()
		sealed, err := s.Sealer.Seal(ctx, secret, TOTPPlace(v.identity.ID))
		if err != nil {
			return Enrolment{}, err
		}
		v.identity.TOTPBegun = &TOTP{Secret: sealed}
		if err := s.Store.Commit(ctx, PutIdentity{v.identity}); err != nil {
			return Enrolment{}, err
		}
		uri := s.SecondFactors.URI(v.home.Name, v.identity.Login, secret)
		qr, err := s.SecondFactors.QR(uri)
		return Enrolment{Secret: secret, URI: uri, QR: qr}, err
	})
}

// ConfirmTOTP takes the app's first code, and answers new recovery codes, shown this once. An enrolment session becomes
// a full one. Where there is a second factor already, current is a code of it, or a recovery code: a session alone
// replaces nothing, or whoever finds one could approve with a factor of their own (3.3).
//
// Faults: stateWrong where none was begun; invalid on "current"; credentialsWrong; tooManyAttempts.
func (s *Self) ConfirmTOTP(ctx context.Context, r Request, code, current string) ([]string, error) {
	return attempt(func(bool) ([]string, error) {
		v, err := s.enterStepUp(ctx, r, SessionFull, SessionEnrolment)
		if err != nil {
			return nil, err
		}
		if v.identity.TOTPBegun == nil {
			return nil, fault.New(fault.StateWrong, "Begin to set up the second factor first.")
		}
		if v.identity.TOTP != nil {
			if err := s.proveCurrent(ctx, v, current); err != nil {
				return nil, err
			}
		}
		begun := v.identity
		begun.TOTP = v.identity.TOTPBegun
		identity, ok, err := s.useTOTP(ctx, s.SecondFactors, begun, code, v.now)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, s.missStepUp(ctx, v, "confirmTotp")
		}
		plain, hashes := s.SecondFactors.NewRecoveryCodes()
		identity.TOTPBegun, identity.RecoveryCodes = nil, hashes
		v.caller.SecondFactor = true
		effects := []Effect{PutIdentity{identity}, PutUser{v.caller}, Log{s.ownEntry(v, "confirmTotp")}, s.tell(v, MailSecondFactorChanged, "confirmTotp")}
		if v.session.Stage == SessionEnrolment {
			effects = append(effects, RaiseSession{raised(v.session, SessionFull, v.now)})
		}
		return plain, s.Store.Commit(ctx, effects...)
	})
}

// proveCurrent verifies the second factor that is about to be replaced.
func (s *Self) proveCurrent(ctx context.Context, v visit, code string) error {
	if code == "" {
		return fault.InvalidField("current", "required", "Give a code of the second factor that you have, or a recovery code.")
	}
	_, ok, err := s.useTOTP(ctx, s.SecondFactors, v.identity, code, v.now)
	if err != nil {
		return err
	}
	if !ok {
		_, ok = s.SecondFactors.MatchRecovery(v.identity.RecoveryCodes, code)
	}
	if !ok {
		return s.missStepUp(ctx, v, "confirmTotp")
	}
	return nil
}

// RemoveTOTP takes the second factor off, after a code of it. Where the organisation requires one, the next sign-in
// asks to set up another.
//
// Faults: secondFactorMissing, credentialsWrong, tooManyAttempts.
func (s *Self) RemoveTOTP(ctx context.Context, r Request, code string) error {
	_, err := attempt(func(bool) (struct{}, error) {
		v, err := s.enterStepUp(ctx, r, SessionFull)
		if err != nil {
			return struct{}{}, err
		}
		if v.identity.TOTP == nil {
			return struct{}{}, fault.New(fault.SecondFactorMissing, "There is no second factor.")
		}
		if v.home.Settings.SecondFactor == Required {
			return struct{}{}, fault.New(fault.StateWrong, "Your organisation requires a second factor. Set up another one to replace this.")
		}
		identity, ok, err := s.useTOTP(ctx, s.SecondFactors, v.identity, code, v.now)
		if err != nil {
			return struct{}{}, err
		}
		if !ok {
			return struct{}{}, s.missStepUp(ctx, v, "removeTotp")
		}
		identity.TOTP, identity.RecoveryCodes = nil, nil
		v.caller.SecondFactor = false
		return struct{}{}, s.Store.Commit(ctx, PutIdentity{identity}, PutUser{v.caller}, Log{s.ownEntry(v, "removeTotp")}, s.tell(v, MailSecondFactorChanged, "removeTotp"))
	})
	return err
}

// enterStepUp enters with the count of the caller's wrong codes, and turns away who had too many.
func (c *Core) enterStepUp(ctx context.Context, r Request, stages ...SessionStage) (visit, error) {
	v, err := c.enter(ctx, r, func(OrganisationID) Want { return wantStepUp(r) }, stages...)
	if err != nil {
		return visit{}, err
	}
	return v, v.checkStepUp()
}

// wantStepUp reads the count of wrong codes of whom the token names.
func wantStepUp(r Request) Want {
	ticket, ok := ParseTicket(TicketSession, r.Token)
	if !ok {
		return Want{}
	}
	return Want{Tries: []TriesRef{stepUpTries(ticket.Identity)}}
}

// Limits of wrong codes (5.6). They hold for a session that proved its password: nobody else is locked out by them.
const (
	stepUpFailures = 5
	triesWindow    = 15 * time.Minute
)

func stepUpTries(identity IdentityID) TriesRef { return TriesRef{Name: "stepUp/" + string(identity)} }

func (v visit) stepUpTries() Tries {
	ref := stepUpTries(v.identity.ID)
	return v.found.Tries[ref].within(ref, v.now)
}

func (v visit) checkStepUp() error {
	if tries := v.stepUpTries(); tries.Failures >= stepUpFailures {
		return tooMany(tries.Since.Add(triesWindow).Sub(v.now))
	}
	return nil
}

// missStepUp counts a wrong code.
func (c *Core) missStepUp(ctx context.Context, v visit, action Action) error {
	tries := v.stepUpTries()
	tries.Failures++
	entry := c.entry(v, action, Refused)
	entry.Detail = "wrong code"
	if err := c.Store.Commit(ctx, PutTries{tries}, Log{entry}); err != nil {
		return err
	}
	return fault.New(fault.CredentialsWrong, "The code is wrong or was used before.")
}

// within is the count as far as it is still of the window; an older one starts anew.
func (t Tries) within(ref TriesRef, now time.Time) Tries {
	t.Ref = ref
	if now.Sub(t.Since) >= triesWindow {
		t.Failures, t.Since = 0, now
	}
	return t
}

func tooMany(wait time.Duration) error {
	return &fault.Fault{Code: fault.TooManyAttempts, Detail: "Too many attempts. Wait a while.", RetryAfter: max(wait, time.Second)}
}
