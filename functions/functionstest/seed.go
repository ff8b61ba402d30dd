package functionstest

import (
	"fmt"
	"sync"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/otp"
	"mandate/shared/password"
	"mandate/shared/policy"
)

// Password is that of every seeded person. It is hashed once: Argon2id is slow on purpose.
const Password = "correct horse battery staple"

var passwordHash = sync.OnceValues(func() (string, error) { return password.Hash(Password) })

// Hasty has passwords hashed in no time, where a test signs in more often than it can wait for.
func Hasty(w *World) { w.passwords = hasty{} }

type hasty struct{}

func (hasty) Hash(text string) (string, error) { return "hasty " + text, nil }
func (hasty) Verify(hash, text string) (ok, rehash bool, err error) {
	return hash == "hasty "+text, false, nil
}
func (hasty) VerifyNothing(string)                                    {}
func (hasty) Problems(_ string, _ bool, _ []string) (broken []string) { return nil }

// hash is that of every seeded person's password.
func (w *World) hash() (string, error) {
	if made, ok := w.passwords.(hasty); ok {
		return made.Hash(Password)
	}
	return passwordHash()
}

// Tenant is an organisation with people in it.
type Tenant struct {
	*World
	ID        directory.OrganisationID
	Name      string
	Ada, Ben  *Person // the admins
	Rosa      *Person // a regular user, with the first account
	Robot     *Person // an API user, with the first account
	Companies []string
	Accounts  []string // two of the first company, one of the second
}

// Setting alters an organisation's settings.
type Setting func(*directory.Settings)

// StepUp is bc-connect's other setup, where a requester authenticates its own changes.
func StepUp(s *directory.Settings) { s.ChangeControl = directory.ControlStepUp }

// Controlled sets the change control.
func Controlled(control directory.ChangeControl) Setting {
	return func(s *directory.Settings) { s.ChangeControl = control }
}

// Propagating sets the delay in seconds.
func Propagating(seconds int) Setting {
	return func(s *directory.Settings) { s.PropagationSeconds = seconds }
}

// cast is what the people of a preset's organisations are given: admins have the roles to administer with and those to give
// to others.
type cast struct {
	admins, regular, new []string // roles
	permissions          []directory.Permission
	view                 directory.Permission // that a regular user has
}

// casts of the presets that come with the service.
func casts() map[string]cast {
	return map[string]cast{
		"bc-connect": {permissions: []directory.Permission{"balances:view", "payments:view"}, view: "balances:view"},
		"adyen": {
			admins:  []string{"approveTransfers", "balancePlatformAdmin", "initiateTransfers", "viewAccounts", "viewTransfers"},
			regular: []string{"viewAccounts", "viewTransfers"}, new: []string{"viewTransfers"}, view: "transfers:view",
		},
		"billpro":  {admins: []string{"admin_user"}, regular: []string{"normal_user"}, new: []string{"normal_user"}, view: "orders:manage"},
		"b2binpay": {regular: []string{"enterpriseStaff"}, new: []string{"enterpriseStaff"}, view: "wallets:view"},
		"leaseweb": {admins: []string{"admin"}, regular: []string{"technical"}, new: []string{"technical"}, view: "services:view"},
	}
}

// Tenant seeds an organisation of a preset, all of whose people are signed in.
func (w *World) Tenant(preset string, settings ...Setting) *Tenant {
	w.t.Helper()
	found, ok := w.Core.Presets.Preset(preset)
	if !ok {
		w.t.Fatalf("no preset %s", preset)
	}
	organisation := directory.Organisation{
		ID: directory.OrganisationID(w.Core.NewID(directory.PrefixOrganisation)), Name: fmt.Sprintf("Organisation %d", w.next()),
		Preset: preset, Settings: found.Settings, ActiveAdmins: 2, CreatedAt: w.Now(),
	}
	for _, set := range settings {
		set(&organisation.Settings)
	}
	tenant := &Tenant{World: w, ID: organisation.ID, Name: organisation.Name}
	effects := []directory.Effect{directory.PutOrganisation{Organisation: organisation}}
	for i := range 2 {
		company := directory.Company{ID: directory.CompanyID(w.Core.NewID(directory.PrefixCompany)), Organisation: organisation.ID,
			Name: fmt.Sprintf("Company %d", i+1), CreatedAt: w.Now()}
		tenant.Companies = append(tenant.Companies, string(company.ID))
		effects = append(effects, directory.PutCompany{Company: company})
		for range 2 - i {
			account := directory.Account{ID: directory.AccountID(w.Core.NewID(directory.PrefixAccount)), Organisation: organisation.ID,
				Company: company.ID, Name: fmt.Sprintf("Account %d", len(tenant.Accounts)+1), CreatedAt: w.Now()}
			tenant.Accounts = append(tenant.Accounts, string(account.ID))
			effects = append(effects, directory.PutAccount{Account: account})
		}
	}

	first := directory.Access{
		Companies: []directory.CompanyID{directory.CompanyID(tenant.Companies[0])},
		Accounts:  []directory.AccountID{directory.AccountID(tenant.Accounts[0])},
	}
	gets := w.casts[preset]
	admins, regular := directory.Access{Roles: gets.admins}, first
	regular.Roles, regular.Permissions = gets.regular, gets.permissions
	person := func(kind directory.Kind, name string, access directory.Access) *Person {
		p, come := w.newPerson(organisation, kind, name, access)
		effects = append(effects, come...)
		return p
	}
	tenant.Ada = person(directory.KindAdmin, "ada", admins)
	tenant.Ben = person(directory.KindAdmin, "ben", admins)
	tenant.Rosa = person(directory.KindRegular, "rosa", regular)
	robot, come := w.newRobot(organisation, first)
	tenant.Robot = robot
	w.commit(append(effects, come...)...)
	return tenant
}

// Operator is one of the platform's staff, of its administration, signed in on the platform itself.
func (w *World) Operator() *Person {
	w.t.Helper()
	w.mu.Lock()
	there := w.operator
	w.mu.Unlock()
	if there != nil {
		return there
	}
	preset, ok := w.Core.Presets.Preset(policy.Platform)
	if !ok {
		w.t.Fatal("no preset of the platform")
	}
	organisation := directory.Organisation{
		ID: directory.Platform, Name: "The platform", Preset: policy.Platform, Settings: preset.Settings, CreatedAt: w.Now(),
	}
	if (&Tenant{World: w, ID: organisation.ID}).Organisation().ID == "" {
		w.commit(directory.PutOrganisation{Organisation: organisation})
	}
	operator := w.person(organisation, directory.KindOperator, "olga", directory.Access{Roles: []string{"administration"}})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.operator = operator
	return operator
}

// In is the operator with a session in an organisation.
func (w *World) In(tenant *Tenant) *Person {
	w.t.Helper()
	there := *w.Operator()
	w.commit(w.session(&there, tenant.ID))
	return &there
}

// Staff is one of the platform's staff, of a department, with a session in the organisation.
func (o *Tenant) Staff(department string) *Person {
	o.t.Helper()
	platform := *o
	platform.ID = o.Operator().Organisation
	person := o.person(platform.Organisation(), directory.KindOperator, department, directory.Access{Roles: []string{department}})
	o.commit(o.session(person, o.ID))
	return person
}

// Admin seeds a further admin.
func (o *Tenant) Admin(name string) *Person {
	o.t.Helper()
	organisation := o.Organisation()
	person := o.person(organisation, directory.KindAdmin, name, directory.Access{Roles: o.casts[organisation.Preset].admins})
	o.commit(directory.MoveAdmins{Organisation: o.ID, By: 1})
	return person
}

// Regular seeds a further regular user with permissions or roles, on the first account.
func (o *Tenant) Regular(name string, roles []string, permissions ...directory.Permission) *Person {
	o.t.Helper()
	return o.person(o.Organisation(), directory.KindRegular, name, directory.Access{
		Companies: []directory.CompanyID{directory.CompanyID(o.Companies[0])},
		Accounts:  []directory.AccountID{directory.AccountID(o.Accounts[0])},
		Roles:     roles, Permissions: permissions,
	})
}

// Wake signs everybody in again, after a time in which sessions end.
func (o *Tenant) Wake() {
	o.t.Helper()
	var begin []directory.Effect
	for _, person := range []*Person{o.Ada, o.Ben, o.Rosa} {
		begin = append(begin, o.session(person, person.Organisation))
	}
	o.commit(begin...)
}

// Wake begins a new session.
func (p *Person) Wake() {
	p.World.t.Helper()
	p.World.commit(p.World.session(p, p.Organisation))
}

// OwnRole seeds a role of the organisation's own that gives permissions on everything, and answers its id.
func (o *Tenant) OwnRole(name string, permissions ...directory.Permission) string {
	o.t.Helper()
	role := directory.OwnRole{Role: directory.Role{
		ID: o.Core.NewID(directory.PrefixRole), Name: name, Permissions: map[directory.Permission]directory.Scope{},
	}, Version: 1}
	for _, permission := range permissions {
		role.Permissions[permission] = directory.ScopeAll
	}
	organisation := o.Organisation()
	organisation.Roles = append(organisation.Roles, role)
	o.commit(directory.PutOrganisation{Organisation: organisation})
	return role.ID
}

// File has Ada file a service request.
func (o *Tenant) File(t testing.TB, body Object) api.ServiceRequest {
	t.Helper()
	return Read[RequestAnswer](t, o.Ada.Do("createServiceRequest", Body(body)), 201).Request
}

// Organisation is the tenant's record as it is now.
func (o *Tenant) Organisation() directory.Organisation {
	o.t.Helper()
	found, err := o.aside.Read(o.t.Context(), directory.Want{Organisations: []directory.OrganisationID{o.ID}})
	if err != nil {
		o.t.Fatal(err)
	}
	return found.Organisations[o.ID]
}

func (w *World) commit(effects ...directory.Effect) {
	w.t.Helper()
	if err := w.aside.Commit(w.t.Context(), effects...); err != nil {
		w.t.Fatal(err)
	}
}

// person seeds a user with password, second factor and session.
func (w *World) person(organisation directory.Organisation, kind directory.Kind, name string, access directory.Access) *Person {
	w.t.Helper()
	p, come := w.newPerson(organisation, kind, name, access)
	w.commit(come...)
	return p
}

func (w *World) newPerson(organisation directory.Organisation, kind directory.Kind, name string, access directory.Access) (*Person, []directory.Effect) {
	w.t.Helper()
	hash, err := w.hash()
	if err != nil {
		w.t.Fatal(err)
	}
	p := &Person{
		World: w, Organisation: organisation.ID, ID: directory.UserID(w.Core.NewID(directory.PrefixUser)),
		Identity: directory.IdentityID(w.Core.NewID(directory.PrefixIdentity)),
		Email:    w.Email(name), Password: Password, Secret: otp.NewSecret(), app: &app{},
	}
	p.Identifier = p.Email
	user := directory.User{
		ID: p.ID, Organisation: organisation.ID, Identity: p.Identity, Kind: kind,
		Profile: directory.Profile{
			Name: directory.Name{First: name, Last: "Example"}, Email: p.Email, Phone: w.Phone(), Language: "en",
			Access: access, IPAllowList: []string{},
		},
		Status: directory.StatusActive, SecondFactor: true, Password: directory.PasswordUsable, CreatedAt: w.Now(), UpdatedAt: w.Now(), Version: 1,
	}
	effects := w.names(organisation, &user, p, name)
	sealed, err := w.Core.Sealer.Seal(w.t.Context(), p.Secret, "identity/"+string(p.Identity)+"/totp")
	if err != nil {
		w.t.Fatal(err)
	}
	return p, append(effects, directory.PutUser{User: user}, directory.PutIdentity{Identity: directory.Identity{
		ID: p.Identity, Login: p.Identifier, PasswordHash: hash, PasswordAt: w.Now(), CreatedAt: w.Now(),
		TOTP: &directory.TOTP{Secret: sealed},
	}}, w.session(p, organisation.ID))
}

// names reserves what the user goes by, and sets its username where the organisation has them.
func (w *World) names(organisation directory.Organisation, user *directory.User, p *Person, name string) []directory.Effect {
	reserve := func(kind directory.ReservationKind, name string) directory.Effect {
		return directory.Reserve{Reservation: directory.Reservation{
			Kind: kind, Name: name, Organisation: organisation.ID, User: user.ID, Identity: user.Identity,
		}}
	}
	effects := []directory.Effect{reserve(directory.ReserveEmail, user.Email), reserve(directory.ReservePhone, user.Phone)}
	if organisation.Settings.SignInName == directory.SignInUsername {
		user.Username = fmt.Sprintf("%s-%d", name, w.next())
		p.Identifier = user.Username
		effects = append(effects, directory.PointTo{Address: user.Email, Login: directory.Login{
			Name: user.Username, Identity: user.Identity, Members: []directory.Membership{{Organisation: organisation.ID, User: user.ID}},
		}})
	}
	return append(effects, reserve(directory.ReserveLogin, p.Identifier))
}

// session is a new one of a seeded person, acting in an organisation.
func (w *World) session(p *Person, acting directory.OrganisationID, with ...func(*directory.Session)) directory.Effect {
	ticket := directory.NewTicket(p.Organisation, p.ID, p.Identity, acting)
	p.Token = ticket.Text(directory.TicketSession)
	session := directory.Session{
		ID: w.Core.NewID(directory.PrefixSession), Hash: ticket.Hash(), Organisation: p.Organisation, User: p.ID, Identity: p.Identity,
		Acting: acting, Stage: directory.SessionFull, SecondFactor: p.Secret != "", CreatedAt: w.Now(), LastSeenAt: w.Now(),
		ExpiresAt: w.Now().Add(directory.SessionAbsolute),
	}
	for _, alter := range with {
		alter(&session)
	}
	return directory.BeginSession{Session: session}
}

// robot seeds an API user with a credential.
func (w *World) robot(organisation directory.Organisation, access directory.Access) *Person {
	w.t.Helper()
	p, come := w.newRobot(organisation, access)
	w.commit(come...)
	return p
}

func (w *World) newRobot(organisation directory.Organisation, access directory.Access) (*Person, []directory.Effect) {
	p := &Person{
		World: w, Organisation: organisation.ID, ID: directory.UserID(w.Core.NewID(directory.PrefixUser)),
		Email: w.Email("robot"), ClientSecret: fmt.Sprintf("secret-%d", w.next()),
	}
	credential := directory.Credential{
		ID: w.Core.NewID(directory.CredentialPrefix), SecretHash: directory.HashSecret(p.ClientSecret), Serial: 1, CreatedAt: w.Now(),
	}
	p.ClientID = directory.ClientID(directory.UserRef{Organisation: organisation.ID, ID: p.ID}, credential.ID)
	return p, []directory.Effect{directory.PutUser{User: directory.User{
		ID: p.ID, Organisation: organisation.ID, Identity: directory.IdentityID(w.Core.NewID(directory.PrefixIdentity)), Kind: directory.KindAPI,
		Profile: directory.Profile{
			Name: directory.Name{First: "robot"}, Email: p.Email, Language: "en", Access: access, APIAccess: true, IPAllowList: []string{},
		},
		Status: directory.StatusActive, CreatedAt: w.Now(), UpdatedAt: w.Now(), Version: 1,
		Credentials: []directory.Credential{credential},
	}}, directory.Reserve{Reservation: directory.Reservation{
		Kind: directory.ReserveEmail, Name: p.Email, Organisation: organisation.ID, User: p.ID,
	}}}
}
