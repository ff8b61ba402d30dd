package stack

import (
	"encoding/json"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"mandate/infra/deployment"
	"mandate/shared/api"
)

// stageName is HTTP API's name of the stage that adds nothing to the path.
const stageName = "$default"

// accessLog is what is logged of a request: which route and how it went. No path (it holds ids), query, header or body.
var accessLog = map[string]string{
	"time":               "$context.requestTime",
	"requestId":          "$context.requestId",
	"route":              "$context.routeKey",
	"status":             "$context.status",
	"sourceIp":           "$context.identity.sourceIp",
	"protocol":           "$context.protocol",
	"responseBytes":      "$context.responseLength",
	"responseMs":         "$context.responseLatency",
	"integrationMs":      "$context.integrationLatency",
	"integrationStatus":  "$context.integration.status",
	"integrationRequest": "$context.integration.requestId",
	"integrationError":   "$context.integrationErrorMessage",
	"error":              "$context.error.message",
}

// newGateway makes the HTTP API with the declared routes and no others.
func newGateway(scope constructs.Construct, settings Settings, functions []function, routes []deployment.Route) awsapigatewayv2.CfnApi {
	within := constructs.NewConstruct(scope, jsii.String("Gateway"))
	gateway := awsapigatewayv2.NewCfnApi(within, jsii.String("Api"), &awsapigatewayv2.CfnApiProps{
		Name:         awscdk.Aws_STACK_NAME(),
		ProtocolType: jsii.String("HTTP"),
		// With a domain of one's own the gateway's is no longer a door.
		DisableExecuteApiEndpoint: jsii.Bool(settings.Domain.Name != ""),
	})

	logs := newVendedLogs(within, "gateway")
	format, err := json.Marshal(accessLog)
	if err != nil {
		panic(err) // a map of strings
	}
	stage := awsapigatewayv2.NewCfnStage(within, jsii.String("Stage"), &awsapigatewayv2.CfnStageProps{
		ApiId:      gateway.Ref(),
		StageName:  jsii.String(stageName),
		AutoDeploy: true,
		DefaultRouteSettings: &awsapigatewayv2.CfnStage_RouteSettingsProperty{
			ThrottlingRateLimit:  jsii.Number(settings.RequestsPerSecond),
			ThrottlingBurstLimit: jsii.Number(settings.Burst),
		},
		AccessLogSettings: &awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
			DestinationArn: logs.LogGroupArn(),
			Format:         jsii.String(string(format)),
		},
	})
	newDomains(within, gateway, stage, settings)

	targets := map[api.Function]*string{}
	for _, function := range functions {
		if slices.ContainsFunc(routes, function.answers) {
			targets[function.declared.Name] = newIntegration(within, gateway, function)
		}
	}
	for _, route := range routes {
		awsapigatewayv2.NewCfnRoute(within, jsii.String(route.Name), &awsapigatewayv2.CfnRouteProps{
			ApiId:    gateway.Ref(),
			RouteKey: jsii.String(route.Key()),
			Target:   targets[route.Function],
			// Sessions are the functions' to check, against the store, at every request (5.3).
			AuthorizationType: jsii.String("NONE"),
		})
	}
	return gateway
}

// newIntegration lets the gateway invoke a function, and answers the target that routes lead to. The permission covers
// the API's routes at once: one a route would outgrow the function's policy, which AWS limits to 20 kB.
func newIntegration(scope constructs.Construct, gateway awsapigatewayv2.CfnApi, f function) *string {
	name := title(f.declared.Name)
	integration := awsapigatewayv2.NewCfnIntegration(scope, jsii.String(name+"Integration"), &awsapigatewayv2.CfnIntegrationProps{
		ApiId:                gateway.Ref(),
		IntegrationType:      jsii.String("AWS_PROXY"),
		IntegrationUri:       f.lambda.FunctionArn(),
		PayloadFormatVersion: jsii.String("2.0"),
	})
	awslambda.NewCfnPermission(scope, jsii.String(name+"Permission"), &awslambda.CfnPermissionProps{
		Action:       jsii.String("lambda:InvokeFunction"),
		FunctionName: f.lambda.FunctionArn(),
		Principal:    jsii.String("apigateway.amazonaws.com"),
		SourceArn: awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
			Service:      jsii.String("execute-api"),
			Resource:     gateway.Ref(),
			ResourceName: jsii.String("*/*"), // any stage and route of this API
		}),
	})
	return jsii.String("integrations/" + *integration.Ref())
}

func (f function) answers(route deployment.Route) bool { return route.Function == f.declared.Name }
