package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"mandate/infra/local/lambda"
)

// Quotas of HTTP APIs that cannot be raised.
const (
	bodyLimit   = 10 << 20 // bytes
	headerLimit = 10_240   // bytes of the request line and the headers' values
	timeLimit   = 30 * time.Second
)

// Config is what a gateway is made of.
type Config struct {
	Routes []Route
	// Invoke runs a function, with the errors of [lambda.Service.Invoke].
	Invoke func(ctx context.Context, function string, payload []byte) ([]byte, error)
	// Domain is the API's own, told to functions as domainName. "" is
	// localhost.
	Domain string
	// Log gets a line a request, without header, body or query: they carry
	// secrets.
	Log *slog.Logger
}

// Gateway serves an HTTP API.
type Gateway struct {
	config Config
	routes table
}

// New fails on routes that API Gateway would not take.
func New(config Config) (*Gateway, error) {
	routes, err := newTable(config.Routes)
	if err != nil {
		return nil, err
	}
	config.Domain = cmp.Or(config.Domain, "localhost")
	return &Gateway{config, routes}, nil
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start, id := time.Now(), requestID()
	route, parameters := g.routes.find(r.Method, r.URL.EscapedPath())

	a, err := g.answer(w, r, route, parameters, id, start)
	a.write(w, id)

	level := slog.LevelInfo
	line := []slog.Attr{
		slog.String("method", r.Method),
		slog.Int("status", a.status),
		slog.Duration("duration", time.Since(start)),
		slog.String("requestId", id),
	}
	if route != nil {
		line = append(line, slog.String("routeKey", route.key()), slog.String("function", route.Function))
	}
	if err != nil {
		level = slog.LevelWarn
		line = append(line, slog.Any("error", err))
	}
	g.config.Log.LogAttrs(r.Context(), level, "request", line...)
}

// answer is the function's, or the gateway's own and the error that led to it.
func (g *Gateway) answer(w http.ResponseWriter, r *http.Request, route *compiled, parameters map[string]string, id string, now time.Time) (answer, error) {
	if headerSize(r) > headerLimit {
		return message(http.StatusRequestHeaderFieldsTooLarge, "Request Header Fields Too Large"), nil
	}
	if route == nil {
		return message(http.StatusNotFound, "Not Found"), nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return message(http.StatusRequestEntityTooLarge, "Request Entity Too Large"), nil
	}
	if err != nil {
		return message(http.StatusBadRequest, "Bad Request"), err
	}
	payload, err := json.Marshal(g.newEvent(r, route, parameters, body, id, now))
	if err != nil {
		return message(http.StatusInternalServerError, "Internal Server Error"), err
	}

	// Who has sent a request may say no more and wait for the answer all the same, which looks like leaving.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), timeLimit)
	defer cancel()
	response, err := g.config.Invoke(ctx, route.Function, payload)
	switch {
	case err == nil:
	case errors.Is(err, lambda.ErrThrottled):
		return message(http.StatusTooManyRequests, "Too Many Requests"), err
	case errors.Is(err, lambda.ErrPayloadTooLarge):
		return message(http.StatusRequestEntityTooLarge, "Request Entity Too Large"), err
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, lambda.ErrClosed):
		return message(http.StatusServiceUnavailable, "Service Unavailable"), err
	default:
		return message(http.StatusInternalServerError, "Internal Server Error"), err
	}
	a, err := read(response)
	if err != nil {
		return message(http.StatusInternalServerError, "Internal Server Error"), err
	}
	return a, nil
}

// headerSize is what the quota counts.
func headerSize(r *http.Request) int {
	size := len(r.Method) + len(r.RequestURI) + len(r.Proto) + len("  ") + len(r.Host)
	for _, values := range r.Header {
		for _, value := range values {
			size += len(value)
		}
	}
	return size
}
