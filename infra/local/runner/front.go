package runner

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net"
	"net/http"
	"time"

	"github.com/oklog/ulid/v2"

	"mandate/functions/wire/credentials"
	"mandate/infra/deployment"
	"mandate/infra/local/demo"
	"mandate/infra/local/gateway"
	"mandate/shared/directory"
	"mandate/shared/policy"
	"mandate/shared/seal"
	"mandate/shared/seal/kmskeys"
	"mandate/shared/store"
)

// Core is the domain on the runner's own table, keys and clock, for who has to seed what no operation makes.
func (r *Runner) Core() (directory.Core, error) {
	presets, err := policy.New()
	if err != nil {
		return directory.Core{}, err
	}
	table := store.New(r.Client(), tableName)
	return directory.Core{
		Store: table, Policies: presets, Presets: presets, Sealer: seal.New(kmskeys.New(r.kms(), r.key, table.Vault(), r.now)),
		Now: r.now, NewID: func(prefix string) string {
			return prefix + ulid.MustNew(ulid.Timestamp(r.now()), ulid.DefaultEntropy()).String()
		},
		Admits: func(string) bool { return true },
	}, nil
}

// makeDemo makes the demo users, with the same parts as the functions have.
func (r *Runner) makeDemo(ctx context.Context) error {
	core, err := r.Core()
	if err != nil {
		return err
	}
	maker := demo.Maker{
		Store: core.Store, Presets: core.Presets, Now: core.Now, Passwords: credentials.Passwords{Admits: core.Admits}, Sealer: core.Sealer,
	}
	r.Demo, err = maker.Make(ctx)
	return err
}

// Routes are the declared ones, as the gateway takes them.
func Routes() []gateway.Route {
	var routes []gateway.Route
	for _, route := range deployment.Routes() {
		routes = append(routes, gateway.Route{Method: route.Method, Path: route.Path, Function: string(route.Function)})
	}
	return routes
}

// door answers the API as the gateway does, at a base URL.
func (r *Runner) door(at string) (*gateway.Gateway, error) {
	return gateway.New(gateway.Config{Routes: Routes(), Invoke: r.Functions.Invoke, Domain: hostOf(at), Log: r.log})
}

// serveMutualTLS answers the API to clients with certificates, as the custom domain with mutual TLS does (6.3).
func (r *Runner) serveMutualTLS(listener net.Listener) error {
	door, err := r.door(r.MutualTLS)
	if err != nil {
		return err
	}
	certificate, err := ownCertificate(time.Now())
	if err != nil {
		return err
	}
	r.serveOn(tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12,
	}), door)
	return nil
}

// ownCertificate is a new one of this machine, signed by itself: clients have to be told not to check it.
func ownCertificate(now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// serveFront answers the API as the gateway does, and under /local what is the local runner's alone.
func (r *Runner) serveFront(listener net.Listener) error {
	door, err := r.door(r.API)
	if err != nil {
		return err
	}
	front := http.NewServeMux()
	front.HandleFunc("GET /local/demo", answer(func() any { return r.Demo }))
	front.HandleFunc("GET /local/messages", answer(func() any { return map[string]any{"items": r.phones.Messages()} }))
	front.HandleFunc("GET /local/clock", answer(func() any { return r.clock.tells() }))
	front.HandleFunc("POST /local/clock", r.moveClock)
	r.serveOn(listener, http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		// Not through the mux what is the gateway's: the mux would clean its path.
		if _, pattern := front.Handler(request); pattern != "" && (request.Method == http.MethodGet || request.Method == http.MethodPost) {
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
