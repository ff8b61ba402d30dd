package directory

import (
	"cmp"
	"context"
	"slices"

	"mandate/shared/fault"
)

// ActionSwitch is that of leaving one organisation for another, in the log of the one that is left.
const ActionSwitch Action = "switchOrganisation"

// Switch leaves the organisation that the session acts in for another of the person's, or, for the platform's staff, for
// any (1.2, 9.1): one session ends and another takes its place, with what was proven in the first and no longer than that
// would have lasted. Where the other asks for a second factor that was not given yet, the answer is a challenge.
//
// Faults: notFound where the person is no active user there.
func (s *Self) Switch(ctx context.Context, r Request, to OrganisationID) (SignedIn, error) {
	return attempt(ctx, func(bool) (SignedIn, error) {
		v, err := s.enter(ctx, r, func(OrganisationID) Want { return Want{Organisations: []OrganisationID{to}} })
		if err != nil {
			return SignedIn{}, err
		}
		if v.identity.ID == "" {
			return SignedIn{}, fault.New(fault.StateWrong, "API users have no session.")
		}
		user, home, acting, err := s.destination(ctx, v, to)
		if err != nil {
			return SignedIn{}, err
		}
		answer, effects, err := s.begin(user, v.identity, home, acting, v.session, r.Source, v.now)
		if err != nil {
			return SignedIn{}, err
		}
		entry := s.entry(v, ActionSwitch, Done)
		entry.Target, entry.TargetName = TargetID(v.caller.ID), v.caller.Name.Full()
		effects = append(effects, LeaveSession{v.session}, Log{entry})
		if answer.Session.Stage != SessionChallenge { // where one comes to it is a sign-in (5.5)
			try := attemptToSignIn{name: v.identity.Login, now: v.now, source: r.Source}
			effects = append(effects, s.signedIn(try, user, acting.ID)...)
		}
		return answer, s.Store.Commit(ctx, effects...)
	})
}

// destination is as whom one comes to another organisation.
func (s *Self) destination(ctx context.Context, v visit, to OrganisationID) (user User, home, acting Organisation, err error) {
	acting, there := v.found.Organisations[to]
	if there && (v.operator() || to == v.home.ID) {
		return v.caller, v.home, acting, nil
	}
	at := slices.IndexFunc(v.identity.Members, func(m Membership) bool { return m.Organisation == to })
	if there && at >= 0 {
		ref := UserRef{to, v.identity.Members[at].User}
		found, err := s.Store.Read(ctx, Want{Users: []UserRef{ref}})
		if err != nil {
			return User{}, Organisation{}, Organisation{}, err
		}
		if user := found.Users[ref]; user.SignsIn() && user.Identity == v.identity.ID {
			return user, acting, acting, s.checkEntrance(ctx, v, user)
		}
	}
	return User{}, Organisation{}, Organisation{}, fault.New(fault.NotFound, "You are no user of such an organisation.")
}

// checkEntrance refuses who does not come from where the other user comes from (5.4), in the log of its organisation.
func (s *Self) checkEntrance(ctx context.Context, v visit, user User) error {
	if user.admits(v.Source.Address) {
		return nil
	}
	entry := s.signInEntry(attemptToSignIn{now: v.now, source: v.Source}, user, Refused)
	entry.Action, entry.Detail = ActionSwitch, detailAddress
	return s.refuseWay(ctx, entry, addressNotAllowed)
}

// others are the organisations that the caller may switch to, by name; for the platform's staff, who may enter any, it is
// the way back. It takes a read more, of those alone who are users of several.
func (s *Self) others(ctx context.Context, v visit) ([]Organisation, error) {
	var want Want
	for _, member := range v.identity.Members {
		if member.Organisation != v.home.ID {
			want.Users = append(want.Users, UserRef{member.Organisation, member.User})
			want.Organisations = append(want.Organisations, member.Organisation)
		}
	}
	if len(want.Users) == 0 {
		if v.organisation.ID != v.home.ID {
			return []Organisation{v.home}, nil
		}
		return nil, nil
	}
	found, err := s.Store.Read(ctx, want)
	if err != nil {
		return nil, err
	}
	return organisationsOf(found, active(membersOf(found, v.identity.Members))), nil
}

// organisationsOf are those of users, by name.
func organisationsOf(found Found, users []User) []Organisation {
	var organisations []Organisation
	for _, user := range users {
		organisations = append(organisations, found.Organisations[user.Organisation])
	}
	slices.SortFunc(organisations, func(a, b Organisation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return organisations
}
