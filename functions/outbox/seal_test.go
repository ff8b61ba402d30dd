package outbox

import (
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mandate/shared/directory"
)

// 7.3, 3.13: an entry that was written before the clock was set ahead, and is sealed afterwards, was not written into the
// past; one that tells a time when the table did not take it, on a clock that nobody set, was.
func TestWhenTheTableTookAnEntry(t *testing.T) {
	t.Parallel()
	byTable := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	for name, test := range map[string]struct{ skew, made, want time.Duration }{
		"a clock that nobody set":             {0, time.Second, 0},
		"made long before, by that clock":     {0, -day, 0},
		"made long after, by that clock":      {0, day, 0},
		"before the clock was set ahead":      {14 * day, time.Second, time.Second},
		"between one setting and the next":    {14 * day, 8 * day, 8 * day},
		"since the clock is as it is":         {14 * day, 14*day + time.Second, 14 * day},
		"made long before, whatever clock":    {14 * day, -day, 0},
		"made after what the clock ever told": {14 * day, 15 * day, 14 * day},
	} {
		entry := directory.EntryID("log_" + ulid.MustNew(ulid.Timestamp(byTable.Add(test.made)), nil).String())
		got := (&Sealer{Skew: test.skew}).taken(entry, byTable)
		if want := byTable.Add(test.want); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
