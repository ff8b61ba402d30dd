package outage_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"mandate/shared/fault"
	"mandate/shared/outage"
)

// answering is a service that always answers the same, or breaks the connection.
type answering struct {
	status int // 0: none
	body   string
	err    error
}

func (a answering) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Body: io.NopCloser(strings.NewReader(a.body))}, a.err
}

func exception(name string) string {
	return `{"__type":"com.amazonaws.dynamodb.v20120810#` + name + `"}`
}

func TestWhatPassesByItself(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answering
		passes bool
	}{
		"throttled":               {answering{status: 400, body: exception("ThrottlingException")}, true},
		"beyond what it can":      {answering{status: 400, body: exception("ProvisionedThroughputExceededException")}, true},
		"beyond the account":      {answering{status: 400, body: exception("RequestLimitExceeded")}, true},
		"under way already":       {answering{status: 400, body: exception("TransactionInProgressException")}, true},
		"broken":                  {answering{status: 500, body: exception("InternalServerError")}, true},
		"something else's answer": {answering{status: 503, body: "<html>Service Unavailable</html>"}, true},
		"half an answer":          {answering{status: 200, body: `{"Respon`}, true},
		"no connection":           {answering{err: errors.New("read: connection reset by peer")}, true},
		"no right":                {answering{status: 400, body: exception("AccessDeniedException")}, false},
		"no table":                {answering{status: 400, body: exception("ResourceNotFoundException")}, false},
		"a mistake":               {answering{status: 400, body: exception("ValidationException")}, false},
		"a condition":             {answering{status: 400, body: exception("ConditionalCheckFailedException")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := put(t.Context(), test.answering)
			if errors.Is(err, fault.ErrUnavailable) != test.passes {
				t.Errorf("told as %v", err)
			}
			var refused smithy.APIError
			if strings.HasPrefix(test.body, "{\"__type") && (!errors.As(err, &refused) || exception(refused.ErrorCode()) != test.body) {
				t.Errorf("what it is cannot be seen in %v", err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := put(ctx, answering{err: context.Canceled}); !errors.Is(err, context.Canceled) || errors.Is(err, fault.ErrUnavailable) {
		t.Errorf("given up: told as %v", err)
	}
	if err := put(t.Context(), answering{status: 200, body: "{}"}); err != nil {
		t.Error(err)
	}
}

// put calls a service once.
func put(ctx context.Context, service aws.HTTPClient) error {
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTPClient: service,
		Retryer: aws.NopRetryer{}, APIOptions: []func(*middleware.Stack) error{outage.Told},
	})
	table := "table"
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{}})
	return err
}
