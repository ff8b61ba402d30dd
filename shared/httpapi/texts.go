package httpapi

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"golang.org/x/text/language"
)

//go:embed texts/*.json
var textFiles embed.FS

// defaultLanguage is what a client gets that asks for none that there is.
const defaultLanguage = "en"

// words are a language's texts of problems.
type words struct {
	language string
	// Titles of problems, by code.
	Titles map[string]string `json:"titles"`
	// Details of problems, by code or by a name of their own, where whoever found them says none.
	Details map[string]string `json:"details"`
	// Rules that a field may break. {limit} stands for the rule's limit.
	Rules map[string]string `json:"rules"`
}

// texts are all languages there are. A new one is a file in texts/, named by its BCP 47 tag.
type texts struct {
	words   []words // the default first
	matcher language.Matcher
}

// loadTexts reads the embedded files. It panics where they are broken, which every test of a problem shows.
func loadTexts() *texts {
	files, err := textFiles.ReadDir("texts")
	if err != nil {
		panic(err)
	}
	all := make([]words, 1, len(files))
	for _, file := range files {
		text, err := textFiles.ReadFile(path.Join("texts", file.Name()))
		if err != nil {
			panic(err)
		}
		w := words{language: strings.TrimSuffix(file.Name(), ".json")}
		if err := json.Unmarshal(text, &w); err != nil {
			panic(fmt.Errorf("httpapi: %s: %w", file.Name(), err))
		}
		if w.language == defaultLanguage {
			all[0] = w
		} else {
			all = append(all, w)
		}
	}
	tags := make([]language.Tag, len(all))
	for i, w := range all {
		tags[i] = language.MustParse(w.language)
	}
	return &texts{words: all, matcher: language.NewMatcher(tags)}
}

// in answers the words of the nearest language to those wished for, best first.
func (t *texts) in(languages []string) words {
	_, index := language.MatchStrings(t.matcher, languages...)
	return t.words[index]
}

// rule is the text of a broken rule.
func (w words) rule(v violation) string {
	return strings.ReplaceAll(w.Rules[v.text], "{limit}", v.limit)
}
