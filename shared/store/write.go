package store

import (
	"maps"
	"reflect"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/fault"
)

// write is one item of a transaction, and what it means when its condition does not hold.
type write struct {
	key        key
	kind       kind
	item       item   // of a put
	expression string // of an update
	condition  string // empty: whatever is there
	names      map[string]string
	values     item
	fault      *fault.Fault
}

// kind of a write.
type kind int

const (
	isPut kind = iota
	isUpdate
	isDrop
	isCheck // writes nothing
)

var stale = &fault.Fault{Code: fault.Stale}

// Conditions. Create-if-absent and compare-and-swap are here and nowhere else.
const (
	ifAbsent   = "attribute_not_exists(pk)"
	ifPresent  = "attribute_exists(pk)"
	ifRevision = "revision = :revision"
)

func put(k key, made item) write { return write{key: k, kind: isPut, item: made} }

// putNew writes a record that must not be there.
func putNew(k key, made item) write { return put(k, made).when(ifAbsent, nil, stale) }

// putRevised writes a record that is new, or stands at its revision, and lifts the revision by one.
func putRevised(k key, made item, revision int) write {
	made["revision"] = number(revision + 1)
	if revision == 0 {
		return putNew(k, made)
	}
	return put(k, made).when(ifRevision, item{":revision": number(revision)}, stale)
}

func update(k key, expression string, values item) write {
	return write{key: k, kind: isUpdate, expression: expression, values: values}
}

func drop(k key) write { return write{key: k, kind: isDrop} }

func check(k key) write { return write{key: k, kind: isCheck} }

// when sets the write's condition, and the fault where it does not hold.
func (w write) when(condition string, values item, otherwise *fault.Fault) write {
	w.condition, w.values, w.fault = condition, merged(w.values, values), otherwise
	return w
}

// naming says what the #names of the write's expressions are: words that DynamoDB has reserved.
func (w write) naming(names map[string]string) write {
	w.names = merged(w.names, names)
	return w
}

// and lets a check of the same item go with the write: both conditions must hold.
func (w write) and(other write) write {
	if w.condition == "" {
		return w.when(other.condition, other.values, other.fault).naming(other.names)
	}
	return w.when("("+w.condition+") AND ("+other.condition+")", other.values, w.fault).naming(other.names)
}

// same tells whether two checks ask the same.
func (w write) same(other write) bool {
	return w.condition == other.condition && reflect.DeepEqual(w.values, other.values)
}

func merged[M ~map[string]V, V any](a, b M) M {
	if len(a) == 0 {
		return b
	}
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// in is the write as DynamoDB takes it.
func (w write) in(table string) types.TransactWriteItem {
	var condition *string
	if w.condition != "" {
		condition = &w.condition
	}
	switch w.kind {
	case isPut:
		return types.TransactWriteItem{Put: &types.Put{
			TableName: &table, Item: w.item, ConditionExpression: condition,
			ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
		}}
	case isUpdate:
		return types.TransactWriteItem{Update: &types.Update{
			TableName: &table, Key: w.key.item(), UpdateExpression: &w.expression, ConditionExpression: condition,
			ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
		}}
	case isDrop:
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: &table, Key: w.key.item(), ConditionExpression: condition,
			ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
		}}
	default:
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &table, Key: w.key.item(), ConditionExpression: condition,
			ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
		}}
	}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}
