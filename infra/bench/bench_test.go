package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
	if _, _, err := g.event(t.Context(), request{method: http.MethodPost, path: "/"}); err == nil {
		t.Error("a request that no function answers is no error")
	}
}
