package directory

import "context"

// Actions on the operation log, as policies name them.
const (
	ActionViewOperations  Action = "viewOperations"
	ActionListUserSignIns Action = "listUserSignIns"
)

// Acts that the sign-in history tells of (5.5).
const (
	actSignIn          Action = "signIn"
	actAnswerChallenge Action = "answerChallenge"
)

// Ledger keeps the operation log: lists it, chains it, and verifies the chain (7.3).
type Ledger struct {
	Core
	Signer Signer
}

// List reads a page of the organisation's log, newest first. A page may be short where the filter picks: as many entries
// are looked at as the budget of a page allows, and next says where to go on.
//
// Faults: forbidden; invalid on "cursor".
func (l *Ledger) List(ctx context.Context, r Request, filter OperationFilter, page Page) ([]Entry, string, error) {
	v, err := l.enter(ctx, r, nil)
	if err != nil {
		return nil, "", err
	}
	if err := l.decide(ctx, v, Question{Action: ActionViewOperations}); err != nil {
		return nil, "", err
	}
	return l.Store.Operations(ctx, v.organisation.ID, filter, page)
}

// OfUser reads a page of what was done to one user, newest first (7.2). Faults as for List, and notFound.
func (l *Ledger) OfUser(ctx context.Context, r Request, id UserID, page Page) ([]Entry, string, error) {
	return l.ofUser(ctx, r, id, ActionViewOperations, OperationFilter{Target: TargetID(id)}, page)
}

// SignIns reads a page of a user's attempts to sign in, newest first, those that were refused among them (5.5). Faults as
// for OfUser.
func (l *Ledger) SignIns(ctx context.Context, r Request, id UserID, page Page) ([]Entry, string, error) {
	return l.ofUser(ctx, r, id, ActionListUserSignIns, signInsOf(id), page)
}

// OwnSignIns reads a page of the caller's own attempts to sign in, newest first (5.5). It takes no permission: those who
// see that somebody else was there are those whose account it is.
//
// Faults: invalid on "cursor".
func (l *Ledger) OwnSignIns(ctx context.Context, r Request, page Page) ([]Entry, string, error) {
	v, err := l.enter(ctx, r, nil)
	if err != nil {
		return nil, "", err
	}
	return l.Store.Operations(ctx, v.home.ID, signInsOf(v.caller.ID), page)
}

func signInsOf(id UserID) OperationFilter {
	return OperationFilter{Target: TargetID(id), Actions: []Action{actSignIn, actAnswerChallenge}}
}

func (l *Ledger) ofUser(ctx context.Context, r Request, id UserID, action Action, filter OperationFilter, page Page) ([]Entry, string, error) {
	v, _, err := l.enterOn(ctx, r, id, action)
	if err != nil {
		return nil, "", err
	}
	return l.Store.Operations(ctx, v.organisation.ID, filter, page)
}
