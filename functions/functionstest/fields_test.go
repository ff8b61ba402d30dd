package functionstest

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mandate/shared/api"
)

// field is one thing that a request may say, as the OpenAPI document has it.
type field struct {
	in   string // path, query, header or body
	name string // of a body: as user.accounts[], with dots and brackets
}

type schema struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Properties           map[string]schema
	Items                *schema
	AdditionalProperties any
}

// fieldsOf lists what every operation's requests may say in text: those of the path, the query and the header, and of the
// body's members that are texts or lists of them.
func fieldsOf(t testing.TB) map[string][]field {
	t.Helper()
	text, err := api.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	type operation struct {
		OperationID string
		Parameters  []struct{ In, Name string }
		RequestBody struct {
			Content map[string]struct{ Schema schema }
		}
	}
	var document struct {
		Paths      map[string]map[string]operation
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var walk func(s schema, path string) []field
	walk = func(s schema, path string) []field {
		if s.Ref != "" {
			return walk(document.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]], path)
		}
		var found []field
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if name == "$schema" {
				continue
			}
			found = append(found, walk(s.Properties[name], strings.TrimPrefix(path+"."+name, "."))...)
		}
		kinds, _ := s.Type.([]any)
		switch {
		case s.Items != nil:
			found = append(found, walk(*s.Items, path+"[]")...)
		case s.Type == "string" || slices.Contains(kinds, any("string")):
			found = append(found, field{"body", path})
		case len(s.Properties) == 0 && s.AdditionalProperties != nil && s.AdditionalProperties != false:
			found = append(found, field{"body", path + ".*"})
		}
		return found
	}
	all := map[string][]field{}
	for _, methods := range document.Paths {
		for _, one := range methods {
			fields := []field{}
			for _, parameter := range one.Parameters {
				fields = append(fields, field{parameter.In, parameter.Name})
			}
			fields = append(fields, walk(one.RequestBody.Content["application/json"].Schema, "")...)
			all[one.OperationID] = fields
		}
	}
	return all
}

// last is the name of what the field itself says.
func (f field) last() string {
	name := strings.TrimSuffix(f.name, "[]")
	return f.in + " " + name[strings.LastIndex(name, ".")+1:]
}

// Says has a request say a text in a field, whatever it said there before.
func (f field) says(text string) Part {
	return func(e *event) {
		switch f.in {
		case "path":
			old := e.PathParameters[f.name]
			parameters := maps.Clone(e.PathParameters)
			parameters[f.name] = text
			e.PathParameters = parameters
			e.RawPath = strings.Replace(e.RawPath, url.PathEscape(old), url.PathEscape(text), 1)
		case "query":
			Query(f.name, text)(e)
		case "header":
			Header(f.name, text)(e)
		default:
			body := Object{}
			if e.Body != "" {
				if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
					panic(err)
				}
			}
			put(body, strings.Split(f.name, "."), text)
			Body(body)(e)
		}
	}
}

// put sets a member of an object that a path leads to; of a list its first item, and it becomes the only one.
func put(in Object, path []string, text string) {
	name, list := strings.CutSuffix(path[0], "[]")
	if len(path) == 1 {
		in[name] = any(text)
		if list {
			in[name] = []any{text}
		}
		return
	}
	inner := Object{}
	if list {
		if items, _ := in[name].([]any); len(items) > 0 {
			inner, _ = items[0].(Object)
		}
		in[name] = []any{inner}
	} else if there, ok := in[name].(Object); ok {
		inner = there
	} else {
		in[name] = inner
	}
	put(inner, path[1:], text)
}
