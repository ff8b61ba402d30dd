package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/httpapi"
)

// The operations of these tests: a small service of users.
type (
	person struct {
		First string `json:"first" minLength:"1" maxLength:"40"`
		Last  string `json:"last,omitempty"`
	}
	userBody struct {
		Name     person         `json:"name"`
		Email    string         `json:"email" format:"email"`
		Kind     string         `json:"kind" enum:"regular,admin"`
		Phone    string         `json:"phone,omitempty" pattern:"^\\+[0-9]{6,15}$" patternDescription:"E.164, as +4512345678"`
		Password string         `json:"password,omitempty" minLength:"12"`
		Accounts []string       `json:"accounts,omitempty" minItems:"1" maxItems:"3" uniqueItems:"true"`
		Limit    int32          `json:"limit,omitempty" minimum:"1" maximum:"9000000000"`
		Share    float64        `json:"share,omitempty" exclusiveMinimum:"0" exclusiveMaximum:"1"`
		Step     int            `json:"step,omitempty" multipleOf:"5"`
		Contact  bool           `json:"contact,omitempty"`
		From     time.Time      `json:"from,omitzero"`
		Site     string         `json:"site,omitempty" format:"uri"`
		Address  string         `json:"address,omitempty" format:"ip"`
		Extra    map[string]any `json:"extra,omitempty" maxProperties:"2"`
		People   []person       `json:"people,omitempty"`
		Open     open           `json:"open,omitzero"`
	}
	open struct {
		_     struct{} `json:"-" additionalProperties:"true"`
		Owner string   `json:"owner,omitempty"`
	}
	createInput struct{ Body userBody }
	getInput    struct {
		UserID string `path:"userId" minLength:"3" maxLength:"40"`
	}
	listInput struct {
		Limit  int    `query:"limit" minimum:"1" maximum:"200"`
		Cursor string `query:"cursor"`
		Active bool   `query:"active"`
	}
	tagInput struct {
		UserID string `path:"userId"`
		Body   struct {
			Tags []string `json:"tags"`
		}
	}
	userOutput struct {
		Status int
		ETag   string `header:"ETag"`
		Body   struct {
			ID string `json:"id"`
		}
	}
	fileOutput struct {
		ContentType string   `header:"Content-Type"`
		Cookies     []string `header:"Set-Cookie"`
		Body        []byte
	}
)

var (
	createUser = api.Operation[createInput, userOutput]{Endpoint: api.Endpoint{ID: "createUser", Method: http.MethodPost, Path: "/v1/users", Status: http.StatusCreated, Change: true}}
	getUser    = api.Operation[getInput, userOutput]{Endpoint: api.Endpoint{ID: "getUser", Method: http.MethodGet, Path: "/v1/users/{userId}", Status: http.StatusOK}}
	listUsers  = api.Operation[listInput, userOutput]{Endpoint: api.Endpoint{ID: "listUsers", Method: http.MethodGet, Path: "/v1/users", Status: http.StatusOK}}
	removeUser = api.Operation[getInput, struct{}]{Endpoint: api.Endpoint{ID: "removeUser", Method: http.MethodDelete, Path: "/v1/users/{userId}", Status: http.StatusNoContent, Change: true, Conditional: true}}
	disable    = api.Operation[getInput, userOutput]{Endpoint: api.Endpoint{ID: "deactivateUser", Method: http.MethodPost, Path: "/v1/users/{userId}/deactivate", Status: http.StatusOK, Change: true, Conditional: true}}
	tagUser    = api.Operation[tagInput, userOutput]{Endpoint: api.Endpoint{ID: "tagUser", Method: http.MethodPost, Path: "/v1/users/{userId}/tags", Status: http.StatusOK}}
	exportAll  = api.Operation[struct{}, fileOutput]{Endpoint: api.Endpoint{ID: "exportUsers", Method: http.MethodGet, Path: "/v1/users.csv", Status: http.StatusOK}}
	health     = api.Operation[struct{}, userOutput]{Endpoint: api.Endpoint{ID: "health", Method: http.MethodGet, Path: "/health", Status: http.StatusOK, Public: true}}
)

// service is a server with the operations above, and what their handlers were given.
type service struct {
	*httpapi.Server
	log     *bytes.Buffer
	request directory.Request
	input   any
	called  bool
	// What the handlers answer.
	err   error
	panic any
	wait  bool // until their time is over
	file  fileOutput
	user  userOutput
}

func newService(options httpapi.Options) *service {
	s := &service{log: new(bytes.Buffer)}
	options.Log = slog.New(slog.NewJSONHandler(s.log, nil))
	s.Server = httpapi.New(options)
	httpapi.Handle(s.Server, createUser, handler[createInput](s, &s.user))
	httpapi.Handle(s.Server, getUser, handler[getInput](s, &s.user))
	httpapi.Handle(s.Server, listUsers, handler[listInput](s, &s.user))
	httpapi.Handle(s.Server, removeUser, handler[getInput](s, (*struct{})(nil)))
	httpapi.Handle(s.Server, disable, handler[getInput](s, &s.user))
	httpapi.Handle(s.Server, tagUser, handler[tagInput](s, &s.user))
	httpapi.Handle(s.Server, exportAll, handler[struct{}](s, &s.file))
	httpapi.Handle(s.Server, health, handler[struct{}](s, &s.user))
	s.user.Status = http.StatusOK
	s.user.Body.ID = "user_1"
	return s
}

func handler[In, Out any](s *service, output *Out) func(context.Context, directory.Request, *In) (*Out, error) {
	return func(ctx context.Context, request directory.Request, input *In) (*Out, error) {
		s.called, s.request, s.input = true, request, input
		if s.wait {
			<-ctx.Done()
		}
		if s.panic != nil {
			panic(s.panic)
		}
		if s.err != nil {
			return nil, s.err
		}
		return output, ctx.Err()
	}
}

// call sends an event, and holds its answer against what every answer must be.
func (s *service) call(t testing.TB, event events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	t.Helper()
	return invoke(t, t.Context(), s.Server, event)
}

func invoke(t testing.TB, ctx context.Context, server *httpapi.Server, event events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	t.Helper()
	answer, err := server.Invoke(ctx, event)
	if err != nil {
		t.Fatalf("Invoke: %v", err)
	}
	for name, value := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy":   "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
		"Strict-Transport-Security": "max-age=63072000; includeSubDomains",
	} {
		if answer.Headers[name] != value {
			t.Errorf("header %s: %q", name, answer.Headers[name])
		}
	}
	if _, linked := answer.Headers["Link"]; linked || strings.Contains(answer.Body, "$schema") {
		t.Errorf("the answer points to a schema: %v %s", answer.Headers, answer.Body)
	}
	if answer.StatusCode >= 400 && event.RequestContext.HTTP.Method != http.MethodHead {
		problemIn(t, answer)
	}
	return answer
}

// problemIn reads a problem, which must be well-formed, and nothing but what the API declares.
func problemIn(t testing.TB, answer events.APIGatewayV2HTTPResponse) api.Problem {
	t.Helper()
	if contentType := answer.Headers["Content-Type"]; contentType != "application/problem+json" {
		t.Fatalf("an error of type %q: %s", contentType, answer.Body)
	}
	var problem api.Problem
	decoder := json.NewDecoder(strings.NewReader(answer.Body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&problem); err != nil {
		t.Fatalf("not a problem: %v in %s", err, answer.Body)
	}
	if problem.Status != answer.StatusCode || !strings.HasPrefix(problem.Type, "/problems/") || problem.Title == "" {
		t.Fatalf("status %d, problem %+v", answer.StatusCode, problem)
	}
	for _, field := range problem.Errors {
		if field.Field == "" || field.Rule == "" || field.Detail == "" {
			t.Fatalf("a field without name, rule or words: %+v", problem)
		}
	}
	return problem
}

// event is a request with a session, as the gateway hands it on.
func event(routeKey string, change ...func(*events.APIGatewayV2HTTPRequest)) events.APIGatewayV2HTTPRequest {
	method, path, _ := strings.Cut(routeKey, " ")
	event := events.APIGatewayV2HTTPRequest{
		Version:  "2.0",
		RouteKey: routeKey,
		RawPath:  strings.ReplaceAll(path, "{userId}", "user_1"),
		Headers:  map[string]string{"authorization": "Bearer token-1"},
	}
	if strings.Contains(path, "{userId}") {
		event.PathParameters = map[string]string{"userId": "user_1"}
	}
	event.RequestContext.RequestID = "request-1"
	event.RequestContext.HTTP.Method = method
	event.RequestContext.HTTP.SourceIP = "192.0.2.7"
	event.RequestContext.HTTP.UserAgent = "test/1.0"
	for _, change := range change {
		change(&event)
	}
	return event
}

type change = func(*events.APIGatewayV2HTTPRequest)

func header(name, value string) change {
	return func(event *events.APIGatewayV2HTTPRequest) { event.Headers[strings.ToLower(name)] = value }
}

func without(name string) change {
	return func(event *events.APIGatewayV2HTTPRequest) { delete(event.Headers, strings.ToLower(name)) }
}

func query(raw string) change {
	return func(event *events.APIGatewayV2HTTPRequest) { event.RawQueryString = raw }
}

func body(text string) change {
	return func(event *events.APIGatewayV2HTTPRequest) {
		event.Body = text
		event.Headers["content-type"] = "application/json"
	}
}

func cookie(value string) change {
	return func(event *events.APIGatewayV2HTTPRequest) {
		delete(event.Headers, "authorization")
		event.Cookies = []string{"theme=dark", api.SessionCookie + "=" + value}
	}
}

const goodBody = `{"name":{"first":"Ada"},"email":"ada@example.com","kind":"admin"}`

func TestAnswers(t *testing.T) {
	t.Parallel()

	t.Run("the handler's output as JSON, with its status and ETag", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		s.user.Status, s.user.ETag = http.StatusAccepted, `"7"`
		answer := s.call(t, event("POST /v1/users", body(goodBody)))
		if answer.StatusCode != http.StatusAccepted || answer.Headers["Etag"] != `"7"` || answer.Headers["Content-Type"] != "application/json" {
			t.Errorf("%d %v", answer.StatusCode, answer.Headers)
		}
		if answer.Body != `{"id":"user_1"}`+"\n" {
			t.Errorf("body %q", answer.Body)
		}
		want := &createInput{userBody{Name: person{First: "Ada"}, Email: "ada@example.com", Kind: "admin"}}
		if diff := cmp.Diff(want, s.input); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("a HEAD as its GET, without the content", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		s.user.ETag = `"7"`
		answer := s.call(t, event("HEAD /v1/users/{userId}"))
		if answer.StatusCode != http.StatusOK || answer.Body != "" || answer.Headers["Etag"] != `"7"` || answer.Headers["Content-Type"] != "application/json" {
			t.Errorf("%+v", answer)
		}
		if answer := s.call(t, event("HEAD /v1/users/{userId}/tags")); answer.StatusCode != http.StatusNotFound || answer.Body != "" {
			t.Errorf("of a POST: %+v", answer)
		}
	})

	t.Run("whatever is accepted, and whatever JSON is called", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		for _, accept := range []string{"", "*/*", "application/json;,b", "a;,", ";,;", "text/html", "application/xml;q=0.9,*/*;q=0.8"} {
			answer := s.call(t, event("POST /v1/users", body(goodBody), header("Accept", accept), header("Content-Type", "Application/JSON; charset=UTF-8")))
			if answer.StatusCode != http.StatusOK || answer.Headers["Content-Type"] != "application/json" {
				t.Errorf("%q: %+v", accept, answer)
			}
		}
	})

	t.Run("204 without a body", func(t *testing.T) {
		t.Parallel()
		answer := newService(httpapi.Options{}).call(t, event("DELETE /v1/users/{userId}"))
		if answer.StatusCode != http.StatusNoContent || answer.Body != "" || answer.Headers["Content-Type"] != "" {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("text as the output declares it, bytes as base64", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		s.file = fileOutput{ContentType: "text/csv; charset=utf-8", Body: []byte("id,name\r\n")}
		answer := s.call(t, event("GET /v1/users.csv"))
		if answer.Body != "id,name\r\n" || answer.IsBase64Encoded || answer.Headers["Content-Type"] != "text/csv; charset=utf-8" {
			t.Errorf("%+v", answer)
		}
		s.file = fileOutput{ContentType: "image/png", Body: []byte{0x89, 'P', 'N', 'G'}}
		if answer = s.call(t, event("GET /v1/users.csv")); answer.Body != "iVBORw==" || !answer.IsBase64Encoded {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("a base64 body is decoded", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		s.call(t, event("POST /v1/users", body("eyJuYW1lIjp7ImZpcnN0IjoiQWRhIn0sImVtYWlsIjoiYWRhQGV4YW1wbGUuY29tIiwia2luZCI6ImFkbWluIn0="),
			func(event *events.APIGatewayV2HTTPRequest) { event.IsBase64Encoded = true }))
		if input, ok := s.input.(*createInput); !ok || input.Body.Email != "ada@example.com" {
			t.Errorf("%+v", s.input)
		}
	})

	t.Run("in an object open to others, names are as they are written", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		s.call(t, event("POST /v1/users", with(`"open":{"owner":"ada","Owner":"eve","OWNER":"eve","a.b":1,"c":null},"extra":{"d":null}`)))
		if input, ok := s.input.(*createInput); !ok || input.Body.Open.Owner != "ada" {
			t.Errorf("%+v", s.input)
		}
	})

	t.Run("an operation without a body takes the empty object", func(t *testing.T) {
		t.Parallel()
		if answer := newService(httpapi.Options{}).call(t, event("POST /v1/users/{userId}/deactivate", body(" {} "))); answer.StatusCode != http.StatusOK {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("a body of the largest size passes", func(t *testing.T) {
		t.Parallel()
		padded := goodBody + strings.Repeat(" ", api.MaxBody-len(goodBody))
		if answer := newService(httpapi.Options{}).call(t, event("POST /v1/users", body(padded))); answer.StatusCode != http.StatusOK {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("cookies in their own place", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		s.file = fileOutput{ContentType: "text/plain", Cookies: []string{"a=1", "b=2"}}
		answer := s.call(t, event("GET /v1/users.csv"))
		if diff := cmp.Diff([]string{"a=1", "b=2"}, answer.Cookies); diff != "" || answer.Headers["Set-Cookie"] != "" {
			t.Error(diff, answer.Headers)
		}
	})

	t.Run("no output is a mistake of the handler", func(t *testing.T) {
		t.Parallel()
		server := httpapi.New(httpapi.Options{Log: slog.New(slog.DiscardHandler)})
		httpapi.Handle(server, getUser, answering[getInput]((*userOutput)(nil)))
		if answer := invoke(t, t.Context(), server, event("GET /v1/users/{userId}")); answer.StatusCode != http.StatusInternalServerError {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("path parameters are the event's, whatever the path says", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		s.call(t, event("GET /v1/users/{userId}", func(event *events.APIGatewayV2HTTPRequest) {
			event.RawPath = "/v1/users/u1/roles"
			event.PathParameters["userId"] = "u1/roles"
		}))
		if diff := cmp.Diff(&getInput{UserID: "u1/roles"}, s.input); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	s := newService(httpapi.Options{})
	want := []string{"DELETE /v1/users/{userId}", "GET /health", "GET /v1/users", "GET /v1/users.csv", "GET /v1/users/{userId}", "POST /v1/users", "POST /v1/users/{userId}/deactivate", "POST /v1/users/{userId}/tags"}
	if diff := cmp.Diff(want, s.Routes()); diff != "" {
		t.Error(diff)
	}

	t.Run("one that is not registered is 404, and logged as the error in deployment that it is", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		for _, key := range []string{"GET /openapi.json", "GET /docs", "PUT /v1/users", "$default", ""} {
			s.log.Reset()
			if answer := s.call(t, event(key)); answer.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", key, answer.StatusCode)
			}
			if log := s.log.String(); !strings.Contains(log, `"level":"ERROR"`) || !strings.Contains(log, fmt.Sprintf("%q", key)) {
				t.Errorf("%s: log %s", key, log)
			}
		}
	})

	t.Run("a second handler is a mistake", func(t *testing.T) {
		t.Parallel()
		s := newService(httpapi.Options{})
		defer func() {
			if recover() == nil {
				t.Error("taken")
			}
		}()
		httpapi.Handle(s.Server, getUser, handler[getInput](s, &s.user))
	})
}

// One server may be asked by several at once, also for an operation's first time.
func TestInvokeAtTheSameTime(t *testing.T) {
	t.Parallel()
	server := httpapi.New(httpapi.Options{Log: slog.New(slog.DiscardHandler)})
	httpapi.Handle(server, createUser, answering[createInput](&userOutput{Status: http.StatusCreated}))
	httpapi.Handle(server, getUser, answering[getInput](&userOutput{Status: http.StatusOK}))
	httpapi.Handle(server, removeUser, answering[getInput](&struct{}{}))
	var group sync.WaitGroup
	for range 8 {
		for want, event := range map[int]events.APIGatewayV2HTTPRequest{
			http.StatusCreated:             event("POST /v1/users", body(goodBody)),
			http.StatusUnprocessableEntity: event("POST /v1/users", body(`{}`)),
			http.StatusOK:                  event("GET /v1/users/{userId}"),
			http.StatusNoContent:           event("DELETE /v1/users/{userId}"),
		} {
			group.Go(func() {
				if answer := invoke(t, t.Context(), server, event); answer.StatusCode != want {
					t.Errorf("%d, want %d", answer.StatusCode, want)
				}
			})
		}
	}
	group.Wait()
}

func TestLog(t *testing.T) {
	t.Parallel()
	secrets := []string{"token-1", "ada@example.com", "hunter2hunter2", "cursor=", "c3VyZQ", "192.0.2.7"}
	clock := func() func() time.Time {
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		return func() time.Time { now = now.Add(1500 * time.Microsecond); return now }
	}
	secret := `{"name":{"first":"Ada"},"email":"ada@example.com","kind":"admin","password":"hunter2hunter2"}`
	tests := []struct {
		name  string
		event events.APIGatewayV2HTTPRequest
		err   error
		level string
		line  map[string]any
	}{
		{"success not at all: the gateway's access log tells", event("POST /v1/users", body(secret)), nil, "", nil},
		{
			"a fault at info, with its code", event("POST /v1/users", body(secret)), fault.New(fault.ChangeOpen, "ada@example.com has one"), "INFO",
			map[string]any{"msg": "request", "operation": "createUser", "status": 409., "milliseconds": 1.5, "requestId": "request-1", "code": "changeOpen"},
		},
		{
			"bad input at info", event("GET /v1/users", query("cursor=c3VyZQ&limit=x")), nil, "INFO",
			map[string]any{"msg": "request", "operation": "listUsers", "status": 422., "milliseconds": 1.5, "requestId": "request-1", "code": "invalid"},
		},
		{
			"what is internal at error", event("POST /v1/users", body(secret)), errors.New("the table is gone"), "ERROR",
			map[string]any{"msg": "request", "operation": "createUser", "status": 500., "milliseconds": 1.5, "requestId": "request-1", "code": "internal"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newService(httpapi.Options{Now: clock()})
			s.err = test.err
			s.call(t, test.event)
			lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
			for _, secret := range secrets {
				if strings.Contains(s.log.String(), secret) {
					t.Errorf("%s in the log: %s", secret, s.log)
				}
			}
			if test.line == nil {
				if s.log.String() != "" {
					t.Errorf("log %s", s.log)
				}
				return
			}
			var line map[string]any
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &line); err != nil {
				t.Fatal(err)
			}
			if line["level"] != test.level {
				t.Errorf("level %v", line["level"])
			}
			delete(line, "level")
			delete(line, "time")
			if diff := cmp.Diff(test.line, line); diff != "" {
				t.Error(diff)
			}
			internal := slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, "the table is gone") })
			if internal != (test.level == "ERROR") || len(lines) > 2 {
				t.Errorf("log %s", s.log)
			}
		})
	}
}
