package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/danielgtaylor/huma/v2"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/table"
	"mandate/shared/words"
)

// Options are what a server is told by its surroundings. The zero value is usable.
type Options struct {
	Log *slog.Logger     // of requests and internal errors; slog.Default where nil
	Now func() time.Time // the clock that requests are timed by; time.Now where nil
	// EdgeTellsPlace says that CloudFront stands before the gateway and sets its viewer headers. Without it they are a
	// client's own words, and are ignored.
	EdgeTellsPlace bool
	// Callers tells whether somebody calls at all, so that nobody else is told what is wrong with a request. Where nil, that
	// is left to the handlers.
	Callers Callers
	// Outlook presents what an act would do that takes effect at once, to who asks with preview (3.11).
	Outlook func(directory.Plan) *api.Outlook
}

// Callers is what [directory.Core] knows of those who call.
type Callers interface {
	// Credible tells whether credentials have the form of what the service gives out.
	Credible(directory.Request) bool
	// Known finds out who calls.
	//
	// Faults: unauthenticated; forbidden.
	Known(context.Context, directory.Request) error
}

// Server answers events with the operations registered on it. Register first, then serve: Invoke may be called at the
// same time by several, [Handle] may not.
type Server struct {
	log            *slog.Logger
	now            func() time.Time
	edgeTellsPlace bool
	callers        Callers
	outlook        func(directory.Plan) *api.Outlook
	words          *words.Catalogue
	routes         map[string]*route
	buffers        sync.Pool
}

// route is a registered operation. What is below prepare is known once that has run.
type route struct {
	id      string
	public  bool
	ends    bool   // ends the session that it comes with
	act     bool   // takes effect at once: its preview has an answer of its own
	bad     int    // status of bad input where the operation has its own
	prepare func() // at its first request: see doc.go

	table   bool                   // answers CSV as well
	own     []*huma.Param          // parameters that the operation has by its kind, checked here
	queries map[string]*huma.Param // by name
	body    bool                   // takes a body
	needs   bool                   // and it must be there
	serve   func(huma.Context)
}

// New makes a server without operations.
func New(options Options) *Server {
	s := &Server{
		log:            options.Log,
		now:            options.Now,
		edgeTellsPlace: options.EdgeTellsPlace,
		callers:        options.Callers,
		outlook:        options.Outlook,
		words:          words.New(),
		routes:         map[string]*route{},
		buffers:        sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// Handle registers the handler of an operation. A second one for the same operation is a mistake, and panics.
//
// The handler answers an output or an error: a [fault.Fault] becomes the problem of its code, and anything else is
// internal, logged and not shown.
func Handle[In, Out any](s *Server, operation api.Operation[In, Out], handler func(context.Context, directory.Request, *In) (*Out, error)) {
	key := operation.RouteKey()
	if s.routes[key] != nil {
		panic("httpapi: two handlers for " + key)
	}
	r := &route{id: operation.ID, public: operation.Public, ends: operation.Ends, act: operation.Act, bad: operation.BadInput}
	r.prepare = sync.OnceFunc(func() {
		r.table = operation.Table()
		translate := translator(reflect.TypeFor[Out]())
		huma.Register(r.library(described(reflect.TypeFor[In](), reflect.TypeFor[Out]())), operation.Huma(), func(ctx context.Context, input *In) (*Out, error) {
			x := exchangeIn(ctx)
			output, err := handler(ctx, x.request, input)
			if err == nil && output == nil && reflect.TypeFor[Out]().NumField() > 0 {
				err = errors.New("httpapi: the handler answered neither output nor error")
			}
			if x.err = err; err != nil || x.request.Foreseen != nil {
				return nil, nil // the library would make its own form of it
			}
			s.keep(x, output)
			if r.ends && x.cookie {
				x.setCookie("", 0)
			}
			s.translate(x, translate, output)
			return output, nil
		})
	})
	s.routes[key] = r
}

// Routes lists the gateway's names of the registered operations, sorted, for a test to hold them against the
// declarations.
func (s *Server) Routes() []string {
	keys := make([]string, 0, len(s.routes))
	for key := range s.routes {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// answerMargin is left of the function's time to write an answer in.
const answerMargin = 200 * time.Millisecond

// Invoke answers one event. Its error is always nil: whatever happens is answered as a problem.
func (s *Server) Invoke(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	start := s.now()
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-answerMargin))
		defer cancel()
	}
	out := s.buffers.Get().(*bytes.Buffer)
	out.Reset()
	defer s.buffers.Put(out)

	key := event.RouteKey
	if path, head := strings.CutPrefix(key, http.MethodHead); head {
		key = http.MethodGet + path // whose content answer() keeps back (RFC 9110, 9.3.2)
	}
	x := &exchange{event: &event, out: out, route: s.routes[key]}
	x.ctx = context.WithValue(ctx, exchangeKey{}, x)
	x.request, x.cookie = s.request(&event)
	x.request.Reader = &x.reader
	if x.err = s.run(x); x.err == nil && x.request.Foreseen != nil {
		x.err = s.foreseen(x)
	}
	if x.err != nil {
		x.err = s.refusedTo(x)
		s.problem(x)
	}
	s.logRequest(ctx, x, s.now().Sub(start))
	return x.answer(), nil
}

// run serves the exchange, and tells what went wrong.
func (s *Server) run(x *exchange) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicked{value: value, stack: debug.Stack()}
		}
	}()
	if x.route == nil {
		return &refusal{code: fault.NotFound, unrouted: true}
	}
	if !x.route.public && !s.credible(x.request) {
		return fault.New(fault.Unauthenticated, "")
	}
	x.route.prepare()
	if err := x.admit(); err != nil {
		return err
	}
	x.route.serve(x)
	return x.err
}

// credible tells whether a request's credentials are worth looking at the rest of it. Without any, none are.
func (s *Server) credible(r directory.Request) bool {
	return (r.Token != "" || r.ClientID != "") && (s.callers == nil || s.callers.Credible(r))
}

// refusedTo is what the client is told of the exchange's error: nobody is told what is wrong with a request but who has
// proven to be somebody. Most refusals come from handlers that know; for the others it is asked here.
func (s *Server) refusedTo(x *exchange) error {
	if s.callers == nil || x.route == nil || x.route.public || x.reader.Known {
		return x.err
	}
	found, faulty := fault.As(x.err)
	refused := (*refusal)(nil)
	switch {
	case faulty && found.Code == fault.Unauthenticated:
		return x.err
	case !faulty && !errors.As(x.err, &refused):
		return x.err // the service's own, of which nothing is told
	case refused != nil && refused.policy == sameOrigin:
		return x.err // another site's page keeps no session awake
	}
	if err := s.callers.Known(x.ctx, x.request); err != nil {
		return err
	}
	return x.err
}

// foreseen answers the preview of an act that takes effect at once: what it would do, in the place of what it answers.
func (s *Server) foreseen(x *exchange) error {
	answer := api.Foreseen{Preview: *s.outlook(*x.request.Foreseen)}
	x.status, x.headers = http.StatusOK, map[string]string{"Content-Type": jsonType}
	s.translate(x, translator(reflect.TypeFor[api.Foreseen]()), &answer)
	x.out.Reset()
	return marshal(x.out, answer)
}

// panicked is a panic of a handler, as an error.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// logRequest writes the one line of a request that was refused or failed. Of those that went well the gateway's access
// log tells, and a second line would cost a twentieth of a session check. It has nothing of what the client sent:
// headers, query and body may hold secrets and addresses.
func (s *Server) logRequest(ctx context.Context, x *exchange, took time.Duration) {
	level := slog.LevelDebug
	switch {
	case x.status >= http.StatusInternalServerError:
		level = slog.LevelError
	case x.status >= http.StatusBadRequest:
		level = slog.LevelInfo
	}
	if !s.log.Enabled(ctx, level) {
		return
	}
	attributes := make([]slog.Attr, 0, 5)
	attributes = append(attributes,
		slog.String("operation", x.operation()),
		slog.Int("status", x.status),
		slog.Float64("milliseconds", float64(took.Microseconds())/1000),
		slog.String("requestId", x.event.RequestContext.RequestID))
	if x.code != "" {
		attributes = append(attributes, slog.String("code", string(x.code)))
	}
	s.log.LogAttrs(ctx, level, "request", attributes...)
}

// library is the HTTP library as the route uses it: JSON, and CSV where the output is a table, its errors taken out, and no document of its own, which
// package api makes once.
func (r *route) library(schemas huma.Registry) huma.API {
	format := huma.Format{Marshal: marshal, Unmarshal: unmarshal}
	formats := map[string]huma.Format{jsonType: format, "json": format}
	if r.table {
		formats[table.MediaType] = huma.Format{Marshal: marshalTable}
	}
	return undocumented{huma.NewAPI(huma.Config{
		OpenAPI:       &huma.OpenAPI{Components: &huma.Components{Schemas: schemas}},
		Formats:       formats,
		DefaultFormat: jsonType,
		Transformers:  []huma.Transformer{takeError},
	}, adapter{r})}
}

// described has the schemas that requests are checked by. What an operation answers is checked by none, and to describe
// it was most of what a first request is prepared with; so where no body is read, and no schema of it can be meant, what
// is asked for the output's body is none.
func described(in, out reflect.Type) huma.Registry {
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	body, answers := out.FieldByName("Body")
	if _, reads := in.FieldByName("Body"); reads || !answers {
		return schemas
	}
	return inputs{schemas, body.Type}
}

// inputs are schemas without that of an output's body.
type inputs struct {
	huma.Registry
	output reflect.Type
}

func (i inputs) Schema(of reflect.Type, allowRef bool, hint string) *huma.Schema {
	if of == i.output {
		return &huma.Schema{}
	}
	return i.Registry.Schema(of, allowRef, hint)
}

type undocumented struct{ huma.API }

func (undocumented) DocumentOperation(*huma.Operation) {}

// adapter is how the library hands over what it made of the operation.
type adapter struct{ route *route }

func (a adapter) Handle(operation *huma.Operation, serve func(huma.Context)) {
	r := a.route
	r.serve = serve
	r.body = operation.RequestBody != nil
	r.needs = r.body && operation.RequestBody.Required
	r.queries = map[string]*huma.Param{}
	for _, parameter := range operation.Parameters {
		switch parameter.Name {
		case api.IdempotencyKeyHeader, api.IfMatchHeader, api.PreviewParameter, api.SessionHeader:
			r.own = append(r.own, parameter)
		}
		if parameter.In == "query" {
			r.queries[parameter.Name] = parameter
		}
	}
}

// ServeHTTP is there for the library's interface. There is no HTTP here but the gateway's events.
func (adapter) ServeHTTP(answer http.ResponseWriter, _ *http.Request) {
	answer.WriteHeader(http.StatusNotImplemented)
}
