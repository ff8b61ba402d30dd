package present

import (
	"net/url"
	"strconv"

	"mandate/shared/api"
	"mandate/shared/device"
	"mandate/shared/directory"
	"mandate/shared/table"
)

// Rows is the part of a list that a request asks for, which is larger where it asks for a table.
func Rows(p api.Page, export api.Export) directory.Page {
	page := Page(p)
	if table.Accepted(export.Accept) {
		page.Limit = api.Rows
	}
	return page
}

// Table presents each item of a page, and links to the next page under the same query.
func Table[D any, W table.Row](items []D, next string, page api.Page, query url.Values, one func(D) W) *api.Tabled[W] {
	list := &api.Tabled[W]{Body: api.Table[W](All(items, next, one).Body)}
	if next != "" {
		link := url.Values{"cursor": {next}, "limit": {strconv.Itoa(page.Limit)}}
		for name, values := range query {
			if values[0] != "" {
				link[name] = values
			}
		}
		list.Link = "<?" + link.Encode() + `>; rel="next"`
	}
	return list
}

// LogEntry is a line of the log as clients see it.
func LogEntry(e directory.Entry) api.LogEntry {
	entry := api.LogEntry{
		ID: string(e.ID), At: e.At.UTC(), Actor: actor(e.Actor), Act: string(e.Action), Outcome: string(e.Outcome),
		Change: string(e.Change), Diff: Differences(e.Differences), Policy: e.Policy, Detail: e.Detail,
		Address: e.Address, Device: string(device.Of(e.UserAgent)), Place: e.Place, UserAgent: e.UserAgent,
	}
	if e.Target != "" {
		entry.User = &api.Person{ID: string(e.Target), Name: e.TargetName}
	}
	return entry
}

// SignInAttempt is a line of the log as a sign-in history has it.
func SignInAttempt(e directory.Entry) api.SignInAttempt {
	attempt := api.SignInAttempt{
		At: e.At.UTC(), Result: "signedIn",
		Address: e.Address, Device: string(device.Of(e.UserAgent)), Place: e.Place, UserAgent: e.UserAgent,
	}
	if e.Outcome == directory.Refused {
		attempt.Result, attempt.Reason = "refused", e.Detail
	}
	return attempt
}

// Session as clients see it in lists; current is the id of the one that asks.
func Session(current string) func(directory.Session) api.SessionInfo {
	return func(s directory.Session) api.SessionInfo {
		return api.SessionInfo{
			ID: s.ID, Current: s.ID == current, CreatedAt: s.CreatedAt.UTC(), LastSeenAt: s.LastSeenAt.UTC(), ExpiresAt: s.ExpiresAt.UTC(),
			Address: s.Address, Device: string(device.Of(s.UserAgent)), Place: s.Place, UserAgent: s.UserAgent,
		}
	}
}
