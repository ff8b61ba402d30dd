package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"mandate/infra/deployment"
)

// newStreamMapping lets the table's stream start a function. A record that fails holds its partition key's later ones
// back while it is tried again; the batch is split until it is alone, and after its retries it is a dead letter.
func newStreamMapping(f function, table awsdynamodb.ITable) {
	stream := f.declared.Stream
	awslambda.NewCfnEventSourceMapping(f.scope, jsii.String("Stream"), &awslambda.CfnEventSourceMappingProps{
		FunctionName:   f.lambda.FunctionName(),
		EventSourceArn: table.TableStreamArn(),
		// From the beginning: what was written while the stack came up is not lost.
		StartingPosition: jsii.String("TRIM_HORIZON"),
		FilterCriteria: &awslambda.CfnEventSourceMapping_FilterCriteriaProperty{
			Filters: filters(stream.Filters),
		},
		BatchSize:                  jsii.Number(stream.BatchSize),
		MaximumRetryAttempts:       jsii.Number(stream.RetryAttempts),
		ParallelizationFactor:      jsii.Number(stream.Parallel),
		BisectBatchOnFunctionError: true,
		FunctionResponseTypes:      jsii.Strings("ReportBatchItemFailures"),
		DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: f.deadLetters.QueueArn()},
		},
	})
}

func filters(patterns []string) *[]any {
	var list []any
	for _, pattern := range patterns {
		list = append(list, &awslambda.CfnEventSourceMapping_FilterProperty{Pattern: jsii.String(pattern)})
	}
	return &list
}

// newScheduleGroup makes the group of the stack's schedules, whose name tells EventBridge Scheduler's roles that the
// request comes from here.
func newScheduleGroup(scope constructs.Construct) awsscheduler.CfnScheduleGroup {
	return awsscheduler.NewCfnScheduleGroup(scope, jsii.String("Schedules"), &awsscheduler.CfnScheduleGroupProps{
		Name: awscdk.Aws_STACK_NAME(),
	})
}

// How long the scheduler tries to hand an event over, and then Lambda to have it done. The next tick does the work of a
// missed one, so neither goes on for long.
const (
	scheduleMaxAgeSeconds = 300
	scheduleRetries       = 2
)

// newSchedule invokes a function at its declared rate, through a role that may do just that. An event that can't be
// handed over, and one whose function fails, are dead letters.
func newSchedule(f function, group awsscheduler.CfnScheduleGroup) {
	role := newRole(f.scope, "ScheduleRole",
		service("scheduler.amazonaws.com", &map[string]any{"StringEquals": map[string]any{
			"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID(),
			"aws:SourceArn":     group.AttrArn(),
		}}),
		allow([]string{"lambda:InvokeFunction"}, nil, f.lambda.FunctionArn()),
		allow([]string{"sqs:SendMessage"}, nil, f.deadLetters.QueueArn()),
	)
	awsscheduler.NewCfnSchedule(f.scope, jsii.String("Schedule"), &awsscheduler.CfnScheduleProps{
		Description:        jsii.String(f.declared.Purpose),
		GroupName:          group.Ref(),
		ScheduleExpression: jsii.String(f.declared.Schedule.Rate),
		FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: jsii.String("OFF")},
		Target: &awsscheduler.CfnSchedule_TargetProperty{
			Arn:     f.lambda.FunctionArn(),
			RoleArn: role.RoleArn(),
			Input:   jsii.String(f.declared.Schedule.Input),
			RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{
				MaximumEventAgeInSeconds: jsii.Number(scheduleMaxAgeSeconds),
				MaximumRetryAttempts:     jsii.Number(scheduleRetries),
			},
			DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{Arn: f.deadLetters.QueueArn()},
		},
	})
	newInvocation(f, scheduleMaxAgeSeconds, scheduleRetries)
}

// newInvocation bounds how long Lambda tries to have an event handled that nobody waits for; then it is a dead letter.
func newInvocation(f function, maxAgeSeconds, retries int) {
	awslambda.NewCfnEventInvokeConfig(f.scope, jsii.String("Invocation"), &awslambda.CfnEventInvokeConfigProps{
		FunctionName:             f.lambda.FunctionName(),
		Qualifier:                jsii.String("$LATEST"),
		MaximumEventAgeInSeconds: jsii.Number(maxAgeSeconds),
		MaximumRetryAttempts:     jsii.Number(retries),
		DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: f.deadLetters.QueueArn()},
		},
	})
}

// What SES tells is told once, so both EventBridge and Lambda try as long as they can.
const (
	mailEventMaxAgeSeconds = 24 * 3600 // EventBridge's most
	mailEventAttempts      = 185
	mailEventQueuedSeconds = 6 * 3600 // Lambda's most
	mailEventRetries       = 2
)

// newMailRule has a function hear what SES tells of the service's own mails, and nothing of others in the account. An
// event that can't be handed over, and one whose function fails, are dead letters.
func newMailRule(f function, sender sender) {
	rule := awsevents.NewCfnRule(f.scope, jsii.String("Rule"), &awsevents.CfnRuleProps{
		Description: jsii.String(f.declared.Purpose),
		EventPattern: map[string]any{
			"source":      jsii.Strings(deployment.MailEventSource),
			"detail-type": jsii.Strings(f.declared.MailEvent.Types...),
			"detail": map[string]any{"mail": map[string]any{"tags": map[string]any{
				deployment.MailEventSet: []*string{sender.configuration.ConfigurationSetName()},
			}}},
		},
		Targets: []any{&awsevents.CfnRule_TargetProperty{
			Arn: f.lambda.FunctionArn(),
			Id:  jsii.String(string(f.declared.Name)),
			RetryPolicy: &awsevents.CfnRule_RetryPolicyProperty{
				MaximumEventAgeInSeconds: jsii.Number(mailEventMaxAgeSeconds),
				MaximumRetryAttempts:     jsii.Number(mailEventAttempts),
			},
			DeadLetterConfig: &awsevents.CfnRule_DeadLetterConfigProperty{Arn: f.deadLetters.QueueArn()},
		}},
	})
	awslambda.NewCfnPermission(f.scope, jsii.String("RulePermission"), &awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunction"), FunctionName: f.lambda.FunctionArn(),
		Principal: jsii.String("events.amazonaws.com"), SourceArn: rule.AttrArn(),
	})
	f.deadLetters.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{service("events.amazonaws.com", &map[string]any{
			"ArnEquals": map[string]any{"aws:SourceArn": rule.AttrArn()},
		})},
		Actions:   jsii.Strings("sqs:SendMessage"),
		Resources: &[]*string{f.deadLetters.QueueArn()},
	}))
	newInvocation(f, mailEventQueuedSeconds, mailEventRetries)
}
