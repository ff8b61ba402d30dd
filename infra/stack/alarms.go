package stack

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// runbook is where more stands about an alarm, by its kind.
const runbook = "infra/RUNBOOK.md#"

// alarms adds alarms that tell one topic when they go off, and when they are over.
type alarms struct {
	scope constructs.Construct
	topic awssns.Topic
}

// alarm goes off when the metric reaches the threshold in each of so many periods.
type alarm struct {
	metric    awscloudwatch.IMetric
	threshold float64
	periods   int
	// below turns it round: the metric stays under the threshold, and no data is as bad as too little.
	below bool
	// what is wrong, and what whoever is called should do first.
	what, first string
}

// newAlarms makes the alarms that need a person. Whatever mends itself has none.
func newAlarms(scope constructs.Construct, settings Settings, known resources, gateway awsapigatewayv2.CfnApi, functions []function) (awssns.Topic, error) {
	within := constructs.NewConstruct(scope, jsii.String("Alarms"))
	a := alarms{scope: within, topic: newAlarmTopic(within, settings)}
	for _, f := range functions {
		if err := a.function(f); err != nil {
			return nil, err
		}
	}
	a.gateway(gateway)
	a.executions(known)
	a.table(known)
	a.mail(known)
	return a.topic, nil
}

func (a alarms) function(f function) error {
	name, id := string(f.declared.Name), title(f.declared.Name)
	a.add(id, "Errors", alarm{
		metric: f.lambda.MetricErrors(summed(fiveMinutes())), threshold: 1, periods: 1,
		what:  "The function " + name + " crashed, ran out of time, or failed an event.",
		first: "read its log group for level ERROR at that time; the request id there is the gateway's or the event's.",
	})
	a.add(id, "Throttles", alarm{
		metric: f.lambda.MetricThrottles(summed(fiveMinutes())), threshold: 1, periods: 1,
		what:  "Lambda refused to run " + name + ": the account's concurrency is used up.",
		first: "see in the Lambda metric ConcurrentExecutions who uses it, then ask AWS for a higher quota or lower requestsPerSecond.",
	})
	if f.deadLetters != nil {
		first := "fix what its log says, then purge the queue: the sweep sends stranded outbox items round again, and its next run does what a failed one left."
		if f.declared.MailEvent != nil {
			first = "fix what its log says, then invoke it with each message's event (where there is one, its requestPayload): twice does no harm."
		}
		a.add(id, "DeadLetters", alarm{
			metric: f.deadLetters.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
				Statistic: jsii.String("Maximum"), Period: awscdk.Duration_Minutes(jsii.Number(1)),
			}), threshold: 1, periods: 1,
			what:  "The function " + name + " gave an event up after its retries.",
			first: first,
		})
	}
	if f.declared.Stream != nil {
		a.add(id, "IteratorAge", alarm{
			metric: f.lambda.Metric(jsii.String("IteratorAge"), &awscloudwatch.MetricOptions{
				Statistic: jsii.String("Maximum"), Period: awscdk.Duration_Minutes(jsii.Number(1)),
			}), threshold: float64((2 * time.Minute).Milliseconds()), periods: 3,
			what:  "The function " + name + " is minutes behind the table: approvals, mails or starts of changes wait.",
			first: "look for its errors and throttles; where there are none, writes outrun it and it needs more batches in parallel.",
		})
	}
	for _, log := range f.declared.Logs {
		filter := awslogs.NewMetricFilter(f.scope, jsii.String(log.Metric), &awslogs.MetricFilterProps{
			LogGroup:        f.logs,
			FilterPattern:   awslogs.FilterPattern_StringValue(jsii.String("$.msg"), jsii.String("="), jsii.String(log.Message)),
			MetricNamespace: jsii.String("Mandate/" + *awscdk.Aws_STACK_NAME()),
			MetricName:      jsii.String(log.Metric),
			MetricValue:     jsii.String("1"),
		})
		a.add("", log.Metric, alarm{metric: filter.Metric(summed(fiveMinutes())), threshold: 1, periods: 1, what: log.What, first: log.First})
	}
	if f.declared.Schedule != nil {
		every, err := interval(f.declared.Schedule.Rate)
		if err != nil {
			return fmt.Errorf("function %s: %w", name, err)
		}
		a.add(id, "Silence", alarm{
			metric: f.lambda.MetricInvocations(summed(awscdk.Duration_Seconds(jsii.Number(every.Seconds())))),
			below:  true, threshold: 1, periods: 5,
			what:  "The function " + name + " missed five runs. What it is for: " + f.declared.Purpose,
			first: "see whether its schedule is enabled, and what its dead letters say.",
		})
	}
	return nil
}

func (a alarms) gateway(gateway awsapigatewayv2.CfnApi) {
	metric := func(name, statistic string) awscloudwatch.Metric {
		return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
			Namespace: jsii.String("AWS/ApiGateway"), MetricName: jsii.String(name),
			DimensionsMap: &map[string]*string{"ApiId": gateway.Ref()},
			Statistic:     jsii.String(statistic), Period: fiveMinutes(),
		})
	}
	a.add("", "Gateway5xx", alarm{
		metric: metric("5xx", "Sum"), threshold: 5, periods: 1,
		what:  "The API answers with errors of its own.",
		first: "find the routes in the access log (status >= 500), then the same request ids in the functions' logs.",
	})
	a.add("", "GatewayLatency", alarm{
		metric: metric("Latency", "p99"), threshold: 3000, periods: 3,
		what:  "One request in a hundred takes over 3 s.",
		first: "compare responseMs and integrationMs in the access log by route; then the table's latency and throttles.",
	})
}

func (a alarms) executions(known resources) {
	for _, end := range []struct {
		kind   string
		metric awscloudwatch.Metric
		what   string
	}{
		{"Failed", known.stateMachine.MetricFailed(summed(fiveMinutes())), "A change's execution failed after its retries; the change is not applied."},
		{"TimedOut", known.stateMachine.MetricTimedOut(summed(fiveMinutes())), "A change's execution ran for a year."},
		{"Aborted", known.stateMachine.MetricAborted(summed(fiveMinutes())), "Somebody stopped a change's execution."},
	} {
		a.add("Executions", end.kind, alarm{
			metric: end.metric, threshold: 1, periods: 1, what: end.what,
			first: "open the execution (its name is the change's id), mend the cause, and redrive it: its tasks may run twice.",
		})
	}
}

// table watches the table and its indexes. Each metric comes in many, one for each index or call, and has no data while
// there is no trouble. A query sums up those that are there; an expression over named metrics has no result while one of
// them is missing.
func (a alarms) table(known resources) {
	total := func(metric string) awscloudwatch.IMetric {
		return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
			Expression: jsii.String(`SELECT SUM(` + metric + `) FROM "AWS/DynamoDB" WHERE TableName = '` + *known.table.TableName() + `'`),
			Period:     fiveMinutes(),
		})
	}
	for _, kind := range []string{"Read", "Write"} {
		a.add("Table"+kind, "Throttles", alarm{
			metric: total(kind + "ThrottleEvents"), threshold: 10, periods: 2,
			what:  "DynamoDB refuses to " + strings.ToLower(kind) + " at the pace asked for.",
			first: "see which tenant's partition is hot (CloudWatch Contributor Insights for the table), then slow that caller down.",
		})
	}
	a.add("", "TableSystemErrors", alarm{
		metric: total("SystemErrors"), threshold: 5, periods: 2,
		what:  "DynamoDB fails on its side.",
		first: "look at the AWS Health Dashboard; callers retry, and nothing needs repair afterwards.",
	})
}

func (a alarms) mail(known resources) {
	rate := func(name string) awscloudwatch.Metric {
		return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
			Namespace: jsii.String("AWS/SES"), MetricName: jsii.String(name),
			DimensionsMap: &map[string]*string{"ses:configuration-set": known.sender.configuration.ConfigurationSetName()},
			Statistic:     jsii.String("Average"), Period: awscdk.Duration_Hours(jsii.Number(1)),
		})
	}
	a.add("", "MailBounces", alarm{
		metric: rate("Reputation.BounceRate"), threshold: 0.04, periods: 1,
		what:  "4 % of mails bounce; from 5 % on AWS reviews the account and may stop its mail.",
		first: "look for one organisation that imports bad addresses, and have it stopped.",
	})
	a.add("", "MailComplaints", alarm{
		metric: rate("Reputation.ComplaintRate"), threshold: 0.0008, periods: 1,
		what:  "0.08 % of mails are reported as spam; from 0.1 % on AWS reviews the account and may stop its mail.",
		first: "look for one organisation that invites people who don't know it, and have it stopped.",
	})
}

// add makes the alarm of a kind about something, whose chapter in the runbook is called as its kind.
func (a alarms) add(about, kind string, alarm alarm) {
	operator, missing := awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD, awscloudwatch.TreatMissingData_NOT_BREACHING
	if alarm.below {
		operator, missing = awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD, awscloudwatch.TreatMissingData_BREACHING
	}
	added := awscloudwatch.NewAlarm(a.scope, jsii.String(about+kind), &awscloudwatch.AlarmProps{
		AlarmDescription:   jsii.String(alarm.what + " First: " + alarm.first + " More: " + runbook + strings.ToLower(kind)),
		Metric:             alarm.metric,
		Threshold:          jsii.Number(alarm.threshold),
		EvaluationPeriods:  jsii.Number(alarm.periods),
		ComparisonOperator: operator,
		TreatMissingData:   missing,
	})
	action := awscloudwatchactions.NewSnsAction(a.topic)
	added.AddAlarmAction(action)
	added.AddOkAction(action)
}

// newAlarmTopic makes the topic that alarms are published to, encrypted, by CloudWatch alone.
func newAlarmTopic(scope constructs.Construct, settings Settings) awssns.Topic {
	topic := awssns.NewTopic(scope, jsii.String("Topic"), &awssns.TopicProps{
		DisplayName: jsii.String("Mandate alarms"),
		MasterKey:   newAlarmKey(scope),
		EnforceSSL:  jsii.Bool(true),
	})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{service("cloudwatch.amazonaws.com", fromThisAccount())},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
	}))
	if settings.AlarmEmail != "" {
		topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(jsii.String(settings.AlarmEmail), nil))
	}
	return topic
}

func fiveMinutes() awscdk.Duration { return awscdk.Duration_Minutes(jsii.Number(5)) }

func summed(period awscdk.Duration) *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Statistic: jsii.String("Sum"), Period: period}
}

// interval is how often a schedule runs. Its alarm waits for five of them, which CloudWatch bounds at seven days.
func interval(rate string) (time.Duration, error) {
	var count int
	var unit string
	if _, err := fmt.Sscanf(rate, "rate(%d %s", &count, &unit); err != nil {
		return 0, fmt.Errorf("schedule %q is not a rate: %w", rate, err)
	}
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	every := time.Duration(count) * units[strings.TrimSuffix(strings.TrimSuffix(unit, ")"), "s")]
	if every <= 0 || every > 24*time.Hour {
		return 0, fmt.Errorf("schedule %q is not a rate between a minute and a day", rate)
	}
	return every, nil
}
