package functionstest

import (
	"strings"

	"mandate/shared/api"
)

// example is a request to an operation that breaks no rule. What goes over all operations asks for one of each, so that a
// new operation needs its row here.
func example(o *Tenant, operation api.Endpoint) []Part {
	ids := map[string]string{ // by path parameter
		"userId": string(o.Rosa.ID), "organisationId": string(o.ID), "accountId": o.Accounts[0], "changeId": "chg_1", "sessionId": "ses_1",
		"fingerprint": strings.Repeat("0", 64), "passkeyId": "psk_1", "credentialId": "crd_1", "requestId": "req_1", "roleId": "rol_1",
		"contactId": "con_1",
	}
	bodies := map[string]any{
		"createUser":           newUser(o, nil),
		"updateUser":           Object{"contact": true},
		"duplicateUser":        Object{"email": o.Email("copy"), "phone": o.Phone()},
		"revealCredential":     Object{"method": "totp", "code": "123456"},
		"assignAccount":        Object{"users": []string{string(o.Rosa.ID)}},
		"addCertificate":       Object{"pem": o.certificate(365).PEM},
		"createContact":        Object{"name": Object{"first": "Cora"}, "email": o.Email("cora")},
		"updateContact":        Object{"types": []string{"invoices"}},
		"switchOrganisation":   Object{"organisation": o.ID},
		"createRole":           Object{"name": "Night shift", "permissions": Object{viewPermission(o): "all"}},
		"updateRole":           Object{"description": "At night"},
		"updateMe":             Object{"language": "fr"},
		"confirmChange":        Object{"digest": "d", "method": "totp", "code": "123456"},
		"approveChange":        Object{"digest": "d", "method": "totp", "code": "123456"},
		"rejectChange":         Object{"reason": "no"},
		"confirmTotp":          Object{"code": "123456"},
		"removeTotp":           Object{"code": "123456"},
		"verifyPhone":          Object{"code": "123456"},
		"decideKyc":            Object{"level": 1, "outcome": "passed"},
		"submitKyc":            Object{"level": 1, "documents": []Object{{"kind": "passport", "reference": "docs/1"}}},
		"confirmPasskey":       Object{"credential": Object{}},
		"removePasskey":        Object{"code": "123456"},
		"newRecoveryCodes":     Object{"code": "123456"},
		"changeMyPassword":     Object{"current": Password, "new": "a quiet walk by the river"},
		"setPassword":          Object{"password": "a quiet walk by the river"},
		"finishPasskeySignIn":  Object{"credential": Object{}},
		"createServiceRequest": Object{"act": "deactivateUser", "target": string(o.Rosa.ID)},
		"decideServiceRequest": Object{"outcome": "declined", "reason": "no"},
		"createOrganisation": Object{"preset": "adyen", "name": "New", "admins": []Object{{
			"name": Object{"first": "Ann"}, "email": o.Email("ann"), "username": "ann-" + o.Phone()[1:]}}},
		"updateOrganisation":  Object{"name": "Renamed"},
		"createCompany":       Object{"name": "Company 3"},
		"openAccount":         Object{"company": o.Companies[0], "name": "Account 4"},
		"evaluateAccess":      evaluation(o),
		"explainAccess":       evaluation(o),
		"evaluateAccessBatch": Object{"evaluations": []Object{evaluation(o)}},
		"signIn":              Object{"identifier": o.Rosa.Identifier, "password": Password},
		"answerChallenge":     Object{"challengeId": "mch_1", "method": "totp", "code": "123456"},
		"forgotPassword":      Object{"identifier": o.Rosa.Identifier},
		"inspectLink":         Object{"token": "mln_1"},
		"redeemLink":          Object{"token": "mln_1", "password": "a quiet walk by the river"},
	}
	var parts []Part
	if names := parameters(operation); len(names) > 0 {
		values := make([]string, len(names))
		for i, name := range names {
			values[i] = ids[name]
		}
		parts = append(parts, At(values...))
	}
	if body, ok := bodies[operation.ID]; ok {
		parts = append(parts, Body(body))
	}
	return parts
}

func evaluation(o *Tenant) Object {
	return Object{"subject": Object{"type": "user", "id": o.Rosa.ID}, "action": Object{"name": "balances:view"},
		"resource": Object{"type": "account", "id": o.Accounts[0]}}
}

// parameters are the names of an operation's path parameters.
func parameters(operation api.Endpoint) []string {
	var names []string
	for _, found := range parameter.FindAllStringSubmatch(operation.Path, -1) {
		names = append(names, found[1])
	}
	return names
}
