package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mandate/shared/directory"
	"mandate/shared/store"
	"mandate/shared/store/storetest"
)

// failing lets some transactions fail, by their number, before they reach the table.
type failing struct {
	store.Client
	fails func(n int) bool
	n     *int
}

var errLost = errors.New("lost")

func (f failing) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	*f.n++
	if f.fails(*f.n) {
		return nil, errLost
	}
	return f.Client.TransactWriteItems(ctx, in, o...)
}

func accountsOf(n int) []directory.AccountID {
	accounts := make([]directory.AccountID, n)
	for i := range accounts {
		accounts[i] = directory.AccountID(fmt.Sprintf("acc_%03d", i))
	}
	return accounts
}

// holders are who has an account, by the list.
func holders(t *testing.T, s *store.Store, organisation directory.OrganisationID, account directory.AccountID) []directory.UserID {
	t.Helper()
	page, err := s.Search(t.Context(), organisation, directory.UserSearch{
		UserFilter: directory.UserFilter{Account: account}, Page: directory.Page{Limit: 50},
	})
	if err != nil {
		t.Fatal(err)
	}
	users, _, err := page(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := []directory.UserID{}
	for _, user := range users {
		ids = append(ids, user.ID)
	}
	return ids
}

// More lists than a transaction has room for: whoever dies in between, every list has those whom it should.
func TestAUserWithMoreListsThanATransactionHasRoomFor(t *testing.T) {
	t.Parallel()
	client, table := storetest.OpenTable(t)
	for dies := 1; dies <= 5; dies++ {
		n := 0
		dying := store.New(failing{client, func(n int) bool { return n == dies }, &n}, table)
		sound := store.New(client, table)
		user := newMember(storetest.NewOrganisation())
		user.Accounts = accountsOf(300)
		listed := func(want bool, when string) {
			t.Helper()
			for _, account := range []directory.AccountID{"acc_000", "acc_150", "acc_299"} {
				if got := holders(t, sound, user.Organisation, account); (len(got) == 1) != want {
					t.Errorf("dying at %d, %s: %s has %v", dies, when, account, got)
				}
			}
		}

		if err := dying.Commit(t.Context(), directory.PutUser{User: user}); (err != nil) != (dies <= 4) {
			t.Fatalf("dying at %d of %d: %v", dies, n, err)
		} else if err != nil {
			listed(false, "not created")
			if err := sound.Commit(t.Context(), directory.PutUser{User: user}); err != nil {
				t.Fatal(err)
			}
		}
		listed(true, "created")

		// What the user leaves, it leaves with the transaction or after it; and what it comes back to stays.
		user.Revision = 1
		was, without := user, user
		without.Accounts = nil
		n = 0
		if err := dying.Commit(t.Context(), directory.PutUser{User: without, Was: was}); err != nil {
			if !errors.Is(err, errLost) || dies > 1 {
				t.Fatal(err)
			}
			listed(true, "not written")
			if err := sound.Commit(t.Context(), directory.PutUser{User: without, Was: was}); err != nil {
				t.Fatal(err)
			}
		}
		listed(false, "without accounts")
		without.Revision, user.Revision = 2, 2
		if err := sound.Commit(t.Context(), directory.PutUser{User: user, Was: without}); err != nil {
			t.Fatal(err)
		}
		listed(true, "back")
	}
}

// A user who leaves lists late has come into them again meanwhile: what was put since stays.
func TestALateLeaveSparesWhatCameSince(t *testing.T) {
	t.Parallel()
	client, table := storetest.OpenTable(t)
	sound := store.New(client, table)
	user := newMember(storetest.NewOrganisation())
	user.Accounts = accountsOf(150)
	if err := sound.Commit(t.Context(), directory.PutUser{User: user}); err != nil {
		t.Fatal(err)
	}
	user.Revision = 1
	without, n := user, 0
	without.Accounts = nil
	late := store.New(failing{client, func(n int) bool {
		if n == 2 { // the leave that comes after: the accounts come back before it
			back, was := user, without
			back.Revision, was.Revision = 2, 2
			if err := sound.Commit(t.Context(), directory.PutUser{User: back, Was: was}); err != nil {
				t.Error(err)
			}
		}
		return false
	}, &n}, table)
	if err := late.Commit(t.Context(), directory.PutUser{User: without, Was: user}); err != nil {
		t.Fatal(err)
	}
	if n != 2 {
		t.Errorf("%d transactions, want one and one late", n)
	}
	for _, account := range []directory.AccountID{user.Accounts[0], user.Accounts[75], user.Accounts[149]} {
		if got := holders(t, sound, user.Organisation, account); len(got) != 1 {
			t.Errorf("%s has %v", account, got)
		}
	}
}

// A page reads no more of many users than of few, whatever the filter.
func TestAFilteredPageCostsTheSameHoweverManyUsersThereAre(t *testing.T) {
	t.Parallel()
	const few, many = 600, 1200
	page := func(organisation directory.OrganisationID, search directory.UserSearch) cost {
		search.Limit = 50
		return costOf(t, func(s directory.Store) error {
			page, err := s.Search(t.Context(), organisation, search)
			if err != nil {
				return err
			}
			users, next, err := page(t.Context())
			if err == nil && (len(users) != 50 || next == "") {
				err = fmt.Errorf("%d users, next %q", len(users), next)
			}
			return err
		})
	}
	small, large := storetest.NewOrganisation(), storetest.NewOrganisation()
	fill(t, small, few)
	fill(t, large, many)
	yes, no := true, false
	for name, filter := range map[string]directory.UserSearch{
		"status":          {UserFilter: directory.UserFilter{Status: directory.StatusActive}},
		"kind":            {UserFilter: directory.UserFilter{Kind: directory.KindRegular}},
		"text":            {UserFilter: directory.UserFilter{Text: "ada"}},
		"two":             {UserFilter: directory.UserFilter{SecondFactor: &no, CompanyUser: &yes}},
		"text and status": {UserFilter: directory.UserFilter{LastName: "ex", Status: directory.StatusActive}},
		"by name":         {Sort: directory.SortName},
	} {
		of, in := page(small, filter), page(large, filter)
		if in.units > of.units+1 || in.calls != of.calls {
			t.Errorf("%s: %+v of %d, %+v of %d", name, of, few, in, many)
		}
	}
}
