package policy

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/cedar-policy/cedar-go"
	"github.com/google/go-cmp/cmp"
)

// What is parsed for an act is every policy that can apply to it, and the parts of a file are its policies.
func TestAnActsRulesAreAllThatApply(t *testing.T) {
	t.Parallel()
	engine, err := New()
	if err != nil {
		t.Fatal(err)
	}
	presets, err := fs.Sub(embedded, "presets")
	if err != nil {
		t.Fatal(err)
	}
	for name, preset := range engine.presets {
		var whole []*cedar.Policy
		for _, file := range []string{commonFile, name + "/" + policiesFile} {
			text, err := fs.ReadFile(presets, file)
			if err != nil {
				t.Fatal(err)
			}
			found, err := cedar.NewPolicyListFromBytes(file, text)
			if err != nil {
				t.Fatal(err)
			}
			whole = append(whole, found...)
		}
		book, err := preset.rulebook()
		if err != nil {
			t.Fatal(err)
		}
		for _, act := range acts {
			var want, got []string
			for _, policy := range whole {
				if applies(policy.AST(), act) {
					want = append(want, string(policy.Annotations()["id"]))
				}
			}
			found, err := book.about(act)
			if err != nil {
				t.Fatal(err)
			}
			for _, rule := range found {
				got = append(got, rule.id)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s: %s", name, act.name, diff)
			}
		}
	}
}

func TestPoliciesAreToldApart(t *testing.T) {
	t.Parallel()
	const text = `// A comment; "with" permit (what) { is no policy.
@id("one") @reason("Say \"no\"; forbid { it }. Action")
permit (principal, action, resource) when { context.note == "a; // \\" }; // behind it; another
permit(principal,action==Action::"viewUser",resource);@id("three")
forbid (principal, action in [Action::"a}", Action::"b;"], resource)
unless { action == Action::"listUsers" };
// The end; permit.`
	passages, err := readPassages(fstest.MapFS{"file": {Data: []byte(text)}}, "file")
	if err != nil {
		t.Fatal(err)
	}
	var scopes []string
	for _, passage := range passages {
		scopes = append(scopes, passage.scope)
		if found, err := passage.policies(); err != nil || len(found) != 1 {
			t.Errorf("%q is %d policies, %v", passage.text, len(found), err)
		}
	}
	if diff := cmp.Diff([]string{
		"permit (principal, action, resource) when ", `permit(principal,action==Action::"viewUser",resource)`,
		"forbid (principal, action in [Action::\"a}\", Action::\"b;\"], resource)\nunless ",
	}, scopes); diff != "" {
		t.Error(diff)
	}
}
