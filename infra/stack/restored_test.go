package stack

import (
	"strings"
	"testing"

	"mandate/infra/deployment"
)

// A table that was restored takes the place of the stack's own: functions are told of it, may use it and its indexes alone,
// and its stream starts them. The stack's own is still there, as it was.
func TestARestoredTableTakesTheTablesPlace(t *testing.T) {
	t.Parallel()
	made := customised.made(t)
	const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/Mandate-restored"
	for _, f := range deployment.Functions() {
		if of := get(made.named(t, in(f, "Function"), "AWS::Lambda::Function"), "Environment", "Variables", "TABLE"); of != nil && of != "Mandate-restored" {
			t.Errorf("%s is told of the table %v", f.Name, of)
		}
		if f.Stream != nil {
			if from := made.named(t, in(f, "Stream"), "AWS::Lambda::EventSourceMapping")["EventSourceArn"]; from != testRestoredStream {
				t.Errorf("%s hears of the stream %v", f.Name, from)
			}
		}
	}
	for _, id := range made.of("AWS::IAM::Policy") {
		if text := asJSON(t, made.resources[id].Properties); strings.Contains(text, "<Table") {
			t.Errorf("%s still grants rights on the stack's own table: %s", id, text)
		} else if strings.Contains(text, "dynamodb:") && !strings.Contains(text, table) {
			t.Errorf("%s grants rights on another table: %s", id, text)
		}
	}
	if value := get(made.outputs["TableName"], "Value"); value != "Mandate-restored" {
		t.Errorf("the output TableName is %v", value)
	}
	if made.named(t, "Table", "AWS::DynamoDB::Table")["DeletionProtectionEnabled"] != true {
		t.Error("the stack's own table is not what it was")
	}
}
