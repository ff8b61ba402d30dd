package functionstest

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mandate/functions/access"
	"mandate/functions/account"
	"mandate/functions/carry"
	"mandate/functions/changes"
	"mandate/functions/faulttest"
	"mandate/functions/feedback"
	"mandate/functions/ledger"
	"mandate/functions/mailer"
	"mandate/functions/organisations"
	"mandate/functions/outbox"
	"mandate/functions/present"
	"mandate/functions/reviews"
	"mandate/functions/sweep"
	"mandate/functions/texter"
	"mandate/functions/users"
	"mandate/functions/wire/credentials"
	"mandate/functions/workflow"
	"mandate/infra/local/parts/partstest"
	"mandate/infra/local/parts/sns"
	"mandate/shared/api"
	"mandate/shared/certificate"
	"mandate/shared/demo"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
	"mandate/shared/passkey"
	"mandate/shared/phone"
	"mandate/shared/policy"
	"mandate/shared/seal"
	"mandate/shared/seal/sealtest"
	"mandate/shared/store"
	"mandate/shared/words"
)

// ConsoleURL is where the world's mails lead and its passkeys are for.
const ConsoleURL = "https://console.example.com"

// Start is when every world begins.
var Start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// World is the service as tests use it: in one process and on a table of its own, or as it runs elsewhere.
type World struct {
	Faults *faulttest.Layer // that may befall calls of AWS's services
	Client *Client          // to the table
	Store  *store.Store
	Core   directory.Core
	Mails  *Mails
	Texts  Texts

	t         testing.TB
	aside     *store.Store // past counting and faults
	level     slog.Level
	lines     io.Writer       // of the log
	hashes    atomic.Int64    // how often a password was hashed
	tape      *Tape           // of all that is said and kept; nil where nobody listens
	edge      bool            // stands before the gateway, and tells where callers are
	casts     map[string]cast // by preset
	servers   map[api.Function]*httpapi.Server
	carriers  map[directory.OutboxKind]carry.Handler // the functions that the outbox is carried by
	hears     feedback.Handler
	machine   *machine
	sweep     sweep.Handler
	site      host             // nil where it is in this process
	keys      func() seal.Keys // that data keys come from
	passwords directory.Passwords

	mu       sync.Mutex
	now      time.Time
	serial   int
	operator *Person
	carried  []directory.OutboxRef
}

// engine is the policies of all worlds: they are read once, and decide without a state.
var engine = sync.OnceValues(policy.New)

// BehindEdge has an edge stand before the gateway, which tells where callers are.
func BehindEdge(w *World) { w.edge = true }

// Capped bounds every organisation's delay, as the local runner may (3.13).
func Capped(at time.Duration) Option {
	return func(w *World) { w.Core.PropagationCap = &at }
}

// Option sets a world up.
type Option func(*World)

// Quiet keeps errors out of the test's log, where they are what the test is about.
func Quiet(w *World) { w.level = slog.LevelError + 1 }

// LoggingTo keeps all of the log in a writer.
func LoggingTo(lines io.Writer) Option {
	return func(w *World) { w.level, w.lines = slog.LevelDebug, lines }
}

// Recording keeps all that is said and kept in the world on a tape, the log included.
func Recording(tape *Tape) Option {
	return func(w *World) { w.tape, w.level, w.lines = tape, slog.LevelDebug, tape.of("log") }
}

// New makes a world without organisations.
func New(t testing.TB, options ...Option) *World {
	t.Helper()
	policies, err := engine()
	if err != nil {
		t.Fatal(err)
	}
	w := &World{t: t, level: slog.LevelError, lines: t.Output(), now: Start, Mails: &Mails{}, Faults: faulttest.New(), casts: casts()}
	caught := sns.New(w.Now)
	w.Texts = Texts{caught, caught.Messages}
	w.Client = newClient(t, w.Faults, partstest.DynamoDB(t))
	w.Store, w.aside = store.New(w.Client, w.Client.table), store.New(w.Client.bare, w.Client.table)
	w.keys = func() seal.Keys { return sealtest.New() }
	// Ids of one instant are in the order in which they were made, as far as one process goes.
	entropy := &ulid.LockedMonotonicReader{MonotonicReader: ulid.Monotonic(rand.Reader, 0)}
	w.Core = directory.Core{
		Store: w.Store, Policies: policies, Presets: policies,
		Now: w.Now, NewID: func(prefix string) string {
			return prefix + ulid.MustNew(ulid.Timestamp(w.Now()), entropy).String()
		},
		Admits: func(secret string) bool { return !demo.Known(secret) },
	}
	w.passwords = credentials.Passwords{Admits: w.Core.Admits}
	for _, set := range options {
		set(w)
	}
	w.Client.tape, w.Mails.tape = w.tape, w.tape
	keys := w.keys()
	w.Core.Sealer = seal.New(keys)
	log := slog.New(slog.NewTextHandler(w.lines, &slog.HandlerOptions{Level: w.level, ReplaceAttr: withoutStack}))
	factors := credentials.SecondFactors{}
	w.servers = map[api.Function]*httpapi.Server{}
	for _, function := range []api.Function{api.Account, api.Users, api.Changes, api.Organisations, api.Access, api.Ledger, api.Reviews} {
		w.servers[function] = httpapi.New(httpapi.Options{Log: log, Now: w.Now, EdgeTellsPlace: w.edge, Callers: &w.Core, Outlook: present.Outlook})
	}
	passkeys, err := passkey.New(ConsoleURL)
	if err != nil {
		t.Fatal(err)
	}
	account.Register(w.servers[api.Account], &directory.Self{Core: w.Core, Passwords: hashes{w.passwords, &w.hashes}, SecondFactors: factors, Passkeys: passkeys})
	users.Register(w.servers[api.Users], &directory.Users{Core: w.Core, Phones: phone.E164, SecondFactors: factors, Passkeys: passkeys, Certificates: certificate.Read})
	changes.Register(w.servers[api.Changes], &directory.Changes{Core: w.Core, SecondFactors: factors, Passkeys: passkeys})
	organisations.Register(w.servers[api.Organisations], &directory.Organisations{Core: w.Core, Phones: phone.E164})
	access.Register(w.servers[api.Access], &directory.Evaluator{Core: w.Core})
	book := &directory.Ledger{Core: w.Core, Signer: seal.NewSigner(keys)}
	reviews.Register(w.servers[api.Reviews], &directory.Reviews{Core: w.Core})
	ledger.Register(w.servers[api.Ledger], book)

	work := &directory.Work{Core: w.Core}
	w.machine = newMachine(w.Now, workflow.New(work), w.tape)
	orders := &outbox.Outbox{Executions: w.stepFunctions(w.machine), StateMachine: "arn:change", Work: work}
	sender, err := w.mailSender()
	if err != nil {
		t.Fatal(err)
	}
	posts := &mailer.Mailer{Core: w.Core, Sender: writing{w.Mails, sender}, Words: words.New(), ConsoleURL: ConsoleURL, Log: log}
	w.hears = feedback.New(work, log)
	sealer := &outbox.Sealer{Ledger: book, Log: log}
	phones := &texter.Texter{Sealer: w.Core.Sealer, Sender: w.textSender(), Now: w.Now, Log: log}
	told := carry.New(w.Store, carry.ByKind(map[directory.OutboxKind]carry.Carrier{
		directory.OutboxMail: posts.Carry, directory.OutboxText: phones.Carry,
	}), log)
	carried := sealer.Before(carry.New(w.Store, orders.Carry, log))
	w.carriers = map[directory.OutboxKind]carry.Handler{
		directory.OutboxWorkflow: carried, directory.OutboxReset: carried,
		directory.OutboxMail: told, directory.OutboxText: told,
	}
	w.sweep = sweep.New(work, log)
	return w
}

// hashes counts how often Argon2id runs, which is what a sign-in costs.
type hashes struct {
	directory.Passwords
	count *atomic.Int64
}

func (h hashes) Hash(password string) (string, error) {
	h.count.Add(1)
	return h.Passwords.Hash(password)
}

func (h hashes) Verify(hash, password string) (ok, rehash bool, err error) {
	h.count.Add(1)
	return h.Passwords.Verify(hash, password)
}

func (h hashes) VerifyNothing(password string) {
	h.count.Add(1)
	h.Passwords.VerifyNothing(password)
}

// Hashes counts how often a password is hashed while something is done.
func (w *World) Hashes(do func()) int64 {
	before := w.hashes.Load()
	do()
	return w.hashes.Load() - before
}

// withoutStack leaves stacks out of the log, which would hide the line that tells.
func withoutStack(_ []string, attribute slog.Attr) slog.Attr {
	if attribute.Key == "stack" {
		return slog.Attr{}
	}
	return attribute
}

// host is where a service runs that is not in the test's process, with a clock and a life of its own.
type host interface {
	do(api.Endpoint, event) (Answer, error)
	now() time.Time
	advance(by time.Duration) error
	// settle waits until nothing moves.
	settle() error
}

// Now is the world's time.
func (w *World) Now() time.Time {
	if w.site != nil {
		return w.site.now()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Advance lets time pass.
func (w *World) Advance(by time.Duration) {
	if w.site != nil {
		if err := w.site.advance(by); err != nil {
			w.t.Error(err)
		}
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(by)
}

// next counts, so that names, numbers and addresses of a world are each its own.
func (w *World) next() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serial++
	return w.serial
}

// Email is an address that nobody else has.
func (w *World) Email(name string) string { return fmt.Sprintf("%s.%d@example.com", name, w.next()) }

// Phone is a number that nobody else has.
func (w *World) Phone() string { return fmt.Sprintf("+447400%06d", 100000+w.next()) }

// Sweep runs the sweep once.
func (w *World) Sweep() directory.Swept {
	w.t.Helper()
	return w.sweepBy(sweep.Order{})
}

// Recall has what was put aside go round again.
func (w *World) Recall() directory.Swept {
	w.t.Helper()
	return w.sweepBy(sweep.Order{Recall: true})
}

func (w *World) sweepBy(order sweep.Order) directory.Swept {
	w.t.Helper()
	swept, err := w.trySweep(order)
	if err != nil {
		w.t.Fatalf("sweep: %v", err)
	}
	return swept
}

func (w *World) trySweep(order sweep.Order) (directory.Swept, error) {
	process := faulttest.Process(w.t.Context())
	swept, err := w.sweep(process, order)
	if faulttest.Dead(process) {
		err = faulttest.ErrDead
	}
	return swept, err
}
