package functionstest

import (
	"encoding/base64"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mandate/shared/api"
	"mandate/shared/directory"
)

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

// setups are those that issue and requirements speak of.
var setups = []struct {
	name     string
	preset   string
	settings []Setting
}{
	{"bc-connect, second admin", "bc-connect", nil},
	{"bc-connect, step-up", "bc-connect", []Setting{StepUp}},
	{"adyen", "adyen", nil},
}

// inEverySetup runs a test in each, in parallel, with a tenant of its own.
func inEverySetup(t *testing.T, test func(*testing.T, *Tenant)) {
	t.Parallel()
	for _, setup := range setups {
		t.Run(setup.name, func(t *testing.T) {
			t.Parallel()
			test(t, New(t).Tenant(setup.preset, setup.settings...))
		})
	}
}

// newUser is a body for a regular user on the tenant's first account; with alters it.
func newUser(o *Tenant, with Object) Object {
	body := Object{
		"kind": "regular", "name": Object{"first": "Nina", "last": "New"}, "email": o.Email("nina"), "phone": o.Phone(),
		"companies": o.Companies[:1], "accounts": o.Accounts[:1],
	}
	organisation := o.Organisation()
	if organisation.Settings.SignInName == directory.SignInUsername {
		body["username"] = "nina-" + o.Phone()[1:]
	}
	if gets := o.casts[organisation.Preset]; gets.new != nil {
		body["roles"] = gets.new
	} else {
		body["permissions"] = []directory.Permission{gets.view}
	}
	maps.Copy(body, with)
	for name, value := range body {
		if value == nil {
			delete(body, name)
		}
	}
	return body
}

// viewPermission is what newUser's user may do in the end.
func viewPermission(o *Tenant) string {
	return string(o.casts[o.Organisation().Preset].view)
}

// ask sends a request that is answered by a change on its way.
func ask(t testing.TB, answer Answer) *api.Change {
	t.Helper()
	change := Read[UserAnswer](t, answer, 202).Change
	if change == nil {
		t.Fatalf("%s answered no change: %s", answer.Operation, answer.Text)
	}
	return change
}

// decide gives a change what its organisation asks of it: Ada asked, Ben approves.
func decide(t testing.TB, o *Tenant, change *api.Change) {
	t.Helper()
	switch api.Change(*change).State {
	case "awaitingStepUp":
		o.Ada.Confirm(change).Want(t, 200)
	case "awaitingApproval":
		o.Ben.Approve(change).Want(t, 200)
	}
}

// done takes an answer of Ada's all the way to its effect, and answers the user.
func done(t testing.TB, o *Tenant, answer Answer) api.User {
	t.Helper()
	user := Read[UserAnswer](t, answer, answer.Status)
	if answer.Status/100 != 2 {
		t.Fatalf("%s answered %d: %s", answer.Operation, answer.Status, answer.Text)
	}
	if user.Change != nil {
		decide(t, o, user.Change)
	}
	o.Settle()
	if propagating := o.Organisation().Settings.Propagation(); user.Change != nil && propagating > 0 {
		if now := o.Ada.Change(t, user.Change.ID); now.State == "propagating" {
			pass(o, propagating)
			o.Settle()
		}
	}
	return o.Ada.User(t, user.User.ID)
}

// pass lets time pass, after which everybody signs in again.
func pass(o *Tenant, time time.Duration) {
	o.Advance(time)
	o.Wake()
}

// follow takes a new user from the verification mail to a full session.
func follow(t testing.TB, o *Tenant, user api.User) *Person {
	t.Helper()
	person := &Person{
		World: o.World, Organisation: o.ID, ID: directory.UserID(user.ID), Email: user.Email, Identifier: user.Email, Password: "a quiet walk by the river",
	}
	if user.Username != "" {
		person.Identifier = user.Username
	}
	token := o.Mails.Token(t, user.Email, directory.MailVerification)
	redeemed := Read[Redeemed](t, o.Do("redeemLink", Body(Object{"token": token, "password": person.Password})), 200)
	person.Token = redeemed.Session.Token
	person.Enrol(t)
	return person
}

// unchanged fails the test where something was written meanwhile.
func unchanged(t testing.TB, w *World, what string, do func()) {
	t.Helper()
	before := w.Table()
	do()
	if difference := cmp.Diff(before, w.Table()); difference != "" {
		t.Errorf("%s wrote (-before +after):\n%s", what, difference)
	}
}

// whats are the steps of a change's timeline.
func whats(change api.Change) []string {
	var all []string
	for _, event := range change.Timeline {
		all = append(all, event.What)
	}
	return all
}

func contains[T comparable](t testing.TB, list []T, one T) {
	t.Helper()
	if !slices.Contains(list, one) {
		t.Errorf("%v is not in %v", one, list)
	}
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if difference := cmp.Diff(want, got); difference != "" {
		t.Fatalf("%s (-want +got):\n%s", what, difference)
	}
}

// basic is a client's id and secret as the Authorization field has them.
func basic(id, secret string) string {
	return base64.StdEncoding.EncodeToString([]byte(id + ":" + secret))
}
