package mail_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"mandate/shared/mail"
)

func render(t *testing.T, m mail.Message) mail.Rendered {
	t.Helper()
	r, err := mail.Render(m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A mail with a hole in it is never sent: every required field, when it is
// missing or blank, is an error that names it.
func TestAMissingFieldIsAnErrorByName(t *testing.T) {
	t.Parallel()
	for _, kind := range mail.Kinds() {
		for _, field := range kind.Requires() {
			t.Run(string(kind)+"/"+field, func(t *testing.T) {
				t.Parallel()
				m := sample(kind)
				value := reflect.ValueOf(&m.Data).Elem().FieldByName(field)
				value.SetZero()
				refused(t, m, field)
				if value.Kind() == reflect.String {
					value.SetString(" \u202e\n")
					refused(t, m, field)
				}
			})
		}
	}
}

func refused(t *testing.T, m mail.Message, field string) {
	t.Helper()
	_, err := mail.Render(m)
	var e *mail.FieldError
	if !errors.As(err, &e) || e.Field != field || e.Kind != m.Kind {
		t.Errorf("want a refusal of %s, got %v", field, err)
	}
}

func TestWhatCannotBeShownIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, field string
		set         func(*mail.Message)
	}{
		{"no such kind", "Kind", func(m *mail.Message) { m.Kind = "userDeactivated" }},
		{"no key", "Key", func(m *mail.Message) { m.Key = "" }},
		{"a key with a line break", "Key", func(m *mail.Message) { m.Key = "mail_1\r\nBcc: eve@example.com" }},
		{"a key beyond ASCII", "Key", func(m *mail.Message) { m.Key = "mail_é" }},
		{"no address", "To", func(m *mail.Message) { m.To = "" }},
		{"an address with a name", "To", func(m *mail.Message) { m.To = "Ada <ada@example.com>" }},
		{"two addresses", "To", func(m *mail.Message) { m.To = "ada@example.com, eve@example.com" }},
		{"an address with a line break", "To", func(m *mail.Message) { m.To = "ada@example.com\r\nBcc: eve@example.com" }},
		{"a link that runs code", "Link", func(m *mail.Message) { m.Data.Link = "javascript:alert(1)" }},
		{"a link to nowhere", "Link", func(m *mail.Message) { m.Data.Link = "/changes/chg_1" }},
		{"a link of no host", "Link", func(m *mail.Message) { m.Data.Link = "https:///changes/chg_1" }},
		{"an act without words", "Act", func(m *mail.Message) { m.Data.Act = "mintMoney" }},
		{"a cause without words", "Cause", func(m *mail.Message) { m.Data.Cause = "whim" }},
		{"a factor without words", "Factor", func(m *mail.Message) { m.Data.Factor = "addMagic" }},
		{"a validity of seconds", "ValidFor", func(m *mail.Message) { m.Data.ValidFor = time.Second }},
		{"fewer than no people", "MorePeople", func(m *mail.Message) { m.Data.MorePeople = -1 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := sample(mail.ApprovalRequested)
			test.set(&m)
			refused(t, m, test.field)
		})
	}
}

// Invariant 5, 6.2: no field of a change that holds a secret has a name in the
// texts, so no mail can show one.
func TestASecretCannotBeShown(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"password", "secret", "token", "totpSecret", "recoveryCodes", "clientSecret"} {
		m := sample(mail.ApprovalRequested)
		m.Data.Changes = []mail.Line{{Field: field, After: []string{"correct horse battery staple"}}}
		refused(t, m, "Changes")
	}
}

// Names are other people's input. Whatever they hold, the mail keeps its form:
// a subject of one line, the same markup, no direction overrides.
func TestNoNameBreaksAMail(t *testing.T) {
	t.Parallel()
	hostile := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{
			"Ada\r\nBcc: eve@example.com", "Ada\nLovelace", "Ada\u2028Lovelace", "Ada\x00Lovelace", "\xff\xfe",
			"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "{{.Link}}", "<!--", "</title><h1>",
			"Ada \u202egnp.exe", "\u2067Ada", "\ufeff", "עדה", "آدا", strings.Repeat("long ", 500),
		}),
	)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(mail.Kinds()).Draw(t, "kind")
		m := sample(kind)
		m.Language = rapid.SampledFrom([]string{"en", "fr"}).Draw(t, "language")
		plain, err := mail.Render(m)
		if err != nil {
			t.Fatal(err)
		}
		// A letter in front keeps the name from being blank, which is refused.
		name := "A" + hostile.Draw(t, "name")
		for _, into := range []*string{
			&m.Name, &m.Data.Organisation, &m.Data.Actor, &m.Data.Subject, &m.Data.Account, &m.Data.Credential,
			&m.Data.Reason, &m.Data.Place,
		} {
			if *into != "" {
				*into = name
			}
		}
		for i := range m.Data.Changes {
			if len(m.Data.Changes[i].After) > 0 {
				m.Data.Changes[i].After = slices.Repeat([]string{name}, len(m.Data.Changes[i].After))
			}
		}
		for i := range m.Data.People {
			m.Data.People[i] = name
		}
		got, err := mail.Render(m)
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(got.Subject, unicode.IsControl); i >= 0 || len([]rune(got.Subject)) > 201 {
			t.Errorf("subject %q", got.Subject)
		}
		for _, mark := range []string{"<", ">"} {
			if strings.Count(got.HTML, mark) != strings.Count(plain.HTML, mark) {
				t.Errorf("the name changed the markup: %s", got.HTML)
			}
		}
		if strings.Count(got.Text, "\n") != strings.Count(plain.Text, "\n") {
			t.Errorf("the name changed the lines: %s", got.Text)
		}
		for _, part := range []string{got.Subject, got.HTML, got.Text} {
			if i := strings.IndexAny(part, "\u202a\u202b\u202d\u202e\u2066\u2067\u200e\u200f\u061c\ufeff\u2028\u2029\x00"); i >= 0 {
				t.Errorf("a hidden character at %d of %q", i, part)
			}
			if strings.Count(part, "\u2068") != strings.Count(part, "\u2069") {
				t.Errorf("an isolate is not closed in %q", part)
			}
		}
	})
}

// Whoever may invite a user can send anyone a mail with a name of their choice:
// such a name is not to become a link. In a table of changes values stand to the
// letter.
func TestANameIsNoLink(t *testing.T) {
	t.Parallel()
	m := sample(mail.Verification)
	m.Name = "You won! http://10.0.0.1 or www.ex.net"
	m.Data.Organisation = "prize.example.net"
	r := render(t, m)
	_, html, _ := strings.Cut(r.HTML, "<body")
	for _, body := range []string{html, r.Text} {
		for _, link := range []string{"http://10", "ex.net", "example.net"} {
			if strings.Contains(body, link) {
				t.Errorf("a reader would make a link of %s in %s", link, body)
			}
		}
	}
	if !strings.Contains(r.Subject, "prize.example.net") {
		t.Errorf("subject %q", r.Subject)
	}

	m = sample(mail.ApprovalRequested)
	m.Data.Changes = []mail.Line{{Field: "email", After: []string{"ada@prize.example.net"}}}
	if r := render(t, m); !strings.Contains(r.Text, "ada@prize.example.net") {
		t.Errorf("the value is not to the letter: %s", r.Text)
	}
}

// A right-to-left name stands isolated, and without tricks of its own.
func TestARightToLeftNameStandsIsolated(t *testing.T) {
	t.Parallel()
	m := sample(mail.ChangeEffective)
	m.Data.Subject = "\u202eעדה"
	if got, want := render(t, m).Subject, "Done: update the user \u2068עדה\u2069"; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
}

// 4.6: the button is a real link, and its address stands beside it in plain
// text, for those who see neither buttons nor HTML.
func TestEveryButtonHasItsAddressInPlainText(t *testing.T) {
	t.Parallel()
	for _, kind := range mail.Kinds() {
		m := sample(kind)
		if m.Data.Link == "" {
			continue
		}
		r := render(t, m)
		link := m.Data.Link
		if !strings.Contains(r.Text, "\n"+link+"\n") {
			t.Errorf("%s: the address is not on a line of its own in the text", kind)
		}
		if strings.Count(r.HTML, `href="`+link+`"`) != 2 || !strings.Contains(r.HTML, ">"+link+"</a>") {
			t.Errorf("%s: the HTML lacks the button or its address", kind)
		}
	}
}

// Accessible and self-contained: the language is declared, there is one main
// heading, and nothing is fetched when the mail is opened.
func TestTheLayoutIsAccessibleAndFetchesNothing(t *testing.T) {
	t.Parallel()
	for _, kind := range mail.Kinds() {
		m := sample(kind)
		m.Language = "fr-CA"
		html := render(t, m).HTML
		if !strings.Contains(html, `<html lang="fr" dir="ltr">`) || strings.Count(html, "<h1") != 1 {
			t.Errorf("%s: language or heading", kind)
		}
		for _, fetched := range []string{"<img", "<link", "src=", "url(", "@import", "<script"} {
			if strings.Contains(html, fetched) {
				t.Errorf("%s: %s", kind, fetched)
			}
		}
		if strings.Count(html, "<table") != strings.Count(html, `role="presentation"`)+strings.Count(html, `<table class="rule"`) {
			t.Errorf("%s: a layout table that is read out as one", kind)
		}
	}
}

// Nothing is lost in silence: what doesn't fit is counted.
func TestLongListsAreCounted(t *testing.T) {
	t.Parallel()
	m := sample(mail.AccountOpened)
	m.Data.People = slices.Repeat([]string{"Ada Lovelace"}, 25)
	m.Data.MorePeople = 100
	if text := render(t, m).Text; strings.Count(text, "- Ada Lovelace\n") != 20 || !strings.Contains(text, "- and 105 more\n") {
		t.Errorf("the list is\n%s", text)
	}
	m.Data.OtherPeople = true // and nobody counted them
	if text := render(t, m).Text; strings.Count(text, "- Ada Lovelace\n") != 20 || !strings.Contains(text, "- and others\n") {
		t.Errorf("the list is\n%s", text)
	}
	m = sample(mail.ApprovalRequested)
	m.Data.Changes = []mail.Line{{Field: "accounts", After: slices.Repeat([]string{"Settlement"}, 21)}}
	if text := render(t, m).Text; !strings.Contains(text, "Settlement · and one more\n") {
		t.Errorf("the table is\n%s", text)
	}
}

// A point in time is written in UTC whatever zone it came in, and validities
// as people say them.
func TestTimesAreWrittenAsInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	m := sample(mail.PasswordReset)
	m.Data.ExpiresAt = time.Date(2027, time.March, 1, 1, 7, 59, 0, time.FixedZone("", 2*60*60))
	for _, test := range []struct {
		language string
		validFor time.Duration
		want     string
	}{
		{"en", 24 * time.Hour, "valid for 24 hours, until 28 February 2027 at 23:07 UTC."},
		{"en", 14 * 24 * time.Hour, "valid for 14 days, until"},
		{"en", time.Hour, "valid for one hour, until"},
		{"en", 90 * time.Minute, "valid for 90 minutes, until"},
		{"fr", 24 * time.Hour, "valable 24\u00a0heures, jusqu’au 28\u00a0février 2027 à 23\u00a0h\u00a007 UTC."},
		{"fr", 14 * 24 * time.Hour, "valable 14\u00a0jours, jusqu’au"},
		{"fr", time.Minute, "valable 1\u00a0minute, jusqu’au"},
	} {
		m.Language, m.Data.ValidFor = test.language, test.validFor
		if text := render(t, m).Text; !strings.Contains(text, test.want) {
			t.Errorf("%s %s: want %q in\n%s", test.language, test.validFor, test.want, text)
		}
	}
	m.Language = "fr"
	m.Data.ExpiresAt = time.Date(2027, time.March, 1, 9, 0, 0, 0, time.UTC)
	if text := render(t, m).Text; !strings.Contains(text, "jusqu’au 1er\u00a0mars 2027 à 9\u00a0h\u00a000 UTC") {
		t.Errorf("the first of a month:\n%s", text)
	}
}

// A mail asked for again is the same mail (4.8), and rendering is safe from
// several goroutines.
func TestTheSameMessageRendersTheSame(t *testing.T) {
	t.Parallel()
	m := sample(mail.ApprovalRequested)
	want := render(t, m)
	got := make(chan mail.Rendered)
	for range 8 {
		go func() {
			r, err := mail.Render(m)
			if err != nil {
				t.Error(err)
			}
			got <- r
		}()
	}
	for range 8 {
		if r := <-got; !reflect.DeepEqual(r, want) {
			t.Errorf("got %+v", r)
		}
	}
}

// A caller can hold its own words against those that mails know.
func TestTheWordsThatMailsKnowCanBeListed(t *testing.T) {
	t.Parallel()
	for _, list := range []struct {
		of   func() ([]string, error)
		want string
	}{
		{mail.Acts, "deactivateUser"}, {mail.Fields, "paymentRule"}, {mail.Factors, "confirmTotp"},
		{mail.Causes, "conflict"}, {mail.Languages, "fr"},
	} {
		if names, err := list.of(); err != nil || !slices.Contains(names, list.want) {
			t.Errorf("%v (%v) lacks %s", names, err, list.want)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	m := sample(mail.ApprovalRequested)
	for b.Loop() {
		if _, err := mail.Render(m); err != nil {
			b.Fatal(err)
		}
	}
}
