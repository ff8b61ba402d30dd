package measure

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/store"
)

// Population are the users of a large organisation, of which each is known by its number: like one that there is, with an
// id, a name and an address each, most of them in few lists. Of those that follow each other every tenth has an account and
// a role, and is a merchant; every hundredth is inactive, has no second factor or is a contact, and every two hundredth has
// a change open.
type Population struct {
	Like directory.User
	// Base is when the first of them was created, Step what is between one and the next: a millisecond at least.
	Base time.Time
	Step time.Duration
}

// User is one of them.
func (p Population) User(i int) directory.User {
	user, at := p.Like, p.Base.Add(time.Duration(i)*p.Step)
	user.ID, user.CreatedAt, user.UpdatedAt, user.Revision = directory.UserID(directory.PrefixUser+numbered(at, i)), at, at, 0
	user.Name = directory.Name{First: fmt.Sprintf("Name%04d", i%9973), Last: fmt.Sprintf("User%d", i)}
	user.Email = Address(i)
	if i%10 == 9 {
		user.Type = "merchant"
	} else {
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
		user.OpenChange = directory.ChangeID(directory.PrefixChange + numbered(at, i))
	}
	return user
}

// numbered is an id that sorts by its time, the same for the same number.
func numbered(at time.Time, i int) string {
	var entropy [10]byte
	binary.BigEndian.PutUint64(entropy[2:], uint64(i))
	return ulid.ULID(slices.Concat(timeOf(at), entropy[:])).String()
}

func timeOf(at time.Time) []byte {
	var id ulid.ULID
	if err := id.SetTime(ulid.Timestamp(at)); err != nil {
		panic(err) // a time after the year 10889
	}
	return id[:6]
}

// Items are a user's records, with its place in every list and its address reserved.
func (p Population) Items(i int) ([]Row, error) {
	user := p.User(i)
	return store.Items(directory.PutUser{User: user}, directory.Reserve{Reservation: directory.Reservation{
		Kind: directory.ReserveEmail, Name: user.Email, Organisation: user.Organisation, User: user.ID, Identity: user.Identity,
	}})
}

// Address is a user's.
func Address(i int) string { return fmt.Sprintf("user.%d@populated.example.org", i) }

// Filter is a list of users, and what it has of the users of a population.
type Filter struct {
	Name  string
	Query url.Values
	// Size is of the first page of 50, of a thousand users or more with the few that the demo has.
	Size int
	// Fits says whether a user is in the list; Ordered, that they come as they were created.
	Fits    func(api.User) bool
	Ordered bool
}

// PageSize is of the pages.
const PageSize = 50

// Filters are the list of all users, one of each filter of 7.1, and some of their combinations, of a population of so many of
// which somebody has been created on the day.
func (p Population) Filters(users int, day time.Time) []Filter {
	role, account, company := p.Like.Roles[0], string(p.Like.Accounts[0]), string(p.Like.Companies[0])
	last := string(p.User(0).ID)
	has := func(of func(api.User) []string, value string) func(api.User) bool {
		return func(user api.User) bool { return slices.Contains(of(user), value) }
	}
	folded := func(text, prefix string) bool { return strings.HasPrefix(strings.ToLower(text), prefix) }
	searched := func(prefix string) func(api.User) bool {
		return func(user api.User) bool {
			first, last := user.Name.First, user.Name.Last
			return folded(user.Email, prefix) || folded(first+" "+last, prefix) || folded(last+" "+first, prefix) || folded(last, prefix)
		}
	}
	all := func(of ...func(api.User) bool) func(api.User) bool {
		return func(user api.User) bool {
			return !slices.ContainsFunc(of, func(fits func(api.User) bool) bool { return !fits(user) })
		}
	}
	anyone := func(api.User) bool { return true }
	kind := func(kind string) func(api.User) bool { return func(user api.User) bool { return user.Kind == kind } }
	status := func(status string) func(api.User) bool {
		return func(user api.User) bool { return user.Status == status }
	}
	inAccount := func(user api.User) bool { return user.AllAccounts || slices.Contains(user.Accounts, account) }
	inRole := has(func(user api.User) []string { return user.Roles }, role)
	factor := func(has bool) func(api.User) bool {
		return func(user api.User) bool { return user.SecondFactor == has }
	}
	today := day.Format(time.DateOnly)
	return []Filter{
		list("first", PageSize, anyone),
		list("id", 1, func(user api.User) bool { return user.ID == last }, "id", last),
		list("email", 1, func(user api.User) bool { return user.Email == Address(users/2) }, "email", Address(users/2)),
		list("prefix", PageSize, searched("user."), "q", "user."),
		list("name", 5, func(user api.User) bool {
			return folded(user.Name.First, "name000") || folded(user.Name.Last, "name000")
		}, "name", "Name000"),
		list("firstName", PageSize, func(user api.User) bool { return folded(user.Name.First, "name0") }, "firstName", "Name0"),
		list("lastName", PageSize, func(user api.User) bool { return folded(user.Name.Last, "user1") }, "lastName", "User1"),
		list("role", PageSize, inRole, "role", role),
		list("kind", PageSize, kind("regular"), "kind", "regular"), list("admins", 2, kind("admin"), "kind", "admin"),
		list("status", 10, status("inactive"), "status", "inactive"), list("active", PageSize, status("active"), "status", "active"),
		list("type", PageSize, func(user api.User) bool { return user.Type == "merchant" }, "type", "merchant"),
		list("staff", 0, func(user api.User) bool { return user.Kind == "operator" }, "staff", "true"),
		list("notStaff", PageSize, func(user api.User) bool { return user.Kind != "operator" }, "staff", "false"),
		list("companyUser", PageSize, func(user api.User) bool { return len(user.Companies) > 0 }, "companyUser", "true"),
		list("company", PageSize, has(func(user api.User) []string { return user.Companies }, company), "company", company),
		list("account", PageSize, inAccount, "account", account),
		list("created", PageSize, func(user api.User) bool { return !user.CreatedAt.Before(day) }, "createdFrom", today),
		list("secondFactor", PageSize, factor(true), "secondFactor", "true"), list("noSecondFactor", 10, factor(false), "secondFactor", "false"),
		list("pending", 5, func(user api.User) bool { return user.OpenChange != "" }, "pending", "true"),
		list("contact", 10, func(user api.User) bool { return user.Contact }, "contact", "true"),
		list("sortedByName", PageSize, anyone, "sort", "name"), list("sortedByEmail", PageSize, anyone, "sort", "email"),
		list("newestFirst", PageSize, anyone, "sort", "-createdAt"),
		list("statusAndName", 1, all(status("inactive"), func(user api.User) bool { return folded(user.Name.Last, "user499") }),
			"status", "inactive", "lastName", "User499"),
		list("statusAndKind", 10, all(status("inactive"), kind("regular")), "status", "inactive", "kind", "regular", "sort", "-createdAt"),
		list("roleAndStatusByName", 10, all(inRole, status("active")), "role", role, "status", "active", "sort", "name"),
		list("accountAndPrefix", 10, all(inAccount, searched("user.1")), "account", account, "q", "user.1"),
	}
}

// list is a filter by the names and values of its parameters. Text is found in its own order.
func list(name string, size int, fits func(api.User) bool, pairs ...string) Filter {
	query := url.Values{"limit": {strconv.Itoa(max(size, 1))}}
	if size == 0 {
		query.Set("limit", strconv.Itoa(PageSize))
	}
	ordered := true
	for i := 0; i < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
		ordered = ordered && !slices.Contains([]string{"sort", "q", "name", "firstName", "lastName"}, pairs[i])
	}
	return Filter{Name: name, Query: query, Size: size, Fits: fits, Ordered: ordered}
}
