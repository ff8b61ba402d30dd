package parts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"mandate/infra/local/parts"
	"mandate/infra/local/parts/partstest"
)

// change is a state machine with what a change needs: wait for a decision by token, wait
// until a timestamp, apply with retries, or end as rejected or expired.
const change = `{
  "StartAt": "Decide",
  "States": {
    "Decide": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
      "Parameters": {"FunctionName": "decide", "Payload": {"token.$": "$$.Task.Token", "name.$": "$$.Execution.Name"}},
      "TimeoutSecondsPath": "$.expiresIn",
      "ResultPath": "$.decision",
      "Catch": [
        {"ErrorEquals": ["Rejected"], "ResultPath": "$.error", "Next": "Reject"},
        {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.error", "Next": "Expire"}
      ],
      "Next": "Delayed"
    },
    "Delayed": {
      "Type": "Choice",
      "Choices": [{"Variable": "$.decision.effectiveAt", "IsPresent": true, "Next": "Propagate"}],
      "Default": "Apply"
    },
    "Propagate": {"Type": "Wait", "TimestampPath": "$.decision.effectiveAt", "Next": "Apply"},
    "Apply": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {"FunctionName": "apply", "Payload": {"name.$": "$$.Execution.Name"}},
      "ResultSelector": {"applied.$": "$.Payload"},
      "Retry": [{"ErrorEquals": ["Lambda.ServiceException", "Lambda.TooManyRequestsException", "Busy"], "IntervalSeconds": 1, "MaxAttempts": 2}],
      "Catch": [{"ErrorEquals": ["Conflict"], "ResultPath": "$.error", "Next": "Fail"}],
      "Next": "Done"
    },
    "Done": {"Type": "Succeed"},
    "Reject": {"Type": "Succeed"},
    "Expire": {"Type": "Succeed"},
    "Fail": {"Type": "Fail", "Error": "ChangeFailed", "Cause": "the target moved on"}
  }
}`

// functions is a Lambda endpoint with the functions decide and apply.
type functions struct {
	t      *testing.T
	URL    string
	tokens chan string // what decide was handed, in order

	mu      sync.Mutex
	applied int
	apply   func(attempt int) (status int, functionError bool, body string)
}

func lambda(t *testing.T) *functions {
	f := &functions{t: t, tokens: make(chan string, 100)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", func(w http.ResponseWriter, r *http.Request) {
		var payload struct{ Token, Name string }
		if err := json.NewDecoder(r.Body).Decode(&payload); err != nil {
			t.Errorf("the payload of %s: %v", r.PathValue("name"), err)
		}
		if r.PathValue("name") == "decide" {
			// The answer is on its way before the test goes on: who kills what invoked us is not to have it invoke us again.
			w.Header().Set("Content-Length", "4")
			fmt.Fprint(w, "null")
			http.NewResponseController(w).Flush()
			f.tokens <- payload.Token
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.applied++
		status, functionError, body := http.StatusOK, false, `{"change":"`+payload.Name+`"}`
		if f.apply != nil {
			status, functionError, body = f.apply(f.applied)
		}
		if functionError {
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	f.URL = server.URL
	return f
}

func (f *functions) attempts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.applied
}

// machine is a Step Functions with one state machine, and the SDK's client of it.
type machine struct {
	*sfn.Client
	t   *testing.T
	arn string
}

func newMachine(t *testing.T, endpoint, definition string) machine {
	t.Helper()
	m := machine{t: t, Client: sfn.New(sfn.Options{
		Region: parts.DefaultRegion, BaseEndpoint: &endpoint, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})}
	created, err := m.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{Name: aws.String("change"), Definition: &definition, RoleArn: aws.String("arn:aws:iam::000000000000:role/change")})
	if err != nil {
		t.Fatal(err)
	}
	m.arn = *created.StateMachineArn
	if want := parts.StateMachineARN(parts.DefaultRegion, "change"); m.arn != want {
		t.Errorf("state machine %s, want %s", m.arn, want)
	}
	return m
}

func (m machine) start(name, input string) string {
	m.t.Helper()
	out, err := m.StartExecution(m.t.Context(), &sfn.StartExecutionInput{StateMachineArn: &m.arn, Name: &name, Input: &input})
	if err != nil {
		m.t.Fatal(err)
	}
	return *out.ExecutionArn
}

// ended waits for the execution's end.
func (m machine) ended(arn string) *sfn.DescribeExecutionOutput {
	m.t.Helper()
	var out *sfn.DescribeExecutionOutput
	until(m.t, "the execution ends", func() bool {
		var err error
		out, err = m.DescribeExecution(m.t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if err != nil {
			m.t.Fatal(err)
		}
		return out.Status != types.ExecutionStatusRunning
	})
	return out
}

// path is the states that the execution entered.
func (m machine) path(arn string) []string {
	m.t.Helper()
	out, err := m.GetExecutionHistory(m.t.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: &arn})
	if err != nil {
		m.t.Fatal(err)
	}
	var states []string
	for _, event := range out.Events {
		if entered := event.StateEnteredEventDetails; entered != nil {
			states = append(states, *entered.Name)
		}
	}
	return states
}

func (m machine) wantPath(arn string, want ...string) {
	m.t.Helper()
	if got := m.path(arn); !slices.Equal(got, want) {
		m.t.Errorf("path %v, want %v", got, want)
	}
}

func (m machine) succeed(token, output string) error {
	_, err := m.SendTaskSuccess(m.t.Context(), &sfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
	return err
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// patience ends what hangs, and nothing that is slow.
const patience = 3 * time.Minute

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s", what)
		case <-tick.C:
		}
	}
}

func receive(t *testing.T, tokens <-chan string) string {
	t.Helper()
	select {
	case token := <-tokens:
		return token
	case <-time.After(patience):
		t.Fatal("the function was not invoked")
		return ""
	}
}

const week = `{"expiresIn": 604800}`

func TestApprovalByTokenApplies(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	m := newMachine(t, partstest.StepFunctions(t, f.URL), change)
	arn := m.start("chg_1", week)
	if err := m.succeed(receive(t, f.tokens), `{"by":"usr_2"}`); err != nil {
		t.Fatal(err)
	}
	out := m.ended(arn)
	if out.Status != types.ExecutionStatusSucceeded || *out.Output != `{"applied":{"change":"chg_1"}}` {
		t.Errorf("%s with %s", out.Status, aws.ToString(out.Output))
	}
	m.wantPath(arn, "Decide", "Delayed", "Apply", "Done")
}

func TestRejectionByErrorName(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	m := newMachine(t, partstest.StepFunctions(t, f.URL), change)
	arn := m.start("chg_1", week)
	token := receive(t, f.tokens)
	if _, err := m.SendTaskFailure(t.Context(), &sfn.SendTaskFailureInput{TaskToken: &token, Error: aws.String("Rejected"), Cause: aws.String("not now")}); err != nil {
		t.Fatal(err)
	}
	out := m.ended(arn)
	if want := `{"expiresIn":604800,"error":{"Error":"Rejected","Cause":"not now"}}`; out.Status != types.ExecutionStatusSucceeded || *out.Output != want {
		t.Errorf("%s with %s", out.Status, aws.ToString(out.Output))
	}
	m.wantPath(arn, "Decide", "Reject")
	if f.attempts() != 0 {
		t.Error("a rejected change was applied")
	}
}

func TestTaskTimesOutAndItsTokenWithIt(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	m := newMachine(t, partstest.StepFunctions(t, f.URL), change)
	arn := m.start("chg_1", `{"expiresIn": 1}`)
	token := receive(t, f.tokens)
	if out := m.ended(arn); out.Status != types.ExecutionStatusSucceeded {
		t.Errorf("%s with %s", out.Status, aws.ToString(out.Cause))
	}
	m.wantPath(arn, "Decide", "Expire")
	wantCode(t, m.succeed(token, `{}`), "TaskTimedOut")
}

func TestHeartbeatsKeepATaskAlive(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	process, err := partstest.Installation(t).StartStepFunctions(t.Context(), f.URL, parts.Options{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	m := newMachine(t, process.Endpoint(), strings.Replace(change, "TimeoutSecondsPath", "HeartbeatSecondsPath", 1))
	starts := func(name string, beat time.Duration) (arn, token string) {
		arn = m.start(name, fmt.Sprintf(`{"expiresIn": %d}`, int(beat.Seconds())))
		return arn, receive(t, f.tokens)
	}
	misses := func(ahead time.Duration, arn string) {
		if err := process.SetClock(ahead); err != nil {
			t.Fatal(err)
		}
		if out := m.ended(arn); out.Status != types.ExecutionStatusFailed || *out.Error != "States.HeartbeatTimeout" {
			t.Errorf("%s is %s, %s", arn, out.Status, aws.ToString(out.Error))
		}
	}
	first, _ := starts("first", time.Hour)
	silent, _ := starts("silent", 10*time.Hour)
	alive, token := starts("alive", 10*time.Hour)
	misses(6*time.Hour, first)
	if _, err := m.SendTaskHeartbeat(t.Context(), &sfn.SendTaskHeartbeatInput{TaskToken: &token}); err != nil {
		t.Fatal(err)
	}
	misses(12*time.Hour, silent)
	if err := m.succeed(token, `{}`); err != nil {
		t.Fatal(err)
	}
	m.ended(alive)
	m.wantPath(alive, "Decide", "Delayed", "Apply", "Done")
}

func TestWaitsUntilTheTimestampOnTheSkewedClock(t *testing.T) {
	t.Parallel()
	const skew = 336 * time.Hour
	f := lambda(t)
	process, err := partstest.Installation(t).StartStepFunctions(t.Context(), f.URL, parts.Options{InMemory: true, ClockSkew: skew})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	m := newMachine(t, process.Endpoint(), change)
	arn := m.start("chg_1", week)
	effective := time.Now().Add(skew + 1500*time.Millisecond)
	if err := m.succeed(receive(t, f.tokens), fmt.Sprintf(`{"effectiveAt":%q}`, effective.UTC().Format(time.RFC3339Nano))); err != nil {
		t.Fatal(err)
	}
	out := m.ended(arn)
	m.wantPath(arn, "Decide", "Delayed", "Propagate", "Apply", "Done")
	if late := out.StopDate.Sub(effective); late < -10*time.Millisecond || late > patience {
		t.Errorf("applied %v after it was to take effect", late)
	}
}

// What waits for a time that the clock was moved past waits no longer, and what waits for a later one goes on waiting.
func TestWaitsUntilTheTimestampOnAClockThatMoves(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	process, err := partstest.Installation(t).StartStepFunctions(t.Context(), f.URL, parts.Options{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	m := newMachine(t, process.Endpoint(), change)
	waits := func(name string, until time.Duration) string {
		arn := m.start(name, `{"expiresIn": 31536000}`)
		effective := time.Now().Add(until).UTC().Format(time.RFC3339Nano)
		if err := m.succeed(receive(t, f.tokens), fmt.Sprintf(`{"effectiveAt":%q}`, effective)); err != nil {
			t.Fatal(err)
		}
		return arn
	}
	hour, months := waits("chg_1", time.Hour), waits("chg_2", 100*24*time.Hour)
	if err := process.SetClock(2 * time.Hour); err != nil {
		t.Fatal(err)
	}
	m.ended(hour)
	if path := m.path(months); slices.Contains(path, "Apply") {
		t.Errorf("what waits for months went %v", path)
	}
	if err := process.SetClock(101 * 24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	m.ended(months)
}

// A timer of more than 2^31-1 milliseconds fires at once in Node.
func TestWaitsForMonths(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	m := newMachine(t, partstest.StepFunctions(t, f.URL), change)
	expiring := m.start("expiring", `{"expiresIn": 31536000}`)
	tokens := []string{receive(t, f.tokens)} // before the other starts: which comes first is nobody's promise
	waiting := m.start("waiting", week)
	tokens = append(tokens, receive(t, f.tokens))
	in := time.Now().AddDate(0, 6, 0).UTC().Format(time.RFC3339)
	if err := m.succeed(tokens[1], fmt.Sprintf(`{"effectiveAt":%q}`, in)); err != nil {
		t.Fatal(err)
	}
	until(t, "the second waits", func() bool { return slices.Equal(m.path(waiting), []string{"Decide", "Delayed", "Propagate"}) })
	m.wantPath(expiring, "Decide")
	for _, arn := range []string{expiring, waiting} {
		if _, err := m.StopExecution(t.Context(), &sfn.StopExecutionInput{ExecutionArn: &arn, Error: aws.String("Enough"), Cause: aws.String("seen")}); err != nil {
			t.Fatal(err)
		}
		if out := m.ended(arn); out.Status != types.ExecutionStatusAborted || *out.Error != "Enough" || *out.Cause != "seen" {
			t.Errorf("%s, %s", out.Status, aws.ToString(out.Error))
		}
	}
	wantCode(t, m.succeed(tokens[0], `{}`), "TaskTimedOut")
}

func TestFailingTaskIsRetriedByItsErrorName(t *testing.T) {
	t.Parallel()
	const busy, conflict = `{"errorType":"Busy","errorMessage":"later"}`, `{"errorType":"Conflict","errorMessage":"moved"}`
	for name, test := range map[string]struct {
		apply    func(attempt int) (int, bool, string)
		attempts int
		status   types.ExecutionStatus
		failure  string
		path     []string
	}{
		"service exception, then success": {func(n int) (int, bool, string) {
			if n == 1 {
				return http.StatusInternalServerError, false, `{"message":"down"}`
			}
			return http.StatusOK, false, `{}`
		}, 2, types.ExecutionStatusSucceeded, "", []string{"Decide", "Delayed", "Apply", "Done"}},
		"throttled, then success": {func(n int) (int, bool, string) {
			if n == 1 {
				return http.StatusTooManyRequests, false, `{"message":"slow down"}`
			}
			return http.StatusOK, false, `{}`
		}, 2, types.ExecutionStatusSucceeded, "", []string{"Decide", "Delayed", "Apply", "Done"}},
		"the function's own error, until the attempts are used up": {func(int) (int, bool, string) {
			return http.StatusOK, true, busy
		}, 3, types.ExecutionStatusFailed, "Busy", []string{"Decide", "Delayed", "Apply"}},
		"an error that is caught": {func(int) (int, bool, string) {
			return http.StatusOK, true, conflict
		}, 1, types.ExecutionStatusFailed, "ChangeFailed", []string{"Decide", "Delayed", "Apply", "Fail"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := lambda(t)
			f.apply = test.apply
			m := newMachine(t, partstest.StepFunctions(t, f.URL), change)
			arn := m.start("chg_1", week)
			if err := m.succeed(receive(t, f.tokens), `{}`); err != nil {
				t.Fatal(err)
			}
			out := m.ended(arn)
			if out.Status != test.status || aws.ToString(out.Error) != test.failure || f.attempts() != test.attempts {
				t.Errorf("%s, %q, after %d attempts", out.Status, aws.ToString(out.Error), f.attempts())
			}
			if test.failure == "Busy" && *out.Cause != busy {
				t.Errorf("cause %s, want the function's answer", *out.Cause)
			}
			m.wantPath(arn, test.path...)
		})
	}
}

func TestStartingTwiceIsStartingOnce(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	m := newMachine(t, partstest.StepFunctions(t, f.URL), change)
	input := func(input string) *sfn.StartExecutionInput {
		return &sfn.StartExecutionInput{StateMachineArn: &m.arn, Name: aws.String("chg_1"), Input: &input}
	}
	first, err := m.StartExecution(t.Context(), input(week))
	if err != nil {
		t.Fatal(err)
	}
	second, err := m.StartExecution(t.Context(), input(week))
	if err != nil || *second.ExecutionArn != *first.ExecutionArn || !second.StartDate.Equal(*first.StartDate) {
		t.Errorf("the same while it runs: %v, %v", second, err)
	}
	_, err = m.StartExecution(t.Context(), input(`{"expiresIn": 5}`))
	wantCode(t, err, "ExecutionAlreadyExists")

	if err := m.succeed(receive(t, f.tokens), `{}`); err != nil {
		t.Fatal(err)
	}
	m.ended(*first.ExecutionArn)
	_, err = m.StartExecution(t.Context(), input(week))
	wantCode(t, err, "ExecutionAlreadyExists")
	if len(f.tokens) != 0 || f.attempts() != 1 {
		t.Error("something ran twice")
	}
	listed, err := m.ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: &m.arn, StatusFilter: types.ExecutionStatusSucceeded})
	if err != nil || len(listed.Executions) != 1 || *listed.Executions[0].Name != "chg_1" {
		t.Errorf("listed %v, %v", listed, err)
	}
}

func TestRefusedAsByAWS(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	m := newMachine(t, partstest.StepFunctions(t, f.URL), change)
	m.start("chg_1", week)
	token := receive(t, f.tokens)
	wantCode(t, m.succeed("nonsense", `{}`), "InvalidToken")
	wantCode(t, m.succeed(strings.Repeat("A", len(token)), `{}`), "TaskDoesNotExist")
	wantCode(t, m.succeed(token, `{`), "InvalidOutput")
	if err := m.succeed(token, `{}`); err != nil {
		t.Fatal(err)
	}
	wantCode(t, m.succeed(token, `{}`), "TaskTimedOut")

	_, err := m.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: &m.arn, Input: aws.String("{")})
	wantCode(t, err, "InvalidExecutionInput")
	_, err = m.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: &m.arn, Name: aws.String("a b")})
	wantCode(t, err, "InvalidName")
	_, err = m.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: aws.String(m.arn + "x")})
	wantCode(t, err, "StateMachineDoesNotExist")
	_, err = m.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: aws.String(m.arn)})
	wantCode(t, err, "ExecutionDoesNotExist")
	for why, definition := range map[string]string{
		"not JSON":                `{`,
		"no such next state":      `{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}`,
		"a type not run here":     `{"StartAt":"A","States":{"A":{"Type":"Map","ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}},"End":true}}}`,
		"a resource not run here": `{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sns:publish","Parameters":{},"End":true}}}`,
		"a context not had here":  strings.Replace(change, "$$.Execution.Name", "$$.State.EnteredTime", 1),
	} {
		_, err := m.UpdateStateMachine(t.Context(), &sfn.UpdateStateMachineInput{StateMachineArn: &m.arn, Definition: &definition})
		if wantCode(t, err, "InvalidDefinition"); t.Failed() {
			t.Fatal(why)
		}
	}
}

func TestUpdateLeavesRunningExecutionsTheirDefinition(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	m := newMachine(t, partstest.StepFunctions(t, f.URL), change)
	running := m.start("before", week)
	token := receive(t, f.tokens)
	const empty = `{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}`
	if _, err := m.UpdateStateMachine(t.Context(), &sfn.UpdateStateMachineInput{StateMachineArn: &m.arn, Definition: aws.String(empty)}); err != nil {
		t.Fatal(err)
	}
	described, err := m.DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: &m.arn})
	if err != nil || *described.Definition != empty {
		t.Errorf("described %v, %v", described, err)
	}
	after := m.start("after", week)
	m.ended(after)
	m.wantPath(after, "Done")
	if err := m.succeed(token, `{}`); err != nil {
		t.Fatal(err)
	}
	m.ended(running)
	m.wantPath(running, "Decide", "Delayed", "Apply", "Done")
}

func TestExecutionsSurviveKill9(t *testing.T) {
	t.Parallel()
	f := lambda(t)
	process, err := partstest.Installation(t).StartStepFunctions(t.Context(), f.URL, parts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	m := newMachine(t, process.Endpoint(), change)

	ended := m.start("ended", week)
	if err := m.succeed(receive(t, f.tokens), `{}`); err != nil {
		t.Fatal(err)
	}
	m.ended(ended)
	before := m.path(ended)
	waiting := m.start("waiting", week)
	waitingToken := receive(t, f.tokens)
	started := time.Now()
	expiring := m.start("expiring", `{"expiresIn": 3}`)
	receive(t, f.tokens)
	decided := m.start("decided", week)
	effective := time.Now().Add(time.Hour).UTC()
	if err := m.succeed(receive(t, f.tokens), fmt.Sprintf(`{"effectiveAt":%q}`, effective.Format(time.RFC3339Nano))); err != nil {
		t.Fatal(err)
	}

	kill(t, process)

	// What had ended stays ended.
	if out := m.ended(ended); out.Status != types.ExecutionStatusSucceeded {
		t.Errorf("ended before: now %s", out.Status)
	}
	m.wantPath(ended, before...)
	// What waits for its token waits on, and still takes it; nothing is invoked twice.
	if err := m.succeed(waitingToken, `{}`); err != nil {
		t.Errorf("the token from before: %v", err)
	}
	m.ended(waiting)
	m.wantPath(waiting, "Decide", "Delayed", "Apply", "Done")
	// A limit goes on running where it was.
	m.ended(expiring)
	m.wantPath(expiring, "Decide", "Expire")
	if took := time.Since(started); took < 2900*time.Millisecond {
		t.Errorf("expired after %v, not 3s", took)
	}
	// What was decided is known, and waits on.
	until(t, "what was decided waits", func() bool { return slices.Equal(m.path(decided), []string{"Decide", "Delayed", "Propagate"}) })
	if err := process.SetClock(2 * time.Hour); err != nil {
		t.Fatal(err)
	}
	m.ended(decided)
	m.wantPath(decided, "Decide", "Delayed", "Propagate", "Apply", "Done")
	if len(f.tokens) != 0 {
		t.Errorf("%d decisions were asked for twice", len(f.tokens))
	}
	if f.attempts() != 3 {
		t.Errorf("applied %d times, want 3", f.attempts())
	}
}

// kill ends the part's process with -9 and waits until another answers in its place.
func kill(t *testing.T, process *parts.Process) {
	t.Helper()
	pid, starts := process.PID(), process.Starts()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	until(t, "the part is started again", func() bool { return process.Starts() > starts })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := process.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
}
