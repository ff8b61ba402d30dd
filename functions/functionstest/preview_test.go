package functionstest

import (
	"net/http"
	"regexp"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 3.11: a preview writes nothing, and the real run does just what it said.
func TestAPreviewWritesNothingAndTellsWhatHappens(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		gone := o.Regular("gone", nil)
		done(t, o, o.Ada.Do("deactivateUser", At(gone.ID)))
		for _, act := range []struct {
			operation string
			parts     []Part
		}{
			{"createUser", []Part{Body(newUser(o, nil))}},
			{"updateUser", []Part{At(o.Rosa.ID), Body(Object{"contact": true, "accounts": o.Accounts[:2]})}},
			{"reactivateUser", []Part{At(gone.ID)}},
			{"deactivateUser", []Part{At(o.Rosa.ID)}},
		} {
			if act.operation == "deactivateUser" {
				o.Settle()
			}
			var foreseen UserAnswer
			unchanged(t, o.World, "a preview of "+act.operation, func() {
				foreseen = Read[UserAnswer](t, o.Ada.Do(act.operation, append(act.parts, Preview())...), 200)
			})
			if foreseen.Preview == nil || foreseen.Change != nil {
				t.Fatalf("%s: %+v", act.operation, foreseen)
			}
			before := map[directory.OutboxRef]bool{}
			for _, ref := range o.Outbox() {
				before[ref] = true
			}
			real := o.Ada.Do(act.operation, act.parts...)
			came := Read[UserAnswer](t, real, real.Status)
			equal(t, "control", foreseen.Preview.Control, string(o.Organisation().Settings.ChangeControl))
			if came.Change != nil {
				equal(t, "state", came.Change.State, foreseen.Preview.State)
				equal(t, "diff", came.Change.Diff, foreseen.Preview.Diff)
			} else {
				equal(t, "state", "effective", foreseen.Preview.State)
			}
			mails := 0
			for _, ref := range o.Outbox() {
				if ref.Kind == directory.OutboxMail && !before[ref] {
					mails++
				}
			}
			equal(t, "mails", mails, len(foreseen.Preview.Mails))
			if came.Change != nil {
				decide(t, o, came.Change)
				o.Settle()
				pass(o, hour)
				o.Settle()
			}
		}
	})
}

// 3.11: what would be refused is refused in the preview, for the same reason; refusals of previews are no acts.
func TestAPreviewIsRefusedAsTheActWouldBe(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	unchanged(t, o.World, "a refused preview", func() {
		problem := o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": false}), Preview()).Refused(t, 409, "changeOpen")
		equal(t, "change", problem.Change, change.ID)
		o.Ada.Do("deactivateUser", At(o.Ben.ID), Preview()).Refused(t, 403, "forbidden")
		o.Rosa.Do("createUser", Body(newUser(o, nil)), Preview()).Refused(t, 403, "forbidden")
		o.Ada.Do("createUser", Body(newUser(o, Object{"email": "nobody"})), Preview()).Faulty(t, "email", "format")
	})
}

// 3.12: the timeline of a change can be read for good, by who asked and by the organisation's admins, and by nobody
// else.
func TestTheTimelineStays(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	o.Settle()
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	pass(o, hour)
	o.Settle()
	pass(o, 365*day)
	o.Sweep()
	cleo := o.Admin("cleo")
	for _, who := range []*Person{o.Ada, o.Ben, cleo} {
		got := who.Change(t, change.ID)
		equal(t, "timeline", whats(got), []string{"asked", "approved", "propagating", "applied"})
		equal(t, "approver", got.Approver.ID, string(o.Ben.ID))
		for _, event := range got.Timeline {
			if event.At.IsZero() {
				t.Errorf("%s has no time", event.What)
			}
		}
	}
	o.Rosa.Do("getChange", At(change.ID)).Refused(t, 403, "forbidden")
	other.Wake()
	other.Ada.Do("getChange", At(change.ID)).Refused(t, 404, "notFound")
	equal(t, "mails to the requester", o.Mails.Kinds(o.Ada.Email), []directory.MailKind{directory.MailChangeApproved, directory.MailChangeEffective})
}

// Changes are listed newest first, by state, in pages.
func TestListingChanges(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("bc-connect")
	var asked []string
	for range 3 {
		user := o.Regular("rob", nil, "balances:view")
		asked = append([]string{ask(t, o.Ada.Do("updateUser", At(user.ID), Body(Object{"contact": true}))).ID}, asked...)
	}
	o.Ada.Do("cancelChange", At(asked[1])).Want(t, 200)
	list := func(parts ...Part) (ids []string, next string) {
		page := Read[api.List[api.Change]](t, o.Ben.Do("listChanges", parts...), 200)
		for _, change := range page.Items {
			ids = append(ids, change.ID)
		}
		return ids, page.Next
	}
	all, next := list()
	equal(t, "all", all, asked)
	equal(t, "next", next, "")
	waiting, _ := list(Query("state", "awaitingApproval"))
	equal(t, "waiting", waiting, []string{asked[0], asked[2]})
	first, next := list(Query("state", "awaitingApproval"), Query("limit", "1"))
	equal(t, "first", first, asked[:1])
	second, _ := list(Query("state", "awaitingApproval"), Query("limit", "1"), Query("cursor", next))
	equal(t, "second", second, asked[2:])
	equal(t, "another organisation's", len(Read[api.List[api.Change]](t, other.Ada.Do("listChanges"), 200).Items), 0)
	o.Rosa.Do("listChanges").Refused(t, 403, "forbidden")
}

// 3.11: a preview tells as well that a name is taken, which the real run finds out in its transaction.
func TestAPreviewTellsThatANameIsTaken(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		for field, value := range map[string]string{"email": o.Rosa.Email, "phone": o.Ada.User(t, string(o.Rosa.ID)).Phone} {
			body := Body(newUser(o, Object{field: value}))
			o.Ada.Do("createUser", body, Preview()).Faulty(t, field, "taken")
			o.Ada.Do("createUser", body).Faulty(t, field, "taken")
			if email := (Object{field: value}); field == "email" {
				o.Ada.Do("updateUser", At(o.Robot.ID), Body(email), Preview()).Faulty(t, field, "taken")
			}
		}
		o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true}), Preview()).Want(t, 200)
	})
}

// 3.11: every write that administers others can be previewed. What one does about oneself cannot, nor decisions about a
// change, which tells itself what it does, nor what shows a secret.
func TestEveryWriteThatAdministersCanBePreviewed(t *testing.T) {
	t.Parallel()
	others := regexp.MustCompile(`^/v1/(me|session|changes|access)\b|/reveal$|^/access/`)
	for _, operation := range api.Operations() {
		want := operation.Method != http.MethodGet && !operation.Public && !others.MatchString(operation.Path)
		equal(t, operation.ID+" can be previewed", operation.Previewed(), want)
	}
}
