package directory

import (
	"context"
	"slices"
	"time"

	"mandate/shared/fault"
)

// Ownership says that organisations of a preset have one owner among their admins: the first, until the platform's staff
// names another.
type Ownership struct {
	// Role is what makes its holder the owner, and is nobody else's; empty where the owner has none of its own, and stays.
	Role string `json:"role,omitempty"`
	// Former is the role of one who is the owner no more.
	Former string `json:"former,omitempty"`
}

// ownerRole is the role that makes an organisation's owner; empty where none does.
func (p Preset) ownerRole() string {
	if p.Owner != nil {
		return p.Owner.Role
	}
	return ""
}

// checkOwner refuses roles with which the organisation would have two owners, or none, or one who cannot act.
func (c *Core) checkOwner(organisation Organisation, user User, roles []string) error {
	preset, err := c.preset(organisation)
	if err != nil {
		return err
	}
	role := preset.ownerRole()
	owns := role != "" && slices.Contains(roles, role)
	switch {
	case role == "" || owns && user.Owner:
		return nil
	case user.Owner:
		return fault.InvalidField("roles", "owner", "The organisation has an owner at all times: the platform's staff can name another.")
	case owns && !user.ActiveAdmin():
		return fault.InvalidField("roles", "owner", "Only an active admin can be made the owner.")
	}
	return nil
}

// NameOwner asks for an active admin to be the organisation's owner, in the place of who is it. Where a role makes the
// owner, it comes with it.
//
// Faults: notFound, forbidden, changeOpen, preconditionFailed; stateWrong where the organisation's users have no owner, or
// the user cannot be it.
func (u *Users) NameOwner(ctx context.Context, r Request, id UserID) (Answer, error) {
	return u.change(ctx, r, id, ActNameOwner, Access{}, func(v visit, user User) (intent, error) {
		preset, err := u.preset(v.organisation)
		switch {
		case err != nil:
			return intent{}, err
		case preset.Owner == nil:
			return intent{}, fault.New(fault.StateWrong, "None of this organisation's users is its owner.")
		case user.Owner:
			return intent{}, fault.New(fault.StateWrong, "The user is the owner already.")
		case !user.ActiveAdmin():
			return intent{}, fault.New(fault.StateWrong, "Only an active admin can be made the owner.")
		}
		in := intent{after: snapshot(user)}
		if in.after.Owner = true; preset.Owner.Role != "" {
			in.after.Profile.Roles = set(append(slices.Clone(user.Roles), preset.Owner.Role))
		}
		return in, nil
	})
}

func (c *Core) applyOwner(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	updated(plan.Change, organisation, &plan.User)
	return c.handOver(ctx, now, organisation, plan)
}

// handOver makes the user the owner, if the change or its new roles do, and takes that from who was it: there is one at a
// time.
func (c *Core) handOver(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	preset, err := c.preset(organisation)
	if err != nil {
		return err
	}
	user, role := &plan.User, preset.ownerRole()
	named := plan.Change.After.Owner || role != "" && slices.Contains(user.Roles, role)
	if user.Owner || !named {
		return nil
	}
	before := UserRef{organisation.ID, organisation.Owner}
	user.Owner, organisation.Owner = true, user.ID
	plan.add(PutOrganisation{organisation})
	if before.ID == "" || before.ID == user.ID {
		return nil
	}
	found, err := c.Store.Read(ctx, Want{Users: []UserRef{before}})
	if err != nil {
		return err
	}
	former, there := found.Users[before]
	if !there {
		return nil
	}
	was := snapshot(former)
	if former.Owner = false; role != "" {
		former.Roles = set(append(slices.DeleteFunc(slices.Clone(former.Roles), func(r string) bool { return r == role }), preset.Owner.Former))
	}
	former.Version++
	former.UpdatedAt = now
	requester := plan.Change.Requester
	plan.add(found.put(former), Log{Entry{
		ID: EntryID(c.NewID(PrefixEntry)), Organisation: organisation.ID, At: now, Actor: &requester, Action: Action(ActUpdateUser),
		Outcome: Done, Target: TargetID(former.ID), TargetName: former.Name.Full(), Change: plan.Change.ID,
		Differences: Differences(&was, snapshot(former)), Detail: "no longer the owner",
	}})
	return nil
}
