package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Calls at the same time are one round trip; the next one after them is another.
func TestChain(t *testing.T) {
	t.Parallel()
	at := func(from, to int) call {
		begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		return call{start: begin.Add(time.Duration(from) * time.Millisecond), end: begin.Add(time.Duration(to) * time.Millisecond)}
	}
	for name, test := range map[string]struct {
		calls []call
		want  int
	}{
		"none":                                {nil, 0},
		"one":                                 {[]call{at(0, 5)}, 1},
		"one after another":                   {[]call{at(0, 5), at(6, 9), at(10, 12)}, 3},
		"at the same time":                    {[]call{at(0, 5), at(1, 9), at(2, 3)}, 1},
		"two beside a long one":               {[]call{at(0, 20), at(1, 4), at(5, 9)}, 2},
		"two at the same time, then a third":  {[]call{at(0, 5), at(1, 6), at(7, 9)}, 2},
		"in whatever order they were noted":   {[]call{at(7, 9), at(1, 6), at(0, 5)}, 2},
		"one that begins as another one ends": {[]call{at(0, 5), at(5, 9)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := chain(test.calls); got != test.want {
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
	m, err := newMeter(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.close() })

	ask := func(operation string) error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.url, strings.NewReader(`{"TableName":"t"}`))
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
	if _, err := m.during(func() error { return ask("GetItem") }); err != nil {
		t.Fatal(err)
	}
	calls, err := m.during(func() error {
		if err := ask("Query"); err != nil {
			return err
		}
		return ask("TransactWriteItems")
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(calls) != 2 || chain(calls) != 2 {
		t.Errorf("%d calls and %d round trips, want two of each", len(calls), chain(calls))
	}
	if read, written := units(calls); read != 2.5 || written != 6 {
		t.Errorf("%v units read and %v written, want 2.5 and 6", read, written)
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	f := figures{out: &out}
	f.add("latency", 1.23456, "ms")
	f.within("trips.getMe", 1, "round trips", 1)
	f.within("cpu.getMe", 0.9, "CPU seconds per 1000", 0.75)
	want := `{"name":"latency","value":1.235,"unit":"ms"}
{"name":"trips.getMe","value":1,"unit":"round trips","budget":1}
{"name":"cpu.getMe","value":0.9,"unit":"CPU seconds per 1000","budget":0.75}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if len(f.over) != 1 || f.over[0].Name != "cpu.getMe" {
		t.Errorf("over budget: %+v", f.over)
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	if got := median([]float64{9, 1, 5}); got != 5 {
		t.Errorf("the median of an odd number is %v", got)
	}
	if got := median([]float64{9, 1, 5, 6}); got != 5.5 {
		t.Errorf("the median of an even number is %v", got)
	}
	if diff := cmp.Diff([]float64{2, 0.5}, ratios([]float64{4, 1}, []float64{2, 2})); diff != "" {
		t.Error(diff)
	}
}

// What is measured is asked for by requests that some function answers.
func TestEventsReachTheirFunctions(t *testing.T) {
	t.Parallel()
	g, err := newGate()
	if err != nil {
		t.Fatal(err)
	}
	function, payload, err := g.event(t.Context(), request{method: http.MethodGet, path: "/v1/users/usr_1", token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	var event struct {
		RouteKey       string            `json:"routeKey"`
		PathParameters map[string]string `json:"pathParameters"`
		Headers        map[string]string `json:"headers"`
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		t.Fatal(err)
	}
	if function != "users" || event.RouteKey != "GET /v1/users/{userId}" || event.PathParameters["userId"] != "usr_1" ||
		event.Headers["authorization"] != "Bearer secret" {
		t.Errorf("%s gets %s", function, payload)
	}
	if _, _, err := g.event(t.Context(), request{method: http.MethodPost, path: "/nowhere"}); err == nil {
		t.Error("a request that no function answers is no error")
	}
}
