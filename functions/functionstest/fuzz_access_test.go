package functionstest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 2.7, 2.9: whatever an access evaluation says, it is answered by decisions or by a problem that is the client's to mend;
// what is permitted is what the organisation gives, looked up past the policies that decide; a single one is decided
// alike in all three ways to ask; and nobody is told of another organisation.
//
// Texts have names for ids, so that what was found once is kept: $ada, $rosa, $robot, $theirs, $account0 to $account2,
// $elsewhere.
func FuzzAccessEvaluations(f *testing.F) {
	w := New(f)
	var all []*Tenant
	for _, preset := range []string{"bc-connect", "billpro"} {
		all = append(all, w.Tenant(preset))
	}
	for _, o := range all { // several accounts, so that a program names its own
		o.alter(string(o.Robot.ID), func(u *directory.User) {
			for _, account := range o.Accounts[:2] {
				u.Accounts = append(u.Accounts[:len(u.Accounts):len(u.Accounts)], directory.AccountID(account))
			}
		})
	}
	w.Client.Rehearse(func([]string) {})
	subject, action := `"subject":{"type":"user","id":"$rosa"}`, `"action":{"name":"balances:view"}`
	resource := `"resource":{"type":"account","id":"$account0"}`
	for i, body := range []string{
		"{" + subject + "," + action + "," + resource + "}",
		`{"subject":{"type":"user","id":"$theirs"},` + action + "," + resource + "}",
		"{" + subject + `,"action":{"name":"orders:manage"},"resource":{"type":"order","id":"1","properties":{"owner":"$rosa","account":"$account0"}}}`,
		"{" + subject + "," + action + `,"resource":{"type":"account","id":"$elsewhere","properties":{"account":"$account0"}}}`,
		"{" + subject + "," + action + `,"evaluations":[{` + resource + `},{"resource":{"type":"account","id":"$account2"}},{"subject":{"id":"$robot"},` + resource + `}]}`,
		"{" + subject + "," + action + "," + resource + `,"evaluations":[{"action":{"name":"payments:initiate"}},{}],"options":{"evaluations_semantic":"deny_on_first_deny"}}`,
		`{"evaluations":[]}`, `{"evaluations":[null,{}],` + subject + "}", `{"Subject":{},` + subject + "," + action + "," + resource + `,"context":{"a":[{}]}}`,
		"{" + subject + `,"action":{"name":"*:*"},` + resource + "}", "{" + subject + `,"action":null,"evaluations":[{` + action + "," + resource + "}]}", "[]", "null", `{"subject":`, "",
	} {
		f.Add(body, "", uint8(i))
		f.Add(body, "$account1", uint8(i+7))
	}
	f.Fuzz(func(t *testing.T, text, account string, by uint8) {
		w.t = t
		o, other := all[by%2], all[1-by%2]
		names := []string{
			"$ada", string(o.Ada.ID), "$rosa", string(o.Rosa.ID), "$robot", string(o.Robot.ID), "$theirs", string(other.Rosa.ID),
			"$account0", o.Accounts[0], "$account1", o.Accounts[1], "$account2", o.Accounts[2], "$elsewhere", other.Accounts[0],
		}
		known := strings.NewReplacer(names...)
		text, account = known.Replace(text), known.Replace(account)
		parts := []Part{Raw(text)}
		if account != "" {
			parts = append(parts, Header("Mandate-Account", account))
		}
		who := []*Person{o.Ada, o.Rosa, o.Robot}[int(by/2)%3]
		single, batch := who.Do("evaluateAccess", parts...), who.Do("evaluateAccessBatch", parts...)
		explained := who.Do("explainAccess", parts...)
		for _, answer := range []Answer{single, batch, explained} {
			if answer.Status != 200 && (answer.Status/100 != 4 || answer.Code() == "") {
				t.Fatalf("%s: %d %s", answer.Operation, answer.Status, answer.Text)
			}
			for _, theirs := range []string{other.Rosa.Email, other.Name, "Rosa Example"} {
				if answer.Status == 200 && strings.Contains(answer.Text, theirs) {
					t.Fatalf("%s tells of another organisation: %s", answer.Operation, answer.Text)
				}
			}
		}
		if single.Status == 200 {
			decision := parsed[api.Evaluated](single).Decision
			if explained.Status != 200 || parsed[api.Evaluated](explained).Decision != decision {
				t.Fatalf("decided %t, and explained %d %s", decision, explained.Status, explained.Text)
			}
			if !strings.Contains(text, "evaluations") && (batch.Status != 200 || *parsed[evaluations](batch).Decision != decision) {
				t.Fatalf("decided %t, and %d %s", decision, batch.Status, batch.Text)
			}
			if decision {
				permitted(t, o, whole(t, text, -1), account)
			}
		}
		if batch.Status == 200 {
			for i, one := range parsed[evaluations](batch).Evaluations {
				if one.Decision {
					permitted(t, o, whole(t, text, i), account)
				}
			}
		}
	})
}

// asked is what an evaluation comes to, read without the service's types.
type asked struct{ subject, permission, kind, id, account, owner string }

// whole is an evaluation of a text: the request's own, or one of several.
func whole(t *testing.T, text string, at int) asked {
	t.Helper()
	var request map[string]any
	if err := json.Unmarshal([]byte(text), &request); err != nil {
		t.Fatalf("permitted, and is no JSON: %v", err)
	}
	usual, one := request, request
	if at >= 0 {
		one, _ = request["evaluations"].([]any)[at].(map[string]any)
	}
	part := func(name string) map[string]any {
		if own, ok := one[name].(map[string]any); ok {
			return own
		}
		own, _ := usual[name].(map[string]any)
		return own
	}
	said := func(name, field string) string {
		if own, ok := part(name)[field].(string); ok && own != "" {
			return own
		}
		defaults, _ := usual[name].(map[string]any)
		own, _ := defaults[field].(string)
		return own
	}
	properties, _ := part("resource")["properties"].(map[string]any)
	of := func(field string) string { own, _ := properties[field].(string); return own }
	return asked{said("subject", "id"), said("action", "name"), said("resource", "type"), said("resource", "id"), of("account"), of("owner")}
}

// permitted fails the test where the organisation does not give what was permitted.
func permitted(t *testing.T, o *Tenant, one asked, named string) {
	t.Helper()
	ref := directory.UserRef{Organisation: o.ID, ID: directory.UserID(one.subject)}
	found, err := o.aside.Read(t.Context(), directory.Want{Users: []directory.UserRef{ref}, Organisations: []directory.OrganisationID{o.ID}})
	if err != nil {
		t.Fatal(err)
	}
	user, there := found.Users[ref]
	if !there || !user.Active() {
		t.Fatalf("permitted to nobody: %+v", one)
	}
	given, err := o.Core.Policies.Effective(user, found.Organisations[o.ID])
	if err != nil {
		t.Fatal(err)
	}
	account := one.account
	if one.kind == "account" {
		account = one.id
	}
	if account == "" {
		account = named
	}
	scope, gives := given[directory.Permission(one.permission)]
	switch {
	case !gives:
		t.Fatalf("permitted without the permission: %+v", one)
	case account != "" && !user.HoldsAllAccounts() && !strings.Contains(fmt.Sprint(user.Accounts), account):
		t.Fatalf("permitted on an account that is not the user's: %+v", one)
	case account != "" && !strings.Contains(fmt.Sprint(o.Accounts), account):
		t.Fatalf("permitted on an account that is not the organisation's: %+v", one)
	case scope == directory.ScopeOwn && one.owner != one.subject:
		t.Fatalf("permitted on what another created: %+v", one)
	}
}
