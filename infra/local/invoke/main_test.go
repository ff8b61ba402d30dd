package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mandate/infra/deployment"
	"mandate/infra/local/lambda"
)

func TestWithoutAnOrderItSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, []byte(`{"version":`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		says string
	}{
		{nil, "FUNCTION and EVENT are both needed"},
		{[]string{"", ""}, "FUNCTION and EVENT are both needed"},
		{[]string{"account", ""}, "FUNCTION and EVENT are both needed"},
		{[]string{"acount", broken}, "FUNCTION=acount: there is no such function"},
		{[]string{"account", broken + "l"}, "EVENT: open " + broken + "l"},
		{[]string{"account", broken}, "the file is not JSON"},
	} {
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), test.args, &stdout, &stderr); status != statusUsage || stdout.Len() > 0 {
			t.Errorf("%q: status %d, standard output %q", test.args, status, &stdout)
		}
		if !strings.Contains(stderr.String(), test.says) || !strings.Contains(stderr.String(), "make invoke FUNCTION=") {
			t.Errorf("%q: it should say %q and how it is used:\n%s", test.args, test.says, &stderr)
		}
		for _, function := range deployment.Functions() {
			if !strings.Contains(stderr.String(), function.Purpose) {
				t.Errorf("%q: function %s is not listed", test.args, function.Name)
			}
		}
	}
}

func TestEventsAreListed(t *testing.T) {
	t.Chdir(root)
	var out bytes.Buffer
	usage(&out)
	if !strings.Contains(out.String(), "\n  events/account.signIn.json\n") {
		t.Error(out.String())
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		response       string
		err            error
		status         int
		stdout, stderr string
	}{
		"an answer":           {`{"statusCode":404}`, nil, statusAnswered, "{\n  \"statusCode\": 404\n}\n", ""},
		"no answer":           {"null", nil, statusAnswered, "null\n", ""},
		"a failure":           {"", &lambda.FunctionError{Type: "Fault", Message: "no", Payload: json.RawMessage(`{"errorMessage":"no"}`)}, statusFailed, "{\n  \"errorMessage\": \"no\"\n}\n", "mandate: account: lambda: function failed: Fault: no\n"},
		"a failure in words":  {"", &lambda.FunctionError{Type: "Runtime.Unknown", Message: "no", Payload: json.RawMessage("no")}, statusFailed, "no\n", "mandate: account: lambda: function failed: Runtime.Unknown: no\n"},
		"nothing was started": {"", errors.New("no Java"), statusFailed, "", "mandate: account: no Java\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			status := report("account", []byte(test.response), test.err, &stdout, &stderr)
			if status != test.status || stdout.String() != test.stdout || stderr.String() != test.stderr {
				t.Errorf("status %d\nstandard output %q\nstandard error %q", status, &stdout, &stderr)
			}
		})
	}
}

func TestLogIsTheFunctions(t *testing.T) {
	t.Parallel()
	var out lockedBuffer
	handler := newLog(&out, "account")
	log := slog.New(handler)
	line := func(function, text string) {
		log.LogAttrs(context.Background(), slog.LevelDebug, "function log",
			slog.String("function", function), slog.Any("record", json.RawMessage(text)))
	}
	log.Info("building")
	handler.started()
	log.Info("request")
	log.With("function", "mailer").Info("batch")
	line("account", `{"msg":"one"}`)
	line("users", `{"msg":"another's"}`)
	log.Info("function output", "function", "account", "line", "panic: no")
	log.Warn("it died", "function", "account")

	want := []string{"msg=building", `{"msg":"one"}`, "panic: no", `msg="it died" function=account`}
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(got), len(want), out.String())
	}
	for i := range want {
		if !strings.HasSuffix(got[i], want[i]) {
			t.Errorf("line %q, want %q", got[i], want[i])
		}
	}
}

// lockedBuffer is a buffer that many write to.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
