package access

import (
	"cmp"
	"context"
	"net/http"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/fault"
)

// stops says by semantic which decision is the last that is answered. All are decided all the same: deciding reads nothing
// and writes nothing.
var stops = map[string]func(decision bool) bool{
	api.ExecuteAll:          func(bool) bool { return false },
	api.DenyOnFirstDeny:     func(decision bool) bool { return !decision },
	api.PermitOnFirstPermit: func(decision bool) bool { return decision },
}

// evaluateBatch answers several evaluations. What is wrong with one of them alone denies that one, and is told beside its
// decision; a request without a list is a single evaluation, and answered as one.
func (h handlers) evaluateBatch(ctx context.Context, r directory.Request, in *api.EvaluationsInput) (*api.EvaluationsAnswer, error) {
	out := &api.EvaluationsAnswer{}
	if len(in.Body.Evaluations) == 0 {
		single, err := whole(in.Body.BatchEvaluation, api.BatchEvaluation{})
		if err != nil {
			return nil, err
		}
		answer, err := h.evaluate(ctx, r, &api.EvaluationInput{Account: in.Account, Body: single})
		if err != nil {
			return nil, err
		}
		out.Body.Decision, out.Body.Context = &answer.Body.Decision, &answer.Body.Context
		return out, nil
	}

	outcomes := make([]directory.Evaluated, len(in.Body.Evaluations))
	var askable []directory.Evaluation
	var places []int
	for i, one := range in.Body.Evaluations {
		evaluation, err := askableOf(one, in)
		if found, broken := fault.As(err); broken {
			outcomes[i].Fault = found
			continue
		}
		askable, places = append(askable, evaluation), append(places, i)
	}
	answers, err := h.evaluator.EvaluateAll(ctx, r, askable)
	if err != nil {
		return nil, err
	}
	for i, answer := range answers {
		outcomes[places[i]] = answer
	}

	semantic := api.ExecuteAll
	if in.Body.Options != nil {
		semantic = cmp.Or(in.Body.Options.Semantic, semantic)
	}
	for _, outcome := range outcomes {
		one := evaluated(outcome.Decision)
		if outcome.Fault != nil {
			one.Context.Error = errorOf(outcome.Fault)
		}
		out.Body.Evaluations = append(out.Body.Evaluations, one)
		if stops[semantic](one.Decision) {
			break
		}
	}
	return out, nil
}

func askableOf(one api.BatchEvaluation, in *api.EvaluationsInput) (directory.Evaluation, error) {
	evaluation, err := whole(one, in.Body.BatchEvaluation)
	if err != nil {
		return directory.Evaluation{}, err
	}
	return evaluationOf(evaluation, in.Account)
}

// whole completes an evaluation with the request's defaults. A subject, an action or a resource stands as a whole in the
// place of the default; but what each must have, and it has not, is the default's.
func whole(one, defaults api.BatchEvaluation) (api.Evaluation, error) {
	var subject, usualSubject api.BatchSubject
	var action, usualAction api.BatchAction
	var resource, usualResource api.BatchResource
	take(&subject, one.Subject, defaults.Subject)
	take(&usualSubject, defaults.Subject)
	take(&action, one.Action, defaults.Action)
	take(&usualAction, defaults.Action)
	take(&resource, one.Resource, defaults.Resource)
	take(&usualResource, defaults.Resource)

	var fields fault.Fields
	required := func(field, value, usual string) string {
		if value = cmp.Or(value, usual); value == "" {
			fields.Add(field, "required", "This is needed for an evaluation.")
		}
		return value
	}
	return api.Evaluation{
		Subject: api.EvaluationSubject{
			Type: required("subject.type", subject.Type, usualSubject.Type), ID: required("subject.id", subject.ID, usualSubject.ID),
		},
		Action: api.EvaluationAction{Name: required("action.name", action.Name, usualAction.Name)},
		Resource: api.EvaluationResource{
			Type: required("resource.type", resource.Type, usualResource.Type), ID: required("resource.id", resource.ID, usualResource.ID),
			Properties: resource.Properties,
		},
	}, fields.Err()
}

// take is the first value that is there.
func take[T any](into *T, values ...*T) {
	for _, value := range values {
		if value != nil {
			*into = *value
			return
		}
	}
}

func errorOf(found *fault.Fault) *api.EvaluationError {
	told := &api.EvaluationError{Status: http.StatusBadRequest, Message: found.Detail, Errors: []api.ProblemField{}}
	for _, field := range found.Fields {
		told.Errors = append(told.Errors, api.ProblemField{Field: field.Name, Rule: field.Rule, Detail: field.Detail})
	}
	return told
}
