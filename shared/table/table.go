package table

import (
	"cmp"
	"encoding/csv"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mandate/shared/accept"
)

// MediaType is what a table is asked for by; ContentType is what it comes as, so that nothing takes its letters for others.
const (
	MediaType   = "text/csv"
	ContentType = MediaType + "; charset=utf-8"
)

// Field is a cell with the name of its column.
type Field struct{ Name, Value string }

// Row is a line of a table. Its zero value has the same fields, by name and order, as every other.
type Row interface{ Fields() []Field }

// Write writes rows under a line of names. With no rows, the names stand alone.
func Write[R Row](w io.Writer, rows []R) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	var none R
	if err := out.Write(line(none.Fields(), func(f Field) string { return f.Name })); err != nil {
		return err
	}
	for _, row := range rows {
		if err := out.Write(line(row.Fields(), func(f Field) string { return safe(f.Value) })); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func line(fields []Field, of func(Field) string) []string {
	cells := make([]string, len(fields))
	for i, field := range fields {
		cells[i] = of(field)
	}
	return cells
}

// safe keeps a spreadsheet from taking a text for a formula. What is before the sign does not make it safe: some
// programs trim what cannot be seen first.
func safe(text string) string {
	if strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
		return "'" + text
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, invisible))
	if strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + text
	}
	return text
}

func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) }

// Moment is a time as tables have it: as in the API, RFC 3339 in UTC, to the second. Without its zone it would be read in
// that of whoever opens the file.
func Moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

// Accepted tells whether an Accept field (RFC 9110, 12.5.1) asks for a table rather than for JSON: by their weights, then by
// which of them it names rather than takes among others, then by which comes first.
func Accepted(field string) bool {
	csv, json := accept.Weigh(field, "*/*", "text/*", MediaType), accept.Weigh(field, "*/*", "application/*", "application/json")
	return csv.Q > 0 && cmp.Or(cmp.Compare(csv.Q, json.Q), cmp.Compare(csv.Named, json.Named), cmp.Compare(json.Place, csv.Place)) > 0
}
