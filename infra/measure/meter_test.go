package measure

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Calls at the same time are one round trip; the next one after them is another.
func TestChain(t *testing.T) {
	t.Parallel()
	at := func(from, to int) Call {
		begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		return Call{Start: begin.Add(time.Duration(from) * time.Millisecond), End: begin.Add(time.Duration(to) * time.Millisecond)}
	}
	for name, test := range map[string]struct {
		calls []Call
		want  int
	}{
		"none":                                {nil, 0},
		"one":                                 {[]Call{at(0, 5)}, 1},
		"one after another":                   {[]Call{at(0, 5), at(6, 9), at(10, 12)}, 3},
		"at the same time":                    {[]Call{at(0, 5), at(1, 9), at(2, 3)}, 1},
		"two beside a long one":               {[]Call{at(0, 20), at(1, 4), at(5, 9)}, 2},
		"two at the same time, then a third":  {[]Call{at(0, 5), at(1, 6), at(7, 9)}, 2},
		"in whatever order they were noted":   {[]Call{at(7, 9), at(1, 6), at(0, 5)}, 2},
		"one that begins as another one ends": {[]Call{at(0, 5), at(5, 9)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Chain(test.calls); got != test.want {
				t.Errorf("%d round trips, want %d", got, test.want)
			}
		})
	}
}

// The meter asks for the capacity that a call takes, notes it, and hands the answer on as it is.
func TestMeter(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"Query":              `{"Items":[],"ConsumedCapacity":{"TableName":"t","CapacityUnits":2.5}}`,
		"TransactWriteItems": `{"ConsumedCapacity":[{"TableName":"t","CapacityUnits":4},{"TableName":"u","CapacityUnits":2}]}`,
		"GetItem":            `{"Item":{}}`,
	}
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ TableName, ReturnConsumedCapacity string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.TableName != "t" || asked.ReturnConsumedCapacity != "TOTAL" {
			t.Errorf("DynamoDB was asked %+v, %v", asked, err)
		}
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		w.Header().Set("X-Amz-Crc32", "1")
		io.WriteString(w, answers[operation])
	}))
	t.Cleanup(upstream.Close)
	m, err := NewMeter(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })

	ask := func(operation string) error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.URL, strings.NewReader(`{"TableName":"t"}`))
		if err != nil {
			return err
		}
		request.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if string(body) != answers[operation] || response.Header.Get("X-Amz-Crc32") != "1" {
			t.Errorf("%s was answered %s", operation, body)
		}
		return err
	}
	if _, err := m.During(func() error { return ask("GetItem") }); err != nil {
		t.Fatal(err)
	}
	calls, err := m.During(func() error {
		if err := ask("Query"); err != nil {
			return err
		}
		return ask("TransactWriteItems")
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(calls) != 2 || Chain(calls) != 2 {
		t.Errorf("%d calls and %d round trips, want two of each", len(calls), Chain(calls))
	}
	if read, written := Units(calls); read != 2.5 || written != 6 {
		t.Errorf("%v units read and %v written, want 2.5 and 6", read, written)
	}
}
