package functionstest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/functions/faulttest"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/store"
)

// Verified is what verifyOperations answers.
type Verified struct {
	Verified bool
	Checked  int
	Pending  int
	UpTo     api.Chain
	Problems []api.Finding
	Next     string
}

// verify verifies all of an organisation's log.
func verify(t testing.TB, who *Person) Verified {
	t.Helper()
	var all Verified
	parts := []Part{}
	for {
		some := Read[Verified](t, who.Do("verifyOperations", parts...), 200)
		all.Checked, all.Pending = all.Checked+some.Checked, all.Pending+some.Pending
		all.UpTo, all.Problems = some.UpTo, append(all.Problems, some.Problems...)
		if some.Next == "" {
			all.Verified = len(all.Problems) == 0
			return all
		}
		parts = []Part{Query("cursor", some.Next)}
	}
}

// busy is an organisation with a log of n acts, all sealed, in blocks of batch.
func busy(t *testing.T, n int) *Tenant {
	t.Helper()
	o := New(t, Quiet).Tenant("adyen")
	for i := range n {
		o.Rosa.Do("updateMe", Body(Object{"language": []string{"fr", "en"}[i%2]})).Want(t, 200)
	}
	o.Seal()
	return o
}

// change alters an item of the table without asking the service; to nothing it removes it.
func (o *Tenant) change(pk, sk string, alter func(map[string]types.AttributeValue) map[string]types.AttributeValue) {
	o.t.Helper()
	found, err := o.Client.bare.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: &o.Client.table, Key: itemKey(pk, sk)})
	if err != nil {
		o.t.Fatal(err)
	}
	if found.Item == nil {
		o.t.Fatalf("no item %s %s", pk, sk)
	}
	if _, err := o.Client.bare.DeleteItem(context.Background(), &dynamodb.DeleteItemInput{TableName: &o.Client.table, Key: itemKey(pk, sk)}); err != nil {
		o.t.Fatal(err)
	}
	if item := alter(found.Item); item != nil {
		o.put(item)
	}
}

func (o *Tenant) put(item map[string]types.AttributeValue) {
	o.t.Helper()
	if _, err := o.Client.bare.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &o.Client.table, Item: item}); err != nil {
		o.t.Fatal(err)
	}
}

func itemKey(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{store.PartitionKey: stored(pk), store.SortKey: stored(sk)}
}

func stored(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func nothing(map[string]types.AttributeValue) map[string]types.AttributeValue { return nil }

// set sets an attribute to a text.
func set(name, value string) func(map[string]types.AttributeValue) map[string]types.AttributeValue {
	return func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
		item[name] = stored(value)
		return item
	}
}

// write puts a text into an item's document in the place of another.
func write(was, is string) func(map[string]types.AttributeValue) map[string]types.AttributeValue {
	return func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
		document := item[store.Document].(*types.AttributeValueMemberS).Value
		return set(store.Document, strings.Replace(document, was, is, 1))(item)
	}
}

func (o *Tenant) logKey() string   { return "o#" + string(o.ID) + "#log" }
func (o *Tenant) chainKey() string { return "o#" + string(o.ID) + "#chain" }

// entries are the ids of the log, oldest first.
func (o *Tenant) entries() []string {
	o.t.Helper()
	keys := o.Stored(o.logKey() + " ")
	slices.Sort(keys)
	for i, key := range keys {
		_, keys[i], _ = strings.Cut(key, " ")
	}
	return keys
}

func blockKey(first int) string { return fmt.Sprintf("b#%016d", first) }

// 7.3, invariant 8: a log that nobody touched is verified, to its end, by everyone who may see it.
func TestALogThatNobodyTouchedIsVerified(t *testing.T) {
	t.Parallel()
	o := busy(t, 25)
	got := verify(t, o.Ada)
	equal(t, "verified", got.Verified, true)
	equal(t, "entries sealed", got.UpTo.Sequence, 25)
	equal(t, "checked, in the chain and in the log", got.Checked, 50)
	equal(t, "pending", got.Pending, 0)
	if got.UpTo.Hash == "" || got.UpTo.SealedAt == nil {
		t.Errorf("up to %+v", got.UpTo)
	}
	equal(t, "what an operator sees", verify(t, o.In(o)), got)

	// An entry of this moment is not sealed yet, and that is no problem; of an hour ago, it is.
	o.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	young := verify(t, o.Ada)
	equal(t, "verified", young.Verified, true)
	equal(t, "pending", young.Pending, 1)
	equal(t, "up to", young.UpTo, got.UpTo)
	pass(o, hour)
	old := verify(t, o.Ada)
	equal(t, "problems", old.Problems, []api.Finding{{Kind: "unsealed", Entry: o.entries()[25]}})

	// The refusal is an entry too.
	o.Rosa.Do("verifyOperations").Refused(t, 403, "forbidden")
	o.Rosa.Do("listOperations").Refused(t, 403, "forbidden")
	o.Ada.Do("verifyOperations", Query("cursor", "chain.0.")).Faulty(t, "cursor", "cursor")
	o.Ada.Do("verifyOperations", Query("cursor", "log.%%%")).Faulty(t, "cursor", "cursor")
}

// between is the id of an entry that would stand among these, and is none of them.
func between(entries []string) string {
	for _, id := range entries[7:] {
		if last := len(id) - 1; id[last] != 'Z' {
			return id[:last] + "Z"
		}
	}
	panic("every id ends in Z")
}

// 7.3: whatever is done to the log or its chain in the table, verification tells it and says where.
func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tamper func(*Tenant, []string)
		want   func([]string) []api.Finding
	}{
		"an entry altered": {
			func(o *Tenant, e []string) { o.change(o.logKey(), e[7], write("done", "refused")) },
			func(e []string) []api.Finding { return []api.Finding{{Kind: "altered", Entry: e[7], Sequence: 8}} },
		},
		"an attribute that nobody reads altered": {
			func(o *Tenant, e []string) { o.change(o.logKey(), e[7], set("listPk", "elsewhere")) },
			func(e []string) []api.Finding { return []api.Finding{{Kind: "altered", Entry: e[7], Sequence: 8}} },
		},
		"an entry removed": {
			func(o *Tenant, e []string) { o.change(o.logKey(), e[12], nothing) },
			func(e []string) []api.Finding { return []api.Finding{{Kind: "removed", Entry: e[12], Sequence: 13}} },
		},
		"the newest entry removed": {
			func(o *Tenant, e []string) { o.change(o.logKey(), e[24], nothing) },
			func(e []string) []api.Finding { return []api.Finding{{Kind: "removed", Entry: e[24], Sequence: 25}} },
		},
		"an entry removed with its mark and block": {
			func(o *Tenant, e []string) {
				for _, one := range e[10:20] {
					o.change(o.logKey(), one, nothing)
					o.change(o.chainKey(), "m#"+one, nothing)
				}
				o.change(o.chainKey(), blockKey(11), nothing)
			},
			func([]string) []api.Finding { return []api.Finding{{Kind: "removed", Sequence: 11, Count: 10}} },
		},
		"the newest entries removed with their marks and block": {
			func(o *Tenant, e []string) {
				for _, one := range e[20:] {
					o.change(o.logKey(), one, nothing)
					o.change(o.chainKey(), "m#"+one, nothing)
				}
				o.change(o.chainKey(), blockKey(21), nothing)
			},
			func([]string) []api.Finding { return []api.Finding{{Kind: "removed", Sequence: 21, Count: 5}} },
		},
		"the head set back to where it was, and what came since removed": {
			func(o *Tenant, e []string) {
				for _, one := range e[20:] {
					o.change(o.logKey(), one, nothing)
					o.change(o.chainKey(), "m#"+one, nothing)
				}
				o.change(o.chainKey(), blockKey(21), nothing)
				o.change(o.chainKey(), "head", func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
					item["sequence"] = &types.AttributeValueMemberN{Value: "20"}
					return item
				})
			},
			func([]string) []api.Finding { return []api.Finding{{Kind: "altered"}} },
		},
		"the head removed": {
			func(o *Tenant, _ []string) { o.change(o.chainKey(), "head", nothing) },
			func([]string) []api.Finding { return []api.Finding{{Kind: "removed"}} },
		},
		"a mark removed": {
			func(o *Tenant, e []string) { o.change(o.chainKey(), "m#"+e[3], nothing); pass(o, hour) },
			func(e []string) []api.Finding { return []api.Finding{{Kind: "unsealed", Entry: e[3]}} },
		},
		"a block altered": {
			func(o *Tenant, _ []string) {
				o.change(o.chainKey(), blockKey(11), write(`"previous":"`, `"previous":"A`))
			},
			func([]string) []api.Finding { return []api.Finding{{Kind: "altered", Sequence: 11, Count: 10}} },
		},
		"a block that cannot be read": {
			func(o *Tenant, _ []string) { o.change(o.chainKey(), blockKey(21), set(store.Document, "none")) },
			func(e []string) []api.Finding {
				found := []api.Finding{{Kind: "altered", Sequence: 21}, {Kind: "removed", Sequence: 22, Count: 4}}
				for _, one := range e[20:] {
					found = append(found, api.Finding{Kind: "inserted", Entry: one})
				}
				return found
			},
		},
		"two blocks in each other's place": {
			func(o *Tenant, _ []string) {
				var first, second map[string]types.AttributeValue
				o.change(o.chainKey(), blockKey(1), func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
					first = item
					return nil
				})
				o.change(o.chainKey(), blockKey(11), func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
					second = item
					return nil
				})
				first[store.SortKey], second[store.SortKey] = second[store.SortKey], first[store.SortKey]
				o.put(first)
				o.put(second)
			},
			func(e []string) []api.Finding {
				return []api.Finding{{Kind: "reordered", Sequence: 1, Count: 10}, {Kind: "reordered", Sequence: 11, Count: 10}}
			},
		},
		"two entries in each other's place": {
			func(o *Tenant, e []string) {
				at := [2]types.AttributeValue{}
				for i, one := range e[4:6] {
					o.change(o.logKey(), one, func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
						at[i] = item[store.Document]
						return item
					})
				}
				for i, one := range e[4:6] {
					o.change(o.logKey(), one, func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
						item[store.Document] = at[1-i]
						return item
					})
				}
			},
			func(e []string) []api.Finding {
				return []api.Finding{{Kind: "altered", Entry: e[4], Sequence: 5}, {Kind: "altered", Entry: e[5], Sequence: 6}}
			},
		},
		"an entry inserted beside the stream, with a forged mark": {
			func(o *Tenant, e []string) {
				o.change(o.logKey(), e[7], func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
					o.put(set(store.SortKey, between(e))(maps.Clone(item)))
					return item
				})
				mark := itemKey(o.chainKey(), "m#"+between(e))
				mark[store.Document] = stored(`{"block":1}`)
				o.put(mark)
			},
			func(e []string) []api.Finding { return []api.Finding{{Kind: "inserted", Entry: between(e)}} },
		},
		"an entry written into the past, and sealed as the stream brings it": {
			func(o *Tenant, e []string) {
				pass(o, hour)
				o.change(o.logKey(), e[7], func(item map[string]types.AttributeValue) map[string]types.AttributeValue {
					o.put(set(store.SortKey, between(e))(maps.Clone(item)))
					return item
				})
				o.Seal()
			},
			func(e []string) []api.Finding {
				return []api.Finding{{Kind: "inserted", Entry: between(e), Sequence: 26}}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := busy(t, 25)
			entries := o.entries()
			test.tamper(o, entries)
			got := verify(t, o.Ada)
			equal(t, "problems", got.Problems, test.want(entries))
			equal(t, "verified", got.Verified, false)
		})
	}
}

// The chain has every entry once, whatever the stream does: brings records twice, late, in disorder, at the same time, or
// to a function that dies before or after its transaction.
func TestEveryEntryIsSealedOnce(t *testing.T) {
	t.Parallel()
	o := New(t, Quiet).Tenant("adyen")
	for range 40 {
		o.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	}
	records := o.Written()
	random := rand.New(rand.NewPCG(1, 2))
	all := slices.Concat(records, records)
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	o.Faults.Begin(func(_ int, call string) faulttest.Kind {
		return []faulttest.Kind{faulttest.Well, faulttest.Lost, faulttest.Unanswered}[random.IntN(3)]
	})
	for range 1000 {
		if o.Stream(all) == nil {
			break
		}
		if random.IntN(10) == 0 {
			o.Faults.Begin(nil)
		}
	}
	o.Faults.Begin(nil)
	done := make(chan error)
	for range 4 {
		go func() { done <- o.Stream(all) }()
	}
	for range 4 {
		if err := <-done; err != nil {
			o.Stream(all) // it lost too many races, and comes again
		}
	}
	if err := o.Stream(all); err != nil {
		t.Fatal(err)
	}
	got := verify(t, o.Ada)
	equal(t, "problems", len(got.Problems), 0)
	equal(t, "entries sealed", got.UpTo.Sequence, 40)
	equal(t, "checked", got.Checked, 80)
}

// Who seals many organisations' entries together mixes none.
func TestEachOrganisationHasAChainOfItsOwn(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("adyen"), w.Tenant("bc-connect")
	for range 3 {
		o.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
		other.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	}
	other.Ben.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	w.Seal()
	equal(t, "entries", verify(t, o.Ada).UpTo.Sequence, 3)
	equal(t, "entries", verify(t, other.Ada).UpTo.Sequence, 4)
	w.Seal()
	equal(t, "entries", verify(t, other.Ada), verify(t, other.Ben))

	// One whose sealing fails does not keep another's from being sealed, and comes again.
	o.Rosa.Do("updateMe", Body(Object{"language": "en"})).Want(t, 200)
	records := w.Written()
	w.Faults.Begin(func(_ int, call string) faulttest.Kind {
		if call == "TransactWriteItems" {
			return faulttest.Lost
		}
		return faulttest.Well
	})
	if err := w.Stream(records); err == nil {
		t.Error("nothing was said of the failure")
	}
	w.Faults.Begin(nil)
	if err := w.Stream(records); err != nil {
		t.Fatal(err)
	}
	equal(t, "entries", verify(t, o.Ada).UpTo.Sequence, 4)
}

// A log of many entries is verified in stretches, each bounded.
func TestVerifyingGoesOnWhereItEnded(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	const many = 1300
	for from := 0; from < many; from += 50 {
		var effects []directory.Effect
		for range 50 {
			effects = append(effects, directory.Log{Entry: directory.Entry{
				ID: directory.EntryID(o.Core.NewID(directory.PrefixEntry)), Organisation: o.ID, At: o.Now(), Action: "updateMe", Outcome: directory.Done,
			}})
		}
		o.commit(effects...)
	}
	o.Seal()
	var first Answer
	calls := o.Client.Calls(func() { first = o.Ada.Do("verifyOperations") })
	stretch := Read[Verified](t, first, 200)
	if stretch.Next == "" || stretch.Checked > 1200 || len(calls) > 40 {
		t.Errorf("%d checked in %d calls, next %q", stretch.Checked, len(calls), stretch.Next)
	}
	got := verify(t, o.Ada)
	equal(t, "verified", got.Verified, true)
	equal(t, "checked", got.Checked, 2*many)
}
