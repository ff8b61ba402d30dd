package policy

import (
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"mandate/shared/directory"
)

// use is the act of every access evaluation.
const use directory.Action = "use"

// act is one line of the table of acts, which is the schema.
type act struct {
	name       directory.Action
	permission cedar.String       // what it takes; empty where it takes none
	groups     []cedar.String     // directly, or through another
	resources  []cedar.EntityType // what it may be about
}

// actNamed finds an act in the table.
func actNamed(name directory.Action) (act, bool) {
	at, found := slices.BinarySearchFunc(acts[:], name, func(one act, name directory.Action) int {
		return strings.Compare(string(one.name), string(name))
	})
	if !found {
		return act{}, false
	}
	return acts[at], true
}

func (a act) uid() cedar.EntityUID { return cedar.NewEntityUID(actionType, cedar.String(a.name)) }

// within tells whether the act is the named one, or belongs to the group of that name.
func (a act) within(name cedar.EntityUID) bool {
	return name.Type == actionType && (name.ID == cedar.String(a.name) || slices.Contains(a.groups, name.ID))
}

func (a act) about(resource cedar.EntityType) bool { return slices.Contains(a.resources, resource) }
