package directory

import (
	"context"
	"slices"
	"strings"
	"time"

	"mandate/shared/fault"
)

// visit is a request with what its one batch read found: who calls, where, and what the act is about.
type visit struct {
	Request
	now     time.Time
	found   Found
	session Session // of an API user: one that was never stored
	caller  User
	// identity is the caller's; its zero value for API users.
	identity Identity
	// organisation is where the request acts, which for operators is the one they entered. Tenancy comes from here
	// and from nowhere else.
	organisation Organisation
	home         Organisation // the caller's own
}

func unauthenticated() error {
	return fault.New(fault.Unauthenticated, "Sign in first.")
}

// entry is how a request proves who calls: the references to read, and what must then hold.
type entry struct {
	home       OrganisationID
	acting     OrganisationID
	user       UserRef
	identity   IdentityID
	session    TicketRef
	credential string // empty where it is a session
}

func (r Request) entry() (entry, error) {
	if r.ClientID != "" {
		return r.clientEntry()
	}
	ticket, ok := ParseTicket(TicketSession, r.Token)
	if !ok {
		return entry{}, unauthenticated()
	}
	return entry{
		home: ticket.Organisation, acting: ticket.Acting, identity: ticket.Identity,
		user:    UserRef{ticket.Organisation, ticket.User},
		session: TicketRef{ticket.Organisation, ticket.User, ticket.Hash()},
	}, nil
}

// enter reads what is wanted together with who calls, in one batch, and lets in whose session holds. Want is made for
// the organisation that the request acts in.
func (c *Core) enter(ctx context.Context, r Request, want func(OrganisationID) Want, stages ...SessionStage) (visit, error) {
	entry, err := r.entry()
	if err != nil {
		return visit{}, err
	}
	w := Want{}
	if want != nil {
		w = want(entry.acting)
	}
	w.Organisations = append(w.Organisations, entry.home, entry.acting)
	w.Users = append(w.Users, entry.user)
	if entry.credential == "" {
		w.Sessions = append(w.Sessions, entry.session)
		w.Identities = append(w.Identities, entry.identity)
	}
	if r.IdempotencyKey != "" {
		w.Remembered = append(w.Remembered, RememberedRef{entry.home, entry.user.ID, r.IdempotencyKey})
	}
	found, err := c.Store.Read(ctx, w)
	if err == nil && len(found.Remembered) > 0 { // done before, and what was read beside the key may be from before that
		found, err = c.Store.Read(ctx, w)
	}
	if err != nil {
		return visit{}, err
	}

	v := visit{Request: r, now: c.Now(), found: found}
	var known, knownHome, knownHere bool
	v.caller, known = found.Users[entry.user]
	v.home, knownHome = found.Organisations[entry.home]
	v.organisation, knownHere = found.Organisations[entry.acting]
	if !known || !knownHome || !knownHere {
		return visit{}, unauthenticated()
	}
	if entry.credential != "" {
		credential, ok := v.caller.credential(entry.credential)
		if !ok || !v.caller.Active() || !v.caller.callsAPI(v.home.Settings) || !c.Admits(r.ClientSecret) || !credential.holds(r.ClientSecret, v.now) {
			return visit{}, unauthenticated()
		}
		v.session = Session{Organisation: entry.home, User: v.caller.ID, Acting: entry.home, Stage: SessionFull}
		v.tellReader()
		return v, c.checkWay(ctx, v)
	}
	session, ok := found.Sessions[entry.session]
	v.session, v.identity = session, found.Identities[entry.identity]
	if !ok || session.Acting != entry.acting || !session.Alive(v.caller, v.identity, v.now) {
		return visit{}, unauthenticated()
	}
	v.tellReader()
	if err := c.checkWay(ctx, v); err != nil {
		return visit{}, err
	}
	if len(stages) == 0 {
		stages = []SessionStage{SessionFull}
	}
	if !slices.Contains(stages, session.Stage) {
		switch session.Stage {
		case SessionEnrolment:
			return visit{}, fault.New(fault.SecondFactorMissing, "Set up your second factor first.")
		case SessionOnboarding:
			return visit{}, fault.New(fault.OnboardingOpen, "Your account is not active yet: it is %s.", v.caller.Status.Word())
		case SessionPassword:
			return visit{}, fault.New(fault.PasswordMustChange, "Choose another password first.")
		}
		return visit{}, unauthenticated()
	}
	if v.now.Sub(session.LastSeenAt) > touchAfter {
		if err := c.Store.Touch(ctx, session, v.now); err != nil {
			return visit{}, err
		}
		v.session.LastSeenAt = v.now // what writes the session itself takes nothing of that back
	}
	return v, nil
}

// tellReader tells for whom the answer is written, refusals included.
func (v visit) tellReader() {
	if v.Reader != nil {
		v.Reader.Known, v.Reader.Language = true, v.caller.Language
	}
}

// Credible tells whether what the request comes with has the form of what this service gives out. It says nothing of
// whether that opens anything.
func (c *Core) Credible(r Request) bool {
	_, err := r.entry()
	return err == nil
}

// Known finds out who calls and does nothing else, for a request that is refused before any act has asked.
//
// Faults: unauthenticated; forbidden to who does not come the way that it has to.
func (c *Core) Known(ctx context.Context, r Request) error {
	r.IdempotencyKey = ""
	_, err := c.enter(ctx, r, nil, SessionFull, SessionEnrolment, SessionOnboarding, SessionPassword)
	return err
}

// actor is the caller as logs and timelines name it.
func (v visit) actor() Actor { return v.caller.actor() }

func (u User) actor() Actor {
	return Actor{Organisation: u.Organisation, User: u.ID, Name: u.Name.Full(), Kind: u.Kind}
}

// operator tells whether the caller is the platform's staff.
func (v visit) operator() bool { return v.caller.Kind == KindOperator && v.home.ID == Platform }

// user is the one that the request is about. Another organisation's id is not found like one that never was.
func (v visit) user(id UserID) (User, error) {
	user, ok := v.found.Users[UserRef{v.organisation.ID, id}]
	if !ok {
		return User{}, fault.New(fault.NotFound, "There is no such user.")
	}
	return user, nil
}

// matches tells whether what the request was made for is what there is (If-Match), where it is one of several that its
// client would have. Tags are compared strongly (RFC 9110, 13.1.1); none of ours has a comma.
func (r Request) matches(etag string) bool {
	return r.IfMatch == "" || r.IfMatch == "*" || slices.ContainsFunc(strings.Split(r.IfMatch, ","), func(one string) bool {
		return strings.Trim(one, " \t") == etag
	})
}

// saw tells, by its fault, where the user has moved on from what the request was made for.
func (r Request) saw(user User) error {
	if !r.matches(user.ETag()) {
		return fault.New(fault.PreconditionFailed, "The user is no longer as you saw it.")
	}
	return nil
}

// expectCaller asks, in the transaction, that the caller still is what was decided on.
func (v visit) expectCaller() Effect {
	return Expect{UserRef{v.home.ID, v.caller.ID}, v.caller.Version}
}

// decide asks the policies. A denial is a fault that names the policy, and is in the log (7.3).
func (c *Core) decide(ctx context.Context, v visit, question Question) error {
	question.Principal, question.Organisation = v.caller, v.organisation
	decision, err := c.Policies.Decide(question)
	if err != nil {
		return err
	}
	if decision.Allowed {
		return nil
	}
	if !v.Preview {
		entry := c.entry(v, question.Action, Refused)
		entry.Policy, entry.Detail = decision.Policy, decision.Reason
		if question.Target != nil {
			entry.Target, entry.TargetName = TargetID(question.Target.ID), question.Target.Name.Full()
		}
		if question.Change != nil {
			entry.Change = question.Change.ID
		}
		if err := c.Store.Commit(ctx, Log{entry}); err != nil {
			return err
		}
	}
	return denied(decision)
}

func denied(decision Decision) error {
	return &fault.Fault{Code: fault.Forbidden, Detail: decision.Reason, Policy: decision.Policy}
}

// enterOn enters with a user of the organisation whom the policies let the caller act on.
//
// Faults: those of a session; notFound, forbidden.
func (c *Core) enterOn(ctx context.Context, r Request, id UserID, action Action) (visit, User, error) {
	v, err := c.enter(ctx, r, func(organisation OrganisationID) Want {
		return Want{Users: []UserRef{{organisation, id}}}
	})
	if err != nil {
		return visit{}, User{}, err
	}
	user, err := v.user(id)
	if err != nil {
		return visit{}, User{}, err
	}
	return v, user, c.decide(ctx, v, Question{Action: action, Target: &user})
}

// entry begins a line of the log.
func (c *Core) entry(v visit, action Action, outcome Outcome) Entry {
	actor := v.actor()
	entry := Entry{
		ID: EntryID(c.NewID(PrefixEntry)), Organisation: v.organisation.ID, At: v.now, Actor: &actor,
		Action: action, Outcome: outcome,
	}
	entry.from(v.Source)
	return entry
}

// fold makes a name comparable: case does not tell names apart.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
