package directory

import (
	"context"
	"errors"
	"slices"

	"mandate/shared/fault"
)

// BeginPasskey asks the caller's browser to make a passkey (5.1).
//
// Faults: stateWrong for API users, and where there are MaxPasskeys.
func (s *Self) BeginPasskey(ctx context.Context, r Request) (Invitation, error) {
	v, err := s.enter(ctx, r, nil, SessionFull, SessionEnrolment)
	if err != nil {
		return Invitation{}, err
	}
	if v.identity.ID == "" {
		return Invitation{}, fault.New(fault.StateWrong, "API users have no second factor.")
	}
	if len(v.identity.Passkeys) >= MaxPasskeys {
		return Invitation{}, tooManyPasskeys()
	}
	ceremony := occasionCreate(v.session).ceremony(v.identity.ID, v.now)
	options, err := s.Passkeys.Creation(v.identity, v.caller.Name.Full(), ceremony.Challenge)
	if err != nil {
		return Invitation{}, err
	}
	return Invitation{options, ceremony.ExpiresAt}, s.Store.Commit(ctx, BeginCeremony{ceremony})
}

// NewPasskey is a passkey to be added: what the browser made, and a proof of the second factor that there is already.
type NewPasskey struct {
	Name       string
	Credential []byte
	Current    Factor
}

// ConfirmPasskey takes what the browser made. An enrolment session becomes a full one. Who had no recovery codes gets
// some, shown this once. Where there is a second factor already, current proves it.
//
// Faults: invalid on "name", "credential" and "current"; stateWrong where there are MaxPasskeys; credentialsWrong;
// tooManyAttempts.
func (s *Self) ConfirmPasskey(ctx context.Context, r Request, new NewPasskey) (passkey Passkey, recovery []string, err error) {
	var fields fault.Fields
	if checkName(&fields, "name", &new.Name, false); fields.Err() != nil {
		return Passkey{}, nil, fields.Err()
	}
	type answer struct {
		Passkey  Passkey  `json:"passkey"`
		Recovery []string `json:"recovery"`
	}
	recovery, err = once(ctx, s.Store, r, func(bool) ([]string, error) {
		challenge, _ := s.Passkeys.Peek(new.Credential)
		want := append(new.Current.ceremonies(s.Passkeys), challenge)
		v, err := s.enterStepUp(ctx, r, Want{Ceremonies: want}, SessionFull, SessionEnrolment)
		if err != nil {
			return nil, err
		}
		var before answer
		if repeated, err := s.answeredBefore(ctx, v, &before); repeated || err != nil {
			passkey = before.Passkey
			return before.Recovery, err
		}
		if len(v.identity.Passkeys) >= MaxPasskeys {
			return nil, tooManyPasskeys()
		}
		ceremony, ok := v.found.ceremonyFor(challenge, v.identity.ID, occasionCreate(v.session), v.now)
		if ok {
			passkey, err = s.Passkeys.Created(v.identity, challenge, new.Credential)
		}
		if !ok || errors.Is(err, ErrPasskey) {
			return nil, fault.InvalidField("credential", "credential", "This is not a passkey that was made for you just now. Begin again.")
		}
		if err != nil {
			return nil, err
		}
		held, err := s.proveCurrent(ctx, v, new.Current, "confirmPasskey")
		if err != nil {
			return nil, err
		}
		passkey.ID, passkey.Name, passkey.CreatedAt = s.NewID(PrefixPasskey), new.Name, v.now
		passkey.Member = Membership{v.home.ID, v.caller.ID}
		identity := held.identity
		identity.Passkeys = append(slices.Clone(identity.Passkeys), passkey)
		var plain []string
		if len(identity.RecoveryCodes) == 0 {
			plain, identity.RecoveryCodes = s.SecondFactors.NewRecoveryCodes()
		}
		return plain, s.commitFactors(ctx, v, identity, held, "confirmPasskey", answer{passkey, plain}, UseCeremony{ceremony})
	})
	return passkey, recovery, err
}

// ListPasskeys lists the caller's, in the order that they were added.
func (s *Self) ListPasskeys(ctx context.Context, r Request) ([]Passkey, error) {
	v, err := s.enter(ctx, r, nil)
	return v.identity.Passkeys, err
}

// RemovePasskey takes a passkey off, after a proof of a second factor. Where the organisation requires one, the last is
// not taken off.
//
// Faults: notFound, stateWrong; invalid on "current"; credentialsWrong; tooManyAttempts.
func (s *Self) RemovePasskey(ctx context.Context, r Request, id string, current Factor) error {
	_, err := attempt(ctx, func(bool) (struct{}, error) {
		v, err := s.enterStepUp(ctx, r, Want{Ceremonies: current.ceremonies(s.Passkeys)}, SessionFull)
		if err != nil {
			return struct{}{}, err
		}
		at := slices.IndexFunc(v.identity.Passkeys, func(p Passkey) bool { return p.ID == id })
		if at < 0 {
			return struct{}{}, fault.New(fault.NotFound, "There is no such passkey.")
		}
		held, err := s.proveCurrent(ctx, v, current, "removePasskey")
		if err != nil {
			return struct{}{}, err
		}
		identity := held.identity
		identity.Passkeys = slices.Delete(slices.Clone(identity.Passkeys), at, at+1)
		return struct{}{}, s.removeFactor(ctx, v, identity, held, "removePasskey")
	})
	return err
}

// ChallengeSelf asks for an answer of one of the caller's passkeys, which proves it for an act on its own account.
//
// Faults: secondFactorMissing where there is no passkey.
func (s *Self) ChallengeSelf(ctx context.Context, r Request) (Invitation, error) {
	v, err := s.enter(ctx, r, nil)
	if err != nil {
		return Invitation{}, err
	}
	if len(v.identity.Passkeys) == 0 {
		return Invitation{}, fault.New(fault.SecondFactorMissing, "Set up a passkey first.")
	}
	invitation, begun, err := invite(s.Passkeys, v.identity, occasionSelf(v.session), v.now)
	if err != nil {
		return Invitation{}, err
	}
	return invitation, s.Store.Commit(ctx, begun)
}

// BeginPasskeySignIn asks for the answer of whatever passkey there is for this service. It says and needs no name, so
// that nothing can be learnt from it (5.8).
func (s *Self) BeginPasskeySignIn(ctx context.Context) (Invitation, error) {
	ceremony := occasionSignIn().ceremony("", s.Now())
	options, err := s.Passkeys.Assertion(nil, ceremony.Challenge)
	if err != nil {
		return Invitation{}, err
	}
	return Invitation{options, ceremony.ExpiresAt}, s.Store.Commit(ctx, BeginCeremony{ceremony})
}

// FinishPasskeySignIn signs in with a passkey alone: it verified its user, so it is both factors (5.1). Whatever is
// wrong, the answer is the same (5.8).
//
// Faults: credentialsWrong.
func (s *Self) FinishPasskeySignIn(ctx context.Context, r Request, credential []byte, organisation OrganisationID) (SignedIn, error) {
	return attempt(ctx, func(bool) (SignedIn, error) {
		challenge, whose := s.Passkeys.Peek(credential)
		now := s.Now()
		found, err := s.Store.Read(ctx, Want{Ceremonies: []string{challenge}, Identities: []IdentityID{whose}})
		if err != nil {
			return SignedIn{}, err
		}
		identity := found.Identities[whose]
		given, err := usePasskey(s.Passkeys, found, identity, "", occasionSignIn(), credential, now)
		if err != nil {
			return SignedIn{}, err
		}
		if len(given.effects) == 0 { // no challenge of ours: nothing more is done for who made one up
			return SignedIn{}, credentialsWrong()
		}
		found, members, err := s.members(ctx, identity, organisation)
		if err != nil {
			return SignedIn{}, err
		}
		users := active(membersOf(found, members))
		if !given.ok || len(users) == 0 {
			return SignedIn{}, s.missPasskey(ctx, r, users, given)
		}
		user, acting, ok := choose(found, users, organisation)
		switch {
		case ok && !user.admits(r.Source.Address): // 5.4
			given.detail = detailAddress
			return SignedIn{}, s.missPasskey(ctx, r, []User{user}, given)
		case ok:
			return s.open(ctx, r, user, found.Organisations[user.Organisation], found.Organisations[acting], given)
		case organisation != "":
			return SignedIn{}, s.missPasskey(ctx, r, users, given)
		default: // the same answer of the passkey is good for the choice
			return SignedIn{Choices: organisationsOf(found, users)}, nil
		}
	})
}

// members reads where an identity is a user. Where its passkeys were set up is read along with the name that it goes by:
// for most that is all there is.
func (s *Self) members(ctx context.Context, identity Identity, named OrganisationID) (Found, []Membership, error) {
	var guess []Membership
	for _, passkey := range identity.Passkeys {
		guess = append(guess, passkey.Member)
	}
	want := wantMembers(guess, named)
	want.Logins = []string{identity.Login}
	found, err := s.Store.Read(ctx, want)
	if err != nil || identity.ID == "" {
		return found, nil, err
	}
	login := found.Logins[identity.Login]
	if login.Identity != identity.ID {
		return found, nil, nil
	}
	if slices.ContainsFunc(login.Members, func(m Membership) bool { return !slices.Contains(guess, m) }) {
		found, err = s.Store.Read(ctx, wantMembers(login.Members, named))
	}
	return found, login.Members, err
}

// missPasskey writes into the log of each organisation where the passkey's person is an active user. Nothing is counted:
// a signature is not guessed, and nobody is locked out by who tries.
func (s *Self) missPasskey(ctx context.Context, r Request, users []User, given verified) error {
	effects := given.effects
	for _, user := range users {
		entry := s.signInEntry(attemptToSignIn{now: s.Now(), source: r.Source}, user, Refused)
		entry.Detail = given.detail
		effects = append(effects, Log{entry})
	}
	if err := s.Store.Commit(ctx, effects...); err != nil {
		return err
	}
	return credentialsWrong()
}
