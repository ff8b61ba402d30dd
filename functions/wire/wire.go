package wire

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/oklog/ulid/v2"

	"mandate/shared/config"
	"mandate/shared/demo"
	"mandate/shared/directory"
	"mandate/shared/policy"
	"mandate/shared/store"
)

// settings that every function has.
type settings struct {
	Table string `env:"TABLE"`
	// Skew sets the clock ahead, and Propagation bounds every organisation's delay: for demos and tests (3.13).
	Skew        time.Duration  `env:"CLOCK_SKEW,optional"`
	Propagation *time.Duration `env:"PROPAGATION,optional"`
	// Demo is set by the local runner alone: it lets the secrets of the demo in, which everyone can read.
	Demo string `env:"DEMO,optional"`
	// Edge is what stands before the gateway: "none", or "cloudfront", whose word on where a caller is then counts (5.5).
	Edge string `env:"EDGE,optional"`
}

// Parts are what every function is made of.
type Parts struct {
	AWS   aws.Config
	Store *store.Store
	// Core has no Sealer: package wire/sealing adds it for those who seal.
	Core directory.Core
	Skew time.Duration // how far the clock was set ahead
	// EdgeTellsPlace: the edge's headers are not a client's own words.
	EdgeTellsPlace bool
	Log            *slog.Logger
}

// Start runs a function: make builds its handler, once, and what fails there fails by name before the first event.
func Start(make func(context.Context, Parts) (any, error)) {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	slog.SetDefault(log)
	ctx := context.Background()
	parts, err := load(log)
	if err == nil {
		var handler any
		if handler, err = make(ctx, parts); err == nil {
			growStack(false)
			lambda.StartWithOptions(handler, lambda.WithContext(ctx))
			return
		}
	}
	log.Error("cannot start", "error", err)
	os.Exit(1)
}

const edgeCloudFront = "cloudfront"

// newID makes ids that begin with the service's time, as lists by time and the log's verification take them.
func newID(skew time.Duration) func(prefix string) string {
	return func(prefix string) string {
		return prefix + ulid.MustNew(ulid.Timestamp(time.Now().Add(skew)), ulid.DefaultEntropy()).String()
	}
}

func load(log *slog.Logger) (Parts, error) {
	settings, err := config.Load[settings]()
	if err != nil {
		return Parts{}, err
	}
	if !slices.Contains([]string{"", "none", edgeCloudFront}, settings.Edge) {
		return Parts{}, fmt.Errorf("EDGE is none or %s, not %q", edgeCloudFront, settings.Edge)
	}
	aws, err := awsConfig()
	if err != nil {
		return Parts{}, err
	}
	policies, err := policy.New()
	if err != nil {
		return Parts{}, err
	}
	table := store.New(dynamodb.NewFromConfig(aws, store.Answers), settings.Table)
	return Parts{
		AWS: aws, Store: table, Skew: settings.Skew, EdgeTellsPlace: settings.Edge == edgeCloudFront, Log: log,
		Core: directory.Core{
			Store: table, Policies: policies, Presets: policies,
			Now:            func() time.Time { return time.Now().Add(settings.Skew).UTC().Truncate(time.Millisecond) },
			NewID:          newID(settings.Skew),
			PropagationCap: settings.Propagation,
			Admits:         func(secret string) bool { return settings.Demo != "" || !demo.Known(secret) },
		},
	}, nil
}
