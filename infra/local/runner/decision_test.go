package runner_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"mandate/infra/local/walk"
	"mandate/shared/api"
)

func newUser(w *walk.Walk) api.NewUser {
	return api.NewUser{
		Kind: "regular", Name: api.Name{First: "Nina", Last: "Strand"}, Email: w.Email("nina"), Phone: w.Phone(),
		Permissions: []string{"balances:view"},
	}
}

// events counts a change's steps of a kind.
func events(change api.Change, what string) int {
	count := 0
	for _, event := range change.Timeline {
		if event.What == what {
			count++
		}
	}
	return count
}

// 3.4: an approver is another active admin, never the requester; 3.3: what is authenticated is what was shown.
func TestNobodyApprovesTheirOwnChangeNorWhatTheyDidNotSee(t *testing.T) {
	w, _ := begin(t)
	o := w.Found(walk.Founding{Preset: "bc-connect", Admins: 2})
	ada, ben := o.Admins[0], o.Admins[1]
	_, change := ada.AsksForUser(newUser(w))

	own := ada.Approves(change).Problem(http.StatusForbidden)
	if own.Policy == "" || own.Detail == "" {
		t.Errorf("approving one's own change is refused without policy or reason: %+v", own)
	}
	forged := change
	forged.Digest = change.Digest[1:] + "0"
	equal(t, "a digest of something else", code(ben.Approves(forged).Problem(http.StatusConflict)), "digestWrong")
	equal(t, "state", ada.Change(change.ID).State, "awaitingApproval")

	approval := map[string]string{"digest": change.Digest, "method": "totp", "code": ben.Code()}
	path := "/v1/changes/" + change.ID + "/approve"
	equal(t, "approving", ben.Post(path, approval).Status, http.StatusOK)
	equal(t, "the same approval replayed", code(ben.Post(path, approval).Problem(http.StatusConflict)), "changeClosed")
	equal(t, "approvals", events(ada.Sees(change.ID, "effective"), "approved"), 1)
}

// 3.3, 3.8: what was shown of an older version of the user approves nothing of the newer one.
func TestADigestOfAnOlderVersionApprovesNothing(t *testing.T) {
	w, _ := begin(t)
	o := w.Found(walk.Founding{Preset: "bc-connect", Admins: 3})
	ada, ben, cleo := o.Admins[0], o.Admins[1], o.Admins[2]
	user, change := ada.AsksForUser(newUser(w))
	equal(t, "approving", ben.Approves(change).Status, http.StatusOK)
	ada.Sees(change.ID, "effective")

	patch := map[string]any{"permissions": []string{"payments:view"}}
	_, first := ada.Asks(http.MethodPatch, "/v1/users/"+user.ID, patch)
	equal(t, "cancelling", ada.Post("/v1/changes/"+first.ID+"/cancel", nil).Status, http.StatusOK)
	w.ComesIn(user.Email) // the user moves on: it is active
	_, second := ada.Asks(http.MethodPatch, "/v1/users/"+user.ID, patch)
	if first.Digest == second.Digest {
		t.Fatal("the same digest for two versions of a user")
	}
	second.Digest = first.Digest
	refused := cleo.Approves(second).Problem(http.StatusConflict)
	equal(t, "an older version's digest", code(refused), "digestWrong")
	equal(t, "the change it is about", refused.Change, second.ID)
	equal(t, "state", ada.Change(second.ID).State, "awaitingApproval")
	equal(t, "permissions", slices.Equal(ada.User(user.ID).Permissions, []string{"balances:view"}), true)
}

// Of two admins who approve at the same moment one does, and the change takes effect once.
func TestTwoAdminsApproveAtOnce(t *testing.T) {
	w, _ := begin(t)
	o := w.Found(walk.Founding{Preset: "bc-connect", Admins: 3})
	_, change := o.Admins[0].AsksForUser(newUser(w))
	answers := make([]walk.Answer, 2)
	var both sync.WaitGroup
	for i, approver := range o.Admins[1:] {
		proof := map[string]string{"digest": change.Digest, "method": "totp", "code": approver.Code()}
		both.Go(func() { answers[i] = approver.Post("/v1/changes/"+change.ID+"/approve", proof) })
	}
	both.Wait()
	won := slices.IndexFunc(answers, func(a walk.Answer) bool { return a.Status == http.StatusOK })
	if won < 0 {
		t.Fatalf("neither approval was taken: %s, %s", answers[0].Body, answers[1].Body)
	}
	equal(t, "who came second", code(answers[1-won].Problem(http.StatusConflict)), "changeClosed")
	change = o.Admins[0].Sees(change.ID, "effective")
	equal(t, "approved by", change.Approver.ID, o.Admins[1+won].ID)
	equal(t, "approvals", events(change, "approved"), 1)
	equal(t, "applications", events(change, "applied"), 1)
}
