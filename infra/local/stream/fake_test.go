package stream_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"mandate/infra/local/stream"
)

const arn = "arn:aws:dynamodb:eu-central-1:000000000000:table/people/stream/2026-01-01T00:00:00.000"

// fakeStream keeps shards in memory and fails when told to.
type fakeStream struct {
	mu     sync.Mutex
	shards []*fakeShard
	epoch  int   // of iterators: older ones have expired
	down   error // answered to every call, once set
	polls  int
}

type fakeShard struct {
	id, parent string
	records    []types.Record
	trimmed    int // records that are gone from the front
	closed     bool
}

func (f *fakeStream) locked(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// put writes records with the keys to a shard; sequence numbers go on.
func (f *fakeStream) put(shard *fakeShard, keys ...string) {
	f.locked(func() {
		for _, key := range keys {
			shard.records = append(shard.records, types.Record{
				AwsRegion:    aws.String("eu-central-1"),
				EventID:      aws.String("id-" + key),
				EventName:    types.OperationTypeInsert,
				EventSource:  aws.String("aws:dynamodb"),
				EventVersion: aws.String("1.1"),
				Dynamodb: &types.StreamRecord{
					ApproximateCreationDateTime: aws.Time(time.Now()),
					Keys:                        map[string]types.AttributeValue{"sk": &types.AttributeValueMemberS{Value: key}},
					SequenceNumber:              aws.String(sequence(shard, len(shard.records))),
				},
			})
		}
	})
}

func sequence(s *fakeShard, index int) string { return fmt.Sprintf("%s-%06d", s.id, index) }

func (f *fakeStream) shard(id string) *fakeShard {
	for _, s := range f.shards {
		if s.id == id {
			return s
		}
	}
	return nil
}

func (f *fakeStream) DescribeStream(_ context.Context, in *dynamodbstreams.DescribeStreamInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return nil, f.down
	}
	// A page is one shard, so that every test turns pages.
	out := &types.StreamDescription{}
	for i, s := range f.shards {
		if in.ExclusiveStartShardId != nil && (i == 0 || f.shards[i-1].id != *in.ExclusiveStartShardId) {
			continue
		}
		out.Shards = []types.Shard{{ShardId: &s.id}}
		if s.parent != "" {
			out.Shards[0].ParentShardId = &s.parent
		}
		if i < len(f.shards)-1 {
			out.LastEvaluatedShardId = &s.id
		}
		break
	}
	return &dynamodbstreams.DescribeStreamOutput{StreamDescription: out}, nil
}

func (f *fakeStream) GetShardIterator(_ context.Context, in *dynamodbstreams.GetShardIteratorInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down != nil {
		return nil, f.down
	}
	s := f.shard(*in.ShardId)
	if s == nil {
		return nil, &types.ResourceNotFoundException{}
	}
	at := s.trimmed
	if in.ShardIteratorType == types.ShardIteratorTypeAfterSequenceNumber {
		if _, err := fmt.Sscanf(strings.TrimPrefix(*in.SequenceNumber, s.id+"-"), "%d", &at); err != nil {
			return nil, errors.New("ValidationException")
		}
		if at++; at < s.trimmed {
			return nil, &types.TrimmedDataAccessException{}
		}
	}
	return &dynamodbstreams.GetShardIteratorOutput{ShardIterator: f.iterator(s.id, at)}, nil
}

func (f *fakeStream) iterator(shard string, at int) *string {
	return aws.String(fmt.Sprintf("%s %d %d", shard, f.epoch, at))
}

func (f *fakeStream) GetRecords(_ context.Context, in *dynamodbstreams.GetRecordsInput, _ ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.polls++
	if f.down != nil {
		return nil, f.down
	}
	var id string
	var epoch, at int
	fmt.Sscan(*in.ShardIterator, &id, &epoch, &at)
	s := f.shard(id)
	switch {
	case s == nil:
		return nil, &types.ResourceNotFoundException{}
	case epoch != f.epoch:
		return nil, &types.ExpiredIteratorException{}
	case at < s.trimmed:
		return nil, &types.TrimmedDataAccessException{}
	}
	end := min(len(s.records), at+int(*in.Limit))
	out := &dynamodbstreams.GetRecordsOutput{Records: s.records[at:end]}
	if !s.closed || end < len(s.records) {
		out.NextShardIterator = f.iterator(id, end)
	}
	return out, nil
}

// function is a Lambda function that keeps the keys of each batch it got, and
// answers what the test says.
type function struct {
	mu      sync.Mutex
	batches []string // keys joined with spaces
	answer  func(keys []string) (string, error)
}

func (f *function) invoke(_ context.Context, _ string, payload []byte) ([]byte, error) {
	var e events.DynamoDBEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, err
	}
	keys := make([]string, len(e.Records))
	for i, r := range e.Records {
		keys[i] = r.Change.Keys["sk"].String()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batches = append(f.batches, strings.Join(keys, " "))
	if f.answer == nil {
		return nil, nil
	}
	response, err := f.answer(keys)
	return []byte(response), err
}

func (f *function) got() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.batches
}

// configure wires a mapping to a function.
func configure(f *fakeStream, fn *function, m stream.Mapping) stream.Config {
	m.Function = "outbox"
	return stream.Config{
		Streams:   f,
		StreamARN: arn,
		Mappings:  []stream.Mapping{m},
		Invoke:    fn.invoke,
		Log:       slog.New(slog.DiscardHandler),
	}
}

// poll runs a poller for as long as the bubble's clock says.
func poll(t *testing.T, c stream.Config, d time.Duration) {
	t.Helper()
	p, err := stream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	p.Run(ctx)
}
