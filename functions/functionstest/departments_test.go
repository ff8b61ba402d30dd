package functionstest

import "testing"

// 9.2: what an operator sees and does in an organisation is its department's; shared/policy has the whole table.
func TestDepartmentsRestrictOperators(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	refused := func(answer Answer) {
		t.Helper()
		equal(t, "policy", answer.Refused(t, 403, "forbidden").Policy, "permission-missing")
	}
	compliance := o.Staff("compliance")
	compliance.Do("listUsers").Want(t, 200)
	compliance.Do("deactivateUser", At(o.Rosa.ID)).Want(t, 200)
	compliance.Do("reactivateUser", At(o.Rosa.ID)).Want(t, 200)
	refused(compliance.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))

	viewOnly := o.Staff("viewOnly")
	viewOnly.Do("getUser", At(o.Rosa.ID)).Want(t, 200)
	viewOnly.Do("listChanges").Want(t, 200)
	refused(viewOnly.Do("deactivateUser", At(o.Rosa.ID)))

	support := o.Staff("support")
	support.Do("getOrganisation", At(o.ID)).Want(t, 200)
	support.Do("listAccounts").Want(t, 200)
	refused(support.Do("listUsers"))
	refused(support.Do("openAccount", Body(Object{"company": o.Companies[0], "name": "Account 4"})))

	marketing := o.Staff("marketing")
	refused(marketing.Do("getOrganisation", At(o.ID)))
	refused(marketing.Do("listOrganisations"))
	refused(marketing.Do("listServiceRequests"))
	for permission, may := range map[string]bool{"leads:update": true, "wallets:view": false} {
		equal(t, permission, marketing.Asks(t, string(marketing.ID), permission, o.Accounts[0]).Decision, may)
	}
}
