package functionstest

import (
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"mandate/functions/faulttest"
	"mandate/infra/local/mailevents"
	"mandate/shared/mail"
)

// Feedback are the events that SES would send of a mail, had it gone to that address of its mailbox simulator.
func (w *World) Feedback(t testing.TB, sent mail.Rendered, outcome string) []events.EventBridgeEvent {
	t.Helper()
	all, err := mailevents.Of(mailevents.Sent{
		MessageID: sent.Key, From: "Mandate <no-reply@example.com>", To: sent.To, Subject: sent.Subject,
		ConfigurationSet: "mandate", Tags: sent.Tags, At: w.Now(),
	}, outcome, mailevents.Places{Region: "eu-west-1", Account: "000000000000"})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Hear brings events to the function that hears them.
func (w *World) Hear(t testing.TB, told ...events.EventBridgeEvent) {
	t.Helper()
	for _, event := range told {
		if err := w.tryHear(event); err != nil {
			t.Fatalf("%s: %v", event.DetailType, err)
		}
	}
}

func (w *World) tryHear(event events.EventBridgeEvent) error {
	process := faulttest.Process(w.t.Context())
	err := w.hears(process, event)
	if faulttest.Dead(process) {
		err = faulttest.ErrDead
	}
	return err
}
