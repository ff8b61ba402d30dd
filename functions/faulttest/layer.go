package faulttest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Kind is what becomes of a call.
type Kind int

const (
	// Well: it takes effect, and its answer comes.
	Well Kind = iota
	// Blip: the first try does not arrive. The client tries again.
	Blip
	// Echo: the first try takes effect, and its answer is lost. The client's next try comes on top of it.
	Echo
	// Lost: no try arrives.
	Lost
	// Unanswered: the call takes effect, its answer is lost, and no further try arrives.
	Unanswered
	// Twice: the call arrives twice, and is answered as the second time.
	Twice
	// Late: as Lost, but the call arrives after all, behind the next one.
	Late
	// Killed: the process dies before the call.
	Killed
	// Struck: the process dies when the call has taken effect.
	Struck
	// Partly: the table reads less than it is asked for, and says so: keys are left over, a page ends early.
	Partly
	// Behind: an index has not heard of what was last written.
	Behind
	// Met: the transaction meets another, and is cancelled.
	Met
)

var names = [...]string{
	Well: "well", Blip: "blip", Echo: "echo", Lost: "lost", Unanswered: "unanswered", Twice: "twice", Late: "late", Killed: "killed", Struck: "struck",
	Partly: "partly", Behind: "behind", Met: "met",
}

func (k Kind) String() string { return names[k] }

// Plan says what becomes of a call, by its number from 0 and the service's name of it. It is asked once a call.
type Plan func(number int, call string) Kind

// Faults is a plan by numbers alone. What it does not name goes well.
type Faults map[int]Kind

// Plan of the faults.
func (f Faults) Plan(number int, _ string) Kind { return f[number] }

// What a client hears of, instead of an answer.
var (
	ErrLost = errors.New("faulttest: the connection was lost")
	ErrDead = errors.New("faulttest: the process is dead")
)

// Layer is what lies between clients and services. It may be used concurrently; then the order of calls is as it comes.
type Layer struct {
	mu    sync.Mutex
	plan  Plan
	calls []string
	fates map[string]Kind // of calls, by the SDK's names of them
	late  []func()
	// answers that indexes gave, by the query.
	answers map[string]json.RawMessage
}

// New makes a layer without faults.
func New() *Layer { return &Layer{fates: map[string]Kind{}, answers: map[string]json.RawMessage{}} }

// Begin counts calls from 0 again, and has a plan for them; nil lets all go well.
func (l *Layer) Begin(plan Plan) {
	l.Arrive()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.plan, l.calls = plan, nil
	clear(l.fates)
}

// Calls lists the calls since the beginning, each by the service's name of it.
func (l *Layer) Calls() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.calls...)
}

// Arrive lets arrive what is late, and tells whether anything was.
func (l *Layer) Arrive() bool {
	l.mu.Lock()
	late := l.late
	l.late = nil
	l.mu.Unlock()
	for _, arrives := range late {
		arrives()
	}
	return len(late) > 0
}

// process is what dies as a whole.
type process struct{ dead atomic.Bool }

type processKey struct{}

// Process begins a process: what is called in its context dies with it.
func Process(ctx context.Context) context.Context {
	return context.WithValue(ctx, processKey{}, new(process))
}

// Dead tells whether the context's process died, so that nobody hears what it answers.
func Dead(ctx context.Context) bool {
	one, ok := ctx.Value(processKey{}).(*process)
	return ok && one.dead.Load()
}

// Client is an HTTP client for a service: what it sends to the service goes through the layer.
func (l *Layer) Client(service http.RoundTripper) *http.Client {
	return &http.Client{Transport: &transport{l, service}}
}

// Serve makes a service of a handler in this process.
func Serve(handler http.Handler) http.RoundTripper { return served{handler} }

type served struct{ http.Handler }

func (s served) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// Retryer tries as often as the SDK's own, and does not wait.
func Retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		o.RateLimiter = ratelimit.None
	})
}

// The SDK's headers that name a call and number its tries.
const (
	callHeader = "Amz-Sdk-Invocation-Id"
	tryHeader  = "Amz-Sdk-Request"
	firstTry   = "attempt=1;" // max=3
)

type transport struct {
	layer   *Layer
	service http.RoundTripper
}

// RoundTrip does one try of a call.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if Dead(r.Context()) {
		return nil, ErrDead
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	call := called(r)
	send := func(ctx context.Context) (*http.Response, error) {
		return t.service.RoundTrip(resized(r.Clone(ctx), body))
	}
	// Whose process dies, or who gives up, does not take back what was sent.
	forget := func() error {
		response, err := send(context.WithoutCancel(r.Context()))
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, response.Body)
		return errors.Join(err, response.Body.Close())
	}

	kind := t.layer.fate(r)
	if !strings.HasPrefix(r.Header.Get(tryHeader), firstTry) {
		kind = again[kind]
	}
	switch kind {
	case Blip, Lost:
		return nil, ErrLost
	case Echo, Unanswered:
		return nil, errors.Join(ErrLost, forget())
	case Twice:
		if err := forget(); err != nil {
			return nil, err
		}
	case Late:
		t.layer.postpone(func() { _ = forget() }) // nobody hears what comes of it
		return nil, ErrLost
	case Struck:
		err := forget()
		kill(r.Context())
		return nil, errors.Join(ErrDead, err)
	case Killed:
		kill(r.Context())
		return nil, ErrDead
	}
	response, err := func() (*http.Response, error) {
		switch {
		case kind == Met && call == "TransactWriteItems":
			return met(body), nil
		case kind == Partly:
			return partly(call, body, func(less []byte) (*http.Response, error) {
				return t.service.RoundTrip(resized(r.Clone(r.Context()), less))
			})
		case ofIndex(call, body):
			return t.layer.indexed(body, kind == Behind, func() (*http.Response, error) { return send(r.Context()) })
		default:
			return send(r.Context())
		}
	}()
	t.layer.Arrive()
	return response, err
}

// again is what becomes of a call's further tries.
var again = [...]Kind{Well: Well, Blip: Well, Echo: Well, Lost: Lost, Unanswered: Lost, Twice: Well, Late: Lost, Killed: Lost, Struck: Lost, Partly: Partly, Behind: Behind, Met: Met}

func kill(ctx context.Context) {
	if one, ok := ctx.Value(processKey{}).(*process); ok {
		one.dead.Store(true)
	}
}

// fate is what the plan has for a try's call.
func (l *Layer) fate(r *http.Request) Kind {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := r.Header.Get(callHeader)
	kind, known := l.fates[name]
	if !known {
		call := called(r)
		if l.plan != nil {
			kind = l.plan(len(l.calls), call)
		}
		l.fates[name] = kind
		l.calls = append(l.calls, call)
	}
	return kind
}

func (l *Layer) postpone(arrives func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.late = append(l.late, arrives)
}

// called is a call by the service's name of it: that of its target, where the service has such, or its path.
func called(r *http.Request) string {
	if _, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return name
	}
	return r.Method + " " + r.URL.Path
}
