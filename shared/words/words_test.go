package words_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"

	"mandate/shared/fault"
	"mandate/shared/words"
)

// 8.1: whatever is said in English is said in every language, with the same values, and nothing else is.
func TestEveryLanguageSaysWhatTheSourceSays(t *testing.T) {
	t.Parallel()
	source := readSource(t)
	catalogue := words.New()
	for _, tag := range catalogue.Languages() {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			w := catalogue.In(tag)
			if diff := cmp.Diff(sorted(source.values), sorted(w.Values)); diff != "" {
				t.Errorf("values: %s", diff)
			}
			if tag == words.Default {
				if len(w.Texts) > 0 {
					t.Error("the default language is what the source says")
				}
				return
			}
			for text, where := range source.texts {
				translation, ok := w.Texts[text]
				if !ok || strings.TrimSpace(translation) == "" {
					t.Errorf("%s: no translation of %q", where, text)
				} else if diff := cmp.Diff(verbs(text), verbs(translation)); diff != "" {
					t.Errorf("%s: %q has other values than %q: %s", where, translation, text, diff)
				}
			}
			for text := range w.Texts {
				if source.texts[text] == "" {
					t.Errorf("nothing says %q any more", text)
				}
			}
		})
	}
}

func TestATextIsSaidWithItsValues(t *testing.T) {
	t.Parallel()
	catalogue := words.New()
	for name, test := range map[string]struct {
		tag, text string
		values    []any
		want      string
	}{
		"English":                      {"en", "A name has at most %d characters.", []any{100}, "A name has at most 100 characters."},
		"French":                       {"fr", "A name has at most %d characters.", []any{100}, "Un nom compte au plus 100 caractères."},
		"a status in words":            {"fr", "The user is %s.", []any{fault.Word("inactive")}, "L’utilisateur est dans l’état\u00a0: inactif."},
		"in the default's too":         {"en", "The user is %s.", []any{fault.Word("phoneNotVerified")}, "The user is waiting for the phone number to be verified."},
		"a status that there is not":   {"fr", "The user is %s.", []any{fault.Word("frozen")}, "L’utilisateur est dans l’état\u00a0: frozen."},
		"a value that only looks like": {"fr", "The user is %s.", []any{"inactive"}, "L’utilisateur est dans l’état\u00a0: inactive."},
		"a text that nobody knows":     {"fr", "100% of it.", nil, "100% of it."},
		"a language that there is not": {"xx", "There is no such user.", nil, "There is no such user."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := catalogue.In(test.tag).Say(test.text, test.values...); got != test.want {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestTheNearestLanguage(t *testing.T) {
	t.Parallel()
	catalogue := words.New()
	for wishes, want := range map[string]string{"fr-CA": "fr", "en-GB": "en", "de,fr;q=0.1": "fr", "de": "", "": ""} {
		tags, _, err := language.ParseAcceptLanguage(wishes)
		if err != nil {
			t.Fatal(err)
		}
		tag, ok := catalogue.Nearest(tags)
		if ok != (want != "") || ok && tag != want {
			t.Errorf("%q: %q %v", wishes, tag, ok)
		}
	}
}
