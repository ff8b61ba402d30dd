package sns

import (
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	maxRequest = 64 << 10 // bytes
	maxText    = 1600     // characters that Publish takes for a phone, as AWS
	keptAtMost = 1000     // messages; the oldest go
)

// Message is a text that was caught.
type Message struct {
	To   string    `json:"to"` // E.164
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// SNS is an http.Handler that answers as Amazon SNS does. It may be used concurrently.
type SNS struct {
	now func() time.Time

	mu     sync.Mutex
	caught []Message
}

// New makes an SNS that has caught nothing, by this clock.
func New(now func() time.Time) *SNS { return &SNS{now: now} }

// Messages lists what was caught, oldest first; never nil.
func (s *SNS) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message{}, s.caught...)
}

// fault is an error of the API, by its code there.
type fault struct{ code, message string }

func (f fault) Error() string { return f.code + ": " + f.message }

type published struct {
	XMLName   xml.Name `xml:"http://sns.amazonaws.com/doc/2010-03-31/ PublishResponse"`
	MessageID string   `xml:"PublishResult>MessageId"`
	RequestID string   `xml:"ResponseMetadata>RequestId"`
}

type failed struct {
	XMLName   xml.Name `xml:"http://sns.amazonaws.com/doc/2010-03-31/ ErrorResponse"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

// ServeHTTP answers one call.
func (s *SNS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request := rand.Text()
	status, body := http.StatusOK, any(published{MessageID: rand.Text(), RequestID: request})
	if err := s.publish(w, r); err != nil {
		f := fault{"InvalidParameter", err.Error()}
		errors.As(err, &f)
		status, body = http.StatusBadRequest, failed{Type: "Sender", Code: f.code, Message: f.message, RequestID: request}
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	xml.NewEncoder(w).Encode(body)
}

// number is E.164.
var number = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

func (s *SNS) publish(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if err := r.ParseForm(); err != nil {
		return err
	}
	message := Message{To: r.PostForm.Get("PhoneNumber"), Text: r.PostForm.Get("Message"), At: s.now().UTC()}
	switch action := r.PostForm.Get("Action"); {
	case action != "Publish":
		return fault{"InvalidAction", fmt.Sprintf("%q is not answered here", action)}
	case r.PostForm.Has("TopicArn") || r.PostForm.Has("TargetArn"):
		return fault{"NotFound", "Topic does not exist"}
	case !number.MatchString(message.To):
		return fault{"InvalidParameter", "Invalid parameter: PhoneNumber"}
	case message.Text == "" || utf8.RuneCountInString(message.Text) > maxText:
		return fault{"InvalidParameter", "Invalid parameter: Message"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caught = append(s.caught, message)
	s.caught = slices.Delete(s.caught, 0, max(0, len(s.caught)-keptAtMost))
	return nil
}
