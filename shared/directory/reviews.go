package directory

import (
	"context"
	"sync"
	"time"
)

// ActionViewReviews is looking at who can do what, as policies name it.
const ActionViewReviews Action = "viewReviews"

// Bounds of one call, whatever the page: what is looked through, and how many lines of a table its rows make.
const (
	conflictsLookedThrough = 500
	accessLines            = 20_000
)

// Reviews shows who can do what, for those who must answer for it (7.4). It reads, and writes nothing.
type Reviews struct{ Core }

// AccessRow is what a user can do, on each of its accounts alike (2.1).
type AccessRow struct {
	User   User
	Grants []Grant // in the catalogue's order; none where the user may not act
}

// Grant is a permission that holds.
type Grant struct {
	Permission  Permission
	Scope       Scope
	Obligations []string
}

// Access reads a page of the organisation's users, by id, with what each can do: what the policies say to an evaluation
// about one of its accounts, so that a review cannot disagree with enforcement. A page ends early where its rows are many.
//
// Faults: forbidden; invalid on "cursor".
func (s *Reviews) Access(ctx context.Context, r Request, page Page) ([]AccessRow, string, error) {
	v, users, next, err := s.users(ctx, r, page)
	if err != nil {
		return nil, "", err
	}
	preset, err := s.preset(v.organisation)
	if err != nil {
		return nil, "", err
	}
	var rows []AccessRow
	lines := 0
	for i, user := range users {
		grants, err := s.grants(v.organisation, preset, user)
		if err != nil {
			return nil, "", err
		}
		if lines += len(grants) * max(1, len(user.Accounts)); lines > accessLines && i > 0 {
			return rows, s.Store.After(users[i-1].ID), nil
		}
		rows = append(rows, AccessRow{user, grants})
	}
	return rows, next, nil
}

// users reads a page of users for somebody who may review.
func (s *Reviews) users(ctx context.Context, r Request, page Page) (visit, []User, string, error) {
	v, err := s.enter(ctx, r, nil)
	if err != nil {
		return visit{}, nil, "", err
	}
	if err := s.decide(ctx, v, Question{Action: ActionViewReviews}); err != nil {
		return visit{}, nil, "", err
	}
	users, next, err := s.Store.Users(ctx, v.organisation.ID, page)
	return v, users, next, err
}

// grants are the permissions that a user may use: on everything, or on what it created itself (2.8). All of its accounts
// are alike to the policies, which name none.
func (s *Reviews) grants(organisation Organisation, preset Preset, user User) ([]Grant, error) {
	if !user.Active() {
		return nil, nil
	}
	question := Question{Principal: user, Organisation: organisation}
	if len(user.Accounts) > 0 {
		question.Account = &Account{ID: user.Accounts[0], Organisation: organisation.ID}
	}
	var grants []Grant
	for _, permission := range preset.Permissions {
		question.Action = Action(permission.ID)
		for _, as := range []struct {
			scope Scope
			owner UserID
		}{{ScopeAll, ""}, {ScopeOwn, user.ID}} {
			question.Owner = as.owner
			decision, err := s.Policies.Decide(question)
			if err != nil {
				return nil, err
			}
			if decision.Allowed {
				grants = append(grants, Grant{permission.ID, as.scope, decision.Obligations})
				break
			}
		}
	}
	return grants, nil
}

// ConflictRow is a user whose access breaks a segregation of duties (2.6).
type ConflictRow struct {
	User    User
	Warning Warning
}

// Conflicts reads users whose access breaks the segregation of duties, by id: what was warned about when it was given. Who
// is not active is among them, since reactivation gives all of it back. A page may be short: of a large organisation a
// bounded part is looked through, and next says where to go on.
//
// Faults: forbidden; invalid on "cursor".
func (s *Reviews) Conflicts(ctx context.Context, r Request, page Page) ([]ConflictRow, string, error) {
	v, users, next, err := s.users(ctx, r, Page{Limit: conflictsLookedThrough, Cursor: page.Cursor})
	if err != nil {
		return nil, "", err
	}
	var rows []ConflictRow
	for i, user := range users {
		warnings, err := s.Policies.Warnings(user.Kind, user.Access, v.organisation)
		if err != nil {
			return nil, "", err
		}
		if i > 0 && len(rows)+len(warnings) > page.Limit {
			return rows, s.Store.After(users[i-1].ID), nil
		}
		for _, warning := range warnings {
			rows = append(rows, ConflictRow{user, warning})
		}
	}
	return rows, next, nil
}

// Dormant reads users that may sign in and have not for a while, the longest first; those who never did count from their
// creation. A page may be short by those who just signed in.
//
// Faults: forbidden; invalid on "cursor".
func (s *Reviews) Dormant(ctx context.Context, r Request, unseen time.Duration, page Page) ([]User, string, error) {
	entry, err := r.entry()
	if err != nil {
		return nil, "", err
	}
	// The list is read at the same time as what says whether it may be: where it may not, it is forgotten.
	before := s.Now().Add(-unseen)
	var ids []UserID
	var next string
	var listErr error
	var wait sync.WaitGroup
	wait.Go(func() { ids, next, listErr = s.Store.Dormant(ctx, entry.acting, before, page) })
	v, err := s.enter(ctx, r, nil)
	if err == nil {
		err = s.decide(ctx, v, Question{Action: ActionViewReviews})
	}
	wait.Wait()
	if err != nil {
		return nil, "", err
	}
	if listErr != nil {
		return nil, "", listErr
	}
	var want Want
	for _, id := range ids {
		want.Users = append(want.Users, UserRef{v.organisation.ID, id})
	}
	found, err := s.Store.Read(ctx, want)
	if err != nil {
		return nil, "", err
	}
	var users []User
	for _, ref := range want.Users {
		user := found.Users[ref]
		if seen := user.SeenAt(); !seen.IsZero() && seen.Before(before) {
			users = append(users, user)
		}
	}
	return users, next, nil
}
