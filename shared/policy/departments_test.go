package policy_test

import (
	"slices"
	"strings"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/policy"
)

// departments are the columns of the tables below.
var departments = []string{
	"administration", "auditorReadOnly", "compliance", "dealing", "finance", "financeReadOnly", "marketing",
	"support", "supportL3", "supportViewOnly", "viewOnly",
}

// actsOfDepartments says what each department does in an organisation of B2BinPay (9.2), act by act: + where it may, and
// else the row's last word, the policy that refuses. They are all acts that there are.
const actsOfDepartments = `
	                      adm aud com dea fin fro mar sup sl3 svo vie
	listOrganisations      +   +   +   +   +   +   -   +   +   +   +  permission-missing
	viewOrganisation       +   +   +   +   +   +   -   +   +   +   +  permission-missing
	listAccounts           +   +   +   +   +   +   -   +   +   +   +  permission-missing
	createOrganisation     +   -   -   -   -   -   -   -   -   -   -  permission-missing
	updateOrganisation     +   -   -   -   -   -   -   -   -   -   -  permission-missing
	createCompany          +   -   -   -   -   -   -   -   -   -   -  permission-missing
	openAccount            +   -   -   -   -   -   -   -   -   -   -  permission-missing

	listUsers              +   -   +   -   -   -   -   -   -   -   +  permission-missing
	viewUser               +   -   +   -   -   -   -   -   -   -   +  permission-missing
	listUserTokens         +   -   +   -   -   -   -   -   -   -   +  permission-missing
	listUserSessions       +   -   +   -   -   -   -   -   -   -   +  permission-missing
	listUserSignIns        +   -   +   -   -   -   -   -   -   -   +  permission-missing
	listRoles              +   -   +   -   -   -   -   -   -   -   +  permission-missing
	createUser             +   -   -   -   -   -   -   -   -   -   -  permission-missing
	duplicateUser          +   -   -   -   -   -   -   -   -   -   -  permission-missing
	updateUser             +   -   -   -   -   -   -   -   -   -   -  permission-missing
	assignAccount          +   -   -   -   -   -   -   -   -   -   -  permission-missing
	deactivateUser         +   -   +   -   -   -   -   -   -   -   -  permission-missing
	reactivateUser         +   -   +   -   -   -   -   -   -   -   -  permission-missing
	removeUser             -   -   -   -   -   -   -   -   -   -   -  users-never-removed
	resetSecondFactor      +   -   -   -   -   -   -   -   -   -   -  permission-missing
	redirectUser           +   -   -   -   -   -   -   -   -   -   -  permission-missing
	nameOwner              +   -   -   -   -   -   -   -   -   -   -  permission-missing
	setPassword            +   -   -   -   -   -   -   -   -   -   -  permission-missing
	endUserSessions        +   -   -   -   -   -   -   -   -   -   -  permission-missing
	resendVerification     +   -   -   -   -   -   -   -   -   -   -  permission-missing
	sendPasswordReset      +   -   -   -   -   -   -   -   -   -   -  permission-missing

	listCredentials        +   -   +   -   -   -   -   -   -   -   +  permission-missing
	createCredential       -   -   -   -   -   -   -   -   -   -   -  no-secrets-for-operators
	rotateCredential       -   -   -   -   -   -   -   -   -   -   -  no-secrets-for-operators
	revealCredential       -   -   -   -   -   -   -   -   -   -   -  no-secrets-for-operators
	claimCredential        -   -   -   -   -   -   -   -   -   -   -  no-secrets-for-operators
	revokeCredential       +   -   -   -   -   -   -   -   -   -   -  permission-missing
	listCertificates       +   -   +   -   -   -   -   -   -   -   +  permission-missing
	addCertificate         +   -   -   -   -   -   -   -   -   -   -  permission-missing
	removeCertificate      +   -   -   -   -   -   -   -   -   -   -  permission-missing

	listChanges            +   -   +   -   -   -   -   -   -   -   +  permission-missing
	viewChange             +   -   +   -   -   -   -   -   -   -   +  permission-missing
	approveChange          -   .   .   .   .   .   .   .   .   .   .  approver-not-admin
	rejectChange           -   .   .   .   .   .   .   .   .   .   .  approver-not-admin
	confirmChange          -   -   -   -   -   -   -   -   -   -   -  confirmer-not-requester
	cancelChange           -   -   -   -   -   -   -   -   -   -   -  canceller-not-requester

	createRole             +   -   -   -   -   -   -   -   -   -   -  permission-missing
	updateRole             +   -   -   -   -   -   -   -   -   -   -  permission-missing
	deleteRole             +   -   -   -   -   -   -   -   -   -   -  permission-missing
	listContacts           -   -   -   -   -   -   -   -   -   -   -  no-contacts
	createContact          -   -   -   -   -   -   -   -   -   -   -  no-contacts
	updateContact          -   -   -   -   -   -   -   -   -   -   -  no-contacts
	deleteContact          -   -   -   -   -   -   -   -   -   -   -  no-contacts

	viewKyc                +   -   +   -   -   -   -   -   -   -   +  permission-missing
	listKycCases           +   -   +   -   -   -   -   -   -   -   +  permission-missing
	decideKyc              +   -   +   -   -   -   -   -   -   -   -  permission-missing
	createServiceRequest   +   -   -   -   -   -   -   -   -   -   -  permission-missing
	listServiceRequests    +   -   -   -   -   -   -   -   -   -   -  permission-missing
	viewServiceRequest     +   -   -   -   -   -   -   -   -   -   -  permission-missing
	decideServiceRequest   +   -   -   -   -   -   -   -   -   -   -  permission-missing
	viewOperations         +   +   -   -   -   -   -   -   -   -   +  permission-missing
	viewReviews            +   +   -   -   -   -   -   -   -   -   +  permission-missing
	evaluateAccess         +   -   -   -   -   -   -   -   -   -   -  permission-missing`

// usesOfDepartments says the same of the back office's own sections: what the staff may see and do with clients' money,
// which the platform asks about (2.7). They are all permissions that the platform adds to the service's own.
const usesOfDepartments = `
	                      adm aud com dea fin fro mar sup sl3 svo vie
	platform:view          +   +   +   +   +   +   -   +   +   +   +  use-permission-missing
	platform:manage        +   -   -   -   -   -   -   -   -   -   -  use-permission-missing
	requests:decide        +   -   -   -   -   -   -   -   -   -   -  use-permission-missing
	kyc:view               +   -   +   -   -   -   -   -   -   -   +  use-permission-missing
	kyc:decide             +   -   +   -   -   -   -   -   -   -   -  use-permission-missing
	finance:view           +   +   -   -   -   -   -   -   -   -   +  use-permission-missing
	wallets:view           +   +   -   -   +   +   -   +   +   +   +  use-permission-missing
	deposits:view          +   +   -   -   +   +   -   +   +   +   +  use-permission-missing
	payouts:view           +   +   -   -   +   +   -   +   +   +   +  use-permission-missing
	transfers:view         +   +   -   -   +   +   -   +   +   +   +  use-permission-missing
	withdrawals:create     +   -   -   -   -   -   -   -   -   -   -  use-permission-missing
	commissions:withdraw   +   -   -   -   +   -   -   -   -   -   -  use-permission-missing
	cash-flow:view         +   -   -   -   +   +   -   -   -   -   +  use-permission-missing
	reports:request        +   -   -   -   +   -   -   -   -   -   -  use-permission-missing
	trades:view            +   -   -   +   -   -   -   -   -   -   +  use-permission-missing
	exchanges:view         +   -   -   +   -   -   -   -   -   -   +  use-permission-missing
	leads:view             +   -   -   -   -   -   +   -   -   -   +  use-permission-missing
	leads:update           +   -   -   -   -   -   +   -   -   -   -  use-permission-missing
	blockchain:view        +   -   -   -   -   -   -   +   +   +   +  use-permission-missing
	blockchain:manage      +   -   -   -   -   -   -   +   -   -   -  use-permission-missing
	incidents:receive      +   -   -   -   -   -   -   +   -   -   -  use-permission-missing`

// 9.2, department by department and act by act. Where a department lacks the permission as well, "." stands for the
// refusal that says so.
func TestDepartments(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	b2binpay := organisation(t, engine, "b2binpay")
	rosa := regular("usr_rosa", roles("merchantStaff"))
	seen := map[directory.Action]bool{}
	for _, line := range strings.Split(actsOfDepartments+usesOfDepartments, "\n") {
		cells := strings.Fields(line)
		if len(cells) != len(departments)+2 {
			continue // a heading
		}
		action := directory.Action(cells[0])
		seen[action] = true
		for i, department := range departments {
			t.Run(cells[0]+" by "+department, func(t *testing.T) {
				t.Parallel()
				decision, err := engine.Decide(directory.Question{
					Principal: operator("usr_olga", department), Organisation: b2binpay, Action: action, Target: &rosa,
					Change: changeBy(admin("usr_ada"), rosa),
				})
				if err != nil {
					t.Fatal(err)
				}
				want := map[string]string{"+": decision.Policy, "-": cells[len(cells)-1], ".": "permission-missing"}[cells[i+1]]
				if decision.Allowed != (cells[i+1] == "+") || decision.Policy != want {
					t.Errorf("allowed %t by %s, the table has %s %s", decision.Allowed, decision.Policy, cells[i+1], want)
				}
			})
		}
	}

	acts := engine.Actions()
	platform, _ := engine.Preset(policy.Platform)
	customers, _ := engine.Preset("bc-connect")
	for _, permission := range platform.Permissions {
		if !slices.ContainsFunc(customers.Permissions, func(p directory.PermissionInfo) bool { return p.ID == permission.ID }) {
			acts = append(acts, directory.Action(permission.ID))
		}
	}
	for _, act := range acts {
		if act != "use" && !seen[act] { // of which the second table has every permission
			t.Errorf("the tables have no row %s", act)
		}
	}
}

// What sets the read-only departments apart: they have nothing that does anything, and ViewOnly, the investors' group, all
// that shows something.
func TestReadOnlyDepartments(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	platform, _ := engine.Preset(policy.Platform)
	views := func(permission directory.Permission) bool { return strings.HasSuffix(string(permission), ":view") }
	for _, role := range platform.Roles {
		readOnly := slices.Contains([]string{"auditorReadOnly", "dealing", "financeReadOnly", "supportL3", "supportViewOnly", "viewOnly"}, role.ID)
		for permission := range role.Permissions {
			if readOnly && !views(permission) {
				t.Errorf("%s does %s", role.ID, permission)
			}
		}
		for _, permission := range platform.Permissions {
			if role.ID == "viewOnly" && views(permission.ID) && role.Permissions[permission.ID] != directory.ScopeAll {
				t.Errorf("%s does not have %s", role.ID, permission.ID)
			}
		}
	}
}
