package functionstest

import (
	"strings"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// An id of another tenant in a body is unknown, like one that never was.
func TestAnotherTenantsIDsAreUnknownInBodies(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"bc-connect", "adyen"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			w := New(t)
			o, other := w.Tenant(preset), w.Tenant(preset)
			olga := w.In(o)
			olga.Me(t)
			unchanged(t, w, "an id of another tenant", func() {
				for _, who := range []*Person{o.Ada, olga} {
					for field, id := range map[string]string{"companies": other.Companies[0], "accounts": other.Accounts[0]} {
						// The grant limit counts what one has, and nobody has what is another's; an admin has every account.
						with := Object{"companies": []string{}, "accounts": []string{}, field: []string{id}}
						who.Do("createUser", Body(newUser(o, with))).Faulty(t, field+"[0]", "unknown")
						who.Do("updateUser", At(o.Rosa.ID), Body(with)).Faulty(t, field+"[0]", "unknown")
						with[field] = []string{id[:4] + "00000000000000000000000001"}
						who.Do("createUser", Body(newUser(o, with))).Faulty(t, field+"[0]", "unknown")
					}
				}
				olga.Do("openAccount", Body(Object{"name": "Account", "company": other.Companies[0]})).Faulty(t, "company", "unknown")
			})
			for _, got := range []Evaluated{
				o.Ada.Asks(t, string(other.Rosa.ID), viewPermission(o), o.Accounts[0]),
				o.Ada.Asks(t, "usr_00000000000000000000000001", viewPermission(o), o.Accounts[0]),
			} {
				equal(t, "decision", got, Evaluated{Context: api.EvaluationContext{
					Policy: "subject-unknown", Reason: "The organisation has no such user.", Obligations: []string{},
				}})
			}
			got := o.Ada.Asks(t, string(o.Rosa.ID), viewPermission(o), other.Accounts[0])
			equal(t, "decision", got.Decision, false)
			equal(t, "decision", got, o.Ada.Asks(t, string(o.Rosa.ID), viewPermission(o), "acc_00000000000000000000000001"))
			if preset == "bc-connect" {
				o.Rosa.Do("evaluateAccess", Body(Object{"subject": Object{"type": "user", "id": o.Ada.ID}, "action": Object{"name": "balances:view"},
					"resource": Object{"type": "account", "id": o.Accounts[0]}})).Refused(t, 403, "forbidden")
			}
		})
	}
}

// 1.2, 1.3: usernames and telephone numbers are unique on the platform, addresses in the organisation; what tells names
// apart is not their case.
func TestNamesThatAreTaken(t *testing.T) {
	t.Parallel()
	w := New(t, Capped(0))
	o, other := w.Tenant("adyen"), w.Tenant("adyen")
	rosa := o.Ada.User(t, string(o.Rosa.ID))
	unchanged(t, w, "a name that is taken", func() {
		for field, value := range map[string]string{
			"email": strings.ToUpper(rosa.Email), "username": strings.ToUpper(rosa.Username), "phone": rosa.Phone,
		} {
			taken := o.Ada.Do("createUser", Body(newUser(o, Object{field: value})))
			taken.Faulty(t, field, "taken")
			equal(t, "times that it is told", strings.Count(taken.Text, `"taken"`), 1)
			o.Ada.Do("updateUser", At(o.Ben.ID), Body(Object{field: value})).Faulty(t, field, "taken")
			if field != "email" {
				other.Ada.Do("createUser", Body(newUser(other, Object{field: value}))).Faulty(t, field, "taken")
			}
		}
	})
	other.Ada.Do("createUser", Body(newUser(other, Object{"email": rosa.Email}))).Want(t, 201)
	o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"email": strings.ToUpper(rosa.Email)})).Want(t, 200)

	// One reset is sent to each who goes by the address, each to its own organisation's.
	o.Do("forgotPassword", Body(Object{"identifier": rosa.Email})).Want(t, 202)
	o.Settle()
	resets := 0
	for _, mail := range o.Mails.All() {
		if string(mail.Kind) == string(directory.MailPasswordReset) {
			resets++
			equal(t, "to", strings.ToLower(mail.To), rosa.Email)
		}
	}
	equal(t, "resets", resets, 1) // the other one has not verified its address
}
