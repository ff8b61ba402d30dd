package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/store"
)

// row is an item as it is stored.
type row = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func textOf(from row, name string) string {
	value, _ := from[name].(*types.AttributeValueMemberS)
	if value == nil {
		return ""
	}
	return value.Value
}

// rows reads the items of a partition whose sort keys begin with a prefix, as many as one query brings.
func (p *place) rows(ctx context.Context, partition, prefix string) ([]row, error) {
	condition, values := store.PartitionKey+" = :pk", row{":pk": text(partition)}
	if prefix != "" {
		condition += " AND begins_with(" + store.SortKey + ", :prefix)"
		values[":prefix"] = text(prefix)
	}
	answer, err := p.dynamoDB.Query(ctx, &dynamodb.QueryInput{
		TableName: &p.table, KeyConditionExpression: &condition, ConsistentRead: new(true), ExpressionAttributeValues: values,
	})
	if err != nil {
		return nil, err
	}
	return answer.Items, nil
}

const (
	batchSize = 25 // of BatchWriteItem
	writers   = 4
)

// fill writes many items, outside of every transaction.
func (p *place) fill(ctx context.Context, count int, make func(i int) row) error {
	return p.fillAll(ctx, count, func(i int) ([]row, error) { return []row{make(i)}, nil })
}

// fillAll is fill of what takes several items each.
func (p *place) fillAll(ctx context.Context, count int, make func(i int) ([]row, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches := jobs(ctx, count)
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for first := range batches {
				if err := p.writeBatch(ctx, first, min(first+batchSize, count), make); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

// jobs are the first numbers of the batches.
func jobs(ctx context.Context, count int) <-chan int {
	batches := make(chan int)
	go func() {
		defer close(batches)
		for first := 0; first < count; first += batchSize {
			select {
			case batches <- first:
			case <-ctx.Done():
				return
			}
		}
	}()
	return batches
}

func (p *place) writeBatch(ctx context.Context, from, to int, make func(i int) ([]row, error)) error {
	var requests []types.WriteRequest
	for i := from; i < to; i++ {
		items, err := make(i)
		if err != nil {
			return err
		}
		for _, one := range items {
			requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: one}})
		}
	}
	for some := range slices.Chunk(requests, batchSize) {
		if err := p.writeRequests(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (p *place) writeRequests(ctx context.Context, requests []types.WriteRequest) error {
	pending := map[string][]types.WriteRequest{p.table: requests}
	for wait := time.Millisecond; len(pending) > 0; wait *= 2 {
		answer, err := p.dynamoDB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: pending})
		if err != nil {
			return err
		}
		if pending = answer.UnprocessedItems; wait > time.Second {
			return errors.New("DynamoDB leaves items unwritten")
		}
	}
	return nil
}
