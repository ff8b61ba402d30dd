package mail

import (
	"fmt"
	"net/mail"
	"net/url"
	"reflect"
	"strings"
	"time"
)

// A Message asks for one mail to one person.
type Message struct {
	// Key tells this mail from every other, and is the same when it is asked for
	// again, so that a repetition can be recognised (4.8). Printable ASCII, at
	// most 200 characters.
	Key  string
	Kind Kind
	// Language is the reader's, a BCP 47 tag. The nearest language there is serves;
	// English where none is near.
	Language string
	// To is the reader's address alone (addr-spec, RFC 5322), without a name.
	To string
	// Name is how the reader is greeted; empty where it isn't known.
	Name string
	Data Data
}

// Data is what mails speak of. [Kind.Requires] says which fields a kind cannot
// lack; others are shown where the kind has words for them. There is no field
// for a secret, and none may carry one.
type Data struct {
	Organisation string // name of the organisation concerned
	AccountsAre  string // what its people call accounts, where the texts have it so: "wallets"; empty: accounts
	Actor        string // name of who did or asked for it
	Subject      string // name of what the act is done to: a user, an account, a role, an organisation
	Act          string // the administrative act, one of [Acts]
	Factor       string // what was done to the second factors, one of [Factors]
	Cause        string // why a change failed or was cancelled, one of [Causes]
	Reason       string // why, in the words of who decided
	Account      string // name of an account
	Credential   string // name or fingerprint of a certificate or credential, never its secret
	Level        int    // of identity checks
	SecondFactor bool   // whether the reader has to set one up
	Place        string // where an act came from: address, device, city
	ChangeID     string
	// Link is the absolute http or https address that the button opens.
	Link string
	// ValidFor is how long the link can be used from the time of sending;
	// ExpiresAt says the same as a point in time.
	ValidFor    time.Duration
	ExpiresAt   time.Time
	EffectiveAt time.Time // when a change takes effect, or did
	OccurredAt  time.Time
	// Changes is what a change changes, before and after.
	Changes []Line
	// People are names of users; MorePeople counts those beyond the ones named, where they were counted, and OtherPeople
	// tells that there are more, where they were not.
	People      []string
	MorePeople  int
	OtherPeople bool
}

// A Line is one field of a change, with its values before and after it. A field
// that had or will have no value has none here.
type Line struct {
	// Field is one of [Fields].
	Field string
	// Before and After hold names as people know them, one each for roles,
	// accounts and the like. Words of ours, such as a status, are translated.
	Before, After []string
}

// Rendered is a mail ready to be sent.
type Rendered struct {
	Key      string
	Kind     Kind
	Language string // BCP 47 tag of the language it is written in
	To       string
	Subject  string // one line, no control characters
	HTML     string
	Text     string
	// Tags are not shown: they go along with the mail, and come back with what is told of it afterwards. Rendering
	// sets none. Names and values are of letters, digits, _ and -, at most 256 each.
	Tags map[string]string
}

// A FieldError says that a message cannot be sent as it is, and why.
type FieldError struct {
	Kind  Kind
	Field string // name of the field of [Message] or [Data]
	Rule  string // what the field breaks: "is missing", "is not …"
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("mail: %s: %s %s", e.Kind, e.Field, e.Rule)
}

// Render writes the mail that m asks for. It answers a [FieldError] when m lacks
// a field that its kind requires, or one has a value that cannot be shown. The
// same message always renders the same, so an error will not pass by itself.
// Render is safe for concurrent use.
func Render(m Message) (Rendered, error) {
	c, err := loaded()
	if err != nil {
		return Rendered{}, err
	}
	if err := m.check(); err != nil {
		return Rendered{}, err
	}
	w := c.in(m.Language)
	w.accountsAre = m.Data.AccountsAre
	p, err := compose(m, w)
	if err != nil {
		return Rendered{}, err
	}
	var html, text strings.Builder
	if err := c.html.Execute(&html, p); err != nil {
		return Rendered{}, fmt.Errorf("mail: %s: %w", m.Kind, err)
	}
	if err := c.text.Execute(&text, p); err != nil {
		return Rendered{}, fmt.Errorf("mail: %s: %w", m.Kind, err)
	}
	return Rendered{
		Key: m.Key, Kind: m.Kind, Language: p.Language, To: m.To,
		Subject: p.Subject, HTML: html.String(), Text: text.String(),
	}, nil
}

// check holds the message against the rules that need no words.
func (m Message) check() error {
	refuse := func(field, rule string) error { return &FieldError{m.Kind, field, rule} }
	if _, ok := required[m.Kind]; !ok {
		return refuse("Kind", "is not a kind of mail")
	}
	if m.Key == "" {
		return refuse("Key", "is missing")
	}
	if len(m.Key) > 200 || strings.ContainsFunc(m.Key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return refuse("Key", "is not at most 200 printable ASCII characters")
	}
	if m.To == "" {
		return refuse("To", "is missing")
	}
	if a, err := mail.ParseAddress(m.To); err != nil || a.Address != m.To {
		return refuse("To", "is not an e-mail address alone")
	}
	data := reflect.ValueOf(m.Data)
	for _, field := range m.Kind.Requires() {
		if empty(data.FieldByName(field)) {
			return refuse(field, "is missing")
		}
	}
	if m.Data.Link != "" {
		u, err := url.Parse(m.Data.Link)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return refuse("Link", "is not an absolute http or https address")
		}
	}
	if m.Data.ValidFor < 0 || (m.Data.ValidFor > 0 && m.Data.ValidFor < time.Minute) {
		return refuse("ValidFor", "is not at least a minute")
	}
	if m.Data.MorePeople < 0 {
		return refuse("MorePeople", "is negative")
	}
	return nil
}

// empty tells whether a reader would see nothing there. A name of blanks and
// invisible characters is as missing as none.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return clean(v.String()) == ""
	case reflect.Slice:
		return v.Len() == 0
	}
	return v.IsZero()
}
