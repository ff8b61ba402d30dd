package functionstest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// B2BinPay's document on its back office's users, promise by promise and in its order; what stands in quotes is the
// document's. What its groups may do is held cell by cell in package policy.
func walkB2BinPay(t *testing.T, w *World) {
	o := w.Tenant("b2binpay")
	olga, compliance := w.In(o), o.Department("compliance") // of the platform's administration, and of its compliance

	t.Run("Users", func(t *testing.T) {
		// "You can view and manage clients registered in B2BinPay."
		equal(t, "clients", len(all[api.User](t, olga, "listUsers")), 4)

		// "Group: the group to which a client belongs. Possible values."
		var groups []string
		for _, role := range Read[api.List[api.Role]](t, olga.Do("listRoles"), 200).Items {
			groups = append(groups, role.Name)
		}
		equal(t, "groups", strings.Join(groups, ", "), "Administration, API, Auditor Read Only, Compliance, Dealing, "+
			"Email not verified, Enterprise owner, Enterprise staff, Finance, Finance read only, KYC not verified, "+
			"Legal merchant owner, Legal merchant staff, Marketing, Merchant owner, Merchant staff, Phone not verified, "+
			"Support, Support L3, Support View Only, ViewOnly")

		// "API: should be linked to a company."
		alone := o.Ada.Do("createUser", Body(newUser(o, Object{"roles": []string{"api"}, "companies": nil, "accounts": nil})))
		equal(t, "policy", alone.Refused(t, 403, "forbidden").Policy, "api-group-in-company")
	})

	const here = "127.0.0.1" // where all come from
	registered := w.Now()
	// "Filter parameters: Group."
	inGroup := func(t *testing.T, user, group string) {
		t.Helper()
		found := all[api.User](t, olga, "listUsers", Query("role", group))
		equal(t, "in the group "+group, slices.ContainsFunc(found, func(u api.User) bool { return u.ID == user }), true)
	}
	var mia *Person // the merchant whom the document is walked with
	t.Run("Groups of clients", func(t *testing.T) {
		// "Email not verified: has been registered in the system and requires an email confirmation."
		user := Read[UserAnswer](t, olga.Do("createUser", Body(newUser(o, Object{
			"type": "merchant", "roles": nil, "name": Object{"first": "Mia", "last": "Moreau"},
		}))), 201).User
		equal(t, "status", user.Status, "emailNotVerified")
		inGroup(t, user.ID, "emailNotVerified")
		signIn(w, user.Email, newPassword).Refused(t, 401, "credentialsWrong")
		w.Settle()
		redeemed := Read[Redeemed](t, redeem(w, w.Mails.Token(t, user.Email, directory.MailVerification), newPassword), 200)

		// "Phone not verified: a client's phone number confirmation is required."
		equal(t, "status", olga.User(t, user.ID).Status, "phoneNotVerified")
		inGroup(t, user.ID, "phoneNotVerified")
		w.Settle()
		mia = &Person{World: w, Organisation: o.ID, ID: directory.UserID(user.ID), Email: user.Email, Identifier: user.Email, Password: newPassword, Token: redeemed.Session.Token}
		mia.verifies(w.Texts.Code(t, user.Phone)).Want(t, 200)

		// "KYC not verified: has to pass KYC verification to get access to the system."
		equal(t, "status", olga.User(t, user.ID).Status, "kycNotVerified")
		inGroup(t, user.ID, "kycNotVerified")
		goodOnlyFor(t, o, mia, "onboardingOpen", "getMe", "signOut", "sendPhoneCode", "verifyPhone", "getMyKyc", "submitKyc")
		mia.Do("submitKyc", Body(Object{
			"level": 1, "documents": []Object{{"kind": "passport", "reference": "docs/1"}},
			"business": Object{"name": "Moreau", "legalName": "Moreau SARL", "type": "shop", "countryOfIncorporation": "FR"},
		})).Want(t, 200)

		// "Compliance: verify client documents, perform KYC and AML verifications and change client statuses."
		kyc := Read[api.KYCCase](t, compliance.Do("getKyc", At(user.ID)), 200)
		equal(t, "documents", kyc.Levels[0].Documents, []api.KYCDocument{{Kind: "passport", Reference: "docs/1"}})
		compliance.judges(user.ID, 1, "passed", "").Want(t, 200)
		compliance.Do("deactivateUser", At(o.Rosa.ID)).Want(t, 200)
		compliance.Do("reactivateUser", At(o.Rosa.ID)).Want(t, 200)

		// "Merchant owner: has passed level 1 of the KYC verification."
		equal(t, "groups", olga.User(t, user.ID).Roles, []string{"merchantOwner"})
		mia.SignIn(t)

		// "Merchant staff: a new merchant client that was invited to a merchant wallet by the wallet's owner."
		sam := Read[UserAnswer](t, mia.Do("createUser", Body(newUser(o, Object{"type": "merchant", "roles": []string{"merchantStaff"}}))), 201).User
		equal(t, "groups", sam.Roles, []string{"merchantStaff"})

		// "Legal merchant owner: has passed level 2 of the KYC verification and has the permission to make bank withdrawals."
		may := func() bool { return olga.Asks(t, user.ID, "bank-withdrawals:create", o.Accounts[0]).Decision }
		equal(t, "may withdraw to a bank", may(), false)
		mia.submits(2, "docs/register").Want(t, 200)
		compliance.judges(user.ID, 2, "passed", "").Want(t, 200)
		equal(t, "groups", olga.User(t, user.ID).Roles, []string{"legalMerchantOwner"})
		equal(t, "may withdraw to a bank", may(), true)

		// "Legal merchant staff: invited to a legal merchant wallet by the wallet's owner."
		mia.Do("createUser", Body(newUser(o, Object{"type": "merchant", "roles": []string{"legalMerchantStaff"}}))).Want(t, 201)

		// "Enterprise owner: an Enterprise client has passed level 1", and "Enterprise staff" by its invitation.
		eve := owner(t, o, "enterprise")
		equal(t, "groups", olga.User(t, string(eve.ID)).Roles, []string{"enterpriseOwner"})
		eve.Do("createUser", Body(newUser(o, Object{"type": "enterprise", "roles": []string{"enterpriseStaff"}}))).Want(t, 201)
	})

	t.Run("The data provided about each user", func(t *testing.T) {
		users := all[api.User](t, olga, "listUsers")
		index := slices.IndexFunc(users, func(u api.User) bool { return u.ID == string(mia.ID) })
		got := users[index]
		// "ID", "Email", "Name", "Is active", "Status: the type of a client", "Registration date", "Group".
		equal(t, "columns", []string{got.Email, got.Name.First + " " + got.Name.Last, got.Status, got.Type, got.Roles[0]},
			[]string{mia.Email, "Mia Moreau", "active", "merchant", "legalMerchantOwner"})
		if got.CreatedAt.Before(registered.Truncate(time.Millisecond)) || got.CreatedAt.After(w.Now()) {
			t.Errorf("registered %v, not since %v", got.CreatedAt, registered)
		}
		// "Staff status", "Is company user".
		equal(t, "staff and company user", []bool{got.Staff, got.CompanyUser}, []bool{false, true})
	})

	t.Run("The filter of the list", func(t *testing.T) {
		// "ID", "Email", "Group", "First name", "Last name", "Registration date", "Type", "Staff status", "Is company user".
		for name, value := range map[string]string{
			"id": string(mia.ID), "email": mia.Email, "role": "legalMerchantOwner", "firstName": "Mia", "lastName": "Moreau",
			"createdFrom": registered.Format(time.DateOnly), "type": "merchant", "staff": "false", "companyUser": "true",
		} {
			found := all[api.User](t, olga, "listUsers", Query(name, value))
			if !slices.ContainsFunc(found, func(u api.User) bool { return u.ID == string(mia.ID) }) {
				t.Errorf("%s=%s does not find her", name, value)
			}
		}
		both := all[api.User](t, olga, "listUsers", Query("role", "legalMerchantOwner"), Query("firstName", "Mia"))
		equal(t, "by group and first name", len(both), 1)
		equal(t, "of the platform's staff", len(all[api.User](t, olga, "listUsers", Query("staff", "true"))), 0)
	})

	update := func(t *testing.T, with Object) api.User {
		t.Helper()
		return Read[UserAnswer](t, olga.Do("updateUser", At(mia.ID), Body(with)), 200).User
	}
	t.Run("Info tab", func(t *testing.T) {
		// "You can view and edit": "Email", "First name", "Last name", "Phone", "Preferred language".
		email, phone := w.Email("moreau"), w.Phone()
		got := update(t, Object{"email": email, "phone": phone, "name": Object{"first": "Marie", "last": "Morel"}, "language": "fr"})
		equal(t, "edited", []string{got.Email, got.Phone, got.Name.First, got.Name.Last, got.Language}, []string{email, phone, "Marie", "Morel", "fr"})
		mia.Email, mia.Identifier = email, email

		// "Phone not verified: a client's phone number confirmation is required": of a new number as of the first.
		equal(t, "status", got.Status, "phoneNotVerified")
		equal(t, "what comes next", mia.SignIn(t).Next, "verifyPhone")
		mia.Do("sendPhoneCode").Want(t, 202)
		w.Settle()
		mia.verifies(w.Texts.Code(t, phone)).Want(t, 200)
		equal(t, "status", olga.User(t, string(mia.ID)).Status, "active")
		mia.SignIn(t)

		// "IP white list: IP addresses that have access to the client's account."
		update(t, Object{"ipAllowList": []string{here, "198.51.100.0/28"}})
		mia.Do("getMe").Want(t, 200)
		update(t, Object{"ipAllowList": []string{"198.51.100.0/28"}})
		equal(t, "policy", mia.Do("getMe").Refused(t, 403, "forbidden").Policy, "address-not-allowed")
		update(t, Object{"ipAllowList": []string{}})

		// "Password: enter a new password for a client."
		given := "a password that staff chose"
		olga.Do("setPassword", At(mia.ID), Body(Object{"password": given})).Want(t, 200)
		mia.Do("getMe").Refused(t, 401, "unauthenticated")
		mia.Password = given
		equal(t, "what comes next", mia.SignIn(t).Next, "changePassword")
		equal(t, "password", olga.User(t, string(mia.ID)).Password, "mustChange")
		mia.Password = "one that she chose herself"
		mia.Do("changeMyPassword", Body(Object{"current": given, "new": mia.Password})).Want(t, 204)

		// "Extra permissions: any additional permissions granted to the client by an admin user."
		update(t, Object{"roles": []string{"merchantStaff"}})
		may := func() bool { return olga.Asks(t, string(mia.ID), "transfers:create", o.Accounts[0]).Decision }
		equal(t, "may transfer by her group", may(), false)
		equal(t, "extra permissions", update(t, Object{"permissions": []string{"transfers:create"}}).Permissions, []string{"transfers:create"})
		equal(t, "may transfer by them", may(), true)

		// "Active: you can deactivate the account by toggling the switch."
		olga.Do("deactivateUser", At(mia.ID)).Want(t, 200)
		mia.Do("getMe").Refused(t, 401, "unauthenticated")
		signIn(w, mia.Identifier, mia.Password).Refused(t, 401, "credentialsWrong")
		olga.Do("reactivateUser", At(mia.ID)).Want(t, 200)
		mia.SignIn(t)

		// "You can also view and edit the User groups."
		equal(t, "groups", update(t, Object{"roles": []string{"merchantOwner"}}).Roles, []string{"merchantOwner"})
		update(t, Object{"roles": []string{"legalMerchantOwner"}})
	})

	t.Run("2FA tab", func(t *testing.T) {
		// "You can enable or disable 2FA for a client's account."
		update(t, Object{"secondFactorRequired": true})
		equal(t, "what comes next", mia.SignIn(t).Next, "enrolSecondFactor")
		mia.Enrol(t)
		equal(t, "2FA", olga.User(t, string(mia.ID)).SecondFactor, true)
		update(t, Object{"secondFactorRequired": false})
		mia.Secret = ""
		equal(t, "2FA", olga.User(t, string(mia.ID)).SecondFactor, false)
		equal(t, "what comes next", mia.SignIn(t).Next, "")
	})

	t.Run("Additional tab", func(t *testing.T) {
		got := olga.User(t, string(mia.ID))
		// "Identifier" and "UUID", "2FA", "Type", "Joined at", "Company", "Wallets".
		equal(t, "identifier", got.ID, string(mia.ID))
		equal(t, "company and wallets", [][]string{got.Companies, got.Accounts}, [][]string{o.Companies[:1], o.Accounts[:1]})
		// "Password: valid (usable) or not (unusable)."
		equal(t, "password", got.Password, "usable")
		// "Company owner: whether a client has an Owner role": that of its wallets; and one of the company's admins is its
		// owner, until the staff names another.
		contains(t, got.Roles, "legalMerchantOwner")
		equal(t, "policy", o.Ada.Do("nameOwner", At(o.Ben.ID)).Refused(t, 403, "forbidden").Policy, "admins-managed-by-operators")
		for _, admin := range []*Person{o.Ada, o.Ben} {
			olga.Do("nameOwner", At(admin.ID)).Want(t, 200)
		}
		equal(t, "company owners", []bool{olga.User(t, string(o.Ada.ID)).Owner, olga.User(t, string(o.Ben.ID)).Owner}, []bool{false, true})
		// "Country of incorporation", "Business name", "Business type", "Legal name of company" and the like.
		business := Read[api.KYCCase](t, compliance.Do("getKyc", At(mia.ID)), 200).Business
		equal(t, "business", business, api.Business{Name: "Moreau", LegalName: "Moreau SARL", Type: "shop", CountryOfIncorporation: "FR"})

		// Whoever enters a client may enter that as well, and the client tells more of it with the documents.
		entered := Read[UserAnswer](t, olga.Do("createUser", Body(newUser(o, Object{
			"type": "enterprise", "roles": nil, "business": Object{"name": "Noor", "employees": "10 to 50"},
		}))), 201).User
		equal(t, "entered", Read[api.KYCCase](t, compliance.Do("getKyc", At(entered.ID)), 200).Business, api.Business{Name: "Noor", Employees: "10 to 50"})

		// "API sessions list": address, time, result, device, place; the newest is the "Last login".
		attempts := all[api.SignInAttempt](t, olga, "listUserSignIns", At(mia.ID))
		equal(t, "last login", []string{attempts[0].Result, attempts[0].Address, attempts[0].Device}, []string{"signedIn", here, "unknown"})
		if !slices.ContainsFunc(attempts, func(a api.SignInAttempt) bool { return a.Result == "refused" }) {
			t.Error("no refused attempt is listed")
		}

		// "List of sent tokens": when, to which e-mail or phone, and the status.
		var sent []string
		for _, token := range tokens(t, olga, string(mia.ID)) {
			sent = append(sent, token.Channel+" "+token.Status)
		}
		equal(t, "sent tokens", sent, []string{"sms used", "sms used", "email used"})
	})

	t.Run("Operation log tab", func(t *testing.T) {
		told := acts(all[api.LogEntry](t, olga, "listUserOperations", At(mia.ID)))
		for _, act := range []string{
			"olga createUser Mia done", "Mia verifyPhone Mia done", "Mia submitKyc Mia done", "compliance decideKyc Mia done",
			"olga setPassword Marie done", "olga deactivateUser Marie done",
		} {
			contains(t, told, act)
		}
	})

	t.Run("KYC tab", func(t *testing.T) {
		// "You can view the latest state of KYC for that specific client."
		kyc := Read[api.KYCCase](t, olga.Do("getKyc", At(mia.ID)), 200)
		equal(t, "state", levels(kyc), "1 passed merchantOwner, 2 passed legalMerchantOwner")
	})

	t.Run("API user tab", func(t *testing.T) {
		// "You can view and edit information about an API client. The fields are same as on the Info tab."
		user := Read[UserAnswer](t, olga.Do("updateUser", At(o.Robot.ID), Body(Object{
			"name": Object{"first": "Till"}, "ipAllowList": []string{office}, "roles": []string{"api"},
		})), 200).User
		equal(t, "edited", []string{user.Name.First, user.IPAllowList[0], user.Roles[0]}, []string{"Till", office + "/32", "api"})
		equal(t, "may", olga.Asks(t, user.ID, "payouts:create", o.Accounts[0]).Decision, true)
		// What it calls with is listed, without the secret.
		credentials := olga.credentials(t, user.ID)
		equal(t, "credentials", []string{credentials[0].ClientID}, []string{o.Robot.ClientID})
	})
}
