package mail

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed texts/*.json
var textFiles embed.FS

//go:embed layout
var layoutFiles embed.FS

// defaultLanguage is what a reader gets whose language has no file.
var defaultLanguage = language.English

// A catalogue holds the parsed texts and layouts. It does not change once loaded.
type catalogue struct {
	bundle  *i18n.Bundle
	tags    []language.Tag // default language first: it is what nothing matches
	matcher language.Matcher
	ids     map[language.Tag]map[string]bool
	html    *htmltemplate.Template
	text    *texttemplate.Template
}

var loaded = sync.OnceValues(func() (*catalogue, error) {
	html, err := htmltemplate.ParseFS(layoutFiles, "layout/layout.html.tmpl")
	if err != nil {
		return nil, err
	}
	text, err := texttemplate.ParseFS(layoutFiles, "layout/layout.txt.tmpl")
	if err != nil {
		return nil, err
	}
	c := &catalogue{
		bundle: i18n.NewBundle(defaultLanguage),
		tags:   []language.Tag{defaultLanguage},
		ids:    make(map[language.Tag]map[string]bool),
		html:   html,
		text:   text,
	}
	files, err := fs.Glob(textFiles, "texts/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		if err := c.add(name); err != nil {
			return nil, fmt.Errorf("mail: %s: %w", name, err)
		}
	}
	c.matcher = language.NewMatcher(c.tags)
	return c, nil
})

// add loads one language's file. The name is the BCP 47 tag.
func (c *catalogue) add(name string) error {
	tag, err := language.Parse(strings.TrimSuffix(path.Base(name), path.Ext(name)))
	if err != nil {
		return err
	}
	file, err := c.bundle.LoadMessageFileFS(textFiles, name)
	if err != nil {
		return err
	}
	ids := make(map[string]bool, len(file.Messages))
	for _, m := range file.Messages {
		ids[m.ID] = true
	}
	c.ids[tag] = ids
	if tag != defaultLanguage {
		c.tags = append(c.tags, tag)
	}
	return nil
}

// in answers the words for the wanted language: the nearest there is (fr-CA is
// served with fr), else the default. wanted is a BCP 47 tag or the value of an
// Accept-Language field (RFC 9110, section 12.5.4).
func (c *catalogue) in(wanted string) words {
	_, i := language.MatchStrings(c.matcher, wanted)
	tag := c.tags[i]
	return words{tag: tag, ids: c.ids[tag], localizer: i18n.NewLocalizer(c.bundle, tag.String())}
}

// list answers the names in a section of the texts, sorted: "acts" or "fields".
func list(section string) ([]string, error) {
	c, err := loaded()
	if err != nil {
		return nil, err
	}
	var names []string
	for id := range c.ids[defaultLanguage] {
		if name, ok := strings.CutPrefix(id, section+"."); ok && !strings.Contains(name, "@") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Acts answers the acts that mails can name in [Data].Act, sorted, so that a
// caller's test can hold its own against them.
func Acts() ([]string, error) { return list("acts") }

// Fields answers the names that mails can show in [Line].Field, sorted.
func Fields() ([]string, error) { return list("fields") }

// Factors answers what [Data].Factor can be, sorted.
func Factors() ([]string, error) { return list("factors") }

// Causes answers what [Data].Cause can be, sorted.
func Causes() ([]string, error) { return list("causes") }

// Languages answers the BCP 47 tags of the languages there are, the default first.
func Languages() ([]string, error) {
	c, err := loaded()
	if err != nil {
		return nil, err
	}
	tags := make([]string, len(c.tags))
	for i, t := range c.tags {
		tags[i] = t.String()
	}
	return tags, nil
}

// words are the texts of one language, as an organisation words them.
type words struct {
	tag         language.Tag
	ids         map[string]bool
	localizer   *i18n.Localizer
	accountsAre string
}

func (w words) has(id string) bool { return w.ids[id] }

// say answers the text with this id, its placeholders filled from data. A text
// that this language lacks is an error; the default language doesn't stand in,
// as a mail in two languages would be a defect that nobody reports.
//
// What speaks of accounts is there again for what else they are called, under its id with an @ and that name: "subject@wallets".
func (w words) say(id string, data any) (string, error) {
	if other := id + "@" + w.accountsAre; w.has(other) {
		id = other
	}
	return w.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data})
}

// count is say for a text with plural forms; it fills the placeholder Count.
func (w words) count(id string, n int) (string, error) {
	return w.localize(&i18n.LocalizeConfig{
		MessageID: id, PluralCount: n, TemplateData: struct{ Count int }{n},
	})
}

func (w words) localize(config *i18n.LocalizeConfig) (string, error) {
	text, err := w.localizer.Localize(config)
	if err != nil {
		return "", fmt.Errorf("mail: text %s in %s: %w", config.MessageID, w.tag, err)
	}
	return text, nil
}

// date writes a time to the minute, in UTC: mails are read in any zone, and
// forwarded (8.2).
func (w words) date(t time.Time) (string, error) {
	if t.IsZero() {
		return "", nil
	}
	t = t.UTC()
	month, err := w.say(fmt.Sprintf("months.%d", t.Month()), nil)
	if err != nil {
		return "", err
	}
	return w.say("date", struct {
		Day, Year, Hour, Minute int
		Month                   string
	}{t.Day(), t.Year(), t.Hour(), t.Minute(), month})
}

// duration writes a time span in whole days where it is at least two of them,
// else in hours, else in minutes: "14 days", "24 hours".
func (w words) duration(d time.Duration) (string, error) {
	const day = 24 * time.Hour
	switch {
	case d == 0:
		return "", nil
	case d >= 2*day && d%day == 0:
		return w.count("durations.days", int(d/day))
	case d >= time.Hour && d%time.Hour == 0:
		return w.count("durations.hours", int(d/time.Hour))
	case d >= time.Minute:
		return w.count("durations.minutes", int(d/time.Minute))
	}
	return "", errors.New("a validity under a minute cannot be written")
}
