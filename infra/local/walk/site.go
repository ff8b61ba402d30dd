package walk

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mandate/shared/api"
)

// Patience is how long a walk waits for what must come.
const Patience = 3 * time.Minute

// look is the pause between two looks at what is waited for.
const look = 100 * time.Millisecond

// Site is a service that runs, and what people have used up of their codes there. It may be used by many tests at once.
type Site struct {
	API, Mailbox string // base URLs, without a slash at their ends

	clock func() time.Time
	http  *http.Client
	names atomic.Int64

	mu   sync.Mutex
	apps map[string]*app // by identifier and secret

	operator struct { // the operator's session on the platform itself
		sync.Mutex
		token string
	}
}

// At is the service at these addresses, with its clock ahead of this machine's by skew.
func At(api, mailbox string, skew time.Duration) *Site {
	return &Site{
		API: api, Mailbox: mailbox, clock: func() time.Time { return time.Now().Add(skew) },
		http: &http.Client{
			Timeout:   Patience,
			Transport: &http.Transport{MaxIdleConnsPerHost: 16},
		},
		apps: make(map[string]*app),
	}
}

// Walk is one test's way through the service.
type Walk struct {
	testing.TB
	*Site
	persistent bool
	again      *atomic.Int64
}

// Walk begins one.
func (s *Site) Walk(t testing.TB) *Walk { return &Walk{TB: t, Site: s, again: new(atomic.Int64)} }

// Persistently is the walk of clients that send a request again while the fault is the service's.
func (w *Walk) Persistently() *Walk {
	other := *w
	other.persistent = true
	return &other
}

// SentAgain counts the requests that had to be.
func (w *Walk) SentAgain() int { return int(w.again.Load()) }

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte

	t       testing.TB
	request string
}

// Problem reads the answer as a problem document (RFC 9457), which must be of this status.
func (a Answer) Problem(status int) api.Problem {
	a.t.Helper()
	if got := a.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/problem+json") {
		a.t.Fatalf("%s: content type %q of %d %s", a.request, got, a.Status, a.Body)
	}
	return Read[api.Problem](a, status)
}

// Read decodes the answer, which must be of this status.
func Read[T any](a Answer, status int) T {
	a.t.Helper()
	var into T
	if a.Status != status {
		a.t.Fatalf("%s: %d, want %d: %s", a.request, a.Status, status, a.Body)
	}
	if err := json.Unmarshal(a.Body, &into); err != nil {
		a.t.Fatalf("%s: %v: %s", a.request, err, a.Body)
	}
	return into
}

// Option changes a request before it is sent.
type Option func(*http.Request)

// With sets a header.
func With(name, value string) Option { return func(r *http.Request) { r.Header.Set(name, value) } }

// Do sends a request that carries no credentials but those in the options. Nil is no body; anything else is sent as
// JSON.
func (w *Walk) Do(method, path string, body any, options ...Option) Answer {
	w.Helper()
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			w.Fatal(err)
		}
	}
	key := rand.Text()
	ctx, cancel := context.WithTimeout(w.Context(), Patience)
	defer cancel()
	for {
		answer, err := w.once(ctx, method, path, key, sent, options)
		if err == nil && (answer.Status < http.StatusInternalServerError || !w.persistent) {
			return answer
		}
		if !w.persistent || ctx.Err() != nil {
			w.Fatalf("%s %s: %d %s: %v", method, path, answer.Status, answer.Body, err)
		}
		w.again.Add(1)
		pause(ctx, look)
	}
}

func (w *Walk) once(ctx context.Context, method, path, key string, body []byte, options []Option) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, w.API+path, bytes.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		request.Header.Set(api.IdempotencyKeyHeader, key)
	}
	for _, option := range options {
		option(request)
	}
	response, err := w.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	answer := Answer{Status: response.StatusCode, Header: response.Header, t: w.TB, request: method + " " + path}
	answer.Body, err = io.ReadAll(response.Body)
	return answer, err
}

// Until waits for a condition.
func (w *Walk) Until(what string, holds func() bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), Patience)
	defer cancel()
	for !holds() {
		if !pause(ctx, look) {
			w.Fatalf("%v have passed without %s", Patience, what)
		}
	}
}

// pause waits, and tells whether it was to the end.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Now is the service's clock.
func (s *Site) Now() time.Time { return s.clock() }

// Email is an address that nobody has.
func (s *Site) Email(name string) string {
	return fmt.Sprintf("%s.%s@example.com", strings.ToLower(name), strings.ToLower(rand.Text()[:12]))
}

// Phone is a number that nobody has, of the range that Ofcom keeps for drama, above those of the demo.
func (s *Site) Phone() string { return fmt.Sprintf("+442079460%03d", 100+s.names.Add(1)) }
