package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/oklog/ulid/v2"

	"mandate/infra/local/lambda"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/store"
)

const (
	pageSize = 50
	// pageSlack is how many more units a page may take of a large organisation than of a small one: users are not all of
	// one size.
	pageSlack = 1
	small     = 1000
)

// measurePages reads pages of a small organisation and of a large one, at the list's beginning and in its midst. A page
// of the large one may take what one of the small one takes.
func measurePages(ctx context.Context, b *bench) error {
	p, service, err := b.populated(ctx, "bench-pages", "bc-connect", small)
	if err != nil {
		return err
	}
	defer service.Close()
	first, deep, err := b.pagesOf(ctx, p, service, "bc-connect", small)
	if err != nil {
		return err
	}
	b.figures.add(fmt.Sprintf("readUnits.listUsers.first.of%d", small), first, "read units")
	b.figures.add(fmt.Sprintf("readUnits.listUsers.deep.of%d", small), deep, "read units")
	if err := p.populate(ctx, "adyen", b.users); err != nil {
		return err
	}
	largeFirst, largeDeep, err := b.pagesOf(ctx, p, service, "adyen", b.users)
	if err != nil {
		return err
	}
	b.figures.within(fmt.Sprintf("readUnits.listUsers.first.of%d", b.users), largeFirst, "read units", first+pageSlack)
	b.figures.within(fmt.Sprintf("readUnits.listUsers.deep.of%d", b.users), largeDeep, "read units", first+pageSlack)
	return nil
}

// populated is a place with an organisation of many users, and the function that lists them, through the meter.
func (b *bench) populated(ctx context.Context, table, preset string, count int) (*place, *lambda.Service, error) {
	p, err := b.newPlace(ctx, table)
	if err != nil {
		return nil, nil, err
	}
	if err := p.populate(ctx, preset, count); err != nil {
		return nil, nil, err
	}
	service, err := serve(ctx, b.lambda(api.Users, table, b.metered()))
	return p, service, err
}

// populate adds users to a demo organisation: copies of its regular user.
func (p *place) populate(ctx context.Context, preset string, count int) error {
	admin, err := p.member(ctx, preset, ada)
	if err != nil {
		return err
	}
	template, err := p.rows(ctx, "o#"+admin.organisation.ID, "u#"+admin.organisation.Users[rosa].ID)
	if err != nil {
		return err
	}
	if len(template) != 1 {
		return fmt.Errorf("%d rows of one user", len(template))
	}
	return p.fill(ctx, count, func(int) row {
		return like(template[0], row{store.SortKey: text("u#" + directory.PrefixUser + ulid.Make().String())})
	})
}

// pagesOf measures the first page and one in the midst.
func (b *bench) pagesOf(ctx context.Context, p *place, service *lambda.Service, preset string, count int) (first, deep float64, err error) {
	admin, err := p.member(ctx, preset, ada)
	if err != nil {
		return 0, 0, err
	}
	if first, err = b.page(ctx, p, service, admin, ""); err != nil {
		return 0, 0, err
	}
	cursor, err := p.skip(ctx, service, admin, count/2)
	if err != nil {
		return 0, 0, err
	}
	deep, err = b.page(ctx, p, service, admin, cursor)
	return first, deep, err
}

// page is what one page takes.
func (b *bench) page(ctx context.Context, p *place, service *lambda.Service, who member, cursor string) (float64, error) {
	var list api.List[api.User]
	calls, err := b.meter.during(func() error { return p.ask(ctx, service, pageRequest(who, pageSize, cursor), &list) })
	if err == nil && len(list.Items) != pageSize {
		err = fmt.Errorf("a page of %d", len(list.Items))
	}
	read, _ := units(calls)
	return read, err
}

// skip goes through the list, as a client does, and answers the cursor of the page after.
func (p *place) skip(ctx context.Context, service *lambda.Service, who member, count int) (string, error) {
	cursor := ""
	for passed := 0; passed < count; {
		var list api.List[api.User]
		if err := p.ask(ctx, service, pageRequest(who, 200, cursor), &list); err != nil {
			return "", err
		}
		passed, cursor = passed+len(list.Items), list.Next
	}
	return cursor, nil
}

func pageRequest(who member, limit int, cursor string) request {
	query := url.Values{"limit": {fmt.Sprint(limit)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	return request{http.MethodGet, "/v1/users?" + query.Encode(), who.token, nil}
}
