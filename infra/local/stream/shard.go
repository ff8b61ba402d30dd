package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// pageSize is how many records one call may answer: the API's most.
const pageSize = 1000

// consumer is one mapping at work.
type consumer struct {
	Mapping
	config    Config
	filters   []Filter
	positions *positions
	log       *slog.Logger
}

// run reads every shard as soon as its parent is read to the end. A stream gets
// new shards only as children of those that it closes, so the list is looked at
// again when a reader comes back.
func (c *consumer) run(ctx context.Context) {
	var readers sync.WaitGroup
	defer readers.Wait()
	back := make(chan string)
	reading := make(map[string]bool)
	for failures := 0; ctx.Err() == nil; {
		shards, err := c.shards(ctx)
		if err != nil {
			if failures++; failures == 1 && ctx.Err() == nil {
				c.log.Warn("stream cannot be described, trying again", "error", err)
			}
			sleep(ctx, retryWait(failures))
			continue
		}
		failures = 0
		for _, id := range c.ready(shards) {
			if reading[id] {
				continue
			}
			reading[id] = true
			readers.Go(func() {
				c.read(ctx, id)
				select {
				case back <- id:
				case <-ctx.Done():
				}
			})
		}
		if len(reading) == 0 { // a stream that has just been made
			sleep(ctx, idlePoll)
			continue
		}
		select {
		case id := <-back:
			delete(reading, id)
		case <-ctx.Done():
		}
	}
}

// shards lists the stream's.
func (c *consumer) shards(ctx context.Context) ([]types.Shard, error) {
	var all []types.Shard
	input := &dynamodbstreams.DescribeStreamInput{StreamArn: &c.config.StreamARN}
	for {
		out, err := c.config.Streams.DescribeStream(ctx, input)
		if err != nil {
			return nil, err
		}
		all = append(all, out.StreamDescription.Shards...)
		if input.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId; input.ExclusiveStartShardId == nil {
			return all, nil
		}
	}
}

// ready names the shards that may be read: not finished, and with a parent that
// is, or that the stream no longer has.
func (c *consumer) ready(shards []types.Shard) []string {
	listed := make([]string, 0, len(shards))
	for _, s := range shards {
		listed = append(listed, aws.ToString(s.ShardId))
	}
	c.positions.keep(c.Function, listed)
	var ready []string
	for _, s := range shards {
		id, parent := aws.ToString(s.ShardId), aws.ToString(s.ParentShardId)
		if c.positions.get(c.Function, id).Finished {
			continue
		}
		if slices.Contains(listed, parent) && !c.positions.get(c.Function, parent).Finished {
			continue
		}
		ready = append(ready, id)
	}
	return ready
}

// read feeds the function with a shard's records until the shard is finished,
// gone, or ctx ends.
func (c *consumer) read(ctx context.Context, shard string) {
	var iterator *string
	wait, failures := busyPoll, 0
	for ctx.Err() == nil {
		out, err := c.page(ctx, shard, iterator)
		if gone := (*types.ResourceNotFoundException)(nil); errors.As(err, &gone) {
			// Perhaps a database that has just come back and knows nothing yet:
			// the next description tells, and the position is kept till then.
			sleep(ctx, retryWait(failures+1))
			return
		}
		if err != nil {
			iterator = nil
			if failures++; failures == 1 && ctx.Err() == nil {
				c.log.Warn("stream cannot be read, trying again", "shard", shard, "error", err)
			}
			sleep(ctx, retryWait(failures))
			continue
		}
		if failures > 0 {
			c.log.Info("stream is read again", "shard", shard)
			failures = 0
		}
		if c.deliver(ctx, shard, out.Records) != nil {
			return // ctx has ended
		}
		if iterator = out.NextShardIterator; iterator == nil {
			c.save(c.positions.finish(c.Function, shard))
			return
		}
		if len(out.Records) > 0 {
			wait = busyPoll
		}
		sleep(ctx, wait)
		wait = min(wait*2, idlePoll)
	}
}

// page gets the records behind an iterator, or without one, behind the shard's
// position.
func (c *consumer) page(ctx context.Context, shard string, iterator *string) (*dynamodbstreams.GetRecordsOutput, error) {
	if iterator == nil {
		input := &dynamodbstreams.GetShardIteratorInput{
			StreamArn:         &c.config.StreamARN,
			ShardId:           &shard,
			ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		}
		if at := c.positions.get(c.Function, shard).SequenceNumber; at != "" {
			input.ShardIteratorType = types.ShardIteratorTypeAfterSequenceNumber
			input.SequenceNumber = &at
		}
		out, err := c.config.Streams.GetShardIterator(ctx, input)
		if err != nil {
			return nil, c.trimmed(shard, err)
		}
		if out.ShardIterator == nil {
			return nil, fmt.Errorf("no iterator for shard %s", shard)
		}
		iterator = out.ShardIterator
	}
	out, err := c.config.Streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator, Limit: aws.Int32(pageSize)})
	if err != nil {
		return nil, c.trimmed(shard, err)
	}
	return out, nil
}

// trimmed forgets a position that the stream no longer has, so that the shard is
// read from what is left of it. What lay between is lost, as on AWS.
func (c *consumer) trimmed(shard string, err error) error {
	if trim := (*types.TrimmedDataAccessException)(nil); errors.As(err, &trim) {
		c.log.Error("records were lost: the stream keeps them for 24 hours", "shard", shard)
		c.save(c.positions.advance(c.Function, shard, ""))
	}
	return err
}

// save reports a position that could not be written. The work goes on: a restart
// repeats some of it, which functions must bear anyway.
func (c *consumer) save(err error) {
	if err != nil {
		c.log.Error("checkpoint cannot be written", "error", err)
	}
}
