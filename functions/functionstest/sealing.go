package functionstest

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-lambda-go/events"

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
	for _, entry := range w.Client.stream.take() {
		image := map[string]events.DynamoDBAttributeValue{}
		for name, value := range entry {
			image[name] = events.NewStringAttribute(value.S)
		}
		_, sk := entry.key()
		records = append(records, events.DynamoDBEventRecord{
			EventID: sk, EventName: "INSERT",
			Change: events.DynamoDBStreamRecord{
				ApproximateCreationDateTime: events.SecondsEpochTime{Time: w.Now()}, SequenceNumber: sk, NewImage: image,
				Keys: map[string]events.DynamoDBAttributeValue{store.PartitionKey: image[store.PartitionKey], store.SortKey: image[store.SortKey]},
			},
		})
	}
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
