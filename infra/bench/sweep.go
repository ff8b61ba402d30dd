package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/oklog/ulid/v2"

	"mandate/infra/deployment"
	"mandate/infra/local/lambda"
	"mandate/infra/measure"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/store"
)

// dueCount is how many changes expire at once.
const dueCount = 10

// sweepSlack is how much more a sweep may read where more is not due: nothing, but what it expires is not all of one
// size.
const sweepSlack = 2

// measureSweep sweeps when nothing is due, when some changes are, and when as many are among many that are not.
func measureSweep(ctx context.Context, b *bench) error {
	p, err := b.newPlace(ctx, "bench-sweep")
	if err != nil {
		return err
	}
	service, err := serve(ctx, b.lambda(deployment.Sweep, p.table, b.metered()), b.lambda(api.Users, p.table, nil))
	if err != nil {
		return err
	}
	defer service.Close()
	if _, err := b.sweep(ctx, service, 0); err != nil { // the first has a cold function
		return err
	}
	nothing, err := b.sweep(ctx, service, 0)
	if err != nil {
		return err
	}
	// DynamoDB Local counts nothing for a query that finds nothing, where DynamoDB counts half a unit for each shard.
	b.figures.add("readUnits.sweep.nothingDue", nothing, "read units")
	if _, err := p.makeDue(ctx, service, 0); err != nil {
		return err
	}
	few, err := b.sweep(ctx, service, dueCount)
	if err != nil {
		return err
	}
	b.figures.add(fmt.Sprintf("readUnits.sweep.%dDue", dueCount), few, "read units")

	due, err := p.makeDue(ctx, service, dueCount)
	if err != nil {
		return err
	}
	if err := p.addNotDue(ctx, b.users, due); err != nil {
		return err
	}
	many, err := b.sweep(ctx, service, dueCount)
	if err != nil {
		return err
	}
	b.figures.within(fmt.Sprintf("readUnits.sweep.%dDueOf%d", dueCount, b.users), many, "read units", few+sweepSlack)
	return nil
}

// sweep is what a sweep reads that expires so many changes.
func (b *bench) sweep(ctx context.Context, service *lambda.Service, want int) (float64, error) {
	var answer []byte
	calls, err := b.meter.During(func() (err error) {
		answer, err = service.Invoke(ctx, string(deployment.Sweep), []byte(`{}`))
		return err
	})
	if err != nil {
		return 0, err
	}
	var swept directory.Swept
	if err := json.Unmarshal(answer, &swept); err != nil {
		return 0, err
	}
	if swept != (directory.Swept{Expired: want}) {
		return 0, fmt.Errorf("the sweep was to expire %d changes and nothing else: %s", want, answer)
	}
	read, _ := measure.Units(calls)
	return read, nil
}

// makeDue asks for changes and lets their time be over. What their asking left in the outbox goes: it is not what is
// swept.
func (p *place) makeDue(ctx context.Context, service *lambda.Service, from int) ([]row, error) {
	admin, err := p.member(ctx, "bc-connect", ada)
	if err != nil {
		return nil, err
	}
	for i := range dueCount {
		if err := p.ask(ctx, service, request{http.MethodPost, "/v1/users", admin.token, newUser(admin, from+i)}, nil); err != nil {
			return nil, err
		}
	}
	if err := p.emptyOutbox(ctx, admin.organisation.ID); err != nil {
		return nil, err
	}
	changes, err := p.rows(ctx, "o#"+admin.organisation.ID, "c#")
	if err != nil {
		return nil, err
	}
	var due []row
	const past = "2020-01-01T00:00:00.000Z"
	for _, change := range changes {
		var document map[string]any
		if err := json.Unmarshal([]byte(textOf(change, store.Document)), &document); err != nil {
			return nil, err
		}
		if document["state"] != string(directory.StateAwaitingApproval) {
			continue
		}
		document["expiresAt"] = past
		written, err := json.Marshal(document)
		if err != nil {
			return nil, err
		}
		change[store.Document], change[store.DueSortKey] = text(string(written)), text(past)
		if _, err := p.dynamoDB.PutItem(ctx, &dynamodb.PutItemInput{TableName: &p.table, Item: change}); err != nil {
			return nil, err
		}
		due = append(due, change)
	}
	if len(due) != dueCount {
		return nil, fmt.Errorf("%d changes wait", len(due))
	}
	return due, nil
}

func (p *place) emptyOutbox(ctx context.Context, organisation string) error {
	partition := "o#" + organisation + "#outbox"
	for {
		left, err := p.rows(ctx, partition, "")
		if err != nil || len(left) == 0 {
			return err
		}
		for _, one := range left {
			key := row{store.PartitionKey: one[store.PartitionKey], store.SortKey: one[store.SortKey]}
			if _, err := p.dynamoDB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &p.table, Key: key}); err != nil {
				return err
			}
		}
	}
}

// addNotDue adds changes that the sweep should not see, in the shards of the index of those that it should. Of a change
// they have the keys and no more: nothing is to read the rest.
func (p *place) addNotDue(ctx context.Context, count int, due []row) error {
	return p.fill(ctx, count, func(i int) row {
		beside := due[i%len(due)]
		return row{
			store.PartitionKey: beside[store.PartitionKey], store.SortKey: text("c#" + directory.PrefixChange + ulid.Make().String()),
			store.DuePartitionKey: beside[store.DuePartitionKey], store.DueSortKey: text("2100-01-01T00:00:00.000Z"),
		}
	})
}
