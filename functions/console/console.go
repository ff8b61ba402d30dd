package console

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"golang.org/x/text/language"

	"mandate/shared/accept"
	"mandate/shared/words"
)

// ErrNotBuilt: there is no index.html among the files.
var ErrNotBuilt = errors.New("the console is not built: dist has no index.html (make build, make run and make test make it)")

// file is one of the console's, as it is and compressed. It is read when it is asked for: a function that reads and hashes
// all of them before its first event takes twice as long to start.
type file struct {
	kind      string
	cache     string
	tag       func() (string, error)            // its ETag, of how it is
	encodings map[string]func() ([]byte, error) // by content coding; "" is as it is
}

// Site answers the gateway's events with the console's files.
type Site struct {
	files      map[string]*file            // by path, without a slash at the beginning
	operations func() ([]operation, error) // read when one is asked for, as files are
	words      *words.Catalogue
}

// Built is the site with the files that were embedded. It fails with [ErrNotBuilt] where they were not built.
func Built() (*Site, error) {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, err
	}
	return New(dist)
}

const index = "index.html"

// codings are the compressed forms that the build leaves beside a file, by what their names end in; the best first.
var codings = []struct{ name, ending string }{{"br", ".br"}, {"gzip", ".gz"}}

var kinds = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
}

// New is a site with these files. Names that begin with a dot are the build's own. It fails with [ErrNotBuilt] where what
// the build leaves is not there.
func New(files fs.FS) (*Site, error) {
	if _, err := fs.Stat(files, OperationsFile); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotBuilt, err)
	}
	site := &Site{
		files: map[string]*file{}, words: words.New(),
		operations: sync.OnceValues(func() ([]operation, error) { return readOperations(files) }),
	}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		return site.add(name, sync.OnceValues(func() ([]byte, error) { return fs.ReadFile(files, name) }))
	})
	if err != nil {
		return nil, err
	}
	if site.files[index] == nil {
		return nil, ErrNotBuilt
	}
	for name, file := range site.files {
		if file.tag == nil {
			return nil, fmt.Errorf("console: %s is there in compressed forms alone", name)
		}
	}
	return site, nil
}

func (s *Site) add(name string, content func() ([]byte, error)) error {
	coding := ""
	for _, one := range codings {
		if plain, ok := strings.CutSuffix(name, one.ending); ok {
			name, coding = plain, one.name
		}
	}
	f := s.files[name]
	if f == nil {
		f = &file{kind: kinds[path.Ext(name)], cache: "no-cache", encodings: map[string]func() ([]byte, error){}}
		if f.kind == "" {
			return fmt.Errorf("console: no content type is known of %s", name)
		}
		if strings.HasPrefix(name, "assets/") {
			f.cache = "public, max-age=31536000, immutable"
		}
		s.files[name] = f
	}
	f.encodings[coding] = content
	if coding == "" {
		f.tag = sync.OnceValues(func() (string, error) {
			content, err := content()
			sum := sha256.Sum256(content)
			return base64.RawURLEncoding.EncodeToString(sum[:12]), err
		})
	}
	return nil
}

// policy is what the console's pages may load and do.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// headers of every answer.
func headers() map[string]string {
	return map[string]string{
		"Content-Security-Policy":      policy,
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
		"Referrer-Policy":              "no-referrer",
		"Strict-Transport-Security":    "max-age=63072000; includeSubDomains",
		"X-Content-Type-Options":       "nosniff",
	}
}

// namespaces are the API's: what is there and is no operation's is nobody's.
var namespaces = []string{"v1", "access", "scim", "local", "health", ".well-known"}

type (
	event  = events.APIGatewayV2HTTPRequest
	answer = events.APIGatewayV2HTTPResponse
)

// Invoke answers one event of the gateway, as Lambda calls it. Its error is that the payload is none.
func (s *Site) Invoke(_ context.Context, payload []byte) ([]byte, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, fmt.Errorf("console: no event of the gateway: %w", err)
	}
	response, err := s.answer(e)
	if err != nil {
		return nil, err
	}
	return json.Marshal(response)
}

func (s *Site) answer(e event) (answer, error) {
	f := s.find(strings.TrimPrefix(e.RawPath, "/"), e.Headers["accept"])
	if method := e.RequestContext.HTTP.Method; f == nil || method != http.MethodGet && method != http.MethodHead {
		return s.nothing(e)
	}
	head := headers()
	head["Content-Type"], head["Cache-Control"], head["Vary"] = f.kind, f.cache, "Accept-Encoding"
	coding, content := f.encoding(e.Headers["accept-encoding"])
	tag, err := f.tag()
	if err != nil {
		return answer{}, err
	}
	tag = `"` + tag + coding + `"`
	head["ETag"] = tag
	if coding != "" {
		head["Content-Encoding"] = coding
	}
	if slices.ContainsFunc(list(e.Headers["if-none-match"]), func(seen string) bool { return seen == "*" || strings.TrimPrefix(seen, "W/") == tag }) {
		delete(head, "Content-Type")
		return answer{StatusCode: http.StatusNotModified, Headers: head}, nil
	}
	body, err := content()
	return write(e, http.StatusOK, head, body), err
}

// write is an answer with a body, but to HEAD.
func write(e event, status int, headers map[string]string, body []byte) answer {
	if e.RequestContext.HTTP.Method == http.MethodHead {
		return answer{StatusCode: status, Headers: headers}
	}
	if utf8.Valid(body) {
		return answer{StatusCode: status, Headers: headers, Body: string(body)}
	}
	return answer{StatusCode: status, Headers: headers, Body: base64.StdEncoding.EncodeToString(body), IsBase64Encoded: true}
}

// find gives the file that a path is answered with; nil is none.
func (s *Site) find(name, accepts string) *file {
	if f := s.files[name]; f != nil {
		return f
	}
	first, _, _ := strings.Cut(name, "/")
	if slices.Contains(namespaces, first) || strings.Contains(path.Base("/"+name), ".") || strings.Contains("/"+name, "/.") || !takesHTML(accepts) {
		return nil
	}
	return s.files[index]
}

// takesHTML tells whether a client takes pages, by its Accept field.
func takesHTML(field string) bool {
	return field == "" || accept.Weigh(field, "*/*", "text/*", "text/html").Q > 0
}

// encoding is the best of the file's forms that a client takes, by its Accept-Encoding field.
func (f *file) encoding(field string) (coding string, content func() ([]byte, error)) {
	for _, one := range codings {
		if content, there := f.encodings[one.name]; there && accept.Weigh(field, "*", one.name).Q > 0 {
			return one.name, content
		}
	}
	return "", f.encodings[""]
}

// list takes a field apart that is a list.
func list(field string) []string {
	var entries []string
	for entry := range strings.SplitSeq(field, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}

// nothing is the problem (RFC 9457) of a path where there is nothing, or nothing for the method, in the words of the API's.
func (s *Site) nothing(e event) (answer, error) {
	status, code, head := http.StatusNotFound, "notFound", headers()
	head["Cache-Control"] = "no-store"
	methods, err := s.methods(strings.TrimPrefix(e.RawPath, "/"))
	if err != nil {
		return answer{}, err
	}
	if method := e.RequestContext.HTTP.Method; len(methods) > 0 {
		head["Allow"] = strings.Join(methods, ", ")
		if method == http.MethodOptions {
			return answer{StatusCode: http.StatusNoContent, Headers: head}, nil
		}
		if !slices.Contains(methods, method) {
			status, code = http.StatusMethodNotAllowed, "methodNotAllowed"
		}
	}
	wishes, _, err := language.ParseAcceptLanguage(e.Headers["accept-language"])
	if err != nil {
		wishes = nil // a field that is no list of languages wishes for none
	}
	tag, _ := s.words.Nearest(wishes)
	w := s.words.In(tag)
	body, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{"/problems/" + code, w.Titles[code], status, w.Details[code]})
	if err != nil {
		return answer{}, err
	}
	head["Content-Type"], head["Content-Language"] = "application/problem+json", w.Language
	return write(e, status, head, body), nil
}
