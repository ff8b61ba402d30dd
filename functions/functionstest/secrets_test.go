package functionstest

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mandate/functions/faulttest"
	"mandate/shared/api"
	"mandate/shared/directory"
)

// secret is what only one place may show: the answer that hands it out, the mail or text that brings it, or none.
type secret struct {
	what, value string
	shown       []string // what such places begin with
}

// forms are a text as it is, and as it would be found inside of what is encoded: in base64 of both alphabets at each of the
// three places that it can begin at, in hexadecimal, and escaped for a URL.
func forms(value string) map[string]string {
	all := map[string]string{"as it is": value, "in hexadecimal": hex.EncodeToString([]byte(value))}
	for before := range 3 {
		text := append(make([]byte, before), value...)
		text = text[:len(text)-len(text)%3] // what comes behind it shares the last letters
		encoded := base64.RawStdEncoding.EncodeToString(text)
		encoded = encoded[(before*8+5)/6:] // and what comes before it the first
		all["in base64"+strings.Repeat("'", before)] = encoded
		all["in base64url"+strings.Repeat("'", before)] = strings.NewReplacer("+", "-", "/", "_").Replace(encoded)
	}
	for name, escaped := range map[string]string{"in a query": url.QueryEscape(value), "in a path": url.PathEscape(value)} {
		if escaped != value {
			all[name] = escaped
		}
	}
	return all
}

// notebook is all secrets of a story.
type notebook struct {
	t    *testing.T
	tape *Tape
	all  []secret
}

func (n *notebook) note(what, value string, shown ...string) {
	n.t.Helper()
	if len(value) < 8 {
		n.t.Fatalf("%s is %q", what, value)
	}
	n.all = append(n.all, secret{what, value, shown})
}

// ticket notes a token, and the random bits in it apart from the rest.
func (n *notebook) ticket(what, kind, value string, shown ...string) {
	n.t.Helper()
	n.note(what, value, shown...)
	ticket, ok := directory.ParseTicket(kind, value)
	if !ok {
		n.t.Fatalf("%s is no ticket: %s", what, value)
	}
	n.note(what+"'s bits", string(ticket.Secret[:]), shown...)
}

func (n *notebook) session(what string, session *api.Session, operation string) {
	n.t.Helper()
	n.ticket("session of "+what, directory.TicketSession, session.Token, "answer of "+operation)
}

// looks fails the test where a secret is in a place that may not show it. All of the table is looked at as it is in the
// end, besides all that was ever written to it, and of each kind of place there must be something to look at.
func (n *notebook) looks(o *Tenant, kinds ...string) {
	n.t.Helper()
	for key, item := range o.Table() {
		n.tape.keep("item "+key, unescaped(item))
	}
	counts := n.tape.Kept()
	for _, kind := range kinds {
		if counts[kind] == 0 {
			n.t.Errorf("nothing was kept of: %s", kind)
		}
	}
	for _, one := range n.all {
		for form, text := range forms(one.value) {
			for _, place := range n.tape.Places(text) {
				if !slices.ContainsFunc(one.shown, func(shown string) bool { return strings.HasPrefix(place, shown) }) {
					n.t.Errorf("%s is in: %s, %s", one.what, place, form)
				}
			}
		}
		if len(one.shown) > 0 && !strings.HasSuffix(one.what, "'s bits") && len(n.tape.Places(one.value)) == 0 {
			n.t.Errorf("%s is shown nowhere: the test does not see what it should", one.what)
		}
	}
	// Were one of them kept, it would be found: in each kind of place, in whatever form.
	for _, kind := range kinds {
		for form, text := range forms("a secret that " + kind + " lets out") {
			n.tape.keep(kind+" of the test", Object{"in": Object{"form": "before " + text + " behind"}})
			if len(n.tape.Places(text)) == 0 {
				n.t.Errorf("what is kept of %s %s is not seen", kind, form)
			}
		}
	}
}

// troubled makes a request while calls to the table fail, and then as it is, so that what is said of errors is heard as well.
func (n *notebook) troubled(w *World, do func() Answer) Answer {
	n.t.Helper()
	for _, call := range []string{"BatchGetItem", "TransactWriteItems"} {
		w.Faults.Begin(func(_ int, name string) faulttest.Kind {
			if name == call {
				return faulttest.Lost
			}
			return faulttest.Well
		})
		if answer := do(); answer.Status/100 == 2 {
			n.t.Fatalf("%s succeeds without %s", answer.Operation, call)
		}
	}
	w.Faults.Begin(nil)
	return do()
}

// Invariant 5; issue 5, item 6: after a full story, with failures on its way, none of its secrets is anywhere but where it
// must be: not in logs, other answers, mails, what was ever written to the table (the outbox is part of it), or what Step
// Functions keeps. Secrets of 256 bits are looked for by their bits as well, and all of them in what they could be encoded in.
func TestNoSecretIsAnywhereElse(t *testing.T) {
	t.Parallel()
	t.Run("bc-connect", func(t *testing.T) {
		t.Parallel()
		n := &notebook{t: t, tape: &Tape{}}
		o := New(t, Recording(n.tape)).Tenant("bc-connect")
		nina := n.arrives(o)
		n.signsIn(o, nina)
		n.resets(o, nina)
		n.program(o)
		n.putAside(o)
		n.looks(o, "answer", "mail", "log", "table", "item", "history")
	})
	t.Run("billpro", func(t *testing.T) {
		t.Parallel()
		n := &notebook{t: t, tape: &Tape{}}
		o := New(t, Recording(n.tape)).Tenant("billpro")
		body := Body(apiUser(o))
		made := Read[UserAnswer](t, n.troubled(o.World, func() Answer { return o.Ada.Do("createUser", body, Key("robot")) }), 201)
		n.note("client secret", made.Credential.ClientSecret, "answer of createUser", "answer of revealCredential")
		shown := Read[struct{ Credential api.IssuedCredential }](t, n.troubled(o.World, func() Answer { return o.Ada.reveal(made.User.ID, made.Credential.ID) }), 200)
		equal(t, "secret", shown.Credential.ClientSecret, made.Credential.ClientSecret)
		o.Settle()
		n.looks(o, "answer", "log", "table", "item")
	})
	t.Run("b2binpay", func(t *testing.T) {
		t.Parallel()
		n := &notebook{t: t, tape: &Tape{}}
		o := New(t, Recording(n.tape)).Tenant("b2binpay")
		olga := o.In(o)
		const set = "set by staff: a stone in the stream"
		n.note("password that staff set", set)
		n.troubled(o.World, func() Answer { return olga.Do("setPassword", At(o.Rosa.ID), Body(Object{"password": set})) }).Want(t, 200)
		o.Settle()
		rosa := o.Rosa.On()
		rosa.Password = set
		session := rosa.SignIn(t)
		n.session("who must choose another password", session, "answerChallenge")
		const chosen = "chosen by rosa: a lamp in the window"
		n.note("password that was chosen", chosen)
		n.troubled(o.World, func() Answer { return rosa.Do("changeMyPassword", Body(Object{"current": set, "new": chosen})) }).Want(t, 204)

		person, user := invited(t, o, nil)
		n.session("who onboards", &api.Session{Token: person.Token}, "redeemLink")
		code := o.Texts.Code(t, user.Phone)
		person.verifies(code).Want(t, 200)
		o.Settle()
		for _, one := range o.Texts.Messages() {
			n.tape.keep("text to "+one.To, one)
		}
		n.looks(o, "answer", "mail", "text", "log", "table", "item")
		for _, before := range []string{`"`, " ", "=", ":", "/"} { // six digits may be part of a telephone number
			for _, place := range n.tape.Places(before + code) {
				if place != "text to "+user.Phone {
					t.Errorf("the code that was texted is in: %s", place)
				}
			}
		}
	})
}

// arrives is the story of a new user, up to its second factors.
func (n *notebook) arrives(o *Tenant) *Person {
	body := Body(newUser(o, nil))
	user := done(n.t, o, n.troubled(o.World, func() Answer { return o.Ada.Do("createUser", body, Key("nina")) }))
	link := o.Mails.Token(n.t, user.Email, directory.MailVerification)
	n.ticket("verification link", directory.TicketLink, link, "mail verification to "+user.Email)
	o.Ada.Do("resendVerification", At(user.ID)).Want(n.t, 202)
	o.Settle()
	link = o.Mails.Token(n.t, user.Email, directory.MailVerificationResent)
	n.ticket("verification link sent again", directory.TicketLink, link, "mail verificationResent to "+user.Email)

	nina := &Person{World: o.World, Organisation: o.ID, ID: directory.UserID(user.ID), Email: user.Email, Identifier: user.Email,
		Password: "nina's own: a boat on the lake", app: &app{}}
	n.note("password", nina.Password)
	o.Do("inspectLink", Body(Object{"token": link})).Want(n.t, 200)
	session := Read[Redeemed](n.t, n.troubled(o.World, func() Answer { return redeem(o.World, link, nina.Password) }), 200).Session
	n.session("who sets up a second factor", session, "redeemLink")
	nina.Token = session.Token

	begun := Read[struct{ Secret, URI string }](n.t, n.troubled(o.World, func() Answer { return nina.Do("beginTotp", Key("begin")) }), 200)
	n.note("authenticator app's secret", begun.Secret, "answer of beginTotp")
	nina.Secret = begun.Secret
	codes := Read[struct{ RecoveryCodes []string }](n.t, n.troubled(o.World, func() Answer {
		return nina.Do("confirmTotp", Body(Object{"code": nina.Code()}), Key("confirm"))
	}), 200).RecoveryCodes
	n.codes(codes, "confirmTotp")
	renewed := nina.Do("newRecoveryCodes", Body(Object{"code": nina.Code()}), Key("renew"))
	fresh := Read[struct{ RecoveryCodes []string }](n.t, renewed, 200).RecoveryCodes
	n.codes(fresh, "newRecoveryCodes")
	o.Settle()

	// A code is used up by signing in with it.
	challenge := n.challenge(o, nina)
	answered := Read[SignedIn](n.t, n.troubled(o.World, func() Answer {
		return o.Do("answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "recovery", "code": fresh[0]}))
	}), 200)
	n.session("who used a recovery code", answered.Session, "answerChallenge")
	return nina
}

func (n *notebook) codes(codes []string, operation string) {
	n.t.Helper()
	for _, code := range codes {
		n.note("recovery code", code, "answer of "+operation)
		n.note("recovery code without its dashes", strings.ReplaceAll(code, "-", ""))
	}
}

func (n *notebook) challenge(o *Tenant, p *Person) *api.Challenge {
	n.t.Helper()
	challenge := Read[SignedIn](n.t, n.troubled(o.World, func() Answer { return signIn(o.World, p.Identifier, p.Password) }), 200).Challenge
	n.ticket("challenge", directory.TicketChallenge, challenge.ID, "answer of signIn")
	return challenge
}

// signsIn is how somebody signs in rightly and wrongly, changes the password, and is out.
func (n *notebook) signsIn(o *Tenant, nina *Person) {
	challenge := n.challenge(o, nina)
	o.Do("answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "totp", "code": "000000"})).Want(n.t, 401)
	session := Read[SignedIn](n.t, o.Do("answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "totp", "code": nina.Code()})), 200).Session
	n.session("who signed in", session, "answerChallenge")
	nina.Token = session.Token

	// What people do: the password where the name belongs, and into a search; a token where an id belongs.
	signIn(o.World, nina.Password, nina.Password).Want(n.t, 401)
	o.Do("forgotPassword", Body(Object{"identifier": nina.Password})).Want(n.t, 202)
	o.Do("signIn", Body(Object{"identifier": nina.Identifier, "password": Object{"value": nina.Password}})).Want(n.t, 422)
	o.Do("signIn", Raw(`{"identifier":"x","password":"`+nina.Password+`"`)).Want(n.t, 400)
	o.Do("getMe", Header("Authorization", "Basic "+session.Token)).Want(n.t, 401)
	nina.Do("getMe", Header("Mandate-Session", session.Token), Query("token", session.Token)).Want(n.t, 422)
	nina.Do("endMySession", At(session.Token)).Want(n.t, 422)

	o.Rosa.Wake()
	device := o.Rosa.AddPasskey(n.t)
	n.session("who signed in by a passkey", Read[SignedIn](n.t, o.Rosa.SignInBy(n.t, device, nil), 200).Session, "finishPasskeySignIn")
	const another = "nina's next: a bird in the hedge"
	n.note("another password", another)
	n.troubled(o.World, func() Answer {
		return nina.Do("changeMyPassword", Body(Object{"current": "not this: a hole in the wall", "new": another}))
	}).Want(n.t, 401)
	n.note("wrong password", "not this: a hole in the wall")
	nina.Do("changeMyPassword", Body(Object{"current": nina.Password, "new": another}), Key("change")).Want(n.t, 204)
	nina.Password = another
	o.Settle()
	nina.Do("signOut").Want(n.t, 204)
}

// resets is how a forgotten password is chosen anew.
func (n *notebook) resets(o *Tenant, nina *Person) {
	for kind, ask := range map[string]func() Answer{
		"forgotten": func() Answer { return o.Do("forgotPassword", Body(Object{"identifier": nina.Email})) },
		"reset":     func() Answer { return o.Ada.Do("sendPasswordReset", At(nina.ID)) },
	} {
		o.Ada.Wake()
		n.troubled(o.World, ask).Want(n.t, 202)
		o.Settle()
		link := o.Mails.Token(n.t, nina.Email, directory.MailPasswordReset)
		n.ticket("reset link", directory.TicketLink, link, "mail passwordReset to "+nina.Email)
		nina.Password = kind + " by nina: a cup on the shelf"
		n.note("password after a reset", nina.Password)
		n.troubled(o.World, func() Answer { return redeem(o.World, link, nina.Password) }).Want(n.t, 200)
		redeem(o.World, link, nina.Password).Want(n.t, 410)
		o.Settle()
	}
}

// program is how a program gets its secrets, and calls with them.
func (n *notebook) program(o *Tenant) {
	o.Wake()
	answer := n.troubled(o.World, func() Answer { return o.Ada.Do("createCredential", At(o.Robot.ID), Key("credential")) })
	issued := Read[UserAnswer](n.t, answer, answer.Status)
	n.note("client secret", issued.Credential.ClientSecret, "answer of createCredential")
	o.goesThrough(n.t, o.Ada, issued.Change)
	robot := o.Caller(issued.Credential)
	robot.Do("getMe").Want(n.t, 200)
	rotated := o.Ada.Do("rotateCredential", At(string(o.Robot.ID), issued.Credential.ID))
	again := Read[UserAnswer](n.t, rotated, rotated.Status)
	n.note("rotated client secret", again.Credential.ClientSecret, "answer of rotateCredential")
	o.goesThrough(n.t, o.Ada, again.Change)
	o.Caller(again.Credential).Do("getMe").Want(n.t, 200)
	o.Caller(&api.IssuedCredential{ClientID: again.Credential.ClientID, ClientSecret: "guess at a client's secret"}).Do("getMe").Want(n.t, 401)
	n.note("guess", "guess at a client's secret")
	for _, operation := range []string{"listOperations", "listChanges", "listUsers", "exportUsers"} {
		o.Ada.Do(operation, Query("limit", "200")).Want(n.t, 200)
	}
	for _, operation := range []string{"listUserTokens", "listUserSessions", "listUserSignIns", "listUserOperations"} {
		o.Ada.Do(operation, At(o.Rosa.ID)).Want(n.t, 200)
	}
}

// putAside is a mail with a link that SES refuses for a day, and so often that it is put aside. What is said of the
// failures, and what is kept of the mail, tells nothing of the link; what the stream's own queue of failures has is where
// a record stood (infra/stack).
func (n *notebook) putAside(o *Tenant) {
	o.Wake()
	asked := Read[UserAnswer](n.t, o.Ada.Do("createUser", Body(newUser(o, nil))), 202)
	o.Ben.Approve(asked.Change).Want(n.t, 200)
	o.Settle()
	pass(o, hour)
	refused := 0
	o.Faults.Begin(func(_ int, call string) faulttest.Kind {
		if strings.HasSuffix(call, "/outbound-emails") {
			refused++
			return faulttest.Lost
		}
		return faulttest.Well
	})
	o.machine.run(n.t.Context())
	for o.Sweep().Aside == 0 {
		for _, ref := range o.Outbox() {
			_ = o.tryCarry(ref) // and its error is in the log
		}
		o.Advance(hour)
	}
	o.Faults.Begin(nil)
	if refused == 0 || len(n.tape.Places("outbox item not carried")) == 0 {
		n.t.Error("no mail was refused")
	}
	o.Recall()
	o.Settle()
	link := o.Mails.Token(n.t, asked.User.Email, directory.MailVerification)
	n.ticket("link of a mail that was put aside", directory.TicketLink, link, "mail verification to "+asked.User.Email)
}
