package functionstest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// roleBody is a role that an admin of the preset adyen may make.
func roleBody(name string, permissions Object) Object {
	return Object{"name": name, "description": "Looks after the night", "permissions": permissions}
}

// ownRole finds a role of the organisation's own in its list of roles.
func ownRole(t testing.TB, o *Tenant, id string) (api.Role, bool) {
	t.Helper()
	for _, role := range Read[api.List[api.Role]](t, o.Ada.Do("listRoles"), 200).Items {
		if role.ID == id {
			return role, true
		}
	}
	return api.Role{}, false
}

// settled takes a change on a role to its effect.
func settled(t testing.TB, o *Tenant, answer RoleAnswer) {
	t.Helper()
	if answer.Change != nil {
		decide(t, o, answer.Change)
		o.Settle()
		pass(o, o.Organisation().Settings.Propagation())
		o.Settle()
		equal(t, "state", o.Ada.Change(t, answer.Change.ID).State, "effective")
	}
}

// 2.2, 3.6: an organisation adds a role of its own, gives it, changes it and deletes it. What it gives waits for the delay;
// what is taken away goes with the approval, from everybody who has it.
func TestAnOwnRoleFromItsCreationToItsEnd(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string][]Setting{
		"no control":   nil,
		"second admin": {Controlled(directory.ControlSecondAdmin), Propagating(3600)},
		"step-up":      {Controlled(directory.ControlStepUp)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant("adyen", settings...)
			waits := len(settings) > 0
			may := func(permission string) bool {
				return o.Ada.Asks(t, string(o.Rosa.ID), permission, o.Accounts[0]).Decision
			}
			answer := o.Ada.Do("createRole", Body(roleBody("Night shift", Object{"transfers:initiate": "all", "transfers:view": "own"})))
			made := Read[RoleAnswer](t, answer, map[bool]int{false: 201, true: 202}[waits])
			id := made.Role.ID
			give := Body(Object{"roles": []string{id}})
			shown, _ := ownRole(t, o, id)
			equal(t, "pending", shown.Pending, waits)
			if waits {
				equal(t, "the role's mark", shown.OpenChange, made.Change.ID)
				equal(t, "permissions", len(shown.Permissions), 0)
				o.Ada.Do("updateUser", At(o.Rosa.ID), give).Faulty(t, "roles[0]", "unknown")
				equal(t, "open", o.Ada.Do("updateRole", At(id), Body(Object{"name": "Other"})).Refused(t, 409, "changeOpen").Change, made.Change.ID)
			}
			settled(t, o, made)
			shown, _ = ownRole(t, o, id)
			tag := shown.ETag
			shown.ETag = ""
			equal(t, "role", shown, api.Role{ID: id, Name: "Night shift", Description: "Looks after the night", Own: true,
				Permissions: map[string]string{"transfers:initiate": "all", "transfers:view": "own"}})

			done(t, o, o.Ada.Do("updateUser", At(o.Rosa.ID), give))
			equal(t, "initiates", may("transfers:initiate"), true)

			answer = o.Ada.Do("updateRole", At(id), Body(Object{"permissions": Object{"transfers:approve": "all"}}), Header("If-Match", tag))
			changed := Read[RoleAnswer](t, answer, answer.Status)
			if waits {
				equal(t, "initiates until approval", may("transfers:initiate"), true)
				decide(t, o, changed.Change)
				if delay := o.Organisation().Settings.Propagation(); delay > 0 {
					equal(t, "initiates", may("transfers:initiate"), false)
					equal(t, "approves before the delay", may("transfers:approve"), false)
					if shown, _ := ownRole(t, o, id); shown.EffectiveAt == nil || !shown.EffectiveAt.Equal(o.Now().Add(delay)) {
						t.Errorf("the role does not say when it changes: %v", shown.EffectiveAt)
					}
				}
				o.Settle()
				pass(o, o.Organisation().Settings.Propagation())
				o.Settle()
			}
			equal(t, "approves", may("transfers:approve"), true)
			equal(t, "initiates", may("transfers:initiate"), false)

			o.Ada.Do("deleteRole", At(id), Header("If-Match", tag)).Refused(t, 412, "preconditionFailed")
			answer = o.Ada.Do("deleteRole", At(id))
			gone := Read[RoleAnswer](t, answer, answer.Status)
			if waits {
				equal(t, "approves until approval", may("transfers:approve"), true)
				decide(t, o, gone.Change)
			}
			equal(t, "approves", may("transfers:approve"), false)
			if _, there := ownRole(t, o, id); there {
				t.Error("the deleted role is listed")
			}
			o.Ada.Do("updateRole", At(id), Body(Object{"name": "Back"})).Refused(t, 404, "notFound")
			// Rosa is rid of it by whatever changes next about her.
			equal(t, "roles", done(t, o, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true}))).Roles, []string{})
			o.Settle()
			equal(t, "open executions", o.OpenExecutions(), 0)
		})
	}
}

// 2.2: what a role of one's own may be: of the catalogue, under a name of its own, and not too large.
func TestWhatAnOwnRoleMayBe(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("leaseweb")
	there := o.OwnRole("Night shift", "services:view")
	create := func(with Object) Answer {
		body := roleBody("Day shift", Object{"services:view": "all"})
		for name, value := range with {
			body[name] = value
		}
		return o.Ada.Do("createRole", Body(body))
	}
	unchanged(t, w, "a role that may not be", func() {
		create(Object{"name": "NIGHT  shift "}).Faulty(t, "name", "taken")
		create(Object{"name": "Technical"}).Faulty(t, "name", "taken")
		create(Object{"name": " "}).Faulty(t, "name", "required")
		create(Object{"name": "Night\u202eshift"}).Faulty(t, "name", "characters")
		create(Object{"description": strings.Repeat("x", 201)}).Faulty(t, "description", "maxLength")
		create(Object{"permissions": Object{}}).Faulty(t, "permissions", "minProperties")
		create(Object{"permissions": Object{"moon:land": "all"}}).Faulty(t, "permissions.moon:land", "unknown")
		create(Object{"permissions": Object{"services:view": "some"}}).Faulty(t, "permissions.services:view", "enum")
		create(Object{"colour": "blue"}).Faulty(t, "colour", "unknown")
		o.Ada.Do("updateRole", At(there), Body(Object{"name": "technical"})).Faulty(t, "name", "taken")
		o.Ada.Do("updateRole", At("technical"), Body(Object{"name": "Mine"})).Refused(t, 409, "stateWrong")
		o.Ada.Do("deleteRole", At("technical")).Refused(t, 409, "stateWrong")
		o.Ada.Do("updateRole", At(there), Body(Object{"name": "Mine"}), Header("If-Match", `"7-"`)).Refused(t, 412, "preconditionFailed")
		o.Ada.Do("updateRole", At(there), Body(Object{"name": "Night shift"})).Want(t, 200) // is what it was
		foreseen := Read[RoleAnswer](t, o.Ada.Do("createRole", Body(roleBody("Day shift", Object{"services:view": "own"})), Preview()), 200)
		equal(t, "state", foreseen.Preview.State, "effective")
		equal(t, "diff", foreseen.Preview.Diff, []api.Difference{
			{Field: "name", After: "Day shift"}, {Field: "roleDescription", After: "Looks after the night"}, {Field: "ownPermissions", After: "services:view"},
		})
	})
	first := o.Ada.Do("createRole", Body(roleBody("Day shift", Object{"services:view": "all"})), Key("day"))
	again := o.Ada.Do("createRole", Body(roleBody("Day shift", Object{"services:view": "all"})), Key("day"))
	equal(t, "the repeated answer", again, first)

	// Together the roles stay small, since every request reads them; and there are not too many.
	permissions := Object{}
	for _, permission := range Read[api.List[api.Permission]](t, o.Ada.Do("listPermissions"), 200).Items {
		permissions[permission.ID] = "all"
	}
	refused := Answer{Status: 201}
	for i := 0; refused.Status == 201; i++ {
		refused = create(Object{"name": fmt.Sprintf("Large %d", i), "description": strings.Repeat("é", 200), "permissions": permissions})
	}
	refused.Faulty(t, "roles", "maxBytes")
	small := w.Tenant("leaseweb")
	for i := range 100 {
		small.OwnRole(fmt.Sprintf("Role %d", i))
	}
	small.Ada.Do("createRole", Body(roleBody("One more", Object{"services:view": "all"}))).Faulty(t, "roles", "maxItems")
}

// 1.4, 2.2 to 2.4: who may make roles, and of what.
func TestWhoMayMakeARole(t *testing.T) {
	t.Parallel()
	w := New(t)
	for _, refusal := range []struct {
		preset, policy string
		permissions    Object
		who            func(*Tenant) *Person
	}{
		{"bc-connect", "no-roles", Object{"balances:view": "all"}, func(o *Tenant) *Person { return o.Ada }},
		{"b2binpay", "administration-given-by-operators", Object{"users:update": "all"}, func(o *Tenant) *Person { return o.Ada }},
		{"adyen", "grant-limit-permissions", Object{"reports:manage": "all"}, func(o *Tenant) *Person { return o.Ada }},
		{"adyen", "permission-missing", Object{"transfers:view": "all"}, func(o *Tenant) *Person { return o.Rosa }},
	} {
		o := w.Tenant(refusal.preset)
		there := o.OwnRole("Night shift", "users:view")
		who := refusal.who(o)
		body := roleBody("Day shift", refusal.permissions)
		equal(t, "policy", who.Do("createRole", Body(body)).Refused(t, 403, "forbidden").Policy, refusal.policy)
		equal(t, "policy", who.Do("updateRole", At(there), Body(body)).Refused(t, 403, "forbidden").Policy, refusal.policy)
	}
	o := w.Tenant("b2binpay")
	w.In(o).Do("createRole", Body(roleBody("Lead", Object{"users:update": "all"}))).Want(t, 201)
	equal(t, "policy", w.Operator().Do("createRole", Body(roleBody("Lead", Object{"users:update": "all"}))).Refused(t, 403, "forbidden").Policy, "departments-are-given")
}

// 2.4: with the limit "own" a role of the organisation's own is given by whoever has what it gives.
func TestAnOwnRoleIsGivenByWhoHasWhatItGives(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	held, unheld := o.OwnRole("Night shift", "transfers:initiate", "transfers:view"), o.OwnRole("Day shift", "transfers:view", "reports:manage")
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"roles": []string{held}})).Want(t, 200)
	equal(t, "policy", o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"roles": []string{unheld}})).Refused(t, 403, "forbidden").Policy, "grant-limit-roles")
	copied := Read[UserAnswer](t, o.Ada.Do("duplicateUser", At(o.Rosa.ID), Body(Object{"email": o.Email("copy"), "username": "copy-" + o.Phone()[1:], "phone": o.Phone()})), 201)
	equal(t, "roles", copied.User.Roles, []string{held})
}

// 3.9: what a requester lost through a role, it no longer gives.
func TestARequesterWhoseRoleShrankNoLongerGives(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen", Controlled(directory.ControlSecondAdmin))
	role := o.OwnRole("Deputies", "users:view", "users:create", "users:update", "transfers:view")
	deputy := o.Regular("dan", []string{role, "viewTransfers"})
	asked := ask(t, deputy.Do("createUser", Body(newUser(o, Object{"companies": []string{}, "accounts": o.Accounts[:1]}))))
	shrunk := Read[RoleAnswer](t, o.Ada.Do("updateRole", At(role), Body(Object{"permissions": Object{"users:view": "all"}})), 202)
	o.Ben.Approve(shrunk.Change).Want(t, 200)
	settled := Read[Settled](t, o.Ben.Approve(asked), 200)
	equal(t, "state", settled.Change.State, "failed")
	equal(t, "cause", settled.Change.Cause, "requesterLostAccess")
}

// A role that is changed while an operator changes the settings: neither is lost.
func TestRolesAndSettingsAreChangedAtTheSameTime(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("leaseweb")
	olga := w.In(o)
	var wait sync.WaitGroup
	for i := range 3 {
		wait.Go(func() {
			o.Ada.Do("createRole", Body(roleBody(fmt.Sprintf("Shift %d", i), Object{"services:view": "all"}))).Want(t, 201)
		})
	}
	wait.Go(func() {
		olga.Do("updateOrganisation", At(o.ID), Body(Object{"settings": Object{"approvalHours": 24}})).Want(t, 200)
	})
	wait.Wait()
	now := o.Organisation()
	equal(t, "roles", len(now.Roles), 3)
	equal(t, "hours", now.Settings.ApprovalHours, 24)
}

// 3.4, 3.8: a role that nobody approves is gone, and its name free.
func TestARoleThatIsRejectedLeavesItsName(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb", Controlled(directory.ControlSecondAdmin))
	body := Body(roleBody("Night shift", Object{"services:view": "all"}))
	made := Read[RoleAnswer](t, o.Ada.Do("createRole", body), 202)
	o.Ben.Do("createRole", body).Faulty(t, "name", "taken")
	o.Settle()
	if text := o.Mails.Last(t, o.Ben.Email, directory.MailApprovalRequested).Text; !strings.Contains(text, "create the role Night shift") {
		t.Errorf("the approver's mail does not say what is asked:\n%s", text)
	}
	o.Ben.Do("rejectChange", At(made.Change.ID), Body(Object{"reason": "Nobody works at night."})).Want(t, 200)
	if _, there := ownRole(t, o, made.Role.ID); there {
		t.Error("the rejected role is listed")
	}
	Read[RoleAnswer](t, o.Ben.Do("createRole", body), 202)
}

// 2.2: a name that an open change gives to a role is that role's: nobody else takes it meanwhile, and it is free again
// where the change comes to nothing.
func TestANameThatARoleIsToHaveIsTaken(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb", Controlled(directory.ControlSecondAdmin))
	first, second := o.OwnRole("First", "services:view"), o.OwnRole("Second", "services:view")
	rename := func(role string) Answer { return o.Ada.Do("updateRole", At(role), Body(Object{"name": "Night shift"})) }
	change := Read[RoleAnswer](t, rename(first), 202).Change
	rename(second).Faulty(t, "name", "taken")
	body := Body(roleBody("Night Shift", Object{"services:view": "all"}))
	o.Ben.Do("createRole", body).Faulty(t, "name", "taken")
	o.Ada.Do("cancelChange", At(change.ID)).Want(t, 200)
	o.Ben.Do("createRole", body).Want(t, 202)
	rename(first).Faulty(t, "name", "taken")
}

// 2.9: what an open change of a role would alter for those who have the role is explained to be so.
func TestAnExplanationTellsOfAnOpenChangeOfARole(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb", Controlled(directory.ControlSecondAdmin))
	role := o.OwnRole("Night shift", "services:view")
	user := o.Regular("nora", []string{role})
	asked := question(user.ID, "services:manage", o.Accounts[0])
	change := Read[RoleAnswer](t, o.Ada.Do("updateRole", At(role), Body(Object{"permissions": Object{"services:manage": "all"}})), 202).Change
	told := explain(t, o.Ada, asked)
	equal(t, "now", told.Decision, false)
	equal(t, "changes", len(told.WouldBecome), 1)
	equal(t, "change", told.WouldBecome[0].Change, change.ID)
	equal(t, "by then", told.WouldBecome[0].Decision, true)
	o.Ben.Approve(change).Want(t, 200)
	told = explain(t, o.Ada, asked)
	equal(t, "now", told.Decision, true)
	equal(t, "from", told.condition("permission").From, []api.Origin{{By: "role", ID: role, Name: "Night shift", Scope: "all"}})
}
