package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/oklog/ulid/v2"

	"mandate/functions/present"
	"mandate/infra/measure"
	"mandate/shared/api"
	"mandate/shared/directory"
)

// walker is a client in the large organisation. It walks through a list page by page, however far it comes, and looks up,
// makes and changes users between two pages.
type walker struct {
	*load
	admin   person
	random  *rand.Rand
	filters []measure.Filter
	walk    walk
	own     map[string]api.User // whom it made, as they were answered last
}

// walk is a list on its way.
type walk struct {
	filter measure.Filter
	cursor string
	last   api.User // of the page before; without an id at the beginning
	seen   map[string]bool
}

func (l *load) walker(ctx context.Context, number int) (*walker, error) {
	admin, err := l.session(ctx, l.large, number%2) // one of the two admins
	if err != nil {
		return nil, err
	}
	w := &walker{
		load: l, admin: admin, random: rand.New(rand.NewPCG(uint64(number), 1)), own: map[string]api.User{},
		filters: l.population.Filters(l.ground.Users, l.ground.Base.Add(time.Duration(l.ground.Users)*step/2).Truncate(24*time.Hour)),
	}
	return w, nil
}

// pages are how many there are of a walk at most: then another list's turn comes.
const pages = 200

// turn is what a client does once: a page of its walk, the first page of some list, and what else is asked most.
func (w *walker) turn(ctx context.Context) error {
	if w.walk.filter.Name == "" || len(w.walk.seen) > pages*measure.PageSize {
		w.walk = walk{filter: w.filters[w.random.IntN(len(w.filters))], seen: map[string]bool{}}
	}
	if err := w.page(ctx, &w.walk, "deep"); err != nil {
		return err
	}
	first := walk{filter: w.filters[w.random.IntN(len(w.filters))], seen: map[string]bool{}}
	if err := w.page(ctx, &first, first.filter.Name); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{w.me, w.reads, w.reads, w.finds, w.searches, w.evaluates, w.evaluates, w.makes, w.alters} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// page reads a page and holds it against what the population has: each user fits and is as it was made, none comes twice, and
// in the order of creation none is left out.
func (w *walker) page(ctx context.Context, walk *walk, name string) error {
	query := url.Values{}
	for parameter, values := range walk.filter.Query {
		query[parameter] = values
	}
	query.Set("limit", fmt.Sprint(measure.PageSize))
	if walk.cursor != "" {
		query.Set("cursor", walk.cursor)
	}
	var list api.List[api.User]
	if err := w.gets(ctx, "listUsers."+name, w.admin, "/v1/users?"+query.Encode(), &list); err != nil {
		return err
	}
	if err := w.check(walk, list); err != nil {
		return fmt.Errorf("%s after %d: %w", walk.filter.Name, len(walk.seen), err)
	}
	if walk.cursor = list.Next; list.Next == "" {
		walk.filter.Name = "" // at its end
	}
	return nil
}

func (w *walker) check(walk *walk, list api.List[api.User]) error {
	if len(list.Items) > measure.PageSize || walk.filter.Ordered && list.Next != "" && len(list.Items) < measure.PageSize {
		return fmt.Errorf("a page of %d, with another one behind it", len(list.Items))
	}
	inOrder := list.Items
	if walk.last.ID != "" {
		inOrder = append([]api.User{walk.last}, list.Items...)
	}
	for _, user := range list.Items {
		if !walk.filter.Fits(user) {
			return fmt.Errorf("it has %+v", user)
		}
		if walk.seen[user.ID] {
			return fmt.Errorf("it has %s twice", user.ID)
		}
		walk.seen[user.ID] = true
		if i, of := w.numberOf(user.ID); of {
			if err := same("a user of the list", w.populated(i), user); err != nil {
				return err
			}
		}
		if walk.filter.Ordered {
			if err := w.follows(walk.filter, walk.last.ID, user.ID); err != nil {
				return err
			}
		}
		walk.last = user
	}
	if walk.filter.Ordered && list.Next == "" {
		return w.follows(walk.filter, walk.last.ID, "")
	}
	return sorted(walk.filter, inOrder)
}

// follows tells whether somebody of the population would have come between two who came one after the other; without an id
// before the first, or behind the last.
func (w *walker) follows(filter measure.Filter, before, after string) error {
	if after != "" && after <= before {
		return fmt.Errorf("%s comes after %s", after, before)
	}
	for i := w.from(before, 0); i < w.from(after, w.ground.Users); i++ {
		if user := w.populated(i); user.ID != before && filter.Fits(user) {
			return fmt.Errorf("between %q and %q it lacks %s", before, after, user.ID)
		}
	}
	return nil
}

// from is the number of the first of the population whose id is not before an id's time.
func (w *walker) from(id string, without int) int {
	if id == "" {
		return without
	}
	parsed, err := ulid.ParseStrict(strings.TrimPrefix(id, directory.PrefixUser))
	if err != nil {
		return without
	}
	since := ulid.Time(parsed.Time()).Sub(w.ground.Base)
	return min(max(0, int((since+step-1)/step)), w.ground.Users)
}

// numberOf is which of the population a user is.
func (w *walker) numberOf(id string) (int, bool) {
	i := w.from(id, -1)
	if i < 0 || i >= w.ground.Users || string(w.population.User(i).ID) != id {
		return 0, false
	}
	return i, true
}

func (w *walker) populated(i int) api.User { return present.User(w.population.User(i)) }

// sorted holds users against their list's order.
func sorted(filter measure.Filter, users []api.User) error {
	var of func(api.User) string
	switch filter.Query.Get("sort") {
	case "name":
		of = func(user api.User) string { return strings.ToLower(user.Name.First + " " + user.Name.Last) }
	case "email":
		of = func(user api.User) string { return user.Email }
	case "-createdAt":
		if !slices.IsSortedFunc(users, func(a, b api.User) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
			return fmt.Errorf("it is not the newest first")
		}
		return nil
	default:
		return nil
	}
	if !slices.IsSortedFunc(users, func(a, b api.User) int { return cmp.Compare(of(a), of(b)) }) {
		return fmt.Errorf("it is not sorted by %s", filter.Query.Get("sort"))
	}
	return nil
}

// same tells what differs.
func same(what string, want, got any) error {
	if diff := gocmp.Diff(want, got); diff != "" {
		return fmt.Errorf("%s: (-want +got)\n%s", what, diff)
	}
	return nil
}

func (w *walker) me(ctx context.Context) error {
	var me struct{ User api.User }
	if err := w.gets(ctx, "getMe", w.admin, "/v1/me", &me); err != nil {
		return err
	}
	return same("who asked", w.admin.ID, me.User.ID)
}

// reads a user by id: one of the population, or of its own.
func (w *walker) reads(ctx context.Context) error {
	want := w.populated(w.random.IntN(w.ground.Users))
	for _, own := range w.own {
		if w.random.IntN(4) == 0 {
			want = own
		}
		break
	}
	var read struct{ User api.User }
	if err := w.gets(ctx, "getUser", w.admin, "/v1/users/"+want.ID, &read); err != nil {
		return err
	}
	return same("a user", want, read.User)
}

// finds a user by its address.
func (w *walker) finds(ctx context.Context) error {
	want := w.populated(w.random.IntN(w.ground.Users))
	var list api.List[api.User]
	if err := w.gets(ctx, "listUsers.email", w.admin, "/v1/users?"+url.Values{"email": {want.Email}}.Encode(), &list); err != nil {
		return err
	}
	return same("the users of an address", []api.User{want}, list.Items)
}

// searches for those whose address begins as one's does.
func (w *walker) searches(ctx context.Context) error {
	of := w.random.IntN(w.ground.Users)
	begins := strings.TrimSuffix(measure.Address(of), "@populated.example.org")
	var list api.List[api.User]
	if err := w.gets(ctx, "listUsers.search", w.admin, "/v1/users?"+url.Values{"q": {begins}}.Encode(), &list); err != nil {
		return err
	}
	found := false
	for _, user := range list.Items {
		if !strings.HasPrefix(user.Email, begins) {
			return fmt.Errorf("a search for %s found %s", begins, user.Email)
		}
		found = found || user.Email == measure.Address(of)
	}
	if !found && list.Next == "" {
		return fmt.Errorf("a search for %s lacks its own", begins)
	}
	return nil
}

// evaluates what one of the population may do: what its role gives, on its account, while it is active.
func (w *walker) evaluates(ctx context.Context) error {
	user := w.population.User(w.random.IntN(w.ground.Users))
	want := user.Status == directory.StatusActive && len(user.Roles) > 0
	return w.may(ctx, w.admin, string(user.ID), given[large].may, w.large.Accounts[0], want)
}

// makes a user now and then.
func (w *walker) makes(ctx context.Context) error {
	number := w.next()
	body := object{
		"kind": "regular", "name": object{"first": "Made", "last": fmt.Sprintf("By load %d", number)},
		"email": fmt.Sprintf("made.%d@load.example.org", number), "username": fmt.Sprintf("made.%d.large", number),
		"accounts": w.large.Accounts[:1], "roles": []string{given[large].role},
	}
	var made struct{ User api.User }
	err := w.asks(ctx, "createUser", w.admin, http.MethodPost, "/v1/users", body, http.StatusCreated, &made)
	w.own[made.User.ID] = made.User
	return err
}

// alters one of those that it made: another name, and then it is deactivated.
func (w *walker) alters(ctx context.Context) error {
	for id, user := range w.own {
		var answer struct{ User api.User }
		if user.Name.First == "Made" {
			body := object{"name": object{"first": "Altered", "last": user.Name.Last}}
			if err := w.asks(ctx, "updateUser", w.admin, http.MethodPatch, "/v1/users/"+id, body, http.StatusOK, &answer); err != nil {
				return err
			}
			if answer.User.Name.First != "Altered" {
				return fmt.Errorf("renamed, the user is %+v", answer.User)
			}
			w.own[id] = answer.User
			return nil
		}
		if err := w.asks(ctx, "deactivateUser", w.admin, http.MethodPost, "/v1/users/"+id+"/deactivate", object{}, http.StatusOK, &answer); err != nil {
			return err
		}
		delete(w.own, id)
		return same("the status of who was deactivated", "inactive", answer.User.Status)
	}
	return nil
}
