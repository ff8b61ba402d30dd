package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// transactionLimit is how many items DynamoDB writes at once.
const transactionLimit = 100

// Commit writes all effects in one transaction; of the lists that users stand in, what there is no room for before and
// after it (see moves).
func (s *Store) Commit(ctx context.Context, effects ...directory.Effect) error {
	writes, err := writesOf(effects)
	if err != nil {
		return err
	}
	before, with, after := movesOf(effects).atOnce(transactionLimit - len(writes))
	for some := range slices.Chunk(before, transactionLimit) {
		if err := s.transact(ctx, some); err != nil {
			return err
		}
	}
	if err := s.transact(ctx, append(writes, with...)); err != nil {
		return err
	}
	for some := range slices.Chunk(after, transactionLimit) {
		if err := s.transact(ctx, some); err != nil {
			return nil // what the effects say is written, and a place that is left late does no harm
		}
	}
	return nil
}

// Items are what effects put that are of new records alone: for who writes more of them than transactions can, as a
// benchmark does. No condition is asked.
func Items(effects ...directory.Effect) ([]map[string]types.AttributeValue, error) {
	writes, err := writesOf(effects)
	if err != nil {
		return nil, err
	}
	var items []item
	for _, one := range append(writes, movesOf(effects).come...) {
		if one.kind != isPut {
			return nil, fmt.Errorf("store: %s %s is not put", one.key.pk, one.key.sk)
		}
		items = append(items, one.item)
	}
	return items, nil
}

// transact makes writes in one transaction. The SDK sends it with a token of its own, so that an answer that was lost and
// a request that is sent again do not write twice.
func (s *Store) transact(ctx context.Context, writes []write) error {
	items := make([]types.TransactWriteItem, len(writes))
	for i, one := range writes {
		items[i] = one.in(s.table)
	}
	for wait := range directory.Backoff(ctx) {
		if wait != nil {
			return wait
		}
		_, err := s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
		var cancelled *types.TransactionCanceledException
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &cancelled):
			return err
		}
		again, err := faultOf(cancelled, writes)
		if err != nil {
			return err
		}
		if !again {
			return fmt.Errorf("store: transaction cancelled: %w", cancelled)
		}
	}
	return stale
}

// writesOf is what effects write. DynamoDB refuses an item that comes twice, so a check goes with the write of the same
// item; two writes of one item are the caller's mistake.
func writesOf(effects []directory.Effect) ([]write, error) {
	writes := make([]write, 0, len(effects))
	at := make(map[key]int, len(effects))
	for _, effect := range effects {
		one, err := writeOf(effect)
		if err != nil {
			return nil, err
		}
		i, twice := at[one.key]
		switch {
		case !twice:
			at[one.key] = len(writes)
			writes = append(writes, one)
		case writes[i].kind == isCheck && one.kind == isCheck:
			if !one.same(writes[i]) {
				return nil, stale // a record that should be two things at once has moved
			}
		case one.kind == isCheck:
			writes[i] = writes[i].and(one)
		case writes[i].kind == isCheck:
			writes[i] = one.and(writes[i])
		default:
			return nil, fmt.Errorf("store: two effects on %s %s", one.key.pk, one.key.sk)
		}
	}
	return writes, nil
}

// faultOf tells what a cancelled transaction means: the fault of the condition that did not hold, or that it met another
// transaction and should be sent again. Names that are taken are told all at once.
//
// A lost race goes before every fault of the domain. What was decided on has moved, and the act starts again: what stands
// against it then is told, in the order in which things happened. A name may be taken by what this very request did a
// moment ago; the same request, sent twice at once, may have taken the last admin too many away; and who asked for that may
// be no admin any more.
func faultOf(cancelled *types.TransactionCanceledException, writes []write) (again bool, err error) {
	var first *fault.Fault
	var fields fault.Fields
	for i, reason := range cancelled.CancellationReasons {
		if reason.Code == nil {
			continue
		}
		switch *reason.Code {
		case "ConditionalCheckFailed":
			switch found := writes[i].fault; {
			case found.Code == fault.Stale:
				return false, found
			case found.Code == fault.Invalid:
				for _, field := range found.Fields {
					same := func(other fault.Field) bool { return other.Name == field.Name && other.Rule == field.Rule }
					if !slices.ContainsFunc(fields, same) { // one field may reserve two names
						fields = append(fields, field)
					}
				}
			case first == nil:
				first = found
			}
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			again = true
		}
	}
	if len(fields) > 0 {
		return false, fields.Err()
	}
	if first != nil {
		return false, first
	}
	return again, nil
}

// Touch notes that a session was used; one that ended stays ended. Where another write is at the session at this moment, or
// DynamoDB cannot write now, the next request notes it: who only reads need not wait for that.
func (s *Store) Touch(ctx context.Context, one directory.Session, at time.Time) error {
	expression, condition := "SET lastSeenAt = :at", ifPresent
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: session(sessionRef(one)).item(), UpdateExpression: &expression, ConditionExpression: &condition,
		ExpressionAttributeValues: item{":at": moment(at)},
	})
	var ended *types.ConditionalCheckFailedException
	var busy *types.TransactionConflictException
	if errors.As(err, &ended) || errors.As(err, &busy) || errors.Is(err, fault.ErrUnavailable) {
		return nil
	}
	return err
}
