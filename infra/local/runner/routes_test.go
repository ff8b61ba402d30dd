package runner_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mandate/infra/local/walk"
	"mandate/shared/api"
)

var pathParameter = regexp.MustCompile(`\{[^}]+\}`)

// Every operation that is declared is there: without credentials it says so, and those that need none answer.
func TestEveryRouteLeadsToItsOperation(t *testing.T) {
	w, _ := begin(t)
	public := map[string]int{ // what they answer to a request that has nothing in it
		"signIn": http.StatusUnprocessableEntity, "answerChallenge": http.StatusUnprocessableEntity,
		"forgotPassword": http.StatusUnprocessableEntity, "inspectLink": http.StatusUnprocessableEntity,
		"redeemLink": http.StatusUnprocessableEntity, "finishPasskeySignIn": http.StatusUnprocessableEntity,
		"beginPasskeySignIn": http.StatusOK,
		"health":             http.StatusOK, "getOpenApi": http.StatusOK,
		"getAccessConfiguration": http.StatusOK,
	}
	for _, operation := range api.Operations() {
		var body any
		if operation.Method == http.MethodPost || operation.Method == http.MethodPatch {
			body = map[string]string{}
		}
		want := http.StatusUnauthorized
		if operation.Public {
			want = public[operation.ID]
		}
		answer := w.Do(operation.Method, pathParameter.ReplaceAllString(operation.Path, "x_1"), body)
		equal(t, operation.ID, answer.Status, want)
		if want >= http.StatusBadRequest {
			answer.Problem(want)
		}
	}
	nowhere := w.Do(http.MethodGet, "/v1/nowhere", nil)
	equal(t, "a path that is none", nowhere.Status, http.StatusNotFound)
	head := w.Do(http.MethodHead, "/health", nil)
	equal(t, "HEAD", fmt.Sprint(head.Status, head.Header.Get("Content-Type"), len(head.Body)), "200application/json0")
	other := w.Do(http.MethodPut, "/v1/users/x_1", nil)
	equal(t, "another method", fmt.Sprint(other.Status, " ", other.Header.Get("Allow")), "405 DELETE, GET, HEAD, OPTIONS, PATCH")
}

// The demo is what front ends and scripts begin with: GET /local/demo in the contract's words.
func TestDemoHasTheContractsShape(t *testing.T) {
	w, _ := begin(t)
	var demo struct {
		Operator      map[string]string
		Organisations []struct {
			Preset, ID, Name string
			Accounts         []string
			Users            []map[string]string
		}
	}
	answer := w.Do(http.MethodGet, "/local/demo", nil)
	equal(t, "content type", answer.Header.Get("Content-Type"), "application/json")
	if err := json.Unmarshal(answer.Body, &demo); err != nil {
		t.Fatal(err)
	}
	has := func(who string, user map[string]string, names ...string) {
		for _, name := range names {
			if user[name] == "" {
				t.Errorf("%s has no %s", who, name)
			}
		}
	}
	equal(t, "the operator's kind", demo.Operator["kind"], "operator")
	has("the operator", demo.Operator, "id", "identifier", "password", "totpSecret")
	var presets []string
	for _, organisation := range demo.Organisations {
		presets = append(presets, organisation.Preset)
		equal(t, "the name of "+organisation.Preset, organisation.Name, organisation.Preset)
		equal(t, "accounts of "+organisation.Preset, len(organisation.Accounts), 3)
		var kinds []string
		for _, user := range organisation.Users {
			kinds = append(kinds, user["kind"])
			if who := organisation.Preset + "'s " + user["kind"]; user["kind"] == "api" {
				has(who, user, "id", "clientId", "clientSecret")
			} else {
				has(who, user, "id", "identifier", "password")
			}
		}
		equal(t, "users of "+organisation.Preset, strings.Join(kinds, " "), "admin admin regular api")
	}
	equal(t, "presets", strings.Join(presets, " "), "bc-connect adyen billpro b2binpay leaseweb")

	messages := walk.Read[struct{ Items []any }](w.Do(http.MethodGet, "/local/messages", nil), http.StatusOK)
	if messages.Items == nil {
		t.Error("the text messages are no list")
	}
}

// 3.13: the clock tells how far it is ahead, and goes back for nobody.
func TestTheClockGoesForwardAlone(t *testing.T) {
	w, _ := begin(t)
	for _, advance := range []string{"-1h", "tomorrow", ""} {
		equal(t, "advancing by "+advance, w.Do(http.MethodPost, "/local/clock", map[string]string{"advance": advance}).Status, http.StatusUnprocessableEntity)
	}
	told := walk.Read[struct{ Ahead string }](w.Do(http.MethodGet, "/local/clock", nil), http.StatusOK)
	equal(t, "ahead", told.Ahead, "0s")
}
