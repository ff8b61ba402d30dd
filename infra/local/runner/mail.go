package runner

import (
	"encoding/json"
	"slices"

	"github.com/aws/aws-lambda-go/events"

	"mandate/infra/deployment"
	"mandate/infra/local/mailevents"
	"mandate/infra/local/parts"
)

// openMailDoor lets the functions' mails through to the mailbox, and tells what SES would tell of them.
func (r *Runner) openMailDoor() error {
	door, err := mailevents.New(mailevents.Options{
		Mailbox: r.Mailbox, Places: mailevents.Places{Region: region, Account: parts.Account},
		Now: r.now, Publish: r.publish, Log: r.log,
	})
	if err != nil {
		return err
	}
	r.mailDoor, err = r.serve(door)
	return err
}

// publish hands an event to the functions whose rule it matches, as EventBridge does.
func (r *Runner) publish(event events.EventBridgeEvent) {
	payload, err := json.Marshal(event)
	for _, function := range deployment.Functions() {
		if err == nil && function.MailEvent != nil && slices.Contains(function.MailEvent.Types, event.DetailType) {
			err = r.Functions.InvokeAsync(string(function.Name), payload)
		}
	}
	if err != nil {
		r.log.Error("an event was lost", "type", event.DetailType, "error", err)
	}
}
