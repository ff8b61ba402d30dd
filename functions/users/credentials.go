package users

import (
	"context"
	"net/http"
	"time"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
)

func (h handlers) listCredentials(ctx context.Context, r directory.Request, in *api.UserPath) (*api.Listed[api.Credential], error) {
	user, err := h.users.ListCredentials(ctx, r, directory.UserID(in.UserID))
	if err != nil {
		return nil, err
	}
	return present.All(user.Credentials, "", func(c directory.Credential) api.Credential {
		return api.Credential{
			ID: c.ID, ClientID: user.ClientID(c.ID), Secret: c.Serial, CreatedAt: c.CreatedAt.UTC(), RotatedAt: api.Moment(c.RotatedAt),
			PreviousUntil: api.Moment(c.PreviousUntil), ExpiresAt: api.Moment(c.ExpiresAt), Unseen: c.Unseen,
		}
	}), nil
}

func (h handlers) createCredential(ctx context.Context, r directory.Request, in *api.CreateCredentialInput) (*api.UserAnswer, error) {
	var expiresAt time.Time
	if in.Body != nil {
		present.Set(&expiresAt, in.Body.ExpiresAt)
	}
	out, err := answer(h.users.CreateCredential(ctx, r, directory.UserID(in.UserID), expiresAt))
	if err == nil && out.Body.Change == nil && out.Body.Preview == nil {
		out.Status = http.StatusCreated
	}
	return out, err
}

func (h handlers) revealCredential(ctx context.Context, r directory.Request, in *api.RevealCredentialInput) (*api.RevealedAnswer, error) {
	factor, err := present.Factor(in.Body.Method, in.Body.Given)
	if err != nil {
		return nil, err
	}
	issued, err := h.users.RevealCredential(ctx, r, directory.UserID(in.UserID), in.CredentialID, factor)
	if err != nil {
		return nil, err
	}
	out := &api.RevealedAnswer{}
	out.Body.Credential = *issuedCredential(&issued)
	return out, nil
}

func (h handlers) rotateCredential(ctx context.Context, r directory.Request, in *api.RotateCredentialInput) (*api.UserAnswer, error) {
	overlap := directory.RotationOverlap
	if in.Body != nil && in.Body.OverlapHours != nil {
		overlap = time.Duration(*in.Body.OverlapHours) * time.Hour
	}
	return answer(h.users.RotateCredential(ctx, r, directory.UserID(in.UserID), in.CredentialID, overlap))
}

func (h handlers) revokeCredential(ctx context.Context, r directory.Request, in *api.CredentialPath) (*api.UserAnswer, error) {
	return answer(h.users.RevokeCredential(ctx, r, directory.UserID(in.UserID), in.CredentialID))
}

// issuedCredential is nil where none came with an act.
func issuedCredential(issued *directory.Issued) *api.IssuedCredential {
	if issued == nil {
		return nil
	}
	return &api.IssuedCredential{ID: issued.ID, ClientID: issued.ClientID, ClientSecret: issued.Secret}
}
