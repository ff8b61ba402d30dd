package functionstest

import (
	"testing"

	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/phone"
)

// 9.1: the platform begins with one operator, who comes in by a verification mail like everyone else. It begins once.
func TestThePlatformIsFoundedOnce(t *testing.T) {
	t.Parallel()
	w := New(t)
	organisations := directory.Organisations{Core: w.Core, Phones: phone.E164}
	olga := func(email string) directory.NewUser {
		return directory.NewUser{Profile: directory.Profile{
			Name: directory.Name{First: "Olga", Last: "Operator"}, Email: email, Access: directory.Access{Roles: []string{"administration"}},
		}}
	}
	if err := organisations.FoundPlatform(t.Context(), olga("no address")); !fault.Is(err, fault.Invalid) {
		t.Errorf("founded with no address: %v", err)
	}
	if err := organisations.FoundPlatform(t.Context(), olga("olga@example.com")); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	token := w.Mails.Token(t, "olga@example.com", directory.MailVerification)
	redeemed := Read[Redeemed](t, w.Do("redeemLink", Body(Object{"token": token, "password": Password})), 200)
	equal(t, "what comes next", redeemed.Next, "enrolSecondFactor")
	if err := organisations.FoundPlatform(t.Context(), olga("other@example.com")); !fault.Is(err, fault.Conflict) {
		t.Errorf("founded twice: %v", err)
	}
}
