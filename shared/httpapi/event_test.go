package httpapi_test

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mandate/shared/httpapi"
)

// What Lambda hands over as JSON is answered as the event itself is.
func TestHandlerAnswersInJSON(t *testing.T) {
	t.Parallel()
	for name, event := range map[string]events.APIGatewayV2HTTPRequest{
		"a read":           event("GET /v1/users/{userId}"),
		"a query":          event("GET /v1/users", query("limit=50&cursor=abc")),
		"a write":          event("POST /v1/users", body(goodBody), header("Idempotency-Key", "k-1")),
		"a base64 body":    event("POST /v1/users/{userId}/deactivate", func(event *eventType) { body("e30=")(event); event.IsBase64Encoded = true }),
		"bad input":        event("POST /v1/users", body(`{"email":"<&\u2028>"}`)),
		"not signed in":    event("GET /v1/users/{userId}", without("Authorization")),
		"another's cookie": event("GET /v1/users/{userId}", cookie("abc")),
		"no route":         event("GET /nowhere"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(httpapi.Options{})
			answer, err := s.Handler().Invoke(t.Context(), payload(t, event))
			if err != nil {
				t.Fatal(err)
			}
			var got events.APIGatewayV2HTTPResponse
			if err := json.Unmarshal(answer, &got); err != nil {
				t.Fatalf("%v in %s", err, answer)
			}
			request := s.request
			if diff := cmp.Diff(s.call(t, event), got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(s.request, request, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Errorf("the handler got another request: %s", diff)
			}
		})
	}
}

func TestHandlerRefusesWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	s := newService(httpapi.Options{})
	for _, payload := range []string{"", "null x", "[]", `{"headers":7}`, `{"routeKey":`} {
		if answer, err := s.Handler().Invoke(t.Context(), []byte(payload)); err == nil {
			t.Errorf("%q was answered %s", payload, answer)
		}
	}
	if s.called {
		t.Error("the handler was called")
	}
}
