package walk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"mandate/shared/mail/ses"
)

// Mail is one that was sent.
type Mail struct {
	Key     string // the same where the same mail came twice
	To      string
	Subject string
	Text    string
	HTML    string
}

// Mails lists those in the mailbox, oldest first, each key once. A persistent walk waits for a mailbox that is coming back.
func (w *Walk) Mails() []Mail {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), Patience)
	defer cancel()
	for {
		mails, err := w.mailbox()
		if err == nil {
			return mails
		}
		if !w.persistent || ctx.Err() != nil {
			w.Fatal(err)
		}
		pause(ctx, look)
	}
}

func (w *Walk) mailbox() ([]Mail, error) {
	request, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.Mailbox+"/store", nil)
	if err != nil {
		return nil, err
	}
	response, err := w.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var store struct {
		Emails []struct {
			Subject     string
			Destination struct{ To []string }
			Body        struct{ HTML, Text string }
			Headers     []struct{ Name, Value string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&store); err != nil {
		return nil, fmt.Errorf("the mailbox: %s: %w", response.Status, err)
	}
	var mails []Mail
	known := make(map[string]bool)
	for _, email := range store.Emails {
		one := Mail{Subject: email.Subject, Text: email.Body.Text, HTML: email.Body.HTML, To: strings.Join(email.Destination.To, ", ")}
		for _, header := range email.Headers {
			if header.Name == ses.KeyHeader {
				one.Key = header.Value
			}
		}
		if one.Key == "" {
			return nil, fmt.Errorf("a mail to %s without a key: %s", one.To, one.Subject)
		}
		if !known[one.Key] {
			known[one.Key] = true
			mails = append(mails, one)
		}
	}
	return mails, nil
}

// MailsTo lists those to an address whose subject begins with some words.
func (w *Walk) MailsTo(address, subject string) []Mail {
	w.Helper()
	return slices.DeleteFunc(w.Mails(), func(m Mail) bool { return m.To != address || !strings.HasPrefix(m.Subject, subject) })
}

// Mail waits for one, and answers the latest.
func (w *Walk) Mail(address, subject string) Mail {
	w.Helper()
	var found []Mail
	w.Until("a mail to "+address+": "+subject, func() bool {
		found = w.MailsTo(address, subject)
		return len(found) > 0
	})
	return found[len(found)-1]
}

// links are in mails with their token behind the #, where it stays in the browser.
var links = regexp.MustCompile(`(https?://\S+)#token=([\w-]+)`)

// Link is the address that the mail's link leads to, and the token that it carries.
func (w *Walk) Link(mail Mail) (page, token string) {
	w.Helper()
	found := links.FindStringSubmatch(mail.Text)
	if found == nil {
		w.Fatalf("no link in the mail to %s: %s", mail.To, mail.Subject)
	}
	return found[1], found[2]
}

// Inspects asks what a link is for.
func (w *Walk) Inspects(token string) Answer {
	w.Helper()
	return w.Do(http.MethodPost, "/v1/links/inspect", map[string]string{"token": token})
}

// Redeems uses a link.
func (w *Walk) Redeems(token, password string) Answer {
	w.Helper()
	return w.Do(http.MethodPost, "/v1/links/redeem", map[string]string{"token": token, "password": password})
}
