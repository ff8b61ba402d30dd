package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"mandate/functions/wire/credentials"
	"mandate/infra/local/demo"
	"mandate/infra/local/lambda"
	"mandate/infra/local/runner"
	"mandate/infra/measure"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/policy"
	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
	"mandate/shared/store"
)

// bench is what all families measure with.
type bench struct {
	options
	root     string
	runner   *runner.Runner
	figures  *figures
	meter    *measure.Meter
	dynamoDB *dynamodb.Client
	presets  *policy.Engine
	client   *http.Client // of the service that runs
}

func newBench(o options, root string, r *runner.Runner, f *figures) (*bench, error) {
	meter, err := measure.NewMeter(r.DynamoDB)
	if err != nil {
		return nil, err
	}
	presets, err := policy.New()
	if err != nil {
		return nil, err
	}
	return &bench{
		options: o, root: root, runner: r, figures: f, meter: meter, presets: presets,
		client:   &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}},
		dynamoDB: dynamodb.NewFromConfig(local(), func(o *dynamodb.Options) { o.BaseEndpoint = &r.DynamoDB }),
	}, nil
}

func (b *bench) close() error { return b.meter.Close() }

func local() aws.Config {
	return aws.Config{Region: "eu-west-1", Credentials: awscredentials.NewStaticCredentialsProvider("local", "local", "")}
}

// environment is added to what a function has.
type environment map[string]string

// lambda is a function as the runner has it, on another table, in one process that does not end by itself.
func (b *bench) lambda(name api.Function, table string, more environment) lambda.Function {
	for _, function := range b.runner.Lambdas {
		if function.Name == string(name) {
			function.Env = maps.Clone(function.Env)
			function.Env["TABLE"] = table
			maps.Copy(function.Env, more)
			maps.Copy(function.Env, b.tried())
			function.MaxInstances = 1
			return function
		}
	}
	panic("no function " + name)
}

// tried is what the option says to try.
func (b *bench) tried() environment {
	variables := environment{}
	for assignment := range strings.SplitSeq(b.try, ",") {
		if name, value, ok := strings.Cut(assignment, "="); ok {
			variables[name] = value
		}
	}
	return variables
}

// metered lets a function reach DynamoDB through the meter.
func (b *bench) metered() environment { return environment{"AWS_ENDPOINT_URL_DYNAMODB": b.meter.URL} }

// serve runs functions by themselves: no gateway, no stream, no schedule.
func serve(ctx context.Context, functions ...lambda.Function) (*lambda.Service, error) {
	return lambda.New(ctx, functions, slog.New(slog.DiscardHandler))
}

// place is a table of its own with the demo in it.
type place struct {
	table    string
	store    *store.Store
	demo     demo.Demo
	gate     *gate
	dynamoDB *dynamodb.Client

	users      int // that populate has added
	population measure.Population
}

func (b *bench) newPlace(ctx context.Context, table string) (*place, error) {
	schema := store.Schema(table)
	schema.StreamSpecification = nil // nobody reads it, and DynamoDB Local slows down with every record that it keeps
	if _, err := b.dynamoDB.CreateTable(ctx, schema); err != nil {
		return nil, err
	}
	gate, err := newGate()
	if err != nil {
		return nil, err
	}
	p := &place{table: table, store: store.New(b.dynamoDB, table), gate: gate, dynamoDB: b.dynamoDB}
	env := b.lambda(api.Account, table, nil).Env
	endpoint := env["AWS_ENDPOINT_URL_KMS"]
	keys := kmskeys.New(kms.NewFromConfig(local(), func(o *kms.Options) { o.BaseEndpoint = &endpoint }), env["KEY"], p.store.Vault(), now)
	maker := demo.Maker{
		Store: p.store, Presets: b.presets, Now: now, Sealer: seal.New(keys),
		Passwords: credentials.Passwords{Admits: func(string) bool { return true }},
	}
	p.demo, err = maker.Make(ctx)
	return p, err
}

// running is the table of the service that runs, with its demo.
func (b *bench) running() *place {
	return &place{table: b.runner.Table, demo: b.runner.Demo, store: store.New(b.dynamoDB, b.runner.Table), dynamoDB: b.dynamoDB}
}

func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Members of a demo organisation, by their places in it.
const (
	ada = iota
	ben
	rosa
)

// member is a demo user with a session.
type member struct {
	demo.User
	organisation demo.Organisation
	token        string
}

// member begins a session for a demo user.
func (p *place) member(ctx context.Context, preset string, who int) (member, error) {
	for _, organisation := range p.demo.Organisations {
		if organisation.Preset != preset {
			continue
		}
		one := member{User: organisation.Users[who], organisation: organisation}
		ref := directory.UserRef{Organisation: directory.OrganisationID(organisation.ID), ID: directory.UserID(one.ID)}
		var err error
		one.token, err = measure.Session(ctx, p.store, ref, now())
		return one, err
	}
	return member{}, fmt.Errorf("no demo organisation %s", preset)
}
