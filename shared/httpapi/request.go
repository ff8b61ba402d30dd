package httpapi

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"golang.org/x/text/language"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// Bounds on what is kept of a request's headers, in characters.
const (
	maxUserAgent  = 256
	maxPlace      = 128
	maxCredential = 1024
	maxLanguages  = 8
)

// request is what an event tells of its caller. What depends on the operation (Idempotency-Key, If-Match, preview,
// fingerprint) is admit's to add. The cookie counts only where the Authorization field holds no credentials.
func (s *Server) request(event *events.APIGatewayV2HTTPRequest) (request directory.Request, cookie bool) {
	request.Token, request.ClientID, request.ClientSecret = credentials(event.Headers["authorization"])
	if request.Token == "" && request.ClientID == "" {
		request.Token = sessionCookie(event.Cookies)
		cookie = request.Token != ""
	}
	request.Source = directory.Source{
		Address:   sourceAddress(event.RequestContext.HTTP.SourceIP),
		UserAgent: clean(event.RequestContext.HTTP.UserAgent, maxUserAgent),
	}
	if s.edgeTellsPlace {
		request.Source.Place = place(event.Headers["cloudfront-viewer-city"], event.Headers["cloudfront-viewer-country"])
	}
	request.Certificate = certificateFingerprint(event.RequestContext.Authentication.ClientCert.ClientCertPem)
	return request, cookie
}

// certificateFingerprint is the SHA-256, in hexadecimal, of the certificate that the gateway found at the other end of a
// mutual TLS connection; empty where there was none. The gateway alone sets it: no header does.
func certificateFingerprint(text string) string {
	if text == "" {
		return ""
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return ""
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:])
}

// credentials reads an Authorization field: a Bearer token (RFC 6750, 2.1) or a Basic client id and secret (RFC 7617).
// Anything else counts as none.
func credentials(field string) (token, id, secret string) {
	if len(field) > maxCredential {
		return "", "", ""
	}
	scheme, value, _ := strings.Cut(field, " ")
	value = strings.Trim(value, " ")
	switch {
	case strings.EqualFold(scheme, "Bearer") && tokenShaped(value):
		return value, "", ""
	case strings.EqualFold(scheme, "Basic"):
		decoded, err := base64.StdEncoding.DecodeString(value)
		if err != nil || !utf8.Valid(decoded) || slices.ContainsFunc([]rune(string(decoded)), unicode.IsControl) {
			return "", "", ""
		}
		id, secret, found := strings.Cut(string(decoded), ":")
		if !found || id == "" || secret == "" {
			return "", "", ""
		}
		return "", id, secret
	}
	return "", "", ""
}

// tokenShaped tells whether a text is a token68 (RFC 9110, 11.2), and not empty.
func tokenShaped(text string) bool {
	for i := range len(text) {
		if c := text[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~+/=", c) >= 0) {
			return false
		}
	}
	return text != ""
}

// sessionCookie is the token in the console's cookie, empty where there is none.
func sessionCookie(cookies []string) string {
	for _, cookie := range cookies {
		if token, ok := strings.CutPrefix(cookie, api.SessionCookie+"="); ok && len(token) <= maxCredential && tokenShaped(token) {
			return token
		}
	}
	return ""
}

// clean removes from a client's text what would disturb a list or a log: control characters, invisible ones that turn
// the direction of writing, and broken UTF-8. It cuts the text at a number of characters.
func clean(text string, characters int) string {
	kept := 0
	return strings.Map(func(r rune) rune {
		if kept == characters || disturbing(r) {
			return -1
		}
		kept++
		return r
	}, text)
}

// disturbing tells what clean removes. Nearly all that there is are plain characters, which need no table.
func disturbing(r rune) bool {
	return (r < ' ' || r > '~') && (r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp))
}

func place(city, country string) string {
	city, country = clean(city, maxPlace), clean(country, maxPlace)
	if city == "" || country == "" {
		return cmp.Or(city, country)
	}
	return city + ", " + country
}

// acceptLanguage reads an Accept-Language field (RFC 9110, 12.5.4), best first. An entry that is not understood is left
// out, and does not spoil the others.
func acceptLanguage(field string) []language.Tag {
	if field == "" {
		return nil
	}
	type wish struct {
		tag     language.Tag
		quality float32
	}
	var wishes []wish
	for entry := range strings.SplitSeq(field, ",") {
		if len(wishes) == maxLanguages {
			break
		}
		tags, qualities, err := language.ParseAcceptLanguage(entry)
		if err != nil || len(tags) == 0 || strings.HasPrefix(strings.TrimSpace(entry), "*") {
			continue
		}
		wishes = append(wishes, wish{tags[0], qualities[0]})
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.quality, a.quality) })
	languages := make([]language.Tag, len(wishes))
	for i, wish := range wishes {
		languages[i] = wish.tag
	}
	return languages
}

// fingerprint is the SHA-256, in hexadecimal, of what makes a request the same request: method, path, query and body as
// sent. Each part is led by its length, so that no two requests can run together into one.
func fingerprint(method, path, query string, body []byte) string {
	hash := sha256.New()
	var length [8]byte
	for _, part := range [][]byte{[]byte(method), []byte(path), []byte(query), body} {
		hash.Write(binary.BigEndian.AppendUint64(length[:0], uint64(len(part))))
		hash.Write(part)
	}
	return hex.EncodeToString(hash.Sum(nil))
}
