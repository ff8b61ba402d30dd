package directory

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"time"

	"mandate/shared/fault"
)

// Limits of phone codes. With them somebody who holds the password but not the phone has fifteen guesses at a million
// codes in a quarter of an hour, and a phone gets no more than three texts in that time.
const (
	PhoneCodeTime    = 10 * time.Minute
	phoneCodeTries   = 5 // wrong answers that a code takes
	phoneCodeSends   = 3 // texts within phoneCodeWindow
	phoneCodeWindow  = 15 * time.Minute
	phoneCodeNumbers = 1_000_000 // six digits
)

// PhoneCode is the code that was texted to a user last (1.11), and how many texts there were of late.
//
// Decision: the code is sealed, not hashed. A hash of six digits is undone in a moment by whoever reads the table; to
// open what is sealed takes the key as well.
type PhoneCode struct {
	Sealed    string    `json:"sealed"`
	To        string    `json:"to"`   // the number; it proves no other
	Link      LinkID    `json:"link"` // its record among what was sent to the user (4.5)
	ExpiresAt time.Time `json:"expiresAt"`
	Wrong     int       `json:"wrong"` // wrong answers to it
	Sends     int       `json:"sends"` // texts since Since
	Since     time.Time `json:"since"`
}

// waits tells whether the code may still be given.
func (p *PhoneCode) waits(now time.Time) bool {
	return p != nil && p.Wrong < phoneCodeTries && now.Before(p.ExpiresAt)
}

// phonePlace is where a texted code is sealed for.
func phonePlace(user UserID) string { return "phone/" + string(user) }

// SealedFor is where a text's code is sealed for, so that the texter can open it.
func (t Text) SealedFor() string { return phonePlace(t.User) }

// sendPhoneCode draws a code for a user's phone, and the text that carries it. The code before it stops working.
//
// Faults: stateWrong where there is no number; tooManyAttempts.
func (c *Core) sendPhoneCode(ctx context.Context, now time.Time, organisation Organisation, user *User) ([]Effect, error) {
	if user.Phone == "" {
		return nil, fault.New(fault.StateWrong, "There is no phone number to send a code to. Ask an administrator to add yours.")
	}
	before := user.PhoneCode
	code := PhoneCode{To: user.Phone, ExpiresAt: now.Add(PhoneCodeTime), Sends: 1, Since: now}
	if before != nil && now.Sub(before.Since) < phoneCodeWindow {
		if before.Sends >= phoneCodeSends {
			return nil, tooMany(before.Since.Add(phoneCodeWindow).Sub(now))
		}
		code.Sends, code.Since = before.Sends+1, before.Since
	}
	drawn, err := rand.Int(rand.Reader, big.NewInt(phoneCodeNumbers))
	if err != nil {
		return nil, err
	}
	if code.Sealed, err = c.Sealer.Seal(ctx, fmt.Sprintf("%06d", drawn), phonePlace(user.ID)); err != nil {
		return nil, err
	}
	code.Link = LinkID(c.NewID(PrefixLink))
	effects := endPhoneCode(user, LinkReplaced, now)
	user.PhoneCode = &code
	return append(effects,
		PutLink{Link{
			ID: code.Link, Kind: LinkPhoneCode, Organisation: user.Organisation, User: user.ID, Identity: user.Identity,
			To: code.To, State: LinkSent, CreatedAt: now, ExpiresAt: code.ExpiresAt,
		}},
		Enqueue{OutboxItem{
			ID: c.NewID(PrefixOutbox), Organisation: organisation.ID, Kind: OutboxText, CreatedAt: now,
			Text: &Text{
				Kind: TextPhoneCode, To: code.To, Language: user.Language, User: user.ID, Organisation: organisation.Name,
				SealedCode: code.Sealed, ExpiresAt: code.ExpiresAt,
			},
		}},
	), nil
}

// endPhoneCode ends the record of a code that still waits.
func endPhoneCode(user *User, state LinkState, now time.Time) []Effect {
	if !user.PhoneCode.waits(now) {
		return nil
	}
	return []Effect{ReplaceLink{LinkRef{user.Organisation, user.ID, user.PhoneCode.Link}, state, now}}
}

// SendPhoneCode texts the caller a code that proves that the phone is its own; it is valid for ten minutes, and the
// earlier one stops working (1.3, 1.11).
//
// Faults: stateWrong where the phone is not to be verified, or there is no number; tooManyAttempts.
func (s *Self) SendPhoneCode(ctx context.Context, r Request) error {
	_, err := once(ctx, s.Store, r, func(bool) (struct{}, error) {
		v, err := s.enterPhone(ctx, r)
		if err != nil {
			return struct{}{}, err
		}
		if _, repeated, err := v.remembered(); repeated || err != nil {
			return struct{}{}, err
		}
		if err := v.verifiesPhone(); err != nil {
			return struct{}{}, err
		}
		effects, err := s.sendPhoneCode(ctx, v.now, v.home, &v.caller)
		if err != nil {
			return struct{}{}, err
		}
		effects = append(effects, v.found.put(v.caller), Log{s.ownEntry(v, "sendPhoneCode")})
		return struct{}{}, s.Store.Commit(ctx, append(effects, v.remember(string(v.caller.ID), "")...)...)
	})
	return err
}

// VerifyPhone takes the code that was texted, and moves the caller on to the next stage of its onboarding (1.11). The
// session goes on as far as that stage lets it.
//
// Faults: stateWrong where the phone is not to be verified, or no code was sent; credentialsWrong; codeExpired.
func (s *Self) VerifyPhone(ctx context.Context, r Request, given string) (Me, error) {
	return once(ctx, s.Store, r, func(bool) (Me, error) {
		v, err := s.enterPhone(ctx, r)
		if err != nil {
			return Me{}, err
		}
		if _, repeated, err := v.remembered(); err != nil {
			return Me{}, err
		} else if repeated {
			return s.me(v)
		}
		if err := v.verifiesPhone(); err != nil {
			return Me{}, err
		}
		right, err := s.judgePhoneCode(ctx, v, given)
		if err != nil {
			return Me{}, err
		}
		entry := s.ownEntry(v, "verifyPhone")
		if !right {
			entry.Outcome, entry.Detail = Refused, "wrong code"
			return Me{}, s.missPhoneCode(ctx, v, entry)
		}
		effects := endPhoneCode(&v.caller, LinkUsed, v.now)
		v.caller.PhoneCode = nil
		effects = append(effects, pass(&v.caller, v.home.Settings, v.now)...)
		v.session = raised(v.session, stageOf(v.caller, v.identity, v.home.Settings), v.now)
		effects = append(effects, RaiseSession{v.session}, v.found.put(v.caller), Log{entry})
		if err := s.Store.Commit(ctx, append(effects, v.remember(string(v.caller.ID), "")...)...); err != nil {
			return Me{}, err
		}
		return s.me(v)
	})
}

// enterPhone lets in who verifies a phone, and who has done so meanwhile and asks again.
func (s *Self) enterPhone(ctx context.Context, r Request) (visit, error) {
	return s.enter(ctx, r, nil, SessionOnboarding, SessionFull)
}

func (v visit) verifiesPhone() error {
	if v.caller.Status == StatusPhoneNotVerified {
		return nil
	}
	return fault.New(fault.StateWrong, "Your phone number is not waiting to be verified.")
}

// judgePhoneCode tells whether a code is the one that was texted last, as long as that may still be given.
func (s *Self) judgePhoneCode(ctx context.Context, v visit, given string) (bool, error) {
	code := v.caller.PhoneCode
	switch {
	case code == nil:
		return false, fault.New(fault.StateWrong, "Ask for a code first.")
	case code.Wrong >= phoneCodeTries:
		return false, fault.New(fault.CodeExpired, "Too many wrong codes were given. Ask for another.")
	case !code.waits(v.now):
		return false, fault.New(fault.CodeExpired, "This code has expired. Ask for another.")
	case code.To != v.caller.Phone: // an administrator has changed the number meanwhile
		return false, fault.New(fault.CodeExpired, "This code was sent to another number. Ask for another.")
	}
	sent, err := s.Sealer.Open(ctx, code.Sealed, phonePlace(v.caller.ID))
	return err == nil && subtle.ConstantTimeCompare([]byte(sent), []byte(given)) == 1, err
}

// missPhoneCode counts a wrong code. With the last one that it takes, the code that was sent ends.
func (s *Self) missPhoneCode(ctx context.Context, v visit, entry Entry) error {
	code := *v.caller.PhoneCode
	code.Wrong++
	effects := []Effect{Log{entry}}
	if code.Wrong == phoneCodeTries {
		effects = append(effects, endPhoneCode(&v.caller, LinkRevoked, v.now)...)
	}
	v.caller.PhoneCode = &code
	if err := s.Store.Commit(ctx, append(effects, v.found.put(v.caller))...); err != nil {
		return err
	}
	return fault.New(fault.CredentialsWrong, "The code is wrong.")
}
