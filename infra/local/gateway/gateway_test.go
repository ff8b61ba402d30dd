package gateway_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"mandate/infra/local/gateway"
	"mandate/infra/local/lambda"
	"mandate/shared/certificate/certificatetest"
)

var routes = []gateway.Route{
	{"GET", "/v1/users", "users"},
	{"POST", "/v1/users", "users"},
	{"GET", "/v1/users/{userId}", "users"},
	{"PATCH", "/v1/users/{userId}", "users"},
	{"POST", "/v1/users/{userId}/duplicate", "users"},
	{"GET", "/v1/users/{userId}/roles", "roles"},
	{"GET", "/v1/users/me", "account"},
	{"ANY", "/scim/v2/{proxy+}", "scim"},
	{"GET", "/scim/v2/Schemas", "schemas"},
	{"GET", "/scim/{version}/{rest+}", "other"},
	{"GET", "/", "console"},
}

type invoke func(ctx context.Context, function string, payload []byte) ([]byte, error)

func serve(t *testing.T, f invoke) http.Handler {
	t.Helper()
	return serveLogged(t, f, slog.DiscardHandler)
}

func serveLogged(t *testing.T, f invoke, h slog.Handler) http.Handler {
	t.Helper()
	g, err := gateway.New(gateway.Config{Routes: routes, Invoke: f, Domain: "api.example.com", Log: slog.New(h)})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Each testdata/events/NAME.http, as it comes over the wire, is the event
// NAME.json.
func TestEvents(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/events/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no requests", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".http")
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			// A bubble's clock begins at the same instant each time.
			synctest.Test(t, func(t *testing.T) {
				r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
				if err != nil {
					t.Fatal(err)
				}
				r.RemoteAddr = "203.0.113.9:40000"
				var got []byte
				serve(t, func(_ context.Context, _ string, payload []byte) ([]byte, error) {
					got = payload
					return []byte(`{}`), nil
				}).ServeHTTP(httptest.NewRecorder(), r)
				if diff := cmp.Diff(tree(t, want), tree(t, steady(t, got))); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
				var parsed events.APIGatewayV2HTTPRequest
				if err := json.Unmarshal(got, &parsed); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// steady replaces what is random, once it has the right form.
func steady(t *testing.T, payload []byte) []byte {
	t.Helper()
	for form, name := range map[string]string{
		`"requestId":"[A-Za-z0-9_-]{15}="`:                    `"requestId":"REQUEST"`,
		`"x-amzn-trace-id":"Root=1-[0-9a-f]{8}-[0-9a-f]{24}"`: `"x-amzn-trace-id":"TRACE"`,
	} {
		found := regexp.MustCompile(form)
		if !found.Match(payload) {
			t.Errorf("%s lacks %s", payload, form)
		}
		payload = found.ReplaceAll(payload, []byte(name))
	}
	return payload
}

func tree(t *testing.T, document []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(document, &v); err != nil {
		t.Fatalf("%v: %s", err, document)
	}
	return v
}

// The request line is sent byte by byte as written here.
func TestRouting(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(serve(t, func(_ context.Context, function string, payload []byte) ([]byte, error) {
		var e events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(payload, &e); err != nil {
			return nil, err
		}
		return json.Marshal(fmt.Sprintf("%s | %s | %s | %v", function, e.RouteKey, e.RawPath, e.PathParameters))
	}))
	server.Config.DisableGeneralOptionsHandler = true // which would answer OPTIONS * in the gateway's place
	server.Start()
	t.Cleanup(server.Close)
	const none = `{"message":"Not Found"}`
	for request, want := range map[string]string{
		"GET /":                               "console | GET / | / | map[]",
		"GET /v1/users":                       "users | GET /v1/users | /v1/users | map[]",
		"GET /v1/users?x=/y":                  "users | GET /v1/users | /v1/users | map[]",
		"GET /v1/users/u1":                    "users | GET /v1/users/{userId} | /v1/users/u1 | map[userId:u1]",
		"GET /v1/users/me":                    "account | GET /v1/users/me | /v1/users/me | map[]",
		"PATCH /v1/users/me":                  "users | PATCH /v1/users/{userId} | /v1/users/me | map[userId:me]",
		"GET /v1/users/u1/roles":              "roles | GET /v1/users/{userId}/roles | /v1/users/u1/roles | map[userId:u1]",
		"GET /v1/users/u1%2Froles":            "users | GET /v1/users/{userId} | /v1/users/u1/roles | map[userId:u1/roles]",
		"GET /v1/users/u1%2froles":            "users | GET /v1/users/{userId} | /v1/users/u1/roles | map[userId:u1/roles]",
		"GET /v1/users/u1%252Froles":          "users | GET /v1/users/{userId} | /v1/users/u1%2Froles | map[userId:u1%2Froles]",
		"GET /v1/users/..%2Fu1":               "users | GET /v1/users/{userId} | /v1/users/../u1 | map[userId:../u1]",
		"GET /v1/users/%2e%2e":                "users | GET /v1/users/{userId} | /v1/users/.. | map[userId:..]",
		"GET /v1/users/a+b%20c":               "users | GET /v1/users/{userId} | /v1/users/a+b c | map[userId:a+b c]",
		"GET /v1/users/u1%3Fpreview=true":     "users | GET /v1/users/{userId} | /v1/users/u1?preview=true | map[userId:u1?preview=true]",
		"GET /v1/users/u1/../me":              none,
		"GET /v1/users/":                      none,
		"GET //v1/users":                      none,
		"GET /v1//users":                      none,
		"GET /v1/users//roles":                none,
		"GET /v1%2Fusers":                     none,
		"GET /V1/users":                       none,
		"GET /v1/users/u1/unknown":            none,
		"DELETE /v1/users":                    none,
		"OPTIONS /v1/users":                   none,
		"OPTIONS *":                           none,
		"get /v1/users":                       none,
		"DELETE /scim/v2/Users/u1":            "scim | ANY /scim/v2/{proxy+} | /scim/v2/Users/u1 | map[proxy:Users/u1]",
		"GET /scim/v2/Schemas":                "schemas | GET /scim/v2/Schemas | /scim/v2/Schemas | map[]",
		"GET /scim/v2/a%2Fb/c":                "scim | ANY /scim/v2/{proxy+} | /scim/v2/a/b/c | map[proxy:a/b/c]",
		"GET /scim/v3/Users":                  "other | GET /scim/{version}/{rest+} | /scim/v3/Users | map[rest:Users version:v3]",
		"GET /scim/v2/":                       none,
		"GET http://api.example.com/v1/users": "users | GET /v1/users | /v1/users | map[]",
	} {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			resp := exchange(t, server, request+" HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n")
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if string(body) != want {
				t.Errorf("got  %s\nwant %s", body, want)
			}
			if want == none && resp.StatusCode != http.StatusNotFound {
				t.Errorf("status %d, want 404", resp.StatusCode)
			}
		})
	}
}

func exchange(t *testing.T, server *httptest.Server, request string) *http.Response {
	t.Helper()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// A client that has closed its side of the connection behind its request gets the answer (RFC 9112, 9.6).
func TestAHalfClosedConnectionIsAnswered(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{})
	handler := serve(t, func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
		<-closed
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return json.Marshal("done")
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		context.AfterFunc(r.Context(), func() { close(closed) })
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET /v1/users HTTP/1.1\r\nHost: api.example.com\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil || !strings.HasSuffix(string(answer), "done") {
		t.Errorf("%v %s", err, answer)
	}
}

func TestDefaultRouteIsTheLast(t *testing.T) {
	t.Parallel()
	g, err := gateway.New(gateway.Config{
		Routes: []gateway.Route{{Path: "$default", Function: "rest"}, {"GET", "/{all+}", "all"}},
		Invoke: func(_ context.Context, function string, payload []byte) ([]byte, error) {
			return json.Marshal(function)
		},
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	for method, want := range map[string]string{"GET": "all", "PUT": "rest"} {
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest(method, "/a", nil))
		if w.Body.String() != want {
			t.Errorf("%s: %s, want %s", method, w.Body, want)
		}
	}
}

func TestRoutesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, refused := range [][]gateway.Route{
		{{"GET", "users", "f"}},
		{{"GET", "/users", ""}},
		{{"", "/users", "f"}},
		{{"GET", "/{a+}/b", "f"}},
		{{"GET", "/a{b}", "f"}},
		{{"GET", "/{b}a", "f"}},
		{{"GET", "/{}", "f"}},
		{{"GET", "/{+}", "f"}},
		{{"GET", "/a", "f"}, {"GET", "/a", "g"}},
	} {
		if _, err := gateway.New(gateway.Config{Routes: refused}); err == nil {
			t.Errorf("%v accepted", refused)
		}
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		contentType, body, want string
		encoded                 bool
	}{
		"JSON":           {"application/json", `{"a":"é"}`, `{"a":"é"}`, false},
		"JSON, charset":  {"Application/JSON; charset=UTF-8", `{}`, `{}`, false},
		"text":           {"text/csv", "a,b\n", "a,b\n", false},
		"XML":            {"application/xml", "<a/>", "<a/>", false},
		"SCIM":           {"application/scim+json", `{}`, "e30=", true},
		"form":           {"application/x-www-form-urlencoded", "a=b", "YT1i", true},
		"binary":         {"application/octet-stream", "\x00\xff", "AP8=", true},
		"no type":        {"", "abc", "YWJj", true},
		"no such type":   {"///", "abc", "YWJj", true},
		"text, no UTF-8": {"application/json", "\xff", "/w==", true},
		"empty":          {"application/octet-stream", "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var e events.APIGatewayV2HTTPRequest
			g := serve(t, func(_ context.Context, _ string, payload []byte) ([]byte, error) {
				return []byte(`{}`), json.Unmarshal(payload, &e)
			})
			r := httptest.NewRequest("POST", "/v1/users", strings.NewReader(c.body))
			if c.contentType != "" {
				r.Header.Set("Content-Type", c.contentType)
			}
			g.ServeHTTP(httptest.NewRecorder(), r)
			if e.Body != c.want || e.IsBase64Encoded != c.encoded {
				t.Errorf("%q, %t, want %q, %t", e.Body, e.IsBase64Encoded, c.want, c.encoded)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const failed = `{"message":"Internal Server Error"}`
	for name, c := range map[string]struct {
		response string
		err      error
		status   int
		headers  map[string]string // "" is absent
		cookies  []string
		body     string
	}{
		"whole": {
			response: `{"statusCode":201,"headers":{"content-type":"application/problem+json","etag":"\"1\"","connection":"close","content-length":"999"},"cookies":["a=1; HttpOnly","b=2"],"body":"{}"}`,
			status:   201, body: `{}`, cookies: []string{"a=1; HttpOnly", "b=2"},
			headers: map[string]string{"Content-Type": "application/problem+json", "Etag": `"1"`, "Connection": ""},
		},
		"binary":           {response: `{"statusCode":200,"headers":{"content-type":"image/png"},"body":"AP8=","isBase64Encoded":true}`, status: 200, body: "\x00\xff", headers: map[string]string{"Content-Type": "image/png"}},
		"no content type":  {response: `{"statusCode":200,"body":"hi"}`, status: 200, body: "hi", headers: map[string]string{"Content-Type": "text/plain;charset=utf-8"}},
		"no body":          {response: `{"statusCode":204}`, status: 204, headers: map[string]string{"Content-Type": ""}},
		"nulls":            {response: `{"statusCode":200,"headers":null,"cookies":null,"body":null}`, status: 200},
		"inferred object":  {response: `{"a":1}`, status: 200, body: `{"a":1}`, headers: map[string]string{"Content-Type": "application/json"}},
		"inferred string":  {response: `"hello"`, status: 200, body: `hello`, headers: map[string]string{"Content-Type": "application/json"}},
		"inferred null":    {response: `null`, status: 200, body: `null`},
		"inferred list":    {response: `[{"statusCode":500}]`, status: 200, body: `[{"statusCode":500}]`},
		"not JSON":         {response: `<html>`, status: 500, body: failed},
		"nothing":          {response: ``, status: 500, body: failed},
		"status null":      {response: `{"statusCode":null}`, status: 500, body: failed},
		"status 99":        {response: `{"statusCode":99}`, status: 500, body: failed},
		"status a word":    {response: `{"statusCode":"OK"}`, status: 500, body: failed},
		"body an object":   {response: `{"statusCode":200,"body":{}}`, status: 500, body: failed},
		"body not base64":  {response: `{"statusCode":200,"body":"!","isBase64Encoded":true}`, status: 500, body: failed},
		"function error":   {err: &lambda.FunctionError{Type: "Secret", Message: "of the function"}, status: 500, body: failed},
		"throttled":        {err: lambda.ErrThrottled, status: 429, body: `{"message":"Too Many Requests"}`},
		"event too large":  {err: lambda.ErrPayloadTooLarge, status: 413, body: `{"message":"Request Entity Too Large"}`},
		"closed":           {err: lambda.ErrClosed, status: 503, body: `{"message":"Service Unavailable"}`},
		"another error":    {err: errors.New("secret"), status: 500, body: failed},
		"informational":    {response: `{"statusCode":103}`, status: 500, body: failed},
		"status a number.": {response: `{"statusCode":200.5}`, status: 500, body: failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(serve(t, func(context.Context, string, []byte) ([]byte, error) {
				return []byte(c.response), c.err
			}))
			t.Cleanup(server.Close)
			resp, err := http.Get(server.URL + "/v1/users")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status || string(body) != c.body {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, body, c.status, c.body)
			}
			for name, want := range c.headers {
				if got := resp.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if diff := cmp.Diff(c.cookies, resp.Header["Set-Cookie"]); diff != "" {
				t.Errorf("cookies -want +got\n%s", diff)
			}
			if resp.Header.Get("Apigw-Requestid") == "" {
				t.Error("no Apigw-Requestid")
			}
			if resp.StatusCode >= 400 && resp.Header.Get("Content-Type") != "application/json" {
				t.Errorf("content type %q", resp.Header.Get("Content-Type"))
			}
		})
	}
}

func TestHeadHasNoBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(serve(t, func(context.Context, string, []byte) ([]byte, error) {
		return []byte(`{"statusCode":200,"body":"hello"}`), nil
	}))
	t.Cleanup(server.Close)
	resp, err := http.Head(server.URL + "/scim/v2/Users")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 || resp.ContentLength != 5 {
		t.Errorf("status %d, length %d, want 200, 5", resp.StatusCode, resp.ContentLength)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	g := serve(t, func(context.Context, string, []byte) ([]byte, error) { return []byte(`{}`), nil })
	for name, c := range map[string]struct {
		request *http.Request
		status  int
		body    string
	}{
		"10 MB":            {httptest.NewRequest("POST", "/v1/users", strings.NewReader(strings.Repeat("x", 10<<20))), 200, `{}`},
		"more than 10 MB":  {httptest.NewRequest("POST", "/v1/users", strings.NewReader(strings.Repeat("x", 10<<20+1))), 413, `{"message":"Request Entity Too Large"}`},
		"10 kB of headers": {withHeader(httptest.NewRequest("GET", "/v1/users", nil), 10_000), 200, `{}`},
		"11 kB of headers": {withHeader(httptest.NewRequest("GET", "/v1/users", nil), 11_000), 431, `{"message":"Request Header Fields Too Large"}`},
		"11 kB of query":   {httptest.NewRequest("GET", "/v1/users?q="+strings.Repeat("x", 11_000), nil), 431, `{"message":"Request Header Fields Too Large"}`},
	} {
		w := httptest.NewRecorder()
		g.ServeHTTP(w, c.request)
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s: %d %s, want %d %s", name, w.Code, w.Body, c.status, c.body)
		}
	}
}

func withHeader(r *http.Request, size int) *http.Request {
	r.Header.Set("X-Long", strings.Repeat("x", size))
	return r
}

func TestFunctionHasThirtySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := httptest.NewRecorder()
		serve(t, func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}).ServeHTTP(w, httptest.NewRequest("GET", "/v1/users", nil))
		if w.Code != 503 || w.Body.String() != `{"message":"Service Unavailable"}` {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

func TestAccessLogTellsNoSecrets(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	g := serveLogged(t, func(context.Context, string, []byte) ([]byte, error) {
		return []byte(`{"statusCode":201,"headers":{"x":"hidden"},"cookies":["hidden"],"body":"hidden"}`), nil
	}, slog.NewJSONHandler(&out, nil))
	r := httptest.NewRequest("PATCH", "/v1/users/hidden?token=hidden", strings.NewReader("hidden"))
	r.Header.Set("Authorization", "Bearer hidden")
	r.Header.Set("Cookie", "session=hidden")
	g.ServeHTTP(httptest.NewRecorder(), r)
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"msg": "request", "method": "PATCH", "routeKey": "PATCH /v1/users/{userId}", "status": 201.0, "function": "users"} {
		if line[name] != want {
			t.Errorf("%s: %v, want %v", name, line[name], want)
		}
	}
	if line["requestId"] == nil || line["duration"] == nil {
		t.Errorf("request id or duration is missing: %v", line)
	}
	if strings.Contains(out.String(), "hidden") {
		t.Errorf("the log tells too much: %s", out.String())
	}
}

// Over mutual TLS the event has the certificate of the connection; over TLS without one, over plain HTTP, and whatever
// the headers say, it has none.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	pair := certificatetest.Make(t, certificatetest.Between(
		time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC), time.Date(2027, time.November, 30, 10, 20, 30, 0, time.UTC),
	), func(c *x509.Certificate) { c.SerialNumber.SetInt64(0x1beef) })
	payloads := make(chan []byte, 1)
	handler := serve(t, func(_ context.Context, _ string, payload []byte) ([]byte, error) {
		payloads <- payload
		return []byte(`{}`), nil
	})
	secure, plain := httptest.NewUnstartedServer(handler), httptest.NewServer(handler)
	secure.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	secure.StartTLS()
	t.Cleanup(secure.Close)
	t.Cleanup(plain.Close)

	get := func(url string, certificates ...tls.Certificate) (events.APIGatewayV2HTTPRequest, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), "GET", url+"/v1/users", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"X-Client-Cert", "X-Amzn-Mtls-Clientcert", "X-Forwarded-Client-Cert", "Client-Cert"} {
			request.Header.Set(name, strings.ReplaceAll(pair.PEM, "\n", ""))
		}
		roots := x509.NewCertPool()
		roots.AddCert(secure.Certificate())
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: certificates}}
		defer transport.CloseIdleConnections()
		answer, err := (&http.Client{Transport: transport}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		payload := <-payloads
		var event events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(payload, &event); err != nil {
			t.Fatal(err)
		}
		return event, string(payload)
	}

	event, _ := get(secure.URL, pair.TLS)
	want := events.APIGatewayV2HTTPRequestContextAuthenticationClientCert{
		ClientCertPem: pair.PEM, SubjectDN: "CN=robot,O=Example Company", IssuerDN: "CN=robot,O=Example Company", SerialNumber: "01:be:ef",
		Validity: events.APIGatewayV2HTTPRequestContextAuthenticationClientCertValidity{
			NotBefore: "Mar  2 09:00:00 2026 GMT", NotAfter: "Nov 30 10:20:30 2027 GMT",
		},
	}
	if diff := cmp.Diff(want, event.RequestContext.Authentication.ClientCert); diff != "" {
		t.Error(diff)
	}
	for _, url := range []string{secure.URL, plain.URL} {
		if _, payload := get(url); strings.Contains(payload, `"authentication"`) {
			t.Errorf("%s: %s", url, payload)
		}
	}
}
