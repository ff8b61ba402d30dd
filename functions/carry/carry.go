// Package carry takes outbox items from the table's stream to what carries them, and reports those that failed, so that
// the stream brings them again.
//
// The record says which item; the item itself is read from the table: one that is gone was carried before, and a record
// that comes twice or late does no harm. Nor do two at the same time, or a transaction that arrives after it was given up:
// what follows from an item is written on condition that the item is there.
//
// An item that cannot be read is not reported as failed: the stream would bring it again and again, and keep those behind
// it waiting. It stays in the table, and the sweep puts it aside as soon as it looks at it, where an alarm tells of it.
package carry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/store"
)

// Carrier does what one item orders, and forgets it in the same breath: what it answers are the effects, of which
// Carried is one. An error leaves the item for another time.
type Carrier func(context.Context, directory.OutboxItem) ([]directory.Effect, error)

// ByKind carries each kind of item by its own carrier.
func ByKind(carriers map[directory.OutboxKind]Carrier) Carrier {
	return func(ctx context.Context, item directory.OutboxItem) ([]directory.Effect, error) {
		carrier, ok := carriers[item.Kind]
		if !ok {
			return nil, fmt.Errorf("an outbox item of the kind %s, which is another function's", item.Kind)
		}
		return carrier(ctx, item)
	}
}

// Handler is what a stream invokes.
type Handler func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error)

// margin is left of the function's time to tell the table what was done, and the stream what was not. A function that is
// stopped in the midst of it tells neither: what it sent would be sent again.
const margin = 3 * time.Second

// New makes a handler of a carrier.
func New(keep directory.Store, carrier Carrier, log *slog.Logger) Handler {
	return func(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		within := ctx
		if deadline, ends := ctx.Deadline(); ends {
			var cancel context.CancelFunc
			within, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
			defer cancel()
		}
		var answer events.DynamoDBEventResponse
		for _, record := range event.Records {
			err := within.Err()
			if err == nil {
				err = one(ctx, within, keep, carrier, record)
			}
			if err != nil {
				log.ErrorContext(ctx, "outbox item not carried", "event", record.EventID, "error", err)
				if errors.Is(err, directory.ErrUnreadable) {
					continue
				}
				answer.BatchItemFailures = append(answer.BatchItemFailures, events.DynamoDBBatchItemFailure{
					ItemIdentifier: record.Change.SequenceNumber,
				})
			}
		}
		return answer, nil
	}
}

// races is how often an item may turn out to have been carried by somebody else at the same time, or what it is about to
// have moved, or the table not to be there to be told, before its record has to come again.
const races = 3

// one carries a record's item: the order is done within a time, and told of in all of the function's.
func one(ctx, within context.Context, keep directory.Store, carrier Carrier, record events.DynamoDBEventRecord) error {
	ref, ok := store.OutboxRefOf(keyOf(record, store.PartitionKey), keyOf(record, store.SortKey))
	if !ok {
		return fmt.Errorf("a record of no outbox item")
	}
	var err error
	for range races {
		if err = try(ctx, within, keep, carrier, ref); !fault.Is(err, fault.Stale) {
			return err
		}
	}
	return err
}

func try(ctx, within context.Context, keep directory.Store, carrier Carrier, ref directory.OutboxRef) error {
	found, err := keep.Read(within, directory.Want{Outbox: []directory.OutboxRef{ref}})
	if err != nil {
		return err
	}
	item, there := found.Outbox[ref]
	if !there {
		return nil
	}
	effects, err := carrier(within, item)
	if err != nil || len(effects) == 0 {
		return err
	}
	for range races { // what was ordered is done: given up here, it would be done once more
		if err = keep.Commit(ctx, effects...); !errors.Is(err, fault.ErrUnavailable) {
			break
		}
	}
	return err
}

func keyOf(record events.DynamoDBEventRecord, name string) string {
	value, ok := record.Change.Keys[name]
	if !ok || value.DataType() != events.DataTypeString {
		return ""
	}
	return value.String()
}
