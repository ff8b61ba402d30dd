// Command withparts runs a command with a DynamoDB Local and an SES beside it, which keep
// their data in memory and end with it:
//
//	go run ./infra/local/parts/cmd/withparts -- go test ./...
//
// Package partstest finds them through the environment, so that the tests of all packages
// share one of each instead of starting their own. The exit status is the command's.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"mandate/infra/local/parts"
	"mandate/infra/local/parts/partstest"
)

func main() {
	status, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withparts:", err)
	}
	os.Exit(status)
}

func run(args []string) (status int, err error) {
	if len(args) < 2 || args[0] != "--" {
		return 2, errors.New("usage: withparts -- command [argument...]")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	installation, err := parts.Install(ctx, log)
	if err != nil {
		return 1, err
	}
	options := parts.Options{InMemory: true, Log: log}
	// The parts outlive an interrupt until the command, which got it too, has ended.
	dynamoDB, err := installation.StartDynamoDB(context.WithoutCancel(ctx), options)
	if err != nil {
		return 1, err
	}
	defer dynamoDB.Close()
	ses, err := installation.StartSES(context.WithoutCancel(ctx), options)
	if err != nil {
		return 1, err
	}
	defer ses.Close()

	cmd := exec.CommandContext(ctx, args[1], args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), partstest.EnvDynamoDB+"="+dynamoDB.Endpoint(), partstest.EnvSES+"="+ses.Endpoint())
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Exited() {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
