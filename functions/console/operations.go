package console

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// OperationsFile is where the build leaves the gateway's names of the API's routes, a line each. The gateway sends here
// what no route takes, and has no answer of its own for a method that a path does not take.
const OperationsFile = ".operations"

// operation is a path of the API with the methods that it takes.
type operation struct {
	segments []string
	methods  []string
}

func readOperations(files fs.FS) ([]operation, error) {
	text, err := fs.ReadFile(files, OperationsFile)
	if err != nil {
		return nil, err
	}
	var all []operation
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		method, path, ok := strings.Cut(lines.Text(), " /")
		if !ok {
			return nil, fmt.Errorf("console: %s has %q", OperationsFile, lines.Text())
		}
		segments := strings.Split(path, "/")
		at := slices.IndexFunc(all, func(o operation) bool { return slices.Equal(o.segments, segments) })
		if at < 0 {
			at, all = len(all), append(all, operation{segments, []string{http.MethodOptions}})
		}
		all[at].methods = append(all[at].methods, method)
	}
	return all, nil
}

// methods are those that a path of the API takes, sorted; none where it is none of the API's. The path is the gateway's
// decoded one, which may be another than the gateway matched: it decides what a refusal says, and nothing else.
func (s *Site) methods(path string) ([]string, error) {
	operations, err := s.operations()
	if err != nil {
		return nil, err
	}
	segments := strings.Split(path, "/")
	var found []string
	for _, one := range operations {
		if slices.EqualFunc(one.segments, segments, func(declared, given string) bool {
			return declared == given || strings.HasPrefix(declared, "{") && given != ""
		}) {
			found = append(found, one.methods...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}
