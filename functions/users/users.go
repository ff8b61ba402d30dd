// Package users answers the operations on users. What they mean is package directory's.
package users

import (
	"context"
	"net/http"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

type handlers struct{ users *directory.Users }

// Register adds the operations to a server.
func Register(server *httpapi.Server, users *directory.Users) {
	h := handlers{users}
	httpapi.Handle(server, api.ListUsers, h.list)
	httpapi.Handle(server, api.ExportUsers, h.export)
	httpapi.Handle(server, api.ListAccountUsers, h.listOfAccount)
	httpapi.Handle(server, api.CreateUser, h.create)
	httpapi.Handle(server, api.GetUser, h.get)
	httpapi.Handle(server, api.UpdateUser, h.update)
	httpapi.Handle(server, api.DeactivateUser, h.deactivate)
	httpapi.Handle(server, api.ReactivateUser, h.reactivate)
	httpapi.Handle(server, api.DuplicateUser, h.duplicate)
	httpapi.Handle(server, api.RemoveUser, h.remove)
	httpapi.Handle(server, api.ResetSecondFactor, h.resetSecondFactor)
	httpapi.Handle(server, api.NameOwner, h.nameOwner)
	httpapi.Handle(server, api.AssignAccount, h.assign)
	httpapi.Handle(server, api.ListCertificates, h.listCertificates)
	httpapi.Handle(server, api.AddCertificate, h.addCertificate)
	httpapi.Handle(server, api.RemoveCertificate, h.removeCertificate)
	httpapi.Handle(server, api.ListCredentials, h.listCredentials)
	httpapi.Handle(server, api.CreateCredential, h.createCredential)
	httpapi.Handle(server, api.RevealCredential, h.revealCredential)
	httpapi.Handle(server, api.RotateCredential, h.rotateCredential)
	httpapi.Handle(server, api.RevokeCredential, h.revokeCredential)
	httpapi.Handle(server, api.ResendVerification, h.resendVerification)
	httpapi.Handle(server, api.SendPasswordReset, h.sendPasswordReset)
	httpapi.Handle(server, api.ListUserTokens, h.tokens)
	httpapi.Handle(server, api.ListUserSessions, h.listSessions)
	httpapi.Handle(server, api.EndUserSessions, h.endSessions)
	httpapi.Handle(server, api.EndUserSession, h.endSession)
	httpapi.Handle(server, api.ListContacts, h.contacts)
	httpapi.Handle(server, api.CreateContact, h.createContact)
	httpapi.Handle(server, api.UpdateContact, h.updateContact)
	httpapi.Handle(server, api.DeleteContact, h.deleteContact)
	registerRequests(server, &directory.ServiceRequests{Users: *users})
	httpapi.Handle(server, api.GetKYC, h.getKYC)
	httpapi.Handle(server, api.DecideKYC, h.decideKYC)
}

func (h handlers) create(ctx context.Context, r directory.Request, in *api.CreateUserInput) (*api.UserAnswer, error) {
	return answer(h.users.Create(ctx, r, newUser(in.Body)))
}

func (h handlers) get(ctx context.Context, r directory.Request, in *api.UserPath) (*api.UserAnswer, error) {
	user, err := h.users.Get(ctx, r, directory.UserID(in.UserID))
	return answer(directory.Answer{User: user}, err)
}

func (h handlers) update(ctx context.Context, r directory.Request, in *api.UpdateUserInput) (*api.UserAnswer, error) {
	return answer(h.users.Update(ctx, r, directory.UserID(in.UserID), given(in.Body), patch(in.Body)))
}

func (h handlers) deactivate(ctx context.Context, r directory.Request, in *api.UserPath) (*api.UserAnswer, error) {
	return answer(h.users.Deactivate(ctx, r, directory.UserID(in.UserID)))
}

func (h handlers) reactivate(ctx context.Context, r directory.Request, in *api.UserPath) (*api.UserAnswer, error) {
	return answer(h.users.Reactivate(ctx, r, directory.UserID(in.UserID)))
}

func (h handlers) duplicate(ctx context.Context, r directory.Request, in *api.DuplicateUserInput) (*api.UserAnswer, error) {
	return answer(h.users.Duplicate(ctx, r, directory.UserID(in.UserID), directory.Copy{
		Name: (*directory.Name)(in.Body.Name), Email: in.Body.Email, Username: in.Body.Username, Phone: in.Body.Phone,
	}))
}

func (h handlers) remove(ctx context.Context, r directory.Request, in *api.UserPath) (*api.UserAnswer, error) {
	return answer(h.users.Remove(ctx, r, directory.UserID(in.UserID)))
}

func (h handlers) resetSecondFactor(ctx context.Context, r directory.Request, in *api.UserPath) (*api.UserAnswer, error) {
	return answer(h.users.ResetSecondFactor(ctx, r, directory.UserID(in.UserID)))
}

func (h handlers) nameOwner(ctx context.Context, r directory.Request, in *api.UserPath) (*api.UserAnswer, error) {
	return answer(h.users.NameOwner(ctx, r, directory.UserID(in.UserID)))
}

func (h handlers) assign(ctx context.Context, r directory.Request, in *api.AssignAccountInput) (*api.AssignmentAnswer, error) {
	assigned, err := h.users.Assign(ctx, r, directory.AccountID(in.AccountID), typed[directory.UserID](in.Body.Users))
	if err != nil {
		return nil, err
	}
	out := &api.AssignmentAnswer{}
	out.Body.Account = present.Account(assigned.Account)
	out.Body.Users = present.All(assigned.Users, "", present.User).Body.Items
	out.Status, out.Body.Preview, out.Body.Change = outcome(assigned.Preview, assigned.Change, false)
	return out, nil
}

func (h handlers) resendVerification(ctx context.Context, r directory.Request, in *api.UserPath) (*api.MailAnswer, error) {
	return mailed(h.users.ResendVerification(ctx, r, directory.UserID(in.UserID)))
}

func (h handlers) sendPasswordReset(ctx context.Context, r directory.Request, in *api.UserPath) (*api.MailAnswer, error) {
	return mailed(h.users.SendPasswordReset(ctx, r, directory.UserID(in.UserID)))
}

func mailed(warnings []directory.Warning, err error) (*api.MailAnswer, error) {
	answer := &api.MailAnswer{}
	answer.Body.Warnings = present.Warnings(warnings)
	return answer, err
}

func (h handlers) tokens(ctx context.Context, r directory.Request, in *api.ListUserTokensInput) (*api.Listed[api.SentToken], error) {
	links, next, err := h.users.Tokens(ctx, r, directory.UserID(in.UserID), present.Page(in.Page))
	if err != nil {
		return nil, err
	}
	now := h.users.Now()
	return present.All(links, next, func(l directory.Link) api.SentToken { return present.SentToken(l, now) }), nil
}

func (h handlers) listCertificates(ctx context.Context, r directory.Request, in *api.ListCertificatesInput) (*api.Listed[api.Certificate], error) {
	certificates, next, err := h.users.ListCertificates(ctx, r, directory.UserID(in.UserID), present.Page(in.Page))
	if err != nil {
		return nil, err
	}
	return present.All(certificates, next, present.Certificate), nil
}

func (h handlers) addCertificate(ctx context.Context, r directory.Request, in *api.AddCertificateInput) (*api.UserAnswer, error) {
	return answer(h.users.AddCertificate(ctx, r, directory.UserID(in.UserID), in.Body.PEM))
}

func (h handlers) removeCertificate(ctx context.Context, r directory.Request, in *api.CertificatePath) (*api.UserAnswer, error) {
	return answer(h.users.RemoveCertificate(ctx, r, directory.UserID(in.UserID), in.Fingerprint))
}

func (h handlers) listSessions(ctx context.Context, r directory.Request, in *api.ListUserSessionsInput) (*api.Listed[api.SessionInfo], error) {
	current, sessions, next, err := h.users.Sessions(ctx, r, directory.UserID(in.UserID), present.Page(in.Page))
	if err != nil {
		return nil, err
	}
	return present.All(sessions, next, present.Session(current)), nil
}

func (h handlers) endSessions(ctx context.Context, r directory.Request, in *api.UserPath) (*api.Empty, error) {
	return &api.Empty{}, h.users.EndSessions(ctx, r, directory.UserID(in.UserID))
}

func (h handlers) endSession(ctx context.Context, r directory.Request, in *api.UserSessionPath) (*api.Empty, error) {
	return &api.Empty{}, h.users.EndSession(ctx, r, directory.UserID(in.UserID), in.SessionID)
}

// answer presents what an act on a user came to.
func answer(a directory.Answer, err error) (*api.UserAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.UserAnswer{ETag: a.User.ETag()}
	out.Body.User = present.User(a.User)
	out.Body.Warnings = present.Warnings(a.Warnings)
	out.Body.Credential = issuedCredential(a.Issued)
	if a.Left != nil {
		out.Body.Left = &api.Left{
			Companies: present.Strings(a.Left.Companies), Accounts: present.Strings(a.Left.Accounts),
			Roles: present.Strings(a.Left.Roles), Permissions: present.Strings(a.Left.Permissions),
		}
	}
	out.Status, out.Body.Preview, out.Body.Change = outcome(a.Preview, a.Change, a.Created)
	return out, nil
}

// outcome is what an act came to: 200 or, for what came to be, 201 where it took effect, and 202 where it waits; of a
// preview what it would do.
func outcome(preview *directory.Plan, change *directory.Change, created bool) (status int, foreseen *api.Outlook, waits *api.Change) {
	switch {
	case preview != nil:
		return http.StatusOK, present.Outlook(*preview), nil
	case change != nil:
		presented := present.Change(*change)
		return http.StatusAccepted, nil, &presented
	case created:
		return http.StatusCreated, nil, nil
	}
	return http.StatusOK, nil, nil
}

func typed[T ~string](list []string) []T {
	typed := make([]T, len(list))
	for i, one := range list {
		typed[i] = T(one)
	}
	return typed
}

func newUser(in api.NewUser) directory.NewUser {
	return directory.NewUser{Kind: directory.Kind(in.Kind), Profile: profile(in), Inactive: in.Active != nil && !*in.Active, Business: (*directory.Business)(in.Business)}
}

func profile(in api.NewUser) directory.Profile {
	return directory.Profile{
		Name: directory.Name(in.Name), Email: in.Email, Username: in.Username, Phone: in.Phone, Language: in.Language,
		Access: directory.Access{
			Companies: typed[directory.CompanyID](in.Companies), Accounts: typed[directory.AccountID](in.Accounts),
			Roles: in.Roles, Permissions: typed[directory.Permission](in.Permissions),
		},
		PaymentRule: directory.PaymentRule(in.PaymentRule), Type: in.Type, Contact: in.Contact,
		APIAccess: in.APIAccess, PaymentLinks: in.PaymentLinks, IPAllowList: in.IPAllowList,
		SecondFactorRequired: in.SecondFactorRequired,
	}
}

// given is what a patch names of companies and accounts.
func given(in api.UserPatch) directory.Access {
	var access directory.Access
	if in.Companies != nil {
		access.Companies = typed[directory.CompanyID](*in.Companies)
	}
	if in.Accounts != nil {
		access.Accounts = typed[directory.AccountID](*in.Accounts)
	}
	return access
}

func patch(in api.UserPatch) directory.Patch {
	return func(p *directory.Profile) {
		if in.Name != nil {
			present.Set(&p.Name.First, in.Name.First)
			present.Set(&p.Name.Last, in.Name.Last)
		}
		present.Set(&p.Email, in.Email)
		present.Set(&p.Username, in.Username)
		present.Set(&p.Phone, in.Phone)
		present.Set(&p.Language, in.Language)
		present.Set(&p.Type, in.Type)
		present.Set(&p.Contact, in.Contact)
		present.Set(&p.APIAccess, in.APIAccess)
		present.Set(&p.PaymentLinks, in.PaymentLinks)
		present.Set(&p.SecondFactorRequired, in.SecondFactorRequired)
		present.Set(&p.Roles, in.Roles)
		present.Set(&p.IPAllowList, in.IPAllowList)
		present.SetText(&p.PaymentRule, in.PaymentRule)
		given := given(in)
		if in.Companies != nil {
			p.Companies = given.Companies
		}
		if in.Accounts != nil {
			p.Accounts = given.Accounts
		}
		if in.Permissions != nil {
			p.Permissions = typed[directory.Permission](*in.Permissions)
		}
	}
}
