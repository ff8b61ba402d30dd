package policy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mandate/shared/directory"
	"mandate/shared/policy"
)

// questions draws anything that may be asked, sensible or not.
type questions struct {
	engine  *policy.Engine
	actions []directory.Action
}

func (q questions) draw(t *rapid.T) directory.Question {
	preset, _ := q.engine.Preset(rapid.SampledFrom(append(q.engine.Names(), policy.Platform)).Draw(t, "preset"))
	organisation := directory.Organisation{ID: here, Preset: preset.Name, Settings: preset.Settings}
	if preset.Name == policy.Platform {
		organisation.ID = directory.Platform
	}
	settings := &organisation.Settings
	if rapid.Bool().Draw(t, "settings changed") {
		settings.GrantLimit = rapid.SampledFrom([]directory.GrantLimit{directory.GrantAny, directory.GrantOwn}).Draw(t, "grant limit")
		for _, flag := range []*bool{&settings.AdminsManageAdmins, &settings.AdminsManageAPI, &settings.Removal, &settings.SetPasswords, &settings.Contacts} {
			*flag = rapid.Bool().Draw(t, "setting")
		}
	}
	actions := slices.Clone(q.actions)
	for _, permission := range preset.Permissions {
		actions = append(actions, directory.Action(permission.ID))
	}
	principal, target := q.user(t, preset, "principal"), q.user(t, preset, "target")
	return directory.Question{
		Principal: principal, Organisation: organisation, Action: rapid.SampledFrom(actions).Draw(t, "action"),
		Target: &target, Grants: q.access(t, preset, "grants"),
		Change: &directory.Change{
			ID: "chg_1", Organisation: organisation.ID, Target: rapid.SampledFrom([]directory.TargetID{"usr_1", "usr_2", "usr_3"}).Draw(t, "about"),
			Requester: directory.Actor{User: rapid.SampledFrom([]directory.UserID{"usr_1", "usr_2", "usr_3"}).Draw(t, "requester")},
		},
		Account: &directory.Account{ID: rapid.SampledFrom([]directory.AccountID{salaries, savings}).Draw(t, "account"), Organisation: organisation.ID},
		Owner:   rapid.SampledFrom([]directory.UserID{"", "usr_1", "usr_2"}).Draw(t, "owner"),
	}
}

func (q questions) user(t *rapid.T, preset directory.Preset, label string) directory.User {
	return directory.User{
		ID:           rapid.SampledFrom([]directory.UserID{"usr_1", "usr_2", "usr_3"}).Draw(t, label),
		Organisation: rapid.SampledFrom([]directory.OrganisationID{here, there, directory.Platform}).Draw(t, label+" in"),
		Kind: rapid.SampledFrom([]directory.Kind{
			directory.KindAdmin, directory.KindRegular, directory.KindAPI, directory.KindOperator,
		}).Draw(t, label+" kind"),
		Status: rapid.SampledFrom([]directory.Status{
			directory.StatusActive, directory.StatusActive, directory.StatusInactive, directory.StatusPending, directory.StatusEmailNotVerified,
		}).Draw(t, label+" status"),
		Profile: directory.Profile{Access: q.access(t, preset, label)},
	}
}

func (q questions) access(t *rapid.T, preset directory.Preset, label string) directory.Access {
	roleIDs := []string{"administration", "unheard-of"}
	for _, role := range preset.Roles {
		roleIDs = append(roleIDs, role.ID)
	}
	var permissions []directory.Permission
	for _, permission := range preset.Permissions {
		permissions = append(permissions, permission.ID)
	}
	return directory.Access{
		Roles:       some(t, roleIDs, label+" roles"),
		Permissions: some(t, permissions, label+" permissions"),
		Accounts:    some(t, []directory.AccountID{salaries, savings}, label+" accounts"),
		Companies:   some(t, []directory.CompanyID{holding}, label+" companies"),
	}
}

// some draws a subset, sorted, as profiles keep them.
func some[T ~string](t *rapid.T, from []T, label string) []T {
	drawn := rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, min(4, len(from)), rapid.ID[T]).Draw(t, label)
	slices.Sort(drawn)
	return slices.Compact(drawn)
}

func drawing(t *testing.T) questions {
	t.Helper()
	engine := engine(t)
	actions := engine.Actions()
	return questions{engine, actions}
}

func (q questions) decide(t *rapid.T, question directory.Question) directory.Decision {
	decision, err := q.engine.Decide(question)
	if err != nil {
		t.Fatal(err)
	}
	return decision
}

func TestEveryDecisionNamesItsPolicyAndReason(t *testing.T) {
	t.Parallel()
	questions := drawing(t)
	rapid.Check(t, func(t *rapid.T) {
		question := questions.draw(t)
		decision := questions.decide(t, question)
		if decision.Policy == "" || decision.Reason == "" {
			t.Errorf("%+v", decision)
		}
		if !decision.Allowed && len(decision.Obligations) > 0 {
			t.Errorf("a denial obliges to %v", decision.Obligations)
		}
		// Each ordinary reason has a name of its own: nothing that the table of acts knows is refused without one.
		if decision.Policy == policy.DenyByDefault {
			t.Errorf("%s is refused by default", question.Action)
		}
		if again := questions.decide(t, question); compare(decision, again) != "" {
			t.Errorf("decided otherwise the second time: %+v, %+v", decision, again)
		}
	})
}

func TestNobodyInactiveMayDoAnything(t *testing.T) {
	t.Parallel()
	questions := drawing(t)
	rapid.Check(t, func(t *rapid.T) {
		question := questions.draw(t)
		if question.Principal.Active() {
			question.Principal.Status = directory.StatusInactive
		}
		if decision := questions.decide(t, question); decision.Allowed || decision.Policy != "principal-inactive" {
			t.Errorf("%+v", decision)
		}
	})
}

func TestNobodyOfAnotherOrganisationMayDoAnything(t *testing.T) {
	t.Parallel()
	questions := drawing(t)
	rapid.Check(t, func(t *rapid.T) {
		question := questions.draw(t)
		question.Principal.Status, question.Principal.Organisation = directory.StatusActive, there
		if decision := questions.decide(t, question); decision.Allowed || decision.Policy != "other-organisation" {
			t.Errorf("%+v", decision)
		}
	})
}

// 2.4, whatever the preset: where the limit is "own", what is given is what the giver has.
func TestTheGrantLimitOwnGivesNothingThatTheActorLacks(t *testing.T) {
	t.Parallel()
	questions := drawing(t)
	rapid.Check(t, func(t *rapid.T) {
		question := questions.draw(t)
		question.Organisation.Settings.GrantLimit = directory.GrantOwn
		actor := &question.Principal
		actor.Status, actor.Organisation = directory.StatusActive, question.Organisation.ID
		question.Target.Organisation, question.Target.ID = question.Organisation.ID, "usr_target"
		// The actor may administer, so that much of what it gives is allowed.
		for _, permission := range []directory.Permission{"users:create", "users:update", "roles:manage"} {
			if !slices.Contains(actor.Permissions, permission) {
				actor.Permissions = append(actor.Permissions, permission)
			}
		}
		question.Action = rapid.SampledFrom([]directory.Action{"createUser", "duplicateUser", "updateUser", "assignAccount", "createRole"}).Draw(t, "gives by")
		if !questions.decide(t, question).Allowed {
			return
		}
		effective, err := questions.engine.Effective(*actor, question.Organisation)
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range question.Grants.Roles {
			if !slices.Contains(actor.Roles, role) {
				t.Errorf("gave the role %s", role)
			}
		}
		for _, permission := range question.Grants.Permissions {
			if effective[permission] != directory.ScopeAll {
				t.Errorf("gave the permission %s", permission)
			}
		}
		for _, account := range question.Grants.Accounts {
			everywhere := actor.HoldsAllAccounts() || actor.Organisation == directory.Platform && actor.Kind == directory.KindOperator
			if !everywhere && !slices.Contains(actor.Accounts, account) {
				t.Errorf("gave the account %s", account)
			}
		}
	})
}

// An evaluation never allows more than the permissions that are listed to the user.
func TestUseIsWhatEffectiveLists(t *testing.T) {
	t.Parallel()
	questions := drawing(t)
	rapid.Check(t, func(t *rapid.T) {
		question := questions.draw(t)
		preset, _ := questions.engine.Preset(question.Organisation.Preset)
		permission := rapid.SampledFrom(preset.Permissions).Draw(t, "used").ID
		question.Action = directory.Action(permission)
		if !questions.decide(t, question).Allowed {
			return
		}
		effective, err := questions.engine.Effective(question.Principal, question.Organisation)
		if err != nil {
			t.Fatal(err)
		}
		switch effective[permission] {
		case directory.ScopeAll:
		case directory.ScopeOwn:
			if question.Owner != question.Principal.ID {
				t.Errorf("used %s on what %q created", permission, question.Owner)
			}
		default:
			t.Errorf("used %s without having it", permission)
		}
	})
}
