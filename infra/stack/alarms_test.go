package stack

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mandate/infra/deployment"
)

// watched is what an alarm looks at: "Errors of FunctionName <FunctionsUsersFunction>".
func watched(properties map[string]any) string {
	if query := get(properties, "Metrics", 0, "Expression"); query != nil {
		return query.(string)
	}
	if properties["Dimensions"] == nil {
		return fmt.Sprintf("%s in %s", properties["MetricName"], properties["Namespace"])
	}
	return fmt.Sprintf("%s of %s %s", properties["MetricName"], get(properties, "Dimensions", 0, "Name"), get(properties, "Dimensions", 0, "Value"))
}

func TestAnOperatorIsToldOfWhatNeedsAPerson(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	want := []string{
		"5xx of ApiId <GatewayApi>",
		"Latency of ApiId <GatewayApi>",
		"ExecutionsFailed of StateMachineArn <ChangesStateMachine>",
		"ExecutionsTimedOut of StateMachineArn <ChangesStateMachine>",
		"ExecutionsAborted of StateMachineArn <ChangesStateMachine>",
		`SELECT SUM(ReadThrottleEvents) FROM "AWS/DynamoDB" WHERE TableName = '<Table>'`,
		`SELECT SUM(WriteThrottleEvents) FROM "AWS/DynamoDB" WHERE TableName = '<Table>'`,
		`SELECT SUM(SystemErrors) FROM "AWS/DynamoDB" WHERE TableName = '<Table>'`,
		"Reputation.BounceRate of ses:configuration-set <ConfigurationSet>",
		"Reputation.ComplaintRate of ses:configuration-set <ConfigurationSet>",
	}
	for _, f := range deployment.Functions() {
		function := " of FunctionName <" + in(f, "Function") + ">"
		want = append(want, "Errors"+function, "Throttles"+function)
		if f.Stream != nil {
			want = append(want, "IteratorAge"+function)
		}
		if f.Schedule != nil {
			want = append(want, "Invocations"+function)
		}
		for _, log := range f.Logs {
			want = append(want, log.Metric+" in Mandate/<AWS::StackName>")
			filter := map[string]any{
				"LogGroupName": "<" + in(f, "Logs") + ">", "FilterPattern": `{ $.msg = "` + log.Message + `" }`,
				"MetricTransformations": []any{map[string]any{
					"MetricName": log.Metric, "MetricNamespace": "Mandate/<AWS::StackName>", "MetricValue": "1",
				}},
			}
			if diff := cmp.Diff(filter, template.named(t, in(f, log.Metric), "AWS::Logs::MetricFilter")); diff != "" {
				t.Errorf("what counts %s (-want +template):\n%s", log.Metric, diff)
			}
		}
		if f.Event() {
			want = append(want, "ApproximateNumberOfMessagesVisible of QueueName <"+in(f, "DeadLetters")+".QueueName>")
		}
	}
	var got []string
	for _, id := range template.of("AWS::CloudWatch::Alarm") {
		alarm := template.resources[id].Properties
		got = append(got, watched(alarm))
		if what, first, _ := strings.Cut(fmt.Sprint(alarm["AlarmDescription"]), " First: "); what == "" || first == "" {
			t.Errorf("%s doesn't say what to do first: %v", id, alarm["AlarmDescription"])
		}
		for _, action := range []string{"AlarmActions", "OKActions"} {
			if !slices.Equal(list(alarm[action]), []string{"<AlarmsTopic>"}) {
				t.Errorf("%s: %s are %v", id, action, alarm[action])
			}
		}
		// Silence is good news, unless the alarm is about silence.
		silence := "notBreaching"
		if alarm["MetricName"] == "Invocations" {
			silence = "breaching"
		}
		if alarm["TreatMissingData"] != silence {
			t.Errorf("%s takes no data for %v", id, alarm["TreatMissingData"])
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms (-want +template):\n%s", diff)
	}
}

// The runbook has a chapter for each kind of alarm, and none for one that is no more.
func TestTheRunbookKnowsEachAlarm(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	_, alarms, _ := strings.Cut(string(text), "\n## Alarms\n")
	alarms, _, _ = strings.Cut(alarms, "\n## ")
	chapters := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(alarms, -1) {
		chapters[strings.ToLower(heading[1])] = false
	}
	template := synthesise(t)
	for _, id := range template.of("AWS::CloudWatch::Alarm") {
		_, chapter, _ := strings.Cut(fmt.Sprint(template.resources[id].Properties["AlarmDescription"]), "More: "+runbook)
		if _, there := chapters[chapter]; !there {
			t.Errorf("%s: the runbook has no chapter %q", id, chapter)
		}
		chapters[chapter] = true
	}
	for chapter, used := range chapters {
		if !used {
			t.Errorf("the runbook's chapter %q is of no alarm", chapter)
		}
	}
}

func TestAlarmsReachPeopleEncrypted(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	if key := template.named(t, "AlarmsTopic", "AWS::SNS::Topic")["KmsMasterKeyId"]; key != "<AlarmsAlarmKey.Arn>" {
		t.Errorf("the topic is encrypted with %v", key)
	}
	publish := `{"Action":"sns:Publish","Condition":{"StringEquals":{"aws:SourceAccount":"<AWS::AccountId>"}},"Effect":"Allow",` +
		`"Principal":{"Service":"cloudwatch.amazonaws.com"},"Resource":"<AlarmsTopic>","Sid":"1"}`
	statements, _ := get(template.named(t, "AlarmsTopicPolicy", "AWS::SNS::TopicPolicy"), "PolicyDocument", "Statement").([]any)
	var got []string
	for _, s := range statements {
		if get(s, "Effect") == "Allow" {
			got = append(got, asJSON(t, s))
		}
	}
	if diff := cmp.Diff([]string{publish}, got); diff != "" {
		t.Errorf("the topic is published to by (-want +template):\n%s", diff)
	}
	// CloudWatch publishes to an encrypted topic only if it may use the key.
	statements, _ = get(template.named(t, "AlarmsAlarmKey", "AWS::KMS::Key"), "KeyPolicy", "Statement").([]any)
	if !slices.ContainsFunc(statements, func(s any) bool {
		return get(s, "Principal", "Service") == "cloudwatch.amazonaws.com" &&
			slices.Equal(list(get(s, "Action")), []string{"kms:GenerateDataKey", "kms:Decrypt"})
	}) {
		t.Error("CloudWatch may not use the topic's key")
	}
	subscriptions := template.of("AWS::SNS::Subscription")
	if len(subscriptions) != 1 {
		t.Fatalf("subscriptions: %v", subscriptions)
	}
	if s := template.resources[subscriptions[0]].Properties; s["Protocol"] != "email" || s["Endpoint"] != testSettings.AlarmEmail {
		t.Errorf("subscription: %v", s)
	}
}

func TestTheIntervalOfASchedule(t *testing.T) {
	t.Parallel()
	for rate, want := range map[string]time.Duration{
		"rate(1 minute)": time.Minute, "rate(15 minutes)": 15 * time.Minute, "rate(2 hours)": 2 * time.Hour, "rate(1 day)": 24 * time.Hour,
		"rate(2 days)": 0, "rate(0 minutes)": 0, "rate(5 weeks)": 0, "cron(0 6 * * ? *)": 0, "": 0,
	} {
		got, err := interval(rate)
		if got != want && err == nil || (err == nil) != (want > 0) {
			t.Errorf("%q: %v, %v instead of %v", rate, got, err, want)
		}
	}
}
