package stack

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mandate/infra/deployment"
	"mandate/shared/api"
	"mandate/shared/store"
	"mandate/shared/workflow"
)

func TestTheTableIsTheStoresAndOutlivesMistakes(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	key := func(partition, sort string) any {
		return []any{
			map[string]any{"AttributeName": partition, "KeyType": "HASH"},
			map[string]any{"AttributeName": sort, "KeyType": "RANGE"},
		}
	}
	index := func(name, partition, sort, projection string) any {
		return map[string]any{
			"IndexName": name, "KeySchema": key(partition, sort), "Projection": map[string]any{"ProjectionType": projection},
		}
	}
	var attributes []any
	for _, name := range []string{
		store.PartitionKey, store.SortKey, store.DuePartitionKey, store.DueSortKey, store.ListPartitionKey, store.ListSortKey,
		store.SeenPartitionKey, store.SeenSortKey,
	} {
		attributes = append(attributes, map[string]any{"AttributeName": name, "AttributeType": "S"})
	}
	want := map[string]any{
		"AttributeDefinitions": attributes,
		"KeySchema":            key(store.PartitionKey, store.SortKey),
		"GlobalSecondaryIndexes": []any{
			index(store.DueIndex, store.DuePartitionKey, store.DueSortKey, "KEYS_ONLY"),
			index(store.ListIndex, store.ListPartitionKey, store.ListSortKey, "ALL"),
			index(store.SeenIndex, store.SeenPartitionKey, store.SeenSortKey, "KEYS_ONLY"),
		},
		"BillingMode":                      "PAY_PER_REQUEST",
		"DeletionProtectionEnabled":        true,
		"PointInTimeRecoverySpecification": map[string]any{"PointInTimeRecoveryEnabled": true},
		"SSESpecification":                 map[string]any{"SSEEnabled": true},
		"StreamSpecification":              map[string]any{"StreamViewType": "NEW_IMAGE"},
		"TimeToLiveSpecification":          map[string]any{"AttributeName": store.TTL, "Enabled": true},
	}
	if diff := cmp.Diff(want, template.named(t, "Table", "AWS::DynamoDB::Table")); diff != "" {
		t.Errorf("table (-want +template):\n%s", diff)
	}
	for _, name := range []string{"Table", "DataKey"} {
		if got := template.resources[name].DeletionPolicy; got != "Retain" {
			t.Errorf("%s goes with the stack: %s", name, got)
		}
	}
}

func TestFunctionsRunAsDeclared(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	// Told to a function is where things are: names and ARNs, never a secret.
	values := map[deployment.Variable]string{
		deployment.Table:            "<Table>",
		deployment.StateMachine:     "<ChangesStateMachine>",
		deployment.Key:              "<DataKey.Arn>",
		deployment.Sender:           `"Mandate" <no-reply@mandate.example.com>`,
		deployment.ConfigurationSet: "<ConfigurationSet>",
		deployment.ConsoleURL:       "https://mandate.example.com",
		deployment.Edge:             "none",
	}
	for _, f := range deployment.Functions() {
		properties := template.named(t, in(f, "Function"), "AWS::Lambda::Function")
		environment := map[string]any{}
		for _, variable := range f.Environment {
			value, known := values[variable]
			if !known {
				t.Errorf("%s: unknown variable %s", f.Name, variable)
			}
			for _, reserved := range []string{"AWS_", "LAMBDA_", "_"} {
				if strings.HasPrefix(string(variable), reserved) {
					t.Errorf("%s: Lambda keeps the name %s to itself", f.Name, variable)
				}
			}
			environment[string(variable)] = value
		}
		for name, value := range deployment.Runtime() {
			environment[name] = value
		}
		want := map[string]any{
			"Architectures": []any{"arm64"},
			"Code":          properties["Code"],
			"Description":   f.Purpose,
			"Handler":       "bootstrap",
			"LoggingConfig": map[string]any{"LogFormat": "JSON", "LogGroup": "<" + in(f, "Logs") + ">"},
			"MemorySize":    float64(f.MemoryMB),
			"Role":          properties["Role"],
			"Runtime":       "provided.al2023",
			"Timeout":       f.Timeout.Seconds(),
		}
		if len(environment) > 0 {
			want["Environment"] = map[string]any{"Variables": environment}
		}
		if diff := cmp.Diff(want, properties); diff != "" {
			t.Errorf("%s (-declared +template):\n%s", f.Name, diff)
		}
		// The placeholder's content is the function's name.
		asset := strings.TrimSuffix(get(properties, "Code", "S3Key").(string), ".zip")
		code, err := os.ReadFile(filepath.Join(synthesised.folder, "out", "asset."+asset, "bootstrap"))
		if err != nil || string(code) != string(f.Name) {
			t.Errorf("%s runs the code of %s (%v)", f.Name, code, err)
		}
	}
	if got, want := len(template.of("AWS::Lambda::Function")), len(deployment.Functions()); got != want {
		t.Errorf("%d functions instead of %d", got, want)
	}
}

func TestLogsAreNotKeptForEver(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	for _, group := range template.of("AWS::Logs::LogGroup") {
		if days := template.resources[group].Properties["RetentionInDays"]; days != 90.0 {
			t.Errorf("%s keeps for %v days", group, days)
		}
	}
}

func TestTheGatewayHasTheDeclaredRoutesAndNoOthers(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	want, got := map[string]string{}, map[string]string{}
	for _, route := range deployment.Routes() {
		want[route.Key()] = "<" + in(deployment.Function{Name: route.Function}, "Function") + ".Arn>"
	}
	for _, id := range template.of("AWS::ApiGatewayV2::Route") {
		route := template.resources[id].Properties
		target := strings.Trim(strings.TrimPrefix(route["Target"].(string), "integrations/"), "<>")
		integration := template.named(t, target, "AWS::ApiGatewayV2::Integration")
		if integration["PayloadFormatVersion"] != "2.0" || integration["IntegrationType"] != "AWS_PROXY" {
			t.Errorf("%s: %v", target, integration)
		}
		got[route["RouteKey"].(string)] = integration["IntegrationUri"].(string)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-declared +template):\n%s", diff)
	}
}

func TestEachFunctionIsReached(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	routed := map[api.Function]bool{}
	for _, route := range deployment.Routes() {
		routed[route.Function] = true
	}
	invoked := map[string]any{}
	for _, id := range template.of("AWS::Lambda::Permission") {
		permission := template.resources[id].Properties
		invoked[permission["FunctionName"].(string)] = permission
	}
	for _, f := range deployment.Functions() {
		arn := "<" + in(f, "Function") + ".Arn>"
		if f.MailEvent != nil {
			continue // TestMailEventsReachTheirFunction has its permission
		}
		if f.Event() || f.Task {
			if invoked[arn] != nil {
				t.Errorf("the gateway may invoke %s", f.Name)
			}
			continue
		}
		if !routed[f.Name] {
			t.Errorf("%s has neither a route nor another trigger", f.Name)
			continue
		}
		want := map[string]any{
			"Action": "lambda:InvokeFunction", "FunctionName": arn, "Principal": "apigateway.amazonaws.com",
			"SourceArn": "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<GatewayApi>/*/*",
		}
		if diff := cmp.Diff(want, invoked[arn]); diff != "" {
			t.Errorf("%s's permission (-want +template):\n%s", f.Name, diff)
		}
	}
}

func TestTheGatewayBoundsRequestsAndLogsNoSecrets(t *testing.T) {
	t.Parallel()
	stage := synthesise(t).named(t, "GatewayStage", "AWS::ApiGatewayV2::Stage")
	if got := asJSON(t, stage["DefaultRouteSettings"]); got != `{"ThrottlingBurstLimit":400,"ThrottlingRateLimit":200}` {
		t.Errorf("throttling: %s", got)
	}
	if stage["StageName"] != "$default" || stage["AutoDeploy"] != true {
		t.Errorf("stage: %v", stage)
	}
	format := get(stage, "AccessLogSettings", "Format").(string)
	var line map[string]string
	if err := json.Unmarshal([]byte(format), &line); err != nil {
		t.Fatalf("the access log isn't JSON: %v", err)
	}
	for _, secret := range []string{"query", "header", "authoriz", "cookie", "path", "body"} {
		if strings.Contains(strings.ToLower(format), secret) {
			t.Errorf("the access log shows the %s: %s", secret, format)
		}
	}
}

func TestTheStateMachineIsTheWorkflows(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	machine := template.named(t, "ChangesStateMachine", "AWS::StepFunctions::StateMachine")
	definition := machine["DefinitionString"].(string)
	substitutions, _ := machine["DefinitionSubstitutions"].(map[string]any)
	for variable, value := range substitutions {
		definition = strings.ReplaceAll(definition, "${"+variable+"}", value.(string))
	}
	task := "<FunctionsWorkflowFunction.Arn>"
	if diff := cmp.Diff(workflow.Definition(task), definition); diff != "" {
		t.Errorf("definition (-workflow +template):\n%s", diff)
	}
	if strings.Contains(definition, "${") {
		t.Error("a variable of the definition has no value")
	}
	if machine["StateMachineType"] != "STANDARD" || get(machine, "TracingConfiguration", "Enabled") != true {
		t.Errorf("state machine: %v", machine)
	}
	// Inputs and outputs hold task tokens.
	if logs := get(machine, "LoggingConfiguration"); get(logs, "Level") != "ERROR" || get(logs, "IncludeExecutionData") != false {
		t.Errorf("logging: %v", logs)
	}
	want := statement{Effect: "Allow", Actions: []string{"lambda:InvokeFunction"}, Resources: []string{task}}
	for _, got := range policy(t, template.named(t, "ChangesStateMachineRole", "AWS::IAM::Role")) {
		if strings.HasPrefix(got.Actions[0], "logs:") || strings.HasPrefix(got.Actions[0], "xray:") {
			continue // TestNothingIsAllowedOnAStarButWhatAWSKnowsNoResourceFor has them
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the state machine may (-want +template):\n%s", diff)
		}
	}
}

func TestMailGoesOverTLSAndNotToThoseWhoRefuse(t *testing.T) {
	t.Parallel()
	template := synthesise(t)
	want := `{"DeliveryOptions":{"TlsPolicy":"REQUIRE"},"ReputationOptions":{"ReputationMetricsEnabled":true},` +
		`"SuppressionOptions":{"SuppressedReasons":["BOUNCE","COMPLAINT"]}}`
	if got := asJSON(t, template.named(t, "ConfigurationSet", "AWS::SES::ConfigurationSet")); got != want {
		t.Errorf("configuration set: %s", got)
	}
	told := map[string]any{
		"ConfigurationSetName": "<ConfigurationSet>",
		"EventDestination": map[string]any{
			"Enabled": true, "MatchingEventTypes": []any{"delivery", "bounce", "complaint"},
			"EventBridgeDestination": map[string]any{"EventBusArn": "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"},
		},
	}
	destinations := template.of("AWS::SES::ConfigurationSetEventDestination")
	if len(destinations) != 1 {
		t.Fatalf("destinations of events: %v", destinations)
	}
	if diff := cmp.Diff(told, template.resources[destinations[0]].Properties); diff != "" {
		t.Errorf("what SES tells (-want +template):\n%s", diff)
	}
	identity := template.named(t, "EmailIdentity", "AWS::SES::EmailIdentity")
	if identity["EmailIdentity"] != "mandate.example.com" || get(identity, "DkimAttributes", "SigningEnabled") != true {
		t.Errorf("identity: %v", identity)
	}
}

func TestOutputsAreWhatAnOperatorAsksFor(t *testing.T) {
	t.Parallel()
	want := map[string]any{
		"ApiUrl": "<GatewayApi.ApiEndpoint>", "TableName": "<Table>", "KeyArn": "<DataKey.Arn>", "StateMachineArn": "<ChangesStateMachine>", "AlarmTopicArn": "<AlarmsTopic>",
	}
	for _, f := range deployment.Functions() {
		if f.Event() {
			want[title(f.Name)+"DeadLettersUrl"] = "<" + in(f, "DeadLetters") + ">"
		}
	}
	for _, number := range []string{"1", "2", "3"} {
		want["Dkim"+number+"Name"] = "<EmailIdentity.DkimDNSTokenName" + number + ">"
		want["Dkim"+number+"Value"] = "<EmailIdentity.DkimDNSTokenValue" + number + ">"
	}
	got := map[string]any{}
	for id, output := range synthesise(t).outputs {
		got[id] = get(output, "Value")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outputs (-want +template):\n%s", diff)
	}
}

func TestDeclarationsThatContradictEachOtherAreRefused(t *testing.T) {
	t.Parallel()
	users, task := deployment.Function{Name: "users"}, deployment.Function{Name: "workflow", Task: true}
	for name, test := range map[string]struct {
		functions []deployment.Function
		routes    []deployment.Route
		want      string
	}{
		"as it should be": {
			functions: []deployment.Function{users, task},
			routes:    []deployment.Route{{Name: "listUsers", Function: "users"}},
		},
		"two triggers": {
			functions: []deployment.Function{{Name: "sweep", Task: true, Schedule: &deployment.Schedule{}}},
			want:      "function sweep: more than one trigger",
		},
		"no task": {
			functions: []deployment.Function{users},
			want:      "0 functions are tasks of the state machine, instead of 1",
		},
		"a route of nobody's": {
			functions: []deployment.Function{users, task},
			routes:    []deployment.Route{{Name: "listRoles", Function: "roles"}},
			want:      "route listRoles: no function roles answers requests",
		},
		"a route of an event's function": {
			functions: []deployment.Function{users, task},
			routes:    []deployment.Route{{Name: "apply", Function: "workflow"}},
			want:      "route apply: no function workflow answers requests",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := check(test.functions, test.routes); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
