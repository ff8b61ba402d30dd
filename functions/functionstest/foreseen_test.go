package functionstest

import (
	"fmt"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 3.11: of every write that administers others, in every preset and, where change control governs it, under every control,
// asked for by an admin or by an operator, with a body that is drawn anew each time: the preview writes nothing and tells
// what the real run then does.
func TestEveryPreviewIsWhatHappens(t *testing.T) {
	t.Parallel()
	for preset := range casts() {
		for _, control := range []directory.ChangeControl{directory.ControlNone, directory.ControlStepUp, directory.ControlSecondAdmin} {
			t.Run(preset+" "+string(control), func(t *testing.T) {
				t.Parallel()
				seed := uint64(crc32.ChecksumIEEE([]byte(t.Name()))) // the same each time; make soak draws others
				if *soak {
					seed = rand.Uint64()
				}
				t.Logf("drawn with the seed %d", seed)
				o := New(t).Tenant(preset, Controlled(control), Propagating(int(60*(seed%2))))
				usual := o.Organisation().Settings.ChangeControl
				d := &draw{o, o.Admin("cleo"), rand.New(rand.NewPCG(seed, 0))}
				for _, operation := range api.Operations() {
					switch {
					case operation.Act && control == usual:
						foreseenAct(t, o, d.staff(operation), operation, d.actParts(t, operation))
					case operation.Change && (control == usual || d.IntN(2) == 0): // half of those that are unusual, each time others
						foreseen(t, o, one(d, o.Ada, o.In(o)), operation, d.parts(t, operation))
					}
				}
			})
		}
	}
}

// outcomeOf is what answers of writes have in common.
type outcomeOf struct {
	User     *api.User
	Contact  *api.Contact
	Role     *api.Role
	Users    []api.User
	Change   *api.Change
	Preview  *api.Outlook
	Warnings []api.Warning
	Left     *api.Left
}

// foreseen asks what an act would do, lets it be done, and compares.
func foreseen(t *testing.T, o *Tenant, who *Person, operation api.Endpoint, parts []Part) {
	t.Helper()
	what := fmt.Sprintf("%s by %s %s", operation.ID, who.Email, body(operation, parts))
	o.commit(o.session(who, o.ID)) // a new one, for an older is noted as seen now and then
	var previewed Answer
	unchanged(t, o.World, "a preview of "+what, func() { previewed = who.Do(operation.ID, append(slices.Clone(parts), Preview())...) })
	waiting := o.Outbox()
	came := who.Do(operation.ID, parts...)
	if previewed.Status >= 300 || came.Status >= 300 {
		same(t, what+": refused", came.Problem(), previewed.Problem())
		return
	}
	preview, real := Read[outcomeOf](t, previewed, 200), Read[outcomeOf](t, came, came.Status)
	outlook := preview.Preview
	same(t, what+": control", outlook.Control, string(o.Organisation().Settings.ChangeControl))
	same(t, what+": warnings", real.Warnings, preview.Warnings)
	same(t, what+": warnings of the outlook", outlook.Warnings, preview.Warnings)
	same(t, what+": left out", real.Left, preview.Left)
	same(t, what+": the target", shape(t, real), shape(t, preview))
	same(t, what+": mails", enqueued(t, o, waiting), slices.Sorted(slices.Values(outlook.Mails)))
	if waits := map[string]string{"step_up": "awaitingStepUp", "second_admin": "awaitingApproval"}[outlook.Control]; waits != "" && len(outlook.Diff) > 0 {
		same(t, what+": state", outlook.State, waits)
	}
	same(t, what+": who authenticates", outlook.StepUp, map[string]string{"awaitingStepUp": "requester", "awaitingApproval": "approver"}[outlook.State])
	if real.Change == nil {
		same(t, what+": state", "effective", outlook.State)
		same(t, what+": effective at", outlook.EffectiveAt.UTC(), o.Now())
		o.Settle()
		holds(t, o, what, real, outlook.Diff)
		return
	}
	change := real.Change
	same(t, what+": state", change.State, outlook.State)
	same(t, what+": difference", change.Diff, outlook.Diff)
	same(t, what+": effective at", change.EffectiveAt, outlook.EffectiveAt)

	o.Settle()
	asked := map[string]bool{}
	for _, mail := range o.Mails.All() {
		if mail.Kind == "approvalRequested" && strings.Contains(mail.Text, change.ID) {
			asked[mail.To] = true
		}
	}
	approvers := map[string]bool{}
	for _, approver := range outlook.Approvers {
		approvers[o.Ada.User(t, approver.ID).Email] = true
	}
	same(t, what+": who is asked", asked, approvers)
	o.goesThrough(t, who, change)
	o.commit(o.session(who, o.ID))
	after := o.Ada.Change(t, change.ID)
	same(t, what+": in the end", after.State, "effective")
	same(t, what+": difference", after.Diff, outlook.Diff)
	holds(t, o, what, real, outlook.Diff)
}

// holds compares what is there in the end with what was foreseen of it.
func holds(t *testing.T, o *Tenant, what string, came outcomeOf, diff []api.Difference) {
	t.Helper()
	if came.User == nil {
		return
	}
	answer := o.Ada.Do("getUser", At(came.User.ID))
	if strings.HasPrefix(what, "removeUser") {
		answer.Refused(t, 404, "notFound")
		return
	}
	user := Read[struct{ User map[string]any }](t, answer, 200).User
	user["name"] = directory.Name(Read[UserAnswer](t, answer, 200).User.Name).Full()
	for _, difference := range diff {
		if value, shown := user[difference.Field]; shown {
			same(t, what+": "+difference.Field, plain(value), difference.After)
		}
	}
}

// plain is a field of a user as differences have it.
func plain(value any) string {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	var all []string
	for _, one := range list {
		all = append(all, fmt.Sprint(one))
	}
	return strings.Join(all, ", ")
}

// shape is an answer's target, but for what each run draws anew: ids, and the change that is open.
func shape(t *testing.T, answer outcomeOf) outcomeOf {
	t.Helper()
	answer.Change, answer.Preview, answer.Warnings = nil, nil, nil
	users := answer.Users
	if answer.User != nil {
		users = append(users, *answer.User)
	}
	for i := range users {
		users[i].OpenChange = ""
		if users[i].Version <= 1 {
			users[i].ID = ""
		}
	}
	answer.Users, answer.User = users, nil
	if answer.Contact != nil {
		answer.Contact.ID, answer.Contact.OpenChange, answer.Contact.ETag = "", "", ""
	}
	if answer.Role != nil {
		answer.Role.ID, answer.Role.OpenChange, answer.Role.ETag = "", "", ""
	}
	return answer
}

// enqueued are the kinds of the mails that wait and did not before.
func enqueued(t *testing.T, o *Tenant, before []directory.OutboxRef) []string {
	t.Helper()
	refs := slices.DeleteFunc(o.Outbox(), func(ref directory.OutboxRef) bool {
		return ref.Kind != directory.OutboxMail || slices.Contains(before, ref)
	})
	found, err := o.Store.Read(t.Context(), directory.Want{Outbox: refs})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for item := range maps.Values(found.Outbox) {
		kinds = append(kinds, string(item.Mail.Kind))
	}
	slices.Sort(kinds)
	return kinds
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if difference := cmp.Diff(want, got, cmpopts.EquateEmpty()); difference != "" {
		t.Errorf("%s (-foreseen +came):\n%s", what, difference)
	}
}

// body is what a request says.
func body(operation api.Endpoint, parts []Part) string {
	e := event{RouteKey: operation.RouteKey(), RawPath: operation.Path, Headers: map[string]string{}}
	for _, part := range parts {
		part(&e)
	}
	return e.RawPath + " " + e.Body
}

// draw makes up requests.
type draw struct {
	*Tenant
	cleo *Person // an admin to whom things are done
	*rand.Rand
}

// some are those of a list that fall.
func some[T any](d *draw, list []T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(T) bool { return d.IntN(2) == 0 })
}

func one[T any](d *draw, list ...T) T { return list[d.IntN(len(list))] }

// fields are those of a user's that fall.
func (d *draw) fields(organisation directory.Organisation) Object {
	preset, _ := d.Core.Presets.Preset(organisation.Preset)
	var roles, permissions []string
	for _, role := range preset.Roles {
		roles = append(roles, role.ID)
	}
	for _, permission := range preset.Permissions {
		permissions = append(permissions, string(permission.ID))
	}
	all := Object{
		"name": Object{"first": one(d, "Nora", "Otto"), "last": one(d, "", "Older")}, "email": d.Email("drawn"), "phone": one(d, d.Phone(), "12"),
		"language": one(d, "en", "fr"), "companies": some(d, d.Companies), "accounts": some(d, d.Accounts),
		"roles": some(d, roles[:min(len(roles), 3)]), "permissions": some(d, permissions[:min(len(permissions), 6)]),
		"paymentRule": one(d, "needsApproval", "submit"), "type": one(d, "enterprise", "merchant"), "contact": one(d, true, false),
		"apiAccess": one(d, true, false), "paymentLinks": one(d, true, false), "ipAllowList": one(d, []string{}, []string{"198.51.100.0/24"}),
	}
	return maps.Collect(func(yield func(string, any) bool) {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if d.IntN(4) == 0 && !yield(name, all[name]) {
				return
			}
		}
	})
}

// parts are a request to an operation: on somebody new, with something that can be done to it.
func (d *draw) parts(t *testing.T, operation api.Endpoint) []Part {
	t.Helper()
	o, organisation := d.Tenant, d.Organisation()
	gets := o.casts[organisation.Preset]
	target := o.Regular("drawn", gets.regular, gets.permissions...)
	switch operation.ID {
	case "createUser":
		fields := d.fields(organisation)
		fields["business"] = one(d, any(Object{"name": "Drawn"}), nil, nil, nil)
		return []Part{Body(newUser(o, fields))}
	case "updateUser":
		return []Part{At(one(d, target, target, o.Robot, d.cleo).ID), Body(d.fields(organisation))}
	case "duplicateUser":
		fields := Object{"email": o.Email("copy"), "phone": o.Phone()}
		if organisation.Settings.SignInName == directory.SignInUsername {
			fields["username"] = "copy-" + o.Phone()[1:]
		}
		return []Part{At(one(d, target, d.cleo).ID), Body(fields)}
	case "reactivateUser":
		done(t, o, o.Ada.Do("deactivateUser", At(target.ID)))
		return []Part{At(target.ID)}
	case "deactivateUser", "removeUser", "resetSecondFactor":
		return []Part{At(one(d, target, target, o.Robot).ID)}
	case "nameOwner":
		return []Part{At(one(d, string(d.cleo.ID), string(d.cleo.ID), string(target.ID)))}
	case "assignAccount":
		return []Part{At(o.Accounts[2]), Body(Object{"users": []string{string(target.ID), string(o.Rosa.ID)}[d.IntN(2):]})}
	case "addCertificate":
		return []Part{At(o.Robot.ID), Body(Object{"pem": o.certificate(365).PEM})}
	case "removeCertificate":
		return []Part{At(string(o.Robot.ID), o.hasCertificate(t, 365).Fingerprint)}
	case "createCredential":
		return []Part{At(one(d, o.Robot, target).ID)}
	case "rotateCredential", "revokeCredential":
		ids := []string{"crd_1"}
		for _, credential := range o.Ada.credentials(t, string(o.Robot.ID)) {
			ids = append(ids, credential.ID)
		}
		return []Part{At(string(o.Robot.ID), ids[len(ids)-1])}
	case "createContact":
		return []Part{Body(Object{"name": Object{"first": "Cora"}, "email": o.Email("cora"), "types": some(d, []string{"invoices", "contracts"})})}
	case "createRole":
		return []Part{Body(roleBody("Drawn "+o.Email("r"), Object{viewPermission(o): one(d, "all", "own")}))}
	case "updateRole", "deleteRole":
		parts := []Part{At(o.OwnRole("Own "+o.Email("r"), gets.view))}
		if operation.ID == "updateRole" {
			parts = append(parts, Body(Object{"description": one(d, "At night", "By day"), "permissions": Object{viewPermission(o): one(d, "all", "own")}}))
		}
		return parts
	case "updateContact", "deleteContact":
		id := d.contact(t)
		if operation.ID == "updateContact" {
			return []Part{At(id), Body(Object{"types": some(d, []string{"invoices", "contracts"}), "name": Object{"first": one(d, "Cora", "Cleo")}})}
		}
		return []Part{At(id)}
	}
	t.Fatalf("nothing is drawn for %s", operation.ID)
	return nil
}

// contact is one that there is, where the organisation has contacts.
func (d *draw) contact(t *testing.T) string {
	t.Helper()
	answer := d.Ada.Do("createContact", Body(Object{"name": Object{"first": "Cora"}, "email": d.Email("cora"), "types": []string{"invoices"}}))
	if answer.Status >= 300 {
		return "con_1"
	}
	made := Read[contactAnswer](t, answer, answer.Status)
	if made.Change != nil {
		d.goesThrough(t, d.Ada, made.Change)
	}
	return made.Contact.ID
}

// foreseenAct is foreseen of an act that takes effect at once.
func foreseenAct(t *testing.T, o *Tenant, who *Person, operation api.Endpoint, parts []Part) {
	t.Helper()
	what := fmt.Sprintf("%s by %s %s", operation.ID, who.Email, body(operation, parts))
	var previewed Answer
	unchanged(t, o.World, "a preview of "+what, func() { previewed = who.Do(operation.ID, append(slices.Clone(parts), Preview())...) })
	waiting, last := o.Outbox(), o.Now()
	o.Advance(minute) // the line of the log that the act adds is the first from now on
	came := who.Do(operation.ID, parts...)
	if previewed.Status >= 300 || came.Status >= 300 {
		same(t, what+": refused", came.Problem(), previewed.Problem())
		return
	}
	outlook := Read[api.Foreseen](t, previewed, 200).Preview
	same(t, what+": mails", enqueued(t, o, waiting), slices.Sorted(slices.Values(outlook.Mails)))
	var real outcomeOf
	switch operation.ID {
	case "sendPasswordReset", "resendVerification", "decideServiceRequest": // the others answer what there is then
		real = Read[outcomeOf](t, came, came.Status)
	}
	same(t, what+": warnings", real.Warnings, outlook.Warnings)
	if real.Change != nil { // an accepted service request is one
		same(t, what+": state", real.Change.State, outlook.State)
		same(t, what+": difference", real.Change.Diff, outlook.Diff)
		return
	}
	same(t, what+": state", "effective", outlook.State)
	same(t, what+": effective at", outlook.EffectiveAt.UTC(), last)
	for _, entry := range log(t, o.In(o), Query("from", o.Now().Format(time.RFC3339)), Query("act", operation.ID)) {
		same(t, what+": difference", entry.Diff, outlook.Diff)
	}
}

// staff is who does an act: what is the platform's alone is done by it, nearly always.
func (d *draw) staff(operation api.Endpoint) *Person {
	d.commit(d.session(d.Ada, d.ID))
	olga := d.In(d.Tenant)
	switch operation.ID {
	case "createServiceRequest":
		return d.Ada
	case "resendVerification", "sendPasswordReset", "endUserSessions", "endUserSession":
		return one(d, d.Ada, olga)
	}
	return one(d, d.Ada, olga, olga, olga)
}

// actParts are a request to what takes effect at once.
func (d *draw) actParts(t *testing.T, operation api.Endpoint) []Part {
	t.Helper()
	o, gets := d.Tenant, d.casts[d.Organisation().Preset]
	switch target := o.Regular("drawn", gets.regular, gets.permissions...); operation.ID {
	case "sendPasswordReset", "endUserSessions":
		return []Part{At(target.ID)}
	case "endUserSession":
		return []Part{At(string(target.ID), o.sessionIn(t, string(target.ID)))}
	case "resendVerification":
		return []Part{At(done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil)))).ID)}
	case "decideKyc":
		return []Part{At(target.ID), Body(Object{"level": 1, "outcome": one(d, "passed", "rejected", "underReview", "moreNeeded"), "reason": one(d, "", "Blurred.")})}
	case "createServiceRequest":
		return []Part{Body(Object{"act": one(d, "deactivateUser", "resetSecondFactor"), "target": one(d, string(o.Robot.ID), string(target.ID)), "note": one(d, "", "Please.")})}
	case "decideServiceRequest":
		filed := Read[RequestAnswer](t, o.Ada.Do("createServiceRequest", Body(Object{"act": "deactivateUser", "target": string(target.ID)})), 201)
		return []Part{At(filed.Request.ID), Body(Object{"outcome": one(d, "accepted", "accepted", "declined"), "reason": one(d, "", "Checked.")})}
	case "createOrganisation":
		return []Part{Body(Object{"preset": "billpro", "name": "New", "admins": []Object{{
			"name": Object{"first": "Ann"}, "email": one(d, o.Email("ann"), o.Rosa.Email), "roles": []string{one(d, "admin_user", "nobody")},
		}}})}
	case "updateOrganisation":
		return []Part{At(o.ID), Body(Object{"name": one(d, "Renamed", ""), "settings": Object{"approvalHours": one(d, 24, 9000)}})}
	case "openAccount":
		return []Part{Body(Object{"company": one(d, o.Companies[0], "cmp_1"), "name": "Account 4"})}
	}
	return example(o, operation)
}
