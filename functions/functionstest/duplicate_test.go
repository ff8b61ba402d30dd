package functionstest

import (
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// 1.6: a duplicate has its original's accounts and roles, less those that the actor doesn't have; the answer names them.
func TestADuplicateGetsWhatTheActorMayGive(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	original := o.Regular("original", []string{"manageReports", "viewTransfers"})
	once := []Part{At(original.ID), Body(Object{"email": o.Email("copy"), "username": "copy-" + o.Phone()[1:]}), Key("duplicate-1")}
	answer := Read[UserAnswer](t, o.Ada.Do("duplicateUser", once...), 201)
	equal(t, "roles", answer.User.Roles, []string{"viewTransfers"})
	equal(t, "accounts", answer.User.Accounts, o.Accounts[:1])
	equal(t, "name", answer.User.Name.First, "original")
	equal(t, "left", *answer.Left, api.Left{Companies: []string{}, Accounts: []string{}, Roles: []string{"manageReports"}, Permissions: []string{}})
	equal(t, "phone", answer.User.Phone, "")
	equal(t, "asked again", Read[UserAnswer](t, o.Ada.Do("duplicateUser", once...), 201), answer) // with what was left, too

	// What one does have goes over whole.
	answer = Read[UserAnswer](t, o.Ada.Do("duplicateUser", At(o.Rosa.ID), Body(Object{
		"email": o.Email("copy2"), "username": "copy-" + o.Phone()[1:], "name": Object{"first": "Second", "last": "Copy"},
	})), 201)
	equal(t, "left", *answer.Left, api.Left{Companies: []string{}, Accounts: []string{}, Roles: []string{}, Permissions: []string{}})
	equal(t, "name", answer.User.Name, api.Name{First: "Second", Last: "Copy"})

	// Its names are its own.
	o.Ada.Do("duplicateUser", At(o.Rosa.ID), Body(Object{"email": o.Rosa.Email, "username": "another-" + o.Phone()[1:]})).Faulty(t, "email", "taken")
	o.Rosa.Do("duplicateUser", At(o.Rosa.ID), Body(Object{"email": o.Email("x"), "username": "x-" + o.Phone()[1:]})).Refused(t, 403, "forbidden")
}

// 2.4: nobody comes by what they may not give by having a user's links mailed to themselves: neither now, nor where what
// they have is less by the time that it is decided.
func TestAnAddressIsUnderTheGrantLimit(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	lesser := o.Regular("lesser", []string{"balancePlatformAdmin", "viewTransfers"})
	more, same := o.Regular("more", []string{"manageReports", "viewTransfers"}), o.Regular("same", []string{"viewTransfers"})
	moved := func(who *Person) []Part { return []Part{At(who.ID), Body(Object{"email": o.Email("elsewhere")})} }
	for _, who := range []*Person{more, o.Ada} {
		equal(t, "policy", lesser.Do("updateUser", moved(who)...).Refused(t, 403, "forbidden").Policy, "grant-limit-address")
		lesser.Do("updateUser", append(moved(who), Preview())...).Refused(t, 403, "forbidden")
	}
	lesser.Do("updateUser", At(more.ID), Body(Object{"name": Object{"first": "Other"}})).Want(t, 200)
	lesser.Do("updateUser", moved(same)...).Want(t, 200)
	o.Ada.Do("updateUser", moved(same)...).Want(t, 200)
	o.In(o).Do("updateUser", moved(more)...).Want(t, 200)

	control(t, o, Object{"changeControl": "second_admin"})
	change := ask(t, lesser.Do("updateUser", moved(same)...))
	change2 := ask(t, o.Ada.Do("updateUser", At(lesser.ID), Body(Object{"roles": []string{"balancePlatformAdmin"}})))
	o.Ben.Approve(change2).Want(t, 200)
	o.Settle()
	equal(t, "state", Read[Settled](t, o.Ben.Approve(change), 200).Change.State, "failed")
}

// 1.6, 2.4: where an admin may give what it does not hold, everything is copied, under the organisation's change control.
func TestADuplicateIsAChange(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	asked := o.Ada.Do("duplicateUser", At(o.Rosa.ID), Body(Object{"email": o.Email("copy"), "phone": o.Phone()}))
	change := ask(t, asked)
	equal(t, "act", change.Act, "duplicateUser")
	user := Read[Settled](t, o.Ben.Approve(change), 200).User
	o.Settle()
	pass(o, hour)
	o.Settle()
	equal(t, "permissions", o.Ada.User(t, user.ID).Permissions, []string{"balances:view", "payments:view"})
	equal(t, "mails", o.Mails.Kinds(user.Email), []directory.MailKind{directory.MailVerification})
}
