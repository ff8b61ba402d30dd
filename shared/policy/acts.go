package policy

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/cedar-policy/cedar-go"

	"mandate/shared/directory"
)

// use is the act of every access evaluation.
const use directory.Action = "use"

// act is one line of the table of acts, which is the schema.
type act struct {
	uid        cedar.EntityUID
	Permission cedar.String       `json:"permission,omitempty"` // what it takes; empty where it takes none
	Groups     []cedar.String     `json:"groups,omitempty"`     // directly, or through another
	Resources  []cedar.EntityType `json:"resources"`            // what it may be about
}

// within tells whether the act is the named one, or belongs to the group of that name.
func (a act) within(name cedar.EntityUID) bool {
	return name.Type == actionType && (name.ID == a.uid.ID || slices.Contains(a.Groups, name.ID))
}

func (a act) about(resource cedar.EntityType) bool { return slices.Contains(a.Resources, resource) }

// readActs reads the table as the tests took it from the schema: see doc.go.
func readActs(files fs.FS) (map[directory.Action]act, error) {
	var acts map[directory.Action]act
	if err := readJSON(files, actsFile, &acts); err != nil {
		return nil, err
	}
	for name, act := range acts {
		act.uid = cedar.NewEntityUID(actionType, cedar.String(name))
		acts[name] = act
	}
	if _, ok := acts[use]; !ok {
		return nil, fmt.Errorf("policy: %s: the action %q is missing", actsFile, use)
	}
	return acts, nil
}
