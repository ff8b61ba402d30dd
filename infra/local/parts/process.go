package parts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	startTimeout = 5 * time.Minute        // from spawn to the first answer, on a busy machine
	stopTimeout  = 30 * time.Second       // from SIGTERM to SIGKILL, likewise
	readyPoll    = 20 * time.Millisecond  // between two looks whether the part answers
	firstBackoff = 100 * time.Millisecond // before the first restart; doubles with each
	lastBackoff  = 5 * time.Second
	healthyAfter = 10 * time.Second // a part that ran this long starts over with firstBackoff
)

// Process is a part that runs. It is started again when it dies, until it is closed or the
// context that it was started with ends; then its whole process group is killed, and nothing
// of it is left.
type Process struct {
	part     string
	endpoint string
	pid      atomic.Int64
	starts   atomic.Int64
	clock    clock
	cancel   context.CancelFunc
	done     chan struct{}
}

// Endpoint is the part's base URL, without a trailing slash. It stays the same over restarts.
func (p *Process) Endpoint() string { return p.endpoint }

// PID is the process id of the child that runs now, which also leads its process group; 0
// between the death of one and the start of the next.
func (p *Process) PID() int { return int(p.pid.Load()) }

// Starts says how often the part was started, the first time included.
func (p *Process) Starts() int { return int(p.starts.Load()) }

// Done is closed when the part has ended for good and what it held was given back.
func (p *Process) Done() <-chan struct{} { return p.done }

// SetClock moves the clock of a part that was started with [Options.ClockSkew], while it runs: what waits for a time that
// is over then, waits no longer.
func (p *Process) SetClock(skew time.Duration) error { return p.clock.set(skew) }

// Close ends the part and waits until nothing of it is left. It may be called again.
func (p *Process) Close() {
	p.cancel()
	<-p.done
}

// WaitReady returns once the part answers, or with the context's error. A part that was
// started answers already; this is for after it died.
func (p *Process) WaitReady(ctx context.Context) error {
	return poll(ctx, func() bool { return p.PID() != 0 && answers(ctx, p.endpoint) })
}

// program says how a part is run.
type program struct {
	part     string // as a person calls it, in messages
	endpoint string
	path     string
	args     []string
	dir      string
	env      []string      // all of it: a child inherits nothing that it was not given
	skew     time.Duration // of its clock, at first
	release  func()        // gives back what the part held; called once, after its end
	log      *slog.Logger
}

// errDiedEarly says that a part ended before it ever answered.
var errDiedEarly = errors.New("ended before it answered")

// run starts a program and returns once it answers. The context bounds the part's life, not
// only its start. A part that ends before it first answers is an error, with the last lines
// that it wrote; only later deaths are made up for by a restart.
func run(ctx context.Context, prog program) (*Process, error) {
	ctx, cancel := context.WithCancel(ctx)
	p := &Process{part: prog.part, endpoint: prog.endpoint, cancel: cancel, done: make(chan struct{}), clock: clock{skew: prog.skew}}
	ready := make(chan struct{})
	early := make(chan error)
	go p.supervise(ctx, prog, ready, early)

	starting, stop := context.WithTimeout(ctx, startTimeout)
	defer stop()
	answered := make(chan error, 1)
	go func() {
		answered <- poll(starting, func() bool { return p.PID() != 0 && answers(starting, prog.endpoint) })
	}()
	var err error
	select {
	case err = <-early:
	case err = <-answered:
	}
	if err == nil {
		close(ready)
		return p, nil
	}
	p.Close()
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %v: %w", startTimeout, err)
	}
	return nil, fmt.Errorf("start %s: %w", prog.part, err)
}

func (p *Process) supervise(ctx context.Context, prog program, ready <-chan struct{}, early chan<- error) {
	// The parent-death signal is tied to the thread that forks, not to the process: this
	// goroutine keeps its thread for as long as there is a child.
	runtime.LockOSThread()
	defer close(p.done)
	defer prog.release()

	backoff := firstBackoff
	for {
		output := &tail{part: prog.part, log: prog.log}
		began := time.Now()
		err := p.runOnce(ctx, prog, output)
		if ctx.Err() != nil {
			return
		}
		select {
		case <-ready:
		case early <- fmt.Errorf("%w: %w%s", errDiedEarly, err, output):
			return
		case <-ctx.Done():
			return
		}
		if time.Since(began) > healthyAfter {
			backoff = firstBackoff
		}
		prog.log.Warn("a part died and is started again", "part", prog.part, "cause", err, "after", backoff, "output", output.String())
		select {
		case <-ctx.Done():
			return
		case <-time.After(backoff):
		}
		backoff = min(2*backoff, lastBackoff)
	}
}

// runOnce runs the program until it ends, and returns why it did.
func (p *Process) runOnce(ctx context.Context, prog program, output *tail) error {
	cmd := exec.CommandContext(ctx, prog.path, prog.args...)
	cmd.Dir = prog.dir
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = childAttributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	// The pipe tells a child how its clock goes, and by its end that its parent is gone.
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Env = append(slices.Clone(prog.env), p.clock.tell(in))
	if err := cmd.Start(); err != nil {
		return err
	}
	p.starts.Add(1)
	p.pid.Store(int64(cmd.Process.Pid))
	err = cmd.Wait()
	p.pid.Store(0)
	// Whatever the child itself had started goes with it.
	if kill := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); kill != nil && !errors.Is(kill, syscall.ESRCH) {
		prog.log.Error("cannot end a part's process group", "part", prog.part, "error", kill)
	}
	if err == nil {
		err = errors.New("it ended by itself")
	}
	return err
}

// clock is how far a part's is ahead.
type clock struct {
	mu   sync.Mutex
	skew time.Duration
	told io.Writer // the child's standard input
}

// tell is the variable that a child is started with; what is set from then on, it reads from in.
func (c *clock) tell(in io.Writer) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = in
	return "CLOCK_SKEW_MS=" + strconv.FormatInt(c.skew.Milliseconds(), 10)
}

func (c *clock) set(skew time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = skew
	_, err := fmt.Fprintln(c.told, skew.Milliseconds())
	return err
}

// answers says whether an HTTP server that is up answers at the endpoint.
func answers(ctx context.Context, endpoint string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, nil)
	if err != nil {
		return false
	}
	client := http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode < http.StatusInternalServerError
}

// poll returns nil once condition holds, or the context's error.
func poll(ctx context.Context, condition func() bool) error {
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		if condition() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// childEnvironment is what a child gets of our own environment, and its own variables.
func childEnvironment(own ...string) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, own...)
}

// tail logs a child's lines and remembers the last of them, for the message when it dies.
type tail struct {
	part string
	log  *slog.Logger

	mu      sync.Mutex
	partial []byte
	lines   []string
}

const tailLines = 20

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range b {
		if c != '\n' {
			t.partial = append(t.partial, c)
			continue
		}
		line := string(t.partial)
		t.partial = t.partial[:0]
		t.log.Debug(line, "part", t.part)
		if t.lines = append(t.lines, line); len(t.lines) > tailLines {
			t.lines = t.lines[1:]
		}
	}
	return len(b), nil
}

// String is the last lines, each on a line of its own after a line break; empty without any.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var s string
	for _, line := range t.lines {
		s += "\n  " + line
	}
	return s
}
