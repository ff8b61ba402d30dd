package lambda

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Where the functions believe to be, unless their environment says otherwise
// with AWS_REGION.
const (
	DefaultRegion = "eu-central-1"
	Account       = "000000000000"
)

// Quotas of Lambda that no function can change.
const (
	payloadLimit = 6291556 // bytes of a request or an answer: 6 MB and room for the envelope
	initLimit    = 10 * time.Second
)

// functionName is the part of Lambda's pattern for a function's name that is not
// its ARN.
var functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// Function declares one function.
type Function struct {
	Name   string
	Binary string            // path of the bootstrap binary
	Env    map[string]string // added to what Lambda sets; wins over it
	// Timeout is the longest an invocation may take. 0 is Lambda's default of
	// 3 seconds.
	Timeout time.Duration
	// MemoryMB is told to the function and not enforced. 0 is 256.
	MemoryMB int
	// MaxInstances is the most processes at once: the function's reserved
	// concurrency. 0 is 10.
	MaxInstances int
}

// Service runs functions. Its methods may be called from any goroutine.
type Service struct {
	log     *slog.Logger
	pools   map[string]*pool
	spawner *spawner
	server  *http.Server
	address string // host:port of the Runtime API

	end    context.CancelFunc // ends asynchronous invocations
	ctx    context.Context
	served chan struct{} // closed when the server's loop has ended
	close  sync.Once
}

// New starts the Runtime API on a free port of the loopback interface, and no
// function yet: instances come with the first requests. The end of ctx closes
// the service.
func New(ctx context.Context, functions []Function, log *slog.Logger) (*Service, error) {
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lambda: runtime API: %w", err)
	}
	s := &Service{
		log:     log,
		pools:   make(map[string]*pool, len(functions)),
		address: open.Addr().String(),
		served:  make(chan struct{}),
	}
	for _, f := range functions {
		if _, twice := s.pools[f.Name]; twice || f.Binary == "" || !functionName.MatchString(f.Name) {
			open.Close()
			return nil, fmt.Errorf("lambda: function %q needs a name of its own in letters, digits, - and _, and a binary", f.Name)
		}
		s.pools[f.Name] = newPool(s, f)
	}
	s.spawner = newSpawner()
	s.server = &http.Server{
		Handler:     s.runtimeAPI(),
		ConnContext: withConn,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken connections are news of the pool, told there
	}
	s.ctx, s.end = context.WithCancel(ctx)
	context.AfterFunc(s.ctx, func() { s.Close() })
	go func() {
		defer close(s.served)
		if err := s.server.Serve(listener{open}); !errors.Is(err, http.ErrServerClosed) {
			log.Error("runtime API ended", "error", err)
		}
	}()
	return s, nil
}

// Invoke has the function handle the payload, a JSON document, and returns its
// answer.
//
// It fails with a [*FunctionError] when the function failed, and without the
// function having seen the request with [ErrUnknownFunction],
// [ErrPayloadTooLarge], [ErrThrottled] or [ErrClosed]. When ctx ends first, its
// error is returned; a request still in line is dropped, one being handled is
// handled to its end, as on AWS.
func (s *Service) Invoke(ctx context.Context, function string, payload []byte) ([]byte, error) {
	p, ok := s.pools[function]
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrUnknownFunction, function)
	}
	if len(payload) > payloadLimit {
		return nil, fmt.Errorf("%w: %s", ErrPayloadTooLarge, function)
	}
	inv := newInvocation(payload)
	if err := p.submit(inv); err != nil {
		return nil, err
	}
	select {
	case out := <-inv.outcome:
		return out.response, out.err
	case <-ctx.Done():
		if p.abandon(inv) && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, fmt.Errorf("%w: %s", ErrThrottled, function)
		}
		return nil, ctx.Err()
	}
}

// Configure gives a function another environment, in the place of [Function.Env]. As on AWS an instance keeps the one that
// it began with: whoever invokes from now on gets an instance of the new one, and what the others are handling, they
// handle to the end. It fails with [ErrUnknownFunction].
func (s *Service) Configure(function string, env map[string]string) error {
	p, ok := s.pools[function]
	if !ok {
		return fmt.Errorf("%w: %s", ErrUnknownFunction, function)
	}
	p.configure(env)
	return nil
}

// Close kills every instance, waits for their ends and stops listening.
// Requests on their way fail with [ErrClosed]. It may be called again.
func (s *Service) Close() error {
	s.close.Do(func() {
		s.end()
		for _, p := range s.pools {
			p.stop()
		}
		for _, p := range s.pools {
			p.busy.Wait()
		}
		s.spawner.stop()
		s.server.Close()
		<-s.served
	})
	return nil
}
