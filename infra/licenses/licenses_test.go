package licenses

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Whatever a deployed function links may be shipped.
func TestFunctionsLinkOnlyWhatMayBeShipped(t *testing.T) {
	t.Parallel()
	modules, err := Linked(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	named := func(path string) func(Module) bool { return func(m Module) bool { return m.Path == path } }
	if !slices.ContainsFunc(modules, named("github.com/aws/aws-lambda-go")) {
		t.Error("aws-lambda-go is not among what functions link: that list is not of functions")
	}
	if slices.ContainsFunc(modules, named("github.com/descope/virtualwebauthn")) {
		t.Error("what only tests use is among what functions link")
	}
	for _, module := range modules {
		if !module.Admitted() {
			t.Errorf("%s@%s has the licences %q", module.Path, module.Version, module.Licences)
		}
	}
}

func TestALicenceIsReadFromItsText(t *testing.T) {
	t.Parallel()
	const isc = `Copyright (c) 2026 Example Bank

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
`
	for name, test := range map[string]struct {
		file, text string
		admitted   bool
	}{
		"one that asks to be named":   {"LICENSE", isc, true},
		"one that nobody knows":       {"LICENSE.txt", "You may look at this code on Sundays.", false},
		"a file that is no licence":   {"README.md", isc, false},
		"one known, and more with it": {"LICENCE", isc + "\nYou may use this software for good and never for evil, by any reading of these words that its author, or anybody whom its author names in writing, on paper, holds to be the right one on the day of reading, wherever that may be, and whoever may read it then, at a fee of ten pounds to be paid in coins.\n" + "Whoever sells it shall give half of what was paid to the author, in the same coins, before the next new moon, and tell nobody of it, neither in speech nor in writing.\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, test.file), []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
			licences, err := of(folder)
			if err != nil {
				t.Fatal(err)
			}
			if got := (Module{Licences: licences}).Admitted(); got != test.admitted {
				t.Errorf("admitted is %t, licences %q", got, licences)
			}
		})
	}
}
