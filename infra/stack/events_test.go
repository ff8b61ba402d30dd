package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mandate/infra/deployment"
	"mandate/shared/directory"
	"mandate/shared/store"
)

func TestStreamsReachTheirFunctionsAsDeclared(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	streams := 0
	for _, f := range deployment.Functions() {
		if f.Stream == nil {
			continue
		}
		streams++
		var patterns []any
		for _, filter := range f.Stream.Filters {
			patterns = append(patterns, map[string]any{"Pattern": filter})
			due := `"NewImage":{"` + store.DuePartitionKey + `":{"S":[{"prefix":"` + store.DuePrefix + `"}]}`
			if log := `{"prefix":"` + directory.PrefixEntry + `"}`; !strings.Contains(filter, due) && !strings.Contains(filter, log) {
				t.Errorf("%s is brought what was put aside: %s", f.Name, filter)
			}
		}
		want := map[string]any{
			"FunctionName":               "<" + in(f, "Function") + ">",
			"EventSourceArn":             "<Table.StreamArn>",
			"StartingPosition":           "TRIM_HORIZON",
			"FilterCriteria":             map[string]any{"Filters": patterns},
			"BatchSize":                  float64(f.Stream.BatchSize),
			"MaximumRetryAttempts":       float64(f.Stream.RetryAttempts),
			"ParallelizationFactor":      float64(f.Stream.Parallel),
			"BisectBatchOnFunctionError": true,
			"FunctionResponseTypes":      []any{"ReportBatchItemFailures"},
			"DestinationConfig":          map[string]any{"OnFailure": map[string]any{"Destination": "<" + in(f, "DeadLetters") + ".Arn>"}},
		}
		if diff := cmp.Diff(want, template.named(t, in(f, "Stream"), "AWS::Lambda::EventSourceMapping")); diff != "" {
			t.Errorf("%s (-declared +template):\n%s", f.Name, diff)
		}
	}
	if got := template.of("AWS::Lambda::EventSourceMapping"); len(got) != streams {
		t.Errorf("mappings %v, %d are declared", got, streams)
	}
}

func TestSchedulesInvokeTheirFunctionAndNothingElse(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	schedules := 0
	for _, f := range deployment.Functions() {
		if f.Schedule == nil {
			continue
		}
		schedules++
		arn, deadLetters := "<"+in(f, "Function")+".Arn>", "<"+in(f, "DeadLetters")+".Arn>"
		want := map[string]any{
			"Description":        f.Purpose,
			"GroupName":          "<Schedules>",
			"ScheduleExpression": f.Schedule.Rate,
			"FlexibleTimeWindow": map[string]any{"Mode": "OFF"},
			"Target": map[string]any{
				"Arn": arn, "Input": f.Schedule.Input, "RoleArn": "<" + in(f, "ScheduleRole") + ".Arn>",
				"RetryPolicy":      map[string]any{"MaximumEventAgeInSeconds": 300.0, "MaximumRetryAttempts": 2.0},
				"DeadLetterConfig": map[string]any{"Arn": deadLetters},
			},
		}
		if diff := cmp.Diff(want, template.named(t, in(f, "Schedule"), "AWS::Scheduler::Schedule")); diff != "" {
			t.Errorf("%s (-declared +template):\n%s", f.Name, diff)
		}
		may := ordered([]statement{
			{Effect: "Allow", Actions: []string{"lambda:InvokeFunction"}, Resources: []string{arn}},
			{Effect: "Allow", Actions: []string{"sqs:SendMessage"}, Resources: []string{deadLetters}},
		})
		if diff := cmp.Diff(may, policy(t, template.named(t, in(f, "ScheduleRole"), "AWS::IAM::Role"))); diff != "" {
			t.Errorf("%s's schedule may (-want +template):\n%s", f.Name, diff)
		}
		// The scheduler hands over and forgets; from there on failures are Lambda's to keep.
		invocation := template.named(t, in(f, "Invocation"), "AWS::Lambda::EventInvokeConfig")
		if got := get(invocation, "DestinationConfig", "OnFailure", "Destination"); got != deadLetters {
			t.Errorf("%s's failures go to %v", f.Name, got)
		}
	}
	if got := template.of("AWS::Scheduler::Schedule"); len(got) != schedules {
		t.Errorf("schedules %v, %d are declared", got, schedules)
	}
}

func TestMailEventsReachTheirFunction(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	rules := 0
	for _, f := range deployment.Functions() {
		if f.MailEvent == nil {
			continue
		}
		rules++
		arn, deadLetters, rule := "<"+in(f, "Function")+".Arn>", "<"+in(f, "DeadLetters")+".Arn>", "<"+in(f, "Rule")+".Arn>"
		var types []any
		for _, one := range f.MailEvent.Types {
			types = append(types, one)
		}
		want := map[string]any{
			"Description": f.Purpose,
			"EventPattern": map[string]any{
				"source": []any{"aws.ses"}, "detail-type": types,
				"detail": map[string]any{"mail": map[string]any{"tags": map[string]any{"ses:configuration-set": []any{"<ConfigurationSet>"}}}},
			},
			"Targets": []any{map[string]any{
				"Arn": arn, "Id": string(f.Name),
				"RetryPolicy":      map[string]any{"MaximumEventAgeInSeconds": 86400.0, "MaximumRetryAttempts": 185.0},
				"DeadLetterConfig": map[string]any{"Arn": deadLetters},
			}},
		}
		if diff := cmp.Diff(want, template.named(t, in(f, "Rule"), "AWS::Events::Rule")); diff != "" {
			t.Errorf("%s (-declared +template):\n%s", f.Name, diff)
		}
		invoke := map[string]any{
			"Action": "lambda:InvokeFunction", "FunctionName": arn, "Principal": "events.amazonaws.com", "SourceArn": rule,
		}
		if diff := cmp.Diff(invoke, template.named(t, in(f, "RulePermission"), "AWS::Lambda::Permission")); diff != "" {
			t.Errorf("%s is invoked by (-want +template):\n%s", f.Name, diff)
		}
		statements, _ := get(template.named(t, in(f, "DeadLettersPolicy"), "AWS::SQS::QueuePolicy"), "PolicyDocument", "Statement").([]any)
		want = map[string]any{
			"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": deadLetters,
			"Principal": map[string]any{"Service": "events.amazonaws.com"},
			"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": rule}},
		}
		if len(statements) != 2 || !cmp.Equal(want, statements[1]) {
			t.Errorf("%s's dead letters come from %v", f.Name, statements)
		}
		if got := get(template.named(t, in(f, "Invocation"), "AWS::Lambda::EventInvokeConfig"), "DestinationConfig", "OnFailure", "Destination"); got != deadLetters {
			t.Errorf("%s's failures go to %v", f.Name, got)
		}
	}
	if got := template.of("AWS::Events::Rule"); len(got) != rules {
		t.Errorf("rules %v, %d are declared", got, rules)
	}
}

func TestDeadLettersAreEncryptedAndKeptForTwoWeeks(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	for _, name := range template.of("AWS::SQS::Queue") {
		queue := template.resources[name].Properties
		if queue["SqsManagedSseEnabled"] != true || queue["MessageRetentionPeriod"] != 14*24*3600.0 {
			t.Errorf("%s: %v", name, queue)
		}
		deny := get(template.named(t, name+"Policy", "AWS::SQS::QueuePolicy"), "PolicyDocument", "Statement", 0)
		if get(deny, "Effect") != "Deny" || get(deny, "Condition", "Bool", "aws:SecureTransport") != "false" {
			t.Errorf("%s is open to plain HTTP: %v", name, deny)
		}
	}
}
