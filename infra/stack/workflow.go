package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"mandate/shared/workflow"
)

// logDelivery and tracing are the actions that AWS documents for a state machine which logs and is traced. Neither
// CloudWatch Logs nor X-Ray knows a resource for any of them.
var (
	logDelivery = []string{
		"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
		"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
	}
	tracing = []string{
		"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
	}
)

// newStateMachine makes the state machine of changes, whose definition is the very one that runs locally.
//
// It logs what failed, without inputs and outputs, because those carry task tokens. What happened to a change is read
// from the change, not from here.
func newStateMachine(scope constructs.Construct, task function) awsstepfunctions.StateMachine {
	within := constructs.NewConstruct(scope, jsii.String("Changes"))
	role := newRole(within, "StateMachineRole", service("states.amazonaws.com", fromThisAccount()),
		allow([]string{"lambda:InvokeFunction"}, nil, task.lambda.FunctionArn()),
		allow(logDelivery, nil, jsii.String("*")),
		allow(tracing, nil, jsii.String("*")),
	)
	return awsstepfunctions.NewStateMachine(within, jsii.String("StateMachine"), &awsstepfunctions.StateMachineProps{
		StateMachineType:        awsstepfunctions.StateMachineType_STANDARD,
		DefinitionBody:          awsstepfunctions.DefinitionBody_FromString(jsii.String(workflow.Definition("${WorkflowFunction}"))),
		DefinitionSubstitutions: &map[string]*string{"WorkflowFunction": task.lambda.FunctionArn()},
		Role:                    role,
		TracingEnabled:          jsii.Bool(true),
		Logs: &awsstepfunctions.LogOptions{
			Level:                awsstepfunctions.LogLevel_ERROR,
			IncludeExecutionData: jsii.Bool(false),
			Destination:          newVendedLogs(within, "states"),
		},
	})
}

// newVendedLogs makes a log group that an AWS service writes to. Under this prefix AWS allows such writes for all groups
// at once; elsewhere each group lengthens one policy that has a maximal length.
func newVendedLogs(scope constructs.Construct, kind string) awslogs.LogGroup {
	return awslogs.NewLogGroup(scope, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String("/aws/vendedlogs/" + kind + "/" + *awscdk.Aws_STACK_NAME()),
		Retention:     logRetention,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}
