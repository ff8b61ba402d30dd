package directory

import (
	"context"
	"time"
)

// proceed lets a change that has all it needs take effect: at once, or after its organisation's delay. Until then the
// old permissions hold, but what the change takes away goes now (3.6).
func (c *Core) proceed(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	change, rule := &plan.Change, plan.Change.Act.rule()
	delay := c.delay(organisation)
	if delay == 0 || !rule.delayed {
		return c.apply(ctx, now, organisation, plan)
	}
	took, gives := false, true
	if rule.withdraw != nil {
		took, gives = rule.withdraw(plan)
	}
	if !gives {
		return c.apply(ctx, now, organisation, plan)
	}

	change.EffectiveAt = now.Add(delay)
	change.note(now, StatePropagating, "propagating", nil, "")
	if took {
		change.BaseVersion = plan.version()
		change.note(now, StatePropagating, "withdrawn", nil, "")
	}
	plan.schedule(*change)
	plan.moved(now)
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
	change := &plan.Change
	waited := change.State.Open()
	was := plan.User.Contact
	if err := change.Act.rule().apply(c, ctx, now, organisation, plan); err != nil {
		return err
	}
	for _, reservation := range change.Releases {
		plan.add(Release{reservation})
	}
	plan.unmark(change.ID)
	plan.moved(now)
	plan.User.Version++
	change.Issue = nil
	plan.Contact.Version++
	plan.Role.Version++
	change.EffectiveAt = now
	change.note(now, StateEffective, "applied", nil, "")
	if plan.User.ID != "" {
		plan.keepContact(organisation, was)
	}
	c.returnToken(now, plan)
	if waited {
		plan.add(c.mailRequester(now, organisation, *change, MailChangeEffective))
	}
	return nil
}

// end closes a change that does not take effect, and frees what it had reserved (3.4, 3.8). Access that was withdrawn
// at its approval stays withdrawn: to give it back is a change of its own.
func (c *Core) end(now time.Time, organisation Organisation, plan *Plan, as ending) {
	change := &plan.Change
	change.Reason, change.Cause, change.Issue = as.reason, as.cause, nil
	change.note(now, as.state, string(as.state), as.by, as.reason+string(as.cause))
	for _, reservation := range change.Reserved {
		plan.add(Release{reservation})
	}
	plan.unmark(change.ID)
	plan.moved(now)
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
		Kind: kind, To: change.RequesterEmail, User: change.Requester.User, Home: change.Requester.Organisation, Name: change.Requester.Name, Language: change.RequesterLanguage,
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
