package directory

import (
	"context"
	"fmt"
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
func (c *Core) ownerRole(organisation Organisation) string {
	if preset, ok := c.Presets.Preset(organisation.Preset); ok && preset.Owner != nil {
		return preset.Owner.Role
	}
	return ""
}

// checkOwner refuses roles with which the organisation would have two owners, or none, or one who cannot act.
func (c *Core) checkOwner(organisation Organisation, user User, roles []string) error {
	role := c.ownerRole(organisation)
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

// handOver makes the user the owner, if its new roles do, and takes that from who was it: there is one at a time.
func (c *Core) handOver(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	user, role := &plan.User, c.ownerRole(organisation)
	if role == "" || user.Owner || !slices.Contains(user.Roles, role) {
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
	preset, ok := c.Presets.Preset(organisation.Preset)
	if !ok {
		return fmt.Errorf("organisation %s: unknown preset %q", organisation.ID, organisation.Preset)
	}
	was := snapshot(former)
	former.Owner = false
	former.Roles = set(append(slices.DeleteFunc(slices.Clone(former.Roles), func(r string) bool { return r == role }), preset.Owner.Former))
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
