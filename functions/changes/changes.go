// Package changes answers the operations on changes. What they mean is package directory's.
package changes

import (
	"context"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

type handlers struct{ changes *directory.Changes }

// Register adds the operations to a server.
func Register(server *httpapi.Server, changes *directory.Changes) {
	h := handlers{changes}
	httpapi.Handle(server, api.ListChanges, h.list)
	httpapi.Handle(server, api.GetChange, h.get)
	httpapi.Handle(server, api.ConfirmChange, h.confirm)
	httpapi.Handle(server, api.ChallengeChange, h.challenge)
	httpapi.Handle(server, api.ApproveChange, h.approve)
	httpapi.Handle(server, api.RejectChange, h.reject)
	httpapi.Handle(server, api.CancelChange, h.cancel)
}

func (h handlers) list(ctx context.Context, r directory.Request, in *api.ListChangesInput) (*api.Listed[api.Change], error) {
	changes, next, err := h.changes.List(ctx, r, directory.ChangeState(in.State), present.Page(in.Page))
	if err != nil {
		return nil, err
	}
	return present.All(changes, next, present.Change), nil
}

func (h handlers) get(ctx context.Context, r directory.Request, in *api.ChangePath) (*api.ChangeAnswer, error) {
	change, err := h.changes.Get(ctx, r, directory.ChangeID(in.ChangeID))
	if err != nil {
		return nil, err
	}
	return &api.ChangeAnswer{ETag: change.ETag(), Body: present.Change(change)}, nil
}

func (h handlers) confirm(ctx context.Context, r directory.Request, in *api.ProofInput) (*api.SettledAnswer, error) {
	return h.prove(ctx, r, in, h.changes.Confirm)
}

func (h handlers) approve(ctx context.Context, r directory.Request, in *api.ProofInput) (*api.SettledAnswer, error) {
	return h.prove(ctx, r, in, h.changes.Approve)
}

// prove decides about a change with a proof.
func (h handlers) prove(ctx context.Context, r directory.Request, in *api.ProofInput, decide func(context.Context, directory.Request, directory.ChangeID, directory.Proof) (directory.Settled, error)) (*api.SettledAnswer, error) {
	factor, err := present.Factor(in.Body.Method, in.Body.Given)
	if err != nil {
		return nil, err
	}
	return answer(decide(ctx, r, directory.ChangeID(in.ChangeID), directory.Proof{Digest: in.Body.Digest, Factor: factor}))
}

func (h handlers) challenge(ctx context.Context, r directory.Request, in *api.ChangePath) (*api.InvitationAnswer, error) {
	return present.Invitation(h.changes.Challenge(ctx, r, directory.ChangeID(in.ChangeID)))
}

func (h handlers) reject(ctx context.Context, r directory.Request, in *api.RejectInput) (*api.SettledAnswer, error) {
	return answer(h.changes.Reject(ctx, r, directory.ChangeID(in.ChangeID), in.Body.Reason))
}

func (h handlers) cancel(ctx context.Context, r directory.Request, in *api.CancelInput) (*api.SettledAnswer, error) {
	reason := ""
	if in.Body != nil {
		reason = in.Body.Reason
	}
	return answer(h.changes.Cancel(ctx, r, directory.ChangeID(in.ChangeID), reason))
}

func answer(settled directory.Settled, err error) (*api.SettledAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.SettledAnswer{ETag: settled.Change.ETag()}
	out.Body.Change = present.Change(settled.Change)
	if !settled.Gone && settled.User.ID != "" {
		user := present.User(settled.User)
		out.Body.User = &user
	}
	return out, nil
}
