package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/infra/compile"
	"mandate/infra/local/lambda"
	"mandate/shared/api"
	"mandate/shared/store"
)

// floor builds one of the functions that others are compared with.
func (b *bench) floor(ctx context.Context, name, instance string, more environment) (lambda.Function, error) {
	binary := filepath.Join(b.root, "dist", "bench", name, compile.Bootstrap)
	if err := compile.Binary(ctx, b.root, "infra/bench/baseline/"+name, compile.Here, binary); err != nil {
		return lambda.Function{}, err
	}
	function := b.lambda(api.Account, "", more) // where the parts are and how Go runs, is the same for all
	function.Name, function.Binary = instance, binary
	return function, nil
}

// sameRead is what a bare handler is told to read: the keys of the one batch that an operation reads.
func (b *bench) sameRead(ctx context.Context, p *place, function api.Function, r request) (environment, error) {
	batch, err := b.batchOf(ctx, p, function, r)
	if err != nil {
		return nil, err
	}
	var pairs [][2]string
	for _, key := range batch.RequestItems[p.table].Keys {
		pairs = append(pairs, [2]string{textOf(key, store.PartitionKey), textOf(key, store.SortKey)})
	}
	keys, err := json.Marshal(pairs)
	return environment{"TABLE": p.table, "KEYS": string(keys)}, err
}

// batchOf is the one batch that an operation reads.
func (b *bench) batchOf(ctx context.Context, p *place, function api.Function, r request) (*dynamodb.BatchGetItemInput, error) {
	service, err := serve(ctx, b.lambda(function, p.table, b.metered()))
	if err != nil {
		return nil, err
	}
	defer service.Close()
	calls, err := b.meter.During(func() error { return p.ask(ctx, service, r, nil) })
	if err != nil {
		return nil, err
	}
	if len(calls) != 1 || calls[0].Operation != "BatchGetItem" {
		return nil, fmt.Errorf("%s %s makes other calls than one BatchGetItem", r.method, r.path)
	}
	var asked struct {
		RequestItems map[string]struct {
			Keys []struct{ PK, SK struct{ S string } }
		}
	}
	if err := json.Unmarshal(calls[0].Request, &asked); err != nil {
		return nil, err
	}
	read := types.KeysAndAttributes{ConsistentRead: new(true)}
	for _, key := range asked.RequestItems[p.table].Keys {
		read.Keys = append(read.Keys, row{store.PartitionKey: text(key.PK.S), store.SortKey: text(key.SK.S)})
	}
	return &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{p.table: read}}, nil
}
