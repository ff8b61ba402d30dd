package functionstest

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"testing"

	"mandate/functions/mailer"
	"mandate/shared/directory"
	"mandate/shared/mail"
	"mandate/shared/mail/ses"
)

// Mails is SES as far as it takes mails, and what it took.
type Mails struct {
	mu      sync.Mutex
	written map[string]mail.Rendered // by key, before they are on their way
	sent    []mail.Rendered
	tape    *Tape
	in      func() []mail.Rendered // another mailbox, in which they are instead
}

// writing notes mails on their way to SES: not all of a mail goes there.
type writing struct {
	mails  *Mails
	sender mailer.Sender
}

func (s writing) Send(ctx context.Context, rendered mail.Rendered) (string, error) {
	s.mails.mu.Lock()
	if s.mails.written == nil {
		s.mails.written = map[string]mail.Rendered{}
	}
	s.mails.written[rendered.Key] = rendered
	s.mails.mu.Unlock()
	return s.sender.Send(ctx, rendered)
}

// ServeHTTP takes a mail: SendEmail is the one operation that is answered.
func (m *Mails) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	var mail struct {
		Content struct {
			Simple struct {
				Headers []struct{ Name, Value string }
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&mail); err != nil {
		refuse(to, "BadRequestException")
		return
	}
	for _, header := range mail.Content.Simple.Headers {
		if header.Name == ses.KeyHeader {
			m.mu.Lock()
			defer m.mu.Unlock()
			rendered := m.written[header.Value]
			m.sent = append(m.sent, rendered)
			m.tape.keep("mail "+string(rendered.Kind)+" to "+rendered.To, rendered)
			answerJSON(to, http.StatusOK, map[string]string{"MessageId": header.Value})
			return
		}
	}
	refuse(to, "BadRequestException")
}

// All lists every mail, in the order they were sent.
func (m *Mails) All() []mail.Rendered {
	if m.in != nil {
		return m.in()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sent)
}

// To lists what was sent to an address.
func (m *Mails) To(address string) []mail.Rendered {
	return slices.DeleteFunc(m.All(), func(r mail.Rendered) bool { return r.To != address })
}

// Kinds lists the kinds of what was sent to an address.
func (m *Mails) Kinds(address string) []directory.MailKind {
	var kinds []directory.MailKind
	for _, rendered := range m.To(address) {
		kinds = append(kinds, directory.MailKind(rendered.Kind))
	}
	return kinds
}

// Last is the latest mail of a kind to an address. Without one the test fails.
func (m *Mails) Last(t testing.TB, address string, kind directory.MailKind) mail.Rendered {
	t.Helper()
	for _, rendered := range slices.Backward(m.To(address)) {
		if directory.MailKind(rendered.Kind) == kind {
			return rendered
		}
	}
	t.Fatalf("no mail %s to %s, only %v", kind, address, m.Kinds(address))
	return mail.Rendered{}
}

var linkToken = regexp.MustCompile(`https?://\S+/link#token=([\w-]+)`)

// Token is that of the link in the latest mail of a kind to an address.
func (m *Mails) Token(t testing.TB, address string, kind directory.MailKind) string {
	t.Helper()
	found := linkToken.FindStringSubmatch(m.Last(t, address, kind).Text)
	if found == nil {
		t.Fatalf("the mail %s to %s has no link", kind, address)
	}
	return found[1]
}
