package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"mandate/functions/wire/sending"
	"mandate/infra/deployment"
	"mandate/infra/local/lambda"
	"mandate/infra/local/parts"
	"mandate/infra/local/parts/kms"
	"mandate/infra/local/schedule"
	"mandate/infra/local/stream"
	"mandate/shared/store"
	"mandate/shared/workflow"
)

// What the one machine's cloud is called.
const (
	region       = parts.DefaultRegion
	tableName    = "mandate"
	machineName  = "mandate-change"
	keyAlias     = "alias/mandate"
	sender       = "Mandate <no-reply@example.com>"
	mailSettings = "mandate"
)

// aws is the configuration with which the runner itself calls a part.
func (r *Runner) aws() aws.Config {
	return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""), HTTPClient: sending.Client()}
}

// Client calls the DynamoDB that runs.
func (r *Runner) Client() *dynamodb.Client {
	return dynamodb.NewFromConfig(r.aws(), func(o *dynamodb.Options) { o.BaseEndpoint = &r.DynamoDB })
}

func (r *Runner) startKMS() error {
	service, err := kms.New(kms.Options{Alias: keyAlias, KeyFile: r.keep("kms.key"), Region: region})
	if err != nil {
		return err
	}
	r.key = service.KeyARN()
	r.KMS, err = r.serve(service)
	return err
}

func (r *Runner) kms() *awskms.Client {
	return awskms.NewFromConfig(r.aws(), func(o *awskms.Options) { o.BaseEndpoint = &r.KMS })
}

// createStateMachine puts the deployed definition into Step Functions, or a newer one in the place of what was kept.
func (r *Runner) createStateMachine(ctx context.Context) error {
	client := sfn.NewFromConfig(r.aws(), func(o *sfn.Options) { o.BaseEndpoint = &r.StepFunctions })
	definition, name, role := workflow.Definition(string(deployment.Workflow)), machineName, "arn:aws:iam::000000000000:role/local"
	_, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: &name, Definition: &definition, RoleArn: &role})
	var exists *sfntypes.StateMachineAlreadyExists
	if errors.As(err, &exists) {
		arn := parts.StateMachineARN(region, machineName)
		_, err = client.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: &arn, Definition: &definition})
	}
	if err != nil {
		return fmt.Errorf("the state machine: %w", err)
	}
	return nil
}

// invokeAPI lets Step Functions invoke functions, as soon as they are there.
func (r *Runner) invokeAPI() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		select {
		case <-r.ready:
			r.Functions.InvokeAPI().ServeHTTP(w, request)
		case <-request.Context().Done():
		}
	})
}

func (r *Runner) startFunctions(ctx context.Context, binaries map[string]string) error {
	var functions []lambda.Function
	for _, declared := range deployment.Functions() {
		environment, err := r.environment(declared)
		if err != nil {
			return err
		}
		functions = append(functions, lambda.Function{
			Name: string(declared.Name), Binary: binaries[string(declared.Name)], Env: environment,
			Timeout: declared.Timeout + r.options.Leisure, MemoryMB: declared.MemoryMB,
		})
	}
	service, err := lambda.New(ctx, functions, r.log)
	if err != nil {
		return err
	}
	r.Functions, r.Lambdas = service, functions
	close(r.ready)
	return nil
}

// environment is what a function is told: what it is declared to be told, and where the parts are.
func (r *Runner) environment(function deployment.Function) (map[string]string, error) {
	values := map[deployment.Variable]string{
		deployment.Table:            tableName,
		deployment.Key:              r.key,
		deployment.StateMachine:     parts.StateMachineARN(region, machineName),
		deployment.Sender:           sender,
		deployment.ConfigurationSet: mailSettings,
		deployment.ConsoleURL:       r.API,
		deployment.Edge:             "none",
	}
	environment := deployment.Runtime()
	maps.Copy(environment, map[string]string{
		"AWS_REGION": region, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
		"AWS_ENDPOINT_URL_DYNAMODB": r.DynamoDB, "AWS_ENDPOINT_URL_SESV2": r.mailDoor,
		"AWS_ENDPOINT_URL_SFN": r.StepFunctions, "AWS_ENDPOINT_URL_KMS": r.KMS, "AWS_ENDPOINT_URL_SNS": r.SNS,
		"DEMO": "local",
	})
	for _, variable := range function.Environment {
		value, known := values[variable]
		if !known {
			return nil, fmt.Errorf("function %s: the local runner has no value for %s", function.Name, variable)
		}
		environment[string(variable)] = value
	}
	if skew := r.clock.ahead(); skew != 0 {
		environment["CLOCK_SKEW"] = skew.String()
	}
	if r.options.Propagation != nil {
		environment["PROPAGATION"] = r.options.Propagation.String()
	}
	return environment, nil
}

func (r *Runner) createTable(ctx context.Context) error {
	r.Table = tableName
	client := r.Client()
	_, err := client.CreateTable(ctx, store.Schema(tableName))
	var exists *types.ResourceInUseException
	if errors.As(err, &exists) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the table: %w", err)
	}
	return r.expire(ctx)
}

// startEvents feeds the functions that the stream and the schedules start, as they are declared.
func (r *Runner) startEvents(ctx context.Context) error {
	table, err := r.Client().DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(tableName)})
	if err != nil {
		return err
	}
	streams := dynamodbstreams.NewFromConfig(r.aws(), func(o *dynamodbstreams.Options) { o.BaseEndpoint = &r.DynamoDB })
	var mappings []stream.Mapping
	var schedules []schedule.Schedule
	for _, function := range deployment.Functions() {
		if s := function.Stream; s != nil {
			mappings = append(mappings, stream.Mapping{
				Function: string(function.Name), BatchSize: s.BatchSize, Filters: s.Filters,
				ReportBatchItemFailures: true, BisectBatchOnFunctionError: true, MaximumRetryAttempts: s.RetryAttempts,
			})
		}
		if s := function.Schedule; s != nil {
			schedules = append(schedules, schedule.Schedule{
				Name: string(function.Name), Expression: s.Rate, Every: r.options.SweepEvery, Function: string(function.Name), Input: []byte(s.Input),
			})
		}
	}
	poller, err := stream.New(stream.Config{
		Streams: streams, StreamARN: *table.Table.LatestStreamArn, Mappings: mappings, Invoke: r.Functions.Invoke,
		Checkpoints: r.keep("stream.json"), Log: r.log,
	})
	if err != nil {
		return err
	}
	scheduler, err := schedule.New(schedules, r.Functions.Invoke, r.log)
	if err != nil {
		return err
	}
	go poller.Run(ctx)
	go scheduler.Run(ctx)
	return nil
}

// hostOf is a base URL's host and port.
func hostOf(base string) string {
	parsed, err := url.Parse(base)
	if err != nil {
		return base
	}
	return parsed.Host
}
