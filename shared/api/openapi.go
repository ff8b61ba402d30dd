package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mandate/shared/table"
)

// Names in the document's components.
const (
	sessionScheme   = "session"
	clientScheme    = "client"
	consoleScheme   = "console"
	responses       = "#/components/responses/"
	problemResponse = "problem"
	jsonType        = "application/json"
	problemType     = "application/problem+json"
)

// OpenAPI is the OpenAPI 3.1 document of every declared operation (10.1), indented, the same bytes at every call. It is
// made from the declarations alone, so it can neither lack an operation nor promise one.
func OpenAPI() ([]byte, error) { return document(operations) }

func document(endpoints []Endpoint) ([]byte, error) {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	description := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title:       "Mandate",
			Version:     "1",
			Description: "Who may act for a company, on which accounts, and with whose consent: user administration for payments platforms.",
		},
		Servers: []*huma.Server{{URL: "/", Description: "Where this document is from."}},
		Components: &huma.Components{
			Schemas:   registry,
			Responses: problems(registry.Schema(reflect.TypeFor[Problem](), true, "")),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				sessionScheme: {Type: "http", Scheme: "bearer", Description: "The token of a session, from signing in."},
				clientScheme:  {Type: "http", Scheme: "basic", Description: "The client id and secret of an API user."},
				consoleScheme: {
					Type: "apiKey", In: "cookie", Name: SessionCookie,
					Description: "The session of a page of this origin. A write needs Sec-Fetch-Site: same-origin, which browsers set.",
				},
			},
		},
	}
	api := huma.NewAPI(huma.Config{OpenAPI: description}, describer{})
	for _, endpoint := range endpoints {
		endpoint.Describe(api)
		operation := find(description, endpoint)
		operation.Description = endpoint.description()
		if endpoint.Change {
			describeWaiting(operation, endpoint.Status)
		}
		if endpoint.Act {
			describeForeseen(operation, registry.Schema(reflect.TypeFor[Foreseen](), true, ""))
		}
		describeContent(operation.Responses[strconv.Itoa(endpoint.Status)], endpoint)
		for _, refusal := range refusals {
			if refusal.of(endpoint) || slices.Contains(endpoint.Refuses, refusal.status) {
				operation.Responses[strconv.Itoa(refusal.status)] = &huma.Response{Ref: responses + refusal.name}
			}
		}
		for _, parameter := range operation.Parameters {
			describePattern(parameter.Schema)
		}
		if !slices.ContainsFunc(description.Tags, func(tag *huma.Tag) bool { return tag.Name == endpoint.Tag }) {
			description.Tags = append(description.Tags, &huma.Tag{Name: endpoint.Tag, Description: tags[endpoint.Tag]})
		}
	}
	// The library registers its own form of an error, which is never an answer here.
	maps.DeleteFunc(registry.Map(), func(name string, _ *huma.Schema) bool {
		return name == "ErrorModel" || name == "ErrorDetail"
	})
	for _, schema := range registry.Map() {
		for _, property := range schema.Properties {
			describePattern(property)
		}
	}
	compact, err := json.Marshal(description)
	if err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact, "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// describePattern tells a pattern in words where the standard has a place for them: the library has one of its own.
func describePattern(schema *huma.Schema) {
	if schema.PatternDescription != "" {
		schema.Description = strings.TrimSpace(schema.Description + " As a pattern: " + schema.PatternDescription + ".")
		schema.PatternDescription = ""
	}
}

// describeContent says what an answer is that is no JSON of a type, or not alone.
func describeContent(success *huma.Response, endpoint Endpoint) {
	csv := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "The page as CSV (RFC 4180), with a line of names."}}
	delete(success.Headers, "Content-Type") // it is said with the content
	switch output := endpoint.answers(); {
	case output.table:
		success.Content[table.MediaType] = csv
	case output.media == table.MediaType:
		success.Content = map[string]*huma.MediaType{output.media: csv}
	case output.media != "":
		success.Content = map[string]*huma.MediaType{output.media: {Schema: &huma.Schema{Type: huma.TypeObject}}}
	}
}

// describeWaiting adds the other successes of a change: that it waits, and what it would do.
func describeWaiting(operation *huma.Operation, status int) {
	success := operation.Responses[strconv.Itoa(status)]
	for other, text := range map[int]string{
		http.StatusOK:       "It took effect, or, with preview=true, what it would do.",
		http.StatusAccepted: "Asked for. It waits for what the organisation's change control needs, or for its effective time.",
	} {
		key := strconv.Itoa(other)
		if operation.Responses[key] == nil {
			operation.Responses[key] = &huma.Response{Headers: success.Headers, Content: success.Content}
		}
		operation.Responses[key].Description = text
	}
}

// describeForeseen adds the answer to a preview of what takes effect at once: beside the act's own where that is of the
// same status.
func describeForeseen(operation *huma.Operation, foreseen *huma.Schema) {
	const text = "With preview=true: what it would do. Nothing was written."
	key := strconv.Itoa(http.StatusOK)
	if operation.Responses[key] == nil {
		operation.Responses[key] = &huma.Response{Description: text, Content: map[string]*huma.MediaType{jsonType: {Schema: foreseen}}}
		return
	}
	done := operation.Responses[key].Content[jsonType]
	done.Schema = &huma.Schema{AnyOf: []*huma.Schema{done.Schema, foreseen}}
	operation.Responses[key].Description += " " + text
}

func find(description *huma.OpenAPI, endpoint Endpoint) *huma.Operation {
	item := description.Paths[endpoint.Path]
	return map[string]*huma.Operation{
		http.MethodGet:    item.Get,
		http.MethodPost:   item.Post,
		http.MethodPut:    item.Put,
		http.MethodPatch:  item.Patch,
		http.MethodDelete: item.Delete,
	}[endpoint.Method]
}

// describer is an adapter that serves nothing: the document needs none.
type describer struct{}

func (describer) Handle(*huma.Operation, func(huma.Context)) {}

func (describer) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	http.NotFound(answer, request)
}
