package directory

import (
	"context"
	"slices"
)

// OwnAccess is what the caller may do, in the words of its organisation's catalogue (2.1).
type OwnAccess struct {
	Roles       []Role
	Permissions []OwnPermission
	// Accounts are those given one by one; none where all are the caller's.
	Accounts    []OwnAccount
	AllAccounts bool
}

// OwnPermission is a permission in force.
type OwnPermission struct {
	PermissionInfo
	Scope Scope
}

// OwnAccount is an account with its company.
type OwnAccount struct {
	Account
	Company Company
}

// Access tells the caller what it may do and on which accounts. It takes no permission: everybody knows their own.
func (s *Self) Access(ctx context.Context, r Request) (OwnAccess, error) {
	v, err := s.enter(ctx, r, nil)
	if err != nil {
		return OwnAccess{}, err
	}
	me, err := s.me(v)
	if err != nil {
		return OwnAccess{}, err
	}
	preset, err := s.preset(v.home)
	if err != nil {
		return OwnAccess{}, err
	}
	access := OwnAccess{AllAccounts: me.AllAccounts}
	for _, permission := range preset.Permissions {
		if scope, ok := me.Permissions[permission.ID]; ok {
			access.Permissions = append(access.Permissions, OwnPermission{permission, scope})
		}
	}
	for _, role := range preset.Roles {
		if slices.Contains(v.caller.Roles, role.ID) {
			access.Roles = append(access.Roles, role)
		}
	}
	for _, role := range v.home.Roles {
		if slices.Contains(v.caller.Roles, role.ID) {
			access.Roles = append(access.Roles, role.Role)
		}
	}
	if !access.AllAccounts {
		access.Accounts, err = s.accountsOf(ctx, v.caller)
	}
	return access, err
}

// accountsOf reads the accounts that a user was given, with their companies, in one read.
func (s *Self) accountsOf(ctx context.Context, user User) ([]OwnAccount, error) {
	var want Want
	for _, id := range user.Accounts {
		want.Accounts = append(want.Accounts, AccountRef{user.Organisation, id})
	}
	for _, id := range user.Companies {
		want.Companies = append(want.Companies, CompanyRef{user.Organisation, id})
	}
	if len(want.Accounts) == 0 {
		return nil, nil
	}
	found, err := s.Store.Read(ctx, want)
	if err != nil {
		return nil, err
	}
	var accounts []OwnAccount
	for _, ref := range want.Accounts {
		if account, ok := found.Accounts[ref]; ok {
			accounts = append(accounts, OwnAccount{account, found.Companies[CompanyRef{user.Organisation, account.Company}]})
		}
	}
	return accounts, nil
}
