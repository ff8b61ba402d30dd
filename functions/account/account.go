// Package account answers the operations that people do for themselves, and those that need no session. What they mean
// is package directory's.
package account

import (
	"context"
	"net/http"
	"sync"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

type handlers struct {
	self     *directory.Self
	document func() ([]byte, error)
}

// Register adds the operations to a server.
func Register(server *httpapi.Server, self *directory.Self) {
	h := handlers{self: self, document: sync.OnceValues(api.OpenAPI)}
	httpapi.Handle(server, api.SignIn, h.signIn)
	httpapi.Handle(server, api.AnswerChallenge, h.answerChallenge)
	httpapi.Handle(server, api.ForgotPassword, h.forgotPassword)
	httpapi.Handle(server, api.InspectLink, h.inspectLink)
	httpapi.Handle(server, api.RedeemLink, h.redeemLink)
	httpapi.Handle(server, api.GetMe, h.getMe)
	httpapi.Handle(server, api.GetMyAccess, h.getMyAccess)
	httpapi.Handle(server, api.UpdateMe, h.updateMe)
	httpapi.Handle(server, api.SignOut, h.signOut)
	httpapi.Handle(server, api.SwitchOrganisation, h.switchOrganisation)
	httpapi.Handle(server, api.ListMySessions, h.listMySessions)
	httpapi.Handle(server, api.EndMySession, h.endMySession)
	httpapi.Handle(server, api.SendPhoneCode, h.sendPhoneCode)
	httpapi.Handle(server, api.VerifyPhone, h.verifyPhone)
	httpapi.Handle(server, api.BeginTotp, h.beginTotp)
	httpapi.Handle(server, api.ConfirmTotp, h.confirmTotp)
	httpapi.Handle(server, api.RemoveTotp, h.removeTotp)
	httpapi.Handle(server, api.ChangeMyPassword, h.changeMyPassword)
	httpapi.Handle(server, api.SetPassword, h.setPassword)
	httpapi.Handle(server, api.GetMyKYC, h.getMyKYC)
	httpapi.Handle(server, api.SubmitKYC, h.submitKYC)
	registerPasskeys(server, h)
	httpapi.Handle(server, api.Health, h.health)
	httpapi.Handle(server, api.GetOpenAPI, h.getOpenAPI)
}

func (h handlers) signIn(ctx context.Context, r directory.Request, in *api.SignInInput) (*api.SignInAnswer, error) {
	return signedIn(h.self.SignIn(ctx, r, in.Body.Identifier, in.Body.Password, directory.OrganisationID(in.Body.Organisation)))
}

func (h handlers) answerChallenge(ctx context.Context, r directory.Request, in *api.ChallengeInput) (*api.SignInAnswer, error) {
	factor, err := present.Factor(in.Body.Method, in.Body.Given)
	if err != nil {
		return nil, err
	}
	return signedIn(h.self.AnswerChallenge(ctx, r, in.Body.ChallengeID, factor))
}

func signedIn(s directory.SignedIn, err error) (*api.SignInAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.SignInAnswer{}
	switch {
	case len(s.Choices) > 0:
		out.Body.Organisations = choices(s.Choices)
	case s.Session.Stage == directory.SessionChallenge:
		out.Body.Challenge = &api.Challenge{ID: s.Token, Methods: s.Methods, ExpiresAt: s.Session.ExpiresAt.UTC()}
		if s.Passkey != nil {
			out.Body.Challenge.PublicKey = s.Passkey.PublicKey
		}
	default:
		out.Body.Session = session(s)
	}
	return out, nil
}

func choices(organisations []directory.Organisation) []api.Choice {
	var choices []api.Choice
	for _, organisation := range organisations {
		choices = append(choices, api.Choice{ID: string(organisation.ID), Name: organisation.Name})
	}
	return choices
}

func session(s directory.SignedIn) *api.Session {
	return &api.Session{
		Token: s.Token, ExpiresAt: s.Session.ExpiresAt.UTC(), User: present.User(s.Me.User), Next: string(s.Me.Next),
		MustChangePassword: s.Session.Stage == directory.SessionPassword,
	}
}

func (h handlers) forgotPassword(ctx context.Context, r directory.Request, in *api.ForgotInput) (*api.Empty, error) {
	return &api.Empty{}, h.self.ForgotPassword(ctx, r, in.Body.Identifier)
}

func (h handlers) inspectLink(ctx context.Context, _ directory.Request, in *api.LinkInput) (*api.LinkAnswer, error) {
	link, err := h.self.InspectLink(ctx, in.Body.Token)
	if err != nil {
		return nil, err
	}
	out := &api.LinkAnswer{}
	out.Body.Kind, out.Body.Organisation, out.Body.Name, out.Body.Email = string(link.Kind), link.Organisation, link.Name, link.Email
	out.Body.ExpiresAt, out.Body.NeedsPassword = link.ExpiresAt.UTC(), link.NeedsPassword
	return out, nil
}

func (h handlers) redeemLink(ctx context.Context, r directory.Request, in *api.RedeemInput) (*api.RedeemAnswer, error) {
	redeemed, err := h.self.RedeemLink(ctx, r, in.Body.Token, in.Body.Password)
	if err != nil {
		return nil, err
	}
	out := &api.RedeemAnswer{}
	out.Body.Next = string(redeemed.Next)
	if redeemed.SignedIn != nil {
		out.Body.Session = session(*redeemed.SignedIn)
	}
	return out, nil
}

func me(m directory.Me, err error) (*api.MeAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.MeAnswer{ETag: m.User.ETag()}
	out.Body.User, out.Body.Organisation = present.User(m.User), present.Organisation(m.Organisation)
	out.Body.Permissions, out.Body.Next = present.Permissions(m.Permissions), string(m.Next)
	out.Body.SecondFactors = api.HeldFactors(m.Factors)
	out.Body.Organisations = choices(m.Others)
	return out, nil
}

func (h handlers) getMe(ctx context.Context, r directory.Request, _ *api.None) (*api.MeAnswer, error) {
	return me(h.self.Me(ctx, r))
}

func (h handlers) getMyAccess(ctx context.Context, r directory.Request, _ *api.None) (*api.OwnAccessAnswer, error) {
	access, err := h.self.Access(ctx, r)
	if err != nil {
		return nil, err
	}
	out := &api.OwnAccessAnswer{}
	out.Body.AllAccounts = access.AllAccounts
	out.Body.Roles = present.All(access.Roles, "", func(r directory.Role) api.OwnRole {
		return api.OwnRole{ID: r.ID, Name: r.Name, Description: r.Description}
	}).Body.Items
	out.Body.Permissions = present.All(access.Permissions, "", func(p directory.OwnPermission) api.OwnPermission {
		return api.OwnPermission{ID: string(p.ID), Description: p.Description, Scope: string(p.Scope)}
	}).Body.Items
	out.Body.Accounts = present.All(access.Accounts, "", func(a directory.OwnAccount) api.OwnAccount {
		return api.OwnAccount{ID: string(a.ID), Name: a.Name, Company: a.Company.Name}
	}).Body.Items
	return out, nil
}

func (h handlers) updateMe(ctx context.Context, r directory.Request, in *api.UpdateMeInput) (*api.MeAnswer, error) {
	return me(h.self.UpdateMe(ctx, r, in.Body.Language))
}

func (h handlers) signOut(ctx context.Context, r directory.Request, _ *api.None) (*api.Empty, error) {
	return &api.Empty{}, h.self.SignOut(ctx, r)
}

func (h handlers) switchOrganisation(ctx context.Context, r directory.Request, in *api.SwitchInput) (*api.SignInAnswer, error) {
	return signedIn(h.self.Switch(ctx, r, directory.OrganisationID(in.Body.Organisation)))
}

func (h handlers) listMySessions(ctx context.Context, r directory.Request, in *api.Page) (*api.Listed[api.SessionInfo], error) {
	current, sessions, next, err := h.self.Sessions(ctx, r, present.Page(*in))
	if err != nil {
		return nil, err
	}
	return present.All(sessions, next, present.Session(current)), nil
}

func (h handlers) endMySession(ctx context.Context, r directory.Request, in *api.SessionPath) (*api.Empty, error) {
	return &api.Empty{}, h.self.EndSession(ctx, r, in.SessionID)
}

func (h handlers) sendPhoneCode(ctx context.Context, r directory.Request, _ *api.None) (*api.Empty, error) {
	return &api.Empty{}, h.self.SendPhoneCode(ctx, r)
}

func (h handlers) verifyPhone(ctx context.Context, r directory.Request, in *api.PhoneCodeInput) (*api.MeAnswer, error) {
	return me(h.self.VerifyPhone(ctx, r, in.Body.Code))
}

func (h handlers) changeMyPassword(ctx context.Context, r directory.Request, in *api.ChangePasswordInput) (*api.Empty, error) {
	return &api.Empty{}, h.self.ChangePassword(ctx, r, in.Body.Current, in.Body.New)
}

func (h handlers) setPassword(ctx context.Context, r directory.Request, in *api.SetPasswordInput) (*api.UserAnswer, error) {
	user, err := h.self.SetPassword(ctx, r, directory.UserID(in.UserID), in.Body.Password)
	if err != nil {
		return nil, err
	}
	out := &api.UserAnswer{Status: http.StatusOK, ETag: user.ETag()}
	out.Body.User = present.User(user)
	return out, nil
}

func (h handlers) beginTotp(ctx context.Context, r directory.Request, _ *api.None) (*api.TotpAnswer, error) {
	enrolment, err := h.self.BeginTOTP(ctx, r)
	if err != nil {
		return nil, err
	}
	out := &api.TotpAnswer{}
	out.Body.Secret, out.Body.URI, out.Body.QR = enrolment.Secret, enrolment.URI, enrolment.QR
	return out, nil
}

func (h handlers) confirmTotp(ctx context.Context, r directory.Request, in *api.ConfirmTotpInput) (*api.RecoveryCodesAnswer, error) {
	return recoveryCodes(h.self.ConfirmTOTP(ctx, r, in.Body.Code, present.Current(in.Body.Current.Current, in.Body.CurrentCredential)))
}

func (h handlers) removeTotp(ctx context.Context, r directory.Request, in *api.CurrentInput) (*api.Empty, error) {
	return &api.Empty{}, h.self.RemoveTOTP(ctx, r, present.Current(in.Body.Code, in.Body.Credential))
}

func (h handlers) health(ctx context.Context, _ directory.Request, _ *api.None) (*api.HealthAnswer, error) {
	out := &api.HealthAnswer{}
	out.Body.Status = "ok"
	return out, h.self.Health(ctx)
}

func (h handlers) getOpenAPI(context.Context, directory.Request, *api.None) (*api.Document, error) {
	document, err := h.document()
	return &api.Document{ContentType: "application/json", Body: document}, err
}
