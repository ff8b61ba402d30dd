package policy_test

import (
	"fmt"
	"testing"

	"mandate/shared/directory"
	"mandate/shared/policy"
)

func BenchmarkDecide(b *testing.B) {
	engine := engine(b)
	bc, adyen := organisation(b, engine, "bc-connect"), organisation(b, engine, "adyen")
	rosa := regular("usr_rosa")
	everything := make([]string, 0, 10)
	preset, _ := engine.Preset("adyen")
	for _, role := range preset.Roles {
		everything = append(everything, role.ID)
	}
	thousand := make([]directory.AccountID, 1000)
	for i := range thousand {
		thousand[i] = directory.AccountID(fmt.Sprintf("acc_%04d", i))
	}
	payer := regular("usr_paul", permissions("payments:initiate", "balances:view"), accounts(thousand...))
	for name, question := range map[string]directory.Question{
		"bc-connect an admin lists users": {Principal: admin("usr_ada"), Organisation: bc, Action: "listUsers"},
		"bc-connect an admin gives permissions": {
			Principal: admin("usr_ada"), Organisation: bc, Action: "updateUser", Target: &rosa,
			Grants: directory.Access{Permissions: []directory.Permission{"payments:initiate", "balances:view"}, Accounts: thousand[:5]},
		},
		"bc-connect a user with 1000 accounts pays": {
			Principal: payer, Organisation: bc, Action: "payments:initiate",
			Account: &directory.Account{ID: thousand[700], Organisation: here},
		},
		"adyen an admin with every role creates a user": {
			Principal: admin("usr_ada", roles(everything...)), Organisation: adyen, Action: "createUser", Target: &rosa,
			Grants: directory.Access{Roles: []string{"viewAccounts", "viewReports"}, Accounts: thousand[:5]},
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if decision, err := engine.Decide(question); err != nil || !decision.Allowed {
					b.Fatal(decision, err)
				}
			}
		})
	}
}

// BenchmarkFirstDecision is what a cold start pays: making the engine, parsing one preset, deciding once.
func BenchmarkFirstDecision(b *testing.B) {
	bc := organisation(b, engine(b), "bc-connect")
	b.ReportAllocs()
	for b.Loop() {
		engine, err := policy.New()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := engine.Decide(directory.Question{Principal: admin("usr_ada"), Organisation: bc, Action: "listUsers"}); err != nil {
			b.Fatal(err)
		}
	}
}
