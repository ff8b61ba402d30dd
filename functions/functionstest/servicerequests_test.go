package functionstest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// requests lists service requests, by id.
func requests(t testing.TB, who *Person, parts ...Part) []string {
	t.Helper()
	var ids []string
	for _, request := range Read[api.List[api.ServiceRequest]](t, who.Do("listServiceRequests", parts...), 200).Items {
		ids = append(ids, request.ID)
	}
	return ids
}

// verdict is the body of a decision.
func verdict(outcome, reason string) Part {
	body := Object{"outcome": outcome}
	if reason != "" {
		body["reason"] = reason
	}
	return Body(body)
}

// 1.4, 1.5: an admin who may not create another one asks the platform's staff, as by BC's admin user form. What they accept
// is a change that another admin approves.
func TestAnAdminIsCreatedByAServiceRequest(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("bc-connect")
	body := newUser(o, Object{"kind": "admin", "companies": nil, "accounts": nil, "permissions": nil})
	equal(t, "policy", o.Ada.Do("createUser", Body(body)).Refused(t, 403, "forbidden").Policy, "admins-managed-by-operators")

	filed := o.File(t, Object{"act": "createUser", "user": body, "note": "Our form of 1 March."})
	equal(t, "state", filed.State, "open")
	equal(t, "filer", filed.Filer.ID, string(o.Ada.ID))
	equal(t, "whose", filed.OrganisationName, o.Organisation().Name)
	equal(t, "diff", filed.Diff[1], api.Difference{Field: "kind", After: "admin"})
	equal(t, "the organisation's", requests(t, o.Ben), []string{filed.ID})
	equal(t, "another organisation's", len(requests(t, other.Ada)), 0)
	other.Ada.Do("getServiceRequest", At(filed.ID)).Refused(t, 404, "notFound")

	// The queue of all, and of the organisation that an operator has entered.
	platform, entered := o.Operator(), w.In(o)
	contains(t, requests(t, platform), filed.ID)
	equal(t, "of the organisation", requests(t, entered), []string{filed.ID})
	shown := Read[RequestAnswer](t, platform.Do("getServiceRequest", At(filed.ID)), 200).Request
	equal(t, "request", shown, filed)
	equal(t, "policy", o.Ada.Do("decideServiceRequest", At(filed.ID), verdict("accepted", "")).Refused(t, 403, "forbidden").Policy, "operators-only")

	accepted := Read[RequestAnswer](t, platform.Do("decideServiceRequest", At(filed.ID), verdict("accepted", "Form checked.")), 200)
	equal(t, "state", accepted.Request.State, "accepted")
	equal(t, "change", accepted.Request.Change, accepted.Change.ID)
	equal(t, "the change's request", accepted.Change.Request, filed.ID)
	equal(t, "requester", accepted.Change.Requester.ID, string(platform.ID))
	equal(t, "state", accepted.Change.State, "awaitingApproval")
	o.Settle()
	mail := o.Mails.Last(t, o.Ada.Email, directory.MailServiceRequestAccepted)
	if !strings.Contains(mail.Text, ConsoleURL+"/service-requests/"+filed.ID) {
		t.Errorf("the mail does not lead to the request:\n%s", mail.Text)
	}
	contains(t, o.Mails.Kinds(o.Ben.Email), directory.MailApprovalRequested)

	o.Ben.Approve(accepted.Change).Want(t, 200)
	o.Settle()
	pass(o, hour)
	o.Settle()
	user := o.Ada.User(t, accepted.Change.Target.ID)
	equal(t, "kind", user.Kind, "admin")
	equal(t, "status", user.Status, "emailNotVerified")
	equal(t, "open", len(requests(t, o.Ada, Query("state", "open"))), 0)
	equal(t, "accepted", requests(t, o.Ada, Query("state", "accepted")), []string{filed.ID})

	// 9.3: filed, decided and asked for are in the organisation's log.
	for _, action := range []directory.Action{"createServiceRequest", "decideServiceRequest", "createUser"} {
		if !slices.ContainsFunc(o.operations(t), func(e directory.Entry) bool {
			return e.Action == action && e.Outcome == directory.Done && e.Actor != nil
		}) {
			t.Errorf("%s is not in the log", action)
		}
	}
}

// 1.5, 2.4: a role that one does not have is given by the platform's staff, who are asked for it.
func TestARoleIsGivenByAServiceRequest(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	patch := Object{"roles": []string{"manageReports", "viewAccounts"}}
	equal(t, "policy", o.Ada.Do("updateUser", At(o.Rosa.ID), Body(patch)).Refused(t, 403, "forbidden").Policy, "grant-limit-roles")
	filed := o.File(t, Object{"act": "updateUser", "target": o.Rosa.ID, "patch": patch})

	// What changes meanwhile, and was not asked to change, stays.
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"name": Object{"first": "Rose", "last": "Renamed"}})).Want(t, 200)
	accepted := Read[RequestAnswer](t, o.In(o).Do("decideServiceRequest", At(filed.ID), verdict("accepted", "")), 200)
	equal(t, "state", accepted.Change.State, "effective")
	rosa := o.Ada.User(t, string(o.Rosa.ID))
	equal(t, "roles", rosa.Roles, []string{"manageReports", "viewAccounts"})
	equal(t, "name", rosa.Name.First, "Rose")
}

// 1.4, 1.5, 6.3: every act that only the platform's staff may do can be asked for.
func TestWhatCanBeAskedFor(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect", Controlled(directory.ControlNone), Propagating(0))
	olga := w.In(o)
	accept := func(body Object) {
		t.Helper()
		filed := o.File(t, body)
		answer := Read[RequestAnswer](t, olga.Do("decideServiceRequest", At(filed.ID), verdict("accepted", "")), 200)
		equal(t, "state", answer.Change.State, "effective")
		equal(t, "diff", answer.Change.Diff, filed.Diff)
	}
	accept(Object{"act": "updateUser", "target": o.Ben.ID, "patch": Object{"contact": true}})
	accept(Object{"act": "deactivateUser", "target": o.Robot.ID})
	equal(t, "status", o.Ada.User(t, string(o.Robot.ID)).Status, "inactive")
	accept(Object{"act": "reactivateUser", "target": o.Robot.ID})
	accept(Object{"act": "resetSecondFactor", "target": o.Ben.ID})
	certificate := o.certificate(365)
	accept(Object{"act": "addCertificate", "target": o.Robot.ID, "pem": certificate.PEM})
	shown := Read[api.List[api.Certificate]](t, o.Ada.Do("listCertificates", At(o.Robot.ID)), 200).Items
	accept(Object{"act": "removeCertificate", "target": o.Robot.ID, "fingerprint": shown[0].Fingerprint})
	accept(Object{"act": "createUser", "user": newUser(o, Object{"kind": "api", "phone": nil})})

	// What not even they may do is refused when they try, and the request stays open.
	filed := o.File(t, Object{"act": "removeUser", "target": o.Rosa.ID})
	equal(t, "policy", olga.Do("decideServiceRequest", At(filed.ID), verdict("accepted", "")).Refused(t, 403, "forbidden").Policy, "users-never-removed")
	equal(t, "open", requests(t, olga, Query("state", "open")), []string{filed.ID})
}

// A service request is checked as the act would be; bad input names field and rule, and leaves nothing.
func TestServiceRequestsThatCannotBe(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("bc-connect")
	user := func(with Object) Object { return Object{"act": "createUser", "user": newUser(o, with)} }
	patch := func(patch Object) Object { return Object{"act": "updateUser", "target": o.Ben.ID, "patch": patch} }
	unchanged(t, w, "a service request that cannot be", func() {
		for _, test := range []struct {
			body        Object
			field, rule string
		}{
			{Object{"act": "openAccount"}, "act", "enum"},
			{Object{"act": "createUser"}, "user", "required"},
			{Object{"act": "deactivateUser"}, "target", "required"},
			{Object{"act": "updateUser", "target": o.Ben.ID}, "patch", "required"},
			{Object{"act": "addCertificate", "target": o.Robot.ID}, "pem", "required"},
			{Object{"act": "addCertificate", "target": o.Robot.ID, "pem": "x"}, "pem", "format"},
			{Object{"act": "removeCertificate", "target": o.Robot.ID}, "fingerprint", "required"},
			{Object{"act": "removeCertificate", "target": o.Robot.ID, "fingerprint": "ab"}, "fingerprint", "unknown"},
			{Object{"act": "deactivateUser", "target": o.Ben.ID, "patch": Object{"contact": true}}, "patch", "unexpected"},
			{Object{"act": "deactivateUser", "target": other.Ben.ID}, "target", "unknown"},
			{Object{"act": "deactivateUser", "target": "usr_00000000000000000000000001"}, "target", "unknown"},
			{Object{"act": "deactivateUser", "target": o.Ben.ID, "note": "a\u202eb"}, "note", "characters"},
			{Object{"act": "deactivateUser", "target": o.Ben.ID, "urgent": true}, "urgent", "unknown"},
			{user(Object{"email": "nobody"}), "user.email", "format"},
			{user(Object{"accounts": []string{other.Accounts[0]}}), "user.accounts[0]", "unknown"},
			{patch(Object{"phone": "123"}), "patch.phone", "e164"},
			{patch(Object{"roles": []string{"emperor"}}), "patch.roles[0]", "unknown"},
			{patch(Object{"contact": false}), "patch", "required"},
		} {
			o.Ada.Do("createServiceRequest", Body(test.body)).Faulty(t, test.field, test.rule)
		}
		o.Ada.Do("createServiceRequest", Body(Object{"act": "reactivateUser", "target": o.Ben.ID})).Refused(t, 409, "stateWrong")
	})
	refusal := o.Rosa.Do("createServiceRequest", Body(Object{"act": "deactivateUser", "target": o.Robot.ID})).Refused(t, 403, "forbidden")
	equal(t, "policy", refusal.Policy, "permission-missing")
}

// A request is decided once, whoever comes at the same time and however often they ask; a refusal has a reason.
func TestAServiceRequestIsDecidedOnce(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("b2binpay")
	olga := w.In(o)
	body := Body(Object{"act": "updateUser", "target": o.Ben.ID, "patch": Object{"contact": true}})
	first := o.Ada.Do("createServiceRequest", body, Key("file"))
	equal(t, "the repeated answer", o.Ada.Do("createServiceRequest", body, Key("file")), first)
	filed := Read[RequestAnswer](t, first, 201).Request
	equal(t, "requests", requests(t, o.Ada), []string{filed.ID})

	olga.Do("decideServiceRequest", At(filed.ID), verdict("declined", "")).Faulty(t, "reason", "required")
	olga.Do("decideServiceRequest", At(filed.ID), verdict("perhaps", "")).Faulty(t, "outcome", "enum")
	var wait sync.WaitGroup
	var answers [3]Answer
	for i, outcome := range []string{"accepted", "declined", "accepted"} {
		wait.Go(func() { answers[i] = olga.Do("decideServiceRequest", At(filed.ID), verdict(outcome, "Because.")) })
	}
	wait.Wait()
	won := 0
	for _, answer := range answers {
		if answer.Status == 200 {
			won++
		} else {
			answer.Refused(t, 409, "stateWrong")
		}
	}
	equal(t, "decisions", won, 1)

	second := o.File(t, Object{"act": "updateUser", "target": o.Rosa.ID, "patch": Object{"contact": true}})
	accepted := olga.Do("decideServiceRequest", At(second.ID), verdict("accepted", ""), Key("accept"))
	equal(t, "the repeated answer", olga.Do("decideServiceRequest", At(second.ID), verdict("accepted", ""), Key("accept")), accepted)

	third := o.File(t, Object{"act": "deactivateUser", "target": o.Ben.ID})
	declined := Read[RequestAnswer](t, olga.Do("decideServiceRequest", At(third.ID), verdict("declined", "Ben is your only other admin.")), 200)
	equal(t, "state", declined.Request.State, "declined")
	equal(t, "decider", declined.Request.Decider.ID, string(olga.ID))
	o.Settle()
	if text := o.Mails.Last(t, o.Ada.Email, directory.MailServiceRequestDeclined).Text; !strings.Contains(text, "Ben is your only other admin.") {
		t.Errorf("the mail does not say why:\n%s", text)
	}
	equal(t, "status", o.Ada.User(t, string(o.Ben.ID)).Status, "active")
}

// 4.7: a request that nobody decides ends after thirty days, and its filer is told.
func TestAServiceRequestExpires(t *testing.T) {
	t.Parallel()
	w := New(t)
	o := w.Tenant("bc-connect")
	filed := o.File(t, Object{"act": "deactivateUser", "target": o.Robot.ID})
	pass(o, 30*day-minute)
	equal(t, "swept", o.Sweep(), directory.Swept{})
	pass(o, minute)
	w.In(o).Do("decideServiceRequest", At(filed.ID), verdict("accepted", "")).Refused(t, 409, "stateWrong")
	equal(t, "swept", o.Sweep(), directory.Swept{Requests: 1})
	equal(t, "swept", o.Sweep(), directory.Swept{})
	o.Settle()
	equal(t, "state", Read[RequestAnswer](t, o.Ada.Do("getServiceRequest", At(filed.ID)), 200).Request.State, "expired")
	equal(t, "mails", o.Mails.Kinds(o.Ada.Email), []directory.MailKind{directory.MailServiceRequestExpired})
}

// 3.10: a request that would leave too few admins is not one.
func TestAServiceRequestLeavesEnoughAdmins(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	o.Ada.Do("createServiceRequest", Body(Object{"act": "deactivateUser", "target": o.Ben.ID})).Refused(t, 409, "tooFewAdmins")
}
