package table

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type pair struct{ left, right string }

func (p pair) Fields() []Field { return []Field{{"left", p.left}, {"right", p.right}} }

func TestATableHasItsNamesAndIsReadBack(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := Write(&out, []pair{{"a,b", `say "x"`}, {"one\ntwo", "é"}}); err != nil {
		t.Fatal(err)
	}
	if want := "left,right\r\n\"a,b\",\"say \"\"x\"\"\"\r\n\"one\r\ntwo\",é\r\n"; out.String() != want {
		t.Errorf("%q", out.String())
	}
	out.Reset()
	if err := Write[pair](&out, nil); err != nil || out.String() != "left,right\r\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+44 20": "'+44 20", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\rx": "'\rx", " =1": "' =1",
		"\n=1": "'\n=1", "＝1": "'＝1", "": "", "a=1": "a=1", "'=1": "'=1", "ada@example.com": "ada@example.com", " ": " ",
	} {
		if got := safe(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.String().Draw(r, "text")
		var out strings.Builder
		if err := Write(&out, []pair{{text, text}}); err != nil {
			r.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || len(lines) != 2 {
			r.Fatalf("%q: %v, %v", out.String(), lines, err)
		}
		if cell := lines[1][0]; cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			r.Errorf("%q is a formula", cell)
		}
	})
}

// 8.2: times are in UTC, and say so.
func TestMoments(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 5, time.FixedZone("", 3600))
	if got := Moment(at); got != "2026-03-01T11:00:00Z" || Moment(time.Time{}) != "" {
		t.Errorf("%q", got)
	}
}

// An Accept field weighs what it names (RFC 9110, 12.5.1).
func TestAccepted(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"": false, "*/*": false, "application/json": false, "text/html": false, "text/csv;q=0": false, "text/csv;q=x": false, "text/csv;,": true,
		"text/csv": true, "TEXT/CSV; header=present": true, "text/*": true, "text/csv, */*": true, "*/*;q=0.1, text/csv": true,
		"application/json, text/csv": false, "text/csv, application/json": true,
		"text/csv;q=0.1, application/json": false, "application/json;q=0.5, text/csv;q=0.6": true, "application/json;q=0, text/csv;q=0.1": true,
		"application/json, text/plain, */*": false, "application/json;q=0, */*": true, ";,;,": false,
	} {
		if got := Accepted(accept); got != want {
			t.Errorf("%q: %t", accept, got)
		}
	}
}
