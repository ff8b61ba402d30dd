package deptest_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// rule says what packages must not link. Packages are named as path.Match has it; "/..." at the end takes in all that
// is below.
type rule struct {
	of  string
	not []string
	but []string // of them, those that may, and do
}

const (
	cdk      = "github.com/aws/aws-cdk-go/..."
	jsii     = "github.com/aws/jsii-runtime-go/..."
	sdk      = "github.com/aws/aws-sdk-go-v2/..."
	lambda   = "github.com/aws/aws-lambda-go/..."
	services = "github.com/aws/aws-sdk-go-v2/service/"
)

var rules = []rule{
	// infra → functions → shared
	{of: "mandate/shared/...", not: []string{"mandate/functions/..."}},
	{of: "mandate/shared/...", not: []string{"mandate/infra/..."}, but: []string{"mandate/shared/store/storetest"}},
	{of: "mandate/functions/...", not: []string{"mandate/infra/..."}, but: []string{"mandate/functions/functionstest"}},

	// Inside shared towards directory: nothing in shared is built on the table, the policies or HTTP.
	{of: "mandate/shared/...", not: []string{"mandate/shared/store"}, but: []string{"mandate/shared/store", "mandate/shared/store/storetest"}},
	{of: "mandate/shared/...", not: []string{"mandate/shared/policy"}, but: []string{"mandate/shared/policy"}},
	{of: "mandate/shared/...", not: []string{"mandate/shared/httpapi"}, but: []string{"mandate/shared/httpapi"}},
	{of: "mandate/shared/api", not: []string{sdk, lambda, "mandate/shared/directory"}},
	{of: "mandate/shared/policy", not: []string{sdk, lambda, "net/http"}},
	{of: "mandate/shared/mail", not: []string{sdk, lambda, "net/http"}},
	{of: "mandate/shared/text", not: []string{sdk, lambda, "net/http"}},
	{of: "mandate/shared/words", not: []string{sdk, lambda, "net/http", "mandate/shared/directory"}},

	// What deploys and what is deployed are different programs, and the local runner never compiles CDK.
	{of: "mandate/infra/stack", not: []string{"mandate/functions/...", "mandate/infra/local/..."}},
	{of: "mandate/infra/cdk", not: []string{"mandate/functions/...", "mandate/infra/local/..."}},
	{of: "mandate/infra/deployment", not: []string{"mandate/functions/...", "mandate/infra/local/...", cdk, jsii, sdk}},
	{of: "mandate/infra/local/...", not: []string{cdk, jsii, "mandate/infra/stack", "mandate/infra/cdk"}},

	// The functions' binaries.
	{of: "mandate/functions/*/bootstrap", not: []string{
		cdk, jsii, "testing", "github.com/google/go-cmp/...", "github.com/descope/...",
		"mandate/shared/seal/sealtest", "mandate/shared/store/storetest", "mandate/functions/functionstest",
		"mandate/functions/faulttest", "mandate/infra/local/parts/partstest",
	}},
	{of: "mandate/functions/*/bootstrap", not: []string{services + "sfn"}, but: []string{"mandate/functions/outbox/bootstrap"}},
	{of: "mandate/functions/*/bootstrap", not: []string{services + "sesv2"}, but: []string{"mandate/functions/mailer/bootstrap"}},
	{of: "mandate/functions/*/bootstrap", not: []string{services + "sns"}, but: []string{"mandate/functions/mailer/bootstrap"}},
	{of: "mandate/functions/*/bootstrap", not: []string{"github.com/go-webauthn/..."}, but: []string{
		"mandate/functions/account/bootstrap", "mandate/functions/changes/bootstrap", "mandate/functions/users/bootstrap",
	}},
	{of: "mandate/functions/reviews/bootstrap", not: []string{
		services + "kms", "golang.org/x/crypto/argon2", "mandate/shared/password", "mandate/shared/otp", "mandate/shared/mail",
	}},
	{of: "mandate/functions/ledger/bootstrap", not: []string{
		"golang.org/x/crypto/argon2", "mandate/shared/password", "mandate/shared/otp", "mandate/shared/mail",
	}},
	{of: "mandate/functions/access/bootstrap", not: []string{
		services + "kms", "golang.org/x/crypto/argon2", "mandate/shared/password", "mandate/shared/otp", "mandate/shared/mail",
	}},
}

func TestWhoLinksWhat(t *testing.T) {
	t.Parallel()
	all := list(t)
	t.Run("the domain stands alone", func(t *testing.T) {
		t.Parallel()
		standsAlone(t, all, "mandate/shared/fault")
		standsAlone(t, all, "mandate/shared/directory", "mandate/shared/fault")
	})
	for _, rule := range rules {
		for _, not := range rule.not {
			t.Run(rule.of+" does not link "+not, func(t *testing.T) {
				t.Parallel()
				rule.check(t, all, not)
			})
		}
	}
}

// What a function says goes to its answers, its log, and these services: nothing it links traces calls, or puts events on
// a bus, where a secret could be seen.
func TestWhomFunctionsTell(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for name, one := range list(t) {
		if ok, _ := path.Match("mandate/functions/*/bootstrap", name); !ok {
			continue
		}
		for _, dependency := range one.Deps {
			if service, ok := strings.CutPrefix(dependency, services); ok {
				service, _, _ = strings.Cut(service, "/")
				told[service] = true
			}
			for _, tracer := range []string{"xray", "opentelemetry", "opencensus", "eventbridge", "sqs", "s3"} {
				if !strings.HasPrefix(dependency, "mandate/") && slices.Contains(strings.FieldsFunc(strings.ToLower(dependency), func(r rune) bool { return r == '/' || r == '-' || r == '.' }), tracer) {
					t.Errorf("%s links %s", name, dependency)
				}
			}
		}
	}
	delete(told, "internal") // of the clients
	if got, want := slices.Sorted(maps.Keys(told)), []string{"dynamodb", "kms", "sesv2", "sfn", "sns"}; !slices.Equal(got, want) {
		t.Errorf("functions speak to %v, not to %v", got, want)
	}
}

// standsAlone: it links the standard library, of that nothing that speaks HTTP, and what it may.
func standsAlone(t *testing.T, all map[string]linked, name string, may ...string) {
	t.Helper()
	if len(all[name].Deps) == 0 {
		t.Errorf("there is no %s", name)
	}
	for _, dependency := range all[name].Deps {
		if dependency == "net/http" || !all[dependency].Standard && !slices.Contains(may, dependency) {
			t.Errorf("%s links %s", name, dependency)
		}
	}
}

func (r rule) check(t *testing.T, all map[string]linked, not string) {
	subjects, objects := 0, 0
	for name, one := range all {
		if matches(not, name) {
			objects++
		}
		if !matches(r.of, name) {
			continue
		}
		subjects++
		links := matches(not, name) || slices.ContainsFunc(one.Deps, func(d string) bool { return matches(not, d) })
		switch may := slices.Contains(r.but, name); {
		case links && !may:
			t.Errorf("%s links %s", name, not)
		case may && !links:
			t.Errorf("%s may link %s, and does not", name, not)
		}
	}
	if subjects == 0 {
		t.Errorf("there is no %s", r.of)
	}
	if objects == 0 {
		t.Errorf("there is no %s", not)
	}
}

// matches tells whether a package is one that a pattern names.
func matches(pattern, name string) bool {
	if folder, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == folder || strings.HasPrefix(name, folder+"/")
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// linked is a package with all that it links.
type linked struct {
	ImportPath string
	Standard   bool
	Deps       []string
}

// list asks the go command, for the platform and tags of the deployed functions.
func list(t *testing.T) map[string]linked {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags=lambda.norpc", "-json=ImportPath,Standard,Deps", "mandate/...")
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaints.String())
	}
	all := make(map[string]linked)
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var one linked
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[one.ImportPath] = one
	}
}
