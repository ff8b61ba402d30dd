package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"mandate/infra/local/runner"
)

// options say how much is measured.
type options struct {
	users  int // of the larger organisation
	rounds int // of every comparison with a floor
	only   string
	keep   bool   // as what later runs are compared with
	try    string // environment of the functions, to try a setting
	// propagation is what changes take to come into effect.
	propagation time.Duration
}

// family is figures that are measured together.
type family struct {
	name    string
	measure func(context.Context, *bench) error
}

var families = [...]family{
	{"trips", measureTrips},
	{"pages", measurePages},
	{"sweep", measureSweep},
	{"workflow", measureWorkflow},
	{"cpu", measureCPU},
	{"starts", measureStarts},
	{"memory", measureMemory},
	{"gateway", measureGateway},
	{"packages", measurePackages},
}

func main() {
	var o options
	flag.IntVar(&o.users, "users", 100_000, "how many users the larger organisation has, and how many changes the sweep has to pass by")
	flag.IntVar(&o.rounds, "rounds", 21, "how often each is measured that is compared with a floor")
	flag.StringVar(&o.only, "only", "", "the families to measure, with commas between them; all where empty")
	flag.BoolVar(&o.keep, "keep", false, "keep the figures that can be compared in "+beforeFile)
	flag.StringVar(&o.try, "try", "", "variables for the environment of everything that is compared, as GOGC=200,GOMAXPROCS=1")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	o.propagation = time.Second
	r, err := runner.Start(ctx, runner.Options{
		Root: root, Propagation: &o.propagation, SweepEvery: time.Hour,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := newBench(o, root, r, &figures{out: os.Stdout})
	if err != nil {
		return err
	}
	defer b.close()
	before, err := kept(root)
	if err != nil {
		return err
	}
	for _, family := range families {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), family.name) {
			continue
		}
		start := time.Now()
		if err := family.measure(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", family.name, err)
		}
		log.Info("measured", "family", family.name, "took", time.Since(start).Round(100*time.Millisecond).String())
	}
	for _, over := range b.figures.over {
		log.Warn("over budget", "name", over.Name, "value", over.Value, "budget", *over.Budget, "unit", over.Unit)
	}
	for _, worse := range regressions(b.figures.all, before) {
		log.Warn("worse than before", "name", worse.Name, "value", worse.Value, "before", worse.before, "unit", worse.Unit)
	}
	if o.keep {
		return keep(root, b.figures.all, before)
	}
	return nil
}
