package functionstest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// Bad input is a 4xx that names the field and the rule; nothing is stored.
func TestBadInputNamesFieldAndRule(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user := func(with Object) []Part { return []Part{Body(newUser(o, with))} }
		patch := func(with Object) []Part { return []Part{At(o.Rosa.ID), Body(with)} }
		roles := o.Organisation().Settings.RoleCount != "none"
		tests := []struct {
			operation   string
			parts       []Part
			field, rule string
		}{
			{"createUser", user(Object{"kind": nil}), "kind", "required"},
			{"createUser", user(Object{"kind": "robot"}), "kind", "enum"},
			{"createUser", user(Object{"name": nil}), "name", "required"},
			{"createUser", user(Object{"name": Object{"first": "  ", "last": "New"}}), "name.first", "required"},
			{"createUser", user(Object{"name": Object{"first": "Ni\u202ena", "last": "New"}}), "name.first", "characters"},
			{"createUser", user(Object{"name": Object{"first": strings.Repeat("n", 101)}}), "name.first", "maxLength"},
			{"createUser", user(Object{"email": nil}), "email", "required"},
			{"createUser", user(Object{"email": ""}), "email", "required"},
			{"createUser", user(Object{"email": "nina"}), "email", "format"},
			{"createUser", user(Object{"email": "Nina <nina@example.com>"}), "email", "format"},
			{"createUser", user(Object{"email": "nina@example"}), "email", "format"},
			{"createUser", user(Object{"email": "ninа@example.com"}), "email", "ascii"}, // with a Cyrillic letter
			{"createUser", user(Object{"email": strings.Repeat("n", 250) + "@example.com"}), "email", "maxLength"},
			{"createUser", user(Object{"phone": "020 7946 0018"}), "phone", "e164"},
			{"createUser", user(Object{"phone": "+44 1"}), "phone", "e164"},
			{"createUser", user(Object{"language": "de"}), "language", "enum"},
			{"createUser", user(Object{"companies": []string{"cmp_1"}}), "companies[0]", "unknown"},
			{"createUser", user(Object{"accounts": []string{o.Accounts[0], "acc_1"}}), "accounts[1]", "unknown"},
			{"createUser", user(Object{"accounts": []string{o.Accounts[2]}}), "accounts[0]", "company"},
			{"createUser", user(Object{"ipAllowList": []string{"10.0.0.0/33"}}), "ipAllowList[0]", "address"},
			{"createUser", user(Object{"paymentRule": "sometimes"}), "paymentRule", "enum"},
			{"createUser", user(Object{"owner": true}), "owner", "unknown"},
			{"createUser", user(Object{"contact": "yes"}), "contact", "type"},
			{"updateUser", patch(Object{"email": "nina"}), "email", "format"},
			{"updateUser", patch(Object{"companies": o.Companies[1:]}), "accounts[0]", "company"},
			{"updateUser", patch(Object{"kind": "admin"}), "kind", "unknown"},
			{"updateUser", patch(Object{"status": "inactive"}), "status", "unknown"},
			{"updateMe", []Part{Body(Object{"language": "de"})}, "language", "enum"},
			{"listUsers", []Part{Query("limit", "201")}, "limit", "maximum"},
			{"listUsers", []Part{Query("cursor", "bm90IG91cnM")}, "cursor", "cursor"},
			{"listUsers", []Part{Query("cursor", "***")}, "cursor", "cursor"},
			{"listUsers", []Part{Query("order", "name")}, "order", "unknown"},
			{"listUsers", []Part{Query("sort", "phone")}, "sort", "enum"},
			{"listUsers", []Part{Query("createdFrom", "yesterday")}, "createdFrom", "format"},
			{"listUsers", []Part{Query("email", "a@example.com"), Query("cursor", "x")}, "cursor", "cursor"},
			{"exportUsers", []Part{Query("pending", "maybe")}, "pending", "enum"},
			{"listChanges", []Part{Query("state", "done")}, "state", "enum"},
			{"listChanges", []Part{Query("state", "effective"), Query("cursor", "***")}, "cursor", "cursor"},
			{"createUser", append(user(nil), Key(strings.Repeat("k", 129))), "Idempotency-Key", "pattern"},
			{"signIn", []Part{Body(Object{"identifier": o.Rosa.Identifier})}, "password", "required"},
			{"redeemLink", []Part{Body(Object{"password": newPassword})}, "token", "required"},
		}
		if roles {
			tests = append(tests, []struct {
				operation   string
				parts       []Part
				field, rule string
			}{
				{"createUser", user(Object{"username": nil}), "username", "required"},
				{"createUser", user(Object{"username": "ab"}), "username", "minLength"},
				{"createUser", user(Object{"username": "nina new"}), "username", "characters"},
				{"createUser", user(Object{"username": "ninа"}), "username", "characters"}, // with a Cyrillic letter
			}...)
		} else {
			tests = append(tests, []struct {
				operation   string
				parts       []Part
				field, rule string
			}{
				{"createUser", user(Object{"username": "nina"}), "username", "unknown"},
				{"createUser", user(Object{"permissions": []string{"everything:do"}}), "permissions[0]", "unknown"},
				{"createUser", user(Object{"roles": []string{"viewTransfers"}}), "roles[0]", "unknown"},
				{"createUser", user(Object{"phone": nil}), "phone", "required"},
			}...)
		}
		unchanged(t, o.World, "bad input", func() {
			for _, test := range tests {
				answer := o.Ada.Do(test.operation, test.parts...)
				found := false
				for _, one := range answer.Problem().Errors {
					found = found || one.Field == test.field && one.Rule == test.rule
				}
				if answer.Status/100 != 4 || !found {
					t.Errorf("%s: want %s %s, got %d %s", test.operation, test.field, test.rule, answer.Status, answer.Text)
				}
			}
		})
		equal(t, "what would be sent", len(o.Outbox()), 0)
	})
}

// 2.4: what there is not is told as that, whatever the grant limit, to who may create users; to others nothing is told.
func TestWhatThereIsNotIsNamedBeforeTheGrantLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []directory.GrantLimit{directory.GrantOwn, directory.GrantAny} {
		o := New(t).Tenant("adyen", func(s *directory.Settings) { s.GrantLimit = limit })
		for field, value := range map[string]string{"permissions": "everything:do", "roles": "emperor", "accounts": "acc_none", "companies": "cmp_none"} {
			body := Body(newUser(o, Object{"companies": []string{}, "accounts": []string{}, field: []string{value}}))
			o.Ada.Do("createUser", body).Faulty(t, field+"[0]", "unknown")
			o.Ada.Do("createUser", body, Preview()).Faulty(t, field+"[0]", "unknown")
			equal(t, "policy", o.Rosa.Do("createUser", body).Refused(t, 403, "forbidden").Policy, "permission-missing")
		}
	}
	o := New(t).Tenant("adyen")
	held := Body(newUser(o, Object{"roles": []string{"viewReports"}}))
	equal(t, "policy", o.Ada.Do("createUser", held).Refused(t, 403, "forbidden").Policy, "grant-limit-roles")
}

// The same of those who decide, and of operators.
func TestBadInputOfDecisionsAndOfOperators(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	olga := w.In(o)
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	at := func(body Object) []Part { return []Part{At(change.ID), Body(body)} }
	admin := func(with Object) Object {
		admin := Object{"name": Object{"first": "Ann"}, "email": o.Email("ann"), "phone": o.Phone()}
		maps.Copy(admin, with)
		return admin
	}
	organisation := func(with Object) []Part {
		body := Object{"preset": "bc-connect", "name": "New", "admins": []Object{admin(nil), admin(nil)}}
		maps.Copy(body, with)
		return []Part{Body(body)}
	}
	unchanged(t, w, "bad input", func() {
		for _, test := range []struct {
			who         *Person
			operation   string
			parts       []Part
			field, rule string
		}{
			{o.Ben, "approveChange", at(Object{"method": "totp", "code": "123456"}), "digest", "required"},
			{o.Ben, "approveChange", at(Object{"digest": change.Digest, "method": "totp"}), "code", "required"},
			{o.Ben, "approveChange", at(Object{"digest": change.Digest, "method": "sms", "code": "123456"}), "method", "enum"},
			{o.Ben, "rejectChange", at(Object{"reason": strings.Repeat("n", 501)}), "reason", "maxLength"},
			{o.Ada, "cancelChange", at(Object{"why": "no"}), "why", "unknown"},
			{o.Ada, "evaluateAccess", []Part{Body(Object{"subject": Object{"type": 7, "id": "x"}, "action": Object{"name": "a:b"}, "resource": Object{"type": "account", "id": "x"}})}, "subject.type", "type"},
			{o.Ada, "evaluateAccess", []Part{Body(Object{"subject": Object{"type": "user", "id": "x"}, "resource": Object{"type": "account", "id": "x"}})}, "action", "required"},
			{o.Rosa, "confirmTotp", []Part{Body(Object{})}, "code", "required"},
			{olga, "createOrganisation", organisation(Object{"preset": "platform"}), "preset", "enum"},
			{olga, "createOrganisation", organisation(Object{"name": "\u202e"}), "name", "characters"},
			{olga, "createOrganisation", organisation(Object{"admins": []Object{admin(nil)}}), "admins", "minItems"},
			{olga, "createOrganisation", organisation(Object{"admins": []Object{admin(nil), admin(Object{"email": "abe"})}}), "admins[1].email", "format"},
			{olga, "createOrganisation", organisation(Object{"admins": []Object{admin(nil), admin(Object{"email": o.Rosa.Email})}}), "admins[1].email", "taken"},
			{olga, "createCompany", []Part{Body(Object{"name": " "})}, "name", "required"},
			{olga, "openAccount", []Part{Body(Object{"name": "Account", "company": "cmp_1"})}, "company", "unknown"},
		} {
			test.who.Do(test.operation, test.parts...).Faulty(t, test.field, test.rule)
		}
	})
}

// Two of a new organisation's admins cannot have one name.
func TestTwoFirstAdminsOfOneName(t *testing.T) {
	t.Parallel()
	w := New(t)
	admin := Object{"name": Object{"first": "Ann"}, "email": w.Email("ann"), "phone": w.Phone()}
	olga := w.Operator()
	unchanged(t, w, "two admins of one name", func() {
		olga.Do("createOrganisation", Body(Object{
			"preset": "bc-connect", "name": "New", "admins": []Object{admin, admin},
		})).Faulty(t, "admins[1].email", "taken")
	})
}

// Every operation that takes a body refuses what is none, and says nothing of itself but which rule that breaks.
func TestNoOperationTakesABrokenBody(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	before := o.Table()
	for _, operation := range api.Operations() {
		parts := example(o, operation)
		for name, body := range map[string]string{
			"no JSON": "{", "a list": "[]", "text": `"x"`, "an unknown field": `{"surprise":1}`, "broken UTF-8": "{\"name\":\"\xff\"}", "null": "null",
			"too much": `{"x":"` + strings.Repeat("x", api.MaxBody) + `"}`, "just too much": `{}` + strings.Repeat(" ", api.MaxBody-1),
			"depth": strings.Repeat("[", api.MaxBody), "depth of objects": strings.Repeat(`{"a":`, api.MaxBody/5), "far too deep": strings.Repeat("[", 100_000),
			"a name as long as can be": `{"` + strings.Repeat("x", api.MaxBody-6) + `":1}`, "a long number": `{"level":` + strings.Repeat("9", api.MaxBody-10) + `}`,
		} {
			if operation.Method == "GET" {
				continue
			}
			answer := o.Ada.Do(operation.ID, append(parts, Raw(body))...)
			if answer.Status/100 != 4 || answer.Header["Content-Type"] != "application/problem+json" {
				t.Errorf("%s with %s: %d %s", operation.ID, name, answer.Status, answer.Text)
			}
			if !json.Valid([]byte(answer.Text)) || len(answer.Text) > 2<<10 {
				t.Errorf("%s with %s: %.2000q", operation.ID, name, answer.Text)
			}
		}
	}
	equal(t, "the table", o.Table(), before)
}

// Nobody is told what is wrong with a request but who has proven to be somebody: to others it is refused as a good one is.
// What has not even the form of credentials is not looked up, and bad input is asked about once.
func TestWhatIsWrongIsToldToNobodyUnknown(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	forged := &Person{World: o.World, Token: directory.NewTicket(o.ID, o.Rosa.ID, o.Rosa.Identity, o.ID).Text(directory.TicketSession)}
	robbed := &Person{World: o.World, ClientID: o.Robot.ClientID, ClientSecret: "guessed"}
	gone := o.Regular("gone", nil)
	o.alter(string(gone.ID), func(u *directory.User) { u.Status = directory.StatusInactive })
	wrong := map[string]Part{
		"no JSON": Raw("{"), "an unknown field": Raw(`{"surprise":1}`), "an unknown parameter": Query("surprise", "1"), "no tag": Header("If-Match", "x"),
		"no text": Header("Content-Type", "text/plain"), "too much": Raw(strings.Repeat(" ", api.MaxBody+1)), "values that are none": spoilt,
	}
	before := o.Table()
	for i, operation := range api.Operations() {
		if operation.Public {
			continue
		}
		parts := slices.Clip(example(o, operation))
		who := []*Person{forged, robbed, gone}[i%3]
		good := who.Do(operation.ID, parts...)
		good.Refused(t, 401, "unauthenticated")
		for name, part := range wrong {
			if answer := who.Do(operation.ID, append(parts, part)...); answer.Status != 401 || answer.Text != good.Text {
				t.Errorf("%s with %s: %d %s", operation.ID, name, answer.Status, answer.Text)
			}
		}
		for _, credentials := range []string{"Bearer none", "Bearer " + directory.TicketSession + "none", "Basic bm9uZTpub25l", "none"} {
			calls := o.Client.Calls(func() {
				o.World.Do(operation.ID, append(parts, Raw("{"), Header("Authorization", credentials))...).Refused(t, 401, "unauthenticated")
			})
			equal(t, "calls", len(calls), 0)
		}
	}
	equal(t, "the table", o.Table(), before)
	calls := o.Client.Calls(func() { o.Ada.Do("createUser", Body(Object{})).Faulty(t, "email", "required") })
	equal(t, "calls", calls, []string{"BatchGetItem"})
}

// spoilt makes every text of a body one that no rule of its own lets pass, where the body's form may.
func spoilt(e *event) {
	var spoil func(any) any
	spoil = func(value any) any {
		switch value := value.(type) {
		case string:
			return "\u202e"
		case []any:
			for i := range value {
				value[i] = spoil(value[i])
			}
		case map[string]any:
			for name := range value {
				value[name] = spoil(value[name])
			}
		}
		return value
	}
	var body any
	if json.Unmarshal([]byte(e.Body), &body) == nil {
		Body(spoil(body))(e)
	}
}

// Sent to an id that is none, or is another kind's, or has more in it than an id, nothing is found.
func TestPathsThatNameNothing(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	olga := o.In(o)
	before := o.Table()
	for _, operation := range api.Operations() {
		if !strings.Contains(operation.Path, "{") {
			continue
		}
		for _, id := range []string{"x", "../me", o.Companies[0], "usr_" + strings.Repeat("0", 26), string(o.Rosa.ID) + "#", "é", " "} {
			for _, who := range []*Person{o.Ada, olga} {
				answer := who.Do(operation.ID, append(example(o, operation), At(slices.Repeat([]string{id}, len(parameters(operation)))...))...)
				if answer.Status/100 != 4 {
					t.Errorf("%s of %q: %d %s", operation.ID, id, answer.Status, answer.Text)
				}
			}
		}
	}
	after := o.Table()
	for key := range after {
		if _, there := before[key]; !there && !strings.Contains(key, "#log ") {
			t.Errorf("%s was written", key)
		}
	}
}
