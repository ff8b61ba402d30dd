package stack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"mandate/infra/deployment"
	"mandate/shared/api"
)

// Props are what the stack needs beside the declaration.
type Props struct {
	Settings Settings
	// Assets is the folder of the functions' code, as `make build` leaves it: one folder a function, called by its
	// name, with its binary as `bootstrap`.
	Assets string
}

// New adds the stack to an app. It fails where the declarations contradict each other or a function wasn't built.
func New(scope constructs.Construct, id string, props Props) (awscdk.Stack, error) {
	declared, routes := deployment.Functions(), deployment.Routes()
	if err := check(declared, routes); err != nil {
		return nil, err
	}
	for _, declaration := range declared {
		if err := built(props.Assets, declaration); err != nil {
			return nil, err
		}
	}
	stack := awscdk.NewStack(scope, jsii.String(id), &awscdk.StackProps{
		Description:           jsii.String("Mandate: user administration for payments platforms"),
		TerminationProtection: jsii.Bool(true),
	})
	// The CLI ends at an error annotation before it deploys; synthesising alone is not stopped by it.
	if examples := props.Settings.examples(); len(examples) > 0 {
		awscdk.Annotations_Of(stack).AddError(jsii.String(fmt.Sprintf(
			"still an example of cdk.json: %s; set your own there, or on the command line with -c", strings.Join(examples, " and "))))
	}

	var table awsdynamodb.ITable = newTable(stack)
	if stream := props.Settings.RestoredStream; stream != "" {
		table = restoredTable(stack, stream)
	}
	key := newDataKey(stack)
	sender := newSender(stack, props.Settings)
	known := resources{table: table, key: key, sender: sender, settings: props.Settings}

	// The state machine stands between the function that it invokes and those that start it.
	within := constructs.NewConstruct(stack, jsii.String("Functions"))
	task := slices.IndexFunc(declared, func(f deployment.Function) bool { return f.Task })
	workflow, err := newFunction(within, declared[task], known, props.Assets)
	if err != nil {
		return nil, err
	}
	known.stateMachine = newStateMachine(stack, workflow)
	functions := []function{workflow}
	for _, declaration := range slices.Delete(declared, task, task+1) {
		function, err := newFunction(within, declaration, known, props.Assets)
		if err != nil {
			return nil, err
		}
		functions = append(functions, function)
	}

	gateway := newGateway(stack, props.Settings, functions, routes)
	group := newScheduleGroup(stack)
	for _, function := range functions {
		switch {
		case function.declared.Stream != nil:
			newStreamMapping(function, table)
		case function.declared.Schedule != nil:
			newSchedule(function, group)
		case function.declared.MailEvent != nil:
			newMailRule(function, sender)
		}
	}
	topic, err := newAlarms(stack, props.Settings, known, gateway, functions)
	if err != nil {
		return nil, err
	}

	address := gateway.AttrApiEndpoint()
	if own := props.Settings.Domain.Name; own != "" {
		address = jsii.String("https://" + own)
	}
	output(stack, "ApiUrl", "Where the API answers.", address)
	output(stack, "TableName", "The table.", table.TableName())
	output(stack, "KeyArn", "The KMS key that protects data keys.", known.key.KeyArn())
	output(stack, "StateMachineArn", "The changes' state machine.", known.stateMachine.StateMachineArn())
	output(stack, "AlarmTopicArn", "Where alarms are published.", topic.TopicArn())
	for _, function := range functions {
		if function.deadLetters != nil {
			output(stack, title(function.declared.Name)+"DeadLettersUrl", "What "+string(function.declared.Name)+" gave up on.",
				function.deadLetters.QueueUrl())
		}
	}
	for i, record := range *sender.identity.DkimRecords() {
		output(stack, fmt.Sprintf("Dkim%dName", i+1), "A CNAME record that verifies the sender's domain.", record.Name)
		output(stack, fmt.Sprintf("Dkim%dValue", i+1), "Its value.", record.Value)
	}
	return stack, nil
}

// check holds the declarations against each other, so that a slip is an error with a name before it is half a stack.
func check(functions []deployment.Function, routes []deployment.Route) error {
	tasks := 0
	answers := map[api.Function]bool{}
	for _, function := range functions {
		triggers := 0
		for _, has := range []bool{function.Stream != nil, function.Schedule != nil, function.MailEvent != nil, function.Task} {
			if has {
				triggers++
			}
		}
		if triggers > 1 {
			return fmt.Errorf("function %s: more than one trigger", function.Name)
		}
		if function.Task {
			tasks++
		}
		answers[function.Name] = triggers == 0
	}
	if tasks != 1 {
		return fmt.Errorf("%d functions are tasks of the state machine, instead of 1", tasks)
	}
	for _, route := range routes {
		if !answers[route.Function] {
			return fmt.Errorf("route %s: no function %s answers requests", route.Name, route.Function)
		}
	}
	return nil
}

// resources are what functions are granted actions on and told of in their environment.
type resources struct {
	table        awsdynamodb.ITable
	key          awskms.Key
	sender       sender
	stateMachine awsstepfunctions.StateMachine // nil while the function that it invokes is made
	settings     Settings
}

func output(scope constructs.Construct, id, description string, value *string) {
	awscdk.NewCfnOutput(scope, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(description), Value: value})
}

// title is a function's name as the beginning of a logical id.
func title(name api.Function) string { return strings.ToUpper(string(name[:1])) + string(name[1:]) }
