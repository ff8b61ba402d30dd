package functionstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/oklog/ulid/v2"

	"mandate/functions/faulttest"
	"mandate/functions/wire/sending"
	"mandate/shared/store"
)

// Client is the way to DynamoDB: the store's by way of the layer of faults, which counts its calls, and one past that for
// what tests do themselves.
type Client struct {
	*dynamodb.Client
	table     string
	faults    *faulttest.Layer
	bare      *dynamodb.Client
	rehearsed atomic.Pointer[func(keys []string)]
	meanwhile atomic.Pointer[func()]
	torn      atomic.Pointer[torn]
	stream    *stream
	tape      *Tape
}

// newClient has a table, which is the test's alone and empty.
func newClient(t testing.TB, faults *faulttest.Layer, endpoint string) *Client {
	t.Helper()
	connections := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(connections.CloseIdleConnections)
	at, stream := config(endpoint), newStream(connections)
	c := &Client{
		faults: faults, stream: stream,
		Client: dynamodb.NewFromConfig(at, store.Answers, func(o *dynamodb.Options) { o.HTTPClient = faults.Client(stream) }),
		bare:   dynamodb.NewFromConfig(at, func(o *dynamodb.Options) { o.HTTPClient = sending.Whole(&http.Client{Transport: stream}) }),
	}
	select {
	case c.table = <-emptied:
	default:
		c.table = "functionstest-" + ulid.Make().String()
		schema := store.Schema(c.table)
		schema.StreamSpecification = nil // nobody reads it here, and keeping it costs DynamoDB Local four times all the rest
		if _, err := c.bare.CreateTable(t.Context(), schema); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := c.empty(); err != nil {
			t.Error(err)
			return
		}
		select {
		case emptied <- c.table:
		default: // it ends with the process that has it in memory
		}
	})
	return c
}

// emptied are tables that tests have left. To make and delete one costs DynamoDB Local what two hundred writes do: most of
// what a short test costs.
var emptied = make(chan string, 64)

// empty takes everything out of the table.
func (c *Client) empty() error {
	ctx := context.Background()
	names := aws.String(store.PartitionKey + ", " + store.SortKey)
	pages := dynamodb.NewScanPaginator(c.bare, &dynamodb.ScanInput{TableName: &c.table, ConsistentRead: new(true), ProjectionExpression: names})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(page.Items, 25) {
			var drop []types.WriteRequest
			for _, key := range some {
				drop = append(drop, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key}})
			}
			out, err := c.bare.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{c.table: drop}})
			if err != nil {
				return err
			}
			if len(out.UnprocessedItems) > 0 {
				return errors.New("the table was not emptied")
			}
		}
	}
	return nil
}

// Calls lists the calls made while something is done.
func (c *Client) Calls(do func()) []string {
	before := len(c.faults.Calls())
	do()
	return c.faults.Calls()[before:]
}

// TransactWriteItems writes a transaction, or has it judged where that is rehearsed.
func (c *Client) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, options ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	c.tape.writes(in)
	if do := c.meanwhile.Swap(nil); do != nil && *do != nil {
		(*do)()
	}
	if tell := c.rehearsed.Load(); tell != nil {
		return c.rehearse(ctx, in, *tell)
	}
	return c.Client.TransactWriteItems(ctx, in, options...)
}

// Meanwhile has something happen between what the next request reads that writes, and its writing: a race as it may come,
// each time. Nil: nothing is to happen any more.
func (c *Client) Meanwhile(do func()) {
	c.meanwhile.Store(&do)
}

// torn is a read of several records in whose midst something happens.
type torn struct {
	keysFirst bool
	do        func()
}

// Torn has something happen while the next read of several records is under way, as DynamoDB reads no batch at one moment:
// the answers that are kept under Idempotency-Keys are read before it, and all else after, or the other way round.
func (c *Client) Torn(keysFirst bool, do func()) {
	c.torn.Store(&torn{keysFirst, do})
}

// BatchGetItem reads several records.
func (c *Client) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	torn := c.torn.Swap(nil)
	if torn == nil {
		return c.Client.BatchGetItem(ctx, in, options...)
	}
	before, err := c.Client.BatchGetItem(ctx, in, options...)
	if err != nil {
		return nil, err
	}
	torn.do()
	after, err := c.Client.BatchGetItem(ctx, in, options...)
	if err != nil {
		return nil, err
	}
	isKey := func(one map[string]types.AttributeValue) bool {
		sk, ok := one[store.SortKey].(*types.AttributeValueMemberS)
		return ok && strings.HasPrefix(sk.Value, "r#")
	}
	first := slices.DeleteFunc(before.Responses[c.table], func(one map[string]types.AttributeValue) bool { return isKey(one) != torn.keysFirst })
	then := slices.DeleteFunc(after.Responses[c.table], func(one map[string]types.AttributeValue) bool { return isKey(one) == torn.keysFirst })
	after.Responses[c.table] = append(first, then...)
	return after, nil
}

// Rehearse lets transactions be judged from now on, and none be written: what is asked a hundred times is answered each
// time as if it were the first. It tells the keys that each would have written. The answers are the table's own: every
// condition was asked, and would have held.
func (c *Client) Rehearse(tell func(keys []string)) {
	c.rehearsed.Store(&tell)
}

// rehearse sends a transaction with one more condition, which never holds. Where it is the only one that does not, the
// transaction would have been written. New entries of a log stand in nobody's way, and need not be sent.
func (c *Client) rehearse(ctx context.Context, in *dynamodb.TransactWriteItemsInput, tell func([]string)) (*dynamodb.TransactWriteItemsOutput, error) {
	var keys []string
	for _, one := range in.TransactItems {
		switch {
		case one.Put != nil:
			keys = append(keys, keyOf(one.Put.Item))
		case one.Update != nil:
			keys = append(keys, keyOf(one.Update.Key))
		case one.Delete != nil:
			keys = append(keys, keyOf(one.Delete.Key))
		}
	}
	if len(keys) == len(in.TransactItems) && !slices.ContainsFunc(keys, func(key string) bool { return !isLog(key) }) {
		tell(keys)
		return &dynamodb.TransactWriteItemsOutput{}, nil
	}
	never := types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &c.table, ConditionExpression: aws.String("attribute_exists(" + store.PartitionKey + ")"),
		Key: map[string]types.AttributeValue{
			store.PartitionKey: &types.AttributeValueMemberS{Value: "rehearsal"}, store.SortKey: &types.AttributeValueMemberS{Value: "never"},
		},
	}}
	_, err := c.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: append(slices.Clip(in.TransactItems), never)})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || len(cancelled.CancellationReasons) != len(in.TransactItems)+1 {
		return nil, fmt.Errorf("a rehearsal ended with %w", err)
	}
	own := cancelled.CancellationReasons[:len(in.TransactItems)]
	held := func(reason types.CancellationReason) bool {
		return aws.ToString(reason.Code) == "None" || reason.Code == nil
	}
	if slices.IndexFunc(own, func(reason types.CancellationReason) bool { return !held(reason) }) >= 0 {
		return nil, &types.TransactionCanceledException{Message: cancelled.Message, CancellationReasons: own}
	}
	tell(keys)
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

// isLog tells whether a key is of an entry of a log.
func isLog(key string) bool { return strings.Contains(key, "#log ") }

func keyOf(item map[string]types.AttributeValue) string {
	return item[store.PartitionKey].(*types.AttributeValueMemberS).Value + " " + item[store.SortKey].(*types.AttributeValueMemberS).Value
}

// items are all items of the table, past counting and faults.
func (w *World) items() []map[string]types.AttributeValue {
	w.t.Helper()
	var all []map[string]types.AttributeValue
	pages := dynamodb.NewScanPaginator(w.Client.bare, &dynamodb.ScanInput{TableName: &w.Client.table, ConsistentRead: new(true)})
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
