package policy_test

import (
	"testing"

	"mandate/shared/directory"
)

func TestAdyen(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	adyen := organisation(t, engine, "adyen")
	ada := admin("usr_ada", roles("balancePlatformAdmin", "viewReports"), permissions("limits:view"))
	lead := regular("usr_lena", roles("balancePlatformAdmin", "viewTransfers"), accounts(salaries), companies(holding))
	noRole := admin("usr_alan")
	rosa, robot := regular("usr_rosa"), api("usr_robot")
	support := operator("usr_olga", "administration")

	giveRole := func(role string) directory.Access { return directory.Access{Roles: []string{role}} }
	giveAccount := func(account directory.AccountID) directory.Access {
		return directory.Access{Accounts: []directory.AccountID{account}}
	}

	decide(t, engine, adyen, []attempt{
		// 2.3: the Balance platform admin role, and not the kind, is what administers.
		{name: "who has the role creates a user", who: ada, does: "createUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "an admin without the role creates a user", who: noRole, does: "createUser", to: rosa, policy: "permission-missing"},
		{name: "a regular user with the role creates a user", who: lead, does: "createUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "sends a password reset", who: ada, does: "sendPasswordReset", to: rosa, allowed: allow, policy: "administration"},
		{name: "resends the verification", who: ada, does: "resendVerification", to: rosa, allowed: allow, policy: "administration"},

		// 1.4: admins create admins and API users.
		{name: "an admin creates an admin", who: ada, does: "createUser", to: noRole, allowed: allow, policy: "administration"},
		{name: "an admin deactivates an admin", who: ada, does: "deactivateUser", to: noRole, allowed: allow, policy: "administration"},
		{name: "an admin creates an API user", who: ada, does: "createUser", to: robot, allowed: allow, policy: "administration"},
		{name: "an admin adds a certificate", who: ada, does: "addCertificate", to: robot, allowed: allow, policy: "administration"},
		{name: "an admin deactivates itself", who: ada, does: "deactivateUser", to: ada, policy: "own-deactivation"},
		{name: "users are never removed", who: ada, does: "removeUser", to: rosa, policy: "users-never-removed"},

		// 2.4: only roles, permissions and accounts that the actor has.
		{name: "a role that the actor has", who: ada, does: "createUser", to: rosa, giving: giveRole("viewReports"), allowed: allow, policy: "administration"},
		{name: "a role that the actor has not", who: ada, does: "createUser", to: rosa, giving: giveRole("initiateTransfers"), policy: "grant-limit-roles"},
		{name: "a role that the actor has not, to itself", who: ada, does: "updateUser", to: ada, giving: giveRole("initiateTransfers"), policy: "grant-limit-roles"},
		{name: "a role that there is not", who: ada, does: "createUser", to: rosa, giving: giveRole("emperor"), policy: "grant-limit-roles"},
		{
			name: "a permission that the actor has by a role", who: ada, does: "updateUser", to: rosa,
			giving: directory.Access{Permissions: []directory.Permission{"reports:view", "limits:view"}}, allowed: allow, policy: "administration",
		},
		{
			name: "a permission that the actor has not", who: ada, does: "updateUser", to: rosa,
			giving: directory.Access{Permissions: []directory.Permission{"transfers:approve"}}, policy: "grant-limit-permissions",
		},
		{name: "an account, by an admin who has all", who: ada, does: "updateUser", to: rosa, giving: giveAccount(savings), allowed: allow, policy: "administration"},
		{name: "an account that the actor has", who: lead, does: "updateUser", to: rosa, giving: giveAccount(salaries), allowed: allow, policy: "administration"},
		{name: "an account that the actor has not", who: lead, does: "updateUser", to: rosa, giving: giveAccount(savings), policy: "grant-limit-accounts"},
		{
			name: "a company that the actor has", who: lead, does: "updateUser", to: rosa,
			giving: directory.Access{Companies: []directory.CompanyID{holding}}, allowed: allow, policy: "administration",
		},
		{
			name: "a company that the actor has not", who: lead, does: "updateUser", to: rosa,
			giving: directory.Access{Companies: []directory.CompanyID{"cmp_other"}}, policy: "grant-limit-accounts",
		},
		// 6.1: who is shown a secret is given what it opens.
		{name: "a secret that opens what the actor has not", who: ada, does: "rotateCredential", to: rosa, giving: giveRole("initiateTransfers"), policy: "grant-limit-roles"},
		{name: "a secret of an account that the actor has not", who: lead, does: "claimCredential", to: rosa, giving: giveAccount(savings), policy: "grant-limit-accounts"},
		{name: "making an admin gives every account", who: lead, does: "createUser", to: noRole, policy: "grant-limit-admins"},
		{
			name: "a role of one's own making with permissions that the actor has not", who: ada, does: "createRole",
			giving: directory.Access{Permissions: []directory.Permission{"transfers:initiate"}}, policy: "grant-limit-permissions",
		},
		// 1.5: the Support Team gives what the actor could not.
		{name: "the Support Team gives any role", who: support, does: "updateUser", to: rosa, giving: giveRole("initiateTransfers"), allowed: allow, policy: "administration"},
		{
			name: "the Support Team gives any permission, account and company", who: support, does: "updateUser", to: rosa,
			giving: directory.Access{
				Permissions: []directory.Permission{"transfers:approve"}, Accounts: []directory.AccountID{savings}, Companies: []directory.CompanyID{holding},
			},
			allowed: allow, policy: "administration",
		},
		{name: "the Support Team creates an admin", who: support, does: "createUser", to: noRole, giving: giveRole("balancePlatformAdmin"), allowed: allow, policy: "administration"},

		// 2.5, 2.7: the portal's own permissions.
		{name: "a transfer on an account that the user has", who: regular("usr_ivo", roles("initiateTransfers"), accounts(salaries)), does: "transfers:initiate", account: salaries, allowed: allow, policy: "permission-held"},
		{name: "who initiated a transfer approves it", who: regular("usr_ivo", roles("initiateTransfers", "approveTransfers")), does: "transfers:approve", owner: "usr_ivo", policy: "approver-is-transfer-initiator"},
		{name: "who administers moves no money", who: ada, does: "transfers:initiate", account: salaries, policy: "use-permission-missing"},
	})
}

// 3.9 asks again with what the requester then has: a role that it lost is one it no longer gives.
func TestALostRoleIsNoLongerGiven(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	giving := directory.Access{Roles: []string{"viewReports"}}
	rosa := regular("usr_rosa")
	decide(t, engine, organisation(t, engine, "adyen"), []attempt{
		{name: "before", who: admin("usr_ada", roles("balancePlatformAdmin", "viewReports")), does: "createUser", to: rosa, giving: giving, allowed: allow, policy: "administration"},
		{name: "after", who: admin("usr_ada", roles("balancePlatformAdmin")), does: "createUser", to: rosa, giving: giving, policy: "grant-limit-roles"},
	})
}
