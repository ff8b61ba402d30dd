package functionstest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"mandate/infra/local/mailevents"
	"mandate/shared/api"
	"mandate/shared/directory"
)

// tokens are what was sent to a user, newest first.
func tokens(t testing.TB, who *Person, user string, parts ...Part) []api.SentToken {
	t.Helper()
	return Read[api.List[api.SentToken]](t, who.Do("listUserTokens", append([]Part{At(user)}, parts...)...), 200).Items
}

// statuses are those of what was sent, newest first.
func statuses(t testing.TB, who *Person, user string) []string {
	t.Helper()
	var all []string
	for _, token := range tokens(t, who, user) {
		all = append(all, token.Status)
	}
	return all
}

// problem is what is wrong with a user's address; empty where nothing is.
func problem(t testing.TB, who *Person, user string) string {
	t.Helper()
	found := who.User(t, user).EmailProblem
	if found == nil {
		return ""
	}
	return found.Kind + " " + found.Address
}

// warned are the codes of the warnings of a mail that is sent.
func warned(t testing.TB, answer Answer) []string {
	t.Helper()
	var codes []string
	for _, warning := range Read[struct{ Warnings []api.Warning }](t, answer, 202).Warnings {
		codes = append(codes, warning.Code)
	}
	return codes
}

// 4.5: admins see what was sent to a user: when, where to, of which kind, and what became of it; and nothing to use it by.
func TestAdminsSeeWhatWasSentToAUser(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user, email, first := newcomer(t, o)
		begun := o.Now()
		equal(t, "sent", tokens(t, o.Ada, user), []api.SentToken{{
			ID: tokens(t, o.Ada, user)[0].ID, Kind: "verification", Channel: "email", To: email, Status: "sent",
			SentAt: tokens(t, o.Ada, user)[0].SentAt, ExpiresAt: tokens(t, o.Ada, user)[0].SentAt.Add(14 * day),
		}})
		if at := tokens(t, o.Ada, user)[0].SentAt; at.After(begun) || begun.Sub(at) > 2*hour {
			t.Errorf("sent at %v, and it is %v", at, begun)
		}

		o.Ada.Do("resendVerification", At(user)).Want(t, 202)
		o.Settle()
		equal(t, "sent again", statuses(t, o.Ada, user), []string{"sent", "replaced"})
		redeem(o.World, o.Mails.Token(t, email, directory.MailVerificationResent), newPassword).Want(t, 200)
		equal(t, "redeemed", statuses(t, o.Ada, user), []string{"used", "replaced"})

		o.Ada.Do("sendPasswordReset", At(user)).Want(t, 202)
		o.Settle()
		pass(o, day)
		equal(t, "expired, before the sweep", statuses(t, o.Ada, user), []string{"expired", "used", "replaced"})
		o.Sweep()
		equal(t, "expired", statuses(t, o.Ada, user), []string{"expired", "used", "replaced"})
		o.Ada.Do("sendPasswordReset", At(user)).Want(t, 202) // which takes the expired one's place
		o.Settle()
		done(t, o, o.Ada.Do("deactivateUser", At(user)))
		equal(t, "deactivated", statuses(t, o.Ada, user), []string{"revoked", "replaced", "used", "replaced"})
		for _, token := range tokens(t, o.Ada, user) {
			if token.EndedAt == nil {
				t.Errorf("%s ended at no time", token.Status)
			}
		}

		answer := o.Ada.Do("listUserTokens", At(user))
		ticket, _ := directory.ParseTicket(directory.TicketLink, first)
		for _, secret := range []string{"mln_", ticket.Hash(), first[len(first)-20:]} {
			if strings.Contains(answer.Text, secret) {
				t.Errorf("the list shows %s: %s", secret, answer.Text)
			}
		}
	})
}

// 4.5: the list has pages, newest first.
func TestTheListOfWhatWasSentHasPages(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
	for range 3 {
		o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Want(t, 202)
		o.Advance(minute)
	}
	var seen []api.SentToken
	page := Read[api.List[api.SentToken]](t, o.Ada.Do("listUserTokens", At(o.Rosa.ID), Query("limit", "2")), 200)
	for seen = page.Items; page.Next != ""; seen = append(seen, page.Items...) {
		page = Read[api.List[api.SentToken]](t, o.Ada.Do("listUserTokens", At(o.Rosa.ID), Query("limit", "2"), Query("cursor", page.Next)), 200)
	}
	equal(t, "sent", len(seen), 3)
	if !slices.IsSortedFunc(seen, func(a, b api.SentToken) int { return b.SentAt.Compare(a.SentAt) }) {
		t.Errorf("not the newest first: %+v", seen)
	}
	o.Ada.Do("listUserTokens", At(o.Rosa.ID), Query("cursor", "bogus")).Faulty(t, "cursor", "cursor")
}

// 2.3, 2.10, 4.5: who may not see users does not see what was sent to them, and another organisation's user is none.
func TestWhatWasSentIsForAdminsOfTheOrganisation(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		refusal := o.Rosa.Do("listUserTokens", At(o.Ben.ID)).Refused(t, 403, "forbidden")
		equal(t, "policy", refusal.Policy, "permission-missing")
		equal(t, "own", o.Rosa.Do("listUserTokens", At(o.Rosa.ID)).Status, 403)
		other := o.World.Tenant("bc-connect")
		o.Ada.Do("listUserTokens", At(other.Rosa.ID)).Refused(t, 404, "notFound")
		equal(t, "an operator there", len(tokens(t, o.In(o), string(o.Rosa.ID))), 0)
	})
}

// 4.5, 4.6: a mail that arrived, and one that came back, are told apart; the user bears what is wrong with the address
// until a later mail arrives.
func TestABounceIsMarkedOnTheTokenAndTheUser(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user, email, _ := newcomer(t, o)
		o.Hear(t, o.Feedback(t, o.Mails.Last(t, email, directory.MailVerification), "bounce")...)
		equal(t, "bounced", statuses(t, o.Ada, user), []string{"bounced"})
		equal(t, "problem", problem(t, o.Ada, user), "bounced "+email)
		equal(t, "the list of users has it", listed(t, o, user).EmailProblem, o.Ada.User(t, user).EmailProblem)
		delivery := tokens(t, o.Ada, user)[0].Delivery
		if delivery == nil || !delivery.Permanent || !strings.Contains(delivery.Detail, "550 5.1.1 user unknown") {
			t.Errorf("the list does not say why: %+v", delivery)
		}

		// Nothing is stopped by it. Who has it sent again is warned.
		equal(t, "warned", warned(t, o.Ada.Do("resendVerification", At(user), Key("again"))), []string{"emailBounced"})
		equal(t, "warned again", warned(t, o.Ada.Do("resendVerification", At(user), Key("again"))), []string{"emailBounced"})
		o.Settle()
		o.Advance(minute)
		again := o.Mails.Last(t, email, directory.MailVerificationResent)
		o.Hear(t, o.Feedback(t, again, "success")...)
		equal(t, "delivered", statuses(t, o.Ada, user), []string{"delivered", "replaced"})
		equal(t, "problem", problem(t, o.Ada, user), "")
		equal(t, "warned", warned(t, o.Ada.Do("resendVerification", At(user))), []string(nil))
		redeem(o.World, again.Tags["link"], newPassword).Refused(t, 404, "notFound") // the tag opens nothing
	})
}

// listed is a user as the list of users shows it.
func listed(t testing.TB, o *Tenant, id string) api.User {
	t.Helper()
	for _, user := range Read[api.List[api.User]](t, o.Ada.Do("listUsers"), 200).Items {
		if user.ID == id {
			return user
		}
	}
	t.Fatalf("no user %s in the list", id)
	return api.User{}
}

// 4.6: so is a complaint, of mails without a link as well. It ends when the address changes.
func TestAComplaintIsMarkedUntilTheAddressChanges(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	o.Do("forgotPassword", Body(Object{"identifier": o.Rosa.Email})).Want(t, 202)
	o.Settle()
	redeem(o.World, o.Mails.Token(t, o.Rosa.Email, directory.MailPasswordReset), newPassword).Want(t, 200)
	o.Settle()
	o.Rosa.Wake()
	rosa := string(o.Rosa.ID)
	o.Hear(t, o.Feedback(t, o.Mails.Last(t, o.Rosa.Email, directory.MailPasswordChanged), "complaint")...)
	equal(t, "problem", problem(t, o.Ada, rosa), "complained "+o.Rosa.Email)
	equal(t, "the link is as it was", statuses(t, o.Ada, rosa), []string{"used"})
	equal(t, "warned", warned(t, o.Ada.Do("sendPasswordReset", At(rosa))), []string{"emailComplained"})
	o.Settle()
	o.Hear(t, o.Feedback(t, o.Mails.Last(t, o.Rosa.Email, directory.MailPasswordReset), "complaint")...)
	equal(t, "who complains has received it", statuses(t, o.Ada, rosa)[0], "delivered")
	equal(t, "and complained", tokens(t, o.Ada, rosa)[0].Delivery.Status, "complained")

	done(t, o, o.Ada.Do("updateUser", At(rosa), Body(Object{"email": o.Email("rosa")})))
	equal(t, "problem of the new address", problem(t, o.Ada, rosa), "")
}

// 4.6: an admin whose approval was asked for, and who is never reached, is marked too; the requester likewise.
func TestMailsOfChangesAreMarkedOnTheirReaders(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	o.Settle()
	o.Hear(t, o.Feedback(t, o.Mails.Last(t, o.Ben.Email, directory.MailApprovalRequested), "suppressionlist")...)
	equal(t, "the approver", problem(t, o.Ada, string(o.Ben.ID)), "bounced "+o.Ben.Email)
	o.Ben.Do("rejectChange", At(change.ID), Body(Object{"reason": "no"})).Want(t, 200)
	o.Settle()
	o.Hear(t, o.Feedback(t, o.Mails.Last(t, o.Ada.Email, directory.MailChangeRejected), "bounce")...)
	equal(t, "the requester", problem(t, o.Ben, string(o.Ada.ID)), "bounced "+o.Ada.Email)
}

// 4.6, invariant 3: events come twice, late and in disorder; the end is the same, and what was told before is not news.
func TestFeedbackMayRepeatAndShuffle(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
		user, email, _ := newcomer(t, o)
		var told []events.EventBridgeEvent
		for i, outcome := range []string{"bounce", "ooto", "complaint"} {
			o.Advance(minute)
			if i > 0 {
				o.Ada.Do("resendVerification", At(user)).Want(t, 202)
				o.Settle()
			}
			sent := o.Mails.To(email)
			told = append(told, o.Feedback(t, sent[len(sent)-1], outcome)...)
		}
		random := rand.New(rand.NewPCG(seed, 1))
		told = slices.Concat(told, told)
		random.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
		o.Hear(t, told...)
		equal(t, "problem", problem(t, o.Ada, user), "complained "+email)
		var deliveries []string
		for _, token := range tokens(t, o.Ada, user) {
			deliveries = append(deliveries, token.Delivery.Status)
		}
		equal(t, "deliveries", deliveries, []string{"complained", "delivered", "bounced"})
		unchanged(t, o.World, "what was told before", func() { o.Hear(t, told...) })
	}
}

// 4.6: feedback on mails to users who are gone does no harm, and neither do events that nobody can read.
func TestFeedbackOnNobodyIsHarmless(t *testing.T) {
	t.Parallel()
	o := New(t, Quiet, Capped(0)).Tenant("bc-connect", StepUp)
	other := o.World.Tenant("bc-connect")
	_, email, _ := newcomer(t, o)
	sent := o.Mails.Last(t, email, directory.MailVerification)
	unchanged(t, o.World, "feedback on nobody", func() {
		stranger := sent
		for _, tags := range []map[string]string{
			{"organisation": string(o.ID), "user": "usr_00000000000000000000000001", "link": sent.Tags["link"]},
			{"organisation": string(other.ID), "user": sent.Tags["user"], "link": sent.Tags["link"]}, // another organisation's
			{"organisation": string(other.ID), "user": string(other.Rosa.ID), "link": sent.Tags["link"]},
			{"organisation": string(o.ID), "user": string(o.Rosa.ID), "link": sent.Tags["link"]}, // at an address that is not hers
			{"organisation": string(o.ID) + "#log", "user": sent.Tags["user"]}, {"organisation": "", "user": sent.Tags["user"]},
		} {
			stranger.Tags = tags
			o.Hear(t, o.Feedback(t, stranger, "bounce")...)
		}
		stranger.Tags = nil
		o.Hear(t, o.Feedback(t, stranger, "complaint")...)
		for _, event := range []events.EventBridgeEvent{
			{DetailType: mailevents.Bounced, Detail: []byte(`{"mail":{}}`)},
			{DetailType: mailevents.Bounced, Detail: []byte(`[]`)},
			{DetailType: "Email Opened", Detail: []byte(`{}`)},
		} {
			if o.hears(t.Context(), event) == nil {
				t.Errorf("%s %s was understood", event.DetailType, event.Detail)
			}
		}
	})
}

// 7.3: what went wrong with a user's address is in the log, in the transaction that marks it.
func TestFeedbackIsLogged(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
	_, email, _ := newcomer(t, o)
	sent := o.Mails.Last(t, email, directory.MailVerification)
	logged := func(outcome string) []string {
		t.Helper()
		before := o.operations(t)
		o.Advance(minute)
		o.Hear(t, o.Feedback(t, sent, outcome)...)
		var details []string
		for _, entry := range o.operations(t)[len(before):] {
			details = append(details, string(entry.Action)+" "+strings.SplitN(entry.Detail, ":", 2)[0])
		}
		return details
	}
	equal(t, "delivered", logged("success"), []string(nil))
	equal(t, "bounced", logged("bounce"), []string{"mailFeedback bounced"})
	equal(t, "delivered after all", logged("success"), []string{"mailFeedback delivered"})
}

// operations are the tenant's log, oldest first.
func (o *Tenant) operations(t testing.TB) []directory.Entry {
	t.Helper()
	entries, _, err := o.Store.Operations(t.Context(), o.ID, directory.OperationFilter{}, directory.Page{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(entries)
	return entries
}
