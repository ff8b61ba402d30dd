package functionstest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/oklog/ulid/v2"

	"mandate/shared/store"
)

// Client is the store's way to DynamoDB. It counts the calls that pass, and can let them fail.
type Client struct {
	table string
	real  *dynamodb.Client

	mu    sync.Mutex
	calls []string
	fail  func(call string) Failure
}

var _ store.Client = (*Client)(nil)

// Failure is what becomes of a call.
type Failure int

const (
	Succeed Failure = iota
	// FailBefore: the call does not reach the table.
	FailBefore
	// FailAfter: the call does its work, and its answer is lost.
	FailAfter
)

// ErrLost is what a failed call answers.
var ErrLost = errors.New("the connection was lost")

func connect(endpoint string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// newClient makes a table that ends with the test.
func newClient(t testing.TB, endpoint string) *Client {
	t.Helper()
	c := &Client{
		table: "functionstest-" + ulid.Make().String(),
		real:  connect(endpoint),
	}
	schema := store.Schema(c.table)
	schema.StreamSpecification = nil // nobody reads it here, and keeping it costs DynamoDB Local four times all the rest
	if _, err := c.real.CreateTable(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := c.real.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &c.table}); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Calls lists the calls made while something is done.
func (c *Client) Calls(do func()) []string {
	c.mu.Lock()
	before := len(c.calls)
	c.mu.Unlock()
	do()
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.calls[before:]...)
}

// Fail lets a decision be made about each call; nil lets all succeed.
func (c *Client) Fail(decide func(call string) Failure) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = decide
}

// through counts a call, and lets it through or not.
func through[T any](c *Client, name string, do func() (T, error)) (T, error) {
	c.mu.Lock()
	c.calls = append(c.calls, name)
	failure := Succeed
	if c.fail != nil {
		failure = c.fail(name)
	}
	c.mu.Unlock()
	var nothing T
	if failure == FailBefore {
		return nothing, ErrLost
	}
	answer, err := do()
	if failure == FailAfter {
		return nothing, ErrLost
	}
	return answer, err
}

func (c *Client) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	return through(c, "BatchGetItem", func() (*dynamodb.BatchGetItemOutput, error) { return c.real.BatchGetItem(ctx, in, options...) })
}

func (c *Client) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, options ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	return through(c, "TransactWriteItems", func() (*dynamodb.TransactWriteItemsOutput, error) {
		return c.real.TransactWriteItems(ctx, in, options...)
	})
}

func (c *Client) Query(ctx context.Context, in *dynamodb.QueryInput, options ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return through(c, "Query", func() (*dynamodb.QueryOutput, error) { return c.real.Query(ctx, in, options...) })
}

func (c *Client) GetItem(ctx context.Context, in *dynamodb.GetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return through(c, "GetItem", func() (*dynamodb.GetItemOutput, error) { return c.real.GetItem(ctx, in, options...) })
}

func (c *Client) PutItem(ctx context.Context, in *dynamodb.PutItemInput, options ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return through(c, "PutItem", func() (*dynamodb.PutItemOutput, error) { return c.real.PutItem(ctx, in, options...) })
}

func (c *Client) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, options ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return through(c, "UpdateItem", func() (*dynamodb.UpdateItemOutput, error) { return c.real.UpdateItem(ctx, in, options...) })
}

// items are all items of the table, past counting and failing.
func (w *World) items() []map[string]types.AttributeValue {
	w.t.Helper()
	var all []map[string]types.AttributeValue
	pages := dynamodb.NewScanPaginator(w.Client.real, &dynamodb.ScanInput{TableName: &w.Client.table, ConsistentRead: new(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, page.Items...)
	}
	return all
}

// Table is everything stored, by key, as JSON: two of them show what was written between them.
func (w *World) Table() map[string]string {
	w.t.Helper()
	table := map[string]string{}
	for _, item := range w.items() {
		var value map[string]any
		if err := attributevalue.UnmarshalMap(item, &value); err != nil {
			w.t.Fatal(err)
		}
		text, err := json.Marshal(value)
		if err != nil {
			w.t.Fatal(err)
		}
		table[value[store.PartitionKey].(string)+" "+value[store.SortKey].(string)] = string(text)
	}
	return table
}

// Stored lists the keys of what is stored, of those that contain a text.
func (w *World) Stored(containing string) []string {
	w.t.Helper()
	var keys []string
	for key := range w.Table() {
		if strings.Contains(key, containing) {
			keys = append(keys, key)
		}
	}
	return keys
}
