package deployment

import (
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// The functions that answer no operation: with pages, and events.
const (
	Console  api.Function = "console"
	Outbox   api.Function = "outbox"
	Mailer   api.Function = "mailer"
	Feedback api.Function = "feedback"
	Workflow api.Function = "workflow"
	Sweep    api.Function = "sweep"
)

// DynamoDB actions, in the sets that functions need. A transaction asks for the rights of what is in it.
var (
	read  = []string{"dynamodb:GetItem", "dynamodb:BatchGetItem"}
	write = []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}
	query = []string{"dynamodb:Query"}
	// note is what those write who only read: that a session is in use, and that somebody was refused.
	note = []string{"dynamodb:UpdateItem", "dynamodb:PutItem"}
)

func actions(sets ...[]string) []string {
	var all []string
	for _, set := range sets {
		all = append(all, set...)
	}
	return all
}

const (
	httpTimeout = 10 * time.Second
	taskTimeout = 30 * time.Second
	memoryMB    = 256
)

// outboxFilter lets outbox items through by what their sort keys begin with: new ones, and those that the sweep sends round
// again; none that it puts aside.
func outboxFilter(prefixes string) string {
	return `{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"sk":{"S":[` + prefixes + `]}},` +
		`"NewImage":{"duePk":{"S":[{"prefix":"due#"}]}}}}`
}

// logFilter lets entries of the operation log through: new ones, and those that somebody altered.
const logFilter = `{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"log_"}]}}}}`

// Functions are all functions of the service.
func Functions() []Function {
	return []Function{
		{
			Name: api.Account, Purpose: "Signing in, links, passwords, second factors and one's own sessions.",
			Timeout: httpTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Key, ConsoleURL, Edge},
			Grants: []Grant{{OnTable, actions(read, write, query)}, {OnKey, []string{"kms:GenerateDataKey", "kms:Decrypt"}}},
		},
		{
			Name: api.Users, Purpose: "Users, the changes asked for them, and service requests.",
			Timeout: httpTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Key, ConsoleURL, Edge},
			Grants: []Grant{{OnTable, actions(read, write, query)}, {OnListIndex, query}, {OnKey, []string{"kms:GenerateDataKey", "kms:Decrypt"}}},
		},
		{
			Name: api.Changes, Purpose: "Confirming, approving, rejecting and cancelling changes.",
			Timeout: httpTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Key, ConsoleURL, Edge},
			Grants: []Grant{{OnTable, actions(read, write, query)}, {OnListIndex, query}, {OnKey, []string{"kms:GenerateDataKey", "kms:Decrypt"}}},
		},
		{
			Name: api.Organisations, Purpose: "Organisations, companies, accounts and settings.",
			Timeout: httpTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Key, Edge},
			Grants: []Grant{{OnTable, actions(read, write, query)}, {OnListIndex, query}, {OnKey, []string{"kms:GenerateDataKey", "kms:Decrypt"}}},
		},
		{
			Name: api.Access, Purpose: "Access evaluations: may this subject do this, now.",
			Timeout: httpTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Edge},
			Grants: []Grant{{OnTable, actions(read, note)}},
		},
		{
			Name: api.Ledger, Purpose: "The operation log: lists, histories, verification.",
			Timeout: httpTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Key, Edge},
			Grants: []Grant{{OnTable, actions(read, note, query)}, {OnListIndex, query}, {OnKey, []string{"kms:Decrypt"}}},
		},
		{
			Name: api.Reviews, Purpose: "Reviews of access: who can do what, conflicts of duties, who is not seen any more.",
			Timeout: httpTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Edge},
			Grants: []Grant{{OnTable, actions(read, note, query)}, {OnSeenIndex, query}},
		},
		{
			// It has no rights: what the console shows comes from the API, with the rights of who looks at it.
			Name: Console, Purpose: "The console's files.",
			Timeout: httpTimeout, MemoryMB: memoryMB, Pages: []string{"/", "/{page+}"},
		},
		{
			Name: Outbox, Purpose: "Starts executions, returns task tokens and begins password resets, from the outbox; seals the operation log.",
			Timeout: taskTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Key, StateMachine},
			Grants: []Grant{
				{OnTable, actions(read, write, query)},
				{OnStateMachine, []string{"states:StartExecution", "states:SendTaskSuccess"}},
				{OnKey, []string{"kms:GenerateDataKey", "kms:Decrypt"}},
			},
			Stream: &Stream{Filters: []string{outboxFilter(`{"prefix":"workflow#"},{"prefix":"reset#"}`), logFilter}, BatchSize: 25, RetryAttempts: 20, Parallel: 4},
		},
		{
			Name: Mailer, Purpose: "Sends the mails of the outbox through SES, and its texts through SNS.",
			Timeout: taskTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Key, Sender, ConfigurationSet, ConsoleURL},
			Grants: []Grant{
				{OnTable, actions(read, write)},
				{OnListIndex, query},
				{OnKey, []string{"kms:Decrypt"}},
				{OnMail, []string{"ses:SendEmail"}},
				{OnPhones, []string{"sns:Publish"}},
			},
			Stream: &Stream{Filters: []string{outboxFilter(`{"prefix":"mail#"},{"prefix":"text#"}`)}, BatchSize: 10, RetryAttempts: 20, Parallel: 4},
		},
		{
			Name: Feedback, Purpose: "Marks what SES tells of mails on the links and users that they went to.",
			Timeout: taskTimeout, MemoryMB: memoryMB, Environment: []Variable{Table},
			Grants:    []Grant{{OnTable, []string{"dynamodb:BatchGetItem", "dynamodb:PutItem"}}},
			MailEvent: &MailEvent{Types: []string{"Email Delivered", "Email Bounced", "Email Complaint Received"}},
		},
		{
			Name: Workflow, Purpose: "The tasks of a change's execution: await the decision, apply.",
			Timeout: taskTimeout, MemoryMB: memoryMB, Environment: []Variable{Table, Key},
			Grants: []Grant{{OnTable, actions(read, write)}, {OnKey, []string{"kms:GenerateDataKey", "kms:Decrypt"}}},
			Task:   true,
		},
		{
			Name: Sweep, Purpose: "Expires what is due and sends the outbox's stragglers round again.",
			Timeout: time.Minute, MemoryMB: memoryMB, Environment: []Variable{Table, Key},
			Grants:   []Grant{{OnTable, actions(read, write)}, {OnDueIndex, query}, {OnKey, []string{"kms:GenerateDataKey", "kms:Decrypt"}}},
			Schedule: &Schedule{Rate: "rate(1 minute)", Input: `{}`},
			Logs: []LogAlarm{{
				Metric: "OutboxItemsPutAside", Message: directory.AsideMessage,
				What:  "Outbox items failed again and again, or cannot be read, and wait for a person: mails that were not sent, executions that did not go on.",
				First: `read the logs of mailer and outbox for "outbox item not carried", mend the reason, and invoke sweep with {"recall":true}.`,
			}},
		},
	}
}
