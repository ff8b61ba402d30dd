package account

import (
	"context"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

func registerPasskeys(server *httpapi.Server, h handlers) {
	httpapi.Handle(server, api.BeginPasskeySignIn, h.beginPasskeySignIn)
	httpapi.Handle(server, api.FinishPasskeySignIn, h.finishPasskeySignIn)
	httpapi.Handle(server, api.ChallengeMe, h.challengeMe)
	httpapi.Handle(server, api.ListPasskeys, h.listPasskeys)
	httpapi.Handle(server, api.BeginPasskey, h.beginPasskey)
	httpapi.Handle(server, api.ConfirmPasskey, h.confirmPasskey)
	httpapi.Handle(server, api.RemovePasskey, h.removePasskey)
	httpapi.Handle(server, api.NewRecoveryCodes, h.newRecoveryCodes)
}

func (h handlers) beginPasskeySignIn(ctx context.Context, _ directory.Request, _ *api.None) (*api.InvitationAnswer, error) {
	return present.Invitation(h.self.BeginPasskeySignIn(ctx))
}

func (h handlers) finishPasskeySignIn(ctx context.Context, r directory.Request, in *api.PasskeySignInInput) (*api.SignInAnswer, error) {
	return signedIn(h.self.FinishPasskeySignIn(ctx, r, in.Body.Credential, directory.OrganisationID(in.Body.Organisation)))
}

func (h handlers) challengeMe(ctx context.Context, r directory.Request, _ *api.None) (*api.InvitationAnswer, error) {
	return present.Invitation(h.self.ChallengeSelf(ctx, r))
}

func (h handlers) listPasskeys(ctx context.Context, r directory.Request, _ *api.None) (*api.Listed[api.Passkey], error) {
	passkeys, err := h.self.ListPasskeys(ctx, r)
	if err != nil {
		return nil, err
	}
	return present.All(passkeys, "", passkey), nil
}

func passkey(p directory.Passkey) api.Passkey {
	return api.Passkey{
		ID: p.ID, Name: p.Name, Model: p.Model, Synced: p.Synced, CreatedAt: p.CreatedAt.UTC(), LastUsedAt: api.Moment(p.LastUsedAt),
	}
}

func (h handlers) beginPasskey(ctx context.Context, r directory.Request, _ *api.None) (*api.InvitationAnswer, error) {
	return present.Invitation(h.self.BeginPasskey(ctx, r))
}

func (h handlers) confirmPasskey(ctx context.Context, r directory.Request, in *api.ConfirmPasskeyInput) (*api.ConfirmPasskeyAnswer, error) {
	made, recovery, err := h.self.ConfirmPasskey(ctx, r, directory.NewPasskey{
		Name: in.Body.Name, Credential: in.Body.Credential, Current: present.Current(in.Body.Current.Current, in.Body.CurrentCredential),
	})
	if err != nil {
		return nil, err
	}
	out := &api.ConfirmPasskeyAnswer{}
	out.Body.Passkey, out.Body.RecoveryCodes = passkey(made), recovery
	return out, nil
}

func (h handlers) removePasskey(ctx context.Context, r directory.Request, in *api.PasskeyInput) (*api.Empty, error) {
	return &api.Empty{}, h.self.RemovePasskey(ctx, r, in.PasskeyID, present.Current(in.Body.Code, in.Body.Credential))
}

func (h handlers) newRecoveryCodes(ctx context.Context, r directory.Request, in *api.CurrentInput) (*api.RecoveryCodesAnswer, error) {
	return recoveryCodes(h.self.NewRecoveryCodes(ctx, r, present.Current(in.Body.Code, in.Body.Credential)))
}

func recoveryCodes(codes []string, err error) (*api.RecoveryCodesAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.RecoveryCodesAnswer{}
	out.Body.RecoveryCodes = codes
	return out, nil
}
