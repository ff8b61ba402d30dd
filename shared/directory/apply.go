package directory

import (
	"context"
	"time"

	"mandate/shared/fault"
)

// revokeLinks ends the links and the code that wait for a user (4.4). That there was a link to verify the address by stays
// known, so that it can be sent again once the user is reactivated.
func (c *Core) revokeLinks(now time.Time, plan *Plan) {
	user := &plan.User
	for _, id := range []LinkID{user.VerificationLink, user.ResetLink} {
		if id != "" {
			plan.add(ReplaceLink{LinkRef{user.Organisation, user.ID, id}, LinkRevoked, now})
		}
	}
	plan.add(endPhoneCode(user, LinkRevoked, now)...)
	user.ResetLink, user.PhoneCode = "", nil
}

// applyCreation makes the identity, or finds the one that the user is to be of, and sends the link that lets its person in
// (4.1) or confirms the linking (4.3). API users have no password and do not sign in (6.5).
func (c *Core) applyCreation(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	user := &plan.User
	created(plan.Change, organisation, user)
	plan.putInForce(now)
	identity := Identity{ID: user.Identity, Login: loginName(organisation.Settings, user.Profile), CreatedAt: now}
	shares := organisation.Settings.Shares()
	if shares {
		met, err := c.meet(ctx, now, organisation, *user, plan.names)
		if err != nil {
			return err
		}
		identity, user.Identity = met.identity, met.identity.ID
		plan.add(met.names...)
	}
	if user.Kind == KindAPI {
		return nil
	}
	if user.ActiveAdmin() {
		plan.add(MoveAdmins{Organisation: organisation.ID, By: 1})
	}
	plan.add(PutIdentity{identity})
	if business := plan.Change.After.Business; business != nil {
		plan.add(PutKYCCase{KYCCase{Organisation: organisation.ID, User: user.ID, Business: *business}})
	}
	if identity.Login != fold(user.Email) {
		plan.add(PointTo{fold(user.Email), Login{
			Name: identity.Login, Identity: identity.ID, Members: []Membership{{organisation.ID, user.ID}},
		}})
	}
	if user.Status == StatusInactive {
		return nil
	}
	return c.invite(ctx, now, organisation, plan, identity)
}

// invite sends the link that lets a new user in (4.1), or confirms that a person is this user as well (4.3).
func (c *Core) invite(ctx context.Context, now time.Time, organisation Organisation, plan *Plan, identity Identity) error {
	mail := MailVerification
	if identity.PasswordHash != "" {
		mail = MailAccountLink
	}
	return c.sendLink(ctx, now, organisation, plan.Change.Requester.Name, &plan.User, LinkVerification, mail, VerificationTime, &plan.effects)
}

// applyUpdate gives the user its new profile, and its identity the new name to sign in with. API access that is switched
// on brings a credential (6.1). Where the second factor is switched off, those that there are go (5.2).
func (c *Core) applyUpdate(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	user, before, after := &plan.User, plan.Change.Before.Profile, plan.Change.after(plan.User)
	was := *user
	updated(plan.Change, organisation, user)
	plan.putInForce(now)
	if was.ActiveAdmin() && !user.ActiveAdmin() {
		plan.add(MoveAdmins{organisation.ID, -1, organisation.Settings.LeastAdmins()})
	}
	if user.Status != was.Status {
		user.SessionEpoch++ // its sessions are of one who is let in further
	}
	if plan.Change.Before.SecondFactor && !plan.Change.After.SecondFactor {
		if err := c.applySecondFactorReset(ctx, now, organisation, plan); err != nil {
			return err
		}
	}
	if err := c.handOver(ctx, now, organisation, plan); err != nil {
		return err
	}
	if err := c.movePhone(ctx, plan, before.Phone, after.Phone); err != nil {
		return err
	}
	var login string
	for _, reservation := range plan.Change.Reserved {
		if reservation.Kind == ReserveLogin {
			login = reservation.Name
		}
	}
	addressMoved := fold(before.Email) != fold(after.Email)
	if user.Kind == KindAPI || login == "" && !addressMoved {
		return nil
	}
	if addressMoved {
		if err := c.moveLinks(ctx, now, organisation, plan); err != nil {
			return err
		}
	}
	identity, planned := plan.identity(user.Identity) // who confirms a change of its own name
	if !planned {
		found, err := c.Store.Read(ctx, Want{Identities: []IdentityID{user.Identity}})
		if err != nil {
			return err
		}
		identity = found.Identities[user.Identity]
	}
	old := identity.Login
	if login != "" {
		identity.Login = login
		plan.putIdentity(identity)
	}
	// Who signs in by another name is found by its address as well (4.2).
	pointed, points := old != fold(before.Email), identity.Login != fold(after.Email)
	if pointed && (addressMoved || !points) {
		plan.add(UnpointTo{fold(before.Email), identity.ID})
	}
	if points {
		plan.add(PointTo{fold(after.Email), Login{
			Name: identity.Login, Identity: identity.ID, Members: []Membership{{user.Organisation, user.ID}},
		}})
	}
	return nil
}

// moveLinks ends the links that were sent to the address before: whoever reads its mails is not let in by them. Where the
// user was to verify its address, it gets another link at the new one.
func (c *Core) moveLinks(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	user := &plan.User
	if user.Status == StatusInactive {
		return nil // they were revoked
	}
	if user.ResetLink != "" {
		plan.add(ReplaceLink{LinkRef{user.Organisation, user.ID, user.ResetLink}, LinkRevoked, now})
		user.ResetLink = ""
	}
	if user.VerificationLink == "" {
		return nil
	}
	return c.invite(ctx, now, organisation, plan, Identity{}) // where persons are shared, addresses stay
}

// after is the profile that the change gives. A language that it does not alter is its user's own to change meanwhile
// (8.1), without a conflict and without its being undone.
func (c Change) after(user User) Profile {
	after := c.After.Profile
	if c.Before != nil && c.Before.Profile.Language == after.Language {
		after.Language = user.Language
	}
	return after
}

// applyDeactivation takes all access away, at once: sessions end, links die, and the change that was open is overtaken.
func (c *Core) applyDeactivation(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	user := &plan.User
	if user.ActiveAdmin() {
		plan.add(MoveAdmins{organisation.ID, -1, organisation.Settings.LeastAdmins()})
	}
	deactivated(plan.Change, organisation, user)
	user.SessionEpoch++
	c.revokeLinks(now, plan)
	return c.overtake(ctx, now, organisation, plan)
}

// applyReactivation restores the access that was there (1.7). A user that was inactive from its creation on is invited now.
func (c *Core) applyReactivation(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	user := &plan.User
	if user.Kind != KindAPI && user.Password == PasswordNone && user.VerificationLink == "" {
		found, err := c.Store.Read(ctx, Want{Identities: []IdentityID{user.Identity}})
		if err != nil {
			return err
		}
		if err := c.invite(ctx, now, organisation, plan, found.Identities[user.Identity]); err != nil {
			return err
		}
	}
	reactivated(plan.Change, organisation, user)
	if user.ActiveAdmin() {
		plan.add(MoveAdmins{Organisation: organisation.ID, By: 1})
	}
	return nil
}

// applyRemoval unlinks the user from its organisation (1.8). Its sessions and links are of a user that is no more.
func (c *Core) applyRemoval(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	if plan.User.ActiveAdmin() {
		plan.add(MoveAdmins{organisation.ID, -1, organisation.Settings.LeastAdmins()})
	}
	removed(plan.Change, organisation, &plan.User)
	c.revokeLinks(now, plan)
	if err := c.unlink(ctx, organisation, plan); err != nil {
		return err
	}
	return c.overtake(ctx, now, organisation, plan)
}

// applySecondFactorReset takes every second factor off the user's identity, and ends its sessions: at the next sign-in it
// sets up another where one is required (5.2). Where the person is also another organisation's user, no admin of the one
// weakens what protects the other: the platform's staff does it.
func (c *Core) applySecondFactorReset(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	user := &plan.User
	found, err := c.Store.Read(ctx, Want{Identities: []IdentityID{user.Identity}})
	if err != nil {
		return err
	}
	identity := found.Identities[user.Identity]
	others, err := c.elsewhere(ctx, identity, user.membership())
	if err != nil {
		return err
	}
	if len(others) > 0 && plan.Change.Requester.Organisation != Platform {
		return fault.New(fault.StateWrong, "This second factor also protects what is not your organisation's. The platform's staff can reset it.")
	}
	identity.TOTP, identity.TOTPBegun, identity.Passkeys, identity.RecoveryCodes = nil, nil, nil, nil
	identity.SessionEpoch++
	user.SecondFactor = false
	plan.putIdentity(identity)
	plan.add(mirrored(identity, others)...)
	mail := user.mail(MailSecondFactorReset)
	mail.Actor = plan.Change.Requester.Name
	plan.add(c.enqueueMail(organisation, mail, now))
	return nil
}

// applyCertificates gives the user the certificates that were shown.
func (c *Core) applyCertificates(_ context.Context, _ time.Time, _ Organisation, plan *Plan) error {
	plan.User.Certificates = plan.Change.After.Certificates
	return nil
}

// applyAssignment gives the account to those of its users that still wait for it (1.9).
func (c *Core) applyAssignment(_ context.Context, _ time.Time, organisation Organisation, plan *Plan) error {
	account := plan.Account
	for _, user := range marked(plan.Holders, plan.Change.ID) {
		assignedTo(plan.Change, organisation, user)
		if len(user.Companies) > 0 {
			user.Companies = set(append(user.Companies, account.Company))
		}
		user.Version++
	}
	return nil
}

// applyRole makes the role what the change says. One that is deleted gives nothing any more, to nobody who has it.
func (c *Core) applyRole(_ context.Context, _ time.Time, _ Organisation, plan *Plan) error {
	if after := plan.Change.After.Role; after != nil {
		plan.Role.Role, plan.Role.Pending = *after, false
	}
	return nil
}

// overtake cancels the change that a deactivation finds open (3.5).
func (c *Core) overtake(ctx context.Context, now time.Time, organisation Organisation, plan *Plan) error {
	if plan.User.OpenChange == "" {
		return nil
	}
	ref := ChangeRef{organisation.ID, plan.User.OpenChange}
	found, err := c.Store.Read(ctx, Want{Changes: []ChangeRef{ref}})
	if err != nil {
		return err
	}
	other, ok := found.Changes[ref]
	if !ok || !other.State.Open() {
		return fault.New(fault.Stale, "")
	}
	plan.unmark(other.ID)
	if other.After.Assignment != nil {
		return nil // it goes on for the others
	}
	overtaken := Plan{Change: other}
	c.end(now, organisation, &overtaken, ending{state: StateCancelled, cause: CauseSuperseded})
	plan.add(PutChange{overtaken.Change})
	plan.add(overtaken.effects...)
	return nil
}
