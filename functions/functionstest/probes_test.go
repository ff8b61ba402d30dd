package functionstest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// idFields are what names something that an organisation has, and what that is. All that requests say besides is among
// plainFields: a field that is in neither fails.
var idFields = map[string]string{
	"path accountId": "account", "path changeId": "change", "path contactId": "contact", "path credentialId": "credential",
	"path fingerprint": "certificate", "path organisationId": "organisation", "path passkeyId": "passkey", "path requestId": "request",
	"path roleId": "role", "path sessionId": "session", "path userId": "user",

	"query account": "account", "query company": "company", "query role": "role", "query id": "user", "query user": "user",
	"header Mandate-Account": "account",

	"body accounts": "account", "body companies": "company", "body roles": "role", "body users": "user", "body target": "user",
	"body company": "company", "body account": "account", "body owner": "user", "body organisation": "organisation",
	"body fingerprint": "certificate",
}

// idPlaces are those whose name alone does not tell.
var idPlaces = map[string]string{
	"subject.id": "user", "resource.id": "account", "endUserSession path sessionId": "session of the user", "listOperations query actor": "admin",
}

// unseen are the fields in which an id of one's own is answered as any other, and why.
var unseen = map[string]string{
	"owner": "it is compared with the subject, and nothing is looked up by it",
	"roles": "a new organisation's admins have its preset's roles: those of another are none of it",
}

var plainFields = strings.Fields(`
	accountsAre action * act address challengeId changeControl code countryOfIncorporation createdFrom createdTo cursor days description digest email employees
	evaluations_semantic expiresAt firstName from grantLimit Idempotency-Key identifier If-Match ipAllowList kind lacking language languages
	last lastName legalName limit Mandate-Session method name new note onboarding operationsArea otherContact outcome password paymentRule pem pending
	permissions phone preset preview q reason reference registrationNumber roleCount secondFactor secretsShown site sort staff state status
	to token type types username businessType companyUser contact current first documents`)

// names tells what a field names; empty where it is a plain one.
func (f field) names(t *testing.T, operation string) string {
	t.Helper()
	for place, what := range idPlaces {
		if full := operation + " " + f.in + " " + f.name; full == place || strings.HasSuffix(full, place) {
			return what
		}
	}
	if what := idFields[f.last()]; what != "" {
		return what
	}
	_, last, _ := strings.Cut(f.last(), " ")
	if !slices.Contains(plainFields, last) {
		t.Errorf("%s takes the %s %s: say whether it names something", operation, f.in, f.name)
	}
	return ""
}

// never are ids of things that never were, in the form that they have.
func never(what string) string {
	const id = "00000000000000000000000001"
	return map[string]string{
		"user": "usr_" + id, "company": "cmp_" + id, "account": "acc_" + id, "organisation": "org_" + id, "role": "rol_" + id, "contact": "con_" + id,
		"change": "chg_" + id + "_usr_" + id, "request": "req_" + id + "_org_" + id, "credential": "crd_" + id,
		"certificate": strings.Repeat("0", 64), "session": "ses_" + id, "session of the user": "ses_" + id, "admin": "usr_" + id, "passkey": "psk_" + id,
	}[what]
}

// Invariant 5, and bad input: whatever field an id of another organisation stands in, the answer is that to an id that never
// was, byte for byte but for the id itself, and so is what is written. That the field is looked at at all is held by an id
// of the organisation's own, which is answered otherwise.
func TestAnotherOrganisationsIDIsOneThatNeverWas(t *testing.T) {
	t.Parallel()
	fields := fieldsOf(t)
	var mu sync.Mutex
	seen := map[string]bool{} // whether one's own is answered otherwise, by operation and field
	t.Run("systems", func(t *testing.T) {
		for _, preset := range []string{"bc-connect", "billpro", "leaseweb"} {
			t.Run(preset, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, preset)
				for _, r := range s.rows(t) {
					for _, field := range fields[r.ID] {
						if what := field.names(t, r.ID); what != "" {
							saw := s.probe(t, r, field, what)
							place := r.ID + " " + field.in + " " + field.name
							mu.Lock()
							seen[place] = seen[place] || saw
							mu.Unlock()
						}
					}
				}
			})
		}
	})
	for _, place := range slices.Sorted(maps.Keys(seen)) {
		excused := func(end string) bool { return strings.HasSuffix(strings.TrimSuffix(place, "[]"), "."+end) }
		if !seen[place] && !slices.ContainsFunc(slices.Collect(maps.Keys(unseen)), excused) {
			t.Errorf("%s is not looked at", place)
		}
	}
}

// probe asks with ids of another's, of nobody's and of one's own in a field, and tells whether the last is answered
// otherwise.
func (s *scene) probe(t *testing.T, r row, in field, what string) bool {
	t.Helper()
	saw := false
	for _, a := range s.actors {
		staff := a.name == "oadm" && what != "organisation" && what != "request" // whose business are all of them (9.1)
		if a.name != "admn" && !staff {
			continue
		}
		ask := func(id string) (Answer, int) {
			s.wrote = nil
			answer := a.Do(r.ID, append(r.parts(a), in.says(id))...)
			answer.Text = strings.ReplaceAll(answer.Text, id, "ID")
			return answer, len(s.wrote)
		}
		foreign, wrote := ask(s.theirs[what])
		none, wroteNone := ask(never(what))
		own, _ := ask(s.ours(a)[what])
		if difference := cmp.Diff(none, foreign); difference != "" || wrote != wroteNone {
			t.Errorf("%s by %s with another's %s: %d writes, not %d; answers (-never +another's):\n%s",
				r.name(), a.name, in.name, wrote, wroteNone, difference)
		}
		if in.in == "path" && foreign.Status != 404 && foreign.Status != own.Status {
			t.Errorf("%s by %s with another's %s: %d %s", r.name(), a.name, in.name, foreign.Status, foreign.Text)
		}
		saw = saw || own.Status != none.Status || own.Text != none.Text
	}
	return saw
}

// A cursor of another organisation's list, or of another list, is refused or leads to a place in one's own: nothing of the
// other is on the page.
func TestAnotherOrganisationsCursorLeadsNowhere(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("leaseweb"), w.Tenant("leaseweb")
	theirs := other.belongings(t)
	other.contact()
	other.File(t, Object{"act": "deactivateUser", "target": other.Ben.ID})
	strange := []string{other.Ada.Email, other.Ben.Email, other.Rosa.Email, other.Robot.Email, string(other.ID)}
	for what, id := range theirs {
		if what != "certificate" {
			strange = append(strange, id)
		}
	}
	ids := func(has things, operation api.Endpoint) Part {
		var values []string
		for _, name := range parameters(operation) {
			values = append(values, has[idFields["path "+name]])
		}
		return At(values...)
	}
	cursors := map[string]string{}
	var lists []api.Endpoint
	for _, operation := range api.Operations() {
		if !slices.Contains(fieldsOf(t)[operation.ID], field{"query", "cursor"}) {
			continue
		}
		lists = append(lists, operation)
		page := other.Ada.Do(operation.ID, ids(theirs, operation), Query("limit", "1"))
		if operation.ID == "verifyOperations" || page.Status != 200 {
			continue // its pages are not of a length, and that of others are staff's
		}
		var list struct{ Next string }
		if json.Unmarshal([]byte(page.Text), &list) == nil && list.Next != "" {
			cursors[operation.ID] = list.Next
		}
	}
	if len(cursors) < 8 {
		t.Fatalf("only %d lists have a second page: %v", len(cursors), cursors)
	}
	mine := things{"user": string(o.Rosa.ID), "account": o.Accounts[0]}
	for of, cursor := range cursors {
		for _, operation := range lists {
			answer := o.Ada.Do(operation.ID, ids(mine, operation), Query("cursor", cursor))
			if answer.Status/100 != 4 && answer.Status != 200 {
				t.Errorf("%s with a cursor of %s: %d %s", operation.ID, of, answer.Status, answer.Text)
			}
			for _, text := range strange {
				if strings.Contains(answer.Text, text) {
					t.Errorf("%s with another organisation's cursor of %s tells %s", operation.ID, of, text)
				}
			}
		}
	}
}

// 3.3: no id that is put together of two organisations' opens anything.
func TestAnIDOfTwoOrganisationsNamesNothing(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("bc-connect")
	theirs := other.belongings(t)
	mixed := theirs["change"][:len("chg_")+27] + string(o.Rosa.ID)
	o.Ada.Do("getChange", At(mixed)).Refused(t, 404, "notFound")
	request := theirs["request"]
	o.Ada.Do("getServiceRequest", At(request[:strings.LastIndex(request, "org_")]+string(o.ID))).Refused(t, 404, "notFound")

	// Nor do a client id, or a session's token, in which somebody else's name was put.
	stolen := *o.Robot
	stolen.ClientID = directory.ClientID(directory.UserRef{Organisation: other.ID, ID: other.Robot.ID}, o.Ada.credentials(t, string(o.Robot.ID))[0].ID)
	stolen.Do("getMe").Refused(t, 401, "unauthenticated")
	ticket, ok := directory.ParseTicket(directory.TicketSession, o.Rosa.Token)
	if !ok {
		t.Fatal("no ticket")
	}
	for name, alter := range map[string]func(*directory.Ticket){
		"another organisation to act in": func(t *directory.Ticket) { t.Acting = other.ID },
		"another organisation":           func(t *directory.Ticket) { t.Organisation = other.ID },
		"another user":                   func(t *directory.Ticket) { t.User = o.Ada.ID },
		"another identity":               func(t *directory.Ticket) { t.Identity = o.Ada.Identity },
		"the platform":                   func(t *directory.Ticket) { t.Organisation, t.Acting = directory.Platform, o.ID },
	} {
		forged := ticket
		alter(&forged)
		(&Person{World: w, Token: forged.Text(directory.TicketSession)}).Do("getMe").Refused(t, 401, "unauthenticated")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}
