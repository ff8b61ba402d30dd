package runner_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"mandate/infra/local/parts"
	"mandate/infra/local/runner"
	"mandate/infra/local/walk"
	"mandate/shared/api"
)

// transitionsAtMost is the budget of a change's state transitions.
const transitionsAtMost = 6

// statesOf waits for the end of a change's execution, and answers the states that it entered.
func statesOf(w *walk.Walk, r *runner.Runner, change string) []string {
	w.Helper()
	client := sfn.NewFromConfig(cloud(r.StepFunctions))
	arn := executionARN(change)
	w.Until("the end of the execution of "+change, func() bool {
		execution, err := client.DescribeExecution(w.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		return err == nil && execution.Status == types.ExecutionStatusSucceeded
	})
	history, err := client.GetExecutionHistory(w.Context(), &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000})
	if err != nil {
		w.Fatal(err)
	}
	var states []string
	for _, event := range history.Events {
		if entered := event.StateEnteredEventDetails; entered != nil {
			states = append(states, *entered.Name)
		}
	}
	return states
}

// executionARN names the execution of a change: by the change (3.7).
func executionARN(change string) string {
	machine := parts.StateMachineARN(parts.DefaultRegion, "mandate-change")
	return strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":" + change
}

// 3.7: the deployed definition, run by the interpreter: which states a change's execution goes through.
func TestPathOfAnExecution(t *testing.T) {
	w, r := begin(t)
	second := w.Found(walk.Founding{Preset: "bc-connect", Admins: 2})
	ada, ben := second.Admins[0], second.Admins[1]
	none := "none"
	alone := w.Found(walk.Founding{Preset: "bc-connect", Settings: &api.SettingsPatch{ChangeControl: &none}, Admins: 1}).Admins[0]

	user, approved := ada.AsksForUser(newUser(w))
	equal(t, "approving", ben.Approves(approved).Status, http.StatusOK)
	_, rejected := ada.AsksForUser(newUser(w))
	equal(t, "rejecting", ben.Rejects(rejected, "Not known to us.").Status, http.StatusOK)
	_, delayed := alone.AsksForUser(newUser(w))
	ada.Sees(approved.ID, "effective")
	_, deactivated := ada.Asks(http.MethodPost, "/v1/users/"+user.ID+"/deactivate", nil)
	equal(t, "approving", ben.Approves(deactivated).Status, http.StatusOK)

	for _, one := range []struct {
		what   string
		change api.Change
		want   []string
	}{
		{"approved, and after a delay in effect", approved, []string{"AwaitDecision", "Decided", "Propagate", "Apply"}},
		{"rejected", rejected, []string{"AwaitDecision", "Decided", "Ended"}},
		{"approved, and in effect at once", deactivated, []string{"AwaitDecision", "Decided", "Ended"}},
		{"in need of nobody, and after a delay in effect", delayed, []string{"AwaitDecision", "Decided", "Propagate", "Apply"}},
	} {
		got := statesOf(w, r, one.change.ID)
		if !slices.Equal(got, one.want) {
			t.Errorf("%s: %v, want %v", one.what, got, one.want)
		}
		// Besides entering its states, starting and ending may count.
		if len(got)+2 > transitionsAtMost {
			t.Errorf("%s: %d transitions with start and end", one.what, len(got)+2)
		}
	}
}
