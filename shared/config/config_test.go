package config

import (
	"strings"
	"testing"
	"time"
)

type settings struct {
	Table string         `env:"TABLE"`
	Key   string         `env:"KEY"`
	Skew  time.Duration  `env:"SKEW,optional"`
	Cap   *time.Duration `env:"CAP,optional"`
}

func from(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { value, ok := pairs[name]; return value, ok }
}

func TestWhatIsMissingFailsByName(t *testing.T) {
	t.Parallel()
	_, err := load[settings](from(map[string]string{"TABLE": "", "CAP": "soon"}))
	for _, name := range []string{"TABLE is not set", "KEY is not set", "CAP: "} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not say %q: %v", name, err)
		}
	}
}

func TestSettingsAreRead(t *testing.T) {
	t.Parallel()
	got, err := load[settings](from(map[string]string{"TABLE": "t", "KEY": "k", "CAP": "5s"}))
	if err != nil {
		t.Fatal(err)
	}
	if got.Table != "t" || got.Key != "k" || got.Skew != 0 || got.Cap == nil || *got.Cap != 5*time.Second {
		t.Errorf("got %+v", got)
	}
}
