package policy

import (
	"slices"

	"github.com/cedar-policy/cedar-go"

	"mandate/shared/directory"
)

// Effective lists what a user may do in an organisation, by its kind, its roles and the permissions given beside them,
// where it is active and has the account. Where a permission comes with both scopes, "all" stands. A permission that the
// preset's catalogue does not have is none.
func (e *Engine) Effective(user directory.User, organisation directory.Organisation) (map[directory.Permission]directory.Scope, error) {
	catalogue, err := e.catalogueOf(user, organisation)
	if err != nil {
		return nil, err
	}
	return catalogue.effective(user.Kind, user.Access, organisation), nil
}

// Origins lists what gives a user a permission, each with the scope that it gives (2.9): its kind first, then its roles,
// then what it was given beside them.
func (e *Engine) Origins(user directory.User, organisation directory.Organisation, permission directory.Permission) ([]directory.Origin, error) {
	catalogue, err := e.catalogueOf(user, organisation)
	if err != nil {
		return nil, err
	}
	var origins []directory.Origin
	add := func(gives held, origin directory.Origin) {
		if origin.Scope = gives.scope(permission); origin.Scope != "" {
			origins = append(origins, origin)
		}
	}
	add(catalogue.kinds[user.Kind], directory.Origin{By: directory.OriginUserKind, ID: string(user.Kind)})
	for _, id := range user.Roles {
		name := catalogue.roleName(id, organisation)
		add(catalogue.role(id, organisation), directory.Origin{By: directory.OriginRole, ID: id, Name: name})
	}
	if _, known := catalogue.administrative[permission]; known && slices.Contains(user.Permissions, permission) {
		origins = append(origins, directory.Origin{By: directory.OriginExtra, Scope: directory.ScopeAll})
	}
	return origins, nil
}

// scope is how wide a permission is given; empty where it is not.
func (h held) scope(permission directory.Permission) directory.Scope {
	value := cedar.String(permission)
	switch {
	case h.rights.everything.Contains(value):
		return directory.ScopeAll
	case h.rights.created.Contains(value):
		return directory.ScopeOwn
	default:
		return ""
	}
}

// roleName is what people call a role.
func (c *catalogue) roleName(id string, organisation directory.Organisation) string {
	if role, ok := organisation.OwnRole(id); ok {
		return role.Name
	}
	for _, role := range c.preset.Roles {
		if role.ID == id {
			return role.Name
		}
	}
	return ""
}

// Warnings lists the conflicts of duties that a user of this kind has with this access, or would have, in the preset's
// order (2.6). Nil where there are none.
func (e *Engine) Warnings(kind directory.Kind, access directory.Access, organisation directory.Organisation) ([]directory.Warning, error) {
	catalogue, err := e.catalogue(organisation.Preset)
	if err != nil {
		return nil, err
	}
	if len(catalogue.conflicts) == 0 {
		return nil, nil
	}
	effective := catalogue.effective(kind, access, organisation)
	lacks := func(permission directory.Permission) bool { return effective[permission] == "" }
	var warnings []directory.Warning
	for _, conflict := range catalogue.conflicts {
		if conflict.Kind != "" && conflict.Kind != kind {
			continue
		}
		if !slices.ContainsFunc(conflict.Permissions, lacks) {
			warnings = append(warnings, directory.Warning{Code: conflict.ID, Detail: conflict.Warning})
		}
	}
	return warnings, nil
}

// catalogueOf finds where a user's roles are from: an operator's are the platform's, wherever it acts.
func (e *Engine) catalogueOf(user directory.User, organisation directory.Organisation) (*catalogue, error) {
	if isOperator(user) {
		return e.catalogue(Platform)
	}
	return e.catalogue(organisation.Preset)
}

// role is what a role gives: the catalogue's, or one of the organisation's own, which cannot take a catalogue's place.
// A role that there is not gives nothing.
func (c *catalogue) role(id string, organisation directory.Organisation) held {
	if found, ok := c.roles[id]; ok {
		return found
	}
	if organisation.Preset != c.preset.Name { // an operator in a customer's organisation, whose roles are not its own
		return held{}
	}
	own, _ := organisation.OwnRole(id)
	return c.held(own.Permissions)
}

// rights are a user's effective permissions. Where they have a single source, as with an admin by kind or with a role
// and nothing else, its sets are taken as they are: making sets is what a decision spends most on.
func (c *catalogue) rights(kind directory.Kind, access directory.Access, organisation directory.Organisation) rights {
	sources := make([]held, 0, 8)
	add := func(source held) {
		if len(source.all)+len(source.own) > 0 {
			sources = append(sources, source)
		}
	}
	add(c.kinds[kind])
	for _, id := range access.Roles {
		add(c.role(id, organisation))
	}
	if len(sources) == 1 && len(access.Permissions) == 0 {
		return sources[0].rights
	}
	var all, own []cedar.Value
	for _, source := range sources {
		all, own = append(all, source.all...), append(own, source.own...)
	}
	for _, permission := range access.Permissions {
		if _, known := c.administrative[permission]; known {
			all = append(all, cedar.String(permission))
		}
	}
	return rightsOf(all, own)
}

func (c *catalogue) effective(kind directory.Kind, access directory.Access, organisation directory.Organisation) map[directory.Permission]directory.Scope {
	rights := c.rights(kind, access, organisation)
	effective := make(map[directory.Permission]directory.Scope, rights.everything.Len()+rights.created.Len())
	for permission := range rights.created.All() {
		effective[directory.Permission(permission.(cedar.String))] = directory.ScopeOwn
	}
	for permission := range rights.everything.All() {
		effective[directory.Permission(permission.(cedar.String))] = directory.ScopeAll
	}
	return effective
}
