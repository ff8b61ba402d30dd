package stream_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"mandate/infra/local/parts"
	"mandate/infra/local/parts/partstest"
	"mandate/infra/local/stream"
)

// What is written arrives once, in the order of each partition, through a
// function that now and then fails and a poller that is stopped and started
// again.
func TestWithDynamoDB(t *testing.T) {
	t.Parallel()
	d := connect(t, partstest.DynamoDB(t))
	for range 3 {
		ctx, stop := context.WithCancel(t.Context())
		polling := d.poll(ctx)
		d.write(25)
		d.wait()
		stop()
		polling.Wait()
	}
	d.check()
}

// The database is killed, and comes back with its data, while the poller goes
// on.
func TestWithDynamoDBThatIsKilled(t *testing.T) {
	t.Parallel()
	process, err := partstest.Installation(t).StartDynamoDB(t.Context(), parts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	d := connect(t, process.Endpoint())
	ctx, stop := context.WithCancel(t.Context())
	polling := d.poll(ctx)
	for range 2 {
		d.write(10)
		before := process.Starts()
		syscall.Kill(process.PID(), syscall.SIGKILL)
		eventually(t, "the database was started again", func() bool { return process.Starts() > before })
		if err := process.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.write(10)
		d.wait()
	}
	stop()
	polling.Wait()
	d.check()
}

// database is a table, and a function that gets its mails.
type database struct {
	t       *testing.T
	api     *dynamodb.Client
	table   string
	config  stream.Config
	fn      function
	written []string
}

func connect(t *testing.T, endpoint string) *database {
	t.Helper()
	config := aws.Config{
		Region:       "eu-central-1",
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
	d := &database{t: t, api: dynamodb.NewFromConfig(config), table: "stream-" + rand.Text()}
	made, err := d.api.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            &d.table,
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String("sk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}, {AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange}},
		StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.fn.answer = func(keys []string) (string, error) {
		if len(d.fn.batches)%3 == 1 {
			return failed()
		}
		for _, key := range keys {
			if !strings.HasPrefix(key, "mail#") {
				t.Errorf("%s passed the filter", key)
			}
		}
		return "", nil
	}
	d.config = stream.Config{
		Streams:   dynamodbstreams.NewFromConfig(config),
		StreamARN: *made.TableDescription.LatestStreamArn,
		Mappings: []stream.Mapping{{
			Function:             "mailer",
			BatchSize:            10,
			MaximumRetryAttempts: -1,
			Filters:              []string{`{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"mail#"}]}}}}`},
		}},
		Invoke:      d.fn.invoke,
		Checkpoints: filepath.Join(t.TempDir(), "checkpoints.json"),
		Log:         slog.New(slog.DiscardHandler),
	}
	return d
}

func (d *database) poll(ctx context.Context) *sync.WaitGroup {
	d.t.Helper()
	p, err := stream.New(d.config)
	if err != nil {
		d.t.Fatal(err)
	}
	var polling sync.WaitGroup
	polling.Go(func() { p.Run(ctx) })
	return &polling
}

// write puts mails, and as many items that the filter is to hold back.
func (d *database) write(n int) {
	d.t.Helper()
	for range n {
		key := fmt.Sprintf("mail#%03d", len(d.written))
		d.written = append(d.written, key)
		for _, sk := range []string{key, "other#" + key} {
			if _, err := d.api.PutItem(d.t.Context(), &dynamodb.PutItemInput{TableName: &d.table, Item: map[string]types.AttributeValue{
				"pk": &types.AttributeValueMemberS{Value: "org#1"},
				"sk": &types.AttributeValueMemberS{Value: sk},
			}}); err != nil {
				d.t.Fatal(err)
			}
		}
	}
}

// wait returns when all that was written has come.
func (d *database) wait() {
	d.t.Helper()
	eventually(d.t, "every record came", func() bool { return len(d.fn.handled()) >= len(d.written) })
}

func (d *database) check() {
	d.t.Helper()
	if got := d.fn.handled(); !slices.Equal(got, d.written) {
		d.t.Errorf("got  %v\nwant %v", got, d.written)
	}
}

// eventually waits for a condition that no event announces.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never so: %s", what)
		}
	}
}

// handled are the keys of the batches that did not fail.
func (f *function) handled() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for i, batch := range f.batches {
		if i%3 != 0 {
			all = append(all, strings.Fields(batch)...)
		}
	}
	return all
}
