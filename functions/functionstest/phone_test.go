package functionstest

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// Onboarded sets the stages that a new user passes.
func Onboarded(stages ...directory.Status) Setting {
	return func(s *directory.Settings) { s.Onboarding = stages }
}

// throughPhone ends onboarding with the phone, where b2binpay goes on to identity checks.
var throughPhone = Onboarded(directory.StatusEmailNotVerified, directory.StatusPhoneNotVerified)

// invited is a new user who has followed the verification mail, with the session that came of it, and its first code.
func invited(t testing.TB, o *Tenant, with Object) (*Person, api.User) {
	t.Helper()
	user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, with))))
	equal(t, "status", user.Status, "emailNotVerified")
	redeemed := Read[Redeemed](t, redeem(o.World, o.Mails.Token(t, user.Email, directory.MailVerification), newPassword), 200)
	equal(t, "what comes next", redeemed.Next, "verifyPhone")
	o.Settle()
	return &Person{
		World: o.World, Organisation: o.ID, ID: directory.UserID(user.ID), Email: user.Email, Identifier: user.Email,
		Password: newPassword, Token: redeemed.Session.Token,
	}, redeemed.Session.User
}

func (p *Person) verifies(code string) Answer {
	return p.Do("verifyPhone", Body(Object{"code": code}))
}

// other is a code that is not this one.
func other(code string) string {
	return string('0'+(code[0]-'0'+1)%10) + code[1:]
}

// codesSent are the states of the codes that were sent to a user, oldest first (4.5).
func codesSent(t testing.TB, p *Person) []directory.LinkState {
	t.Helper()
	var want directory.Want
	for key := range p.World.Table() {
		if _, id, ok := strings.Cut(key, "#u#"+string(p.ID)+" l#"); ok {
			want.Links = append(want.Links, directory.LinkRef{Organisation: p.Organisation, User: p.ID, ID: directory.LinkID(id)})
		}
	}
	found, err := p.World.Store.Read(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	links := slices.SortedFunc(maps.Values(found.Links), func(a, b directory.Link) int { return a.CreatedAt.Compare(b.CreatedAt) })
	var states []directory.LinkState
	for _, link := range links {
		if link.Kind.Channel() == directory.ChannelSMS {
			states = append(states, link.State)
		}
	}
	return states
}

// 1.11: e-mail, then phone, then identity checks, each seen as a status; until the last is passed, the user may do nothing
// but pass them.
func TestOnboardingByEmailAndPhone(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	nina, user := invited(t, o, Object{"language": "fr"})
	equal(t, "status", user.Status, "phoneNotVerified")
	equal(t, "status in the list", o.Ada.User(t, user.ID).Status, "phoneNotVerified")
	me := nina.Me(t)
	equal(t, "what comes next", me.Next, "verifyPhone")
	equal(t, "permissions", me.Permissions, map[string]string{})
	goodOnlyFor(t, o, nina, "onboardingOpen", "getMe", "signOut", "sendPhoneCode", "verifyPhone", "getMyKyc", "submitKyc")
	equal(t, "may act", o.Ada.Asks(t, user.ID, "wallets:view", o.Accounts[0]).Decision, false)

	// 4.5, 8.1: the code came by itself, in her language, and only to her.
	texts := o.Texts.To(user.Phone)
	equal(t, "texts", len(texts), 1)
	if body := texts[0].Text; !strings.Contains(body, o.Name) || !strings.Contains(body, "Il est valable 10 minutes") {
		t.Errorf("it says %q", body)
	}
	equal(t, "codes sent", codesSent(t, nina), []directory.LinkState{"sent"})

	verified := Read[Me](t, nina.verifies(o.Texts.Code(t, user.Phone)), 200)
	equal(t, "status", verified.User.Status, "kycNotVerified")
	equal(t, "what comes next", verified.Next, "verifyIdentity")
	equal(t, "what comes next", nina.Me(t).Next, "verifyIdentity")
	equal(t, "codes sent", codesSent(t, nina), []directory.LinkState{"used"})
	goodOnlyFor(t, o, nina, "onboardingOpen", "getMe", "signOut", "sendPhoneCode", "verifyPhone", "getMyKyc", "submitKyc")
	nina.Do("sendPhoneCode").Refused(t, 409, "stateWrong")
	nina.verifies(o.Texts.Code(t, user.Phone)).Refused(t, 409, "stateWrong")
	equal(t, "may act", o.Ada.Asks(t, user.ID, "wallets:view", o.Accounts[0]).Decision, false)

	log, _, err := o.Store.Operations(t.Context(), o.ID, directory.OperationFilter{}, directory.Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if last := log[0]; last.Action != "verifyPhone" || last.Outcome != directory.Done || last.Actor.User != nina.ID || string(last.Target) != string(nina.ID) {
		t.Errorf("the log ends with %+v", last)
	}

	nina.Do("signOut").Want(t, 204)
	nina.Do("getMe").Refused(t, 401, "unauthenticated")
	equal(t, "what comes next after signing in", nina.SignIn(t).Next, "verifyIdentity")
}

// 1.11: with the last stage the session is good for everything, and an admin counts from then on (3.10).
func TestAfterTheLastStageTheSessionIsFull(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay", throughPhone, func(s *directory.Settings) { s.AdminsManageAdmins = true })
	nina, user := invited(t, o, Object{"kind": "admin", "roles": nil, "companies": nil, "accounts": nil})
	equal(t, "active admins", o.Organisation().ActiveAdmins, 2)
	verified := Read[Me](t, nina.verifies(o.Texts.Code(t, user.Phone)), 200)
	equal(t, "status", verified.User.Status, "active")
	equal(t, "what comes next", verified.Next, "")
	equal(t, "active admins", o.Organisation().ActiveAdmins, 3)
	equal(t, "scope", nina.Me(t).Permissions["users:view"], "all")
	nina.Do("listUsers").Want(t, 200)
	nina.Do("deactivateUser", At(o.Ben.ID)).Want(t, 200)
}

// 5.1: where a second factor is required, it is set up with the session that verified the phone.
func TestAfterThePhoneComesTheSecondFactor(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay", throughPhone, func(s *directory.Settings) { s.SecondFactor = directory.Required })
	nina, user := invited(t, o, nil)
	verified := Read[Me](t, nina.verifies(o.Texts.Code(t, user.Phone)), 200)
	equal(t, "what comes next", verified.Next, "enrolSecondFactor")
	nina.Do("listMySessions").Refused(t, 403, "secondFactorMissing")
	nina.Enrol(t)
	nina.Do("listMySessions").Want(t, 200)
}

// Whoever leaves off signs in to go on, and has nothing before the right password.
func TestOnboardingGoesOnAfterSigningIn(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay", throughPhone)
	nina, user := invited(t, o, nil)
	o.Advance(hour)
	nina.Do("getMe").Refused(t, 401, "unauthenticated")
	signIn(o.World, nina.Identifier, "not this one").Refused(t, 401, "credentialsWrong")
	equal(t, "what comes next", nina.SignIn(t).Next, "verifyPhone")
	nina.verifies(o.Texts.Code(t, user.Phone)).Refused(t, 410, "codeExpired")
	nina.Do("sendPhoneCode").Want(t, 202)
	o.Settle()
	Read[Me](t, nina.verifies(o.Texts.Code(t, user.Phone)), 200)

	o.Wake()
	// 4.2: a forgotten password is chosen anew at this stage too, and the mailed link opens no more than signing in.
	rob, user := invited(t, o, nil)
	o.Do("forgotPassword", Body(Object{"identifier": rob.Identifier})).Want(t, 202)
	o.Settle()
	redeemed := Read[Redeemed](t, redeem(o.World, o.Mails.Token(t, rob.Email, directory.MailPasswordReset), "another quiet walk"), 200)
	equal(t, "what comes next", redeemed.Next, "verifyPhone")
	rob.Do("getMe").Refused(t, 401, "unauthenticated")
	rob.Token = redeemed.Session.Token
	equal(t, "texts", len(o.Texts.To(user.Phone)), 1)
	rob.Do("updateMe", Body(Object{"language": "fr"})).Refused(t, 403, "onboardingOpen")

	// 3.6: a deactivation ends the session and the code; a reactivation brings back the stage.
	done(t, o, o.Ada.Do("deactivateUser", At(rob.ID)))
	rob.Do("getMe").Refused(t, 401, "unauthenticated")
	equal(t, "codes sent", codesSent(t, rob), []directory.LinkState{"revoked"})
	equal(t, "status", done(t, o, o.Ada.Do("reactivateUser", At(rob.ID))).Status, "phoneNotVerified")
	rob.Password = "another quiet walk"
	rob.SignIn(t)
	rob.verifies(o.Texts.Code(t, user.Phone)).Refused(t, 409, "stateWrong")
}

// A code takes five wrong answers, however they come.
func TestAPhoneCodeIsNotGuessed(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	nina, user := invited(t, o, nil)
	code := o.Texts.Code(t, user.Phone)
	for _, text := range []string{"", "12345", "1234567", "12345a", "٠١٢٣٤٥", " 12345"} {
		nina.verifies(text).Faulty(t, "code", "pattern") // is none, and does not count
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if answer := nina.verifies(other(code)); answer.Status != 401 && answer.Status != 409 {
				t.Errorf("a wrong code was answered %d %s", answer.Status, answer.Text)
			}
		})
	}
	wait.Wait()
	for range 5 { // as many of the four as lost a race too often did not count
		if answer := nina.verifies(other(code)); answer.Status == 410 {
			break
		}
	}
	nina.verifies(code).Refused(t, 410, "codeExpired")
	equal(t, "status", nina.Me(t).User.Status, "phoneNotVerified")
	equal(t, "codes sent", codesSent(t, nina), []directory.LinkState{"revoked"})

	nina.Do("sendPhoneCode").Want(t, 202)
	o.Settle()
	code = o.Texts.Code(t, user.Phone)
	for range 4 {
		nina.verifies(other(code)).Refused(t, 401, "credentialsWrong")
	}
	nina.verifies(code).Want(t, 200)
}

// 4.4, 4.7: a code is good for ten minutes.
func TestAPhoneCodeExpires(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	nina, user := invited(t, o, nil)
	o.Advance(10*minute - time.Second)
	nina.verifies(other(o.Texts.Code(t, user.Phone))).Refused(t, 401, "credentialsWrong")
	o.Advance(time.Second)
	nina.verifies(o.Texts.Code(t, user.Phone)).Refused(t, 410, "codeExpired")
	equal(t, "swept", o.Sweep(), directory.Swept{Links: 1})
	equal(t, "codes sent", codesSent(t, nina), []directory.LinkState{"expired"})
}

// 4.1: a code that is sent again replaces the earlier one.
func TestAPhoneCodeSentAgainReplacesTheEarlier(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	nina, user := invited(t, o, nil)
	first := o.Texts.Code(t, user.Phone)
	for again := true; again; { // one in a million times the new one is the same
		o.Advance(15 * minute)
		nina.SignIn(t)
		nina.Do("sendPhoneCode").Want(t, 202)
		o.Settle()
		first = o.Texts.Code(t, user.Phone)
		o.Advance(time.Second)
		nina.Do("sendPhoneCode").Want(t, 202)
		o.Settle()
		again = first == o.Texts.Code(t, user.Phone)
	}
	nina.verifies(first).Refused(t, 401, "credentialsWrong")
	nina.verifies(o.Texts.Code(t, user.Phone)).Want(t, 200)
	sent := codesSent(t, nina)
	equal(t, "codes sent", sent[len(sent)-2:], []directory.LinkState{"replaced", "used"})
}

// No more than three texts in a quarter of an hour: nobody's phone is flooded, and nobody's account.
func TestTextsAreThrottled(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	nina, user := invited(t, o, nil)
	o.Advance(5 * minute)
	for range 3 { // the same request sent again sends nothing
		nina.Do("sendPhoneCode", Key("once")).Want(t, 202)
	}
	nina.Do("sendPhoneCode").Want(t, 202)
	unchanged(t, o.World, "a fourth text", func() {
		answer := nina.Do("sendPhoneCode")
		answer.Refused(t, 429, "tooManyAttempts")
		equal(t, "Retry-After", answer.Header["Retry-After"], "600")
	})
	o.Settle()
	equal(t, "texts", len(o.Texts.To(user.Phone)), 3)
	o.Advance(10 * minute)
	nina.Do("sendPhoneCode").Want(t, 202)
}

// Requests that are sent again with their key are not done again (10.1).
func TestAVerificationSentAgainAnswersTheSame(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay", throughPhone)
	nina, user := invited(t, o, nil)
	body := Body(Object{"code": o.Texts.Code(t, user.Phone)})
	first := nina.Do("verifyPhone", body, Key("k")).Want(t, 200)
	equal(t, "the answer to its repetition", nina.Do("verifyPhone", body, Key("k")).Text, first.Text)
	nina.Do("verifyPhone", Body(Object{"code": "000000"}), Key("k")).Refused(t, 422, "keyReused")
}

// A code is one user's, and of one number.
func TestAnothersCodeVerifiesNothing(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, elsewhere := w.Tenant("b2binpay"), w.Tenant("b2binpay")
	nina, user := invited(t, o, nil)
	for _, other := range []*Tenant{o, elsewhere} {
		rob, his := invited(t, other, nil)
		code := w.Texts.Code(t, his.Phone)
		if code == w.Texts.Code(t, user.Phone) {
			continue // one in a million times it is hers as well
		}
		nina.verifies(code).Refused(t, 401, "credentialsWrong")
		rob.verifies(code).Want(t, 200)
	}

	// 1.3: the number was mistyped, and an administrator has put it right.
	number := w.Phone()
	done(t, o, o.Ada.Do("updateUser", At(user.ID), Body(Object{"phone": number})))
	nina.verifies(w.Texts.Code(t, user.Phone)).Refused(t, 410, "codeExpired")
	nina.Do("sendPhoneCode").Want(t, 202)
	w.Settle()
	nina.verifies(w.Texts.Code(t, number)).Want(t, 200)
}

// 4.8, invariant 5: a code is stored where only the key opens it, and is not sent when it is too late.
func TestAPhoneCodeIsSealedAndNotSentTooLate(t *testing.T) {
	t.Parallel()
	o := New(t, Quiet).Tenant("b2binpay")
	nina, user := invited(t, o, nil)
	nina.Do("sendPhoneCode").Want(t, 202)
	waiting := o.Table()
	o.SettleTwice()
	readable := regexp.MustCompile(`\b` + o.Texts.Code(t, user.Phone) + `\b`)
	for key, stored := range waiting {
		if readable.MatchString(stored) {
			t.Errorf("%s has the code: %s", key, stored)
		}
	}
	nina.Do("sendPhoneCode").Want(t, 202)
	sent := len(o.Texts.To(user.Phone))
	o.Advance(10 * minute)
	o.Settle()
	equal(t, "texts", len(o.Texts.To(user.Phone)), sent)
	equal(t, "waiting", len(o.Outbox()), 0)
}

// Presets without the stage are as they were: nothing is texted.
func TestPresetsWithoutThePhoneStageTextNothing(t *testing.T) {
	t.Parallel()
	w := New(t)
	for preset, next := range map[string]string{"bc-connect": "enrolSecondFactor", "adyen": "enrolSecondFactor"} {
		o := w.Tenant(preset, Controlled(directory.ControlNone), Propagating(0))
		_, email, token := newcomer(t, o)
		redeemed := Read[Redeemed](t, redeem(w, token, newPassword), 200)
		equal(t, preset, redeemed.Next, next)
		equal(t, preset, redeemed.Session.User.Status, "active")
		o.Rosa.Do("sendPhoneCode").Refused(t, 409, "stateWrong")
		o.Rosa.verifies("123456").Refused(t, 409, "stateWrong")
		o.Robot.Do("sendPhoneCode").Refused(t, 409, "stateWrong")
		w.Settle()
		equal(t, "texts for "+email, len(w.Texts.To(redeemed.Session.User.Phone)), 0)
	}
}

// The budgets of the design, for what a phone is verified with.
func TestRoundTripsOfThePhone(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("b2binpay")
	nina, user := invited(t, o, nil)
	equal(t, "sendPhoneCode", len(o.Client.Calls(func() { nina.Do("sendPhoneCode").Want(t, 202) })), 2)
	o.Settle()
	equal(t, "getMe", len(o.Client.Calls(func() { nina.Me(t) })), 1)
	equal(t, "verifyPhone", len(o.Client.Calls(func() { nina.verifies(o.Texts.Code(t, user.Phone)).Want(t, 200) })), 2)
}
