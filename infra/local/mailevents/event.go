package mailevents

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// The types of events, as EventBridge has them.
const (
	Delivered  = "Email Delivered"
	Bounced    = "Email Bounced"
	Complained = "Email Complaint Received"
)

// Sent is a mail that SES took.
type Sent struct {
	MessageID        string
	From             string // with or without a name
	To               string
	Subject          string
	ConfigurationSet string
	Tags             map[string]string
	At               time.Time
}

// Places are where events come from.
type Places struct{ Region, Account string }

type object = map[string]any

// simulator is the domain of SES's mailbox simulator.
const simulator = "simulator.amazonses.com"

// outcomes are the events of a mail to each of the simulator's addresses.
var outcomes = map[string][]func(Sent, time.Time) (string, string, object){
	"success":         {delivery},
	"bounce":          {bounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown")},
	"suppressionlist": {bounce("Permanent", "Suppressed", "5.1.1", "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.")},
	"complaint":       {delivery, complaint},
	"ooto":            {delivery, bounce("Transient", "General", "4.0.0", "smtp; 250 out of the office")},
}

// Outcome is how a mail to an address ends: by the name that the mailbox simulator has for it.
func Outcome(address string) string {
	if local, domain, _ := strings.Cut(address, "@"); strings.EqualFold(domain, simulator) {
		name, _, _ := strings.Cut(strings.ToLower(local), "+")
		if _, is := outcomes[name]; is {
			return name
		}
	}
	return "success"
}

// Of are the events of a mail that ends so, in their order.
func Of(sent Sent, outcome string, places Places) ([]events.EventBridgeEvent, error) {
	var all []events.EventBridgeEvent
	for i, way := range outcomes[outcome] {
		// Milliseconds apart, so that one is later than the other.
		kind, name, what := way(sent, sent.At.Add(time.Duration(i+1)*time.Millisecond))
		event, err := envelope(sent, places, kind, name, what)
		if err != nil {
			return nil, err
		}
		all = append(all, event)
	}
	return all, nil
}

// The ways answer the event's type, the name of its kind within SES, and what is told.
func delivery(sent Sent, at time.Time) (string, string, object) {
	return Delivered, "Delivery", object{
		"timestamp": moment(at), "processingTimeMillis": at.Sub(sent.At).Milliseconds(), "recipients": []string{sent.To},
		"smtpResponse": "250 ok", "reportingMTA": "mta.example.com",
	}
}

func bounce(kind, subKind, status, diagnostic string) func(Sent, time.Time) (string, string, object) {
	return func(sent Sent, at time.Time) (string, string, object) {
		return Bounced, "Bounce", object{
			"feedbackId": random(16), "bounceType": kind, "bounceSubType": subKind, "timestamp": moment(at),
			"bouncedRecipients": []object{{
				"emailAddress": sent.To, "action": "failed", "status": status, "diagnosticCode": diagnostic,
			}},
			"reportingMTA": "dns; mta.example.com",
		}
	}
}

func complaint(sent Sent, at time.Time) (string, string, object) {
	return Complained, "Complaint", object{
		"feedbackId": random(16), "complaintSubType": nil, "complainedRecipients": []object{{"emailAddress": sent.To}},
		"timestamp": moment(at), "userAgent": "Amazon SES Mailbox Simulator", "complaintFeedbackType": "abuse",
		"arrivalDate": moment(at),
	}
}

func envelope(sent Sent, places Places, kind, name string, what object) (events.EventBridgeEvent, error) {
	from := sent.From
	if parsed, err := mail.ParseAddress(from); err == nil {
		from = parsed.Address
	}
	_, domain, _ := strings.Cut(from, "@")
	arn := func(resource string) string {
		return fmt.Sprintf("arn:aws:ses:%s:%s:%s", places.Region, places.Account, resource)
	}
	tags := map[string][]string{
		"ses:operation": {"SendEmail"}, "ses:configuration-set": {sent.ConfigurationSet},
		"ses:from-domain": {domain}, "ses:source-ip": {"127.0.0.1"}, "ses:caller-identity": {"mailer"},
	}
	for name, value := range sent.Tags {
		tags[name] = []string{value}
	}
	detail, err := json.Marshal(object{
		"eventType": name,
		"mail": object{
			"timestamp": moment(sent.At), "source": sent.From, "sourceArn": arn("identity/" + domain),
			"sendingAccountId": places.Account, "messageId": sent.MessageID, "destination": []string{sent.To},
			"headersTruncated": false,
			"headers":          []object{{"name": "From", "value": sent.From}, {"name": "To", "value": sent.To}, {"name": "Subject", "value": sent.Subject}},
			"commonHeaders": object{
				"from": []string{sent.From}, "to": []string{sent.To}, "messageId": sent.MessageID, "subject": sent.Subject,
			},
			"tags": tags,
		},
		strings.ToLower(name): what,
	})
	return events.EventBridgeEvent{
		Version: "0", ID: uuid(), DetailType: kind, Source: "aws.ses", AccountID: places.Account,
		Time: sent.At.UTC().Truncate(time.Second), Region: places.Region,
		Resources: []string{arn("configuration-set/" + sent.ConfigurationSet)}, Detail: detail,
	}, err
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

// uuid is in the form of EventBridge's ids.
func uuid() string {
	text := random(16)
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}
