package store

import (
	"strings"
	"testing"
)

// A cursor is whatever a client sends. What is taken for one begins as its list does, and is written in one way alone.
func FuzzCursor(f *testing.F) {
	for _, text := range []string{
		cursor("u#usr_01KJPWD6M0YXJ5W8QR85E8PR4F"), cursor("u#"), cursor("x"), "", "***", "dSM", "dSN", "dSM=", cursor("u#\xff"), cursor("u#\x00"),
		cursor("u#" + strings.Repeat("a", 300)), "dSM\n",
	} {
		f.Add(text, "u#")
	}
	f.Fuzz(func(t *testing.T, text, prefix string) {
		sk, err := parseCursor(text, prefix)
		if err != nil {
			return
		}
		if !strings.HasPrefix(sk, prefix) || len(sk) > 256 {
			t.Fatalf("%q leads out of its list to %q", text, sk)
		}
		if again := cursor(sk); again != text {
			t.Fatalf("%q and %q are one place", text, again)
		}
	})
}
