package accept

import "testing"

func TestWeigh(t *testing.T) {
	t.Parallel()
	none := Weight{Named: -1}
	for field, want := range map[string]Weight{
		"":          none,
		"text/html": none, "text/csv;q=x": none, "text/csv;q=1.1": none, "text/csv;q=-1": none, "text/csv;q=NaN": none, ";,;,": none,
		"text/csv": {1, 2, 1}, "TEXT/CSV; header=present": {1, 2, 1}, "text/csv;,": {1, 2, 1}, "text/*": {1, 1, 1}, "*/*": {1, 0, 1},
		"text/csv;q=0": {0, 2, 1}, "text/csv; header=present ; Q=0.5": {0.5, 2, 1},
		"*/*;q=0.1, text/csv": {1, 2, 2}, "text/csv;q=0, */*": {0, 2, 1}, "text/csv;q=0.2, text/csv": {0.2, 2, 1}, "text/csv;q=2, text/*": {1, 1, 2},
	} {
		if got := Weigh(field, "*/*", "text/*", "text/csv"); got != want {
			t.Errorf("%q: %v, want %v", field, got, want)
		}
	}
}
