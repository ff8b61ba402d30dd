package directory

import (
	"maps"
	"reflect"
)

// withdrawAccess takes off the user what its update takes away.
func withdrawAccess(plan *Plan) (took, gives bool) {
	user, after := &plan.User, plan.Change.after(plan.User)
	interim := withdrawn(user.Profile, after)
	if equal(interim, after) {
		return true, false
	}
	if equal(interim, user.Profile) {
		return false, true
	}
	user.become(interim)
	user.Version++
	return true, true
}

// withdrawn is a profile with what a change takes away, and with nothing of what it gives: what holds between approval
// and effect (3.6).
func withdrawn(before, after Profile) Profile {
	interim := before
	interim.Access = kept(before.Access, after.Access)
	if after.PaymentRule == PaymentsNeedApproval {
		interim.PaymentRule = PaymentsNeedApproval
	}
	interim.APIAccess = before.APIAccess && after.APIAccess
	interim.PaymentLinks = before.PaymentLinks && after.PaymentLinks
	interim.SecondFactorRequired = before.SecondFactorRequired || after.SecondFactorRequired
	interim.IPAllowList = narrowed(before.IPAllowList, after.IPAllowList)
	return interim
}

// narrowed is the allow-list of both. An empty list allows every address, so emptying one gives and takes nothing; and
// lists that have nothing in common must not come out empty.
func narrowed(before, after []string) []string {
	if len(after) == 0 {
		return before
	}
	if both := common(before, after); len(both) > 0 {
		return both
	}
	return after
}

// equal compares profiles whose lists are sets.
func equal(a, b Profile) bool {
	for _, p := range []*Profile{&a, &b} {
		p.Companies, p.Accounts = set(p.Companies), set(p.Accounts)
		p.Roles, p.Permissions, p.IPAllowList = set(p.Roles), set(p.Permissions), set(p.IPAllowList)
	}
	return reflect.DeepEqual(a, b)
}

// withdrawRole takes off the role what its update takes away.
func withdrawRole(plan *Plan) (took, gives bool) {
	role, after := &plan.Role, plan.Change.After.Role.Permissions
	interim := narrower(role.Permissions, after)
	took, gives = !maps.Equal(interim, role.Permissions), !maps.Equal(interim, after)
	if took && gives {
		role.Permissions = interim
		role.Version++
	}
	return took, gives
}
