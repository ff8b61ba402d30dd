package console

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func site(t *testing.T) *Site {
	t.Helper()
	files := fstest.MapFS{
		".stamp":       {Data: []byte("abc")},
		OperationsFile: {Data: []byte("GET /v1/users\nHEAD /v1/users\nPOST /v1/users\nPATCH /v1/users/{userId}\nGET /health\nPOST /v1/users/{userId}/verification\nGET /access/v1/x\n")},
	}
	for name, content := range map[string]string{
		"index.html": "<!doctype html>", "index.html.br": "br\xff", "index.html.gz": "gz\xff",
		"assets/main-1a2b.js": "script", "icon.svg": "<svg/>",
	} {
		files[name] = &fstest.MapFile{Data: []byte(content)}
	}
	s, err := New(files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(t *testing.T, s *Site, method, path string, headers map[string]string) answer {
	t.Helper()
	e := event{RawPath: path, Headers: headers}
	e.RequestContext.HTTP.Method = method
	payload, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	if a.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		a.Body = string(decoded)
	}
	return a
}

func TestWhatIsNotBuiltDoesNotStart(t *testing.T) {
	t.Parallel()
	if _, err := New(fstest.MapFS{".placeholder": {}}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("got %v", err)
	}
	if _, err := New(fstest.MapFS{"index.html": {}}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("without what the API has: %v", err)
	}
	s, err := New(fstest.MapFS{"index.html": {}, OperationsFile: {Data: []byte("users\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invoke(t.Context(), []byte(`{"rawPath":"/v1/users"}`)); err == nil || !strings.Contains(err.Error(), "users") {
		t.Errorf("operations that are none: %v", err)
	}
	if _, err := New(fstest.MapFS{"index.html": {}, OperationsFile: {}, "film.mp4": {}}); err == nil || !strings.Contains(err.Error(), "film.mp4") {
		t.Errorf("got %v", err)
	}
	if _, err := New(fstest.MapFS{"index.html": {}, OperationsFile: {}, "licences.txt.gz": {}}); err == nil || !strings.Contains(err.Error(), "licences.txt") {
		t.Errorf("got %v", err)
	}
}

// Every address of a page is answered with the page, whose script knows which it is; what is the API's stays the API's.
func TestPathsAreAnsweredWithWhatTheyAre(t *testing.T) {
	t.Parallel()
	s := site(t)
	browser := map[string]string{"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
	for _, test := range []struct {
		path   string
		accept map[string]string
		status int
		kind   string
		cache  string
	}{
		{"/", browser, 200, "text/html; charset=utf-8", "no-cache"},
		{"/link", browser, 200, "text/html; charset=utf-8", "no-cache"},
		{"/users/usr_01", browser, 200, "text/html; charset=utf-8", "no-cache"},
		{"/users/usr_01", nil, 200, "text/html; charset=utf-8", "no-cache"},
		{"/users", map[string]string{"accept": "text/html;q=0, */*"}, 404, "application/problem+json", "no-store"},
		{"/users", map[string]string{"accept": "application/json"}, 404, "application/problem+json", "no-store"},
		{"/assets/main-1a2b.js", map[string]string{"accept": "*/*"}, 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/main-gone.js", browser, 404, "application/problem+json", "no-store"},
		{"/icon.svg", browser, 200, "image/svg+xml", "no-cache"},
		{"/.stamp", browser, 404, "application/problem+json", "no-store"},
		{"/v1/nowhere", browser, 404, "application/problem+json", "no-store"},
		{"/v1", browser, 404, "application/problem+json", "no-store"},
		{"/access/v1/nowhere", browser, 404, "application/problem+json", "no-store"},
		{"/scim/v2/Nowhere", browser, 404, "application/problem+json", "no-store"},
		{"/local/nowhere", browser, 404, "application/problem+json", "no-store"},
		{"/health/", browser, 404, "application/problem+json", "no-store"},
		{"/.git/config", browser, 404, "application/problem+json", "no-store"},
		{"/../../etc/passwd", browser, 404, "application/problem+json", "no-store"},
	} {
		a := ask(t, s, "GET", test.path, test.accept)
		if a.StatusCode != test.status || a.Headers["Content-Type"] != test.kind || a.Headers["Cache-Control"] != test.cache {
			t.Errorf("%s for %v: %d %s %s", test.path, test.accept, a.StatusCode, a.Headers["Content-Type"], a.Headers["Cache-Control"])
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
			"Strict-Transport-Security", "Cross-Origin-Opener-Policy"} {
			if a.Headers[name] == "" {
				t.Errorf("%s has no %s", test.path, name)
			}
		}
	}
}

func TestNothingIsSaidInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	a := ask(t, site(t), "GET", "/v1/nowhere", map[string]string{"accept-language": "fr-CA, en;q=0.5"})
	if a.Headers["Content-Language"] != "fr" || !strings.Contains(a.Body, `"type":"/problems/notFound"`) || !strings.Contains(a.Body, "Introuvable") {
		t.Errorf("%s: %s", a.Headers["Content-Language"], a.Body)
	}
}

// A write to where there is nothing comes here too: a page's address is none to it.
func TestWritesMeetNothing(t *testing.T) {
	t.Parallel()
	s := site(t)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		for _, path := range []string{"/v1/nowhere", "/users"} {
			if a := ask(t, s, method, path, nil); a.StatusCode != 404 || a.Headers["Content-Type"] != "application/problem+json" {
				t.Errorf("%s %s: %d %s", method, path, a.StatusCode, a.Headers["Content-Type"])
			}
		}
	}
}

// What a path of the API takes is told to who asks, and to who comes with something else (RFC 9110, 15.5.6 and 9.3.7).
func TestOtherMethodsAreToldWhichThereAre(t *testing.T) {
	t.Parallel()
	s := site(t)
	for _, test := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"PUT", "/v1/users", 405, "GET, HEAD, OPTIONS, POST"},
		{"OPTIONS", "/v1/users", 204, "GET, HEAD, OPTIONS, POST"},
		{"GET", "/v1/users/usr_1", 405, "OPTIONS, PATCH"},
		{"HEAD", "/v1/users/usr_1", 405, "OPTIONS, PATCH"},
		{"TRACE", "/v1/users/usr_1/verification", 405, "OPTIONS, POST"},
		{"POST", "/health", 405, "GET, OPTIONS"},
		{"PATCH", "/v1/users/u1/x", 404, ""},
		{"PATCH", "/v1/users/", 404, ""},
		{"GET", "/v1/users", 404, "GET, HEAD, OPTIONS, POST"}, // of another path, which the gateway decoded to this
	} {
		a := ask(t, s, test.method, test.path, nil)
		if a.StatusCode != test.status || a.Headers["Allow"] != test.allow || a.Headers["Cache-Control"] != "no-store" {
			t.Errorf("%s %s: %d %v", test.method, test.path, a.StatusCode, a.Headers)
		}
		if problem := a.StatusCode >= 400 && test.method != "HEAD"; problem != (a.Body != "") || problem && !strings.Contains(a.Body, fmt.Sprintf(`"status":%d`, test.status)) {
			t.Errorf("%s %s: %s", test.method, test.path, a.Body)
		}
	}
}

func TestFilesComeAsSmallAsTheClientTakesThem(t *testing.T) {
	t.Parallel()
	s := site(t)
	for accepted, want := range map[string]string{
		"gzip, deflate, br": "br\xff", "gzip": "gz\xff", "br;q=0, gzip;q=0.5": "gz\xff", "br;q=0.0": "<!doctype html>", "BR ; q=1": "br\xff", "*": "br\xff", "*, br;q=0": "gz\xff",
		"": "<!doctype html>", "identity": "<!doctype html>",
	} {
		a := ask(t, s, "GET", "/", map[string]string{"accept-encoding": accepted})
		if a.Body != want || a.Headers["Vary"] != "Accept-Encoding" {
			t.Errorf("%q: %q, coding %s", accepted, a.Body, a.Headers["Content-Encoding"])
		}
		again := ask(t, s, "GET", "/", map[string]string{"accept-encoding": accepted, "if-none-match": a.Headers["ETag"]})
		if again.StatusCode != 304 || again.Body != "" {
			t.Errorf("%q: asked again, %d %q", accepted, again.StatusCode, again.Body)
		}
		for _, seen := range []string{"W/" + a.Headers["ETag"], `"other", ` + a.Headers["ETag"], "*"} {
			if again := ask(t, s, "GET", "/", map[string]string{"accept-encoding": accepted, "if-none-match": seen}); again.StatusCode != 304 {
				t.Errorf("%q: asked again with %s, %d", accepted, seen, again.StatusCode)
			}
		}
		head := ask(t, s, "HEAD", "/", map[string]string{"accept-encoding": accepted})
		if head.StatusCode != 200 || head.Body != "" || head.Headers["ETag"] != a.Headers["ETag"] {
			t.Errorf("%q: HEAD %d %q %s", accepted, head.StatusCode, head.Body, head.Headers["ETag"])
		}
	}
}
