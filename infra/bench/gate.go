package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"

	"mandate/infra/local/gateway"
	"mandate/infra/local/lambda"
	"mandate/infra/local/runner"
)

// request is what a client sends.
type request struct {
	method, path string
	token        string // of a session; none where empty
	body         any
}

// object is a body, written down.
type object = map[string]any

func (r request) http(ctx context.Context, base string) (*http.Request, error) {
	var body bytes.Buffer
	if r.body != nil {
		if err := json.NewEncoder(&body).Encode(r.body); err != nil {
			return nil, err
		}
	}
	sent, err := http.NewRequestWithContext(ctx, r.method, base+r.path, &body)
	if err != nil {
		return nil, err
	}
	sent.Header = http.Header{
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip, deflate, br"}, "Accept-Language": {"en-GB,en;q=0.9"},
		"User-Agent": {"mandate-bench/1"},
	}
	if r.body != nil {
		sent.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		sent.Header.Set("Authorization", "Bearer "+r.token)
	}
	return sent, nil
}

// gate makes events of requests, as the gateway does, for functions that are invoked without one.
type gate struct {
	gateway *gateway.Gateway

	mu       sync.Mutex
	function string
	payload  []byte
}

func newGate() (*gate, error) {
	g := &gate{}
	config := gateway.Config{Routes: runner.Routes(), Invoke: g.keep, Log: slog.New(slog.DiscardHandler)}
	var err error
	g.gateway, err = gateway.New(config)
	return g, err
}

func (g *gate) keep(_ context.Context, function string, payload []byte) ([]byte, error) {
	g.function, g.payload = function, bytes.Clone(payload)
	return []byte(`{"statusCode":204}`), nil
}

// event is the payload that a request reaches its function with.
func (g *gate) event(ctx context.Context, r request) (function string, payload []byte, err error) {
	sent, err := r.http(ctx, "http://localhost")
	if err != nil {
		return "", nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.function = ""
	g.gateway.ServeHTTP(httptest.NewRecorder(), sent)
	if g.function == "" {
		return "", nil, fmt.Errorf("no function answers %s %s", r.method, r.path)
	}
	return g.function, g.payload, nil
}

// ask has the function of a request answer it, and reads the answer's body into something, unless that is nil.
func (p *place) ask(ctx context.Context, functions *lambda.Service, r request, into any) error {
	function, payload, err := p.gate.event(ctx, r)
	if err != nil {
		return err
	}
	answer, err := functions.Invoke(ctx, function, payload)
	if err != nil {
		return err
	}
	return read(answer, r.method+" "+r.path, into)
}

// read takes a function's answer apart. One that is no success is an error: what was measured would be of a refusal.
func read(answer []byte, what string, into any) error {
	var response struct {
		StatusCode int    `json:"statusCode"`
		Body       string `json:"body"`
	}
	if err := json.Unmarshal(answer, &response); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %d: %s", what, response.StatusCode, response.Body)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal([]byte(response.Body), into); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
