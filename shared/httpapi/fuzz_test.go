package httpapi_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"mandate/shared/api"
	"mandate/shared/httpapi"
)

// FuzzInvoke sends whatever a client can: no panic, and always a success or a well-formed problem that is the client's
// to mend.
func FuzzInvoke(f *testing.F) {
	routes := []string{"POST /v1/users", "GET /v1/users", "GET /v1/users/{userId}", "DELETE /v1/users/{userId}", "POST /v1/users/{userId}/deactivate", "GET /health"}
	f.Add(uint8(0), goodBody, false, "application/json", "Bearer token-1", "preview=true", "fr;q=0.8", "agent/1.0", "key-1", "abc", "user_1")
	f.Add(uint8(0), `{"a.b":1,"people":[{"first":1,"x[0]":2}],"limit":1.0,"share":1e999}`, false, "application/json; charset=utf-8", "Basic YTpi", "", "*", "\x1b", `"7"`, "", "\xff")
	f.Add(uint8(1), "", false, "", "", "limit=7&cursor=%ff&limit=8", "en,,;q=", "", "", "a b", "")
	f.Add(uint8(3), "e30=", true, "application/json", "Bearer a", "preview=", "", "", "*", "", "u")
	f.Add(uint8(4), `{"name":{"first":"\ud800"}}`, false, "text/plain", "Bearer a", ";", "", "", "", "", "user_1")
	f.Add(uint8(0), strings.Repeat(`{"":`, 40), false, "application/json", "Bearer a", "", "", "", "", "", "")
	f.Fuzz(func(t *testing.T, route uint8, text string, encoded bool, contentType, authorization, query, language, agent, key, cookie, id string) {
		s := newService(httpapi.Options{EdgeTellsPlace: true})
		answer := s.call(t, event(routes[int(route)%len(routes)], func(event *events.APIGatewayV2HTTPRequest) {
			event.Body, event.IsBase64Encoded = text, encoded
			event.RawQueryString = query
			event.Cookies = []string{api.SessionCookie + "=" + cookie}
			event.PathParameters = map[string]string{"userId": id}
			event.RequestContext.HTTP.UserAgent = agent
			event.Headers = map[string]string{
				"content-type": contentType, "authorization": authorization, "accept-language": language,
				"idempotency-key": key, "if-match": key, "cloudfront-viewer-city": agent, "sec-fetch-site": key,
			}
		}))
		if answer.StatusCode >= 500 {
			t.Fatalf("%d %s\n%s", answer.StatusCode, answer.Body, s.log)
		}
		if answer.StatusCode < 400 && !s.called {
			t.Fatalf("%d without a handler", answer.StatusCode)
		}
	})
}
