package browser

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mandate/infra/local/parts"
	"mandate/infra/local/runner"
)

// The console in a browser. MANDATE_BROWSER_TESTS narrows it to files, as "users".
func TestConsole(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	chromium, err := parts.Chromium(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	node, err := parts.Node(t.Context(), log)
	if err != nil {
		t.Fatal(err)
	}
	propagation := 2 * time.Second
	service, err := runner.Start(context.WithoutCancel(t.Context()), runner.Options{Root: root, Leisure: time.Minute, Propagation: &propagation, SweepEvery: time.Second, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.Close)

	web := filepath.Join(root, "functions", "console", "web")
	files := "*"
	if named := os.Getenv("MANDATE_BROWSER_TESTS"); named != "" {
		files = named
	}
	command := exec.CommandContext(t.Context(), node, filepath.Join("tests", "run.mjs"), "tests/"+files+".test.mjs")
	command.Dir = web
	command.Env = append(os.Environ(),
		"CONSOLE_URL="+service.API, "MAILBOX_URL="+service.Mailbox, "CHROMIUM="+chromium, "ARTEFACTS="+filepath.Join(web, "artefacts"))
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if !strings.Contains(string(said), "pass ") {
		t.Fatalf("nothing was tested:\n%s", said)
	}
	t.Logf("%s", said)
}
