package functionstest

import (
	"encoding/json"
	"slices"
	"testing"

	"mandate/shared/api"
)

// Whatever a client says in whatever place of whatever operation, it is answered by the operation's success or by a problem
// that is the client's to mend, and nothing of it is a server's mistake. What is asked is rehearsed: nothing is written.
//
// An operation is asked in the place of one of the fields that it has by the OpenAPI document, or with another body.
func FuzzRequests(f *testing.F) {
	o := New(f).Tenant("leaseweb")
	fields := fieldsOf(f)
	var operations []api.Endpoint
	for _, operation := range api.Operations() {
		if !operation.Public { // those hash passwords, or are looked at elsewhere
			operations = append(operations, operation)
		}
	}
	examples := make([][]Part, len(operations))
	for i, operation := range operations {
		examples[i] = example(o, operation)
	}
	o.Client.Rehearse(func([]string) {})
	for i, text := range []string{
		"", "null", "\x00", "\u202e", "usr_00000000000000000000000001", "../../me", "2026-02-30T00:00:00Z", "9223372036854775808", "-1", "=1+1",
		"chg_01ARZ3NDEKTSV4RRFFQ69G5FAV_usr_", "ünï@example.com", "[]", `{"":{}}`, "\xff\xfe", "%2e%2e%2f", "99999999-99-99", "::1/129", "*", "W/\"1\"",
	} {
		for n := range 4 {
			f.Add(uint8(i+n*len(operations)/4), uint8(i*7+n), text)
		}
	}
	f.Fuzz(func(t *testing.T, which, where uint8, text string) {
		operation := operations[int(which)%len(operations)]
		parts := slices.Clone(examples[int(which)%len(operations)])
		if places := fields[operation.ID]; int(where)%(len(places)+1) < len(places) {
			parts = append(parts, places[int(where)%(len(places)+1)].says(text))
		} else {
			parts = append(parts, Raw(text))
		}
		answer := o.Ada.Do(operation.ID, parts...)
		if answer.Status >= 500 || answer.Status < 200 {
			t.Fatalf("%s: %d %s", operation.ID, answer.Status, answer.Text)
		}
		if answer.Status >= 400 && (!json.Valid([]byte(answer.Text)) || answer.Code() == "") {
			t.Fatalf("%s: %d %q", operation.ID, answer.Status, answer.Text)
		}
	})
}
