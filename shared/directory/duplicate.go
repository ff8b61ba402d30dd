package directory

import (
	"context"
)

// Copy is what a duplicate has of its own. Everything else is its original's.
type Copy struct {
	Name     *Name // nil: the original's
	Email    string
	Username string
	Phone    string
}

// Duplicate asks for a user with another's accounts, roles and permissions, less those that the caller may not give; the
// answer names what was left out (1.6). What belongs to the person is not copied: phone number and allowed addresses.
//
// Faults: notFound, preconditionFailed of the other, and those of Create.
func (u *Users) Duplicate(ctx context.Context, r Request, id UserID, own Copy) (Answer, error) {
	return once(ctx, u.Store, r, func(bool) (Answer, error) {
		v, err := u.enter(ctx, r, func(organisation OrganisationID) Want {
			want := u.wantNames(Profile{Email: own.Email, Phone: own.Phone})
			want.Users = []UserRef{{organisation, id}}
			return want
		})
		if err != nil {
			return Answer{}, err
		}
		if answer, repeated, err := u.repeated(ctx, v); repeated || err != nil {
			left := gains(answer.User.Access, v.found.Users[UserRef{v.organisation.ID, id}].Access)
			answer.Left = &left
			return answer, err
		}
		original, err := v.user(id)
		if err != nil {
			return Answer{}, err
		}
		copied := NewUser{Kind: original.Kind, Profile: original.Profile}
		copied.Email, copied.Username, copied.Phone = own.Email, own.Username, own.Phone
		copied.IPAllowList, copied.Contact, copied.APIAccess = nil, false, false
		if own.Name != nil {
			copied.Name = *own.Name
		}
		if err := r.saw(original); err != nil {
			return Answer{}, err
		}
		kept, left, err := u.givable(v, original)
		if err != nil {
			return Answer{}, err
		}
		copied.Access = kept
		answer, err := u.create(ctx, v, ActDuplicateUser, copied, original.Access)
		answer.Left = &left
		return answer, err
	})
}

// givable parts an original's access into what the caller may give to a copy of it and what not, as the policies have it
// (2.4).
func (u *Users) givable(v visit, original User) (kept, left Access, err error) {
	may := func(grants Access) bool {
		if err != nil {
			return false
		}
		var decision Decision
		decision, err = u.Policies.Decide(Question{
			Principal: v.caller, Organisation: v.organisation, Action: Action(ActDuplicateUser), Target: &original, Grants: grants,
		})
		return decision.Allowed
	}
	if !may(Access{}) || may(original.Access) && !original.Owner {
		return original.Access, Access{}, err // it is refused, or allowed, as a whole
	}
	preset, err := u.preset(v.organisation)
	if err != nil {
		return Access{}, Access{}, err
	}
	owner := preset.ownerRole() // which there is one of
	kept.Companies, left.Companies = parted(original.Companies, func(id CompanyID) bool { return may(Access{Companies: []CompanyID{id}}) })
	kept.Accounts, left.Accounts = parted(original.Accounts, func(id AccountID) bool { return may(Access{Accounts: []AccountID{id}}) })
	kept.Roles, left.Roles = parted(original.Roles, func(id string) bool { return id != owner && may(Access{Roles: []string{id}}) })
	kept.Permissions, left.Permissions = parted(original.Permissions, func(id Permission) bool { return may(Access{Permissions: []Permission{id}}) })
	return kept, left, err
}

// parted parts a list by a test.
func parted[T any](list []T, passes func(T) bool) (in, out []T) {
	for _, one := range list {
		if passes(one) {
			in = append(in, one)
		} else {
			out = append(out, one)
		}
	}
	return in, out
}
