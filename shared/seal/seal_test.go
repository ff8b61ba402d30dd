package seal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mandate/shared/seal"
	"mandate/shared/seal/sealtest"
)

const (
	secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	place  = "identity/idn_01/totp"
)

func TestASealedTextOpensWhereItWasSealed(t *testing.T) {
	t.Parallel()
	s := seal.New(sealtest.New())
	rapid.Check(t, func(r *rapid.T) {
		plaintext := rapid.String().Draw(r, "plaintext")
		place := rapid.StringN(1, -1, -1).Draw(r, "place")
		sealed, err := s.Seal(t.Context(), plaintext, place)
		if err != nil {
			r.Fatal(err)
		}
		if opened, err := s.Open(t.Context(), sealed, place); opened != plaintext || err != nil {
			r.Fatalf("opened %q, %v; want %q", opened, err, plaintext)
		}
	})
}

func TestASealedTextNamesVersionAndKeyAndHidesTheRest(t *testing.T) {
	t.Parallel()
	s := seal.New(sealtest.New())
	one, two := mustSeal(t, s, secret, place), mustSeal(t, s, secret, place)
	if !strings.HasPrefix(one, "v1.test-1.") || strings.Contains(one, secret) {
		t.Errorf("sealed as %s", one)
	}
	if one == two {
		t.Error("the same text is sealed the same way twice")
	}
}

func TestASealedTextDoesNotOpenElsewhere(t *testing.T) {
	t.Parallel()
	s := seal.New(sealtest.New())
	sealed := mustSeal(t, s, secret, place)
	for _, other := range []string{
		"identity/idn_02/totp", "identity/idn_01/recovery", "Identity/idn_01/totp",
		place + " ", place + "\x00", "." + place, place[1:],
	} {
		if opened, err := s.Open(t.Context(), sealed, other); !errors.Is(err, seal.ErrSealed) || opened != "" {
			t.Errorf("in %q: %q, %v", other, opened, err)
		}
	}
}

func TestNothingIsSealedOrOpenedWithoutContext(t *testing.T) {
	t.Parallel()
	s := seal.New(sealtest.New())
	if sealed, err := s.Seal(t.Context(), secret, ""); !errors.Is(err, seal.ErrNoContext) || sealed != "" {
		t.Errorf("Seal = %q, %v", sealed, err)
	}
	if _, err := s.Open(t.Context(), mustSeal(t, s, secret, place), ""); !errors.Is(err, seal.ErrNoContext) {
		t.Errorf("Open: %v", err)
	}
}

func TestNoByteOfASealedTextCanBeChanged(t *testing.T) {
	t.Parallel()
	s := seal.New(sealtest.New())
	sealed := mustSeal(t, s, secret, place)
	refused := func(text string) {
		t.Helper()
		opened, err := s.Open(t.Context(), text, place)
		if opened != "" || !errors.Is(err, seal.ErrSealed) && !errors.Is(err, seal.ErrNoKey) {
			t.Errorf("%q opened as %q, %v", text, opened, err)
		}
	}
	for i := range sealed {
		for bit := range 8 {
			tampered := []byte(sealed)
			tampered[i] ^= 1 << bit
			refused(string(tampered))
		}
		refused(sealed[:i])
		refused(sealed[:i] + sealed[i+1:])
		refused(sealed[:i] + "\n" + sealed[i:])
		refused(sealed[:i] + "." + sealed[i:])
	}
	for _, text := range []string{"", ".", "..", "v1..", "v1.test-1.", sealed + "A", sealed + "=", sealed + "\r\n", " " + sealed, "v2" + sealed[2:], secret} {
		refused(text)
	}
}

func TestATextOfOneKeyDoesNotOpenAsAnothers(t *testing.T) {
	t.Parallel()
	keys := sealtest.New()
	s := seal.New(keys)
	sealed := mustSeal(t, s, secret, place)
	keys.Rotate()
	moved := strings.Replace(sealed, "test-1", "test-2", 1)
	if _, err := s.Open(t.Context(), moved, place); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("under another key: %v", err)
	}
	if _, err := seal.New(sealtest.New()).Open(t.Context(), sealed, place); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("under another key of the same name: %v", err)
	}
}

func TestARotatedKeyStillOpensWhatItSealed(t *testing.T) {
	t.Parallel()
	keys := sealtest.New()
	s := seal.New(keys)
	old := mustSeal(t, s, secret, place)
	keys.Rotate()
	if sealed := mustSeal(t, s, secret, place); !strings.HasPrefix(sealed, "v1.test-2.") {
		t.Errorf("sealed under the old key: %s", sealed)
	}
	if opened, err := s.Open(t.Context(), old, place); opened != secret || err != nil {
		t.Errorf("Open = %q, %v", opened, err)
	}
}

func TestAnUnknownKeyIsToldApartFromATamperedText(t *testing.T) {
	t.Parallel()
	s := seal.New(sealtest.New())
	sealed := strings.Replace(mustSeal(t, s, secret, place), "test-1", "test-9", 1)
	if _, err := s.Open(t.Context(), sealed, place); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("Open: %v", err)
	}
}

func TestFailuresOfTheKeysComeThrough(t *testing.T) {
	t.Parallel()
	s := seal.New(failing{})
	if sealed, err := s.Seal(t.Context(), secret, place); !errors.Is(err, errUnreachable) || sealed != "" {
		t.Errorf("Seal = %q, %v", sealed, err)
	}
	if _, err := s.Open(t.Context(), "v1.key.AAAA", place); !errors.Is(err, errUnreachable) {
		t.Errorf("Open: %v", err)
	}
}

func TestOnlyTextsThatNameAKeyAskForOne(t *testing.T) {
	t.Parallel()
	s := seal.New(failing{})
	for _, text := range []string{"v1..AAAA", "v1.a/b.AAAA", "v1.ключ.AAAA", "v1." + strings.Repeat("k", 65) + ".AAAA", "v2.key.AAAA", "v1.key.A", "v1.key.AB"} {
		if _, err := s.Open(t.Context(), text, place); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAKeyWithAMalformedIDSealsNothing(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "a.b", "a b", strings.Repeat("k", 65)} {
		if sealed, err := seal.New(only{ID: id}).Seal(t.Context(), secret, place); err == nil {
			t.Errorf("id %q: sealed as %s", id, sealed)
		}
	}
}

// Invariant 5: no log line and no error carries a secret.
func TestAKeyIsNeverWritten(t *testing.T) {
	t.Parallel()
	key := seal.Key{ID: "k", Plain: [32]byte{222, 173, 190, 239}}
	nested := struct{ Key seal.Key }{key}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", nested)
		fmt.Fprintf(&out, verb+"\n", &nested)
	}
	marshalled, err := json.Marshal([]any{key, &key, nested})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(marshalled)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("", "key", key, "nested", nested)
	slog.New(slog.NewTextHandler(&out, nil)).Info("", "key", key, "nested", nested)
	for _, shown := range []string{"222", "173", "dead", "DEAD", "0xde", "336", "11011110", "3q2+7w"} {
		if strings.Contains(out.String(), shown) {
			t.Errorf("%q is written:\n%s", shown, out.String())
		}
	}
}

func FuzzOpenTakesAnyText(f *testing.F) {
	keys := sealtest.New()
	s := seal.New(keys)
	sealed, err := s.Seal(context.Background(), secret, place)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed, place)
	f.Add(sealed[:len(sealed)-1], place)
	f.Add("v1.test-1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x")
	f.Add("..", "")
	f.Fuzz(func(t *testing.T, text, where string) {
		opened, err := s.Open(t.Context(), text, where)
		if err == nil && (text != sealed || where != place) {
			t.Errorf("%q in %q opened as %q", text, where, opened)
		}
		if err != nil && opened != "" {
			t.Errorf("%q with %v", opened, err)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	s := seal.New(sealtest.New())
	sealed, err := s.Seal(b.Context(), secret, place)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Open(b.Context(), sealed, place); err != nil {
			b.Fatal(err)
		}
	}
}

func mustSeal(t *testing.T, s *seal.Sealer, plaintext, place string) string {
	t.Helper()
	sealed, err := s.Seal(t.Context(), plaintext, place)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

var errUnreachable = errors.New("unreachable")

// failing has keys that can't be had.
type failing struct{}

func (failing) Current(context.Context) (seal.Key, error)      { return seal.Key{}, errUnreachable }
func (failing) ByID(context.Context, string) (seal.Key, error) { return seal.Key{}, errUnreachable }

// only has one key.
type only seal.Key

func (o only) Current(context.Context) (seal.Key, error)      { return seal.Key(o), nil }
func (o only) ByID(context.Context, string) (seal.Key, error) { return seal.Key(o), nil }
