package httpapi_test

import (
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mandate/shared/api"
	"mandate/shared/certificate/certificatetest"
	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/httpapi"
)

type eventType = events.APIGatewayV2HTTPRequest

func TestRequestIsTheEvents(t *testing.T) {
	t.Parallel()
	basic := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	certified := certificatetest.Make(t)
	source := directory.Source{Address: netip.MustParseAddr("192.0.2.7"), UserAgent: "test/1.0"}
	tests := []struct {
		name   string
		change change
		edge   bool
		want   directory.Request
	}{
		{"a bearer token", header("Authorization", "bearer abc.DEF_1~2+/-="), false, directory.Request{Token: "abc.DEF_1~2+/-=", Source: source}},
		{"a client", header("Authorization", basic("client_1:s:e")), false, directory.Request{ClientID: "client_1", ClientSecret: "s:e", Source: source}},
		{"the console's cookie", cookie("abc"), false, directory.Request{Token: "abc", Source: source}},
		{"the header before the cookie", func(event *eventType) {
			event.Cookies = []string{api.SessionCookie + "=abc"}
		}, false, directory.Request{Token: "token-1", Source: source}},
		{"no credentials", without("Authorization"), false, directory.Request{Source: source}},
		{"a token with a space", header("Authorization", "Bearer a b"), false, directory.Request{Source: source}},
		{"a token without scheme", header("Authorization", "abc"), false, directory.Request{Source: source}},
		{"an endless token", header("Authorization", "Bearer "+strings.Repeat("a", 2000)), false, directory.Request{Source: source}},
		{"another scheme", header("Authorization", "Digest abc"), false, directory.Request{Source: source}},
		{"a client without secret", header("Authorization", basic("client_1:")), false, directory.Request{Source: source}},
		{"a client without colon", header("Authorization", basic("client_1")), false, directory.Request{Source: source}},
		{"a client of broken base64", header("Authorization", "Basic %%%"), false, directory.Request{Source: source}},
		{"a client of broken UTF-8", header("Authorization", basic("client\xff:secret")), false, directory.Request{Source: source}},
		{"a client with a control character", header("Authorization", basic("client\n:secret")), false, directory.Request{Source: source}},
		{"a user agent without what disturbs a list", func(event *eventType) {
			without("Authorization")(event)
			event.RequestContext.HTTP.UserAgent = "a\x1b[31m\r\nb\u202ec\xffé" + strings.Repeat("x", 400)
		}, false, directory.Request{Source: directory.Source{Address: source.Address, UserAgent: "a[31mbcé" + strings.Repeat("x", 248)}}},
		{"an IPv4 address in IPv6 form", func(event *eventType) {
			without("Authorization")(event)
			event.RequestContext.HTTP.SourceIP = "::ffff:192.0.2.7"
		}, false, directory.Request{Source: source}},
		{"no address", func(event *eventType) {
			without("Authorization")(event)
			event.RequestContext.HTTP.SourceIP = "unknown"
		}, false, directory.Request{Source: directory.Source{UserAgent: "test/1.0"}}},
		{"a place that no edge vouches for", func(event *eventType) {
			without("Authorization")(event)
			event.Headers["cloudfront-viewer-city"], event.Headers["cloudfront-viewer-country"] = "Aarhus", "DK"
		}, false, directory.Request{Source: source}},
		{"the edge's place", func(event *eventType) {
			without("Authorization")(event)
			event.Headers["cloudfront-viewer-city"], event.Headers["cloudfront-viewer-country"] = "Aarhus", "DK"
		}, true, directory.Request{Source: directory.Source{Address: source.Address, UserAgent: "test/1.0", Place: "Aarhus, DK"}}},
		{"the edge's country", func(event *eventType) {
			without("Authorization")(event)
			event.Headers["cloudfront-viewer-country"] = "DK"
		}, true, directory.Request{Source: directory.Source{Address: source.Address, UserAgent: "test/1.0", Place: "DK"}}},
		{"the certificate at the other end", func(event *eventType) {
			event.RequestContext.Authentication.ClientCert.ClientCertPem = certified.PEM
		}, false, directory.Request{Token: "token-1", Source: source, Certificate: certified.Fingerprint}},
		{"a certificate that is none", func(event *eventType) {
			event.RequestContext.Authentication.ClientCert.ClientCertPem = "none"
		}, false, directory.Request{Token: "token-1", Source: source}},
		{"a certificate in headers", func(event *eventType) {
			for _, name := range []string{"x-client-cert", "x-amzn-mtls-clientcert", "ssl-client-cert", "x-forwarded-client-cert", "client-cert"} {
				event.Headers[name] = certified.PEM
			}
		}, false, directory.Request{Token: "token-1", Source: source}},
		{"keys that the operation does not take", func(event *eventType) {
			event.Headers["idempotency-key"], event.Headers["if-match"] = "k-1", `"7"`
		}, false, directory.Request{Token: "token-1", Source: source}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newService(httpapi.Options{EdgeTellsPlace: test.edge})
			if answer := s.call(t, event("GET /health", test.change)); answer.StatusCode != 200 {
				t.Fatalf("%+v", answer)
			}
			test.want.Operation, test.want.Reader = "health", &directory.Reader{}
			if diff := cmp.Diff(test.want, s.request, cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParametersByKind(t *testing.T) {
	t.Parallel()
	s := newService(httpapi.Options{})
	s.call(t, event("POST /v1/users", body(goodBody), header("Idempotency-Key", "k-1"), query("preview=true")))
	if s.request.IdempotencyKey != "k-1" || !s.request.Preview || s.request.Fingerprint == "" {
		t.Errorf("%+v", s.request)
	}
	s.call(t, event("DELETE /v1/users/{userId}", header("If-Match", `"7"`), query("preview=false")))
	if s.request.IfMatch != `"7"` || s.request.Preview || s.request.IdempotencyKey != "" {
		t.Errorf("%+v", s.request)
	}
	s.call(t, event("DELETE /v1/users/{userId}", header("If-Match", `W/"7" ,"8"`)))
	if s.request.IfMatch != `W/"7" ,"8"` {
		t.Errorf("%+v", s.request)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	of := func(changes ...change) string {
		s := newService(httpapi.Options{})
		s.call(t, event("POST /v1/users", append([]change{body(goodBody)}, changes...)...))
		return s.request.Fingerprint
	}
	first := of()
	if len(first) != 64 || first != of(header("User-Agent", "another"), header("Authorization", "Bearer other")) {
		t.Errorf("the same request twice: %s", first)
	}
	encoded := func(event *eventType) {
		event.Body, event.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(goodBody)), true
	}
	if first != of(encoded) {
		t.Error("the gateway's encoding counts")
	}
	seen := map[string]bool{first: true}
	for name, change := range map[string]change{
		"another body":    body(goodBody + " "),
		"another query":   query("preview=true"),
		"another path":    func(event *eventType) { event.RawPath = "/v1/users2" },
		"query into path": func(event *eventType) { event.RawPath = "/v1/userspreview=true" },
	} {
		if print := of(change); seen[print] {
			t.Errorf("%s: %s again", name, print)
		} else {
			seen[print] = true
		}
	}
}

func TestOperationsNeedCredentials(t *testing.T) {
	t.Parallel()
	s := newService(httpapi.Options{})
	answer := s.call(t, event("POST /v1/users", without("Authorization"), body(`{"broken`)))
	if answer.StatusCode != 401 || answer.Headers["WWW-Authenticate"] != `Bearer realm="mandate"` || s.called {
		t.Errorf("%+v", answer)
	}
	s.err = fault.New(fault.Unauthenticated, "")
	answer = s.call(t, event("POST /v1/users", body(goodBody)))
	if answer.StatusCode != 401 || answer.Headers["WWW-Authenticate"] != `Bearer realm="mandate", error="invalid_token"` {
		t.Errorf("%+v", answer)
	}
}

func TestCookieWritesComeFromTheConsolesPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		route   string
		changes []change
		status  int
	}{
		{"the console's own page", "POST /v1/users", []change{body(goodBody), cookie("abc"), header("Sec-Fetch-Site", "same-origin")}, 200},
		{"another site", "POST /v1/users", []change{body(goodBody), cookie("abc"), header("Sec-Fetch-Site", "cross-site")}, 403},
		{"a sister site", "POST /v1/users", []change{body(goodBody), cookie("abc"), header("Sec-Fetch-Site", "same-site")}, 403},
		{"no word of it", "DELETE /v1/users/{userId}", []change{cookie("abc")}, 403},
		{"a read", "GET /v1/users/{userId}", []change{cookie("abc"), header("Sec-Fetch-Site", "cross-site")}, 200},
		{"a token, which no other page has", "POST /v1/users", []change{body(goodBody), header("Sec-Fetch-Site", "cross-site")}, 200},
		{"no cookie of the console's", "POST /v1/users", []change{body(goodBody), cookie("")}, 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newService(httpapi.Options{})
			answer := s.call(t, event(test.route, test.changes...))
			if answer.StatusCode != test.status || s.called != (test.status == 200) {
				t.Fatalf("%d %s", answer.StatusCode, answer.Body)
			}
			if test.status == 403 {
				if problem := problemIn(t, answer); problem.Policy != "same-origin" || problem.Detail == "" {
					t.Errorf("%+v", problem)
				}
			}
		})
	}
}
