package functionstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/certificate/certificatetest"
	"mandate/shared/directory"
	"mandate/shared/otp"
)

// presets are the systems that come with the service.
var presets = []string{"bc-connect", "adyen", "billpro", "b2binpay", "leaseweb"}

// scene is an organisation in which every operation has something that it can be done to, with everyone who may ask. What
// is asked in it is rehearsed: nothing that one does is there for the next.
type scene struct {
	*Tenant
	stranger *Tenant
	actors   []*actor
	wrote    []string // the keys that were rehearsed since somebody looked

	tim, ina, una, tom, tam, client string // users: active, inactive, not yet verified, two with an open change each, and one to be checked
	session                         string // of Tim
	waiting, unconfirmed            *api.Change
	program                         *Person // an API user to be administered
	held                            certificatetest.Pair
	credential                      string // of the program
	contact, role, request          string
	link                            string // a token that was mailed
	challenge                       string // of Rosa's sign-in
	passkeySignIn                   Object // Rosa's passkey, answering
	theirs                          things // the stranger's
}

// things are the ids of what an organisation has, by what they are of.
type things map[string]string

// ours are those of the scene's organisation.
func (s *scene) ours(a *actor) things {
	return things{
		"user": s.tim, "company": s.Companies[0], "account": s.Accounts[0], "organisation": string(s.ID), "role": s.role, "contact": s.contact,
		"change": s.waiting.ID, "request": s.request, "credential": s.credential, "certificate": s.held.Fingerprint,
		"session": a.session, "session of the user": s.session, "admin": string(s.Ada.ID), "passkey": a.passkey,
	}
}

// belongings are those of an organisation that has one of each.
func (o *Tenant) belongings(t *testing.T) things {
	t.Helper()
	settings := o.Organisation().Settings
	o.control(directory.ControlSecondAdmin)
	change := ask(t, o.Ada.Do("updateUser", At(o.Regular("tom", o.casts[o.Organisation().Preset].regular).ID), Body(Object{"contact": true})))
	o.control(settings.ChangeControl)
	o.Rosa.AddPasskey(t)
	has := things{
		"user": string(o.Rosa.ID), "company": o.Companies[0], "account": o.Accounts[0], "organisation": string(o.ID),
		"role": "rol_none", "contact": o.contact(), "change": change.ID,
		"request":    o.File(t, Object{"act": "deactivateUser", "target": o.Rosa.ID}).ID,
		"credential": o.Ada.credentials(t, string(o.Robot.ID))[0].ID, "certificate": o.holds(o.Robot.ID).Fingerprint,
		"session": o.sessionIn(t, string(o.Rosa.ID)), "session of the user": o.sessionIn(t, string(o.Rosa.ID)), "admin": string(o.Ada.ID),
		"passkey": Read[api.List[api.Passkey]](t, o.Rosa.Do("listPasskeys"), 200).Items[0].ID,
	}
	if settings.RoleCount != directory.RolesNone {
		has["role"] = o.OwnRole("Night shift", o.casts[o.Organisation().Preset].view)
	}
	return has
}

// contact seeds one, and answers its id.
func (o *Tenant) contact() string {
	o.t.Helper()
	id := o.Core.NewID(directory.PrefixContact)
	o.commit(directory.PutContact{Contact: directory.Contact{
		ID: directory.ContactID(id), Organisation: o.ID, Status: directory.StatusActive, CreatedAt: o.Now(), UpdatedAt: o.Now(), Version: 1,
		ContactDetails: directory.ContactDetails{Name: directory.Name{First: "Cora"}, Email: o.Email("cora"), Types: []directory.ContactType{"general"}},
	}})
	return id
}

// actor is a kind of person, or program, that asks.
type actor struct {
	name string // the column of the table
	*Person
	with    []Part // what its requests come with
	session string // the id of its session
	begun   string // the secret of an authenticator app that it sets up
	passkey string
	made    Object // another passkey, not confirmed yet
}

// code is what the actor's authenticator app shows. In a rehearsal no code is used up.
func (a *actor) code() string { return totpAt(a.Secret, a.World.Now()) }

func totpAt(secret string, at time.Time) string {
	if secret == "" {
		return "000000"
	}
	code, err := otp.Code(secret, at)
	if err != nil {
		panic(err)
	}
	return code
}

// newScene sets one up, and begins the rehearsal.
func newScene(t *testing.T, preset string) *scene {
	t.Helper()
	w := New(t)
	s := &scene{Tenant: w.Tenant(preset), stranger: w.Tenant(preset)}
	settings := s.Organisation().Settings
	gets := s.casts[preset]
	if slices.Contains(settings.Onboarding, directory.StatusKYCNotVerified) {
		person, user := checked(t, s.Tenant, Object{"type": "merchant", "roles": []string{"merchantStaff"}})
		person.submits(1, "docs/1").Want(t, 200)
		s.client = user.ID
	} else {
		s.client = string(s.Rosa.ID)
	}
	regular := func(name string) string { return string(s.Regular(name, gets.regular, gets.permissions...).ID) }
	una := done(t, s.Tenant, s.Ada.Do("createUser", Body(newUser(s.Tenant, nil))))
	s.una, s.link = una.ID, s.Mails.Token(t, una.Email, directory.MailVerification)
	s.program = s.robot(s.Organisation(), directory.Access{Roles: gets.regular, Permissions: gets.permissions})
	done(t, s.Tenant, s.Ada.Do("createCredential", At(s.program.ID)))
	issued := s.Ada.credentials(t, string(s.program.ID))
	s.credential = issued[len(issued)-1].ID
	s.stranger.Wake() // from the time that passed
	s.tim, s.ina, s.tom, s.tam = regular("tim"), regular("ina"), regular("tom"), regular("tam")
	s.alter(s.ina, func(u *directory.User) { u.Status, u.Resume = directory.StatusInactive, directory.StatusActive })
	s.held = s.holds(s.program.ID)
	if s.role = "rol_none"; settings.RoleCount != directory.RolesNone {
		s.role = s.OwnRole("Night shift", gets.view)
		s.alter(s.tom, func(u *directory.User) { u.Roles = []string{s.role} })
	}
	s.session = s.sessionIn(t, s.tim)
	s.contact = s.Tenant.contact()
	s.request = s.File(t, Object{"act": "deactivateUser", "target": s.tim}).ID

	// Changes that wait, whatever the organisation asks for now.
	cyd := s.Admin("cyd")
	s.control(directory.ControlSecondAdmin)
	s.waiting = ask(t, cyd.Do("updateUser", At(s.tom), Body(Object{"contact": true})))
	s.control(directory.ControlStepUp)
	s.unconfirmed = ask(t, s.Ada.Do("updateUser", At(s.tam), Body(Object{"contact": true})))
	s.control(settings.ChangeControl)

	s.theirs = s.stranger.belongings(t)
	device := s.Rosa.AddPasskey(t)
	s.enter(t)
	s.challenge = passwordAccepted(t, s.Rosa).ID
	s.passkeySignIn = device.Signs(t, Read[Invitation](t, s.Do("beginPasskeySignIn"), 200).PublicKey)
	s.Advance(minute) // past the codes that were used up
	s.Client.Rehearse(func(keys []string) { s.wrote = append(s.wrote, keys...) })
	return s
}

// enter brings on those who ask, in the order of the table's columns.
func (s *scene) enter(t *testing.T) {
	t.Helper()
	gets := s.casts[s.Organisation().Preset]
	add := func(name string, person *Person, with ...Part) {
		s.actors = append(s.actors, &actor{name: name, Person: person, with: with})
	}
	// admin is one more of those, who nothing but one thing keeps out.
	admin := func(name string, alter func(*directory.User)) *Person {
		person := s.Admin(name)
		if alter != nil {
			s.alter(string(person.ID), alter)
		}
		return person
	}
	add("none", &Person{World: s.World})
	expired := admin("expired", nil)
	s.commit(s.World.session(expired, s.ID, func(one *directory.Session) { one.ExpiresAt = s.Now() }))
	add("expd", expired)
	add("inac", admin("inactive", func(u *directory.User) { u.Status = directory.StatusInactive }))
	unenrolled := admin("unenrolled", nil)
	s.unenrol(unenrolled)
	s.commit(s.World.session(unenrolled, s.ID, func(one *directory.Session) { one.Stage = directory.SessionEnrolment }))
	add("enrl", unenrolled)
	add("addr", admin("astray", func(u *directory.User) { u.IPAllowList = []string{office} }), From(elsewhere))
	uncertified := s.robot(s.Organisation(), directory.Access{Roles: gets.admins})
	s.holds(uncertified.ID)
	add("cert", uncertified, Over(s.certificate(365)))
	add("othr", s.stranger.Ada)
	add("bare", s.Regular("bare", nil))
	add("regl", s.Rosa)
	add("apiu", s.Robot)
	add("admn", s.Ada)
	for _, department := range [...][2]string{
		{"oadm", "administration"}, {"oaud", "auditorReadOnly"}, {"ocom", "compliance"}, {"odea", "dealing"},
		{"ofin", "finance"}, {"ofro", "financeReadOnly"}, {"omar", "marketing"}, {"osup", "support"},
		{"osl3", "supportL3"}, {"osvo", "supportViewOnly"}, {"ovie", "viewOnly"},
	} {
		add(department[0], s.Staff(department[1]))
	}
	add("oels", s.stranger.Staff("administration"))
	for _, a := range s.actors {
		a.settle(t)
	}
}

// settle gives an actor with a session something of its own to see and do.
func (a *actor) settle(t *testing.T) {
	t.Helper()
	a.session, a.passkey, a.made = "ses_none", "psk_none", Object{}
	if begun := a.Do("beginTotp", a.with...); begun.Status == 200 {
		a.begun = Read[struct{ Secret string }](t, begun, 200).Secret
	}
	listed := a.Do("listMySessions", a.with...)
	if listed.Status != 200 || a.Secret == "" {
		return
	}
	for _, one := range Read[api.List[api.SessionInfo]](t, listed, 200).Items {
		if one.Current {
			a.session = one.ID
		}
	}
	a.AddPasskey(t)
	a.passkey = Read[api.List[api.Passkey]](t, a.Do("listPasskeys"), 200).Items[0].ID
	a.made = a.NewAuthenticator().Creates(t, a.Invited(t, "beginPasskey"))
}

// alter changes a seeded user past all rules.
func (o *Tenant) alter(id string, change func(*directory.User)) {
	o.t.Helper()
	ref := directory.UserRef{Organisation: o.ID, ID: directory.UserID(id)}
	found, err := o.Store.Read(o.t.Context(), directory.Want{Users: []directory.UserRef{ref}})
	if err != nil {
		o.t.Fatal(err)
	}
	was := found.Users[ref]
	user := was
	change(&user)
	o.commit(directory.PutUser{User: user, Was: was})
}

// unenrol takes a seeded person's second factor, past all rules.
func (w *World) unenrol(p *Person) {
	w.t.Helper()
	found, err := w.Store.Read(w.t.Context(), directory.Want{Identities: []directory.IdentityID{p.Identity}})
	if err != nil {
		w.t.Fatal(err)
	}
	identity := found.Identities[p.Identity]
	identity.TOTP = nil
	w.commit(directory.PutIdentity{Identity: identity})
	p.Secret = ""
}

// control changes what the organisation asks of changes, past all rules.
func (o *Tenant) control(control directory.ChangeControl) {
	o.t.Helper()
	organisation := o.Organisation()
	organisation.Settings.ChangeControl = control
	o.commit(directory.PutOrganisation{Organisation: organisation})
}

// holds gives a user a certificate, past all rules.
func (o *Tenant) holds(id directory.UserID) certificatetest.Pair {
	o.t.Helper()
	pair := o.certificate(365)
	o.alter(string(id), func(u *directory.User) {
		u.Certificates = []directory.Certificate{{Fingerprint: pair.Fingerprint, NotBefore: o.Now().Add(-hour), NotAfter: o.Now().AddDate(1, 0, 0), AddedAt: o.Now()}}
	})
	return pair
}

// row is a line of the table: an operation, and what of it is asked where that makes a difference.
type row struct {
	api.Endpoint
	of    string
	parts func(*actor) []Part
}

func (r row) name() string {
	if r.of == "" {
		return r.ID
	}
	return r.ID + " " + r.of
}

// rows are the requests of the table: one of each declared operation, and more where it matters whom it is about.
func (s *scene) rows(t *testing.T) []row {
	t.Helper()
	body := func(with Object) func(*actor) []Part { return func(*actor) []Part { return []Part{Body(with)} } }
	at := func(ids ...string) func(*actor) []Part { return func(*actor) []Part { return []Part{At(ids...)} } }
	with := func(ids []string, value Object) func(*actor) []Part {
		return func(*actor) []Part { return []Part{At(ids...), Body(value)} }
	}
	proof := func(change *api.Change) func(*actor) []Part {
		return func(a *actor) []Part {
			return []Part{At(change.ID), Body(Object{"digest": change.Digest, "method": "totp", "code": a.code()})}
		}
	}
	own := func(a *actor) []Part { return []Part{Body(Object{"code": a.code()})} }
	made := newUser(s.Tenant, nil)
	of := func(kind string) Object {
		one := maps.Clone(made)
		one["kind"] = kind
		if kind == "admin" {
			one["roles"], one["permissions"], one["companies"], one["accounts"] = s.casts[s.Organisation().Preset].admins, nil, nil, nil
		}
		for name, value := range one {
			if list, ok := value.([]string); value == nil || ok && list == nil {
				delete(one, name)
			}
		}
		return one
	}
	copied := Object{"email": s.Email("copy"), "phone": s.Phone()}
	if made["username"] != nil {
		copied["username"] = "copy-" + s.Phone()[1:]
	}
	founded := Object{"preset": "leaseweb", "name": "New", "admins": []Object{{"name": Object{"first": "Ann"}, "email": s.Email("ann")}}}
	ben, robot, pem := string(s.Ben.ID), string(s.program.ID), Object{"pem": s.certificate(365).PEM}
	evaluated := question(directory.UserID(s.tim), viewPermission(s.Tenant), s.Accounts[0])
	thing := maps.Clone(evaluated)
	thing["resource"] = Object{"type": "payment", "id": "1", "properties": Object{"account": s.Accounts[0]}}
	by := func(defaults Object) func(*actor) []Part {
		defaults = maps.Clone(defaults)
		defaults["evaluations"] = []Object{{}, {"resource": thing["resource"]}, {"resource": evaluated["resource"]}}
		return body(defaults)
	}
	phrase := Object{"password": "a quiet walk by the river"}

	// Those that are about something else than the example has.
	particular := map[string]func(*actor) []Part{
		"answerChallenge": func(*actor) []Part {
			return []Part{Body(Object{"challengeId": s.challenge, "method": "totp", "code": totpAt(s.Rosa.Secret, s.Now())})}
		},
		"inspectLink":         body(Object{"token": s.link}),
		"redeemLink":          body(Object{"token": s.link, "password": phrase["password"]}),
		"finishPasskeySignIn": body(Object{"credential": s.passkeySignIn}),
		"endMySession":        func(a *actor) []Part { return []Part{At(a.session)} },
		"switchOrganisation":  body(Object{"organisation": s.stranger.ID}),
		"changeMyPassword":    body(Object{"current": Password, "new": phrase["password"]}),
		"confirmTotp": func(a *actor) []Part {
			return []Part{Body(Object{"code": totpAt(a.begun, s.Now()), "current": a.code()})}
		},
		"removeTotp":       own,
		"newRecoveryCodes": own,
		"confirmPasskey": func(a *actor) []Part {
			return []Part{Body(Object{"name": "Phone", "credential": a.made, "current": a.code()})}
		},
		"removePasskey":       func(a *actor) []Part { return []Part{At(a.passkey), Body(Object{"code": a.code()})} },
		"evaluateAccess":      body(evaluated),
		"explainAccess":       body(evaluated),
		"evaluateAccessBatch": body(Object{"evaluations": []Object{evaluated}}),
		"createUser":          body(made),
		"duplicateUser":       with([]string{s.tim}, copied),
		"updateUser":          with([]string{s.tim}, Object{"contact": true}),
		"getUser":             at(s.tim),
		"deactivateUser":      at(s.tim),
		"reactivateUser":      at(s.ina),
		"removeUser":          at(s.tim),
		"resetSecondFactor":   at(s.tim),
		"nameOwner":           at(ben),
		"resendVerification":  at(s.una),
		"sendPasswordReset":   at(s.tim),
		"setPassword":         with([]string{s.tim}, phrase),
		"endUserSessions":     at(s.tim),
		"endUserSession":      at(s.tim, s.session),
		"listUserSessions":    at(s.tim),
		"listUserTokens":      at(s.una),
		"listUserSignIns":     at(s.tim),
		"listUserOperations":  at(s.una),
		"assignAccount":       with([]string{s.Accounts[1]}, Object{"users": []string{s.tim}}),
		"getKyc":              at(s.client),
		"decideKyc":           with([]string{s.client}, Object{"level": 1, "outcome": "passed"}),
		"listCredentials":     at(robot),
		"createCredential":    at(robot),
		"rotateCredential":    at(robot, s.credential),
		"revokeCredential":    at(robot, s.credential),
		"revealCredential": func(a *actor) []Part {
			return []Part{At(robot, s.credential), Body(Object{"method": "totp", "code": a.code()})}
		},
		"listCertificates":     at(robot),
		"addCertificate":       with([]string{robot}, pem),
		"removeCertificate":    at(robot, s.held.Fingerprint),
		"createRole":           body(Object{"name": "Day shift", "permissions": Object{viewPermission(s.Tenant): "all"}}),
		"updateRole":           with([]string{s.role}, Object{"description": "At night"}),
		"deleteRole":           at(s.role),
		"updateContact":        with([]string{s.contact}, Object{"types": []string{"invoices"}}),
		"deleteContact":        at(s.contact),
		"getChange":            at(s.waiting.ID),
		"challengeChange":      at(s.waiting.ID),
		"approveChange":        proof(s.waiting),
		"rejectChange":         with([]string{s.waiting.ID}, Object{"reason": "no"}),
		"confirmChange":        proof(s.unconfirmed),
		"cancelChange":         at(s.unconfirmed.ID),
		"createServiceRequest": body(Object{"act": "deactivateUser", "target": ben}),
		"getServiceRequest":    at(s.request),
		"decideServiceRequest": with([]string{s.request}, Object{"outcome": "declined", "reason": "no"}),
		"createOrganisation":   body(founded),
	}
	// And those where it matters whom or what it is about: of an admin, of a program, of oneself.
	further := []struct {
		operation, of string
		parts         func(*actor) []Part
	}{
		{"createUser", "admin", body(of("admin"))},
		{"createUser", "api", body(of("api"))},
		{"duplicateUser", "admin", with([]string{ben}, copied)},
		{"updateUser", "admin", with([]string{ben}, Object{"contact": true})},
		{"updateUser", "api", with([]string{robot}, Object{"contact": true})},
		{"updateUser", "toAdminister", with([]string{s.tim}, Object{"permissions": []string{"users:update"}})},
		{"deactivateUser", "admin", at(ben)},
		{"deactivateUser", "api", at(robot)},
		{"deactivateUser", "oneself", func(a *actor) []Part { return []Part{At(a.ID)} }},
		{"removeUser", "admin", at(ben)},
		{"removeUser", "oneself", func(a *actor) []Part { return []Part{At(a.ID)} }},
		{"resetSecondFactor", "admin", at(ben)},
		{"sendPasswordReset", "admin", at(ben)},
		{"setPassword", "admin", with([]string{ben}, phrase)},
		{"endUserSessions", "admin", at(ben)},
		{"updateUser", "oneself", func(a *actor) []Part { return []Part{At(a.ID), Body(Object{"contact": true})} }},
		{"getUser", "oneself", func(a *actor) []Part { return []Part{At(a.ID)} }},
		{"createServiceRequest", "createUser", body(Object{"act": "createUser", "user": made})},
		{"createServiceRequest", "updateUser", body(Object{"act": "updateUser", "target": s.tim, "patch": Object{"contact": true}})},
		{"createServiceRequest", "removeCertificate", body(Object{"act": "removeCertificate", "target": robot, "fingerprint": s.held.Fingerprint})},
		{"approveChange", "oneselfs", proof(s.unconfirmed)},
		{"rejectChange", "oneselfs", with([]string{s.unconfirmed.ID}, Object{"reason": "no"})},
		{"getOrganisation", "another", at(string(s.stranger.ID))},
		{"updateOrganisation", "another", with([]string{string(s.stranger.ID)}, Object{"name": "Renamed"})},
		{"evaluateAccess", "thing", body(thing)},
		{"evaluateAccessBatch", "defaults", by(evaluated)},
		{"evaluateAccessBatch", "thing", by(thing)},
		{"explainAccess", "thing", body(thing)},
		{"evaluateAccess", "oneself", func(a *actor) []Part {
			return []Part{Body(question(a.ID, string(evaluated["action"].(Object)["name"].(string)), s.Accounts[0]))}
		}},
	}
	var rows []row
	for _, operation := range api.Operations() {
		general := example(s.Tenant, operation)
		add := func(of string, parts func(*actor) []Part) {
			rows = append(rows, row{operation, of, func(a *actor) []Part {
				if parts == nil {
					return general
				}
				return append(slices.Clip(general), parts(a)...)
			}})
		}
		add("", particular[operation.ID])
		for _, one := range further {
			if one.operation == operation.ID {
				add(one.of, one.parts)
			}
		}
	}
	return rows
}

// sessionIn is the id of the session that a user has.
func (o *Tenant) sessionIn(t *testing.T, user string) string {
	t.Helper()
	return Read[api.List[api.SessionInfo]](t, o.Ada.Do("listUserSessions", At(user)), 200).Items[0].ID
}

// asks has an actor make a request of the table.
func (s *scene) asks(a *actor, r row) Answer {
	s.wrote = nil
	return a.Do(r.ID, append(r.parts(a), a.with...)...)
}

// mentions are texts of the organisation that nobody from elsewhere is shown.
func (s *scene) mentions(t *testing.T) []string {
	t.Helper()
	texts := []string{string(s.ID)}
	for _, user := range every[api.User](t, s.Ada, "listUsers") {
		texts = append(texts, user.Email, user.Phone)
	}
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// told is an answer as the table has it: let in, or the status, code and policy of the refusal.
func (a Answer) told() string {
	if a.Status/100 == 2 {
		return "let in"
	}
	problem := a.Problem()
	told := fmt.Sprintf("%d %s", a.Status, a.Code())
	if problem.Policy != "" {
		told += " " + problem.Policy
	}
	return told
}

// indented is an answer to look at.
func (a Answer) indented() string {
	var value any
	if json.Unmarshal([]byte(a.Text), &value) != nil {
		return a.Text
	}
	text, _ := json.MarshalIndent(value, "", "  ")
	return string(text)
}
