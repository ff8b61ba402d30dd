// Package access answers access evaluations in the form of OpenID AuthZEN 1.0. What they mean is package directory's.
package access

import (
	"context"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/fault"
	"mandate/shared/httpapi"
)

type handlers struct{ evaluator *directory.Evaluator }

// Register adds the operations to a server.
func Register(server *httpapi.Server, evaluator *directory.Evaluator) {
	h := handlers{evaluator}
	httpapi.Handle(server, api.EvaluateAccess, h.evaluate)
}

// accountType is the type of a resource that is an account itself.
const accountType = "account"

func (h handlers) evaluate(ctx context.Context, r directory.Request, in *api.EvaluationInput) (*api.EvaluationAnswer, error) {
	evaluation := directory.Evaluation{
		Subject: directory.UserID(in.Body.Subject.ID), Permission: directory.Permission(in.Body.Action.Name),
	}
	if properties := in.Body.Resource.Properties; properties != nil {
		evaluation.Account, evaluation.Owner = directory.AccountID(properties.Account), directory.UserID(properties.Owner)
	}
	if in.Body.Resource.Type == accountType {
		evaluation.Account = directory.AccountID(in.Body.Resource.ID)
	}
	if named := directory.AccountID(in.Account); named != "" {
		if evaluation.Account != "" && evaluation.Account != named {
			return nil, fault.InvalidField("Mandate-Account", "contradiction", "The resource names another account.")
		}
		evaluation.Account = named
	}
	decision, err := h.evaluator.Evaluate(ctx, r, evaluation)
	if err != nil {
		return nil, err
	}
	out := &api.EvaluationAnswer{}
	out.Body.Decision = decision.Allowed
	out.Body.Context = api.EvaluationContext{
		Reason: decision.Reason, Policy: decision.Policy, Obligations: append([]string{}, decision.Obligations...),
	}
	return out, nil
}
