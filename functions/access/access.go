// Package access answers access evaluations in the form of OpenID AuthZEN 1.0. What they mean is package directory's.
package access

import (
	"context"

	"mandate/functions/present"
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
	httpapi.Handle(server, api.EvaluateAccessBatch, h.evaluateBatch)
	httpapi.Handle(server, api.ExplainAccess, h.explain)
	httpapi.Handle(server, api.GetAccessConfiguration, h.configuration)
}

// accountType is the type of a resource that is an account itself; subjectType that of every subject that there is.
const (
	accountType = "account"
	subjectType = "user"
)

func (h handlers) evaluate(ctx context.Context, r directory.Request, in *api.EvaluationInput) (*api.EvaluationAnswer, error) {
	evaluation, err := evaluationOf(in.Body, in.Account)
	if err != nil {
		return nil, err
	}
	decision, err := h.evaluator.Evaluate(ctx, r, evaluation)
	if err != nil {
		return nil, err
	}
	return &api.EvaluationAnswer{Body: evaluated(decision)}, nil
}

// evaluationOf is the question that a request puts; account is the one that its header names (6.4).
func evaluationOf(in api.Evaluation, account string) (directory.Evaluation, error) {
	evaluation := directory.Evaluation{
		Subject: directory.UserID(in.Subject.ID), Permission: directory.Permission(in.Action.Name),
	}
	if in.Subject.Type != subjectType { // asked about like any other who is not there; no id has a colon
		evaluation.Subject = directory.UserID(in.Subject.Type + ":" + in.Subject.ID)
	}
	if properties := in.Resource.Properties; properties != nil {
		evaluation.Account, evaluation.Owner = directory.AccountID(properties.Account), directory.UserID(properties.Owner)
	}
	if in.Resource.Type == accountType {
		evaluation.Account = directory.AccountID(in.Resource.ID)
	}
	if named := directory.AccountID(account); named != "" {
		if evaluation.Account != "" && evaluation.Account != named {
			return evaluation, fault.InvalidField("Mandate-Account", "contradiction", "The resource names another account.")
		}
		evaluation.Account = named
	}
	return evaluation, nil
}

func evaluated(decision directory.Decision) api.Evaluated {
	return api.Evaluated{Decision: decision.Allowed, Context: api.EvaluationContext{
		Reason: decision.Reason, Policy: decision.Policy, Obligations: present.Strings(decision.Obligations),
	}}
}

func (h handlers) explain(ctx context.Context, r directory.Request, in *api.EvaluationInput) (*api.ExplanationAnswer, error) {
	evaluation, err := evaluationOf(in.Body, in.Account)
	if err != nil {
		return nil, err
	}
	explanation, err := h.evaluator.Explain(ctx, r, evaluation)
	if err != nil {
		return nil, err
	}
	out := &api.ExplanationAnswer{}
	out.Body.Deciding = deciding(explanation.Decision)
	out.Body.Conditions = make([]api.Condition, len(explanation.Conditions))
	for i, condition := range explanation.Conditions {
		told := api.Condition{Condition: string(condition.Name), Holds: condition.Holds, Is: condition.Is}
		for _, origin := range condition.From {
			told.From = append(told.From, api.Origin{By: string(origin.By), ID: origin.ID, Name: origin.Name, Scope: string(origin.Scope)})
		}
		out.Body.Conditions[i] = told
	}
	out.Body.WouldBecome = make([]api.Prospect, len(explanation.WouldBecome))
	for i, prospect := range explanation.WouldBecome {
		out.Body.WouldBecome[i] = api.Prospect{
			Deciding: deciding(prospect.Decision), Change: string(prospect.Change.ID), Act: string(prospect.Change.Act),
			State: string(prospect.Change.State), EffectiveAt: api.Moment(prospect.Change.EffectiveAt), Alters: prospect.Alters,
		}
	}
	return out, nil
}

func deciding(decision directory.Decision) api.Deciding {
	return api.Deciding{
		Decision: decision.Allowed, Policy: decision.Policy, Reason: decision.Reason, Obligations: present.Strings(decision.Obligations),
	}
}

func (h handlers) configuration(_ context.Context, _ directory.Request, in *api.ConfigurationInput) (*api.ConfigurationAnswer, error) {
	out := &api.ConfigurationAnswer{}
	base := in.Proto + "://" + in.Host
	out.Body.PolicyDecisionPoint = base
	out.Body.AccessEvaluationEndpoint = base + api.EvaluateAccess.Path
	out.Body.AccessEvaluationsEndpoint = base + api.EvaluateAccessBatch.Path
	return out, nil
}
