package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"mandate/shared/api"
	"mandate/shared/httpapi"
)

// with is a good body with a member added or, where it has it, another value for it.
func with(member string) change {
	return body(strings.TrimSuffix(goodBody, "}") + "," + member + "}")
}

func TestBadInputNamesFieldAndRule(t *testing.T) {
	t.Parallel()
	const (
		create = "POST /v1/users"
		get    = "GET /v1/users/{userId}"
		list   = "GET /v1/users"
		remove = "DELETE /v1/users/{userId}"
		act    = "POST /v1/users/{userId}/deactivate"
		tag    = "POST /v1/users/{userId}/tags"
	)
	deep := strings.Repeat("[", 33) + strings.Repeat("]", 33)
	tests := []struct {
		name   string
		route  string
		change change
		status int
		fields []string // "field rule"
	}{
		// The body as a whole: 400, 413 and 415.
		{"no body", create, body(""), 400, []string{"body required"}},
		{"blank body", create, body("  \n"), 400, []string{"body json"}},
		{"malformed", create, body(`{"name":`), 400, []string{"body json"}},
		{"trailing garbage", create, body(goodBody + "x"), 400, []string{"body json"}},
		{"a second value", create, body(goodBody + goodBody), 400, []string{"body json"}},
		{"a name twice", create, with(`"email":"eve@example.com"`), 400, []string{"email duplicate"}},
		{"a name twice, written otherwise", create, with(`"\u0065mail":"eve@example.com"`), 400, []string{"email duplicate"}},
		{"a name twice, inside", create, with(`"people":[{"first":"A"},{"first":"A","first":"B"}]`), 400, []string{"people[1].first duplicate"}},
		{"too deep", create, body(deep), 400, []string{"body depth"}},
		{"broken UTF-8", create, body("{\"email\":\"\xff\"}"), 400, []string{"body utf8"}},
		{"half a surrogate pair", create, body(`{"email":"\ud800"}`), 400, []string{"body json"}},
		{"a byte order mark", create, body("\ufeff{}"), 400, []string{"body json"}},
		{"broken base64", create, func(event *events.APIGatewayV2HTTPRequest) { body("!")(event); event.IsBase64Encoded = true }, 400, []string{"body base64"}},
		{"too large", create, body(`"` + strings.Repeat("a", api.MaxBody-1) + `"`), 413, []string{"body maxBytes"}},
		{"too large in base64", create, func(event *events.APIGatewayV2HTTPRequest) {
			body(strings.Repeat("aaaa", api.MaxBody/3+1))(event)
			event.IsBase64Encoded = true
		}, 413, []string{"body maxBytes"}},
		{"no content type", create, func(event *events.APIGatewayV2HTTPRequest) { event.Body = goodBody }, 415, []string{"Content-Type mediaType"}},
		{"a form", create, func(event *events.APIGatewayV2HTTPRequest) {
			body(goodBody)(event)
			header("Content-Type", "application/x-www-form-urlencoded")(event)
		}, 415, []string{"Content-Type mediaType"}},
		{"another charset", create, func(event *events.APIGatewayV2HTTPRequest) {
			body(goodBody)(event)
			header("Content-Type", "application/json; charset=latin1")(event)
		}, 415, []string{"Content-Type mediaType"}},

		{"compressed", create, func(event *events.APIGatewayV2HTTPRequest) {
			body(goodBody)(event)
			header("Content-Encoding", "gzip")(event)
		}, 415, []string{"Content-Encoding contentCoding"}},

		// Fields that break a rule: 422.
		{"not an object", create, body(`["a"]`), 422, []string{"body type"}},
		{"null", create, body(`null`), 422, []string{"body type"}},
		{"everything missing", create, body(`{}`), 422, []string{"email required", "kind required", "name required"}},
		{"missing inside", create, body(`{"name":{},"email":"ada@example.com","kind":"admin"}`), 422, []string{"name.first required"}},
		{"unknown", create, with(`"admin":true`), 422, []string{"admin unknown"}},
		{"unknown inside", create, with(`"people":[{"first":"A"},{"first":"B","age":7}]`), 422, []string{"people[1].age unknown"}},
		{"unknown by its case", create, with(`"Phone":"+4512345678"`), 422, []string{"Phone unknown"}},
		{"a known name twice, in another case", create, with(`"EMAIL":"eve@example.com"`), 422, []string{"EMAIL unknown"}},
		{"names that look like paths", create, with(`"a.b":1,"c[0]":2,"people":[{"first":1,"x.y":1}],"site":5`), 422,
			[]string{"a.b unknown", "c[0] unknown", "people[0].first type", "people[0].x.y unknown", "site type"}},
		{"a nameless member", create, with(`"":1`), 422, []string{"\"\" unknown"}},
		{"a nameless query parameter", list, query("=1"), 422, []string{"\"\" unknown"}},
		{"several at once", create, body(`{"name":{"first":"","last":3},"email":"x","kind":"boss"}`), 422,
			[]string{"email format", "kind enum", "name.first minLength", "name.last type"}},
		{"string", create, with(`"phone":7`), 422, []string{"phone type"}},
		{"null for a string", create, body(`{"name":{"first":null},"email":"ada@example.com","kind":"admin"}`), 422, []string{"name.first type"}},
		{"boolean", create, with(`"contact":"yes"`), 422, []string{"contact type"}},
		{"integer", create, with(`"limit":"5"`), 422, []string{"limit type"}},
		{"integer with a fraction", create, with(`"limit":1.5`), 422, []string{"limit type"}},
		{"integer written as a fraction", create, with(`"limit":1.0`), 422, []string{"limit type"}},
		{"integer that does not fit", create, with(`"limit":3000000000`), 422, []string{"limit type"}},
		{"number that fits nowhere", create, with(`"share":1e999`), 422, []string{"share type"}},
		{"a lone number that fits nowhere", create, body(`-1e999`), 422, []string{"body type"}},
		{"array", create, with(`"accounts":"acc_1"`), 422, []string{"accounts type"}},
		{"null for what may be absent", create, body(`{"name":{"first":"Ada","last":null},"email":"ada@example.com","kind":"admin","limit":null,"contact":null,"accounts":null,"extra":null,"open":null}`), 422,
			[]string{"accounts type", "contact type", "extra type", "limit type", "name.last type", "open type"}},
		{"null for a list", tag, body(`{"tags":null}`), 422, []string{"tags type"}},
		{"array's entry", create, with(`"accounts":["a",2]`), 422, []string{"accounts[1] type"}},
		{"object", create, with(`"extra":[]`), 422, []string{"extra type"}},
		{"minLength", create, with(`"password":"hunter2"`), 422, []string{"password minLength"}},
		{"maxLength", create, body(`{"name":{"first":"` + strings.Repeat("é", 41) + `"},"email":"ada@example.com","kind":"admin"}`), 422, []string{"name.first maxLength"}},
		{"pattern", create, with(`"phone":"0045"`), 422, []string{"phone pattern"}},
		{"minimum", create, with(`"limit":-1`), 422, []string{"limit minimum"}},
		{"maximum", create, with(`"limit":9000000001`), 422, []string{"limit maximum"}},
		{"exclusiveMinimum", create, with(`"share":0`), 422, []string{"share exclusiveMinimum"}},
		{"exclusiveMaximum", create, with(`"share":1`), 422, []string{"share exclusiveMaximum"}},
		{"multipleOf", create, with(`"step":7`), 422, []string{"step multipleOf"}},
		{"minItems", create, with(`"accounts":[]`), 422, []string{"accounts minItems"}},
		{"maxItems", create, with(`"accounts":["a","b","c","d"]`), 422, []string{"accounts maxItems"}},
		{"uniqueItems", create, with(`"accounts":["a","a"]`), 422, []string{"accounts uniqueItems"}},
		{"maxProperties", create, with(`"extra":{"a":1,"b":2,"c":3}`), 422, []string{"extra maxProperties"}},
		{"date-time", create, with(`"from":"tomorrow"`), 422, []string{"from format"}},
		{"date-time of no day", create, with(`"from":"2026-02-30T10:00:00Z"`), 422, []string{"from format"}},
		{"uri", create, with(`"site":"http://[::1"`), 422, []string{"site format"}},
		{"ip", create, with(`"address":"192.0.2.300"`), 422, []string{"address format"}},

		// Where nothing is expected.
		{"a field where none is taken", act, body(`{"reason":"x","force":true}`), 422, []string{"force unknown", "reason unknown"}},
		{"a list where nothing is taken", act, body(`[]`), 422, []string{"body type"}},
		{"malformed where nothing is taken", act, body(`{`), 400, []string{"body json"}},

		// Parameters and headers.
		{"path parameter", get, func(event *events.APIGatewayV2HTTPRequest) { event.PathParameters["userId"] = "u" }, 422, []string{"userId minLength"}},
		{"path parameter in broken UTF-8", get, func(event *events.APIGatewayV2HTTPRequest) { event.PathParameters["userId"] = "user\xff" }, 400, []string{"userId utf8"}},
		{"unknown query", list, query("limit=5&colour=red"), 422, []string{"colour unknown"}},
		{"repeated query", list, query("limit=5&limit=6"), 422, []string{"limit duplicate"}},
		{"query of the wrong type", list, query("limit=five&active=perhaps"), 422, []string{"active type", "limit type"}},
		{"query out of range", list, query("limit=201"), 422, []string{"limit maximum"}},
		{"query with a broken escape", list, query("limit=%zz"), 400, []string{"query percentEncoding"}},
		{"query with a semicolon", list, query("limit=5;cursor=x"), 400, []string{"query percentEncoding"}},
		{"query in broken UTF-8", list, query("cursor=%ff"), 400, []string{"cursor utf8"}},
		{"query with a name of broken UTF-8", list, query("%ff=1"), 400, []string{"\"\" utf8"}},
		{"preview of what is no change", list, query("preview=true"), 422, []string{"preview unknown"}},
		{"preview that is neither", remove, query("preview=1"), 422, []string{"preview enum"}},
		{"empty preview", remove, query("preview="), 422, []string{"preview enum"}},
		{"Idempotency-Key too long", act, header("Idempotency-Key", strings.Repeat("k", 129)), 422, []string{"Idempotency-Key pattern"}},
		{"Idempotency-Key with a space", act, header("Idempotency-Key", "a b"), 422, []string{"Idempotency-Key pattern"}},
		{"If-Match without quotes", remove, header("If-Match", "7"), 422, []string{"If-Match pattern"}},
		{"If-Match as a list with a gap", remove, header("If-Match", `"7",, "8"`), 422, []string{"If-Match pattern"}},
		{"nothing for a number and for a truth", list, query("limit=&active="), 422, []string{"active type", "limit type"}},
	}
	codes := map[int]string{400: "malformed", 413: "tooLarge", 415: "unsupportedMediaType", 422: "invalid"}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newService(httpapi.Options{})
			answer := s.call(t, event(test.route, test.change))
			problem := problemIn(t, answer)
			if problem.Status != test.status || problem.Type != "/problems/"+codes[test.status] {
				t.Errorf("%d %s, want %d", problem.Status, problem.Type, test.status)
			}
			var fields []string
			for _, field := range problem.Errors {
				fields = append(fields, field.Field+" "+field.Rule)
				if strings.Contains(field.Detail, "{limit}") {
					t.Errorf("a limit is missing in %q", field.Detail)
				}
			}
			if diff := cmp.Diff(test.fields, fields); diff != "" {
				t.Error(diff)
			}
			if s.called {
				t.Error("the handler was called")
			}
		})
	}
}

func TestLimitsAreTold(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]change{
		"Must have at least 12 characters.":          with(`"password":"x"`),
		"Must not be empty.":                         body(`{"name":{"first":""},"email":"ada@example.com","kind":"admin"}`),
		"Must be one of: regular, admin.":            body(`{"name":{"first":"Ada"},"email":"ada@example.com","kind":"boss"}`),
		"Must have the form: E.164, as +4512345678.": with(`"phone":"1"`),
		"Is larger than 65536 bytes.":                body(strings.Repeat(" ", api.MaxBody+1)),
		"Is not well-formed JSON, from byte 5.":      body(`{"a":}`),
		"Is not well-formed JSON, from byte 3.":      body(`{} x`),
		"Is nested deeper than 32 levels.":           body(strings.Repeat(`[`, 40)),
		"Must be less than 1.":                       with(`"share":2`),
		"Must have at most 3 entries.":               with(`"accounts":["a","b","c","d"]`),
		"Must be a whole number.":                    with(`"step":"x"`),
	} {
		s := newService(httpapi.Options{})
		problem := problemIn(t, s.call(t, event("POST /v1/users", change)))
		if len(problem.Errors) != 1 || problem.Errors[0].Detail != want {
			t.Errorf("want %q, got %+v", want, problem.Errors)
		}
	}
}

// A value may be a password: no problem repeats one, wherever it stood.
func TestValuesAreNotRepeated(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-"
	for _, change := range []change{
		with(`"password":"s3cr3t-"`),
		with(`"phone":"s3cr3t-"`),
		with(`"limit":"s3cr3t-"`),
		with(`"site":"http://[s3cr3t-"`),
		with(`"address":"s3cr3t-"`),
		with(`"from":"s3cr3t-"`),
		with(`"extra":"s3cr3t-"`),
		with(`"unknown":"s3cr3t-"`),
		body(`{"name":{"first":"Ada"},"email":"s3cr3t-","kind":"s3cr3t-"}`),
		body(`{"password":"s3cr3t-"`),
		body(`"s3cr3t-"`),
		header("Idempotency-Key", "s3cr3t- s3cr3t-"),
		query("preview=s3cr3t-"),
		query("colour=s3cr3t-"),
		query("colour=%zzs3cr3t-"),
	} {
		s := newService(httpapi.Options{})
		if answer := s.call(t, event("POST /v1/users", change)); answer.StatusCode < 400 || strings.Contains(answer.Body, secret) {
			t.Errorf("%d %s", answer.StatusCode, answer.Body)
		}
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("log %s", s.log)
		}
	}
}

// An answer does not grow with what is wrong, and keeps an unknown name in bounds.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	var members strings.Builder
	for i := range 2000 {
		members.WriteString(`,"` + strings.Repeat("x", i%20+1) + string(rune('a'+i%26)) + strings.Repeat("y", i/20) + `":1`)
	}
	s := newService(httpapi.Options{})
	problem := problemIn(t, s.call(t, event("POST /v1/users", body(strings.TrimSuffix(goodBody, "}")+members.String()[:60000-len(goodBody)]+`":1}`))))
	if problem.Status != http.StatusUnprocessableEntity || len(problem.Errors) != 32 {
		t.Errorf("%d: %d errors", problem.Status, len(problem.Errors))
	}
	problem = problemIn(t, s.call(t, event("POST /v1/users", with(`"\u001b[31m`+strings.Repeat("z", 4000)+`":1`))))
	if name := problem.Errors[0].Field; len(name) > 128 || strings.Contains(name, "\x1b") {
		t.Errorf("field %q", name)
	}
}
