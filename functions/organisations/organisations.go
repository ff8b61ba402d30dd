// Package organisations answers the operations on organisations, companies and accounts. What they mean is package
// directory's.
package organisations

import (
	"context"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/httpapi"
)

type handlers struct{ organisations *directory.Organisations }

// Register adds the operations to a server.
func Register(server *httpapi.Server, organisations *directory.Organisations) {
	h := handlers{organisations}
	httpapi.Handle(server, api.ListOrganisations, h.list)
	httpapi.Handle(server, api.CreateOrganisation, h.create)
	httpapi.Handle(server, api.GetOrganisation, h.get)
	httpapi.Handle(server, api.UpdateOrganisation, h.update)
	httpapi.Handle(server, api.ListCompanies, h.companies)
	httpapi.Handle(server, api.CreateCompany, h.createCompany)
	httpapi.Handle(server, api.ListAccounts, h.accounts)
	httpapi.Handle(server, api.OpenAccount, h.openAccount)
	httpapi.Handle(server, api.ListRoles, h.roles)
	httpapi.Handle(server, api.CreateRole, h.createRole)
	httpapi.Handle(server, api.UpdateRole, h.updateRole)
	httpapi.Handle(server, api.DeleteRole, h.deleteRole)
	httpapi.Handle(server, api.ListPermissions, h.permissions)
	httpapi.Handle(server, api.ListKYCCases, h.kycCases)
	httpapi.Handle(server, api.ListPresets, h.presets)
}

func (h handlers) list(ctx context.Context, r directory.Request, in *api.ListOrganisationsInput) (*api.Listed[api.Organisation], error) {
	organisations, next, err := h.organisations.List(ctx, r, in.Q, present.Page(in.Page))
	if err != nil {
		return nil, err
	}
	return present.All(organisations, next, present.Organisation), nil
}

func (h handlers) kycCases(ctx context.Context, r directory.Request, in *api.Page) (*api.Listed[api.KYCWaiting], error) {
	cases, next, err := h.organisations.KYCCases(ctx, r, present.Page(*in))
	if err != nil {
		return nil, err
	}
	return present.All(cases, next, present.KYCWaiting), nil
}

func (h handlers) presets(ctx context.Context, r directory.Request, _ *api.None) (*api.Listed[api.Preset], error) {
	presets, err := h.organisations.PresetsInSight(ctx, r)
	if err != nil {
		return nil, err
	}
	return present.All(presets, "", preset), nil
}

func preset(p directory.Preset) api.Preset {
	return api.Preset{
		Name: p.Name, Title: p.Title, Settings: present.Settings(p.Settings),
		Roles: present.All(p.Roles, "", role).Body.Items,
	}
}

func (h handlers) create(ctx context.Context, r directory.Request, in *api.CreateOrganisationInput) (*api.OrganisationAnswer, error) {
	new := directory.NewOrganisation{Name: in.Body.Name, Preset: in.Body.Preset}
	if in.Body.Settings != nil {
		preset, ok := h.organisations.Presets.Preset(in.Body.Preset)
		if !ok {
			return nil, fault.InvalidField("preset", "enum", "There is no such preset.")
		}
		settings := preset.Settings
		patch(&settings, in.Body.Settings)
		new.Settings = &settings
	}
	for _, admin := range in.Body.Admins {
		new.Admins = append(new.Admins, directory.NewUser{Kind: directory.KindAdmin, Profile: directory.Profile{
			Name: directory.Name(admin.Name), Email: admin.Email, Username: admin.Username, Phone: admin.Phone,
			Language: admin.Language, Access: directory.Access{Roles: admin.Roles},
		}})
	}
	return answer(h.organisations.Create(ctx, r, new))
}

func (h handlers) get(ctx context.Context, r directory.Request, in *api.OrganisationPath) (*api.OrganisationAnswer, error) {
	return answer(h.organisations.Get(ctx, r, directory.OrganisationID(in.OrganisationID)))
}

func (h handlers) update(ctx context.Context, r directory.Request, in *api.UpdateOrganisationInput) (*api.OrganisationAnswer, error) {
	return answer(h.organisations.Update(ctx, r, directory.OrganisationID(in.OrganisationID), func(o *directory.Organisation) {
		if in.Body.Name != nil {
			o.Name = *in.Body.Name
		}
		patch(&o.Settings, in.Body.Settings)
	}))
}

func answer(organisation directory.Organisation, err error) (*api.OrganisationAnswer, error) {
	if err != nil {
		return nil, err
	}
	return &api.OrganisationAnswer{ETag: organisation.ETag(), Body: present.Organisation(organisation)}, nil
}

func patch(s *directory.Settings, in *api.SettingsPatch) {
	if in == nil {
		return
	}
	present.SetText(&s.ChangeControl, in.ChangeControl)
	present.SetText(&s.GrantLimit, in.GrantLimit)
	present.SetText(&s.RoleCount, in.RoleCount)
	present.SetText(&s.SecondFactor, in.SecondFactor)
	present.SetText(&s.Phone, in.Phone)
	present.Set(&s.PropagationSeconds, in.PropagationSeconds)
	present.Set(&s.SharedIdentities, in.SharedIdentities)
	present.Set(&s.AdminsManageAdmins, in.AdminsManageAdmins)
	present.Set(&s.AdminsManageAPI, in.AdminsManageAPI)
	present.Set(&s.AdminsCertificates, in.AdminsCertificates)
	present.Set(&s.APINamesAccount, in.APINamesAccount)
	present.Set(&s.SetPasswords, in.SetPasswords)
	if in.Onboarding != nil {
		s.Onboarding = nil
		for _, stage := range *in.Onboarding {
			s.Onboarding = append(s.Onboarding, directory.Status(stage))
		}
	}
	present.Set(&s.Removal, in.Removal)
	present.Set(&s.Contacts, in.Contacts)
	present.Set(&s.SecretsShown, in.SecretsShown)
	present.Set(&s.APIAccess, in.APIAccess)
	present.Set(&s.Languages, in.Languages)
	present.Set(&s.ApprovalHours, in.ApprovalHours)
	present.SetText(&s.AccountsAre, in.AccountsAre)
}

func (h handlers) companies(ctx context.Context, r directory.Request, in *api.Page) (*api.Listed[api.Company], error) {
	companies, next, err := h.organisations.Companies(ctx, r, present.Page(*in))
	if err != nil {
		return nil, err
	}
	return present.All(companies, next, company), nil
}

func (h handlers) createCompany(ctx context.Context, r directory.Request, in *api.CreateCompanyInput) (*api.CompanyAnswer, error) {
	made, err := h.organisations.CreateCompany(ctx, r, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &api.CompanyAnswer{Body: company(made)}, nil
}

func company(c directory.Company) api.Company {
	return api.Company{ID: string(c.ID), Name: c.Name, CreatedAt: c.CreatedAt.UTC()}
}

func (h handlers) accounts(ctx context.Context, r directory.Request, in *api.Page) (*api.Listed[api.BankAccount], error) {
	accounts, next, err := h.organisations.Accounts(ctx, r, present.Page(*in))
	if err != nil {
		return nil, err
	}
	return present.All(accounts, next, present.Account), nil
}

func (h handlers) openAccount(ctx context.Context, r directory.Request, in *api.OpenAccountInput) (*api.BankAccountAnswer, error) {
	opened, err := h.organisations.OpenAccount(ctx, r, directory.CompanyID(in.Body.Company), in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &api.BankAccountAnswer{Body: present.Account(opened)}, nil
}
