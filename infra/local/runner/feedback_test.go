package runner_test

import (
	"net/http"
	"strings"
	"testing"

	"mandate/infra/local/walk"
	"mandate/shared/api"
)

// 4.5, 4.6: what becomes of a mail is marked on the link and on its user, from the mailer to SES and back by way of the
// bus; addresses of SES's mailbox simulator end as they are named.
func TestWhatBecomesOfAMailIsMarked(t *testing.T) {
	w, _ := begin(t)
	demo := w.DemoOf("adyen")
	ada := w.Person(demo.Users[0]).SignIn("")
	for name, want := range map[string]struct{ status, delivery, problem string }{
		"nina@example.com":                        {status: "delivered", delivery: "delivered"},
		"bounce@simulator.amazonses.com":          {status: "bounced", delivery: "bounced", problem: "bounced"},
		"complaint@simulator.amazonses.com":       {status: "delivered", delivery: "complained", problem: "complained"},
		"suppressionlist@simulator.amazonses.com": {status: "bounced", delivery: "bounced", problem: "bounced"},
	} {
		own, _, _ := strings.Cut(w.Email("mail"), "@")
		email := strings.Replace(name, "@", "+"+own+"@", 1)
		user := walk.Read[walk.UserAnswer](ada.Post("/v1/users", api.NewUser{
			Kind: "regular", Name: api.Name{First: "Nina", Last: "Strand"}, Email: email, Username: own, Phone: w.Phone(),
			Accounts: demo.Accounts[:1], Roles: []string{"viewAccounts"},
		}), http.StatusCreated).User
		var sent []api.SentToken
		w.Until("the feedback on "+name, func() bool {
			sent = walk.Read[api.List[api.SentToken]](ada.Get("/v1/users/"+user.ID+"/tokens"), http.StatusOK).Items
			return len(sent) == 1 && sent[0].Delivery != nil && sent[0].Delivery.Status == want.delivery
		})
		equal(t, name, sent[0].Status, want.status)
		problem := ""
		if found := ada.User(user.ID).EmailProblem; found != nil {
			problem = found.Kind
		}
		equal(t, name, problem, want.problem)
	}
}
