package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"mandate/shared/store"
)

// newTable makes the one table. It holds who may move money, so it resists deletion in three ways: it is protected, it
// is kept when the stack goes, and any second of the last 35 days can be restored.
func newTable(scope constructs.Construct) awsdynamodb.Table {
	table := awsdynamodb.NewTable(scope, jsii.String("Table"), &awsdynamodb.TableProps{
		PartitionKey:        text(store.PartitionKey),
		SortKey:             text(store.SortKey),
		BillingMode:         awsdynamodb.BillingMode_PAY_PER_REQUEST,
		TimeToLiveAttribute: jsii.String(store.TTL),
		// The outbox reads what was written, never what was there before.
		Stream: awsdynamodb.StreamViewType_NEW_IMAGE,
		// KMS records each use of the key in CloudTrail, which the default (DynamoDB's own key) does not.
		Encryption:         awsdynamodb.TableEncryption_AWS_MANAGED,
		DeletionProtection: jsii.Bool(true),
		RemovalPolicy:      awscdk.RemovalPolicy_RETAIN,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
	})
	table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
		IndexName:      jsii.String(store.DueIndex),
		PartitionKey:   text(store.DuePartitionKey),
		SortKey:        text(store.DueSortKey),
		ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
	})
	table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
		IndexName:      jsii.String(store.ListIndex),
		PartitionKey:   text(store.ListPartitionKey),
		SortKey:        text(store.ListSortKey),
		ProjectionType: awsdynamodb.ProjectionType_ALL,
	})
	table.AddGlobalSecondaryIndex(&awsdynamodb.GlobalSecondaryIndexProps{
		IndexName:      jsii.String(store.SeenIndex),
		PartitionKey:   text(store.SeenPartitionKey),
		SortKey:        text(store.SeenSortKey),
		ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
	})
	return table
}

// restoredTable is a table that was restored from a backup, by the ARN of its stream, in the stack's own table's place. The
// stack does not manage it: what newTable sets is set by hand.
func restoredTable(scope constructs.Construct, stream string) awsdynamodb.ITable {
	return awsdynamodb.Table_FromTableAttributes(scope, jsii.String("RestoredTable"), &awsdynamodb.TableAttributes{
		TableArn: &streamForm.FindStringSubmatch(stream)[1], TableStreamArn: &stream,
	})
}

func text(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_STRING}
}

// indexARN is an index's, which DynamoDB derives from the table's.
func indexARN(table awsdynamodb.ITable, index string) *string {
	return jsii.String(*table.TableArn() + "/index/" + index)
}
