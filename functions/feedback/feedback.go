// Package feedback takes what SES tells of mails to the users that they went to: delivered, bounced, complained (4.6).
//
// Events come from the configuration set by way of EventBridge, at best in order and at times twice. What an event means
// for its user is package directory's; this package reads events, and says which tags let them be read. It sends nothing.
//
// An event is matched by the tags that the mail went out with. They name the user and the link by their ids, which open
// nothing; the header with the mail's key is no use here, since SES cuts headers that are too long.
package feedback

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"mandate/shared/directory"
)

// The tags of a mail.
const (
	organisationTag = "organisation"
	userTag         = "user"
	linkTag         = "link"
)

// Tags are what a mail goes out with, so that its events find whom it went to. Empty ids have none.
func Tags(user directory.UserRef, link directory.LinkID) map[string]string {
	tags := make(map[string]string, 3)
	for name, id := range map[string]string{
		organisationTag: string(user.Organisation), userTag: string(user.ID), linkTag: string(link),
	} {
		if id != "" {
			tags[name] = id
		}
	}
	return tags
}

// Handler is what EventBridge invokes.
type Handler func(context.Context, events.EventBridgeEvent) error

// New makes a handler.
func New(work *directory.Work, log *slog.Logger) Handler {
	return func(ctx context.Context, event events.EventBridgeEvent) error {
		feedback, err := read(event)
		if err != nil {
			return fmt.Errorf("event %s: %w", event.ID, err)
		}
		if feedback.User.Organisation == "" || feedback.User.ID == "" {
			log.WarnContext(ctx, "feedback on a mail of nobody", "event", event.ID, "type", event.DetailType)
			return nil
		}
		return work.Hear(ctx, feedback)
	}
}

// detail is what is read of an event's detail. The names are SES's.
type detail struct {
	Mail struct {
		Destination []string            `json:"destination"`
		Tags        map[string][]string `json:"tags"`
	} `json:"mail"`
	Delivery struct {
		Timestamp    time.Time `json:"timestamp"`
		SMTPResponse string    `json:"smtpResponse"`
	} `json:"delivery"`
	Bounce struct {
		Timestamp  time.Time `json:"timestamp"`
		Type       string    `json:"bounceType"`
		SubType    string    `json:"bounceSubType"`
		Recipients []struct {
			Status         string `json:"status"`
			DiagnosticCode string `json:"diagnosticCode"`
		} `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		Timestamp    time.Time `json:"timestamp"`
		FeedbackType string    `json:"complaintFeedbackType"`
		SubType      string    `json:"complaintSubType"`
	} `json:"complaint"`
}

// read takes the feedback from an event. Every mail has one recipient.
func read(event events.EventBridgeEvent) (directory.Feedback, error) {
	var told detail
	if err := json.Unmarshal(event.Detail, &told); err != nil {
		return directory.Feedback{}, err
	}
	tag := func(name string) string { return strings.Join(told.Mail.Tags[name], "") }
	feedback := directory.Feedback{
		User:    directory.UserRef{Organisation: directory.OrganisationID(tag(organisationTag)), ID: directory.UserID(tag(userTag))},
		Link:    directory.LinkID(tag(linkTag)),
		Address: strings.Join(told.Mail.Destination, ""),
	}
	switch event.DetailType {
	case "Email Delivered":
		feedback.Delivery = directory.Delivery{
			Status: directory.Delivered, At: told.Delivery.Timestamp, Detail: words(told.Delivery.SMTPResponse),
		}
	case "Email Bounced":
		bounce := told.Bounce
		why := []string{bounce.Type, bounce.SubType}
		for _, recipient := range bounce.Recipients {
			why = append(why, recipient.Status, recipient.DiagnosticCode)
		}
		feedback.Delivery = directory.Delivery{
			Status: directory.Bounced, Permanent: bounce.Type == "Permanent", At: bounce.Timestamp, Detail: words(why...),
		}
	case "Email Complaint Received":
		complaint := told.Complaint
		feedback.Delivery = directory.Delivery{
			Status: directory.Complained, At: complaint.Timestamp, Detail: words(complaint.FeedbackType, complaint.SubType),
		}
	default:
		return directory.Feedback{}, fmt.Errorf("unknown type %q", event.DetailType)
	}
	if feedback.At.IsZero() {
		return directory.Feedback{}, fmt.Errorf("%q without a time", event.DetailType)
	}
	return feedback, nil
}

// maxWords bounds what is kept of a foreign mail server's words, in bytes.
const maxWords = 300

// words joins what is there to a line that is safe to show.
func words(parts ...string) string {
	line := strings.Join(strings.Fields(strings.ToValidUTF8(strings.Join(parts, " "), "")), " ")
	if len(line) > maxWords {
		line = strings.ToValidUTF8(line[:maxWords], "")
	}
	return line
}
