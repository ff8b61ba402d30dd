package functionstest

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// log reads an organisation's log to its end, under a filter.
func log(t testing.TB, who *Person, filter ...Part) []api.LogEntry {
	t.Helper()
	return all[api.LogEntry](t, who, "listOperations", filter...)
}

// all reads a list to its end, in pages of three.
func all[T any](t testing.TB, who *Person, operation string, parts ...Part) []T {
	t.Helper()
	items, cursor := []T{}, ""
	for {
		page := append(slices.Clone(parts), Query("limit", "3"))
		if cursor != "" {
			page = append(page, Query("cursor", cursor))
		}
		some := Read[api.List[T]](t, who.Do(operation, page...), 200)
		if items, cursor = append(items, some.Items...), some.Next; cursor == "" {
			return items
		}
	}
}

// acts are what a log says, oldest first: who did what to whom, and how it came out.
func acts(entries []api.LogEntry) []string {
	told := make([]string, len(entries))
	for i, one := range entries {
		actor, user := "nobody", ""
		if one.Actor != nil {
			actor, _, _ = strings.Cut(one.Actor.Name, " ")
		}
		if one.User != nil {
			user, _, _ = strings.Cut(one.User.Name, " ")
			user = " " + user
		}
		told[len(entries)-1-i] = actor + " " + one.Act + user + " " + one.Outcome
	}
	return told
}

// 7.3: every act and every refusal is in the log: who, what, before and after, from where, under which change.
func TestEveryActAndEveryRefusalIsInTheLog(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true}), From("198.51.100.7")))
	o.Ada.Do("approveChange", At(change.ID), o.Ada.Proof(change)).Refused(t, 403, "forbidden")
	o.Ben.Do("approveChange", At(change.ID), Body(Object{"digest": change.Digest, "method": "totp", "code": "000000"})).Refused(t, 401, "credentialsWrong")
	o.Ben.Approve(change).Want(t, 200)
	o.Rosa.Do("listUsers").Refused(t, 403, "forbidden")
	o.Rosa.Do("evaluateAccess", Body(Object{"subject": Object{"type": "user", "id": o.Ada.ID}, "action": Object{"name": "balances:view"},
		"resource": Object{"type": "account", "id": o.Accounts[0]}})).Refused(t, 403, "forbidden")
	o.Do("signIn", Body(Object{"identifier": o.Rosa.Identifier, "password": "guess"})).Refused(t, 401, "credentialsWrong")
	pass(o, hour)
	o.Settle()

	entries := log(t, o.Ada)
	equal(t, "the log", acts(entries), []string{
		"ada updateUser rosa done", "ada approveChange rosa refused", "ben approveChange rosa refused", "ben approveChange rosa done",
		"rosa listUsers refused", "rosa evaluateAccess ada refused", "nobody signIn rosa refused", "nobody updateUser rosa done",
	})
	asked := entries[len(entries)-1]
	equal(t, "under which change", asked.Change, change.ID)
	equal(t, "before and after", asked.Diff, []api.Difference{{Field: "contact", Before: "false", After: "true"}})
	equal(t, "from where", asked.Address, "198.51.100.7")
	equal(t, "by which policy", entries[len(entries)-2].Policy, "approver-is-requester")
	equal(t, "why", entries[len(entries)-3].Detail, "wrong code")
	equal(t, "of which change", entries[len(entries)-3].Change, change.ID)

	// Previews and reading leave nothing.
	unchanged(t, o.World, "reading", func() {
		log(t, o.Ben)
		o.Ben.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": false}), Preview())
	})
}

// 7.3: filtered by user, actor, act and time, alone and together, in pages.
func TestTheLogIsFiltered(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	other := o.World.Tenant("adyen")
	for range 4 {
		o.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
		o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"type": "merchant"}))
		o.Ada.Do("updateUser", At(o.Ben.ID), Body(Object{"type": "merchant"}))
		o.Rosa.Do("listUsers").Refused(t, 403, "forbidden")
		o.Advance(minute)
	}
	everything := log(t, o.Ada)
	is := func(keep func(api.LogEntry) bool) []api.LogEntry {
		return slices.DeleteFunc(slices.Clone(everything), func(e api.LogEntry) bool { return !keep(e) })
	}
	rosa, ada := string(o.Rosa.ID), string(o.Ada.ID)
	from, to, today := Start.Add(minute), Start.Add(3*minute), Start.Format(time.DateOnly)
	between := func(e api.LogEntry) bool { return !e.At.Before(from) && !e.At.After(to) }
	about := func(e api.LogEntry, id string) bool { return e.User != nil && e.User.ID == id }
	for _, test := range []struct {
		filter []Part
		keep   func(api.LogEntry) bool
	}{
		{[]Part{Query("user", rosa)}, func(e api.LogEntry) bool { return about(e, rosa) }},
		{[]Part{Query("actor", ada)}, func(e api.LogEntry) bool { return e.Actor.ID == ada }},
		{[]Part{Query("act", "updateMe")}, func(e api.LogEntry) bool { return e.Act == "updateMe" }},
		{[]Part{Query("outcome", "refused")}, func(e api.LogEntry) bool { return e.Outcome == "refused" }},
		{[]Part{Query("from", from.Format(time.RFC3339)), Query("to", to.Format(time.RFC3339))}, between},
		{[]Part{Query("from", today), Query("to", today)}, func(api.LogEntry) bool { return true }},
		{[]Part{Query("to", Start.AddDate(0, 0, -1).Format(time.DateOnly))}, func(api.LogEntry) bool { return false }},
		{[]Part{Query("user", rosa), Query("actor", ada), Query("to", to.Format(time.RFC3339))}, func(e api.LogEntry) bool {
			return about(e, rosa) && e.Actor.ID == ada && !e.At.After(to)
		}},
		{[]Part{Query("user", string(other.Rosa.ID))}, func(api.LogEntry) bool { return false }},
	} {
		equal(t, "filtered", log(t, o.Ada, test.filter...), is(test.keep))
	}
	equal(t, "of the user", all[api.LogEntry](t, o.Ada, "listUserOperations", At(rosa)), is(func(e api.LogEntry) bool { return about(e, rosa) }))
	equal(t, "another's", len(log(t, other.Ada)), 0)

	for _, test := range []struct{ name, value, rule string }{
		{"from", "yesterday", "format"}, {"outcome", "perhaps", "enum"}, {"limit", "201", "maximum"}, {"cursor", "***", "cursor"}, {"user", strings.Repeat("u", 65), "maxLength"},
	} {
		o.Ada.Do("listOperations", Query(test.name, test.value)).Faulty(t, test.name, test.rule)
	}
}

// The budget of lists: two round trips, whatever is filtered by.
func TestAPageOfTheLogTakesTwoRoundTrips(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	for range 60 {
		o.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	}
	for _, filter := range [][]Part{
		{}, {Query("user", string(o.Rosa.ID))}, {Query("actor", string(o.Ben.ID))}, {Query("act", "updateMe"), Query("outcome", "done")},
		{Query("from", Start.Format(time.RFC3339)), Query("to", Start.Add(hour).Format(time.RFC3339))},
	} {
		calls := o.Client.Calls(func() { o.Ada.Do("listOperations", filter...).Want(t, 200) })
		equal(t, "calls", calls, []string{"BatchGetItem", "Query"})
	}
	for _, operation := range []string{"listUserOperations", "listUserSignIns"} {
		calls := o.Client.Calls(func() { o.Ada.Do(operation, At(o.Rosa.ID)).Want(t, 200) })
		equal(t, "calls", calls, []string{"BatchGetItem", "Query"})
	}
}

// 7.3: the log is exported, as a table that no spreadsheet takes for formulas, in pages that name the next one.
func TestTheLogIsExported(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"name": Object{"first": "=cmd()", "last": "@x"}}))
	var effects []directory.Effect
	for range 50 {
		effects = append(effects, directory.Log{Entry: directory.Entry{
			ID: directory.EntryID(o.Core.NewID(directory.PrefixEntry)), Organisation: o.ID, At: o.Now(), Action: "updateMe", Outcome: directory.Done,
			Target: directory.TargetID(o.Rosa.ID), TargetName: "=1+1",
		}})
	}
	for range 21 {
		o.commit(effects...)
		for i := range effects {
			entry := effects[i].(directory.Log).Entry
			entry.ID = directory.EntryID(o.Core.NewID(directory.PrefixEntry))
			effects[i] = directory.Log{Entry: entry}
		}
	}
	answer := o.Ada.Do("listOperations", Query("user", string(o.Rosa.ID)), Header("Accept", "text/csv")).Want(t, 200)
	equal(t, "type", answer.Header["Content-Type"], "text/csv; charset=utf-8")
	rows := table(t, answer)
	equal(t, "rows", len(rows), 1+api.Rows)
	equal(t, "names", rows[0][:4], []string{"id", "at", "actor", "actorName"})
	equal(t, "a name", rows[1][slices.Index(rows[0], "userName")], "'=1+1")
	equal(t, "a time", rows[1][1], "2026-03-02T09:00:00Z")

	link, rel, ok := strings.Cut(answer.Header["Link"], ">; ")
	if !ok || rel != `rel="next"` || !strings.HasPrefix(link, "<?") {
		t.Fatalf("Link: %s", answer.Header["Link"])
	}
	next := func(query string) Part {
		return func(e *event) { e.RawQueryString = query }
	}
	last := o.Ada.Do("listOperations", next(strings.TrimPrefix(link, "<?")), Header("Accept", "text/csv;q=1")).Want(t, 200)
	rows = table(t, last)
	equal(t, "rows", len(rows), 1+51)
	equal(t, "the oldest name", rows[51][slices.Index(rows[0], "userName")][:1], "'")
	equal(t, "no further page", last.Header["Link"], "")

	// Without being asked for, a table is none.
	plain := o.Ada.Do("listOperations", Header("Accept", "*/*")).Want(t, 200)
	equal(t, "type", plain.Header["Content-Type"], "application/json")
	o.Ada.Do("listOperations", Query("limit", "0"), Header("Accept", "text/csv")).Faulty(t, "limit", "minimum")
	equal(t, "another list has no table", o.Ada.Do("listUsers", Header("Accept", "text/csv")).Header["Content-Type"], "application/json")
	history := table(t, o.Ada.Do("listUserSignIns", At(o.Rosa.ID), Header("Accept", "text/csv")))
	equal(t, "names", history, [][]string{{"at", "result", "reason", "address", "device", "place", "userAgent"}})
}

func table(t testing.TB, answer Answer) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(answer.Text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

const (
	onPhone   = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
	onDesktop = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)

// By sets what the client says of itself.
func By(userAgent string) Part {
	return func(e *event) { e.RequestContext.HTTP.UserAgent = userAgent }
}

// 5.5: the sign-in history tells when, from which address, on what device, where, and how it came out.
func TestTheSignInHistory(t *testing.T) {
	t.Parallel()
	w := New(t, BehindEdge)
	o := w.Tenant("bc-connect")
	there := []Part{From("198.51.100.7"), By(onPhone), Header("CloudFront-Viewer-City", "Copenhagen"), Header("CloudFront-Viewer-Country", "DK")}
	here := []Part{From("2001:db8::1"), By(onDesktop)}
	guess := func(parts []Part) {
		o.Do("signIn", append(parts, Body(Object{"identifier": o.Rosa.Identifier, "password": "guess"}))...).Refused(t, 401, "credentialsWrong")
	}
	guess(there)
	o.Advance(minute)
	o.Rosa.On().SignIn(t, here...)
	o.Advance(minute)
	challenge := Read[SignedIn](t, o.Do("signIn", append(there, Body(Object{"identifier": o.Rosa.Identifier, "password": Password}))...), 200).Challenge
	o.Do("answerChallenge", append(there, Body(Object{"challengeId": challenge.ID, "method": "totp", "code": "000000"}))...).Refused(t, 401, "credentialsWrong")
	o.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	done(t, o, o.Ada.Do("deactivateUser", At(o.Rosa.ID)))
	o.Do("signIn", append(there, Body(Object{"identifier": o.Rosa.Identifier, "password": Password}))...).Refused(t, 401, "credentialsWrong")

	got := all[api.SignInAttempt](t, o.Ada, "listUserSignIns", At(o.Rosa.ID))
	if !slices.IsSortedFunc(got, func(a, b api.SignInAttempt) int { return b.At.Compare(a.At) }) || !got[3].At.Equal(Start) {
		t.Errorf("not newest first, from the beginning on: %v", got)
	}
	for i := range got {
		got[i].At = time.Time{}
	}
	phone := api.SignInAttempt{Result: "refused", Address: "198.51.100.7", Device: "mobile", Place: "Copenhagen, DK", UserAgent: onPhone}
	refused := func(why string) api.SignInAttempt {
		phone.Reason = why
		return phone
	}
	equal(t, "history", got, []api.SignInAttempt{
		refused("the user is inactive"), refused("wrong code"),
		{Result: "signedIn", Address: "2001:db8::1", Device: "desktop", UserAgent: onDesktop}, refused("wrong password"),
	})
	o.Rosa.Wake()
	o.Rosa.Do("listUserSignIns", At(o.Ada.ID)).Refused(t, 401, "unauthenticated")
}

// 5.5: whoever has an account sees who was there, or tried to be; what others did stays theirs.
func TestEverybodyHasTheirOwnHistory(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("adyen")
	o.Do("signIn", Body(Object{"identifier": o.Rosa.Identifier, "password": "not this one"}))
	o.Do("signIn", Body(Object{"identifier": o.Ben.Identifier, "password": "nor this one"}))
	o.Rosa.Do("listUserSignIns", At(o.Rosa.ID)).Refused(t, 403, "forbidden")
	got := all[api.SignInAttempt](t, o.Rosa, "listMySignIns")
	equal(t, "attempts", len(got), 1)
	equal(t, "why", got[0].Reason, "wrong password")
	equal(t, "exported", len(table(t, o.Rosa.Do("listMySignIns", Header("Accept", "text/csv")))), 2)
	equal(t, "calls", o.Client.Calls(func() { o.Rosa.Do("listMySignIns").Want(t, 200) }), []string{"BatchGetItem", "Query"})

	// Operators' own is that of the platform, also while they are elsewhere.
	olga := w.Operator()
	o.Do("signIn", Body(Object{"identifier": olga.Identifier, "password": "wrong", "organisation": o.ID}))
	equal(t, "an operator's", len(all[api.SignInAttempt](t, w.In(o), "listMySignIns")), len(all[api.SignInAttempt](t, olga, "listMySignIns")))
}

// Where no edge stands before the gateway, its headers are a client's own words, and nobody's place is known.
func TestAPlaceIsNotAClientsWord(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	o.Rosa.On().SignIn(t, Header("CloudFront-Viewer-City", "Copenhagen"), Header("CloudFront-Viewer-Country", "DK"))
	equal(t, "place", all[api.SignInAttempt](t, o.Ada, "listUserSignIns", At(o.Rosa.ID))[0].Place, "")
}

// 5.3: admins list the sessions of their users, and end one or all of them: the next request is refused.
func TestAdminsEndSessions(t *testing.T) {
	t.Parallel()
	w := New(t, BehindEdge)
	o := w.Tenant("bc-connect")
	phone, desktop := o.Rosa.On(), o.Rosa.On()
	phone.SignIn(t, By(onPhone), Header("CloudFront-Viewer-Country", "DK"))
	o.Advance(minute)
	desktop.SignIn(t, By(onDesktop))

	sessions := all[api.SessionInfo](t, o.Ada, "listUserSessions", At(o.Rosa.ID))
	equal(t, "sessions", len(sessions), 3)
	on := slices.IndexFunc(sessions, func(s api.SessionInfo) bool { return s.Device == "mobile" })
	equal(t, "place", sessions[on].Place, "DK")
	equal(t, "current", sessions[on].Current, false)

	o.Ada.Do("endUserSession", At(string(o.Rosa.ID), sessions[on].ID)).Want(t, 204)
	phone.Do("getMe").Refused(t, 401, "unauthenticated")
	desktop.Do("getMe").Want(t, 200)
	o.Ada.Do("endUserSession", At(string(o.Rosa.ID), sessions[on].ID)).Refused(t, 404, "notFound")
	o.Ada.Do("endUserSession", At(string(o.Ben.ID), "ses_1")).Refused(t, 403, "forbidden") // an admin here is the platform's to act on

	o.Ada.Do("endUserSessions", At(o.Rosa.ID), Header("If-Match", `"1-nothing-"`)).Refused(t, 412, "preconditionFailed")
	o.Ada.Do("endUserSessions", At(o.Rosa.ID)).Want(t, 204)
	desktop.Do("getMe").Refused(t, 401, "unauthenticated")
	o.Rosa.Do("getMe").Refused(t, 401, "unauthenticated")
	equal(t, "sessions", len(all[api.SessionInfo](t, o.Ada, "listUserSessions", At(o.Rosa.ID))), 0)
	desktop.SignIn(t)

	desktop.Do("listUserSessions", At(o.Ada.ID)).Refused(t, 403, "forbidden")
	desktop.Do("endUserSessions", At(o.Ada.ID)).Refused(t, 403, "forbidden")
	equal(t, "the log", acts(log(t, o.Ada, Query("actor", string(o.Ada.ID)))), []string{
		"ada endUserSessions rosa done", "ada endUserSessions ben refused", "ada endUserSessions rosa done",
	})
}

// 9.3: what an operator does in an organisation is in the organisation's log, from entering it on.
func TestOperatorsActsAreInTheOrganisationsLog(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	olga := w.Operator().On()
	challenge := Read[SignedIn](t, w.Do("signIn", Body(Object{"identifier": olga.Identifier, "password": Password, "organisation": o.ID})), 200).Challenge
	olga.Token = Read[SignedIn](t, w.Do("answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "totp", "code": olga.Code()})), 200).Session.Token
	olga.Do("createCompany", Body(Object{"name": "Company 3"})).Want(t, 201)
	olga.Do("updateOrganisation", At(o.ID), Body(Object{"name": "Renamed"})).Want(t, 200)
	olga.Do("endUserSessions", At(o.Ben.ID)).Want(t, 204)
	olga.Do("approveChange", At(ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true}))).ID),
		Body(Object{"digest": "d", "method": "totp", "code": "000000"}))

	entries := log(t, o.Ada)
	equal(t, "the log", acts(entries)[:4], []string{
		"olga signIn done", "olga createCompany done", "olga updateOrganisation done", "olga endUserSessions ben done",
	})
	equal(t, "kind", entries[len(entries)-1].Actor.Kind, "operator")
	equal(t, "at home", acts(log(t, w.Operator())), []string{"olga signIn olga done"})
}
