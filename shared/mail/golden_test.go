package mail_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mandate/shared/mail"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// 4.6: every mail, in every language, in HTML and text, reads as it was last
// looked at by a person.
func TestEveryMailIsAsItWasLastLookedAt(t *testing.T) {
	t.Parallel()
	languages, err := mail.Languages()
	if err != nil {
		t.Fatal(err)
	}
	expected := make(map[string]bool)
	for _, language := range languages {
		for name, message := range samples() {
			base := filepath.Join("testdata", "golden", language, name)
			for _, ext := range []string{".subject", ".txt", ".html"} {
				expected[base+ext] = true
			}
			t.Run(language+"/"+name, func(t *testing.T) {
				t.Parallel()
				message.Language = language
				got, err := mail.Render(message)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, base+".subject", got.Subject+"\n")
				golden(t, base+".txt", got.Text)
				golden(t, base+".html", got.HTML)
			})
		}
	}
	kept, err := filepath.Glob(filepath.Join("testdata", "golden", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range kept {
		if !expected[name] {
			t.Errorf("%s belongs to no sample", name)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; run with -update if it should (-want +got):\n%s", name, diff)
	}
}
