package storetest

import (
	"slices"
	"testing"
	"time"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// past is before anything that is due in tests that do not ask for what is due.
var past = time.Date(1990, time.January, 1, 0, 0, 0, 0, time.UTC)

// finish ends a change, so that the sweep of no other test finds it.
func finish(t *testing.T, s directory.Store, change directory.Change) {
	t.Helper()
	ref := directory.ChangeRef{Organisation: change.Organisation, ID: change.ID}
	change = read(t, s, directory.Want{Changes: []directory.ChangeRef{ref}}).Changes[ref]
	change.State = directory.StateEffective
	commit(t, s, directory.PutChange{Change: change})
}

var due = []promise{
	{"what fell due is listed, oldest first and no more than asked for, and no longer once it is done", func(t *testing.T, s directory.Store) {
		organisation := NewOrganisation()
		var want []directory.Due
		var begin, end []directory.Effect
		for i := range 20 { // more than there can be places where the store looks
			at := past.Add(time.Duration(3*i) * time.Minute)

			change := newChange(organisation, directory.StateAwaitingApproval)
			change.Reminded, change.ExpiresAt = true, at
			begin = append(begin, directory.PutChange{Change: change})
			change.State, change.Revision = directory.StateExpired, 1
			end = append(end, directory.PutChange{Change: change})
			want = append(want, directory.Due{At: change.ExpiresAt, Organisation: organisation, Change: change.ID})

			link := newLink()
			link.Organisation, link.ExpiresAt = organisation, at.Add(time.Minute)
			begin = append(begin, directory.PutLink{Link: link})
			end = append(end, directory.ReplaceLink{Ref: linkRef(link), State: directory.LinkReplaced, At: now()})
			want = append(want, directory.Due{At: link.ExpiresAt, Organisation: organisation, User: link.User, Link: link.ID})

			item := newOutboxItem()
			item.Organisation = organisation
			item.CreatedAt = at.Add(2 * time.Minute)
			item.CreatedAt = item.CreatedAt.Add(item.CreatedAt.Sub(item.DueAt())) // due, not made, at that time
			ref := item.Ref()
			begin = append(begin, directory.Enqueue{Item: item})
			end = append(end, directory.Carried{Ref: item.Ref()})
			want = append(want, directory.Due{At: item.DueAt(), Organisation: organisation, Outbox: &ref})

			request := newServiceRequest(organisation, directory.RequestOpen)
			request.ExpiresAt = at.Add(165 * time.Second)
			begin = append(begin, directory.PutServiceRequest{Request: request})
			late := directory.Due{At: request.ExpiresAt, Organisation: organisation, Request: request.ID}
			request.State, request.Revision = directory.RequestExpired, 1
			end = append(end, directory.PutServiceRequest{Request: request})

			user := newUser(organisation)
			user.Certificates = user.Certificates[:1]
			user.Certificates[0].NotAfter = at.Add(150*time.Second).AddDate(0, 0, 30)
			user.Status, user.Warned = directory.StatusActive, nil
			begin = append(begin, putUser(user))
			want = append(want, directory.Due{At: at.Add(150 * time.Second), Organisation: organisation, User: user.ID}, late)
			user.Status, user.Revision = directory.StatusInactive, 1
			end = append(end, putUser(user))
		}
		dueNow := func(before time.Time, limit int) []directory.Due {
			t.Helper()
			all, err := s.Due(t.Context(), before, limit)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		commit(t, s, begin...)
		before := past.Add(24 * time.Hour)
		eventually(t, "all that fell due", func() bool { return len(dueNow(before, 1000)) >= len(want) })
		same(t, dueNow(before, 1000), want)
		same(t, dueNow(want[10].At, 1000), want[:11])
		same(t, dueNow(before, 7), want[:7])
		commit(t, s, end...)
		eventually(t, "nothing due", func() bool { return len(dueNow(before, 1000)) == 0 })

		item := newOutboxItem()
		ref := item.Ref()
		commit(t, s, directory.Enqueue{Item: item})
		commit(t, s, directory.SendRound{Ref: ref, Was: item.DueAt(), Due: past})
		eventually(t, "an item that was sent round", func() bool { return len(dueNow(past, 10)) > 0 })
		same(t, dueNow(past, 10), []directory.Due{{At: past, Organisation: item.Organisation, Outbox: &ref}})
		commit(t, s, directory.Carried{Ref: ref})
	}},
	{"an outbox item that was put aside is not due, until it is recalled", func(t *testing.T, s directory.Store) {
		item := newOutboxItem()
		ref := item.Ref()
		isAside := func() bool {
			t.Helper()
			aside, err := s.Aside(t.Context(), 100)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Contains(aside, ref)
		}
		refused(t, s, fault.Stale, directory.PutAside{Ref: ref, Was: past})
		refused(t, s, fault.Stale, directory.Recall{Ref: ref, Due: now()})
		commit(t, s, directory.Enqueue{Item: item})
		refused(t, s, fault.Stale, directory.Recall{Ref: ref, Due: now()})
		commit(t, s, directory.SendRound{Ref: ref, Was: item.DueAt(), Due: past})
		refused(t, s, fault.Stale, directory.PutAside{Ref: ref, Was: item.DueAt()})
		commit(t, s, directory.PutAside{Ref: ref, Was: past})
		refused(t, s, fault.Stale, directory.PutAside{Ref: ref, Was: past})
		eventually(t, "an item that was put aside", isAside)
		kept := read(t, s, directory.Want{Outbox: []directory.OutboxRef{ref}}).Outbox[ref]
		same(t, kept.Rounds, item.Rounds+1)

		commit(t, s, directory.Recall{Ref: ref, Due: now()})
		eventually(t, "an item that was recalled", func() bool { return !isAside() })
		same(t, read(t, s, directory.Want{Outbox: []directory.OutboxRef{ref}}).Outbox[ref].Rounds, 0)
		commit(t, s, directory.Carried{Ref: ref})
	}},
}
