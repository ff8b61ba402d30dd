package words_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// said is what the source says to people: each text with the first place that says it.
type said struct {
	texts  map[string]string
	values map[string]string // codes of values that are told in words
}

func (s *said) add(text, where string) {
	if _, known := s.texts[text]; !known && text != "" {
		s.texts[text] = where
	}
}

// sayers are the folders whose code says something to people.
var sayers = []string{"../fault", "../directory", "../store", "../policy", "../certificate", "../httpapi", "../../functions"}

// readSource gathers all that is said in Go, in policies and in presets.
func readSource(t *testing.T) *said {
	t.Helper()
	all := &said{texts: map[string]string{}, values: map[string]string{}}
	for _, folder := range sayers {
		all.readFolder(t, folder)
	}
	all.readPresets(t, "../policy/presets")
	return all
}

func (s *said) readFolder(t *testing.T, folder string) {
	t.Helper()
	files := map[string][]*ast.File{} // by folder, which is by package
	set := token.NewFileSet()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasSuffix(path, "test") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		files[filepath.Dir(path)] = append(files[filepath.Dir(path)], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range files {
		worded := wordedTypes(group)
		for _, file := range group {
			where := func(node ast.Node) string { return set.Position(node.Pos()).String() }
			ast.Inspect(file, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.CallExpr:
					s.readCall(t, node, where(node))
				case *ast.CompositeLit:
					s.readFault(t, node, where(node))
				case *ast.BasicLit:
					if text := literal(node); sentence.MatchString(text) {
						s.add(text, where(node))
					}
				case *ast.ValueSpec:
					if kind, ok := node.Type.(*ast.Ident); ok && worded[kind.Name] {
						for _, value := range node.Values {
							s.values[literal(value)] = where(value)
						}
					}
				case *ast.Field: // tags speak to clients' programs
					return node.Tag == nil
				}
				return true
			})
		}
	}
}

// sentence is how people are spoken to. What is logged, and what errors say, begins in lower case.
var sentence = regexp.MustCompile(`^[A-Z“][^\n]* [^\n]*\.$`)

// wordedTypes are a package's types with a method Word: each constant of such a type is told in words.
func wordedTypes(files []*ast.File) map[string]bool {
	worded := map[string]bool{}
	for _, file := range files {
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Name.Name == "Word" && function.Recv != nil {
				if of, ok := function.Recv.List[0].Type.(*ast.Ident); ok {
					worded[of.Name] = true
				}
			}
		}
	}
	return worded
}

// details is where the functions that make faults and fields take the detail, by name.
var details = map[string]int{"New": 1, "InvalidField": 2, "Add": 2}

// readCall looks at a call that makes a fault or a field: the detail is whole, and its values come apart from it.
func (s *said) readCall(t *testing.T, call *ast.CallExpr, where string) {
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	at, ok := details[function.Sel.Name]
	if !ok || len(call.Args) <= at {
		return
	}
	if on, ok := function.X.(*ast.Ident); function.Sel.Name != "Add" && (!ok || on.Name != "fault") {
		return
	}
	refuseParts(t, call.Args[at], where)
	if text := literal(call.Args[at]); text != "" {
		s.add(text, where)
		if given := len(call.Args) - at - 1; given != len(verbs(text)) {
			t.Errorf("%s: %q has %d values and is given %d", where, text, len(verbs(text)), given)
		}
	}
}

// readFault looks at a fault that is written out.
func (s *said) readFault(t *testing.T, node *ast.CompositeLit, where string) {
	if kind, ok := node.Type.(*ast.SelectorExpr); !ok || kind.Sel.Name != "Fault" {
		return
	}
	for _, element := range node.Elts {
		if member, ok := element.(*ast.KeyValueExpr); ok && member.Key.(*ast.Ident).Name == "Detail" {
			refuseParts(t, member.Value, where)
			s.add(literal(member.Value), where)
		}
	}
}

// refuseParts refuses a detail that is put together where it is said: no translation would be found for it.
func refuseParts(t *testing.T, detail ast.Expr, where string) {
	t.Helper()
	switch detail.(type) {
	case *ast.BinaryExpr, *ast.CallExpr:
		t.Errorf("%s: the detail is put together here, where no translation finds it: give its values apart", where)
	}
}

func literal(node ast.Expr) string {
	if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
		if text, err := strconv.Unquote(literal.Value); err == nil {
			return text
		}
	}
	return ""
}

var reason = regexp.MustCompile(`(?m)^\s*@reason\("(.*)"\)\s*$`)

// readPresets gathers the policies' reasons, and of each preset what people read.
func (s *said) readPresets(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(path, ".cedar"):
			for _, found := range reason.FindAllStringSubmatch(string(text), -1) {
				said, err := strconv.Unquote(`"` + found[1] + `"`)
				if err != nil {
					t.Errorf("%s: %s", path, found[1])
				}
				s.add(said, path)
			}
		case entry.Name() == "preset.json", entry.Name() == "permissions.json":
			var document any
			if err := json.Unmarshal(text, &document); err != nil {
				return err
			}
			s.readDocument(document, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// told are the members of a preset that people read, wherever they stand.
var told = []string{"name", "description", "warning"}

func (s *said) readDocument(node any, where string) {
	switch node := node.(type) {
	case map[string]any:
		for name, child := range node {
			if text, ok := child.(string); ok && slices.Contains(told, name) {
				s.add(text, where)
			}
			s.readDocument(child, where)
		}
	case []any:
		for _, child := range node {
			s.readDocument(child, where)
		}
	}
}

// verb is a verb of package fmt that takes a value, with the value's index where it says one.
var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[+#]?([a-z])`)

// verbs are those of a format, by the value that each takes: "1d".
func verbs(format string) []string {
	var found []string
	next := 1
	for _, match := range verb.FindAllStringSubmatch(strings.ReplaceAll(format, "%%", ""), -1) {
		if match[1] != "" {
			next, _ = strconv.Atoi(match[1])
		}
		found = append(found, strconv.Itoa(next)+match[2])
		next++
	}
	slices.Sort(found)
	return found
}

func sorted(of map[string]string) []string { return slices.Sorted(maps.Keys(of)) }
