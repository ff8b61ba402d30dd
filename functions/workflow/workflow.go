// Package workflow answers the tasks of a change's execution. What they mean is package directory's.
package workflow

import (
	"context"
	"fmt"

	"mandate/shared/directory"
	"mandate/shared/workflow"
)

// Handler is what the state machine invokes.
type Handler func(context.Context, workflow.Task) (workflow.Outcome, error)

// New makes a handler.
func New(work *directory.Work) Handler {
	return func(ctx context.Context, task workflow.Task) (workflow.Outcome, error) {
		ref := directory.ChangeRef{Organisation: task.Organisation, ID: task.Change}
		input := workflow.Input{Organisation: task.Organisation, Change: task.Change}
		switch task.Task {
		case workflow.TaskAwaitDecision:
			return workflow.Outcome{Input: input}, work.AwaitDecision(ctx, ref, task.Token)
		case workflow.TaskApply:
			change, err := work.Apply(ctx, ref)
			return workflow.Outcome{Input: input, State: change.State, EffectiveAt: change.EffectiveAt}, err
		default:
			return workflow.Outcome{}, fmt.Errorf("unknown task %q", task.Task)
		}
	}
}
