// Package outbox carries what the outbox orders of Step Functions, and begins password resets.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"mandate/shared/directory"
	"mandate/shared/workflow"
)

// Executions is what the outbox needs of Step Functions.
type Executions interface {
	StartExecution(context.Context, *sfn.StartExecutionInput, ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
	SendTaskSuccess(context.Context, *sfn.SendTaskSuccessInput, ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error)
}

// Outbox carries items of the kinds workflow and reset.
type Outbox struct {
	Executions   Executions
	StateMachine string // its ARN
	Work         *directory.Work
}

// Carry does what an item orders. Doing it twice is doing it once: executions are named by their change, a token that
// was returned is refused, and a reset forgets its order in the transaction that makes its links.
func (o *Outbox) Carry(ctx context.Context, item directory.OutboxItem) ([]directory.Effect, error) {
	switch {
	case item.Reset != nil:
		return nil, o.Work.Reset(ctx, item)
	case item.Workflow == nil:
		return nil, fmt.Errorf("outbox item %s orders nothing", item.ID)
	case item.Workflow.Start():
		if err := o.start(ctx, item); err != nil {
			return nil, err
		}
	default:
		if err := o.returnToken(ctx, item); err != nil {
			return nil, err
		}
	}
	return []directory.Effect{directory.Carried{Ref: item.Ref()}}, nil
}

func (o *Outbox) start(ctx context.Context, item directory.OutboxItem) error {
	name := string(item.Workflow.Change)
	input, err := json.Marshal(workflow.Input{Organisation: item.Organisation, Change: item.Workflow.Change})
	if err != nil {
		return err
	}
	text := string(input)
	_, err = o.Executions.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &o.StateMachine, Name: &name, Input: &text})
	var started *types.ExecutionAlreadyExists
	if errors.As(err, &started) {
		return nil
	}
	return err
}

func (o *Outbox) returnToken(ctx context.Context, item directory.OutboxItem) error {
	order := item.Workflow
	output, err := json.Marshal(workflow.Outcome{
		Input: workflow.Input{Organisation: item.Organisation, Change: order.Change},
		State: order.State, EffectiveAt: order.EffectiveAt,
	})
	if err != nil {
		return err
	}
	text := string(output)
	_, err = o.Executions.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &order.TaskToken, Output: &text})
	// A token that is no longer waited with was returned before, or its execution waits with a newer one, which it left
	// on the change and which goes back by an order of its own.
	var timedOut *types.TaskTimedOut
	var gone *types.TaskDoesNotExist
	var invalid *types.InvalidToken
	if errors.As(err, &timedOut) || errors.As(err, &gone) || errors.As(err, &invalid) {
		return nil
	}
	return err
}
