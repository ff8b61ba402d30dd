package policy

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"mandate/shared/directory"
)

// Platform names the preset of the operators' own organisation (9.2).
const Platform = directory.PlatformPreset

// A file's name is the same for every preset.
const (
	schemaFile      = "schema.cedarschema" // what tests hold everything against; functions have its acts (table.go)
	permissionsFile = "permissions.json"
	commonFile      = "common.cedar"
	presetFile      = "preset.json"
	policiesFile    = "policies.cedar"
)

//go:embed presets
var embedded embed.FS

// Engine decides by the presets that it was made from. It is safe for concurrent use. Each part of the data is read when
// it is first needed: who only asks for permissions does not wait for policies to be parsed.
type Engine struct {
	permissions func() ([]permission, error) // the service's own
	common      func() ([]*passage, error)
	presets     map[string]preset
}

var (
	_ directory.Policies = (*Engine)(nil)
	_ directory.Presets  = (*Engine)(nil)
)

// preset is one folder. Its catalogue and its policies are read apart: an operator's departments are looked up in a
// catalogue whose policies nobody asks.
type preset struct {
	catalogue func() (*catalogue, error)
	rulebook  func() (*rulebook, error)
}

// New makes an engine of the presets that come with the service.
func New() (*Engine, error) {
	files, err := fs.Sub(embedded, "presets")
	if err != nil {
		return nil, err
	}
	return NewFrom(files)
}

// NewFrom makes an engine of other presets, laid out as this package's own. Only the folders' names are read at once;
// Check reads the rest.
func NewFrom(files fs.FS) (*Engine, error) {
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("policy: presets: %w", err)
	}
	engine := &Engine{
		permissions: sync.OnceValues(func() ([]permission, error) { return readPermissions(files) }),
		common:      sync.OnceValues(func() ([]*passage, error) { return readPassages(files, commonFile) }),
		presets:     make(map[string]preset),
	}
	for _, folder := range folders {
		if folder.IsDir() {
			engine.presets[folder.Name()] = engine.lazily(files, folder.Name())
		}
	}
	return engine, nil
}

func (e *Engine) lazily(files fs.FS, name string) preset {
	return preset{
		catalogue: sync.OnceValues(func() (*catalogue, error) {
			permissions, err := e.permissions()
			if err != nil {
				return nil, err
			}
			return readCatalogue(files, name, permissions)
		}),
		rulebook: sync.OnceValues(func() (*rulebook, error) {
			common, err := e.common()
			if err != nil {
				return nil, err
			}
			own, err := readPassages(files, name+"/"+policiesFile)
			if err != nil {
				return nil, err
			}
			return &rulebook{passages: slices.Concat(common, own), found: make(map[directory.Action]rules)}, nil
		}),
	}
}

// Check reads every preset, and answers everything that is wrong with them, by file and field.
func (e *Engine) Check() error {
	var problems []error
	offered := make(map[directory.Permission]bool)
	for _, name := range slices.Sorted(maps.Keys(e.presets)) {
		book, err := e.presets[name].rulebook()
		if err == nil {
			err = book.check()
		}
		problems = append(problems, err)
		catalogue, err := e.presets[name].catalogue()
		if err == nil {
			err = catalogue.check()
		}
		problems = append(problems, err)
		if err == nil {
			for _, permission := range catalogue.preset.Permissions {
				offered[permission.ID] = true
			}
		}
	}
	for _, act := range acts {
		if act.permission != "" && !offered[directory.Permission(act.permission)] {
			problems = append(problems, fmt.Errorf("policy: %s: %s takes %q, which no preset offers", schemaFile, act.name, act.permission))
		}
	}
	return errors.Join(problems...)
}

// Names lists the presets that an organisation can be made from, sorted. Platform is not among them: there is one
// organisation of that preset.
func (e *Engine) Names() []string {
	names := slices.Sorted(maps.Keys(e.presets))
	return slices.DeleteFunc(names, func(name string) bool { return name == Platform })
}

// Preset finds a preset by name, Platform included. Its slices and maps are shared: not to be written to. It panics
// where the preset's data is broken, which Check finds and no request can bring about.
func (e *Engine) Preset(name string) (directory.Preset, bool) {
	if _, ok := e.presets[name]; !ok {
		return directory.Preset{}, false
	}
	catalogue, err := e.catalogue(name)
	if err != nil {
		panic(err)
	}
	return catalogue.preset, true
}

// Actions lists the administrative acts that can be asked about, sorted.
func (e *Engine) Actions() []directory.Action {
	names := make([]directory.Action, len(acts))
	for i, act := range acts {
		names[i] = act.name
	}
	return names
}

func (e *Engine) catalogue(name string) (*catalogue, error) {
	preset, ok := e.presets[name]
	if !ok {
		return nil, fmt.Errorf("policy: no preset %q", name)
	}
	return preset.catalogue()
}
