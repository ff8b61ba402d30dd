package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"mandate/infra/deployment"
	"mandate/infra/local/lambda"
	"mandate/infra/local/runner"
	"mandate/shared/workflow"
)

var update = flag.Bool("update", false, "take the events anew")

const (
	root   = "../../.."
	folder = root + "/events"
)

// Every event of events/ is answered as it should be by a service that has the demo users and nothing else, and is as
// the service itself sends it today.
func TestEvents(t *testing.T) {
	t.Parallel()
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	service, err := start(context.Background(), runner.Options{Root: absolute, Leisure: time.Minute}, "account", &log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		service.Close() // all that was logged has been written
		if said := log.String(); !*update && (!strings.Contains(said, `"operation":"getMe"`) || strings.Contains(said, `"operation":"approveChange"`)) {
			t.Errorf("the log should have the lines of one function:\n%s", said)
		}
	})
	if *update {
		write(t, take(t, service))
		return
	}
	kept := read(t)
	t.Run("answers", func(t *testing.T) {
		for name, event := range kept {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				answer, told := answers[name]
				if !told {
					t.Fatal("nothing is said of what it should be answered with")
				}
				function, _, _ := strings.Cut(name, ".")
				response, err := service.Functions.Invoke(t.Context(), function, event)
				answer(t, response, err)
			})
		}
	})
	taken := take(t, service)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(taken)), slices.Sorted(maps.Keys(kept))); diff != "" {
		t.Errorf("-taken +kept\n%s", diff)
	}
	for name, event := range taken {
		if kept[name] == nil {
			continue
		}
		if diff := cmp.Diff(shape(t, event), shape(t, kept[name])); diff != "" {
			t.Errorf("%s: the service (-) speaks otherwise than the file (+); -update takes it anew\n%s", name, diff)
		}
	}
}

// answers say what comes of each event.
var answers = map[string]func(*testing.T, []byte, error){
	"account.health":         answered(http.StatusOK, `{"status":"ok"}`),
	"account.signIn":         answered(http.StatusOK, `"challenge":{"id":"mch_`, `"totp"`),
	"account.forgotPassword": answered(http.StatusAccepted),
	// A session's token is dead in every event: the fitting answer is that one should sign in.
	"account.getMe":              answered(http.StatusUnauthorized, `"/problems/unauthenticated"`),
	"changes.approveChange":      answered(http.StatusUnauthorized, `"/problems/unauthenticated"`),
	"console.getConsolePage":     answered(http.StatusOK, "<!doctype html>"),
	"changes.listChanges":        answered(http.StatusOK, `{"items":[]}`),
	"users.listUsers":            answered(http.StatusOK, `"email":"ada@billpro.example.com"`, `"next":"`),
	"users.createUser":           answered(http.StatusCreated, `"email":"nora@billpro.example.com"`, `"status":"active"`),
	"organisations.listAccounts": answered(http.StatusOK, `"name":"Operating"`, `"name":"Payroll"`, `"name":"Reserve"`),
	"ledger.listOperations":      answered(http.StatusOK, `{"items":[`),
	"reviews.accessMatrix":       answered(http.StatusOK, `"permission":"orders:manage","scope":"all"`),
	"access.evaluateAccess":      answered(http.StatusOK, `"decision":true`),
	// What is not in the outbox was carried before: nothing is to be done, and nothing has failed.
	"outbox.startExecution": carried,
	"outbox.returnToken":    carried,
	"outbox.resetPassword":  carried,
	"mailer.mail":           carried,
	"mailer.text":           carried,
	// An entry is sealed as the stream saw it, and the same one not twice.
	"outbox.sealEntry": carried,
	// No change comes of a task: the one that it names must be there.
	"workflow.awaitDecision": failed("There is no such change."),
	"workflow.apply":         failed("There is no such change."),
	"sweep.tick":             swept,
	// Of a mail to nobody nothing is kept.
	"feedback.delivery":  heard,
	"feedback.bounce":    heard,
	"feedback.complaint": heard,
}

func answered(status int, contains ...string) func(*testing.T, []byte, error) {
	return func(t *testing.T, response []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		var answer events.APIGatewayV2HTTPResponse
		strictly(t, response, &answer)
		if answer.StatusCode != status {
			t.Errorf("status %d, want %d\n%s", answer.StatusCode, status, answer.Body)
		}
		page := strings.HasPrefix(answer.Headers["Content-Type"], "text/html")
		if answer.Body != "" && !page && !json.Valid([]byte(answer.Body)) {
			t.Errorf("the body is not JSON: %s", answer.Body)
		}
		for _, part := range contains {
			if !strings.Contains(answer.Body, part) {
				t.Errorf("the body has no %s\n%s", part, answer.Body)
			}
		}
	}
}

func carried(t *testing.T, response []byte, err error) {
	if err != nil {
		t.Fatal(err)
	}
	var answer events.DynamoDBEventResponse
	strictly(t, response, &answer)
	if len(answer.BatchItemFailures) > 0 {
		t.Errorf("items failed: %s", response)
	}
}

func heard(t *testing.T, response []byte, err error) {
	if err != nil || string(response) != "null" {
		t.Errorf("%s, %v", response, err)
	}
}

func failed(message string) func(*testing.T, []byte, error) {
	return func(t *testing.T, response []byte, err error) {
		var failed *lambda.FunctionError
		if !errors.As(err, &failed) || !strings.Contains(failed.Message, message) {
			t.Errorf("%s, %v; want the failure %q", response, err, message)
		}
	}
}

func swept(t *testing.T, response []byte, err error) {
	if err != nil {
		t.Fatal(err)
	}
	var counts map[string]int
	strictly(t, response, &counts)
	for what, count := range counts {
		if count != 0 {
			t.Errorf("%s: %d, and nothing had fallen due", what, count)
		}
	}
}

// Every function has an event, and every event is one of its trigger's: nothing in it is lost on aws-lambda-go's types
// and package workflow's, and a request's is of the route of the operation that it is named by.
func TestEventsAreOfDeclaredTriggers(t *testing.T) {
	t.Parallel()
	kept := read(t)
	for _, function := range deployment.Functions() {
		prefix := string(function.Name) + "."
		own := slices.DeleteFunc(slices.Collect(maps.Keys(kept)), func(name string) bool { return !strings.HasPrefix(name, prefix) })
		if len(own) == 0 {
			t.Errorf("function %s has no event", function.Name)
		}
		for _, name := range own {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				event, what := kept[name], strings.TrimPrefix(name, prefix)
				switch {
				case function.Stream != nil:
					roundTrip(t, event, new(events.DynamoDBEvent))
				case function.MailEvent != nil:
					var mail events.EventBridgeEvent
					roundTrip(t, event, &mail)
					if mail.Source != deployment.MailEventSource || !slices.Contains(function.MailEvent.Types, mail.DetailType) {
						t.Errorf("%s %s does not start it", mail.Source, mail.DetailType)
					}
				case function.Task:
					var task workflow.Task
					roundTrip(t, event, &task)
					if task.Task != what {
						t.Errorf("it is the task %s", task.Task)
					}
				case function.Schedule != nil:
					if diff := cmp.Diff(shape(t, json.RawMessage(function.Schedule.Input)), shape(t, event)); diff != "" {
						t.Errorf("-declared +kept\n%s", diff)
					}
				default:
					var request events.APIGatewayV2HTTPRequest
					roundTrip(t, event, &request)
					if !slices.ContainsFunc(deployment.Routes(), func(r deployment.Route) bool {
						return r.Name == what && r.Function == function.Name && r.Key() == request.RouteKey
					}) {
						t.Errorf("%s is no route of operation %s of function %s", request.RouteKey, what, function.Name)
					}
				}
			})
		}
	}
}

// Nothing in the events opens anything, but what everybody may know of the demo.
func TestEventsHaveNoSessions(t *testing.T) {
	t.Parallel()
	for name, event := range read(t) {
		for _, prefix := range []string{"mst_", "mch_", "mln_"} {
			if bytes.Contains(event, []byte(prefix)) {
				t.Errorf("%s has a ticket %s…", name, prefix)
			}
		}
	}
}

func read(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	kept := make(map[string]json.RawMessage, len(files))
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kept[strings.TrimSuffix(filepath.Base(file), ".json")] = content
	}
	return kept
}

func write(t *testing.T, taken map[string]json.RawMessage) {
	t.Helper()
	for name, event := range taken {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, event, "", "  "); err != nil {
			t.Fatal(err)
		}
		pretty.WriteByte('\n')
		if err := os.WriteFile(filepath.Join(folder, name+".json"), pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func strictly(t *testing.T, document []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Errorf("%T: %v\n%s", into, err, document)
	}
}

// roundTrip decodes a document and sees that all that was in it is in what it encodes to.
func roundTrip(t *testing.T, document []byte, into any) {
	t.Helper()
	strictly(t, document, into)
	encoded, err := json.Marshal(into)
	if err != nil {
		t.Fatal(err)
	}
	var before, after any
	strictly(t, document, &before)
	strictly(t, encoded, &after)
	if lost := lost("", before, after); lost != "" {
		t.Errorf("%T does not hold %s", into, lost)
	}
}

// lost names what is in one tree and not, or otherwise, in another.
func lost(at string, before, after any) string {
	switch before := before.(type) {
	case map[string]any:
		after, _ := after.(map[string]any)
		for name, value := range before {
			if path := lost(at+"."+name, value, after[name]); path != "" {
				return path
			}
		}
		return ""
	case []any:
		after, _ := after.([]any)
		if len(after) != len(before) {
			return at
		}
		for i, value := range before {
			if path := lost(fmt.Sprintf("%s[%d]", at, i), value, after[i]); path != "" {
				return path
			}
		}
		return ""
	}
	if !reflect.DeepEqual(before, after) {
		return at
	}
	return ""
}

// shape is a document without its values: paths with the types of what is there.
func shape(t *testing.T, document json.RawMessage) []string {
	t.Helper()
	var tree any
	if err := json.Unmarshal(document, &tree); err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	paths := make(map[string]bool)
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch value := value.(type) {
		case map[string]any:
			paths[at+" object"] = true
			for name, inner := range value {
				walk(at+"."+name, inner)
			}
		case []any:
			paths[at+" list"] = true
			for _, inner := range value {
				walk(at+"[]", inner)
			}
		case string:
			// A document in a document: a request's body.
			if at == ".body" && json.Valid([]byte(value)) {
				var inner any
				if json.Unmarshal([]byte(value), &inner) == nil {
					walk(at, inner)
				}
				return
			}
			paths[at+" string"] = true
		default:
			paths[fmt.Sprintf("%s %T", at, value)] = true
		}
	}
	walk("", tree)
	return slices.Sorted(maps.Keys(paths))
}
