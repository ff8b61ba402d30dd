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
	few, err := b.filtered(ctx, p, service, "bc-connect", small)
	if err != nil {
		return err
	}
	for i, filter := range filters {
		b.figures.add(fmt.Sprintf("readUnits.listUsers.%s.of%d", filter.name, small), few[i], "read units")
	}
	if err := p.populate(ctx, "adyen", b.users); err != nil {
		return err
	}
	largeFirst, largeDeep, err := b.pagesOf(ctx, p, service, "adyen", b.users)
	if err != nil {
		return err
	}
	b.figures.within(fmt.Sprintf("readUnits.listUsers.first.of%d", b.users), largeFirst, "read units", first+pageSlack)
	b.figures.within(fmt.Sprintf("readUnits.listUsers.deep.of%d", b.users), largeDeep, "read units", first+pageSlack)
	many, err := b.filtered(ctx, p, service, "adyen", b.users)
	if err != nil {
		return err
	}
	for i, filter := range filters {
		b.figures.within(fmt.Sprintf("readUnits.listUsers.%s.of%d", filter.name, b.users), many[i], "read units", few[i]*filterSlack)
	}
	return nil
}

// filterSlack is how many times as much a page of a filter may take of a large organisation as of a small one, whose lists
// may end before a page's bounds.
const filterSlack = 1.5

// filters are those whose pages are measured.
var filters = [...]struct {
	name  string
	size  int // of the page
	query url.Values
}{
	{"byEmail", 1, url.Values{"email": {populated(small / 2)}}},
	{"status", 10, url.Values{"status": {"inactive"}, "limit": {"10"}}},
	{"kind", pageSize, url.Values{"kind": {"regular"}}},
	{"statusAndName", 1, url.Values{"status": {"inactive"}, "lastName": {"user499"}, "limit": {"1"}}},
	{"prefix", pageSize, url.Values{"q": {"user."}}},
	{"sortedByName", pageSize, url.Values{"sort": {"name"}}},
	{"two", 10, url.Values{"status": {"inactive"}, "kind": {"regular"}, "sort": {"-createdAt"}, "limit": {"10"}}},
}

// filtered measures the first page of each filter.
func (b *bench) filtered(ctx context.Context, p *place, service *lambda.Service, preset string, count int) ([]float64, error) {
	admin, err := p.member(ctx, preset, ada)
	if err != nil {
		return nil, err
	}
	var each []float64
	for _, filter := range filters {
		one, err := b.page(ctx, p, service, admin, filter.size, filter.query)
		if err != nil {
			return nil, fmt.Errorf("%s of %d: %w", filter.name, count, err)
		}
		each = append(each, one)
	}
	return each, nil
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

// populate adds users to a demo organisation: like its regular user, with a name and an address each, every hundredth of
// them inactive, and without accounts and roles, whose lists would double what it takes.
func (p *place) populate(ctx context.Context, preset string, count int) error {
	admin, err := p.member(ctx, preset, ada)
	if err != nil {
		return err
	}
	ref := directory.UserRef{Organisation: directory.OrganisationID(admin.organisation.ID), ID: directory.UserID(admin.organisation.Users[rosa].ID)}
	found, err := p.store.Read(ctx, directory.Want{Users: []directory.UserRef{ref}})
	if err != nil {
		return err
	}
	return p.fillAll(ctx, count, func(i int) ([]row, error) {
		user := found.Users[ref]
		user.Access = directory.Access{}
		user.ID, user.CreatedAt, user.Revision = directory.UserID(directory.PrefixUser+ulid.Make().String()), now(), 0
		user.Name = directory.Name{First: fmt.Sprintf("Name%04d", i%9973), Last: fmt.Sprintf("User%d", i)}
		user.Email = populated(i)
		if i%100 == 99 {
			user.Status = directory.StatusInactive
		}
		return store.Items(directory.PutUser{User: user}, directory.Reserve{Reservation: directory.Reservation{
			Kind: directory.ReserveEmail, Name: user.Email, Organisation: user.Organisation, User: user.ID, Identity: user.Identity,
		}})
	})
}

// populated is the address of a user that populate adds.
func populated(i int) string { return fmt.Sprintf("user.%d@populated.example.org", i) }

// pagesOf measures the first page and one in the midst.
func (b *bench) pagesOf(ctx context.Context, p *place, service *lambda.Service, preset string, count int) (first, deep float64, err error) {
	admin, err := p.member(ctx, preset, ada)
	if err != nil {
		return 0, 0, err
	}
	if first, err = b.page(ctx, p, service, admin, pageSize, nil); err != nil {
		return 0, 0, err
	}
	cursor, err := p.skip(ctx, service, admin, count/2)
	if err != nil {
		return 0, 0, err
	}
	deep, err = b.page(ctx, p, service, admin, pageSize, url.Values{"cursor": {cursor}})
	return first, deep, err
}

// page is what one page takes.
func (b *bench) page(ctx context.Context, p *place, service *lambda.Service, who member, size int, query url.Values) (float64, error) {
	var list api.List[api.User]
	calls, err := b.meter.during(func() error { return p.ask(ctx, service, listRequest(who, pageSize, query), &list) })
	if err == nil && len(list.Items) != size {
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
	return listRequest(who, limit, url.Values{"cursor": {cursor}})
}

// listRequest asks for a page of users; what is empty is not asked for.
func listRequest(who member, limit int, of url.Values) request {
	query := url.Values{"limit": {fmt.Sprint(limit)}}
	for name, values := range of {
		if values[0] != "" {
			query[name] = values
		}
	}
	return request{http.MethodGet, "/v1/users?" + query.Encode(), who.token, nil}
}
