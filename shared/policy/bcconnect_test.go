package policy_test

import (
	"testing"

	"mandate/shared/directory"
)

func TestBCConnectAdministration(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	bc := organisation(t, engine, "bc-connect")
	ada, alan, rosa, robot := admin("usr_ada"), admin("usr_alan"), regular("usr_rosa"), api("usr_robot")
	clientServices := operator("usr_olga", "administration")
	payments := directory.Access{Permissions: []directory.Permission{"payments:initiate", "payments:approve"}}

	decide(t, engine, bc, []attempt{
		// 1.4: admins create and update regular users.
		{name: "an admin creates a regular user", who: ada, does: "createUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "an admin updates a regular user", who: ada, does: "updateUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "an admin deactivates a regular user", who: ada, does: "deactivateUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "an admin reactivates a regular user", who: ada, does: "reactivateUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "an admin lists users", who: ada, does: "listUsers", allowed: allow, policy: "administration"},
		{name: "an admin opens a regular user's details", who: ada, does: "viewUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "an admin opens another admin's details", who: ada, does: "viewUser", to: alan, allowed: allow, policy: "administration"},

		// 1.4: admins update API users, and neither create, deactivate nor reactivate them, nor change certificates.
		{name: "an admin updates an API user", who: ada, does: "updateUser", to: robot, allowed: allow, policy: "administration"},
		{name: "an admin creates an API user", who: ada, does: "createUser", to: robot, policy: "api-users-switched-by-operators"},
		{name: "an admin deactivates an API user", who: ada, does: "deactivateUser", to: robot, policy: "api-users-switched-by-operators"},
		{name: "an admin reactivates an API user", who: ada, does: "reactivateUser", to: robot, policy: "api-users-switched-by-operators"},
		{name: "an admin adds a certificate", who: ada, does: "addCertificate", to: robot, policy: "certificates-changed-by-operators"},
		{name: "an admin removes a certificate", who: ada, does: "removeCertificate", to: robot, policy: "certificates-changed-by-operators"},
		{name: "an admin rotates an API user's secret", who: ada, does: "rotateCredential", to: robot, allowed: allow, policy: "administration"},

		// 1.4: admins do not touch admins, nor make one by giving the permissions.
		{name: "an admin creates an admin", who: ada, does: "createUser", to: alan, policy: "admins-managed-by-operators"},
		{name: "an admin updates another admin", who: ada, does: "updateUser", to: alan, policy: "admins-managed-by-operators"},
		{name: "an admin gives itself permissions", who: ada, does: "updateUser", to: ada, giving: payments, policy: "admins-managed-by-operators"},
		{name: "an admin deactivates another admin", who: ada, does: "deactivateUser", to: alan, policy: "admins-managed-by-operators"},
		{name: "an admin reactivates another admin", who: ada, does: "reactivateUser", to: alan, policy: "admins-managed-by-operators"},
		{name: "an admin resets another admin's second factor", who: ada, does: "resetSecondFactor", to: alan, policy: "admins-managed-by-operators"},
		{name: "an admin sends another admin a password reset", who: ada, does: "sendPasswordReset", to: alan, allowed: allow, policy: "administration"},
		{
			name: "an admin gives a regular user permissions to administer", who: ada, does: "updateUser", to: rosa,
			giving: directory.Access{Permissions: []directory.Permission{"users:create"}}, policy: "administration-given-by-operators",
		},

		// 1.4: operators do all of these.
		{name: "Client Services create an admin", who: clientServices, does: "createUser", to: alan, allowed: allow, policy: "administration"},
		{name: "Client Services update an admin", who: clientServices, does: "updateUser", to: alan, giving: payments, allowed: allow, policy: "administration"},
		{name: "Client Services deactivate an admin", who: clientServices, does: "deactivateUser", to: alan, allowed: allow, policy: "administration"},
		{name: "Client Services create an API user", who: clientServices, does: "createUser", to: robot, allowed: allow, policy: "administration"},
		{name: "Client Services reactivate an API user", who: clientServices, does: "reactivateUser", to: robot, allowed: allow, policy: "administration"},
		{name: "Client Services add a certificate", who: clientServices, does: "addCertificate", to: robot, allowed: allow, policy: "administration"},

		// 2.4: an admin may give permissions and accounts that it does not hold.
		{name: "an admin gives permissions that it does not hold", who: ada, does: "updateUser", to: rosa, giving: payments, allowed: allow, policy: "administration"},
		{
			name: "an admin gives an account", who: ada, does: "assignAccount", to: rosa,
			giving: directory.Access{Accounts: []directory.AccountID{salaries}}, allowed: allow, policy: "administration",
		},

		// 1.7, 1.8.
		{name: "an admin deactivates itself", who: ada, does: "deactivateUser", to: ada, policy: "own-deactivation"},
		{name: "an admin removes a user", who: ada, does: "removeUser", to: rosa, policy: "users-never-removed"},
		{name: "an operator removes a user", who: clientServices, does: "removeUser", to: rosa, policy: "users-never-removed"},

		// 1.10, 6.1, 9.1.
		{name: "an admin adds a contact", who: ada, does: "createContact", policy: "no-contacts"},
		{name: "an admin looks at a secret again", who: ada, does: "revealCredential", to: robot, policy: "secret-shown-once"},
		{name: "an admin is shown a secret that nobody was shown yet", who: ada, does: "claimCredential", to: robot, allowed: allow, policy: "administration"},
		{name: "an operator is not", who: clientServices, does: "claimCredential", to: robot, policy: "no-secrets-for-operators"},
		{name: "an operator makes a secret", who: clientServices, does: "createCredential", to: robot, policy: "no-secrets-for-operators"},

		// 2.3: without the permission nobody administers.
		{name: "a regular user creates a user", who: rosa, does: "createUser", to: robot, policy: "permission-missing"},
		{name: "a regular user lists users", who: rosa, does: "listUsers", policy: "permission-missing"},
		{name: "an API user updates a user", who: robot, does: "updateUser", to: rosa, policy: "permission-missing"},
		{
			name: "a regular user with the permission lists users", who: regular("usr_rita", permissions("users:view")), does: "listUsers",
			allowed: allow, policy: "administration",
		},

		// What the platform does itself.
		{name: "an admin changes the organisation's settings", who: ada, does: "updateOrganisation", policy: "operators-only"},
		{name: "an admin opens an account", who: ada, does: "openAccount", policy: "operators-only"},
		{
			name: "a user that was given an operator's permission", who: regular("usr_rita", permissions("platform:manage")), does: "createOrganisation",
			policy: "operators-only",
		},
		{name: "an operator opens an account", who: clientServices, does: "openAccount", allowed: allow, policy: "administration"},
		{name: "an admin files a service request", who: ada, does: "createServiceRequest", allowed: allow, policy: "administration"},
		{name: "an admin accepts a service request", who: ada, does: "decideServiceRequest", policy: "operators-only"},

		// Who may act at all, and where.
		{name: "an admin that was deactivated", who: admin("usr_ada", status(directory.StatusInactive)), does: "listUsers", policy: "principal-inactive"},
		{name: "an admin that has not verified its e-mail", who: admin("usr_ada", status(directory.StatusEmailNotVerified)), does: "listUsers", policy: "principal-inactive"},
		{name: "an admin of another organisation", who: admin("usr_eve", from(there)), does: "listUsers", policy: "other-organisation"},
		{name: "another organisation's user as the target", who: ada, does: "updateUser", to: regular("usr_tom", from(there)), policy: "other-organisation"},
		{
			name: "another organisation's user that calls itself an operator", who: person("usr_eve", directory.KindOperator, from(there), roles("administration")),
			does: "listUsers", policy: "other-organisation",
		},
		{
			name: "a user that calls itself an operator", who: person("usr_eve", directory.KindOperator, roles("administration")),
			does: "updateOrganisation", policy: "operators-only",
		},
		{name: "an operator makes an operator among the customers", who: clientServices, does: "createUser", to: person("usr_new", directory.KindOperator), policy: "operators-made-on-platform"},

		{name: "an act that there is not", who: ada, does: "becomeOperator", to: ada, policy: "deny-by-default"},
	})
}

func TestBCConnectChanges(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	bc := organisation(t, engine, "bc-connect")
	ada, alan, rosa := admin("usr_ada"), admin("usr_alan"), regular("usr_rosa")
	clientServices := operator("usr_olga", "administration")
	aboutRosa, aboutAlan := changeBy(ada, rosa), changeBy(clientServices, alan)

	decide(t, engine, bc, []attempt{
		// 3.4: another active admin of the organisation decides.
		{name: "another admin approves", who: alan, does: "approveChange", change: aboutRosa, allowed: allow, policy: "administration"},
		{name: "another admin rejects", who: alan, does: "rejectChange", change: aboutRosa, allowed: allow, policy: "administration"},
		{name: "the requester approves", who: ada, does: "approveChange", change: aboutRosa, policy: "approver-is-requester"},
		{name: "the requester rejects", who: ada, does: "rejectChange", change: aboutRosa, policy: "approver-is-requester"},
		{name: "the one it is about approves", who: alan, does: "approveChange", change: aboutAlan, policy: "approver-is-target"},
		{name: "an admin approves what an operator asked for", who: ada, does: "approveChange", change: aboutAlan, allowed: allow, policy: "administration"},
		{name: "an inactive admin approves", who: admin("usr_alan", status(directory.StatusInactive)), does: "approveChange", change: aboutRosa, policy: "principal-inactive"},
		{name: "a regular user approves", who: rosa, does: "approveChange", change: aboutRosa, policy: "permission-missing"},
		{
			name: "a regular user with the permission approves", who: regular("usr_rita", permissions("changes:approve")), does: "approveChange", change: aboutRosa,
			policy: "approver-not-admin",
		},
		{name: "an operator approves", who: clientServices, does: "approveChange", change: aboutRosa, policy: "approver-not-admin"},
		{name: "another organisation's admin approves", who: admin("usr_eve", from(there)), does: "approveChange", change: aboutRosa, policy: "other-organisation"},
		{
			name: "another organisation's change", who: alan, does: "approveChange", change: &directory.Change{ID: "chg_2", Organisation: there},
			policy: "other-organisation",
		},

		// 3.2, 3.4: the requester confirms and cancels.
		{name: "the requester confirms", who: ada, does: "confirmChange", change: aboutRosa, allowed: allow, policy: "own-request"},
		{name: "another admin confirms", who: alan, does: "confirmChange", change: aboutRosa, policy: "confirmer-not-requester"},
		{name: "the requester cancels", who: ada, does: "cancelChange", change: aboutRosa, allowed: allow, policy: "own-request"},
		{name: "another admin cancels", who: alan, does: "cancelChange", change: aboutRosa, policy: "canceller-not-requester"},
		{name: "an operator cancels its own request", who: clientServices, does: "cancelChange", change: aboutAlan, allowed: allow, policy: "own-request"},

		// 3.12: requester, approvers and the target's admins read it afterwards.
		{name: "an admin reads the change", who: alan, does: "viewChange", change: aboutRosa, allowed: allow, policy: "administration"},
		{name: "a regular user reads the change", who: rosa, does: "viewChange", change: aboutRosa, policy: "permission-missing"},
		{
			name: "a requester who is an admin no more reads its change", who: rosa, does: "viewChange", change: changeBy(rosa, ada),
			allowed: allow, policy: "own-request",
		},
	})
}

func TestBCConnectUse(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	bc := organisation(t, engine, "bc-connect")
	payer := regular("usr_paul", permissions("payments:initiate", "balances:view"), accounts(salaries), payments(directory.PaymentsSubmit))
	careful := regular("usr_cara", permissions("payments:initiate"), accounts(salaries), payments(directory.PaymentsNeedApproval))
	approver := regular("usr_anna", permissions("payments:approve"), accounts(salaries, savings))
	ada := admin("usr_ada", permissions("balances:view"))

	decide(t, engine, bc, []attempt{
		// 2.1: permissions hold for the accounts that the user has.
		{name: "a permission on an account that the user has", who: payer, does: "balances:view", account: salaries, allowed: allow, policy: "permission-held"},
		{name: "on an account that the user has not", who: payer, does: "balances:view", account: savings, policy: "account-not-assigned"},
		{name: "a permission that the user has not", who: payer, does: "reports:download", account: salaries, policy: "use-permission-missing"},
		{name: "a permission that nobody has", who: payer, does: "no:such", policy: "use-permission-missing"},
		{name: "a permission without an account", who: payer, does: "balances:view", allowed: allow, policy: "permission-held"},
		{name: "an admin has every account", who: ada, does: "balances:view", account: savings, allowed: allow, policy: "permission-held"},
		{name: "an admin has no permission by its kind", who: ada, does: "payments:initiate", account: savings, policy: "use-permission-missing"},

		// 2.5: the payment rule.
		{name: "payments that need no approval", who: payer, does: "payments:initiate", account: salaries, allowed: allow, policy: "permission-held"},
		{
			name: "payments that need approval", who: careful, does: "payments:initiate", account: salaries,
			allowed: allow, policy: "payments-need-approval", obligations: []string{"needsApproval"},
		},
		{
			name: "payments without a rule need approval", who: regular("usr_norm", permissions("payments:initiate")), does: "payments:initiate",
			allowed: allow, policy: "payments-need-approval", obligations: []string{"needsApproval"},
		},
		{name: "no obligation comes with a denial", who: careful, does: "payments:initiate", account: savings, policy: "account-not-assigned"},
		{name: "the approver approves another's payment", who: approver, does: "payments:approve", account: salaries, owner: payer.ID, allowed: allow, policy: "permission-held"},
		{name: "the approver approves its own payment", who: approver, does: "payments:approve", account: salaries, owner: approver.ID, policy: "approver-is-initiator"},

		{name: "a deactivated user", who: regular("usr_old", permissions("balances:view"), status(directory.StatusInactive)), does: "balances:view", policy: "principal-inactive"},

		// 2.7: asking about others takes a permission, asking about oneself does not.
		{name: "a user asks what it may do itself", who: payer, does: "evaluateAccess", to: payer, allowed: allow, policy: "own-access"},
		{name: "a user asks what another may do", who: payer, does: "evaluateAccess", to: approver, policy: "permission-missing"},
		{name: "an admin asks what a user may do", who: ada, does: "evaluateAccess", to: payer, allowed: allow, policy: "administration"},
		{name: "an API user with the permission asks", who: api("usr_core", permissions("access:evaluate")), does: "evaluateAccess", to: payer, allowed: allow, policy: "administration"},
	})
}

// What an operator changes for one organisation is all that it takes.
func TestSettingsDecideNotThePresetsName(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	opened := with(organisation(t, engine, "bc-connect"), func(s *directory.Settings) {
		s.AdminsManageAdmins, s.AdminsManageAPI, s.AdminsCertificates = true, true, true
		s.Removal, s.Contacts, s.SecretsShown = true, true, "always"
	})
	ada, alan, robot, rosa := admin("usr_ada"), admin("usr_alan"), api("usr_robot"), regular("usr_rosa")
	decide(t, engine, opened, []attempt{
		{name: "admins create admins", who: ada, does: "createUser", to: alan, allowed: allow, policy: "administration"},
		{name: "admins create API users", who: ada, does: "createUser", to: robot, allowed: allow, policy: "administration"},
		{name: "admins change certificates", who: ada, does: "addCertificate", to: robot, allowed: allow, policy: "administration"},
		{name: "admins remove users", who: ada, does: "removeUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "admins keep contacts", who: ada, does: "createContact", allowed: allow, policy: "administration"},
		{name: "admins look at secrets again", who: ada, does: "revealCredential", to: robot, allowed: allow, policy: "administration"},
		{name: "nobody removes themselves", who: ada, does: "removeUser", to: ada, policy: "own-deactivation"},
		{
			name: "admins give permissions to administer", who: ada, does: "updateUser", to: rosa,
			giving: directory.Access{Permissions: []directory.Permission{"users:create"}}, allowed: allow, policy: "administration",
		},
	})
	limited := with(organisation(t, engine, "bc-connect"), func(s *directory.Settings) { s.GrantLimit = directory.GrantOwn })
	decide(t, engine, limited, []attempt{{
		name: "the grant limit own", who: ada, does: "updateUser", to: rosa,
		giving: directory.Access{Permissions: []directory.Permission{"payments:initiate"}}, policy: "grant-limit-permissions",
	}})
}
