package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	smithy "github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// canned is DynamoDB with one answer.
type canned struct {
	status int
	body   string
	cut    bool // the connection ends where the body does
}

func (c canned) Do(*http.Request) (*http.Response, error) {
	body := io.Reader(strings.NewReader(c.body))
	if c.cut {
		body = io.MultiReader(body, failing{io.ErrUnexpectedEOF})
	}
	header := http.Header{"X-Amzn-Requestid": {"request-1"}, "Content-Type": {"application/x-amz-json-1.0"}}
	return &http.Response{StatusCode: c.status, Header: header, Body: io.NopCloser(body), ContentLength: int64(len(c.body))}, nil
}

func (c canned) client(options ...func(*dynamodb.Options)) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", HTTPClient: c, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""), RetryMaxAttempts: 1,
	}, options...)
}

// read is the outcome of both operations: what came, the request's id, and the error, of which callers ask its kind.
func (c canned) read(ctx context.Context, client *dynamodb.Client) (outcome []any) {
	told := func(metadata smithy.Metadata, err error) {
		id, _ := middleware.GetRequestIDMetadata(metadata)
		var throttled *types.ProvisionedThroughputExceededException
		outcome = append(outcome, id, fmt.Sprint(err), errors.As(err, &throttled))
	}
	table, condition := "table", "pk = :pk"
	batch, err := client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{table: {Keys: []item{{"pk": text("p")}}}},
	})
	if batch == nil {
		batch = &dynamodb.BatchGetItemOutput{}
	}
	told(batch.ResultMetadata, err)
	page, err := client.Query(ctx, &dynamodb.QueryInput{TableName: &table, KeyConditionExpression: &condition})
	if page == nil {
		page = &dynamodb.QueryOutput{}
	}
	told(page.ResultMetadata, err)
	return append(outcome, batch, page)
}

const someItem = `{"pk":{"S":"p"},"sk":{"S":"user#é\u00e9\n\"\\"},"revision":{"N":"12"},"doc":{"S":"{\"a\":1}"}}`

var answered = map[string]canned{
	"items":                {200, `{"Responses":{"table":[` + someItem + `,` + someItem + `]},"UnprocessedKeys":{}}`, false},
	"no items":             {200, `{"Responses":{"table":[]},"UnprocessedKeys":{}}`, false},
	"nothing":              {200, `{}`, false},
	"keys left unread":     {200, `{"Responses":{"table":[]},"UnprocessedKeys":{"table":{"Keys":[{"pk":{"S":"p"}}],"ConsistentRead":true}}}`, false},
	"a batch's capacity":   {200, `{"Responses":{},"ConsumedCapacity":[{"TableName":"table","CapacityUnits":1.5}]}`, false},
	"a page":               {200, `{"Count":1,"Items":[` + someItem + `],"ScannedCount":3,"LastEvaluatedKey":{"pk":{"S":"p"},"sk":{"S":"u"}}}`, false},
	"an empty page":        {200, `{"Count":0,"Items":[],"ScannedCount":0}`, false},
	"a page's capacity":    {200, `{"Count":0,"Items":[],"ConsumedCapacity":{"CapacityUnits":0.5}}`, false},
	"all kinds":            {200, `{"Items":[{"b":{"B":"AQI="},"t":{"BOOL":true},"n":{"NULL":true},"l":{"L":[{"S":"x"}]},"m":{"M":{"a":{"N":"1"}}},"s":{"SS":["x"]}}]}`, false},
	"no kind":              {200, `{"Items":[{"a":{}}]}`, false},
	"an escaped name":      {200, `{"\u0049tems":[{"\u0061":{"S":"x"}}]}`, false},
	"a name twice":         {200, `{"Items":[{"a":{"S":"x"},"a":{"S":"y"}}]}`, false},
	"null":                 {200, `{"Items":null,"Responses":null}`, false},
	"unknown members":      {200, `{"Items":[],"New":{"a":[1]}}`, false},
	"a text for a number":  {200, `{"Count":"1"}`, false},
	"a broken number":      {200, `{"Count":1.5}`, false},
	"broken UTF-8":         {200, "{\"Items\":[{\"a\":{\"S\":\"\xff\"}}]}", false},
	"broken JSON":          {200, `{"Items":[{"a":{"S":"x"}`, false},
	"more than an answer":  {200, `{"Items":[]} {"Items":[]}`, false},
	"no body":              {200, ``, false},
	"a lost connection":    {200, `{"Items":[{"a":{"S":"x"}`, true},
	"throttling":           {400, `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"Too much."}`, false},
	"a table that is gone": {400, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Gone."}`, false},
	"a fault of theirs":    {500, `oh`, false},
}

// What is read here is what the SDK reads, of every form of answer.
func TestAnswersAreTheSDKs(t *testing.T) {
	t.Parallel()
	for name, answer := range answered {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, want := answer.read(t.Context(), answer.client(Answers)), answer.read(t.Context(), answer.client())
			all := cmp.Exporter(func(reflect.Type) bool { return true })
			if diff := cmp.Diff(want, got, all, cmpopts.IgnoreTypes(smithy.Metadata{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The ordinary is not handed on: that would be right, and slow.
func TestOrdinaryAnswersAreReadHere(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(*answer) any{"items": (*answer).batch, "no items": (*answer).batch, "a page": (*answer).page, "an empty page": (*answer).page} {
		one := newAnswer([]byte(answered[name].body))
		if read(one); !one.whole() {
			t.Errorf("%s: left to the SDK", name)
		}
	}
}
