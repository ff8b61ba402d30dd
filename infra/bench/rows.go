package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/infra/measure"
	"mandate/shared/store"
)

type row = measure.Row

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

// fill writes many items, outside of every transaction.
func (p *place) fill(ctx context.Context, count int, make func(i int) row) error {
	return p.filled().Fill(ctx, count, func(i int) ([]row, error) { return []row{make(i)}, nil })
}

func (p *place) filled() measure.Table { return measure.Table{DynamoDB: p.dynamoDB, Name: p.table} }
