package table

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a name holds, a table has as many cells as were written, and none that a spreadsheet computes.
func FuzzCell(f *testing.F) {
	for _, text := range []string{
		"Ada", "=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\u00a0=1", "\ufeff=1", "＝1", "a\r\n=1", "a,b\"c", "\"=1\"", ";=1", "\x00=1", "\u200b=1", "\u2003=1", "|=1", "%=1",
		"=cmd|' /C calc'!A0", "\xff",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out strings.Builder
		if err := Write(&out, []pair{{text, "end"}}); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || len(lines) != 2 || len(lines[1]) != 2 || lines[1][1] != "end" {
			t.Fatalf("%q: %q, %v", out.String(), lines, err)
		}
		first, _ := utf8.DecodeRuneInString(strings.TrimFunc(lines[1][0], invisible))
		if lines[1][0] != "" && strings.ContainsRune("=+-@＝＋－＠", first) {
			t.Fatalf("%q is a formula", lines[1][0])
		}
	})
}
