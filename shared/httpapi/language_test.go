package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

type (
	role struct {
		ID   string `json:"id"`
		Name string `json:"name" translated:""`
		Note string `json:"note"`
		Own  bool   `json:"own"`
	}
	rolesOutput struct {
		Body struct {
			Items    []role        `json:"items"`
			First    *role         `json:"first"`
			Last     *role         `json:"last"`
			Warnings []api.Warning `json:"warnings"`
		}
	}
)

var listRoles = api.Operation[struct{}, rolesOutput]{Endpoint: api.Endpoint{ID: "listRoles", Method: http.MethodGet, Path: "/v1/roles", Status: http.StatusOK}}

// What the request asks for goes before what the caller prefers, and only where there is such a language (8.1).
func TestAnswersSpeakTheReadersLanguage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ header, prefers, want string }{
		"nothing is known":         {"", "", "en"},
		"the caller's":             {"", "fr", "fr"},
		"the request's":            {"fr", "en", "fr"},
		"the request's in English": {"en-GB", "fr", "en"},
		"none that there is":       {"de, it;q=0.5", "fr", "fr"},
		"any":                      {"*", "fr", "fr"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httpapi.New(httpapi.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
			httpapi.Handle(s, listRoles, func(_ context.Context, r directory.Request, _ *struct{}) (*rolesOutput, error) {
				r.Reader.Language = test.prefers
				out := &rolesOutput{}
				out.Body.Items = []role{{"1", "Billing", "Billing", false}, {"2", "Orders", "", true}}
				out.Body.First = &role{Name: "Read only"}
				out.Body.Warnings = []api.Warning{{Code: "both", Detail: "The user may both initiate and approve payments."}}
				return out, nil
			})
			answer := invoke(t, t.Context(), s, event("GET /v1/roles", func(event *eventType) { event.Headers["accept-language"] = test.header }))
			var got rolesOutput
			if err := json.Unmarshal([]byte(answer.Body), &got.Body); err != nil {
				t.Fatalf("%v: %s", err, answer.Body)
			}
			said := []string{got.Body.Items[0].Name, got.Body.Items[0].Note, got.Body.Items[1].Name, got.Body.First.Name, got.Body.Warnings[0].Detail}
			want := map[string][]string{
				"en": {"Billing", "Billing", "Orders", "Read only", "The user may both initiate and approve payments."},
				"fr": {"Facturation", "Billing", "Orders", "Lecture seule", "L’utilisateur peut à la fois initier et approuver des paiements."},
			}[test.want]
			if diff := cmp.Diff(want, said); diff != "" || answer.Headers["Content-Language"] != test.want {
				t.Error(answer.Headers, diff)
			}
		})
	}
}
