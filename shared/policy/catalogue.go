package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// document is a preset.json.
type document struct {
	Title       string                                    `json:"title"`
	Settings    jsontext.Value                            `json:"settings"`
	Kinds       map[directory.Kind][]directory.Permission `json:"kinds"`
	Permissions []permission                              `json:"permissions"`
	Roles       []directory.Role                          `json:"roles"`
	KYC         directory.KYC                             `json:"kyc"`
	Conflicts   []conflict                                `json:"conflicts"`
	Owner       *directory.Ownership                      `json:"owner"`
	Founders    []string                                  `json:"founders"`
}

// permission is an entry of a catalogue. Who has an administrative one can change what others may do.
type permission struct {
	ID             directory.Permission `json:"id"`
	Description    string               `json:"description"`
	Administrative bool                 `json:"administrative"`
}

// conflict is a combination of duties that one user should not have (2.6): all of the permissions, and the kind where
// it names one.
type conflict struct {
	ID          string                 `json:"id"`
	Kind        directory.Kind         `json:"kind"`
	Permissions []directory.Permission `json:"permissions"`
	Warning     string                 `json:"warning"`
}

// catalogue is a preset as decisions need it.
type catalogue struct {
	preset         directory.Preset
	conflicts      []conflict
	administrative map[directory.Permission]bool // has every known permission as its key
	roles          map[string]held
	kinds          map[directory.Kind]held
	settings       settings
	settingsRecord cedar.Record
	said           jsontext.Value // the settings as the file has them
}

// held is what a role or a kind gives, as Cedar's values.
type held struct {
	all, own       []cedar.Value
	rights         rights // the same as sets
	administrative bool
}

// rights are permissions on everything, and those on what the user created (2.8). Sets are immutable, and so shared.
type rights struct{ everything, created cedar.Set }

func rightsOf(all, own []cedar.Value) rights {
	return rights{everything: cedar.NewSet(all...), created: cedar.NewSet(own...)}
}

// include tells whether something is given, and nothing but what these rights have.
func (r rights) include(gives held) bool {
	for _, permission := range gives.all {
		if !r.everything.Contains(permission) {
			return false
		}
	}
	for _, permission := range gives.own {
		if !r.everything.Contains(permission) && !r.created.Contains(permission) {
			return false
		}
	}
	return len(gives.all)+len(gives.own) > 0
}

func readPermissions(files fs.FS) ([]permission, error) {
	var permissions []permission
	if err := readJSON(files, permissionsFile, &permissions); err != nil {
		return nil, err
	}
	return permissions, nil
}

func readCatalogue(files fs.FS, name string, common []permission) (*catalogue, error) {
	file := name + "/" + presetFile
	var document document
	if err := readJSON(files, file, &document); err != nil {
		return nil, err
	}
	preset := directory.Preset{Name: name, Title: document.Title, Roles: document.Roles, Kinds: document.Kinds, Owner: document.Owner, Founders: document.Founders, KYC: document.KYC}
	if err := strictly(document.Settings, &preset.Settings); err != nil {
		return nil, fmt.Errorf("policy: %s: settings: %w", file, err)
	}
	found := &catalogue{
		conflicts:      document.Conflicts,
		administrative: make(map[directory.Permission]bool),
		roles:          make(map[string]held, len(document.Roles)),
		kinds:          make(map[directory.Kind]held, len(document.Kinds)),
		settings:       settingsOf(preset.Settings),
		said:           document.Settings,
	}
	found.settingsRecord = found.settings.record()
	for _, permission := range slices.Concat(common, document.Permissions) {
		if _, taken := found.administrative[permission.ID]; taken {
			return nil, fmt.Errorf("policy: %s: permissions: %q is there twice", file, permission.ID)
		}
		found.administrative[permission.ID] = permission.Administrative
		preset.Permissions = append(preset.Permissions, directory.PermissionInfo{ID: permission.ID, Description: permission.Description})
	}
	found.preset = preset
	for _, role := range preset.Roles {
		found.roles[role.ID] = found.held(role.Permissions)
	}
	for kind, permissions := range preset.Kinds {
		scopes := make(map[directory.Permission]directory.Scope, len(permissions))
		for _, permission := range permissions {
			scopes[permission] = directory.ScopeAll
		}
		found.kinds[kind] = found.held(scopes)
	}
	return found, nil
}

// held is what permissions give. Those that the catalogue does not have give nothing.
func (c *catalogue) held(permissions map[directory.Permission]directory.Scope) held {
	var gives held
	for permission, scope := range permissions {
		administrative, known := c.administrative[permission]
		if !known {
			continue
		}
		gives.administrative = gives.administrative || administrative
		if scope == directory.ScopeAll {
			gives.all = append(gives.all, cedar.String(permission))
		} else {
			gives.own = append(gives.own, cedar.String(permission))
		}
	}
	gives.rights = rightsOf(gives.all, gives.own)
	return gives
}

// check finds what the types do not: every name that refers to nothing, and what the settings contradict.
func (c *catalogue) check() error {
	var problems []error
	problem := func(format string, arguments ...any) {
		problems = append(problems, fmt.Errorf("policy: %s/%s: "+format, append([]any{c.preset.Name, presetFile}, arguments...)...))
	}
	known := func(field string, permission directory.Permission) {
		if _, ok := c.administrative[permission]; !ok {
			problem("%s: no permission %q in the catalogue", field, permission)
		}
	}
	if c.preset.Title == "" {
		problem("title: is missing")
	}
	for _, permission := range c.preset.Permissions {
		resource, action, ok := strings.Cut(string(permission.ID), ":")
		if !ok || resource == "" || action == "" {
			problem("permissions: %q is not resource:action", permission.ID)
		}
		if permission.Description == "" {
			problem("permissions: %q has no description", permission.ID)
		}
	}
	for kind, permissions := range c.preset.Kinds {
		if !slices.Contains(kinds, kind) {
			problem("kinds: no kind %q", kind)
		}
		for _, permission := range permissions {
			known("kinds."+string(kind), permission)
		}
	}
	ids := make(map[string]bool)
	for _, role := range c.preset.Roles {
		field := "roles." + role.ID
		if role.ID == "" || role.Name == "" {
			problem("%s: has no id or no name", field)
		}
		if ids[role.ID] {
			problem("%s: is there twice", field)
		}
		ids[role.ID] = true
		for permission, scope := range role.Permissions {
			known(field, permission)
			if scope != directory.ScopeAll && scope != directory.ScopeOwn {
				problem("%s: %s: no scope %q", field, permission, scope)
			}
		}
	}
	if owner := c.preset.Owner; owner != nil {
		for _, role := range []string{owner.Role, owner.Former} {
			if role != "" && !ids[role] {
				problem("owner: no role %q", role)
			}
		}
	}
	for _, role := range c.preset.Founders {
		if !ids[role] {
			problem("founders: no role %q", role)
		}
	}
	if none := c.preset.Settings.RoleCount == directory.RolesNone; none != (len(c.preset.Roles) == 0) {
		problem("settings.roleCount: is %q with %d roles", c.preset.Settings.RoleCount, len(c.preset.Roles))
	}
	c.checkSettings(problem)
	c.checkKYC(ids, problem)
	for _, conflict := range c.conflicts {
		field := "conflicts." + conflict.ID
		if conflict.ID == "" || conflict.Warning == "" || len(conflict.Permissions) == 0 {
			problem("%s: has no id, no warning or no permissions", field)
		}
		if conflict.Kind != "" && !slices.Contains(kinds, conflict.Kind) {
			problem("%s: no kind %q", field, conflict.Kind)
		}
		for _, permission := range conflict.Permissions {
			known(field, permission)
		}
	}
	return errors.Join(problems...)
}

// checkKYC finds what the levels of identity checks name that there is not. A stage that no level is for would be passed by
// nobody.
func (c *catalogue) checkKYC(roles map[string]bool, problem func(string, ...any)) {
	kyc, stages := c.preset.KYC, []directory.Status{}
	group := func(field, name string) {
		if !roles[name] {
			problem("%s: no role %q", field, name)
		}
	}
	for i, level := range kyc.Levels {
		field := fmt.Sprintf("kyc.levels[%d]", i)
		if level.Level <= 0 || i > 0 && level.Level <= kyc.Levels[i-1].Level {
			problem("%s: level %d is not above the one before", field, level.Level)
		}
		for _, name := range level.Groups {
			group(field, name)
			if !slices.Contains(kyc.Groups, name) {
				problem("%s: %q is not among kyc.groups", field, name)
			}
		}
		if level.Stage != "" {
			stages = append(stages, level.Stage)
		}
	}
	for _, name := range kyc.Groups {
		group("kyc.groups", name)
	}
	if slices.Contains(c.preset.Settings.Onboarding, directory.StatusKYCNotVerified) && !slices.Contains(stages, directory.StatusKYCNotVerified) {
		problem("kyc.levels: none is for the stage %s", directory.StatusKYCNotVerified)
	}
	for _, stage := range stages {
		if stage != directory.StatusKYCNotVerified {
			problem("kyc.levels: %q is no stage of identity checks", stage)
		}
	}
}

var kinds = []directory.Kind{directory.KindRegular, directory.KindAdmin, directory.KindAPI, directory.KindOperator}

// checkSettings wants every setting to hold to the rules of an organisation's, and to be said: one that is left out would
// quietly be off.
func (c *catalogue) checkSettings(problem func(string, ...any)) {
	var said map[string]jsontext.Value
	if err := json.Unmarshal(c.said, &said); err != nil {
		problem("settings: %w", err)
	}
	for field := range reflect.TypeFor[directory.Settings]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if _, ok := said[name]; !ok {
			problem("settings.%s: is missing", name)
		}
	}
	var broken fault.Fields
	c.preset.Settings.Check(&broken)
	for _, field := range broken {
		problem("%s: is %s: %s", field.Name, said[strings.TrimPrefix(field.Name, "settings.")], fault.Format(field.Detail, field.Values...))
	}
}

func readJSON(files fs.FS, file string, into any) error {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	if err := strictly(text, into); err != nil {
		return fmt.Errorf("policy: %s: %w", file, err)
	}
	return nil
}

// strictly reads with the library that Cedar brings, which takes a tenth of what encoding/json takes at a start.
func strictly(text []byte, into any) error {
	return json.Unmarshal(text, into, json.RejectUnknownMembers(true))
}
