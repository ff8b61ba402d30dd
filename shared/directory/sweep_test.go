package directory

import (
	"context"
	"errors"
	"testing"
	"time"

	"mandate/shared/fault"
)

// dueStore has outbox items that are due, of which some cannot be sent round.
type dueStore struct {
	Store
	due      []Due
	refusals map[string]error
	sent     map[string]int
}

func (s *dueStore) Due(context.Context, time.Time, int) ([]Due, error) {
	var due []Due
	for _, one := range s.due {
		if s.sent[one.Outbox.ID] == 0 {
			due = append(due, one)
		}
	}
	return due, nil
}

func (s *dueStore) Read(_ context.Context, want Want) (Found, error) {
	found := Found{Outbox: map[OutboxRef]OutboxItem{}}
	for _, ref := range want.Outbox {
		found.Outbox[ref] = OutboxItem{ID: ref.ID}
	}
	return found, nil
}

func (s *dueStore) Commit(_ context.Context, effects ...Effect) error {
	id := effects[0].(SendRound).Ref.ID
	if err := s.refusals[id]; err != nil {
		return err
	}
	s.sent[id]++
	return nil
}

// 4.7: what cannot be done now keeps nothing else from being done, is reported, and is not tried for ever; what was done
// meanwhile is no matter.
func TestTheSweepGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	store := &dueStore{sent: map[string]int{}, refusals: map[string]error{"1": broken, "2": fault.New(fault.Stale, "")}}
	for _, id := range []string{"1", "2", "3", "4"} {
		store.due = append(store.due, Due{Outbox: &OutboxRef{ID: id}})
	}
	work := &Work{Core{Store: store, Now: time.Now}}
	swept, err := work.Sweep(t.Context())
	if !errors.Is(err, broken) || fault.Is(err, fault.Stale) {
		t.Errorf("reported %v", err)
	}
	if swept != (Swept{Outbox: 2}) || store.sent["3"] != 1 || store.sent["4"] != 1 {
		t.Errorf("swept %+v: %v", swept, store.sent)
	}
}
