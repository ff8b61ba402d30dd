package functionstest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// deed is a kind of step, by its name, with the operations that it is of.
type deed struct {
	name string
	draw func(*script, *rapid.T) step
	of   string
}

func (d deed) String() string { return d.name }

// The deeds, those more often that more depends on. What takes time or carries things happens alone.
var (
	asking   = deed{"ask", (*script).asks, "updateUser deactivateUser reactivateUser removeUser resetSecondFactor"}
	deciding = deed{"decide", (*script).decides, "confirmChange approveChange rejectChange cancelChange"}
	working  = deed{"work", (*script).works, ""}

	atOnce = []deed{
		asking, deciding, asking, deciding, asking, deciding,
		{"create", (*script).creates, "createUser duplicateUser"},
		{"keep", (*script).keeps, "createContact updateContact deleteContact createRole updateRole deleteRole"},
		{"assign", (*script).assigns, "assignAccount"},
		{"arm", (*script).arms, "createCredential rotateCredential revokeCredential addCertificate removeCertificate"},
		{"call", (*script).calls, ""},
		{"open accounts", (*script).opensAccounts, "openAccount createCompany"},
		{"rule", (*script).rules, "updateOrganisation"},
		{"file", (*script).files, "createServiceRequest decideServiceRequest"},
		{"follow a link", (*script).followsLink, "redeemLink"},
		{"mail a link", (*script).mailsLink, "sendPasswordReset resendVerification"},
		{"end sessions", (*script).endsSessions, "signOut endUserSessions"},
		{"look", (*script).looks, "getMe"},
		{"speak", (*script).speaks, "updateMe"},
	}
	deeds = slices.Concat(atOnce, []deed{
		working, working, working, {"wait", (*script).waits, ""},
		{"sign in", (*script).signsIn, "signIn answerChallenge"},
		{"end one session", (*script).endsOne, "endMySession endUserSession"},
		{"change factors", (*script).factors, "beginTotp confirmTotp removeTotp newRecoveryCodes"},
		{"change the password", (*script).changesPassword, "changeMyPassword"},
	})
)

// goesOn lets some time pass: what is not at the same time is at another.
func (s *script) goesOn() {
	if s.Now().Sub(s.sealed) > 2*minute {
		s.seals()
	}
	s.Advance(5 * time.Second)
	s.clock()
}

// somebody is one of those who act, mostly an admin, with the session that it began last. Who has none signs in first.
func (s *script) somebody(r *rapid.T) (id string, at int, none bool) {
	id = s.drawn(r, "who", "ada", "ben", "ada", "ben", "rosa", "olga", "cas")
	for at = s.places - 1; s.m.sessions[at].user != id; at-- {
	}
	last := s.m.sessions[at]
	return id, at, last.ended || s.m.now.Sub(last.used) >= directory.SessionIdle/2
}

// drawn is the id of one of these names.
func (s *script) drawn(r *rapid.T, what string, names ...string) string {
	name := rapid.SampledFrom(names).Draw(r, what)
	for id, one := range s.names {
		if one == name {
			return id
		}
	}
	panic("nobody is called " + name)
}

// with is the person with one of its sessions.
func (s *script) with(at int) *Person {
	one := *s.people[s.m.sessions[at].user]
	one.Token = s.tokens[at]
	return &one
}

// requests is a step that a session takes: a request, what stands against it, and what comes of it. Some are sent twice
// under one key, and done once (10.1).
func (s *script) requests(r *rapid.T, at int, text, operation string, parts []Part, against func(*model) reasons, done func(*model, Answer)) step {
	who := s.with(at)
	if endpoint(operation).Method == "POST" && rapid.IntRange(0, 3).Draw(r, "sent twice") == 3 {
		return s.twice(who, at, text, operation, parts, against, done)
	}
	return step{
		text: s.names[s.m.sessions[at].user] + " " + text,
		do:   only(func() Answer { return who.Do(operation, parts...) }), expect: []expectation{expected(at, operation, against, done)},
	}
}

// expected is what a session's request comes to.
func expected(at int, operation string, against func(*model) reasons, done func(*model, Answer)) expectation {
	return func(m *model, answer Answer) string {
		in, wrong := m.enters(at, answer)
		if !in {
			return wrong
		}
		ok, wrong := m.enrolling(at, operation, against(m)).judge(answer)
		if ok {
			done(m, answer)
		}
		return wrong
	}
}

func (s *script) twice(who *Person, at int, text, operation string, parts []Part, against func(*model) reasons, done func(*model, Answer)) step {
	parts = append(parts, Key(fmt.Sprint("key-", s.next())))
	var first Answer
	return step{
		text: s.names[s.m.sessions[at].user] + " twice " + text,
		do: func() []Answer {
			first = who.Do(operation, parts...)
			if first.Status/100 != 2 {
				return []Answer{first}
			}
			return []Answer{first, who.Do(operation, parts...)}
		},
		expect: []expectation{expected(at, operation, against, done), func(m *model, again Answer) string {
			if parsed[UserAnswer](first).Preview != nil { // nothing was done, and each tells what there is
				return expected(at, operation, against, done)(m, again)
			}
			in, wrong := m.enters(at, again)
			if in && again.Status != first.Status {
				return fmt.Sprintf("%s, sent again, is answered %d %s", operation, again.Status, again.Text)
			}
			return wrong
		}},
	}
}

// one of the users that there were.
func (s *script) user(r *rapid.T) string {
	var names []string
	for _, id := range s.ids {
		names = append(names, s.names[id])
	}
	return s.drawn(r, "whom", names...)
}

// creates asks for a regular user, by names that others may have.
func (s *script) creates(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	n := rapid.IntRange(1, 4).Draw(r, "names")
	email, phone, username := fmt.Sprintf("pool%d@example.com", n), fmt.Sprintf("+44740090000%d", rapid.IntRange(1, 4).Draw(r, "phone")), fmt.Sprintf("pool-%d", n)
	with := Object{"email": email, "phone": phone}
	if s.settings.SignInName == directory.SignInUsername {
		with["username"] = username
	} else {
		username = ""
	}
	if s.settings.Shares() {
		delete(with, "phone")
		phone = ""
	}
	body := maps.Clone(s.newcomer)
	maps.Copy(body, with)
	operation, original, parts := "createUser", "", []Part{Body(body)}
	if rapid.IntRange(0, 3).Draw(r, "duplicate") == 3 && phone != "" {
		if original = s.user(r); s.m.users[original].kind != "regular" {
			original = string(s.Rosa.ID)
		}
		operation, parts = "duplicateUser", []Part{At(original), Body(with)}
	}
	preview := rapid.IntRange(0, 5).Draw(r, "preview") == 5
	if preview {
		parts = append(parts, Preview())
	}
	return s.requests(r, at, fmt.Sprintf("asks for %s, %s, as %s, preview %t", email, phone, s.names[original], preview), operation, parts,
		func(m *model) reasons {
			against := m.manages(who, user{kind: "regular"}, true).when(m.users[original].gone, "notFound")
			against.when(!m.free(email, func(u user) string { return u.Email }, ""), "invalid")
			against.when(phone != "" && !m.free(phone, func(u user) string { return u.phone }, ""), "invalid")
			return against.when(username != "" && !m.free(username, func(u user) string { return u.username }, ""), "invalid")
		},
		func(m *model, answer Answer) {
			if preview {
				return
			}
			made := parsed[UserAnswer](answer)
			id := made.User.ID
			if !slices.Contains(s.ids, id) {
				s.ids = append(s.ids, id)
				s.names[id] = fmt.Sprint("user ", len(s.ids))
			}
			as := profile{"Nina New", email, "1"}
			if original != "" {
				as.Name, as.Accounts = m.users[original].Name, m.users[original].Accounts
			}
			m.users[id] = user{kind: "regular", status: "pending", profile: as, phone: phone, username: username}
			s.begun(m, made.Change, change{act: operation, target: id, requester: who})
		})
}

// begun notes a change. Where it took effect at once no answer tells its id.
func (s *script) begun(m *model, made *api.Change, one change) {
	id := unnamed + one.act + " " + one.target
	if made != nil {
		id = made.ID
		if _, known := s.names[id]; !known {
			s.names[id] = fmt.Sprint("change ", len(s.names))
			s.order, s.shown[id] = append(s.order, id), *made
		}
	} else {
		for m.changes[id].act != "" {
			id += "+"
		}
	}
	m.begin(id, one)
}

// asks asks for a change of a user.
func (s *script) asks(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	target := s.user(r)
	one := s.m.users[target]
	acts := []string{"updateUser", "deactivateUser", "updateUser", "deactivateUser", "reactivateUser", "reactivateUser", "removeUser"}
	if one.kind == "regular" {
		acts = append(acts, "resetSecondFactor")
	}
	act := rapid.SampledFrom(acts).Draw(r, "act")
	alters, parts := func(p profile) profile { return p }, []Part{At(target)}
	if act == "updateUser" {
		body := Object{}
		switch what := rapid.SampledFrom([]string{"accounts", "name", "email"}).Draw(r, "what"); {
		case what == "accounts" && one.kind != "admin":
			numbers, accounts := rapid.SampledFrom([]string{"12", "2", "1", ""}).Draw(r, "accounts"), []string{}
			for _, number := range numbers {
				accounts = append(accounts, s.Accounts[number-'1'])
			}
			body["accounts"] = accounts
			alters = func(p profile) profile { p.Accounts = numbers; return p }
		case what == "email" && (one.kind == "api" || s.people[target] == nil):
			email := fmt.Sprintf("pool%d@example.com", rapid.IntRange(1, 4).Draw(r, "email"))
			body["email"] = email
			alters = func(p profile) profile { p.Email = email; return p }
		default:
			first := rapid.SampledFrom([]string{"Mona", "Nina"}).Draw(r, "first")
			body["name"] = Object{"first": first, "last": "New"}
			alters = func(p profile) profile { p.Name = first + " New"; return p }
		}
		parts = append(parts, Body(body))
	}
	return s.requests(r, at, fmt.Sprintf("asks %s of %s: %+v", act, s.names[target], alters(one.profile)), act, parts,
		func(m *model) reasons { return m.asks(who, act, target, alters(m.users[target].profile)) },
		func(m *model, answer Answer) {
			to := alters(m.users[target].profile)
			if act == "updateUser" && to == m.users[target].profile {
				return // nothing to do is done
			}
			s.begun(m, parsed[UserAnswer](answer).Change, change{act: act, target: target, requester: who, after: to})
		})
}

// decides decides about a change, mostly about one of the latest.
func (s *script) decides(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	if len(s.order) == 0 {
		return s.asks(r)
	}
	latest := slices.Clone(s.order)
	slices.SortStableFunc(latest, func(a, b string) int {
		return cmp.Compare(closed(s.m.changes[a].state), closed(s.m.changes[b].state))
	})
	id := latest[min(rapid.IntRange(0, len(latest)-1).Draw(r, "which"), rapid.IntRange(0, len(latest)-1).Draw(r, "or"))]
	operation := rapid.SampledFrom([]string{"approveChange", "approveChange", "cancelChange", "rejectChange", "confirmChange"}).Draw(r, "decision")
	if operation == "approveChange" && s.m.control == directory.ControlStepUp {
		operation = "confirmChange"
	}
	if operation == "confirmChange" {
		if requester := s.m.changes[id].requester; rapid.IntRange(0, 3).Draw(r, "own") > 0 && requester != who {
			for i := range s.places {
				if one := s.m.sessions[i]; one.user == requester && !one.ended && s.m.now.Sub(one.used) < directory.SessionIdle/2 {
					who, at = requester, i
				}
			}
		}
	}
	if s.claimed[who] && operation != "rejectChange" {
		operation = "cancelChange"
	}
	parts, prover := []Part{At(id)}, ""
	switch operation {
	case "rejectChange":
		parts = append(parts, Body(Object{"reason": "no"}))
	case "approveChange", "confirmChange":
		shown := s.shown[id]
		parts, prover = append(parts, s.people[who].Proof(&shown)), who
	}
	taken := s.requests(r, at, operation+" of "+s.names[id], operation, parts,
		func(m *model) reasons { return m.decides(who, operation, id) },
		func(m *model, _ Answer) { m.decided(operation, id) })
	expect := taken.expect[0]
	taken.expect[0] = func(m *model, answer Answer) string {
		wrong := expect(m, answer)
		if answer.Code() == "conflict" {
			m.ends(id, "failed")
		}
		return wrong
	}
	taken.claims = prover
	return taken
}

func closed(state string) int {
	if open(state) {
		return 0
	}
	return 1
}

// mailsLink sends a link to a user who is no admin.
func (s *script) mailsLink(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	target := s.user(r)
	if s.m.users[target].kind == "admin" {
		target = string(s.Rosa.ID)
	}
	operation := rapid.SampledFrom([]string{"sendPasswordReset", "resendVerification"}).Draw(r, "link")
	links := "links of " + target
	if s.claimed[links] {
		return s.looks(r)
	}
	mailing := s.requests(r, at, operation+" to "+s.names[target], operation, []Part{At(target)},
		func(m *model) reasons {
			to := m.users[target]
			signsIn := (to.status == "active" || to.status == "phoneNotVerified") && to.kind != "api"
			waits := to.verifies && to.status != "inactive" && to.status != "pending"
			fits := operation == "sendPasswordReset" && signsIn || operation == "resendVerification" && waits
			return m.administers(who).when(to.gone, "notFound").when(!fits, "stateWrong")
		},
		func(m *model, _ Answer) {
			kind := map[string]string{"sendPasswordReset": "passwordReset", "resendVerification": "verification"}[operation]
			m.sendsLink(target, kind, day)
		})
	mailing.claims = links
	return mailing
}

// followsLink follows one of the links that were mailed.
func (s *script) followsLink(r *rapid.T) step {
	mailed := s.mailed()
	if len(mailed) == 0 {
		return s.mailsLink(r)
	}
	all := slices.SortedFunc(maps.Keys(mailed), func(a, b posted) int {
		return cmp.Or(cmp.Compare(s.names[a.user], s.names[b.user]), cmp.Compare(a.kind, b.kind), cmp.Compare(a.nth, b.nth))
	})
	which := rapid.SampledFrom(all).Draw(r, "link")
	return step{
		text: fmt.Sprintf("%s follows link %d, of %s", s.names[which.user], which.nth, which.kind),
		do:   only(func() Answer { return redeem(s.World, mailed[which], newPassword) }),
		expect: []expectation{func(m *model, answer Answer) string {
			ok, wrong := m.follows(which).judge(answer)
			if ok {
				m.followed(which, newPassword)
			}
			return wrong
		}},
	}
}

// mailed are the tokens of links, as far as they have been mailed.
func (s *script) mailed() map[posted]string {
	found, came := map[posted]string{}, map[string]int{}
	for _, mail := range s.Mails.All() {
		token := linkToken.FindStringSubmatch(mail.Text)
		if token == nil {
			continue
		}
		one := posted{user: mail.Tags["user"], kind: "verification"}
		if string(mail.Kind) == string(directory.MailPasswordReset) {
			one.kind = "passwordReset"
		}
		one.nth = came[one.pile()]
		came[one.pile()]++
		found[one] = token[1]
	}
	return found
}

// endsSessions ends a user's sessions, or one's own.
func (s *script) endsSessions(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	if rapid.Bool().Draw(r, "own") {
		return s.requests(r, at, "signs out", "signOut", nil, func(*model) reasons { return reasons{} },
			func(m *model, _ Answer) {
				one := m.sessions[at]
				one.ended, one.signedOut = true, m.now
				m.sessions[at] = one
			})
	}
	target := string(s.Rosa.ID)
	return s.requests(r, at, "ends rosa's sessions", "endUserSessions", []Part{At(target)},
		func(m *model) reasons { return m.manages(who, m.users[target], false) },
		func(m *model, _ Answer) { m.endsSessions(target) })
}

// looks uses any session that there ever was.
func (s *script) looks(r *rapid.T) step {
	at := s.session(r)
	return s.requests(r, at, fmt.Sprint("looks, in session ", at), "getMe", nil,
		func(*model) reasons { return reasons{} }, func(*model, Answer) {})
}

// session is any that there ever was.
func (s *script) session(r *rapid.T) int {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(s.m.sessions))).Draw(r, "session")
}

// signsIn signs somebody in.
func (s *script) signsIn(r *rapid.T) step {
	who, _, _ := s.somebody(r)
	return s.signsInAs(r, who)
}

func (s *script) signsInAs(r *rapid.T, who string) step {
	if s.claimed[who] {
		return s.looks(r)
	}
	person, place := s.people[who], s.place()
	one := step{text: s.names[who] + " signs in", claims: who}
	if s.m.users[who].kind == "operator" {
		one.do = only(func() Answer { s.commit(s.World.session(person, s.ID)); return Answer{Status: 200} })
		one.expect = []expectation{func(m *model, _ Answer) string { s.begins(m, place, who, person.Token); return "" }}
		return one
	}
	code, password := person.Code(), s.m.users[who].password
	one.do = func() []Answer {
		answer := s.Do("signIn", Body(Object{"identifier": person.Identifier, "password": password}))
		if challenge := parsed[SignedIn](answer).Challenge; challenge != nil {
			return []Answer{answer, s.Do("answerChallenge", Body(Object{"challengeId": challenge.ID, "method": "totp", "code": code}))}
		}
		return []Answer{answer}
	}
	one.expect = []expectation{func(m *model, answer Answer) string {
		of := m.users[who]
		recent := slices.DeleteFunc(slices.Clone(m.misses[who]), func(at time.Time) bool { return m.now.Sub(at) >= hour/2 })
		if answer.Code() == "tooManyAttempts" && len(recent) >= 5 {
			return ""
		}
		ok, wrong := reasons{}.when(of.status != "active" || of.gone || of.password != password, "credentialsWrong").judge(answer)
		if !ok {
			m.misses[who] = append(recent, m.now)
			return wrong
		}
		signedIn := parsed[SignedIn](answer)
		if challenged := signedIn.Challenge != nil; challenged != of.secondFactor {
			return fmt.Sprintf("%s is asked for a second factor: %t", who, challenged)
		}
		if of.secondFactor {
			m.sessions[place] = session{user: who, began: m.now, used: m.now}
			return ""
		}
		s.begins(m, place, who, signedIn.Session.Token)
		begun := m.sessions[place]
		begun.enrols = m.enrols
		m.sessions[place] = begun
		return ""
	}, func(m *model, answer Answer) string {
		begun := m.sessions[place]
		ok, wrong := reasons{}.when(begun.ended, "credentialsWrong").judge(answer) // by something between the two
		if ok {
			s.begins(m, place, who, parsed[SignedIn](answer).Session.Token)
			return wrong
		}
		delete(m.sessions, place)
		return wrong
	}}
	return one
}

// waits lets time pass.
func (s *script) waits(r *rapid.T) step {
	by := rapid.SampledFrom([]time.Duration{10 * minute, hour, hour, day, 8 * day, 15 * day}).Draw(r, "time")
	return step{
		text:   fmt.Sprint(by, " pass"),
		do:     only(func() Answer { s.seals(); s.Advance(by); return Answer{Status: 200} }),
		expect: []expectation{func(m *model, _ Answer) string { m.now = s.Now(); return "" }},
	}
}

// works carries everything, lets executions go on, and sweeps.
func (s *script) works(*rapid.T) step {
	return step{
		text:   "everything is carried and swept",
		do:     only(func() Answer { s.carries(); return Answer{Status: 200} }),
		expect: []expectation{func(m *model, _ Answer) string { m.works(); return "" }},
	}
}

// carries is what streams, executions and the schedule do.
func (s *script) carries() {
	s.Settle()
	s.Sweep()
	s.Settle()
	s.seals()
}

// seals has the log sealed, as far as it is. The stream does not wait for minutes with it.
func (s *script) seals() {
	s.Seal()
	s.sealed = s.Now()
}
