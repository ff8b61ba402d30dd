package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"mandate/infra/deployment"
	"mandate/shared/api"
	"mandate/shared/directory"
)

// transitionsBudget is of one change, from asking to its effect.
const transitionsBudget = 6

// longest is how long a change may take that takes effect after a second.
const longest = time.Minute

// measureWorkflow lets a change go its whole way, through the real state machine, and counts what Step Functions would
// bill: each state that is entered, and each time that a task is tried again.
func measureWorkflow(ctx context.Context, b *bench) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	p := b.running()
	admin, err := p.member(ctx, "bc-connect", ada)
	if err != nil {
		return err
	}
	other, err := p.member(ctx, "bc-connect", ben)
	if err != nil {
		return err
	}
	var asked struct{ Change api.Change }
	if err := b.send(ctx, request{http.MethodPost, "/v1/users", admin.token, newUser(admin, 0)}, &asked); err != nil {
		return err
	}
	code, err := codeOf(ctx, other, 1)
	if err != nil {
		return err
	}
	proof := object{"digest": asked.Change.Digest, "method": "totp", "code": code}
	approved := time.Now()
	if err := b.send(ctx, request{http.MethodPost, "/v1/changes/" + asked.Change.ID + "/approve", other.token, proof}, nil); err != nil {
		return err
	}
	if err := b.untilEffective(ctx, admin, asked.Change.ID); err != nil {
		return err
	}
	took := time.Since(approved)
	transitions, err := b.transitions(ctx, asked.Change.ID)
	if err != nil {
		return err
	}
	b.figures.within("workflow.transitions.approvedChange", float64(transitions), "state transitions", transitionsBudget)
	b.figures.add("workflow.latency.approvedChange", (took - b.propagation).Seconds(), "seconds after the delay of propagation")
	return nil
}

// send sends a request to the service as it runs, through its gateway.
func (b *bench) send(ctx context.Context, r request, into any) error {
	sent, err := r.http(ctx, b.runner.API)
	if err != nil {
		return err
	}
	response, err := b.client.Do(sent)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s answered %d: %s", r.method, r.path, response.StatusCode, body)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(body, into)
}

// untilEffective looks at the change until it is in effect.
func (b *bench) untilEffective(ctx context.Context, who member, id string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var change api.Change
		if err := b.send(ctx, request{http.MethodGet, "/v1/changes/" + id, who.token, nil}, &change); err != nil {
			return err
		}
		switch directory.ChangeState(change.State) {
		case directory.StateEffective:
			return nil
		case directory.StatePropagating:
		default:
			return fmt.Errorf("the change is %s", change.State)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("the change does not take effect")
		}
	}
}

// transitions counts those of a change's execution, once it has ended.
func (b *bench) transitions(ctx context.Context, change string) (int, error) {
	client := sfn.NewFromConfig(local(), func(o *sfn.Options) { o.BaseEndpoint = &b.runner.StepFunctions })
	machine := b.lambda(deployment.Outbox, b.runner.Table, nil).Env[string(deployment.StateMachine)]
	arn := strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":" + change
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		execution, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if err != nil {
			return 0, err
		}
		if execution.Status != types.ExecutionStatusRunning {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	history, err := client.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000})
	if err != nil {
		return 0, err
	}
	transitions := 0
	for _, event := range history.Events {
		switch {
		case strings.HasSuffix(string(event.Type), "StateEntered"):
			transitions++
		case event.Type == types.HistoryEventTypeTaskFailed, event.Type == types.HistoryEventTypeTaskTimedOut: // and tried again
			transitions++
		}
	}
	return transitions, nil
}
