package store

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Schema is the table as the local runner and the tests make it; a test of the stack holds the deployed one against it.
func Schema(table string) *dynamodb.CreateTableInput {
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	keys := func(pk, sk string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: &pk, KeyType: types.KeyTypeHash}, {AttributeName: &sk, KeyType: types.KeyTypeRange},
		}
	}
	index := func(name, pk, sk string, projected types.ProjectionType) types.GlobalSecondaryIndex {
		return types.GlobalSecondaryIndex{
			IndexName: &name, KeySchema: keys(pk, sk), Projection: &types.Projection{ProjectionType: projected},
		}
	}
	streamed := true
	return &dynamodb.CreateTableInput{
		TableName:   &table,
		BillingMode: types.BillingModePayPerRequest,
		KeySchema:   keys(PartitionKey, SortKey),
		AttributeDefinitions: []types.AttributeDefinition{
			attribute(PartitionKey), attribute(SortKey),
			attribute(DuePartitionKey), attribute(DueSortKey),
			attribute(ListPartitionKey), attribute(ListSortKey),
			attribute(SeenPartitionKey), attribute(SeenSortKey),
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			index(DueIndex, DuePartitionKey, DueSortKey, types.ProjectionTypeKeysOnly),
			index(SeenIndex, SeenPartitionKey, SeenSortKey, types.ProjectionTypeKeysOnly),
			index(ListIndex, ListPartitionKey, ListSortKey, types.ProjectionTypeAll),
		},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: &streamed, StreamViewType: types.StreamViewTypeNewImage},
	}
}
