package functionstest

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mandate/shared/api"
	"mandate/shared/directory"
)

type userList = api.List[api.User]

// lists are the ids that Ada finds, in their order.
func lists(t *testing.T, o *Tenant, parts ...Part) []string {
	t.Helper()
	list := Read[userList](t, o.Ada.Do("listUsers", parts...), 200)
	if list.Next != "" {
		t.Errorf("a small organisation's list goes on at %s", list.Next)
	}
	return idsOf(list.Items)
}

func idsOf(users []api.User) []string {
	ids := []string{}
	for _, user := range users {
		ids = append(ids, user.ID)
	}
	return ids
}

// 7.1: every filter finds whom it names, at once: what was just written is listed, and exported.
func TestUsersAreListedByEveryFilter(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("leaseweb")
	w.Advance(3 * day)
	o.Wake()
	create := func(with Object) api.User {
		return Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, with))), 201).User
	}
	nina := create(Object{"name": Object{"first": "Nina", "last": "van Dam"}, "email": "Nina.Dam@example.com", "contact": true})
	emil := create(Object{"name": Object{"first": "Émile", "last": "Nordin"}, "email": "emil@example.com", "companies": nil, "accounts": nil})
	// Case does not matter, nor do accents, written with their letter or after it.
	ornate := create(Object{"name": Object{"first": "Ørsted", "last": "Œuvrard-L’Été"}, "email": "zz@example.com", "companies": nil, "accounts": nil})
	for _, text := range []string{"ORS", "ørsted oe", "œuv", "oeuvrard-l'ete", "OEUVRARD-L’ÉT"} {
		equal(t, text, lists(t, o, Query("name", text)), []string{ornate.ID})
	}
	equal(t, "in order", lists(t, o, Query("sort", "name"), Query("status", "emailNotVerified")), []string{emil.ID, nina.ID, ornate.ID})
	o.Ada.Do("removeUser", At(ornate.ID)).Want(t, 200)

	seeded := []string{string(o.Ada.ID), string(o.Ben.ID), string(o.Rosa.ID), string(o.Robot.ID)}
	ada, rosa := o.Ada.User(t, string(o.Ada.ID)), o.Ada.User(t, string(o.Rosa.ID))
	everybody := append(slices.Clone(seeded), nina.ID, emil.ID)
	today := w.Now().Format("2006-01-02")

	for query, want := range map[string][]string{
		"":                               everybody,
		"id=" + nina.ID:                  {nina.ID},
		"email=NINA.dam@example.com":     {nina.ID},
		"email=nina.dam@example.co":      {},
		"q=nin":                          {nina.ID},
		"q=van":                          {nina.ID},
		"q=n":                            {nina.ID, emil.ID}, // nina's address and first name, then Nordin
		"q=ÉM":                           {emil.ID},
		"q=emil":                         {emil.ID},
		"name=emile nor":                 {emil.ID},
		"name=nordin":                    {emil.ID},
		"name=nina van dam":              {nina.ID},
		"firstName=van":                  {},
		"lastName=Van":                   {nina.ID},
		"role=" + rosa.Roles[0]:          {string(o.Rosa.ID)},
		"kind=admin":                     {string(o.Ada.ID), string(o.Ben.ID)},
		"kind=api":                       {string(o.Robot.ID)},
		"status=emailNotVerified":        {nina.ID, emil.ID},
		"status=active":                  seeded,
		"contact=true":                   {nina.ID},
		"secondFactor=true&kind=regular": {string(o.Rosa.ID)},
		"companyUser=true&status=emailNotVerified": {nina.ID},
		"companyUser=false&firstName=É":            {emil.ID},
		"staff=true":                               {},
		"staff=false&lastName=nordin":              {emil.ID},
		"type=merchant":                            {},
		"createdFrom=" + today:                     {nina.ID, emil.ID},
		"createdTo=" + today:                       everybody,
		"createdTo=" + ada.CreatedAt.Format("2006-01-02T15:04:05Z07:00"): seeded,
		"createdFrom=" + today + "&q=e":                                  {emil.ID},
		"sort=-createdAt":                                                reversed(everybody),
		"sort=name&status=emailNotVerified":                              {emil.ID, nina.ID},
		"sort=email&status=emailNotVerified":                             {emil.ID, nina.ID},
		"pending=true":                                                   {},
		"account=" + o.Accounts[0] + "&status=emailNotVerified":          {nina.ID},
		"company=" + o.Companies[0] + "&contact=true":                    {nina.ID},
		"account=acc_00000000000000000000000001&kind=regular":            {},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var parts []Part
		for name := range values {
			parts = append(parts, Query(name, values.Get(name)))
		}
		got := lists(t, o, parts...)
		exported := []string{}
		for _, row := range table(t, o.Ada.Do("exportUsers", parts...))[1:] {
			exported = append(exported, row[0])
		}
		equal(t, "exported by "+query, exported, got)
		if strings.Contains(query, "role=") { // who else has it does not matter
			got = slices.DeleteFunc(got, func(id string) bool { return id == nina.ID || id == emil.ID })
		}
		equal(t, query, got, want)
	}
}

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// 3.5: whom a change is open for is marked, and listed; afterwards not any more.
func TestOpenChangesAreAFilter(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		before := len(lists(t, o, Query("pending", "true")))
		equal(t, "pending at first", before, 0)
		asked := o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"name": Object{"first": "Rosalind"}}))
		want := []string{}
		if asked.Status == 202 {
			want = append(want, string(o.Rosa.ID))
		}
		equal(t, "pending", lists(t, o, Query("pending", "true")), want)
		equal(t, "the new name, before it is in effect", len(lists(t, o, Query("firstName", "rosalind"))), 1-len(want))
		done(t, o, asked)
		equal(t, "pending after it", lists(t, o, Query("pending", "true")), []string{})
		equal(t, "the new name", lists(t, o, Query("firstName", "ROSALIND")), []string{string(o.Rosa.ID)})
		equal(t, "the old name", lists(t, o, Query("name", "rosa example")), []string{})
	})
}

// 1.9: who lacks an account that was opened later; admins have every one.
func TestWhoLacksAnAccount(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"bc-connect", "adyen"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			o := New(t, Capped(0)).Tenant(preset, Controlled(directory.ControlNone))
			opened := Read[api.BankAccount](t, o.In(o).Do("openAccount", Body(Object{"company": o.Companies[0], "name": "Treasury"})), 201).ID
			of := func(parts ...Part) []string {
				return idsOf(Read[userList](t, o.Ada.Do("listAccountUsers", append(parts, At(opened))...), 200).Items)
			}
			admins, others := []string{string(o.Ada.ID), string(o.Ben.ID)}, []string{string(o.Rosa.ID), string(o.Robot.ID)}
			equal(t, "who has it", of(), admins)
			equal(t, "who lacks it", of(Query("lacking", "true")), others)
			o.Ada.Do("assignAccount", At(opened), Body(Object{"users": others[:1]})).Want(t, 200)
			equal(t, "who has it now", of(Query("lacking", "false")), append(admins, others[0]))
			equal(t, "who lacks it now", of(Query("lacking", "true")), others[1:])
			equal(t, "in the list", lists(t, o, Query("account", opened), Query("sort", "name")), append(admins, others[0]))
			o.Rosa.Do("listAccountUsers", At(opened)).Refused(t, 403, "forbidden")
		})
	}
}

// 7.1: the export has what the list has, in pages that link to one another, and no text that a spreadsheet runs.
func TestUsersAreExported(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	for range 3 {
		o.Ada.Do("createUser", Body(newUser(o, Object{"name": Object{"first": "=HYPERLINK(1)", "last": "Formula"}}))).Want(t, 201)
	}
	parts := []Part{Query("lastName", "formula"), Query("limit", "2")}
	var lines []string
	for {
		answer := o.Ada.Do("exportUsers", parts...).Want(t, 200)
		equal(t, "type", answer.Header["Content-Type"], "text/csv; charset=utf-8")
		page := strings.Split(strings.TrimSpace(answer.Text), "\r\n")
		if !strings.HasPrefix(page[0], "id,email,") {
			t.Errorf("the first line is %s", page[0])
		}
		lines = append(lines, page[1:]...)
		link, found := strings.CutPrefix(answer.Header["Link"], "<?")
		if !found {
			break
		}
		query, _, _ := strings.Cut(link, ">")
		parts = []Part{func(e *events.APIGatewayV2HTTPRequest) { e.RawQueryString = query }}
	}
	equal(t, "lines", len(lines), 3)
	for _, line := range lines {
		if !strings.Contains(line, ",'=HYPERLINK(1),Formula,") {
			t.Errorf("a spreadsheet runs %s", line)
		}
	}
	o.Rosa.Do("exportUsers").Refused(t, 403, "forbidden")
}

// 7.1: a user is of the moment that its id is of, however much later than the request that is made: the order of creation is
// what createdAt says.
func TestUsersAreOfTheirIDsMoment(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	o.Advance(1500 * time.Microsecond)
	user := Read[struct{ User api.User }](t, o.Ada.Do("createUser", Body(newUser(o, nil))), 201).User
	equal(t, "createdAt", user.CreatedAt, directory.UserID(user.ID).Time())
	moment := user.CreatedAt.Format(time.RFC3339Nano)
	equal(t, "of that moment", lists(t, o, Query("createdFrom", moment), Query("createdTo", moment)), []string{user.ID})
}

// Invariant 5: a filter by what is another tenant's finds nothing, and its cursors lead into one's own list.
func TestFiltersStayInTheTenant(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("adyen"), w.Tenant("adyen")
	for name, value := range map[string]string{
		"id": string(other.Rosa.ID), "email": other.Rosa.Email, "account": other.Accounts[0], "company": other.Companies[0],
	} {
		got := lists(t, o, Query(name, value), Query("kind", "regular"))
		equal(t, name, got, []string{})
	}
	next := Read[userList](t, other.Ada.Do("listUsers", Query("sort", "name"), Query("limit", "1")), 200).Next
	for _, user := range Read[userList](t, o.Ada.Do("listUsers", Query("sort", "name"), Query("cursor", next)), 200).Items {
		equal(t, "organisation", user.Organisation, string(o.ID))
	}
	for _, sort := range []string{"", "email", "createdAt"} {
		parts := []Part{Query("cursor", next)}
		if sort != "" {
			parts = append(parts, Query("sort", sort))
		}
		o.Ada.Do("listUsers", parts...).Faulty(t, "cursor", "cursor")
	}
	for _, operation := range []string{"listUsers", "exportUsers"} {
		o.Rosa.Do(operation, Query("q", "a"), Header("Authorization", "Bearer mst_x")).Refused(t, 401, "unauthenticated")
	}
}
