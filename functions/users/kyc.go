package users

import (
	"context"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
)

func (h handlers) getKYC(ctx context.Context, r directory.Request, in *api.UserPath) (*api.KYCAnswer, error) {
	return present.KYC(h.users.KYC(ctx, r, directory.UserID(in.UserID)))
}

func (h handlers) decideKYC(ctx context.Context, r directory.Request, in *api.DecideKYCInput) (*api.KYCAnswer, error) {
	return present.KYC(h.users.DecideKYC(ctx, r, directory.UserID(in.UserID), in.Body.Level, directory.KYCState(in.Body.Outcome), in.Body.Reason))
}
