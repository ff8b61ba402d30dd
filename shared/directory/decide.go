package directory

import (
	"context"
	"crypto/subtle"
	"slices"

	"mandate/shared/fault"
)

// Actions on changes, as policies name them.
const (
	ActionConfirmChange Action = "confirmChange"
	ActionApproveChange Action = "approveChange"
	ActionRejectChange  Action = "rejectChange"
	ActionCancelChange  Action = "cancelChange"
	ActionViewChange    Action = "viewChange"
	ActionListChanges   Action = "listChanges"
)

// Changes decides about changes.
type Changes struct {
	Core
	SecondFactors SecondFactors
	Passkeys      Passkeys
}

// Proof is the authentication of an act: what was shown, and the second factor (3.3).
type Proof struct {
	Digest string
	Factor // totp or passkey
}

// Settled is a change as it came out of an act, with its target as it is then; Gone where nothing is left of it.
type Settled struct {
	Change Change
	Target
	Gone bool
}

// Confirm is the requester's step-up: the change then takes effect as if approved (3.2).
//
// Faults: notFound, changeClosed, digestWrong, preconditionFailed, conflict, forbidden, credentialsWrong, tooManyAttempts,
// secondFactorMissing.
func (c *Changes) Confirm(ctx context.Context, r Request, id ChangeID, proof Proof) (Settled, error) {
	return c.settle(ctx, r, id, settlement{
		action: ActionConfirmChange, from: []ChangeState{StateAwaitingStepUp}, what: "confirmed", proof: &proof,
	})
}

// Approve is another admin's consent, authenticated (3.4). Faults as for Confirm.
func (c *Changes) Approve(ctx context.Context, r Request, id ChangeID, proof Proof) (Settled, error) {
	return c.settle(ctx, r, id, settlement{
		action: ActionApproveChange, from: []ChangeState{StateAwaitingApproval}, what: "approved", proof: &proof,
	})
}

// Reject is another admin's refusal, with its reason (3.4).
//
// Faults: notFound, changeClosed, forbidden, preconditionFailed.
func (c *Changes) Reject(ctx context.Context, r Request, id ChangeID, reason string) (Settled, error) {
	return c.settle(ctx, r, id, settlement{
		action: ActionRejectChange, from: []ChangeState{StateAwaitingApproval},
		end: StateRejected, reason: reason,
	})
}

// Cancel takes back what one asked for, while it has not taken effect (3.4). Faults as for Reject.
func (c *Changes) Cancel(ctx context.Context, r Request, id ChangeID, reason string) (Settled, error) {
	return c.settle(ctx, r, id, settlement{
		action: ActionCancelChange, end: StateCancelled, reason: reason,
		from: []ChangeState{StateAwaitingStepUp, StateAwaitingApproval, StatePropagating},
	})
}

// settlement is one way to decide about a change.
type settlement struct {
	action Action
	from   []ChangeState // the states that it can be done in
	what   string        // for the timeline, where it goes on
	proof  *Proof        // where it must be authenticated
	end    ChangeState   // where the change ends by it; empty where it goes on
	reason string
}

func (c *Changes) settle(ctx context.Context, r Request, id ChangeID, way settlement) (Settled, error) {
	return once(ctx, c.Store, r, func(again bool) (Settled, error) {
		v, plan, err := c.visitChange(ctx, r, id, way.proof)
		if err != nil {
			return Settled{}, err
		}
		change := plan.Change
		if _, repeated, err := v.remembered(); repeated || err != nil {
			return Settled{Change: change, Target: plan.Target}, err
		}
		if err := c.decide(ctx, v, Question{Action: way.action, Target: &plan.User, Change: &change}); err != nil {
			return Settled{}, err
		}
		if err := r.sawChange(change); err != nil {
			return Settled{}, err
		}
		if !slices.Contains(way.from, change.State) {
			return Settled{}, &fault.Fault{Code: fault.ChangeClosed, Change: string(change.ID),
				Detail: "The change is not waiting for this: it is %s.", Values: []any{change.State.Word()}}
		}
		if change.expired(v.now) { // the sweep comes by the minute
			return Settled{}, &fault.Fault{Code: fault.ChangeClosed, Change: string(change.ID), Detail: "The change has expired."}
		}
		by := v.actor()
		if way.end != "" {
			c.end(v.now, v.organisation, &plan, ending{state: way.end, by: &by, reason: way.reason})
		} else if err := c.consent(ctx, v, way, &plan, again); err != nil {
			return Settled{}, err
		}

		entry := c.entry(v, way.action, Done)
		entry.Target, entry.TargetName, entry.Change, entry.Detail = change.Target, change.TargetName, change.ID, way.reason
		plan.add(Log{entry}, v.expectCaller())
		plan.add(v.remember(string(change.Target), change.ID)...)
		if err := c.commit(ctx, plan); err != nil {
			return Settled{}, err
		}
		return Settled{Change: plan.Change, Target: plan.Target, Gone: plan.gone()}, nil
	})
}

// sawChange tells, by its fault, where the change has moved on from what the request was made for.
func (r Request) sawChange(change Change) error {
	if !r.matches(change.ETag()) {
		return fault.New(fault.PreconditionFailed, "The change is no longer as you saw it.")
	}
	return nil
}

// visitChange reads a change with its target, and what it takes to verify a proof.
func (c *Changes) visitChange(ctx context.Context, r Request, id ChangeID, proof *Proof) (visit, Plan, error) {
	v, err := c.enter(ctx, r, func(organisation OrganisationID) Want {
		want := wantChange(ChangeRef{organisation, id})
		if proof != nil {
			want.Ceremonies = proof.ceremonies(c.Passkeys)
			want.Tries = wantStepUp(r).Tries
		}
		return want
	})
	if err != nil {
		return visit{}, Plan{}, err
	}
	plan, err := c.planOf(ctx, v.found, ChangeRef{v.organisation.ID, id})
	return v, plan, err
}

// wantChange reads a change with its target, which its id names.
func wantChange(ref ChangeRef) Want {
	want := wantTarget(ref.Organisation, ref.ID.target())
	want.Changes = []ChangeRef{ref}
	return want
}

// planOf begins a plan for a change that was read. The users of an assignment take a read more: its id cannot name them all.
func (c *Core) planOf(ctx context.Context, found Found, ref ChangeRef) (Plan, error) {
	change, ok := found.Changes[ref]
	if !ok {
		return Plan{}, fault.New(fault.NotFound, "There is no such change.")
	}
	plan := Plan{Change: change, Target: found.target(ref.Organisation, change.Target), found: found}
	if assignment := change.After.Assignment; assignment != nil {
		found, err := c.Store.Read(ctx, wantHolders(ref.Organisation, assignment))
		if err != nil {
			return Plan{}, err
		}
		plan.Holders, plan.found = found.holders(ref.Organisation, assignment), found
	}
	return plan, nil
}

// consent lets a change go on, once what was authenticated is what is asked.
func (c *Changes) consent(ctx context.Context, v visit, way settlement, plan *Plan, again bool) error {
	change := &plan.Change
	if subtle.ConstantTimeCompare([]byte(way.proof.Digest), []byte(change.Digest)) != 1 {
		return &fault.Fault{Code: fault.DigestWrong, Change: string(change.ID),
			Detail: "What you saw is not what this change does. Look at it again."}
	}
	if !change.fits(v.organisation, plan.Target) {
		c.end(v.now, v.organisation, plan, ending{state: StateFailed, cause: CauseConflict})
		plan.add(c.logChange(v.now, *change, "failed"))
		if err := c.commit(ctx, *plan); err != nil {
			return err
		}
		return &fault.Fault{Code: fault.Conflict, Change: string(change.ID), Detail: "The user changed meanwhile; the change has failed."}
	}
	missed := c.entry(v, way.action, Refused)
	missed.Target, missed.TargetName, missed.Change = change.Target, change.TargetName, change.ID
	given, err := c.stepUp(ctx, factors{c.SecondFactors, c.Passkeys}, v, missed, way.proof.Factor, occasionChange(*change))
	if err != nil {
		return err
	}
	plan.add(append(given.effects, PutIdentity{given.identity})...)

	by := v.actor()
	if change.Requester.User != v.caller.ID {
		change.Approver = &by
	}
	entitled, err := c.requesterStillMay(ctx, v.organisation, plan, again)
	if err != nil {
		return err
	}
	if entitled != nil {
		c.end(v.now, v.organisation, plan, ending{state: StateFailed, cause: CauseRequesterLostAccess})
		plan.add(c.logChange(v.now, *change, "failed"))
		return nil
	}
	if way.action == ActionConfirmChange && v.organisation.Settings.ChangeControl == ControlSecondAdmin {
		// It has become the rule since the change was asked for: the requester alone is not enough any more (3.2).
		change.note(v.now, StateAwaitingApproval, way.what, &by, "")
		plan.add(c.mailApprovers(v.now, v.organisation, *change, MailApprovalRequested))
		return nil
	}
	change.note(v.now, change.State, way.what, &by, "")
	return c.proceed(ctx, v.now, v.organisation, plan)
}

// requesterStillMay asks whether the requester may still do what it asked for (3.9): it may while it and the organisation
// are as they were when that was last decided; when they are not, the policies decide once more. The transaction makes
// sure that the requester stays so. It answers why not.
func (c *Core) requesterStillMay(ctx context.Context, organisation Organisation, plan *Plan, lookAgain bool) (*fault.Fault, error) {
	change := &plan.Change
	ref := UserRef{change.Requester.Organisation, change.Requester.User}
	if lookAgain || change.OrganisationVersion != organisation.Version {
		found, err := c.Store.Read(ctx, Want{Users: []UserRef{ref}})
		if err != nil {
			return nil, err
		}
		requester := found.Users[ref]
		for _, question := range plan.questions(*change) {
			question.Principal, question.Organisation = requester, organisation
			decision, err := c.Policies.Decide(question)
			if err != nil {
				return nil, err
			}
			if !decision.Allowed {
				return &fault.Fault{Code: fault.Forbidden, Detail: decision.Reason, Policy: decision.Policy}, nil
			}
		}
		change.RequesterVersion, change.OrganisationVersion = requester.Version, organisation.Version
	}
	plan.add(Expect{ref, change.RequesterVersion})
	return nil, nil
}

// stepUp verifies the caller's second factor, given on an occasion; missed is the line of the log where it is wrong.
func (c *Core) stepUp(ctx context.Context, by factors, v visit, missed Entry, factor Factor, o occasion) (verified, error) {
	if method := factor.Method; method != MethodTOTP && method != MethodPasskey {
		return verified{}, fault.InvalidField("method", "enum", "The method is totp or passkey.")
	}
	if !slices.Contains(v.identity.methods(), string(factor.Method)) {
		return verified{}, fault.New(fault.SecondFactorMissing, "Set up your second factor first.")
	}
	if err := v.checkStepUp(); err != nil {
		return verified{}, err
	}
	given, err := c.prove(ctx, by, v.found, v.identity, factor, o, v.now)
	if err != nil || given.ok {
		return given, err
	}
	return verified{}, c.missStepUp(ctx, v, missed, given)
}

// Challenge asks for a passkey's answer that authenticates a change: the challenge is a hash over the change's digest,
// so that what is signed is what was shown (3.3).
//
// Faults: notFound, forbidden, changeClosed, preconditionFailed, secondFactorMissing where the caller has no passkey.
func (c *Changes) Challenge(ctx context.Context, r Request, id ChangeID) (Invitation, error) {
	v, plan, err := c.visitChange(ctx, r, id, nil)
	if err != nil {
		return Invitation{}, err
	}
	change := plan.Change
	action := ActionViewChange
	switch change.State {
	case StateAwaitingStepUp:
		action = ActionConfirmChange
	case StateAwaitingApproval:
		action = ActionApproveChange
	}
	if err := c.decide(ctx, v, Question{Action: action, Target: &plan.User, Change: &change}); err != nil {
		return Invitation{}, err
	}
	if err := r.sawChange(change); err != nil {
		return Invitation{}, err
	}
	if !change.State.waits() || change.expired(v.now) {
		return Invitation{}, &fault.Fault{Code: fault.ChangeClosed, Change: string(change.ID),
			Detail: "The change is not waiting for this: it is %s.", Values: []any{change.State.Word()}}
	}
	if len(v.identity.Passkeys) == 0 {
		return Invitation{}, fault.New(fault.SecondFactorMissing, "Set up a passkey first.")
	}
	invitation, begun, err := invite(c.Passkeys, v.identity, occasionChange(change), v.now)
	if err != nil {
		return Invitation{}, err
	}
	return invitation, c.Store.Commit(ctx, begun)
}
