package store

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// Client is what the store needs of DynamoDB. Its errors say which of them pass by themselves: see outage.Told.
type Client interface {
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// Store is the directory's table.
type Store struct {
	client Client
	table  string
}

var _ directory.Store = (*Store)(nil)

// New makes a store on a table.
func New(client Client, table string) *Store { return &Store{client, table} }

// batchLimit is how many items DynamoDB reads at once.
const batchLimit = 100

// Read fetches what is wanted in one consistent batch; what goes beyond a batch, in others at the same time.
func (s *Store) Read(ctx context.Context, want directory.Want) (directory.Found, error) {
	var reading reading
	reading.wanted = make(map[key]func(item) error, 8)
	reading.plan(want)
	keys := make([]item, 0, len(reading.wanted))
	for k := range reading.wanted {
		keys = append(keys, k.item())
	}
	if len(keys) <= batchLimit {
		items, err := s.batch(ctx, keys)
		if err != nil {
			return directory.Found{}, err
		}
		return reading.found, reading.take(items)
	}

	var wait sync.WaitGroup
	pages := make([][]item, (len(keys)+batchLimit-1)/batchLimit)
	errs := make([]error, len(pages))
	for i := range pages {
		wait.Go(func() {
			pages[i], errs[i] = s.batch(ctx, keys[i*batchLimit:min((i+1)*batchLimit, len(keys))])
		})
	}
	wait.Wait()
	for i, items := range pages {
		if errs[i] != nil {
			return directory.Found{}, errs[i]
		}
		if err := reading.take(items); err != nil {
			return directory.Found{}, err
		}
	}
	return reading.found, nil
}

// batch reads keys, and again those that DynamoDB left over.
func (s *Store) batch(ctx context.Context, keys []item) ([]item, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var items []item
	consistent := true
	request := map[string]types.KeysAndAttributes{s.table: {Keys: keys, ConsistentRead: &consistent}}
	for err := range directory.Backoff(ctx) {
		if err != nil {
			return nil, err
		}
		answer, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: request})
		if err != nil {
			return nil, err
		}
		items = append(items, answer.Responses[s.table]...)
		if len(answer.UnprocessedKeys) == 0 {
			return items, nil
		}
		request = answer.UnprocessedKeys
	}
	// What was not read must not pass for what is not there.
	return nil, fmt.Errorf("store: DynamoDB left keys unread: %w", fault.ErrUnavailable)
}

// reading is what a read looks for, by key, and what it found.
type reading struct {
	found  directory.Found
	wanted map[key]func(item) error
}

func (r *reading) take(items []item) error {
	for _, one := range items {
		take, asked := r.wanted[keyOf(one)]
		if !asked { // a key that is no UTF-8 is another one on its way
			return errors.New("store: DynamoDB answered an item that was not asked for")
		}
		if err := take(one); err != nil {
			return err
		}
	}
	return nil
}

// plan says where each item that is found goes.
func (r *reading) plan(want directory.Want) {
	look(r, want.Organisations, organisation, toOrganisation, &r.found.Organisations)
	look(r, want.Users, user, toUser, &r.found.Users)
	look(r, want.Addresses, reserved, toHolder, &r.found.Addresses)
	look(r, want.Identities, identity, toIdentity, &r.found.Identities)
	look(r, want.Logins, login, toLogin, &r.found.Logins)
	look(r, want.Phones, phone, toLogin, &r.found.Phones)
	look(r, want.Changes, change, toChange, &r.found.Changes)
	look(r, want.Sessions, session, toSession, &r.found.Sessions)
	look(r, want.KYCCases, kycCase, toKYCCase, &r.found.KYCCases)
	look(r, want.Links, link, toLink, &r.found.Links)
	look(r, want.Accounts, account, toAccount, &r.found.Accounts)
	look(r, want.Companies, company, toCompany, &r.found.Companies)
	look(r, want.Contacts, contact, toContact, &r.found.Contacts)
	look(r, want.Remembered, remembered, toRemembered, &r.found.Remembered)
	look(r, want.Tries, tries, toTries, &r.found.Tries)
	look(r, want.Ceremonies, ceremony, toCeremony, &r.found.Ceremonies)
	look(r, want.ServiceRequests, serviceRequest, toServiceRequest, &r.found.ServiceRequests)
	look(r, want.Outbox, outbox, toOutbox, &r.found.Outbox)
	look(r, want.Heads, head, toHead, &r.found.Heads)
	look(r, want.Blocks, block, toBlock, &r.found.Blocks)
	look(r, want.Marks, mark, toMark, &r.found.Marks)
	look(r, want.Digests, entry, toDigest, &r.found.Digests)
}

func look[R comparable, D any](r *reading, refs []R, at func(R) key, to func(item) (D, error), into *map[R]D) {
	var nothing R
	for _, ref := range refs {
		if ref == nothing {
			continue
		}
		r.wanted[at(ref)] = func(from item) error {
			value, err := to(from)
			if *into == nil {
				*into = make(map[R]D, len(refs))
			}
			(*into)[ref] = value
			return err
		}
	}
}
