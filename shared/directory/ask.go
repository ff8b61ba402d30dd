package directory

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Plan is what an act would do, before anything is written: a preview answers it, a commit writes it (3.11).
type Plan struct {
	Change Change
	Target
	Warnings []Warning
	Control  ChangeControl // what the organisation asks of it (3.2)
	// Approvers are those who may approve it, in a preview of what waits for one of them.
	Approvers []Actor
	names     *Found // what the request's read found of a new user's names; nil where it did not look
	found     Found  // the target's users as they were read
	effects   []Effect
}

// Mails lists whom the plan would write to, and why.
func (p Plan) Mails() []Mail {
	var mails []Mail
	for _, effect := range p.effects {
		if enqueue, ok := effect.(Enqueue); ok && enqueue.Item.Mail != nil {
			mails = append(mails, *enqueue.Item.Mail)
		}
	}
	return mails
}

// Differences are what the plan would alter: what its change does, or, of an act that takes effect at once, what the log
// is told of it.
func (p Plan) Differences() []Difference {
	if p.Change.ID != "" {
		return Differences(p.Change.Before, p.Change.After)
	}
	var differences []Difference
	for _, effect := range p.effects {
		if log, ok := effect.(Log); ok {
			differences = append(differences, log.Entry.Differences...)
		}
	}
	return differences
}

// carryOut writes what an act does that takes effect at once. Of a preview it tells instead what it would have written,
// where that could be (3.11).
//
// Faults: those of the effects; of a preview invalid, where a name is taken.
func (c *Core) carryOut(ctx context.Context, v visit, warnings []Warning, effects ...Effect) error {
	if !v.Preview {
		return c.Store.Commit(ctx, effects...)
	}
	plan := Plan{
		Change: Change{State: StateEffective, EffectiveAt: v.now}, Control: ControlNone, Warnings: warnings, effects: effects,
	}
	return c.foresee(ctx, v, plan)
}

// foresee tells of a preview what a plan would do.
func (c *Core) foresee(ctx context.Context, v visit, plan Plan) error {
	var names []Reservation
	for _, effect := range plan.effects {
		if reserve, ok := effect.(Reserve); ok {
			names = append(names, reserve.Reservation)
		}
	}
	if err := c.free(ctx, names); err != nil {
		return err
	}
	*v.Foreseen = plan
	return nil
}

// nothing is the plan of an act that has nothing to do, where it is a preview.
func (v visit) nothing() *Plan {
	if !v.Preview {
		return nil
	}
	return &Plan{Change: Change{State: StateEffective, EffectiveAt: v.now}, Control: v.organisation.Settings.ChangeControl}
}

// add puts further effects to the plan.
func (p *Plan) add(effects ...Effect) { p.effects = append(p.effects, effects...) }

// putIdentity writes an identity; what the plan had written of it before, as a code that is used up, must be in it.
func (p *Plan) putIdentity(identity Identity) {
	p.effects = slices.DeleteFunc(p.effects, func(e Effect) bool {
		put, ok := e.(PutIdentity)
		return ok && put.Identity.ID == identity.ID
	})
	p.add(PutIdentity{identity})
}

// identity is what the plan writes of an identity, if it does.
func (p Plan) identity(id IdentityID) (Identity, bool) {
	for _, effect := range p.effects {
		if put, ok := effect.(PutIdentity); ok && put.Identity.ID == id {
			return put.Identity, true
		}
	}
	return Identity{}, false
}

// newChangeID makes a change's id. It names the change's target, so that one batch read gets both.
func (c *Core) newChangeID(target TargetID) ChangeID {
	return ChangeID(c.NewID(PrefixChange) + "_" + string(target))
}

// target is what a change's id names; empty where the id is none of ours.
func (id ChangeID) target() TargetID {
	const length = len(PrefixChange) + 26
	if len(id) <= length+1 || id[length] != '_' {
		return ""
	}
	return TargetID(id[length+1:])
}

// intent is an act that someone asks for.
type intent struct {
	act    Act
	id     TargetID // with name: what the change is about
	name   string
	target Target // as it is; for a new user, as its placeholder
	before *Snapshot
	after  Snapshot
	// reserve is what the change takes while it is open, release what it frees when it takes effect.
	reserve, release []Reservation
	credential       string      // of the user's credentials: the one that the change is about
	issue            *Credential // that the change puts in force, with a new secret
	names            *Found      // see Plan
	// request is the service request that it was made of.
	request ServiceRequestID
}

// mayAsk decides whether the caller may do what it intends. Where something is wrong with that, the act by itself is decided
// on: nobody has what there is not, so that the grant limit would speak before the field is named.
func (c *Core) mayAsk(ctx context.Context, v visit, in intent, wrong error) error {
	questions := in.target.asked(in.act)
	if wrong == nil {
		questions = in.target.questions(Change{Act: in.act, Before: in.before, After: in.after})
	}
	for _, question := range questions {
		if err := c.decide(ctx, v, question); err != nil {
			return err
		}
	}
	return nil
}

// plan makes a change of an intent, and lets it go as far as its organisation's change control allows.
func (c *Core) plan(ctx context.Context, v visit, in intent) (Plan, error) {
	change := Change{
		ID: c.newChangeID(in.id), Organisation: v.organisation.ID, Act: in.act, Target: in.id, TargetName: in.name,
		Requester: v.actor(), RequesterVersion: v.caller.Version, OrganisationVersion: v.organisation.Version,
		RequesterEmail: v.caller.Email, RequesterLanguage: v.caller.Language,
		Before: in.before, After: in.after, BaseVersion: in.target.version(),
		Reserved: in.reserve, Releases: in.release, Credential: in.credential, Issue: in.issue, Request: in.request,
		CreatedAt: v.now, ExpiresAt: v.now.Add(v.organisation.Settings.ApprovalTime()),
	}
	change.Digest = change.digest()
	plan := Plan{Change: change, Target: in.target, Control: v.organisation.Settings.ChangeControl, names: in.names, found: v.found}
	plan.mark(change)
	for _, reservation := range in.reserve {
		plan.add(Reserve{reservation})
	}

	requester := change.Requester
	switch v.organisation.Settings.ChangeControl {
	case ControlNone:
		plan.Change.note(v.now, StateEffective, "asked", &requester, "")
		if err := c.proceed(ctx, v.now, v.organisation, &plan); err != nil {
			return Plan{}, err
		}
	case ControlStepUp:
		plan.Change.note(v.now, StateAwaitingStepUp, "asked", &requester, "")
	case ControlSecondAdmin:
		plan.Change.note(v.now, StateAwaitingApproval, "asked", &requester, "")
		plan.add(c.mailApprovers(v.now, v.organisation, plan.Change, MailApprovalRequested))
		if v.Preview {
			approvers, err := c.approvers(ctx, v.organisation, plan.User, plan.Change)
			if err != nil {
				return Plan{}, err
			}
			for _, approver := range approvers {
				plan.Approvers = append(plan.Approvers, approver.actor())
			}
		}
	}
	if plan.Change.State.Open() {
		plan.add(c.enqueueWorkflow(plan.Change, "", v.now))
	}

	entry := c.entry(v, Action(in.act), Done)
	entry.Target, entry.TargetName, entry.Change = change.Target, change.TargetName, change.ID
	entry.Differences, entry.Detail = Differences(in.before, in.after), "asked"
	plan.add(Log{entry}, v.expectCaller())
	plan.add(v.remember(string(change.Target), change.ID)...)
	return plan, nil
}

// commit writes a plan: the change and its target as they came out of it, and every effect on the way.
func (c *Core) commit(ctx context.Context, plan Plan) error {
	effects := []Effect{PutChange{plan.Change}}
	if plan.Role.ID != "" {
		effects = append(effects, PutOrganisation{plan.Keeper.keeping(plan.Role, !plan.gone())})
	}
	for _, user := range plan.users() {
		if !plan.gone() {
			effects = append(effects, plan.found.put(*user))
		} else if user.Revision > 0 {
			effects = append(effects, DropUser{plan.found.put(*user).Was})
		}
	}
	switch contact := plan.Contact; {
	case contact.ID == "":
	case !plan.gone():
		effects = append(effects, PutContact{contact})
	case contact.Revision > 0:
		effects = append(effects, DropContact{contact})
	}
	return c.Store.Commit(ctx, append(effects, plan.effects...)...)
}

// gone tells whether nothing is left of the target: its creation came to nothing, or it was removed.
func (p Plan) gone() bool {
	rule, state := p.Change.Act.rule(), p.Change.State
	return !state.Open() && (rule.creates && state != StateEffective || rule.removes && state == StateEffective)
}

// note moves a change to a state and writes it into its timeline.
func (c *Change) note(at time.Time, state ChangeState, what string, by *Actor, reason string) {
	c.State = state
	c.Timeline = append(c.Timeline, Event{At: at, State: state, What: what, By: by, Reason: reason})
}

func (c *Core) enqueueWorkflow(change Change, token string, now time.Time) Effect {
	return Enqueue{OutboxItem{
		ID: c.NewID(PrefixOutbox), Organisation: change.Organisation, Kind: OutboxWorkflow, CreatedAt: now,
		Workflow: &WorkflowOrder{Change: change.ID, TaskToken: token, State: change.State, EffectiveAt: change.EffectiveAt},
	}}
}

// mail is one to the user about itself.
func (u User) mail(kind MailKind) Mail {
	return Mail{
		Kind: kind, To: u.Email, Name: u.Name.Full(), Language: u.Language, User: u.ID, Home: u.Organisation,
		Subject: u.Name.Full(),
	}
}

func (c *Core) enqueueMail(organisation Organisation, mail Mail, now time.Time) Enqueue {
	mail.Organisation, mail.AccountsAre = organisation.Name, organisation.Settings.AccountsAre
	return Enqueue{OutboxItem{
		ID: c.NewID(PrefixOutbox), Organisation: organisation.ID, Kind: OutboxMail, CreatedAt: now, Mail: &mail,
	}}
}

// approvers are the admins whom the policies let approve a change about a user, or about what is none: as of a moment ago.
func (c *Core) approvers(ctx context.Context, organisation Organisation, target User, change Change) ([]User, error) {
	admins, err := c.Store.Admins(ctx, organisation.ID)
	if err != nil {
		return nil, err
	}
	return c.mayApprove(admins, organisation, target, change)
}

func (c *Core) mayApprove(admins []User, organisation Organisation, target User, change Change) ([]User, error) {
	var may []User
	for _, admin := range admins {
		decision, err := c.Policies.Decide(Question{
			Principal: admin, Organisation: organisation, Action: ActionApproveChange, Target: &target, Change: &change,
		})
		if err != nil {
			return nil, err
		}
		if decision.Allowed {
			may = append(may, admin)
		}
	}
	return may, nil
}

const (
	// readersAtMost keeps the mails to an organisation's admins in one transaction.
	readersAtMost = 90
	// listsFollow is how long the list of admins is given to follow what was written.
	listsFollow = time.Minute
)

// Readers are whom a mail to an organisation's admins goes to: about a change those alone who may approve it, as things are
// when it is sent (3.4).
//
// The list of admins is behind. Who is in it is read again, for what the mail says is for nobody who is no admin any more;
// and where it has fewer than are counted, it is an error, and the mail is carried later: who became one just now is not to
// miss it.
func (c *Core) Readers(ctx context.Context, item OutboxItem) ([]User, error) {
	id, ref := item.Organisation, ChangeRef{item.Organisation, item.Mail.Change}
	listed, err := c.Store.Admins(ctx, id)
	if err != nil {
		return nil, err
	}
	var want Want
	if ref.ID != "" {
		want = wantChange(ref)
	}
	want.Organisations = append(want.Organisations, id)
	for _, one := range listed {
		want.Users = append(want.Users, UserRef{id, one.ID})
	}
	found, err := c.Store.Read(ctx, want)
	if err != nil {
		return nil, err
	}
	var admins []User
	for _, one := range listed {
		if user := found.Users[UserRef{id, one.ID}]; user.ActiveAdmin() {
			admins = append(admins, user)
		}
	}
	organisation := found.Organisations[id]
	if there := min(organisation.ActiveAdmins, readersAtMost); len(admins) < there && c.Now().Sub(item.CreatedAt) < listsFollow {
		return nil, fmt.Errorf("directory: %d admins are listed where there are %d", len(admins), there)
	}
	if ref.ID != "" {
		change := found.Changes[ref]
		if admins, err = c.mayApprove(admins, organisation, found.target(id, change.Target).User, change); err != nil {
			return nil, err
		}
	}
	return admins[:min(len(admins), readersAtMost)], nil
}

// mailApprovers tells those who may approve. Who they are is found out where nobody waits: see Readers.
func (c *Core) mailApprovers(now time.Time, organisation Organisation, change Change, kind MailKind) Effect {
	return c.enqueueMail(organisation, Mail{
		Kind:  kind,
		Actor: change.Requester.Name, Subject: change.TargetName, Act: change.Act, Change: change.ID,
		Differences: Differences(change.Before, change.After), ExpiresAt: change.ExpiresAt,
	}, now)
}
