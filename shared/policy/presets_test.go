package policy_test

import (
	"slices"
	"strings"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/policy"
)

// The privilege table of BillPro (2.2, 2.8), cell by cell: all, own, or nothing.
func TestBillProPrivileges(t *testing.T) {
	t.Parallel()
	const table = `
		privilege                admin_user accountant_user normal_user restricted_user
		dashboard:view           all        all             -           -
		customers:manage         all        all             all         own
		customers:import         all        -               -           -
		products:view            all        all             all         all
		products:manage          all        -               -           -
		orders:manage            all        all             all         own
		refunds:authorise        all        all             all         -
		payments:view            all        all             all         -
		notifications:configure  all        all             -           -
		currencies:configure     all        all             -           -
		reports:view             all        all             -           -
		users:view               all        -               -           -
		users:create             all        -               -           -
		users:update             all        -               -           -
		users:deactivate         all        -               -           -
		profiles:list            all        all             all         all
		profiles:view            all        -               -           -
		merchant:view            all        -               -           -`
	engine := engine(t)
	billpro := organisation(t, engine, "billpro")
	rows := strings.Split(strings.TrimSpace(table), "\n")
	head := strings.Fields(rows[0])[1:]
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		privilege := directory.Permission(cells[0])
		for i, want := range cells[1:] {
			t.Run(head[i]+" "+cells[0], func(t *testing.T) {
				t.Parallel()
				user := regular("usr_rosa", roles(head[i]))
				effective, err := engine.Effective(user, billpro)
				if err != nil {
					t.Fatal(err)
				}
				if got := effective[privilege]; string(got) != strings.Trim(want, "-") {
					t.Errorf("scope %q, want %q", got, want)
				}
				for owner, allowed := range map[directory.UserID]bool{"": want == "all", "usr_other": want == "all", user.ID: want != "-"} {
					decision, err := engine.Decide(directory.Question{
						Principal: user, Organisation: billpro, Action: directory.Action(privilege), Owner: owner,
					})
					if err != nil {
						t.Fatal(err)
					}
					if decision.Allowed != allowed {
						t.Errorf("owner %q: allowed %t by %s, want %t", owner, decision.Allowed, decision.Policy, allowed)
					}
				}
			})
		}
	}
}

func TestBillPro(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	billpro := organisation(t, engine, "billpro")
	ada, rosa, robot := admin("usr_ada", roles("admin_user")), regular("usr_rosa", roles("restricted_user")), api("usr_robot", roles("admin_user"))
	seller := regular("usr_sam", roles("normal_user"), accounts(salaries))
	linked := seller
	linked.PaymentLinks = true
	decide(t, engine, billpro, []attempt{
		{name: "the admin creates a user with a lesser role", who: ada, does: "createUser", to: rosa, giving: directory.Access{Roles: []string{"restricted_user"}}, allowed: allow, policy: "administration"},
		{name: "the admin creates an admin", who: ada, does: "createUser", to: admin("usr_new"), giving: directory.Access{Roles: []string{"admin_user"}}, allowed: allow, policy: "administration"},
		{name: "the admin creates an API user", who: ada, does: "createUser", to: robot, giving: directory.Access{Roles: []string{"admin_user"}}, allowed: allow, policy: "administration"},
		{name: "an API user of the admin role creates a user", who: robot, does: "createUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "the accountant creates a user", who: regular("usr_abe", roles("accountant_user")), does: "createUser", to: rosa, policy: "permission-missing"},
		{name: "users are never deleted", who: ada, does: "removeUser", to: rosa, policy: "users-never-removed"},
		{name: "the API secret is shown again", who: ada, does: "revealCredential", to: robot, allowed: allow, policy: "administration"},
		{name: "but never to the platform's staff", who: operator("usr_olga", "administration"), does: "revealCredential", to: robot, policy: "no-secrets-for-operators"},
		{name: "own customers", who: rosa, does: "customers:manage", owner: rosa.ID, allowed: allow, policy: "permission-held-for-own"},
		{name: "another's customers", who: rosa, does: "customers:manage", owner: seller.ID, policy: "only-own"},
		{name: "customers of nobody knows whom", who: rosa, does: "customers:manage", policy: "only-own"},
		{name: "a profile that the user has not", who: seller, does: "orders:manage", account: savings, policy: "account-not-assigned"},
		{name: "payment links switched on", who: linked, does: "payment-links:create", account: salaries, allowed: allow, policy: "permission-held"},
		{name: "payment links switched off", who: seller, does: "payment-links:create", account: salaries, policy: "payment-links-off"},
	})
}

func TestB2BinPay(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	b2binpay := organisation(t, engine, "b2binpay")
	ada := admin("usr_ada")
	wallets := regular("usr_otto", roles("enterpriseOwner"), accounts(salaries))
	staff := regular("usr_stan", roles("enterpriseStaff"), accounts(salaries))
	legal := regular("usr_lars", roles("legalMerchantOwner"), accounts(salaries))
	administration, support := operator("usr_olga", "administration"), operator("usr_sue", "support")
	give := func(role string, accounts ...directory.AccountID) directory.Access {
		return directory.Access{Roles: []string{role}, Accounts: accounts}
	}
	decide(t, engine, b2binpay, []attempt{
		{name: "an admin creates an admin", who: ada, does: "createUser", to: admin("usr_new"), policy: "admins-managed-by-operators"},
		{name: "an admin creates an API user", who: ada, does: "createUser", to: api("usr_robot"), policy: "api-users-switched-by-operators"},
		{name: "staff create an admin", who: administration, does: "createUser", to: admin("usr_new"), allowed: allow, policy: "administration"},
		{name: "an admin gives a department", who: ada, does: "updateUser", to: staff, giving: give("finance"), policy: "department-groups"},
		{name: "staff give a client a department", who: administration, does: "updateUser", to: staff, giving: give("administration"), policy: "department-groups"},
		// 1.12: passing a level moves the user to its group; wallet owners invite staff.
		{name: "an admin makes a legal merchant owner", who: ada, does: "updateUser", to: wallets, giving: give("legalMerchantOwner"), policy: "administration-given-by-operators"},
		{name: "an admin undoes the KYC verification", who: ada, does: "updateUser", to: wallets, giving: give("kycNotVerified"), policy: "stage-groups"},
		{name: "staff make a legal merchant owner", who: administration, does: "updateUser", to: wallets, giving: give("legalMerchantOwner"), allowed: allow, policy: "administration"},
		{name: "a wallet's owner invites staff to it", who: wallets, does: "createUser", to: staff, giving: give("enterpriseStaff", salaries), allowed: allow, policy: "administration"},
		{name: "a wallet's owner invites to another wallet", who: wallets, does: "createUser", to: staff, giving: give("enterpriseStaff", savings), policy: "owners-invite-staff"},
		{name: "a wallet's owner invites another kind's staff", who: wallets, does: "createUser", to: staff, giving: give("legalMerchantStaff", salaries), policy: "owners-invite-staff"},
		{name: "a legal merchant's owner invites its staff", who: legal, does: "createUser", to: staff, giving: give("legalMerchantStaff", salaries), allowed: allow, policy: "administration"},
		{name: "a wallet's owner invites to no wallet", who: wallets, does: "createUser", to: staff, giving: give("enterpriseStaff"), policy: "owners-invite-staff"},
		{name: "an admin puts somebody without a company into the API group", who: ada, does: "createUser", to: regular("usr_new"), giving: give("api", salaries), policy: "api-group-in-company"},
		{name: "an admin puts somebody of a company into the API group", who: ada, does: "updateUser", to: regular("usr_new", companies(holding)), giving: give("api"), allowed: allow, policy: "administration"},
		{name: "a wallet's owner makes an API user", who: wallets, does: "createUser", to: regular("usr_new", companies(holding)), giving: give("api", salaries), policy: "owners-invite-staff"},
		{name: "a wallet's owner changes a user", who: wallets, does: "updateUser", to: staff, policy: "permission-missing"},
		{name: "staff invite staff", who: staff, does: "createUser", to: staff, policy: "permission-missing"},
		// 9.2: departments.
		{name: "compliance decides a KYC case", who: operator("usr_kim", "compliance"), does: "decideKyc", to: wallets, allowed: allow, policy: "administration"},
		{name: "support decides a KYC case", who: support, does: "decideKyc", to: wallets, policy: "permission-missing"},
		{name: "an admin decides a KYC case", who: ada, does: "decideKyc", to: wallets, policy: "operators-only"},
		{name: "support changes a user", who: support, does: "updateUser", to: staff, policy: "permission-missing"},
		{name: "support sees wallets", who: support, does: "wallets:view", account: salaries, allowed: allow, policy: "permission-held"},
		// 5.7: staff set passwords, those who may change users.
		{name: "staff set a password", who: administration, does: "setPassword", to: staff, allowed: allow, policy: "administration"},
		{name: "support sets a password", who: support, does: "setPassword", to: staff, policy: "permission-missing"},
		{name: "an admin sets a password", who: ada, does: "setPassword", to: staff, policy: "passwords-set-by-staff"},
		{name: "view only changes a user", who: operator("usr_vic", "viewOnly"), does: "updateUser", to: staff, policy: "permission-missing"},
		{name: "view only sees a user", who: operator("usr_vic", "viewOnly"), does: "viewUser", to: staff, allowed: allow, policy: "administration"},
		// A level 2 merchant withdraws to banks, a level 1 merchant does not.
		{name: "a legal merchant withdraws to a bank", who: regular("usr_lea", roles("legalMerchantOwner"), accounts(salaries)), does: "bank-withdrawals:create", account: salaries, allowed: allow, policy: "permission-held"},
		{name: "a merchant withdraws to a bank", who: regular("usr_max", roles("merchantOwner"), accounts(salaries)), does: "bank-withdrawals:create", account: salaries, policy: "use-permission-missing"},
	})
	preset, _ := engine.Preset("b2binpay")
	if len(preset.Roles) != 21 {
		t.Errorf("%d groups, want 21", len(preset.Roles))
	}
}

func TestLeaseweb(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	leaseweb := organisation(t, engine, "leaseweb")
	master, ada := admin("usr_mara", roles("master"), owner), admin("usr_ada", roles("admin"))
	rosa := regular("usr_rosa", roles("billing"))
	decide(t, engine, leaseweb, []attempt{
		{name: "the Master adds an admin", who: master, does: "createUser", to: ada, giving: directory.Access{Roles: []string{"admin"}}, allowed: allow, policy: "administration"},
		{name: "an Admin adds an admin", who: ada, does: "createUser", to: admin("usr_new"), giving: directory.Access{Roles: []string{"admin"}}, allowed: allow, policy: "administration"},
		{name: "an Admin changes roles", who: ada, does: "updateUser", to: rosa, giving: directory.Access{Roles: []string{"technical"}}, allowed: allow, policy: "administration"},
		{name: "an Admin removes a user", who: ada, does: "removeUser", to: rosa, allowed: allow, policy: "administration"},
		{name: "an Admin adds a contact", who: ada, does: "createContact", allowed: allow, policy: "administration"},
		{name: "billing adds a user", who: rosa, does: "createUser", to: regular("usr_new"), policy: "permission-missing"},
		{name: "nobody removes themselves", who: ada, does: "removeUser", to: ada, policy: "own-deactivation"},
		{name: "an Admin removes the Master", who: ada, does: "removeUser", to: master, policy: "master-stays"},
		{name: "staff deactivate the Master", who: operator("usr_olga", "administration"), does: "deactivateUser", to: master, allowed: allow, policy: "administration"},
		{name: "an Admin makes itself the Master", who: ada, does: "updateUser", to: ada, giving: directory.Access{Roles: []string{"master"}}, policy: "master-named-by-operators"},
		{name: "staff name another Master", who: operator("usr_olga", "administration"), does: "updateUser", to: ada, giving: directory.Access{Roles: []string{"master"}}, allowed: allow, policy: "administration"},
		{name: "billing pays an invoice", who: rosa, does: "invoices:pay", allowed: allow, policy: "permission-held"},
		{name: "read only pays an invoice", who: regular("usr_ron", roles("readOnly")), does: "invoices:pay", policy: "use-permission-missing"},
	})
}

func TestPlatform(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	platform := organisation(t, engine, policy.Platform)
	administration, support := operator("usr_olga", "administration"), operator("usr_sue", "support")
	customer := regular("usr_new", from(directory.Platform))
	decide(t, engine, platform, []attempt{
		{name: "administration creates an organisation", who: administration, does: "createOrganisation", allowed: allow, policy: "administration"},
		{name: "support creates an organisation", who: support, does: "createOrganisation", policy: "permission-missing"},
		{name: "support lists organisations", who: support, does: "listOrganisations", allowed: allow, policy: "administration"},
		{name: "marketing lists organisations", who: operator("usr_moe", "marketing"), does: "listOrganisations", policy: "permission-missing"},
		{name: "administration hires", who: administration, does: "createUser", to: support, allowed: allow, policy: "administration"},
		{name: "support hires", who: support, does: "createUser", to: administration, policy: "permission-missing"},
		{name: "no customers on the platform", who: administration, does: "createUser", to: customer, policy: "platform-has-staff-only"},
		{name: "nobody dismisses themselves", who: administration, does: "deactivateUser", to: administration, policy: "own-deactivation"},
		{name: "a customer's admin", who: admin("usr_eve", roles("administration")), does: "createOrganisation", policy: "other-organisation"},
		{
			name: "administration moves staff to any department", who: operator("usr_hr", "administration"), does: "updateUser", to: support,
			giving: directory.Access{Roles: []string{"finance"}}, allowed: allow, policy: "administration",
		},
	})

	t.Run("administration may do everything", func(t *testing.T) {
		t.Parallel()
		preset, _ := engine.Preset(policy.Platform)
		effective, err := engine.Effective(administration, platform)
		if err != nil {
			t.Fatal(err)
		}
		for _, permission := range preset.Permissions {
			if effective[permission.ID] != directory.ScopeAll {
				t.Errorf("but not %s", permission.ID)
			}
		}
	})
	t.Run("every department is a group of B2BinPay", func(t *testing.T) {
		t.Parallel()
		groups, _ := engine.Preset("b2binpay")
		departments, _ := engine.Preset(policy.Platform)
		for _, department := range departments.Roles {
			if !slices.ContainsFunc(groups.Roles, func(r directory.Role) bool { return r.ID == department.ID && r.Name == department.Name }) {
				t.Errorf("%s is not", department.ID)
			}
		}
	})
}

// What a preset decides, as the requirements' table has it.
func TestPresetSettings(t *testing.T) {
	t.Parallel()
	base := directory.Settings{
		ChangeControl: directory.ControlNone, GrantLimit: directory.GrantAny, SignInName: directory.SignInEmail,
		RoleCount: directory.RolesMany, SecondFactor: directory.Optional, Phone: directory.Optional,
		Onboarding: []directory.Status{directory.StatusEmailNotVerified}, SecretsShown: "once", Languages: []string{"en"}, ApprovalHours: 168,
		AccountsAre: directory.AccountsAreAccounts,
	}
	want := map[string]directory.Settings{"bc-connect": base, "adyen": base, "billpro": base, "b2binpay": base, "leaseweb": base}
	set := func(name string, change func(*directory.Settings)) {
		settings := want[name]
		change(&settings)
		want[name] = settings
	}
	set("bc-connect", func(s *directory.Settings) {
		s.ChangeControl, s.PropagationSeconds, s.RoleCount = directory.ControlSecondAdmin, 3600, directory.RolesNone
		s.SecondFactor, s.Phone, s.AccountsAre = directory.Required, directory.Required, directory.AccountsAreBankAccounts
	})
	set("adyen", func(s *directory.Settings) {
		s.GrantLimit, s.SignInName, s.SecondFactor = directory.GrantOwn, directory.SignInUsername, directory.Required
		s.AdminsManageAdmins, s.AdminsManageAPI, s.AdminsCertificates = true, true, true
	})
	set("billpro", func(s *directory.Settings) {
		s.APINamesAccount, s.AccountsAre = true, directory.AccountsAreMerchantProfiles
		s.RoleCount, s.Onboarding, s.SecretsShown, s.APIAccess = directory.RolesExactlyOne, nil, "always", true
		s.AdminsManageAdmins, s.AdminsManageAPI, s.AdminsCertificates = true, true, true
	})
	set("b2binpay", func(s *directory.Settings) {
		s.Phone, s.SetPasswords, s.AccountsAre = directory.Required, true, directory.AccountsAreWallets
		s.Onboarding = []directory.Status{directory.StatusEmailNotVerified, directory.StatusPhoneNotVerified, directory.StatusKYCNotVerified}
	})
	set("leaseweb", func(s *directory.Settings) {
		s.SharedIdentities, s.Removal, s.Contacts, s.Languages = true, true, true, []string{"en", "fr"}
		s.AdminsManageAdmins, s.AdminsManageAPI = true, true
	})
	engine := engine(t)
	if names := engine.Names(); !slices.Equal(names, []string{"adyen", "b2binpay", "bc-connect", "billpro", "leaseweb"}) {
		t.Errorf("presets %v", names)
	}
	for name, settings := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			preset, ok := engine.Preset(name)
			if !ok {
				t.Fatal("is missing")
			}
			if diff := compare(settings, preset.Settings); diff != "" {
				t.Error(diff)
			}
			if preset.Title == "" || len(preset.Permissions) == 0 {
				t.Error("has no title or no permissions")
			}
		})
	}
}
