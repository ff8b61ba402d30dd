package functionstest

import (
	"context"
	"regexp"
	"slices"
	"sync"
	"testing"

	"mandate/shared/text"
)

// Texts keeps the text messages that would have been sent.
type Texts struct {
	mu   sync.Mutex
	sent []text.Rendered
	in   func() []text.Rendered // another place, in which they are instead
}

// Send keeps a text.
func (m *Texts) Send(_ context.Context, rendered text.Rendered) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, rendered)
	return nil
}

// All lists every text, in the order they were sent.
func (m *Texts) All() []text.Rendered {
	if m.in != nil {
		return m.in()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.sent)
}

// To lists what was sent to a number, in the order that it was sent.
func (m *Texts) To(number string) []text.Rendered {
	return slices.DeleteFunc(m.All(), func(r text.Rendered) bool { return r.To != number })
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// Code is that of the latest text to a number. Without one the test fails.
func (m *Texts) Code(t testing.TB, number string) string {
	t.Helper()
	sent := m.To(number)
	if len(sent) == 0 {
		t.Fatalf("no text to %s", number)
	}
	code := sixDigits.FindString(sent[len(sent)-1].Body)
	if code == "" {
		t.Fatalf("no code in %q", sent[len(sent)-1].Body)
	}
	return code
}
