package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/shared/directory"
	"mandate/shared/store"
	"mandate/shared/store/storetest"
)

// meter counts calls and the capacity that they consumed.
type meter struct {
	store.Client
	mu    sync.Mutex
	calls int
	units float64
}

func (m *meter) note(consumed ...types.ConsumedCapacity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	for _, one := range consumed {
		m.units += *one.CapacityUnits
	}
}

func (m *meter) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.BatchGetItem(ctx, in, o...)
	if err == nil {
		m.note(out.ConsumedCapacity...)
	}
	return out, err
}

func (m *meter) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.TransactWriteItems(ctx, in, o...)
	if err == nil {
		m.note(out.ConsumedCapacity...)
	}
	return out, err
}

func (m *meter) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.Query(ctx, in, o...)
	if err == nil {
		m.note(*out.ConsumedCapacity)
	}
	return out, err
}

// cost is what an act came to.
type cost struct {
	calls int
	units float64
}

func costOf(t *testing.T, act func(directory.Store) error) cost {
	t.Helper()
	client, table := storetest.OpenTable(t)
	counted := &meter{Client: client}
	if err := act(store.New(counted, table)); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d calls, %g units", counted.calls, counted.units)
	return cost{counted.calls, counted.units}
}

// office is an organisation with an admin who is signed in, as they come in practice.
type office struct {
	organisation directory.Organisation
	admin        directory.User
	identity     directory.Identity
	session      directory.Session
}

func newOffice() office {
	now := time.Now().UTC().Truncate(time.Millisecond)
	organisation := directory.Organisation{
		ID: storetest.NewOrganisation(), Name: "Example Payments", Preset: "bc-connect", ActiveAdmins: 2, CreatedAt: now,
		Settings: directory.Settings{
			ChangeControl: directory.ControlSecondAdmin, PropagationSeconds: 3600, GrantLimit: directory.GrantAny,
			SignInName: directory.SignInEmail, RoleCount: directory.RolesNone, SecondFactor: directory.Required,
			Phone: directory.Required, Onboarding: []directory.Status{directory.StatusEmailNotVerified, directory.StatusActive},
			SecretsShown: "once", Languages: []string{"en"}, ApprovalHours: 168,
		},
	}
	admin := newMember(organisation.ID)
	admin.Kind = directory.KindAdmin
	hash := strings.Repeat("x", 43) // a SHA-256 in base64
	return office{
		organisation: organisation, admin: admin,
		identity: directory.Identity{
			ID: admin.Identity, Login: admin.Email, PasswordAt: now, CreatedAt: now,
			PasswordHash:  "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("x", 66),
			TOTP:          &directory.TOTP{Secret: strings.Repeat("x", 120), LastStep: 58_000_000},
			RecoveryCodes: []string{hash, hash, hash, hash, hash, hash, hash, hash, hash, hash},
		},
		session: directory.Session{
			ID: storetest.NewID(directory.PrefixSession), Hash: hash, Organisation: organisation.ID, User: admin.ID,
			Identity: admin.Identity, Acting: organisation.ID, Stage: directory.SessionFull,
			CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(directory.SessionAbsolute), Address: "192.0.2.1",
			UserAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
		},
	}
}

func newMember(organisation directory.OrganisationID) directory.User {
	now, id := time.Now().UTC().Truncate(time.Millisecond), storetest.NewID("")
	return directory.User{
		ID: directory.UserID(directory.PrefixUser + id), Organisation: organisation,
		Identity: directory.IdentityID(storetest.NewID(directory.PrefixIdentity)),
		Kind:     directory.KindRegular, Status: directory.StatusActive, CreatedAt: now, UpdatedAt: now, Version: 1,
		CreatedBy: directory.UserID(storetest.NewID(directory.PrefixUser)),
		Profile: directory.Profile{
			Name:  directory.Name{First: "Ada", Last: "Example"},
			Email: strings.ToLower(id) + "@example.com", Phone: "+4512345678", Language: "en",
			Access: directory.Access{
				Companies:   []directory.CompanyID{directory.CompanyID(storetest.NewID(directory.PrefixCompany))},
				Accounts:    []directory.AccountID{directory.AccountID(storetest.NewID(directory.PrefixAccount)), directory.AccountID(storetest.NewID(directory.PrefixAccount))},
				Permissions: []directory.Permission{"accounts:view", "payments:view", "payments:initiate"},
			},
			PaymentRule: directory.PaymentsNeedApproval,
		},
	}
}

// open writes the office.
func (o office) open(t *testing.T) office {
	t.Helper()
	s, _ := storetest.Open(t)
	err := s.Commit(t.Context(), directory.PutOrganisation{Organisation: o.organisation}, directory.PutUser{User: o.admin},
		directory.PutIdentity{Identity: o.identity}, directory.BeginSession{Session: o.session})
	if err != nil {
		t.Fatal(err)
	}
	o.organisation.Version, o.admin.Revision, o.identity.Revision = 1, 1, 1
	return o
}

// check is what is read to know who calls.
func (o office) check() directory.Want {
	return directory.Want{
		Organisations: []directory.OrganisationID{o.organisation.ID, o.organisation.ID},
		Users:         []directory.UserRef{ref(o.admin)}, Identities: []directory.IdentityID{o.identity.ID},
		Sessions: []directory.TicketRef{{Organisation: o.organisation.ID, User: o.admin.ID, Hash: o.session.Hash}},
	}
}

func (o office) actor() directory.Actor {
	return directory.Actor{Organisation: o.organisation.ID, User: o.admin.ID, Name: o.admin.Name.Full(), Kind: o.admin.Kind}
}

func (o office) enqueue(item directory.OutboxItem) directory.Effect {
	item.ID, item.Organisation, item.CreatedAt = storetest.NewID(directory.PrefixOutbox), o.organisation.ID, time.Now().UTC().Truncate(time.Millisecond)
	return directory.Enqueue{Item: item}
}

func (o office) log(action directory.Action, change directory.Change, differences ...directory.Difference) directory.Effect {
	actor := o.actor()
	return directory.Log{Entry: directory.Entry{
		ID: directory.EntryID(storetest.NewID(directory.PrefixEntry)), Organisation: o.organisation.ID, At: time.Now().UTC().Truncate(time.Millisecond),
		Actor: &actor, Action: action, Outcome: directory.Done, Target: change.Target, TargetName: change.TargetName,
		Change: change.ID, Differences: differences, Address: "192.0.2.1",
	}}
}

// creation is a new user, and the change that it waits for.
func (o office) creation() (directory.User, directory.Change) {
	now, user, actor := time.Now().UTC().Truncate(time.Millisecond), newMember(o.organisation.ID), o.actor()
	user.Status = directory.StatusPending
	change := directory.Change{
		ID: directory.ChangeID(storetest.NewID(directory.PrefixChange) + "_" + string(user.ID)[4:]), Organisation: o.organisation.ID,
		Act: directory.ActCreateUser, Target: directory.TargetID(user.ID), TargetName: user.Name.Full(), Requester: actor, RequesterVersion: o.admin.Version,
		State: directory.StateAwaitingApproval, After: directory.Snapshot{Kind: user.Kind, Status: directory.StatusActive, Profile: user.Profile},
		BaseVersion: 1, Digest: strings.Repeat("x", 64), CreatedAt: now, ExpiresAt: now.Add(168 * time.Hour),
		Timeline:       []directory.Event{{At: now, State: directory.StateAwaitingApproval, What: "asked", By: &actor}},
		RequesterEmail: o.admin.Email, RequesterLanguage: "en",
	}
	for kind, name := range map[directory.ReservationKind]string{
		directory.ReserveLogin: user.Email, directory.ReserveEmail: user.Email, directory.ReservePhone: storetest.NewID("+45"),
	} {
		change.Reserved = append(change.Reserved, directory.Reservation{
			Kind: kind, Name: name, Field: string(kind), Organisation: o.organisation.ID, User: user.ID, Identity: user.Identity,
		})
	}
	user.OpenChange = change.ID
	return user, change
}

// ask is what asking for a new user writes, where a second admin approves.
func (o office) ask(user directory.User, change directory.Change) []directory.Effect {
	effects := []directory.Effect{directory.PutChange{Change: change}, directory.PutUser{User: user}}
	for _, one := range change.Reserved {
		effects = append(effects, directory.Reserve{Reservation: one})
	}
	return append(effects,
		o.enqueue(directory.OutboxItem{Kind: directory.OutboxWorkflow, Workflow: &directory.WorkflowOrder{Change: change.ID, State: change.State}}),
		o.enqueue(directory.OutboxItem{Kind: directory.OutboxMail, Mail: &directory.Mail{
			Kind: directory.MailApprovalRequested, Organisation: o.organisation.Name, Actor: o.admin.Name.Full(), Subject: change.TargetName,
			Act: change.Act, Change: change.ID, Differences: directory.Differences(change.Before, change.After), ExpiresAt: change.ExpiresAt,
		}}),
		o.log("createUser", change, directory.Differences(change.Before, change.After)...),
		directory.Expect{User: ref(o.admin), Version: o.admin.Version},
		directory.Remember{Remembered: directory.Remembered{
			Ref:         directory.RememberedRef{Organisation: o.organisation.ID, User: o.admin.ID, Key: storetest.NewID("")},
			Fingerprint: strings.Repeat("x", 43), Resource: string(user.ID), Change: change.ID, At: change.CreatedAt,
		}},
	)
}

// approve is what approving it writes, where it takes effect after a delay.
func (o office) approve(user directory.User, change directory.Change) []directory.Effect {
	now, actor := time.Now().UTC().Truncate(time.Millisecond), o.actor()
	user.Revision, change.Revision = 1, 1
	was := user
	change.State, change.EffectiveAt, change.Approver = directory.StatePropagating, now.Add(time.Hour), &actor
	for _, what := range []string{"approved", "propagating"} {
		change.Timeline = append(change.Timeline, directory.Event{At: now, State: change.State, What: what, By: &actor})
	}
	user.EffectiveAt = change.EffectiveAt
	return []directory.Effect{
		directory.PutChange{Change: change}, directory.PutUser{User: user, Was: was}, directory.PutIdentity{Identity: o.identity},
		directory.Expect{User: ref(o.admin), Version: o.admin.Version},
		o.enqueue(directory.OutboxItem{Kind: directory.OutboxWorkflow, Workflow: &directory.WorkflowOrder{
			Change: change.ID, State: change.State, EffectiveAt: change.EffectiveAt, TaskToken: strings.Repeat("x", 400),
		}}),
		o.enqueue(directory.OutboxItem{Kind: directory.OutboxMail, Mail: &directory.Mail{
			Kind: directory.MailChangeApproved, To: o.admin.Email, Name: o.admin.Name.Full(), Language: "en", Change: change.ID,
			Act: change.Act, Subject: change.TargetName, Actor: actor.Name, EffectiveAt: change.EffectiveAt,
		}}),
		o.log("approveChange", change),
	}
}

func TestWhoCallsIsReadInOneRoundTrip(t *testing.T) {
	t.Parallel()
	o := newOffice().open(t)
	got := costOf(t, func(s directory.Store) error {
		_, err := s.Read(t.Context(), o.check())
		return err
	})
	if want := (cost{calls: 1, units: 4}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestAskingAndApprovingAreEachOneReadAndOneTransaction(t *testing.T) {
	t.Parallel()
	o := newOffice().open(t)
	user, change := o.creation()
	asked := costOf(t, func(s directory.Store) error {
		want := o.check()
		want.Users = append(want.Users, ref(user))
		if _, err := s.Read(t.Context(), want); err != nil {
			return err
		}
		return s.Commit(t.Context(), o.ask(user, change)...)
	})
	approved := costOf(t, func(s directory.Store) error {
		want := o.check()
		want.Users = append(want.Users, ref(user))
		want.Changes = []directory.ChangeRef{{Organisation: change.Organisation, ID: change.ID}}
		if _, err := s.Read(t.Context(), want); err != nil {
			return err
		}
		return s.Commit(t.Context(), o.approve(user, change)...)
	})
	for act, c := range map[string]struct {
		got  cost
		most float64
	}{"asking": {asked, 60}, "approving": {approved, 64}} {
		if c.got.calls != 2 || c.got.units > c.most {
			t.Errorf("%s: %+v, want 2 calls and at most %g units", act, c.got, c.most)
		}
	}
}

func TestAPageCostsTheSameHoweverManyUsersThereAre(t *testing.T) {
	t.Parallel()
	const few, many = 100, 1000
	page := func(users int) cost {
		organisation := storetest.NewOrganisation()
		fill(t, organisation, users)
		return costOf(t, func(s directory.Store) error {
			found, next, err := s.Users(t.Context(), organisation, directory.Page{Limit: 50})
			if err == nil && (len(found) != 50 || next == "") {
				err = fmt.Errorf("%d users, next %q", len(found), next)
			}
			return err
		})
	}
	if small, large := page(few), page(many); small != large || large.calls != 1 {
		t.Errorf("%+v with %d users, %+v with %d", small, few, large, many)
	}
}

// fill puts users into an organisation.
func fill(t *testing.T, organisation directory.OrganisationID, users int) {
	t.Helper()
	s, _ := storetest.Open(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range users / 100 {
				var effects []directory.Effect
				for range 25 {
					effects = append(effects, directory.PutUser{User: newMember(organisation)})
				}
				if err := s.Commit(t.Context(), effects...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

func TestNothingDueCostsNextToNothing(t *testing.T) {
	t.Parallel()
	got := costOf(t, func(s directory.Store) error {
		due, err := s.Due(t.Context(), time.Unix(0, 0), 100)
		if err == nil && len(due) > 0 {
			err = fmt.Errorf("%d due", len(due))
		}
		return err
	})
	if got.calls != 2 || got.units > 1 {
		t.Errorf("%+v, want 2 calls at the same time and at most half a unit each", got)
	}
}
