package gateway

import (
	"net/url"
	"strings"
	"testing"
)

// However a path is written, it leads to one route as often as it has segments, and its parameters are what was between
// the slashes as sent: none that is encoded parts a segment, and nothing is decoded twice or taken for a way up.
func FuzzPath(f *testing.F) {
	routes, err := newTable([]Route{
		{"GET", "/v1/users", "users"}, {"GET", "/v1/users/{userId}", "users"}, {"GET", "/v1/users/me", "account"},
		{"GET", "/v1/users/{userId}/roles", "roles"}, {"ANY", "/scim/v2/{proxy+}", "scim"},
	})
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range []string{
		"/v1/users", "/v1/users/", "/v1/users/u1", "/v1/users/me", "/v1/users/m%65", "/v1/users/u1%2Froles", "/v1/users/u1%252Froles", "/v1/users/..", "/v1/users/%2e%2e",
		"/v1/users/../me", "/v1/users/.%2e/me", "//v1/users", "/v1//users", "/v1/users/u1;x/roles", "/v1/users/%00", "/v1/users/%ff", "/v1/users/%c0%af", "/v1/users/%zz", "/V1/users",
		"/v1/users/u1%5croles", "/v1/users/{userId}", "/scim/v2/a%2Fb/c", "/scim/v2/../../v1/users", "/v1/users/%E2%80%AE", "",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		route, parameters := routes.find("GET", path)
		if route == nil || strings.HasSuffix(route.Path, "+}") {
			return
		}
		sent, declared := strings.Split(path, "/"), strings.Split(route.Path, "/")
		for i, segment := range declared {
			switch {
			case len(sent) != len(declared):
				t.Fatalf("%q leads to %s", path, route.Path)
			case strings.HasPrefix(segment, "{"):
				want, err := url.PathUnescape(sent[i])
				if got := parameters[strings.Trim(segment, "{}")]; err == nil && got != want || sent[i] == "" {
					t.Fatalf("%q leads to %s with %q", path, route.Path, got)
				}
			}
		}
	})
}
