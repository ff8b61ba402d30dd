package functionstest

import (
	"context"
	"regexp"
	"slices"
	"sync"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/mail"
)

// Mails keeps what would have been sent.
type Mails struct {
	mu   sync.Mutex
	sent []mail.Rendered
	in   func() []mail.Rendered // another mailbox, in which they are instead
}

// Send keeps a mail.
func (m *Mails) Send(_ context.Context, rendered mail.Rendered) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, rendered)
	return rendered.Key, nil
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
