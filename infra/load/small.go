package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"mandate/infra/measure"
	"mandate/shared/api"
)

// visit is what a client does in one of the small organisations: alone there, it knows every user of it.
type visit struct {
	*load
	ada   person
	users map[string]api.User // as they were answered last
}

// given is what a preset's visitor gives a new user, a role or a permission; and what its regular user may do and may not.
var given = map[string]struct{ role, permission, may, lacks string }{
	"adyen":      {"viewAccounts", "", "transfers:initiate", "transfers:approve"},
	"bc-connect": {"", "balances:view", "balances:view", "payments:approve"},
	"leaseweb":   {"technical", "", "", ""},
}

// visits goes through one organisation: reads everybody, makes one more, changes it, and takes it away.
func (l *load) visits(ctx context.Context, number int) error {
	organisation, _, err := l.ground.organisation(ctx, l.maker, number)
	if err != nil {
		return err
	}
	signIn := l.session
	if number%signInEvery == 0 {
		signIn = l.signsIn
	}
	admin, err := signIn(ctx, organisation, ada)
	if err != nil {
		return err
	}
	v := &visit{load: l, ada: admin, users: map[string]api.User{}}
	if err := v.comes(ctx); err != nil {
		return err
	}
	made, err := v.creates(ctx, number)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, api.User) error{v.finds, v.renames, v.evaluates, v.exports, v.deactivates} {
		if err := step(ctx, v.users[made]); err != nil {
			return err
		}
	}
	return v.lists(ctx, "")
}

// signInEvery is how many visits there are to one that begins by signing in, whose hash costs what hundreds of reads cost.
const signInEvery = 10

// comes looks who is there.
func (v *visit) comes(ctx context.Context) error {
	var me struct {
		User         api.User
		Organisation struct{ ID, Name string }
	}
	if err := v.gets(ctx, "getMe", v.ada, "/v1/me", &me); err != nil {
		return err
	}
	if o := v.ada.organisation; me.User.ID != v.ada.ID || me.Organisation.ID != o.ID || me.Organisation.Name != o.Name {
		return fmt.Errorf("who asked: %s of %s, not %s of %s", me.User.ID, me.Organisation.Name, v.ada.ID, o.Name)
	}
	for _, one := range v.ada.organisation.Users {
		var read struct{ User api.User }
		if err := v.gets(ctx, "getUser", v.ada, "/v1/users/"+one.ID, &read); err != nil {
			return err
		}
		v.users[one.ID] = read.User
	}
	return v.lists(ctx, "")
}

// lists holds a list of users against what the client knows: of an address, or of everybody.
func (v *visit) lists(ctx context.Context, address string) error {
	query := url.Values{"limit": {"50"}}
	want := make([]api.User, 0, len(v.users))
	for _, user := range v.users {
		if address == "" || user.Email == address {
			want = append(want, user)
		}
	}
	operation := "listUsers"
	if address != "" {
		query.Set("email", address)
		operation += ".email"
	}
	slices.SortFunc(want, func(a, b api.User) int { return cmp.Compare(a.ID, b.ID) })
	var list api.List[api.User]
	if err := v.gets(ctx, operation, v.ada, "/v1/users?"+query.Encode(), &list); err != nil {
		return err
	}
	return same("the users of "+v.ada.organisation.Name, want, list.Items)
}

// creates makes a user: at once, or by a change that the other admin approves.
func (v *visit) creates(ctx context.Context, number int) (string, error) {
	o := v.ada.organisation
	body := object{
		"kind": "regular", "name": object{"first": "New", "last": fmt.Sprintf("Comer %d", number)},
		"email": fmt.Sprintf("new.%d@%s.example.com", v.next(), o.Name), "accounts": o.Accounts[:1],
	}
	gives := given[o.Preset]
	if gives.role != "" {
		body["roles"] = []string{gives.role}
	} else {
		body["permissions"] = []string{gives.permission}
	}
	switch o.Preset {
	case "adyen":
		body["username"] = fmt.Sprintf("new.%d.%s", v.next(), o.Name)
	case "bc-connect":
		body["phone"] = fmt.Sprintf("+4670%07d", v.next())
	}
	if o.Preset != "bc-connect" {
		var made struct{ User api.User }
		err := v.asks(ctx, "createUser", v.ada, http.MethodPost, "/v1/users", body, http.StatusCreated, &made)
		v.users[made.User.ID] = made.User
		return made.User.ID, err
	}
	var asked struct {
		User   api.User
		Change api.Change
	}
	if err := v.asks(ctx, "createUser", v.ada, http.MethodPost, "/v1/users", body, http.StatusAccepted, &asked); err != nil {
		return "", err
	}
	if asked.User.OpenChange != asked.Change.ID || asked.Change.State != "awaitingApproval" {
		return "", fmt.Errorf("a change that was asked for is %s, and its user shows %q", asked.Change.State, asked.User.OpenChange)
	}
	return asked.User.ID, v.approved(ctx, asked.Change)
}

// approved has the other admin approve a change, and waits for its effect.
func (v *visit) approved(ctx context.Context, change api.Change) error {
	other, err := v.session(ctx, v.ada.organisation, ben)
	if err != nil {
		return err
	}
	code, err := measure.Code(ctx, other.TOTPSecret, v.codes(other.ID))
	if err != nil {
		return err
	}
	body := object{"digest": change.Digest, "method": "totp", "code": code}
	if err := v.asks(ctx, "approveChange", other, http.MethodPost, "/v1/changes/"+change.ID+"/approve", body, http.StatusOK, nil); err != nil {
		return err
	}
	for deadline := time.Now().Add(settles); ; {
		var now api.Change
		if err := v.gets(ctx, "getChange", other, "/v1/changes/"+change.ID, &now); err != nil {
			return err
		}
		switch {
		case now.State == "effective":
			var read struct{ User api.User }
			err := v.gets(ctx, "getUser", v.ada, "/v1/users/"+change.Target.ID, &read)
			v.users[read.User.ID] = read.User
			return err
		case now.State != "propagating" && now.State != "awaitingApproval":
			return fmt.Errorf("a change that was approved is %s", now.State)
		case time.Now().After(deadline):
			return fmt.Errorf("a change that was approved is still %s after %v", now.State, settles)
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// settles is how long an approved change may take to take effect, on a machine that does everything at once.
const settles = 3 * time.Minute

func (v *visit) finds(ctx context.Context, user api.User) error {
	if err := v.lists(ctx, user.Email); err != nil {
		return err
	}
	return v.lists(ctx, "")
}

// renames changes the user's name, at once or by a change.
func (v *visit) renames(ctx context.Context, user api.User) error {
	body := object{"name": object{"first": "Renamed", "last": user.Name.Last}}
	return v.changes(ctx, "updateUser", http.MethodPatch, "/v1/users/"+user.ID, body, func(now api.User) error {
		if now.Name.First != "Renamed" || now.Name.Last != user.Name.Last || now.Email != user.Email || now.Version <= user.Version {
			return fmt.Errorf("renamed from %+v, the user is %+v", user, now)
		}
		return nil
	})
}

func (v *visit) deactivates(ctx context.Context, user api.User) error {
	return v.changes(ctx, "deactivateUser", http.MethodPost, "/v1/users/"+user.ID+"/deactivate", object{}, func(now api.User) error {
		if now.Status != "inactive" {
			return fmt.Errorf("deactivated, the user is %s", now.Status)
		}
		return v.evaluates(ctx, now)
	})
}

// changes makes a change, and looks at the user afterwards.
func (v *visit) changes(ctx context.Context, operation, method, path string, body any, check func(api.User) error) error {
	var answer struct {
		User   api.User
		Change *api.Change
	}
	want := http.StatusOK
	if v.ada.organisation.Preset == "bc-connect" {
		want = http.StatusAccepted
	}
	if err := v.asks(ctx, operation, v.ada, method, path, body, want, &answer); err != nil {
		return err
	}
	v.users[answer.User.ID] = answer.User
	if answer.Change != nil {
		if err := v.approved(ctx, *answer.Change); err != nil {
			return err
		}
	}
	if err := check(v.users[answer.User.ID]); err != nil {
		return err
	}
	return v.lists(ctx, "")
}

// evaluates asks what the organisation's regular user may do, and what one may who has not come in yet: nothing.
func (v *visit) evaluates(ctx context.Context, user api.User) error {
	gives, o := given[v.ada.organisation.Preset], v.ada.organisation
	if gives.may == "" {
		return nil
	}
	for _, one := range []struct {
		user, permission string
		want             bool
	}{{o.Users[rosa].ID, gives.may, true}, {o.Users[rosa].ID, gives.lacks, false}, {user.ID, gives.may, false}} {
		if err := v.may(ctx, v.ada, one.user, one.permission, o.Accounts[0], one.want); err != nil {
			return err
		}
	}
	return nil
}

func (l *load) may(ctx context.Context, asker person, user, permission, account string, want bool) error {
	var answer struct{ Decision bool }
	body := object{
		"subject": object{"type": "user", "id": user}, "action": object{"name": permission},
		"resource": object{"type": "account", "id": account},
	}
	if err := l.asks(ctx, "evaluateAccess", asker, http.MethodPost, "/access/v1/evaluation", body, http.StatusOK, &answer); err != nil {
		return err
	}
	if answer.Decision != want {
		return fmt.Errorf("%s may %s: %t, not %t", user, permission, answer.Decision, want)
	}
	return nil
}

// exports reads everybody as CSV.
func (v *visit) exports(ctx context.Context, _ api.User) error {
	var text []byte
	if err := v.gets(ctx, "exportUsers", v.ada, "/v1/users.csv", &text); err != nil {
		return err
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return err
	}
	if len(rows) != len(v.users)+1 {
		return fmt.Errorf("an export of %d users has %d lines", len(v.users), len(rows))
	}
	at := slices.Index(rows[0], "email")
	if at < 0 {
		return errors.New("an export has no column of addresses")
	}
	for _, user := range v.users {
		if !slices.ContainsFunc(rows[1:], func(row []string) bool { return row[at] == user.Email }) {
			return fmt.Errorf("an export lacks %s", user.Email)
		}
	}
	return nil
}
