package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"mandate/infra/local/demo"
	"mandate/infra/local/lambda"
	"mandate/infra/local/parts"
	"mandate/infra/local/parts/sns"
)

// Options say how a runner runs. Root alone is needed.
type Options struct {
	Root        string // of the project, where the functions are built from
	Port        int    // of the API; 0 takes a free one
	MailboxPort int    // 0 takes a free one
	// MutualTLSPort is of the API's other door, which asks for certificates; 0 takes a free one.
	MutualTLSPort int
	DataDir       string // keeps data between runs; empty begins from nothing, in memory
	// Propagation caps the delay of changes, ClockSkew sets the clock ahead (3.13).
	Propagation *time.Duration
	ClockSkew   time.Duration
	// SweepEvery replaces the schedule's rate, so that nobody has to wait for a minute.
	SweepEvery time.Duration
	// Leisure is added to the time that each function has: a test of what is done is none of how fast the machine is. 0 is as
	// deployed.
	Leisure time.Duration
	// HeapMB bounds the memory of DynamoDB's heap, for who has much data; 0 is the part's own.
	HeapMB int
	Log    *slog.Logger
}

// Runner is a service that runs.
type Runner struct {
	API, Mailbox, DynamoDB, StepFunctions, KMS, SNS string // base URLs, without a slash at their ends
	MutualTLS                                       string // the API's, for clients with a certificate (6.3)
	Table                                           string
	Demo                                            demo.Demo
	Functions                                       *lambda.Service
	// DatabasePID is the process of DynamoDB, for who measures it.
	DatabasePID func() int
	// Lambdas are the functions as they run, for who wants to run one again, by itself (infra/bench).
	Lambdas []lambda.Function

	options  Options
	clock    clock
	log      *slog.Logger
	servers  []*http.Server
	ready    chan struct{} // closed when Functions is there
	key      string        // the KMS key's ARN
	mailDoor string        // where functions send mails to: before the mailbox
	phones   *sns.SNS      // has the text messages
	parts    []*parts.Process
	timed    []*parts.Process // those of the parts that go by the service's clock
	cancel   context.CancelFunc
}

// Start brings everything up, in the order in which the parts need each other. When it returns, the service answers.
func Start(ctx context.Context, options Options) (*Runner, error) {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &Runner{options: options, log: options.Log, cancel: cancel, ready: make(chan struct{}), clock: clock{skew: options.ClockSkew}}
	if err := r.start(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Runner) start(ctx context.Context) (failed error) {
	// The addresses that people know first: a port that is taken is said before anything is downloaded.
	api, err := listen("the API", "PORT", r.options.Port)
	if err != nil {
		return err
	}
	r.API = "http://" + api.Addr().String()
	secure, err := listen("the API with mutual TLS", "MUTUAL_TLS_PORT", r.options.MutualTLSPort)
	if err != nil {
		api.Close()
		return err
	}
	r.MutualTLS = "https://" + secure.Addr().String()
	defer func() {
		if failed != nil {
			api.Close()
			secure.Close()
		}
	}()
	mailbox, err := listen("the mailbox", "MAILBOX_PORT", r.options.MailboxPort)
	if err != nil {
		return err
	}
	mailbox.Close() // it is for the mailbox itself to take
	installation, err := parts.Install(ctx, r.log)
	if err != nil {
		return err
	}
	binaries, err := Build(ctx, r.options.Root, filepath.Join(r.options.Root, "dist", "local"), r.log)
	if err != nil {
		return err
	}
	if err := r.startParts(ctx, installation); err != nil {
		return err
	}
	if err := r.startFunctions(ctx, binaries); err != nil {
		return err
	}
	if err := r.createTable(ctx); err != nil {
		return err
	}
	if err := r.makeDemo(ctx); err != nil {
		return err
	}
	if err := r.startEvents(ctx); err != nil {
		return err
	}
	if err := r.serveMutualTLS(secure); err != nil {
		return err
	}
	return r.serveFront(api)
}

func (r *Runner) partOptions(port int) parts.Options {
	return parts.Options{
		Port: port, DataDir: r.options.DataDir, ClockSkew: r.options.ClockSkew, Region: region, HeapMB: r.options.HeapMB, Log: r.log,
	}
}

func (r *Runner) startDatabase(ctx context.Context, installation *parts.Installation) error {
	database, err := installation.StartDynamoDB(ctx, r.partOptions(0))
	if err != nil {
		return err
	}
	r.parts, r.DynamoDB, r.DatabasePID = append(r.parts, database), database.Endpoint(), database.PID
	return nil
}

// startParts starts what the functions call. Step Functions calls back: until the functions are there, it is kept
// waiting.
func (r *Runner) startParts(ctx context.Context, installation *parts.Installation) error {
	if err := r.startDatabase(ctx, installation); err != nil {
		return err
	}
	mailbox, err := installation.StartSES(ctx, r.partOptions(r.options.MailboxPort))
	if err != nil {
		return err
	}
	r.parts, r.Mailbox = append(r.parts, mailbox), mailbox.Endpoint()
	if err := r.openMailDoor(); err != nil {
		return err
	}
	if err := r.startKMS(); err != nil {
		return err
	}
	r.phones = sns.New(r.now)
	if r.SNS, err = r.serve(r.phones); err != nil {
		return err
	}
	invokeAPI, err := r.serve(r.invokeAPI())
	if err != nil {
		return err
	}
	machine, err := installation.StartStepFunctions(ctx, invokeAPI, r.partOptions(0))
	if err != nil {
		return err
	}
	r.parts, r.StepFunctions = append(r.parts, machine), machine.Endpoint()
	r.timed = []*parts.Process{mailbox, machine}
	return r.createStateMachine(ctx)
}

// Close ends every child process and returns when none is left. It may be called again.
func (r *Runner) Close() {
	r.cancel()
	for _, server := range r.servers {
		server.Close()
	}
	if r.Functions != nil {
		r.Functions.Close()
	}
	for _, part := range r.parts {
		part.Close()
	}
}

// listen takes a port on the loopback address.
func listen(what, variable string, port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil && port != 0 {
		return nil, fmt.Errorf("port %d of %s is taken: stop what uses it, or set %s to another", port, what, variable)
	}
	return listener, err
}

// serve answers on a free port, and gives its base URL.
func (r *Runner) serve(handler http.Handler) (string, error) {
	listener, err := listen("", "", 0)
	if err != nil {
		return "", err
	}
	r.serveOn(listener, handler)
	return "http://" + listener.Addr().String(), nil
}

func (r *Runner) serveOn(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	r.servers = append(r.servers, server)
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			r.log.Error("a listener ended", "address", listener.Addr().String(), "error", err)
		}
	}()
}

// keep is the path of a file that is kept between runs; empty where nothing is.
func (r *Runner) keep(name string) string {
	if r.options.DataDir == "" {
		return ""
	}
	if err := os.MkdirAll(r.options.DataDir, 0o700); err != nil {
		r.log.Error("the data folder cannot be made", "error", err)
	}
	return filepath.Join(r.options.DataDir, name)
}
