package directory

import (
	"context"
	"strings"

	"mandate/shared/fault"
)

// ActionEvaluateAccess is asking what others may do, as policies name it.
const ActionEvaluateAccess Action = "evaluateAccess"

// Evaluator answers whether someone may do something, now (2.7).
type Evaluator struct{ Core }

// Evaluation is a question in the form of the OpenID AuthZEN access evaluation API.
type Evaluation struct {
	Subject    UserID
	Permission Permission
	Account    AccountID // empty where the resource is of no account
	Owner      UserID    // who created the resource (2.8)
}

// Evaluate answers a question, from one batch read. A subject or an account that the organisation does not have is
// denied like any other: the answer tells nothing of other tenants.
//
// Where the organisation wants it, an API user with several accounts names the one that its request is about (6.4).
//
// Faults: those of a session; forbidden where the caller may not ask about others; invalid on "Mandate-Account" where an
// API user asks for itself, and has several accounts, and names none.
func (e *Evaluator) Evaluate(ctx context.Context, r Request, evaluation Evaluation) (Decision, error) {
	v, err := e.enter(ctx, r, func(organisation OrganisationID) Want {
		want := Want{Users: []UserRef{{organisation, evaluation.Subject}}}
		if evaluation.Account != "" {
			want.Accounts = []AccountRef{{organisation, evaluation.Account}}
		}
		return want
	})
	if err != nil {
		return Decision{}, err
	}
	subject, err := v.user(evaluation.Subject)
	unknown := fault.Is(err, fault.NotFound)
	if v.ClientID != "" && subject.ID == v.caller.ID && evaluation.Account == "" &&
		v.organisation.Settings.APINamesAccount && subject.SeveralAccounts() {
		return Decision{}, fault.InvalidField("Mandate-Account", "required", "You have several accounts: name the one that the request is about.")
	}
	if unknown {
		subject = User{ID: evaluation.Subject, Organisation: v.organisation.ID}
	}
	if subject.ID != v.caller.ID {
		if err := e.decide(ctx, v, Question{Action: ActionEvaluateAccess, Target: &subject}); err != nil {
			return Decision{}, err
		}
	}
	if unknown {
		return Decision{Policy: "subject-unknown", Reason: "The organisation has no such user."}, nil
	}
	if !strings.Contains(string(evaluation.Permission), ":") {
		return Decision{Policy: "permission-unknown", Reason: "There is no such permission: they are written resource:action."}, nil
	}
	question := Question{
		Principal: subject, Organisation: v.organisation, Action: Action(evaluation.Permission), Owner: evaluation.Owner,
	}
	if evaluation.Account != "" {
		account, ok := v.found.Accounts[AccountRef{v.organisation.ID, evaluation.Account}]
		if !ok {
			return Decision{Policy: "account-unknown", Reason: "The organisation has no such account."}, nil
		}
		question.Account = &account
	}
	return e.Policies.Decide(question)
}
