package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mandate/shared/directory"
)

// list is a query for a page of items.
type list struct {
	index     string // empty: the table itself, read consistently
	pk        string
	prefix    string // of the sort key; a list with cursors has one
	from, to  string // bounds of the sort key, both within the list; empty: those of the prefix
	backwards bool
	only      string              // a state; empty: all
	at        func(sk string) key // of an index: the key of the item that stands at a sort key of the list
}

// indexKeys are the names of the keys, by index; empty: the table's own.
var indexKeys = map[string]key{
	"":        {PartitionKey, SortKey},
	ListIndex: {ListPartitionKey, ListSortKey},
	SeenIndex: {SeenPartitionKey, SeenSortKey},
}

// query reads a page, and where the next one begins.
func query[D any](ctx context.Context, s *Store, l list, page directory.Page, to func(item) (D, error)) ([]D, string, error) {
	names := indexKeys[l.index]
	pkName, skName := names.pk, names.sk
	condition, values := pkName+" = :pk", item{":pk": text(l.pk)}
	// Bounds where begins_with would do as well: DynamoDB Local goes to it past all that is before.
	first, last := l.from, l.to
	if first == "" && l.prefix != "" {
		first, last = l.prefix, l.prefix+endOfText
	}
	if first != "" {
		condition += " AND " + skName + " BETWEEN :first AND :last"
		values[":first"], values[":last"] = text(first), text(last)
	}
	limit, forwards, consistent := int32(page.Limit), !l.backwards, l.index == ""
	input := &dynamodb.QueryInput{
		TableName: &s.table, Limit: &limit, ScanIndexForward: &forwards, ConsistentRead: &consistent,
		KeyConditionExpression: &condition, ExpressionAttributeValues: values,
	}
	if l.only != "" {
		filter := "#state = :state"
		input.FilterExpression, input.ExpressionAttributeNames = &filter, map[string]string{"#state": "state"}
		values[":state"] = text(l.only)
	}
	if l.index != "" {
		input.IndexName = &l.index
	}
	if page.Cursor != "" {
		sk, err := parseCursor(page.Cursor, l.prefix)
		if err == nil && l.from != "" && (sk < l.from || sk > l.to) {
			err = foreignCursor()
		}
		if err != nil {
			return nil, "", err
		}
		if l.at == nil {
			input.ExclusiveStartKey = key{l.pk, sk}.item()
		} else {
			input.ExclusiveStartKey = l.at(sk).item()
			input.ExclusiveStartKey[pkName], input.ExclusiveStartKey[skName] = text(l.pk), text(sk)
		}
	}
	items, goOn, err := s.ask(ctx, input)
	if err != nil {
		return nil, "", err
	}
	found := make([]D, 0, len(items))
	for _, one := range items {
		value, err := to(one)
		if err != nil {
			return nil, "", err
		}
		found = append(found, value)
	}
	if goOn == nil {
		return found, "", nil
	}
	return found, cursor(stringOf(goOn, skName)), nil
}

// ask reads as many items as the query's limit says, or all that there are, and where to go on. DynamoDB ends a page where
// it likes, at the latest at a megabyte, be it short or empty: that nothing more came says nothing, but that it gave no key
// to go on from does. Where a filter leaves items out, the limit is of those that are looked at, and one page is all.
func (s *Store) ask(ctx context.Context, query *dynamodb.QueryInput) (items []item, goOn item, err error) {
	for left := *query.Limit; ; {
		answer, err := s.client.Query(ctx, query)
		if err != nil {
			return nil, nil, err
		}
		if items == nil {
			items = answer.Items
		} else {
			items = append(items, answer.Items...)
		}
		left -= int32(len(answer.Items))
		if answer.LastEvaluatedKey == nil || left <= 0 || query.FilterExpression != nil {
			return items, answer.LastEvaluatedKey, nil
		}
		query.Limit, query.ExclusiveStartKey = &left, answer.LastEvaluatedKey
	}
}

// Users lists an organisation's users by id.
func (s *Store) Users(ctx context.Context, id directory.OrganisationID, page directory.Page) ([]directory.User, string, error) {
	return query(ctx, s, list{pk: ofOrganisation(id), prefix: userPrefix}, page, toUser)
}

// After is the cursor of the page of Users that begins behind a user.
func (s *Store) After(id directory.UserID) string { return cursor(userPrefix + string(id)) }

// Dormant lists an organisation's users by when they were last seen.
func (s *Store) Dormant(ctx context.Context, id directory.OrganisationID, before time.Time, page directory.Page) ([]directory.UserID, string, error) {
	user := func(sk string) directory.UserID {
		_, name, _ := strings.Cut(sk, "#")
		return directory.UserID(name)
	}
	at := func(sk string) key { return key{ofOrganisation(id), userPrefix + string(user(sk))} }
	to := func(from item) (directory.UserID, error) { return user(stringOf(from, SeenSortKey)), nil }
	return query(ctx, s, list{index: SeenIndex, pk: seenList(id), from: "0", to: dueTime(before), at: at}, page, to)
}

// Changes lists an organisation's changes, newest first.
func (s *Store) Changes(ctx context.Context, id directory.OrganisationID, state directory.ChangeState, page directory.Page) ([]directory.Change, string, error) {
	if state == "" {
		return query(ctx, s, list{pk: ofOrganisation(id), prefix: changePrefix, backwards: true}, page, toChange)
	}
	at := func(sk string) key { return change(directory.ChangeRef{Organisation: id, ID: directory.ChangeID(sk)}) }
	return query(ctx, s, list{index: ListIndex, pk: changesList(id, state), prefix: directory.PrefixChange, backwards: true, at: at}, page, toChange)
}

// ServiceRequests lists an organisation's service requests, newest first. They are few enough in an organisation that those
// of one state are picked from all.
func (s *Store) ServiceRequests(ctx context.Context, id directory.OrganisationID, state directory.RequestState, page directory.Page) ([]directory.ServiceRequest, string, error) {
	return query(ctx, s, list{pk: ofOrganisation(id), prefix: requestPrefix, backwards: true, only: string(state)}, page, toServiceRequest)
}

// ServiceRequestQueue lists all organisations' service requests of a state, newest first.
func (s *Store) ServiceRequestQueue(ctx context.Context, state directory.RequestState, page directory.Page) ([]directory.ServiceRequest, string, error) {
	at := func(sk string) key { return serviceRequest(directory.ServiceRequestID(sk).Ref()) }
	return query(ctx, s, list{index: ListIndex, pk: requestsQueue(state), prefix: directory.PrefixServiceRequest, backwards: true, at: at}, page, toServiceRequest)
}

// Companies lists an organisation's companies.
func (s *Store) Companies(ctx context.Context, id directory.OrganisationID, page directory.Page) ([]directory.Company, string, error) {
	return query(ctx, s, list{pk: ofOrganisation(id), prefix: companyPrefix}, page, toCompany)
}

// Accounts lists an organisation's accounts.
func (s *Store) Accounts(ctx context.Context, id directory.OrganisationID, page directory.Page) ([]directory.Account, string, error) {
	return query(ctx, s, list{pk: ofOrganisation(id), prefix: accountPrefix}, page, toAccount)
}

// Contacts lists an organisation's contacts.
func (s *Store) Contacts(ctx context.Context, id directory.OrganisationID, page directory.Page) ([]directory.Contact, string, error) {
	return query(ctx, s, list{pk: ofOrganisation(id), prefix: contactPrefix}, page, toContact)
}

// Organisations lists the organisations whose names begin with a text, by name.
func (s *Store) Organisations(ctx context.Context, name string, page directory.Page) ([]directory.Organisation, string, error) {
	at := func(sk string) key { return organisation(organisationOf(sk)) }
	return query(ctx, s, list{index: ListIndex, pk: organisationsList, prefix: organisationPrefix + shown(directory.Fold(name)), at: at}, page, toOrganisation)
}

// KYCWaiting lists the cases that wait for a decision, those that wait the longest first.
func (s *Store) KYCWaiting(ctx context.Context, page directory.Page) ([]directory.KYCCase, string, error) {
	return query(ctx, s, list{index: ListIndex, pk: kycList, prefix: kycKey + "#", at: kycWaiting}, page, toKYCCase)
}

// adminsAtMost bounds whom a mail to the approvers goes to.
const adminsAtMost = 200

// Admins lists an organisation's active admins.
func (s *Store) Admins(ctx context.Context, id directory.OrganisationID) ([]directory.User, error) {
	users, _, err := query(ctx, s, list{index: ListIndex, pk: adminsList(id)}, directory.Page{Limit: adminsAtMost}, toUser)
	return users, err
}

// Sessions lists a user's sessions.
func (s *Store) Sessions(ctx context.Context, organisation directory.OrganisationID, user directory.UserID, page directory.Page) ([]directory.Session, string, error) {
	return query(ctx, s, list{pk: ofUser(organisation, user), prefix: sessionPrefix}, page, toSession)
}

// Links lists what was sent to a user, newest first.
func (s *Store) Links(ctx context.Context, organisation directory.OrganisationID, user directory.UserID, page directory.Page) ([]directory.Link, string, error) {
	return query(ctx, s, list{pk: ofUser(organisation, user), prefix: linkPrefix, backwards: true}, page, toLink)
}

// namedAtMost bounds how many identities one address leads to: so few that what is written for each of them fits into
// one transaction.
const namedAtMost = 16

// Named lists the identities that go by a name, to sign in with or to be written to.
func (s *Store) Named(ctx context.Context, name string) ([]directory.Login, error) {
	// Backwards the login comes first: however many users share an address, who signs in with it is found.
	logins, _, err := query(ctx, s, list{pk: login(name).pk, backwards: true}, directory.Page{Limit: namedAtMost}, toLogin)
	return logins, err
}

// Due lists what fell due, oldest first, from all shards of the index at the same time.
func (s *Store) Due(ctx context.Context, before time.Time, limit int) ([]directory.Due, error) {
	var wait sync.WaitGroup
	found := make([][]directory.Due, dueShards)
	errs := make([]error, dueShards)
	for shard := range dueShards {
		wait.Go(func() { found[shard], errs[shard] = s.dueOf(ctx, shard, before, limit) })
	}
	wait.Wait()
	all := slices.Concat(found...)
	slices.SortStableFunc(all, func(a, b directory.Due) int { return a.At.Compare(b.At) })
	return all[:min(limit, len(all))], errors.Join(errs...)
}

// Aside lists outbox items that were put aside.
func (s *Store) Aside(ctx context.Context, limit int) ([]directory.OutboxRef, error) {
	condition := DuePartitionKey + " = :shard"
	found, err := s.dueQuery(ctx, condition, item{":shard": text(asideShard)}, limit)
	refs := make([]directory.OutboxRef, len(found))
	for i, one := range found {
		refs[i] = *one.Outbox
	}
	return refs, err
}

func (s *Store) dueOf(ctx context.Context, shard int, before time.Time, limit int) ([]directory.Due, error) {
	condition := DuePartitionKey + " = :shard AND " + DueSortKey + " <= :before"
	return s.dueQuery(ctx, condition, item{
		":shard": text(fmt.Sprint(DuePrefix, shard)), ":before": text(dueTime(before)),
	}, limit)
}

func (s *Store) dueQuery(ctx context.Context, condition string, values item, limit int) ([]directory.Due, error) {
	index, most := DueIndex, int32(limit)
	items, _, err := s.ask(ctx, &dynamodb.QueryInput{
		TableName: &s.table, IndexName: &index, Limit: &most, KeyConditionExpression: &condition,
		ExpressionAttributeValues: values,
	})
	if err != nil {
		return nil, err
	}
	var all []directory.Due
	var unknown []error
	for _, one := range items {
		due, ok := parseDue(keyOf(one), stringOf(one, DueSortKey))
		if !ok {
			unknown = append(unknown, fmt.Errorf("store: due item of no known kind: %s", keyOf(one).sk))
			continue
		}
		all = append(all, due)
	}
	return all, errors.Join(unknown...)
}
