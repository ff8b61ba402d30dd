package deployment

import (
	"net/http"
	"strings"
	"time"
	"unicode"

	"mandate/shared/api"
)

// Function is one Lambda function. Its code is the main package functions/<Name>/bootstrap.
type Function struct {
	Name        api.Function
	Purpose     string
	Timeout     time.Duration
	MemoryMB    int
	Environment []Variable
	Grants      []Grant
	// Pages are patterns of paths that it answers GET and HEAD of, beside the operations of shared/api.
	Pages []string
	// One of the following starts it; where all are empty, its routes do.
	Stream    *Stream
	Schedule  *Schedule
	MailEvent *MailEvent
	Task      bool // started by the state machine
	// Logs are the lines of its log that a person should hear of.
	Logs []LogAlarm
}

// Route leads requests from the gateway to a function.
type Route struct {
	Name     string // in the stack: an operation's id, or as getConsolePage
	Method   string
	Path     string
	Function api.Function
}

// Key is the gateway's name of the route.
func (r Route) Key() string { return r.Method + " " + r.Path }

// Routes are all that the gateway has: the operations of shared/api, with a HEAD beside each GET (RFC 9110, 9.1), and the
// functions' pages. Among those that match a request the gateway takes the most specific, so a greedy page has what no
// operation has.
func Routes() []Route { return routes(api.Operations(), Functions()) }

func routes(operations []api.Endpoint, functions []Function) []Route {
	var routes []Route
	for _, operation := range operations {
		routes = append(routes, Route{operation.ID, operation.Method, operation.Path, operation.Function})
		if operation.Method == http.MethodGet {
			routes = append(routes, Route{"head" + title(operation.ID), http.MethodHead, operation.Path, operation.Function})
		}
	}
	for _, function := range functions {
		for _, page := range function.Pages {
			methods := []string{http.MethodGet, http.MethodHead}
			if strings.HasSuffix(page, "+}") {
				methods = append(methods, "ANY") // what is nobody's is told so in a problem document, which the gateway does not write
			}
			for _, method := range methods {
				name := strings.ToLower(method) + title(string(function.Name)) + title(strings.Map(letters, page))
				routes = append(routes, Route{name, method, page, function.Name})
			}
		}
	}
	return routes
}

func title(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// letters leaves of a path what may stand in a name.
func letters(r rune) rune {
	if unicode.IsLetter(r) {
		return r
	}
	return -1
}

// LogAlarm is a line of a log that needs a person.
type LogAlarm struct {
	Metric  string // what counts it is called
	Message string // of the line
	What    string // is wrong
	First   string // what whoever is called should do first
}

// Event tells whether events start the function, so that nobody waits for its answer: what it gives up is a dead letter.
func (f Function) Event() bool { return f.Stream != nil || f.Schedule != nil || f.MailEvent != nil }

// Variable is a name in a function's environment. Its value is the deployment's: the stack's or the local runner's.
type Variable string

const (
	Table            Variable = "TABLE"             // the table's name
	StateMachine     Variable = "STATE_MACHINE"     // the state machine's ARN
	Key              Variable = "KEY"               // the id of the KMS key that protects data keys
	Sender           Variable = "SENDER"            // the From address of mails
	ConfigurationSet Variable = "CONFIGURATION_SET" // of SES
	ConsoleURL       Variable = "CONSOLE_URL"       // where mailed links lead and passkeys are for, without a slash at its end
	Edge             Variable = "EDGE"              // what stands before the gateway: none, or cloudfront
)

// Runtime is what every function's Go runtime is told, besides what its function is.
//
// A function of 256 MB has a seventh of a processor and a small heap. One thread for Go code instead of two, and a
// garbage collector that waits until the heap is five times what is alive, took a quarter off the CPU of a session check
// (infra/bench, a floor with the same settings beside it). A program could say so itself, but then it stops once more
// while it starts, for 3 % of a start.
func Runtime() map[string]string {
	return map[string]string{
		"GOMAXPROCS": "1",
		"GOGC":       "400", // percent of what is alive, that may be added to it
	}
}

// Resource is something that a function may be granted actions on.
type Resource string

const (
	OnTable        Resource = "table"
	OnDueIndex     Resource = "dueIndex"
	OnListIndex    Resource = "listIndex"
	OnSeenIndex    Resource = "seenIndex"
	OnStateMachine Resource = "stateMachine"
	OnKey          Resource = "key"
	OnMail         Resource = "mail"   // the SES identity and configuration set
	OnPhones       Resource = "phones" // phone numbers at SNS, and nothing else there
)

// Grant allows actions on one resource. What every function needs (its log group, its tracing, reading its own stream)
// is the stack's to add.
type Grant struct {
	On      Resource
	Actions []string
}

// Stream is an event source mapping on the table's stream.
type Stream struct {
	// Filters are patterns as AWS writes them; a record that matches one of them reaches the function.
	Filters       []string
	BatchSize     int
	RetryAttempts int
	// Parallel is how many batches of one shard run at the same time; order holds within a partition key.
	Parallel int
}

// MailEvent is a rule on what SES tells EventBridge of the mails that went out under the configuration set.
type MailEvent struct {
	Types []string // EventBridge's detail-types
}

// MailEventSource is whose events a MailEvent is about, and MailEventSet the tag that SES itself puts on a mail: which
// configuration set it went out under.
const (
	MailEventSource = "aws.ses"
	MailEventSet    = "ses:configuration-set"
)

// Schedule invokes a function at a rate, as "rate(1 minute)".
type Schedule struct {
	Rate  string
	Input string
}
