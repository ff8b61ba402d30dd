package functionstest

import (
	"strings"
	"testing"

	"mandate/shared/directory"
)

// 1.9: an account that was opened later is given to many users in one act.
func TestAnAccountIsGivenToManyUsers(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		users := []string{string(o.Rosa.ID), string(o.Regular("sam", nil).ID), string(o.Robot.ID)}
		answer := o.Ada.Do("assignAccount", At(o.Accounts[2]), Body(Object{"users": users}))
		asked := Read[Assignment](t, answer, answer.Status)
		equal(t, "users", len(asked.Users), 3)
		if asked.Change != nil {
			for _, user := range users {
				shown := o.Ada.User(t, user)
				equal(t, "the user's mark", shown.OpenChange, asked.Change.ID)
				equal(t, "accounts", shown.Accounts, o.Accounts[:1])
			}
			o.Ada.Do("updateUser", At(users[1]), Body(Object{"contact": true})).Refused(t, 409, "changeOpen")
			equal(t, "the diff's users", asked.Change.Diff[1].After, "rosa Example, sam Example, "+o.Ada.User(t, users[2]).Name.First)
			decide(t, o, asked.Change)
			o.Settle()
			pass(o, hour)
			o.Settle()
			equal(t, "state", o.Ada.Change(t, asked.Change.ID).State, "effective")
		}
		for _, user := range users {
			shown := o.Ada.User(t, user)
			equal(t, "accounts", shown.Accounts, []string{o.Accounts[0], o.Accounts[2]})
			equal(t, "the user's mark", shown.OpenChange, "")
		}
		o.Ada.Do("assignAccount", At(o.Accounts[2]), Body(Object{"users": users[:1]})).Faulty(t, "users[0]", "held")
		o.Ada.Do("assignAccount", At(o.Accounts[1]), Body(Object{"users": []string{users[0], users[0]}})).Faulty(t, "users[1]", "unique")
		o.Ada.Do("assignAccount", At(o.Accounts[1]), Body(Object{"users": []string{"usr_1"}})).Faulty(t, "users[0]", "unknown")
		o.Ada.Do("assignAccount", At("acc_1"), Body(Object{"users": users})).Refused(t, 404, "notFound")
		o.Rosa.Wake()
		equal(t, "policy", o.Rosa.Do("assignAccount", At(o.Accounts[1]), Body(Object{"users": users[1:]})).Refused(t, 403, "forbidden").Policy, "permission-missing")
	})
}

// 3.5: a user that is deactivated while an assignment is open is left out of it; the others get the account.
func TestAnAssignmentGoesOnForTheOthers(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	sam := o.Regular("sam", nil)
	change := Read[Assignment](t, o.Ada.Do("assignAccount", At(o.Accounts[2]), Body(Object{"users": []string{string(o.Rosa.ID), string(sam.ID)}})), 202).Change
	o.Ada.Approve(ask(t, o.Ben.Do("deactivateUser", At(sam.ID)))).Want(t, 200)
	equal(t, "state", o.Ada.Change(t, change.ID).State, "awaitingApproval")
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	pass(o, hour)
	o.Settle()
	equal(t, "state", o.Ada.Change(t, change.ID).State, "effective")
	equal(t, "accounts", o.Ada.User(t, string(o.Rosa.ID)).Accounts, []string{o.Accounts[0], o.Accounts[2]})
	equal(t, "accounts", o.Ada.User(t, string(sam.ID)).Accounts, o.Accounts[:1])
}

// 3.4: a rejected assignment leaves its users free for other changes.
func TestARejectedAssignmentFreesItsUsers(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := Read[Assignment](t, o.Ada.Do("assignAccount", At(o.Accounts[2]), Body(Object{"users": []string{string(o.Rosa.ID)}})), 202).Change
	o.Ben.Do("rejectChange", At(change.ID), Body(Object{"reason": "Not hers."})).Want(t, 200)
	equal(t, "the user's mark", o.Ada.User(t, string(o.Rosa.ID)).OpenChange, "")
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})).Want(t, 202)
}

// 1.9: the organisation's admins are reminded of an account that was opened, with the list of who does not have it.
func TestAdminsAreRemindedOfANewAccount(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	o.In(o).Do("openAccount", Body(Object{"company": o.Companies[0], "name": "Treasury"})).Want(t, 201)
	o.Settle()
	for _, admin := range []*Person{o.Ada, o.Ben} {
		equal(t, "mails", o.Mails.Kinds(admin.Email), []directory.MailKind{directory.MailAccountOpened})
		text := o.Mails.Last(t, admin.Email, directory.MailAccountOpened).Text
		for _, part := range []string{"The bank account Treasury", "rosa Example"} { // in BC Connect's own word
			if !strings.Contains(text, part) {
				t.Errorf("%q is not in the mail:\n%s", part, text)
			}
		}
	}
	equal(t, "mails to others", len(o.Mails.Kinds(o.Rosa.Email)), 0)
}
