package functionstest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// Department is one of the platform's staff of a department, with a session in the tenant's organisation.
func (o *Tenant) Department(role string) *Person {
	o.t.Helper()
	o.Operator() // the platform is there
	found, err := o.Store.Read(o.t.Context(), directory.Want{Organisations: []directory.OrganisationID{directory.Platform}})
	if err != nil {
		o.t.Fatal(err)
	}
	person := o.person(found.Organisations[directory.Platform], directory.KindOperator, role, directory.Access{Roles: []string{role}})
	o.commit(o.session(person, o.ID))
	return person
}

// checked is a client who has verified address and phone, and is to pass the identity checks.
func checked(t testing.TB, o *Tenant, with Object) (*Person, api.User) {
	t.Helper()
	person, user := invited(t, o, with)
	return person, Read[Me](t, person.verifies(o.Texts.Code(t, user.Phone)), 200).User
}

func client(kind string) Object {
	return Object{"type": kind, "roles": nil, "accounts": nil, "companies": nil}
}

func (p *Person) submits(level int, references ...string) Answer {
	var documents []Object
	for _, reference := range references {
		documents = append(documents, Object{"kind": "passport", "reference": reference})
	}
	return p.Do("submitKyc", Body(Object{"level": level, "documents": documents}))
}

func (p *Person) judges(user string, level int, outcome, reason string, parts ...Part) Answer {
	return p.Do("decideKyc", append(parts, At(user), Body(Object{"level": level, "outcome": outcome, "reason": reason}))...)
}

// 1.11, 1.12: level 1 lets a client in and moves it to its owners' group, level 2 a merchant to the legal merchants'; what
// was handed in and decided stays for good.
func TestPassingALevelMovesTheUserToItsGroup(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	kim := o.Department("compliance")
	mia, user := checked(t, o, Object{"type": "merchant", "roles": []string{"merchantStaff"}})

	mine := Read[api.KYCCase](t, mia.Do("getMyKyc"), 200)
	equal(t, "state", mine.State, "notStarted")
	equal(t, "levels", levels(mine), "1 notStarted merchantOwner, 2 notStarted legalMerchantOwner")
	mia.submits(2, "docs/extract").Refused(t, 409, "stateWrong")
	submitted := Read[api.KYCCase](t, mia.Do("submitKyc", Body(Object{
		"level": 1, "documents": []Object{{"kind": "passport", "reference": "docs/1"}},
		"business": Object{"name": "Mia's", "countryOfIncorporation": "PT"},
	})), 200)
	equal(t, "state", submitted.State, "submitted")
	mia.submits(1, "docs/2").Refused(t, 409, "stateWrong")

	read := kim.Do("getKyc", At(user.ID))
	equal(t, "what compliance sees", Read[api.KYCCase](t, read, 200), submitted)
	equal(t, "documents", submitted.Levels[0].Documents, []api.KYCDocument{{Kind: "passport", Reference: "docs/1"}})
	equal(t, "business", submitted.Business, api.Business{Name: "Mia's", CountryOfIncorporation: "PT"})
	taken := kim.judges(user.ID, 1, "underReview", "")
	if read.Header["Etag"] == taken.Header["Etag"] {
		t.Errorf("the ETag stays %q", read.Header["Etag"])
	}
	equal(t, "reviewer", Read[api.KYCCase](t, taken, 200).Levels[0].Reviewer.ID, string(kim.ID))
	o.Settle()
	equal(t, "mails", len(o.Mails.To(user.Email)), 1) // her verification

	passed := Read[api.KYCCase](t, kim.judges(user.ID, 1, "passed", "as the register has it"), 200)
	equal(t, "levels", levels(passed), "1 passed merchantOwner, 2 notStarted legalMerchantOwner")
	equal(t, "level", passed.Level, 1)
	now := o.Ada.User(t, user.ID)
	equal(t, "status", now.Status, "active")
	equal(t, "groups", now.Roles, []string{"merchantOwner"})
	o.Settle()
	mail := o.Mails.Last(t, user.Email, directory.MailKYCPassed)
	if !strings.Contains(mail.Text, "level 1") {
		t.Errorf("the mail says %s", mail.Text)
	}

	// The stage's session ends with it; signing in anew gives what the group may do.
	mia.Do("getMe").Refused(t, 401, "unauthenticated")
	equal(t, "what comes next", mia.SignIn(t).Next, "")
	equal(t, "may invite", mia.Me(t).Permissions["users:create"], "all")
	equal(t, "may withdraw", o.Ada.Asks(t, user.ID, "bank-withdrawals:create", o.Accounts[0]).Decision, false)

	mia.submits(2, "docs/3").Want(t, 200)
	equal(t, "levels", levels(Read[api.KYCCase](t, kim.judges(user.ID, 2, "passed", ""), 200)), "1 passed merchantOwner, 2 passed legalMerchantOwner")
	equal(t, "groups", o.Ada.User(t, user.ID).Roles, []string{"legalMerchantOwner"})
	equal(t, "may withdraw", o.Ada.Asks(t, user.ID, "bank-withdrawals:create", o.Accounts[0]).Decision, true)
	mine = Read[api.KYCCase](t, mia.Do("getMyKyc"), 200)
	equal(t, "state", mine.State, "passed")
	equal(t, "outcomes", outcomes(mine.Levels[0]), []string{"underReview", "passed: as the register has it"})

	// A level that was decided is not decided again.
	for _, outcome := range []string{"passed", "rejected", "moreNeeded", "underReview"} {
		kim.judges(user.ID, 2, outcome, "again").Refused(t, 409, "stateWrong")
	}
	log, _, err := o.Store.Operations(t.Context(), o.ID, directory.OperationFilter{}, directory.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	index := slices.IndexFunc(log, func(e directory.Entry) bool { return e.Action == "decideKyc" && e.Detail == "level 1: passed" })
	if index < 0 || log[index].Actor.User != kim.ID || string(log[index].Target) != user.ID {
		t.Fatalf("the log has %+v", log)
	}
	equal(t, "differences", log[index].Differences, []directory.Difference{
		{Field: "status", Before: "kycNotVerified", After: "active"}, {Field: "roles", Before: "merchantStaff", After: "merchantOwner"},
	})
}

func levels(kyc api.KYCCase) string {
	var all []string
	for _, level := range kyc.Levels {
		all = append(all, strings.TrimSpace(fmt.Sprint(level.Level, " ", level.State, " ", level.Group)))
	}
	return strings.Join(all, ", ")
}

func outcomes(level api.KYCLevel) []string {
	var all []string
	for _, decision := range level.Decisions {
		all = append(all, strings.TrimSuffix(decision.Outcome+": "+decision.Reason, ": "))
	}
	return all
}

// 1.12: an enterprise has level 1 alone; what is not enough is asked for, and what was rejected may be handed in again.
func TestALevelIsRejectedAndHandedInAgain(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	kim := o.Department("compliance")
	eve, user := checked(t, o, Object{"type": "enterprise", "roles": nil, "language": "fr"})
	eve.submits(1, "docs/1").Want(t, 200)
	kim.judges(user.ID, 1, "moreNeeded", "").Faulty(t, "reason", "required")
	kim.judges(user.ID, 1, "moreNeeded", "La page 2 manque").Want(t, 200)
	o.Settle()
	if mail := o.Mails.Last(t, user.Email, directory.MailKYCMoreNeeded); mail.Language != "fr" || !strings.Contains(mail.Text, "La page 2 manque") {
		t.Errorf("the mail says %s", mail.Text)
	}
	eve.submits(1, "docs/1", "docs/2").Want(t, 200)
	kim.judges(user.ID, 1, "rejected", "expired").Want(t, 200)
	o.Settle()
	o.Mails.Last(t, user.Email, directory.MailKYCRejected)
	equal(t, "status", eve.Me(t).User.Status, "kycNotVerified")
	kim.judges(user.ID, 1, "passed", "").Refused(t, 409, "stateWrong")
	eve.submits(1, "docs/3").Want(t, 200)
	kim.judges(user.ID, 1, "passed", "").Want(t, 200)
	equal(t, "groups", o.Ada.User(t, user.ID).Roles, []string{"enterpriseOwner"})
	kyc := Read[api.KYCCase](t, kim.Do("getKyc", At(user.ID)), 200)
	equal(t, "levels", levels(kyc), "1 passed enterpriseOwner")
	equal(t, "outcomes", outcomes(kyc.Levels[0]), []string{"moreNeeded: La page 2 manque", "rejected: expired", "passed"})
	kim.judges(user.ID, 2, "passed", "").Faulty(t, "level", "unknown")
	eve.SignIn(t)
	eve.submits(2, "docs/4").Faulty(t, "level", "unknown")
}

// A level is handed in ten times at most: what a case keeps for good is bounded.
func TestALevelIsNotHandedInForEver(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	kim := o.Department("compliance")
	eve, user := checked(t, o, client("enterprise"))
	for i := range 10 {
		eve.submits(1, fmt.Sprint("docs/", i)).Want(t, 200)
		kim.judges(user.ID, 1, "rejected", "no").Want(t, 200)
	}
	eve.submits(1, "docs/10").Refused(t, 409, "stateWrong")
}

// 9.2, 2.10: compliance decides; nobody else, and every refusal names its policy.
func TestOnlyComplianceDecides(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	_, user := checked(t, o, client("merchant"))
	for who, policy := range map[*Person]string{
		o.Ada: "operators-only", o.Rosa: "operators-only", o.Department("support"): "permission-missing",
		o.Department("auditorReadOnly"): "permission-missing", o.Department("finance"): "permission-missing",
	} {
		equal(t, "policy", who.judges(user.ID, 1, "passed", "").Refused(t, 403, "forbidden").Policy, policy)
		equal(t, "policy", who.Do("getKyc", At(user.ID)).Refused(t, 403, "forbidden").Policy, "permission-missing")
	}
	// Who sees all clients' data sees this too, and edits nothing.
	vic := o.Department("viewOnly")
	vic.Do("getKyc", At(user.ID)).Want(t, 200)
	equal(t, "policy", vic.judges(user.ID, 1, "passed", "").Refused(t, 403, "forbidden").Policy, "permission-missing")
	equal(t, "status", o.Ada.User(t, user.ID).Status, "kycNotVerified")
	o.In(o).judges(user.ID, 1, "passed", "").Want(t, 200) // administration performs any action
}

// 1.12, 9.2: compliance finds what waits for it in one list, across organisations.
func TestComplianceWorksThroughAList(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, elsewhere := w.Tenant("b2binpay"), w.Tenant("b2binpay")
	kim := o.Department("compliance")
	mia, first := checked(t, o, client("merchant"))
	eve, second := checked(t, elsewhere, client("enterprise"))
	eve.submits(1, "docs/1").Want(t, 200)
	w.Advance(minute)
	mia.submits(1, "docs/2").Want(t, 200)
	waiting := func() []string {
		var told []string
		for _, one := range all[api.KYCWaiting](t, kim, "listKycCases") {
			told = append(told, fmt.Sprint(one.User, " ", one.Level, " ", one.State))
		}
		return told
	}
	equal(t, "waiting", waiting(), []string{second.ID + " 1 submitted", first.ID + " 1 submitted"})
	kim.judges(first.ID, 1, "underReview", "").Want(t, 200)
	equal(t, "waiting", waiting(), []string{second.ID + " 1 submitted", first.ID + " 1 underReview"})
	kim.judges(first.ID, 1, "passed", "").Want(t, 200)
	equal(t, "waiting", waiting(), []string{second.ID + " 1 submitted"})
	left := all[api.KYCWaiting](t, kim, "listKycCases")[0]
	equal(t, "whose", left.OrganisationName, elsewhere.Organisation().Name)
	equal(t, "who", left.SubmittedBy, api.Person{ID: second.ID, Name: second.Name.First + " " + second.Name.Last, Kind: "regular"})
	equal(t, "round trips", len(w.Client.Calls(func() { kim.Do("listKycCases") })), 2)
	equal(t, "policy", o.Ada.Do("listKycCases").Refused(t, 403, "forbidden").Policy, "operators-only")
	equal(t, "policy", o.Department("support").Do("listKycCases").Refused(t, 403, "forbidden").Policy, "permission-missing")
}

// Invariants 2, 3: two decisions at the same moment are one, and one that is sent again is not made again.
func TestALevelIsDecidedOnce(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	kim, kay := o.Department("compliance"), o.Department("compliance")
	_, user := checked(t, o, client("merchant"))
	var wait sync.WaitGroup
	var answers [2]Answer
	for i, who := range []*Person{kim, kay} {
		wait.Go(func() { answers[i] = who.judges(user.ID, 1, []string{"passed", "rejected"}[i], "") })
	}
	wait.Wait()
	if answers[0].Status+answers[1].Status != 200+409 {
		t.Fatalf("answered %+v", answers)
	}
	status := o.Ada.User(t, user.ID).Status
	equal(t, "passed", status == "active", answers[0].Status == 200)

	_, other := checked(t, o, client("merchant"))
	kim.judges(other.ID, 1, "passed", "", Key("k")).Want(t, 200)
	again := Read[api.KYCCase](t, kim.judges(other.ID, 1, "passed", "", Key("k")), 200)
	equal(t, "decisions", len(again.Levels[0].Decisions), 1)
	kim.judges(other.ID, 1, "rejected", "", Key("k")).Refused(t, 422, "keyReused")
}

// 3.10: an admin who passes its checks counts from then on, whatever its type.
func TestAnAdminWhoPassesCounts(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay", func(s *directory.Settings) { s.AdminsManageAdmins = true })
	_, user := checked(t, o, Object{"kind": "admin", "roles": nil, "companies": nil, "accounts": nil})
	equal(t, "active admins", o.Organisation().ActiveAdmins, 2)
	o.Department("compliance").judges(user.ID, 1, "passed", "").Want(t, 200)
	equal(t, "active admins", o.Organisation().ActiveAdmins, 3)
	equal(t, "groups", o.Ada.User(t, user.ID).Roles, []string{})
}

// What a decision needs is told, and nothing is stored.
func TestADecisionNeedsItsUser(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	kim := o.Department("compliance")
	_, untyped := checked(t, o, Object{"roles": nil})
	waiting, early := invited(t, o, client("merchant"))
	_, open := checked(t, o, client("merchant"))
	_, off := checked(t, o, client("merchant"))
	done(t, o, o.Ada.Do("deactivateUser", At(off.ID)))
	waiting.Do("getMyKyc").Want(t, 200)
	unchanged(t, o.World, "a decision that cannot be made", func() {
		kim.judges(untyped.ID, 1, "passed", "").Refused(t, 409, "stateWrong")
		kim.judges(early.ID, 1, "passed", "").Refused(t, 409, "stateWrong")
		waiting.submits(1, "docs/1").Refused(t, 409, "stateWrong")
		kim.judges(off.ID, 1, "passed", "").Refused(t, 409, "stateWrong")
		kim.judges(string(o.Robot.ID), 1, "passed", "").Refused(t, 409, "stateWrong")
		o.Robot.submits(1, "docs/1").Refused(t, 409, "stateWrong")
		kim.judges(open.ID, 3, "passed", "").Faulty(t, "level", "unknown")
		kim.judges(open.ID, 1, "perhaps", "").Faulty(t, "outcome", "enum")
		kim.judges(open.ID, 1, "passed", strings.Repeat("x", 301)).Faulty(t, "reason", "maxLength")
		kim.judges(open.ID, 1, "passed", "a\x00b").Faulty(t, "reason", "characters")
	})
	// Elsewhere there are no checks.
	plain := o.Tenant("adyen")
	equal(t, "levels", levels(Read[api.KYCCase](t, plain.Rosa.Do("getMyKyc"), 200)), "")
	plain.Rosa.submits(1, "docs/1").Faulty(t, "level", "unknown")
}

// 3.5: while a change of the user is open, it is not moved to a group underneath it.
func TestAnOpenChangeKeepsItsUser(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay", func(s *directory.Settings) { s.SecondFactor = directory.Required })
	kim := o.Department("compliance")
	_, user := checked(t, o, client("merchant"))
	organisation := o.Organisation()
	organisation.Settings.ChangeControl = directory.ControlSecondAdmin
	o.commit(directory.PutOrganisation{Organisation: organisation})
	change := ask(t, o.Ada.Do("updateUser", At(user.ID), Body(Object{"contact": true})))
	equal(t, "change", kim.judges(user.ID, 1, "passed", "").Refused(t, 409, "changeOpen").Change, change.ID)
	kim.judges(user.ID, 1, "underReview", "").Want(t, 200)
	o.Ben.Approve(change).Want(t, 200)
	kim.judges(user.ID, 1, "passed", "").Want(t, 200)
}

// The budgets of the design, for identity checks.
func TestRoundTripsOfIdentityChecks(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	kim := o.Department("compliance")
	mia, user := checked(t, o, client("merchant"))
	for _, call := range []struct {
		operation string
		want      int
		do        func() Answer
	}{
		{"getMyKyc", 1, func() Answer { return mia.Do("getMyKyc") }},
		{"submitKyc", 2, func() Answer { return mia.submits(1, "docs/1") }},
		{"getKyc", 1, func() Answer { return kim.Do("getKyc", At(user.ID)) }},
		{"decideKyc", 2, func() Answer { return kim.judges(user.ID, 1, "passed", "") }},
	} {
		equal(t, call.operation, len(o.Client.Calls(func() { call.do().Want(t, 200) })), call.want)
	}
}
