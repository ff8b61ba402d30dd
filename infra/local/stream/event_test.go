package stream

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/google/go-cmp/cmp"
)

// The form is that of aws-lambda-go's captured DynamoDB event.
func TestRecordsAreWhatLambdaSends(t *testing.T) {
	t.Parallel()
	record := types.Record{
		AwsRegion:    aws.String("eu-central-1"),
		EventID:      aws.String("f07f8ca4b0b26cb9c4e5e77e69f274ee"),
		EventName:    types.OperationTypeRemove,
		EventSource:  aws.String("aws:dynamodb"),
		EventVersion: aws.String("1.1"),
		UserIdentity: &types.Identity{Type: aws.String("Service"), PrincipalId: aws.String("dynamodb.amazonaws.com")},
		Dynamodb: &types.StreamRecord{
			ApproximateCreationDateTime: aws.Time(time.Unix(1480642020, 0)),
			Keys:                        map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "org#1"}},
			OldImage: map[string]types.AttributeValue{
				"b":    &types.AttributeValueMemberB{Value: []byte{0, 1, 42, 65}},
				"bs":   &types.AttributeValueMemberBS{Value: [][]byte{{0}, {255}}},
				"bool": &types.AttributeValueMemberBOOL{Value: true},
				"l":    &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberN{Value: "1.50"}, &types.AttributeValueMemberS{Value: "<é>"}}},
				"m":    &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"n": &types.AttributeValueMemberNULL{Value: true}}},
				"n":    &types.AttributeValueMemberN{Value: "12345678901234567890123456789012345678"},
				"ns":   &types.AttributeValueMemberNS{Value: []string{"1", "-2"}},
				"ss":   &types.AttributeValueMemberSS{Value: []string{"a", "b"}},
			},
			SequenceNumber: aws.String("1405400000000002063282832"),
			SizeBytes:      aws.Int64(54),
			StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	}
	want, err := os.ReadFile("testdata/record.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(convert(record, "arn:aws:dynamodb:eu-central-1:000000000000:table/people/stream/2016-12-01T00:00:00.000"))
	if err != nil {
		t.Fatal(err)
	}
	var wantTree, gotTree any
	if err := json.Unmarshal(want, &wantTree); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &gotTree); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantTree, gotTree); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
