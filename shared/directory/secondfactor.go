package directory

import (
	"cmp"
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
	return once(ctx, s.Store, r, func(bool) (Enrolment, error) {
		v, err := s.enter(ctx, r, nil, SessionFull, SessionEnrolment)
		if err != nil {
			return Enrolment{}, err
		}
		if v.identity.ID == "" {
			return Enrolment{}, fault.New(fault.StateWrong, "API users have no second factor.")
		}
		var secret string
		if repeated, err := s.answeredBefore(ctx, v, &secret); repeated || err != nil {
			return s.enrolment(v, secret, err)
		}
		secret = s.SecondFactors.NewSecret()
		sealed, err := s.Sealer.Seal(ctx, secret, TOTPPlace(v.identity.ID))
		if err != nil {
			return Enrolment{}, err
		}
		v.identity.TOTPBegun = &TOTP{Secret: sealed}
		return s.enrolment(v, secret, s.carryOutOnce(ctx, v, secret, nil, PutIdentity{v.identity}))
	})
}

// enrolment shows a secret in all its forms.
func (s *Self) enrolment(v visit, secret string, err error) (Enrolment, error) {
	if err != nil {
		return Enrolment{}, err
	}
	uri := s.SecondFactors.URI(v.home.Name, v.identity.Login, secret)
	qr, err := s.SecondFactors.QR(uri)
	return Enrolment{Secret: secret, URI: uri, QR: qr}, err
}

// ConfirmTOTP takes the app's first code, and answers new recovery codes, shown this once. An enrolment session becomes
// a full one. Where there is a second factor already, current proves it.
//
// Faults: stateWrong where none was begun; invalid on "current"; credentialsWrong; tooManyAttempts.
func (s *Self) ConfirmTOTP(ctx context.Context, r Request, code string, current Factor) ([]string, error) {
	return once(ctx, s.Store, r, func(bool) ([]string, error) {
		v, err := s.enterStepUp(ctx, r, Want{Ceremonies: current.ceremonies(s.Passkeys)}, SessionFull, SessionEnrolment)
		if err != nil {
			return nil, err
		}
		var before []string
		if repeated, err := s.answeredBefore(ctx, v, &before); repeated || err != nil {
			return before, err
		}
		if v.identity.TOTPBegun == nil {
			return nil, fault.New(fault.StateWrong, "Begin to set up the second factor first.")
		}
		held, err := s.proveCurrent(ctx, v, current, "confirmTotp")
		if err != nil {
			return nil, err
		}
		begun := held.identity
		begun.TOTP = v.identity.TOTPBegun
		identity, ok, err := s.useTOTP(ctx, s.SecondFactors, begun, code, v.now)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, s.missStepUp(ctx, v, s.entry(v, "confirmTotp", Refused), held)
		}
		plain, hashes := s.SecondFactors.NewRecoveryCodes()
		identity.TOTPBegun, identity.RecoveryCodes = nil, hashes
		return plain, s.commitFactors(ctx, v, identity, held, "confirmTotp", plain)
	})
}

// RemoveTOTP takes the authenticator app off, after a proof of a second factor. Where the organisation requires one,
// the last is not taken off.
//
// Faults: secondFactorMissing, stateWrong; invalid on "current"; credentialsWrong; tooManyAttempts.
func (s *Self) RemoveTOTP(ctx context.Context, r Request, current Factor) error {
	_, err := attempt(ctx, func(bool) (struct{}, error) {
		v, err := s.enterStepUp(ctx, r, Want{Ceremonies: current.ceremonies(s.Passkeys)}, SessionFull)
		if err != nil {
			return struct{}{}, err
		}
		if v.identity.TOTP == nil {
			return struct{}{}, fault.New(fault.SecondFactorMissing, "There is no authenticator app.")
		}
		held, err := s.proveCurrent(ctx, v, current, "removeTotp")
		if err != nil {
			return struct{}{}, err
		}
		identity := held.identity
		identity.TOTP = nil
		return struct{}{}, s.removeFactor(ctx, v, identity, held, "removeTotp")
	})
	return err
}

// removeFactor writes an identity that has a second factor less.
func (s *Self) removeFactor(ctx context.Context, v visit, identity Identity, held verified, action Action) error {
	if !identity.SecondFactor() {
		if v.home.Settings.needsSecondFactor(v.caller) {
			return fault.New(fault.StateWrong, "Your organisation requires a second factor. Set up another one to replace this.")
		}
		identity.RecoveryCodes = nil
	}
	effects, err := s.changeFactors(ctx, v, identity, held, action)
	if err != nil {
		return err
	}
	return s.Store.Commit(ctx, effects...)
}

// changeFactors writes an identity whose second factors are others now. An enrolment session becomes a full one.
func (s *Self) changeFactors(ctx context.Context, v visit, identity Identity, held verified, action Action) ([]Effect, error) {
	others, err := s.mirror(ctx, identity, v.caller.membership())
	if err != nil {
		return nil, err
	}
	v.caller.SecondFactor, v.session.SecondFactor = identity.SecondFactor(), identity.SecondFactor()
	if v.session.Stage == SessionEnrolment {
		v.session = raised(v.session, SessionFull, v.now)
	}
	return append(append(others, held.effects...), RaiseSession{v.session},
		PutIdentity{identity}, v.found.put(v.caller), Log{s.ownEntry(v, action)}, s.tell(v, MailSecondFactorChanged, string(action))), nil
}

// commitFactors does it, and remembers what is answered.
func (s *Self) commitFactors(ctx context.Context, v visit, identity Identity, held verified, action Action, answer any, also ...Effect) error {
	effects, err := s.changeFactors(ctx, v, identity, held, action)
	if err != nil {
		return err
	}
	return s.carryOutOnce(ctx, v, answer, nil, append(effects, also...)...)
}

// NewRecoveryCodes draws recovery codes in the place of those that there are, shown this once, after a proof of a second
// factor.
//
// Faults: secondFactorMissing; invalid on "current"; credentialsWrong; tooManyAttempts.
func (s *Self) NewRecoveryCodes(ctx context.Context, r Request, current Factor) ([]string, error) {
	return once(ctx, s.Store, r, func(bool) ([]string, error) {
		v, err := s.enterStepUp(ctx, r, Want{Ceremonies: current.ceremonies(s.Passkeys)}, SessionFull)
		if err != nil {
			return nil, err
		}
		var before []string
		if repeated, err := s.answeredBefore(ctx, v, &before); repeated || err != nil {
			return before, err
		}
		if !v.identity.SecondFactor() {
			return nil, fault.New(fault.SecondFactorMissing, "Set up your second factor first.")
		}
		held, err := s.proveCurrent(ctx, v, current, "newRecoveryCodes")
		if err != nil {
			return nil, err
		}
		plain, hashes := s.SecondFactors.NewRecoveryCodes()
		held.identity.RecoveryCodes = hashes
		return plain, s.commitFactors(ctx, v, held.identity, held, "newRecoveryCodes", plain)
	})
}

// proveCurrent verifies a second factor that there is, before an act on them; where there is none, nothing is to prove.
// A session alone changes nothing of them, or whoever finds one could approve with a factor of their own (3.3).
func (s *Self) proveCurrent(ctx context.Context, v visit, current Factor, action Action) (verified, error) {
	if !v.identity.SecondFactor() {
		return verified{ok: true, identity: v.identity}, nil
	}
	if !current.given() {
		return verified{}, fault.InvalidField("current", "required", "Prove the second factor that you have: by a code, a recovery code or a passkey.")
	}
	held, err := s.prove(ctx, s.factors(), v.found, v.identity, current, occasionSelf(v.session), v.now)
	if err != nil || held.ok {
		return held, err
	}
	return verified{}, s.missStepUp(ctx, v, s.entry(v, action, Refused), held)
}

func (s *Self) factors() factors { return factors{s.SecondFactors, s.Passkeys} }

// enterStepUp enters with what is wanted and the count of the caller's wrong codes, and turns away who had too many.
func (c *Core) enterStepUp(ctx context.Context, r Request, want Want, stages ...SessionStage) (visit, error) {
	want.Tries = wantStepUp(r).Tries
	v, err := c.enter(ctx, r, func(OrganisationID) Want { return want }, stages...)
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

// missStepUp counts a wrong code, or whatever else was given.
func (c *Core) missStepUp(ctx context.Context, v visit, entry Entry, given verified) error {
	tries := v.stepUpTries()
	tries.Failures++
	entry.Detail = cmp.Or(given.detail, wrongCode)
	if err := c.Store.Commit(ctx, append(given.effects, PutTries{tries}, Log{entry})...); err != nil {
		return err
	}
	return fault.New(fault.CredentialsWrong, "What you gave is wrong, or was used before.")
}

// wrongCode is what the log says of one.
const wrongCode = "wrong code"

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
