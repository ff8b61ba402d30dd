package runner_test

import (
	"flag"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"mandate/infra/local/runner"
	"mandate/infra/local/walk"
	"mandate/shared/api"
)

var seed = flag.Uint64("seed", 0, "decides what is killed and when; 0 draws one")

// upheaval is an organisation in which changes go on while processes are killed.
type upheaval struct {
	*walk.Walk
	runner  *runner.Runner
	killer  *killer
	admins  []*walk.Person
	changes []*ordeal
	// approvals are shared out evenly: each takes a code of its approver's.
	approvals int
}

// ordeal is one change and what is to come of it.
type ordeal struct {
	api.Change
	asks, decides *walk.Person
	user          api.User
	rejected      bool
}

// Invariant 3 and 4.8: whatever is killed and at whatever moment, each change ends once, and each mail that it is to
// send is sent, and no other.
func TestKilledAtAnyMomentEachChangeEndsOnce(t *testing.T) {
	t.Parallel()
	chosen := *seed
	if chosen == 0 {
		chosen = rand.Uint64()
	}
	t.Logf("-seed=%d chooses the same again, as far as time allows", chosen)
	r, err := start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		r.Close()
		if left, err := instancesOf(r); len(left) > 0 || err != nil {
			t.Errorf("functions that outlive their runner: %v, %v", left, err)
		}
	}()
	w := walk.At(r.API, r.Mailbox, 0).Walk(t).Persistently()
	u := &upheaval{Walk: w, runner: r, killer: newKiller(t, r, chosen)}
	u.admins = w.Found(walk.Founding{Preset: "bc-connect", Admins: 6}).Admins

	created := u.round(5, 3, u.withDatabase, func(int) (string, string, any) { return http.MethodPost, "/v1/users", newUser(w) })
	u.round(4, 0, u.throughout, func(i int) (string, string, any) {
		return http.MethodPatch, "/v1/users/" + created[i].user.ID, map[string]any{"permissions": []string{"payments:view"}}
	})
	u.round(3, 0, u.withDatabase, func(i int) (string, string, any) {
		return http.MethodPost, "/v1/users/" + created[i].user.ID + "/deactivate", nil
	})

	t.Logf("killed: %s; requests sent again: %d", u.killer.tally(), w.SentAgain())
	u.eachEndedOnce()
	for i, one := range created {
		user, status, permission := u.admins[0].User(one.user.ID), "emailNotVerified", "payments:view"
		if i < 3 {
			status = "inactive"
		}
		if i == 4 {
			permission = "balances:view"
		}
		equal(t, "status", user.Status, status)
		equal(t, "permissions", strings.Join(user.Permissions, " "), permission)
		equal(t, "the user's mark", user.OpenChange, "")
	}
	u.nothingIsLeft()
	u.eachMailIsThere(created)
}

// round has changes asked for, decided about and brought to their end, all at once and under strikes of a kind. It
// answers those that were approved.
func (u *upheaval) round(approved, rejected int, under func(round []*ordeal, ask, decide, end func()), act func(int) (method, path string, body any)) []*ordeal {
	u.Helper()
	var round []*ordeal
	for i := range approved + rejected {
		one := &ordeal{asks: u.admins[u.approvals%len(u.admins)], rejected: i >= approved}
		if !one.rejected {
			u.approvals++
		}
		one.decides = u.admins[(u.approvals+1)%len(u.admins)]
		round = append(round, one)
	}
	u.changes = append(u.changes, round...)
	under(round, func() {
		u.each(round, func(i int, one *ordeal) {
			method, path, body := act(i)
			u.asks(one, method, path, body)
		})
	}, func() {
		u.each(round, func(_ int, one *ordeal) {
			answer := walk.Answer{}
			if one.rejected {
				answer = one.decides.Rejects(one.Change, "Not known to us.")
			} else {
				answer = one.decides.Approves(one.Change)
			}
			if answer.Status != http.StatusOK {
				u.Errorf("deciding about %s: %d %s", one.ID, answer.Status, answer.Body)
			}
		})
	}, func() {
		u.each(round, func(_ int, one *ordeal) {
			if one.rejected {
				one.asks.Sees(one.ID, "rejected")
			} else {
				one.asks.Sees(one.ID, "effective")
			}
		})
	})
	return round[:approved]
}

// throughout strikes from beginning to end.
func (u *upheaval) throughout(_ []*ordeal, ask, decide, end func()) {
	u.killer.strikes(func() { ask(); decide(); end() })
}

// withDatabase kills the database when all was asked for: the decisions find it gone.
func (u *upheaval) withDatabase(round []*ordeal, ask, decide, end func()) {
	u.killer.strikes(ask)
	u.Until("quiet", func() bool { return u.quiet(round) })
	u.killer.strikesDatabase()
	decide()
	u.killer.strikes(end)
}

// asks for a change. A PATCH has no Idempotency-Key: one that is sent again after its answer was lost is told of the
// change that it made.
func (u *upheaval) asks(one *ordeal, method, path string, body any) {
	u.Helper()
	answer := one.asks.Do(method, path, body)
	if method != http.MethodPatch || answer.Status != http.StatusConflict {
		asked := walk.Read[walk.UserAnswer](answer, http.StatusAccepted)
		one.user, one.Change = asked.User, *asked.Change
		return
	}
	one.Change = one.asks.Change(answer.Problem(http.StatusConflict).Change)
	one.user = one.asks.User(one.Target.ID)
	equal(u, "who asked for the change in the way", one.Requester.ID, one.asks.ID)
}

// each does something for every change of a round at once.
func (u *upheaval) each(round []*ordeal, do func(int, *ordeal)) {
	u.Helper()
	var all sync.WaitGroup
	for i, one := range round {
		all.Go(func() { do(i, one) })
	}
	all.Wait()
	if u.Failed() {
		u.FailNow()
	}
}

// quiet tells whether nothing is being written: the outbox is empty, and each execution of the round waits for its
// decision with a token that it left on the change. All that was written has then been read.
func (u *upheaval) quiet(round []*ordeal) bool {
	tokens := make(map[string]bool)
	for _, item := range table(u, u.runner.DynamoDB) {
		if strings.HasSuffix(item["pk"].(string), "#outbox") {
			return false
		}
		change, isChange := strings.CutPrefix(item["sk"].(string), "c#")
		if doc, _ := item["doc"].(string); isChange && strings.Contains(doc, `"taskToken":`) {
			tokens[change] = true
		}
	}
	return !slices.ContainsFunc(round, func(one *ordeal) bool { return !tokens[one.ID] })
}

// eachEndedOnce looks at what is told of the changes, and at their executions.
func (u *upheaval) eachEndedOnce() {
	u.Helper()
	for _, one := range u.changes {
		change := one.asks.Change(one.ID)
		var told []string
		for _, event := range change.Timeline {
			told = append(told, event.What)
		}
		want := "asked approved propagating applied"
		switch {
		case one.rejected:
			want = "asked rejected"
		case change.Act == "updateUser":
			want = "asked approved propagating withdrawn applied"
		case change.Act == "deactivateUser":
			want = "asked approved applied"
		}
		equal(u, "timeline of "+change.Act+" "+change.ID, strings.Join(told, " "), want)
		states := "AwaitDecision Decided Propagate Apply"
		if one.rejected || change.Act == "deactivateUser" {
			states = "AwaitDecision Decided Ended"
		}
		equal(u, "execution of "+change.Act+" "+change.ID, strings.Join(statesOf(u.Walk, u.runner, change.ID), " "), states)
	}
}

// nothingIsLeft of what was on its way, nor of users that came to nothing.
func (u *upheaval) nothingIsLeft() {
	u.Helper()
	u.Until("an empty outbox", func() bool { return u.quiet(nil) })
	all := table(u, u.runner.DynamoDB)
	users := make(map[any]bool)
	for _, item := range all {
		if strings.HasPrefix(item["sk"].(string), "u#") {
			users[strings.TrimPrefix(item["sk"].(string), "u#")] = true
		}
	}
	reservations := 0
	for _, item := range all {
		if item["user"] == nil {
			continue
		}
		reservations++
		if !users[item["user"]] {
			u.Errorf("%s %s is kept for a user that is not there", item["pk"], item["sk"])
		}
	}
	if reservations == 0 {
		u.Error("no reservations were found: the table is not looked at rightly")
	}
	for _, one := range u.changes {
		equal(u, "user of a creation that was rejected", one.rejected && users[one.user.ID], false)
	}
}

// aboutChange finds the change that a mail is about.
var aboutChange = regexp.MustCompile(`/changes/(\w+)`)

// eachMailIsThere, once, and no other. Mails that came twice have the same key, by which their readers' programs know
// them.
func (u *upheaval) eachMailIsThere(created []*ordeal) {
	u.Helper()
	want := make(map[string]int)
	for _, admin := range u.admins {
		want[admin.Email+" Confirm"]++
		want[admin.Email+" Your"]++ // second factor was changed
	}
	for _, one := range created {
		want[one.user.Email+" Confirm"]++
	}
	for _, one := range u.changes {
		for _, admin := range u.admins {
			if admin != one.asks {
				want[admin.Email+" Approval "+one.ID]++
			}
		}
		outcomes := []string{"Approved:", "Done:"}
		switch {
		case one.rejected:
			outcomes = []string{"Rejected:"}
		case one.Act == "deactivateUser":
			outcomes = []string{"Done:"}
		}
		for _, outcome := range outcomes {
			want[one.asks.Email+" "+outcome+" "+one.ID]++
		}
	}
	got := make(map[string]int)
	for _, mail := range u.Mails() {
		word, _, _ := strings.Cut(mail.Subject, " ")
		name := mail.To + " " + word
		if about := aboutChange.FindStringSubmatch(mail.Text); about != nil {
			name += " " + about[1]
		}
		got[name]++
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		equal(u, "mails "+name, got[name], want[name])
		delete(got, name)
	}
	for name, number := range got {
		u.Errorf("%d mails for nothing: %s", number, name)
	}
	u.Logf("mails: %d", len(want))
}
