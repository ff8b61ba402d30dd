package functionstest

import (
	"encoding/csv"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// lines reads an answer's table, by the names of its columns.
func lines(t testing.TB, answer Answer) []map[string]string {
	t.Helper()
	answer.Want(t, 200)
	records, err := csv.NewReader(strings.NewReader(answer.Text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, record := range records[1:] {
		line := map[string]string{}
		for i, name := range records[0] {
			line[name] = record[i]
		}
		all = append(all, line)
	}
	return all
}

// every reads all pages of a list, one item at a time.
func every[T any](t testing.TB, who *Person, operation string, parts ...Part) []T {
	t.Helper()
	var all []T
	for cursor := ""; ; {
		page := Read[api.List[T]](t, who.Do(operation, append(parts, Query("limit", "1"), Query("cursor", cursor))...), 200)
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

var asTable = Header("Accept", "text/csv")

// 7.4: who can do what on which account, as it is enforced, for everyone, permission and account.
func TestTheAccessMatrixIsWhatIsEnforced(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"bc-connect", "billpro"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant(preset, Controlled(directory.ControlNone), Propagating(0))
			users := generated(t, o)
			o.Ada.Do("deactivateUser", At(users[len(users)-1])).Want(t, 200)
			known, _ := o.Core.Presets.Preset(preset)
			rows := Read[api.List[api.AccessRow]](t, o.Ada.Do("accessMatrix"), 200).Items
			equal(t, "users", len(rows), len(users))
			equal(t, "by pages", every[api.AccessRow](t, o.Ada, "accessMatrix"), rows)
			table := lines(t, o.Ada.Do("accessMatrix", asTable))

			for _, row := range rows {
				for _, permission := range known.Permissions {
					for _, account := range o.Accounts {
						has := row.AllAccounts || len(row.Accounts) == 0 || slices.Contains(row.Accounts, account)
						want := map[string]bool{}
						for _, grant := range row.Permissions {
							if grant.Permission == string(permission.ID) && has {
								want[row.User.ID], want[string(o.Ada.ID)] = true, grant.Scope == "all"
							}
						}
						asked := []Object{}
						owners := []string{row.User.ID, string(o.Ada.ID)}
						for _, owner := range owners {
							asked = append(asked, cell{row.User.ID, string(permission.ID), account, owner}.question())
						}
						// What one created oneself one does not approve, whatever one may approve.
						if strings.HasSuffix(string(permission.ID), ":approve") || row.User.ID == string(o.Ada.ID) {
							asked, owners = []Object{cell{row.User.ID, string(permission.ID), account, "usr_other"}.question()}, []string{string(o.Ada.ID)}
						}
						for i, got := range decisions(t, o.Ada.Do("evaluateAccessBatch", Body(Object{"evaluations": asked}))) {
							if got != want[owners[i]] {
								t.Errorf("%s %s on %s of %s: %v", row.User.Name, permission.ID, account, owners[i], got)
							}
						}
						listed := slices.ContainsFunc(table, func(line map[string]string) bool {
							return line["user"] == row.User.ID && line["permission"] == string(permission.ID) &&
								(line["account"] == account || line["account"] == "*")
						})
						equal(t, row.User.Name+" in the table", listed, want[row.User.ID] || want[string(o.Ada.ID)])
					}
				}
			}
			for _, line := range table {
				if line["user"] == string(users[len(users)-1]) && line["permission"] != "" {
					t.Errorf("who is not active can do %s", line["permission"])
				}
			}
		})
	}
}

// 2.6: who was warned about is in the report.
func TestConflictsOfDutiesAreReported(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect", Controlled(directory.ControlNone), Propagating(0), func(s *directory.Settings) { s.AdminsManageAdmins = true })
	equal(t, "to begin with", len(every[api.ConflictRow](t, o.Ada, "sodReport")), 0)

	gives := Object{"permissions": []string{"payments:approve", "payments:initiate"}, "paymentRule": "submit"}
	regular := Read[UserAnswer](t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(gives)), 200)
	admin := Read[UserAnswer](t, o.Ada.Do("updateUser", At(o.Ben.ID), Body(gives)), 200)
	o.Ada.Do("deactivateUser", At(o.Rosa.ID)).Want(t, 200)

	var want []string
	for _, answer := range []UserAnswer{admin, regular} {
		for _, warning := range answer.Warnings {
			want = append(want, answer.User.ID+" "+warning.Code)
		}
	}
	equal(t, "warnings", len(want), 4)
	var got []string
	for _, row := range Read[api.List[api.ConflictRow]](t, o.Ada.Do("sodReport"), 200).Items {
		got = append(got, row.User.ID+" "+row.Conflict)
		equal(t, "status", row.Status == "inactive", row.User.ID == string(o.Rosa.ID))
	}
	equal(t, "report", got, want)
	equal(t, "by pages", len(every[api.ConflictRow](t, o.Ada, "sodReport")), 4)
	equal(t, "as a table", lines(t, o.Ada.Do("sodReport", asTable))[3]["conflict"], "initiates-and-approves-payments")
}

// 7.4: who has not signed in for some days, the longest first; who never did counts from the creation.
func TestUsersWhoAreNotSeenAnyMore(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect", Controlled(directory.ControlNone), Propagating(0))
	dormant := func(days string) []string {
		t.Helper()
		o.Wake()
		var names []string
		for _, row := range every[api.DormantRow](t, o.Ada, "dormantUsers", Query("days", days)) {
			names = append(names, strings.Fields(row.User.Name)[0])
		}
		return names
	}
	equal(t, "on the first day", dormant("1"), nil)
	rosa := o.Rosa.On()
	before := o.Ada.User(t, string(o.Rosa.ID))
	if before.LastSignInAt != nil {
		t.Error("she never signed in")
	}
	o.Advance(10 * day)
	o.Wake()
	rosa.SignIn(t)
	after := o.Ada.User(t, string(o.Rosa.ID))
	equal(t, "last sign-in", after.LastSignInAt.Truncate(minute), o.Now().Truncate(minute))
	equal(t, "version", after.Version, before.Version)
	equal(t, "updated", after.UpdatedAt, before.UpdatedAt)

	o.Advance(10 * day)
	equal(t, "nobody else signed in", dormant("15"), []string{"ada", "ben"})
	equal(t, "the longest first", dormant("5"), []string{"ada", "ben", "rosa"})
	o.Ben.On().SignIn(t)
	equal(t, "who came back", dormant("5"), []string{"ada", "rosa"})
	o.Ada.Do("deactivateUser", At(o.Rosa.ID)).Want(t, 200)
	equal(t, "who cannot sign in is not missed", dormant("5"), []string{"ada"})
	o.Ada.Do("reactivateUser", At(o.Rosa.ID)).Want(t, 200)
	equal(t, "who can again is", dormant("5"), []string{"ada", "rosa"})
	equal(t, "as a table", lines(t, o.Ada.Do("dormantUsers", asTable, Query("days", "5")))[0]["neverSignedIn"], "true")

	// A new user counts from its creation.
	o.Ada.Do("createUser", Body(newUser(o, nil))).Want(t, 201)
	equal(t, "a new user", dormant("5"), []string{"ada", "rosa"})
	o.Advance(6 * day)
	equal(t, "later", slices.Contains(dormant("5"), "Nina"), true)
	o.Ada.Do("dormantUsers", Query("days", "0")).Faulty(t, "days", "minimum")
	o.Ada.Do("dormantUsers", Query("cursor", "***")).Faulty(t, "cursor", "cursor")
}

// Reviews are for those who may see the log; each page takes two round trips; a table has no formulas, and names its next page.
func TestReviewsAreReadByWhoMay(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("bc-connect"), w.Tenant("bc-connect")
	named := o.Regular("=1+1", nil, "balances:view")
	for _, operation := range []string{"accessMatrix", "sodReport", "dormantUsers"} {
		equal(t, "policy", o.Rosa.Do(operation).Refused(t, 403, "forbidden").Policy, "permission-missing")
		equal(t, "calls of "+operation, len(o.Client.Calls(func() { o.Ada.Do(operation).Want(t, 200) })) <= 3, true)
		w.In(o).Do(operation).Want(t, 200)
		if text := o.Ada.Do(operation).Text; strings.Contains(text, string(other.Rosa.ID)) {
			t.Errorf("%s tells of another tenant", operation)
		}
	}
	equal(t, "calls", o.Client.Calls(func() { o.Ada.Do("accessMatrix").Want(t, 200) }), []string{"BatchGetItem", "Query"})

	answer := o.Ada.Do("accessMatrix", asTable)
	found := lines(t, answer)
	i := slices.IndexFunc(found, func(line map[string]string) bool { return line["user"] == string(named.ID) })
	equal(t, "name", found[i]["userName"], "'=1+1 Example")
	equal(t, "account", found[i]["account"], o.Accounts[0])
	equal(t, "no next", answer.Header["Link"], "")

	first := o.Ada.Do("accessMatrix", Query("limit", "1"))
	link, err := url.Parse(strings.TrimPrefix(strings.Split(first.Header["Link"], ">")[0], "<"))
	if err != nil {
		t.Fatal(err)
	}
	second := Read[api.List[api.AccessRow]](t, o.Ada.Do("accessMatrix", Query("limit", "1"), Query("cursor", link.Query().Get("cursor"))), 200)
	equal(t, "the next page", second.Items[0].User.ID == Read[api.List[api.AccessRow]](t, first, 200).Items[0].User.ID, false)
}
