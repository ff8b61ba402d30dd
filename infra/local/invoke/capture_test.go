package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"mandate/functions/feedback"
	"mandate/infra/deployment"
	"mandate/infra/local/demo"
	"mandate/infra/local/gateway"
	"mandate/infra/local/mailevents"
	"mandate/infra/local/parts"
	"mandate/infra/local/parts/partstest"
	"mandate/infra/local/runner"
	"mandate/infra/local/stream"
	"mandate/infra/local/walk"
	"mandate/shared/directory"
	"mandate/shared/mail"
	"mandate/shared/mail/ses"
	"mandate/shared/otp"
	"mandate/shared/store"
	"mandate/shared/workflow"
)

// deadSession stands in the events where a session's token was.
const deadSession = "a-session-that-ended-long-ago"

// camera takes what triggers functions while a story is played on a service that runs.
type camera struct {
	*testing.T
	service *runner.Runner
	door    string // the API's base URL, with the camera between gateway and functions

	mu      sync.Mutex
	request []byte                                  // the last event of the gateway
	records map[string][]events.DynamoDBEventRecord // by the function that the stream brings them to
	tasks   map[string][]byte                       // by their names
	changed chan struct{}                           // closed and made anew when one of the above changes

	taken map[string]json.RawMessage // by the events' names
}

type object map[string]any

// take plays the story and answers the events by their names.
func take(t *testing.T, service *runner.Runner) map[string]json.RawMessage {
	c := &camera{
		T: t, service: service, records: make(map[string][]events.DynamoDBEventRecord), tasks: make(map[string][]byte),
		changed: make(chan struct{}), taken: make(map[string]json.RawMessage),
	}
	c.openDoor()
	c.watchStream()
	change := c.takeRequests()
	c.takeRecords()
	c.takeTasks(change)
	c.takeTicks()
	c.takeMailEvents()
	return c.taken
}

// saw changes what the camera has.
func (c *camera) saw(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	close(c.changed)
	c.changed = make(chan struct{})
}

// await returns when the camera has something.
func (c *camera) await(what string, has func() bool) {
	c.Helper()
	limit := time.After(walk.Patience)
	for {
		c.mu.Lock()
		there, changed := has(), c.changed
		c.mu.Unlock()
		if there {
			return
		}
		select {
		case <-changed:
		case <-limit:
			c.Fatalf("%s did not come", what)
		}
	}
}

func (c *camera) openDoor() {
	door, err := gateway.New(gateway.Config{
		Routes: runner.Routes(), Domain: "mandate.example.com", Log: slog.New(slog.DiscardHandler),
		Invoke: func(ctx context.Context, function string, payload []byte) ([]byte, error) {
			c.saw(func() { c.request = payload })
			return c.service.Functions.Invoke(ctx, function, payload)
		},
	})
	if err != nil {
		c.Fatal(err)
	}
	server := httptest.NewServer(door)
	c.Cleanup(server.Close)
	c.door = server.URL
}

// watchStream reads the table's stream beside the service, through the declared filters, and carries nothing.
func (c *camera) watchStream() {
	database := dynamodb.NewFromConfig(local, func(o *dynamodb.Options) { o.BaseEndpoint = &c.service.DynamoDB })
	table, err := database.DescribeTable(c.Context(), &dynamodb.DescribeTableInput{TableName: &c.service.Table})
	if err != nil {
		c.Fatal(err)
	}
	var mappings []stream.Mapping
	for _, function := range deployment.Functions() {
		if function.Stream != nil {
			mappings = append(mappings, stream.Mapping{Function: string(function.Name), Filters: function.Stream.Filters})
		}
	}
	poller, err := stream.New(stream.Config{
		Streams:   dynamodbstreams.NewFromConfig(local, func(o *dynamodbstreams.Options) { o.BaseEndpoint = &c.service.DynamoDB }),
		StreamARN: *table.Table.LatestStreamArn, Mappings: mappings, Log: slog.New(slog.DiscardHandler),
		Invoke: func(_ context.Context, function string, payload []byte) ([]byte, error) {
			var event events.DynamoDBEvent
			err := json.Unmarshal(payload, &event)
			c.saw(func() { c.records[function] = append(c.records[function], event.Records...) })
			return nil, err
		},
	})
	if err != nil {
		c.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.Context()))
	var polling sync.WaitGroup
	polling.Go(func() { poller.Run(ctx) })
	c.Cleanup(func() { cancel(); polling.Wait() })
}

// local is the configuration with which parts on this machine are called.
var local = aws.Config{Region: parts.DefaultRegion, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}

// takeRequests plays the story: somebody verifies a phone; the platform asks what its users may do; somebody forgot a
// password; somebody asks for a user, and somebody else approves.
func (c *camera) takeRequests() directory.ChangeRef {
	bank, shop := c.organisation("bc-connect"), c.organisation("billpro")
	client := func(r *http.Request) { r.SetBasicAuth(shop.Users[3].ClientID, shop.Users[3].ClientSecret) }

	c.verifyPhone()
	c.send("account.health", "GET /health", nil, nil)
	c.send("account.forgotPassword", "POST /v1/password/forgot", nil, object{"identifier": bank.Users[2].Identifier})
	c.send("console.getConsolePage", "GET /users", func(r *http.Request) { r.Header.Set("Accept", "text/html") }, nil)
	c.send("users.listUsers", "GET /v1/users?limit=2", client, nil)
	c.send("users.createUser", "POST /v1/users", client, object{
		"kind": "regular", "name": object{"first": "Nora", "last": "Field"}, "email": "nora@billpro.example.com",
		"accounts": shop.Accounts[:1], "roles": []string{"normal_user"},
	})
	c.send("changes.listChanges", "GET /v1/changes?state=propagating", client, nil)
	c.send("ledger.listOperations", "GET /v1/operations?limit=2", client, nil)
	c.send("reviews.accessMatrix", "GET /v1/reviews/access?limit=2", client, nil)
	c.send("organisations.listAccounts", "GET /v1/accounts", client, nil)
	c.send("access.evaluateAccess", "POST /access/v1/evaluation", client, object{
		"subject": object{"type": "user", "id": shop.Users[2].ID}, "action": object{"name": "orders:manage"},
		"resource": object{"type": "account", "id": shop.Accounts[0]},
	})

	ada, ben := c.signIn("account.signIn", bank.Users[0]), c.signIn("", bank.Users[1])
	c.send("account.getMe", "GET /v1/me", ada, nil)
	var asked struct{ Change struct{ ID, Digest string } }
	c.read(&asked, c.send("", "POST /v1/users", ada, object{
		"kind": "regular", "name": object{"first": "Nora", "last": "Field"}, "email": "nora@bc-connect.example.com",
		"phone": "+442079460900", "accounts": bank.Accounts[:1], "permissions": []string{"balances:view"},
	}))
	c.send("changes.approveChange", "POST /v1/changes/"+asked.Change.ID+"/approve", ben, object{
		"digest": asked.Change.Digest, "method": "totp", "code": c.code(otp.Period), // that of now let in already
	})
	return directory.ChangeRef{Organisation: directory.OrganisationID(bank.ID), ID: directory.ChangeID(asked.Change.ID)}
}

// verifyPhone has somebody invited whose phone is to be verified, and who follows the mailed link.
func (c *camera) verifyPhone() {
	shop, email := c.organisation("b2binpay"), "nora@b2binpay.example.com"
	c.send("", "POST /v1/users", c.signIn("", shop.Users[0]), object{
		"kind": "regular", "name": object{"first": "Nora", "last": "Field"}, "email": email, "phone": "+442079460901",
		"accounts": shop.Accounts[:1], "roles": []string{"enterpriseStaff"},
	})
	w := walk.At(c.door, c.service.Mailbox, 0).Walk(c.T)
	_, token := w.Link(w.Mail(email, "Confirm"))
	c.send("", "POST /v1/links/redeem", nil, object{"token": token, "password": walk.Password})
}

func (c *camera) organisation(preset string) demo.Organisation {
	for _, organisation := range c.service.Demo.Organisations {
		if organisation.Preset == preset {
			return organisation
		}
	}
	c.Fatalf("no demo organisation %s", preset)
	return demo.Organisation{}
}

// signIn answers how somebody's requests prove who sends them, and keeps the event of the password where it has a name.
func (c *camera) signIn(name string, user demo.User) func(*http.Request) {
	var answer struct {
		Challenge struct{ ID string }
		Session   struct{ Token string }
	}
	c.read(&answer, c.send(name, "POST /v1/sign-in", nil, object{"identifier": user.Identifier, "password": user.Password}))
	c.read(&answer, c.send("", "POST /v1/sign-in/challenge", nil, object{
		"challengeId": answer.Challenge.ID, "method": "totp", "code": c.code(0),
	}))
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+answer.Session.Token) }
}

// code is the one that demo users' apps will show after a while.
func (c *camera) code(after time.Duration) string {
	code, err := otp.Code(c.service.Demo.Operator.TOTPSecret, time.Now().Add(after))
	if err != nil {
		c.Fatal(err)
	}
	return code
}

// send sends a request through the door, and keeps its event where it has a name. It answers the body.
func (c *camera) send(name, route string, as func(*http.Request), body any) []byte {
	c.Helper()
	method, path, _ := strings.Cut(route, " ")
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			c.Fatal(err)
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(c.Context(), method, c.door+path, content)
	if err != nil {
		c.Fatal(err)
	}
	request.Host = "mandate.example.com"
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Accept-Encoding", "identity")
	request.Header.Set("User-Agent", "example/1.0")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost && name != "" {
		request.Header.Set("Idempotency-Key", name)
	}
	if as != nil {
		as(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusBadRequest {
		c.Fatalf("%s: %s, %v\n%s", route, response.Status, err, answer)
	}
	if name != "" {
		c.mu.Lock()
		event := c.request
		c.mu.Unlock()
		if token, ok := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer "); ok {
			event = bytes.ReplaceAll(event, []byte(token), []byte(deadSession))
		}
		c.taken[name] = event
	}
	return answer
}

func (c *camera) read(into any, answer []byte) {
	c.Helper()
	if err := json.Unmarshal(answer, into); err != nil {
		c.Fatalf("%v\n%s", err, answer)
	}
}

// takeRecords waits for what the story put into the outbox and into the operation log.
func (c *camera) takeRecords() {
	type item = map[string]events.DynamoDBAttributeValue
	for name, is := range map[string]func(item) bool{
		"outbox.startExecution": func(i item) bool { return has(i, "workflow", "change") && !has(i, "workflow", "taskToken") },
		"outbox.returnToken":    func(i item) bool { return has(i, "workflow", "taskToken") },
		"outbox.resetPassword":  func(i item) bool { return has(i, "reset", "sealedName") },
		"outbox.sealEntry":      func(i item) bool { return has(i, "actor", "user") && documentOf(i)["action"] == "createUser" },
		"mailer.mail":           func(i item) bool { return has(i, "mail", "sealedToken") },
		"mailer.text":           func(i item) bool { return has(i, "text", "sealedCode") },
	} {
		function, _, _ := strings.Cut(name, ".")
		var event events.DynamoDBEvent
		c.await(name, func() bool {
			for _, record := range c.records[function] {
				if is(record.Change.NewImage) {
					event.Records = []events.DynamoDBEventRecord{record}
				}
			}
			return event.Records != nil
		})
		c.taken[name] = json.RawMessage(*c.text(event))
	}
}

// documentOf is what an item says, beside its keys.
func documentOf(image map[string]events.DynamoDBAttributeValue) map[string]any {
	var document map[string]any
	if stored, ok := image[store.Document]; ok && json.Unmarshal([]byte(stored.String()), &document) != nil {
		return nil
	}
	return document
}

// has tells whether an item's document has a field inside another.
func has(image map[string]events.DynamoDBAttributeValue, name, inside string) bool {
	outer, _ := documentOf(image)[name].(map[string]any)
	_, ok := outer[inside]
	return ok
}

// takeTasks has the deployed state machine run once, with the camera in the workflow function's place.
func (c *camera) takeTasks(change directory.ChangeRef) {
	function := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		payload, err := io.ReadAll(r.Body)
		var task workflow.Task
		if err != nil || json.Unmarshal(payload, &task) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.saw(func() { c.tasks[task.Task] = payload })
		w.Write([]byte("{}"))
	}))
	c.Cleanup(function.Close)
	endpoint := partstest.StepFunctions(c.T, function.URL)
	machine := sfn.NewFromConfig(local, func(o *sfn.Options) { o.BaseEndpoint = &endpoint })
	input := workflow.Input{Organisation: change.Organisation, Change: change.ID}

	created, err := machine.CreateStateMachine(c.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("change"), Definition: aws.String(workflow.Definition(string(deployment.Workflow))),
		RoleArn: aws.String("arn:aws:iam::000000000000:role/local"),
	})
	if err != nil {
		c.Fatal(err)
	}
	if _, err := machine.StartExecution(c.Context(), &sfn.StartExecutionInput{
		StateMachineArn: created.StateMachineArn, Name: aws.String(string(change.ID)), Input: c.text(input),
	}); err != nil {
		c.Fatal(err)
	}
	c.await("the task "+workflow.TaskAwaitDecision, func() bool { return c.tasks[workflow.TaskAwaitDecision] != nil })
	var waiting workflow.Task
	c.read(&waiting, c.tasks[workflow.TaskAwaitDecision])
	if _, err := machine.SendTaskSuccess(c.Context(), &sfn.SendTaskSuccessInput{
		TaskToken: &waiting.Token,
		Output:    c.text(workflow.Outcome{Input: input, State: directory.StatePropagating, EffectiveAt: time.Now().UTC()}),
	}); err != nil {
		c.Fatal(err)
	}
	c.await("the task "+workflow.TaskApply, func() bool { return c.tasks[workflow.TaskApply] != nil })
	for name, payload := range c.tasks {
		c.taken[string(deployment.Workflow)+"."+name] = payload
	}
}

func (c *camera) text(value any) *string {
	text, err := json.Marshal(value)
	if err != nil {
		c.Fatal(err)
	}
	return aws.String(string(text))
}

// takeMailEvents sends mails to addresses of SES's mailbox simulator, through a door with the camera behind it.
func (c *camera) takeMailEvents() {
	var told []events.EventBridgeEvent
	handler, err := mailevents.New(mailevents.Options{
		Mailbox: c.service.Mailbox, Places: mailevents.Places{Region: parts.DefaultRegion, Account: parts.Account},
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Publish: func(event events.EventBridgeEvent) { told = append(told, event) },
	})
	if err != nil {
		c.Fatal(err)
	}
	door := httptest.NewServer(handler)
	c.Cleanup(door.Close)
	sender, err := ses.New(sesv2.NewFromConfig(local, func(o *sesv2.Options) { o.BaseEndpoint = &door.URL }),
		ses.Config{From: "Mandate <no-reply@example.com>", ConfigurationSet: "mandate"})
	if err != nil {
		c.Fatal(err)
	}
	bank := c.organisation("bc-connect")
	reader := directory.UserRef{Organisation: directory.OrganisationID(bank.ID), ID: directory.UserID(bank.Users[2].ID)}
	for name, outcome := range map[string]string{"delivery": "success", "bounce": "bounce", "complaint": "complaint"} {
		told = nil
		if _, err := sender.Send(c.Context(), mail.Rendered{
			Key: "out_" + name, Kind: mail.PasswordReset, To: outcome + "@simulator.amazonses.com", Subject: "Choose a new password",
			HTML: "<p>Hello</p>", Text: "Hello", Tags: feedback.Tags(reader, "lnk_00000000000000000000000001"),
		}); err != nil {
			c.Fatal(err)
		}
		c.taken[string(deployment.Feedback)+"."+name] = json.RawMessage(*c.text(told[len(told)-1]))
	}
}

func (c *camera) takeTicks() {
	for _, function := range deployment.Functions() {
		if function.Schedule != nil {
			c.taken[string(function.Name)+".tick"] = json.RawMessage(function.Schedule.Input)
		}
	}
}
