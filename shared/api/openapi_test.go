package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type (
	thing struct {
		Name string `json:"name" minLength:"1"`
	}
	thingInput struct {
		ThingID string `path:"thingId"`
		Body    thing
	}
	thingOutput struct {
		Status int
		ETag   string `header:"ETag"`
		Body   thing
	}
)

// things are operations that the service does not have.
func things() []Endpoint {
	return []Endpoint{
		define[thingInput, thingOutput](Endpoint{ID: "updateThing", Method: http.MethodPatch, Path: "/v1/things/{thingId}", Summary: "Change a thing.", Tag: "Things", Change: true, Conditional: true}).Endpoint,
		define[struct{ Body thing }, thingOutput](Endpoint{ID: "createThing", Method: http.MethodPost, Path: "/v1/things", Summary: "Make a thing.", Tag: "Things", Status: http.StatusCreated, Change: true}).Endpoint,
		define[struct{}, thingOutput](Endpoint{ID: "getStatus", Method: http.MethodGet, Path: "/status", Summary: "How things are.", Tag: "Service", Public: true}).Endpoint,
	}
}

// described is what of a document these tests look at.
type described struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Parameters  []struct {
			In, Name string
			Required bool
		}
		Responses map[string]map[string]any `json:"responses"`
		Security  []map[string][]string     `json:"security"`
	} `json:"paths"`
	Components struct {
		Schemas         map[string]schema         `json:"schemas"`
		Responses       map[string]map[string]any `json:"responses"`
		SecuritySchemes map[string]struct{ Type, Scheme, Name string }
	} `json:"components"`
	Tags []struct{ Name, Description string } `json:"tags"`
}

type schema struct {
	Properties           map[string]json.RawMessage `json:"properties"`
	AdditionalProperties any                        `json:"additionalProperties"`
}

func read(t *testing.T, document []byte, err error) described {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var read described
	if err := json.Unmarshal(document, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestDocumentDescribesOperations(t *testing.T) {
	t.Parallel()
	bytes, err := document(things())
	document := read(t, bytes, err)
	if document.OpenAPI != "3.1.0" || len(document.Paths) != 3 {
		t.Errorf("%+v", document)
	}
	tests := []struct {
		path, method string
		parameters   []string
		responses    []string
		secured      bool
	}{
		{"/v1/things/{thingId}", "patch", []string{"header If-Match", "path thingId", "query preview"}, []string{"200", "202", "400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "default"}, true},
		{"/v1/things", "post", []string{"header Idempotency-Key", "query preview"}, []string{"200", "201", "202", "400", "401", "403", "409", "413", "415", "422", "429", "default"}, true},
		{"/status", "get", nil, []string{"200", "400", "422", "429", "default"}, false},
	}
	for _, test := range tests {
		operation := document.Paths[test.path][test.method]
		var parameters []string
		for _, parameter := range operation.Parameters {
			parameters = append(parameters, parameter.In+" "+parameter.Name)
		}
		slices.Sort(parameters)
		if diff := cmp.Diff(test.parameters, parameters); diff != "" {
			t.Errorf("%s: parameters %s", test.path, diff)
		}
		if diff := cmp.Diff(test.responses, slices.Sorted(maps.Keys(operation.Responses))); diff != "" {
			t.Errorf("%s: responses %s", test.path, diff)
		}
		if ref := operation.Responses["default"]["$ref"]; ref != "#/components/responses/problem" {
			t.Errorf("%s: errors are %v", test.path, operation.Responses["default"])
		}
		var schemes []string
		for _, alternative := range operation.Security {
			schemes = slices.AppendSeq(schemes, maps.Keys(alternative))
		}
		if secured := slices.Equal(schemes, []string{"session", "client", "console"}); secured != test.secured || !secured && (schemes != nil || operation.Security == nil) {
			t.Errorf("%s: security %v", test.path, schemes)
		}
	}
	if diff := cmp.Diff([]string{"Problem", "ProblemField", "Thing"}, slices.Sorted(maps.Keys(document.Components.Schemas))); diff != "" {
		t.Error(diff)
	}
	if len(document.Tags) != 2 || document.Tags[0].Name != "Things" {
		t.Errorf("tags %v", document.Tags)
	}
	if schemes := document.Components.SecuritySchemes; schemes["session"].Scheme != "bearer" || schemes["client"].Scheme != "basic" || schemes["console"].Name != SessionCookie {
		t.Errorf("schemes %v", schemes)
	}
}

func TestDocumentIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	for _, endpoints := range [][]Endpoint{things(), Operations()} {
		first, err := document(endpoints)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if next, err := document(endpoints); err != nil || !bytes.Equal(first, next) {
				t.Fatalf("another document: %v", err)
			}
		}
	}
}

// Unknown fields are refused: an object with declared members is closed, but for those that a standard leaves open. Nor
// may a name hold what package httpapi writes the paths of fields with.
func TestDeclaredObjectsAreClosed(t *testing.T) {
	t.Parallel()
	open := map[string]string{
		"Evaluation":           "as OpenID AuthZEN has it, a service leaves alone what it does not know",
		"BatchEvaluation":      "the same of one of several",
		"EvaluationsInputBody": "the same of several",
		"EvaluationSubject":    "the same of its parts",
		"EvaluationAction":     "the same",
		"EvaluationResource":   "the same",
		"BatchSubject":         "the same",
		"BatchAction":          "the same",
		"BatchResource":        "the same",
		"ResourceProperties":   "the properties of OpenID AuthZEN are the platform's own",
		"BatchOptions":         "the options of OpenID AuthZEN are open: those that are not known are not minded",
	}
	bytes, err := OpenAPI()
	for name, schema := range read(t, bytes, err).Components.Schemas {
		if schema.AdditionalProperties != false && len(schema.Properties) > 0 && open[name] == "" {
			t.Errorf("%s takes more than it declares", name)
		}
		for property := range schema.Properties {
			if strings.ContainsAny(property, ".[]") {
				t.Errorf("%s: the name %q", name, property)
			}
		}
	}
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	bytes, err := OpenAPI()
	document := read(t, bytes, err)
	for _, endpoint := range Operations() {
		if got := document.Paths[endpoint.Path][strings.ToLower(endpoint.Method)].OperationID; got != endpoint.ID {
			t.Errorf("%s is %q", endpoint.RouteKey(), got)
		}
		if endpoint.Summary == "" || endpoint.Tag == "" || endpoint.Function == "" {
			t.Errorf("%s lacks summary, tag or function", endpoint.ID)
		}
	}
	for _, tag := range document.Tags {
		if tag.Description == "" {
			t.Errorf("nothing is said of %s", tag.Name)
		}
	}
	// What is bytes is not described as text in JSON, and what the library says beyond the standard is left out.
	if text := string(bytes); strings.Contains(text, "contentEncoding") || strings.Contains(text, "patternDescription") {
		t.Error("the document has what generators fall over")
	}
	for path, media := range map[string]string{"/v1/users.csv": "text/csv", "/openapi.json": "application/json"} {
		content, _ := document.Paths[path]["get"].Responses["200"]["content"].(map[string]any)
		if len(content) != 1 || content[media] == nil {
			t.Errorf("%s answers %v", path, content)
		}
	}
}
