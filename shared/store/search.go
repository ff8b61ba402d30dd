package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mandate/shared/directory"
)

// What a page of a search reads at most, however many users there are.
const (
	// keysAtMost are of each list that the filter is looked up in. A key is a fortieth of a read unit.
	keysAtMost = 500
	// candidatesAtMost are users who may pass the filter.
	candidatesAtMost = 100
	// passedAtMost are users of the list of all, where no list says which of them may.
	passedAtMost = 200
)

// place is where a user stands in an order.
type place struct {
	at   string
	user directory.UserID
}

// trace is what was read of lists: places in their order, and whether nothing comes after them.
type trace struct {
	places []place
	all    bool
}

// stretch is a part of one of the table's lists, by sort keys.
type stretch struct{ pk, first, last string }

func (l stretch) has(at string) bool { return l.first <= at && at <= l.last }

// facet is a condition of a filter as lists say it: who passes is in one of them.
type facet []facetValue

// words is a text that a filter searches for, and the orders that it is looked up in.
type words struct {
	text   string
	orders []order
}

// search is a page of a search for users, under way.
type search struct {
	*Store
	directory.UserSearch
	organisation directory.OrganisationID
	backwards    bool // the order of creation alone

	// orders that the page goes through, each in its stretch, and the place that it begins after.
	orders    []order
	stretches []stretch
	from      string

	facets []facet
	words  []words // but those that the page goes through
	// exact: whoever is in the one list that is looked up passes the filter.
	exact bool

	// driver is the order that the page goes through, as far as it was read.
	driver trace
	// sieves are those who pass a condition each, in the order of ids.
	sieves []trace
}

// Search looks up where the users of a page may be. A list of all users is not looked up: the page is a stretch of it.
func (s *Store) Search(ctx context.Context, id directory.OrganisationID, what directory.UserSearch) (directory.UserPage, error) {
	look := &search{
		Store: s, UserSearch: what, organisation: id, backwards: what.Sort == directory.SortCreatedLately, orders: []order{byCreation},
	}
	if what.UserFilter == (directory.UserFilter{}) && (what.Sort == "" || what.Sort == directory.SortCreated || look.backwards) {
		return func(ctx context.Context) ([]directory.User, string, error) {
			return query(ctx, s, list{pk: ofOrganisation(id), prefix: userPrefix, backwards: look.backwards}, what.Page, toUser)
		}, nil
	}
	look.plan()
	if err := look.begin(); err != nil {
		return nil, err
	}
	return look.page, look.lookUp(ctx)
}

// plan says which lists the filter is looked up in.
func (s *search) plan() {
	rest := s.UserFilter
	add := func(any ...facetValue) { s.facets = append(s.facets, any) }
	if rest.Kind != "" && rest.Kind != directory.KindRegular {
		add(facetValue{facetKind, string(rest.Kind)})
		rest.Kind = ""
	}
	switch rest.Status {
	case "":
	case directory.StatusPending: // and more
		add(facetValue{facetPending, "true"})
	default:
		add(facetValue{facetStatus, string(rest.Status)})
		rest.Status = ""
	}
	if rest.Account != "" {
		add(facetValue{facetAccount, string(rest.Account)}, facetValue{facetKind, string(directory.KindAdmin)})
		rest.Account = ""
	}
	if rest.SecondFactor != nil {
		add(facetValue{facetSecondFactor, strconv.FormatBool(*rest.SecondFactor)})
		rest.SecondFactor = nil
	}
	for facet, wanted := range map[string]**bool{facetPending: &rest.Pending, facetContact: &rest.Contact, facetCompanyUser: &rest.CompanyUser} {
		if *wanted != nil && **wanted {
			add(facetValue{facet, "true"})
			*wanted = nil
		}
	}
	if rest.Staff != nil && *rest.Staff {
		add(facetValue{facetKind, string(directory.KindOperator)})
		rest.Staff = nil
	}
	if directory.Status(rest.Role).Stage() {
		add(facetValue{facetRole, rest.Role}, facetValue{facetStatus, rest.Role})
		rest.Role = ""
	}
	for facet, wanted := range map[string]*string{facetType: &rest.Type, facetRole: &rest.Role, facetCompany: (*string)(&rest.Company)} {
		if *wanted != "" {
			add(facetValue{facet, *wanted})
			*wanted = ""
		}
	}
	for _, one := range []struct {
		text   *string
		orders []order
	}{
		{&rest.Text, []order{byEmail, byFirstName, byLastName}}, {&rest.Name, []order{byFirstName, byLastName}},
		{&rest.FirstName, []order{byFirstName}}, {&rest.LastName, []order{byLastName}},
	} {
		if *one.text != "" {
			s.words = append(s.words, words{*one.text, one.orders})
			*one.text = ""
		}
	}

	lists, text := len(s.facets)+len(s.words), ""
	switch {
	case s.Sort == directory.SortName:
		s.orders, lists = []order{byFirstName}, lists+1
	case s.Sort == directory.SortEmail:
		s.orders, lists = []order{byEmail}, lists+1
	case s.Sort == "" && len(s.words) > 0:
		s.orders, text, s.words = s.words[0].orders, s.words[0].text, s.words[1:]
	}
	for _, o := range s.orders {
		s.stretches = append(s.stretches, s.stretch(o, text))
	}
	if s.inOrder() { // lists of ids are read between bounds
		rest.CreatedFrom, rest.CreatedBefore = time.Time{}, time.Time{}
	}
	s.exact = lists == 1 && rest == directory.UserFilter{}
}

// stretch is where a text is in an order.
func (s *search) stretch(o order, text string) stretch {
	text = directory.Fold(text)
	switch o {
	case byEmail:
		return stretch{ofOrganisation(s.organisation), string(o) + text, string(o) + text + endOfText}
	case byCreation:
		first, last := made(s.CreatedFrom, s.CreatedBefore)
		return stretch{ofOrganisation(s.organisation), string(o) + first, string(o) + last}
	default:
		return stretch{namesList(s.organisation), string(o) + shown(text), string(o) + shown(text) + endOfText}
	}
}

// begin reads where the page begins.
func (s *search) begin() (err error) {
	for _, o := range s.orders {
		if s.Cursor == "" {
			return nil
		}
		if s.from, err = parseCursor(s.Cursor, string(o)); err == nil {
			return nil
		}
	}
	return err
}

// inOrder tells whether the page goes in the order of creation, as lists of facets do.
func (s *search) inOrder() bool { return s.orders[0] == byCreation }

// lookUp reads lists, all at the same time.
func (s *search) lookUp(ctx context.Context) error {
	var wait sync.WaitGroup
	var errs []*error
	limit := keysAtMost
	if s.exact {
		limit = s.Limit + 1
	}
	read := func(l stretch, after string, backwards bool) *trace {
		into, err := new(trace), new(error)
		errs = append(errs, err)
		wait.Go(func() {
			var items []item
			items, into.all, *err = s.readStretch(ctx, l, after, backwards, limit)
			for _, one := range items {
				into.places = append(into.places, place{stringOf(one, SortKey), holderOf(one)})
			}
		})
		return into
	}

	first, last := made(s.CreatedFrom, s.CreatedBefore)
	after, backwards := "", s.inOrder() && s.backwards
	if s.inOrder() {
		after = strings.TrimPrefix(s.from, string(byCreation))
	}
	var facets, texts [][]*trace
	for _, any := range s.facets {
		var lists []*trace
		for _, one := range any {
			lists = append(lists, read(stretch{byFacet(s.organisation, one.facet, one.value), first, last}, after, backwards))
		}
		facets = append(facets, lists)
	}
	for _, one := range s.words {
		var lists []*trace
		for _, o := range one.orders {
			lists = append(lists, read(s.stretch(o, one.text), "", false))
		}
		texts = append(texts, lists)
	}
	var driver []*trace
	for i, l := range s.stretches {
		if s.inOrder() || l.last < s.from { // what the page is beyond is not read
			continue
		}
		after := ""
		if strings.HasPrefix(s.from, string(s.orders[i])) {
			after = s.from
		}
		driver = append(driver, read(l, after, false))
	}
	wait.Wait()

	for _, err := range errs {
		if *err != nil {
			return *err
		}
	}
	s.driver = inTurn(driver)
	for _, lists := range facets {
		s.sieves = append(s.sieves, s.merged(lists))
	}
	for _, lists := range texts {
		if whole := inTurn(lists); whole.all {
			passed := func(p place) bool { return s.inOrder() && s.from != "" && !s.before(s.from, p.at) }
			s.sieves = append(s.sieves, trace{slices.DeleteFunc(s.byID(whole.places), passed), true})
		}
	}
	slices.SortFunc(s.sieves, s.compareReach)
	return nil
}

// readStretch reads a stretch of a list after a place, and tells whether that was all of it.
func (s *Store) readStretch(ctx context.Context, l stretch, after string, backwards bool, limit int) (items []item, all bool, err error) {
	if after != "" && backwards {
		l.last, limit = min(l.last, after), limit+1
	} else if after != "" {
		l.first, limit = max(l.first, after), limit+1
	}
	if l.first > l.last {
		return nil, true, nil
	}
	condition, most, forwards, consistent := PartitionKey+" = :pk AND "+SortKey+" BETWEEN :first AND :last", int32(limit), !backwards, true
	items, goOn, err := s.ask(ctx, &dynamodb.QueryInput{
		TableName: &s.table, Limit: &most, ScanIndexForward: &forwards, ConsistentRead: &consistent, KeyConditionExpression: &condition,
		ExpressionAttributeValues: item{":pk": text(l.pk), ":first": text(l.first), ":last": text(l.last)},
	})
	if err != nil {
		return nil, false, err
	}
	if after != "" && len(items) > 0 && stringOf(items[0], SortKey) == after {
		items = items[1:]
	}
	return items, goOn == nil, nil
}

// inTurn is what lists say one after another, up to the first that was not read to its end.
func inTurn(lists []*trace) trace {
	whole := trace{all: true}
	for _, one := range lists {
		if whole.all {
			whole = trace{append(whole.places, one.places...), one.all}
		}
	}
	return whole
}

// merged is who stands in one of the lists, as far as all of them were read.
func (s *search) merged(lists []*trace) trace {
	whole, ends := trace{all: true}, []place(nil)
	for _, one := range lists {
		whole.places = append(whole.places, one.places...)
		if !one.all {
			whole.all = false
			ends = append(ends, one.places[len(one.places)-1])
		}
	}
	if whole.places = s.byID(whole.places); !whole.all {
		end := slices.MinFunc(ends, s.compare)
		whole.places = slices.DeleteFunc(whole.places, func(p place) bool { return s.compare(p, end) > 0 })
	}
	return whole
}

// compare puts users in the order of their ids, as the search goes.
func (s *search) compare(a, b place) int {
	if s.inOrder() && s.backwards {
		a, b = b, a
	}
	return cmp.Compare(a.user, b.user)
}

// byID are the users in the order of their ids, each once.
func (s *search) byID(places []place) []place {
	for i := range places {
		places[i].at = string(byCreation) + string(places[i].user)
	}
	slices.SortFunc(places, s.compare)
	return slices.Compact(places)
}

// compareReach puts those first that were read to their end, the shortest before, and of others those that got furthest.
func (s *search) compareReach(a, b trace) int {
	switch {
	case a.all && b.all:
		return cmp.Compare(len(a.places), len(b.places))
	case a.all:
		return -1
	case b.all:
		return 1
	default:
		return s.compare(b.places[len(b.places)-1], a.places[len(a.places)-1])
	}
}

// sieved are the users who are in every sieve, or beyond what was read of it.
func (s *search) sieved(places []place) []place {
	return slices.DeleteFunc(slices.Clone(places), func(p place) bool {
		return slices.ContainsFunc(s.sieves, func(sieve trace) bool {
			at, in := slices.BinarySearchFunc(sieve.places, p, s.compare)
			return !in && (sieve.all || at < len(sieve.places))
		})
	})
}

// page reads the users. Where one list has few who may pass, all of them are read, whatever their order; otherwise the
// page goes along its order.
func (s *search) page(ctx context.Context) ([]directory.User, string, error) {
	if len(s.sieves) > 0 && s.sieves[0].all {
		if few := s.sieved(s.sieves[0].places); len(few) <= candidatesAtMost {
			return s.sorted(ctx, few)
		}
	}
	switch {
	case !s.inOrder():
	case len(s.sieves) > 0:
		s.driver = s.sieves[0]
	default:
		return s.passBy(ctx)
	}

	candidates, most := s.sieved(s.driver.places), max(candidatesAtMost, s.Limit)
	if s.exact {
		most = s.Limit
	}
	next := s.driver.end()
	if len(candidates) > most {
		candidates, next = candidates[:most], candidates[most-1].at
	}
	users, err := s.users(ctx, candidates)
	if err != nil {
		return nil, "", err
	}
	return s.cut(candidates, users, next)
}

// end is where to go on after the places; empty where nothing comes after them.
func (t trace) end() string {
	if t.all {
		return ""
	}
	return t.places[len(t.places)-1].at
}

// users reads the users at places, in no order.
func (s *search) users(ctx context.Context, at []place) (map[directory.UserID]directory.User, error) {
	var want directory.Want
	for _, one := range at {
		want.Users = append(want.Users, directory.UserRef{Organisation: s.organisation, ID: one.user})
	}
	found, err := s.Read(ctx, want)
	users := make(map[directory.UserID]directory.User, len(found.Users))
	for ref, user := range found.Users {
		users[ref.ID] = user
	}
	return users, err
}

// standing is where a user stands in the order of the search, by what it is now.
func (s *search) standing(u directory.User) string {
	for i, o := range s.orders {
		if at := o.of(u); s.stretches[i].has(at) {
			return at
		}
	}
	return ""
}

// cut makes a page of users at places in its order, up to its limit. Who does not pass is left out, and who stands
// elsewhere by now: each is shown at its own place alone. After the last of them comes next.
func (s *search) cut(places []place, users map[directory.UserID]directory.User, next string) ([]directory.User, string, error) {
	page := make([]directory.User, 0, min(s.Limit, len(places)))
	for i, one := range places {
		user, ok := users[one.user]
		if !ok || !s.Matches(user) || s.standing(user) != one.at {
			continue
		}
		if page = append(page, user); len(page) == s.Limit && i < len(places)-1 {
			next = one.at
			break
		}
	}
	if next == "" {
		return page, "", nil
	}
	return page, cursor(next), nil
}

// sorted makes a page of users who are in no order yet.
func (s *search) sorted(ctx context.Context, few []place) ([]directory.User, string, error) {
	users, err := s.users(ctx, few)
	if err != nil {
		return nil, "", err
	}
	var places []place
	for id, user := range users {
		at := s.standing(user)
		if at != "" && s.Matches(user) && (s.from == "" || s.before(s.from, at)) {
			places = append(places, place{at, id})
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if s.before(a.at, b.at) {
			return -1
		}
		return 1
	})
	return s.cut(places, users, "")
}

func (s *search) before(a, b string) bool {
	if s.backwards {
		return b < a
	}
	return a < b
}

// passBy goes through all users, where no list says who passes.
func (s *search) passBy(ctx context.Context) ([]directory.User, string, error) {
	items, all, err := s.readStretch(ctx, s.stretches[0], s.from, s.backwards, max(passedAtMost, s.Limit))
	if err != nil {
		return nil, "", err
	}
	passed, users := trace{all: all}, make(map[directory.UserID]directory.User, len(items))
	for _, one := range items {
		user, err := toUser(one)
		if err != nil {
			return nil, "", err
		}
		passed.places = append(passed.places, place{stringOf(one, SortKey), user.ID})
		users[user.ID] = user
	}
	return s.cut(passed.places, users, passed.end())
}
