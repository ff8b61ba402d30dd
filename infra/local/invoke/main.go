package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"mandate/infra/deployment"
	"mandate/infra/local/lambda"
	"mandate/infra/local/runner"
)

// The statuses that the command ends with.
const (
	statusAnswered = iota
	statusFailed
	statusUsage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	function, payload, err := order(args)
	if err != nil {
		fmt.Fprintf(stderr, "mandate: %v\n\n", err)
		usage(stderr)
		return statusUsage
	}
	response, err := invoke(ctx, function, payload, stderr)
	return report(function, response, err, stdout, stderr)
}

// order is what the arguments ask for: a function's name and a file's content.
func order(args []string) (function string, payload []byte, err error) {
	if len(args) != 2 || args[0] == "" || args[1] == "" {
		return "", nil, errors.New("FUNCTION and EVENT are both needed")
	}
	function = args[0]
	if !slices.ContainsFunc(deployment.Functions(), func(f deployment.Function) bool { return string(f.Name) == function }) {
		return "", nil, fmt.Errorf("FUNCTION=%s: there is no such function", function)
	}
	payload, err = os.ReadFile(args[1])
	if err != nil {
		return "", nil, fmt.Errorf("EVENT: %w", err)
	}
	if !json.Valid(payload) {
		return "", nil, fmt.Errorf("EVENT=%s: the file is not JSON", args[1])
	}
	return function, payload, nil
}

func usage(out io.Writer) {
	fmt.Fprint(out, "make invoke runs one function with one payload:\n\n  make invoke FUNCTION=account EVENT=events/account.signIn.json\n\nfunctions\n")
	for _, function := range deployment.Functions() {
		fmt.Fprintf(out, "  %-14s %s\n", function.Name, function.Purpose)
	}
	fmt.Fprintln(out, "\nevents")
	files, _ := filepath.Glob("events/*.json") // fails on malformed patterns alone
	for _, file := range files {
		fmt.Fprintln(out, " ", file)
	}
}

// invoke has the function handle the payload in a service of its own. All that the function logged has been written
// when it returns: the end of the service is the end of its processes.
func invoke(ctx context.Context, function string, payload []byte, stderr io.Writer) ([]byte, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	service, err := start(ctx, runner.Options{Root: root}, function, stderr)
	if err != nil {
		return nil, err
	}
	defer service.Close()
	return service.Functions.Invoke(ctx, function, payload)
}

// start starts a service whose log has one function's lines.
func start(ctx context.Context, options runner.Options, function string, stderr io.Writer) (*runner.Runner, error) {
	log := newLog(stderr, function)
	options.Log = slog.New(log)
	service, err := runner.Start(ctx, options)
	if err == nil {
		log.started()
	}
	return service, err
}

// report writes the answer, or the error document of a function that failed, and gives the status to end with.
func report(function string, response []byte, err error, stdout, stderr io.Writer) int {
	failed := (*lambda.FunctionError)(nil)
	if errors.As(err, &failed) {
		response = failed.Payload
	}
	if len(response) > 0 {
		var pretty bytes.Buffer
		if json.Indent(&pretty, response, "", "  ") != nil {
			pretty.Reset()
			pretty.Write(response) // an error document may be of any form
		}
		fmt.Fprintf(stdout, "%s\n", pretty.Bytes())
	}
	if err != nil {
		fmt.Fprintf(stderr, "mandate: %s: %v\n", function, err)
		return statusFailed
	}
	return statusAnswered
}
