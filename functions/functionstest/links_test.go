package functionstest

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"mandate/shared/directory"
)

const newPassword = "a quiet walk by the river"

func inspect(w *World, token string) Answer {
	return w.Do("inspectLink", Body(Object{"token": token}))
}

func redeem(w *World, token, password string) Answer {
	return w.Do("redeemLink", Body(Object{"token": token, "password": password}))
}

// newcomer is a user who has not followed its link, with the link's token.
func newcomer(t testing.TB, o *Tenant) (user string, email, token string) {
	t.Helper()
	made := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
	return made.ID, made.Email, o.Mails.Token(t, made.Email, directory.MailVerification)
}

// 4.1: the link of a creation is valid for 14 days.
func TestAVerificationLinkIsValidForFourteenDays(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		_, email, token := newcomer(t, o)
		if text := o.Mails.Last(t, email, directory.MailVerification).Text; !strings.Contains(text, "14 days") {
			t.Errorf("the mail does not say how long:\n%s", text)
		}
		o.Advance(14*day - time.Second)
		seen := Read[struct {
			Kind, Organisation, Name, Email string
			NeedsPassword                   bool
		}](t, inspect(o.World, token), 200)
		equal(t, "what is seen", seen.Kind+" "+seen.Organisation+" "+seen.Name+" "+seen.Email, "verification "+o.Name+" Nina New "+email)
		o.Advance(time.Second)
		inspect(o.World, token).Refused(t, 410, "linkExpired")
		redeem(o.World, token, newPassword).Refused(t, 410, "linkExpired")
		equal(t, "swept", o.Sweep(), directory.Swept{Links: 1})
		equal(t, "swept again", o.Sweep(), directory.Swept{})
		redeem(o.World, token, newPassword).Refused(t, 410, "linkExpired")
	})
}

// 4.1: sent again the link is valid for 24 hours, and the earlier one stops working.
func TestALinkSentAgainReplacesTheEarlier(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user, email, first := newcomer(t, o)
		o.Ada.Do("resendVerification", At(user)).Want(t, 202)
		o.Settle()
		second := o.Mails.Token(t, email, directory.MailVerificationResent)
		inspect(o.World, first).Refused(t, 410, "linkReplaced")
		redeem(o.World, first, newPassword).Refused(t, 410, "linkReplaced")
		o.Ben.Do("resendVerification", At(user)).Want(t, 202)
		o.Settle()
		third := o.Mails.Token(t, email, directory.MailVerificationResent)
		inspect(o.World, second).Refused(t, 410, "linkReplaced")
		o.Advance(day - time.Second)
		inspect(o.World, third).Want(t, 200)
		o.Advance(time.Second)
		redeem(o.World, third, newPassword).Refused(t, 410, "linkExpired")

		// Whoever's link has expired is sent another.
		o.Wake()
		o.Ada.Do("resendVerification", At(user)).Want(t, 202)
		o.Settle()
		fourth := o.Mails.Token(t, email, directory.MailVerificationResent)
		redeem(o.World, fourth, newPassword).Want(t, 200)
		o.Ada.Do("resendVerification", At(user)).Refused(t, 409, "stateWrong")
		o.Rosa.Do("resendVerification", At(user)).Refused(t, 403, "forbidden")
	})
}

// 4.4: a link is good once, also when it is used twice at the same time.
func TestALinkIsGoodOnce(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
	_, email, token := newcomer(t, o)
	var wait sync.WaitGroup
	var answers [2]Answer
	for i := range answers {
		wait.Go(func() { answers[i] = redeem(o.World, token, newPassword) })
	}
	wait.Wait()
	if (answers[0].Status == 200) == (answers[1].Status == 200) {
		t.Errorf("one link was answered %d and %d", answers[0].Status, answers[1].Status)
	}
	inspect(o.World, token).Refused(t, 410, "linkUsed")
	redeem(o.World, token, "another long enough password").Refused(t, 410, "linkUsed")
	o.Do("signIn", Body(Object{"identifier": email, "password": newPassword})).Want(t, 200)
}

// 5.1: a password is judged before the link is used up (NIST SP 800-63B-4).
func TestARefusedPasswordUsesUpNoLink(t *testing.T) {
	t.Parallel()
	o := New(t, Capped(0)).Tenant("bc-connect", StepUp)
	_, _, token := newcomer(t, o)
	unchanged(t, o.World, "a refused password", func() {
		redeem(o.World, token, "").Faulty(t, "password", "tooShort")
		redeem(o.World, token, "1234567").Faulty(t, "password", "tooShort")
		redeem(o.World, token, "password1").Faulty(t, "password", "common")
		redeem(o.World, token, "Nina1234").Faulty(t, "password", "context")
		redeem(o.World, token, strings.Repeat("long ", 60)).Faulty(t, "password", "tooLong")
		redeem(o.World, token, "demo-only-never-elsewhere").Faulty(t, "password", "common")
	})
	redeem(o.World, token, newPassword).Want(t, 200)
}

// 4.4: a link of someone who was deactivated is revoked, and stays so.
func TestALinkOfADeactivatedUserIsRevoked(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		user, email, token := newcomer(t, o)
		done(t, o, o.Ada.Do("deactivateUser", At(user)))
		inspect(o.World, token).Refused(t, 410, "linkRevoked")
		redeem(o.World, token, newPassword).Refused(t, 410, "linkRevoked")
		o.Ada.Do("resendVerification", At(user)).Refused(t, 409, "stateWrong")

		done(t, o, o.Ada.Do("reactivateUser", At(user)))
		redeem(o.World, token, newPassword).Refused(t, 410, "linkRevoked")
		o.Ada.Do("resendVerification", At(user)).Want(t, 202)
		o.Settle()
		redeem(o.World, o.Mails.Token(t, email, directory.MailVerificationResent), newPassword).Want(t, 200)

		o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Want(t, 202)
		o.Settle()
		reset := o.Mails.Token(t, o.Rosa.Email, directory.MailPasswordReset)
		done(t, o, o.Ada.Do("deactivateUser", At(o.Rosa.ID)))
		redeem(o.World, reset, newPassword).Refused(t, 410, "linkRevoked")
		o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Refused(t, 409, "stateWrong")
	})
}

// A token of one kind is none of another, and a token that was tampered with is none at all.
func TestForgedTokensOpenNothing(t *testing.T) {
	t.Parallel()
	w := New(t, Capped(0))
	o, other := w.Tenant("bc-connect", StepUp), w.Tenant("bc-connect")
	_, _, token := newcomer(t, o)
	packed, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, directory.TicketLink))
	if err != nil {
		t.Fatal(err)
	}
	altered := func(at int, with []byte) string {
		forged := append([]byte(nil), packed...)
		copy(forged[at:], with)
		return base64.RawURLEncoding.EncodeToString(forged)
	}
	theirs, _ := directory.ParseTicket(directory.TicketSession, other.Ada.Token)
	foreign := theirs.Text("")
	foreignIDs, err := base64.RawURLEncoding.DecodeString(foreign)
	if err != nil {
		t.Fatal(err)
	}
	unchanged(t, w, "a forged token", func() {
		for name, forged := range map[string]string{
			"another organisation": directory.TicketLink + altered(0, foreignIDs[:16]),
			"another user":         directory.TicketLink + altered(16, foreignIDs[16:32]),
			"another identity":     directory.TicketLink + altered(32, foreignIDs[32:48]),
			"another secret":       directory.TicketLink + altered(64, []byte{packed[64] ^ 1}),
			"a session's token":    other.Ada.Token,
			"no token":             "",
			"cut":                  token[:len(token)-1],
			"longer":               token + "A",
		} {
			for _, answer := range []Answer{inspect(w, forged), redeem(w, forged, newPassword)} {
				if answer.Status != 404 || answer.Code() != "notFound" {
					t.Errorf("%s: %s answered %d %s", name, answer.Operation, answer.Status, answer.Text)
				}
			}
		}
		for name, forged := range map[string]string{
			"a link's token":      token,
			"a link as a session": directory.TicketSession + strings.TrimPrefix(token, directory.TicketLink),
			"another acting":      directory.TicketSession + base64.RawURLEncoding.EncodeToString(append(append(append([]byte(nil), foreignIDs[:48]...), packed[:16]...), foreignIDs[64:]...)),
		} {
			answer := (&Person{World: w, Token: forged}).Do("getMe")
			if answer.Status != 401 {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Text)
			}
		}
		w.Do("answerChallenge", Body(Object{"challengeId": other.Ada.Token, "method": "totp", "code": other.Ada.Code()})).Refused(t, 401, "credentialsWrong")
		w.Do("answerChallenge", Body(Object{
			"challengeId": directory.TicketChallenge + strings.TrimPrefix(other.Ada.Token, directory.TicketSession), "method": "totp", "code": other.Ada.Code(),
		})).Refused(t, 401, "credentialsWrong")
	})
}

// 4.2: the public form answers the same, and asks the same of the table, whether or not anybody goes by the name.
func TestForgottenPasswordTellsNothing(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		gone := o.Regular("gone", nil)
		done(t, o, o.Ada.Do("deactivateUser", At(gone.ID)))
		waiting := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, nil)), Key("k")), map[bool]int{true: 201, false: 202}[o.Organisation().Settings.ChangeControl == directory.ControlNone])
		var first Answer
		var calls []string
		for i, name := range []string{o.Rosa.Identifier, o.Rosa.Email, "nobody@example.com", gone.Identifier, o.Robot.Email, waiting.User.Email, "  ", "Ünknown"} {
			var answer Answer
			made := o.Client.Calls(func() { answer = o.Do("forgotPassword", Body(Object{"identifier": name})) })
			if i == 0 {
				first, calls = answer.Want(t, 202), made
			}
			equal(t, "answer for "+name, answer.Text, first.Text)
			equal(t, "headers for "+name, answer.Header, first.Header)
			equal(t, "calls for "+name, made, calls)
		}
		equal(t, "calls", len(calls), 2)
		before := len(o.Mails.All())
		o.Settle()
		sent := o.Mails.All()[before:]
		for _, mail := range sent {
			if string(mail.Kind) == string(directory.MailPasswordReset) && mail.To != o.Rosa.Email {
				t.Errorf("a reset was sent to %s", mail.To)
			}
		}
		contains(t, o.Mails.Kinds(o.Rosa.Email), directory.MailPasswordReset)
	})
}

// 4.2: by username and by e-mail address, where users have both.
func TestForgottenPasswordByUsernameAndByAddress(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	for _, name := range []string{o.Rosa.Identifier, strings.ToUpper(o.Rosa.Email), " " + o.Rosa.Email} {
		before := len(o.Mails.To(o.Rosa.Email))
		o.Do("forgotPassword", Body(Object{"identifier": name})).Want(t, 202)
		o.Settle()
		equal(t, "mails for "+name, len(o.Mails.To(o.Rosa.Email))-before, 1)
		inspect(o.World, o.Mails.Token(t, o.Rosa.Email, directory.MailPasswordReset)).Want(t, 200)
		o.Advance(minute)
	}
	// Asked for again and again, it does not flood the mailbox; a while later it goes on.
	before := len(o.Mails.To(o.Rosa.Email))
	ask := func() {
		o.Do("forgotPassword", Body(Object{"identifier": o.Rosa.Identifier})).Want(t, 202)
		o.Settle()
	}
	for range 8 {
		ask()
	}
	equal(t, "mails", len(o.Mails.To(o.Rosa.Email))-before, 4) // and one above
	o.Advance(day)
	ask()
	equal(t, "mails a day later", len(o.Mails.To(o.Rosa.Email))-before, 5)
}

// 4.2, 5.3: a reset is valid for 24 hours, ends every session, and the user is told.
func TestAPasswordReset(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		phone, laptop := o.Rosa.On(), o.Rosa.On()
		phone.SignIn(t)
		laptop.SignIn(t)
		o.Ada.Do("sendPasswordReset", At(o.Rosa.ID)).Want(t, 202)
		o.Settle()
		expired := o.Mails.Token(t, o.Rosa.Email, directory.MailPasswordReset)
		o.Advance(day)
		redeem(o.World, expired, newPassword).Refused(t, 410, "linkExpired")
		o.Wake()
		phone.SignIn(t)
		laptop.SignIn(t)
		o.Do("forgotPassword", Body(Object{"identifier": o.Rosa.Identifier})).Want(t, 202)
		o.Settle()
		token := o.Mails.Token(t, o.Rosa.Email, directory.MailPasswordReset)
		for _, device := range []*Person{o.Rosa, phone, laptop} {
			device.Me(t)
		}
		redeemed := Read[Redeemed](t, redeem(o.World, token, newPassword), 200)
		equal(t, "what comes next", redeemed.Next, "signIn")
		if redeemed.Session != nil {
			t.Error("a link took the place of the second factor")
		}
		for _, device := range []*Person{o.Rosa, phone, laptop} {
			device.Do("getMe").Refused(t, 401, "unauthenticated")
		}
		o.Do("signIn", Body(Object{"identifier": o.Rosa.Identifier, "password": Password})).Refused(t, 401, "credentialsWrong")
		o.Rosa.Password = newPassword
		o.Rosa.SignIn(t)
		o.Settle()
		contains(t, o.Mails.Kinds(o.Rosa.Email), directory.MailPasswordChanged)
	})
}
