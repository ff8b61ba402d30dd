package store

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/seal"
)

// Vault keeps the data keys that KMS wrapped, as package kmskeys asks of it. It does not import that package: who reads
// the table need not link KMS.
type Vault struct{ store *Store }

// Vault of the store's table.
func (s *Store) Vault() Vault { return Vault{s} }

// Load reads a wrapped key; seal.ErrNoKey where there is none.
func (v Vault) Load(ctx context.Context, id string) ([]byte, error) {
	consistent := true
	answer, err := v.store.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &v.store.table, Key: dataKey(id).item(), ConsistentRead: &consistent,
	})
	if err != nil {
		return nil, err
	}
	wrapped, ok := answer.Item["wrapped"].(*types.AttributeValueMemberB)
	if !ok {
		return nil, seal.ErrNoKey
	}
	return wrapped.Value, nil
}

// Create keeps a wrapped key; seal.ErrKeyExists where there is one.
func (v Vault) Create(ctx context.Context, id string, wrapped []byte) error {
	made, condition := dataKey(id).item(), ifAbsent
	made["wrapped"] = &types.AttributeValueMemberB{Value: wrapped}
	_, err := v.store.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &v.store.table, Item: made, ConditionExpression: &condition,
	})
	var exists *types.ConditionalCheckFailedException
	if errors.As(err, &exists) {
		return seal.ErrKeyExists
	}
	return err
}
