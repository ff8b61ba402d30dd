package httpapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/danielgtaylor/huma/v2"

	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/table"
)

// exchange is one event and its answer, in the form that the library reads and writes.
type exchange struct {
	ctx     context.Context
	event   *events.APIGatewayV2HTTPRequest
	route   *route
	request directory.Request
	reader  directory.Reader // as the domain comes to know it
	cookie  bool             // the console's cookie is what authenticates
	keeps   bool             // a session that is opened goes into the cookie
	query   url.Values
	body    []byte

	err     error
	code    fault.Code // of the problem, where it is one
	status  int
	headers map[string]string
	cookies []string
	out     *bytes.Buffer
}

var _ huma.Context = (*exchange)(nil)

type exchangeKey struct{}

func exchangeIn(ctx context.Context) *exchange { return ctx.Value(exchangeKey{}).(*exchange) }

func (x *exchange) Context() context.Context { return x.ctx }

// Operation is for the library's messages alone.
func (x *exchange) Operation() *huma.Operation {
	return &huma.Operation{OperationID: x.operation(), Method: x.Method(), Path: x.event.RouteKey}
}

func (x *exchange) operation() string {
	if x.route == nil {
		return ""
	}
	return x.route.id
}

func (x *exchange) Method() string            { return x.event.RequestContext.HTTP.Method }
func (x *exchange) Host() string              { return x.event.RequestContext.DomainName }
func (x *exchange) RemoteAddr() string        { return x.event.RequestContext.HTTP.SourceIP }
func (x *exchange) Param(name string) string  { return x.event.PathParameters[name] }
func (x *exchange) Query(name string) string  { return x.query.Get(name) }
func (x *exchange) TLS() *tls.ConnectionState { return nil }
func (x *exchange) Status() int               { return x.status }
func (x *exchange) SetStatus(code int)        { x.status = code }
func (x *exchange) BodyReader() io.Reader     { return bytes.NewReader(x.body) }
func (x *exchange) BodyWriter() io.Writer     { return x.out }

// Header is a field of the request, for the library. Of what it would make of two it is told what it comes to: its own
// reading of Accept falls over some, weighs others wrongly, and takes no type in capitals for what it is.
func (x *exchange) Header(name string) string {
	switch name {
	case "Accept":
		if x.route.table && table.Accepted(x.field(name)) {
			return table.MediaType
		}
		return jsonType
	case "Content-Type":
		return jsonType // readBody lets nothing else pass
	}
	return x.field(name)
}

// field is one of the request's header. The gateway writes all their names in lower case.
func (x *exchange) field(name string) string { return x.event.Headers[strings.ToLower(name)] }

func (x *exchange) URL() url.URL {
	return url.URL{Path: x.event.RawPath, RawQuery: x.event.RawQueryString}
}

func (x *exchange) Version() huma.ProtoVersion {
	protocol := x.event.RequestContext.HTTP.Protocol
	major, minor, _ := http.ParseHTTPVersion(protocol)
	return huma.ProtoVersion{Proto: protocol, ProtoMajor: major, ProtoMinor: minor}
}

func (x *exchange) EachHeader(each func(name, value string)) {
	for name, value := range x.event.Headers {
		each(name, value)
	}
}

// GetMultipartForm refuses: no operation takes a form, and admit lets none pass.
func (x *exchange) GetMultipartForm() (*multipart.Form, error) { return nil, http.ErrNotMultipart }

// SetReadDeadline has nothing to do: the body has been read.
func (x *exchange) SetReadDeadline(time.Time) error { return nil }

// SetHeader sets a field of the answer. Cookies have their own place in an event.
func (x *exchange) SetHeader(name, value string) {
	if strings.EqualFold(name, "Set-Cookie") {
		x.cookies = append(x.cookies, value)
		return
	}
	if x.headers == nil {
		x.headers = make(map[string]string, 4)
	}
	x.headers[http.CanonicalHeaderKey(name)] = value
}

// AppendHeader adds to a field of the answer. All but cookies are lists (RFC 9110, 5.3).
func (x *exchange) AppendHeader(name, value string) {
	if before := x.headers[http.CanonicalHeaderKey(name)]; before != "" {
		value = before + ", " + value
	}
	x.SetHeader(name, value)
}

// Headers of every answer. An answer is data, for the one who asked: not kept, not framed, not run. An output that is a
// page says so itself, in header fields of the same name.
const (
	cacheControl            = "no-store"
	contentTypeOptions      = "nosniff"
	contentSecurityPolicy   = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
	referrerPolicy          = "no-referrer"
	strictTransportSecurity = "max-age=63072000; includeSubDomains"
)

// maxRequestID bounds what a client may call its request, in characters.
const maxRequestID = 128

// nameable tells whether a request can be called that, for its client to find it again: printable ASCII characters.
func nameable(id string) bool {
	return id != "" && len(id) <= maxRequestID && !strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r > '~' })
}

// answer is the exchange's end, for the gateway.
func (x *exchange) answer() events.APIGatewayV2HTTPResponse {
	headers := map[string]string{
		"Cache-Control":             cacheControl,
		"X-Content-Type-Options":    contentTypeOptions,
		"Content-Security-Policy":   contentSecurityPolicy,
		"Referrer-Policy":           referrerPolicy,
		"Strict-Transport-Security": strictTransportSecurity,
	}
	if id := x.event.Headers["x-request-id"]; nameable(id) {
		headers["X-Request-Id"] = id // names the request to its client (AuthZEN 1.0, 10.1)
	}
	maps.Copy(headers, x.headers)
	response := events.APIGatewayV2HTTPResponse{StatusCode: x.status, Headers: headers, Cookies: x.cookies}
	if x.status == http.StatusNoContent || x.status == http.StatusNotModified {
		delete(headers, "Content-Type")
		return response
	}
	if x.Method() == http.MethodHead {
		return response
	}
	if content := x.out.Bytes(); utf8.Valid(content) {
		response.Body = string(content)
	} else {
		response.Body = base64.StdEncoding.EncodeToString(content)
		response.IsBase64Encoded = true
	}
	return response
}

// sourceAddress is the address as the gateway tells it. Where that is none, it is the zero address, which no allow-list
// holds.
func sourceAddress(text string) netip.Addr {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap()
}
