// Package reviews answers the reviews of access: who can do what on which account, conflicts of duties, users who are not
// seen any more. What they mean is package directory's.
//
// It is a function of its own for its rights. It lists, which the access function does not: that one is asked by whatever
// machine enforces access, and reads by id alone. And it needs no key, which the ledger's function does.
package reviews

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/httpapi"
)

type handlers struct{ reviews *directory.Reviews }

// Register adds the operations to a server.
func Register(server *httpapi.Server, reviews *directory.Reviews) {
	h := handlers{reviews}
	httpapi.Handle(server, api.AccessMatrix, h.access)
	httpapi.Handle(server, api.SodReport, h.conflicts)
	httpapi.Handle(server, api.DormantUsers, h.dormant)
}

func (h handlers) access(ctx context.Context, r directory.Request, in *api.ReviewInput) (*api.AccessMatrixAnswer, error) {
	rows, next, err := h.reviews.Access(ctx, r, present.Rows(in.Page, in.Export))
	if err != nil {
		return nil, err
	}
	list := present.Table(rows, next, in.Page, nil, accessRow)
	return &api.AccessMatrixAnswer{Link: list.Link, Body: api.AccessRows(list.Body)}, nil
}

func accessRow(row directory.AccessRow) api.AccessRow {
	user := row.User
	out := api.AccessRow{
		User: person(user), Email: user.Email, Status: string(user.Status),
		AllAccounts: user.HoldsAllAccounts(), Accounts: present.Strings(user.Accounts), Permissions: make([]api.Grant, len(row.Grants)),
	}
	for i, grant := range row.Grants {
		out.Permissions[i] = api.Grant{
			Permission: string(grant.Permission), Scope: string(grant.Scope), Obligations: present.Strings(grant.Obligations),
		}
	}
	return out
}

func person(user directory.User) api.Person {
	return api.Person{ID: string(user.ID), Name: user.Name.Full(), Kind: string(user.Kind)}
}

func (h handlers) conflicts(ctx context.Context, r directory.Request, in *api.ReviewInput) (*api.Tabled[api.ConflictRow], error) {
	rows, next, err := h.reviews.Conflicts(ctx, r, present.Rows(in.Page, in.Export))
	if err != nil {
		return nil, err
	}
	return present.Table(rows, next, in.Page, nil, func(row directory.ConflictRow) api.ConflictRow {
		return api.ConflictRow{
			User: person(row.User), Email: row.User.Email, Status: string(row.User.Status),
			Conflict: row.Warning.Code, Detail: row.Warning.Detail,
		}
	}), nil
}

const day = 24 * time.Hour

func (h handlers) dormant(ctx context.Context, r directory.Request, in *api.DormantInput) (*api.Tabled[api.DormantRow], error) {
	users, next, err := h.reviews.Dormant(ctx, r, time.Duration(in.Days)*day, present.Rows(in.Page, in.Export))
	if err != nil {
		return nil, err
	}
	query := url.Values{"days": {strconv.Itoa(in.Days)}}
	return present.Table(users, next, in.Page, query, func(user directory.User) api.DormantRow {
		return api.DormantRow{
			User: person(user), Email: user.Email, Status: string(user.Status),
			LastSignInAt: api.Moment(user.LastSignInAt), CreatedAt: user.CreatedAt.UTC(),
		}
	}), nil
}
