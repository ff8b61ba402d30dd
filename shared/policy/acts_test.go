package policy

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/ast"
	"github.com/google/go-cmp/cmp"

	"mandate/shared/directory"
)

var update = flag.Bool("update", false, "write acts.json anew from the schema")

// The table of acts that functions read is the schema's.
func TestActsAreTheSchemas(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(embedded, "presets/"+schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var document schema.Schema
	if err := document.UnmarshalCedar(text); err != nil {
		t.Fatal(err)
	}
	want, err := json.MarshalIndent(declared(document.AST().Actions), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("presets/"+actsFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := fs.ReadFile(embedded, "presets/"+actsFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("go test ./shared/policy -run TestActsAreTheSchemas -update writes it anew: %s", diff)
	}
}

// declared are the acts among the schema's actions; the others are groups.
func declared(actions ast.Actions) map[directory.Action]act {
	acts := make(map[directory.Action]act)
	for name, action := range actions {
		if action.AppliesTo == nil {
			continue
		}
		found := act{Permission: cedar.String(action.Annotations["permission"]), Groups: ancestors(actions, action)}
		for _, resource := range action.AppliesTo.Resources {
			found.Resources = append(found.Resources, cedar.EntityType(resource))
		}
		acts[directory.Action(name)] = found
	}
	return acts
}

// ancestors are the groups that an action is in, directly or through another, sorted. Strict validation leaves no circle
// among them.
func ancestors(declared ast.Actions, action ast.Action) []cedar.String {
	var groups []cedar.String
	for _, parent := range action.Parents {
		groups = append(groups, parent.ID)
		groups = append(groups, ancestors(declared, declared[parent.ID])...)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}
