package functionstest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mandate/functions/faulttest"
	workflowfunction "mandate/functions/workflow"
	"mandate/shared/directory"
	"mandate/shared/store"
	"mandate/shared/workflow"
)

// Settle carries the outbox, and lets the executions go on, until nothing moves.
func (w *World) Settle() {
	w.t.Helper()
	if w.site != nil {
		if err := w.site.settle(); err != nil {
			w.t.Fatal(err)
		}
		return
	}
	w.settle(func(refs []directory.OutboxRef) []directory.OutboxRef { return refs })
}

// SettleTwice does the same with every record of the stream twice.
func (w *World) SettleTwice() {
	w.t.Helper()
	w.settle(func(refs []directory.OutboxRef) []directory.OutboxRef { return slices.Concat(refs, refs) })
}

// SettleShuffled does the same with records twice and in disorder.
func (w *World) SettleShuffled(seed uint64) {
	w.t.Helper()
	random := rand.New(rand.NewPCG(seed, seed))
	w.settle(func(refs []directory.OutboxRef) []directory.OutboxRef {
		refs = slices.Concat(refs, refs)
		random.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
		return refs
	})
}

// settleTwoAtOnce does the same with every record carried a second time while it is carried.
func (w *World) settleTwoAtOnce() {
	w.t.Helper()
	w.settle(func(refs []directory.OutboxRef) []directory.OutboxRef {
		for _, ref := range refs {
			w.Client.Meanwhile(func() { w.carry(ref) })
			w.carry(ref)
			w.Client.Meanwhile(nil)
		}
		return refs
	})
}

// SettleStubbornly does the same where calls may fail: what was not carried is brought again, as a stream does.
func (w *World) SettleStubbornly() {
	w.t.Helper()
	for range 1000 {
		waiting := w.Outbox()
		for _, ref := range waiting {
			if w.tryCarry(ref) == nil {
				w.carried = append(w.carried, ref)
			}
		}
		if !w.machine.run(w.t.Context()) && len(waiting) == 0 && !w.machine.due() {
			return
		}
	}
	w.t.Fatal("the outbox never empties")
}

// CarryAgain brings every record that there ever was once more, as a stream may do a day later.
func (w *World) CarryAgain() {
	w.t.Helper()
	for _, ref := range slices.Clone(w.carried) {
		w.carry(ref)
	}
}

func (w *World) settle(order func([]directory.OutboxRef) []directory.OutboxRef) {
	w.t.Helper()
	for range 1000 {
		waiting := w.Outbox()
		moved := len(waiting) > 0
		for _, ref := range order(waiting) {
			w.carry(ref)
			w.carried = append(w.carried, ref)
		}
		moved = w.machine.run(w.t.Context()) || moved
		if !moved {
			return
		}
	}
	w.t.Fatal("the outbox never empties")
}

// Outbox lists what waits in it, oldest first.
func (w *World) Outbox() []directory.OutboxRef {
	w.t.Helper()
	var refs []directory.OutboxRef
	for _, key := range w.Client.stream.outbox() {
		pk, sk, _ := strings.Cut(key, " ")
		ref, ok := store.OutboxRefOf(pk, sk)
		if !ok {
			w.t.Fatalf("%s is no outbox item", key)
		}
		refs = append(refs, ref)
	}
	return refs
}

// carry hands one stream record to the function that the record is for.
func (w *World) carry(ref directory.OutboxRef) {
	w.t.Helper()
	if err := w.tryCarry(ref); err != nil {
		w.t.Fatal(err)
	}
}

func (w *World) tryCarry(ref directory.OutboxRef) error {
	process := faulttest.Process(context.Background())
	answer, err := w.carriers[ref.Kind](process, events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{{
		EventID: ref.ID, EventName: "INSERT",
		Change: events.DynamoDBStreamRecord{
			SequenceNumber: ref.ID,
			Keys: map[string]events.DynamoDBAttributeValue{
				store.PartitionKey: events.NewStringAttribute("o#" + string(ref.Organisation) + "#outbox"),
				store.SortKey:      events.NewStringAttribute(string(ref.Kind) + "#" + ref.ID),
			},
		},
	}}})
	if err == nil && (len(answer.BatchItemFailures) > 0 || faulttest.Dead(process)) {
		err = fmt.Errorf("outbox item %s %s was not carried", ref.Kind, ref.ID)
	}
	return err
}

// machine plays the state machine's part, one execution a change, in the order of change.asl.json: await the decision,
// wait until the effective time, apply. A task that fails is tried again when the machine runs again.
type machine struct {
	now  func() time.Time
	task workflowfunction.Handler
	tape *Tape // of what Step Functions would keep of executions

	mu         sync.Mutex
	executions map[string]*execution
	tokens     int
}

type execution struct {
	input   workflow.Input
	stage   stage
	token   string
	outcome workflow.Outcome
	applied int // how often the apply task answered
}

type stage int

const (
	toAwait stage = iota
	awaiting
	waiting
	ended
)

func newMachine(now func() time.Time, task workflowfunction.Handler, tape *Tape) *machine {
	return &machine{now: now, task: task, tape: tape, executions: map[string]*execution{}}
}

// ServeHTTP answers as Step Functions does.
func (m *machine) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	var call struct{ Name, Input, TaskToken, Output string }
	exception := "ValidationException"
	if json.NewDecoder(r.Body).Decode(&call) == nil {
		m.tape.keep("history", call)
		switch target(r) {
		case "StartExecution":
			exception = m.start(call.Name, call.Input)
		case "SendTaskSuccess":
			exception = m.succeed(call.TaskToken, call.Output)
		}
	}
	if exception != "" {
		refuse(to, exception)
		return
	}
	answerJSON(to, http.StatusOK, map[string]any{"executionArn": "arn:execution:" + call.Name, "startDate": m.now().Unix()})
}

// start begins an execution under a name that no other has. It answers the exception's name.
func (m *machine) start(name, input string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.executions[name]; there {
		return "ExecutionAlreadyExists"
	}
	one := &execution{}
	if err := json.Unmarshal([]byte(input), &one.input); err != nil {
		return "InvalidExecutionInput"
	}
	m.executions[name] = one
	return ""
}

// succeed lets the execution go on that waits with the token. It answers the exception's name.
func (m *machine) succeed(token, output string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range m.executions {
		if one.stage != awaiting || one.token != token {
			continue
		}
		if err := json.Unmarshal([]byte(output), &one.outcome); err != nil {
			return "InvalidOutput"
		}
		one.stage = ended
		if one.outcome.State == directory.StatePropagating {
			one.stage = waiting
		}
		return ""
	}
	return "TaskTimedOut"
}

// run lets every execution do what it can do now, and tells whether one did.
func (m *machine) run(ctx context.Context) bool {
	m.mu.Lock()
	all := make([]*execution, 0, len(m.executions))
	for _, one := range m.executions {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b *execution) int { // each run of a test takes the same course
		return cmp.Or(a.outcome.EffectiveAt.Compare(b.outcome.EffectiveAt), cmp.Compare(a.input.Change, b.input.Change))
	})
	m.mu.Unlock()
	moved := false
	for _, one := range all {
		moved = m.step(ctx, one) || moved
	}
	return moved
}

func (m *machine) step(ctx context.Context, one *execution) bool {
	m.mu.Lock()
	at, task := one.stage, workflow.Task{Organisation: one.input.Organisation, Change: one.input.Change}
	switch {
	case at == toAwait:
		m.tokens++
		one.token, one.stage = fmt.Sprintf("token-%d", m.tokens), awaiting
		task.Task, task.Token = workflow.TaskAwaitDecision, one.token
	case at == waiting && !m.now().Before(one.outcome.EffectiveAt):
		task.Task = workflow.TaskApply
	default:
		m.mu.Unlock()
		return false
	}
	m.mu.Unlock()

	process := faulttest.Process(ctx)
	outcome, err := m.task(process, task)
	m.tape.keep("history", task, outcome, fmt.Sprint(err))
	if faulttest.Dead(process) {
		err = faulttest.ErrDead
	}

	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err != nil && at == toAwait: // the task is tried again, with a new token
		one.stage = toAwait
	case err == nil && at == waiting:
		one.stage = ended
		one.applied++
	}
	return err == nil
}

// again starts a second execution of a change, under another name.
func (m *machine) again(change string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.executions["again-"+change] = &execution{input: m.executions[change].input}
}

// loses has every execution be as if it had never been.
func (m *machine) loses() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.executions)
}

// due tells whether an execution has something to do now.
func (m *machine) due() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range m.executions {
		if one.stage == toAwait || one.stage == waiting && !m.now().Before(one.outcome.EffectiveAt) {
			return true
		}
	}
	return false
}

// open counts the executions that have not ended.
func (m *machine) open() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	open := 0
	for _, one := range m.executions {
		if one.stage != ended {
			open++
		}
	}
	return open
}

// OpenExecutions counts the changes' executions that have not ended.
func (w *World) OpenExecutions() int { return w.machine.open() }
