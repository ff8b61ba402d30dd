package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	runtime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"mandate/infra/local/lambda"
)

// The functions under test are this test binary: TEST_FUNCTION in the
// environment makes it one of these instead of running tests.
func TestMain(m *testing.M) {
	switch name := os.Getenv("TEST_FUNCTION"); name {
	case "":
		os.Exit(m.Run())
	case "init-exit":
		os.Exit(7)
	case "init-error":
		initError()
	case "runner":
		runRunner()
	default:
		runtime.Start(handlers[name])
	}
}

var handlers = map[string]any{
	"echo":  echo,
	"hold":  hold,
	"print": printLines,
	"burn":  burn,
	"fail":  func() error { return errors.New("no such luck") },
	"panic": func() { panic("lost my head") },
	"exit":  func() { os.Exit(3) },
	"quit":  func() { os.Exit(0) },
	"kill":  func() { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} },
	"hang":  func() { time.Sleep(time.Hour) },
	"large": func() (string, error) { return strings.Repeat("x", 7<<20), nil },
}

// invoked is what a function saw of its invocation.
type invoked struct {
	PID       int
	Event     json.RawMessage
	RequestID string
	ARN       string
	Trace     string
	Remaining time.Duration
	Env       []string
}

func echo(ctx context.Context, event json.RawMessage) (invoked, error) {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return invoked{os.Getpid(), event, lc.AwsRequestID, lc.InvokedFunctionArn, os.Getenv("_X_AMZN_TRACE_ID"), time.Until(deadline), os.Environ()}, nil
}

// hold tells the test that it was called and with what, and waits for its leave.
func hold(event string) (int, error) {
	resp, err := http.Get(os.Getenv("GATE") + "?pid=" + strconv.Itoa(os.Getpid()) + "&event=" + event)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return os.Getpid(), err
}

func printLines() {
	fmt.Println(`{"level":"ERROR","msg":"as it is","number":1.50}`)
	fmt.Fprintln(os.Stderr, "plain words")
}

// burn takes 100 ms of a processor, however long it has to wait for one.
func burn() (int, error) {
	for {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil || used.Utime.Nano()+used.Stime.Nano() >= int64(100*time.Millisecond) {
			return os.Getpid(), err
		}
	}
}

func initError() {
	url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
	resp, err := http.Post(url, "application/json", strings.NewReader(`{"errorType":"Config.Missing","errorMessage":"TABLE is not set"}`))
	if err != nil || resp.StatusCode != http.StatusAccepted {
		panic(fmt.Sprint(resp, err))
	}
	os.Exit(1)
}

// runRunner is a process that runs a function, says so, and waits to be killed.
func runRunner() {
	s, err := lambda.New(context.Background(), []lambda.Function{function("echo")}, slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err)
	}
	out, err := s.Invoke(context.Background(), "echo", []byte(`{}`))
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(out)
	os.Stdout.Close()
	time.Sleep(time.Hour)
}

// function declares one of the handlers.
func function(handler string, options ...func(*lambda.Function)) lambda.Function {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	f := lambda.Function{Name: handler, Binary: self, Env: map[string]string{
		"TEST_FUNCTION": handler,
		"GORACE":        "atexit_sleep_ms=0", // otherwise it takes a second to end
	}, Timeout: 30 * time.Second}
	for _, o := range options {
		o(&f)
	}
	return f
}

func timeout(d time.Duration) func(*lambda.Function) {
	return func(f *lambda.Function) { f.Timeout = d }
}
func instances(n int) func(*lambda.Function) {
	return func(f *lambda.Function) { f.MaxInstances = n }
}

func start(t *testing.T, functions ...lambda.Function) *lambda.Service {
	t.Helper()
	return startLogged(t, slog.DiscardHandler, functions...)
}

func startLogged(t *testing.T, h slog.Handler, functions ...lambda.Function) *lambda.Service {
	t.Helper()
	s, err := lambda.New(t.Context(), functions, slog.New(h))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func invokeEcho(t *testing.T, s *lambda.Service) invoked {
	t.Helper()
	out, err := s.Invoke(t.Context(), "echo", []byte(`{"n":1}`))
	if err != nil {
		t.Fatal(err)
	}
	var got invoked
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// gate lets a test see when a held function has its event, and let it go on.
type gate struct {
	url     string
	arrived chan arrival
	open    chan struct{}
}

type arrival struct {
	pid   int
	event string
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{arrived: make(chan arrival, 10_000), open: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pid, _ := strconv.Atoi(r.FormValue("pid"))
		g.arrived <- arrival{pid, r.FormValue("event")}
		select {
		case <-g.open:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	g.url = server.URL
	return g
}

// held declares the function that waits at the gate.
func (g *gate) held(options ...func(*lambda.Function)) lambda.Function {
	f := function("hold", options...)
	f.Env["GATE"] = g.url
	return f
}

// eventually waits for a condition that no event announces.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never so: %s", what)
		}
	}
}

// gone says whether a process has ended, be it that nobody has waited for it.
func gone(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return true
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(state, "Z")
}

// Whoever kills the runner with -9 leaves no function behind.
func TestFunctionsDieWithTheRunner(t *testing.T) {
	t.Parallel()
	runner := exec.Command(os.Args[0])
	runner.Env = []string{"TEST_FUNCTION=runner"}
	out, err := runner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	runner.Process.Kill()
	runner.Wait()
	var child invoked
	if err := json.Unmarshal(said, &child); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	eventually(t, "the function is gone", func() bool { return gone(child.PID) })
}
