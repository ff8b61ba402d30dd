package functionstest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"mandate/functions/faulttest"
	"mandate/functions/sweep"
	"mandate/shared/directory"
	"mandate/shared/store"
)

// wave is a day of an organisation: changes of every kind and end, whose mails are known.
func wave(t *testing.T, o *Tenant, settle func()) {
	t.Helper()
	gone := newUser(o, Object{"email": "gone@example.com"})
	came := newUser(o, Object{"email": "came@example.com"})
	rejected := Read[UserAnswer](t, o.Ada.Do("createUser", Body(gone)), 202).Change
	created := Read[UserAnswer](t, o.Ada.Do("createUser", Body(came)), 202).Change
	updated := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"balances:view", "transactions:view"}})))
	cancelled := ask(t, o.Ada.Do("updateUser", At(o.Robot.ID), Body(Object{"accounts": o.Accounts[:2]})))
	settle()
	o.Ben.Do("rejectChange", At(rejected.ID), Body(Object{"reason": "no"})).Want(t, 200)
	o.Ben.Approve(created).Want(t, 200)
	o.Ben.Approve(updated).Want(t, 200)
	o.Ada.Do("cancelChange", At(cancelled.ID)).Want(t, 200)
	settle()
	deactivated := ask(t, o.Ben.Do("deactivateUser", At(o.Rosa.ID)))
	o.Ada.Approve(deactivated).Want(t, 200)
	settle()
	pass(o, hour)
	settle()
	o.Do("forgotPassword", Body(Object{"identifier": o.Ben.Email})).Want(t, 202)
	settle()

	states := map[string]string{}
	for _, id := range []string{rejected.ID, created.ID, updated.ID, cancelled.ID, deactivated.ID} {
		states[id] = o.Ada.Change(t, id).State
	}
	equal(t, "states", states, map[string]string{
		rejected.ID: "rejected", created.ID: "effective", updated.ID: "cancelled", cancelled.ID: "cancelled", deactivated.ID: "effective",
	})
	equal(t, "open executions", o.OpenExecutions(), 0)
	equal(t, "outbox", len(o.Outbox()), 0)
	equal(t, "applied", slices.Index(whats(o.Ada.Change(t, created.ID)), "applied"), 3)
}

// wavesMails are the mails of a wave, each by its kind and whom it goes to, in whatever order.
func wavesMails(o *Tenant) []string {
	name := strings.NewReplacer(o.Ada.Email, "ada", o.Ben.Email, "ben", o.Rosa.Email, "rosa")
	seen := map[string]bool{}
	var mails []string
	for _, mail := range o.Mails.All() {
		if !seen[mail.Key] {
			seen[mail.Key] = true
			mails = append(mails, name.Replace(mail.To)+" "+string(mail.Kind))
		}
	}
	slices.Sort(mails)
	return mails
}

var mailsOfAWave = []string{
	"ada approvalRequested", "ada changeApproved", "ada changeApproved", "ada changeCancelled", "ada changeEffective", "ada changeRejected",
	"ben approvalRequested", "ben approvalRequested", "ben approvalRequested", "ben approvalRequested", "ben changeEffective", "ben passwordReset",
	"came@example.com verification",
}

// 3.7, 4.8: records of the stream that come twice, late or in disorder change nothing: each change ends once, and each
// mail is sent once.
func TestTheStreamMayRepeatAndShuffle(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*World){"once": (*World).Settle, "twice": (*World).SettleTwice}
	for seed := range uint64(4) {
		ways[fmt.Sprint("shuffled ", seed)] = func(w *World) { w.SettleShuffled(seed) }
	}
	ways["two at once"] = (*World).settleTwoAtOnce
	for name, settle := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant("bc-connect")
			wave(t, o, func() { settle(o.World) })
			equal(t, "mails", wavesMails(o), mailsOfAWave)
			sent := len(o.Mails.All())
			if name != "two at once" { // then each is handed to SES by both, under one key
				equal(t, "mails sent", sent, len(mailsOfAWave))
			}
			before := o.Table()
			o.CarryAgain()
			o.Settle()
			equal(t, "the table after every record came once more", o.Table(), before)
			equal(t, "mails sent", len(o.Mails.All()), sent)
		})
	}
}

// Invariant 3: any call may fail before or after it took effect. What is sent again comes to the same end, and no mail
// is missing or sent for nothing. (A mail whose carrying died between sending and forgetting comes twice under one key.)
func TestCallsMayFailBeforeAndAfterTheirEffect(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			o := New(t, Quiet).Tenant("bc-connect")
			random := rand.New(rand.NewPCG(seed, 1))
			failing := func(int, string) faulttest.Kind {
				switch random.IntN(6) {
				case 0:
					return faulttest.Lost
				case 1:
					return faulttest.Unanswered
				}
				return faulttest.Well
			}
			wave(t, o, func() {
				o.Faults.Begin(failing)
				o.SettleStubbornly()
				o.Faults.Begin(nil)
			})
			equal(t, "mails", wavesMails(o), mailsOfAWave)
		})
	}
}

// 4.8: what SES took is not handed to it again only because the table could not be told of it at once.
func TestWhatWasSentIsForgottenStubbornly(t *testing.T) {
	t.Parallel()
	for _, failure := range []faulttest.Kind{faulttest.Lost, faulttest.Unanswered} {
		o := New(t, Quiet).Tenant("bc-connect")
		o.Rosa.Do("newRecoveryCodes", Body(Object{"code": o.Rosa.Code()})).Want(t, 200)
		failed := false
		o.Faults.Begin(func(_ int, call string) faulttest.Kind {
			if failed || call != "TransactWriteItems" {
				return faulttest.Well
			}
			failed = true
			return failure
		})
		o.carry(o.Outbox()[0])
		equal(t, "failed", failed, true)
		equal(t, "left", len(o.Outbox()), 0)
		equal(t, "mails", len(o.Mails.To(o.Rosa.Email)), 1)
	}
}

// Invariant 3, of requests: whose answer was lost is sent again under its key, and is done once.
func TestARequestWhoseAnswerWasLostIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]faulttest.Kind{"before": faulttest.Lost, "after": faulttest.Unanswered} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := New(t, Quiet).Tenant("bc-connect")
			lost := func(who *Person, operation string, parts ...Part) Answer {
				t.Helper()
				o.Faults.Begin(func(_ int, call string) faulttest.Kind {
					if call == "TransactWriteItems" {
						return failure
					}
					return faulttest.Well
				})
				answer := who.Do(operation, parts...)
				problem := answer.Refused(t, 503, "unavailable")
				equal(t, "when to come again", answer.Header["Retry-After"], "1")
				if strings.Contains(problem.Detail, faulttest.ErrLost.Error()) {
					t.Errorf("an internal error is shown: %s", problem.Detail)
				}
				o.Faults.Begin(nil)
				return who.Do(operation, parts...)
			}
			body := newUser(o, nil)
			asked := Read[UserAnswer](t, lost(o.Ada, "createUser", Body(body), Key("ask")), 202)
			settled := Read[Settled](t, lost(o.Ben, "approveChange", At(asked.Change.ID), o.Ben.Proof(asked.Change), Key("approve")), 200)
			equal(t, "state", settled.Change.State, "propagating")
			o.Settle()
			pass(o, hour)
			o.Settle()
			equal(t, "timeline", whats(o.Ada.Change(t, asked.Change.ID)), []string{"asked", "approved", "propagating", "applied"})
			equal(t, "mails to the new user", o.Mails.Kinds(body["email"].(string)), []directory.MailKind{directory.MailVerification})
			equal(t, "mails to the approver", o.Mails.Kinds(o.Ben.Email), []directory.MailKind{directory.MailApprovalRequested})
		})
	}
}

// 3.7: a change that has two executions, one started by hand for instance, ends once all the same.
func TestTwoExecutionsOfAChange(t *testing.T) {
	t.Parallel()
	for name, decided := range map[string]bool{"from the beginning": false, "after its approval": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := New(t).Tenant("bc-connect")
			body := newUser(o, nil)
			change := ask(t, o.Ada.Do("createUser", Body(body)))
			o.Settle()
			if !decided {
				o.machine.again(change.ID)
				o.Settle()
			}
			o.Ben.Approve(change).Want(t, 200)
			o.Settle()
			if decided {
				o.machine.again(change.ID)
				o.Settle()
			}
			pass(o, hour)
			o.Settle()
			equal(t, "timeline", whats(o.Ada.Change(t, change.ID)), []string{"asked", "approved", "propagating", "applied"})
			equal(t, "mails to the new user", o.Mails.Kinds(body["email"].(string)), []directory.MailKind{directory.MailVerification})
			equal(t, "mails to who asked", o.Mails.Kinds(o.Ada.Email), []directory.MailKind{directory.MailChangeApproved, directory.MailChangeEffective})
		})
	}
}

// 4.8: a transaction that arrives after its function gave it up, and after its record came again, does nothing twice.
func TestALateResetIsDoneOnce(t *testing.T) {
	t.Parallel()
	o := New(t, Quiet).Tenant("adyen")
	o.Do("forgotPassword", Body(Object{"identifier": o.Rosa.Identifier})).Want(t, 202)
	late := false
	o.Faults.Begin(func(_ int, call string) faulttest.Kind {
		if call != "TransactWriteItems" || late {
			return faulttest.Well
		}
		late = true
		return faulttest.Late
	})
	o.SettleStubbornly()
	o.Faults.Begin(nil)
	o.Settle()
	equal(t, "mails", o.Mails.Kinds(o.Rosa.Email), []directory.MailKind{directory.MailPasswordReset})
	inspect(o.World, o.Mails.Token(t, o.Rosa.Email, directory.MailPasswordReset)).Want(t, 200)
}

// 4.8: what was not carried is sent round again by the sweep until it is.
func TestTheSweepSendsStragglersRoundAgain(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	waiting := len(o.Outbox())
	equal(t, "at once", o.Sweep(), directory.Swept{})
	o.Advance(2 * minute)
	equal(t, "after two minutes", o.Sweep(), directory.Swept{Outbox: waiting})
	equal(t, "again", o.Sweep(), directory.Swept{})
	equal(t, "outbox", len(o.Outbox()), waiting)
	o.Advance(2 * minute)
	equal(t, "two minutes later", o.Sweep(), directory.Swept{})
	o.Advance(2 * minute)
	equal(t, "four minutes later", o.Sweep(), directory.Swept{Outbox: waiting})
	o.Settle()
	o.Advance(hour)
	equal(t, "once they are carried", o.Sweep(), directory.Swept{})
}

// behindOnceWritten has indexes not hear of what is written from now on.
func behindOnceWritten() faulttest.Plan {
	written := false
	return func(_ int, call string) faulttest.Kind {
		written = written || call == "TransactWriteItems"
		if written && call == "Query" {
			return faulttest.Behind
		}
		return faulttest.Well
	}
}

// 4.8: what cannot be carried does not go round for ever. It is put aside, kept, and goes on when it is recalled. A list of
// what is due that still has what went round a moment ago sends nothing round again.
func TestWhatCannotBeCarriedIsPutAside(t *testing.T) {
	t.Parallel()
	o := New(t, Quiet, Capped(0)).Tenant("bc-connect", StepUp)
	o.Rosa.Do("newRecoveryCodes", Body(Object{"code": o.Rosa.Code()})).Want(t, 200)
	for round, wait := 0, 2*minute; round < 30; round, wait = round+1, min(2*wait, hour) {
		o.Advance(wait - time.Second)
		equal(t, fmt.Sprint("before round ", round), o.Sweep().Outbox, 0)
		o.Advance(time.Second)
		o.Faults.Begin(behindOnceWritten())
		equal(t, fmt.Sprint("round ", round), o.Sweep(), directory.Swept{Outbox: 1})
		o.Faults.Begin(nil)
	}
	o.Advance(hour)
	equal(t, "put aside", o.Sweep(), directory.Swept{Aside: 1})
	o.Advance(day)
	equal(t, "a day later", o.Sweep().Outbox, 0)
	equal(t, "outbox", len(o.Outbox()), 1)

	equal(t, "recalled", o.Recall(), directory.Swept{Recalled: 1})
	equal(t, "recalled again", o.Recall(), directory.Swept{})
	o.Advance(2 * minute)
	equal(t, "it goes round again", o.Sweep(), directory.Swept{Outbox: 1})
	o.Settle()
	contains(t, o.Mails.Kinds(o.Rosa.Email), directory.MailSecondFactorChanged)
	o.Advance(hour)
	equal(t, "once it is carried", o.Sweep().Outbox, 0)
}

// 3.4, 4.8: a mail to the admins is for those who are admins when it is sent, whatever their list has not heard of yet: it
// does not go to who is none any more, and waits for who has just become one.
func TestAListOfAdminsThatIsBehind(t *testing.T) {
	t.Parallel()
	o := New(t, Quiet).Tenant("bc-connect")
	asks := func(text string) {
		t.Helper()
		ask(t, o.Ada.Do("createUser", Body(newUser(o, Object{"name": Object{"first": text, "last": "New"}}))))
		o.Faults.Begin(func(_ int, call string) faulttest.Kind {
			if call == "Query" {
				return faulttest.Behind
			}
			return faulttest.Well
		})
		for _, ref := range o.Outbox() {
			_ = o.tryCarry(ref) // it may have to wait
		}
		o.Faults.Begin(nil)
	}
	to := func(who *Person) int { return len(o.Mails.To(who.Email)) }
	sara := o.Admin("sara")
	asks("One")
	equal(t, "mails before the list has anybody", to(o.Ben)+to(sara), 0)
	o.Settle()
	equal(t, "mails to both", []int{to(o.Ben), to(sara)}, []int{1, 1})

	o.alter(string(sara.ID), func(u *directory.User) { u.Status = directory.StatusInactive })
	o.commit(directory.MoveAdmins{Organisation: o.ID, By: -1, AtLeast: 2})
	asks("Two")
	o.Settle()
	equal(t, "mails to who is no admin any more", []int{to(o.Ben), to(sara)}, []int{2, 1})
}

// 4.8: what cannot be read keeps nothing waiting that came with it or later, in the stream or in the sweep, however much of
// it there is. It is put aside at once, where an alarm tells of it.
func TestWhatCannotBeReadHoldsNothingUp(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	o := New(t, LoggingTo(&lines)).Tenant("bc-connect")
	o.Rosa.Do("newRecoveryCodes", Body(Object{"code": o.Rosa.Code()})).Want(t, 200)
	item := o.Outbox()[0]
	table := o.Client.table
	broken := func(pk, sk string) {
		due := o.Now().Add(-hour).Format("2006-01-02T15:04:05.000Z")
		if _, err := o.Client.bare.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
			store.PartitionKey: &types.AttributeValueMemberS{Value: pk}, store.SortKey: &types.AttributeValueMemberS{Value: sk},
			store.DuePartitionKey: &types.AttributeValueMemberS{Value: "due#0"}, store.DueSortKey: &types.AttributeValueMemberS{Value: due},
			store.Document: &types.AttributeValueMemberS{Value: "{"},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	poison := directory.OutboxRef{Organisation: o.ID, Kind: directory.OutboxMail, ID: "out_0"}
	broken("o#"+string(o.ID)+"#outbox", "mail#out_0")
	broken("o#"+string(o.ID), "comet#1") // a kind that there is not
	for i := range 100 {
		broken("o#"+string(o.ID), fmt.Sprintf("c#chg_%d", i))
	}

	equal(t, "the stream goes on", o.tryCarry(poison), nil)
	if !strings.Contains(lines.String(), "outbox item not carried") {
		t.Error("nothing is said of what was not carried")
	}
	o.Advance(2 * minute)
	swept, err := o.trySweep(sweep.Order{})
	equal(t, "swept", swept, directory.Swept{Outbox: 1, Aside: 1})
	for _, said := range []string{"comet#1", "chg_99"} {
		if err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("nothing is said of %s: %v", said, err)
		}
	}
	if !strings.Contains(lines.String(), directory.AsideMessage) {
		t.Error("nothing is said of what was put aside")
	}
	o.carry(item)
	contains(t, o.Mails.Kinds(o.Rosa.Email), directory.MailSecondFactorChanged)
	equal(t, "recalled", o.Recall(), directory.Swept{Recalled: 1})
}

// 4.8: what SES refuses for hours is sent by itself when it takes mails again.
func TestMailsThatAreRefusedForHoursAreSent(t *testing.T) {
	t.Parallel()
	o := New(t, Quiet).Tenant("bc-connect")
	o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Want(t, 202)
	o.Faults.Begin(func(_ int, call string) faulttest.Kind {
		if strings.HasSuffix(call, "/outbound-emails") {
			return faulttest.Lost
		}
		return faulttest.Well
	})
	for range 6 * 5 {
		o.Advance(12 * minute)
		if o.Sweep().Outbox > 0 { // the stream brings what went round
			for _, ref := range o.Outbox() {
				_ = o.tryCarry(ref)
			}
		}
	}
	equal(t, "mails", len(o.Mails.All()), 0)
	o.Faults.Begin(nil)
	o.Advance(hour)
	equal(t, "goes round", o.Sweep(), directory.Swept{Outbox: 1})
	o.Settle()
	equal(t, "mails", o.Mails.Kinds(o.Rosa.Email), []directory.MailKind{directory.MailPasswordReset})
	equal(t, "outbox", len(o.Outbox()), 0)

	// One whose link has expired meanwhile is no help to anybody.
	o.Ada.Wake()
	o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Want(t, 202)
	o.Advance(day)
	o.Settle()
	equal(t, "mails", len(o.Mails.All()), 1)
	equal(t, "outbox", len(o.Outbox()), 0)
}

// 3.7: where an execution does not apply its change, the sweep does.
func TestTheSweepAppliesWhatItsExecutionDidNot(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	pass(o, hour+4*minute)
	equal(t, "swept", o.Sweep(), directory.Swept{})
	pass(o, minute)
	equal(t, "swept", o.Sweep(), directory.Swept{Applied: 1})
	equal(t, "state", o.Ada.Change(t, change.ID).State, "effective")
	o.Settle()
	equal(t, "open executions", o.OpenExecutions(), 0)
	equal(t, "timeline", whats(o.Ada.Change(t, change.ID)), []string{"asked", "approved", "propagating", "applied"})
	equal(t, "mails", o.Mails.Kinds(o.Ada.Email), []directory.MailKind{directory.MailChangeApproved, directory.MailChangeEffective})
}

// 3.8: an approver's decision is there before the execution: it finds it made.
func TestADecisionBeforeTheExecutionStarts(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"contact": true})))
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	equal(t, "open executions", o.OpenExecutions(), 1)
	pass(o, hour)
	o.Settle()
	equal(t, "state", o.Ada.Change(t, change.ID).State, "effective")
	equal(t, "open executions", o.OpenExecutions(), 0)
}

// What a person changes by itself while a change about it is open is not undone by it.
func TestOnesOwnLanguageStays(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	change := ask(t, o.Ada.Do("updateUser", At(o.Rosa.ID), Body(Object{"permissions": []string{"transactions:view"}})))
	o.Rosa.Do("updateMe", Body(Object{"language": "fr"})).Want(t, 200)
	o.Ben.Approve(change).Want(t, 200)
	o.Settle()
	equal(t, "language", o.Rosa.Me(t).User.Language, "fr")
	pass(o, hour)
	o.Settle()
	equal(t, "state", o.Ada.Change(t, change.ID).State, "effective")
	equal(t, "language", o.Rosa.Me(t).User.Language, "fr")
	o.Do("forgotPassword", Body(Object{"identifier": o.Rosa.Email})).Want(t, 202)
	o.Settle()
	equal(t, "language of mails", o.Mails.Last(t, o.Rosa.Email, directory.MailPasswordReset).Language, "fr")
}
