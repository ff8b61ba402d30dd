// The local runner: the whole service on one machine, with two words: make run.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"mandate/infra/local/runner"
	"mandate/shared/config"
)

// settings come from the environment.
type settings struct {
	Port        string         `env:"PORT,optional"`
	MailboxPort string         `env:"MAILBOX_PORT,optional"`
	SecurePort  string         `env:"MUTUAL_TLS_PORT,optional"`
	DataDir     string         `env:"DATA_DIR,optional"`
	Propagation *time.Duration `env:"PROPAGATION,optional"`
	ClockSkew   time.Duration  `env:"CLOCK_SKEW,optional"`
	SweepEvery  time.Duration  `env:"SWEEP_EVERY,optional"`
	LogLevel    string         `env:"LOG_LEVEL,optional"`
}

const (
	defaultPort = 8080
	// mailboxBelow is how far below the API's port the mailbox is, unless it is told its own: 8005 under 8080.
	mailboxBelow = 75
	// secureAbove is how far above the API's port its door with mutual TLS is: 8443 over 8080.
	secureAbove = 363
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "mandate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	settings, err := config.Load[settings]()
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if settings.LogLevel != "" {
		if err := level.UnmarshalText([]byte(settings.LogLevel)); err != nil {
			return fmt.Errorf("LOG_LEVEL: %w", err)
		}
	}
	port, err := number("PORT", settings.Port, defaultPort)
	if err != nil {
		return err
	}
	mailboxPort, err := number("MAILBOX_PORT", settings.MailboxPort, port-mailboxBelow)
	if err != nil {
		return err
	}
	securePort, err := number("MUTUAL_TLS_PORT", settings.SecurePort, port+secureAbove)
	if err != nil {
		return err
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	r, err := runner.Start(ctx, runner.Options{
		Root: root, Port: port, MailboxPort: mailboxPort, MutualTLSPort: securePort, DataDir: settings.DataDir,
		Propagation: settings.Propagation, ClockSkew: settings.ClockSkew, SweepEvery: settings.SweepEvery,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
	})
	if err != nil {
		return err
	}
	defer r.Close()
	fmt.Printf("\nDemo users (GET %s/local/demo has them as JSON):\n\n%s\n", r.API, r.Demo.Table())
	fmt.Printf("ready  API %s  mailbox %s  DynamoDB %s  Step Functions %s  KMS %s  SNS %s  mutual TLS %s\n",
		r.API, r.Mailbox, r.DynamoDB, r.StepFunctions, r.KMS, r.SNS, r.MutualTLS)
	<-ctx.Done()
	return nil
}

func number(name, text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 65535 {
		return 0, fmt.Errorf("%s: %q is no port", name, text)
	}
	return n, nil
}
