package wire

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"mandate/shared/fault"
)

// throttled is a service that can take nothing now.
type throttled struct{}

func (throttled) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusBadRequest, Body: io.NopCloser(strings.NewReader(`{"__type":"ThrottlingException"}`))}, nil
}

// Every call of every service's client tells what passes by itself, also one that nobody makes yet.
func TestOutagesAreTold(t *testing.T) {
	t.Parallel()
	config := identity{Region: "eu-west-1", AccessKey: "a", SecretKey: "b"}.config()
	config.HTTPClient, config.Retryer = throttled{}, func() aws.Retryer { return aws.NopRetryer{} }
	_, tables := dynamodb.NewFromConfig(config).ListTables(t.Context(), &dynamodb.ListTablesInput{})
	_, keys := kms.NewFromConfig(config).ListKeys(t.Context(), &kms.ListKeysInput{})
	for _, err := range []error{tables, keys} {
		if !errors.Is(err, fault.ErrUnavailable) {
			t.Error(err)
		}
	}
}
