package store

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/oklog/ulid/v2"

	"mandate/shared/directory"
)

// logEntry writes a line of the log, once. It is in the list of what it is about as well.
func logEntry(e directory.Entry) (write, error) {
	k := entry(directory.EntryRef{Organisation: e.Organisation, ID: e.ID})
	made, err := encode(k, entryRecord(e))
	if e.Target != "" {
		listed(made, targetLog(e.Organisation, e.Target), string(e.ID))
	}
	return putNew(k, made), err
}

// moveHead writes where a chain ends, if it ended where that was known.
func moveHead(e directory.MoveHead) (write, error) {
	k := head(e.Head.Organisation)
	made, err := encode(k, headRecord(e.Head))
	if e.From == 0 {
		return putNew(k, made), err
	}
	return put(k, made).naming(map[string]string{"#sequence": "sequence"}).
		when("#sequence = :from", item{":from": number(e.From)}, stale), err
}

// toBlock reads a block. One that cannot be read is no failure to read: it was tampered with, and has no signature.
func toBlock(from item) (directory.Block, error) {
	var record blockRecord
	if err := decode(from, &record); err != nil {
		record = blockRecord{}
		record.named(keyOf(from))
	}
	return directory.Block(record), nil
}

// examinedAtMost is how many entries a page looks at to find those that a filter picks: a page's read units do not grow
// with what the filter leaves out.
const examinedAtMost = 500

// Operations lists an organisation's log, newest first.
//
// Decision: a list of ListIndex by what an act was about, since histories and sign-ins of users are looked at most,
// and the log's own order for all else. A list by actor too would have every act of the service write one item
// more, to save looking at some hundreds of entries when an auditor asks.
func (s *Store) Operations(ctx context.Context, id directory.OrganisationID, filter directory.OperationFilter, page directory.Page) ([]directory.Entry, string, error) {
	l := list{pk: ofOrganisation(id) + logSuffix, prefix: directory.PrefixEntry, backwards: true}
	if filter.Target != "" {
		l.index, l.pk = ListIndex, targetLog(id, filter.Target)
		l.at = func(sk string) key {
			return entry(directory.EntryRef{Organisation: id, ID: directory.EntryID(sk)})
		}
	}
	if !filter.From.IsZero() || !filter.Before.IsZero() {
		l.from, l.to = bounds(filter.From, filter.Before)
		if l.from > l.to {
			return nil, "", nil
		}
	}
	examined := page
	if filter.Picks() {
		examined.Limit = max(page.Limit, examinedAtMost)
	}
	entries, next, err := query(ctx, s, l, examined, toEntry)
	if err != nil {
		return nil, "", err
	}
	found := entries[:0]
	for _, one := range entries {
		if !filter.Admits(one) {
			continue
		}
		if len(found) == page.Limit {
			return found, cursor(string(found[len(found)-1].ID)), nil
		}
		found = append(found, one)
	}
	return found, next, nil
}

// idsLag is how much later than its act an entry's id may have been made: a function's longest time.
const idsLag = time.Minute

// bounds are the sort keys between which the entries of a time are.
func bounds(from, to time.Time) (first, last string) {
	first, last = directory.PrefixEntry, directory.PrefixEntry+"~"
	if !from.IsZero() {
		first += timeOfID(from)
	}
	if !to.IsZero() {
		last = directory.PrefixEntry + timeOfID(to.Add(idsLag)) + "~"
	}
	return first, last
}

// timeOfID is what ids of a time begin with.
func timeOfID(at time.Time) string {
	milliseconds := min(max(at.UnixMilli(), 0), int64(ulid.MaxTime()))
	var id ulid.ULID
	if err := id.SetTime(uint64(milliseconds)); err != nil {
		return "" // no time is beyond the greatest
	}
	return id.String()[:10]
}

// Entries lists the ids of an organisation's log, oldest first.
func (s *Store) Entries(ctx context.Context, id directory.OrganisationID, page directory.Page) ([]directory.EntryID, string, error) {
	return query(ctx, s, list{pk: ofOrganisation(id) + logSuffix, prefix: directory.PrefixEntry}, page, func(from item) (directory.EntryID, error) {
		return directory.EntryID(keyOf(from).sk), nil
	})
}

// Blocks lists an organisation's chain.
func (s *Store) Blocks(ctx context.Context, id directory.OrganisationID, from, limit int) ([]directory.Block, error) {
	first := block(directory.BlockRef{Organisation: id, First: from})
	blocks, _, err := query(ctx, s, list{pk: first.pk, from: first.sk, to: blockPrefix + "~"}, directory.Page{Limit: limit}, toBlock)
	return blocks, err
}

// EntryOf tells which entry of the log an item of the stream is, and its digest; ok is false where it is none.
func EntryOf(image map[string]types.AttributeValue) (ref directory.EntryRef, digest string, ok bool) {
	k := keyOf(image)
	tenant, ok := strings.CutSuffix(strings.TrimPrefix(k.pk, "o#"), logSuffix)
	if !ok || !strings.HasPrefix(k.sk, directory.PrefixEntry) {
		return directory.EntryRef{}, "", false
	}
	ref = directory.EntryRef{Organisation: directory.OrganisationID(tenant), ID: directory.EntryID(k.sk)}
	return ref, digestOf(image), true
}

func toDigest(from item) (string, error) { return digestOf(from), nil }

// digestOf is a SHA-256 over all of an item: its attributes by name, each with its type and its length before it, so that
// no two items give the same bytes. It does not depend on how entries are decoded: what was sealed years ago is still
// verified when entries have fields that there were not then.
func digestOf(from item) string {
	sum := sha256.New()
	addMap(sum, from)
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}

func addMap(sum hash.Hash, from item) {
	addLength(sum, "M", len(from))
	for _, name := range slices.Sorted(maps.Keys(from)) {
		addText(sum, "K", name)
		addValue(sum, from[name])
	}
}

func addValue(sum hash.Hash, value types.AttributeValue) {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		addText(sum, "S", v.Value)
	case *types.AttributeValueMemberN:
		addText(sum, "N", v.Value)
	case *types.AttributeValueMemberB:
		addText(sum, "B", string(v.Value))
	case *types.AttributeValueMemberBOOL:
		addText(sum, "BOOL", strconv.FormatBool(v.Value))
	case *types.AttributeValueMemberNULL:
		addText(sum, "NULL", "")
	case *types.AttributeValueMemberSS:
		addSet(sum, "SS", v.Value)
	case *types.AttributeValueMemberNS:
		addSet(sum, "NS", v.Value)
	case *types.AttributeValueMemberBS:
		set := make([]string, len(v.Value))
		for i, one := range v.Value {
			set[i] = string(one)
		}
		addSet(sum, "BS", set)
	case *types.AttributeValueMemberL:
		addLength(sum, "L", len(v.Value))
		for _, one := range v.Value {
			addValue(sum, one)
		}
	case *types.AttributeValueMemberM:
		addMap(sum, v.Value)
	default:
		panic(fmt.Sprintf("store: attribute of type %T, which DynamoDB does not have", value))
	}
}

func addSet(sum hash.Hash, kind string, set []string) {
	addLength(sum, kind, len(set))
	for _, one := range slices.Sorted(slices.Values(set)) {
		addText(sum, "E", one)
	}
}

func addText(sum hash.Hash, kind, text string) {
	addLength(sum, kind, len(text))
	sum.Write([]byte(text))
}

func addLength(sum hash.Hash, kind string, length int) {
	sum.Write(binary.BigEndian.AppendUint64([]byte(kind+":"), uint64(length)))
}
