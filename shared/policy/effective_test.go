package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mandate/shared/directory"
)

func compare(want, got any) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

// 2.1: kind, roles and extra permissions together.
func TestEffectivePermissions(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	billpro := organisation(t, engine, "billpro")
	billpro.Roles = []directory.OwnRole{
		{Role: directory.Role{ID: "night-shift", Permissions: map[directory.Permission]directory.Scope{
			"orders:manage": directory.ScopeAll, "refunds:authorise": directory.ScopeOwn, "moon:land": directory.ScopeAll,
		}}},
		{Role: directory.Role{ID: "restricted_user", Permissions: map[directory.Permission]directory.Scope{"users:create": directory.ScopeAll}}},
	}
	for name, test := range map[string]struct {
		user directory.User
		want map[directory.Permission]directory.Scope
	}{
		"a user without roles has what its kind gives": {
			regular("usr_rosa"),
			map[directory.Permission]directory.Scope{"payment-links:create": "all"},
		},
		"a role of the catalogue cannot be replaced by the organisation's": {
			regular("usr_rosa", roles("restricted_user")),
			map[directory.Permission]directory.Scope{
				"payment-links:create": "all", "customers:manage": "own", "orders:manage": "own", "products:view": "all", "profiles:list": "all",
			},
		},
		"the organisation's own role, less what no catalogue has": {
			regular("usr_rosa", roles("night-shift")),
			map[directory.Permission]directory.Scope{"payment-links:create": "all", "orders:manage": "all", "refunds:authorise": "own"},
		},
		"all stands over own, and extras are for all": {
			regular("usr_rosa", roles("night-shift", "restricted_user"), permissions("customers:manage", "sun:land")),
			map[directory.Permission]directory.Scope{
				"payment-links:create": "all", "customers:manage": "all", "orders:manage": "all", "refunds:authorise": "own",
				"products:view": "all", "profiles:list": "all",
			},
		},
		"a role that there is not gives nothing": {
			api("usr_robot", roles("emperor")),
			map[directory.Permission]directory.Scope{"payment-links:create": "all"},
		},
		"an operator has its department's, and nothing of the customer's": {
			operator("usr_moe", "marketing", "admin_user", "night-shift"),
			map[directory.Permission]directory.Scope{"leads:view": "all", "leads:update": "all"},
		},
		"who only calls itself an operator has nothing": {
			person("usr_eve", directory.KindOperator, roles("administration")),
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := engine.Effective(test.user, billpro)
			if err != nil {
				t.Fatal(err)
			}
			if diff := compare(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// 2.6: warned about, not refused.
func TestSegregationOfDuties(t *testing.T) {
	t.Parallel()
	engine := engine(t)
	for name, test := range map[string]struct {
		preset string
		kind   directory.Kind
		access directory.Access
		want   []string
	}{
		"an admin who initiates payments": {
			"bc-connect", directory.KindAdmin, directory.Access{Permissions: []directory.Permission{"payments:initiate"}},
			[]string{"admin-initiates-payments"},
		},
		"an admin who approves payments": {
			"bc-connect", directory.KindAdmin, directory.Access{Permissions: []directory.Permission{"payments:approve"}},
			[]string{"admin-approves-payments"},
		},
		"a regular user who does both": {
			"bc-connect", directory.KindRegular, directory.Access{Permissions: []directory.Permission{"payments:approve", "payments:initiate"}},
			[]string{"initiates-and-approves-payments"},
		},
		"an admin who does both": {
			"bc-connect", directory.KindAdmin, directory.Access{Permissions: []directory.Permission{"payments:approve", "payments:initiate"}},
			[]string{"admin-initiates-payments", "admin-approves-payments", "initiates-and-approves-payments"},
		},
		"a regular user who does one": {
			"bc-connect", directory.KindRegular, directory.Access{Permissions: []directory.Permission{"payments:initiate"}}, nil,
		},
		"by roles": {
			"adyen", directory.KindRegular, directory.Access{Roles: []string{"approveTransfers", "initiateTransfers"}},
			[]string{"initiates-and-approves-transfers"},
		},
		"where the preset knows none": {
			"leaseweb", directory.KindAdmin, directory.Access{Roles: []string{"master"}}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings, err := engine.Warnings(test.kind, test.access, organisation(t, engine, test.preset))
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, warning := range warnings {
				codes = append(codes, warning.Code)
				if warning.Detail == "" {
					t.Errorf("%s says nothing", warning.Code)
				}
			}
			if diff := compare(test.want, codes); diff != "" {
				t.Error(diff)
			}
		})
	}
}
