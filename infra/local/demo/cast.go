package demo

import "mandate/shared/directory"

// member is a demo user as it is told in advance.
type member struct {
	first, last string
	kind        directory.Kind
	owner       bool
	// secondFactor: enrolled, and so asked for at every sign-in.
	secondFactor bool
	roles        []string
	permissions  []directory.Permission
	paymentRule  directory.PaymentRule
	accounts     []int // of the organisation's three; admins have all
	language     string
}

// stage is a demo organisation: its preset, by whose name it goes, and who is in it. The two admins come first.
type stage struct {
	preset  string
	members [4]member
}

// adyenRoles are all of Adyen's: its admins can only give what they have (2.4).
var adyenRoles = []string{
	"approveTransfers", "balancePlatformAdmin", "initiateTransfers", "manageAccounts", "manageReports",
	"manageTransferLimits", "viewAccounts", "viewReports", "viewTransferLimits", "viewTransfers",
}

var stages = []stage{
	{preset: "bc-connect", members: [4]member{
		{first: "Ada", last: "Berg", kind: directory.KindAdmin, secondFactor: true},
		{first: "Ben", last: "Holm", kind: directory.KindAdmin, secondFactor: true},
		{first: "Rosa", last: "Lind", kind: directory.KindRegular, secondFactor: true, accounts: []int{0, 1},
			permissions: []directory.Permission{"balances:view", "payments:initiate"}, paymentRule: directory.PaymentsNeedApproval},
		{first: "Ledger", last: "Interface", kind: directory.KindAPI, accounts: []int{0},
			permissions: []directory.Permission{"balances:view"}},
	}},
	{preset: "adyen", members: [4]member{
		{first: "Ada", last: "Visser", kind: directory.KindAdmin, secondFactor: true, roles: adyenRoles},
		{first: "Ben", last: "Mulder", kind: directory.KindAdmin, secondFactor: true, roles: adyenRoles},
		{first: "Rosa", last: "Jansen", kind: directory.KindRegular, secondFactor: true, accounts: []int{0},
			roles: []string{"initiateTransfers", "viewReports"}},
		{first: "Payout", last: "Interface", kind: directory.KindAPI, accounts: []int{0}, roles: []string{"viewAccounts"}},
	}},
	{preset: "billpro", members: [4]member{
		{first: "Ada", last: "Carter", kind: directory.KindAdmin, secondFactor: true, roles: []string{"admin_user"}},
		{first: "Ben", last: "Doyle", kind: directory.KindAdmin, secondFactor: true, roles: []string{"admin_user"}},
		{first: "Rosa", last: "Ellis", kind: directory.KindRegular, roles: []string{"normal_user"}, accounts: []int{0}},
		{first: "Shop", last: "Interface", kind: directory.KindAPI, roles: []string{"admin_user"}, accounts: []int{0}},
	}},
	{preset: "b2binpay", members: [4]member{
		{first: "Ada", last: "Kovac", kind: directory.KindAdmin, owner: true, secondFactor: true, roles: []string{"enterpriseOwner"}},
		{first: "Ben", last: "Novak", kind: directory.KindAdmin, secondFactor: true, roles: []string{"enterpriseOwner"}},
		{first: "Rosa", last: "Horvat", kind: directory.KindRegular, roles: []string{"enterpriseStaff"}, accounts: []int{0}},
		{first: "Wallet", last: "Interface", kind: directory.KindAPI, roles: []string{"api"}, accounts: []int{0}},
	}},
	{preset: "leaseweb", members: [4]member{
		{first: "Ada", last: "Dubois", kind: directory.KindAdmin, owner: true, secondFactor: true, roles: []string{"master"}, language: "fr"},
		{first: "Ben", last: "Peeters", kind: directory.KindAdmin, secondFactor: true, roles: []string{"admin"}},
		{first: "Rosa", last: "Moreau", kind: directory.KindRegular, roles: []string{"technical"}, language: "fr"},
		{first: "Server", last: "Interface", kind: directory.KindAPI, roles: []string{"readOnly"}},
	}},
}
