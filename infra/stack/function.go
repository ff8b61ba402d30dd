package stack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"mandate/infra/deployment"
	"mandate/shared/store"
)

// logRetention is how long any log is kept. What must be kept for good is in the table.
const logRetention = awslogs.RetentionDays_THREE_MONTHS

// deadLetterDays is SQS's longest, so that a dead letter outlives a holiday.
const deadLetterDays = 14

// function is a declared function as it is in the stack.
type function struct {
	scope    constructs.Construct
	declared deployment.Function
	lambda   awslambda.Function
	logs     awslogs.LogGroup
	// deadLetters holds what an event's function gave up on; nil where nobody but a caller waits.
	deadLetters awssqs.Queue
}

// newFunction makes a function with its log group, its role and, where events start it, its dead-letter queue.
func newFunction(scope constructs.Construct, declared deployment.Function, known resources, assets string) (function, error) {
	f := function{scope: constructs.NewConstruct(scope, jsii.String(title(declared.Name))), declared: declared}

	environment := map[string]*string{}
	for name, value := range deployment.Runtime() {
		environment[name] = jsii.String(value)
	}
	for _, variable := range declared.Environment {
		value, err := known.value(variable)
		if err != nil {
			return f, fmt.Errorf("function %s: %w", declared.Name, err)
		}
		environment[string(variable)] = value
	}

	f.logs = awslogs.NewLogGroup(f.scope, jsii.String("Logs"), &awslogs.LogGroupProps{
		Retention: logRetention, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	statements := []awsiam.PolicyStatement{
		allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, nil, f.logs.LogGroupArn()),
	}
	if declared.Event() {
		f.deadLetters = awssqs.NewQueue(f.scope, jsii.String("DeadLetters"), &awssqs.QueueProps{
			Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
			EnforceSSL:      jsii.Bool(true),
			RetentionPeriod: awscdk.Duration_Days(jsii.Number(deadLetterDays)),
		})
		statements = append(statements, allow([]string{"sqs:SendMessage"}, nil, f.deadLetters.QueueArn()))
	}
	if declared.Stream != nil {
		statements = append(statements, allow(
			[]string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"},
			nil, known.table.TableStreamArn()))
	}
	for _, grant := range declared.Grants {
		statement, err := known.statement(grant)
		if err != nil {
			return f, fmt.Errorf("function %s: %w", declared.Name, err)
		}
		statements = append(statements, statement)
		if grant.On == deployment.OnPhones {
			statements = append(statements, butNoTopics(grant.Actions))
		}
	}
	role := newRole(f.scope, "Role", service("lambda.amazonaws.com", nil), statements...)

	f.lambda = awslambda.NewFunction(f.scope, jsii.String("Function"), &awslambda.FunctionProps{
		Description:   jsii.String(declared.Purpose),
		Runtime:       awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:  awslambda.Architecture_ARM_64(),
		Handler:       jsii.String("bootstrap"),
		Code:          awslambda.Code_FromAsset(jsii.String(folder(assets, declared)), nil),
		Timeout:       awscdk.Duration_Seconds(jsii.Number(declared.Timeout.Seconds())),
		MemorySize:    jsii.Number(declared.MemoryMB),
		Environment:   &environment,
		Role:          role,
		LogGroup:      f.logs,
		LoggingFormat: awslambda.LoggingFormat_JSON,
	})
	return f, nil
}

// folder is where a function's code lies.
func folder(assets string, declared deployment.Function) string {
	return filepath.Join(assets, string(declared.Name))
}

// built fails where a function has no code.
func built(assets string, declared deployment.Function) error {
	code := folder(assets, declared)
	_, err := os.Stat(filepath.Join(code, "bootstrap"))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("function %s is not built: no bootstrap in %s (make build makes it)", declared.Name, code)
	}
	return err
}

// value is what a variable of the environment says in this deployment.
func (r resources) value(variable deployment.Variable) (*string, error) {
	switch variable {
	case deployment.Table:
		return r.table.TableName(), nil
	case deployment.StateMachine:
		if r.stateMachine == nil {
			return nil, errors.New("the state machine's own task can't know the state machine")
		}
		return r.stateMachine.StateMachineArn(), nil
	case deployment.Key:
		return r.key.KeyArn(), nil
	case deployment.Sender:
		return jsii.String(r.settings.Sender.String()), nil
	case deployment.ConfigurationSet:
		return r.sender.configuration.ConfigurationSetName(), nil
	case deployment.ConsoleURL:
		return jsii.String(r.settings.ConsoleURL), nil
	case deployment.Edge:
		return jsii.String(r.settings.Edge), nil
	}
	return nil, fmt.Errorf("unknown variable %s", variable)
}

// statement is a declared grant as IAM has it.
func (r resources) statement(grant deployment.Grant) (awsiam.PolicyStatement, error) {
	switch grant.On {
	case deployment.OnTable:
		return allow(grant.Actions, nil, r.table.TableArn()), nil
	case deployment.OnDueIndex:
		return allow(grant.Actions, nil, indexARN(r.table, store.DueIndex)), nil
	case deployment.OnSeenIndex:
		return allow(grant.Actions, nil, indexARN(r.table, store.SeenIndex)), nil
	case deployment.OnListIndex:
		return allow(grant.Actions, nil, indexARN(r.table, store.ListIndex)), nil
	case deployment.OnStateMachine:
		if r.stateMachine == nil {
			return nil, errors.New("the state machine's own task can't be granted the state machine")
		}
		return allow(grant.Actions, nil, r.stateMachine.StateMachineArn()), nil
	case deployment.OnKey:
		return allow(grant.Actions, sealed(), r.key.KeyArn()), nil
	case deployment.OnMail:
		// SES asks for the right to both, and lets the address be pinned beside the domain.
		from := &map[string]any{"StringEquals": map[string]any{"ses:FromAddress": r.settings.Sender.Address}}
		return allow(grant.Actions, from, r.sender.identity.EmailIdentityArn(), r.sender.configurationARN()), nil
	case deployment.OnPhones:
		return allow(grant.Actions, nil, jsii.String("*")), nil
	}
	return nil, fmt.Errorf("unknown resource %s", grant.On)
}

// butNoTopics takes away again, of what is allowed on phones, all that has an ARN at SNS: topics, as that of the alarms,
// and apps' endpoints.
//
// A phone number has no ARN, and SNS knows no condition for it: "*" is the only resource that allows one. By what is left
// out (NotResource) the same could be said in one statement; a denial besides holds against every other permission, such as
// a topic's own policy.
func butNoTopics(actions []string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Effect:    awsiam.Effect_DENY,
		Actions:   jsii.Strings(actions...),
		Resources: &[]*string{jsii.String("arn:" + *awscdk.Aws_PARTITION() + ":sns:*:*:*")},
	})
}
