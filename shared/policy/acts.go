package policy

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/ast"

	"mandate/shared/directory"
)

// use is the act of every access evaluation.
const use directory.Action = "use"

// act is one line of the table of acts, which is the schema.
type act struct {
	uid        cedar.EntityUID
	permission cedar.String // what it takes; empty where it takes none
	groups     []cedar.String
	resources  []cedar.EntityType // what it may be about
}

// within tells whether the act is the named one, or belongs to the group of that name.
func (a act) within(name cedar.EntityUID) bool {
	return name.Type == actionType && (name.ID == a.uid.ID || slices.Contains(a.groups, name.ID))
}

func (a act) about(resource cedar.EntityType) bool { return slices.Contains(a.resources, resource) }

func readActs(files fs.FS) (map[directory.Action]act, error) {
	text, err := fs.ReadFile(files, schemaFile)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	var document schema.Schema
	document.SetFilename(schemaFile)
	if err := document.UnmarshalCedar(text); err != nil {
		return nil, fmt.Errorf("policy: %s: %w", schemaFile, err)
	}
	declared := document.AST().Actions
	acts := make(map[directory.Action]act)
	for name, action := range declared {
		if action.AppliesTo == nil { // a group
			continue
		}
		found := act{
			uid:        cedar.NewEntityUID(actionType, name),
			permission: action.Annotations["permission"],
			groups:     ancestors(declared, action),
		}
		for _, resource := range action.AppliesTo.Resources {
			found.resources = append(found.resources, cedar.EntityType(resource))
		}
		acts[directory.Action(name)] = found
	}
	if _, ok := acts[use]; !ok {
		return nil, fmt.Errorf("policy: %s: the action %q is missing", schemaFile, use)
	}
	return acts, nil
}

// ancestors are the groups that an action is in, directly or through another. Strict validation, in the tests, leaves
// no circle among them.
func ancestors(declared ast.Actions, action ast.Action) []cedar.String {
	var groups []cedar.String
	for _, parent := range action.Parents {
		if !slices.Contains(groups, parent.ID) {
			groups = append(groups, parent.ID)
			groups = append(groups, ancestors(declared, declared[parent.ID])...)
		}
	}
	return groups
}
