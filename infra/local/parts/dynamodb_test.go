package parts_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"mandate/infra/local/parts"
	"mandate/infra/local/parts/partstest"
)

const table = "example"

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func dynamoDB(endpoint string) (*dynamodb.Client, *dynamodbstreams.Client) {
	login := credentials.NewStaticCredentialsProvider("local", "local", "")
	return dynamodb.New(dynamodb.Options{Region: parts.DefaultRegion, BaseEndpoint: &endpoint, Credentials: login}),
		dynamodbstreams.New(dynamodbstreams.Options{Region: parts.DefaultRegion, BaseEndpoint: &endpoint, Credentials: login})
}

// stream returns the table's stream and its one shard, from the shard's beginning.
func stream(t *testing.T, db *dynamodb.Client, streams *dynamodbstreams.Client) (arn, shard, iterator string) {
	t.Helper()
	described, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(table)})
	if err != nil {
		t.Fatal(err)
	}
	arn = *described.Table.LatestStreamArn
	out, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(out.StreamDescription.Shards); n != 1 {
		t.Fatalf("%d shards, want 1", n)
	}
	shard = *out.StreamDescription.Shards[0].ShardId
	first, err := streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{StreamArn: &arn, ShardId: &shard, ShardIteratorType: "TRIM_HORIZON"})
	if err != nil {
		t.Fatal(err)
	}
	return arn, shard, *first.ShardIterator
}

// read returns the sequence numbers of the records after the iterator, and the next iterator.
func read(t *testing.T, streams *dynamodbstreams.Client, iterator string) (sequences []string, next string) {
	t.Helper()
	out, err := streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: &iterator})
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range out.Records {
		sequences = append(sequences, *record.Dynamodb.SequenceNumber)
	}
	return sequences, aws.ToString(out.NextShardIterator)
}

func TestDynamoDBSurvivesKill9(t *testing.T) {
	t.Parallel()
	process, err := partstest.Installation(t).StartDynamoDB(t.Context(), parts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	db, streams := dynamoDB(process.Endpoint())
	createTable(t, db)
	if _, err := db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: aws.String(table), TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)}}); err != nil {
		t.Fatal(err)
	}
	write(t, db, "one", "two")
	arn, shard, iterator := stream(t, db, streams)
	before, next := read(t, streams, iterator)
	if len(before) != 2 {
		t.Fatalf("%d records before, want 2", len(before))
	}
	write(t, db, "three") // not yet seen by the stream's reader, and then:
	wantItem(t, db, "three")

	kill(t, process)

	for _, pk := range []string{"one", "two", "three"} {
		wantItem(t, db, pk)
	}
	indexed, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String(table), IndexName: aws.String("kinds"), KeyConditionExpression: aws.String("kind = :k"), ExpressionAttributeValues: item{":k": text("user")}})
	if err != nil || indexed.Count != 3 {
		t.Errorf("the index: %v, %v", indexed, err)
	}
	ttl, err := db.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(table)})
	if err != nil || ttl.TimeToLiveDescription.TimeToLiveStatus != types.TimeToLiveStatusEnabled || *ttl.TimeToLiveDescription.AttributeName != "expires" {
		t.Errorf("TTL: %v, %v", ttl, err)
	}

	// The stream: same ARN, same shard, every record, and one not seen yet for a reader with an
	// iterator from before as for one that only kept a sequence number.
	arnNow, shardNow, horizon := stream(t, db, streams)
	if arnNow != arn || shardNow != shard {
		t.Errorf("stream %s %s, was %s %s", arnNow, shardNow, arn, shard)
	}
	if all, _ := read(t, streams, horizon); len(all) != 3 || all[0] != before[0] || all[1] != before[1] {
		t.Errorf("records %v, were %v", all, before)
	}
	if unread, _ := read(t, streams, next); len(unread) != 1 {
		t.Errorf("the iterator from before gives %d records, want 1", len(unread))
	}
	after, err := streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{StreamArn: &arn, ShardId: &shard, ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: &before[1]})
	if err != nil {
		t.Fatal(err)
	}
	unread, next := read(t, streams, *after.ShardIterator)
	if len(unread) != 1 {
		t.Errorf("after the sequence number: %d records, want 1", len(unread))
	}
	// Transactions go on, and so does the stream, in order.
	write(t, db, "four")
	if more, _ := read(t, streams, next); len(more) != 1 || more[0] <= unread[0] {
		t.Errorf("records after the restart: %v, after %v", more, unread)
	}
}

func TestDynamoDBInMemoryIsSharedByTheProcess(t *testing.T) {
	t.Parallel()
	first, second := partstest.DynamoDB(t), partstest.DynamoDB(t)
	if first != second {
		t.Errorf("two of them: %s, %s", first, second)
	}
	db, _ := dynamoDB(first)
	if _, err := db.ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil {
		t.Error(err)
	}
}

func createTable(t *testing.T, db *dynamodb.Client) {
	t.Helper()
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(table), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}, {AttributeName: aws.String("kind"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("kinds"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("kind"), KeyType: types.KeyTypeHash}},
		}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantItem reads the item, and so also waits until DynamoDB Local has committed it.
func wantItem(t *testing.T, db *dynamodb.Client, pk string) {
	t.Helper()
	got, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(table), Key: item{"pk": text(pk)}, ConsistentRead: aws.Bool(true)})
	if err != nil || got.Item["kind"] == nil {
		t.Errorf("item %s: %v, %v", pk, got, err)
	}
}

// write puts one item a key, all in one transaction.
func write(t *testing.T, db *dynamodb.Client, keys ...string) {
	t.Helper()
	var puts []types.TransactWriteItem
	for _, key := range keys {
		puts = append(puts, types.TransactWriteItem{Put: &types.Put{TableName: aws.String(table), Item: item{"pk": text(key), "kind": text("user")}, ConditionExpression: aws.String("attribute_not_exists(pk)")}})
	}
	if _, err := db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: puts}); err != nil {
		t.Fatal(err)
	}
}
