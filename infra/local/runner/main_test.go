package runner_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mandate/infra/local/runner"
	"mandate/infra/local/walk"
	"mandate/shared/api"
)

// propagation is long enough for what holds before a change takes effect to be seen, on a busy machine too.
const propagation = 3 * time.Second

// house is a runner that starts when it is first needed.
type house struct {
	once sync.Once
	*runner.Runner
	site *walk.Site
	err  error
}

// shared is for all tests that kill nothing: they run beside each other on it, each with an organisation or users of
// its own.
var shared house

func TestMain(m *testing.M) {
	status := m.Run()
	if shared.Runner != nil {
		shared.Close()
	}
	os.Exit(status)
}

// begin begins a walk on the shared runner.
func begin(t *testing.T) (*walk.Walk, *runner.Runner) {
	t.Helper()
	t.Parallel()
	shared.once.Do(func() {
		if shared.Runner, shared.err = start(); shared.err == nil {
			shared.site = walk.At(shared.API, shared.Mailbox, 0)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.site.Walk(t), shared.Runner
}

func start() (*runner.Runner, error) {
	root, err := projectRoot()
	if err != nil {
		return nil, err
	}
	delay := propagation
	level := slog.LevelError + 1 // functions say at level error what is killed, and what they were asked in vain
	if text, ok := os.LookupEnv("LOG_LEVEL"); ok {
		if err := level.UnmarshalText([]byte(text)); err != nil {
			return nil, err
		}
	}
	return runner.Start(context.Background(), runner.Options{
		Root: root, Leisure: time.Minute, Propagation: &delay, SweepEvery: 500 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	})
}

// projectRoot is the folder of go.mod.
func projectRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for folder := here; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("no go.mod above %s", here)
		}
	}
}

// cloud is how a test speaks to a part itself.
func cloud(endpoint string) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// code is the last part of a problem's type, on which programs act.
func code(problem api.Problem) string { return path.Base(problem.Type) }
