package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

func quiet() httpapi.Options {
	return httpapi.Options{Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}
}

func answering[In, Out any](output *Out) func(context.Context, directory.Request, *In) (*Out, error) {
	return func(context.Context, directory.Request, *In) (*Out, error) { return output, nil }
}

// BenchmarkColdStart is what a cold start pays for twenty operations, and for the first request to one of them.
func BenchmarkColdStart(b *testing.B) {
	for name, event := range map[string]*events.APIGatewayV2HTTPRequest{
		"register":    nil,
		"firstGet":    new(event("GET /v1/users/{userId}0")),
		"firstCreate": new(event("POST /v1/users0", body(goodBody))),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				server := httpapi.New(quiet())
				for i := range 5 {
					suffix := strconv.Itoa(i)
					httpapi.Handle(server, renamed(createUser, suffix), answering[createInput](&userOutput{}))
					httpapi.Handle(server, renamed(getUser, suffix), answering[getInput](&userOutput{}))
					httpapi.Handle(server, renamed(listUsers, suffix), answering[listInput](&userOutput{}))
					httpapi.Handle(server, renamed(removeUser, suffix), answering[getInput](&struct{}{}))
				}
				if event != nil {
					invoke(b, b.Context(), server, *event)
				}
			}
		})
	}
}

func renamed[In, Out any](operation api.Operation[In, Out], suffix string) api.Operation[In, Out] {
	operation.ID += suffix
	operation.Path += suffix
	return operation
}

func BenchmarkInvoke(b *testing.B) {
	browser := func(event *events.APIGatewayV2HTTPRequest) {
		event.Headers["accept"] = "application/json, text/plain, */*"
		event.Headers["accept-language"] = "fr-CH, fr;q=0.9, en;q=0.8"
	}
	for name, event := range map[string]events.APIGatewayV2HTTPRequest{
		"get":         event("GET /v1/users/{userId}"),
		"getBrowser":  event("GET /v1/users/{userId}", browser),
		"list":        event("GET /v1/users", query("limit=50&cursor=abc")),
		"create":      event("POST /v1/users", body(goodBody), header("Idempotency-Key", "k-1")),
		"refused":     event("POST /v1/users", body(`{"email":"x"}`)),
		"notSignedIn": event("GET /v1/users/{userId}", without("Authorization")),
	} {
		b.Run(name, func(b *testing.B) {
			server := httpapi.New(quiet())
			output := &userOutput{Status: http.StatusOK, ETag: `"7"`}
			httpapi.Handle(server, createUser, answering[createInput](output))
			httpapi.Handle(server, getUser, answering[getInput](output))
			httpapi.Handle(server, listUsers, answering[listInput](output))
			ctx, cancel := context.WithTimeout(context.Background(), 1e12)
			defer cancel()
			payload := payload(b, event)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := server.Handler().Invoke(ctx, payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func payload(b testing.TB, event events.APIGatewayV2HTTPRequest) []byte {
	payload, err := json.Marshal(event)
	if err != nil {
		b.Fatal(err)
	}
	return payload
}
