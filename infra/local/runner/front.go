package runner

import (
	"context"
	"encoding/json"
	"net"
	"net/http"

	"mandate/functions/wire/credentials"
	"mandate/infra/local/demo"
	"mandate/infra/local/gateway"
	"mandate/shared/api"
	"mandate/shared/policy"
	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
	"mandate/shared/store"
)

// makeDemo makes the demo users, with the same parts as the functions have.
func (r *Runner) makeDemo(ctx context.Context) error {
	presets, err := policy.New()
	if err != nil {
		return err
	}
	table := store.New(r.dynamoDB(), tableName)
	maker := demo.Maker{
		Store: table, Presets: presets, Now: r.now,
		Passwords: credentials.Passwords{Admits: func(string) bool { return true }},
		Sealer:    seal.New(kmskeys.New(r.kms(), r.key, table.Vault(), r.now)),
	}
	r.Demo, err = maker.Make(ctx)
	return err
}

// serveFront answers the API as the gateway does, and under /local what is the local runner's alone.
func (r *Runner) serveFront(listener net.Listener) error {
	var routes []gateway.Route
	for _, operation := range api.Operations() {
		routes = append(routes, gateway.Route{Method: operation.Method, Path: operation.Path, Function: string(operation.Function)})
	}
	door, err := gateway.New(gateway.Config{Routes: routes, Invoke: r.Functions.Invoke, Domain: hostOf(r.API), Log: r.log})
	if err != nil {
		return err
	}
	front := http.NewServeMux()
	front.HandleFunc("GET /local/demo", answer(func() any { return r.Demo }))
	// The service sends no text messages yet, so none were caught.
	front.HandleFunc("GET /local/messages", answer(func() any { return map[string][]any{"items": {}} }))
	r.serveOn(listener, http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		// Not through the mux what is the gateway's: the mux would clean its path.
		if _, pattern := front.Handler(request); pattern != "" && request.Method == http.MethodGet {
			front.ServeHTTP(w, request)
			return
		}
		door.ServeHTTP(w, request)
	}))
	return nil
}

func answer(what func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(what())
	}
}
