package directory

import (
	"context"
	"time"

	"mandate/shared/fault"
)

// Work is what the service does by itself: the tasks of a change's execution, the sweep, and what it hears of mails.
type Work struct{ Core }

// AwaitDecision leaves the token with which the execution waits on the change. Where the decision was made before,
// it goes back at once. Doing it again is harmless: the last token counts.
func (w *Work) AwaitDecision(ctx context.Context, ref ChangeRef, token string) error {
	_, err := attempt(ctx, func(bool) (struct{}, error) {
		plan, _, err := w.read(ctx, ref)
		if err != nil {
			return struct{}{}, err
		}
		plan.Change.TaskToken = token
		switch plan.Change.State {
		case StateAwaitingStepUp, StateAwaitingApproval:
			return struct{}{}, w.Store.Commit(ctx, PutChange{plan.Change})
		default:
			return struct{}{}, w.Store.Commit(ctx, w.enqueueWorkflow(plan.Change, token, w.Now()))
		}
	})
	return err
}

// Apply makes a propagating change effective, if it still may be (3.6, 3.8, 3.9). Applied or ended before, it stays so.
func (w *Work) Apply(ctx context.Context, ref ChangeRef) (Change, error) {
	return attempt(ctx, func(again bool) (Change, error) {
		plan, organisation, err := w.read(ctx, ref)
		if err != nil || plan.Change.State != StatePropagating {
			return plan.Change, err
		}
		now, change := w.Now(), &plan.Change
		if now.Before(change.EffectiveAt) {
			return Change{}, fault.New(fault.StateWrong, "The change does not take effect yet.")
		}
		if err := w.applyIfDue(ctx, now, organisation, &plan); err != nil {
			return Change{}, err
		}
		return plan.Change, w.commit(ctx, plan)
	})
}

func (w *Work) applyIfDue(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	cause := CauseConflict
	if plan.Change.fits(organisation, plan.Target) {
		entitled, err := w.requesterStillMay(ctx, organisation, plan, true)
		if err != nil {
			return err
		}
		if entitled == nil {
			asked := *plan
			err := w.apply(ctx, now, organisation, plan)
			if !fault.Is(err, fault.Invalid) {
				plan.add(w.logChange(now, plan.Change, "applied"))
				return err
			}
			*plan, cause = asked, CauseTaken
		} else {
			cause = CauseRequesterLostAccess
		}
	}
	w.end(now, organisation, plan, ending{state: StateFailed, cause: cause})
	plan.add(w.logChange(now, plan.Change, "failed: "+string(cause)))
	return nil
}

// read brings a change with its target and organisation.
func (w *Work) read(ctx context.Context, ref ChangeRef) (Plan, Organisation, error) {
	want := wantChange(ref)
	want.Organisations = []OrganisationID{ref.Organisation}
	found, err := w.Store.Read(ctx, want)
	if err != nil {
		return Plan{}, Organisation{}, err
	}
	plan, err := w.planOf(ctx, found, ref)
	return plan, found.Organisations[ref.Organisation], err
}
