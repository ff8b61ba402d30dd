package functionstest

import (
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"mandate/shared/directory"
)

// 5.8, 4.2: nobody learns who is a user by what an answer says or by what it costs: the same text, the same calls to the
// table, and as many passwords hashed. Time is not looked at: it is these that take it.
func TestAnswersAndWorkTellNobodyFromNobody(t *testing.T) {
	inEverySetup(t, func(t *testing.T, o *Tenant) {
		gone := o.Regular("gone", nil)
		o.alter(string(gone.ID), func(u *directory.User) { u.Status = directory.StatusInactive })
		waiting := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
		unverified := waiting.Email
		if waiting.Username != "" {
			unverified = waiting.Username
		}
		o.alter(string(o.Ben.ID), func(u *directory.User) { u.IPAllowList = []string{office} })
		link := o.Mails.Token(t, waiting.Email, directory.MailVerification)
		ticket, _ := directory.ParseTicket(directory.TicketLink, link)
		forged := func(alter func(*directory.Ticket)) string {
			other := ticket
			alter(&other)
			return other.Text(directory.TicketLink)
		}
		nobody := forged(func(t *directory.Ticket) {
			t.User, t.Link = "usr_00000000000000000000000001", "lnk_00000000000000000000000001"
		})
		guessed := forged(func(t *directory.Ticket) { t.Secret[0] ^= 1 })

		challenge := passwordAccepted(t, o.Rosa).ID
		begun, _ := directory.ParseTicket(directory.TicketChallenge, challenge)
		other := begun
		other.User, other.Identity = "usr_00000000000000000000000001", "idn_00000000000000000000000001"
		begun.Secret[0] ^= 1

		names := map[string]Part{}
		for name, identifier := range map[string]string{
			"a user": o.Rosa.Identifier, "nobody": "nobody@example.com", "no address": "nobody", "an inactive user": gone.Identifier,
			"one who is not verified": unverified, "one who may not sign in from here": o.Ben.Identifier, "a program": o.Robot.Email, "an operator": o.Operator().Identifier,
		} {
			names[name] = Body(Object{"identifier": identifier, "password": "guess"})
		}
		for _, probe := range []struct {
			operation string
			parts     map[string]Part
			hashes    int64
		}{
			{"signIn", names, 1},
			{"forgotPassword", map[string]Part{
				"a user": Body(Object{"identifier": o.Rosa.Email}), "nobody": Body(Object{"identifier": "nobody@example.com"}),
				"a program": Body(Object{"identifier": o.Robot.Email}), "an inactive user": Body(Object{"identifier": gone.Email}),
			}, 0},
			{"inspectLink", map[string]Part{"a guess": Body(Object{"token": guessed}), "nobody": Body(Object{"token": nobody})}, 0},
			{"redeemLink", map[string]Part{
				"a guess": Body(Object{"token": guessed, "password": newPassword}), "nobody": Body(Object{"token": nobody, "password": newPassword}),
			}, 0},
			{"answerChallenge", map[string]Part{
				"a guess": Body(Object{"challengeId": begun.Text(directory.TicketChallenge), "method": "totp", "code": "000000"}),
				"nobody":  Body(Object{"challengeId": other.Text(directory.TicketChallenge), "method": "totp", "code": "000000"}),
			}, 0},
		} {
			var first Answer
			var calls []string
			for name, part := range probe.parts {
				var answer Answer
				var made []string
				hashed := o.Hashes(func() { made = o.Client.Calls(func() { answer = o.Do(probe.operation, part) }) })
				if first.Operation == "" {
					first, calls = answer, made
				}
				equal(t, probe.operation+" of "+name, answer, first)
				equal(t, "calls of "+probe.operation+" of "+name, made, calls)
				equal(t, "passwords hashed by "+probe.operation+" of "+name, hashed, probe.hashes)
			}
		}
	})
}

// 5.6: what cannot be guessed is not throttled, so that nobody shuts somebody else out by guessing: a program's secret, a
// session's token, a mailed link. And a name that is tried in other counts' words is counted for itself.
func TestGuessingShutsNobodyOut(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	user := done(t, o, o.Ada.Do("createUser", Body(newUser(o, nil))))
	link := o.Mails.Token(t, user.Email, directory.MailVerification)
	ticket, _ := directory.ParseTicket(directory.TicketLink, link)
	thief := *o.Robot
	unchanged(t, o.World, "guessing", func() {
		for i := range byte(30) {
			thief.ClientSecret = fmt.Sprintf("guess-%d", i)
			thief.Do("getMe").Refused(t, 401, "unauthenticated")
			guess := ticket
			guess.Secret[i] ^= 1
			redeem(o.World, guess.Text(directory.TicketLink), newPassword).Refused(t, 404, "notFound")
		}
	})
	o.Robot.Do("getMe").Want(t, 200)

	for _, name := range []string{"reset/" + o.Rosa.Email, "signIn/" + o.Rosa.Email, "stepUp/" + string(o.Rosa.Identity), o.Rosa.Email + "#", o.Rosa.Email + "\u0000"} {
		for range 6 {
			signIn(o.World, name, "guess")
		}
	}
	o.Do("forgotPassword", Body(Object{"identifier": o.Rosa.Email})).Want(t, 202)
	o.Settle()
	contains(t, o.Mails.Kinds(o.Rosa.Email), directory.MailPasswordReset)
	o.Rosa.On().SignIn(t)
	redeem(o.World, link, newPassword).Want(t, 200)
}

// A session is the service's to name: what a client brings along when it signs in is neither taken nor raised, and what was
// only half a sign-in is no session.
func TestASessionIsNotFixed(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("bc-connect")
	planted := o.Ben.Token
	cookie := func(e *event) { e.Cookies = []string{"mandate_session=" + planted} }
	for name, part := range map[string]Part{"a token": Header("Authorization", "Bearer "+planted), "a cookie": cookie} {
		rosa := o.Rosa.On()
		session := rosa.SignIn(t, part, Header("Sec-Fetch-Site", "same-origin"))
		if session.Token == planted || session.User.ID != string(o.Rosa.ID) {
			t.Errorf("%s was taken for the new session's", name)
		}
	}
	equal(t, "whose the planted one is", o.Ben.Me(t).User.ID, string(o.Ben.ID))
	challenge := passwordAccepted(t, o.Rosa).ID
	for _, token := range []string{challenge, strings.Replace(challenge, directory.TicketChallenge, directory.TicketSession, 1)} {
		(&Person{World: o.World, Token: token}).Do("getMe").Refused(t, 401, "unauthenticated")
	}
	first, second := o.Rosa.On(), o.Rosa.On()
	if a, b := first.SignIn(t).Token, second.SignIn(t).Token; a == b {
		t.Error("two sessions have one token")
	}
}

// Who calls, from where and what for is what the gateway says: no header and no cookie says it in its place, however often.
func TestForgedHeadersSayNothing(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("adyen")
	o.alter(string(o.Rosa.ID), func(u *directory.User) { u.IPAllowList = []string{office} })
	forged := `{"http":{"method":"GET","sourceIp":"` + office + `"},"authorizer":{"lambda":{"user":"` + string(o.Ada.ID) + `"}}}`
	for name, value := range map[string]string{
		"X-Amzn-Request-Context": forged, "X-Apigateway-Context": forged, "X-Apigateway-Event": forged, "X-Forwarded-User": string(o.Ada.ID),
		"X-User-Id": string(o.Ada.ID), "X-Original-Url": "/v1/users", "X-Rewrite-Url": "/v1/users", "X-Http-Method-Override": "DELETE", "X-Forwarded-Host": "evil.example.com",
		"X-Forwarded-For": office, "True-Client-Ip": office, "X-Amzn-Mtls-Clientcert": o.certificate(9).PEM, "Organisation": string(o.ID), "Mandate-Organisation": string(o.ID),
	} {
		o.Rosa.Do("getMe", From(elsewhere), Header(name, value)).Refused(t, 403, "forbidden")
		equal(t, "who calls with "+name, Read[Me](t, o.Rosa.Do("getMe", From(office), Header(name, value)), 200).User.ID, string(o.Rosa.ID))
		o.Do("getMe", Header(name, value)).Refused(t, 401, "unauthenticated")
		o.Rosa.Do("listUsers", From(office), Header(name, value)).Refused(t, 403, "forbidden")
	}
	cookies := func(values ...string) Part {
		return func(e *events.APIGatewayV2HTTPRequest) {
			for _, value := range values {
				e.Cookies = append(e.Cookies, "mandate_session="+value)
			}
		}
	}
	// The Authorization field goes before a cookie, and no two credentials are put together.
	equal(t, "who", Read[Me](t, o.Ben.Do("getMe", cookies(o.Ada.Token)), 200).User.ID, string(o.Ben.ID))
	o.Do("getMe", cookies("", "x; mandate_session="+o.Ada.Token)).Refused(t, 401, "unauthenticated")
	for _, field := range []string{
		"bearer", "Bearer", "Bearer ", "Bearer " + o.Ada.Token + ", Bearer " + o.Ben.Token, "Basic " + o.Ada.Token, "Token " + o.Ada.Token, o.Ada.Token,
		"Basic " + base64.StdEncoding.EncodeToString([]byte(o.Robot.ClientID)), "Basic " + base64.StdEncoding.EncodeToString([]byte(":"+o.Robot.ClientSecret)),
		"Basic " + base64.StdEncoding.EncodeToString([]byte(o.Robot.ClientID+":"+o.Robot.ClientSecret+"\x00")),
	} {
		o.Do("getMe", Header("Authorization", field)).Refused(t, 401, "unauthenticated")
	}
}

// What people call themselves is text wherever it goes: it ends no header of a mail, opens no cell of a table, and is no
// markup. What could disturb more is refused at the door.
func TestNamesAreText(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	broken := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, Object{"name": Object{"first": "Nina\r\nBcc: eve@example.com"}}))), 201).User
	equal(t, "a name of two lines", broken.Name.First, "Nina Bcc: eve@example.com")
	for _, name := range []string{"Ni\u202ena", "Ni\x00na", "Ni\u200bna", "Ni\u2066na"} {
		o.Ada.Do("createUser", Body(newUser(o, Object{"name": Object{"first": name}}))).Faulty(t, "name.first", "characters")
	}
	for _, name := range []string{`=HYPERLINK("https://evil.example.com","Nina")`, "+1", "-1+1|cmd", "@SUM(A1)", "＝1", `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "{{.Secret}}", "%s%n", "${jndi:x}"} {
		user := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, Object{"name": Object{"first": name, "last": name}}))), 201).User
		equal(t, "name", user.Name.First, name)
		o.Settle()
		mail := o.Mails.Last(t, user.Email, directory.MailVerification)
		if strings.ContainsAny(mail.Subject+mail.To, "\r\n") || strings.Contains(mail.HTML, "<script>") || strings.Contains(mail.HTML, "<img src=x") {
			t.Errorf("%q is more than text in: %s\n%s", name, mail.Subject, mail.HTML)
		}
	}
	for _, list := range []string{"exportUsers", "listOperations", "accessMatrix"} {
		lines, err := csv.NewReader(strings.NewReader(o.Ada.Do(list, asTable).Want(t, 200).Text)).ReadAll()
		if err != nil || len(lines) < 10 {
			t.Fatalf("%s: %d lines, %v", list, len(lines), err)
		}
		for _, line := range lines {
			for _, cell := range line {
				if cell != "" && strings.ContainsRune("=+-@＝", []rune(cell)[0]) {
					t.Errorf("%s has the cell %q", list, cell)
				}
			}
		}
	}
}

// Two addresses that look alike are not both taken for one's, nor is one taken twice in another spelling: what is no ASCII is
// refused, and case and white space do not tell addresses apart. Dots and tags do: they are other mailboxes to most.
func TestLookAlikeAddresses(t *testing.T) {
	t.Parallel()
	o := New(t).Tenant("leaseweb")
	email := o.Email("paypal")
	create := func(address string) Answer { return o.Ada.Do("createUser", Body(newUser(o, Object{"email": address}))) }
	create(email).Want(t, 201)
	local, domain, _ := strings.Cut(email, "@")
	for _, same := range []string{strings.ToUpper(email), " " + email + "\t", strings.ToUpper(local) + "@" + domain, local + "@" + strings.ToUpper(domain)} {
		create(same).Faulty(t, "email", "taken")
	}
	for alike, rule := range map[string]string{
		strings.Replace(email, "a", "а", 1): "ascii", strings.Replace(email, "p", "р", 1): "ascii", strings.Replace(email, ".", "。", 1): "ascii",
		strings.Replace(email, ".", "\u2024", 1): "ascii", local + "＠" + domain: "ascii", strings.Replace(email, "l", "\u2113", 1): "ascii", "\u200b" + email: "ascii",
		email + ".": "format", `"` + local + `"@` + domain: "format", local + "@" + domain + "@example.com": "format", local + " @" + domain: "format",
		local + "(x)@" + domain: "format", "<" + email + ">": "format",
	} {
		create(alike).Faulty(t, "email", rule)
	}
	create(local+"+tag@"+domain).Want(t, 201)
}

// An Idempotency-Key is its user's alone: the same one of somebody else, of another organisation too, is another.
func TestAnIdempotencyKeyIsItsUsers(t *testing.T) {
	t.Parallel()
	w := New(t)
	o, other := w.Tenant("adyen"), w.Tenant("adyen")
	first := Read[UserAnswer](t, o.Ada.Do("createUser", Body(newUser(o, nil)), Key("k")), 201).User
	for _, who := range []struct {
		*Person
		of *Tenant
	}{{o.Ben, o}, {other.Ada, other}} {
		second := Read[UserAnswer](t, who.Do("createUser", Body(newUser(who.of, nil)), Key("k")), 201).User
		if second.ID == first.ID {
			t.Error("somebody else's request was answered")
		}
	}
	o.Ada.Do("createUser", Body(newUser(o, nil)), Key("k")).Refused(t, 422, "keyReused")
}
