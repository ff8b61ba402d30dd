package runner_test

import (
	"net/http"
	"testing"
	"time"

	"mandate/infra/local/walk"
	"mandate/shared/api"
)

// story is what happens to one user, from being asked for to being deactivated, in an organisation.
type story struct {
	*walk.Walk
	control  string // of changes (3.2)
	ada, ben *walk.Person
	accounts []string
	nina     api.NewUser
	may      string // the permission that she is given on the first account
}

func TestStoryWithASecondAdmin(t *testing.T) {
	w, _ := begin(t)
	demo := w.DemoOf("bc-connect")
	story{
		Walk: w, control: "second_admin", accounts: demo.Accounts, may: "payments:initiate",
		ada: w.Person(demo.Users[0]).SignIn(""), ben: w.Person(demo.Users[1]).SignIn(""),
		nina: api.NewUser{
			Kind: "regular", Name: api.Name{First: "Nina", Last: "Strand"}, Email: w.Email("nina"), Phone: w.Phone(),
			Accounts: demo.Accounts[:1], Permissions: []string{"balances:view", "payments:initiate"}, PaymentRule: "needsApproval",
		},
	}.tell()
}

func TestStoryWithStepUp(t *testing.T) {
	w, _ := begin(t)
	control := "step_up"
	o := w.Found(walk.Founding{Preset: "bc-connect", Settings: &api.SettingsPatch{ChangeControl: &control}, Admins: 1, Accounts: 2})
	equal(t, "least active admins", o.LeastAdmins, 1)
	story{
		Walk: w, control: control, accounts: o.Accounts, may: "payments:initiate", ada: o.Admins[0],
		nina: api.NewUser{
			Kind: "regular", Name: api.Name{First: "Nina", Last: "Strand"}, Email: w.Email("nina"), Phone: w.Phone(),
			Accounts: o.Accounts[:1], Permissions: []string{"balances:view", "payments:initiate"}, PaymentRule: "needsApproval",
		},
	}.tell()
}

func TestStoryWithoutChangeControl(t *testing.T) {
	w, _ := begin(t)
	demo, email := w.DemoOf("adyen"), w.Email("nina")
	story{
		Walk: w, control: "none", accounts: demo.Accounts, may: "transfers:initiate", ada: w.Person(demo.Users[0]).SignIn(""),
		nina: api.NewUser{
			Kind: "regular", Name: api.Name{First: "Nina", Last: "Strand"}, Email: email, Username: email, Phone: w.Phone(),
			Accounts: demo.Accounts[:1], Roles: []string{"initiateTransfers"},
		},
	}.tell()
}

func (s story) tell() {
	s.Helper()
	asked := s.isAskedFor()
	nina := s.comesIn()
	equal(s, "the user of the link", nina.ID, asked.ID)

	signedIn := *nina // on another device
	signedIn.SignIn("")
	me := signedIn.Me()
	equal(s, "status", me.User.Status, "active")
	equal(s, "second factor", me.User.SecondFactor, true)
	equal(s, "scope of "+s.may, me.Permissions[s.may], "all")
	given := signedIn.Evaluates(nina.ID, s.may, s.accounts[0])
	equal(s, "may act on its account", given.Decision, true)
	if s.nina.PaymentRule == "needsApproval" && (len(given.Context.Obligations) != 1 || given.Context.Obligations[0] != "needsApproval") {
		s.Errorf("obligations of a user whose payments need approval: %v", given.Context.Obligations)
	}
	equal(s, "may act on another account", signedIn.Evaluates(nina.ID, s.may, s.accounts[1]).Decision, false)
	if signedIn.Get("/v1/users").Problem(http.StatusForbidden).Policy == "" {
		s.Error("a regular user may not list users, and is not told by which policy")
	}

	s.deactivates(nina, &signedIn)
}

// isAskedFor has the user asked for and decided about, and waits until it takes effect.
func (s story) isAskedFor() api.User {
	s.Helper()
	if s.control == "none" {
		made := walk.Read[walk.UserAnswer](s.ada.Post("/v1/users", s.nina), http.StatusCreated)
		if made.Change != nil {
			s.Errorf("without change control a change waits: %s", made.Change.State)
		}
		return made.User
	}
	preview := walk.Read[walk.UserAnswer](s.ada.Post("/v1/users?preview=true", s.nina), http.StatusOK).Preview
	equal(s, "control in the preview", preview.Control, s.control)
	user, change := s.ada.AsksForUser(s.nina)
	equal(s, "the user's mark", user.OpenChange, change.ID)
	equal(s, "state in the preview", preview.State, change.State)

	start := time.Now()
	change = s.isDecided(change)
	equal(s, "state after the decision", change.State, "propagating")
	holdsUntil(s.Walk, *change.EffectiveAt, "may act", false, func() bool {
		return s.ada.Evaluates(user.ID, s.may, s.accounts[0]).Decision
	})
	effective := s.ada.Sees(change.ID, "effective")
	s.Logf("from the decision to the effect: %v, of which %v are the delay", time.Since(start).Round(time.Millisecond), propagation)
	if late := effective.EffectiveAt.Sub(*change.EffectiveAt); late < 0 {
		s.Errorf("the change took effect %v before its time", -late)
	}
	s.Mail(s.ada.Email, "Done")
	return user
}

// isDecided has the open change confirmed or approved, as the organisation wants it.
func (s story) isDecided(change api.Change) api.Change {
	s.Helper()
	if s.control == "step_up" {
		return walk.Read[walk.Settled](s.ada.Confirms(change), http.StatusOK).Change
	}
	start := time.Now()
	s.Mail(s.ben.Email, "Approval needed")
	s.Logf("from asking to the approver's mail: %v", time.Since(start).Round(time.Millisecond))
	return walk.Read[walk.Settled](s.ben.Approves(s.ben.Change(change.ID)), http.StatusOK).Change
}

// holdsUntil looks again and again: each answer that came before the time must be the same. A machine that is too slow for
// one look sees nothing here; what holds before the time is seen on the clock of tests in package functionstest.
func holdsUntil(w *walk.Walk, at time.Time, what string, want bool, look func() bool) {
	w.Helper()
	looked := 0
	w.Until(what+" being settled", func() bool {
		got := look()
		if !w.Now().Before(at) {
			return true
		}
		looked++
		if got != want {
			w.Fatalf("before %v: %s is %t, want %t", at, what, got, want)
		}
		return false
	})
	w.Logf("%s was looked at %d times before %v", what, looked, at)
}

// comesIn has the user follow its mail (4.1, 4.4).
func (s story) comesIn() *walk.Person {
	s.Helper()
	start := time.Now()
	mail := s.Mail(s.nina.Email, "Confirm")
	s.Logf("from the effect to the user's mail: %v", time.Since(start).Round(time.Millisecond))
	page, token := s.Link(mail)
	equal(s, "where the link leads", page, s.API+"/link")
	for range 10 { // as mail scanners do
		equal(s, "opening the link", s.Do(http.MethodGet, "/link", nil).Status, http.StatusOK)
		equal(s, "looking at the link", s.Inspects(token).Status, http.StatusOK)
	}
	short := s.Redeems(token, "short").Problem(http.StatusUnprocessableEntity)
	if len(short.Errors) != 1 || short.Errors[0].Field != "password" || short.Errors[0].Rule != "tooShort" {
		s.Errorf("a password that is too short: %+v", short)
	}

	nina := s.ComesIn(s.nina.Email)
	equal(s, "the link used twice", code(s.Redeems(token, walk.Password).Problem(http.StatusGone)), "linkUsed")
	equal(s, "the link looked at after its use", code(s.Inspects(token).Problem(http.StatusGone)), "linkUsed")
	return nina
}

// deactivates: it bites on the very next request, without any delay (3.6, 5.3).
func (s story) deactivates(nina *walk.Person, sessions ...*walk.Person) {
	s.Helper()
	path := "/v1/users/" + nina.ID + "/deactivate"
	asks, decides := s.ada, s.ben
	if s.control == "second_admin" {
		asks, decides = s.ben, s.ada
	}
	if s.control == "none" {
		equal(s, "status", walk.Read[walk.UserAnswer](asks.Post(path, nil), http.StatusOK).User.Status, "inactive")
	} else {
		_, change := asks.Asks(http.MethodPost, path, nil)
		equal(s, "signed out while the deactivation waits", nina.SignedOut(), false)
		answer := walk.Answer{}
		if s.control == "step_up" {
			answer = asks.Confirms(change)
		} else {
			answer = decides.Approves(decides.Change(change.ID))
		}
		equal(s, "state", walk.Read[walk.Settled](answer, http.StatusOK).Change.State, "effective")
	}
	for _, session := range append(sessions, nina) {
		equal(s, "signed out by the next request", session.SignedOut(), true)
	}
	equal(s, "may act", s.ada.Evaluates(nina.ID, s.may, s.accounts[0]).Decision, false)

	// 5.8: told no more than that the details are wrong.
	stranger := *nina
	stranger.Identifier = "nobody." + nina.Identifier
	inactive, unknown := nina.TrySignIn("").Problem(http.StatusUnauthorized), stranger.TrySignIn("").Problem(http.StatusUnauthorized)
	equal(s, "what an inactive user is told", inactive.Detail, unknown.Detail)
}

// 3.6: until the effective time the old permissions hold; what a change takes away goes at its approval.
func TestAnUpdateGivesLaterAndTakesAtOnce(t *testing.T) {
	w, _ := begin(t)
	o := w.Found(walk.Founding{Preset: "bc-connect", Admins: 2, Accounts: 1})
	ada, ben, account := o.Admins[0], o.Admins[1], o.Accounts[0]
	user, change := ada.AsksForUser(api.NewUser{
		Kind: "regular", Name: api.Name{First: "Nina", Last: "Strand"}, Email: w.Email("nina"), Phone: w.Phone(),
		Accounts: o.Accounts, Permissions: []string{"balances:view", "payments:view"},
	})
	walk.Read[walk.Settled](ben.Approves(change), http.StatusOK)
	nina := w.ComesIn(user.Email)
	may := func(permission string) bool { return nina.Evaluates(nina.ID, permission, account).Decision }
	equal(t, "may see balances", may("balances:view"), true)
	equal(t, "may see payments", may("payments:view"), true)

	user, change = ada.Asks(http.MethodPatch, "/v1/users/"+nina.ID, map[string]any{"permissions": []string{"payments:view", "reports:download"}})
	equal(t, "the user's mark", user.OpenChange, change.ID)
	equal(t, "may see balances before the approval", may("balances:view"), true)

	approved := walk.Read[walk.Settled](ben.Approves(change), http.StatusOK).Change
	equal(t, "may see balances after the approval", may("balances:view"), false)
	holdsUntil(w, *approved.EffectiveAt, "may download reports", false, func() bool {
		equal(t, "may see payments", may("payments:view"), true)
		return may("reports:download")
	})
	ada.Sees(change.ID, "effective")
	equal(t, "may download reports after the effect", may("reports:download"), true)
	equal(t, "may see payments after the effect", may("payments:view"), true)
	equal(t, "may see balances after the effect", may("balances:view"), false)
	equal(t, "the user's mark", ada.User(nina.ID).OpenChange, "")
	equal(t, "signed out by an update", nina.SignedOut(), false)
}
