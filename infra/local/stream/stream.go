package stream

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
)

const (
	busyPoll = 20 * time.Millisecond  // between polls of a shard that has just had records
	idlePoll = 200 * time.Millisecond // at most, between polls of one that has none

	firstRetry = 100 * time.Millisecond // after the first failure; then twice as long each time
	lastRetry  = 5 * time.Second        // at most
)

// Streams are the calls of the DynamoDB Streams API that a poller makes.
type Streams interface {
	DescribeStream(context.Context, *dynamodbstreams.DescribeStreamInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.DescribeStreamOutput, error)
	GetShardIterator(context.Context, *dynamodbstreams.GetShardIteratorInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetShardIteratorOutput, error)
	GetRecords(context.Context, *dynamodbstreams.GetRecordsInput, ...func(*dynamodbstreams.Options)) (*dynamodbstreams.GetRecordsOutput, error)
}

// Mapping feeds one function. The fields are those of the deployed event source
// mapping.
type Mapping struct {
	Function  string
	BatchSize int // 1 to 1,000; 0 is Lambda's default of 100
	// Filters are patterns in JSON, of which a record must match one. None lets
	// every record pass. See [ParseFilter].
	Filters []string
	// ReportBatchItemFailures has the function's answer read for the records
	// that failed.
	ReportBatchItemFailures bool
	// BisectBatchOnFunctionError splits a batch that fails.
	BisectBatchOnFunctionError bool
	// MaximumRetryAttempts is how often a record comes again before it is given
	// up; 0 is never, -1 for ever.
	MaximumRetryAttempts int
}

// Config is what a poller is made of.
type Config struct {
	Streams   Streams
	StreamARN string
	Mappings  []Mapping // of different functions
	// Invoke runs a function, with the errors of lambda.Service's Invoke.
	Invoke func(ctx context.Context, function string, payload []byte) ([]byte, error)
	// OnFailure takes the metadata of records that were given up. It is called
	// again until it returns nil. Without it they are only logged.
	OnFailure func(context.Context, Failure) error
	// Checkpoints is a file that remembers each mapping's positions, so that the
	// next run continues. "" remembers nothing.
	Checkpoints string
	Log         *slog.Logger
}

// Failure is what is kept of records that were given up: where they are in the
// stream, which keeps them for 24 hours, and not what is in them.
type Failure struct {
	Function    string
	Error       string // of the last invocation
	Invocations int    // that these records failed in together
	StreamARN   string
	ShardID     string
	First, Last string // sequence numbers
	Records     int
	FirstAt     time.Time // when the first was written, to the second or so
	LastAt      time.Time
}

// Poller feeds the mappings of one stream.
type Poller struct {
	consumers []*consumer
}

// New fails on a mapping that cannot be, and on a file of checkpoints that
// cannot be read.
func New(config Config) (*Poller, error) {
	positions, err := loadPositions(config.Checkpoints, config.StreamARN)
	if err != nil {
		return nil, fmt.Errorf("stream: checkpoints: %w", err)
	}
	p := &Poller{}
	seen := make(map[string]bool)
	for _, m := range config.Mappings {
		if m.BatchSize == 0 {
			m.BatchSize = 100
		}
		switch {
		case m.Function == "" || seen[m.Function]:
			return nil, fmt.Errorf("stream: mapping of %q: the function must be named, and once", m.Function)
		case m.BatchSize < 1 || m.BatchSize > pageSize:
			return nil, fmt.Errorf("stream: mapping of %q: batch size %d is not 1 to %d", m.Function, m.BatchSize, pageSize)
		case m.MaximumRetryAttempts < -1:
			return nil, fmt.Errorf("stream: mapping of %q: maximum retry attempts %d is under -1", m.Function, m.MaximumRetryAttempts)
		}
		seen[m.Function] = true
		c := &consumer{
			Mapping:   m,
			config:    config,
			positions: positions,
			log:       config.Log.With("function", m.Function),
		}
		for _, pattern := range m.Filters {
			f, err := ParseFilter(pattern)
			if err != nil {
				return nil, fmt.Errorf("stream: mapping of %q: %w", m.Function, err)
			}
			c.filters = append(c.filters, f)
		}
		p.consumers = append(p.consumers, c)
	}
	return p, nil
}

// Run polls until ctx ends. Failures to read are logged and tried again.
func (p *Poller) Run(ctx context.Context) {
	var consumers sync.WaitGroup
	for _, c := range p.consumers {
		consumers.Go(func() { c.run(ctx) })
	}
	consumers.Wait()
}

// sleep waits, and says whether it was to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// retryWait is the wait after so many failures in a row.
func retryWait(failures int) time.Duration {
	wait := firstRetry
	for range failures - 1 {
		if wait *= 2; wait >= lastRetry {
			return lastRetry
		}
	}
	return wait
}
