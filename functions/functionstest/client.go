package functionstest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/oklog/ulid/v2"

	"mandate/functions/faulttest"
	"mandate/shared/store"
)

// Client is the way to DynamoDB: the store's by way of the layer of faults, which counts its calls, and one past that for
// what tests do themselves.
type Client struct {
	table  string
	faults *faulttest.Layer
	real   *dynamodb.Client
	bare   *dynamodb.Client
}

// newClient makes a table that ends with the test.
func newClient(t testing.TB, faults *faulttest.Layer, endpoint string) *Client {
	t.Helper()
	connections := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(connections.CloseIdleConnections)
	at := config(endpoint)
	c := &Client{
		table: "functionstest-" + ulid.Make().String(), faults: faults,
		real: dynamodb.NewFromConfig(at, func(o *dynamodb.Options) { o.HTTPClient = faults.Client(connections) }),
		bare: dynamodb.NewFromConfig(at, func(o *dynamodb.Options) { o.HTTPClient = &http.Client{Transport: connections} }),
	}
	schema := store.Schema(c.table)
	schema.StreamSpecification = nil // nobody reads it here, and keeping it costs DynamoDB Local four times all the rest
	if _, err := c.bare.CreateTable(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := c.bare.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &c.table}); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Calls lists the calls made while something is done.
func (c *Client) Calls(do func()) []string {
	before := len(c.faults.Calls())
	do()
	return c.faults.Calls()[before:]
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
