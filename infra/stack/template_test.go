package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"mandate/infra/deployment"
)

var testSettings = Settings{
	Sender:            mail.Address{Name: "Mandate", Address: "no-reply@mandate.example.com"},
	ConsoleURL:        "https://mandate.example.com",
	Edge:              "none",
	AlarmEmail:        "operators@mandate.example.com",
	RequestsPerSecond: 200,
	Burst:             400,
}

// testRestoredStream is of a restored table.
const testRestoredStream = "arn:aws:dynamodb:eu-west-1:111122223333:table/Mandate-restored/stream/2026-11-22T08:15:30.123"

var (
	testDomain    = Domain{"users.acme.test", "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b"}
	testMutualTLS = MutualTLS{
		Domain:     Domain{"api.acme.test", "arn:aws:acm:eu-west-1:111122223333:certificate/2c3d"},
		Truststore: "s3://acme-trust/clients.pem", TruststoreVersion: "3sL4kqtJlcpXroDTDmJ",
	}
)

// synthesis is a template that tests read, made when the first asks: it takes seconds. Nearly all read the one without
// domains.
type synthesis struct {
	settings Settings
	once     sync.Once
	folder   string
	template template
	err      error
}

var synthesised, customised = synthesis{settings: testSettings}, synthesis{settings: customSettings()}

func customSettings() Settings {
	settings := testSettings
	settings.Domain, settings.MutualTLS, settings.RestoredStream = testDomain, testMutualTLS, testRestoredStream
	return settings
}

// one synthesises at a time.
var one sync.Mutex

// inner marks the process that runs the tests.
const inner = "STACK_TEST_INNER"

// TestMain runs the tests in a process of their own, whose temporary files go when it ends. CDK's runtime leaves files
// behind unless it is closed, closing it is a data race within it, and it takes its environment before any code of ours.
func TestMain(m *testing.M) {
	if os.Getenv(inner) != "" {
		os.Exit(m.Run())
	}
	code, err := again()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func again() (code int, err error) {
	defer jsii.Close() // not used in this process
	folder, err := os.MkdirTemp("", "stack")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	tests := exec.Command(os.Args[0], os.Args[1:]...)
	tests.Env = append(os.Environ(), inner+"=1", "TMPDIR="+folder,
		"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=18,20") // major versions that still work
	tests.Stdin, tests.Stdout, tests.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = tests.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil // the tests have said why
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

func synthesise(t *testing.T) template {
	t.Helper()
	return synthesised.made(t)
}

// made makes the template from functions whose code is a placeholder: a file that holds the function's name.
func (s *synthesis) made(t *testing.T) template {
	t.Helper()
	s.once.Do(func() {
		one.Lock()
		defer one.Unlock()
		if s.folder, s.err = os.MkdirTemp("", "stack"); s.err != nil {
			return
		}
		assets := filepath.Join(s.folder, "functions")
		for _, f := range deployment.Functions() {
			folder := filepath.Join(assets, string(f.Name))
			if s.err = os.MkdirAll(folder, 0o755); s.err != nil {
				return
			}
			if s.err = os.WriteFile(filepath.Join(folder, "bootstrap"), []byte(f.Name), 0o755); s.err != nil {
				return
			}
		}
		app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false), Outdir: jsii.String(filepath.Join(s.folder, "out"))})
		stack, err := New(app, "Mandate", Props{Settings: s.settings, Assets: assets})
		if err != nil {
			s.err = err
			return
		}
		if s.template, s.err = read(*assertions.Template_FromStack(stack, nil).ToJSON()); s.err != nil {
			return
		}
		for _, message := range *assertions.Annotations_FromStack(stack).FindError(jsii.String("*"), assertions.Match_AnyValue()) {
			//lint:ignore SA1019 the type that takes its place has no Go module yet
			s.template.errors = append(s.template.errors, message.Entry.Data.(string))
		}
	})
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.template
}

// template is a synthesised template with its references written as text, which tests can read and compare:
// {"Fn::GetAtt": ["Table8235A42E", "Arn"]} is "<Table.Arn>".
type template struct {
	resources map[string]resource
	outputs   map[string]any
	errors    []string // what keeps the CLI from deploying
}

type resource struct {
	Type           string
	Properties     map[string]any
	DeletionPolicy string
}

// hash is what CDK adds to a logical id to make it unique.
var hash = regexp.MustCompile(`[0-9A-F]{8}$`)

func name(logicalID string) string { return hash.ReplaceAllString(logicalID, "") }

func read(raw map[string]any) (template, error) {
	text, err := json.Marshal(plain(raw))
	if err != nil {
		return template{}, err
	}
	var file struct {
		Resources map[string]resource
		Outputs   map[string]any
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return template{}, err
	}
	t := template{resources: map[string]resource{}, outputs: file.Outputs}
	for id, r := range file.Resources {
		if _, twice := t.resources[name(id)]; twice {
			return template{}, fmt.Errorf("two resources are called %s", name(id))
		}
		t.resources[name(id)] = r
	}
	return t, nil
}

// plain replaces CloudFormation's references by text.
func plain(value any) any {
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = plain(item)
		}
		return list
	case map[string]any:
		if ref, ok := value["Ref"].(string); ok {
			return "<" + name(ref) + ">"
		}
		if attribute, ok := value["Fn::GetAtt"].([]any); ok {
			return fmt.Sprintf("<%s.%s>", name(attribute[0].(string)), attribute[1])
		}
		if join, ok := value["Fn::Join"].([]any); ok {
			var parts []string
			for _, part := range join[1].([]any) {
				parts = append(parts, plain(part).(string))
			}
			return strings.Join(parts, join[0].(string))
		}
		object := map[string]any{}
		for key, item := range value {
			object[key] = plain(item)
		}
		return object
	default:
		return value
	}
}

// named is a resource by its name.
func (t template) named(test *testing.T, name, kind string) map[string]any {
	test.Helper()
	r, ok := t.resources[name]
	if !ok || r.Type != kind {
		test.Fatalf("no %s called %s in the template", kind, name)
	}
	return r.Properties
}

// of are the names of all resources of a type, in order.
func (t template) of(kind string) []string {
	var names []string
	for name, r := range t.resources {
		if r.Type == kind {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// get follows keys and indexes into a value; what isn't there is nil.
func get(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// list is a value that CloudFormation lets stand alone where there is one.
func list(value any) []string {
	if one, ok := value.(string); ok {
		return []string{one}
	}
	var many []string
	items, _ := value.([]any)
	for _, item := range items {
		many = append(many, fmt.Sprint(item))
	}
	return many
}

// in is the name of a resource that belongs to a function.
func in(f deployment.Function, part string) string { return "Functions" + title(f.Name) + part }
