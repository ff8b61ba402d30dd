package mail

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"

	"golang.org/x/text/language"
)

// texts answers every text of a language by id, read without the catalogue. The
// plural forms of a text are one text, joined.
func texts(t *testing.T, tag string) map[string]string {
	t.Helper()
	file, err := textFiles.ReadFile(path.Join("texts", tag+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(file, &root); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	var collect func(prefix string, node map[string]any)
	collect = func(prefix string, node map[string]any) {
		for name, child := range node {
			switch child := child.(type) {
			case string:
				all[prefix+name] = child
			case map[string]any:
				if _, plural := child["other"]; plural {
					forms := slices.Sorted(maps.Values(stringsOf(t, prefix+name, child)))
					all[prefix+name] = strings.Join(forms, "\n")
					continue
				}
				collect(prefix+name+".", child)
			default:
				t.Errorf("%s: %s%s is neither a text nor a section", tag, prefix, name)
			}
		}
	}
	collect("", root)
	return all
}

func stringsOf(t *testing.T, id string, node map[string]any) map[string]string {
	t.Helper()
	forms := make(map[string]string, len(node))
	for form, text := range node {
		s, ok := text.(string)
		if !ok {
			t.Fatalf("%s: %s is not a text; is it a section with a name that go-i18n reserves?", id, form)
		}
		forms[form] = s
	}
	return forms
}

func tags(t *testing.T) []string {
	t.Helper()
	all, err := Languages()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// 8.1: a language's file is complete, and has nothing that no mail would say.
func TestEveryLanguageHasTheSameTexts(t *testing.T) {
	t.Parallel()
	reference := texts(t, defaultLanguage.String())
	for _, tag := range tags(t) {
		other := texts(t, tag)
		for id := range reference {
			if other[id] == "" {
				t.Errorf("%s lacks %s", tag, id)
			}
		}
		for id := range other {
			if reference[id] == "" {
				t.Errorf("%s has %s, which %s lacks", tag, id, defaultLanguage)
			}
		}
	}
}

// A mail is in the words of one system: what speaks of accounts does so in all of the words for them.
func TestEveryWordForAccountsIsInTheSameTexts(t *testing.T) {
	t.Parallel()
	all := texts(t, defaultLanguage.String())
	words := map[string]bool{}
	for id := range all {
		if _, word, other := strings.Cut(id, "@"); other {
			words[word] = true
		}
	}
	for id := range all {
		usual, _, other := strings.Cut(id, "@")
		for word := range words {
			if other && (all[usual] == "" || all[usual+"@"+word] == "") {
				t.Errorf("%s is there, and %s is not, or not of %s", id, usual, word)
			}
		}
	}
}

// A placeholder that one language lacks leaves its readers less informed.
func TestEveryLanguageNamesTheSamePlaceholders(t *testing.T) {
	t.Parallel()
	reference := texts(t, defaultLanguage.String())
	for _, tag := range tags(t) {
		for id, text := range texts(t, tag) {
			if strings.HasPrefix(id, "durations.") || id == "layout.more" {
				continue // "one day" counts without a number in some languages
			}
			want := slices.Sorted(maps.Keys(placeholders(t, id, reference[id]).all))
			got := slices.Sorted(maps.Keys(placeholders(t, id, text).all))
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s names %v, in %s %v", tag, id, got, defaultLanguage, want)
			}
		}
	}
}

// The plural forms that a language's grammar has (CLDR) are there.
func TestEveryCountCanBeSaid(t *testing.T) {
	t.Parallel()
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range tags(t) {
		w := c.in(tag)
		for _, id := range []string{"durations.days", "durations.hours", "durations.minutes", "layout.more"} {
			for _, n := range []int{0, 1, 2, 3, 5, 11, 14, 21, 24, 100, 1_000_000} {
				if _, err := w.count(id, n); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// A mail with a hole in it is never sent: what a kind's texts say without a
// condition, the kind requires.
func TestATextNeverSaysAFieldThatItsKindMayLack(t *testing.T) {
	t.Parallel()
	for _, tag := range tags(t) {
		for id, text := range texts(t, tag) {
			section, _, _ := strings.Cut(id, ".")
			kind := Kind(section)
			if _, ok := required[kind]; !ok {
				continue
			}
			if strings.HasPrefix(strings.TrimPrefix(id, section+"."), "paragraph") && isOnePlaceholder(text) {
				continue // a paragraph that is left out when it has nothing to say
			}
			for field := range placeholders(t, id, text).unconditional {
				if !kind.requires(field) {
					t.Errorf("%s: %s says %s, which %s doesn't require", tag, id, field, kind)
				}
			}
		}
	}
}

// An act is said with the name of what it is done to, and nothing else.
func TestAnActSaysItsSubjectAndNoMore(t *testing.T) {
	t.Parallel()
	for id, text := range texts(t, defaultLanguage.String()) {
		if !strings.HasPrefix(id, "acts.") {
			continue
		}
		if said := placeholders(t, id, text).all; len(said) != 1 || !said["Subject"] {
			t.Errorf("%s says %v", id, said)
		}
	}
	for kind := range required {
		if kind.requires("Act") && !kind.requires("Subject") {
			t.Errorf("%s requires an Act but not its Subject", kind)
		}
	}
}

func isOnePlaceholder(text string) bool {
	return strings.HasPrefix(text, "{{.") && strings.Index(text, "}}") == len(text)-2
}

// Each kind has the words that it needs, and paragraphs without a gap between
// their numbers, behind which they would go unsaid.
func TestEveryKindHasItsWords(t *testing.T) {
	t.Parallel()
	all := texts(t, defaultLanguage.String())
	for kind := range required {
		parts := []string{"subject", "preheader", "heading", "paragraph1", "small"}
		if kind.requires("Link") {
			parts = append(parts, "button")
		}
		for _, part := range parts {
			if all[string(kind)+"."+part] == "" {
				t.Errorf("%s lacks %s", kind, part)
			}
		}
		numbered := 0
		for id := range all {
			if strings.HasPrefix(id, string(kind)+".paragraph") && !strings.Contains(id, "@") {
				numbered++
			}
		}
		for i := 1; i <= numbered; i++ {
			if all[fmt.Sprintf("%s.paragraph%d", kind, i)] == "" {
				t.Errorf("%s has %d paragraphs, none of them number %d", kind, numbered, i)
			}
		}
	}
}

func TestEveryRequiredFieldExists(t *testing.T) {
	t.Parallel()
	for kind, fields := range required {
		for _, field := range fields {
			if _, ok := reflect.TypeFor[Data]().FieldByName(field); !ok {
				t.Errorf("%s requires %s, which Data doesn't have", kind, field)
			}
		}
	}
}

// French typography: a no-break space before high punctuation, inside
// guillemets, and the curly apostrophe.
func TestFrenchIsSetAsFrench(t *testing.T) {
	t.Parallel()
	wrong := regexp.MustCompile(`[^\x{00a0}] ?:( |$)|[^\x{202f}][;!?]|«[^\x{00a0}]|[^\x{00a0}]»|'`)
	// "de Acme" would have to be "d’Acme".
	elided := regexp.MustCompile(`(?i)(^|[ (])(de|que|le|la|ne|se|si) \{\{\.(Organisation|Actor|Subject|Act|Account|Credential|Factor)`)
	actions := regexp.MustCompile(`\{\{[^}]*\}\}`)
	for id, text := range texts(t, "fr") {
		if elided.MatchString(text) {
			t.Errorf("%s: the elision depends on what the placeholder becomes: %s", id, text)
		}
		if words := actions.ReplaceAllString(text, "x"); id != "layout.colon" && wrong.MatchString(words) {
			t.Errorf("%s: %q", id, words)
		}
	}
}

// 8.1: the nearest language there is, English where none is near.
func TestTheNearestLanguageServes(t *testing.T) {
	t.Parallel()
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	for wanted, want := range map[string]language.Tag{
		"en": language.English, "fr": language.French,
		"fr-CA": language.French, "FR": language.French, "fr_BE": language.French, "en-GB": language.English,
		"de": language.English, "ja-JP": language.English, "": language.English, "not a language": language.English,
		"de, fr;q=0.8, en;q=0.5": language.French,
	} {
		if got := c.in(wanted).tag; got != want {
			t.Errorf("%q is served with %s, want %s", wanted, got, want)
		}
	}
}

type fieldSets struct{ all, unconditional map[string]bool }

// placeholders finds the fields that a text names, and those that it names
// outside of any condition.
func placeholders(t *testing.T, id, text string) fieldSets {
	t.Helper()
	parsed, err := template.New(id).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	sets := fieldSets{make(map[string]bool), make(map[string]bool)}
	var walk func(node parse.Node, given map[string]bool)
	branch := func(b *parse.BranchNode, given map[string]bool) {
		held := maps.Clone(given)
		for _, command := range b.Pipe.Cmds {
			for _, argument := range command.Args {
				if field, ok := argument.(*parse.FieldNode); ok {
					held[field.Ident[0]] = true
					sets.all[field.Ident[0]] = true
				}
			}
		}
		walk(b.List, held)
		if b.ElseList != nil {
			walk(b.ElseList, given)
		}
	}
	walk = func(node parse.Node, given map[string]bool) {
		switch node := node.(type) {
		case *parse.ListNode:
			for _, child := range node.Nodes {
				walk(child, given)
			}
		case *parse.ActionNode:
			for _, command := range node.Pipe.Cmds {
				for _, argument := range command.Args {
					walk(argument, given)
				}
			}
		case *parse.FieldNode:
			sets.all[node.Ident[0]] = true
			if !given[node.Ident[0]] {
				sets.unconditional[node.Ident[0]] = true
			}
		case *parse.IfNode:
			branch(&node.BranchNode, given)
		case *parse.WithNode:
			branch(&node.BranchNode, given)
		}
	}
	walk(parsed.Root, map[string]bool{})
	return sets
}
