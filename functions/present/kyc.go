package present

import (
	"mandate/shared/api"
	"mandate/shared/directory"
)

// KYC is an answer with a case as its user and the platform's compliance staff see it.
func KYC(view directory.KYCView, err error) (*api.KYCAnswer, error) {
	if err != nil {
		return nil, err
	}
	answer := &api.KYCAnswer{ETag: view.Case.ETag(), Body: api.KYCCase{
		User: string(view.User.ID), State: string(view.State()), Level: view.Passed(),
		Levels: make([]api.KYCLevel, len(view.Levels)), Business: api.Business(view.Case.Business),
	}}
	for i, level := range view.Levels {
		answer.Body.Levels[i] = kycLevel(view.Case.Check(level.Level), level.Groups[view.User.Type])
	}
	return answer, nil
}

// KYCWaiting is a case in the list of those that wait.
func KYCWaiting(c directory.KYCCase) api.KYCWaiting {
	check, _ := c.Waiting()
	submitted := check.Submitted()
	return api.KYCWaiting{
		Organisation: string(c.Organisation), OrganisationName: c.OrganisationName, User: string(c.User), Level: check.Level, State: string(check.State()),
		SubmittedAt: submitted.At.UTC(), SubmittedBy: Actor(submitted.By), Reviewer: actor(check.Reviewer()),
	}
}

func kycLevel(check directory.KYCCheck, group string) api.KYCLevel {
	submitted, decisions := check.Submitted(), check.Decisions()
	level := api.KYCLevel{
		Level: check.Level, State: string(check.State()), Group: group, SubmittedAt: api.Moment(submitted.At),
		Reviewer:  actor(check.Reviewer()),
		Documents: make([]api.KYCDocument, len(submitted.Documents)), Decisions: make([]api.KYCDecision, len(decisions)),
	}
	for i, document := range submitted.Documents {
		level.Documents[i] = api.KYCDocument(document)
	}
	for i, decision := range decisions {
		level.Decisions[i] = api.KYCDecision{
			At: decision.At.UTC(), Outcome: string(decision.To), Reason: decision.Reason, By: Actor(decision.By),
		}
	}
	return level
}
