package functionstest

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"mandate/shared/policy"
)

// sixth is a system that the service was not made with: rangers of parks, two of whom must agree, and who keep to the parks
// that they were given.
const sixth = `{
  "title": "Rangers",
  "settings": {
    "changeControl": "second_admin", "propagationSeconds": 60, "grantLimit": "own", "signInName": "username",
    "sharedIdentities": false, "roleCount": "exactlyOne", "secondFactor": "required", "phone": "optional",
    "adminsManageAdmins": true, "adminsManageApi": true, "adminsCertificates": false, "accountsAre": "accounts", "apiNamesAccount": false, "apiAccess": false, "setPasswords": false, "onboarding": [],
    "removal": true, "contacts": false, "secretsShown": "once", "languages": ["fr", "en"], "approvalHours": 24
  },
  "kinds": {"admin": ["gates:open"]},
  "permissions": [
    {"id": "gates:open", "description": "Open a park's gates"},
    {"id": "animals:feed", "description": "Feed the animals"},
    {"id": "animals:count", "description": "Count the animals"}
  ],
  "roles": [
    {"id": "warden", "name": "Warden", "permissions": {
      "users:view": "all", "users:create": "all", "users:update": "all", "users:deactivate": "all", "users:remove": "all",
      "changes:approve": "all", "access:evaluate": "all", "operations:view": "all", "organisation:view": "all",
      "animals:feed": "all", "animals:count": "all"}},
    {"id": "keeper", "name": "Keeper", "permissions": {"animals:feed": "own", "animals:count": "all"}}
  ],
  "conflicts": [{"id": "feeds-and-counts", "kind": "admin", "permissions": ["animals:feed", "animals:count"], "warning": "Who feeds should not count."}]
}`

const sixthPolicies = `
@id("animals-rest")
@reason("Nobody feeds the animals without somebody who watches.")
@obligation("needsWatcher")
permit (principal, action == Action::"use", resource)
when { context.permission == "animals:feed" && principal.permissions.contains("animals:feed") };

@id("wardens-stay")
@reason("A warden stays a warden.")
forbid (principal, action == Action::"removeUser", resource is User)
when { resource.kind == "admin" };
`

// Issue 3, item 1: adding a system is adding a folder. Nothing of it is in any Go file but this test.
func TestASixthSystemIsAFolderOfData(t *testing.T) {
	t.Parallel()
	presets := t.TempDir()
	if err := os.CopyFS(presets, os.DirFS("../../shared/policy/presets")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(presets, "rangers"), fstest.MapFS{
		"preset.json": {Data: []byte(sixth)}, "policies.cedar": {Data: []byte(sixthPolicies)},
	}); err != nil {
		t.Fatal(err)
	}
	engine, err := policy.NewFrom(os.DirFS(presets))
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Check(); err != nil {
		t.Fatal(err)
	}
	w := New(t, func(w *World) {
		w.Core.Policies, w.Core.Presets = engine, engine
		w.casts["rangers"] = cast{admins: []string{"warden"}, regular: []string{"keeper"}, new: []string{"keeper"}, view: "animals:count"}
	})

	// An operator makes the organisation, from the preset's name.
	olga := w.Operator()
	warden := func(name string) Object {
		return Object{"name": Object{"first": name}, "email": w.Email(name), "username": name + "-" + w.Phone()[1:], "roles": []string{"warden"}}
	}
	olga.Do("createOrganisation", Body(Object{
		"preset": "rangers", "name": "The park", "admins": []Object{warden("wanda"), warden("walt")},
	})).Want(t, 201)
	olga.Do("createOrganisation", Body(Object{"preset": "sheriffs", "name": "The town", "admins": []Object{warden("will")}})).Faulty(t, "preset", "enum")

	// A story in an organisation of it: its control, its delay, its names, its roles, its policies, its warnings.
	o := w.Tenant("rangers")
	o.Ada.Do("createUser", Body(newUser(o, Object{"roles": []string{"keeper"}, "username": nil}))).Faulty(t, "username", "required")
	equal(t, "grant limit", o.Ada.Do("createUser", Body(newUser(o, Object{"roles": []string{"keeper"}}))).
		Refused(t, 403, "forbidden").Policy, "grant-limit-roles")
	second := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, Object{"kind": "admin", "roles": []string{"warden"}}))), 202)
	equal(t, "warning", second.Warnings[0].Code, "feeds-and-counts")
	equal(t, "language", second.User.Language, "fr")
	equal(t, "state", second.Change.State, "awaitingApproval")
	approved := Read[Settled](t, o.Ben.Approve(second.Change), 200)
	equal(t, "state", approved.Change.State, "propagating")
	o.Settle()
	pass(o, minute)
	o.Settle()
	equal(t, "status", o.Ada.User(t, second.User.ID).Status, "active")

	feeds := o.Ada.Asks(t, second.User.ID, "animals:feed", o.Accounts[0])
	equal(t, "decision", feeds.Decision, true)
	equal(t, "obligation", feeds.Context.Obligations, []string{"needsWatcher"})
	equal(t, "a keeper feeds", o.Ada.Asks(t, string(o.Rosa.ID), "animals:feed", o.Accounts[0]).Context.Policy, "only-own")
	equal(t, "a keeper counts", o.Ada.Asks(t, string(o.Rosa.ID), "animals:count", o.Accounts[0]).Decision, true)
	equal(t, "policy", o.Ada.Do("removeUser", At(second.User.ID)).Refused(t, 403, "forbidden").Policy, "wardens-stay")
	gone := ask(t, o.Ada.Do("removeUser", At(o.Rosa.ID)))
	o.Ben.Approve(gone).Want(t, 200)
	o.Ada.Do("getUser", At(o.Rosa.ID)).Refused(t, 404, "notFound")
}
