package directory

import (
	"context"
	"time"

	"mandate/shared/fault"
)

// proceed lets a change that has all it needs take effect: at once, or after its organisation's delay. Until then the
// old permissions hold, but what the change takes away goes now (3.6).
func (c *Core) proceed(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	change, user := &plan.Change, &plan.User
	interim, after := user.Profile, change.after(*user)
	if change.Act == ActUpdateUser {
		interim = withdrawn(user.Profile, after)
	}
	delay := c.delay(organisation)
	onlyTakes := change.Act == ActDeactivateUser || change.Act == ActUpdateUser && equal(interim, after)
	if delay == 0 || onlyTakes {
		return c.apply(ctx, now, organisation, plan)
	}

	change.EffectiveAt = now.Add(delay)
	change.note(now, StatePropagating, "propagating", nil, "")
	if !equal(interim, user.Profile) {
		user.Profile = interim
		user.Version++
		change.BaseVersion = user.Version
		change.note(now, StatePropagating, "withdrawn", nil, "")
	}
	user.EffectiveAt, user.UpdatedAt = change.EffectiveAt, now
	c.returnToken(now, plan)
	if change.Approver != nil {
		plan.add(c.mailRequester(now, organisation, *change, MailChangeApproved))
	}
	return nil
}

// delay is how long an approved change takes to be effective.
func (c *Core) delay(organisation Organisation) time.Duration {
	delay := organisation.Settings.Propagation()
	if c.PropagationCap != nil {
		delay = min(delay, *c.PropagationCap)
	}
	return delay
}

// apply makes a change effective. It holds no matter how long ago the change was decided.
func (c *Core) apply(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	change, user := &plan.Change, &plan.User
	waited := change.State.Open()
	switch change.Act {
	case ActCreateUser:
		if err := c.applyCreation(ctx, now, organisation, plan); err != nil {
			return err
		}
	case ActUpdateUser:
		if err := c.applyUpdate(ctx, plan); err != nil {
			return err
		}
	case ActDeactivateUser:
		if user.ActiveAdmin() {
			plan.add(MoveAdmins{organisation.ID, -1, organisation.Settings.LeastAdmins()})
		}
		user.Resume, user.Status = user.Status, StatusInactive
		user.SessionEpoch++
		c.revokeLinks(now, plan)
		if err := c.overtake(ctx, now, organisation, plan); err != nil {
			return err
		}
	case ActReactivateUser:
		user.Status, user.Resume = user.Resume, ""
		if user.ActiveAdmin() {
			plan.add(MoveAdmins{Organisation: organisation.ID, By: 1})
		}
	}
	for _, reservation := range change.Releases {
		plan.add(Release{reservation})
	}
	c.close(plan)
	user.UpdatedAt = now
	user.Version++
	change.EffectiveAt = now
	change.note(now, StateEffective, "applied", nil, "")
	c.returnToken(now, plan)
	if waited {
		plan.add(c.mailRequester(now, organisation, *change, MailChangeEffective))
	}
	return nil
}

// revokeLinks ends the links that wait for a user (4.4). That there was one to verify the address by stays known, so
// that it can be sent again once the user is reactivated.
func (c *Core) revokeLinks(now time.Time, plan *Plan) {
	user := &plan.User
	for _, hash := range []string{user.VerificationLink, user.ResetLink} {
		if hash != "" {
			plan.add(ReplaceLink{TicketRef{user.Organisation, user.ID, hash}, LinkRevoked, now})
		}
	}
	user.ResetLink = ""
}

// applyCreation makes the identity, and sends the link that lets its person in (4.1). API users have no password and
// do not sign in (6.5).
func (c *Core) applyCreation(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	user := &plan.User
	user.Status = StatusActive
	if user.Kind == KindAPI {
		return nil
	}
	if stages := organisation.Settings.Onboarding; len(stages) > 0 {
		user.Status = stages[0]
	}
	if user.ActiveAdmin() {
		plan.add(MoveAdmins{Organisation: organisation.ID, By: 1})
	}
	identity := Identity{ID: user.Identity, Login: loginName(organisation.Settings, user.Profile), CreatedAt: now}
	plan.add(PutIdentity{identity})
	if identity.Login != fold(user.Email) {
		plan.add(PointTo{fold(user.Email), Login{
			Name: identity.Login, Identity: identity.ID, Members: []Membership{{organisation.ID, user.ID}},
		}})
	}
	return c.sendLink(ctx, now, organisation, plan.Change.Requester.Name, user, LinkVerification, MailVerification, VerificationTime, &plan.effects)
}

// applyUpdate gives the user its new profile, and its identity the new name to sign in with.
func (c *Core) applyUpdate(ctx context.Context, plan *Plan) error {
	user, before, after := &plan.User, plan.Change.Before.Profile, plan.Change.after(plan.User)
	user.Profile = after
	var login string
	for _, reservation := range plan.Change.Reserved {
		if reservation.Kind == ReserveLogin {
			login = reservation.Name
		}
	}
	addressMoved := fold(before.Email) != fold(after.Email)
	if user.Kind == KindAPI || login == "" && !addressMoved {
		return nil
	}
	identity, planned := plan.identity(user.Identity) // who confirms a change of its own name
	if !planned {
		found, err := c.Store.Read(ctx, Want{Identities: []IdentityID{user.Identity}})
		if err != nil {
			return err
		}
		identity = found.Identities[user.Identity]
	}
	old := identity.Login
	if login != "" {
		identity.Login = login
		plan.putIdentity(identity)
	}
	// Who signs in by another name is found by its address as well (4.2).
	pointed, points := old != fold(before.Email), identity.Login != fold(after.Email)
	if pointed && (addressMoved || !points) {
		plan.add(UnpointTo{fold(before.Email), identity.ID})
	}
	if points {
		plan.add(PointTo{fold(after.Email), Login{
			Name: identity.Login, Identity: identity.ID, Members: []Membership{{user.Organisation, user.ID}},
		}})
	}
	return nil
}

// after is the profile that the change gives. A language that it does not alter is its user's own to change meanwhile
// (8.1), without a conflict and without its being undone.
func (c Change) after(user User) Profile {
	after := c.After.Profile
	if c.Before != nil && c.Before.Profile.Language == after.Language {
		after.Language = user.Language
	}
	return after
}

// overtake cancels the change that a deactivation finds open (3.5).
func (c *Core) overtake(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	if plan.User.OpenChange == "" {
		return nil
	}
	ref := ChangeRef{organisation.ID, plan.User.OpenChange}
	found, err := c.Store.Read(ctx, Want{Changes: []ChangeRef{ref}})
	if err != nil {
		return err
	}
	other, ok := found.Changes[ref]
	if !ok || !other.State.Open() {
		return fault.New(fault.Stale, "")
	}
	overtaken := Plan{Change: other, User: plan.User}
	c.end(now, organisation, &overtaken, ending{state: StateCancelled, cause: CauseSuperseded})
	plan.User.OpenChange, plan.User.EffectiveAt = "", time.Time{}
	plan.add(PutChange{overtaken.Change})
	plan.add(overtaken.effects...)
	return nil
}

// end closes a change that does not take effect, and frees what it had reserved (3.4, 3.8). Access that was withdrawn
// at its approval stays withdrawn: to give it back is a change of its own.
func (c *Core) end(now time.Time, organisation Organisation, plan *Plan, as ending) {
	change := &plan.Change
	change.Reason, change.Cause = as.reason, as.cause
	change.note(now, as.state, string(as.state), as.by, as.reason+string(as.cause))
	for _, reservation := range change.Reserved {
		plan.add(Release{reservation})
	}
	c.close(plan)
	plan.User.UpdatedAt = now
	c.returnToken(now, plan)
	if as.by == nil || as.by.User != change.Requester.User {
		mail := c.mailRequester(now, organisation, *change, endMails[as.state])
		if as.by != nil {
			mail.Item.Mail.Actor = as.by.Name
		}
		plan.add(mail)
	}
}

// ending is how a change ends that does not take effect.
type ending struct {
	state  ChangeState
	by     *Actor // nil for the service itself
	reason string
	cause  Cause
}

var endMails = map[ChangeState]MailKind{
	StateRejected:  MailChangeRejected,
	StateCancelled: MailChangeCancelled,
	StateExpired:   MailChangeExpired,
	StateFailed:    MailChangeFailed,
}

// close takes the change's mark off its user.
func (c *Core) close(plan *Plan) {
	switch plan.Change.ID {
	case plan.User.OpenChange:
		plan.User.OpenChange, plan.User.EffectiveAt = "", time.Time{}
	case plan.User.OpenDeactivation:
		plan.User.OpenDeactivation = ""
	}
}

// returnToken lets the execution go on that waits for the decision. One that does not wait yet will find it made.
func (c *Core) returnToken(now time.Time, plan *Plan) {
	if plan.Change.TaskToken != "" {
		plan.add(c.enqueueWorkflow(plan.Change, plan.Change.TaskToken, now))
		plan.Change.TaskToken = ""
	}
}

// mailRequester tells the outcome to who asked (3.12).
func (c *Core) mailRequester(now time.Time, organisation Organisation, change Change, kind MailKind) Enqueue {
	mail := Mail{
		Kind: kind, To: change.RequesterEmail, Name: change.Requester.Name, Language: change.RequesterLanguage,
		Subject: change.TargetName, Act: change.Act, Change: change.ID,
		Reason: change.Reason, Cause: change.Cause, EffectiveAt: change.EffectiveAt, ExpiresAt: change.ExpiresAt,
		Differences: Differences(change.Before, change.After),
	}
	if change.Approver != nil {
		mail.Actor = change.Approver.Name
	}
	return c.enqueueMail(organisation, mail, now)
}

// logChange is the line of the log for what the service itself did to a change.
func (c *Core) logChange(now time.Time, change Change, detail string) Effect {
	return Log{Entry{
		ID: EntryID(c.NewID(PrefixEntry)), Organisation: change.Organisation, At: now,
		Action: Action(change.Act), Outcome: Done, Target: change.Target, TargetName: change.TargetName,
		Change: change.ID, Detail: detail,
	}}
}
