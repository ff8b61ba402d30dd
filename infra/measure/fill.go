package measure

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	batchSize = 25 // of BatchWriteItem
	writers   = 4
)

// Row is an item as it is stored.
type Row = map[string]types.AttributeValue

// Table is one to fill.
type Table struct {
	DynamoDB *dynamodb.Client
	Name     string
}

// Fill writes what make gives of every number below count, outside of every transaction.
func (t Table) Fill(ctx context.Context, count int, make func(i int) ([]Row, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches := jobs(ctx, count)
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for first := range batches {
				if err := t.writeBatch(ctx, first, min(first+batchSize, count), make); err != nil {
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

func (t Table) writeBatch(ctx context.Context, from, to int, make func(i int) ([]Row, error)) error {
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
		if err := t.writeRequests(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (t Table) writeRequests(ctx context.Context, requests []types.WriteRequest) error {
	pending := map[string][]types.WriteRequest{t.Name: requests}
	for wait := time.Millisecond; len(pending) > 0; wait *= 2 {
		answer, err := t.DynamoDB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: pending})
		if err != nil {
			return err
		}
		if pending = answer.UnprocessedItems; wait > time.Second {
			return errors.New("DynamoDB leaves items unwritten")
		}
	}
	return nil
}
