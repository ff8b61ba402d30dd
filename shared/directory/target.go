package directory

import (
	"strings"
	"time"

	"mandate/shared/fault"
)

// Target is what a change is about, as it is now: the part that the change's target names.
type Target struct {
	User User
	// Account, with Holders: the users that an assignment gives it to.
	Account Account
	Holders []User
	Contact Contact
	// Role, with the organisation that keeps it: roles are in its record.
	Role   OwnRole
	Keeper Organisation
}

// wantTarget reads what an id names, as far as it is read by its id.
func wantTarget(organisation OrganisationID, id TargetID) Want {
	switch {
	case strings.HasPrefix(string(id), PrefixUser):
		return Want{Users: []UserRef{{organisation, UserID(id)}}}
	case strings.HasPrefix(string(id), PrefixAccount):
		return Want{Accounts: []AccountRef{{organisation, AccountID(id)}}}
	case strings.HasPrefix(string(id), PrefixContact):
		return Want{Contacts: []ContactRef{{organisation, ContactID(id)}}}
	case strings.HasPrefix(string(id), PrefixRole):
		return Want{Organisations: []OrganisationID{organisation}}
	default:
		return Want{}
	}
}

// target is what was read of what an id names; its zero value where it is gone.
func (f Found) target(organisation OrganisationID, id TargetID) Target {
	keeper := f.Organisations[organisation]
	if role, ok := keeper.OwnRole(string(id)); ok {
		return Target{Role: role, Keeper: keeper}
	}
	return Target{
		User:    f.Users[UserRef{organisation, UserID(id)}],
		Account: f.Accounts[AccountRef{organisation, AccountID(id)}],
		Contact: f.Contacts[ContactRef{organisation, ContactID(id)}],
	}
}

// put writes a user that was read, or a new one.
func (f Found) put(user User) PutUser {
	return PutUser{User: user, Was: f.Users[UserRef{user.Organisation, user.ID}]}
}

// holders are the users of an assignment, as they are now.
func (f Found) holders(organisation OrganisationID, assignment *Assignment) []User {
	var holders []User
	for _, holder := range assignment.Users {
		if user, ok := f.Users[UserRef{organisation, holder.ID}]; ok {
			holders = append(holders, user)
		}
	}
	return holders
}

// wantHolders reads the users of an assignment.
func wantHolders(organisation OrganisationID, assignment *Assignment) Want {
	var want Want
	for _, holder := range assignment.Users {
		want.Users = append(want.Users, UserRef{organisation, holder.ID})
	}
	return want
}

// users are those that show the change while it is open (3.5).
func (t *Target) users() []*User {
	var users []*User
	if t.User.ID != "" {
		users = append(users, &t.User)
	}
	for i := range t.Holders {
		users = append(users, &t.Holders[i])
	}
	return users
}

// version is what step-up and approval are bound to (3.3). An assignment's is in its users' marks: while they show it, no
// other change of theirs takes effect.
func (t Target) version() int {
	if t.Contact.ID != "" {
		return t.Contact.Version
	}
	if t.Role.ID != "" {
		return t.Role.Version
	}
	return t.User.Version
}

// mark shows a change on its users, on its contact or on its role.
func (t *Target) mark(change Change) {
	t.Contact.OpenChange = change.ID
	if t.Role.ID != "" {
		t.Role.OpenChange, t.Role.Growth = change.ID, t.Role.growth(change.After.Role)
		if change.After.Role != nil {
			t.Role.NextName = change.After.Role.Name
		}
	}
	for _, user := range t.users() {
		if change.Act.rule().overtakes {
			user.OpenDeactivation = change.ID
		} else {
			user.OpenChange = change.ID
		}
	}
}

// unmark takes a change's mark off.
func (t *Target) unmark(id ChangeID) {
	if t.Contact.OpenChange == id {
		t.Contact.OpenChange = ""
	}
	if t.Role.OpenChange == id {
		t.Role.OpenChange, t.Role.EffectiveAt, t.Role.Growth, t.Role.NextName = "", time.Time{}, 0, ""
	}
	for _, user := range t.users() {
		switch id {
		case user.OpenChange:
			user.OpenChange, user.EffectiveAt = "", time.Time{}
		case user.OpenDeactivation:
			user.OpenDeactivation = ""
		}
	}
}

// schedule shows when the change takes effect.
func (t *Target) schedule(change Change) {
	if t.Role.OpenChange == change.ID {
		t.Role.EffectiveAt = change.EffectiveAt
	}
	for _, user := range t.users() {
		if user.OpenChange == change.ID {
			user.EffectiveAt = change.EffectiveAt
		}
	}
}

// moved notes that the target changed.
func (t *Target) moved(now time.Time) {
	t.Contact.UpdatedAt = now
	for _, user := range t.users() {
		user.UpdatedAt = now
	}
}

// fits tells whether the target is still what the change was made for (3.8). What overtakes fits whatever became of its
// target: to take access away it need not be known what access that is, and the change that was open besides may have
// taken effect meanwhile (3.5). An assignment fits as long as one of its users waits for it: those that were deactivated
// in between are left out. What names an owner fits as long as the owner is who it says.
func (c Change) fits(organisation Organisation, target Target) bool {
	switch {
	case c.names() && !c.succeeds(organisation):
		return false
	case c.After.Assignment != nil:
		return target.Account.ID != "" && len(marked(target.Holders, c.ID)) > 0
	case c.After.Contact != nil:
		return target.Contact.ID != "" && target.Contact.OpenChange == c.ID && target.Contact.Version == c.BaseVersion
	case target.Role.ID != "":
		return target.Role.OpenChange == c.ID && target.Role.Version == c.BaseVersion
	case c.Act.rule().overtakes:
		return target.User.ID != "" && target.User.OpenDeactivation == c.ID
	default:
		return target.User.ID != "" && target.User.OpenChange == c.ID && target.User.Version == c.BaseVersion
	}
}

// marked are the users that show a change.
func marked(users []User, id ChangeID) []*User {
	var found []*User
	for i := range users {
		if users[i].OpenChange == id {
			found = append(found, &users[i])
		}
	}
	return found
}

// mayTakeChange tells whether a user can take another change (3.5).
func mayTakeChange(user User, act Act) error {
	open := user.OpenDeactivation
	if open == "" && !act.rule().overtakes {
		open = user.OpenChange
	}
	if open == "" {
		return nil
	}
	return &fault.Fault{Code: fault.ChangeOpen, Change: string(open),
		Detail: "The user has an open change. Wait until it has ended, or cancel it."}
}
