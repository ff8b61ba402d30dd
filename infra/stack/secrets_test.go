package stack

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mandate/shared/demo"
	"mandate/shared/directory"
	"mandate/shared/otp"
	"mandate/shared/password"
)

// Invariant 5: nothing secret is in what is deployed: neither what everybody knows of the demo, nor anything that looks
// as if it had been drawn. There are no parameters but CDK's own, and a function is told names alone.
func TestTheTemplateHasNoSecret(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]*synthesis{"without domains": &synthesised, "with domains": &customised} {
		made.made(t)
		// What is sent away: the template and the list of assets. What CDK notes beside them names this machine's folders.
		var texts []string
		for _, kind := range []string{"template", "assets"} {
			found, err := filepath.Glob(filepath.Join(made.folder, "out", "*."+kind+".json"))
			if err != nil || len(found) == 0 {
				t.Fatalf("%s: %d files, %v", kind, len(found), err)
			}
			texts = append(texts, found...)
		}
		looked := 0
		for _, file := range texts {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			looked += len(content)
			for _, secret := range secretsIn(string(content)) {
				t.Errorf("%s, %s: %q looks like a secret", name, filepath.Base(file), secret)
			}
		}
		if looked < 100_000 {
			t.Errorf("%s: only %d bytes were looked at", name, looked)
		}
	}
	hash, err := password.Hash("a quiet walk by the river")
	if err != nil {
		t.Fatal(err)
	}
	codes, _ := otp.NewRecoveryCodes()
	for _, secret := range []string{
		demo.Password, demo.TOTPSecret, demo.ClientSecret, otp.NewSecret(), codes[0], hash,
		directory.NewTicket("org_01ARZ3NDEKTSV4RRFFQ69G5FAV", "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV", "", "").Text(directory.TicketSession),
		"AKIA" + "IOSFODNN7EXAMPLE", "-----BEGIN EC " + "PRIVATE KEY-----", "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzLkQpVwTgA",
	} {
		text, err := json.Marshal(map[string]any{"Environment": "x=" + secret + ";"})
		if err != nil {
			t.Fatal(err)
		}
		if len(secretsIn(string(text))) == 0 {
			t.Errorf("%q would not be seen", secret)
		}
	}
}

var (
	secretly = regexp.MustCompile(`AKIA[0-9A-Z]{16}|PRIVATE KEY|\$argon2|m(?:cl|cs|st|ch|ln)_[\w-]{20}|\b[A-Z2-7]{32}\b|\b(?:[0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}\b|"NoEcho"`)
	drawn    = regexp.MustCompile(`[A-Za-z0-9+/_-]{32,}`)
)

// secretsIn is what looks like secrets: what has the form of one, and what is long and of ever other letters.
func secretsIn(text string) (found []string) {
	for _, known := range []string{demo.Password, demo.TOTPSecret, demo.ClientSecret} {
		if strings.Contains(text, known) {
			found = append(found, known)
		}
	}
	found = append(found, secretly.FindAllString(text, -1)...)
	for _, one := range drawn.FindAllString(text, -1) {
		if disorder(one) > 4.6 {
			found = append(found, fmt.Sprintf("%s (%.2f)", one, disorder(one)))
		}
	}
	return found
}

// disorder is the bits that a letter of a text tells: 4 of hexadecimal, under 4.5 of names in English, more of base64.
func disorder(text string) float64 {
	counts := map[rune]float64{}
	for _, r := range text {
		counts[r]++
	}
	bits := 0.0
	for _, n := range counts {
		bits -= n / float64(len(text)) * math.Log2(n/float64(len(text)))
	}
	return bits
}
