package partstest

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"

	"mandate/infra/local/parts"
)

// Variables in which cmd/withparts leaves the endpoints of what it started.
const (
	EnvDynamoDB = "MANDATE_TEST_DYNAMODB"
	EnvSES      = "MANDATE_TEST_SES"
)

// These are for the whole process because a test binary has no place at its end where parts
// could be stopped: they are started once, and end with the process that started them (see
// package parts).
var (
	installation = sync.OnceValues(func() (*parts.Installation, error) {
		return parts.Install(context.Background(), slog.New(slog.NewTextHandler(os.Stderr, nil)))
	})
	dynamoDB = sync.OnceValues(func() (string, error) { return shared((*parts.Installation).StartDynamoDB) })
	ses      = sync.OnceValues(func() (string, error) { return shared((*parts.Installation).StartSES) })
)

// DynamoDB returns the endpoint of a DynamoDB Local that keeps its tables in memory, shared
// with other tests.
func DynamoDB(t testing.TB) string { return endpoint(t, EnvDynamoDB, dynamoDB) }

// SES returns the endpoint of an SES v2 whose inbox (GET /store) is shared with other tests.
func SES(t testing.TB) string { return endpoint(t, EnvSES, ses) }

// StepFunctions returns the endpoint of a Step Functions that invokes functions at
// lambdaEndpoint. It is the test's own and ends with it.
func StepFunctions(t testing.TB, lambdaEndpoint string) string {
	t.Helper()
	i := Installation(t)
	process, err := i.StartStepFunctions(context.Background(), lambdaEndpoint, parts.Options{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	return process.Endpoint()
}

// Installation returns the installed parts, for a test that starts and ends one itself.
func Installation(t testing.TB) *parts.Installation {
	t.Helper()
	i, err := installation()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func endpoint(t testing.TB, variable string, started func() (string, error)) string {
	t.Helper()
	if given := os.Getenv(variable); given != "" {
		return given
	}
	url, err := started()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func shared(start func(*parts.Installation, context.Context, parts.Options) (*parts.Process, error)) (string, error) {
	i, err := installation()
	if err != nil {
		return "", err
	}
	process, err := start(i, context.Background(), parts.Options{InMemory: true})
	if err != nil {
		return "", err
	}
	return process.Endpoint(), nil
}
