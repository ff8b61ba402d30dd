package parts_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"mandate/infra/local/parts"
	"mandate/infra/local/parts/partstest"
)

// alive says whether any process of the group is left.
func alive(pgid int) bool { return syscall.Kill(-pgid, 0) == nil }

func TestTakenPortIsNamedWithItsPart(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	_, err = partstest.Installation(t).StartSES(t.Context(), parts.Options{Port: port})
	if err == nil || !strings.Contains(err.Error(), strconv.Itoa(port)) || !strings.Contains(err.Error(), "SES") {
		t.Errorf("got %v, want an error that names port and part", err)
	}
}

func TestDataHaveOneUser(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	process, err := partstest.Installation(t).StartSES(t.Context(), parts.Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	if second, err := partstest.Installation(t).StartSES(t.Context(), parts.Options{DataDir: dir}); err == nil {
		second.Close()
		t.Error("two processes share one inbox")
	}
}

func TestPartsEndWithTheirContextAndLeaveNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	process, err := partstest.Installation(t).StartStepFunctions(ctx, "http://127.0.0.1:1", parts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pid := process.PID()
	cmdline, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	if err != nil {
		t.Skip("no /proc on this system to find the data folder in")
	}
	var dir string
	for _, variable := range strings.Split(string(cmdline), "\x00") {
		if value, ok := strings.CutPrefix(variable, "DATA_DIR="); ok {
			dir = value
		}
	}
	if _, err := os.Stat(dir); dir == "" || err != nil {
		t.Fatalf("data in %q: %v", dir, err)
	}
	cancel()
	<-process.Done()
	if alive(pid) {
		t.Error("its processes live on")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
	process.Close() // again, to no harm
}

func TestBrokenJournalIsSaidAtTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "ses"), 0o700); err != nil {
		t.Fatal(err)
	}
	journal := filepath.Join(dir, "ses", "inbox.jsonl")
	if err := os.WriteFile(journal, []byte("not a record\n{\"type\":\"cleared\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	process, err := partstest.Installation(t).StartSES(t.Context(), parts.Options{DataDir: dir})
	if err == nil {
		process.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "inbox.jsonl: line 1") {
		t.Errorf("got %v, want an error that names file and line", err)
	}
}

func TestRecordCutShortByACrashIsDropped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start := func() *parts.Process {
		process, err := partstest.Installation(t).StartSES(t.Context(), parts.Options{DataDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(process.Close)
		return process
	}
	process := start()
	send(t, process.Endpoint(), "First")
	process.Close()
	journal, err := os.OpenFile(filepath.Join(dir, "ses", "inbox.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.WriteString(`{"type":"sent","em`); err != nil {
		t.Fatal(err)
	}
	journal.Close()

	process = start()
	send(t, process.Endpoint(), "Second")
	process.Close()
	process = start()
	if got := inbox(t, process.Endpoint()); len(got) != 2 || got[1].Subject != "Second" {
		t.Errorf("the inbox is %+v", got)
	}
}

// TestMain lets the test binary play a runner that is killed: it starts parts, says their
// process ids, and waits for its end.
func TestMain(m *testing.M) {
	if os.Getenv("PARTS_TEST_RUNNER") == "" {
		os.Exit(m.Run())
	}
	if err := runner(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runner() error {
	ctx := context.Background()
	installation, err := parts.Install(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ses, err := installation.StartSES(ctx, parts.Options{InMemory: true})
	if err != nil {
		return err
	}
	dynamoDB, err := installation.StartDynamoDB(ctx, parts.Options{InMemory: true})
	if err != nil {
		return err
	}
	fmt.Println(ses.PID(), dynamoDB.PID())
	<-ctx.Done()
	return nil
}

func TestNoOrphansWhenTheRunnerIsKilled(t *testing.T) {
	t.Parallel()
	partstest.Installation(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "PARTS_TEST_RUNNER=1")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // its error says that it was killed
	for _, field := range strings.Fields(line) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		until(t, "process "+field+" has ended", func() bool { return !alive(pid) })
	}
}
