// Package present turns the directory's types into those on the wire. It decides nothing: what must not be seen was
// not read.
package present

import (
	"cmp"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// Strings are a list of names as plain strings; never nil, so that JSON has a list.
func Strings[T ~string](list []T) []string {
	plain := make([]string, len(list))
	for i, one := range list {
		plain[i] = string(one)
	}
	return plain
}

// All presents each item of a page.
func All[D, W any](items []D, next string, one func(D) W) *api.Listed[W] {
	list := &api.Listed[W]{Body: api.List[W]{Items: make([]W, len(items)), Next: next}}
	for i, item := range items {
		list.Body.Items[i] = one(item)
	}
	return list
}

// Page is the part of a list that a request asks for.
func Page(p api.Page) directory.Page { return directory.Page(p) }

// User as clients see it.
func User(u directory.User) api.User {
	open := u.OpenDeactivation
	if open == "" {
		open = u.OpenChange
	}
	return api.User{
		ID: string(u.ID), Organisation: string(u.Organisation), Kind: string(u.Kind), Owner: u.Owner,
		Name: api.Name{First: u.Name.First, Last: u.Name.Last}, Email: u.Email, Username: u.Username, Phone: u.Phone,
		Language: u.Language, Companies: Strings(u.Companies), Accounts: Strings(u.Accounts), AllAccounts: u.HoldsAllAccounts(),
		Roles: Strings(u.Roles), Permissions: Strings(u.Permissions), PaymentRule: string(u.PaymentRule), Type: u.Type,
		Contact: u.Contact, APIAccess: u.APIAccess, PaymentLinks: u.PaymentLinks, IPAllowList: Strings(u.IPAllowList),
		Status: string(u.Status), SecondFactor: u.SecondFactor, SecondFactorRequired: u.SecondFactorRequired,
		Staff: u.Staff(), CompanyUser: u.CompanyUser(), Password: cmp.Or(string(u.Password), "none"), OpenChange: string(open), EffectiveAt: api.Moment(u.EffectiveAt),
		LastSignInAt: api.Moment(u.LastSignInAt),
		CreatedAt:    u.CreatedAt.UTC(), UpdatedAt: u.UpdatedAt.UTC(), Version: u.Version,
		EmailProblem: emailProblem(u.EmailProblem()),
	}
}

func emailProblem(p *directory.EmailProblem) *api.EmailProblem {
	if p == nil {
		return nil
	}
	return &api.EmailProblem{Kind: string(p.Kind), At: p.At.UTC(), Address: p.Address}
}

// SentToken as clients see it: without its hash.
func SentToken(l directory.Link, now time.Time) api.SentToken {
	sent := api.SentToken{
		ID: string(l.ID), Kind: string(l.Kind), Channel: string(l.Kind.Channel()), To: l.To, Status: l.TokenStatus(now),
		SentAt: l.CreatedAt.UTC(), ExpiresAt: l.ExpiresAt.UTC(), EndedAt: api.Moment(l.EndedAt),
	}
	if d := l.Delivery; d != nil {
		sent.Delivery = &api.Delivery{Status: string(d.Status), Permanent: d.Permanent, At: d.At.UTC(), Detail: d.Detail}
	}
	return sent
}

// Contact as clients see it.
func Contact(c directory.Contact) api.Contact {
	return api.Contact{
		ID: string(c.ID), User: string(c.User), Name: api.Name(c.Name), Email: c.Email, Phone: c.Phone, Types: Strings(c.Types),
		Status: string(c.Status), OpenChange: string(c.OpenChange),
		CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(), Version: c.Version, ETag: c.ETag(),
	}
}

// Actor as clients see it.
func Actor(a directory.Actor) api.Person {
	return api.Person{ID: string(a.User), Name: a.Name, Kind: string(a.Kind)}
}

func actor(a *directory.Actor) *api.Person {
	if a == nil {
		return nil
	}
	person := Actor(*a)
	return &person
}

// Differences as clients see them.
func Differences(differences []directory.Difference) []api.Difference {
	list := make([]api.Difference, len(differences))
	for i, difference := range differences {
		list[i] = api.Difference(difference)
	}
	return list
}

// Change as clients see it.
func Change(c directory.Change) api.Change {
	change := api.Change{
		ID: string(c.ID), Organisation: string(c.Organisation), Act: string(c.Act),
		Target: api.Person{ID: string(c.Target), Name: c.TargetName}, Requester: Actor(c.Requester), Approver: actor(c.Approver), Request: string(c.Request),
		State: string(c.State), Digest: c.Digest, Diff: Differences(directory.Differences(c.Before, c.After)), Reason: c.Reason, Cause: string(c.Cause),
		CreatedAt: c.CreatedAt.UTC(), ExpiresAt: c.ExpiresAt.UTC(), EffectiveAt: api.Moment(c.EffectiveAt),
		Timeline: make([]api.Event, len(c.Timeline)),
	}
	for i, event := range c.Timeline {
		change.Timeline[i] = api.Event{
			At: event.At.UTC(), State: string(event.State), What: event.What, By: actor(event.By), Reason: event.Reason,
		}
	}
	return change
}

// ServiceRequest as clients see it.
func ServiceRequest(r directory.ServiceRequest) api.ServiceRequest {
	request := api.ServiceRequest{
		ID: string(r.ID), Organisation: string(r.Organisation), OrganisationName: r.OrganisationName, Act: string(r.Act), Diff: Differences(directory.Differences(r.Before, r.After)),
		Note: r.Note, Filer: Actor(r.Filer), State: string(r.State), Decider: actor(r.Decider), Reason: r.Reason, Change: string(r.Change),
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(), DecidedAt: api.Moment(r.DecidedAt),
	}
	if r.Target != "" {
		request.Target = &api.Person{ID: string(r.Target), Name: r.TargetName}
	}
	return request
}

// Warnings as clients see them.
func Warnings(warnings []directory.Warning) []api.Warning {
	list := make([]api.Warning, len(warnings))
	for i, warning := range warnings {
		list[i] = api.Warning(warning)
	}
	return list
}

// Organisation as clients see it.
func Organisation(o directory.Organisation) api.Organisation {
	return api.Organisation{
		ID: string(o.ID), Name: o.Name, Preset: o.Preset, ActiveAdmins: o.ActiveAdmins, LeastAdmins: o.Settings.LeastAdmins(),
		Owner: string(o.Owner), CreatedAt: o.CreatedAt.UTC(), Version: o.Version, Settings: Settings(o.Settings),
	}
}

// Settings are an organisation's, or those that a preset begins with.
func Settings(s directory.Settings) api.Settings {
	return api.Settings{
		ChangeControl: string(s.ChangeControl), PropagationSeconds: s.PropagationSeconds, GrantLimit: string(s.GrantLimit),
		SignInName: string(s.SignInName), SharedIdentities: s.SharedIdentities, RoleCount: string(s.RoleCount),
		SecondFactor: string(s.SecondFactor), Phone: string(s.Phone), AdminsManageAdmins: s.AdminsManageAdmins,
		AdminsManageAPI: s.AdminsManageAPI, AdminsCertificates: s.AdminsCertificates,
		APINamesAccount: s.APINamesAccount, Onboarding: Strings(s.Onboarding),
		Removal: s.Removal, SetPasswords: s.SetPasswords, Contacts: s.Contacts, SecretsShown: s.SecretsShown, APIAccess: s.APIAccess, Languages: Strings(s.Languages),
		ApprovalHours: s.ApprovalHours, AccountsAre: string(cmp.Or(s.AccountsAre, directory.AccountsAreAccounts)),
	}
}

// Account as clients see it.
func Account(a directory.Account) api.BankAccount {
	return api.BankAccount{ID: string(a.ID), Company: string(a.Company), Name: a.Name, CreatedAt: a.CreatedAt.UTC()}
}

// Permissions are permissions with their scopes.
func Permissions(permissions map[directory.Permission]directory.Scope) map[string]string {
	plain := make(map[string]string, len(permissions))
	for permission, scope := range permissions {
		plain[string(permission)] = string(scope)
	}
	return plain
}

// Certificate as clients see it.
func Certificate(c directory.Certificate) api.Certificate {
	return api.Certificate{
		Fingerprint: c.Fingerprint, Subject: c.Subject, Issuer: c.Issuer, Serial: c.Serial,
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), AddedAt: c.AddedAt.UTC(), AddedBy: string(c.AddedBy),
	}
}

// stepUps are who authenticates a change that waits in a state.
var stepUps = map[directory.ChangeState]string{
	directory.StateAwaitingStepUp: "requester", directory.StateAwaitingApproval: "approver",
}

// Outlook is what a plan would do, as clients see it (3.11).
func Outlook(plan directory.Plan) *api.Outlook {
	mails := []string{}
	for _, mail := range plan.Mails() {
		if mail.Kind == directory.MailAccountLink { // whether the person was there before is not for the organisation to know
			mail.Kind = directory.MailVerification
		}
		mails = append(mails, string(mail.Kind))
	}
	approvers := make([]api.Person, len(plan.Approvers))
	for i, approver := range plan.Approvers {
		approvers[i] = Actor(approver)
	}
	return &api.Outlook{
		Diff:  Differences(plan.Differences()),
		State: string(plan.Change.State), Control: string(plan.Control), EffectiveAt: api.Moment(plan.Change.EffectiveAt),
		StepUp: stepUps[plan.Change.State], Approvers: approvers,
		Mails: mails, Warnings: Warnings(plan.Warnings),
	}
}
