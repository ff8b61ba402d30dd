package directory

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"mandate/shared/fault"
)

// Actions on organisations, as policies name them.
const (
	ActionCreateOrganisation Action = "createOrganisation"
	ActionUpdateOrganisation Action = "updateOrganisation"
	ActionViewOrganisation   Action = "viewOrganisation"
	ActionListOrganisations  Action = "listOrganisations"
	ActionCreateCompany      Action = "createCompany"
	ActionOpenAccount        Action = "openAccount"
	ActionListAccounts       Action = "listAccounts"
	ActionListRoles          Action = "listRoles"
)

// Organisations is what operators do for organisations, and what these see of themselves (9.1).
type Organisations struct {
	Core
	Phones Phones
}

// NewOrganisation is an organisation to be made, with its first admins.
type NewOrganisation struct {
	Name     string
	Preset   string
	Settings *Settings // the preset's where nil
	Admins   []NewUser
}

// Create makes an organisation from a preset (9.1). Its first admins get their verification mails at once: there is
// nobody yet who could approve them.
//
// Faults: forbidden, invalid.
func (o *Organisations) Create(ctx context.Context, r Request, new NewOrganisation) (Organisation, error) {
	return once(ctx, o.Store, r, func(bool) (Organisation, error) {
		v, err := o.enter(ctx, r, nil)
		if err != nil {
			return Organisation{}, err
		}
		if err := o.decide(ctx, v, Question{Action: ActionCreateOrganisation}); err != nil {
			return Organisation{}, err
		}
		if remembered, repeated, err := v.remembered(); repeated || err != nil {
			return o.again(ctx, remembered, err)
		}
		for i := range new.Admins {
			new.Admins[i].Kind = KindAdmin
		}
		organisation, effects, err := o.plan(ctx, v, new)
		if err != nil {
			return Organisation{}, err
		}
		if err := o.carryOut(ctx, v, nil, append(effects, v.remember(string(organisation.ID), "")...)...); err != nil {
			return Organisation{}, err
		}
		organisation.Version++
		return organisation, nil
	})
}

func (o *Organisations) again(ctx context.Context, remembered Remembered, err error) (Organisation, error) {
	if err != nil {
		return Organisation{}, err
	}
	id := OrganisationID(remembered.Resource)
	found, err := o.Store.Read(ctx, Want{Organisations: []OrganisationID{id}})
	return found.Organisations[id], err
}

func (o *Organisations) plan(ctx context.Context, v visit, new NewOrganisation) (Organisation, []Effect, error) {
	var fields fault.Fields
	checkName(&fields, "name", &new.Name, true)
	preset, ok := o.Presets.Preset(new.Preset)
	if !ok || !slices.Contains(o.Presets.Names(), new.Preset) { // the operators' own preset is no customer's
		fields.Add("preset", "enum", "The preset is one of %s.", strings.Join(o.Presets.Names(), ", "))
		return Organisation{}, nil, fields.Err()
	}
	organisation := Organisation{
		ID: OrganisationID(o.NewID(PrefixOrganisation)), Name: new.Name, Preset: new.Preset, Settings: preset.Settings, CreatedAt: v.now,
	}
	if new.Settings != nil {
		organisation.Settings = *new.Settings
		organisation.Settings.Check(&fields)
		organisation.checkRoles(preset, &fields)
	}
	if least := organisation.Settings.LeastAdmins(); len(new.Admins) < least {
		fields.Add("admins", "minItems", "This organisation needs at least %d admins.", least)
	}
	entry := o.entry(v, ActionCreateOrganisation, Done)
	entry.Organisation, entry.Detail = organisation.ID, organisation.Name
	effects, err := o.founders(ctx, v, &organisation, "admins", new.Admins, &fields)
	if err != nil {
		return Organisation{}, nil, err
	}
	return organisation, append(effects, PutOrganisation{organisation}, Log{entry}, v.expectCaller()), fields.Err()
}

// Check tells every setting that breaks a rule, of an organisation's as of a preset's.
func (s Settings) Check(fields *fault.Fields) {
	one := func(name string, ok bool, detail string) {
		if !ok {
			fields.Add("settings."+name, "enum", detail)
		}
	}
	one("changeControl", s.ChangeControl == ControlNone || s.ChangeControl == ControlStepUp || s.ChangeControl == ControlSecondAdmin, "It is none, step_up or second_admin.")
	one("grantLimit", s.GrantLimit == GrantAny || s.GrantLimit == GrantOwn, "It is any or own.")
	one("roleCount", s.RoleCount == RolesNone || s.RoleCount == RolesExactlyOne || s.RoleCount == RolesMany, "It is none, exactlyOne or many.")
	one("signInName", s.SignInName == SignInEmail || s.SignInName == SignInUsername, "It is email or username.")
	one("secondFactor", s.SecondFactor == Required || s.SecondFactor == Optional, "It is required or optional.")
	one("phone", s.Phone == Required || s.Phone == Optional, "It is required or optional.")
	one("secretsShown", s.SecretsShown == SecretsOnce || s.SecretsShown == SecretsAlways, "It is once or always.")
	one("accountsAre", slices.Contains([]AccountsAre{"", AccountsAreAccounts, AccountsAreBankAccounts, AccountsAreMerchantProfiles, AccountsAreWallets}, s.AccountsAre),
		"It is accounts, bankAccounts, merchantProfiles or wallets.")
	if s.PropagationSeconds < 0 || s.PropagationSeconds > 3600 {
		fields.Add("settings.propagationSeconds", "range", "It is from 0 to 3600 seconds.")
	}
	if s.ApprovalHours < 1 || s.ApprovalHours > 24*90 {
		fields.Add("settings.approvalHours", "range", "It is from 1 to 2160 hours.")
	}
	if len(s.Languages) == 0 || slices.ContainsFunc(s.Languages, func(l string) bool { return !slices.Contains(languages, l) }) {
		fields.Add("settings.languages", "enum", "At least one of %s.", strings.Join(languages, ", "))
	}
	passed := slices.DeleteFunc(slices.Clone(stages), func(stage Status) bool { return !slices.Contains(s.Onboarding, stage) })
	one("onboarding", slices.Equal(s.Onboarding, passed), "These stages, in this order: "+join(stages)+".")
	if slices.Contains(s.Onboarding, StatusPhoneNotVerified) && s.Phone != Required {
		fields.Add("settings.phone", "required", "A phone that is verified must be there.")
	}
	// A step-up cannot be asked of those who have nothing to step up with.
	if s.ChangeControl != ControlNone && s.SecondFactor != Required {
		fields.Add("settings.secondFactor", "required", "Change control needs second factors.")
	}
}

// checkRoles tells where the number of roles that users have does not fit the roles that there are.
func (o Organisation) checkRoles(preset Preset, fields *fault.Fields) {
	switch roles := len(preset.Roles) + len(o.Roles); {
	case o.Settings.RoleCount == RolesNone && roles > 0:
		fields.Add("settings.roleCount", "roles", "There are roles: users would keep what they give, and nobody could take it from them.")
	case o.Settings.RoleCount == RolesExactlyOne && roles == 0:
		fields.Add("settings.roleCount", "roles", "There is no role that a user could have.")
	}
}

// Update changes an organisation's name or settings. What they say holds for whatever is asked for or decided from then
// on, and takes nothing from anybody: users keep what they have until they are next changed. Of the changes that are open
//
//   - one that waits for an approval goes on waiting for it, also where none is needed any more;
//   - one that waits for its requester's step-up then waits for an approval too, where that has become the rule (3.2);
//   - one whose requester may not ask for it any more, as under a narrower grant limit, fails when it is decided (3.9);
//   - its time to be decided, and its time to take effect once it is, stay as they were told.
//
// Faults: notFound, forbidden, invalid, tooFewAdmins, preconditionFailed.
func (o *Organisations) Update(ctx context.Context, r Request, id OrganisationID, patch func(*Organisation)) (Organisation, error) {
	return attempt(ctx, func(bool) (Organisation, error) {
		v, organisation, err := o.visit(ctx, r, id)
		if err != nil {
			return Organisation{}, err
		}
		if err := o.decide(ctx, v, Question{Action: ActionUpdateOrganisation}); err != nil {
			return Organisation{}, err
		}
		if !r.matches(organisation.ETag()) {
			return Organisation{}, fault.New(fault.PreconditionFailed, "The organisation is no longer as you saw it.")
		}
		before := organisation
		patch(&organisation)
		var fields fault.Fields
		checkName(&fields, "name", &organisation.Name, true)
		organisation.Settings.Check(&fields)
		if before.Settings.SharedIdentities && !organisation.Settings.SharedIdentities {
			fields.Add("settings.sharedIdentities", "fixed", "Its users may be users of other organisations already.")
		}
		preset, err := o.preset(organisation)
		if err != nil {
			return Organisation{}, err
		}
		organisation.checkRoles(preset, &fields)
		if organisation.Settings.SignInName != before.Settings.SignInName {
			fields.Add("settings.signInName", "fixed", "What users sign in with is decided when the organisation is made.")
		}
		if err := fields.Err(); err != nil {
			return Organisation{}, err
		}
		effects := []Effect{PutOrganisation{organisation}, v.expectCaller()}
		if least := organisation.Settings.LeastAdmins(); least > before.Settings.LeastAdmins() && organisation.ActiveAdmins < least {
			return Organisation{}, fewAdmins(least)
		}
		here := v
		here.organisation = organisation
		entry := o.entry(here, ActionUpdateOrganisation, Done)
		entry.Differences = organisation.differences(before)
		if err := o.carryOut(ctx, v, nil, append(effects, Log{entry})...); err != nil {
			return Organisation{}, err
		}
		organisation.Version++
		return organisation, nil
	})
}

// differences tells the name and each setting that is not as before, by its name in the API.
func (o Organisation) differences(before Organisation) []Difference {
	all := []Difference{{Field: "name", Before: before.Name, After: o.Name}}
	was, is := reflect.ValueOf(before.Settings), reflect.ValueOf(o.Settings)
	for _, field := range reflect.VisibleFields(is.Type()) {
		all = append(all, Difference{
			Field:  field.Tag.Get("json"),
			Before: fmt.Sprint(was.FieldByIndex(field.Index)), After: fmt.Sprint(is.FieldByIndex(field.Index)),
		})
	}
	return slices.DeleteFunc(all, func(d Difference) bool { return d.Before == d.After })
}

// ETag names the organisation's state, for If-Match.
func (o Organisation) ETag() string { return fmt.Sprintf(`"%d"`, o.Version) }

// visit reads an organisation: the caller's, or, for operators, any.
func (o *Organisations) visit(ctx context.Context, r Request, id OrganisationID) (visit, Organisation, error) {
	v, err := o.enter(ctx, r, func(OrganisationID) Want { return Want{Organisations: []OrganisationID{id}} })
	if err != nil {
		return visit{}, Organisation{}, err
	}
	organisation, ok := v.found.Organisations[id]
	if !ok || id != v.organisation.ID && !v.operator() {
		return visit{}, Organisation{}, fault.New(fault.NotFound, "There is no such organisation.")
	}
	v.organisation = organisation
	return v, organisation, nil
}

// Get reads an organisation.
//
// Faults: notFound, forbidden.
func (o *Organisations) Get(ctx context.Context, r Request, id OrganisationID) (Organisation, error) {
	v, organisation, err := o.visit(ctx, r, id)
	if err != nil {
		return Organisation{}, err
	}
	return organisation, o.decide(ctx, v, Question{Action: ActionViewOrganisation})
}

// List reads a page of the organisations whose names begin with a text, or the one whose id it is; of all, where there is
// none. For operators.
//
// Faults: forbidden; invalid on "cursor".
func (o *Organisations) List(ctx context.Context, r Request, text string, page Page) ([]Organisation, string, error) {
	v, err := o.enter(ctx, r, nil)
	if err != nil {
		return nil, "", err
	}
	if err := o.decide(ctx, v, Question{Action: ActionListOrganisations}); err != nil {
		return nil, "", err
	}
	id := OrganisationID(strings.TrimSpace(text))
	if !strings.HasPrefix(string(id), PrefixOrganisation) {
		return o.Store.Organisations(ctx, text, page)
	}
	if page.Cursor != "" { // nothing comes after one organisation
		return nil, "", fault.InvalidField("cursor", "cursor", "This cursor is not of this list.")
	}
	found, err := o.Store.Read(ctx, Want{Organisations: []OrganisationID{id}})
	if organisation, ok := found.Organisations[id]; ok {
		return []Organisation{organisation}, "", err
	}
	return nil, "", err
}

// CreateCompany adds a legal entity to the organisation that the caller acts in.
//
// Faults: forbidden, invalid.
func (o *Organisations) CreateCompany(ctx context.Context, r Request, name string) (Company, error) {
	return once(ctx, o.Store, r, func(bool) (Company, error) {
		v, err := o.enter(ctx, r, nil)
		if err != nil {
			return Company{}, err
		}
		if err := o.decide(ctx, v, Question{Action: ActionCreateCompany}); err != nil {
			return Company{}, err
		}
		remembered, repeated, err := v.remembered()
		if err != nil {
			return Company{}, err
		}
		company := Company{ID: CompanyID(o.NewID(PrefixCompany)), Organisation: v.organisation.ID, Name: name, CreatedAt: v.now}
		var fields fault.Fields
		checkName(&fields, "name", &company.Name, true)
		if err := fields.Err(); err != nil {
			return Company{}, err
		}
		if repeated {
			ref := CompanyRef{v.organisation.ID, CompanyID(remembered.Resource)}
			found, err := o.Store.Read(ctx, Want{Companies: []CompanyRef{ref}})
			return found.Companies[ref], err
		}
		return company, o.carryOut(ctx, v, nil, o.made(v, ActionCreateCompany, string(company.ID), company.Name, PutCompany{company})...)
	})
}

// OpenAccount opens an account of a company (9.1).
//
// Faults: forbidden, invalid.
func (o *Organisations) OpenAccount(ctx context.Context, r Request, company CompanyID, name string) (Account, error) {
	return once(ctx, o.Store, r, func(bool) (Account, error) {
		v, err := o.enter(ctx, r, func(organisation OrganisationID) Want {
			return Want{Companies: []CompanyRef{{organisation, company}}}
		})
		if err != nil {
			return Account{}, err
		}
		if err := o.decide(ctx, v, Question{Action: ActionOpenAccount}); err != nil {
			return Account{}, err
		}
		remembered, repeated, err := v.remembered()
		if err != nil {
			return Account{}, err
		}
		if repeated {
			ref := AccountRef{v.organisation.ID, AccountID(remembered.Resource)}
			found, err := o.Store.Read(ctx, Want{Accounts: []AccountRef{ref}})
			return found.Accounts[ref], err
		}
		account := Account{ID: AccountID(o.NewID(PrefixAccount)), Organisation: v.organisation.ID, Company: company, Name: name, CreatedAt: v.now}
		var fields fault.Fields
		checkName(&fields, "name", &account.Name, true)
		if _, ok := v.found.Companies[CompanyRef{v.organisation.ID, company}]; !ok {
			fields.Add("company", "unknown", "There is no such company.")
		}
		if err := fields.Err(); err != nil {
			return Account{}, err
		}
		reminders, err := o.remindOfAccount(ctx, v, account)
		if err != nil {
			return Account{}, err
		}
		effects := o.made(v, ActionOpenAccount, string(account.ID), account.Name, PutAccount{account})
		return account, o.carryOut(ctx, v, nil, append(effects, reminders...)...)
	})
}

// lackingAtMost is how many users without an account its reminder names.
const lackingAtMost = 20

// remindOfAccount mails the organisation's admins that an account was opened, with who does not have it: it is given to
// regular and API users by hand (1.9).
func (o *Organisations) remindOfAccount(ctx context.Context, v visit, account Account) ([]Effect, error) {
	users, next, err := o.Store.Users(ctx, v.organisation.ID, Page{Limit: 100})
	if err != nil {
		return nil, err
	}
	var lacking []string
	for _, user := range users {
		if !user.HoldsAllAccounts() && user.Status != StatusPending {
			lacking = append(lacking, user.Name.Full())
		}
	}
	if len(lacking) == 0 && next == "" {
		return nil, nil // nobody is to be given it
	}
	mail := Mail{Kind: MailAccountOpened, Account: account.ID, AccountName: account.Name, Lacking: lacking, LackingMore: next != ""}
	if len(lacking) > lackingAtMost {
		mail.Lacking, mail.LackingMore = lacking[:lackingAtMost], true
	}
	return []Effect{o.enqueueMail(v.organisation, mail, v.now)}, nil
}

// made are the effects of something new, with its line in the log.
func (o *Organisations) made(v visit, action Action, id, name string, put Effect) []Effect {
	entry := o.entry(v, action, Done)
	entry.Detail = id + " " + name
	return append([]Effect{put, Log{entry}, v.expectCaller()}, v.remember(id, "")...)
}

// Companies lists the organisation's companies.
func (o *Organisations) Companies(ctx context.Context, r Request, page Page) ([]Company, string, error) {
	v, err := o.enterList(ctx, r, ActionListAccounts)
	if err != nil {
		return nil, "", err
	}
	return o.Store.Companies(ctx, v.organisation.ID, page)
}

// Accounts lists the organisation's accounts.
func (o *Organisations) Accounts(ctx context.Context, r Request, page Page) ([]Account, string, error) {
	v, err := o.enterList(ctx, r, ActionListAccounts)
	if err != nil {
		return nil, "", err
	}
	return o.Store.Accounts(ctx, v.organisation.ID, page)
}

// Catalogue is the roles and permissions that the organisation's users may have: its preset's, and its own roles (2.2).
func (o *Organisations) Catalogue(ctx context.Context, r Request) (Preset, []OwnRole, error) {
	v, err := o.enterList(ctx, r, ActionListRoles)
	if err != nil {
		return Preset{}, nil, err
	}
	preset, err := o.preset(v.organisation)
	return preset, v.organisation.Roles, err
}

// PresetsInSight are the presets that the caller has to do with: operators may make an organisation of any, others see what
// their own organisation began with, beside what was changed for it.
//
// Faults: forbidden.
func (o *Organisations) PresetsInSight(ctx context.Context, r Request) ([]Preset, error) {
	v, err := o.enterList(ctx, r, ActionViewOrganisation)
	if err != nil {
		return nil, err
	}
	names := []string{v.organisation.Preset}
	if v.operator() {
		names = o.Presets.Names()
	}
	presets := make([]Preset, 0, len(names))
	for _, name := range names {
		if preset, ok := o.Presets.Preset(name); ok {
			presets = append(presets, preset)
		}
	}
	return presets, nil
}

func (o *Organisations) enterList(ctx context.Context, r Request, action Action) (visit, error) {
	v, err := o.enter(ctx, r, nil)
	if err != nil {
		return visit{}, err
	}
	return v, o.decide(ctx, v, Question{Action: action})
}
