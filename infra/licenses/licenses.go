package licenses

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"

	"mandate/infra/deployment"
)

// Module is one that a deployed function links.
type Module struct {
	Path, Version string
	// Licences are the SPDX identifiers of the texts in the module's licence files, in order.
	Licences []string
}

// admitted are the licences that ask for no more than to be named.
var admitted = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0"}

// covered is the least part of a licence file, in percent, that known texts must make up; the rest are names and years.
const covered = 75

// Admitted tells whether each of the module's licences may be shipped.
func (m Module) Admitted() bool {
	return len(m.Licences) > 0 && !slices.ContainsFunc(m.Licences, func(licence string) bool { return !slices.Contains(admitted, licence) })
}

// Linked are the modules that the functions of the project in a folder link, by path; the project's own is not among them.
func Linked(ctx context.Context, root string) ([]Module, error) {
	arguments := []string{"list", "-deps", "-tags=lambda.norpc", "-json=Module"}
	for _, function := range deployment.Functions() {
		arguments = append(arguments, "./functions/"+string(function.Name)+"/bootstrap")
	}
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = root
	command.Stderr = os.Stderr
	listed, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	type module struct {
		Path, Version, Dir string
		Main               bool
	}
	found := map[string]module{}
	for decoder := json.NewDecoder(strings.NewReader(string(listed))); ; {
		var one struct{ Module *module }
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if one.Module != nil && !one.Module.Main { // the standard library has no module
			found[one.Module.Path] = *one.Module
		}
	}
	var modules []Module
	for _, one := range found {
		read, err := of(one.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.Path, err)
		}
		modules = append(modules, Module{Path: one.Path, Version: one.Version, Licences: read})
	}
	slices.SortFunc(modules, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	return modules, nil
}

// of are the licences in a module's folder. A file that is not understood counts as a licence of its own, by its name.
func of(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		if entry.Type()&fs.ModeType != 0 || !isLicence(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		scan := licensecheck.Scan(text)
		if scan.Percent < covered {
			found = append(found, "unknown: "+entry.Name())
		}
		for _, match := range scan.Match {
			found = append(found, match.ID)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// isLicence tells by a file's name whether it holds a module's licence. A summary tells which of the others are for what.
func isLicence(name string) bool {
	name = strings.ToUpper(name)
	return !strings.HasSuffix(name, "-SUMMARY") && slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING"}, func(begin string) bool { return strings.HasPrefix(name, begin) })
}
