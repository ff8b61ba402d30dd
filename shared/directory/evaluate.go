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

// Evaluated is the answer to an evaluation.
type Evaluated struct {
	Decision
	// Fault is why the question could not be answered, which denies. Nil: it was.
	Fault *fault.Fault
}

// Evaluate answers a question, from one batch read. A subject or an account that the organisation does not have is
// denied like any other: the answer tells nothing of other tenants.
//
// Where the organisation wants it, an API user with several accounts names the one that its request is about (6.4).
//
// Faults: those of a session; forbidden where the caller may not ask about others; invalid on "Mandate-Account" where an
// API user asks for itself, and has several accounts, and names none.
func (e *Evaluator) Evaluate(ctx context.Context, r Request, evaluation Evaluation) (Decision, error) {
	outcomes, err := e.EvaluateAll(ctx, r, []Evaluation{evaluation})
	if err != nil {
		return Decision{}, err
	}
	if outcomes[0].Fault != nil {
		return Decision{}, outcomes[0].Fault
	}
	return outcomes[0].Decision, nil
}

// EvaluateAll answers questions in their order, each as Evaluate would, from one batch read for all. What only one of them
// is wrong about is its own outcome's fault.
//
// Faults: those of a session; forbidden where the caller may not ask about one of the subjects.
func (e *Evaluator) EvaluateAll(ctx context.Context, r Request, evaluations []Evaluation) ([]Evaluated, error) {
	v, err := e.visit(ctx, r, evaluations)
	if err != nil {
		return nil, err
	}
	outcomes := make([]Evaluated, len(evaluations))
	for i, evaluation := range evaluations {
		question, unknown, err := v.question(evaluation)
		switch found, isFault := fault.As(err); {
		case isFault:
			outcomes[i].Fault = found
		case unknown != nil:
			outcomes[i].Decision = *unknown
		default:
			if outcomes[i].Decision, err = e.Policies.Decide(question); err != nil {
				return nil, err
			}
		}
	}
	return outcomes, nil
}

// visit reads what evaluations are about, and lets in who may ask for each of their subjects. Everyone may ask about
// themselves.
func (e *Evaluator) visit(ctx context.Context, r Request, evaluations []Evaluation) (visit, error) {
	v, err := e.enter(ctx, r, func(organisation OrganisationID) Want {
		var want Want
		for _, evaluation := range evaluations {
			want.Users = append(want.Users, UserRef{organisation, evaluation.Subject})
			if evaluation.Account != "" {
				want.Accounts = append(want.Accounts, AccountRef{organisation, evaluation.Account})
			}
		}
		return want
	})
	if err != nil {
		return visit{}, err
	}
	asked := map[UserID]bool{v.caller.ID: true}
	for _, evaluation := range evaluations {
		if asked[evaluation.Subject] {
			continue
		}
		asked[evaluation.Subject] = true
		subject, err := v.subject(evaluation)
		if err != nil { // one that is not there is asked about like any other
			subject = User{ID: evaluation.Subject, Organisation: v.organisation.ID}
		}
		if err := e.decide(ctx, v, Question{Action: ActionEvaluateAccess, Target: &subject}); err != nil {
			return visit{}, err
		}
	}
	return v, nil
}

// subject is whom an evaluation asks about. An operator may ask about itself, though no user of the organisation (9.2).
func (v visit) subject(evaluation Evaluation) (User, error) {
	if evaluation.Subject == v.caller.ID {
		return v.caller, nil
	}
	return v.user(evaluation.Subject)
}

// question puts an evaluation to the policies, or answers it where it names what is not there.
func (v visit) question(evaluation Evaluation) (Question, *Decision, error) {
	subject, err := v.subject(evaluation)
	if err != nil {
		return Question{}, unknownSubject(), nil
	}
	if v.ClientID != "" && subject.ID == v.caller.ID && evaluation.Account == "" &&
		v.organisation.Settings.APINamesAccount && subject.SeveralAccounts() {
		return Question{}, nil, fault.InvalidField("Mandate-Account", "required", "You have several accounts: name the one that the request is about.")
	}
	if !strings.Contains(string(evaluation.Permission), ":") {
		return Question{}, &Decision{Policy: "permission-unknown", Reason: "There is no such permission: they are written resource:action."}, nil
	}
	question := Question{
		Principal: subject, Organisation: v.organisation, Action: Action(evaluation.Permission), Owner: evaluation.Owner,
	}
	if evaluation.Account != "" {
		account, ok := v.found.Accounts[AccountRef{v.organisation.ID, evaluation.Account}]
		if !ok {
			return Question{}, &Decision{Policy: "account-unknown", Reason: "The organisation has no such account."}, nil
		}
		question.Account = &account
	}
	return question, nil, nil
}

func unknownSubject() *Decision {
	return &Decision{Policy: "subject-unknown", Reason: "The organisation has no such user."}
}
