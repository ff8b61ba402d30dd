package directory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mandate/shared/fault"
)

// OwnRole is a role that an organisation added to its preset's (2.2). Own roles are in the organisation's record, so that
// a decision reads nothing more.
type OwnRole struct {
	Role
	// Pending: its creation has not taken effect. It gives nothing and cannot be given; its name is taken.
	Pending bool `json:"pending"`
	// OpenChange is the change that waits for the role (3.5); EffectiveAt when it takes effect, once approved (3.6).
	OpenChange  ChangeID  `json:"openChange"`
	EffectiveAt time.Time `json:"effectiveAt"`
	// Growth is how many bytes the open change will add: they are kept for it (see maxRolesSize).
	Growth int `json:"growth"`
	// NextName is what the open change calls the role; it is kept for it, so that no other role takes it meanwhile.
	NextName string `json:"nextName,omitempty"`
	// Version goes up when the role changes: changes are bound to it (3.3).
	Version int `json:"version"`
}

// Bounds of an organisation's own roles. Every request reads them with the organisation: together they take no more than
// eight read units.
const (
	maxOwnRoles    = 100
	maxDescription = 200
	maxRolesSize   = 32 << 10
)

// size is about what the role takes in the organisation's record, in bytes.
func (r Role) size() int {
	const frame = 100 // names of fields, version and mark
	size := frame + len(r.ID) + len(r.Name) + len(r.Description)
	for permission := range r.Permissions {
		size += len(permission) + len(`"":"all",`)
	}
	return size
}

// growth is how many bytes larger the role will be; never less than none, since the change may come to nothing.
func (r Role) growth(after *Role) int {
	if after == nil {
		return 0
	}
	return max(0, after.size()-r.size())
}

// scoped are the permissions that the role gives with a scope, sorted.
func (r Role) scoped(scope Scope) []Permission {
	var list []Permission
	for permission, its := range r.Permissions {
		if its == scope {
			list = append(list, permission)
		}
	}
	return set(list)
}

// ETag names the role's state, for If-Match.
func (r OwnRole) ETag() string { return fmt.Sprintf(`"%d-%s"`, r.Version, r.OpenChange) }

// OwnRole finds a role of the organisation's own, also one that is pending.
func (o Organisation) OwnRole(id string) (OwnRole, bool) {
	index := slices.IndexFunc(o.Roles, func(r OwnRole) bool { return r.ID == id })
	if index < 0 {
		return OwnRole{}, false
	}
	return o.Roles[index], true
}

// hasRole tells whether the organisation has a role of its own that can be given.
func (o Organisation) hasRole(id string) bool {
	role, ok := o.OwnRole(id)
	return ok && !role.Pending
}

// keeping is the organisation with the role as it is now, or without it.
func (o Organisation) keeping(role OwnRole, keep bool) Organisation {
	index := slices.IndexFunc(o.Roles, func(r OwnRole) bool { return r.ID == role.ID })
	o.Roles = slices.Clone(o.Roles)
	switch {
	case index >= 0 && keep:
		o.Roles[index] = role
	case index >= 0:
		o.Roles = slices.Delete(o.Roles, index, index+1)
	case keep:
		o.Roles = append(o.Roles, role)
	}
	return o
}

// wider tells whether a scope gives more than another; an empty one gives nothing.
func wider(scope, than Scope) bool { return scope != than && (scope == ScopeAll || than == "") }

// givesRole is what a role gives that it did not give before, or gave for less.
func givesRole(c Change) Access {
	var before map[Permission]Scope
	if c.Before != nil {
		before = c.Before.Role.Permissions
	}
	var more []Permission
	for permission, scope := range c.After.Role.Permissions {
		if wider(scope, before[permission]) {
			more = append(more, permission)
		}
	}
	return Access{Permissions: set(more)}
}

// narrower is what both give.
func narrower(before, after map[Permission]Scope) map[Permission]Scope {
	both := map[Permission]Scope{}
	for permission, scope := range before {
		if now, ok := after[permission]; ok {
			if both[permission] = scope; wider(scope, now) {
				both[permission] = now
			}
		}
	}
	return both
}

// RoleAnswer is what an act on a role came to.
type RoleAnswer struct {
	Role     OwnRole
	Change   *Change // nil where it took effect at once
	Preview  *Plan   // with a preview: nothing was written
	Warnings []Warning
	Created  bool // the role came to be in effect, not only to be asked for
}

// CreateRole asks for a role of the organisation's own (2.2).
//
// Faults: invalid (naming each field and rule), forbidden, and those of a session.
func (o *Organisations) CreateRole(ctx context.Context, r Request, new Role) (RoleAnswer, error) {
	return o.changeRole(ctx, r, ActCreateRole, func(v visit) (OwnRole, *Role, error) {
		new.ID = o.NewID(PrefixRole)
		err := o.checkRole(v, &new)
		return OwnRole{Role: Role{ID: new.ID, Name: new.Name}, Pending: true}, &new, err
	})
}

// RolePatch alters a role; it is applied to what the role is now.
type RolePatch func(*Role)

// UpdateRole asks for changes to a role of the organisation's own. What they take away goes with the approval, from
// everybody who has the role; what they give comes after the organisation's delay (3.6).
//
// Faults: notFound, invalid, forbidden, changeOpen, preconditionFailed; stateWrong for a role of the preset.
func (o *Organisations) UpdateRole(ctx context.Context, r Request, id string, patch RolePatch) (RoleAnswer, error) {
	return o.changeRole(ctx, r, ActUpdateRole, func(v visit) (OwnRole, *Role, error) {
		role, err := o.visitRole(v, id)
		if err != nil {
			return role, nil, err
		}
		after := role.Role
		after.Permissions = maps.Clone(role.Permissions)
		patch(&after)
		return role, &after, o.checkRole(v, &after)
	})
}

// DeleteRole asks for the end of a role of the organisation's own. With the approval it gives nothing any more to those
// who have it, and is gone from each of them with that user's next change.
//
// It does not wait until nobody has it: who has it, nobody could say without reading all users, or without having every
// change of a user write on the one record of its organisation; and whoever is given it at this moment would have it all
// the same.
//
// Faults: as for UpdateRole.
func (o *Organisations) DeleteRole(ctx context.Context, r Request, id string) (RoleAnswer, error) {
	return o.changeRole(ctx, r, ActDeleteRole, func(v visit) (OwnRole, *Role, error) {
		role, err := o.visitRole(v, id)
		return role, nil, err
	})
}

// visitRole finds a role, and says what stands against a change of it (3.5).
func (o *Organisations) visitRole(v visit, id string) (OwnRole, error) {
	role, ok := v.organisation.OwnRole(id)
	switch {
	case ok && role.OpenChange != "":
		return role, &fault.Fault{Code: fault.ChangeOpen, Change: string(role.OpenChange),
			Detail: "The role has an open change. Wait until it has ended, or cancel it."}
	case ok:
		return role, nil
	}
	preset, err := o.preset(v.organisation)
	if err != nil {
		return OwnRole{}, err
	}
	if preset.hasRole(id) {
		return OwnRole{}, fault.New(fault.StateWrong, "This role is the system's. Only an organisation's own roles are changed.")
	}
	return OwnRole{}, fault.New(fault.NotFound, "There is no such role.")
}

// changeRole asks for an act on a role: shape answers it as it is and as it will be, nil where it will be gone, and what
// is wrong with that.
func (o *Organisations) changeRole(ctx context.Context, r Request, act Act, shape func(visit) (OwnRole, *Role, error)) (RoleAnswer, error) {
	return once(ctx, o.Store, r, func(bool) (RoleAnswer, error) {
		v, err := o.enter(ctx, r, nil)
		if err != nil {
			return RoleAnswer{}, err
		}
		if answer, repeated, err := o.repeatedRole(ctx, v); repeated || err != nil {
			return answer, err
		}
		role, after, shapeErr := shape(v)
		if fault.Is(shapeErr, fault.NotFound) {
			return RoleAnswer{}, shapeErr
		}
		in := intent{
			act: act, id: TargetID(role.ID), name: role.Name, target: Target{Role: role, Keeper: v.organisation}, after: Snapshot{Role: after},
		}
		if !act.rule().creates {
			before := role.Role
			in.before = &Snapshot{Role: &before}
		}
		if err := o.mayAsk(ctx, v, in, shapeErr); err != nil {
			return RoleAnswer{}, err
		}
		if !r.matches(role.ETag()) {
			return RoleAnswer{}, fault.New(fault.PreconditionFailed, "The role is no longer as you saw it.")
		}
		if shapeErr != nil {
			return RoleAnswer{}, shapeErr
		}
		if in.before != nil && after != nil && len(Differences(in.before, in.after)) == 0 {
			return RoleAnswer{Role: role, Preview: v.nothing()}, nil // nothing to do is done
		}
		return o.askRole(ctx, v, in)
	})
}

// askRole makes the plan and writes it, or shows it.
func (o *Organisations) askRole(ctx context.Context, v visit, in intent) (RoleAnswer, error) {
	var warnings []Warning
	if in.after.Role != nil {
		var err error
		access := Access{Permissions: in.after.Role.scoped(ScopeAll)}
		if warnings, err = o.Policies.Warnings(KindRegular, access, v.organisation); err != nil {
			return RoleAnswer{}, err
		}
	}
	plan, err := o.Core.plan(ctx, v, in)
	if err != nil {
		return RoleAnswer{}, err
	}
	plan.Change.OrganisationVersion++ // which the change itself moves on
	plan.Warnings = warnings
	if v.Preview {
		return RoleAnswer{Role: plan.Role, Change: &plan.Change, Preview: &plan, Warnings: warnings}, nil
	}
	answer := answeredRole(plan.Role, plan.Change)
	answer.Warnings = warnings
	return answer, o.commit(ctx, plan)
}

func answeredRole(role OwnRole, change Change) RoleAnswer {
	answer := RoleAnswer{Role: role, Created: change.Act.rule().creates && change.State == StateEffective}
	if change.State != StateEffective {
		answer.Change = &change
	}
	return answer
}

// repeatedRole answers a request whose Idempotency-Key was there before, as things are now.
func (o *Organisations) repeatedRole(ctx context.Context, v visit) (RoleAnswer, bool, error) {
	remembered, ok, err := v.remembered()
	if !ok || err != nil {
		return RoleAnswer{}, false, err
	}
	ref := ChangeRef{v.organisation.ID, remembered.Change}
	found, err := o.Store.Read(ctx, Want{Changes: []ChangeRef{ref}})
	if err != nil {
		return RoleAnswer{}, false, err
	}
	role, there := v.organisation.OwnRole(remembered.Resource)
	if !there { // its creation came to nothing meanwhile
		role.ID = remembered.Resource
	}
	return answeredRole(role, found.Changes[ref]), true, nil
}

// checkRole brings a role into its canonical form, and tells every field that breaks a rule.
func (o *Organisations) checkRole(v visit, role *Role) error {
	preset, err := o.preset(v.organisation)
	if err != nil {
		return err
	}
	var fields fault.Fields
	checkName(&fields, "name", &role.Name, true)
	checkText(&fields, "description", &role.Description, maxDescription)
	own, size, taken := 1, role.size(), false
	for _, other := range v.organisation.Roles {
		if other.ID != role.ID {
			own, size = own+1, size+other.size()+other.Growth
			taken = taken || fold(other.Name) == fold(role.Name) || fold(other.NextName) == fold(role.Name)
		}
	}
	if taken || slices.ContainsFunc(preset.Roles, func(other Role) bool { return fold(other.Name) == fold(role.Name) }) {
		fields.Add("name", "taken", "The organisation has a role of this name.")
	}
	if own > maxOwnRoles {
		fields.Add("roles", "maxItems", "An organisation has at most %d roles of its own.", maxOwnRoles)
	} else if size > maxRolesSize {
		fields.Add("roles", "maxBytes", "The organisation's own roles are too large together: use fewer, or shorter descriptions.")
	}
	if len(role.Permissions) == 0 {
		fields.Add("permissions", "required", "Name what the role gives.")
	}
	for _, permission := range slices.Sorted(maps.Keys(role.Permissions)) {
		field := "permissions." + string(permission)
		if !preset.hasPermission(permission) {
			fields.Add(field, "unknown", "There is no such permission.")
		}
		if scope := role.Permissions[permission]; scope != ScopeAll && scope != ScopeOwn {
			fields.Add(field, "enum", "The scope is all or own.")
		}
	}
	return fields.Err()
}

// checkText accepts a few words of a person's, on one line or on several.
func checkText(fields *fault.Fields, field string, text *string, most int) {
	*text = strings.TrimSpace(*text)
	switch {
	case !utf8.ValidString(*text):
		fields.Add(field, "utf8", "The text is not valid UTF-8.")
	case utf8.RuneCountInString(*text) > most:
		fields.Add(field, "maxLength", "At most %d characters.", most)
	case strings.ContainsFunc(*text, func(r rune) bool { return r != '\n' && hidden(r) }):
		fields.Add(field, "characters", "The text has no control or formatting characters.")
	}
}
