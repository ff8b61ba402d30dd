package carry_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mandate/functions/carry"
	"mandate/shared/directory"
	"mandate/shared/store"
)

// kept is a store of which the outbox has whatever is looked for, until it is carried.
type kept struct {
	directory.Store
	carried []string
}

func (k *kept) Read(_ context.Context, want directory.Want) (directory.Found, error) {
	ref := want.Outbox[0]
	return directory.Found{Outbox: map[directory.OutboxRef]directory.OutboxItem{ref: {ID: ref.ID}}}, nil
}

func (k *kept) Commit(ctx context.Context, effects ...directory.Effect) error {
	k.carried = append(k.carried, effects[0].(directory.Carried).Ref.ID)
	return ctx.Err()
}

// 4.8: whose function has no time left says what it did and what it did not, before it is stopped.
func TestTheRestIsGivenBackInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table, tried := &kept{}, 0
		handle := carry.New(table, func(ctx context.Context, item directory.OutboxItem) ([]directory.Effect, error) {
			if tried++; item.ID == "2" { // what takes it does so at the last moment
				<-ctx.Done()
			}
			return []directory.Effect{directory.Carried{Ref: directory.OutboxRef{ID: item.ID}}}, nil
		}, slog.New(slog.DiscardHandler))
		var batch events.DynamoDBEvent
		for _, id := range []string{"1", "2", "3", "4"} {
			batch.Records = append(batch.Records, events.DynamoDBEventRecord{Change: events.DynamoDBStreamRecord{
				SequenceNumber: id, Keys: map[string]events.DynamoDBAttributeValue{
					store.PartitionKey: events.NewStringAttribute("o#org_1#outbox"), store.SortKey: events.NewStringAttribute("mail#" + id),
				},
			}})
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		answer, err := handle(ctx, batch)
		if err != nil || ctx.Err() != nil {
			t.Fatal(err, ctx.Err())
		}
		if len(table.carried) != 2 || tried != 2 {
			t.Errorf("%v carried of %d", table.carried, tried)
		}
		if failed := answer.BatchItemFailures; len(failed) != 2 || failed[0].ItemIdentifier != "3" || failed[1].ItemIdentifier != "4" {
			t.Errorf("given back: %v", failed)
		}
	})
}
