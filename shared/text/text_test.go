package text

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sample is a message with everything that any kind needs.
func sample(kind Kind, language string) Message {
	return Message{
		Kind: kind, Language: language, To: "+442079460123", Organisation: "Northwind Trading", Code: "048213", ValidFor: 10 * time.Minute,
	}
}

// 8.1: every text, in every language, reads as it was last looked at by a person.
func TestEveryTextIsAsItWasLastLookedAt(t *testing.T) {
	t.Parallel()
	each(t, func(got Rendered) {
		name := filepath.Join("testdata", "golden", got.Language, string(got.Kind)+".txt")
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(got.Body+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got.Body+"\n" != string(want) {
			t.Errorf("in %s it says %q, want %q; run with -update if it should", got.Language, got.Body, want)
		}
	})
}

// each looks at every text in every language, with what a test makes of the samples.
func each(t *testing.T, look func(Rendered), alter ...func(*Message)) {
	t.Helper()
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range all.tags {
		for kind := range placeholders {
			message := sample(kind, language)
			for _, alter := range alter {
				alter(&message)
			}
			got, err := Render(message)
			if err != nil {
				t.Fatal(err)
			}
			look(got)
		}
	}
}

// A new language is one file, with every text and in it every placeholder.
func TestEveryLanguageHasEveryTextWhole(t *testing.T) {
	t.Parallel()
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	if len(all.tags) < 2 {
		t.Fatalf("languages: %v", all.tags)
	}
	for i, tag := range all.tags {
		if len(all.words[i]) != len(placeholders) {
			t.Errorf("%s has %d texts, there are %d kinds", tag, len(all.words[i]), len(placeholders))
		}
		for kind, needed := range placeholders {
			for _, placeholder := range needed {
				if strings.Count(all.words[i][kind], placeholder) != 1 {
					t.Errorf("%s: %s needs %s once: %q", tag, kind, placeholder, all.words[i][kind])
				}
			}
		}
	}
}

// gsm is the 7-bit default alphabet of 3GPP TS 23.038, without its extension, whose characters count twice.
const gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

func TestATextIsOneMessage(t *testing.T) {
	t.Parallel()
	each(t, func(got Rendered) {
		if length := len([]rune(got.Body)); length > 160 {
			t.Errorf("%s in %s has %d characters: %s", got.Kind, got.Language, length, got.Body)
		}
		for _, r := range got.Body {
			if !strings.ContainsRune(gsm, r) {
				t.Errorf("%s in %s: %q is not of the alphabet", got.Kind, got.Language, r)
			}
		}
	}, func(m *Message) { m.Organisation = strings.Repeat("Long & Son ", 20) })
}

func TestTheNearestLanguageServes(t *testing.T) {
	t.Parallel()
	for wanted, want := range map[string]string{"fr": "fr", "fr-CA": "fr", "en-GB": "en", "de": "en", "": "en"} {
		if got, err := Render(sample(PhoneCode, wanted)); err != nil || got.Language != want {
			t.Errorf("%q is served with %q, %v", wanted, got.Language, err)
		}
	}
}

// Names are other people's input.
func TestANameAddsNoSentence(t *testing.T) {
	t.Parallel()
	message := sample(PhoneCode, "en")
	message.Organisation = "A\r\nB\u202e\u0000 {code}  C"
	got, err := Render(message)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Body, "for A B code C, to") {
		t.Errorf("%q", got.Body)
	}
}

func TestATextWithAHoleIsNotWritten(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(*Message){
		"no kind of text":           func(m *Message) { m.Kind = "invoice" },
		"the number is missing":     func(m *Message) { m.To = "" },
		"{code} is missing":         func(m *Message) { m.Code = "" },
		"{organisation} is missing": func(m *Message) { m.Organisation = " \n" },
		"{minutes} is missing":      func(m *Message) { m.ValidFor = 59 * time.Second },
	} {
		message := sample(PhoneCode, "en")
		spoil(&message)
		if _, err := Render(message); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
