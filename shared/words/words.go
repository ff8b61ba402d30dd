package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"mandate/shared/fault"
)

//go:embed texts/*.json
var files embed.FS

// Default is the language that the source is written in, and what those read who ask for none that there is.
const Default = "en"

// Words are those of a language.
type Words struct {
	Language string `json:"-"`
	// Titles of problems, by code.
	Titles map[string]string `json:"titles"`
	// Details of problems, by code or by a name of their own, where whoever found them says none.
	Details map[string]string `json:"details"`
	// Rules that a field may break. {limit} stands for the rule's limit.
	Rules map[string]string `json:"rules"`
	// Values of details that are told in words, by code: see [fault.Word].
	Values map[string]string `json:"values"`
	// Texts by the English that the source has. The default language needs none.
	Texts map[string]string `json:"texts"`
}

// Say tells a text of the source, with its values.
func (w *Words) Say(text string, values ...any) string {
	if translated, ok := w.Texts[text]; ok {
		text = translated
	}
	if slices.ContainsFunc(values, isWord) {
		values = slices.Clone(values)
		for i, value := range values {
			if word, ok := value.(fault.Word); ok {
				values[i] = w.value(word)
			}
		}
	}
	return fault.Format(text, values...)
}

func isWord(value any) bool {
	_, ok := value.(fault.Word)
	return ok
}

// value is the word of a code; the code where it has none.
func (w *Words) value(code fault.Word) string {
	if word, ok := w.Values[string(code)]; ok {
		return word
	}
	return string(code)
}

// Rule tells a rule with its limit.
func (w *Words) Rule(code, limit string) string {
	return strings.ReplaceAll(w.Rules[code], "{limit}", limit)
}

// Catalogue is all languages there are.
type Catalogue struct {
	tags    []string // the default first
	words   []func() *Words
	matcher func() language.Matcher
}

// New finds the languages, and reads none yet. It panics where the embedded files are broken, then or when they are read.
func New() *Catalogue {
	entries, err := files.ReadDir("texts")
	if err != nil {
		panic(err)
	}
	c := &Catalogue{tags: []string{Default}}
	for _, entry := range entries {
		if tag := strings.TrimSuffix(entry.Name(), ".json"); tag != Default {
			c.tags = append(c.tags, tag)
		}
	}
	for _, tag := range c.tags {
		c.words = append(c.words, sync.OnceValue(func() *Words { return read(tag) }))
	}
	c.matcher = sync.OnceValue(func() language.Matcher {
		known := make([]language.Tag, len(c.tags))
		for i, tag := range c.tags {
			known[i] = language.MustParse(tag)
		}
		return language.NewMatcher(known)
	})
	return c
}

func read(tag string) *Words {
	text, err := files.ReadFile(path.Join("texts", tag+".json"))
	if err != nil {
		panic(err)
	}
	w := &Words{Language: tag}
	if err := json.Unmarshal(text, w); err != nil {
		panic(fmt.Errorf("words: %s: %w", tag, err))
	}
	return w
}

// Languages are the BCP 47 tags of the languages there are, the default first.
func (c *Catalogue) Languages() []string { return slices.Clone(c.tags) }

// In answers the words of a language by its tag; the default's where there is no such language.
func (c *Catalogue) In(tag string) *Words { return c.words[max(slices.Index(c.tags, tag), 0)]() }

// Nearest is the tag of the language that is nearest to those wished for, best first; none where no wish is near any.
func (c *Catalogue) Nearest(wishes []language.Tag) (tag string, ok bool) {
	if len(wishes) == 0 {
		return "", false
	}
	_, index, confidence := c.matcher().Match(wishes...)
	return c.tags[index], confidence != language.No
}
