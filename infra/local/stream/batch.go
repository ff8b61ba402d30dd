package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"mandate/infra/local/lambda"
)

// deliver feeds the function with what it wants of the records. It fails only
// with ctx.
func (c *consumer) deliver(ctx context.Context, shard string, records []types.Record) error {
	if len(records) == 0 {
		return nil
	}
	wanted := make([]events.DynamoDBEventRecord, 0, len(records))
	for _, r := range records {
		record := convert(r, c.config.StreamARN)
		if c.wants(record) {
			wanted = append(wanted, record)
		}
	}
	for batch := range slices.Chunk(wanted, c.BatchSize) {
		if err := c.process(ctx, shard, batch); err != nil {
			return err
		}
	}
	// Records that nobody wanted are done as well.
	c.save(c.positions.advance(c.Function, shard, *records[len(records)-1].Dynamodb.SequenceNumber))
	return nil
}

func (c *consumer) wants(record events.DynamoDBEventRecord) bool {
	if len(c.filters) == 0 {
		return true
	}
	var value any
	if err := json.Unmarshal(encode(record), &value); err != nil {
		panic(err) // it was encoded just now
	}
	return slices.ContainsFunc(c.filters, func(f Filter) bool { return f.match(value, true) })
}

// encode cannot fail: the attributes are those that convert makes.
func encode(v any) []byte {
	document, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return document
}

// process has the function handle a batch, until it has, or has failed too
// often. It fails only with ctx.
func (c *consumer) process(ctx context.Context, shard string, batch []events.DynamoDBEventRecord) error {
	failures, denied := 0, 0
	for {
		handled, err := c.invoke(ctx, batch)
		if ctx.Err() != nil && err != nil {
			return ctx.Err()
		}
		if handled > 0 {
			c.save(c.positions.advance(c.Function, shard, batch[handled-1].Change.SequenceNumber))
		}
		if handled == len(batch) {
			return nil
		}
		if notRun := (*notInvoked)(nil); errors.As(err, &notRun) {
			if denied++; denied == 1 {
				c.log.Warn("function cannot be invoked, trying again", "error", err)
			}
			if !sleep(ctx, retryWait(denied)) {
				return ctx.Err()
			}
			continue
		}
		batch = batch[handled:]
		failures++
		if handled > 0 { // what comes first now has failed once
			failures = 1
		}
		c.log.Warn("function failed", "shard", shard, "records", len(batch), "failures", failures, "error", err)
		exhausted := c.MaximumRetryAttempts >= 0 && failures > c.MaximumRetryAttempts
		split := c.BisectBatchOnFunctionError && (handled == 0 || exhausted) ||
			errors.Is(err, lambda.ErrPayloadTooLarge) // AWS makes no batch that is
		if split && len(batch) > 1 {
			half := (len(batch) + 1) / 2
			if err := c.process(ctx, shard, batch[:half]); err != nil {
				return err
			}
			return c.process(ctx, shard, batch[half:])
		}
		if exhausted {
			return c.giveUp(ctx, shard, batch, failures, err)
		}
		if !sleep(ctx, retryWait(failures)) {
			return ctx.Err()
		}
	}
}

// notInvoked is a function that did not see the batch.
type notInvoked struct{ error }

func (e *notInvoked) Unwrap() error { return e.error }

// invoke says how many records of the batch, from its start, the function has
// handled, and if not all, why.
func (c *consumer) invoke(ctx context.Context, batch []events.DynamoDBEventRecord) (int, error) {
	response, err := c.config.Invoke(ctx, c.Function, encode(events.DynamoDBEvent{Records: batch}))
	if failed := (*lambda.FunctionError)(nil); errors.As(err, &failed) || errors.Is(err, lambda.ErrPayloadTooLarge) {
		return 0, err
	}
	if err != nil {
		return 0, &notInvoked{err}
	}
	if !c.ReportBatchItemFailures {
		return len(batch), nil
	}
	return firstFailed(response, batch)
}

// firstFailed reads which records failed.
func firstFailed(response []byte, batch []events.DynamoDBEventRecord) (int, error) {
	if len(response) == 0 {
		return len(batch), nil
	}
	var reported events.DynamoDBEventResponse
	if err := json.Unmarshal(response, &reported); err != nil {
		return 0, fmt.Errorf("answer cannot be read: %w", err)
	}
	first := len(batch)
	for _, failure := range reported.BatchItemFailures {
		at := slices.IndexFunc(batch, func(r events.DynamoDBEventRecord) bool {
			return r.Change.SequenceNumber == failure.ItemIdentifier
		})
		if at < 0 {
			return 0, fmt.Errorf("answer names record %q, which is not in the batch", failure.ItemIdentifier)
		}
		first = min(first, at)
	}
	if first < len(batch) {
		return first, fmt.Errorf("%d records failed", len(reported.BatchItemFailures))
	}
	return first, nil
}

// giveUp hands the batch's metadata over and goes on behind it.
func (c *consumer) giveUp(ctx context.Context, shard string, batch []events.DynamoDBEventRecord, invocations int, reason error) error {
	first, last := batch[0].Change, batch[len(batch)-1].Change
	failure := Failure{
		Function:    c.Function,
		Error:       reason.Error(),
		Invocations: invocations,
		StreamARN:   c.config.StreamARN,
		ShardID:     shard,
		First:       first.SequenceNumber,
		Last:        last.SequenceNumber,
		Records:     len(batch),
		FirstAt:     first.ApproximateCreationDateTime.Time,
		LastAt:      last.ApproximateCreationDateTime.Time,
	}
	c.log.Error("records were given up", "shard", shard, "first", failure.First, "last", failure.Last, "records", failure.Records)
	for tries := 1; c.config.OnFailure != nil; tries++ {
		err := c.config.OnFailure(ctx, failure)
		if err == nil {
			break
		}
		c.log.Error("the failure cannot be delivered, trying again", "error", err)
		if !sleep(ctx, retryWait(tries)) {
			return ctx.Err()
		}
	}
	c.save(c.positions.advance(c.Function, shard, failure.Last))
	return nil
}
