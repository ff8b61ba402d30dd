package storetest

import (
	"slices"
	"testing"
	"time"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// newEntry is a line of an organisation's log, made at a time.
func newEntry(organisation directory.OrganisationID, at time.Time) directory.Entry {
	entry := Filled[directory.Entry]()
	entry.ID, entry.Organisation, entry.At = directory.EntryID(NewIDAt(directory.PrefixEntry, at)), organisation, at
	return entry
}

func entryRef(e directory.Entry) directory.EntryRef {
	return directory.EntryRef{Organisation: e.Organisation, ID: e.ID}
}

// newBlock is one that begins a chain, or goes on with it.
func newBlock(organisation directory.OrganisationID, first int) directory.Block {
	block := Filled[directory.Block]()
	block.Organisation, block.First, block.Position = organisation, first, first
	return block
}

// operations reads a filtered list to its end, by pages, and answers ids.
func operations(t *testing.T, s directory.Store, id directory.OrganisationID, filter directory.OperationFilter, limit int) []directory.EntryID {
	t.Helper()
	ids := []directory.EntryID{}
	page := directory.Page{Limit: limit}
	for {
		entries, next, err := s.Operations(t.Context(), id, filter, page)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) > limit {
			t.Fatalf("a page of %d", len(entries))
		}
		for _, one := range entries {
			ids = append(ids, one.ID)
		}
		if page.Cursor = next; next == "" {
			return ids
		}
	}
}

var ledger = []promise{
	{"a log is listed by whom, by what, by whose, by how and by when", func(t *testing.T, s directory.Store) {
		organisation, begin := NewOrganisation(), now().Add(-time.Hour)
		var all []directory.Entry
		for i := range 12 {
			entry := newEntry(organisation, begin.Add(time.Duration(i)*time.Minute))
			actor := *entry.Actor
			actor.User = []directory.UserID{"usr_1", "usr_2"}[i%2]
			entry.Actor, entry.Target = &actor, []directory.TargetID{"usr_1", "acc_3", ""}[i%3]
			entry.Action = []directory.Action{"signIn", "createUser", "updateUser", "signOut"}[i%4]
			entry.Outcome = []directory.Outcome{directory.Done, directory.Refused}[i/6]
			commit(t, s, directory.Log{Entry: entry})
			all = append(all, entry)
		}
		commit(t, s, directory.Log{Entry: newEntry(NewOrganisation(), begin)})
		slices.Reverse(all)
		for _, filter := range []directory.OperationFilter{
			{}, {Target: "usr_1"}, {Target: "acc_3"}, {Target: "usr_2"}, {Actor: "usr_2"}, {Actions: []directory.Action{"signIn"}},
			{Actions: []directory.Action{"signIn", "signOut"}}, {Outcome: directory.Refused},
			{From: begin.Add(3 * time.Minute)}, {Before: begin.Add(3 * time.Minute)},
			{From: begin.Add(3 * time.Minute), Before: begin.Add(9 * time.Minute)}, {From: begin.Add(9 * time.Minute), Before: begin},
			{From: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), Before: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)},
			{Target: "usr_1", Actor: "usr_2", From: begin.Add(time.Minute), Outcome: directory.Done},
		} {
			want := []directory.EntryID{}
			for _, one := range all {
				if filter.Admits(one) {
					want = append(want, one.ID)
				}
			}
			for _, limit := range []int{1, 5, 100} {
				if filter.Target != "" { // as of a moment ago
					eventually(t, "the user's log", func() bool { return len(operations(t, s, organisation, filter, limit)) == len(want) })
				}
				if got := operations(t, s, organisation, filter, limit); !slices.Equal(got, want) {
					t.Errorf("%+v by %d:\n got %v\nwant %v", filter, limit, got, want)
				}
			}
		}
	}},
	{"a cursor of another time is invalid", func(t *testing.T, s directory.Store) {
		organisation, at := NewOrganisation(), now()
		commit(t, s, directory.Log{Entry: newEntry(organisation, at)}, directory.Log{Entry: newEntry(organisation, at.Add(time.Second))})
		_, next, err := s.Operations(t.Context(), organisation, directory.OperationFilter{}, directory.Page{Limit: 1})
		if err != nil || next == "" {
			t.Fatalf("%q, %v", next, err)
		}
		_, _, err = s.Operations(t.Context(), organisation, directory.OperationFilter{Before: at.Add(-time.Hour)}, directory.Page{Limit: 1, Cursor: next})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%v", err)
		}
	}},
	{"a chain's head moves on from where it was, and from nowhere else", func(t *testing.T, s directory.Store) {
		head := Filled[directory.Head]()
		head.Organisation, head.Sequence = NewOrganisation(), 3
		read := func() directory.Head {
			return read(t, s, directory.Want{Heads: []directory.OrganisationID{head.Organisation}}).Heads[head.Organisation]
		}
		refused(t, s, fault.Stale, directory.MoveHead{Head: head, From: 2})
		commit(t, s, directory.MoveHead{Head: head})
		same(t, read(), head)
		refused(t, s, fault.Stale, directory.MoveHead{Head: head})
		further := head
		further.Sequence = 8
		refused(t, s, fault.Stale, directory.MoveHead{Head: further, From: 2})
		commit(t, s, directory.MoveHead{Head: further, From: 3})
		same(t, read(), further)
	}},
	{"blocks are listed by position, and written once", func(t *testing.T, s directory.Store) {
		organisation := NewOrganisation()
		first, second, last := newBlock(organisation, 1), newBlock(organisation, 9), newBlock(organisation, 123456)
		commit(t, s, directory.PutBlock{Block: last}, directory.PutBlock{Block: first}, directory.PutBlock{Block: second})
		refused(t, s, fault.Stale, directory.PutBlock{Block: newBlock(organisation, 9)})
		for from, want := range map[int][]directory.Block{
			1: {first, second}, 2: {second, last}, 9: {second, last}, 10: {last}, 123457: {},
		} {
			got, err := s.Blocks(t.Context(), organisation, from, 2)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, want)
		}
		ref := directory.BlockRef{Organisation: organisation, First: 9}
		same(t, read(t, s, directory.Want{Blocks: []directory.BlockRef{ref}}).Blocks[ref], second)
	}},
	{"an entry is marked once", func(t *testing.T, s directory.Store) {
		ref := directory.EntryRef{Organisation: NewOrganisation(), ID: directory.EntryID(NewID(directory.PrefixEntry))}
		commit(t, s, directory.MarkEntry{Entry: ref, Block: 7})
		refused(t, s, fault.Stale, directory.MarkEntry{Entry: ref, Block: 8})
		same(t, read(t, s, directory.Want{Marks: []directory.EntryRef{ref}}).Marks, map[directory.EntryRef]int{ref: 7})
	}},
	{"entries are told by their ids, oldest first, and by their digests", func(t *testing.T, s directory.Store) {
		organisation := NewOrganisation()
		one, other := newEntry(organisation, now().Add(-time.Minute)), newEntry(organisation, now())
		commit(t, s, directory.Log{Entry: other}, directory.Log{Entry: one})
		ids, next, err := s.Entries(t.Context(), organisation, directory.Page{Limit: 10})
		if err != nil || next != "" {
			t.Fatalf("%q, %v", next, err)
		}
		same(t, ids, []directory.EntryID{one.ID, other.ID})
		want := directory.Want{Digests: []directory.EntryRef{entryRef(one), entryRef(other), {Organisation: organisation, ID: "log_1"}}}
		digests := read(t, s, want).Digests
		if len(digests) != 2 || digests[entryRef(one)] == digests[entryRef(other)] || digests[entryRef(one)] == "" {
			t.Errorf("%v", digests)
		}
		same(t, read(t, s, want).Digests, digests)
	}},
}
