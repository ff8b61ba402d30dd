package functionstest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"mandate/functions/faulttest"
	"mandate/shared/api"
	"mandate/shared/certificate/certificatetest"
)

// Part is a part of a request.
type Part func(*event)

type event = events.APIGatewayV2HTTPRequest

// Body is what the request says, as JSON.
func Body(value any) Part {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return Raw(string(text))
}

// Raw is what the request says, as it stands.
func Raw(text string) Part {
	return func(e *events.APIGatewayV2HTTPRequest) {
		e.Body = text
		e.Headers["content-type"] = "application/json"
	}
}

// Object is a body, written down.
type Object = map[string]any

// Header sets a field.
func Header(name, value string) Part {
	return func(e *events.APIGatewayV2HTTPRequest) { e.Headers[strings.ToLower(name)] = value }
}

// Key names the request, so that its repetition is known.
func Key(key string) Part { return Header(api.IdempotencyKeyHeader, key) }

// Query adds a parameter.
func Query(name, value string) Part {
	return func(e *events.APIGatewayV2HTTPRequest) {
		if e.RawQueryString != "" {
			e.RawQueryString += "&"
		}
		e.RawQueryString += url.QueryEscape(name) + "=" + url.QueryEscape(value)
	}
}

// Preview asks what would happen.
func Preview() Part { return Query(api.PreviewParameter, "true") }

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// At fills the path's parameters, in their order.
func At[T ~string](values ...T) Part {
	return func(e *events.APIGatewayV2HTTPRequest) {
		names := parameter.FindAllStringSubmatch(e.RouteKey, -1)
		if len(names) != len(values) {
			panic(fmt.Sprintf("%s takes %d values", e.RouteKey, len(names)))
		}
		e.PathParameters = map[string]string{}
		for i, name := range names {
			e.PathParameters[name[1]] = string(values[i])
			e.RawPath = strings.Replace(e.RawPath, name[0], url.PathEscape(string(values[i])), 1)
		}
	}
}

// From sets the address that the request comes from.
func From(address string) Part {
	return func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.SourceIP = address }
}

// Over is mutual TLS with a certificate, as the gateway tells of it.
func Over(pair certificatetest.Pair) Part {
	return func(e *events.APIGatewayV2HTTPRequest) {
		e.RequestContext.Authentication.ClientCert.ClientCertPem = pair.PEM
	}
}

// Page is what a browser adds for a page of the site that the request goes to, with the cookies that it has.
func Page(cookies ...string) Part {
	return func(e *events.APIGatewayV2HTTPRequest) {
		e.Headers["sec-fetch-site"] = "same-origin"
		e.Cookies = cookies
	}
}

// Answer is what a request came to.
type Answer struct {
	Operation string
	Status    int
	Header    map[string]string
	Cookies   []string
	Text      string
}

// endpoint finds a declared operation.
func endpoint(id string) api.Endpoint {
	for _, one := range api.Operations() {
		if one.ID == id {
			return one
		}
	}
	panic("no operation " + id)
}

// Do sends a request as an event of the gateway to the operation's function, or over HTTP to where the service runs. It may
// be called from any goroutine.
func (w *World) Do(operation string, parts ...Part) Answer {
	declared := endpoint(operation)
	event := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: declared.RouteKey(), RawPath: declared.Path, Headers: map[string]string{},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: declared.RouteKey(), RequestID: "request",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: declared.Method, Protocol: "HTTP/1.1", SourceIP: "192.0.2.1", UserAgent: "functionstest",
			},
		},
	}
	for _, part := range parts {
		part(&event)
	}
	event.RequestContext.HTTP.Path = event.RawPath
	if w.site != nil {
		answer, err := w.site.do(declared, event)
		if err != nil {
			w.t.Errorf("%s: %v", operation, err)
		}
		return answer
	}
	process := faulttest.Process(context.Background())
	response, err := w.servers[declared.Function].Invoke(process, event)
	if err != nil {
		w.t.Errorf("%s: %v", operation, err)
	}
	w.tape.keep("answer of "+operation, response)
	if status := response.StatusCode; status < http.StatusInternalServerError && !documented()[operation][strconv.Itoa(status)] {
		w.t.Errorf("%s answered %d, of which the OpenAPI document says nothing: %s", operation, status, response.Body)
	}
	if faulttest.Dead(process) { // the gateway's answer
		return Answer{Operation: operation, Status: http.StatusBadGateway, Text: `{"message":"Internal Server Error"}`}
	}
	return Answer{operation, response.StatusCode, response.Headers, response.Cookies, response.Body}
}

// documented are the statuses that the OpenAPI document has by operation, besides what may happen to any.
var documented = sync.OnceValue(func() map[string]map[string]bool {
	text, err := api.OpenAPI()
	if err != nil {
		panic(err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string
			Responses   map[string]any
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		panic(err)
	}
	found := map[string]map[string]bool{}
	for _, path := range document.Paths {
		for _, operation := range path {
			statuses := map[string]bool{}
			for status := range operation.Responses {
				statuses[status] = true
			}
			found[operation.OperationID] = statuses
		}
	}
	return found
})

// Problem reads what went wrong.
func (a Answer) Problem() api.Problem {
	var problem api.Problem
	if err := json.Unmarshal([]byte(a.Text), &problem); err != nil {
		return api.Problem{Type: a.Text}
	}
	return problem
}

// Code is the problem's.
func (a Answer) Code() string { return strings.TrimPrefix(a.Problem().Type, "/problems/") }

// Want fails the test where the answer has another status.
func (a Answer) Want(t testing.TB, status int) Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s answered %d, want %d: %s", a.Operation, a.Status, status, a.Text)
	}
	return a
}

// Refused fails the test where the answer is not this problem.
func (a Answer) Refused(t testing.TB, status int, code string) api.Problem {
	t.Helper()
	if a.Status != status || a.Code() != code {
		t.Fatalf("%s answered %d, want %d %s: %s", a.Operation, a.Status, status, code, a.Text)
	}
	return a.Problem()
}

// Faulty fails the test where the answer does not name this field and rule.
func (a Answer) Faulty(t testing.TB, field, rule string) {
	t.Helper()
	if a.Status/100 == 4 {
		for _, one := range a.Problem().Errors {
			if one.Field == field && one.Rule == rule {
				return
			}
		}
	}
	t.Fatalf("%s answered %d, want %s %s: %s", a.Operation, a.Status, field, rule, a.Text)
}

// Read reads an answer of this status.
func Read[T any](t testing.TB, a Answer, status int) T {
	t.Helper()
	a.Want(t, status)
	var value T
	if err := json.Unmarshal([]byte(a.Text), &value); err != nil {
		t.Fatalf("%s: %v in %s", a.Operation, err, a.Text)
	}
	return value
}
