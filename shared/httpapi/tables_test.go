package httpapi

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"mandate/shared/fault"
	"mandate/shared/words"
)

// ourCodes are those that this package adds to the domain's.
var ourCodes = []fault.Code{malformed, tooLarge, unsupportedMediaType, internal, unavailable}

// declared reads the string values of a package's constants or variables from its source, so that a test of a table
// fails when one is added there and not here.
func declared(t *testing.T, importPath, prefix string) map[string]string {
	t.Helper()
	directory, err := build.Import(importPath, ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(directory.Dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of %s: %v", importPath, err)
	}
	values := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, prefix) {
				return true
			}
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				value, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				values[spec.Names[0].Name] = value
			}
			return true
		})
	}
	return values
}

func codes(t *testing.T) []fault.Code {
	all := slices.Clone(ourCodes)
	for _, code := range declared(t, "mandate/shared/fault", "") {
		all = append(all, fault.Code(code))
	}
	if len(all) < 20 {
		t.Fatalf("only %d codes found", len(all))
	}
	return all
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	t.Parallel()
	want := map[fault.Code]int{
		"malformed": 400, "unauthenticated": 401, "credentialsWrong": 401, "secondFactorMissing": 403, "passwordMustChange": 403, "forbidden": 403, "onboardingOpen": 403,
		"notFound": 404, "changeOpen": 409, "changeClosed": 409, "conflict": 409, "stale": 409, "stateWrong": 409,
		"tooFewAdmins": 409, "digestWrong": 409, "linkUsed": 410, "linkExpired": 410, "linkReplaced": 410,
		"linkRevoked": 410, "codeExpired": 410, "preconditionFailed": 412, "tooLarge": 413, "unsupportedMediaType": 415, "invalid": 422,
		"keyReused": 422, "tooManyAttempts": 429, "internal": 500, "unavailable": 503,
	}
	got := map[fault.Code]int{}
	for _, code := range codes(t) {
		got[code] = statusOf(code)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryLanguageHasEveryText(t *testing.T) {
	t.Parallel()
	rules := map[string]bool{
		otherRule: true, "duplicate": true, "json": true, "utf8": true, "base64": true, "percentEncoding": true,
		"depth": true, "maxBytes": true, "mediaType": true, "contentCoding": true, "type.number": true,
	}
	for _, message := range messages {
		rules[message.text] = true
	}
	catalogue := words.New()
	if len(catalogue.Languages()) < 2 {
		t.Fatalf("languages %v", catalogue.Languages())
	}
	english := catalogue.In(words.Default)
	details := slices.Sorted(maps.Keys(english.Details))
	for _, tag := range catalogue.Languages() {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			w := catalogue.In(tag)
			want := map[string]bool{"methodNotAllowed": true} // the console's, to whom the gateway sends what no operation takes
			for _, code := range codes(t) {
				want[string(code)] = true
			}
			hold(t, "titles", slices.Sorted(maps.Keys(want)), w.Titles)
			hold(t, "details", details, w.Details)
			hold(t, "rules", slices.Sorted(maps.Keys(rules)), w.Rules)
			for name, text := range w.Rules {
				if limited := strings.Contains(text, "{limit}"); limited != strings.Contains(english.Rules[name], "{limit}") {
					t.Errorf("rule %s: %q", name, text)
				}
			}
		})
	}
}

func hold(t *testing.T, section string, want []string, texts map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(texts))); diff != "" {
		t.Errorf("%s: %s", section, diff)
	}
	for name, text := range texts {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s: %s is empty", section, name)
		}
	}
}

// The library tells a broken rule by its message alone: each of its messages must be known, by itself and not as the
// beginning of another.
func TestEveryMessageOfTheLibraryHasItsRule(t *testing.T) {
	t.Parallel()
	known := map[string]int{}
	for i, message := range messages {
		if _, twice := known[message.message]; twice {
			t.Errorf("%q twice", message.message)
		}
		known[message.message] = i
	}
	theirs := declared(t, "github.com/danielgtaylor/huma/v2/validation", "Msg")
	if len(theirs) < 40 {
		t.Fatalf("only %d messages found", len(theirs))
	}
	for name, message := range theirs {
		if _, ok := known[message]; !ok {
			t.Errorf("%s has no rule: %q", name, message)
		}
	}
	for _, message := range messages {
		arguments := []any{}
		text := strings.NewReplacer("%d", "%v", "%s", "%v").Replace(message.message)
		for i := range strings.Count(text, "%v") {
			arguments = append(arguments, i+10)
		}
		got := violationOf(&huma.ErrorDetail{Location: "body.name", Message: fmt.Sprintf(text, arguments...)})
		want := violation{field: "name", text: message.text}
		if message.limit {
			want.limit = "10"
		}
		if message.name {
			want.field = "name.10"
		}
		if got != want {
			t.Errorf("%q: %+v, want %+v", message.message, got, want)
		}
	}
	if got := violationOf(&huma.ErrorDetail{Location: "query.limit", Message: "something new"}); got != (violation{field: "limit", text: otherRule}) {
		t.Errorf("%+v", got)
	}
}

func TestFieldPath(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"body":                    "body",
		"body.name.first":         "name.first",
		"body.accounts[2].name":   "accounts[2].name",
		"body[2].name":            "body[2].name",
		"query.limit":             "limit",
		"path.userId":             "userId",
		"header.Idempotency-Key":  "Idempotency-Key",
		"body.a\uE000b.c\uE0010]": "a.b.c[0]",
	} {
		if got := fieldPath(location); got != want {
			t.Errorf("%s: %s, want %s", location, got, want)
		}
	}
}
