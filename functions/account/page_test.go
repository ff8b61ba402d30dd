package account

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mandate/shared/words"
)

// 8.1: the page that links lead to says the same in every language.
func TestTheLinkPageSpeaksEveryLanguage(t *testing.T) {
	t.Parallel()
	_, after, _ := strings.Cut(string(linkPage), "const texts = {\n")
	texts, _, found := strings.Cut(after, "\n};")
	if !found {
		t.Fatal("the page has no texts")
	}
	language := regexp.MustCompile(`(?m)^([a-z]{2}): \{`)
	key := regexp.MustCompile(`(?:\{|",)\s*([a-zA-Z]+): "`)
	value := regexp.MustCompile(`\{[a-z]+\}`)
	said, values := map[string][]string{}, map[string][]string{}
	starts := language.FindAllStringSubmatchIndex(texts, -1)
	for i, at := range starts {
		end := len(texts)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		tag, block := texts[at[2]:at[3]], texts[at[0]:end]
		for _, match := range key.FindAllStringSubmatch(block, -1) {
			said[tag] = append(said[tag], match[1])
		}
		values[tag] = value.FindAllString(block, -1)
		slices.Sort(values[tag])
	}
	for _, tag := range words.New().Languages() {
		if len(said[tag]) == 0 {
			t.Errorf("%s: says nothing", tag)
		}
		if diff := cmp.Diff(said[words.Default], said[tag]); diff != "" {
			t.Errorf("%s: %s", tag, diff)
		}
		if diff := cmp.Diff(values[words.Default], values[tag]); diff != "" {
			t.Errorf("%s: values: %s", tag, diff)
		}
	}
}
