package mail

import (
	"fmt"
	"strconv"
)

// MaxListed is how many names a list or a cell shows before it counts the rest.
const MaxListed = 20

// A page is what both layouts show, in the reader's language and ready to be
// escaped. The layouts decide nothing but where things stand.
type page struct {
	Language   string
	Subject    string
	Preheader  string
	Heading    string
	Greeting   string
	Paragraphs []string
	Rows       []row
	WithBefore bool // some row had a value before
	People     []string
	Link       string
	Button     string
	Small      string
	ChangeID   string

	words words
}

// A row is a [Line] in words.
type row struct {
	Field         string
	Before, After []string
}

// Word answers a text of the layout itself.
func (p *page) Word(name string) (string, error) { return p.words.say("layout."+name, p) }

// A view is what the texts' placeholders can name. Every text is a cleaned and
// quoted string; those that the message lacks are empty.
type view struct {
	Name, Organisation, Actor, Subject, Reason, Account, Credential, Place string
	Level                                                                  string

	Act, Factor, Cause                           string
	ValidFor, ExpiresAt, EffectiveAt, OccurredAt string
	SecondFactor                                 bool
}

func compose(m Message, w words) (*page, error) {
	v, err := see(m, w)
	if err != nil {
		return nil, err
	}
	p := &page{
		Language: w.tag.String(),
		Link:     m.Data.Link,
		ChangeID: clean(m.Data.ChangeID),
		words:    w,
	}
	text := func(part string) (string, error) { return w.say(string(m.Kind)+"."+part, v) }

	for part, into := range map[string]*string{
		"subject": &p.Subject, "preheader": &p.Preheader, "heading": &p.Heading, "small": &p.Small,
	} {
		if *into, err = text(part); err != nil {
			return nil, err
		}
	}
	p.Subject = headerLine(p.Subject)
	if p.Greeting, err = w.say("layout.greeting", v); err != nil {
		return nil, err
	}
	for i := 1; w.has(fmt.Sprintf("%s.paragraph%d", m.Kind, i)); i++ {
		paragraph, err := text(fmt.Sprintf("paragraph%d", i))
		if err != nil {
			return nil, err
		}
		// A paragraph that is all condition may have nothing to say.
		if paragraph != "" {
			p.Paragraphs = append(p.Paragraphs, paragraph)
		}
	}
	if m.Kind.requires("Link") {
		if p.Button, err = text("button"); err != nil {
			return nil, err
		}
	}
	for _, line := range m.Data.Changes {
		r, err := rowOf(m.Kind, line, w)
		if err != nil {
			return nil, err
		}
		p.WithBefore = p.WithBefore || len(r.Before) > 0
		p.Rows = append(p.Rows, r)
	}
	var people []string
	for _, name := range m.Data.People {
		if name = quote(clean(name)); name != "" {
			people = append(people, name)
		}
	}
	if !m.Data.OtherPeople {
		p.People, err = abridge(people, m.Data.MorePeople, w)
		return p, err
	}
	others, err := w.say("layout.others", nil)
	p.People = append(people[:min(len(people), MaxListed)], others)
	return p, err
}

// see writes the message's data in words.
func see(m Message, w words) (view, error) {
	d := m.Data
	v := view{
		Name:         quote(clean(m.Name)),
		Organisation: quote(clean(d.Organisation)),
		Actor:        quote(clean(d.Actor)),
		Subject:      quote(clean(d.Subject)),
		Reason:       quote(clean(d.Reason)),
		Account:      quote(clean(d.Account)),
		Credential:   quote(clean(d.Credential)),
		Place:        quote(clean(d.Place)),
		Level:        strconv.Itoa(d.Level),
		SecondFactor: d.SecondFactor,
	}
	for _, word := range []struct {
		into                 *string
		field, section, name string
	}{
		{&v.Act, "Act", "acts", d.Act},
		{&v.Factor, "Factor", "factors", d.Factor},
		{&v.Cause, "Cause", "causes", d.Cause},
	} {
		if word.name == "" {
			continue
		}
		id := word.section + "." + word.name
		if !w.has(id) {
			return view{}, &FieldError{m.Kind, word.field, fmt.Sprintf("%q is not in the texts", word.name)}
		}
		text, err := w.say(id, v)
		if err != nil {
			return view{}, err
		}
		*word.into = text
	}
	var err error
	if v.ValidFor, err = w.duration(d.ValidFor); err != nil {
		return view{}, err
	}
	if v.ExpiresAt, err = w.date(d.ExpiresAt); err != nil {
		return view{}, err
	}
	if v.EffectiveAt, err = w.date(d.EffectiveAt); err != nil {
		return view{}, err
	}
	v.OccurredAt, err = w.date(d.OccurredAt)
	return v, err
}

// rowOf writes a line in words. A field that the texts don't know is refused:
// an approver must not meet a name out of the code, nor a mail show a field that
// nobody decided to show.
func rowOf(k Kind, l Line, w words) (row, error) {
	id := "fields." + l.Field
	if !w.has(id) {
		return row{}, &FieldError{k, "Changes", fmt.Sprintf("names the field %q, which is not in the texts", l.Field)}
	}
	name, err := w.say(id, nil)
	if err != nil {
		return row{}, err
	}
	before, err := values(l.Field, l.Before, w)
	if err != nil {
		return row{}, err
	}
	after, err := values(l.Field, l.After, w)
	return row{name, before, after}, err
}

// values translates those of our own words, and leaves people's as they are:
// unlike names in sentences they are shown to the letter, since they are what
// the approver answers for (3.3).
func values(field string, given []string, w words) ([]string, error) {
	var shown []string
	for _, value := range given {
		value = clean(value)
		if id := "values." + field + "." + value; w.has(id) {
			var err error
			if value, err = w.say(id, nil); err != nil {
				return nil, err
			}
		}
		if value != "" {
			shown = append(shown, isolate(value))
		}
	}
	return abridge(shown, 0, w)
}

// abridge shortens a list to what can be read, and counts the rest.
func abridge(names []string, more int, w words) ([]string, error) {
	if len(names) > MaxListed {
		more += len(names) - MaxListed
		names = names[:MaxListed]
	}
	if more == 0 {
		return names, nil
	}
	rest, err := w.count("layout.more", more)
	return append(names[:len(names):len(names)], rest), err
}
