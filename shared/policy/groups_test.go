package policy_test

import (
	"slices"
	"strings"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/policy"
)

// groups are B2BinPay's 21, with what their descriptions allow, of all that there is to be done: what is not listed is
// refused (2.2, 9.2).
var groups = []struct {
	id, may string
}{
	// "Information about all clients, and any actions including withdrawals."
	{"administration", "wallets:view deposits:view payouts:view transfers:view finance:view cash-flow:view reports:request " +
		"commissions:withdraw withdrawals:create trades:view exchanges:view leads:view leads:update blockchain:view " +
		"blockchain:manage incidents:receive viewUser viewKyc decideKyc createUser updateUser deactivateUser setPassword " +
		"resetSecondFactor listUserTokens viewOperations openAccount decideServiceRequest updateOrganisation"},
	// "Limited access rights."
	{"api", "wallets:view deposits:view deposits:create payouts:view payouts:create"},
	// "View the clients' financial data; no permissions to edit."
	{"auditorReadOnly", "wallets:view deposits:view payouts:view transfers:view finance:view viewOperations"},
	// "Verify client documents, perform KYC and AML verifications, change client statuses."
	{"compliance", "viewUser listUserTokens viewKyc decideKyc deactivateUser"},
	// "View trade orders and exchange operations."
	{"dealing", "trades:view exchanges:view"},
	{"emailNotVerified", ""},
	{"enterpriseOwner", owners},
	{"enterpriseStaff", staffs},
	// "Wallets, deposits, payouts, transfers; request reports, withdraw commissions, monitor cash flow."
	{"finance", "wallets:view deposits:view payouts:view transfers:view cash-flow:view reports:request commissions:withdraw"},
	// "The same sections, only to monitor; no permissions to edit or withdraw."
	{"financeReadOnly", "wallets:view deposits:view payouts:view transfers:view cash-flow:view"},
	{"kycNotVerified", ""},
	// "The permission to make bank withdrawals."
	{"legalMerchantOwner", owners + " bank-withdrawals:create"},
	{"legalMerchantStaff", staffs},
	// "View and update leads."
	{"marketing", "leads:view leads:update"},
	{"merchantOwner", owners},
	{"merchantStaff", staffs},
	{"phoneNotVerified", ""},
	// "Manage blockchain connection information, view wallets, deposits, payouts, transfers; notified of incidents."
	{"support", "blockchain:view blockchain:manage wallets:view deposits:view payouts:view transfers:view incidents:receive"},
	// "Only view blockchain connection information, wallets, deposits, payouts, transfers."
	{"supportL3", "blockchain:view wallets:view deposits:view payouts:view transfers:view"},
	// "The same sections as Support, but cannot update."
	{"supportViewOnly", "blockchain:view wallets:view deposits:view payouts:view transfers:view"},
	// "View all clients data; no permissions to edit or update."
	{"viewOnly", "wallets:view deposits:view payouts:view transfers:view finance:view cash-flow:view trades:view exchanges:view " +
		"leads:view blockchain:view viewUser listUserTokens viewKyc viewOperations"},
}

const (
	owners = "wallets:view deposits:view deposits:create payouts:view payouts:create transfers:view transfers:create " +
		"viewUser listUserTokens createUser"
	staffs = "wallets:view deposits:view deposits:create payouts:view transfers:view"
)

func TestB2BinPaysGroupsCellByCell(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	b2binpay := organisation(t, engine, "b2binpay")
	preset, _ := engine.Preset("b2binpay")
	platform, _ := engine.Preset(policy.Platform)

	// Everything that any group may do, and what each permission of both catalogues is for.
	var everything []string
	for _, group := range groups {
		everything = append(everything, strings.Fields(group.may)...)
	}
	for _, permission := range slices.Concat(preset.Permissions, platform.Permissions) {
		if resource, _, _ := strings.Cut(string(permission.ID), ":"); !slices.Contains(administered, resource) {
			everything = append(everything, string(permission.ID))
		}
	}
	slices.Sort(everything)
	everything = slices.Compact(everything)

	if len(groups) != 21 || len(preset.Roles) != 21 {
		t.Fatalf("%d groups, and %d in the preset", len(groups), len(preset.Roles))
	}
	for i, group := range groups {
		if preset.Roles[i].ID != group.id {
			t.Fatalf("group %d is %s, want %s", i, preset.Roles[i].ID, group.id)
		}
		who := regular("usr_who", roles(group.id), accounts(salaries))
		if slices.ContainsFunc(platform.Roles, func(r directory.Role) bool { return r.ID == group.id }) {
			who = operator("usr_who", group.id)
		}
		for _, does := range everything {
			target := regular("usr_new")
			question := directory.Question{
				Principal: who, Organisation: b2binpay, Action: directory.Action(does),
				Account: &directory.Account{ID: salaries, Organisation: here},
			}
			switch {
			case strings.Contains(does, ":"), does == "openAccount", does == "decideServiceRequest", does == "updateOrganisation":
			default:
				question.Target = &target
			}
			if does == "createUser" {
				question.Grants = directory.Access{Accounts: []directory.AccountID{salaries}}
				if staff, owns := strings.CutSuffix(group.id, "Owner"); owns {
					question.Grants.Roles = []string{staff + "Staff"}
				}
			}
			decision, err := engine.Decide(question)
			if err != nil {
				t.Fatal(err)
			}
			if want := slices.Contains(strings.Fields(group.may), does); decision.Allowed != want {
				t.Errorf("%s %s: %v by %s, want %v", group.id, does, decision.Allowed, decision.Policy, want)
			}
		}
	}
}

// administered are what permissions of acts of this service are about; the table has the acts.
var administered = []string{"users", "changes", "roles", "contacts", "organisation", "requests", "operations", "access", "platform", "kyc"}
