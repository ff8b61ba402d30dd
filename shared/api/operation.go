package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// The library takes "Email" for "email", and null for a list, unless told otherwise: an unknown name would pass for a
// known one, and nothing for what is required. It offers no other switch than these two of the process.
func init() {
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
}

// Function names a Lambda function, which is also its folder under functions/.
type Function string

// The functions that answer requests. One a domain and privilege boundary.
const (
	Account       Function = "account"
	Users         Function = "users"
	Changes       Function = "changes"
	Organisations Function = "organisations"
	Access        Function = "access"
	Ledger        Function = "ledger"
	Reviews       Function = "reviews"
)

// Endpoint is what is known of an operation without its types.
type Endpoint struct {
	ID          string // the operationId, part of the contract with clients
	Method      string
	Path        string // a pattern of the gateway: "/v1/users/{userId}"
	Function    Function
	Summary     string
	Tag         string
	Status      int           // of success; an output's own Status field overrides it
	Public      bool          // needs no session
	Change      bool          // a write that change control governs: it may wait (202)
	Act         bool          // an administrative write that takes effect at once
	Conditional bool          // is about one thing that has an ETag, and takes If-Match (RFC 9110, 13.1.1)
	Ends        bool          // ends the session that it comes with
	Refuses     []int         // statuses of refusals that others of its kind do not have
	BadInput    int           // status of bad input where a standard has its own; 0: 422, or 415 of what is no JSON
	output      func() output // nil of an endpoint that was not declared, and has neither
	register    func(huma.API)
}

// output is what the output's type says of an operation. It is looked for when it is first asked about: at every start, of
// every operation, it would be a fiftieth of that.
type output struct {
	opens bool   // answers a session
	table bool   // a list that is had as CSV as well
	media string // the content type of what is bytes
}

func outputOf[Out any]() output {
	_, opens := any(new(Out)).(Opening)
	_, table := any(*new(Out)).(interface{ tabled() })
	body, _ := reflect.TypeFor[Out]().FieldByName("Body")
	return output{opens, table, body.Tag.Get("contentType")}
}

func (e Endpoint) answers() output {
	if e.output == nil {
		return output{}
	}
	return e.output()
}

// Table tells whether the operation answers a list that is had as CSV as well.
func (e Endpoint) Table() bool { return e.answers().table }

// RouteKey is the gateway's name of the route, and what an event names its operation by.
func (e Endpoint) RouteKey() string { return e.Method + " " + e.Path }

// Previewed tells whether the operation can be previewed: every write that administers others can (3.11). Decisions about a
// change cannot, since the change itself tells what it does, nor can what takes a step-up: a proof is used up, and a wrong
// one counts.
func (e Endpoint) Previewed() bool { return e.Change || e.Act }

// Describe adds the operation to an API that serves no requests, for the OpenAPI document.
func (e Endpoint) Describe(api huma.API) { e.register(api) }

// Operation is an endpoint with the types of its input and output.
type Operation[In, Out any] struct{ Endpoint }

// operations are all that are declared, in the order of their declaration. There is room for them from the beginning: to
// grow the list on the way was half of what they allocate, whenever a function starts.
var operations = make([]Endpoint, 0, 160)

// Operations lists every operation of the service.
func Operations() []Endpoint { return operations }

func declare[In, Out any](endpoint Endpoint) Operation[In, Out] {
	operation := define[In, Out](endpoint)
	operations = append(operations, operation.Endpoint)
	return operation
}

func define[In, Out any](endpoint Endpoint) Operation[In, Out] {
	if endpoint.Status == 0 {
		endpoint.Status = http.StatusOK
	}
	endpoint.output = outputOf[Out]
	operation := Operation[In, Out]{endpoint}
	operation.register = func(api huma.API) { huma.Register[In, Out](api, operation.Huma(), nil) }
	return operation
}

// MaxBody bounds a request's body, in bytes.
const MaxBody = 64 << 10

// The parameters that operations have by their kind. They are declared here alone, not in the inputs: package httpapi
// checks them and hands them to the handler in directory.Request.
const (
	IdempotencyKeyHeader = "Idempotency-Key" // of every POST (10.1)
	IfMatchHeader        = "If-Match"        // of every write of what has an ETag (10.1)
	PreviewParameter     = "preview"         // of every write that administers others (3.11)
	SessionHeader        = "Mandate-Session" // of what answers a session
)

// SessionCookie is the console's cookie, which carries a session's token. Its prefix has browsers take it only from this
// very host, over HTTPS (or from this machine), for every path: no neighbouring host can plant a session of its own.
const SessionCookie = "__Host-mandate_session"

// entityTag is one of RFC 9110, 8.8.3, as a pattern.
const entityTag = `(W/)?"[!#-~]*"`

// Parameters are those that the endpoint has by its kind.
func (e Endpoint) Parameters() []*huma.Param {
	var parameters []*huma.Param
	if e.Method == http.MethodPost {
		text := "Names this request, so that sending it again does not do it again. With another request it is refused."
		if e.answers().opens {
			text = "Taken as of every POST. It does not bring a session's token again, of which a hash alone is kept: where the answer was lost, sign in again."
		}
		parameters = append(parameters, parameter("header", IdempotencyKeyHeader, text,
			&huma.Schema{Type: huma.TypeString, Pattern: "^[!-~]{1,128}$", PatternDescription: "1 to 128 visible ASCII characters"}))
	}
	if e.Conditional {
		parameters = append(parameters, parameter("header", IfMatchHeader,
			"The ETag of what is to be changed; where that has moved on, nothing is done.",
			&huma.Schema{Type: huma.TypeString, MaxLength: new(1024), Pattern: `^(\*|` + entityTag + `([ \t]*,[ \t]*` + entityTag + `)*)$`, PatternDescription: "an entity tag, several with commas, or *"}))
	}
	if e.answers().opens {
		parameters = append(parameters, parameter("header", SessionHeader,
			"With cookie, from a page of this origin, the session's token comes as an HttpOnly cookie, and not in the answer.",
			&huma.Schema{Type: huma.TypeString, Enum: []any{"cookie"}}))
	}
	if e.Previewed() {
		parameters = append(parameters, parameter("query", PreviewParameter,
			"With true, the answer says what would happen, and nothing is written.",
			&huma.Schema{Type: huma.TypeString, Enum: []any{"true", "false"}}))
	}
	return parameters
}

func parameter(in, name, description string, schema *huma.Schema) *huma.Param {
	schema.PrecomputeMessages()
	return &huma.Param{In: in, Name: name, Description: description, Schema: schema}
}

// Huma is the declaration in the form of the HTTP library.
//
// Unknown query parameters are refused by package httpapi, since the library knows only those of the input.
func (o Operation[In, Out]) Huma() huma.Operation {
	operation := huma.Operation{
		OperationID:   o.ID,
		Method:        o.Method,
		Path:          o.Path,
		Summary:       o.Summary,
		Tags:          []string{o.Tag},
		Parameters:    o.Parameters(),
		DefaultStatus: o.Status,
		MaxBodyBytes:  MaxBody + 1, // the library refuses a body that reaches its limit
		Responses:     map[string]*huma.Response{"default": {Ref: responses + problemResponse}},
		Security:      []map[string][]string{},
	}
	if !o.Public {
		operation.Security = []map[string][]string{{sessionScheme: {}}, {clientScheme: {}}, {consoleScheme: {}}}
	}
	return operation
}
