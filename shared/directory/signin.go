package directory

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"mandate/shared/fault"
)

// SignedIn is what a step of signing in came to: a session, a challenge, or the choice of an organisation.
type SignedIn struct {
	Token   string // of the session or the challenge; shown this once
	Session Session
	Me      Me
	Methods []string       // of a challenge
	Passkey *Invitation    // of a challenge that a passkey can answer
	Choices []Organisation // where the name is a user's in several, and none was named
}

// Limits of failed sign-ins within triesWindow (5.6). A network that tries is slowed first. When a name is tried from
// everywhere, networks that it never signed in from have to wait; those that it did are not shut out by strangers.
const (
	failuresFromNetwork = 5
	failuresOfName      = 25
)

func credentialsWrong() error {
	return fault.New(fault.CredentialsWrong, "These details are not right.")
}

// attemptToSignIn is a sign-in with what was read of it.
type attemptToSignIn struct {
	name     string
	now      time.Time
	source   Source
	login    Login // its zero value where the name is nobody's
	fromHere Tries
	overall  Tries
}

// SignIn takes name and password (5.1). Whoever the name belongs to, if to anybody, a wrong answer is the same and
// takes the same time.
//
// Faults: credentialsWrong, tooManyAttempts; invalid on "identifier".
func (s *Self) SignIn(ctx context.Context, r Request, identifier, password string, organisation OrganisationID) (SignedIn, error) {
	return attempt(ctx, func(bool) (SignedIn, error) {
		if fold(identifier) == "" {
			return SignedIn{}, fault.InvalidField("identifier", "required", "Say who signs in.")
		}
		try, err := s.lookUp(ctx, r, identifier)
		if err != nil {
			return SignedIn{}, err
		}
		// Of a name that is nobody's as much is read, and as long is computed.
		want := wantMembers(try.login.Members, organisation)
		want.Identities = []IdentityID{try.login.Identity}
		found, err := s.Store.Read(ctx, want)
		if err != nil {
			return SignedIn{}, err
		}
		identity := found.Identities[try.login.Identity]
		if identity.Login != try.name { // reserved by a change that has not taken effect
			identity = Identity{}
		}
		ok, rehash, err := s.verify(identity, password)
		if err != nil {
			return SignedIn{}, err
		}
		var members []User
		if identity.ID != "" {
			members = membersOf(found, try.login.Members)
		}
		// From where a user does not sign in (5.4) even the right password is wrong: a stranger who has it learns nothing.
		here := admitted(active(members), r.Source.Address)
		if !ok || len(here) == 0 {
			return SignedIn{}, s.miss(ctx, try, members, "wrong password")
		}
		if rehash {
			if identity.PasswordHash, err = s.Passwords.Hash(password); err != nil {
				return SignedIn{}, err
			}
		}
		user, acting, ok := choose(found, here, organisation)
		if !ok {
			if organisation != "" {
				return SignedIn{}, s.miss(ctx, try, members, "not a user of the organisation named")
			}
			return SignedIn{Choices: organisationsOf(found, here)}, nil
		}
		return s.admit(ctx, try, user, identity, rehash, found.Organisations[user.Organisation], found.Organisations[acting])
	})
}

// wantMembers reads the users of an identity with their organisations, and the one that was named.
func wantMembers(members []Membership, named OrganisationID) Want {
	want := Want{Organisations: []OrganisationID{Platform, named}}
	for _, member := range members {
		want.Users = append(want.Users, UserRef{member.Organisation, member.User})
		want.Organisations = append(want.Organisations, member.Organisation)
	}
	return want
}

// lookUp finds whose the name is, and how often it was tried.
func (s *Self) lookUp(ctx context.Context, r Request, identifier string) (attemptToSignIn, error) {
	try := attemptToSignIn{name: fold(identifier), now: s.Now(), source: r.Source}
	fromHere, overall := signInTries(try.name, network(r.Source.Address)), signInTries(try.name, "")
	found, err := s.Store.Read(ctx, Want{Logins: []string{try.name}, Tries: []TriesRef{fromHere, overall}})
	if err != nil {
		return attemptToSignIn{}, err
	}
	try.login = found.Logins[try.name]
	try.fromHere = found.Tries[fromHere].within(fromHere, try.now)
	try.overall = found.Tries[overall].within(overall, try.now)
	if try.fromHere.Failures >= failuresFromNetwork {
		return attemptToSignIn{}, tooMany(try.fromHere.Since.Add(triesWindow).Sub(try.now))
	}
	if try.overall.Failures >= failuresOfName && !try.fromHere.Familiar {
		return attemptToSignIn{}, tooMany(try.overall.Since.Add(triesWindow).Sub(try.now))
	}
	return try, nil
}

// signInTries and resetTries name counts by what was typed, of which a digest is stored: people type passwords where names
// belong. They have prefixes of their own, so that no name that somebody types is another count's.
func signInTries(name, network string) TriesRef {
	return TriesRef{"signIn/" + HashSecret(name), network}
}

func resetTries(name string) TriesRef { return TriesRef{Name: "reset/" + HashSecret(name)} }

// network is what failures are counted by: an IPv4 address, or the /64 that one IPv6 subscriber has.
func network(address netip.Addr) string {
	if !address.IsValid() {
		return "unknown"
	}
	address = address.Unmap()
	bits := 32
	if address.Is6() {
		bits = 64
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

func (s *Self) verify(identity Identity, password string) (ok, rehash bool, err error) {
	if identity.PasswordHash == "" {
		s.Passwords.VerifyNothing(password)
		return false, false, nil
	}
	return s.Passwords.Verify(identity.PasswordHash, password)
}

// miss counts a failed sign-in, and writes it with its reason into the log of each organisation where the name is a
// user's, of inactive ones too. Who tries is told none of it (5.8).
func (s *Self) miss(ctx context.Context, try attemptToSignIn, users []User, reason string) error {
	try.fromHere.Failures++
	try.overall.Failures++
	effects := []Effect{PutTries{try.fromHere}, PutTries{try.overall}}
	for _, user := range users {
		entry := s.signInEntry(try, user, Refused)
		switch {
		case !user.SignsIn():
			entry.Detail = "the user is " + string(user.Status)
		case !user.admits(try.source.Address):
			entry.Detail = detailAddress
		default:
			entry.Detail = reason
		}
		effects = append(effects, Log{entry})
	}
	if err := s.Store.Commit(ctx, effects...); err != nil {
		return err
	}
	return credentialsWrong()
}

func (s *Self) signInEntry(try attemptToSignIn, user User, outcome Outcome) Entry {
	entry := Entry{
		ID: EntryID(s.NewID(PrefixEntry)), Organisation: user.Organisation, At: try.now, Action: actSignIn, Outcome: outcome,
		Target: TargetID(user.ID), TargetName: user.Name.Full(),
	}
	entry.from(try.source)
	if outcome == Done {
		entry.Actor = &Actor{user.Organisation, user.ID, user.Name.Full(), user.Kind}
	}
	return entry
}

// membersOf are the users that an identity is.
func membersOf(found Found, members []Membership) []User {
	var users []User
	for _, member := range members {
		if user, ok := found.Users[UserRef{member.Organisation, member.User}]; ok {
			users = append(users, user)
		}
	}
	return users
}

// active are those who may sign in.
func active(users []User) []User {
	return slices.DeleteFunc(slices.Clone(users), func(user User) bool { return !user.SignsIn() })
}

// choose finds the user for the organisation that was named, or the only one. Operators enter any organisation.
func choose(found Found, users []User, organisation OrganisationID) (User, OrganisationID, bool) {
	if organisation == "" && len(users) == 1 {
		return users[0], users[0].Organisation, true
	}
	for _, user := range users {
		if user.Organisation == organisation {
			return user, organisation, true
		}
	}
	if _, there := found.Organisations[organisation]; there {
		for _, user := range users {
			if user.Kind == KindOperator {
				return user, organisation, true
			}
		}
	}
	return User{}, "", false
}

// admit goes on after a right password: to a session, or to the second factor.
func (s *Self) admit(ctx context.Context, try attemptToSignIn, user User, identity Identity, rehash bool, home, acting Organisation) (SignedIn, error) {
	answer, effects, err := s.begin(user, identity, home, acting, Session{ExpiresAt: try.now.Add(SessionAbsolute)}, try.source, try.now)
	if err != nil {
		return SignedIn{}, err
	}
	if rehash {
		effects = append(effects, PutIdentity{identity})
	}
	if answer.Session.Stage != SessionChallenge {
		effects = append(effects, s.signedIn(try, user, acting.ID)...)
	}
	return answer, s.Store.Commit(ctx, effects...)
}

// begin begins what someone comes to whose password is proven: a session, or, where there is a second factor that is not
// proven yet, a challenge. What was proven, and until when that holds, is before's: the session whose place it takes.
func (s *Self) begin(user User, identity Identity, home, acting Organisation, before Session, source Source, now time.Time) (SignedIn, []Effect, error) {
	stage, kind := stageOf(user, identity, home.Settings), TicketSession
	if identity.SecondFactor() && !before.SecondFactor {
		stage, kind = SessionChallenge, TicketChallenge
	}
	token, session := s.newSession(user, identity, acting.ID, stage, kind, source, now)
	session.SecondFactor = before.SecondFactor
	if session.ExpiresAt.After(before.ExpiresAt) {
		session.ExpiresAt = before.ExpiresAt
	}
	effects := []Effect{BeginSession{session}}
	if stage != SessionChallenge {
		answer, err := s.signedInAs(token, session, user, home, acting)
		return answer, effects, err
	}
	answer := SignedIn{Token: token, Session: session, Methods: identity.methods()}
	if len(identity.Passkeys) > 0 {
		invitation, begun, err := invite(s.Passkeys, identity, occasionChallenge(session), now)
		if err != nil {
			return SignedIn{}, nil, err
		}
		answer.Passkey, effects = &invitation, append(effects, begun)
	}
	return answer, effects, nil
}

// signedIn notes a success: its network is familiar from now on. The organisation that an operator enters has it in its
// own log as well (9.3).
func (s *Self) signedIn(try attemptToSignIn, user User, acting OrganisationID) []Effect {
	effects := []Effect{
		Log{s.signInEntry(try, user, Done)}, Befriend{signInTries(try.name, network(try.source.Address)), try.now},
		NoteSignIn{UserRef{user.Organisation, user.ID}, try.now},
	}
	if acting != user.Organisation {
		entered := s.signInEntry(try, user, Done)
		entered.Organisation, entered.Target, entered.TargetName = acting, "", ""
		effects = append(effects, Log{entered})
	}
	return effects
}

func (s *Self) newSession(user User, identity Identity, acting OrganisationID, stage SessionStage, kind string, source Source, now time.Time) (string, Session) {
	ticket := NewTicket(user.Organisation, user.ID, identity.ID, acting)
	session := Session{
		ID: s.NewID(PrefixSession), Hash: ticket.Hash(), Organisation: user.Organisation, User: user.ID, Identity: identity.ID,
		Acting: acting, Stage: stage, UserEpoch: user.SessionEpoch, IdentityEpoch: identity.SessionEpoch,
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(lifetimes[stage]), UserAgent: source.UserAgent, Place: source.Place,
	}
	if source.Address.IsValid() {
		session.Address = source.Address.String()
	}
	return ticket.Text(kind), session
}

func (s *Self) signedInAs(token string, session Session, user User, home, acting Organisation) (SignedIn, error) {
	me, err := s.me(visit{caller: user, home: home, organisation: acting, session: session})
	return SignedIn{Token: token, Session: session, Me: me}, err
}

// AnswerChallenge takes the second factor (5.1).
//
// Faults: credentialsWrong, also for a challenge that ended; tooManyAttempts; invalid on "method".
func (s *Self) AnswerChallenge(ctx context.Context, r Request, challenge string, factor Factor) (SignedIn, error) {
	return attempt(ctx, func(bool) (SignedIn, error) {
		ticket, ok := ParseTicket(TicketChallenge, challenge)
		if !ok {
			return SignedIn{}, credentialsWrong()
		}
		ref, userRef := TicketRef{ticket.Organisation, ticket.User, ticket.Hash()}, UserRef{ticket.Organisation, ticket.User}
		found, err := s.Store.Read(ctx, Want{
			Sessions: []TicketRef{ref}, Users: []UserRef{userRef}, Identities: []IdentityID{ticket.Identity},
			Organisations: []OrganisationID{ticket.Organisation, ticket.Acting},
			Tries:         []TriesRef{stepUpTries(ticket.Identity)}, Ceremonies: factor.ceremonies(s.Passkeys),
		})
		if err != nil {
			return SignedIn{}, err
		}
		now := s.Now()
		session, user, identity := found.Sessions[ref], found.Users[userRef], found.Identities[ticket.Identity]
		if session.Stage != SessionChallenge || session.Acting != ticket.Acting || !session.Alive(user, identity, now) || session.Tries >= ChallengeTries || !identity.SecondFactor() {
			return SignedIn{}, credentialsWrong()
		}
		v := visit{Request: r, now: now, found: found, session: session, caller: user, identity: identity,
			home: found.Organisations[user.Organisation], organisation: found.Organisations[user.Organisation]}
		if !user.admits(r.Source.Address) {
			return SignedIn{}, s.refuseChallenge(ctx, v)
		}
		if err := v.checkStepUp(); err != nil {
			return SignedIn{}, err
		}
		given, err := s.prove(ctx, s.factors(), found, identity, factor, occasionChallenge(session), now)
		if err != nil {
			return SignedIn{}, err
		}
		if !given.ok {
			return SignedIn{}, s.missChallenge(ctx, v, session, given)
		}
		return s.open(ctx, r, user, v.home, found.Organisations[session.Acting], given, UseChallenge{session})
	})
}

// open begins the session of someone who has proven all that it takes.
func (s *Self) open(ctx context.Context, r Request, user User, home, acting Organisation, given verified, also ...Effect) (SignedIn, error) {
	try := attemptToSignIn{name: given.identity.Login, now: s.Now(), source: r.Source}
	stage := stageOf(user, given.identity, home.Settings)
	token, session := s.newSession(user, given.identity, acting.ID, stage, TicketSession, r.Source, try.now)
	session.SecondFactor = true
	effects := append(also, BeginSession{session}, PutIdentity{given.identity})
	effects = append(append(effects, given.effects...), s.signedIn(try, user, acting.ID)...)
	if err := s.Store.Commit(ctx, effects...); err != nil {
		return SignedIn{}, err
	}
	return s.signedInAs(token, session, user, home, acting)
}

func (s *Self) missChallenge(ctx context.Context, v visit, session Session, given verified) error {
	tries := v.stepUpTries()
	tries.Failures++
	entry := s.ownEntry(v, actAnswerChallenge)
	entry.Outcome, entry.Actor, entry.Detail = Refused, nil, given.detail
	if err := s.Store.Commit(ctx, append(given.effects, MissChallenge{session}, PutTries{tries}, Log{entry})...); err != nil {
		return err
	}
	return credentialsWrong()
}

// refuseChallenge refuses an answer from where the user does not sign in (5.4), right or wrong. It counts as no try:
// whoever has the challenge elsewhere cannot use up its owner's.
func (s *Self) refuseChallenge(ctx context.Context, v visit) error {
	entry := s.ownEntry(v, actAnswerChallenge)
	entry.Outcome, entry.Actor, entry.Detail = Refused, nil, detailAddress
	if err := s.Store.Commit(ctx, Log{entry}); err != nil {
		return err
	}
	return credentialsWrong()
}
