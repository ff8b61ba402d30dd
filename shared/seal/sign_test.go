package seal_test

import (
	"testing"

	"mandate/shared/seal"
	"mandate/shared/seal/sealtest"
)

func TestASignatureIsOfOneTextInOnePlaceUnderOneKey(t *testing.T) {
	t.Parallel()
	keys := sealtest.New()
	s := seal.NewSigner(keys)
	signature, err := s.Sign(t.Context(), "text", "place")
	if err != nil {
		t.Fatal(err)
	}
	keys.Rotate()
	signed := func(s *seal.Signer, text, place, signature string, want bool) {
		t.Helper()
		if got, err := s.Signed(t.Context(), text, place, signature); got != want || err != nil {
			t.Errorf("%q in %q with %q: %v, %v", text, place, signature, got, err)
		}
	}
	signed(s, "text", "place", signature, true) // also under a key that is not the current one any more
	signed(s, "text.", "place", signature, false)
	signed(s, "text", "elsewhere", signature, false)
	signed(s, "etext", "plac", signature, false)
	signed(s, "text", "", signature, false)
	signed(seal.NewSigner(sealtest.New()), "text", "place", signature, false)
	for i := range signature {
		for bit := range 8 {
			forged := []byte(signature)
			forged[i] ^= 1 << bit
			signed(s, "text", "place", string(forged), false)
		}
		signed(s, "text", "place", signature[:i], false)
	}
	if again, err := s.Sign(t.Context(), "text", "place"); err != nil || again == signature {
		t.Errorf("the current key signs: %q, %v", again, err)
	}
}

func TestASignatureIsNoSealedText(t *testing.T) {
	t.Parallel()
	keys := sealtest.New()
	signature, err := seal.NewSigner(keys).Sign(t.Context(), "text", "place")
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := seal.New(keys).Open(t.Context(), signature, "place"); err == nil {
		t.Errorf("opened as %q", opened)
	}
	sealed := mustSeal(t, seal.New(keys), "text", "place")
	if ok, err := seal.NewSigner(keys).Signed(t.Context(), "text", "place", sealed); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestSigningWithoutKeysOrPlaceFails(t *testing.T) {
	t.Parallel()
	if signature, err := seal.NewSigner(failing{}).Sign(t.Context(), "text", "place"); err == nil {
		t.Errorf("signed: %q", signature)
	}
	if ok, err := seal.NewSigner(failing{}).Signed(t.Context(), "text", "place", "v1.key.AAAA"); ok || err == nil {
		t.Errorf("%v, %v", ok, err)
	}
	if signature, err := seal.NewSigner(sealtest.New()).Sign(t.Context(), "text", ""); err == nil {
		t.Errorf("signed: %q", signature)
	}
}
