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

// makesOwner tells whether one of the roles makes its holder the owner.
func (p Preset) makesOwner(roles []string) bool {
	role := p.ownerRole()
	return role != "" && slices.Contains(roles, role)
}

// checkOwner refuses roles with which the organisation would have two owners, or none, or one who cannot act.
func (p Preset) checkOwner(user User, roles []string) error {
	owns := p.makesOwner(roles)
	switch {
	case p.ownerRole() == "" || owns && user.Owner:
		return nil
	case user.Owner:
		return fault.InvalidField("roles", "owner", "The organisation has an owner at all times: the platform's staff can name another.")
	case owns && !user.ActiveAdmin():
		return fault.InvalidField("roles", "owner", "Only an active admin can be made the owner.")
	}
	return nil
}

// FormerOwner is who is an organisation's owner no more, with the name that was shown.
type FormerOwner struct {
	ID   UserID `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Role string `json:"role,omitempty"` // before: what makes the owner; after: what comes in its place; empty where no role does
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
		if role := preset.Owner.Role; role != "" {
			in.after.Profile.Roles = set(append(slices.Clone(user.Roles), role))
		}
		in.after.Owner = true
		return in, nil
	})
}

// tellFormerOwner has an intent that makes its user the owner say who is it no more: who approves it is shown both (3.3),
// and so is who has a preview (3.11). It takes a read more: the former owner is not known before the organisation is.
func (c *Core) tellFormerOwner(ctx context.Context, v visit, in *intent) error {
	if v.organisation.Owner == "" || !(Change{Before: in.before, After: in.after}).names() {
		return nil
	}
	preset, err := c.preset(v.organisation)
	if err != nil {
		return err
	}
	ref := UserRef{v.organisation.ID, v.organisation.Owner}
	found, err := c.Store.Read(ctx, Want{Users: []UserRef{ref}})
	if err != nil {
		return err
	}
	in.before.FormerOwner = &FormerOwner{Role: preset.Owner.Role}
	in.after.FormerOwner = &FormerOwner{ref.ID, found.Users[ref].Name.Full(), preset.Owner.Former}
	return nil
}

// names tells whether the change makes its user the owner, which it was not before.
func (c Change) names() bool { return c.After.Owner && !c.Before.Owner }

// succeeds tells whether the owner is still whom the change takes that from.
func (c Change) succeeds(organisation Organisation) bool {
	if former := c.After.FormerOwner; former != nil {
		return former.ID == organisation.Owner
	}
	return organisation.Owner == ""
}

func (c *Core) applyOwner(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	updated(plan.Change, organisation, &plan.User)
	return c.handOver(ctx, now, organisation, plan)
}

// handOver makes the user the owner, if the change does, and takes that from who was it: there is one at a time.
func (c *Core) handOver(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	if !plan.Change.names() {
		return nil
	}
	before := UserRef{organisation.ID, organisation.Owner}
	plan.User.Owner, organisation.Owner = true, plan.User.ID
	plan.add(PutOrganisation{organisation})
	if before.ID == "" {
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
	former.Owner = false
	if role := plan.Change.Before.FormerOwner.Role; role != "" {
		others := slices.DeleteFunc(slices.Clone(former.Roles), func(held string) bool { return held == role })
		former.Roles = set(append(others, plan.Change.After.FormerOwner.Role))
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
