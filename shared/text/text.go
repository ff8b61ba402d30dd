package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/language"
)

// Kind says what a text is about.
type Kind string

// PhoneCode carries the code that proves whose the phone is (1.11).
const PhoneCode Kind = "phoneCode"

// placeholders that the words of a kind have.
var placeholders = map[Kind][]string{
	PhoneCode: {"{code}", "{organisation}", "{minutes}"},
}

// Message asks for one text to one phone.
type Message struct {
	Kind Kind
	// Language is the reader's, a BCP 47 tag. The nearest language there is serves; English where none is near.
	Language     string
	To           string // E.164
	Organisation string // its name; of a long one the beginning
	Code         string
	ValidFor     time.Duration // of the code, in whole minutes
}

// Rendered is a text ready to be sent.
type Rendered struct {
	Kind     Kind
	Language string // BCP 47 tag of the language it is written in
	To       string // E.164
	Body     string
}

// Render writes a text. Its error names what the message lacks: a text with a hole in it is never sent.
func Render(m Message) (Rendered, error) {
	all, err := loaded()
	if err != nil {
		return Rendered{}, err
	}
	values := map[string]string{
		"{code}": m.Code, "{organisation}": oneLine(m.Organisation), "{minutes}": strconv.Itoa(int(m.ValidFor / time.Minute)),
	}
	needed, known := placeholders[m.Kind]
	switch {
	case !known:
		return Rendered{}, fmt.Errorf("text: %q is no kind of text", m.Kind)
	case !strings.HasPrefix(m.To, "+"):
		return Rendered{}, fmt.Errorf("text: %s: the number is missing", m.Kind)
	}
	tag, words := all.in(m.Language)
	body := words[m.Kind]
	for _, placeholder := range needed {
		value := values[placeholder]
		if value == "" || value == "0" {
			return Rendered{}, fmt.Errorf("text: %s: %s is missing", m.Kind, placeholder)
		}
		body = strings.ReplaceAll(body, placeholder, value)
	}
	return Rendered{Kind: m.Kind, Language: tag, To: m.To, Body: body}, nil
}

// longestName keeps a text in one message.
const longestName = 40

// oneLine makes of a name, which is other people's input, what can neither break the line nor add a sentence.
func oneLine(name string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r), r == '{', r == '}':
			return -1
		}
		return r
	}, name)
	runes := []rune(strings.Join(strings.Fields(visible), " "))
	return strings.TrimSpace(string(runes[:min(len(runes), longestName)]))
}

//go:embed texts/*.json
var files embed.FS

// defaultLanguage is a reader's whose own has no file.
const defaultLanguage = "en"

// catalogue has the words of all languages. It does not change once loaded.
type catalogue struct {
	tags    []string // the default first
	words   []map[Kind]string
	matcher language.Matcher
}

var loaded = sync.OnceValues(func() (*catalogue, error) {
	all := &catalogue{tags: []string{defaultLanguage}, words: []map[Kind]string{nil}}
	found, err := files.ReadDir("texts")
	if err != nil {
		return nil, err
	}
	for _, file := range found {
		content, err := files.ReadFile(path.Join("texts", file.Name()))
		if err != nil {
			return nil, err
		}
		var words map[Kind]string
		if err := json.Unmarshal(content, &words); err != nil {
			return nil, fmt.Errorf("text: %s: %w", file.Name(), err)
		}
		if tag := strings.TrimSuffix(file.Name(), ".json"); tag != defaultLanguage {
			all.tags, all.words = append(all.tags, tag), append(all.words, words)
		} else {
			all.words[0] = words
		}
	}
	tags := make([]language.Tag, len(all.tags))
	for i, tag := range all.tags {
		if tags[i], err = language.Parse(tag); err != nil {
			return nil, fmt.Errorf("text: texts/%s.json: %w", tag, err)
		}
	}
	all.matcher = language.NewMatcher(tags)
	return all, nil
})

// in answers the words of the nearest language.
func (c *catalogue) in(wanted string) (string, map[Kind]string) {
	_, i := language.MatchStrings(c.matcher, wanted)
	return c.tags[i], c.words[i]
}
