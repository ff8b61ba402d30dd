package storetest

import (
	"crypto/rand"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"mandate/infra/local/parts/partstest"
	"mandate/shared/outage"
	"mandate/shared/store"
)

// shared is the table of this process. It has no owner that could hand it from test to test, and making one takes
// longer than most tests.
var shared struct {
	sync.Mutex
	table string
}

// Open returns a store on DynamoDB, on a table that all tests of the process share, and the client that it uses. Every
// test makes tenants and names of its own: see NewID.
func Open(t testing.TB) (*store.Store, *dynamodb.Client) {
	t.Helper()
	client, table := OpenTable(t)
	return store.New(client, table), client
}

// OpenTable returns what Open makes its store of, for a test that puts something between store and client.
func OpenTable(t testing.TB) (*dynamodb.Client, string) {
	t.Helper()
	endpoint := partstest.DynamoDB(t)
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""), APIOptions: []func(*middleware.Stack) error{outage.Told},
	}, store.Answers)
	shared.Lock()
	defer shared.Unlock()
	if shared.table == "" {
		// A name that no other process has: they may share a DynamoDB.
		name := "test-" + rand.Text()
		if _, err := client.CreateTable(t.Context(), store.Schema(name)); err != nil {
			t.Fatal(err)
		}
		shared.table = name
	}
	return client, shared.table
}
