package policy

import (
	"io/fs"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"mandate/shared/directory"
)

// strict is Cedar's own validation against the schema.
func strict(t *testing.T) *validate.Validator {
	t.Helper()
	text, err := fs.ReadFile(embedded, "presets/"+schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var document schema.Schema
	if err := document.UnmarshalCedar(text); err != nil {
		t.Fatal(err)
	}
	resolved, err := document.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	return validate.New(resolved, validate.WithStrict())
}

func TestEveryPolicyFitsTheSchema(t *testing.T) {
	t.Parallel()
	validator := strict(t)
	engine, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for name, preset := range engine.presets {
		book, err := preset.rulebook()
		if err != nil {
			t.Fatal(err)
		}
		for _, passage := range book.passages {
			rule, err := passage.rule()
			if err != nil {
				t.Fatal(err)
			}
			if err := validator.Policy(rule.id, (*ast.Policy)(rule.source.AST())); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What decisions are made on is what the schema says that policies see.
func TestEveryQuestionFitsTheSchema(t *testing.T) {
	t.Parallel()
	validator := strict(t)
	engine, err := New()
	if err != nil {
		t.Fatal(err)
	}
	const organisation = directory.OrganisationID("org_1")
	access := directory.Access{
		Companies: []directory.CompanyID{"cmp_1"}, Accounts: []directory.AccountID{"acc_1"},
		Roles: []string{"unheard-of"}, Permissions: []directory.Permission{"users:view"},
	}
	bare := directory.User{ID: "usr_1", Organisation: organisation, Kind: directory.KindAdmin, Status: directory.StatusActive}
	holder := bare
	holder.Access = access
	account := &directory.Account{ID: "acc_1", Organisation: organisation}
	change := &directory.Change{ID: "chg_1", Organisation: organisation}
	for name := range engine.presets {
		preset, _ := engine.Preset(name)
		as := directory.Organisation{ID: organisation, Preset: name, Settings: preset.Settings}
		changed := as
		changed.Settings.Removal = !changed.Settings.Removal
		for _, act := range acts {
			action := act.name
			if action == use {
				action = "payments:initiate"
			}
			for _, question := range []directory.Question{
				{Principal: bare, Organisation: as, Action: action, Target: &bare, Change: change},
				{Principal: holder, Organisation: changed, Action: action, Target: &bare, Change: change,
					Grants: access, Account: account, Owner: "usr_2"},
			} {
				request, scene, err := engine.stage(question, act)
				if err != nil {
					t.Fatalf("%s: %s: %v", name, action, err)
				}
				if err := validator.Request(request); err != nil {
					t.Errorf("%s: %s: %v", name, action, err)
				}
				for _, entity := range []cedar.Entity{scene.actor, scene.resource} {
					if err := validator.Entity(entity); err != nil {
						t.Errorf("%s: %s: %v", name, action, err)
					}
				}
			}
		}
	}
}
