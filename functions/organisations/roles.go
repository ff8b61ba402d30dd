package organisations

import (
	"context"
	"net/http"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
)

func (h handlers) roles(ctx context.Context, r directory.Request, _ *api.None) (*api.Listed[api.Role], error) {
	preset, own, err := h.organisations.Catalogue(ctx, r)
	if err != nil {
		return nil, err
	}
	all := present.All(preset.Roles, "", role)
	for _, one := range own {
		all.Body.Items = append(all.Body.Items, ownRole(one))
	}
	return all, nil
}

func (h handlers) permissions(ctx context.Context, r directory.Request, _ *api.None) (*api.Listed[api.Permission], error) {
	preset, _, err := h.organisations.Catalogue(ctx, r)
	if err != nil {
		return nil, err
	}
	return present.All(preset.Permissions, "", func(p directory.PermissionInfo) api.Permission {
		return api.Permission{ID: string(p.ID), Description: p.Description}
	}), nil
}

func (h handlers) createRole(ctx context.Context, r directory.Request, in *api.CreateRoleInput) (*api.RoleAnswer, error) {
	return roleAnswer(h.organisations.CreateRole(ctx, r, directory.Role{
		Name: in.Body.Name, Description: in.Body.Description, Permissions: scopes(in.Body.Permissions),
	}))
}

func (h handlers) updateRole(ctx context.Context, r directory.Request, in *api.UpdateRoleInput) (*api.RoleAnswer, error) {
	return roleAnswer(h.organisations.UpdateRole(ctx, r, in.RoleID, func(role *directory.Role) {
		present.Set(&role.Name, in.Body.Name)
		present.Set(&role.Description, in.Body.Description)
		if in.Body.Permissions != nil {
			role.Permissions = scopes(*in.Body.Permissions)
		}
	}))
}

func (h handlers) deleteRole(ctx context.Context, r directory.Request, in *api.RolePath) (*api.RoleAnswer, error) {
	return roleAnswer(h.organisations.DeleteRole(ctx, r, in.RoleID))
}

// roleAnswer is 200 or, for what came to be, 201 where an act took effect, and 202 where it waits.
func roleAnswer(a directory.RoleAnswer, err error) (*api.RoleAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.RoleAnswer{Status: http.StatusOK, ETag: a.Role.ETag()}
	out.Body.Role = ownRole(a.Role)
	out.Body.Warnings = present.Warnings(a.Warnings)
	switch {
	case a.Preview != nil:
		out.Body.Preview = present.Outlook(*a.Preview)
	case a.Change != nil:
		change := present.Change(*a.Change)
		out.Status, out.Body.Change = http.StatusAccepted, &change
	case a.Created:
		out.Status = http.StatusCreated
	}
	return out, nil
}

func role(r directory.Role) api.Role {
	return api.Role{ID: r.ID, Name: r.Name, Description: r.Description, Permissions: present.Permissions(r.Permissions)}
}

func ownRole(r directory.OwnRole) api.Role {
	shown := role(r.Role)
	shown.Own, shown.Pending, shown.ETag = true, r.Pending, r.ETag()
	shown.OpenChange, shown.EffectiveAt = string(r.OpenChange), api.Moment(r.EffectiveAt)
	return shown
}

func scopes(permissions map[string]string) map[directory.Permission]directory.Scope {
	typed := make(map[directory.Permission]directory.Scope, len(permissions))
	for permission, scope := range permissions {
		typed[directory.Permission(permission)] = directory.Scope(scope)
	}
	return typed
}
