package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"mandate/infra/local/parts"
	"mandate/infra/local/runner"
)

// options say how much there is, and for how long it is asked for.
type options struct {
	users         int // of the large organisation
	organisations int // besides it
	minutes       float64
	clients       int
	data          string // folder that keeps what the service begins with; none where empty
	out           string // folder of the report
}

func main() {
	var o options
	flag.IntVar(&o.users, "users", 1_000_000, "users of the large organisation")
	flag.IntVar(&o.organisations, "organisations", 10_000, "organisations besides it, of four users each")
	flag.Float64Var(&o.minutes, "minutes", 10, "how long the clients go on")
	flag.IntVar(&o.clients, "clients", 8, "how many there are at once")
	flag.StringVar(&o.data, "data", "", "a folder that keeps what the service begins with: filled the first time, copied from afterwards")
	flag.StringVar(&o.out, "out", filepath.Join("dist", "load"), "the folder that the report is put into")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// heapMB is what DynamoDB has: its caches are worth little here, its garbage much.
const heapMB = 2048

func run(ctx context.Context, o options) (err error) {
	if o.users < 1 || o.clients < 1 || o.organisations < 2*o.clients {
		return errors.New("a user, a client and two organisations for each are the least")
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(parts.MemoryDir(), "mandate-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	propagation := time.Second
	settings := runner.Options{
		Root: root, DataDir: folder, Propagation: &propagation, HeapMB: heapMB,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	ground, err := prepared(ctx, o, settings)
	if err != nil {
		return err
	}
	r, err := runner.Start(ctx, settings)
	if err != nil {
		return err
	}
	defer r.Close()
	l, err := newLoad(ctx, o, r, ground)
	if err != nil {
		return err
	}
	defer l.close()
	if err := l.run(ctx); err != nil {
		return err
	}
	if err := l.report(); err != nil {
		return err
	}
	if problems := l.judge(); len(problems) > 0 {
		return errors.Join(problems...)
	}
	return nil
}
