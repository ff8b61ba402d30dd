package users

import (
	"bytes"
	"context"
	"net/url"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/table"
)

func (h handlers) list(ctx context.Context, r directory.Request, in *api.ListUsersInput) (*api.Listed[api.User], error) {
	search, err := searchOf(in.UserFilter, in.Page)
	if err != nil {
		return nil, err
	}
	users, next, err := h.users.List(ctx, r, search)
	if err != nil {
		return nil, err
	}
	return present.All(users, next, present.User), nil
}

func (h handlers) export(ctx context.Context, r directory.Request, in *api.ExportUsersInput) (*api.Exported, error) {
	page := api.Page{Limit: in.Limit, Cursor: in.Cursor}
	search, err := searchOf(in.UserFilter, page)
	if err != nil {
		return nil, err
	}
	users, next, err := h.users.List(ctx, r, search)
	if err != nil {
		return nil, err
	}
	list := present.Table(users, next, page, queryOf(in.UserFilter), present.User)
	var body bytes.Buffer
	if err := list.Body.WriteTable(&body); err != nil {
		return nil, err
	}
	return &api.Exported{ContentType: table.ContentType, Link: list.Link, Body: body.Bytes()}, nil
}

// queryOf is a filter as a link has it.
func queryOf(f api.UserFilter) url.Values {
	return url.Values{
		"id": {f.ID}, "email": {f.Email}, "q": {f.Q}, "name": {f.Name}, "firstName": {f.FirstName}, "lastName": {f.LastName},
		"role": {f.Role}, "kind": {f.Kind}, "status": {f.Status}, "type": {f.Type}, "staff": {f.Staff}, "companyUser": {f.CompanyUser},
		"company": {f.Company}, "account": {f.Account}, "createdFrom": {f.CreatedFrom}, "createdTo": {f.CreatedTo},
		"secondFactor": {f.SecondFactor}, "pending": {f.Pending}, "contact": {f.Contact}, "sort": {f.Sort},
	}
}

func (h handlers) listOfAccount(ctx context.Context, r directory.Request, in *api.ListAccountUsersInput) (*api.Listed[api.User], error) {
	users, next, err := h.users.ListOfAccount(ctx, r, directory.AccountID(in.AccountID), in.Lacking == "true", present.Page(in.Page))
	if err != nil {
		return nil, err
	}
	return present.All(users, next, present.User), nil
}

func searchOf(f api.UserFilter, page api.Page) (directory.UserSearch, error) {
	search := directory.UserSearch{
		UserFilter: directory.UserFilter{
			ID: directory.UserID(f.ID), Email: f.Email, Text: f.Q, Name: f.Name, FirstName: f.FirstName, LastName: f.LastName,
			Role: f.Role, Kind: directory.Kind(f.Kind), Status: directory.Status(f.Status), Type: f.Type,
			Company: directory.CompanyID(f.Company), Account: directory.AccountID(f.Account),
			Staff: flag(f.Staff), CompanyUser: flag(f.CompanyUser), SecondFactor: flag(f.SecondFactor), Pending: flag(f.Pending),
			Contact: flag(f.Contact),
		},
		Sort: directory.UserSort(f.Sort), Page: present.Page(page),
	}
	var err error
	search.CreatedFrom, search.CreatedBefore, err = present.Period(
		present.Bound{Name: "createdFrom", Text: f.CreatedFrom}, present.Bound{Name: "createdTo", Text: f.CreatedTo})
	return search, err
}

// flag is a parameter that is true, false or absent.
func flag(text string) *bool {
	if text == "" {
		return nil
	}
	is := text == "true"
	return &is
}
