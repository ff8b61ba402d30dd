package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/fault"
)

// admit checks what holds for every operation before the library reads the input, and completes the request with what
// the operation has by its kind.
func (x *exchange) admit() error {
	x.request.Operation = x.route.id
	x.keeps = x.cookie && !x.route.public // who came by cookie goes on by cookie
	if err := x.readParameters(); err != nil {
		return err
	}
	if (x.cookie || x.keeps) && !safe(x.Method()) && x.field("Sec-Fetch-Site") != "same-origin" {
		return &refusal{code: fault.Forbidden, detail: "sameOrigin", policy: sameOrigin}
	}
	if err := x.readBody(); err != nil {
		return err
	}
	if x.Method() == http.MethodPost {
		x.request.Fingerprint = fingerprint(x.Method(), x.event.RawPath, x.event.RawQueryString, x.body)
	}
	return nil
}

// sameOrigin is the policy that a write of another site's page is refused by.
const sameOrigin = "same-origin"

// safe tells whether a method writes nothing (RFC 9110, 9.2.1).
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// readParameters takes the query apart, refuses what the operation does not know, and checks the parameters that are no
// part of its input.
func (x *exchange) readParameters() error {
	var err error
	if x.query, err = url.ParseQuery(x.event.RawQueryString); err != nil {
		return refuse(malformed, violation{field: "query", text: "percentEncoding"})
	}
	var broken violations
	for name, value := range x.event.PathParameters {
		if !utf8.ValidString(value) {
			broken.add(name, "utf8", "")
		}
	}
	for name, values := range x.query {
		if !utf8.ValidString(name) || slices.ContainsFunc(values, func(value string) bool { return !utf8.ValidString(value) }) {
			broken.add(name, "utf8", "")
		}
	}
	if len(broken) > 0 {
		return refuse(malformed, broken...)
	}
	for name, values := range x.query {
		switch parameter := x.route.queries[name]; {
		case parameter == nil:
			broken.add(name, "unknown", "")
		case len(values) > 1:
			broken.add(name, "duplicate", "")
		case values[0] == "":
			broken.check(parameter, "") // the library takes nothing for none
		}
	}
	for _, parameter := range x.route.own {
		value, there := x.parameter(parameter)
		if !there {
			continue
		}
		broken.check(parameter, value)
		switch parameter.Name {
		case api.IdempotencyKeyHeader:
			x.request.IdempotencyKey = value
		case api.IfMatchHeader:
			x.request.IfMatch = value
		case api.PreviewParameter:
			if x.request.Preview = value == "true"; x.request.Preview && x.route.act {
				x.request.Foreseen = new(directory.Plan)
			}
		case api.SessionHeader:
			x.keeps = true
		}
	}
	if len(broken) > 0 {
		return refuse(fault.Invalid, broken...)
	}
	return nil
}

func (x *exchange) parameter(parameter *huma.Param) (value string, there bool) {
	if parameter.In == "query" {
		return x.query.Get(parameter.Name), x.query.Has(parameter.Name)
	}
	value, there = x.event.Headers[strings.ToLower(parameter.Name)]
	return value, there
}
