package functionstest

import (
	"net/http"
	"regexp"
	"slices"
	"testing"

	"mandate/infra/local/parts/sns"
)

// Texts is SNS, and what it caught.
type Texts struct {
	http.Handler
	// Messages are what was caught, in the order that it was sent.
	Messages func() []sns.Message
}

// To lists what was sent to a number, in the order that it was sent.
func (m Texts) To(number string) []sns.Message {
	return slices.DeleteFunc(m.Messages(), func(one sns.Message) bool { return one.To != number })
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// Code is that of the latest text to a number. Without one the test fails.
func (m Texts) Code(t testing.TB, number string) string {
	t.Helper()
	sent := m.To(number)
	if len(sent) == 0 {
		t.Fatalf("no text to %s", number)
	}
	code := sixDigits.FindString(sent[len(sent)-1].Text)
	if code == "" {
		t.Fatalf("no code in %q", sent[len(sent)-1].Text)
	}
	return code
}
