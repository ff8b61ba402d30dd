package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// event is events.APIGatewayV2HTTPRequest as it looks on the wire: without
// authentication where there is none, which the original cannot leave out.
type event struct {
	events.APIGatewayV2HTTPRequest
	RequestContext requestContext `json:"requestContext"`
}

type requestContext struct {
	events.APIGatewayV2HTTPRequestContext
	Authentication *events.APIGatewayV2HTTPRequestContextAuthentication `json:"authentication,omitempty"`
}

// newEvent says of a request what API Gateway says.
func (g *Gateway) newEvent(r *http.Request, route *compiled, parameters map[string]string, body []byte, id string, now time.Time) event {
	source := peer(r)
	text, encoded := encodeBody(r.Header.Get("Content-Type"), body)
	prefix, _, _ := strings.Cut(g.config.Domain, ".")
	e := event{
		APIGatewayV2HTTPRequest: events.APIGatewayV2HTTPRequest{
			Version:               "2.0",
			RouteKey:              route.key(),
			RawPath:               r.URL.Path,
			RawQueryString:        r.URL.RawQuery,
			Cookies:               cookies(r.Header),
			Headers:               headers(r, source, len(body), now),
			QueryStringParameters: query(r.URL.RawQuery),
			PathParameters:        parameters,
			Body:                  text,
			IsBase64Encoded:       encoded,
		},
	}
	e.RequestContext.APIGatewayV2HTTPRequestContext = events.APIGatewayV2HTTPRequestContext{
		RouteKey:     route.key(),
		AccountID:    account,
		Stage:        "$default",
		RequestID:    id,
		APIID:        apiID,
		DomainName:   g.config.Domain,
		DomainPrefix: prefix,
		Time:         now.UTC().Format("02/Jan/2006:15:04:05 -0700"),
		TimeEpoch:    now.UnixMilli(),
		HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
			Method:    r.Method,
			Path:      r.URL.Path,
			Protocol:  r.Proto,
			SourceIP:  source,
			UserAgent: r.UserAgent(),
		},
	}
	e.RequestContext.Authentication = authentication(r)
	return e
}

// validityLayout is how the times of a certificate are written (seen in AWS's
// own example of the event).
const validityLayout = "Jan _2 15:04:05 2006 GMT"

// authentication tells of the certificate at the other end of the connection;
// nil where there is none.
func authentication(r *http.Request) *events.APIGatewayV2HTTPRequestContextAuthentication {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	certificate := r.TLS.PeerCertificates[0]
	var told events.APIGatewayV2HTTPRequestContextAuthentication
	told.ClientCert = events.APIGatewayV2HTTPRequestContextAuthenticationClientCert{
		ClientCertPem: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})),
		SubjectDN:     certificate.Subject.String(),
		IssuerDN:      certificate.Issuer.String(),
		SerialNumber:  serial(certificate.SerialNumber),
		Validity: events.APIGatewayV2HTTPRequestContextAuthenticationClientCertValidity{
			NotBefore: certificate.NotBefore.UTC().Format(validityLayout),
			NotAfter:  certificate.NotAfter.UTC().Format(validityLayout),
		},
	}
	return &told
}

// serial is a number in pairs of hexadecimal digits.
func serial(number *big.Int) string {
	pairs := make([]string, 0, 20)
	for _, b := range number.Bytes() {
		pairs = append(pairs, fmt.Sprintf("%02x", b))
	}
	return strings.Join(pairs, ":")
}

// Names that AWS gives out; fixed, for there is one API here.
const (
	account = "000000000000"
	apiID   = "local"
)

// peer is the address at the other end of the connection, and nothing that a
// header says.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// hopByHop headers are between the client and the gateway alone (RFC 9110,
// 7.6.1).
var hopByHop = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true,
	"Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

// headers are the client's, and those that AWS adds.
func headers(r *http.Request, source string, length int, now time.Time) map[string]string {
	h := make(map[string]string, len(r.Header)+6)
	for name, values := range r.Header {
		if !hopByHop[name] && name != "Cookie" {
			h[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	h["host"] = r.Host
	h["content-length"] = strconv.Itoa(length)
	h["x-amzn-trace-id"] = fmt.Sprintf("Root=1-%08x-%s", now.Unix(), hex.EncodeToString(random(12)))
	if before, sent := h["x-forwarded-for"]; sent {
		source = before + ", " + source
	}
	h["x-forwarded-for"] = source
	h["x-forwarded-proto"], h["x-forwarded-port"] = "http", "80"
	if r.TLS != nil {
		h["x-forwarded-proto"], h["x-forwarded-port"] = "https", "443"
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		h["x-forwarded-port"] = strconv.Itoa(local.Port)
	}
	return h
}

// cookies are the pairs of all Cookie headers, one by one.
func cookies(h http.Header) []string {
	var all []string
	for _, line := range h["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			if pair = strings.TrimSpace(pair); pair != "" {
				all = append(all, pair)
			}
		}
	}
	return all
}

// query decodes the parameters and joins repeated ones. It is not url.ParseQuery
// because that drops what it cannot decode.
func query(raw string) map[string]string {
	if raw == "" {
		return nil
	}
	parameters := make(map[string]string)
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key, value = unescape(key), unescape(value)
		if before, repeated := parameters[key]; repeated {
			value = before + "," + value
		}
		parameters[key] = value
	}
	return parameters
}

func unescape(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

// encodeBody gives the event's body and whether it is in base64.
func encodeBody(contentType string, body []byte) (string, bool) {
	if len(body) == 0 {
		return "", false
	}
	if isText(contentType) && utf8.Valid(body) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}

func isText(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch media {
	case "application/json", "application/xml", "application/javascript":
		return true
	}
	return strings.HasPrefix(media, "text/")
}

// requestID has the form of API Gateway's: 11 bytes in base64.
func requestID() string { return base64.URLEncoding.EncodeToString(random(11)) }

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails (crypto/rand)
	return b
}
