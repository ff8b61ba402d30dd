package directory

import (
	"context"
	"slices"
	"sync"
	"time"

	"mandate/shared/fault"
)

// Actions on the sessions of others, as policies name them.
const (
	ActionListUserSessions Action = "listUserSessions"
	ActionEndUserSessions  Action = "endUserSessions"
)

// Sessions lists a user's sessions, those that hold (5.3), and tells which is the caller's own.
//
// Faults: notFound, forbidden; invalid on "cursor".
func (u *Users) Sessions(ctx context.Context, r Request, id UserID, page Page) (current string, sessions []Session, next string, err error) {
	v, user, err := u.enterOn(ctx, r, id, ActionListUserSessions)
	if err != nil {
		return "", nil, "", err
	}
	var wait sync.WaitGroup
	var found Found
	var unread error
	wait.Go(func() { found, unread = u.Store.Read(ctx, Want{Identities: []IdentityID{user.Identity}}) })
	all, next, err := u.Store.Sessions(ctx, v.organisation.ID, user.ID, page)
	wait.Wait()
	if err == nil {
		err = unread
	}
	if err != nil {
		return "", nil, "", err
	}
	return v.session.ID, holding(all, user, found.Identities[user.Identity], v.now), next, nil
}

// EndSessions ends every session of a user at once (5.3). It takes nothing that signing in again does not give back, so
// no change control delays it.
//
// Faults: notFound, forbidden, preconditionFailed.
func (u *Users) EndSessions(ctx context.Context, r Request, id UserID) error {
	_, err := attempt(ctx, func(bool) (struct{}, error) {
		v, user, err := u.enterOn(ctx, r, id, ActionEndUserSessions)
		if err != nil {
			return struct{}{}, err
		}
		if err := r.saw(user); err != nil {
			return struct{}{}, err
		}
		user.SessionEpoch++
		return struct{}{}, u.carryOut(ctx, v, nil, v.found.put(user), v.expectCaller(), u.logOn(v, user, ActionEndUserSessions, "all"))
	})
	return err
}

// EndSession ends one session of a user. Faults as for EndSessions.
func (u *Users) EndSession(ctx context.Context, r Request, id UserID, session string) error {
	_, err := attempt(ctx, func(bool) (struct{}, error) {
		v, user, err := u.enterOn(ctx, r, id, ActionEndUserSessions)
		if err != nil {
			return struct{}{}, err
		}
		if err := r.saw(user); err != nil {
			return struct{}{}, err
		}
		found, err := u.sessionOf(ctx, v.organisation.ID, user.ID, session)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, u.carryOut(ctx, v, nil, DropSession{found}, v.expectCaller(), u.logOn(v, user, ActionEndUserSessions, found.ID))
	})
	return err
}

// logOn is the line of the log for what the caller did to a user.
func (c *Core) logOn(v visit, user User, action Action, detail string) Effect {
	entry := c.entry(v, action, Done)
	entry.Target, entry.TargetName, entry.Detail = TargetID(user.ID), user.Name.Full(), detail
	return Log{entry}
}

// holding are the sessions that are signed in and have not ended.
func holding(all []Session, user User, identity Identity, now time.Time) []Session {
	return slices.DeleteFunc(all, func(session Session) bool {
		return session.Stage == SessionChallenge || !session.Alive(user, identity, now)
	})
}

// sessionOf finds a user's session by its id.
//
// Faults: notFound.
func (c *Core) sessionOf(ctx context.Context, organisation OrganisationID, user UserID, id string) (Session, error) {
	page := Page{Limit: 200}
	for {
		sessions, next, err := c.Store.Sessions(ctx, organisation, user, page)
		if err != nil {
			return Session{}, err
		}
		for _, session := range sessions {
			if session.ID == id {
				return session, nil
			}
		}
		if next == "" {
			return Session{}, fault.New(fault.NotFound, "There is no such session.")
		}
		page.Cursor = next
	}
}
