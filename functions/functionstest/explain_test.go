package functionstest

import (
	"fmt"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

type explanation struct {
	api.Deciding
	Conditions  []api.Condition
	WouldBecome []api.Prospect
}

func (e explanation) condition(name string) api.Condition {
	for _, condition := range e.Conditions {
		if condition.Condition == name {
			return condition
		}
	}
	return api.Condition{}
}

func explain(t testing.TB, who *Person, asked Object) explanation {
	t.Helper()
	return Read[explanation](t, who.Do("explainAccess", Body(asked)), 200)
}

// 2.9, 2.5: why, in the policy's words, and from where each part of the answer is.
func TestAnExplanationTellsWhy(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	payer := o.Regular("paul", nil, "balances:view", "payments:initiate")
	why := func(subject directory.UserID, permission, account string) explanation {
		t.Helper()
		return explain(t, o.Ada, question(subject, permission, account))
	}

	may := why(o.Rosa.ID, "balances:view", o.Accounts[0])
	equal(t, "why she may", may, explanation{
		Deciding: api.Deciding{Decision: true, Policy: "permission-held", Reason: "You have this permission.", Obligations: []string{}},
		Conditions: []api.Condition{
			{Condition: "subject", Holds: true},
			{Condition: "status", Holds: true, Is: "active"},
			{Condition: "permission", Holds: true, From: []api.Origin{{By: "extra", Scope: "all"}}},
			{Condition: "scope", Holds: true, Is: "all"},
			{Condition: "account", Holds: true, Is: "assigned"},
			{Condition: "policies", Holds: true, Is: "permission-held"},
		},
		WouldBecome: []api.Prospect{},
	})
	elsewhere := why(o.Rosa.ID, "balances:view", o.Accounts[2])
	equal(t, "policy", elsewhere.Policy, "account-not-assigned")
	equal(t, "account", elsewhere.condition("account"), api.Condition{Condition: "account", Is: "none"})
	equal(t, "permission", why(o.Rosa.ID, "payments:approve", o.Accounts[0]).condition("permission"), api.Condition{Condition: "permission"})
	equal(t, "an admin's account", why(o.Ada.ID, "users:view", o.Accounts[2]).condition("account").Is, "every")
	equal(t, "an admin's permission", why(o.Ada.ID, "users:view", o.Accounts[2]).condition("permission").From, []api.Origin{{By: "kind", ID: "admin", Scope: "all"}})

	pays := why(payer.ID, "payments:initiate", o.Accounts[0])
	equal(t, "obligations", pays.Obligations, []string{"needsApproval"})
	equal(t, "policy", pays.Policy, "payments-need-approval")
	equal(t, "rule", pays.condition("paymentRule"), api.Condition{Condition: "paymentRule", Holds: true, Is: "none"})

	equal(t, "nobody", why("usr_nobody", "balances:view", o.Accounts[0]).Conditions, []api.Condition{{Condition: "subject"}})
	equal(t, "nowhere", why(o.Rosa.ID, "balances:view", "acc_none").Conditions, []api.Condition{{Condition: "account", Is: "unknown"}})
	equal(t, "nothing", why(o.Rosa.ID, "balances", o.Accounts[0]).Conditions, []api.Condition{{Condition: "permission", Is: "unknown"}})

	// Who may ask is who may evaluate; and bad input names field and rule.
	explain(t, o.Rosa, question(o.Rosa.ID, "balances:view", o.Accounts[0]))
	o.Rosa.Do("explainAccess", Body(question(o.Ada.ID, "balances:view", o.Accounts[0]))).Refused(t, 403, "forbidden")
	o.Ada.Do("explainAccess", Body(Object{"subject": Object{"type": "user", "id": "x"}})).Faulty(t, "action", "required")
}

// 2.8, 2.1: by which role, and whose the resource is.
func TestAnExplanationTellsTheScope(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("billpro")
	rita := o.Regular("rita", []string{"restricted_user"})
	asked := question(rita.ID, "orders:manage", o.Accounts[0])
	equal(t, "of another's", explain(t, o.Ada, asked).condition("scope"), api.Condition{Condition: "scope", Is: "own"})
	asked["resource"].(Object)["properties"] = Object{"owner": rita.ID}
	own := explain(t, o.Ada, asked)
	equal(t, "of her own", own.condition("scope"), api.Condition{Condition: "scope", Is: "own", Holds: true})
	equal(t, "by", own.condition("permission").From, []api.Origin{{By: "role", ID: "restricted_user", Name: "Restricted user", Scope: "own"}})

	// A refusal of the preset's own, which the other conditions do not tell of.
	links := explain(t, o.Ada, question(rita.ID, "payment-links:create", o.Accounts[0]))
	equal(t, "payment links", links.condition("policies"), api.Condition{Condition: "policies", Is: "payment-links-off"})
}

// cell is one question of the generated organisation.
type cell struct{ user, permission, account, owner string }

func (c cell) question() Object {
	asked := question(directory.UserID(c.user), c.permission, c.account)
	if c.account == "" {
		asked["resource"] = Object{"type": "thing", "id": "1"}
	}
	asked["resource"].(Object)["properties"] = Object{"owner": c.owner}
	return asked
}

// The generated organisation: everyone of another kind, with another access, another status and another open change.
func generated(t testing.TB, o *Tenant) []directory.UserID {
	t.Helper()
	preset, _ := o.Core.Presets.Preset(o.Organisation().Preset)
	users := []directory.UserID{o.Ada.ID, o.Ben.ID, o.Rosa.ID, o.Robot.ID}
	for i := range 6 {
		permission := preset.Permissions[i*len(preset.Permissions)/6]
		var roles []string
		if len(preset.Roles) > 0 {
			roles = []string{preset.Roles[i*len(preset.Roles)/6].ID}
		}
		var extra []directory.Permission
		if i%3 != 0 {
			extra = []directory.Permission{permission.ID}
		}
		users = append(users, o.Regular(fmt.Sprintf("user%d", i), roles, extra...).ID)
	}
	return users
}

// open asks for a change of each user, of another act by turns, as far as the preset lets.
func (o *Tenant) open(users []directory.UserID) {
	for i, id := range users {
		switch who := o.Ada; i % 5 {
		case 0:
			who.Do("updateUser", At(id), Body(Object{"accounts": o.Accounts[1:2], "paymentLinks": true}))
		case 1:
			who.Do("deactivateUser", At(id))
		case 2:
			who.Do("updateUser", At(id), Body(Object{"accounts": []string{}}))
			who.Do("deactivateUser", At(id))
		case 3:
			who.Do("assignAccount", At(o.Accounts[2]), Body(Object{"users": []directory.UserID{id}}))
		}
	}
	who := o.Ada
	who.Do("createUser", Body(newUser(o, nil)))
}

// Issue 3, item 9: over every user, permission and account of a generated organisation the explanation is what is enforced,
// and what an open change would make of it is what it is once that has taken effect.
func TestAnExplanationNeverDisagreesWithEnforcement(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"bc-connect", "adyen", "billpro", "b2binpay", "leaseweb"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant(preset, Controlled(directory.ControlSecondAdmin), Propagating(60))
			users := generated(t, o)
			o.open(users)
			everyone := Read[api.List[api.User]](t, o.Ada.Do("listUsers", Query("limit", "200")), 200).Items
			known, _ := o.Core.Presets.Preset(preset)

			// What each open change of each user would make of each decision.
			prospects := map[string]map[cell]api.Prospect{}
			explained := map[cell]api.Deciding{}
			for _, user := range everyone {
				for _, permission := range known.Permissions {
					for i, account := range []string{o.Accounts[0], o.Accounts[1], ""} {
						at := cell{user.ID, string(permission.ID), account, []string{"", user.ID}[i%2]}
						asked := at.question()
						told := explain(t, o.Ada, asked)
						explained[at] = told.Deciding
						holds := true
						for _, condition := range told.Conditions {
							holds = holds && condition.Holds
						}
						if holds != told.Decision {
							t.Fatalf("%v: %+v", at, told)
						}
						for _, prospect := range told.WouldBecome {
							if prospects[prospect.Change] == nil {
								prospects[prospect.Change] = map[cell]api.Prospect{}
							}
							prospects[prospect.Change][at] = prospect
						}
					}
				}
			}
			enforce := func(what string, want map[cell]api.Deciding) {
				t.Helper()
				var cells []cell
				for at := range want {
					cells = append(cells, at)
				}
				for len(cells) > 0 {
					some := cells[:min(50, len(cells))]
					cells = cells[len(some):]
					asked := make([]Object, len(some))
					for i, at := range some {
						asked[i] = at.question()
					}
					answers := Read[evaluations](t, o.Ada.Do("evaluateAccessBatch", Body(Object{"evaluations": asked})), 200).Evaluations
					for i, at := range some {
						got := api.Deciding{
							Decision: answers[i].Decision, Policy: answers[i].Context.Policy,
							Reason: answers[i].Context.Reason, Obligations: answers[i].Context.Obligations,
						}
						equal(t, fmt.Sprint(what, " ", at), got, want[at])
					}
				}
			}
			enforce("now", explained)

			if len(prospects) < 5 {
				t.Fatalf("only %d changes are open", len(prospects))
			}
			effective := map[string]bool{}
			for id, cells := range prospects {
				change := o.Ben.Change(t, id)
				if change.State != "awaitingApproval" { // a deactivation has overtaken it
					continue
				}
				if answer := o.Ben.Approve(&change); answer.Status != 200 { // it would leave too few admins
					continue
				}
				o.Settle()
				if change = o.Ben.Change(t, id); change.State == "propagating" {
					pass(o, minute)
					o.Settle()
					change = o.Ben.Change(t, id)
				}
				equal(t, "state of "+id, change.State, "effective")
				after := map[cell]api.Deciding{}
				for at, prospect := range cells {
					after[at] = prospect.Deciding
				}
				enforce("after "+change.Act, after)
				effective[change.Act] = true
			}
			if len(effective) < 3 {
				t.Errorf("only %v took effect", effective)
			}
		})
	}
}
