package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

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
		for _, list := range append(filters(p, size), filter{"deep", pageSize, url.Values{"cursor": {cursor}}}) {
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

// filters are a list of all users, one of each filter (7.1), and some of their combinations, of which there are users enough
// for a page of that size.
func filters(p *place, users int) []filter {
	one := func(name string, size int, pairs ...string) filter {
		query := url.Values{"limit": {fmt.Sprint(cmp.Or(size, pageSize))}}
		for i := 0; i < len(pairs); i += 2 {
			query.Set(pairs[i], pairs[i+1])
		}
		return filter{name, size, query}
	}
	account, company := string(p.tenth.Accounts[0]), string(p.tenth.Companies[0])
	today := now().Format(time.DateOnly)
	return []filter{
		one("first", pageSize),
		one("id", 1, "id", p.last), one("email", 1, "email", populated(users/2)), one("prefix", pageSize, "q", "user."),
		one("name", 5, "name", "Name000"), one("firstName", pageSize, "firstName", "Name0"), one("lastName", pageSize, "lastName", "User1"),
		one("role", pageSize, "role", p.tenth.Roles[0]), one("kind", pageSize, "kind", "regular"), one("admins", 2, "kind", "admin"),
		one("status", 10, "status", "inactive"), one("active", pageSize, "status", "active"), one("type", pageSize, "type", "merchant"),
		one("staff", 0, "staff", "true"), one("notStaff", pageSize, "staff", "false"),
		one("companyUser", pageSize, "companyUser", "true"), one("company", pageSize, "company", company), one("account", pageSize, "account", account),
		one("created", pageSize, "createdFrom", today), one("createdBefore", 4, "createdTo", "2025-12-31"),
		one("secondFactor", pageSize, "secondFactor", "true"), one("noSecondFactor", 10, "secondFactor", "false"),
		one("pending", 5, "pending", "true"), one("contact", 10, "contact", "true"),
		one("sortedByName", pageSize, "sort", "name"), one("sortedByEmail", pageSize, "sort", "email"), one("newestFirst", pageSize, "sort", "-createdAt"),
		one("statusAndName", 1, "status", "inactive", "lastName", "User499"), one("statusAndKind", 10, "status", "inactive", "kind", "regular", "sort", "-createdAt"),
		one("roleAndStatusByName", 10, "role", p.tenth.Roles[0], "status", "active", "sort", "name"),
		one("accountAndPrefix", 10, "account", account, "q", "user.1"),
	}
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

// populate adds users to a demo organisation, until they are so many: like its regular user, with a name and an address each,
// most of them in few lists. Of those that follow each other every tenth has an account and a role, and is a merchant; every
// hundredth is inactive, has no second factor or is a contact, and every two hundredth has a change open.
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
	like, from := found.Users[ref], p.users
	p.tenth, p.users = like.Access, max(count, p.users)
	return p.fillAll(ctx, count-from, func(i int) ([]row, error) {
		user, i := like, i+from
		user.ID, user.CreatedAt, user.Revision = directory.UserID(directory.PrefixUser+ulid.Make().String()), now(), 0
		user.Name = directory.Name{First: fmt.Sprintf("Name%04d", i%9973), Last: fmt.Sprintf("User%d", i)}
		user.Email = populated(i)
		switch {
		case i == 0:
			p.last = string(user.ID)
		case i%10 == 9:
			user.Type = "merchant"
		}
		if i%10 != 9 {
			user.Access = directory.Access{}
		}
		switch i % 100 {
		case 49:
			user.Contact = true
		case 89:
			user.SecondFactor = false
		case 99:
			user.Status = directory.StatusInactive
		}
		if i%200 == 1 {
			user.OpenChange = directory.ChangeID(directory.PrefixChange + ulid.Make().String())
		}
		return store.Items(directory.PutUser{User: user}, directory.Reserve{Reservation: directory.Reservation{
			Kind: directory.ReserveEmail, Name: user.Email, Organisation: user.Organisation, User: user.ID, Identity: user.Identity,
		}})
	})
}

// populated is the address of a user that populate adds.
func populated(i int) string { return fmt.Sprintf("user.%d@populated.example.org", i) }

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
