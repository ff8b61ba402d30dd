package present

import (
	"time"

	"mandate/shared/fault"
)

// Bound is a parameter that a stretch of time begins or ends with, and what it says.
type Bound struct{ Name, Text string }

// Period is the stretch of time that a list is narrowed to: its first moment, and the first one after it. Both bounds are in
// it, a day, of UTC, with all of its moments, and a moment by itself. What is absent limits nothing.
//
// Faults: invalid, naming the bound that is neither.
func Period(from, to Bound) (first, after time.Time, err error) {
	var fields fault.Fields
	first, _ = from.read(&fields)
	_, after = to.read(&fields)
	return first, after, fields.Err()
}

// read is what a bound begins at and ends before.
func (b Bound) read(fields *fault.Fields) (begins, ends time.Time) {
	if b.Text == "" {
		return begins, ends
	}
	if day, err := time.Parse(time.DateOnly, b.Text); err == nil {
		return day, day.AddDate(0, 0, 1)
	}
	moment, err := time.Parse(time.RFC3339, b.Text)
	if err != nil {
		fields.Add(b.Name, "format", "Must be a date, or a date and time of RFC 3339.")
	}
	return moment, moment.Add(time.Nanosecond)
}
