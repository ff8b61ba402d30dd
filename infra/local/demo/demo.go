package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"mandate/shared/demo"
	"mandate/shared/directory"
)

// Demo is what there is, as GET /local/demo answers it.
type Demo struct {
	Operator      User           `json:"operator"`
	Organisations []Organisation `json:"organisations"`
}

// Organisation is a demo organisation.
type Organisation struct {
	Preset   string   `json:"preset"`
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Accounts []string `json:"accounts"`
	Users    []User   `json:"users"`
}

// User is a demo user and how it signs in.
type User struct {
	ID           string `json:"id"`
	Kind         string `json:"kind"`
	Name         string `json:"name"`
	Identifier   string `json:"identifier,omitempty"`
	Password     string `json:"password,omitempty"`
	TOTPSecret   string `json:"totpSecret,omitempty"`
	ClientID     string `json:"clientId,omitempty"`
	ClientSecret string `json:"clientSecret,omitempty"`
}

// Maker writes the demo.
type Maker struct {
	Store     directory.Store
	Presets   directory.Presets
	Passwords directory.Passwords
	Sealer    directory.Sealer
	Now       func() time.Time
}

// Make writes what is missing of the demo, and answers what there is.
func (m *Maker) Make(ctx context.Context) (Demo, error) {
	hash, err := m.Passwords.Hash(demo.Password)
	if err != nil {
		return Demo{}, err
	}
	platform, err := m.platform()
	if err != nil {
		return Demo{}, err
	}
	var made Demo
	operator := member{first: "Olga", last: "Operator", kind: directory.KindOperator, secondFactor: true, roles: []string{"administration"}}
	people, effects, err := m.person(ctx, platform, "operator@example.com", operator, nil, 1, hash)
	if err != nil {
		return Demo{}, err
	}
	made.Operator = people
	if err := m.write(ctx, platform.ID, append(effects, directory.PutOrganisation{Organisation: platform})); err != nil {
		return Demo{}, err
	}
	for i, stage := range stages {
		organisation, effects, err := m.organisation(ctx, stage, stage.preset, 10*(i+1), hash)
		if err == nil {
			err = m.write(ctx, directory.OrganisationID(organisation.ID), effects)
		}
		if err != nil {
			return Demo{}, fmt.Errorf("demo organisation %s: %w", stage.preset, err)
		}
		made.Organisations = append(made.Organisations, organisation)
	}
	return made, nil
}

func (m *Maker) platform() (directory.Organisation, error) {
	preset, ok := m.Presets.Preset(directory.PlatformPreset)
	if !ok {
		return directory.Organisation{}, fmt.Errorf("no preset for the operators' organisation")
	}
	return directory.Organisation{
		ID: directory.Platform, Name: "Platform", Preset: directory.PlatformPreset, Settings: preset.Settings, CreatedAt: m.Now(),
	}, nil
}

// Another is an organisation like the demo's of a preset, with a name of its own, and all that Make would write of it, for who
// wants very many. Its people go by the demo's secrets, whose hash is that of the password; the number tells their phones
// apart, and so is ten from the next.
func (m *Maker) Another(ctx context.Context, preset, name string, number int, hash string) (Organisation, []directory.Effect, error) {
	for _, stage := range stages {
		if stage.preset == preset {
			return m.organisation(ctx, stage, name, number, hash)
		}
	}
	return Organisation{}, nil, fmt.Errorf("no demo organisation %s", preset)
}

func (m *Maker) organisation(ctx context.Context, stage stage, name string, number int, hash string) (Organisation, []directory.Effect, error) {
	preset, ok := m.Presets.Preset(stage.preset)
	if !ok {
		return Organisation{}, nil, fmt.Errorf("no such preset")
	}
	organisation := directory.Organisation{
		ID: directory.OrganisationID(directory.PrefixOrganisation + fixed(name)), Name: name, Preset: stage.preset,
		Settings: preset.Settings, CreatedAt: m.Now(),
	}
	made := Organisation{Preset: stage.preset, ID: string(organisation.ID), Name: name}
	accounts, effects := m.accounts(organisation)
	for _, account := range accounts {
		made.Accounts = append(made.Accounts, string(account.ID))
	}
	for i, member := range stage.members {
		email := strings.ToLower(member.first) + "@" + name + ".example.com"
		user, written, err := m.person(ctx, organisation, email, member, accounts, number+i, hash)
		if err != nil {
			return Organisation{}, nil, err
		}
		if member.kind == directory.KindAdmin {
			organisation.ActiveAdmins++
		}
		if member.owner {
			organisation.Owner = directory.UserID(user.ID)
		}
		made.Users, effects = append(made.Users, user), append(effects, written...)
	}
	return made, append(effects, directory.PutOrganisation{Organisation: organisation}), nil
}

// write makes an organisation unless it is there.
func (m *Maker) write(ctx context.Context, organisation directory.OrganisationID, effects []directory.Effect) error {
	found, err := m.Store.Read(ctx, directory.Want{Organisations: []directory.OrganisationID{organisation}})
	if err != nil {
		return err
	}
	if _, there := found.Organisations[organisation]; there {
		return nil
	}
	return m.Store.Commit(ctx, effects...)
}

// accounts are three in two companies.
func (m *Maker) accounts(organisation directory.Organisation) ([]directory.Account, []directory.Effect) {
	var accounts []directory.Account
	var effects []directory.Effect
	for i, company := range []struct {
		name     string
		accounts []string
	}{{"North Trading", []string{"Operating", "Payroll"}}, {"South Trading", []string{"Reserve"}}} {
		made := directory.Company{
			ID: directory.CompanyID(directory.PrefixCompany + fixed(organisation.Name, "company", fmt.Sprint(i))), Organisation: organisation.ID,
			Name: company.name, CreatedAt: m.Now(),
		}
		effects = append(effects, directory.PutCompany{Company: made})
		for _, name := range company.accounts {
			account := directory.Account{
				ID:           directory.AccountID(directory.PrefixAccount + fixed(organisation.Name, "account", name)),
				Organisation: organisation.ID, Company: made.ID, Name: name, CreatedAt: m.Now(),
			}
			accounts, effects = append(accounts, account), append(effects, directory.PutAccount{Account: account})
		}
	}
	return accounts, effects
}

// person makes a user, its identity, and what lets it in.
func (m *Maker) person(ctx context.Context, organisation directory.Organisation, email string, member member, accounts []directory.Account, number int, hash string) (User, []directory.Effect, error) {
	language := member.language
	if language == "" {
		language = "en"
	}
	user := directory.User{
		ID: directory.UserID(directory.PrefixUser + fixedAt(registered, email)), Organisation: organisation.ID,
		Identity: directory.IdentityID(directory.PrefixIdentity + fixed("identity", email)),
		Kind:     member.kind, Owner: member.owner, Status: directory.StatusActive, SecondFactor: member.secondFactor,
		CreatedAt: registered, UpdatedAt: registered, Version: 1,
		Profile: directory.Profile{
			Name: directory.Name{First: member.first, Last: member.last}, Email: email, Language: language,
			Phone: fmt.Sprintf("+44%010d", 2079460000+number), PaymentRule: member.paymentRule,
			Access: directory.Access{Roles: member.roles, Permissions: member.permissions}, APIAccess: member.kind == directory.KindAPI,
		},
	}
	for _, i := range member.accounts {
		user.Accounts = append(user.Accounts, accounts[i].ID)
		user.Companies = append(user.Companies, accounts[i].Company)
	}
	slices.Sort(user.Accounts)
	slices.Sort(user.Companies)
	user.Companies = slices.Compact(user.Companies)

	told := User{ID: string(user.ID), Kind: string(user.Kind), Name: user.Name.Full()}
	reserve := func(kind directory.ReservationKind, name string) directory.Effect {
		return directory.Reserve{Reservation: directory.Reservation{
			Kind: kind, Name: name, Organisation: organisation.ID, User: user.ID, Identity: user.Identity,
		}}
	}
	effects := []directory.Effect{reserve(directory.ReserveEmail, email), reserve(directory.ReservePhone, user.Phone)}
	if member.kind == directory.KindAPI {
		credential := directory.Credential{
			ID: directory.CredentialPrefix + fixed("credential", email), SecretHash: directory.HashSecret(demo.ClientSecret),
			Serial: 1, CreatedAt: m.Now(),
		}
		if organisation.Settings.SecretsShown == directory.SecretsAlways {
			var err error
			if credential.Sealed, err = m.Sealer.Seal(ctx, demo.ClientSecret, credential.Place()); err != nil {
				return User{}, nil, err
			}
		}
		user.Credentials = []directory.Credential{credential}
		told.ClientID, told.ClientSecret = user.ClientID(credential.ID), demo.ClientSecret
		return told, append(effects, directory.PutUser{User: user}), nil
	}

	told.Identifier, told.Password = email, demo.Password
	if organisation.Settings.SignInName == directory.SignInUsername {
		user.Username = strings.ToLower(member.first) + "." + organisation.Name
		told.Identifier = user.Username
	}
	user.Password = directory.PasswordUsable
	identity := directory.Identity{
		ID: user.Identity, Login: told.Identifier, PasswordHash: hash, PasswordAt: m.Now(), CreatedAt: m.Now(),
	}
	if member.secondFactor {
		sealed, err := m.Sealer.Seal(ctx, demo.TOTPSecret, directory.TOTPPlace(identity.ID))
		if err != nil {
			return User{}, nil, err
		}
		identity.TOTP = &directory.TOTP{Secret: sealed}
		told.TOTPSecret = demo.TOTPSecret
	}
	effects = append(effects, reserve(directory.ReserveLogin, told.Identifier), directory.PutUser{User: user}, directory.PutIdentity{Identity: identity})
	if told.Identifier != email {
		effects = append(effects, directory.PointTo{Address: email, Login: directory.Login{
			Name: told.Identifier, Identity: identity.ID, Members: []directory.Membership{{Organisation: organisation.ID, User: user.ID}},
		}})
	}
	return told, effects, nil
}

// registered is when the demo's users were, so that they come first in lists: ids of users begin with that time.
var registered = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// fixed makes a ULID of words: the same for the same words. Its time is zero, so that demo records come first in lists.
func fixed(words ...string) string { return fixedAt(time.UnixMilli(0), words...) }

func fixedAt(at time.Time, words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "/")))
	return ulid.MustNew(ulid.Timestamp(at), bytes.NewReader(sum[:])).String()
}

// Table is the demo as people read it.
func (d Demo) Table() string {
	var text strings.Builder
	line := func(organisation string, u User) {
		if u.ClientID != "" {
			fmt.Fprintf(&text, "  %-11s %-9s %-26s client secret %s\n", organisation, u.Kind, u.Name, u.ClientSecret)
			fmt.Fprintf(&text, "  %-11s %-9s client id %s\n", "", "", u.ClientID)
			return
		}
		secret := u.TOTPSecret
		if secret == "" {
			secret = "-"
		}
		fmt.Fprintf(&text, "  %-11s %-9s %-26s %-25s %s\n", organisation, u.Kind, u.Identifier, u.Password, secret)
	}
	fmt.Fprintf(&text, "  %-11s %-9s %-26s %-25s %s\n", "organisation", "kind", "identifier", "password", "TOTP secret")
	line("(platform)", d.Operator)
	for _, organisation := range d.Organisations {
		for _, user := range organisation.Users {
			line(organisation.Name, user)
		}
	}
	return text.String()
}
