package directory

import (
	"context"
	"errors"
	"time"

	"mandate/shared/fault"
)

const (
	// reminderAhead is how long before its expiry a change reminds those who may approve it (3.4).
	reminderAhead = 24 * time.Hour
	// overdue is how late a change may be before the sweep applies it in its execution's stead.
	overdue = 5 * time.Minute
	// straggling is how long an outbox item may wait before the sweep sends it round again; with each round twice as long,
	// and strayingAtMost in the end: what is refused for hours is carried by itself when that has passed.
	straggling     = 2 * time.Minute
	strayingAtMost = time.Hour
	// roundsWithin is how often an outbox item goes round before it is put aside, which takes 26 hours: a quota of a day has
	// passed by then. It fails for a reason that does not pass by itself, and keeps those behind it waiting each time.
	roundsWithin = 30
)

// strays is how long an item waits that has been sent round so often.
func strays(rounds int) time.Duration {
	const doublings = 5 // more than the most, and no overflow
	return min(straggling<<min(rounds, doublings), strayingAtMost)
}

// AsideMessage is what is logged when items were put aside. An alarm listens for it.
const AsideMessage = "outbox items put aside"

// DueAt is when the sweep should look at the change; zero when never.
func (c Change) DueAt() time.Time {
	switch c.State {
	case StateAwaitingStepUp, StateAwaitingApproval:
		if reminder := c.ExpiresAt.Add(-reminderAhead); !c.Reminded && c.State == StateAwaitingApproval && reminder.After(c.CreatedAt) {
			return reminder
		}
		return c.ExpiresAt
	case StatePropagating:
		return c.EffectiveAt.Add(overdue)
	}
	return time.Time{}
}

// DueAt is when the sweep should look at the link; zero when never.
func (l Link) DueAt() time.Time {
	if l.State == LinkSent {
		return l.ExpiresAt
	}
	return time.Time{}
}

// DueAt is when the sweep should send the item round again.
func (o OutboxItem) DueAt() time.Time { return o.CreatedAt.Add(straggling) }

// Swept counts what a sweep did.
type Swept struct {
	Expired  int `json:"expired"`
	Reminded int `json:"reminded"`
	Applied  int `json:"applied"`
	Links    int `json:"links"`
	Outbox   int `json:"outbox"`
	Warned   int `json:"warned"`   // users of whose certificates or credentials was warned
	Aside    int `json:"aside"`    // outbox items that will not be carried until they are recalled
	Recalled int `json:"recalled"` // those that go round again
	Requests int `json:"requests"` // service requests that nobody decided
}

// sweepBatch is how many records are looked up at once, where none of them cannot be swept; sweptAtMost bounds how far the
// sweep looks behind those that cannot.
const (
	sweepBatch  = 100
	sweptAtMost = 32 * sweepBatch
)

// Sweep does what fell due: expires changes and links, reminds, applies what its execution did not, and sends the
// outbox's stragglers round again (4.7). Two sweeps at once do no harm, and a record that cannot be swept does not keep
// others from it: its error is told at the end.
func (w *Work) Sweep(ctx context.Context) (Swept, error) {
	var swept Swept
	limit := sweepBatch
	for {
		due, err := w.Store.Due(ctx, w.Now(), limit)
		before := swept
		errs := []error{err} // what failed before is due still, and fails again if it must
		for _, one := range due {
			err := w.sweepOne(ctx, one, &swept)
			if err != nil && !fault.Is(err, fault.Stale) && !fault.Is(err, fault.NotFound) {
				errs = append(errs, err)
			}
		}
		switch {
		case ctx.Err() != nil || swept == before && (err == nil && len(due) < limit || limit >= sweptAtMost):
			return swept, errors.Join(errs...)
		case swept == before:
			limit *= 2 // behind those that cannot be swept
		}
	}
}

func (w *Work) sweepOne(ctx context.Context, due Due, swept *Swept) error {
	switch {
	case due.Outbox != nil:
		return w.sendRound(ctx, *due.Outbox, due.At, swept)
	case due.Request != "":
		return w.expireRequest(ctx, ServiceRequestRef{due.Organisation, due.Request}, swept)
	case due.Link != "":
		return w.expireLink(ctx, LinkRef{due.Organisation, due.User, due.Link}, swept)
	case due.User != "":
		return w.sweepUser(ctx, UserRef{due.Organisation, due.User}, swept)
	default:
		return w.sweepChange(ctx, ChangeRef{due.Organisation, due.Change}, swept)
	}
}

// sendRound has a straggler carried once more, or puts it aside where that was tried often enough, or cannot be tried.
func (w *Work) sendRound(ctx context.Context, ref OutboxRef, was time.Time, swept *Swept) error {
	found, err := w.Store.Read(ctx, Want{Outbox: []OutboxRef{ref}})
	item, waits := found.Outbox[ref]
	unreadable := errors.Is(err, ErrUnreadable)
	switch {
	case err != nil && !unreadable:
		return err
	case !unreadable && !waits:
		return nil
	case unreadable || item.Rounds >= roundsWithin:
		return counted(&swept.Aside, w.Store.Commit(ctx, PutAside{ref, was}))
	default:
		return counted(&swept.Outbox, w.Store.Commit(ctx, SendRound{ref, was, w.Now().Add(strays(item.Rounds + 1))}))
	}
}

// Recall lets every outbox item that was put aside go round again: the reason why they were not carried is mended.
func (w *Work) Recall(ctx context.Context) (Swept, error) {
	var swept Swept
	for {
		aside, err := w.Store.Aside(ctx, sweepBatch)
		before := swept
		for _, ref := range aside {
			if one := counted(&swept.Recalled, w.Store.Commit(ctx, Recall{ref, w.Now().Add(straggling)})); !fault.Is(one, fault.Stale) {
				err = errors.Join(err, one)
			}
		}
		if err != nil || swept == before {
			return swept, err
		}
	}
}

// counted counts what was done, and passes on why it was not.
func counted(count *int, err error) error {
	if err == nil {
		*count++
	}
	return err
}

func (w *Work) sweepChange(ctx context.Context, ref ChangeRef, swept *Swept) error {
	plan, organisation, err := w.read(ctx, ref)
	if err != nil {
		return err
	}
	now, change := w.Now(), &plan.Change
	switch at := change.DueAt(); {
	case at.IsZero() || now.Before(at):
		return nil // the index was behind
	case change.State == StatePropagating:
		_, err := w.Apply(ctx, ref)
		return counted(&swept.Applied, err)
	case now.Before(change.ExpiresAt):
		change.Reminded = true
		change.note(now, change.State, "reminded", nil, "")
		plan.add(w.mailApprovers(now, organisation, *change, MailApprovalReminder))
		return counted(&swept.Reminded, w.Store.Commit(ctx, append([]Effect{PutChange{*change}}, plan.effects...)...))
	default:
		w.end(now, organisation, &plan, ending{state: StateExpired})
		plan.add(w.logChange(now, *change, "expired"))
		return counted(&swept.Expired, w.commit(ctx, plan))
	}
}

func (w *Work) expireLink(ctx context.Context, ref LinkRef, swept *Swept) error {
	found, err := w.Store.Read(ctx, Want{Links: []LinkRef{ref}})
	if err != nil {
		return err
	}
	link, ok := found.Links[ref]
	if at := link.DueAt(); !ok || at.IsZero() || w.Now().Before(at) {
		return nil
	}
	link.State, link.EndedAt = LinkExpired, w.Now()
	return counted(&swept.Links, w.Store.Commit(ctx, PutLink{link}, Log{Entry{
		ID: EntryID(w.NewID(PrefixEntry)), Organisation: link.Organisation, At: link.EndedAt,
		Action: "expireLink", Outcome: Done, Target: TargetID(link.User), Detail: string(link.Kind),
	}}))
}
