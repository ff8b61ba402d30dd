package runner_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mandate/infra/local/walk"
	"mandate/shared/api"
)

// 1.11, 4.5: from the mailed link to the texted code, which the local runner shows.
func TestAPhoneIsVerifiedByACodeThatIsTexted(t *testing.T) {
	w, _ := begin(t)
	demo := w.DemoOf("b2binpay")
	ada := w.Person(demo.Users[0]).SignIn("")
	asked := api.NewUser{
		Kind: "regular", Name: api.Name{First: "Nina", Last: "Strand"}, Email: w.Email("nina"), Phone: w.Phone(), Language: "fr",
		Accounts: demo.Accounts[:1], Roles: []string{"enterpriseStaff"},
	}
	user := walk.Read[walk.UserAnswer](ada.Post("/v1/users", asked), http.StatusCreated).User
	_, token := w.Link(w.Mail(asked.Email, "Confirm"))
	redeemed := walk.Read[walk.Redeemed](w.Redeems(token, walk.Password), http.StatusOK)
	equal(t, "what comes next", redeemed.Next, "verifyPhone")
	nina := &walk.Person{Walk: w, ID: user.ID, Email: asked.Email, Identifier: asked.Email, Password: walk.Password, Token: redeemed.Session.Token}
	equal(t, "status", nina.Me().User.Status, "phoneNotVerified")

	start := time.Now()
	first := w.Text(user.Phone, 1)
	t.Logf("until the text was there: %v", time.Since(start).Round(time.Millisecond))
	if !strings.Contains(first.Text, demo.Name) || !strings.Contains(first.Text, "votre code") {
		t.Errorf("the text says %q", first.Text)
	}
	if age := w.Now().Sub(first.At); age < 0 || age > walk.Patience {
		t.Errorf("the text was sent %v ago", age)
	}
	equal(t, "asking for another", nina.Post("/v1/me/phone/code", nil).Status, http.StatusAccepted)
	second := w.Text(user.Phone, 2)
	if first.Code() != second.Code() { // one in a million times they are the same
		equal(t, "the earlier code", code(nina.Post("/v1/me/phone/verify", map[string]string{"code": first.Code()}).Problem(http.StatusUnauthorized)), "credentialsWrong")
	}
	verified := walk.Read[walk.Me](nina.Post("/v1/me/phone/verify", map[string]string{"code": second.Code()}), http.StatusOK)
	equal(t, "status", verified.User.Status, "kycNotVerified")
	equal(t, "what comes next", verified.Next, "verifyIdentity")
	equal(t, "a user of this status sees others", nina.Get("/v1/users").Status, http.StatusForbidden)
	equal(t, "what comes next after signing in", nina.SignIn("").Me().Next, "verifyIdentity")
}
