package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/infra/local/parts"
	"mandate/shared/store"
)

// Prepare has the table of a data folder filled before anything runs on it, be it new or there: with the table alone, and
// the keys that secrets are sealed under. The table has no stream meanwhile, which slows DynamoDB Local down with every
// record, and nothing is to follow from what was there before. The runner that is given to fill has its table and its Core,
// and runs nothing.
func Prepare(ctx context.Context, options Options, fill func(context.Context, *Runner) error) error {
	if options.DataDir == "" {
		return fmt.Errorf("what is prepared in no folder is gone before it is used")
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &Runner{options: options, log: options.Log, cancel: cancel, clock: clock{skew: options.ClockSkew}, Table: tableName}
	defer r.Close()
	installation, err := parts.Install(ctx, r.log)
	if err != nil {
		return err
	}
	if err := r.startDatabase(ctx, installation); err != nil {
		return err
	}
	if err := r.startKMS(); err != nil {
		return err
	}
	schema := store.Schema(tableName)
	stream := schema.StreamSpecification
	schema.StreamSpecification = nil
	_, err = r.Client().CreateTable(ctx, schema)
	switch {
	case err == nil:
		err = r.expire(ctx)
	case errors.As(err, new(*types.ResourceInUseException)):
		err = r.stream(ctx, &types.StreamSpecification{StreamEnabled: aws.Bool(false)})
	}
	if err != nil {
		return fmt.Errorf("the table: %w", err)
	}
	if err := fill(ctx, r); err != nil {
		return err
	}
	return r.stream(ctx, stream)
}

// stream has the table's changes be told, or not.
func (r *Runner) stream(ctx context.Context, stream *types.StreamSpecification) error {
	_, err := r.Client().UpdateTable(ctx, &dynamodb.UpdateTableInput{TableName: &r.Table, StreamSpecification: stream})
	return err
}

// expire has DynamoDB delete what has had its time.
func (r *Runner) expire(ctx context.Context) error {
	attribute, on := store.TTL, true
	_, err := r.Client().UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &r.Table, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attribute, Enabled: &on},
	})
	return err
}
