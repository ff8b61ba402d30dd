package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"time"

	"mandate/infra/local/gateway"
	"mandate/infra/local/lambda"
	"mandate/infra/local/runner"
	"mandate/infra/measure"
	"mandate/shared/api"
)

// probe is the function that lists users once more, behind the meter, with a gateway of its own: what its pages read is
// counted, and nothing that the clients ask is in it.
type probe struct {
	meter     *measure.Meter
	functions *lambda.Service
	server    *http.Server
	url       string
	admin     person
	client    *http.Client
}

func newProbe(ctx context.Context, l *load) (*probe, error) {
	p := &probe{client: &http.Client{Timeout: time.Minute}}
	var err error
	if p.admin, err = l.session(ctx, l.large, ada); err != nil {
		return nil, err
	}
	if p.meter, err = measure.NewMeter(l.runner.DynamoDB); err != nil {
		return nil, err
	}
	for _, function := range l.runner.Lambdas {
		if function.Name != string(api.Users) {
			continue
		}
		function.Env = maps.Clone(function.Env)
		function.Env["AWS_ENDPOINT_URL_DYNAMODB"] = p.meter.URL
		function.MaxInstances = 1
		if p.functions, err = lambda.New(ctx, []lambda.Function{function}, slog.New(slog.DiscardHandler)); err != nil {
			return nil, err
		}
	}
	door, err := gateway.New(gateway.Config{Routes: runner.Routes(), Invoke: p.functions.Invoke, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.server, p.url = &http.Server{Handler: door, ReadHeaderTimeout: 10 * time.Second}, "http://"+listener.Addr().String()
	go p.server.Serve(listener) // ends with close
	return p, nil
}

func (p *probe) close() {
	p.server.Close()
	p.functions.Close()
	p.meter.Close()
}

// units are what the first page of a list reads.
func (p *probe) units(ctx context.Context, filter measure.Filter) (float64, error) {
	query := url.Values{}
	maps.Copy(query, filter.Query)
	query.Set("limit", fmt.Sprint(measure.PageSize))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/v1/users?"+query.Encode(), nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+p.admin.token)
	calls, err := p.meter.During(func() error {
		response, err := p.client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: the probe was answered %d", filter.Name, response.StatusCode)
		}
		return nil
	})
	read, _ := measure.Units(calls)
	return read, err
}
