package directory

import (
	"context"
	"crypto/subtle"
	"time"

	"mandate/shared/fault"
)

// linkPlace is where a mailed token is sealed for.
func linkPlace(user UserID) string { return "mail/" + string(user) }

// SealedFor is where a mail's token is sealed for, so that the mailer can open it.
func (m Mail) SealedFor() string { return linkPlace(m.User) }

// sendLink makes a link for a user and the mail that carries it. The one of its kind that was there is replaced (4.1).
func (c *Core) sendLink(ctx context.Context, now time.Time, organisation Organisation, actor string, user *User, kind LinkKind, mail MailKind, lasts time.Duration, effects *[]Effect) error {
	ticket := NewTicket(user.Organisation, user.ID, user.Identity, "")
	ticket.Link = LinkID(c.NewID(PrefixLink))
	sealed, err := c.Sealer.Seal(ctx, ticket.Text(TicketLink), linkPlace(user.ID))
	if err != nil {
		return err
	}
	link := Link{
		ID: ticket.Link, Hash: ticket.Hash(), Kind: kind, Organisation: user.Organisation, User: user.ID, Identity: user.Identity,
		To: user.Email, State: LinkSent, CreatedAt: now, ExpiresAt: now.Add(lasts),
	}
	before := &user.VerificationLink
	if kind == LinkPasswordReset {
		before = &user.ResetLink
	}
	if *before != "" {
		*effects = append(*effects, ReplaceLink{LinkRef{user.Organisation, user.ID, *before}, LinkReplaced, now})
	}
	*before = link.ID
	message := user.mail(mail)
	message.Actor, message.Link, message.SealedToken, message.ExpiresAt = actor, link.ID, sealed, link.ExpiresAt
	message.SecondFactor = organisation.Settings.needsSecondFactor(*user)
	*effects = append(*effects, PutLink{link}, c.enqueueMail(organisation, message, now))
	return nil
}

// ResendVerification sends the link to verify an address once more; it is valid for 24 hours and the earlier one stops
// working (4.1).
//
// Faults: notFound, forbidden, stateWrong where there is nothing to verify. Warnings: see User.mailWarnings.
func (u *Users) ResendVerification(ctx context.Context, r Request, id UserID) ([]Warning, error) {
	return u.mailLink(ctx, r, id, ActionResendVerification, LinkVerification, MailVerificationResent, VerificationResentTime,
		func(user User) bool {
			return user.VerificationLink != "" && user.Status != StatusInactive && user.Status != StatusPending
		})
}

// SendPasswordReset sends a link to choose a new password, valid for 24 hours (4.2).
//
// Faults: notFound, forbidden, preconditionFailed, stateWrong where the user cannot sign in anyway. Warnings: see User.mailWarnings.
func (u *Users) SendPasswordReset(ctx context.Context, r Request, id UserID) ([]Warning, error) {
	return u.mailLink(ctx, r, id, ActionSendPasswordReset, LinkPasswordReset, MailPasswordReset, PasswordResetTime,
		func(user User) bool { return user.SignsIn() && user.Kind != KindAPI })
}

func (u *Users) mailLink(ctx context.Context, r Request, id UserID, action Action, kind LinkKind, mail MailKind, lasts time.Duration, fits func(User) bool) ([]Warning, error) {
	return once(ctx, u.Store, r, func(bool) ([]Warning, error) {
		v, user, err := u.enterOn(ctx, r, id, action)
		if err != nil {
			return nil, err
		}
		if _, repeated, err := v.remembered(); repeated || err != nil {
			return user.mailWarnings(), err
		}
		if err := r.saw(user); err != nil {
			return nil, err
		}
		if !fits(user) {
			return nil, fault.New(fault.StateWrong, "The user is %s: there is no such mail to send.", user.Status.Word())
		}
		if kind == LinkVerification && v.organisation.Settings.Shares() {
			found, err := u.Store.Read(ctx, Want{Identities: []IdentityID{user.Identity}})
			if err != nil {
				return nil, err
			}
			if found.Identities[user.Identity].PasswordHash != "" {
				mail = MailAccountLink
			}
		}
		var effects []Effect
		if err := u.sendLink(ctx, v.now, v.organisation, v.caller.Name.Full(), &user, kind, mail, lasts, &effects); err != nil {
			return nil, err
		}
		entry := u.entry(v, action, Done)
		entry.Target, entry.TargetName = TargetID(user.ID), user.Name.Full()
		effects = append(effects, v.found.put(user), Log{entry}, v.expectCaller())
		effects = append(effects, v.remember(string(user.ID), "")...)
		return user.mailWarnings(), u.carryOut(ctx, v, user.mailWarnings(), effects...)
	})
}

// resetsWithin is how often a reset is sent under one name within triesWindow: nobody's mailbox is flooded by strangers.
const resetsWithin = 5

// ForgotPassword notes that somebody asks for a reset under a name (4.2). It does the same whether the name is
// anybody's or nobody's: who it is, is found out where nobody waits.
func (s *Self) ForgotPassword(ctx context.Context, r Request, identifier string) error {
	_, err := attempt(ctx, func(bool) (struct{}, error) {
		now, name := s.Now(), fold(identifier)
		ref := resetTries(name)
		found, err := s.Store.Read(ctx, Want{Tries: []TriesRef{ref}})
		if err != nil {
			return struct{}{}, err
		}
		asked := found.Tries[ref].within(ref, now)
		again := r.IdempotencyKey != "" && r.IdempotencyKey == asked.Last
		if again || asked.Failures >= resetsWithin {
			return struct{}{}, nil // told the same as ever
		}
		asked.Failures++
		asked.Last = r.IdempotencyKey
		item := OutboxItem{ID: s.NewID(PrefixOutbox), Organisation: Platform, Kind: OutboxReset, CreatedAt: now}
		sealed, err := s.Sealer.Seal(ctx, name, resetPlace(item.ID))
		if err != nil {
			return struct{}{}, err
		}
		order := ResetOrder{SealedName: sealed}
		if r.Source.Address.IsValid() {
			order.Address = r.Source.Address.String()
		}
		item.Reset = &order
		return struct{}{}, s.Store.Commit(ctx, PutTries{asked}, Enqueue{item})
	})
	return err
}

// resetPlace is where the name of a reset's order is sealed for.
func resetPlace(id string) string { return "reset/" + id }

// Reset sends the links that a forgotten password asks for, one to each identity that goes by the name, and forgets the
// order. Nobody by that name: nothing is sent.
func (w *Work) Reset(ctx context.Context, item OutboxItem) error {
	name, err := w.Sealer.Open(ctx, item.Reset.SealedName, resetPlace(item.ID))
	if err != nil {
		return err
	}
	logins, err := w.Store.Named(ctx, name)
	if err != nil {
		return err
	}
	effects := []Effect{Carried{OutboxRef{item.Organisation, item.Kind, item.ID}}}
	now := w.Now()
	for _, login := range logins {
		for _, member := range login.Members {
			found, err := w.Store.Read(ctx, Want{
				Users: []UserRef{{member.Organisation, member.User}}, Organisations: []OrganisationID{member.Organisation},
				Identities: []IdentityID{login.Identity},
			})
			if err != nil {
				return err
			}
			user := found.Users[UserRef{member.Organisation, member.User}]
			reserved := found.Identities[login.Identity].Login != login.Name // by a change that has not taken effect
			if !user.SignsIn() || reserved {
				continue
			}
			organisation := found.Organisations[member.Organisation]
			if err := w.sendLink(ctx, now, organisation, "", &user, LinkPasswordReset, MailPasswordReset, PasswordResetTime, &effects); err != nil {
				return err
			}
			effects = append(effects, found.put(user), Log{Entry{
				ID: EntryID(w.NewID(PrefixEntry)), Organisation: user.Organisation, At: now, Action: "forgotPassword", Outcome: Done,
				Target: TargetID(user.ID), TargetName: user.Name.Full(), Address: item.Reset.Address,
			}})
			break // one identity, one link
		}
	}
	return w.Store.Commit(ctx, effects...)
}

// Inspection is what a link is for.
type Inspection struct {
	Kind         LinkKind
	Organisation string
	Name         string
	Email        string
	ExpiresAt    time.Time
	// NeedsPassword: redeeming it takes a password.
	NeedsPassword bool
}

// InspectLink tells what a link is for, and consumes nothing (4.4).
//
// Faults: notFound, linkUsed, linkExpired, linkReplaced, linkRevoked.
func (s *Self) InspectLink(ctx context.Context, token string) (Inspection, error) {
	visit, err := s.follow(ctx, token)
	if err != nil {
		return Inspection{}, err
	}
	kind := visit.link.Kind
	if visit.confirms() {
		kind = LinkAccount
	}
	return Inspection{
		Kind: kind, Organisation: visit.organisation.Name, Name: visit.user.Name.Full(), Email: visit.link.To,
		ExpiresAt: visit.link.ExpiresAt, NeedsPassword: !visit.confirms(),
	}, nil
}

// Redeemed is what redeeming a link came to.
type Redeemed struct {
	Next     Next
	SignedIn *SignedIn // the session that what comes next takes; nil with NextSignIn
}

// RedeemLink verifies the address or resets the password, with the password that its person chose, and uses up the link
// (4.1, 4.2, 4.4). Every session of the identity ends (5.3). Of a person who has a password it only confirms the link
// between user and organisation, and takes none (4.3).
//
// Faults: those of InspectLink; invalid on "password"; forbidden from an address that the user does not come from (5.4).
func (s *Self) RedeemLink(ctx context.Context, r Request, token, password string) (Redeemed, error) {
	var hash string // made once: it is slow on purpose
	return attempt(ctx, func(bool) (Redeemed, error) {
		f, err := s.follow(ctx, token)
		if err != nil {
			return Redeemed{}, err
		}
		if !f.user.admits(r.Source.Address) {
			entry := s.signInEntry(attemptToSignIn{now: f.now, source: r.Source}, f.user, Refused)
			entry.Action, entry.Detail = "redeemLink", detailAddress
			return Redeemed{}, s.refuseWay(ctx, entry, addressNotAllowed)
		}
		confirms := f.confirms()
		if !confirms {
			secondFactor := f.organisation.Settings.needsSecondFactor(f.user) || f.identity.SecondFactor()
			if err := s.judge("password", password, secondFactor, f.user, f.organisation); err != nil {
				return Redeemed{}, err
			}
			if hash == "" {
				if hash, err = s.Passwords.Hash(password); err != nil {
					return Redeemed{}, err
				}
			}
			f.identity = f.identity.takePassword(hash, f.now, false)
		}
		f.user.Password = f.identity.passwordState()
		f.link.State, f.link.EndedAt = LinkUsed, f.now
		effects, err := s.mirror(ctx, f.identity, f.user.membership())
		if err != nil {
			return Redeemed{}, err
		}
		effects = append(effects, PutLink{f.link})
		if f.link.Kind == LinkVerification {
			f.user.VerificationLink = ""
			f.user.SecondFactor = f.identity.SecondFactor()
			if f.user.Status == StatusEmailNotVerified {
				effects = append(effects, pass(&f.user, f.organisation.Settings, f.now)...)
				if f.user.Status == StatusPhoneNotVerified && f.user.Phone != "" {
					text, err := s.sendPhoneCode(ctx, f.now, f.organisation, &f.user)
					if err != nil {
						return Redeemed{}, err
					}
					effects = append(effects, text...)
				}
			}
		} else {
			f.user.ResetLink = ""
			effects = append(effects, s.enqueueMail(f.organisation, f.user.mail(MailPasswordChanged), f.now))
		}
		try := attemptToSignIn{now: f.now, source: r.Source}
		entry := s.signInEntry(try, f.user, Done)
		entry.Action, entry.Detail = "redeemLink", string(f.link.Kind)
		effects = append(effects, f.found.put(f.user), PutIdentity{f.identity}, Log{entry})

		answer := Redeemed{Next: NextSignIn}
		// A link takes the place of no second factor, and full sessions begin with a sign-in. One that asked for no password
		// opens none.
		stage := stageOf(f.user, f.identity, f.organisation.Settings)
		if !confirms && f.user.SignsIn() && stage != SessionFull && !f.identity.SecondFactor() {
			begun, session := s.newSession(f.user, f.identity, f.user.Organisation, stage, TicketSession, r.Source, f.now)
			effects = append(effects, BeginSession{session})
			answer.Next = session.Next(f.user)
			me, err := s.me(visit{caller: f.user, home: f.organisation, organisation: f.organisation, session: session})
			if err != nil {
				return Redeemed{}, err
			}
			answer.SignedIn = &SignedIn{Token: begun, Session: session, Me: me}
		}
		return answer, s.Store.Commit(ctx, effects...)
	})
}

// judge refuses a password that breaks a rule, under the name that the request has for it.
func (s *Self) judge(field, password string, withSecondFactor bool, user User, organisation Organisation) error {
	var fields fault.Fields
	context := []string{user.Name.First, user.Name.Last, user.Email, user.Username, organisation.Name}
	for _, problem := range s.Passwords.Problems(password, withSecondFactor, context) {
		fields.Add(field, problem, passwordTexts[problem])
	}
	return fields.Err()
}

var passwordTexts = map[string]string{
	"tooShort":    "The password is too short: 8 characters with a second factor, 15 without.",
	"tooLong":     "The password is too long.",
	"common":      "This password is among those that are tried first. Choose another.",
	"context":     "The password is little more than your name or your organisation's.",
	"invalidUTF8": "The password is not valid UTF-8.",
}

// following is a link with whose it is.
type following struct {
	found        Found
	now          time.Time
	link         Link
	user         User
	identity     Identity
	organisation Organisation
}

// follow finds a link that still waits for its user.
func (s *Self) follow(ctx context.Context, token string) (following, error) {
	ticket, ok := ParseTicket(TicketLink, token)
	if !ok {
		return following{}, noLink()
	}
	ref, user := LinkRef{ticket.Organisation, ticket.User, ticket.Link}, UserRef{ticket.Organisation, ticket.User}
	found, err := s.Store.Read(ctx, Want{
		Links: []LinkRef{ref}, Users: []UserRef{user}, Identities: []IdentityID{ticket.Identity},
		Organisations: []OrganisationID{ticket.Organisation},
	})
	if err != nil {
		return following{}, err
	}
	f := following{
		now: s.Now(), link: found.Links[ref], user: found.Users[user], identity: found.Identities[ticket.Identity],
		organisation: found.Organisations[ticket.Organisation], found: found,
	}
	if f.link.Hash == "" || subtle.ConstantTimeCompare([]byte(f.link.Hash), []byte(ticket.Hash())) != 1 || f.link.Identity != ticket.Identity || f.identity.ID == "" {
		return following{}, noLink()
	}
	switch {
	case f.link.State == LinkUsed:
		return following{}, fault.New(fault.LinkUsed, "This link was used. Sign in, or ask for another.")
	case f.link.State == LinkReplaced:
		return following{}, fault.New(fault.LinkReplaced, "A newer link replaced this one. Look for the latest mail.")
	case f.link.State == LinkExpired || !f.now.Before(f.link.ExpiresAt):
		return following{}, fault.New(fault.LinkExpired, "This link has expired. Ask for another.")
	case f.link.State == LinkRevoked || f.user.Status == StatusInactive || f.user.ID == "":
		return following{}, fault.New(fault.LinkRevoked, "This link no longer works. Ask an administrator.")
	}
	return f, nil
}

// confirms tells whether redeeming the link confirms that its person, who has a password, is this user as well (4.3).
func (f following) confirms() bool {
	return f.link.Kind == LinkVerification && f.identity.PasswordHash != ""
}

func noLink() error { return fault.New(fault.NotFound, "There is no such link.") }
