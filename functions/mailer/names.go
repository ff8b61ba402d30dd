package mailer

import (
	"context"
	"slices"
	"strings"

	"mandate/shared/directory"
	"mandate/shared/mail"
)

// lines are the differences as people read them (3.4): what they name by id has its name here. What is gone since keeps
// its id. No more are looked up than a mail shows.
func (m *Mailer) lines(ctx context.Context, item directory.OutboxItem) ([]mail.Line, error) {
	var lines []mail.Line
	listed := map[string][]string{}
	for _, difference := range item.Mail.Differences {
		line := mail.Line{Field: difference.Field, Before: values(difference.Before), After: values(difference.After)}
		for _, side := range [][]string{line.Before, line.After} {
			listed[line.Field] = append(listed[line.Field], side[:min(len(side), mail.MaxListed)]...)
		}
		lines = append(lines, line)
	}
	names, err := m.names(ctx, item, listed)
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		for _, side := range [][]string{line.Before, line.After} {
			for i, id := range side {
				if name, ok := names[line.Field][id]; ok {
					side[i] = name
				}
			}
		}
	}
	return lines, nil
}

// names are those of the companies, accounts, roles and permissions that are listed, by field and id.
func (m *Mailer) names(ctx context.Context, item directory.OutboxItem, listed map[string][]string) (map[string]map[string]string, error) {
	if !slices.ContainsFunc([]string{"companies", "accounts", "roles", "permissions"}, func(field string) bool { return len(listed[field]) > 0 }) {
		return nil, nil
	}
	want := directory.Want{Organisations: []directory.OrganisationID{item.Organisation}}
	for _, id := range distinct(listed["companies"]) {
		want.Companies = append(want.Companies, directory.CompanyRef{Organisation: item.Organisation, ID: directory.CompanyID(id)})
	}
	for _, id := range distinct(listed["accounts"]) {
		want.Accounts = append(want.Accounts, directory.AccountRef{Organisation: item.Organisation, ID: directory.AccountID(id)})
	}
	found, err := m.Store.Read(ctx, want)
	if err != nil {
		return nil, err
	}
	names := map[string]map[string]string{"companies": {}, "accounts": {}, "roles": {}, "permissions": {}}
	for ref, company := range found.Companies {
		names["companies"][string(ref.ID)] = company.Name
	}
	for ref, account := range found.Accounts {
		names["accounts"][string(ref.ID)] = account.Name
	}
	organisation := found.Organisations[item.Organisation]
	for _, role := range organisation.Roles {
		names["roles"][role.ID] = role.Name
	}
	if preset, ok := m.Presets.Preset(organisation.Preset); ok {
		ours := m.Words.In(item.Mail.Language)
		for _, role := range preset.Roles {
			names["roles"][role.ID] = ours.Say(role.Name)
		}
		for _, permission := range preset.Permissions {
			names["permissions"][string(permission.ID)] = ours.Say(permission.Description)
		}
	}
	names["formerOwnerRole"] = names["roles"]
	return names, nil
}

func distinct(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// values are what a field of a difference lists.
func values(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ", ")
}
