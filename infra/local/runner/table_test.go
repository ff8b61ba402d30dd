package runner_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// table is everything stored.
func table(t testing.TB, database string) []map[string]any {
	t.Helper()
	name, consistent := "mandate", true
	pages := dynamodb.NewScanPaginator(dynamodb.NewFromConfig(cloud(database)), &dynamodb.ScanInput{TableName: &name, ConsistentRead: &consistent})
	var all []map[string]any
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			var record map[string]any
			if err := attributevalue.UnmarshalMap(item, &record); err != nil {
				t.Fatal(err)
			}
			all = append(all, record)
		}
	}
	return all
}
