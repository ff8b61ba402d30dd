package directory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mandate/shared/fault"
)

// membershipsAtMost is how many organisations one identity is a user of: what is read and written for it stays bounded.
const membershipsAtMost = 50

// Shares tells whether users of the organisation may be users of others by the same identity (1.2). That takes the e-mail
// address as the name to sign in with: whatever an organisation sends to its user then reaches the identity's own person.
func (s Settings) Shares() bool { return s.SharedIdentities && s.SignInName == SignInEmail }

// atAsking are those of a user's names that are taken when it is asked for. Where identities are shared, login and phone
// may be the person's already: whose they are is found out when the user comes to be, and they are taken then.
func (s Settings) atAsking(all []Reservation) []Reservation {
	if !s.Shares() {
		return all
	}
	return slices.DeleteFunc(all, func(r Reservation) bool { return r.Kind != ReserveEmail })
}

func (u User) membership() Membership { return Membership{u.Organisation, u.ID} }

// linked tells whether the person confirmed to be this user (4.3).
func (u User) linked() bool {
	status := u.Status
	if status == StatusInactive {
		status = u.Resume
	}
	return status != StatusEmailNotVerified && status != StatusPending
}

// with is the name as a further user of the identity goes by it.
func (l Login) with(name string, identity IdentityID, member Membership) Login {
	return Login{Name: name, Identity: identity, Members: append(slices.Clone(l.Members), member), Revision: l.Revision}
}

// without is the name as a user no longer goes by it.
func (l Login) without(member Membership) Login {
	l.Members = slices.DeleteFunc(slices.Clone(l.Members), func(m Membership) bool { return m == member })
	return l
}

// wantNames reads what is known of the names that a new user comes with.
func wantNames(profile Profile) Want {
	return Want{Logins: []string{fold(profile.Email)}, Phones: []string{profile.Phone}}
}

// acquaintance is whose a new user of an organisation that shares identities turns out to be.
type acquaintance struct {
	identity Identity // new, or the one that goes by the address already, with the user among its members
	names    []Effect
}

// meet finds out whose the address of a new user is. Names is what wantNames read, or nil where nothing was read yet. As
// much is read, and as long it takes, whether or not anybody goes by the address: who adds a user is not to learn that
// the person was there before.
//
// Faults: invalid on "email" and "phone", rule "taken", where they are somebody's who is not to be shared.
func (c *Core) meet(ctx context.Context, now time.Time, organisation Organisation, user User, names *Found) (acquaintance, error) {
	if names == nil {
		found, err := c.Store.Read(ctx, wantNames(user.Profile))
		if err != nil {
			return acquaintance{}, err
		}
		names = &found
	}
	name, member := fold(user.Email), user.membership()
	login, phone := names.Logins[name], names.Phones[user.Phone]
	want := Want{Identities: []IdentityID{cmp.Or(login.Identity, user.Identity), phone.Identity}, Organisations: []OrganisationID{organisation.ID}}
	for _, other := range login.Members {
		want.Organisations = append(want.Organisations, other.Organisation)
	}
	about, err := c.Store.Read(ctx, want)
	if err != nil {
		return acquaintance{}, err
	}

	var fields fault.Fields
	met := acquaintance{identity: Identity{ID: user.Identity, Login: name, CreatedAt: now}}
	switch {
	case user.Kind == KindAPI || slices.Contains(login.Members, member):
	case login.Identity == "":
		met.names = append(met.names, PutName{ReserveLogin, login.with(name, user.Identity, member)})
	case !shareable(about, organisation.ID, login):
		fields.Add("email", "taken", "This is taken.")
	default:
		met.identity = about.Identities[login.Identity]
		joined := login.with(name, login.Identity, member)
		met.identity.Members = joined.Members
		met.names = append(met.names, PutName{ReserveLogin, joined})
	}
	if phone.Identity != met.identity.ID && about.Identities[phone.Identity].Login == name {
		return acquaintance{}, fault.New(fault.Stale, "") // the person came to be between the reads of the two names
	}
	taken, err := holdPhone(phone, user.Phone, met.identity.ID, member)
	if err != nil {
		fields.Add("phone", "taken", "This is taken.")
	}
	met.names = append(met.names, taken...)
	return met, fields.Err()
}

// shareable tells whether the identity behind a name may become a user of one more organisation: it is there, and not
// only reserved by a change that has not taken effect, and wherever it is a user identities are shared.
func shareable(about Found, organisation OrganisationID, login Login) bool {
	if about.Identities[login.Identity].Login != login.Name || len(login.Members) >= membershipsAtMost {
		return false
	}
	return !slices.ContainsFunc(login.Members, func(m Membership) bool {
		return m.Organisation == organisation || !about.Organisations[m.Organisation].Settings.Shares()
	})
}

// holdPhone lets a user go by a phone number, which may be its identity's already through another of its users (1.3).
func holdPhone(held Login, number string, identity IdentityID, member Membership) ([]Effect, error) {
	switch {
	case number == "" || slices.Contains(held.Members, member):
		return nil, nil
	case held.Identity != "" && held.Identity != identity:
		return nil, fault.InvalidField("phone", "taken", "This is taken.")
	}
	return []Effect{PutName{ReservePhone, held.with(number, identity, member)}}, nil
}

// movePhone gives a user another number where numbers are not taken at asking.
func (c *Core) movePhone(ctx context.Context, plan *Plan, before, after string) error {
	taken := slices.ContainsFunc(slices.Concat(plan.Change.Reserved, plan.Change.Releases), func(r Reservation) bool { return r.Kind == ReservePhone })
	if before == after || taken {
		return nil
	}
	found, err := c.Store.Read(ctx, Want{Phones: []string{before, after}})
	if err != nil {
		return err
	}
	member := plan.User.membership()
	if old := found.Phones[before]; slices.Contains(old.Members, member) {
		plan.add(PutName{ReservePhone, old.without(member)})
	}
	held, err := holdPhone(found.Phones[after], after, plan.User.Identity, member)
	plan.add(held...)
	return err
}

// unlink takes a user that is removed off its names and its identity. The identity lives on where it is another
// organisation's user; otherwise nothing is kept of it, its password least of all (1.8).
func (c *Core) unlink(ctx context.Context, organisation Organisation, plan *Plan) error {
	user, member := plan.User, plan.User.membership()
	want := Want{Phones: []string{user.Phone}}
	name := loginName(organisation.Settings, user.Profile)
	if user.Kind != KindAPI {
		want.Logins, want.Identities = []string{name}, []IdentityID{user.Identity}
	}
	found, err := c.Store.Read(ctx, want)
	if err != nil {
		return err
	}
	login, phone := found.Logins[name], found.Phones[user.Phone]
	if slices.Contains(phone.Members, member) {
		plan.add(PutName{ReservePhone, phone.without(member)})
	}
	identity, there := found.Identities[user.Identity]
	if !there || !slices.Contains(login.Members, member) {
		return nil
	}
	login = login.without(member)
	plan.add(PutName{ReserveLogin, login})
	if identity.Members = login.Members; len(identity.Members) > 0 {
		plan.add(PutIdentity{identity})
		return nil
	}
	plan.add(DropIdentity{identity})
	if identity.Login != fold(user.Email) {
		plan.add(UnpointTo{fold(user.Email), identity.ID})
	}
	return nil
}

// elsewhere are the users of other organisations that the person of an identity confirmed to be.
func (c *Core) elsewhere(ctx context.Context, identity Identity, here Membership) ([]User, error) {
	var want Want
	for _, member := range identity.Members {
		if member != here {
			want.Users = append(want.Users, UserRef{member.Organisation, member.User})
		}
	}
	if len(want.Users) == 0 {
		return nil, nil
	}
	found, err := c.Store.Read(ctx, want)
	if err != nil {
		return nil, err
	}
	var users []User
	for _, ref := range want.Users {
		if user, ok := found.Users[ref]; ok && user.linked() {
			users = append(users, user)
		}
	}
	return users, nil
}

// mirrored writes what users show of their identity: whether it has a second factor, and of its password.
func mirrored(identity Identity, users []User) []Effect {
	var effects []Effect
	for _, user := range users {
		if was := user; user.SecondFactor != identity.SecondFactor() || user.Password != identity.passwordState() {
			user.SecondFactor, user.Password = identity.SecondFactor(), identity.passwordState()
			effects = append(effects, PutUser{User: user, Was: was})
		}
	}
	return effects
}

// mirror writes it where an identity is another organisation's user as well.
func (c *Core) mirror(ctx context.Context, identity Identity, here Membership) ([]Effect, error) {
	users, err := c.elsewhere(ctx, identity, here)
	return mirrored(identity, users), err
}
