package walk

import (
	"net/http"
	"regexp"
	"slices"
	"time"
)

// Text is a text message that was sent.
type Text struct {
	To   string // E.164
	Text string
	At   time.Time
}

// TextsTo lists those to a number, oldest first.
func (w *Walk) TextsTo(number string) []Text {
	w.Helper()
	caught := Read[struct{ Items []Text }](w.Do(http.MethodGet, "/local/messages", nil), http.StatusOK)
	return slices.DeleteFunc(caught.Items, func(t Text) bool { return t.To != number })
}

// Text waits until so many were sent to a number, and answers the latest.
func (w *Walk) Text(number string, count int) Text {
	w.Helper()
	var sent []Text
	w.Until("a text to "+number, func() bool {
		sent = w.TextsTo(number)
		return len(sent) >= count
	})
	return sent[len(sent)-1]
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// Code is the one that a text carries.
func (t Text) Code() string { return sixDigits.FindString(t.Text) }
