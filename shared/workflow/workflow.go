package workflow

import (
	_ "embed"
	"strings"
	"time"

	"mandate/shared/directory"
)

//go:embed change.asl.json
var definition string

// Definition is the state machine in the Amazon States Language, with the workflow function's ARN (or, locally, its
// name) filled in.
func Definition(workflowFunction string) string {
	return strings.ReplaceAll(definition, "${WorkflowFunction}", workflowFunction)
}

// Input is what an execution starts with.
type Input struct {
	Organisation directory.OrganisationID `json:"organisation"`
	Change       directory.ChangeID       `json:"change"`
}

// Task is what the state machine hands to the workflow function.
type Task struct {
	Task         string                   `json:"task"` // TaskAwaitDecision or TaskApply
	Organisation directory.OrganisationID `json:"organisation"`
	Change       directory.ChangeID       `json:"change"`
	Token        string                   `json:"token,omitempty"`
}

const (
	TaskAwaitDecision = "awaitDecision"
	TaskApply         = "apply"
)

// Outcome is what the decision returns to the waiting execution, and what the apply task answers. It repeats the
// execution's input, which the next states read.
type Outcome struct {
	Input
	State directory.ChangeState `json:"state"`
	// EffectiveAt is when the change takes effect, where it propagates.
	EffectiveAt time.Time `json:"effectiveAt,omitzero"`
}
