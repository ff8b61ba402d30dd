// Package ledger answers the operations on the operation log: lists, histories, verification. What they mean is package
// directory's.
//
// It is a function of its own for its rights: it reads, and writes no more than that somebody was refused and that a
// session is in use.
package ledger

import (
	"context"
	"net/url"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

type handlers struct{ ledger *directory.Ledger }

// Register adds the operations to a server.
func Register(server *httpapi.Server, ledger *directory.Ledger) {
	h := handlers{ledger}
	httpapi.Handle(server, api.ListOperations, h.list)
	httpapi.Handle(server, api.VerifyOperations, h.verify)
	httpapi.Handle(server, api.ListUserOperations, h.ofUser)
	httpapi.Handle(server, api.ListUserSignIns, h.signIns)
	httpapi.Handle(server, api.ListMySignIns, h.mySignIns)
}

func (h handlers) list(ctx context.Context, r directory.Request, in *api.ListOperationsInput) (*api.Tabled[api.LogEntry], error) {
	first, after, err := present.Period(present.Bound{Name: "from", Text: in.From}, present.Bound{Name: "to", Text: in.To})
	if err != nil {
		return nil, err
	}
	filter := directory.OperationFilter{
		Target: directory.TargetID(in.User), Actor: directory.UserID(in.Actor), Outcome: directory.Outcome(in.Outcome), From: first, Before: after,
	}
	if in.Act != "" {
		filter.Actions = []directory.Action{directory.Action(in.Act)}
	}
	entries, next, err := h.ledger.List(ctx, r, filter, present.Rows(in.Page, in.Export))
	if err != nil {
		return nil, err
	}
	query := url.Values{"user": {in.User}, "actor": {in.Actor}, "act": {in.Act}, "outcome": {in.Outcome}, "from": {in.From}, "to": {in.To}}
	return present.Table(entries, next, in.Page, query, present.LogEntry), nil
}

func (h handlers) ofUser(ctx context.Context, r directory.Request, in *api.ListOfUserInput) (*api.Tabled[api.LogEntry], error) {
	entries, next, err := h.ledger.OfUser(ctx, r, directory.UserID(in.UserID), present.Rows(in.Page, in.Export))
	if err != nil {
		return nil, err
	}
	return present.Table(entries, next, in.Page, nil, present.LogEntry), nil
}

func (h handlers) signIns(ctx context.Context, r directory.Request, in *api.ListOfUserInput) (*api.Tabled[api.SignInAttempt], error) {
	entries, next, err := h.ledger.SignIns(ctx, r, directory.UserID(in.UserID), present.Rows(in.Page, in.Export))
	if err != nil {
		return nil, err
	}
	return present.Table(entries, next, in.Page, nil, present.SignInAttempt), nil
}

func (h handlers) mySignIns(ctx context.Context, r directory.Request, in *api.ListMineInput) (*api.Tabled[api.SignInAttempt], error) {
	entries, next, err := h.ledger.OwnSignIns(ctx, r, present.Rows(in.Page, in.Export))
	if err != nil {
		return nil, err
	}
	return present.Table(entries, next, in.Page, nil, present.SignInAttempt), nil
}

func (h handlers) verify(ctx context.Context, r directory.Request, in *api.VerifyOperationsInput) (*api.VerificationAnswer, error) {
	found, err := h.ledger.Verify(ctx, r, in.Cursor)
	if err != nil {
		return nil, err
	}
	out := &api.VerificationAnswer{}
	out.Body.Verified, out.Body.Checked, out.Body.Pending = len(found.Findings) == 0, found.Checked, found.Pending
	out.Body.UpTo = api.Chain{Sequence: found.Head.Sequence, Hash: found.Head.Hash, SealedAt: api.Moment(found.Head.SealedAt)}
	out.Body.Problems, out.Body.Next = make([]api.Finding, len(found.Findings)), found.Next
	for i, one := range found.Findings {
		out.Body.Problems[i] = api.Finding{Kind: string(one.Kind), Entry: string(one.Entry), Sequence: one.Sequence}
		if one.Count > 1 {
			out.Body.Problems[i].Count = one.Count
		}
	}
	return out, nil
}
