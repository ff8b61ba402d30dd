package functionstest

import (
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// privileges is BillPro's table of privileges, as the requirements have it (2.2): per role all, own or nothing.
var privileges = []struct {
	privilege, permission               string
	admin, accountant, normal, restrict string
}{
	{"dashboard view", "dashboard:view", "all", "all", "", ""},
	{"customers manage", "customers:manage", "all", "all", "all", "own"},
	{"customers import CSV", "customers:import", "all", "", "", ""},
	{"products view", "products:view", "all", "all", "all", "all"},
	{"products manage", "products:manage", "all", "", "", ""},
	{"orders manage", "orders:manage", "all", "all", "all", "own"},
	{"refunds authorise", "refunds:authorise", "all", "all", "all", ""},
	{"payments section", "payments:view", "all", "all", "all", ""},
	{"e-mail notifications configure", "notifications:configure", "all", "all", "", ""},
	{"currency conversions configure", "currencies:configure", "all", "all", "", ""},
	{"reports", "reports:view", "all", "all", "", ""},
	{"users manage: display", "users:view", "all", "", "", ""},
	{"users manage: create", "users:create", "all", "", "", ""},
	{"users manage: edit", "users:update", "all", "", "", ""},
	{"users manage: deactivate", "users:deactivate", "all", "", "", ""},
	{"profiles list", "profiles:list", "all", "all", "all", "all"},
	{"profiles view", "profiles:view", "all", "", "", ""},
	{"merchant details view", "merchant:view", "all", "", "", ""},
}

// 2.2, 2.8: each cell, asked over HTTP, for what the user created itself, what another created, and what nobody is said to
// have created; in its own profile and in one that it does not have.
func walkBillProPrivileges(t *testing.T, w *World) {
	o := w.Tenant("billpro")
	roles := []struct {
		id   string
		cell func(int) string
	}{
		{"admin_user", func(i int) string { return privileges[i].admin }},
		{"accountant_user", func(i int) string { return privileges[i].accountant }},
		{"normal_user", func(i int) string { return privileges[i].normal }},
		{"restricted_user", func(i int) string { return privileges[i].restrict }},
	}
	for _, role := range roles {
		user := o.Regular(role.id, []string{role.id})
		for i, row := range privileges {
			asked := func(account string, owner directory.UserID) Object {
				one := question(user.ID, row.permission, account)
				one["resource"].(Object)["properties"] = Object{"owner": owner}
				return one
			}
			cell := role.cell(i)
			want := []bool{cell != "", cell == "all", cell == "all", false}
			got := decisions(t, o.Ada.Do("evaluateAccessBatch", Body(Object{"evaluations": []Object{
				asked(o.Accounts[0], user.ID), asked(o.Accounts[0], o.Ada.ID), asked(o.Accounts[0], ""), asked(o.Accounts[2], user.ID),
			}})))
			equal(t, role.id+": "+row.privilege, got, want)
			single := Read[Evaluated](t, o.Ada.Do("evaluateAccess", Body(asked(o.Accounts[0], user.ID))), 200)
			equal(t, role.id+" asked alone: "+row.privilege, single.Decision, want[0])
			equal(t, role.id+" asks itself: "+row.privilege, user.Asks(t, string(user.ID), row.permission, o.Accounts[0]).Decision, want[2])
		}
	}

	// The table says all that there is of the merchant's own business, but for payment links, which each user has or not.
	preset, _ := o.Core.Presets.Preset("billpro")
	said := map[string]bool{"payment-links:create": true}
	for _, row := range privileges {
		said[row.permission] = true
	}
	for _, role := range preset.Roles {
		for permission := range role.Permissions {
			if role.ID != "admin_user" && !said[string(permission)] {
				t.Errorf("%s has %s, of which the table says nothing", role.ID, permission)
			}
		}
	}
}

// The document "Manage users" from its beginning to its end; what stands in quotes is the document's.
func walkBillPro(t *testing.T, w *World) {
	o := w.Tenant("billpro")
	nobody := &Person{World: o.World}

	// "Log in as a user with the admin_user role." Second factors are optional here; Ada has one.
	admin := o.Ada.On()
	admin.SignIn(t)
	equal(t, "roles", admin.Me(t).User.Roles, []string{"admin_user"})

	// "From the user account menu, select Users. Click (+)." Only admins find them.
	admin.Do("listUsers").Want(t, 200)
	for _, role := range []string{"accountant_user", "normal_user", "restricted_user"} {
		other := o.Regular(role, []string{role})
		for _, answer := range []Answer{other.Do("listUsers"), other.Do("createUser", Body(newUser(o, nil)))} {
			equal(t, role+" "+answer.Operation, answer.Refused(t, 403, "forbidden").Policy, "permission-missing")
		}
	}

	// "Enter the user's details." The user must have one role, and may have one or more profiles.
	admin.Do("createUser", Body(newUser(o, Object{"roles": []string{}}))).Faulty(t, "roles", "exactlyOne")
	admin.Do("createUser", Body(newUser(o, Object{"roles": []string{"normal_user", "restricted_user"}}))).Faulty(t, "roles", "exactlyOne")
	created := Read[UserAnswer](t, admin.Do("createUser", Body(newUser(o, Object{
		"roles": []string{"normal_user"}, "companies": []string{}, "accounts": o.Accounts[:2], "paymentLinks": true, "phone": nil,
	}))), 201).User

	// "By default, a new user is Active, which means they can log in": with the password that they choose by the mailed link.
	equal(t, "status", created.Status, "active")
	equal(t, "profiles", created.Accounts, o.Accounts[:2])
	o.Settle()
	nina := &Person{World: o.World, Organisation: o.ID, ID: directory.UserID(created.ID), Identifier: created.Email, Password: newPassword}
	nobody.Do("redeemLink", Body(Object{
		"token": o.Mails.Token(t, created.Email, directory.MailVerification), "password": nina.Password,
	})).Want(t, 200)
	nina.SignIn(t)

	// Unless it is switched off: then it comes in when it is made active.
	off := Read[UserAnswer](t, admin.Do("createUser", Body(newUser(o, Object{"roles": []string{"normal_user"}, "active": false}))), 201).User
	equal(t, "status", off.Status, "inactive")
	o.Settle()
	equal(t, "mails", len(o.Mails.To(off.Email)), 0)
	admin.Do("reactivateUser", At(off.ID)).Want(t, 200)
	o.Settle()
	redeem(o.World, o.Mails.Token(t, off.Email, directory.MailVerification), newPassword).Want(t, 200)

	// "Select Payment link to let the user create payment links. You could leave this option inactive."
	links := func(want bool, policy string) {
		t.Helper()
		answer := admin.Asks(t, created.ID, "payment-links:create", o.Accounts[0])
		equal(t, "payment links", answer.Decision, want)
		equal(t, "policy", answer.Context.Policy, policy)
	}
	links(true, "permission-held")
	admin.Do("updateUser", At(created.ID), Body(Object{"paymentLinks": false})).Want(t, 200)
	links(false, "payment-links-off")

	// "If you are creating an integration, select API access to generate API credentials. The API user should have the
	// admin_user role." They open as that user, in the profile that a request names (6.4).
	integration := Read[UserAnswer](t, admin.Do("createUser", Body(newUser(o, Object{
		"kind": "api", "roles": []string{"admin_user"}, "companies": []string{}, "accounts": o.Accounts[:2], "phone": nil,
	}))), 201)
	program := o.Caller(integration.Credential)
	equal(t, "calls as", program.Me(t).User.ID, integration.User.ID)
	order := Body(Object{
		"subject": Object{"type": "user", "id": integration.User.ID}, "action": Object{"name": "orders:manage"}, "resource": Object{"type": "order", "id": "1"},
	})
	program.Do("evaluateAccess", order).Faulty(t, "Mandate-Account", "required")
	equal(t, "in a profile", Read[Evaluated](t, program.Do("evaluateAccess", order, Header("Mandate-Account", o.Accounts[1])), 200).Decision, true)
	equal(t, "has password or phone", []string{integration.User.Password, integration.User.Phone}, []string{"none", ""})

	// "To display the API token at any time, display the User details": by who proves to be an admin, and no other.
	shown := Read[revealed](t, admin.reveal(integration.User.ID, integration.Credential.ID), 200).Credential
	equal(t, "the token", shown, *integration.Credential)
	equal(t, "of another's", o.Rosa.reveal(integration.User.ID, shown.ID).Refused(t, 403, "forbidden").Policy, "permission-missing")

	// Who is there already gets credentials when API access is switched on, and loses them when it is switched off. "From the
	// User Details view, you can obtain the API key and edit the user."
	on := Read[UserAnswer](t, admin.Do("updateUser", At(created.ID), Body(Object{"apiAccess": true})), 200).Credential
	opens(t, o.World, on.ClientID, on.ClientSecret)
	equal(t, "the details' credentials", admin.credentials(t, created.ID)[0].ClientID, on.ClientID)
	admin.Do("updateUser", At(created.ID), Body(Object{"apiAccess": false})).Want(t, 200)
	shut(t, o.World, on.ClientID, on.ClientSecret)

	// "Select one or more profiles for the user": it works in these and in no others.
	equal(t, "its profile", admin.Asks(t, created.ID, "orders:manage", o.Accounts[1]).Decision, true)
	equal(t, "another", admin.Asks(t, created.ID, "orders:manage", o.Accounts[2]).Context.Policy, "account-not-assigned")

	// "BillPro displays the User Details screen." "In the Users list, click the eye display button."
	details := admin.User(t, created.ID)
	equal(t, "name", details.Name, created.Name)
	equal(t, "role", details.Roles, []string{"normal_user"})
	listed := func() api.User {
		t.Helper()
		for _, user := range Read[api.List[api.User]](t, admin.Do("listUsers"), 200).Items {
			if user.ID == created.ID {
				return user
			}
		}
		t.Fatal("the user is not in the list")
		return api.User{}
	}
	equal(t, "in the list", listed().Status, "active")

	// "Edit a user: select a new Role, add or remove profiles. Tell the user to refresh": at the next request it is so.
	edited := Read[UserAnswer](t, admin.Do("updateUser", At(created.ID), Body(Object{
		"roles": []string{"restricted_user"}, "accounts": o.Accounts[1:3],
	})), 200)
	if edited.Change != nil {
		t.Error("an edit waits for somebody")
	}
	me := nina.Me(t)
	equal(t, "role", me.User.Roles, []string{"restricted_user"})
	equal(t, "scope", me.Permissions["orders:manage"], "own")
	equal(t, "profiles", me.User.Accounts, o.Accounts[1:3])
	equal(t, "a profile that was added", nina.Asks(t, created.ID, "products:view", o.Accounts[2]).Decision, true)
	equal(t, "one that was removed", nina.Asks(t, created.ID, "products:view", o.Accounts[0]).Decision, false)

	// "You cannot delete a user account, but you can deactivate it."
	equal(t, "policy", admin.Do("removeUser", At(created.ID)).Refused(t, 403, "forbidden").Policy, "users-never-removed")
	equal(t, "policy", admin.Do("deactivateUser", At(o.Ada.ID)).Refused(t, 403, "forbidden").Policy, "own-deactivation")
	admin.Do("deactivateUser", At(created.ID)).Want(t, 200)

	// "In the Users list, the user will display a grey flag for inactive, and will not be able to log in."
	equal(t, "in the list", listed().Status, "inactive")
	nina.Do("getMe").Refused(t, 401, "unauthenticated")
	signIn(o.World, nina.Identifier, nina.Password).Refused(t, 401, "credentialsWrong")
	admin.Do("reactivateUser", At(created.ID)).Want(t, 200)
	nina.SignIn(t)
	equal(t, "access is back", nina.Me(t).User.Accounts, o.Accounts[1:3])

	// "The admin_user has full access, including managing users": so an admin makes another, whom it may change as well.
	second := Read[UserAnswer](t, admin.Do("createUser", Body(newUser(o, Object{"kind": "admin", "roles": []string{"admin_user"}}))), 201).User
	admin.Do("updateUser", At(second.ID), Body(Object{"contact": false, "language": "en"})).Want(t, 200)
}
