package gateway

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Route sends requests to a function.
type Route struct {
	// Method is an HTTP method, or ANY. It is not looked at with the path
	// $default.
	Method string
	// Path is "/v1/users/{userId}", "/assets/{proxy+}" or "$default".
	Path     string
	Function string
}

// key is the route's name in events.
func (r Route) key() string {
	if r.Path == defaultPath {
		return defaultPath
	}
	return r.Method + " " + r.Path
}

const (
	anyMethod   = "ANY"
	defaultPath = "$default"
)

// kind orders segments from the most specific.
type kind int

const (
	literal kind = iota
	parameter
	greedy
)

type segment struct {
	kind kind
	text string // the literal, or the parameter's name
}

type compiled struct {
	Route
	segments []segment // nil for $default
}

// table is the routes, the most specific first.
type table []compiled

func newTable(routes []Route) (table, error) {
	t := make(table, 0, len(routes))
	seen := make(map[string]bool, len(routes))
	for _, r := range routes {
		segments, err := parse(r.Path)
		if err != nil {
			return nil, fmt.Errorf("gateway: route %q: %w", r.key(), err)
		}
		if r.Function == "" || r.Method == "" && r.Path != defaultPath {
			return nil, fmt.Errorf("gateway: route %q: method and function are required", r.key())
		}
		if seen[r.key()] {
			return nil, fmt.Errorf("gateway: route %q declared twice", r.key())
		}
		seen[r.key()] = true
		t = append(t, compiled{r, segments})
	}
	slices.SortStableFunc(t, compare)
	return t, nil
}

func parse(path string) ([]segment, error) {
	if path == defaultPath {
		return nil, nil
	}
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil, fmt.Errorf("path must begin with / or be %s", defaultPath)
	}
	parts := strings.Split(rest, "/")
	segments := make([]segment, len(parts))
	for i, part := range parts {
		inner, opened := strings.CutPrefix(part, "{")
		name, closed := strings.CutSuffix(inner, "}")
		switch plain, plus := strings.CutSuffix(name, "+"); {
		case !opened && !strings.ContainsAny(part, "{}"):
			segments[i] = segment{literal, part}
		case !opened || !closed || plain == "" || strings.ContainsAny(plain, "{}+"):
			return nil, fmt.Errorf("segment %q is neither a literal nor a {parameter}", part)
		case plus && i < len(parts)-1:
			return nil, fmt.Errorf("{%s+} must be last", plain)
		case plus:
			segments[i] = segment{greedy, plain}
		default:
			segments[i] = segment{parameter, plain}
		}
	}
	return segments, nil
}

// compare puts the more specific route first.
func compare(a, b compiled) int {
	if (a.segments == nil) != (b.segments == nil) { // $default comes last
		return len(b.segments) - len(a.segments)
	}
	// A full match goes before any greedy one, wherever they differ.
	if c := cmp.Compare(a.greedy(), b.greedy()); c != 0 {
		return c
	}
	for i := range min(len(a.segments), len(b.segments)) {
		if c := cmp.Compare(a.segments[i].kind, b.segments[i].kind); c != 0 {
			return c
		}
	}
	if c := cmp.Compare(len(b.segments), len(a.segments)); c != 0 {
		return c
	}
	return cmp.Compare(a.any(), b.any())
}

func (c compiled) greedy() int {
	if n := len(c.segments); n > 0 && c.segments[n-1].kind == greedy {
		return 1
	}
	return 0
}

func (c compiled) any() int {
	if c.Method == anyMethod {
		return 1
	}
	return 0
}

// find gives the route of a request by its method and its path as sent, and the
// path parameters, decoded. Nil is no route.
func (t table) find(method, escapedPath string) (*compiled, map[string]string) {
	parts, ok := split(escapedPath)
	for i := range t {
		route := &t[i]
		if route.segments == nil {
			return route, nil
		}
		if !ok || route.Method != method && route.Method != anyMethod {
			continue
		}
		if parameters, ok := match(route.segments, parts); ok {
			return route, parameters
		}
	}
	return nil, nil
}

// split gives the decoded segments of a path. It is not ok for what is no path,
// as the * of OPTIONS.
func split(escapedPath string) ([]string, bool) {
	rest, ok := strings.CutPrefix(escapedPath, "/")
	if !ok {
		return nil, false
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		decoded, err := url.PathUnescape(part)
		if err != nil {
			return nil, false
		}
		parts[i] = decoded
	}
	return parts, true
}

func match(segments []segment, parts []string) (map[string]string, bool) {
	var parameters map[string]string
	set := func(name, value string) {
		if parameters == nil {
			parameters = make(map[string]string)
		}
		parameters[name] = value
	}
	for i, s := range segments {
		switch {
		case i >= len(parts):
			return nil, false
		case s.kind == literal && parts[i] != s.text:
			return nil, false
		case s.kind == greedy:
			rest := strings.Join(parts[i:], "/")
			if rest == "" {
				return nil, false
			}
			set(s.text, rest)
			return parameters, true
		case s.kind == parameter:
			if parts[i] == "" {
				return nil, false
			}
			set(s.text, parts[i])
		}
	}
	return parameters, len(parts) == len(segments)
}
