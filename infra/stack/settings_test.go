package stack

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mandate/infra/deployment"
	"mandate/shared/api"
)

func contextOf(values map[string]any) func(string) any {
	return func(key string) any { return values[key] }
}

func TestTheContextOfCdkJsonIsComplete(t *testing.T) {
	t.Parallel()
	values, err := Context("../../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := ReadSettings(contextOf(values))
	if err != nil {
		t.Fatal(err)
	}
	// Its addresses are for looking at the template, and the CLI says so before it deploys.
	if got := settings.examples(); !slices.Equal(got, []string{"sender", "consoleUrl"}) {
		t.Errorf("examples: %v", got)
	}
}

func TestSettingsAreReadFromFileAndCommandLine(t *testing.T) {
	t.Parallel()
	got, err := ReadSettings(contextOf(map[string]any{
		"sender": "Acme Pay <mandate@acme.test>", "consoleUrl": "https://users.acme.test/console", "alarmEmail": "ops@acme.test", "edge": "cloudfront",
		"domainName": testDomain.Name, "certificateArn": testDomain.Certificate,
		"mutualTlsDomainName": testMutualTLS.Name, "mutualTlsCertificateArn": testMutualTLS.Certificate,
		"truststore": testMutualTLS.Truststore, "truststoreVersion": testMutualTLS.TruststoreVersion,
		"restoredTableStream": testRestoredStream,
		"requestsPerSecond":   50.0, "burst": "100", // a number of cdk.json, a text of the command line
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		ConsoleURL: "https://users.acme.test/console", AlarmEmail: "ops@acme.test", Edge: "cloudfront", RequestsPerSecond: 50, Burst: 100,
		Domain: testDomain, MutualTLS: testMutualTLS, RestoredStream: testRestoredStream,
	}
	want.Sender.Name, want.Sender.Address = "Acme Pay", "mandate@acme.test"
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.domain() != "acme.test" || got.examples() != nil {
		t.Errorf("domain %s, examples %v", got.domain(), got.examples())
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		key   string
		value any
		want  string
	}{
		{"sender", nil, "sender is missing"},
		{"sender", "", "sender is missing"},
		{"sender", "Mandate", `sender "Mandate"`},
		{"sender", "a@acme.test\r\nBcc: b@acme.test", `sender "a@acme.test\r\nBcc: b@acme.test"`},
		{"consoleUrl", nil, "consoleUrl is missing"},
		{"consoleUrl", "http://acme.test", `consoleUrl "http://acme.test": must be https`},
		{"consoleUrl", "https://acme.test/", `consoleUrl "https://acme.test/": must be https`},
		{"consoleUrl", "https://acme.test?x=1", "must be https"},
		{"consoleUrl", "https://me@acme.test", "must be https"},
		{"consoleUrl", "acme.test", "must be https"},
		{"edge", nil, "edge is missing"},
		{"edge", "nginx", `edge "nginx": must be none or cloudfront`},
		{"alarmEmail", "nobody", `alarmEmail "nobody"`},
		{"requestsPerSecond", 0.0, `requestsPerSecond "0": must be a whole number above 0`},
		{"requestsPerSecond", 1.5, `requestsPerSecond "1.5": must be a whole number above 0`},
		{"burst", "many", `burst "many": must be a whole number above 0`},
		{"burst", nil, "burst is missing"},
		{"domainName", "users.acme.test", "certificateArn is missing"},
		{"domainName", "https://users.acme.test", `domainName "https://users.acme.test": is not of the form`},
		{"certificateArn", "arn:aws:acm:eu-west-1:111122223333:certificate/1b-2c", "domainName is missing"},
		{"certificateArn", "1b-2c", `certificateArn "1b-2c": is not of the form`},
		{"mutualTlsDomainName", "api.acme.test", "domainName is missing"}, // people have no certificates
		{"mutualTlsDomainName", "api.acme.test", "mutualTlsCertificateArn is missing"},
		{"mutualTlsDomainName", "api.acme.test", "truststore is missing"},
		{"truststore", "acme-trust/clients.pem", `truststore "acme-trust/clients.pem": is not of the form`},
		{"truststoreVersion", "3", "mutualTlsDomainName is missing"},
		{"restoredTableStream", "Mandate-restored", `restoredTableStream "Mandate-restored": is not of the form`},
	} {
		values := map[string]any{
			"sender": "mandate@acme.test", "consoleUrl": "https://acme.test", "requestsPerSecond": 50.0, "burst": 100.0,
		}
		values[test.key] = test.value
		_, err := ReadSettings(contextOf(values))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s=%v: %v, want %q", test.key, test.value, err, test.want)
		}
	}
}

func TestAContextFileThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if _, err := Context(filepath.Join(folder, "cdk.json")); !os.IsNotExist(err) {
		t.Errorf("a missing file: %v", err)
	}
	file := filepath.Join(folder, "broken.json")
	if err := os.WriteFile(file, []byte(`{"context": `), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Context(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a broken file: %v", err)
	}
}

func TestExampleSettingsAreNotDeployed(t *testing.T) {
	t.Parallel()
	want := "still an example of cdk.json: sender and consoleUrl; set your own there, or on the command line with -c"
	if got := synthesise(t).errors; !slices.Equal(got, []string{want}) {
		t.Errorf("the CLI is told %q", got)
	}
}

func TestAFunctionThatIsNotBuiltIsNamed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	err := built(folder, deployment.Function{Name: api.Users})
	if err == nil || err.Error() != "function users is not built: no bootstrap in "+filepath.Join(folder, "users")+" (make build makes it)" {
		t.Errorf("got %v", err)
	}
}
