package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mandate/shared/directory"
)

// crowd is an organisation of many users who share names, roles and all that lists tell apart.
type crowd struct {
	organisation directory.OrganisationID
	users        map[directory.UserID]directory.User
	random       *rand.Rand
}

// began is when the first of a crowd was created.
var began = time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)

func oneOf[T any](c *crowd, values ...T) T { return values[c.random.IntN(len(values))] }

// some picks each value with a chance of one in n.
func some[T any](c *crowd, n int, values ...T) []T {
	var picked []T
	for _, one := range values {
		if c.random.IntN(n) == 0 {
			picked = append(picked, one)
		}
	}
	return picked
}

var (
	firstNames = []string{"Ada", "ada", "Adam", "Ben", "Bénédicte", "Nina", "Émile", "O"}
	lastNames  = []string{"", "Adams", "Strand", "Strandberg", "van Dam", "Example", "Ångström"}
	roles      = []string{"accountant", "admin_user", "viewAccounts"}
	companies  = []directory.CompanyID{"cmp_1", "cmp_2", "cmp_3"}
	accounts   = []directory.AccountID{"acc_1", "acc_2", "acc_3", "acc_4"}
	statuses   = []directory.Status{
		directory.StatusPending, directory.StatusEmailNotVerified, directory.StatusActive, directory.StatusActive, directory.StatusActive, directory.StatusInactive,
	}
)

// person is what may differ of users.
func (c *crowd) person(u directory.User) directory.User {
	u.Kind = oneOf(c, directory.KindRegular, directory.KindRegular, directory.KindRegular, directory.KindRegular, directory.KindAdmin, directory.KindAPI)
	u.Name = directory.Name{First: oneOf(c, firstNames...), Last: oneOf(c, lastNames...)}
	u.Email = fmt.Sprintf("%s.%d@example.%s", oneOf(c, "Ada", "ben", "nina"), c.random.IntN(1e9), oneOf(c, "com", "org"))
	u.Status, u.Type = oneOf(c, statuses...), oneOf(c, "", "", "enterprise", "merchant")
	u.SecondFactor, u.Contact = c.random.IntN(3) > 0, c.random.IntN(9) == 0
	u.Roles, u.Companies, u.Accounts = some(c, 3, roles...), some(c, 4, companies...), some(c, 4, accounts...)
	u.OpenChange = ""
	if u.Status == directory.StatusPending || c.random.IntN(20) == 0 {
		u.OpenChange = "chg_1"
	}
	return u
}

func newCrowd(t *testing.T, s directory.Store, size int) *crowd {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := &crowd{organisation: NewOrganisation(), users: map[directory.UserID]directory.User{}, random: rand.New(rand.NewPCG(seed, 0))}
	var all [][]directory.Effect
	for i := range size {
		at := began.Add(time.Duration(i) * 7 * time.Minute)
		user := c.person(directory.User{
			ID:           directory.UserID(directory.PrefixUser + ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String()),
			Organisation: c.organisation, Identity: "idn_1", CreatedAt: at, UpdatedAt: at, Version: 1,
		})
		all = append(all, []directory.Effect{directory.PutUser{User: user}, reserveEmail(user)})
		user.Revision++
		c.users[user.ID] = user
	}
	c.write(t, s, all)
	return c
}

func reserveEmail(u directory.User) directory.Effect {
	return directory.Reserve{Reservation: emailOf(u)}
}

func emailOf(u directory.User) directory.Reservation {
	return directory.Reservation{
		Kind: directory.ReserveEmail, Name: strings.ToLower(u.Email), Field: "email", Organisation: u.Organisation, User: u.ID, Identity: u.Identity,
	}
}

// write commits what each user takes, a few users at once.
func (c *crowd) write(t *testing.T, s directory.Store, all [][]directory.Effect) {
	t.Helper()
	var wait sync.WaitGroup
	batches := make(chan []directory.Effect)
	for range 4 {
		wait.Go(func() {
			for effects := range batches {
				if err := s.Commit(t.Context(), effects...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for few := range slices.Chunk(all, 6) {
		batches <- slices.Concat(few...)
	}
	close(batches)
	wait.Wait()
}

// live lets some users change in everything, and some go.
func (c *crowd) live(t *testing.T, s directory.Store) {
	t.Helper()
	var all [][]directory.Effect
	for _, id := range c.ids() {
		was := c.users[id]
		switch c.random.IntN(5) {
		case 0:
			user := c.person(was)
			all = append(all, []directory.Effect{
				directory.PutUser{User: user, Was: was}, directory.Release{Reservation: emailOf(was)}, reserveEmail(user),
			})
			user.Revision++
			c.users[id] = user
		case 1:
			if c.random.IntN(5) == 0 {
				all = append(all, []directory.Effect{directory.DropUser{User: was}, directory.Release{Reservation: emailOf(was)}})
				delete(c.users, id)
			}
		}
	}
	c.write(t, s, all)
}

func (c *crowd) ids() []directory.UserID {
	var ids []directory.UserID
	for id := range c.users {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// search is a filter of a few conditions, an order and a page.
func (c *crowd) search() directory.UserSearch {
	var f directory.UserFilter
	flag := func() *bool { return new(c.random.IntN(2) == 0) }
	conditions := []func(){
		func() { f.Text = oneOf(c, "ad", "ADA", "b", "nina.", "strand", "van dam", "ada s", "é", "zz") },
		func() { f.Name = oneOf(c, "ada", "adams", "Nina Strand", "strand n", "O", "van") },
		func() { f.FirstName = oneOf(c, "a", "ada", "adam", "É", "o") },
		func() { f.LastName = oneOf(c, "strand", "Strandberg", "Å", "v") },
		func() { f.Role = oneOf(c, append(roles, "none", string(directory.StatusEmailNotVerified))...) },
		func() { f.Kind = oneOf(c, directory.KindRegular, directory.KindAdmin, directory.KindAPI) },
		func() { f.Status = oneOf(c, statuses...) },
		func() { f.Type = oneOf(c, "enterprise", "merchant") },
		func() { f.Company = oneOf(c, companies...) },
		func() { f.Account = oneOf(c, accounts...) },
		func() { f.Lacking = oneOf(c, accounts...) },
		func() { f.CreatedFrom = began.Add(time.Duration(c.random.IntN(9000)) * time.Minute) },
		func() { f.CreatedBefore = began.Add(time.Duration(c.random.IntN(9000)) * time.Minute) },
		func() { f.Staff = flag() },
		func() { f.CompanyUser = flag() },
		func() { f.SecondFactor = flag() },
		func() { f.Pending = flag() },
		func() { f.Contact = flag() },
	}
	for range c.random.IntN(4) {
		oneOf(c, conditions...)()
	}
	return directory.UserSearch{
		UserFilter: f, Page: directory.Page{Limit: oneOf(c, 20, 50, 200)},
		Sort: oneOf(c, "", "", directory.SortCreated, directory.SortCreatedLately, directory.SortName, directory.SortEmail),
	}
}

// found is what a search should find: those who pass, sorted.
func (c *crowd) found(what directory.UserSearch) []directory.UserID {
	var users []directory.User
	for _, id := range c.ids() {
		if what.Matches(c.users[id]) {
			users = append(users, c.users[id])
		}
	}
	byText := func(text string, orders ...func(directory.User) string) func(a, b directory.User) int {
		at := func(u directory.User) string {
			for i, order := range orders {
				if is := order(u); strings.HasPrefix(is, directory.Fold(text)) {
					return fmt.Sprint(i) + is
				}
			}
			return ""
		}
		return func(a, b directory.User) int { return cmp.Compare(at(a), at(b)) }
	}
	email := func(u directory.User) string { return strings.ToLower(u.Email) }
	first := func(u directory.User) string { return u.Name.FirstLast() }
	last := func(u directory.User) string { return u.Name.LastFirst() }
	switch {
	case what.Sort == directory.SortName:
		slices.SortStableFunc(users, byText("", first))
	case what.Sort == directory.SortEmail:
		slices.SortStableFunc(users, byText("", email))
	case what.Sort == directory.SortCreatedLately:
		slices.Reverse(users)
	case what.Sort != "":
	case what.Text != "":
		slices.SortStableFunc(users, byText(what.Text, email, first, last))
	case what.Name != "":
		slices.SortStableFunc(users, byText(what.Name, first, last))
	case what.FirstName != "":
		slices.SortStableFunc(users, byText("", first))
	case what.LastName != "":
		slices.SortStableFunc(users, byText("", last))
	}
	ids := make([]directory.UserID, len(users))
	for i, user := range users {
		ids[i] = user.ID
	}
	return ids
}

// walk goes through all pages of a search.
func (c *crowd) walk(t *testing.T, s directory.Store, what directory.UserSearch) (ids []directory.UserID, pages int) {
	t.Helper()
	for {
		search, err := s.Search(t.Context(), c.organisation, what)
		if err != nil {
			t.Fatal(err)
		}
		users, next, err := search(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(users) > what.Limit {
			t.Fatalf("a page of %d", len(users))
		}
		for _, user := range users {
			ids = append(ids, user.ID)
			same(t, user, c.users[user.ID])
		}
		if pages++; next == "" {
			return ids, pages
		}
		what.Cursor = next
	}
}

var searches = []promise{
	{"a search finds each user that passes its filter once, in its order", func(t *testing.T, s directory.Store) {
		c := newCrowd(t, s, 800)
		c.live(t, s)
		for range 60 {
			what := c.search()
			got, _ := c.walk(t, s, what)
			if want := c.found(what); !slices.Equal(got, want) {
				t.Errorf("%+v: %d users, want %d\n got %v\nwant %v", what, len(got), len(want), got, want)
			}
		}
	}},
}
