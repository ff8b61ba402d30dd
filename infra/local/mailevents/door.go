package mailevents

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Options say how a door is made. All are needed.
type Options struct {
	Mailbox string // base URL of the mailbox
	Places  Places
	Now     func() time.Time
	// Publish takes the events of a mail that the mailbox took.
	Publish func(events.EventBridgeEvent)
	Log     *slog.Logger
}

// path is that of SES's SendEmail.
const path = "/v2/email/outbound-emails"

// order is what SendEmail says, as far as events tell of it.
type order struct {
	From             string `json:"FromEmailAddress"`
	ConfigurationSet string `json:"ConfigurationSetName"`
	Destination      struct {
		To []string `json:"ToAddresses"`
	} `json:"Destination"`
	Content struct {
		Simple struct {
			Subject struct{ Data string } `json:"Subject"`
		} `json:"Simple"`
	} `json:"Content"`
	Tags []struct{ Name, Value string } `json:"EmailTags"`
}

// New makes the door to the mailbox: it hands every request on, and publishes the events of each mail that was taken.
func New(o Options) (http.Handler, error) {
	mailbox, err := url.Parse(o.Mailbox)
	if err != nil {
		return nil, err
	}
	through := httputil.NewSingleHostReverseProxy(mailbox)
	through.ErrorLog = slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != path {
			through.ServeHTTP(w, r)
			return
		}
		said, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(said)), int64(len(said))
		sending := *through
		sending.ModifyResponse = func(answer *http.Response) error { return o.taken(said, answer) }
		sending.ServeHTTP(w, r)
	}), nil
}

// taken publishes the events of a mail that the mailbox took, whose answer stays as it is.
func (o Options) taken(said []byte, answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return nil
	}
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(content))
	answer.Header.Set("Content-Length", strconv.Itoa(len(content)))
	answer.ContentLength = int64(len(content))

	var mail order
	var took struct{ MessageID string }
	if err := json.Unmarshal(said, &mail); err != nil {
		return err
	}
	if err := json.Unmarshal(content, &took); err != nil {
		return err
	}
	for _, to := range mail.Destination.To {
		sent := Sent{
			MessageID: took.MessageID, From: mail.From, To: to, Subject: mail.Content.Simple.Subject.Data,
			ConfigurationSet: mail.ConfigurationSet, Tags: make(map[string]string), At: o.Now(),
		}
		for _, tag := range mail.Tags {
			sent.Tags[tag.Name] = tag.Value
		}
		told, err := Of(sent, Outcome(to), o.Places)
		if err != nil {
			return err
		}
		for _, event := range told {
			o.Publish(event)
		}
	}
	return nil
}
