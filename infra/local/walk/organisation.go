package walk

import (
	"net/http"
	"strings"
	"sync"

	"mandate/shared/api"
)

// Demo is what GET /local/demo answers.
type Demo struct {
	Operator      DemoUser
	Organisations []DemoOrganisation
}

// DemoOrganisation is one of the demo's.
type DemoOrganisation struct {
	Preset   string
	ID       string
	Name     string
	Accounts []string
	Users    []DemoUser // two admins, a regular user and an API user
}

// DemoUser is somebody there, and how one signs in.
type DemoUser struct {
	ID, Kind, Name, Identifier, Password, TOTPSecret, ClientID, ClientSecret string
}

// Demo reads who is there from the beginning.
func (w *Walk) Demo() Demo {
	w.Helper()
	return Read[Demo](w.Do(http.MethodGet, "/local/demo", nil), http.StatusOK)
}

// DemoOf finds the demo organisation of a preset.
func (w *Walk) DemoOf(preset string) DemoOrganisation {
	w.Helper()
	for _, organisation := range w.Demo().Organisations {
		if organisation.Preset == preset {
			return organisation
		}
	}
	w.Fatalf("no demo organisation of %s", preset)
	return DemoOrganisation{}
}

// Person is a demo user, not yet signed in.
func (w *Walk) Person(user DemoUser) *Person {
	p := &Person{Walk: w, ID: user.ID, Identifier: user.Identifier, Password: user.Password, secret: user.TOTPSecret}
	if strings.Contains(user.Identifier, "@") {
		p.Email = user.Identifier
	}
	return p
}

// Operator is the platform's, with one session for all tests, as long as it lasts: a sign-in costs a code, of which there is
// one in half a minute.
func (w *Walk) Operator() *Person {
	w.Helper()
	operator := w.Person(w.Demo().Operator)
	w.operator.Lock()
	defer w.operator.Unlock()
	operator.Token = w.operator.token
	if operator.Token == "" || operator.SignedOut() {
		w.operator.token = operator.SignIn("").Token
	}
	return operator
}

// Organisation is one that a test made for itself.
type Organisation struct {
	api.Organisation
	Admins   []*Person // active and signed in
	Accounts []string  // as many as were asked for, in one company
}

// Founding is what an organisation is made of.
type Founding struct {
	Preset    string
	Settings  *api.SettingsPatch
	Admins    int
	Roles     []string // of the admins, where the preset has roles
	Usernames bool     // where the preset's users sign in with them
	Accounts  int      // to open one, the operator enters the organisation, which costs a code
}

// Found makes an organisation, and lets its admins come in by the mails that they get (9.1).
func (w *Walk) Found(founding Founding) *Organisation {
	w.Helper()
	type admin struct {
		Name     api.Name `json:"name"`
		Email    string   `json:"email"`
		Username string   `json:"username,omitempty"`
		Phone    string   `json:"phone"`
		Roles    []string `json:"roles,omitempty"`
	}
	request := struct {
		Preset   string             `json:"preset"`
		Name     string             `json:"name"`
		Admins   []admin            `json:"admins"`
		Settings *api.SettingsPatch `json:"settings,omitempty"`
	}{Preset: founding.Preset, Name: "Fjord & Sons", Settings: founding.Settings}
	for range founding.Admins {
		email := w.Email("admin")
		one := admin{Name: api.Name{First: "Admin", Last: "Fjord"}, Email: email, Phone: w.Phone(), Roles: founding.Roles}
		if founding.Usernames {
			one.Username = email
		}
		request.Admins = append(request.Admins, one)
	}
	operator := w.Operator()
	made := &Organisation{Organisation: Read[api.Organisation](operator.Post("/v1/organisations", request), http.StatusCreated)}
	made.Admins = make([]*Person, founding.Admins)
	var all sync.WaitGroup
	for i, one := range request.Admins {
		all.Go(func() { made.Admins[i] = w.ComesIn(one.Email) })
	}
	all.Wait()
	if w.Failed() {
		w.FailNow()
	}
	if founding.Accounts > 0 {
		there := w.Person(w.Demo().Operator).SignIn(made.ID)
		company := Read[api.Company](there.Post("/v1/companies", map[string]string{"name": "Fjord Trading"}), http.StatusCreated)
		for range founding.Accounts {
			account := Read[api.BankAccount](there.Post("/v1/accounts", map[string]string{"company": company.ID, "name": "Operating"}), http.StatusCreated)
			made.Accounts = append(made.Accounts, account.ID)
		}
	}
	return made
}

// ComesIn lets somebody who was invited read the mail, choose a password and set up the second factor: active from then
// on, and signed in (4.1).
func (w *Walk) ComesIn(email string) *Person {
	w.Helper()
	_, token := w.Link(w.Mail(email, "Confirm"))
	redeemed := Read[Redeemed](w.Redeems(token, Password), http.StatusOK)
	if redeemed.Session == nil {
		w.Fatalf("after the link of %s comes %s, not the second factor", email, redeemed.Next)
	}
	user := redeemed.Session.User
	p := &Person{
		Walk: w, ID: user.ID, Organisation: user.Organisation, Email: email, Identifier: email, Password: Password, Token: redeemed.Session.Token,
	}
	if user.Username != "" {
		p.Identifier = user.Username
	}
	p.Enrol()
	return p
}
