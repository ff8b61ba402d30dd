package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mandate/shared/api"
	"mandate/shared/fault"
	"mandate/shared/httpapi"
)

func TestFaultsAsProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		err     error
		want    api.Problem
		headers map[string]string
	}{
		{
			"a field", fault.InvalidField("email", "taken", "Another user has this address."),
			api.Problem{Type: "/problems/invalid", Title: "The request breaks a rule", Status: 422, Detail: "Another user has this address.",
				Errors: []api.ProblemField{{Field: "email", Rule: "taken", Detail: "Another user has this address."}}}, nil,
		},
		{
			"a denial names its policy", &fault.Fault{Code: fault.Forbidden, Detail: "Only operators do.", Policy: "admins-only-regular"},
			api.Problem{Type: "/problems/forbidden", Title: "Not allowed", Status: 403, Detail: "Only operators do.", Policy: "admins-only-regular"}, nil,
		},
		{
			"an open change is named", &fault.Fault{Code: fault.ChangeOpen, Detail: "Wait for it.", Change: "chg_1"},
			api.Problem{Type: "/problems/changeOpen", Title: "A change is open", Status: 409, Detail: "Wait for it.", Change: "chg_1"}, nil,
		},
		{
			"no session", fault.New(fault.Unauthenticated, "It has ended."),
			api.Problem{Type: "/problems/unauthenticated", Title: "Not signed in", Status: 401, Detail: "It has ended."},
			map[string]string{"WWW-Authenticate": `Bearer realm="mandate", error="invalid_token"`},
		},
		{
			"too many attempts, in whole seconds", &fault.Fault{Code: fault.TooManyAttempts, Detail: "Slow down.", RetryAfter: 1200 * time.Millisecond},
			api.Problem{Type: "/problems/tooManyAttempts", Title: "Too many attempts", Status: 429, Detail: "Slow down."},
			map[string]string{"Retry-After": "2"},
		},
		{
			"a fault in a chain", fmt.Errorf("users: %w", fault.New(fault.LinkUsed, "It was used.")),
			api.Problem{Type: "/problems/linkUsed", Title: "The link has been used", Status: 410, Detail: "It was used."}, nil,
		},
		{
			"a detail where the domain gives none", fault.New(fault.NotFound, ""),
			api.Problem{Type: "/problems/notFound", Title: "Not found", Status: 404, Detail: "There is nothing here, or nothing that you may see."}, nil,
		},
		{
			"out of time", fmt.Errorf("store: %w", context.DeadlineExceeded),
			api.Problem{Type: "/problems/unavailable", Title: "No answer now", Status: 503, RequestID: "request-1",
				Detail: "The service cannot answer now. Try again; with an idempotency key nothing is done twice."},
			map[string]string{"Retry-After": "1"},
		},
		{
			"what passes", fmt.Errorf("store: %w", fault.ErrUnavailable),
			api.Problem{Type: "/problems/unavailable", Title: "No answer now", Status: 503, RequestID: "request-1",
				Detail: "The service cannot answer now. Try again; with an idempotency key nothing is done twice."},
			map[string]string{"Retry-After": "1"},
		},
		{
			"anything else", errors.New("table users-7 is gone"),
			api.Problem{Type: "/problems/internal", Title: "Something went wrong", Status: 500, RequestID: "request-1",
				Detail: "The fault is ours and has been recorded. Quote the request's id when you ask about it."}, nil,
		},
		{
			"a code that has no status", fault.New("brandNew", "Secret inner working."),
			api.Problem{Type: "/problems/internal", Title: "Something went wrong", Status: 500, RequestID: "request-1",
				Detail: "The fault is ours and has been recorded. Quote the request's id when you ask about it."}, nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newService(httpapi.Options{})
			s.err = test.err
			answer := s.call(t, event("GET /v1/users/{userId}"))
			if diff := cmp.Diff(test.want, problemIn(t, answer)); diff != "" {
				t.Error(diff)
			}
			for _, name := range []string{"WWW-Authenticate", "Retry-After"} {
				if answer.Headers[name] != test.headers[name] {
					t.Errorf("%s: %q", name, answer.Headers[name])
				}
			}
			if logged := strings.Contains(s.log.String(), fmt.Sprintf("%q:%q", "error", test.err.Error())); logged != (test.want.Status >= 500) {
				t.Errorf("log %s", s.log)
			}
		})
	}
}

func TestPanicIsInternal(t *testing.T) {
	t.Parallel()
	s := newService(httpapi.Options{})
	s.panic = "index out of range"
	problem := problemIn(t, s.call(t, event("GET /v1/users/{userId}")))
	if problem.Status != http.StatusInternalServerError || problem.RequestID != "request-1" {
		t.Errorf("%+v", problem)
	}
	if log := s.log.String(); !strings.Contains(log, "index out of range") || !strings.Contains(log, "server_test.go") {
		t.Errorf("neither value nor stack in %s", log)
	}
	s.panic = nil
	if answer := s.call(t, event("GET /v1/users/{userId}")); answer.StatusCode != http.StatusOK {
		t.Errorf("after it: %+v", answer)
	}
}

// The function's own time would end in the gateway's bare error: the handler's ends before it.
func TestHandlersLeaveTimeToAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService(httpapi.Options{})
		s.wait = true
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		answer := invoke(t, ctx, s.Server, event("GET /v1/users/{userId}"))
		if answer.StatusCode != http.StatusServiceUnavailable || answer.Headers["Retry-After"] != "1" {
			t.Errorf("%d %v", answer.StatusCode, answer.Headers)
		}
		if ctx.Err() != nil {
			t.Error("the function's time was over before the answer")
		}
	})
}

func TestProblemsSpeakTheClientsLanguage(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                               "en",
		"fr":                             "fr",
		"fr-CA, en;q=0.9":                "fr",
		"en;q=0.3, fr;q=0.8":             "fr",
		"de, it":                         "en",
		"xx-nonsense-&&, fr;q=0.1":       "fr",
		"fr;q=0":                         "en",
		"fr;q=0.2, *, en;q=0.9, ??":      "en",
		strings.Repeat("zz-", 400) + "q": "en",
	} {
		s := newService(httpapi.Options{})
		s.err = fault.New(fault.Stale, "")
		answer := s.call(t, event("GET /v1/users/{userId}", func(event *eventType) { event.Headers["accept-language"] = header }))
		if got := answer.Headers["Content-Language"]; got != want {
			t.Errorf("%q: %s", header, got)
		}
	}
	s := newService(httpapi.Options{})
	problem := problemIn(t, s.call(t, event("POST /v1/users", with(`"password":"x"`), header("Accept-Language", "fr"))))
	want := []api.ProblemField{{Field: "password", Rule: "minLength", Detail: "Doit compter au moins 12 caractères."}}
	if diff := cmp.Diff(want, problem.Errors); diff != "" || problem.Title != "La requête enfreint une règle" {
		t.Error(problem.Title, diff)
	}
}
