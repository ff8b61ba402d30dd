package policy

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/ast"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write table.go anew from the schema")

// The table of acts that functions have is the schema's.
func TestActsAreTheSchemas(t *testing.T) {
	t.Parallel()
	const file = "table.go"
	text, err := fs.ReadFile(embedded, "presets/"+schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var document schema.Schema
	if err := document.UnmarshalCedar(text); err != nil {
		t.Fatal(err)
	}
	want, err := table(document.AST().Actions)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("go test ./shared/policy -run TestActsAreTheSchemas -update writes it anew: %s", diff)
	}
}

// table is the Go source of the acts among the schema's actions, sorted; the other actions are groups.
func table(actions ast.Actions) ([]byte, error) {
	var source bytes.Buffer
	source.WriteString("// Code generated from presets/" + schemaFile + " by go test -run TestActsAreTheSchemas -update; DO NOT EDIT.\n\n" +
		"package policy\n\nimport \"github.com/cedar-policy/cedar-go\"\n\n// acts is the table of acts, sorted by name.\nvar acts = [...]act{\n")
	for _, name := range slices.Sorted(maps.Keys(actions)) {
		action := actions[name]
		if action.AppliesTo == nil {
			continue
		}
		fmt.Fprintf(&source, "{%q, %q, %s, %s},\n", name, action.Annotations["permission"],
			list("cedar.String", ancestors(actions, action)), list("cedar.EntityType", action.AppliesTo.Resources))
	}
	source.WriteString("}\n")
	return format.Source(source.Bytes())
}

// list is the Go source of a slice of strings.
func list[S ~string](of string, items []S) string {
	if len(items) == 0 {
		return "nil"
	}
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = strconv.Quote(string(item))
	}
	return "[]" + of + "{" + strings.Join(quoted, ", ") + "}"
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
