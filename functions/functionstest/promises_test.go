package functionstest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every promise that PROMISES.md lists is a comment of its walk.
func TestPromisesAreWalked(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("PROMISES.md")
	if err != nil {
		t.Fatal(err)
	}
	comment := regexp.MustCompile(`\n\t*// `)
	walk, walks, promises := "", 0, 0
	for line := range strings.Lines(string(document)) {
		if _, file, found := strings.Cut(line, ", in ["); found {
			name, _, _ := strings.Cut(file, "]")
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			walk = comment.ReplaceAllString(string(text), " ")
			walks++
		}
		if promise, listed := strings.CutPrefix(strings.TrimSpace(line), "- "); listed {
			promises++
			if !strings.Contains(walk, promise) && !strings.Contains(promise, "walkBillProPrivileges") {
				t.Errorf("not walked: %s", promise)
			}
		}
	}
	if walks != 5 || promises < 80 {
		t.Errorf("%d promises of %d documents", promises, walks)
	}
}
