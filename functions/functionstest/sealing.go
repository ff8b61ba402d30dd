package functionstest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/functions/faulttest"
	"mandate/shared/directory"
	"mandate/shared/store"
)

// batch is how many records of the stream come together.
const batch = 10

// Written lists the stream's records of what was written into logs since it was asked last, oldest first.
func (w *World) Written() []events.DynamoDBEventRecord {
	w.t.Helper()
	var records []events.DynamoDBEventRecord
	for _, item := range w.items() {
		pk, sk := item[store.PartitionKey].(*types.AttributeValueMemberS).Value, item[store.SortKey].(*types.AttributeValueMemberS).Value
		if !strings.HasPrefix(sk, directory.PrefixEntry) || w.streamed[pk+sk] {
			continue
		}
		w.streamed[pk+sk] = true
		image := streamed(item)
		records = append(records, events.DynamoDBEventRecord{
			EventID: sk, EventName: "INSERT",
			Change: events.DynamoDBStreamRecord{
				ApproximateCreationDateTime: events.SecondsEpochTime{Time: w.Now()}, SequenceNumber: sk, NewImage: image,
				Keys: map[string]events.DynamoDBAttributeValue{store.PartitionKey: image[store.PartitionKey], store.SortKey: image[store.SortKey]},
			},
		})
	}
	slices.SortFunc(records, func(a, b events.DynamoDBEventRecord) int { return cmp.Compare(a.EventID, b.EventID) })
	return records
}

// Seal takes what was written into logs to the function that seals it.
func (w *World) Seal() {
	w.t.Helper()
	if err := w.Stream(w.Written()); err != nil {
		w.t.Fatal(err)
	}
}

// Stream brings records, some at a time. It ends at the first that fails.
func (w *World) Stream(records []events.DynamoDBEventRecord) error {
	for some := range slices.Chunk(records, batch) {
		process := faulttest.Process(context.Background())
		answer, err := w.carriers[directory.OutboxWorkflow](process, events.DynamoDBEvent{Records: some})
		if err == nil && len(answer.BatchItemFailures) > 0 {
			err = fmt.Errorf("%d records were not sealed", len(answer.BatchItemFailures))
		}
		if faulttest.Dead(process) {
			err = faulttest.ErrDead
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// streamed is an entry as the stream has it.
func streamed(item map[string]types.AttributeValue) map[string]events.DynamoDBAttributeValue {
	out := make(map[string]events.DynamoDBAttributeValue, len(item))
	for name, value := range item {
		out[name] = events.NewStringAttribute(value.(*types.AttributeValueMemberS).Value)
	}
	return out
}
