package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"mandate/infra/local/lambda"
	"mandate/infra/measure"
	"mandate/shared/api"
	"mandate/shared/directory"
)

const (
	// pageSlack is how many more units a page may take of a large organisation than of a small one: users are not all of
	// one size.
	pageSlack = 1
	small     = 1000
)

// sizes are those of the organisation that pages are read of, besides the largest.
var sizes = []int{small, 10_000, 100_000}

// measurePages reads pages of an organisation that grows: at the list's beginning, in its midst, and under every filter. A
// page of the larger one may take what one of the small one takes.
func measurePages(ctx context.Context, b *bench) error {
	p, service, err := b.populated(ctx, "bench-pages", listed, small)
	if err != nil {
		return err
	}
	defer service.Close()
	admin, err := p.member(ctx, listed, ada)
	if err != nil {
		return err
	}
	few := map[string]float64{}
	for _, size := range append(slices.DeleteFunc(slices.Clone(sizes), func(size int) bool { return size >= b.users }), b.users) {
		if err := p.populate(ctx, listed, size); err != nil {
			return err
		}
		cursor, err := p.skip(ctx, service, admin, min(size, skipped)/2)
		if err != nil {
			return err
		}
		for _, list := range append(p.filters(size), filter{"deep", measure.PageSize, url.Values{"cursor": {cursor}}}) {
			read, err := b.page(ctx, p, service, admin, list.size, list.query)
			if err != nil {
				return fmt.Errorf("%s of %d: %w", list.name, size, err)
			}
			name := fmt.Sprintf("readUnits.listUsers.%s.of%d", list.name, size)
			if size == small {
				few[list.name] = read
				b.figures.add(name, read, "read units")
			} else {
				b.figures.within(name, read, "read units", max(few[list.name]*filterSlack+pageSlack, list.bound()))
			}
		}
	}
	return nil
}

const (
	// filterSlack is how many times as much a page may take of a large organisation as of a small one, whose lists may end
	// before a page's bounds.
	filterSlack = 1.5
	// skipped is how many users a list is followed over at most, to come to its midst.
	skipped = 100_000
	// listed is the preset of the organisation: one that has roles.
	listed = "adyen"
)

// filter is a list whose first page is measured.
type filter struct {
	name  string
	size  int // of the page
	query url.Values
}

// combinedAtMost is what a page of a combination may take: the lists of a small organisation end before its bounds, those of
// larger ones are gone through as far as these.
const combinedAtMost = 170

// bound is what the page may take however long its lists are; zero where it has to take what it takes of a small one.
func (f filter) bound() float64 {
	if len(f.query) > 2 { // with the page's size
		return combinedAtMost
	}
	return 0
}

// filters are the lists of users, and one of those who were there before them all.
func (p *place) filters(users int) []filter {
	all := []filter{{"createdBefore", 4, url.Values{"limit": {"4"}, "createdTo": {"2025-12-31"}}}}
	for _, list := range p.population.Filters(users, p.population.Base) {
		all = append(all, filter{list.Name, list.Size, list.Query})
	}
	return all
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

// populate adds users to a demo organisation, until they are so many: like its regular user.
func (p *place) populate(ctx context.Context, preset string, count int) error {
	if p.users == 0 {
		admin, err := p.member(ctx, preset, ada)
		if err != nil {
			return err
		}
		ref := directory.UserRef{Organisation: directory.OrganisationID(admin.organisation.ID), ID: directory.UserID(admin.organisation.Users[rosa].ID)}
		found, err := p.store.Read(ctx, directory.Want{Users: []directory.UserRef{ref}})
		if err != nil {
			return err
		}
		p.population = measure.Population{Like: found.Users[ref], Base: now().Truncate(24 * time.Hour), Step: time.Millisecond}
	}
	from := p.users
	p.users = max(count, p.users)
	return p.filled().Fill(ctx, p.users-from, func(i int) ([]row, error) { return p.population.Items(from + i) })
}

// page is what one page takes.
func (b *bench) page(ctx context.Context, p *place, service *lambda.Service, who member, size int, query url.Values) (float64, error) {
	var list api.List[api.User]
	calls, err := b.meter.During(func() error { return p.ask(ctx, service, listRequest(who, measure.PageSize, query), &list) })
	if err == nil && len(list.Items) != size {
		err = fmt.Errorf("a page of %d", len(list.Items))
	}
	read, _ := measure.Units(calls)
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
