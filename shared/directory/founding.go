package directory

import (
	"context"
	"fmt"
	"slices"

	"mandate/shared/fault"
)

// PlatformPreset is of the operators' own organisation.
const PlatformPreset = "platform"

// FoundPlatform makes the operators' own organisation with its first operator, who gets a verification mail. Ops do it
// once, after the first deployment: whoever may do it may write the table anyway.
//
// Faults: conflict where it was done before; invalid.
func (o *Organisations) FoundPlatform(ctx context.Context, operator NewUser) error {
	preset, ok := o.Presets.Preset(PlatformPreset)
	if !ok {
		return fmt.Errorf("there is no preset %q", PlatformPreset)
	}
	platform := Organisation{ID: Platform, Name: "Platform", Preset: PlatformPreset, Settings: preset.Settings, CreatedAt: o.Now()}
	v := visit{now: platform.CreatedAt, home: platform, organisation: platform}
	v.caller.Name.First = preset.Title
	entry := o.entry(v, ActionCreateOrganisation, Done)
	entry.Actor = nil
	operator.Kind = KindOperator
	var fields fault.Fields
	effects, err := o.founders(ctx, v, &platform, "operators", []NewUser{operator}, &fields)
	if err == nil {
		err = fields.Err()
	}
	if err != nil {
		return err
	}
	err = o.Store.Commit(ctx, append(effects, PutOrganisation{platform}, Log{entry})...)
	if fault.Is(err, fault.Stale) {
		return fault.New(fault.Conflict, "The platform has its operators already.")
	}
	return err
}

// founders are the effects of an organisation's first users, who are there without anybody's consent: there is nobody yet
// who could give it. Their faults are told under field.
func (o *Organisations) founders(ctx context.Context, v visit, organisation *Organisation, field string, founders []NewUser, fields *fault.Fields) ([]Effect, error) {
	preset, err := o.preset(*organisation)
	if err != nil {
		return nil, err
	}
	var effects []Effect
	users := Users{Core: o.Core, Phones: o.Phones}
	here := v
	here.organisation = *organisation
	taken := map[string]bool{}
	tell := func(i int, err error) error { // a fault of a founder's
		problem, ok := fault.As(err)
		if !ok {
			return err
		}
		for _, at := range problem.Fields {
			fields.Add(fmt.Sprintf("%s[%d].%s", field, i, at.Name), at.Rule, at.Detail, at.Values...)
		}
		return nil
	}
	for i, founder := range founders {
		id := UserID(o.NewID(PrefixUser))
		user := User{
			ID: id, Organisation: organisation.ID, Identity: IdentityID(o.NewID(PrefixIdentity)),
			Kind: founder.Kind, Profile: founder.Profile, CreatedBy: v.caller.ID, CreatedAt: id.Time(), UpdatedAt: id.Time(),
		}
		if preset.Owner != nil && i == 0 {
			user.Owner, organisation.Owner = true, user.ID
			if role := preset.Owner.Role; role != "" {
				user.Roles = set(append(slices.Clone(user.Roles), role))
			}
		}
		if len(user.Roles) == 0 {
			user.Roles = set(slices.Clone(preset.Founders))
		}
		err := users.check(here, user.Kind, &user.Profile, Access{})
		if err == nil {
			err = preset.checkOwner(user, user.Roles)
		}
		if err != nil {
			if err := tell(i, err); err != nil {
				return nil, err
			}
			continue
		}
		made := Plan{Target: Target{User: user}, Change: Change{Requester: v.actor()}}
		all := reservations(organisation.Settings, user, user.Profile)
		for _, reservation := range all {
			reservation.Field = fmt.Sprintf("%s[%d].%s", field, i, reservation.Field)
			if name := string(reservation.Kind) + " " + reservation.Name; taken[name] {
				fields.Add(reservation.Field, "taken", "Another one of this request has it.")
			} else {
				taken[name] = true
			}
		}
		for _, reservation := range organisation.Settings.atAsking(all) {
			reservation.Field = fmt.Sprintf("%s[%d].%s", field, i, reservation.Field)
			made.add(Reserve{reservation})
		}
		if err := o.applyCreation(ctx, v.now, *organisation, &made); err != nil {
			if err := tell(i, err); err != nil {
				return nil, err
			}
			continue
		}
		if made.User.ActiveAdmin() {
			organisation.ActiveAdmins++ // of a new organisation the count is written with it
		}
		effects = append(effects, PutUser{User: made.User})
		effects = append(effects, slices.DeleteFunc(made.effects, func(e Effect) bool { _, moves := e.(MoveAdmins); return moves })...)
	}
	return effects, nil
}
