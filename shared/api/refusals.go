package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// refusal is a problem that operations answer, as the document says it.
type refusal struct {
	status int
	name   string
	text   string
	of     func(Endpoint) bool
}

// refusals are what clients have to count on, by kind of operation. What else may come is the default's.
var refusals = []refusal{
	{http.StatusBadRequest, "malformed", "It cannot be read: it is no JSON, has a name twice or broken UTF-8, or its query is broken.", every},
	{http.StatusUnauthorized, "unauthenticated", "Nobody is signed in, or what was given to sign in or to authenticate the act is wrong.", func(e Endpoint) bool {
		return !e.Public || e.answers().opens
	}},
	{http.StatusForbidden, "forbidden", "A policy denies it, and is named; or the session is good for something else only, as to set up a second factor.", func(e Endpoint) bool {
		return !e.Public || e.answers().opens
	}},
	{http.StatusNotFound, "notFound", "There is nothing of that name that the caller may know of.", func(e Endpoint) bool {
		return strings.Contains(e.Path, "{")
	}},
	{http.StatusConflict, "conflict", "An open change is in the way, and is named; or what is there does not allow it, or was changed at the same moment.", func(e Endpoint) bool {
		return e.writes() && !e.Public
	}},
	{http.StatusGone, "gone", "The link was used, replaced or revoked, or has expired; or the code has.", func(Endpoint) bool { return false }},
	{http.StatusPreconditionFailed, "preconditionFailed", "If-Match names another state than there is.", func(e Endpoint) bool { return e.Conditional }},
	{http.StatusRequestEntityTooLarge, "tooLarge", "The body is larger than 64 KiB.", Endpoint.writes},
	{http.StatusUnsupportedMediaType, "unsupportedMediaType", "The body is not application/json in UTF-8, or is compressed.", func(e Endpoint) bool {
		return e.writes() && e.BadInput == 0
	}},
	{http.StatusUnprocessableEntity, "invalid", "Something in it breaks a rule; errors names each field and rule.", func(e Endpoint) bool { return e.BadInput == 0 }},
	{http.StatusTooManyRequests, "tooManyRequests", "Too many attempts, or too many requests; Retry-After says for how long, where it is known.", every},
}

func every(Endpoint) bool { return true }

// writes tells whether the operation is no read.
func (e Endpoint) writes() bool { return e.Method != http.MethodGet }

// problems are the answers of refusals, and of what else may go wrong, for the document's components.
func problems(schema *huma.Schema) map[string]*huma.Response {
	problem := func(text string) *huma.Response {
		return &huma.Response{
			Description: text,
			Headers: map[string]*huma.Param{"Content-Language": {
				Description: "The language that it is said in.", Schema: &huma.Schema{Type: huma.TypeString},
			}},
			Content: map[string]*huma.MediaType{
				problemType: {Schema: schema},
			},
		}
	}
	other := problem("Another problem, by RFC 9457. Where the request did not come as far as the service, it is the gateway's own message.")
	found := map[string]*huma.Response{problemResponse: other}
	for _, refusal := range refusals {
		found[refusal.name] = problem(refusal.text)
	}
	for name, header := range map[string]string{"unauthenticated": "WWW-Authenticate", "tooManyRequests": "Retry-After", problemResponse: "Retry-After"} {
		found[name].Headers[header] = &huma.Param{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for _, name := range []string{"tooLarge", "tooManyRequests", problemResponse} {
		found[name].Content[jsonType] = &huma.MediaType{Schema: &huma.Schema{
			Type: huma.TypeObject, Description: "The gateway's own.", Properties: map[string]*huma.Schema{"message": {Type: huma.TypeString}},
		}}
	}
	return found
}

// description is what holds for an operation by its kind.
func (e Endpoint) description() string {
	var said []string
	for _, one := range []struct {
		holds bool
		text  string
	}{
		{e.Public, "It needs no session."},
		{e.Change, "Change control governs it: it takes effect at once, or answers 202 and waits for the authentication, the approval and the moment that the organisation asks for."},
		{e.Act, "It takes effect at once."},
		{e.answers().table, "It answers CSV as well, where Accept asks for that."},
	} {
		if one.holds {
			said = append(said, one.text)
		}
	}
	return strings.Join(said, " ")
}

// tags are what operations are sorted by.
var tags = map[string]string{
	"access":           "Whether somebody may do something, now, and why: the access evaluation API of OpenID AuthZEN 1.0.",
	"account":          "Signing in, and one's own account: sessions, password, second factors.",
	"changes":          "Administrative acts on their way: authenticated, approved, rejected, in effect.",
	"contacts":         "Who receives invoices and signs contracts, and does not sign in.",
	"credentials":      "The client ids, secrets and certificates of API users.",
	"operations":       "The log of every act and every refusal.",
	"organisations":    "Organisations with their companies, accounts, roles and settings.",
	"reviews":          "Who can do what on which account, what conflicts, and who is not seen any more.",
	"service requests": "What admins ask of the platform's staff.",
	"service":          "The service itself.",
	"users":            "Users, what they may do, and what was sent to them.",
}
