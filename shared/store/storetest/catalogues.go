package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"mandate/shared/directory"
)

type catalogue struct {
	name      string
	backwards bool
	add       func(directory.OrganisationID) (directory.Effect, string)
	page      func(context.Context, directory.Store, directory.OrganisationID, directory.Page) ([]string, string, error)
}

// userOf is the user of an organisation whose sessions and links are listed.
func userOf(id directory.OrganisationID) directory.UserID {
	return directory.UserID(directory.PrefixUser + strings.TrimPrefix(string(id), directory.PrefixOrganisation))
}

func ids[D any, S ~string](items []D, next string, err error, id func(D) S) ([]string, string, error) {
	all := make([]string, len(items))
	for i, one := range items {
		all[i] = string(id(one))
	}
	return all, next, err
}

func changeID(c directory.Change) directory.ChangeID { return c.ID }

var catalogues = []catalogue{
	{
		name: "users",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			user := newUser(id)
			return putUser(user), string(user.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			users, next, err := s.Users(ctx, id, page)
			return ids(users, next, err, func(u directory.User) directory.UserID { return u.ID })
		},
	},
	{
		name: "changes", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			change := newChange(id, directory.StateFailed)
			return directory.PutChange{Change: change}, string(change.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			changes, next, err := s.Changes(ctx, id, "", page)
			return ids(changes, next, err, changeID)
		},
	},
	{
		name: "changes of a state", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			change := newChange(id, directory.StateRejected)
			return directory.PutChange{Change: change}, string(change.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			changes, next, err := s.Changes(ctx, id, directory.StateRejected, page)
			return ids(changes, next, err, changeID)
		},
	},
	{
		name: "service requests", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			request := newServiceRequest(id, directory.RequestExpired)
			return directory.PutServiceRequest{Request: request}, string(request.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			requests, next, err := s.ServiceRequests(ctx, id, "", page)
			return ids(requests, next, err, func(r directory.ServiceRequest) directory.ServiceRequestID { return r.ID })
		},
	},
	{
		name: "companies",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			company := Filled[directory.Company]()
			company.Organisation = id
			return directory.PutCompany{Company: company}, string(company.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			companies, next, err := s.Companies(ctx, id, page)
			return ids(companies, next, err, func(c directory.Company) directory.CompanyID { return c.ID })
		},
	},
	{
		name: "accounts",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			account := Filled[directory.Account]()
			account.Organisation = id
			return directory.PutAccount{Account: account}, string(account.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			accounts, next, err := s.Accounts(ctx, id, page)
			return ids(accounts, next, err, func(a directory.Account) directory.AccountID { return a.ID })
		},
	},
	{
		name: "contacts",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			contact := Filled[directory.Contact]()
			contact.Organisation, contact.Revision = id, 0
			return directory.PutContact{Contact: contact}, string(contact.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			contacts, next, err := s.Contacts(ctx, id, page)
			return ids(contacts, next, err, func(c directory.Contact) directory.ContactID { return c.ID })
		},
	},
	{
		name: "sessions",
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			session := newSession()
			session.Organisation, session.User = id, userOf(id)
			return directory.BeginSession{Session: session}, session.Hash
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			sessions, next, err := s.Sessions(ctx, id, userOf(id), page)
			return ids(sessions, next, err, func(s directory.Session) string { return s.Hash })
		},
	},
	{
		name: "links", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			link := newLink()
			link.Organisation, link.User, link.State = id, userOf(id), directory.LinkUsed
			return directory.PutLink{Link: link}, string(link.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			links, next, err := s.Links(ctx, id, userOf(id), page)
			return ids(links, next, err, func(l directory.Link) directory.LinkID { return l.ID })
		},
	},
	{
		name: "operations", backwards: true,
		add: func(id directory.OrganisationID) (directory.Effect, string) {
			entry := Filled[directory.Entry]()
			entry.Organisation, entry.ID = id, directory.EntryID(NewID(directory.PrefixEntry))
			return directory.Log{Entry: entry}, string(entry.ID)
		},
		page: func(ctx context.Context, s directory.Store, id directory.OrganisationID, page directory.Page) ([]string, string, error) {
			entries, next, err := s.Operations(ctx, id, directory.OperationFilter{}, page)
			return ids(entries, next, err, func(e directory.Entry) directory.EntryID { return e.ID })
		},
	},
}

// stock puts n items of every list into a new organisation, and answers their ids in each list's order.
func stock(t *testing.T, s directory.Store, n int) (directory.OrganisationID, map[string][]string) {
	t.Helper()
	organisation, all := NewOrganisation(), make(map[string][]string)
	for _, list := range catalogues {
		var effects []directory.Effect
		for range n {
			effect, id := list.add(organisation)
			effects = append(effects, effect)
			all[list.name] = append(all[list.name], id)
		}
		commit(t, s, effects...)
	}
	all["changes"] = append(all["changes"], all["changes of a state"]...)
	for _, list := range catalogues {
		slices.Sort(all[list.name])
		if list.backwards {
			slices.Reverse(all[list.name])
		}
	}
	return organisation, all
}
