package console

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

func site(t *testing.T) *Site {
	t.Helper()
	files := fstest.MapFS{".stamp": {Data: []byte("abc")}}
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
	if _, err := New(fstest.MapFS{"index.html": {}, "film.mp4": {}}); err == nil || !strings.Contains(err.Error(), "film.mp4") {
		t.Errorf("got %v", err)
	}
	if _, err := New(fstest.MapFS{"index.html": {}, "licences.txt.gz": {}}); err == nil || !strings.Contains(err.Error(), "licences.txt") {
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
		{"/../../etc/passwd", browser, 200, "text/html; charset=utf-8", "no-cache"},
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

func TestFilesComeAsSmallAsTheClientTakesThem(t *testing.T) {
	t.Parallel()
	s := site(t)
	for accepted, want := range map[string]string{
		"gzip, deflate, br": "br\xff", "gzip": "gz\xff", "br;q=0, gzip;q=0.5": "gz\xff", "br;q=0.0": "<!doctype html>",
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
		head := ask(t, s, "HEAD", "/", map[string]string{"accept-encoding": accepted})
		if head.StatusCode != 200 || head.Body != "" || head.Headers["ETag"] != a.Headers["ETag"] {
			t.Errorf("%q: HEAD %d %q %s", accepted, head.StatusCode, head.Body, head.Headers["ETag"])
		}
	}
}
