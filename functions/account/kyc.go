package account

import (
	"context"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
)

func (h handlers) getMyKYC(ctx context.Context, r directory.Request, _ *api.None) (*api.KYCAnswer, error) {
	return present.KYC(h.self.KYC(ctx, r))
}

func (h handlers) submitKYC(ctx context.Context, r directory.Request, in *api.SubmitKYCInput) (*api.KYCAnswer, error) {
	documents := make([]directory.KYCDocument, len(in.Body.Documents))
	for i, document := range in.Body.Documents {
		documents[i] = directory.KYCDocument(document)
	}
	return present.KYC(h.self.SubmitKYC(ctx, r, in.Body.Level, documents, (*directory.Business)(in.Body.Business)))
}
