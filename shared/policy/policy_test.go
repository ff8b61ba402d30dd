package policy_test

import (
	"slices"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/policy"
)

const (
	here  directory.OrganisationID = "org_here"
	there directory.OrganisationID = "org_there"

	salaries directory.AccountID = "acc_salaries"
	savings  directory.AccountID = "acc_savings"
	holding  directory.CompanyID = "cmp_holding"
)

func engine(t testing.TB) *policy.Engine {
	t.Helper()
	engine, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// organisation begins as its preset has it.
func organisation(t testing.TB, engine *policy.Engine, preset string) directory.Organisation {
	t.Helper()
	found, ok := engine.Preset(preset)
	if !ok {
		t.Fatalf("no preset %s", preset)
	}
	id := here
	if preset == policy.Platform {
		id = directory.Platform
	}
	return directory.Organisation{ID: id, Name: "Example Holding", Preset: preset, Settings: found.Settings}
}

// with changes settings as an operator may for one organisation.
func with(organisation directory.Organisation, change func(*directory.Settings)) directory.Organisation {
	change(&organisation.Settings)
	return organisation
}

type option func(*directory.User)

func person(id directory.UserID, kind directory.Kind, options ...option) directory.User {
	user := directory.User{ID: id, Organisation: here, Kind: kind, Status: directory.StatusActive}
	for _, option := range options {
		option(&user)
	}
	return user
}

func admin(id directory.UserID, options ...option) directory.User {
	return person(id, directory.KindAdmin, options...)
}

func regular(id directory.UserID, options ...option) directory.User {
	return person(id, directory.KindRegular, options...)
}

func api(id directory.UserID, options ...option) directory.User {
	return person(id, directory.KindAPI, options...)
}

func operator(id directory.UserID, departments ...string) directory.User {
	return person(id, directory.KindOperator, from(directory.Platform), roles(departments...))
}

func roles(ids ...string) option {
	return func(u *directory.User) { u.Roles = slices.Sorted(slices.Values(ids)) }
}

func permissions(ids ...directory.Permission) option {
	return func(u *directory.User) { u.Permissions = slices.Sorted(slices.Values(ids)) }
}

func accounts(ids ...directory.AccountID) option {
	return func(u *directory.User) { u.Accounts = slices.Sorted(slices.Values(ids)) }
}

func companies(ids ...directory.CompanyID) option {
	return func(u *directory.User) { u.Companies = slices.Sorted(slices.Values(ids)) }
}

func from(organisation directory.OrganisationID) option {
	return func(u *directory.User) { u.Organisation = organisation }
}

func status(status directory.Status) option {
	return func(u *directory.User) { u.Status = status }
}

func payments(rule directory.PaymentRule) option {
	return func(u *directory.User) { u.PaymentRule = rule }
}

func owner(u *directory.User) { u.Owner = true }

// attempt is one line of a table: who does what to whom, and the policy that decides.
type attempt struct {
	name   string
	who    directory.User
	does   directory.Action
	to     directory.User
	giving directory.Access
	change *directory.Change
	// A use names these instead of a user.
	account directory.AccountID
	owner   directory.UserID

	allowed     bool
	policy      string
	obligations []string
}

const allow = true

func decide(t *testing.T, engine *policy.Engine, organisation directory.Organisation, attempts []attempt) {
	t.Helper()
	for _, attempt := range attempts {
		t.Run(attempt.name, func(t *testing.T) {
			t.Parallel()
			question := directory.Question{
				Principal: attempt.who, Organisation: organisation, Action: attempt.does, Grants: attempt.giving,
				Change: attempt.change, Owner: attempt.owner,
			}
			if attempt.to.ID != "" {
				question.Target = &attempt.to
			}
			if attempt.account != "" {
				question.Account = &directory.Account{ID: attempt.account, Organisation: organisation.ID}
			}
			decision, err := engine.Decide(question)
			if err != nil {
				t.Fatal(err)
			}
			if decision.Allowed != attempt.allowed || decision.Policy != attempt.policy {
				t.Errorf("allowed %t by %q, want %t by %q", decision.Allowed, decision.Policy, attempt.allowed, attempt.policy)
			}
			if decision.Reason == "" {
				t.Error("no reason is given")
			}
			if !slices.Equal(decision.Obligations, attempt.obligations) {
				t.Errorf("obligations %v, want %v", decision.Obligations, attempt.obligations)
			}
		})
	}
}

// changeBy is a change that the requester asked for, about the target.
func changeBy(requester, target directory.User) *directory.Change {
	return &directory.Change{
		ID: "chg_1", Organisation: here, Target: directory.TargetID(target.ID),
		Requester: directory.Actor{Organisation: requester.Organisation, User: requester.ID},
	}
}
