package otp

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRecoveryCodesAreTenDifferentOnes(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$`)
	plain, hashes := NewRecoveryCodes()
	if len(plain) != 10 || len(hashes) != 10 {
		t.Fatalf("%d codes, %d hashes", len(plain), len(hashes))
	}
	for i, code := range plain {
		if !form.MatchString(code) {
			t.Errorf("%q is not of the form", code)
		}
		if slices.Index(plain, code) != i {
			t.Errorf("%q is there twice", code)
		}
		if index, ok := Match(hashes, code); index != i || !ok {
			t.Errorf("Match(%q) = %d, %v; want %d", code, index, ok, i)
		}
		if strings.Contains(hashes[i], strings.ReplaceAll(code, "-", "")) {
			t.Errorf("the hash %q shows the code", hashes[i])
		}
	}
}

func TestRecoveryCodesAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	hashes := []string{RecoveryHash("10ABC-DEF01-GHJKM-NPQRS")}
	for code, want := range map[string]bool{
		"10ABC-DEF01-GHJKM-NPQRS":        true,
		"10abcdef01ghjkmnpqrs":           true,
		" 10ABC DEF01  GHJKM\tNPQRS\n":   true,
		"IOabc-defOl-ghjkm-npqrs":        true,
		"loABC–DEF0i—GHJKM‑NPQRS":        true,
		"10ABC-DEF01-GHJKM-NPQR":         false,
		"10ABC-DEF01-GHJKM-NPQRS1":       false,
		"10ABC-DEF01-GHJKM-NPQRT":        false,
		"10ABC_DEF01_GHJKM_NPQRS":        false,
		"":                               false,
		"-":                              false,
		"\xff\xfe":                       false,
		RecoveryHash("10ABCDEF01GHJKMN"): false,
		hashes[0]:                        false, // a stolen hash is no code
	} {
		index, ok := Match(hashes, code)
		if ok != want || want && index != 0 || !want && index != -1 {
			t.Errorf("Match(%q) = %d, %v; want %v", code, index, ok, want)
		}
	}
}

func TestNoCodeMatchesWhereNoneIsLeft(t *testing.T) {
	t.Parallel()
	if index, ok := Match(nil, "10ABC-DEF01-GHJKM-NPQRS"); ok || index != -1 {
		t.Errorf("Match = %d, %v", index, ok)
	}
	if index, ok := Match([]string{"", "x"}, ""); ok || index != -1 {
		t.Errorf("damaged hashes: Match = %d, %v", index, ok)
	}
}

func TestAUsedCodeIsGone(t *testing.T) {
	t.Parallel()
	plain, hashes := NewRecoveryCodes()
	rapid.Check(t, func(t *rapid.T) {
		left := slices.Clone(hashes)
		for _, i := range rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).Draw(t, "order") {
			index, ok := Match(left, plain[i])
			if !ok || left[index] != hashes[i] {
				t.Fatalf("code %d: %d, %v", i, index, ok)
			}
			left = slices.Delete(left, index, index+1)
			if _, ok := Match(left, plain[i]); ok {
				t.Fatalf("code %d matches again", i)
			}
		}
	})
}
