package functionstest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/directory"
	"mandate/shared/store"
)

// Invariant 3: whatever record the stream brings, no function that reads it falls over, and what comes with it is done: it
// is told to have failed, or it was nothing to do.
func FuzzStreamRecords(f *testing.F) {
	var lines strings.Builder
	o := New(f, LoggingTo(&lines)).Tenant("bc-connect")
	o.Settle()
	o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Want(f, 202)
	for _, record := range o.Written() {
		text, err := json.Marshal(record)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{
		`{}`, `null`, `{"dynamodb":{"Keys":null}}`, `{"dynamodb":{"Keys":{"pk":null,"sk":{}},"NewImage":{"pk":null}}}`,
		`{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":{"pk":{"S":"o#org#outbox"},"sk":{"S":"mail#out_1"}}}}`,
		`{"eventName":"INSERT","dynamodb":{"SequenceNumber":"1","Keys":{"pk":{"N":"1"},"sk":{"BOOL":true}},"NewImage":{"pk":{"S":"o#org#log"},"sk":{"S":"log_1"},"x":{"L":[{"M":{"y":null}},{"NS":["1"]},{"BS":["AA=="]},{"NULL":true}]}}}}`,
		`{"eventName":"MODIFY","dynamodb":{"NewImage":{"pk":{"S":"o##log"},"sk":{"S":"log_"}}}}`,
		`{"eventName":"INSERT","dynamodb":{"NewImage":{"pk":{"S":"#log"},"sk":{"S":"log_\u0000"},"doc":{"M":{}}}}}`,
	} {
		f.Add(text)
	}
	o.Settle()
	f.Fuzz(func(t *testing.T, text string) {
		o.World.t = t
		var record events.DynamoDBEventRecord
		if json.Unmarshal([]byte(text), &record) != nil {
			return // which the runtime refuses before any of ours
		}
		record.Change.SequenceNumber = "fuzzed"
		// An item beside it, which is there.
		o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Want(t, 202)
		beside := o.Outbox()
		if len(beside) != 1 {
			t.Fatalf("%d items wait", len(beside))
		}
		good := events.DynamoDBEventRecord{EventName: "INSERT", Change: events.DynamoDBStreamRecord{
			SequenceNumber: "good", Keys: map[string]events.DynamoDBAttributeValue{
				store.PartitionKey: events.NewStringAttribute("o#" + string(beside[0].Organisation) + "#outbox"),
				store.SortKey:      events.NewStringAttribute(string(beside[0].Kind) + "#" + beside[0].ID),
			},
		}}
		for _, kind := range []directory.OutboxKind{directory.OutboxWorkflow, directory.OutboxMail} {
			lines.Reset()
			batch := []events.DynamoDBEventRecord{record}
			if kind == directory.OutboxMail {
				batch = append(batch, good)
			}
			answer, err := o.carriers[kind](t.Context(), events.DynamoDBEvent{Records: batch})
			if err != nil {
				t.Fatalf("%s: the whole batch failed: %v", kind, err)
			}
			for _, failed := range answer.BatchItemFailures {
				if failed.ItemIdentifier != "fuzzed" {
					t.Fatalf("%s: %q failed as well", kind, failed.ItemIdentifier)
				}
				if !strings.Contains(lines.String(), "level=ERROR") {
					t.Fatalf("%s: it failed, and nothing is said of it", kind)
				}
			}
		}
		if left := o.Outbox(); len(left) > 0 {
			t.Fatalf("what came with it was not carried: %v", left)
		}
	})
}

// 4.8: whatever an item of the outbox says, it is carried, or it waits: it is not lost for being unreadable, and no
// function falls over it.
func FuzzOutboxItems(f *testing.F) {
	var lines strings.Builder
	w := New(f, LoggingTo(&lines))
	o := w.Tenant("bc-connect")
	f.Add("mail", `{"mail":{"kind":"nothing","to":"x@example.com"}}`)
	f.Add("mail", `{"mail":{"to":"x@example.com\r\nBcc: y@example.com","kind":"passwordReset","sealedToken":"v1.test-1.AAAA","user":"u"}}`)
	f.Add("mail", `{"mail":{}}`)
	f.Add("mail", `{"mail":{"kind":"approvalRequested","change":"chg_1","differences":[{"field":"x","before":", ,"}]}}`)
	f.Add("text", `{"text":{"kind":"nothing"}}`)
	f.Add("text", `{"text":{"kind":"phoneCode","to":"+1","expiresAt":"9999-12-31T23:59:59Z","sealedCode":"v1..x"}}`)
	f.Add("workflow", `{"workflow":{}}`)
	f.Add("workflow", `{"workflow":{"change":"chg_01ARZ3NDEKTSV4RRFFQ69G5FAV_usr_01ARZ3NDEKTSV4RRFFQ69G5FAV","taskToken":"t","state":"none"}}`)
	f.Add("reset", `{"reset":{"sealedName":"x"}}`)
	f.Add("mail", `{"reset":{"sealedName":"x"}}`)
	f.Add("event", `{"createdAt":"not a time"}`)
	f.Add("mail", `{`)
	f.Add("mail", "")
	f.Fuzz(func(t *testing.T, kind, doc string) {
		w.t = t
		if strings.ContainsAny(kind, "#\x00") || len(kind)+len(doc) > 10_000 {
			return
		}
		ref := directory.OutboxRef{Organisation: o.ID, Kind: directory.OutboxKind(kind), ID: fmt.Sprint("out_", w.next())}
		key := map[string]types.AttributeValue{
			store.PartitionKey: &types.AttributeValueMemberS{Value: "o#" + string(o.ID) + "#outbox"},
			store.SortKey:      &types.AttributeValueMemberS{Value: kind + "#" + ref.ID},
		}
		item := map[string]types.AttributeValue{store.Document: &types.AttributeValueMemberS{Value: doc}}
		for name, value := range key {
			item[name] = value
		}
		if _, err := w.Client.bare.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &w.Client.table, Item: item}); err != nil {
			return // no text for the table
		}
		sent := func() int { return len(w.Mails.All()) + len(w.Texts.Messages()) + w.OpenExecutions() }
		for carrier := range w.carriers {
			before := sent()
			lines.Reset()
			answer, err := w.carriers[carrier](t.Context(), events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{{Change: events.DynamoDBStreamRecord{
				SequenceNumber: "fuzzed", Keys: map[string]events.DynamoDBAttributeValue{
					store.PartitionKey: events.NewStringAttribute("o#" + string(o.ID) + "#outbox"), store.SortKey: events.NewStringAttribute(kind + "#" + ref.ID),
				},
			}}}})
			if err != nil {
				t.Fatalf("the whole batch failed: %v", err)
			}
			found, err := w.Client.bare.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &w.Client.table, Key: key, ConsistentRead: aws.Bool(true)})
			if err != nil {
				t.Fatal(err)
			}
			waits, failed := len(found.Item) > 0, len(answer.BatchItemFailures) > 0
			switch {
			case failed && !waits:
				t.Fatal("it failed, and is gone")
			case !failed && waits && !strings.Contains(lines.String(), directory.ErrUnreadable.Error()):
				t.Fatal("it is told to be carried, and waits")
			case (failed || waits) && !strings.Contains(lines.String(), "level=ERROR"):
				t.Fatal("it failed, and nothing is said of it")
			case !failed && !waits && before == sent() && kind != string(directory.OutboxReset) && kind != string(directory.OutboxWorkflow) &&
				!strings.Contains(lines.String(), "level=ERROR") && len(w.Outbox()) == 0:
				t.Fatal("it was carried, and nothing came of it")
			}
			if !waits {
				break
			}
		}
		if _, err := w.Client.bare.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &w.Client.table, Key: key}); err != nil {
			t.Fatal(err)
		}
		w.Client.stream.forget(key)
		for _, left := range w.Outbox() { // mails to each admin, as they are addressed
			if w.carriers[left.Kind] != nil { // or it is the one, under another key than was said
				_ = w.tryCarry(left)
			}
		}
	})
}
