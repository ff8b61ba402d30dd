package directory

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"mandate/shared/fault"
)

// Actions on users, as policies name them; those that are changes are named by their Act.
const (
	ActionViewUser           Action = "viewUser"
	ActionListUsers          Action = "listUsers"
	ActionResendVerification Action = "resendVerification"
	ActionSendPasswordReset  Action = "sendPasswordReset"
	ActionListUserTokens     Action = "listUserTokens"
)

// Users administers users: every write but the mails and sessions is a change.
type Users struct {
	Core
	Phones        Phones
	SecondFactors SecondFactors
	Passkeys      Passkeys
	Certificates  Certificates
}

// Phones reads a phone number and answers it in the form of E.164; false where it is none.
type Phones func(number string) (string, bool)

// Answer is what an act on a user came to: its user, the change on its way, or, with a preview, the plan.
type Answer struct {
	User   User
	Change *Change // nil where it took effect at once
	// Preview is what it would do; nothing was written (3.11).
	Preview *Plan
	// Warnings are of segregation of duties (2.6).
	Warnings []Warning
	// Created tells that the user came to be in effect, not only to be asked for.
	Created bool
	// Left is what a duplicate did not get of its original (1.6); nil for other acts.
	Left *Access
	// Issued is the credential that came with the act, with its secret where the caller may see it: this once (6.1).
	Issued *Issued
}

// NewUser is a user to be created.
type NewUser struct {
	Kind Kind
	Profile
	// Inactive: it is let in when it is reactivated, and gets no mail before.
	Inactive bool
	// Business is what is known of a client's business, where there are identity checks (1.12). Nil: nothing.
	Business *Business
}

// Create asks for a new user (1.1).
//
// Faults: invalid (naming each field and rule), forbidden, and those of a session.
func (u *Users) Create(ctx context.Context, r Request, new NewUser) (Answer, error) {
	return once(ctx, u.Store, r, func(bool) (Answer, error) {
		v, err := u.enter(ctx, r, func(organisation OrganisationID) Want {
			want, names := wantAccess(organisation, new.Access), u.wantNames(new.Profile)
			want.Logins, want.Phones = names.Logins, names.Phones
			return want
		})
		if err != nil {
			return Answer{}, err
		}
		if answer, repeated, err := u.repeated(ctx, v); repeated || err != nil {
			return answer, err
		}
		return u.create(ctx, v, ActCreateUser, new, Access{})
	})
}

// create asks for a new user. Known is access that is there for certain: another user's.
func (u *Users) create(ctx context.Context, v visit, act Act, new NewUser, known Access) (Answer, error) {
	in, err := u.intendNew(ctx, v, act, new, known)
	if err != nil {
		return Answer{}, err
	}
	return u.ask(ctx, v, in)
}

// intendNew is the intent of a new user, where the policies allow it.
func (u *Users) intendNew(ctx context.Context, v visit, act Act, new NewUser, known Access) (intent, error) {
	in, checkErr := u.newcomer(v, act, new, known)
	if _, told := fault.As(checkErr); checkErr != nil && !told {
		return intent{}, checkErr
	}
	if err := u.mayAsk(ctx, v, in, checkErr); err != nil {
		return intent{}, err
	}
	if checkErr != nil {
		return intent{}, checkErr
	}
	target := in.target.User
	preset, err := u.preset(v.organisation)
	if err != nil {
		return intent{}, err
	}
	if err := preset.checkOwner(target, target.Roles); err != nil {
		return intent{}, err
	}
	settings := v.organisation.Settings
	if settings.Shares() && settings.ChangeControl != ControlNone { // otherwise it is found out at once
		if _, err := u.meet(ctx, v.now, v.organisation, target, &v.found); err != nil {
			return intent{}, err
		}
	}
	return in, nil
}

// newcomer is the intent of a new user, with what is wrong with it.
func (u *Users) newcomer(v visit, act Act, new NewUser, known Access) (intent, error) {
	preset, err := u.preset(v.organisation)
	if err != nil {
		return intent{}, err
	}
	id := UserID(u.NewID(PrefixUser))
	target := User{
		ID: id, Organisation: v.organisation.ID, Vouched: preset.KYC.vouches(v.caller), Identity: IdentityID(u.NewID(PrefixIdentity)),
		Kind: new.Kind, Profile: new.Profile, Status: StatusPending, CreatedBy: v.caller.ID, CreatedAt: id.Time(), UpdatedAt: id.Time(),
	}
	if err = u.check(v, target.Kind, &target.Profile, known); err == nil {
		err = preset.KYC.checkBusiness(target.Kind, new.Business)
	}
	settings := v.organisation.Settings
	in := intent{after: snapshot(target), reserve: settings.atAsking(reservations(settings, target, target.Profile)), names: &v.found}
	in.after.Business = new.Business
	if new.Inactive {
		in.after.Status = StatusInactive
	}
	in.after.Status = in.statusOf(v.organisation, created, target)
	if target.APIAccess {
		u.begin(&in)
	}
	return userIntent(act, target, in), err
}

// wantNames is wantNames of a profile that was not checked yet.
func (u *Users) wantNames(profile Profile) Want {
	profile.Phone, _ = u.Phones(profile.Phone)
	return wantNames(profile)
}

// snapshot is what changes see of a user.
func snapshot(user User) Snapshot {
	return Snapshot{
		Kind: user.Kind, Status: user.Status, SecondFactor: user.SecondFactor, Profile: user.Profile,
		Certificates: user.Certificates, Credentials: len(user.Credentials), Owner: user.Owner,
	}
}

// userIntent is an intent about one user.
func userIntent(act Act, user User, in intent) intent {
	in.act, in.id, in.target = act, TargetID(user.ID), Target{User: user}
	in.name = in.after.Profile.Name.Full()
	if in.before == nil && !act.rule().creates {
		before := snapshot(user)
		in.before = &before
	}
	return in
}

// maker makes the intent of an act on a user that is there, and tells what stands against it.
type maker func(visit, User) (intent, error)

// Patch alters a profile; it is applied to what the user has now.
type Patch func(*Profile)

// Update asks for changes to a user's profile (1.7). Give names the companies and accounts that the patch sets.
//
// Faults: notFound, invalid, forbidden, changeOpen, preconditionFailed, stateWrong.
func (u *Users) Update(ctx context.Context, r Request, id UserID, give Access, patch Patch) (Answer, error) {
	return u.change(ctx, r, id, ActUpdateUser, give, u.updating(ctx, patch))
}

func (u *Users) updating(ctx context.Context, patch Patch) maker {
	return func(v visit, user User) (intent, error) {
		if user.Status == StatusPending {
			return intent{}, &fault.Fault{Code: fault.ChangeOpen, Change: string(user.OpenChange), Detail: "The user's creation has not taken effect yet."}
		}
		after := user.Profile
		patch(&after)
		if user.Kind == KindAPI && !after.APIAccess {
			return intent{}, fault.InvalidField("apiAccess", "kind", "An API user has API access by its kind. Deactivate it, or revoke its credentials.")
		}
		if err := u.readKept(ctx, &v, user, after.Access); err != nil {
			return intent{}, err
		}
		if err := u.check(v, user.Kind, &after, user.Access); err != nil {
			return intent{}, err
		}
		preset, err := u.preset(v.organisation)
		if err != nil {
			return intent{}, err
		}
		if err := preset.checkOwner(user, after.Roles); err != nil {
			return intent{}, err
		}
		settings := v.organisation.Settings
		if settings.Shares() && user.Kind != KindAPI && fold(after.Email) != fold(user.Email) {
			return intent{}, fault.InvalidField("email", "fixed", "The person signs in with this address, here and maybe elsewhere. Remove the user, and add it with the new one.")
		}
		had, has := settings.atAsking(reservations(settings, user, user.Profile)), settings.atAsking(reservations(settings, user, after))
		in := intent{after: snapshot(user), reserve: without(has, had), release: without(had, has)}
		in.after.Profile = after
		in.after.Owner = user.Owner || preset.makesOwner(after.Roles)
		in.after.Status = in.statusOf(v.organisation, updated, user)
		if user.SecondFactorRequired && !settings.needsSecondFactor(User{Profile: after}) {
			in.after.SecondFactor = false // staff have one switch: off takes off what there is (5.2)
		}
		switch {
		case after.APIAccess && !user.APIAccess:
			u.begin(&in)
		case !after.APIAccess:
			in.after.Credentials = 0
		}
		if in.after.Status == user.Status {
			return in, nil
		}
		return in, mayLoseAdmin(v, user) // the new number is to be verified
	}
}

// statusOf is the status that an act gives a user, as its change will show it.
func (in intent) statusOf(organisation Organisation, becomes func(Change, Organisation, *User), user User) Status {
	becomes(Change{After: in.after}, organisation, &user)
	return user.Status
}

// Deactivate asks for a user's end of access, which comes with the approval and without delay (1.7, 3.6).
//
// Faults: notFound, forbidden, changeOpen, stateWrong, tooFewAdmins, preconditionFailed.
func (u *Users) Deactivate(ctx context.Context, r Request, id UserID) (Answer, error) {
	return u.change(ctx, r, id, ActDeactivateUser, Access{}, deactivating)
}

func deactivating(v visit, user User) (intent, error) {
	if user.Status == StatusInactive || user.Status == StatusPending {
		return intent{}, fault.New(fault.StateWrong, "The user is %s.", user.Status.Word())
	}
	after := snapshot(user)
	after.Status = StatusInactive
	return intent{after: after}, mayLoseAdmin(v, user)
}

// Remove asks that a user be unlinked from the organisation, where it may be (1.8). Its access ends with the approval.
//
// Faults: notFound, forbidden, changeOpen, tooFewAdmins, preconditionFailed, stateWrong.
func (u *Users) Remove(ctx context.Context, r Request, id UserID) (Answer, error) {
	return u.change(ctx, r, id, ActRemoveUser, Access{}, removing)
}

func removing(v visit, user User) (intent, error) {
	if user.Status == StatusPending {
		return intent{}, fault.New(fault.StateWrong, "The user's creation has not taken effect yet. It can be cancelled.")
	}
	after := snapshot(user)
	after.Status, after.Profile.Contact = StatusRemoved, false // who is a contact as a user is none without it
	address := slices.DeleteFunc(reservations(v.organisation.Settings, user, user.Profile), func(r Reservation) bool {
		return r.Kind != ReserveEmail // its other names may be its identity's: see unlink
	})
	return intent{after: after, release: address}, mayLoseAdmin(v, user)
}

// ResetSecondFactor asks that every second factor be taken off a user, who then sets up another (5.2).
//
// Faults: notFound, forbidden, changeOpen, preconditionFailed; stateWrong where there is none.
func (u *Users) ResetSecondFactor(ctx context.Context, r Request, id UserID) (Answer, error) {
	return u.change(ctx, r, id, ActResetSecondFactor, Access{}, resetting)
}

func resetting(v visit, user User) (intent, error) {
	if !user.SecondFactor {
		return intent{}, fault.New(fault.StateWrong, "The user has no second factor.")
	}
	after := snapshot(user)
	after.SecondFactor = false
	return intent{after: after}, nil
}

// Reactivate asks for the access that a deactivated user had (1.7). Faults as for Deactivate.
func (u *Users) Reactivate(ctx context.Context, r Request, id UserID) (Answer, error) {
	return u.change(ctx, r, id, ActReactivateUser, Access{}, reactivating)
}

func reactivating(v visit, user User) (intent, error) {
	if user.Status != StatusInactive {
		return intent{}, fault.New(fault.StateWrong, "The user is not inactive.")
	}
	after := snapshot(user)
	after.Status = user.Resume
	return intent{after: after}, nil
}

// mayLoseAdmin refuses early what the transaction would refuse for certain (3.10).
func mayLoseAdmin(v visit, user User) error {
	least := v.organisation.Settings.LeastAdmins()
	if user.ActiveAdmin() && v.organisation.ActiveAdmins <= least {
		return fewAdmins(least)
	}
	return nil
}

func fewAdmins(least int) error {
	return fault.New(fault.TooFewAdmins, "The organisation needs at least %d active admins.", least)
}

// change asks for an act on a user that is there.
func (u *Users) change(ctx context.Context, r Request, id UserID, act Act, give Access, make maker) (Answer, error) {
	return once(ctx, u.Store, r, func(bool) (Answer, error) {
		v, err := u.enter(ctx, r, func(organisation OrganisationID) Want {
			want := wantAccess(organisation, give)
			want.Users = append(want.Users, UserRef{organisation, id})
			return want
		})
		if err != nil {
			return Answer{}, err
		}
		if answer, repeated, err := u.repeated(ctx, v); repeated || err != nil {
			return answer, err
		}
		user, err := v.user(id)
		if err != nil {
			return Answer{}, err
		}
		in, err := u.intend(ctx, v, user, act, make)
		if err != nil {
			return Answer{}, err
		}
		if in.idle() {
			return Answer{User: user, Preview: v.nothing()}, nil // nothing to do is done
		}
		return u.ask(ctx, v, in)
	})
}

// intend is the intent of an act on a user that is there, where the policies allow it and nothing stands against it.
func (u *Users) intend(ctx context.Context, v visit, user User, act Act, make maker) (intent, error) {
	in, makeErr := make(v, user)
	in = userIntent(act, user, in)
	if err := u.mayAsk(ctx, v, in, makeErr); err != nil {
		return intent{}, err
	}
	if err := v.saw(user); err != nil {
		return intent{}, err
	}
	if makeErr != nil {
		return intent{}, makeErr
	}
	if err := mayTakeChange(user, act); err != nil {
		return intent{}, err
	}
	return in, u.tellFormerOwner(ctx, v, &in)
}

// idle tells whether an update would change nothing.
func (in intent) idle() bool {
	return in.act == ActUpdateUser && equal(in.before.Profile, in.after.Profile)
}

// ask makes the plan and writes it, or shows it.
func (u *Users) ask(ctx context.Context, v visit, in intent) (Answer, error) {
	plan, issued, err := u.planned(ctx, v, in)
	if err != nil {
		return Answer{}, err
	}
	if v.Preview {
		if err := u.free(ctx, plan.Change.Reserved); err != nil {
			return Answer{}, err
		}
		return Answer{User: plan.User, Change: &plan.Change, Preview: &plan, Warnings: plan.Warnings}, nil
	}
	if err := u.commit(ctx, plan); err != nil {
		return Answer{}, err
	}
	plan.User.Revision++
	answer := answered(plan.User, plan.Change, plan.Warnings)
	answer.Issued = issued
	return answer, nil
}

// planned is the plan of an intent about a user, with what it warns of (2.6), and the credential that it issues.
func (u *Users) planned(ctx context.Context, v visit, in intent) (plan Plan, issued *Issued, err error) {
	warnings, err := u.Policies.Warnings(in.after.Kind, in.after.Profile.Access, v.organisation)
	if err != nil {
		return Plan{}, nil, err
	}
	if in.issue != nil {
		user := in.target.User
		user.Profile = in.after.Profile
		credential, shown, err := u.issue(ctx, v, user, *in.issue)
		if err != nil {
			return Plan{}, nil, err
		}
		in.issue, issued = &credential, shown
	}
	plan, err = u.plan(ctx, v, in)
	plan.Warnings = warnings
	return plan, issued, err
}

func answered(user User, change Change, warnings []Warning) Answer {
	answer := Answer{User: user, Warnings: warnings, Created: change.Act.rule().creates && change.State == StateEffective}
	if change.State != StateEffective {
		answer.Change = &change
	}
	return answer
}

// repeated answers a request whose Idempotency-Key was there before, as things are now.
func (u *Users) repeated(ctx context.Context, v visit) (Answer, bool, error) {
	remembered, ok, err := v.remembered()
	if !ok || err != nil {
		return Answer{}, false, err
	}
	user, change := UserRef{v.organisation.ID, UserID(remembered.Resource)}, ChangeRef{v.organisation.ID, remembered.Change}
	found, err := u.Store.Read(ctx, Want{Users: []UserRef{user}, Changes: []ChangeRef{change}})
	if err != nil {
		return Answer{}, false, err
	}
	answer := answered(found.Users[user], found.Changes[change], nil)
	if answer.User.ID == "" { // its creation came to nothing meanwhile
		answer.User = User{ID: user.ID, Organisation: v.organisation.ID}
	}
	return answer, true, nil
}

// Get reads one user.
//
// Faults: notFound, forbidden.
func (u *Users) Get(ctx context.Context, r Request, id UserID) (User, error) {
	return u.look(ctx, r, id, ActionViewUser)
}

// look reads the user that a request is about, if the caller may do this with it.
func (u *Users) look(ctx context.Context, r Request, id UserID, action Action) (User, error) {
	_, user, err := u.enterOn(ctx, r, id, action)
	return user, err
}

// Tokens reads a page of what was sent to a user, newest first: links, and what became of each (4.5).
//
// Faults: notFound, forbidden; invalid on "cursor".
func (u *Users) Tokens(ctx context.Context, r Request, id UserID, page Page) ([]Link, string, error) {
	user, err := u.look(ctx, r, id, ActionListUserTokens)
	if err != nil {
		return nil, "", err
	}
	return u.Store.Links(ctx, user.Organisation, user.ID, page)
}

// ETag names the user's administered state, for If-Match (10.1), and the language, which changes without being administered.
func (u User) ETag() string {
	return fmt.Sprintf(`"%d-%s-%s-%s"`, u.Version, u.Language, u.OpenChange, u.OpenDeactivation)
}

// wantAccess reads the companies and accounts that a request names, so that unknown ones are found out. What is more
// than a profile may have is not read: it is refused by its number.
func wantAccess(organisation OrganisationID, access Access) Want {
	want := Want{}
	for _, id := range access.Companies[:min(len(access.Companies), maxCompanies)] {
		want.Companies = append(want.Companies, CompanyRef{organisation, id})
	}
	for _, id := range access.Accounts[:min(len(access.Accounts), maxAccounts)] {
		want.Accounts = append(want.Accounts, AccountRef{organisation, id})
	}
	return want
}

// readKept reads the accounts that stay with a user while its companies change: whether the two still fit cannot be told
// otherwise, and the request's own read did not know of them.
func (u *Users) readKept(ctx context.Context, v *visit, user User, after Access) error {
	if slices.Equal(set(after.Companies), user.Companies) {
		return nil
	}
	var want Want
	for _, id := range common(user.Accounts, set(after.Accounts)) {
		ref := AccountRef{user.Organisation, id}
		if _, known := v.found.Accounts[ref]; !known {
			want.Accounts = append(want.Accounts, ref)
		}
	}
	if len(want.Accounts) == 0 {
		return nil
	}
	found, err := u.Store.Read(ctx, want)
	if err != nil {
		return err
	}
	if v.found.Accounts == nil {
		v.found.Accounts = found.Accounts
		return nil
	}
	maps.Copy(v.found.Accounts, found.Accounts)
	return nil
}

// free tells a preview what a transaction would find out: whether names are another's. Where none is to be taken, nothing
// is read.
//
// Faults: invalid on the reservations' fields, rule "taken".
func (c *Core) free(ctx context.Context, names []Reservation) error {
	if len(names) == 0 {
		return nil
	}
	var want Want
	for _, one := range names {
		switch one.Kind {
		case ReserveEmail:
			want.Addresses = append(want.Addresses, AddressRef{one.Organisation, one.Name})
		case ReserveLogin:
			want.Logins = append(want.Logins, one.Name)
		case ReservePhone:
			want.Phones = append(want.Phones, one.Name)
		}
	}
	found, err := c.Store.Read(ctx, want)
	if err != nil {
		return err
	}
	var fields fault.Fields
	for _, one := range names {
		_, address := found.Addresses[AddressRef{one.Organisation, one.Name}]
		_, login := found.Logins[one.Name]
		_, phone := found.Phones[one.Name]
		taken := map[ReservationKind]bool{ReserveEmail: address, ReserveLogin: login, ReservePhone: phone}[one.Kind]
		same := func(other fault.Field) bool { return other.Name == one.Field }
		if taken && !slices.ContainsFunc(fields, same) { // one field may reserve two names
			fields.Add(one.Field, "taken", "This is taken.")
		}
	}
	return fields.Err()
}

// reservations are the names that a user takes with a profile.
func reservations(settings Settings, user User, profile Profile) []Reservation {
	var all []Reservation
	take := func(kind ReservationKind, name, field string) {
		if name != "" {
			all = append(all, Reservation{
				Kind: kind, Name: name, Field: field, Organisation: user.Organisation, User: user.ID, Identity: user.Identity,
			})
		}
	}
	take(ReserveEmail, fold(profile.Email), "email")
	take(ReservePhone, profile.Phone, "phone")
	if user.Kind != KindAPI {
		field := "email"
		if settings.SignInName == SignInUsername {
			field = "username"
		}
		take(ReserveLogin, loginName(settings, profile), field)
	}
	return all
}

// loginName is what a user signs in with.
func loginName(settings Settings, profile Profile) string {
	if settings.SignInName == SignInUsername {
		return fold(profile.Username)
	}
	return fold(profile.Email)
}

// without is what is in the first list and not in the second.
func without(list, drop []Reservation) []Reservation {
	return slices.DeleteFunc(slices.Clone(list), func(r Reservation) bool { return slices.Contains(drop, r) })
}
