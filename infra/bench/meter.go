package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// call is a call that a function made to DynamoDB.
type call struct {
	operation  string
	request    []byte
	start, end time.Time
	units      float64 // of capacity, read or write
}

// reads tells whether the call's units are of reading.
func (c call) reads() bool {
	return slices.Contains([]string{"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}, c.operation)
}

// meter stands between functions and DynamoDB, and notes what passes.
type meter struct {
	url      string
	upstream string
	client   *http.Client
	server   *http.Server

	mu    sync.Mutex
	calls []call
}

// held is how long an answer is held back: longer than a function takes to make all the calls that it makes at the same
// time, one processor making one after another. Without it the first may have been answered before the last is made, and
// would pass for one that the last had waited for.
const held = 20 * time.Millisecond

// newMeter starts one on a free port.
func newMeter(upstream string) (*meter, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &meter{
		url: "http://" + listener.Addr().String(), upstream: upstream,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}},
	}
	m.server = &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go m.server.Serve(listener) // ends with close
	return m, nil
}

func (m *meter) close() error { return m.server.Close() }

// during returns the calls that are made while do runs, in the order in which they ended.
func (m *meter) during(do func() error) ([]call, error) {
	m.mu.Lock()
	m.calls = nil
	m.mu.Unlock()
	err := do()
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls), err
}

func (m *meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the function has died
	}
	status, header, answer, err := m.forward(r, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	units, err := unitsOf(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	time.Sleep(time.Until(start.Add(held)))
	// Noted before it is answered: what follows the answer has not begun.
	m.mu.Lock()
	m.calls = append(m.calls, call{operation, body, start, time.Now(), units})
	m.mu.Unlock()
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	w.Write(answer)
}

// forward sends the call on, and has the capacity told that it takes.
func (m *meter) forward(r *http.Request, body []byte) (int, http.Header, []byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return 0, nil, nil, err
	}
	fields["ReturnConsumedCapacity"] = json.RawMessage(`"TOTAL"`)
	asked, err := json.Marshal(fields)
	if err != nil {
		return 0, nil, nil, err
	}
	request, err := http.NewRequestWithContext(r.Context(), r.Method, m.upstream+r.URL.Path, bytes.NewReader(asked))
	if err != nil {
		return 0, nil, nil, err
	}
	request.Header = r.Header.Clone()
	response, err := m.client.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, answer, err
}

// unitsOf reads the capacity from an answer: one table's, or, of a batch or a transaction, each table's.
func unitsOf(answer []byte) (float64, error) {
	type capacity struct{ CapacityUnits float64 }
	var one struct{ ConsumedCapacity json.RawMessage }
	if err := json.Unmarshal(answer, &one); err != nil {
		return 0, fmt.Errorf("DynamoDB's answer: %w", err)
	}
	if one.ConsumedCapacity == nil {
		return 0, nil // an error took none, or does not say
	}
	var single capacity
	var list []capacity
	if errSingle, errList := json.Unmarshal(one.ConsumedCapacity, &single), json.Unmarshal(one.ConsumedCapacity, &list); errSingle != nil && errList != nil {
		return 0, errors.Join(errSingle, errList)
	}
	sum := single.CapacityUnits
	for _, each := range list {
		sum += each.CapacityUnits
	}
	return sum, nil
}

// chain is the number of round trips one after another: the most calls of which none overlaps another in time.
func chain(calls []call) int {
	byEnd := slices.SortedFunc(slices.Values(calls), func(a, b call) int { return a.end.Compare(b.end) })
	trips := 0
	var last time.Time
	for _, one := range byEnd {
		if one.start.After(last) {
			trips, last = trips+1, one.end
		}
	}
	return trips
}

// units sums what calls took.
func units(calls []call) (read, written float64) {
	for _, one := range calls {
		if one.reads() {
			read += one.units
		} else {
			written += one.units
		}
	}
	return read, written
}
