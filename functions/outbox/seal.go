package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/functions/carry"
	"mandate/shared/directory"
	"mandate/shared/store"
)

// Sealer takes new entries of the operation log from the stream into their organisations' chains. It lives with the
// outbox because DynamoDB lets two functions read a stream, and the mailer should not have to do with the log.
type Sealer struct {
	Ledger *directory.Ledger
	Skew   time.Duration // how far the service's clock is set ahead of the table's by now
	Log    *slog.Logger
}

// Before seals the records that are entries of the log, those of an organisation together, and hands on the rest.
func (s *Sealer) Before(next carry.Handler) carry.Handler {
	return func(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		var rest events.DynamoDBEvent
		var order []directory.OrganisationID
		sealed := map[directory.OrganisationID]*share{}
		for _, record := range event.Records {
			ref, digest, ok := store.EntryOf(image(record.Change.NewImage))
			if !ok {
				rest.Records = append(rest.Records, record)
				continue
			}
			if record.EventName != string(events.DynamoDBOperationTypeInsert) {
				// What was sealed stays sealed, so verification tells it too.
				s.Log.ErrorContext(ctx, "an entry of the operation log was altered", "organisation", ref.Organisation, "entry", ref.ID)
				continue
			}
			if sealed[ref.Organisation] == nil {
				sealed[ref.Organisation] = &share{}
				order = append(order, ref.Organisation)
			}
			sealed[ref.Organisation].add(record, directory.Fingerprint{
				Entry: ref.ID, Digest: digest, At: s.taken(ref.ID, record.Change.ApproximateCreationDateTime.Time),
			})
		}
		answer, err := next(ctx, rest)
		if err != nil {
			return answer, fmt.Errorf("what is not of the log: %w", err)
		}
		for _, organisation := range order {
			one := sealed[organisation]
			head, err := s.Ledger.Seal(ctx, organisation, one.entries)
			if err != nil {
				s.Log.ErrorContext(ctx, "the operation log was not sealed", "organisation", organisation, "error", err)
				answer.BatchItemFailures = append(answer.BatchItemFailures, one.failures...)
				continue
			}
			// A witness outside of the table: who sets back the table, chain and all, does not set back this.
			s.Log.InfoContext(ctx, "the operation log is sealed", "organisation", organisation, "sequence", head.Sequence, "hash", head.Hash)
		}
		return answer, nil
	}
}

// taken is when the table took an entry, by the service's clock. What was written before that clock was set ahead may come
// after it was: the clock was then as far ahead as the entry says, and never further than it is now.
func (s *Sealer) taken(entry directory.EntryID, byTable time.Time) time.Time {
	return byTable.Add(min(max(entry.Time().Sub(byTable), 0), s.Skew)).UTC()
}

// share is what a batch has of one organisation's log.
type share struct {
	entries  []directory.Fingerprint
	failures []events.DynamoDBBatchItemFailure // of all of it
}

func (s *share) add(record events.DynamoDBEventRecord, entry directory.Fingerprint) {
	s.entries = append(s.entries, entry)
	s.failures = append(s.failures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
}

// image is an item of the stream as the table has it.
func image(in map[string]events.DynamoDBAttributeValue) map[string]types.AttributeValue {
	out := make(map[string]types.AttributeValue, len(in))
	for name, value := range in {
		out[name] = attribute(value)
	}
	return out
}

func attribute(in events.DynamoDBAttributeValue) types.AttributeValue {
	switch in.DataType() {
	case events.DataTypeBinary:
		return &types.AttributeValueMemberB{Value: in.Binary()}
	case events.DataTypeBoolean:
		return &types.AttributeValueMemberBOOL{Value: in.Boolean()}
	case events.DataTypeBinarySet:
		return &types.AttributeValueMemberBS{Value: in.BinarySet()}
	case events.DataTypeList:
		list := make([]types.AttributeValue, len(in.List()))
		for i, one := range in.List() {
			list[i] = attribute(one)
		}
		return &types.AttributeValueMemberL{Value: list}
	case events.DataTypeMap:
		return &types.AttributeValueMemberM{Value: image(in.Map())}
	case events.DataTypeNumber:
		return &types.AttributeValueMemberN{Value: in.Number()}
	case events.DataTypeNumberSet:
		return &types.AttributeValueMemberNS{Value: in.NumberSet()}
	case events.DataTypeString:
		return &types.AttributeValueMemberS{Value: in.String()}
	case events.DataTypeStringSet:
		return &types.AttributeValueMemberSS{Value: in.StringSet()}
	default:
		return &types.AttributeValueMemberNULL{Value: true}
	}
}
