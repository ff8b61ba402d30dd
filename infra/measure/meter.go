package measure

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

// Call is a call that a function made to DynamoDB.
type Call struct {
	Operation  string
	Request    []byte // its body
	Start, End time.Time
	Units      float64 // of capacity, read or write
}

// reads tells whether the call's units are of reading.
func (c Call) reads() bool {
	return slices.Contains([]string{"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}, c.Operation)
}

// Meter stands between functions and DynamoDB, and notes what passes.
type Meter struct {
	URL      string
	upstream string
	client   *http.Client
	server   *http.Server

	mu    sync.Mutex
	calls []Call
}

// held is how long an answer is held back: longer than a function takes to make all the calls that it makes at the same
// time, one processor making one after another. Without it the first may have been answered before the last is made, and
// would pass for one that the last had waited for.
const held = 20 * time.Millisecond

// NewMeter starts one before DynamoDB's endpoint, on a free port.
func NewMeter(upstream string) (*Meter, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &Meter{
		URL: "http://" + listener.Addr().String(), upstream: upstream,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}},
	}
	m.server = &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go m.server.Serve(listener) // ends with Close
	return m, nil
}

// Close ends it.
func (m *Meter) Close() error { return m.server.Close() }

// During returns the calls that are made while do runs, in the order in which they ended.
func (m *Meter) During(do func() error) ([]Call, error) {
	m.mu.Lock()
	m.calls = nil
	m.mu.Unlock()
	err := do()
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls), err
}

func (m *Meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	m.calls = append(m.calls, Call{operation, body, start, time.Now(), units})
	m.mu.Unlock()
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	w.Write(answer)
}

// forward sends the call on, and has the capacity told that it takes.
func (m *Meter) forward(r *http.Request, body []byte) (int, http.Header, []byte, error) {
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

// Chain is the number of round trips one after another: the most calls of which none overlaps another in time.
func Chain(calls []Call) int {
	byEnd := slices.SortedFunc(slices.Values(calls), func(a, b Call) int { return a.End.Compare(b.End) })
	trips := 0
	var last time.Time
	for _, one := range byEnd {
		if one.Start.After(last) {
			trips, last = trips+1, one.End
		}
	}
	return trips
}

// Units sums what calls took.
func Units(calls []Call) (read, written float64) {
	for _, one := range calls {
		if one.reads() {
			read += one.Units
		} else {
			written += one.Units
		}
	}
	return read, written
}
