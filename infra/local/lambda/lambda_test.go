package lambda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"regexp"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mandate/infra/local/lambda"
)

// Serial, for it counts all goroutines of the process: parallel tests run when
// the serial ones are done.
func TestNothingIsLeftBehind(t *testing.T) {
	before := goruntime.NumGoroutine()
	s, err := lambda.New(t.Context(), []lambda.Function{function("echo", instances(4))}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	pids := map[int]bool{}
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 125 {
				out, err := s.Invoke(t.Context(), "echo", []byte(`{}`))
				var got invoked
				if err != nil || json.Unmarshal(out, &got) != nil {
					t.Errorf("%v: %s", err, out)
					return
				}
				mu.Lock()
				pids[got.PID] = true
				mu.Unlock()
			}
		})
	}
	callers.Wait()
	if len(pids) > 4 {
		t.Errorf("%d instances of at most 4", len(pids))
	}
	s.Close()
	for pid := range pids {
		if !gone(pid) {
			t.Errorf("process %d outlived Close", pid)
		}
	}
	eventually(t, "as many goroutines as before", func() bool { return goruntime.NumGoroutine() <= before })
	if _, err := s.Invoke(t.Context(), "echo", []byte(`{}`)); !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestFunctionSeesWhatLambdaTells(t *testing.T) {
	t.Setenv("MANDATE_TEST_STRAY", "of the runner's own") // hence not parallel
	f := function("echo", timeout(20*time.Second))
	f.Env["TABLE"] = "people"
	got := invokeEcho(t, start(t, f))
	if string(got.Event) != `{"n":1}` {
		t.Errorf("event %s", got.Event)
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(got.RequestID) {
		t.Errorf("request id %q", got.RequestID)
	}
	if want := "arn:aws:lambda:eu-central-1:000000000000:function:echo"; got.ARN != want {
		t.Errorf("ARN %q, want %q", got.ARN, want)
	}
	if !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`).MatchString(got.Trace) {
		t.Errorf("trace %q", got.Trace)
	}
	if got.Remaining <= 0 || got.Remaining > 20*time.Second {
		t.Errorf("remaining time %v of 20s", got.Remaining)
	}
	for _, line := range []string{"TABLE=people", "AWS_LAMBDA_FUNCTION_NAME=echo", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_REGION=eu-central-1", "_HANDLER=bootstrap"} {
		if !slices.Contains(got.Env, line) {
			t.Errorf("environment lacks %s", line)
		}
	}
	if slices.ContainsFunc(got.Env, func(line string) bool { return strings.HasPrefix(line, "MANDATE_TEST_STRAY=") }) {
		t.Error("the runner's own environment reached the function")
	}
}

func TestInstancesStayWarm(t *testing.T) {
	t.Parallel()
	s := start(t, function("echo"))
	first := invokeEcho(t, s).PID
	for range 50 {
		if pid := invokeEcho(t, s).PID; pid != first {
			t.Fatalf("process %d after %d", pid, first)
		}
	}
	usage, err := s.Usage("echo")
	if err != nil {
		t.Fatal(err)
	}
	if usage.Spawns != 1 || len(usage.Starts) != 1 || usage.Starts[0] <= 0 {
		t.Errorf("usage %+v, want one spawn with its time", usage)
	}
}

// A new environment is seen by the next request, while one that is being handled ends where it began.
func TestConfiguredAnew(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	held := g.held(instances(1))
	s := start(t, function("echo"), held)
	before := invokeEcho(t, s).PID
	f := function("echo")
	f.Env["TABLE"] = "people"
	if err := s.Configure("echo", f.Env); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		got := invokeEcho(t, s)
		if got.PID == before || !slices.Contains(got.Env, "TABLE=people") {
			t.Fatalf("process %d after %d, with %v", got.PID, before, got.Env)
		}
	}

	answer := make(chan error, 1)
	go func() {
		_, err := s.Invoke(t.Context(), "hold", []byte(`"busy"`))
		answer <- err
	}()
	in := <-g.arrived
	if err := s.Configure("hold", held.Env); err != nil {
		t.Fatal(err)
	}
	close(g.open)
	if err := <-answer; err != nil {
		t.Errorf("a request that was being handled: %v", err)
	}
	eventually(t, "the end of what has the environment before", func() bool { return gone(in.pid) })
	if err := s.Configure("nobody", nil); !errors.Is(err, lambda.ErrUnknownFunction) {
		t.Errorf("an unknown function: %v", err)
	}
}

func TestFailuresAreToldInLambdasWords(t *testing.T) {
	t.Parallel()
	const id = `RequestId: [0-9a-f-]{36} Error: `
	for handler, want := range map[string]struct{ kind, message string }{
		"fail":       {"errorString", `^no such luck$`},
		"panic":      {"string", `^lost my head$`},
		"exit":       {lambda.TypeExit, `^` + id + `Runtime exited with error: exit status 3$`},
		"quit":       {lambda.TypeExit, `^` + id + `Runtime exited without providing a reason$`},
		"kill":       {lambda.TypeExit, `^` + id + `Runtime exited with error: signal: killed$`},
		"hang":       {lambda.TypeTimeout, `^` + id + `Task timed out after 0\.25 seconds$`},
		"large":      {lambda.TypeResponseSize, `exceeded maximum allowed payload size \(6291556 bytes\)`},
		"init-exit":  {lambda.TypeExit, `^` + id + `Runtime exited with error: exit status 7$`},
		"init-error": {"Config.Missing", `^TABLE is not set$`},
	} {
		t.Run(handler, func(t *testing.T) {
			t.Parallel()
			limit := 30 * time.Second
			if want.kind == lambda.TypeTimeout {
				limit = 250 * time.Millisecond
			}
			s := start(t, function(handler, timeout(limit)))
			for range 2 { // and the next request meets an instance that works as before
				_, err := s.Invoke(t.Context(), handler, []byte(`{}`))
				var failed *lambda.FunctionError
				if !errors.As(err, &failed) {
					t.Fatalf("%v, want a FunctionError", err)
				}
				if failed.Type != want.kind || !regexp.MustCompile(want.message).MatchString(failed.Message) {
					t.Errorf("%s: %s, want %s: %s", failed.Type, failed.Message, want.kind, want.message)
				}
				var document struct{ ErrorType, ErrorMessage string }
				if err := json.Unmarshal(failed.Payload, &document); err != nil || document.ErrorType != want.kind {
					t.Errorf("payload %s", failed.Payload)
				}
			}
		})
	}
}

func TestBinaryThatIsNotThere(t *testing.T) {
	t.Parallel()
	f := function("echo")
	f.Binary = t.TempDir() + "/bootstrap"
	_, err := start(t, f).Invoke(t.Context(), "echo", []byte(`{}`))
	var failed *lambda.FunctionError
	if !errors.As(err, &failed) || failed.Type != lambda.TypeEntrypoint {
		t.Errorf("%v, want %s", err, lambda.TypeEntrypoint)
	}
}

func TestRequestsThatNoFunctionSees(t *testing.T) {
	t.Parallel()
	s := start(t, function("echo"))
	if _, err := s.Invoke(t.Context(), "nobody", []byte(`{}`)); !errors.Is(err, lambda.ErrUnknownFunction) {
		t.Errorf("unknown function: %v", err)
	}
	if _, err := s.Invoke(t.Context(), "echo", make([]byte, 7<<20)); !errors.Is(err, lambda.ErrPayloadTooLarge) {
		t.Errorf("7 MB: %v", err)
	}
	usage, _ := s.Usage("echo")
	if usage.Spawns != 0 {
		t.Errorf("%d instances for nothing", usage.Spawns)
	}
}

func TestDeclarationsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, functions := range map[string][]lambda.Function{
		"no binary": {{Name: "a"}},
		"no name":   {{Binary: "/bin/true"}},
		"a path":    {{Name: "a/b", Binary: "/bin/true"}},
		"twice":     {function("echo"), function("echo")},
	} {
		if s, err := lambda.New(t.Context(), functions, slog.New(slog.DiscardHandler)); err == nil {
			s.Close()
			t.Errorf("%s: accepted", name)
		}
	}
}

// Each instance has one request at a time; more instances come up to the limit;
// the rest wait in line.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := start(t, g.held(instances(3)))
	answers := make(chan error, 5)
	for n := range 5 {
		go func() {
			_, err := s.Invoke(t.Context(), "hold", fmt.Appendf(nil, "%q", fmt.Sprint(n)))
			answers <- err
		}()
	}
	busy := map[int]bool{}
	for range 3 {
		busy[(<-g.arrived).pid] = true
	}
	if len(busy) != 3 {
		t.Errorf("3 requests met in %d instances", len(busy))
	}
	select {
	case a := <-g.arrived:
		t.Errorf("%+v while all instances were busy", a)
	default:
	}
	close(g.open)
	for range 5 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if usage, _ := s.Usage("hold"); usage.Spawns != 3 {
		t.Errorf("%d instances, want 3", usage.Spawns)
	}
}

func TestWaitingInLineEnds(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := start(t, g.held(instances(1)))
	first := make(chan error, 1)
	go func() {
		_, err := s.Invoke(t.Context(), "hold", []byte(`"first"`))
		first <- err
	}()
	<-g.arrived

	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Invoke(short, "hold", []byte(`"late"`)); !errors.Is(err, lambda.ErrThrottled) {
		t.Errorf("at the deadline: %v, want %v", err, lambda.ErrThrottled)
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.Invoke(left, "hold", []byte(`"left"`)); !errors.Is(err, context.Canceled) {
		t.Errorf("left: %v, want %v", err, context.Canceled)
	}
	close(g.open)
	if err := <-first; err != nil {
		t.Error(err)
	}
	if _, err := s.Invoke(t.Context(), "hold", []byte(`"next"`)); err != nil {
		t.Error(err)
	}
	if a := <-g.arrived; a.event != "next" {
		t.Errorf("the function saw %q, whose caller had gone", a.event)
	}
}

func TestCallerWhoLeavesDoesNotStopTheFunction(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := start(t, g.held(instances(1)))
	ctx, leave := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := s.Invoke(ctx, "hold", []byte(`"first"`))
		failed <- err
	}()
	a := <-g.arrived
	leave()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(g.open)
	if out, err := s.Invoke(t.Context(), "hold", []byte(`"second"`)); err != nil || string(out) != fmt.Sprint(a.pid) {
		t.Errorf("%s, %v, want the same process %d", out, err, a.pid)
	}
}

func TestKilledDuringAnInvocation(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := start(t, g.held(instances(1)))
	failed := make(chan error, 1)
	go func() {
		_, err := s.Invoke(t.Context(), "hold", []byte(`"once"`))
		failed <- err
	}()
	a := <-g.arrived
	syscall.Kill(a.pid, syscall.SIGKILL)
	var crash *lambda.FunctionError
	if err := <-failed; !errors.As(err, &crash) || crash.Type != lambda.TypeExit {
		t.Errorf("%v, want %s", err, lambda.TypeExit)
	}
	close(g.open)
	if _, err := s.Invoke(t.Context(), "hold", []byte(`"after"`)); err != nil {
		t.Error(err)
	}
	if next := <-g.arrived; next.event != "after" {
		t.Errorf("the event of the crash ran again: %+v", next)
	}
}

func TestTimeoutKills(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	s := start(t, g.held(instances(1), timeout(300*time.Millisecond)))
	var late arrival
	eventually(t, "a function that has begun, and is late", func() bool { // a busy machine may not let it begin in time
		if _, err := s.Invoke(t.Context(), "hold", []byte(`"slow"`)); err == nil {
			t.Error("no error")
		}
		select {
		case late = <-g.arrived:
			return true
		default:
			return false
		}
	})
	eventually(t, "the late process is gone", func() bool { return gone(late.pid) })
	close(g.open)
	eventually(t, "a function that is in time", func() bool {
		_, err := s.Invoke(t.Context(), "hold", []byte(`"next"`))
		return err == nil
	})
}

func TestKilledWhileIdle(t *testing.T) {
	t.Parallel()
	s := start(t, function("echo", instances(1)))
	pid := invokeEcho(t, s).PID
	for range 20 { // no waiting: the request is to meet the dying instance
		syscall.Kill(pid, syscall.SIGKILL)
		next := invokeEcho(t, s).PID
		if next == pid {
			t.Fatalf("process %d answered after its death", pid)
		}
		pid = next
	}
}

// The event is on its way to the instance, which cannot read it, and is killed.
func TestEventThatWasNeverTakenGoesToAnother(t *testing.T) {
	t.Parallel()
	s := start(t, function("echo", instances(1)))
	pid := invokeEcho(t, s).PID
	eventually(t, "the instance waits for an event", func() bool { return s.Idle("echo") == 1 })
	syscall.Kill(pid, syscall.SIGSTOP)
	eventually(t, "the instance is frozen", func() bool { return state(pid) == "T" })
	answered := make(chan invoked, 1)
	go func() { answered <- invokeEcho(t, s) }()
	eventually(t, "the event lies in the instance's socket", func() bool { return s.Handed("echo") })
	syscall.Kill(pid, syscall.SIGKILL)
	if got := <-answered; got.PID == pid {
		t.Errorf("the frozen process %d answered", pid)
	}
}

// Whatever is killed and whenever: every request gets an answer, and no event
// is handled twice.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	close(g.open)
	s := start(t, g.held(instances(3)))
	var callers sync.WaitGroup
	var crashed sync.Map
	for caller := range 6 {
		callers.Go(func() {
			for n := range 50 {
				event := fmt.Sprintf("%d-%d", caller, n)
				_, err := s.Invoke(t.Context(), "hold", fmt.Appendf(nil, "%q", event))
				var failed *lambda.FunctionError
				switch {
				case errors.As(err, &failed) && failed.Type == lambda.TypeExit:
					crashed.Store(event, true)
				case err != nil:
					t.Errorf("%s: %v", event, err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { callers.Wait(); close(done) }()
	seen := map[string]int{}
	for running := true; running; {
		select {
		case a := <-g.arrived:
			seen[a.event]++
			if rand.N(8) == 0 {
				syscall.Kill(a.pid, syscall.SIGKILL)
			}
		case <-done:
			running = false
		}
	}
	for len(g.arrived) > 0 {
		seen[(<-g.arrived).event]++
	}
	for caller := range 6 {
		for n := range 50 {
			event := fmt.Sprintf("%d-%d", caller, n)
			_, crash := crashed.Load(event)
			if times := seen[event]; times > 1 || times == 0 && !crash {
				t.Errorf("event %s handled %d times, crashed %t", event, times, crash)
			}
		}
	}
}

func TestUsageCountsTheLivingAndTheDead(t *testing.T) {
	t.Parallel()
	s := start(t, function("burn", instances(1)))
	out, err := s.Invoke(t.Context(), "burn", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	alive, err := s.Usage("burn")
	if err != nil {
		t.Fatal(err)
	}
	if alive.CPU < 70*time.Millisecond || alive.CPU > 10*time.Second {
		t.Errorf("CPU %v", alive.CPU)
	}
	if alive.Resident < 1<<20 || alive.Resident > alive.Peak {
		t.Errorf("%d bytes resident, at most %d", alive.Resident, alive.Peak)
	}
	var pid int
	if err := json.Unmarshal(out, &pid); err != nil {
		t.Fatal(err)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	eventually(t, "the process is gone", func() bool { return gone(pid) })
	dead, err := s.Usage("burn")
	if err != nil {
		t.Fatal(err)
	}
	if dead.CPU < alive.CPU*9/10 { // accounted in other units
		t.Errorf("CPU %v, and after the process's end %v", alive.CPU, dead.CPU)
	}
	if _, err := s.Usage("nobody"); !errors.Is(err, lambda.ErrUnknownFunction) {
		t.Error(err)
	}
}

func TestOutputIsLogged(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := startLogged(t, slog.NewJSONHandler(&out, nil), function("print"))
	if _, err := s.Invoke(t.Context(), "print", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	s.Close() // which waits for the last line
	for _, want := range []string{
		`"level":"ERROR","msg":"function log","function":"print","record":{"level":"ERROR","msg":"as it is","number":1.50}}`,
		`"level":"INFO","msg":"function output","function":"print","line":"plain words"}`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("log lacks %s\n%s", want, out.String())
		}
	}
}

func TestEndOfTheContextCloses(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := lambda.New(ctx, []lambda.Function{function("echo")}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	pid := invokeEcho(t, s).PID
	cancel()
	eventually(t, "the process is gone", func() bool { return gone(pid) })
	s.Close()
}

// state is a process's state letter (proc(5)).
func state(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return after[:1]
}
