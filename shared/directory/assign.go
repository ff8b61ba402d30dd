package directory

import (
	"context"
	"fmt"
	"slices"

	"mandate/shared/fault"
)

// AssignAtMost is how many users one assignment gives an account to: they are written in one transaction.
const AssignAtMost = 80

// Assigned is what an assignment came to.
type Assigned struct {
	Account Account
	Users   []User
	Change  *Change // nil where it took effect at once
	Preview *Plan   // with a preview: nothing was written
}

// Assign asks that an account be given to many users, in one change (1.9). Admins have every account already.
//
// Faults: notFound, forbidden, changeOpen; invalid on "users".
func (u *Users) Assign(ctx context.Context, r Request, id AccountID, users []UserID) (Assigned, error) {
	return once(ctx, u.Store, r, func(bool) (Assigned, error) {
		if len(users) > AssignAtMost {
			return Assigned{}, fault.InvalidField("users", "maxItems", "At most %d users at once.", AssignAtMost)
		}
		v, err := u.enter(ctx, r, func(organisation OrganisationID) Want {
			want := Want{Accounts: []AccountRef{{organisation, id}}}
			for _, user := range users {
				want.Users = append(want.Users, UserRef{organisation, user})
			}
			return want
		})
		if err != nil {
			return Assigned{}, err
		}
		if remembered, repeated, err := v.remembered(); repeated || err != nil {
			return u.assignedBefore(ctx, v, remembered, err)
		}
		account, ok := v.found.Accounts[AccountRef{v.organisation.ID, id}]
		if !ok {
			return Assigned{}, fault.New(fault.NotFound, "There is no such account.")
		}
		target, checkErr := assignable(v, account, users)
		assignment := Assignment{Account: id, AccountName: account.Name}
		in := intent{
			act: ActAssignAccount, id: TargetID(id), name: account.Name, target: target, after: Snapshot{Assignment: &assignment},
		}
		if err := u.mayAsk(ctx, v, in, nil); err != nil {
			return Assigned{}, err
		}
		if checkErr != nil {
			return Assigned{}, checkErr
		}
		for _, holder := range target.Holders {
			if err := mayTakeChange(holder, ActAssignAccount); err != nil {
				return Assigned{}, err
			}
			assignment.Users = append(assignment.Users, Holder{holder.ID, holder.Name.Full()})
		}
		plan, err := u.plan(ctx, v, in)
		if err != nil {
			return Assigned{}, err
		}
		if v.Preview {
			return Assigned{Account: account, Users: plan.Holders, Preview: &plan}, nil
		}
		return assigned(plan), u.commit(ctx, plan)
	})
}

// assignable are the users of an assignment, and what stands against it. Where a user is not found the policies are still
// asked about the others, and about nobody in particular where none is.
func assignable(v visit, account Account, users []UserID) (Target, error) {
	var fields fault.Fields
	target := Target{Account: account}
	if len(users) == 0 {
		fields.Add("users", "required", "Name the users.")
	}
	for i, id := range users {
		field := fmt.Sprintf("users[%d]", i)
		user, err := v.user(id)
		switch {
		case err != nil:
			fields.Add(field, "unknown", "There is no such user.")
			continue
		case slices.Contains(users[:i], id):
			fields.Add(field, "unique", "The user is named twice.")
			continue
		case user.HoldsAllAccounts() || slices.Contains(user.Accounts, account.ID):
			fields.Add(field, "held", "The user has the account already.")
		case user.Status == StatusPending:
			fields.Add(field, "pending", "The user's creation has not taken effect yet.")
		case len(user.Accounts) >= maxAccounts:
			fields.Add(field, "maxItems", "The user has %d accounts, which is as many as a user may have.", maxAccounts)
		}
		target.Holders = append(target.Holders, user)
	}
	if len(target.Holders) == 0 {
		target.Holders = []User{{Organisation: v.organisation.ID, Kind: KindRegular}}
	}
	return target, fields.Err()
}

func assigned(plan Plan) Assigned {
	answer := Assigned{Account: plan.Account, Users: plan.Holders}
	if plan.Change.State != StateEffective {
		answer.Change = &plan.Change
	}
	return answer
}

// assignedBefore answers a request whose Idempotency-Key was there before, as things are now.
func (u *Users) assignedBefore(ctx context.Context, v visit, remembered Remembered, err error) (Assigned, error) {
	if err != nil {
		return Assigned{}, err
	}
	ref := ChangeRef{v.organisation.ID, remembered.Change}
	found, err := u.Store.Read(ctx, wantChange(ref))
	if err != nil {
		return Assigned{}, err
	}
	plan, err := u.planOf(ctx, found, ref)
	return assigned(plan), err
}
