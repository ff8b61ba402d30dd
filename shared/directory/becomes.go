package directory

import "slices"

// What acts make of a user: see actRule.

// created lets a new user in as far as its organisation's onboarding does (1.11). API users have no stages to pass. One that
// is to be inactive at first gets as far when it is reactivated.
func created(change Change, organisation Organisation, user *User) {
	switch {
	case user.Kind == KindAPI:
		user.Status = StatusActive
	case organisation.Settings.Shares():
		user.Status = StatusEmailNotVerified // nobody is linked who did not confirm it (4.3)
	default:
		user.Status = nextStage(organisation.Settings, *user, "")
	}
	if change.After.Status == StatusInactive {
		user.Resume, user.Status = user.Status, StatusInactive
	}
}

// updated gives the user its new profile. Where numbers are verified a new one is verified anew, and the user is let in as
// far as before when it was (1.11).
func updated(change Change, organisation Organisation, user *User) {
	number := user.Phone
	user.become(change.after(*user))
	at := &user.Status
	if *at == StatusInactive {
		at = &user.Resume
	}
	verifies := user.Kind != KindAPI && slices.Contains(organisation.Settings.Onboarding, StatusPhoneNotVerified)
	passed := *at == StatusActive || slices.Index(stages, *at) > slices.Index(stages, StatusPhoneNotVerified)
	if verifies && passed && user.Phone != number && user.Phone != "" {
		user.Reached, *at = *at, StatusPhoneNotVerified
	}
}

func deactivated(_ Change, _ Organisation, user *User) {
	user.Resume, user.Status = user.Status, StatusInactive
}

func reactivated(_ Change, _ Organisation, user *User) { user.Status, user.Resume = user.Resume, "" }

func removed(_ Change, _ Organisation, user *User) { user.Status = StatusRemoved }

func assignedTo(change Change, _ Organisation, user *User) {
	user.Accounts = set(append(user.Accounts, change.After.Assignment.Account))
}

// becomes is a user as a change of it leaves it once it has taken effect.
func (c Change) becomes(organisation Organisation, user User) User {
	if becomes := c.Act.rule().becomes; becomes != nil {
		becomes(c, organisation, &user)
	}
	return user
}

// reshapes is the organisation as a change of one of its roles would leave it.
func (c Change) reshapes(organisation Organisation) Organisation {
	role, ok := organisation.OwnRole(string(c.Target))
	if !ok {
		return organisation
	}
	if after := c.After.Role; after != nil {
		role.Role = *after
	}
	return organisation.keeping(role, c.After.Role != nil)
}
