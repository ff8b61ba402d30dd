package table

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
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
func Accepted(accept string) bool {
	if accept == "" {
		return false
	}
	csv, json := weigh(accept, "text", "csv"), weigh(accept, "application", "json")
	return csv.q > 0 && cmp.Or(cmp.Compare(csv.q, json.q), cmp.Compare(csv.named, json.named), cmp.Compare(json.place, csv.place)) > 0
}

// weight is what an Accept field has for a type: its most specific range counts.
type weight struct {
	q     float64
	named int // 2: the type itself; 1: all of its kind; 0: all
	place int
}

func weigh(accept, kind, subtype string) weight {
	found := weight{named: -1}
	place := 0
	for entry := range strings.SplitSeq(accept, ",") {
		place++
		wanted, parameters, _ := strings.Cut(entry, ";")
		named := slices.IndexFunc([]string{"*/*", kind + "/*", kind + "/" + subtype}, func(one string) bool {
			return strings.EqualFold(one, strings.TrimSpace(wanted))
		})
		if q, ok := quality(parameters); ok && named > found.named {
			found = weight{q, named, place}
		}
	}
	return found
}

// quality is the weight among the parameters of a media range, 1 where there is none.
func quality(parameters string) (float64, bool) {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			return q, err == nil && q >= 0 && q <= 1
		}
	}
	return 1, true
}
