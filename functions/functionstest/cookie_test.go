package functionstest

import (
	"net/http"
	"strings"
	"testing"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// inCookie asks for the session as the console does.
func inCookie() Part { return Header(api.SessionHeader, "cookie") }

// kept is the cookie that an answer sets, as a browser keeps it; nil where it sets none.
func kept(t *testing.T, a Answer) *http.Cookie {
	t.Helper()
	if len(a.Cookies) == 0 {
		return nil
	}
	cookie, err := http.ParseSetCookie(a.Cookies[0])
	if err != nil || len(a.Cookies) > 1 {
		t.Fatalf("%s: cookies %q: %v", a.Operation, a.Cookies, err)
	}
	if cookie.Name != api.SessionCookie || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("%s sets %s", a.Operation, a.Cookies[0])
	}
	return cookie
}

// sent is a cookie as a browser sends it.
func sent(cookie *http.Cookie) string { return cookie.Name + "=" + cookie.Value }

// gone fails the test where the answer does not take the cookie away.
func gone(t *testing.T, a Answer) {
	t.Helper()
	if cookie := kept(t, a); cookie == nil || cookie.Value != "" || cookie.MaxAge >= 0 {
		t.Errorf("%s leaves the cookie: %q", a.Operation, a.Cookies)
	}
}

// browserSignIn signs somebody in as the console does, and gives the cookie.
func browserSignIn(t *testing.T, o *Tenant, p *Person) *http.Cookie {
	t.Helper()
	answer := signIn(o.World, p.Identifier, Password, Page(), inCookie())
	if p.Secret != "" {
		challenged := Read[SignedIn](t, answer, 200)
		if kept(t, answer) != nil {
			t.Errorf("a challenge sets %q", answer.Cookies)
		}
		answer = o.Do("answerChallenge", Body(Object{"challengeId": challenged.Challenge.ID, "method": "totp", "code": p.Code()}), Page(), inCookie())
	}
	signed := Read[SignedIn](t, answer, 200)
	cookie := kept(t, answer)
	if signed.Session == nil || cookie == nil || cookie.Value == "" {
		t.Fatalf("no session in the cookie: %s %q", answer.Text, answer.Cookies)
	}
	if signed.Session.Token != "" || strings.Contains(answer.Text, cookie.Value) {
		t.Errorf("a script could read the token: %s", answer.Text)
	}
	if want := int(signed.Session.ExpiresAt.Sub(o.Now()).Seconds()); cookie.MaxAge != want {
		t.Errorf("the cookie lasts %d seconds, the session %d", cookie.MaxAge, want)
	}
	return cookie
}

// Issue 4: a browser's session is in a cookie that no script reads, from signing in until it ends.
func TestABrowsersSessionIsInItsCookie(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	cookie := browserSignIn(t, o, o.Ada)
	o.Do("getMe", Page(sent(cookie))).Want(t, 200)
	if answer := o.Do("getMe", Page(sent(cookie))); answer.Cookies != nil {
		t.Errorf("a request sets %q", answer.Cookies)
	}

	out := o.Do("signOut", Page(sent(cookie))).Want(t, 204)
	gone(t, out)
	ended := o.Do("getMe", Page(sent(cookie)))
	ended.Refused(t, 401, "unauthenticated")
	gone(t, ended)
}

// Who asks for no cookie gets none: neither at signing in, nor at the end.
func TestAProgramsSessionIsInItsAnswer(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	o.Rosa.SignIn(t)
	if o.Rosa.Token == "" {
		t.Error("no token in the answer")
	}
	if answer := o.Rosa.Do("signOut").Want(t, 204); answer.Cookies != nil {
		t.Errorf("set %q", answer.Cookies)
	}
	answer := o.Rosa.Do("getMe")
	answer.Refused(t, 401, "unauthenticated")
	if answer.Cookies != nil {
		t.Errorf("set %q", answer.Cookies)
	}
	signIn(o.World, o.Rosa.Identifier, Password, Page(), Header(api.SessionHeader, "body")).Faulty(t, api.SessionHeader, "enum")
}

// No page elsewhere can sign somebody in (login CSRF), act with the cookie, or plant one: it is refused before anything
// is done, and the cookie stays as it is.
func TestOtherSitesCannotUseTheCookie(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	cookie := browserSignIn(t, o, o.Ada)
	for _, site := range []string{"cross-site", "same-site", "none", ""} {
		from := func(e *event) { e.Headers["sec-fetch-site"] = site }
		for _, refused := range []Answer{
			signIn(o.World, o.Ben.Identifier, Password, inCookie(), from),
			o.Do("signOut", Page(sent(cookie)), from),
		} {
			if problem := refused.Refused(t, 403, "forbidden"); problem.Policy != "same-origin" || refused.Cookies != nil {
				t.Errorf("%s from %q: %+v, cookies %q", refused.Operation, site, problem, refused.Cookies)
			}
		}
	}
	o.Do("getMe", Page(sent(cookie))).Want(t, 200)
	o.Do("getMe", Page("mandate_session="+cookie.Value)).Refused(t, 401, "unauthenticated") // a name that a neighbour could set
}

// A wrong code proves nothing, and does not sign anybody out; nor does a public operation take a cookie away.
func TestOnlyAnEndedSessionsCookieGoes(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	cookie := browserSignIn(t, o, o.Ada)
	for _, answer := range []Answer{
		o.Do("newRecoveryCodes", Body(Object{"method": "totp", "code": "000000"}), Page(sent(cookie))),
		signIn(o.World, o.Ben.Identifier, "not this one", Page(sent(cookie)), inCookie()),
	} {
		if answer.Status/100 != 4 || answer.Cookies != nil {
			t.Errorf("%s: %d, cookies %q", answer.Operation, answer.Status, answer.Cookies)
		}
	}
	o.Do("getMe", Page(sent(cookie))).Want(t, 200)
}

// A session that came by cookie and is exchanged for another stays in the cookie, said or not: its token is in no answer.
func TestTheCookieFollowsItsUserToAnotherOrganisation(t *testing.T) {
	t.Parallel()
	w := New(t)
	a, b, _, _, person := joined(t, w)
	in := w.Do("signIn", Body(Object{"identifier": person.Identifier, "password": person.Password, "organisation": a.ID}), Page(), inCookie())
	before := kept(t, in.Want(t, 200))
	answer := w.Do("switchOrganisation", Body(Object{"organisation": b.ID}), Page(sent(before)))
	after := kept(t, answer.Want(t, 200))
	if after == nil || after.Value == "" || after.Value == before.Value || strings.Contains(answer.Text, after.Value) {
		t.Fatalf("%s %q", answer.Text, answer.Cookies)
	}
	w.Do("getMe", Page(sent(before))).Refused(t, 401, "unauthenticated")
	equal(t, "organisation", Read[Me](t, w.Do("getMe", Page(sent(after))), 200).Organisation.ID, string(b.ID))
}

// Following a mailed link opens the session for what comes next, in the cookie as well.
func TestAMailedLinksSessionIsInTheCookie(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
	o.Settle()
	token := o.Mails.Token(t, user.Email, directory.MailVerification)
	answer := o.Do("redeemLink", Body(Object{"token": token, "password": newPassword}), Page(), inCookie())
	redeemed := Read[Redeemed](t, answer, 200)
	cookie := kept(t, answer)
	if redeemed.Session == nil || redeemed.Session.Token != "" || cookie == nil {
		t.Fatalf("%s %q", answer.Text, answer.Cookies)
	}
	equal(t, "next", redeemed.Next, "enrolSecondFactor")
	o.Do("beginTotp", Page(sent(cookie))).Want(t, 200)
}
