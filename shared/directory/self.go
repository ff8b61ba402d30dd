package directory

import (
	"context"
	"slices"
	"strings"

	"mandate/shared/fault"
)

// Self is what people do for themselves: sign in and out, links, passwords, second factors, sessions.
type Self struct {
	Core
	Passwords     Passwords
	SecondFactors SecondFactors
	Passkeys      Passkeys
}

// Passwords hashes and judges passwords.
type Passwords interface {
	Hash(password string) (string, error)
	// Verify tells whether a password is right, and whether its hash should be made anew.
	Verify(hash, password string) (ok, rehash bool, err error)
	// VerifyNothing takes the time of a verification (4.2).
	VerifyNothing(password string)
	// Problems are the rules that a password breaks, as stable codes; context are words it may not consist of.
	Problems(password string, withSecondFactor bool, context []string) []string
}

// Me is the caller as it sees itself.
type Me struct {
	User         User
	Organisation Organisation
	// Next is what the session is limited to; empty where it is full.
	Next        Next
	Permissions map[Permission]Scope // those in force: none while the user is not active
	// AllAccounts: every account of the organisation, also those opened later.
	AllAccounts bool
	// Factors are the second factors that the person has.
	Factors HeldFactors
	// Others are the organisations that it may switch to.
	Others []Organisation
}

// HeldFactors tells which second factors a person has, and how many recovery codes are left (5.1).
type HeldFactors struct {
	TOTP          bool
	Passkeys      int
	RecoveryCodes int
}

// Me tells who is signed in, and where else the person is a user.
func (s *Self) Me(ctx context.Context, r Request) (Me, error) {
	v, err := s.enter(ctx, r, nil, SessionFull, SessionEnrolment, SessionOnboarding, SessionPassword)
	if err != nil {
		return Me{}, err
	}
	me, err := s.me(v)
	if err != nil {
		return Me{}, err
	}
	me.Others, err = s.others(ctx, v)
	return me, err
}

func (s *Self) me(v visit) (Me, error) {
	me := Me{
		User: v.caller, Organisation: v.organisation, Next: v.session.Next(v.caller), AllAccounts: v.caller.HoldsAllAccounts(),
		Factors: HeldFactors{TOTP: v.identity.TOTP != nil, Passkeys: len(v.identity.Passkeys), RecoveryCodes: len(v.identity.RecoveryCodes)},
	}
	if !v.caller.Active() {
		return me, nil
	}
	var err error
	me.Permissions, err = s.Policies.Effective(v.caller, v.home)
	return me, err
}

// UpdateMe changes what is one's own to change: the language (8.1). Everything else is administered.
//
// Faults: invalid, preconditionFailed.
func (s *Self) UpdateMe(ctx context.Context, r Request, language string) (Me, error) {
	return attempt(ctx, func(bool) (Me, error) {
		v, err := s.enter(ctx, r, nil)
		if err != nil {
			return Me{}, err
		}
		if !slices.Contains(languages, language) {
			return Me{}, fault.InvalidField("language", "enum", "The language is one of %s.", strings.Join(languages, ", "))
		}
		if err := r.saw(v.caller); err != nil {
			return Me{}, err
		}
		before := v.caller.Language
		v.caller.Language = language
		entry := s.ownEntry(v, "updateMe")
		entry.Differences = []Difference{{Field: "language", Before: before, After: language}}
		if err := s.Store.Commit(ctx, v.found.put(v.caller), Log{entry}); err != nil {
			return Me{}, err
		}
		return s.me(v)
	})
}

// SignOut ends the session.
func (s *Self) SignOut(ctx context.Context, r Request) error {
	v, err := s.enter(ctx, r, nil, SessionFull, SessionEnrolment, SessionOnboarding, SessionPassword)
	if err != nil {
		return err
	}
	return s.Store.Commit(ctx, DropSession{v.session}, Log{s.ownEntry(v, "signOut")})
}

// Sessions lists the caller's own, those that hold.
func (s *Self) Sessions(ctx context.Context, r Request, page Page) (current string, sessions []Session, next string, err error) {
	v, err := s.enter(ctx, r, nil)
	if err != nil {
		return "", nil, "", err
	}
	all, next, err := s.Store.Sessions(ctx, v.home.ID, v.caller.ID, page)
	return v.session.ID, holding(all, v.caller, v.identity, v.now), next, err
}

// EndSession ends one of the caller's own.
//
// Faults: notFound.
func (s *Self) EndSession(ctx context.Context, r Request, id string) error {
	v, err := s.enter(ctx, r, nil)
	if err != nil {
		return err
	}
	session, err := s.sessionOf(ctx, v.home.ID, v.caller.ID, id)
	if err != nil {
		return err
	}
	return s.Store.Commit(ctx, DropSession{session}, Log{s.ownEntry(v, "endSession")})
}

// ownEntry is the line of the log for what someone does for itself.
func (c *Core) ownEntry(v visit, action Action) Entry {
	entry := c.entry(v, action, Done)
	entry.Organisation = v.home.ID
	entry.Target, entry.TargetName = TargetID(v.caller.ID), v.caller.Name.Full()
	return entry
}

// tell mails the caller of something that happened to its account.
func (c *Core) tell(v visit, kind MailKind, factor string) Effect {
	mail := v.caller.mail(kind)
	mail.Factor = factor
	return c.enqueueMail(v.home, mail, v.now)
}

// Health tells whether what the service stands on answers: the table and the keys.
func (s *Self) Health(ctx context.Context) error {
	if _, err := s.Store.Read(ctx, Want{Organisations: []OrganisationID{Platform}}); err != nil {
		return err
	}
	_, err := s.Sealer.Seal(ctx, "health", "health")
	return err
}
