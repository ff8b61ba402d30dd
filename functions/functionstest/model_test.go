package functionstest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mandate/shared/directory"
)

// model is what the requirements say of an organisation, in memory and with nothing clever in it. It knows neither the
// service's decisions nor its records: what it expects of a request are the reasons that stand against it. Where there are
// some, the request is refused for one of them, whichever; where there are none, it is done.
type model struct {
	rules
	now      time.Time
	users    map[string]user
	things   map[string]thing
	changes  map[string]change
	requests map[string]filed
	keys     map[string]key // of the program, by credential
	opened   map[string]int // companies and accounts, by how

	certificates map[string]bool        // of the program
	links        map[string][]link      // by whose and of what kind they are, as they were sent
	sessions     map[int]session        // by the place that a sign-in has in the script
	misses       map[string][]time.Time // failed sign-ins, by user
}

// rules are what requirements.md has in its table of presets, and the change control that a run has.
type rules struct {
	control      directory.ChangeControl
	delay        time.Duration
	adminsManage bool   // admins create and change other admins and API users (1.4)
	removal      bool   // users are removed (1.8)
	shares       bool   // a person's address is its identity's, and stays (1.2)
	enrols       bool   // who has no second factor sets one up, and does nothing else before (5.1)
	oneRole      bool   // everybody has one, which the seeded API user lacks (2.2)
	noRoles      bool   // there are permissions alone (2.2)
	contacts     bool   // there are contacts (1.10)
	certifies    bool   // admins change certificates (6.3)
	starts       string // status of a new user (1.11)
	verified     string // and once its address is verified
}

var presetRules = map[string]rules{
	"bc-connect": {enrols: true, noRoles: true, starts: "emailNotVerified", verified: "active"},
	"adyen":      {enrols: true, starts: "emailNotVerified", verified: "active", adminsManage: true, certifies: true},
	"billpro":    {starts: "active", verified: "active", adminsManage: true, oneRole: true, certifies: true},
	"b2binpay":   {starts: "emailNotVerified", verified: "phoneNotVerified"},
	"leaseweb":   {starts: "emailNotVerified", verified: "active", adminsManage: true, removal: true, shares: true, contacts: true},
}

// least is how many active admins remain (3.10).
func (r rules) least() int {
	if r.control == directory.ControlSecondAdmin {
		return 2
	}
	return 1
}

// profile is what updates alter.
type profile struct {
	Name, Email string
	Accounts    string // by their numbers: "", "1", "23"
}

type user struct {
	kind, status, resume string
	profile
	phone, username string
	password        string
	open, leaving   string // changes
	secondFactor    bool
	verifies        bool // has a link to verify its address, whatever became of it
	gone            bool
}

type change struct {
	act, target, requester, state string
	after                         profile
	becomes                       thing
	account                       string   // that is assigned, by its number
	holders                       []string // to whom
	key, secret                   string   // of a program
	expires, effective            time.Time
}

type link struct {
	used, replaced, revoked bool
	expires                 time.Time
}

// posted names a link: whose, of which kind, and which of those.
type posted struct {
	user, kind string
	nth        int
}

func (p posted) pile() string { return p.user + " " + p.kind }

type session struct {
	user        string
	began, used time.Time
	ended       bool
	signedOut   time.Time
	enrols      bool // it is good for setting up a second factor
}

func (m *model) clone() *model {
	other := *m
	other.users, other.changes, other.misses = maps.Clone(m.users), maps.Clone(m.changes), maps.Clone(m.misses)
	other.things, other.requests = maps.Clone(m.things), maps.Clone(m.requests)
	other.keys, other.opened, other.certificates = maps.Clone(m.keys), maps.Clone(m.opened), maps.Clone(m.certificates)
	other.links, other.sessions = maps.Clone(m.links), maps.Clone(m.sessions)
	return &other
}

// reasons are codes of problems.
type reasons map[string]bool

func (r reasons) when(stands bool, code string) reasons {
	if stands {
		r[code] = true
	}
	return r
}

// judge tells what is wrong with an answer, if anything, and whether the request was done.
func (r reasons) judge(answer Answer) (done bool, wrong string) {
	succeeded := answer.Status/100 == 2
	switch {
	case len(r) == 0 && !succeeded:
		return false, fmt.Sprintf("%s was refused for nothing: %d %s", answer.Operation, answer.Status, answer.Text)
	case len(r) > 0 && succeeded:
		return false, fmt.Sprintf("%s was done in spite of %v: %s", answer.Operation, slices.Sorted(maps.Keys(r)), answer.Text)
	case !succeeded && !r[answer.Code()]:
		return false, fmt.Sprintf("%s was refused for %s, not for one of %v", answer.Operation, answer.Code(), slices.Sorted(maps.Keys(r)))
	}
	return succeeded, ""
}

// enters lets a session in, or not (5.3): it ends by itself when it was unused for a quarter of an hour, and after twelve
// hours. That it was used is noted at most every eighth of that quarter: in between, both will do.
func (m *model) enters(at int, answer Answer) (in bool, wrong string) {
	s := m.sessions[at]
	told := answer.Code() == "unauthenticated"
	lives, ended := m.lives(at)
	switch {
	case ended && !told && answer.Operation == "signOut" && s.signedOut.Equal(m.now):
		return true, "" // two at the same instant both find it alive, and both end it
	case ended && !told:
		return false, fmt.Sprintf("%s is answered %d to a session that has ended", answer.Operation, answer.Status)
	case lives && told:
		return false, fmt.Sprintf("%s is not answered to a session that lives", answer.Operation)
	case told:
		s.ended = true
	default:
		s.used = m.now
	}
	m.sessions[at] = s
	return !told, ""
}

// lives tells whether a session certainly lives, or certainly has ended.
func (m *model) lives(at int) (lives, ended bool) {
	s := m.sessions[at]
	lasts := directory.SessionAbsolute
	if s.enrols {
		lasts = directory.EnrolmentAbsolute
	}
	unused := m.now.Sub(s.used)
	ended = s.ended || unused >= directory.SessionIdle || m.now.Sub(s.began) >= lasts
	return !ended && unused < directory.SessionIdle*7/8, ended
}

// enrolling adds what stands against requests of a session that is not a full one yet.
func (m *model) enrolling(at int, operation string, r reasons) reasons {
	good := []string{"getMe", "signOut", "confirmTotp"}
	return r.when(m.sessions[at].enrols && !slices.Contains(good, operation), "secondFactorMissing")
}

// administers are the reasons against somebody's administering (2.3).
func (m *model) administers(actor string) reasons {
	kind := m.users[actor].kind
	return reasons{}.when(kind != "admin" && kind != "operator", "forbidden")
}

// manages are those against acts on a user: of admins, and of API users as a whole, where that is the operators' (1.4).
func (m *model) manages(actor string, target user, whole bool) reasons {
	others := target.kind == "admin" || target.kind == "api" && whole
	return m.administers(actor).when(others && !m.adminsManage && m.users[actor].kind != "operator", "forbidden").when(target.gone, "notFound")
}

// free tells whether nobody has, or waits for, a name (1.2, 1.3).
func (m *model) free(name string, of func(user) string, but string) bool {
	for id, one := range m.users {
		if id != but && !one.gone && of(one) == name {
			return false
		}
	}
	for _, one := range m.changes {
		if open(one.state) && one.act == "updateUser" && one.target != but && of(user{profile: one.after}) == name {
			return false
		}
	}
	return true
}

// unnamed begins the key of a change that took effect at once, whose id no answer told.
const unnamed = "at once: "

func open(state string) bool { return waits(state) || state == "propagating" }

func waits(state string) bool { return state == "awaitingStepUp" || state == "awaitingApproval" }

func (m *model) admins() int {
	count := 0
	for _, one := range m.users {
		if one.kind == "admin" && one.status == "active" && !one.gone {
			count++
		}
	}
	return count
}

// fewer tells whether an act would leave fewer active admins than there must be (3.10).
func (m *model) fewer(act string, target user) bool {
	return leaves(act) && target.kind == "admin" && target.status == "active" && m.admins() <= m.least()
}

func creates(act string) bool { return strings.HasPrefix(act, "create") || act == "duplicateUser" }

func leaves(act string) bool { return act == "deactivateUser" || act == "removeUser" }

// asks is what stands against a change of a user that is there.
func (m *model) asks(actor, act, target string, after profile) reasons {
	one := m.users[target]
	pending := one.status == "pending"
	r := m.manages(actor, one, act == "deactivateUser" || act == "reactivateUser" || act == "removeUser")
	r.when(one.leaving != "" || one.open != "" && !leaves(act), "changeOpen")
	r.when(m.fewer(act, one), "tooFewAdmins")
	switch act {
	case "updateUser":
		r.when(pending, "changeOpen")
		r.when(m.oneRole && one.kind == "api", "invalid")
		r.when(after.Email != one.Email && m.shares && one.kind != "api", "invalid")
		r.when(after.Email != one.Email && !m.free(after.Email, func(u user) string { return u.Email }, target), "invalid")
	case "deactivateUser":
		r.when(pending || one.status == "inactive", "stateWrong").when(actor == target, "forbidden")
	case "removeUser":
		r.when(pending, "stateWrong").when(actor == target || !m.removal, "forbidden")
	case "reactivateUser":
		r.when(one.status != "inactive", "stateWrong")
	case "resetSecondFactor":
		r.when(!one.secondFactor, "stateWrong")
	}
	return r
}

// begin is a change that was asked for, as far as its organisation's control lets it go (3.2).
func (m *model) begin(id string, one change) {
	one.expires = m.now.Add(7 * day)
	m.mark(one, id)
	switch m.control {
	case directory.ControlStepUp:
		one.state = "awaitingStepUp"
	case directory.ControlSecondAdmin:
		one.state = "awaitingApproval"
	default:
		m.proceed(id, one)
		return
	}
	m.changes[id] = one
}

func (m *model) mark(one change, id string) {
	if thing, ok := m.things[one.target]; ok {
		thing.open = id
		m.things[one.target] = thing
		return
	}
	for _, holder := range one.holders {
		user := m.users[holder]
		user.open = id
		m.users[holder] = user
	}
	if one.act == "assignAccount" {
		return
	}
	target := m.users[one.target]
	if leaves(one.act) {
		target.leaving = id
	} else {
		target.open = id
	}
	m.users[one.target] = target
}

// giving are the acts that give something.
var giving = []string{"createUser", "duplicateUser", "updateUser", "reactivateUser", "assignAccount", "createRole", "updateRole", "createCredential", "addCertificate"}

// proceed lets a change take effect that has what it needs: what it takes away at once, what it gives after the delay (3.6).
func (m *model) proceed(id string, one change) {
	if m.delay == 0 || !slices.Contains(giving, one.act) || one.act == "updateRole" && !m.widens(one) {
		m.apply(id, one)
		return
	}
	if one.act == "updateUser" {
		target := m.users[one.target]
		target.Accounts = common(target.Accounts, one.after.Accounts)
		m.users[one.target] = target
		if target.profile == one.after {
			m.apply(id, one)
			return
		}
	}
	one.state, one.effective = "propagating", m.now.Add(m.delay)
	m.changes[id] = one
}

func common(a, b string) string {
	var both []rune
	for _, one := range a {
		if slices.Contains([]rune(b), one) {
			both = append(both, one)
		}
	}
	return string(both)
}

// apply makes a change effective.
func (m *model) apply(id string, one change) {
	if m.applyElsewhere(id, one) {
		return
	}
	target := m.users[one.target]
	switch one.act {
	case "createUser", "duplicateUser":
		target.status, target.verifies = m.starts, true
		m.sendsLink(one.target, "verification", 14*day)
	case "updateUser":
		target.profile = one.after
	case "reactivateUser":
		target.status = target.resume
	case "deactivateUser", "removeUser":
		target.resume, target.status, target.gone = target.status, "inactive", one.act == "removeUser"
		m.endsSessions(one.target)
		for pile := range m.links {
			if strings.HasPrefix(pile, one.target) {
				m.alterLinks(pile, func(l *link) { l.revoked = true })
			}
		}
		if other, ok := m.changes[target.open]; ok && other.act != "assignAccount" { // overtaken (3.5)
			other.state = "cancelled"
			m.changes[target.open] = other
		}
		target.open = "" // of many that are assigned an account, the others are waited for
	case "resetSecondFactor":
		target.secondFactor = false
		m.endsSessions(one.target)
	default:
		m.applyToProgram(one)
	}
	m.users[one.target] = target
	one.state = "effective"
	m.closes(id, one)
}

// closes takes a change's mark off its user; who was never created is gone (3.4).
func (m *model) closes(id string, one change) {
	m.changes[id] = one
	if m.closesElsewhere(id, one) {
		return
	}
	target := m.users[one.target]
	if target.open == id {
		target.open = ""
	}
	if target.leaving == id {
		target.leaving = ""
	}
	target.gone = target.gone || (one.act == "createUser" || one.act == "duplicateUser") && one.state != "effective"
	m.users[one.target] = target
}

func (m *model) ends(id, state string) {
	one := m.changes[id]
	one.state = state
	m.closes(id, one)
}

func (m *model) endsSessions(of string) {
	for i, one := range m.sessions {
		if one.user == of {
			one.ended = true
			m.sessions[i] = one
		}
	}
}

func (m *model) sendsLink(to, kind string, lasts time.Duration) {
	pile := posted{to, kind, 0}.pile()
	m.alterLinks(pile, func(l *link) { l.replaced = l.replaced || !l.used })
	m.links[pile] = append(slices.Clip(m.links[pile]), link{expires: m.now.Add(lasts)})
}

// alterLinks alters those of a pile, which clones of the model may have as they are.
func (m *model) alterLinks(pile string, alter func(*link)) {
	m.links[pile] = slices.Clone(m.links[pile])
	for i := range m.links[pile] {
		alter(&m.links[pile][i])
	}
}

// decides is what stands against a decision about a change (3.2, 3.4).
func (m *model) decides(actor, operation, id string) reasons {
	one := m.changes[id]
	by, expired := m.users[actor], waits(one.state) && !m.now.Before(one.expires)
	r := reasons{}.when(expired, "changeClosed")
	switch operation {
	case "approveChange", "rejectChange":
		r.when(one.state != "awaitingApproval", "changeClosed")
		r.when(by.kind != "admin" || actor == one.requester || actor == one.target, "forbidden")
	case "confirmChange":
		r.when(one.state != "awaitingStepUp", "changeClosed").when(actor != one.requester, "forbidden")
	case "cancelChange":
		r.when(!open(one.state), "changeClosed").when(actor != one.requester, "forbidden")
	}
	if operation == "approveChange" || operation == "confirmChange" {
		r.when(!by.secondFactor, "secondFactorMissing")
		r.when(m.mayStill(one.requester) && m.fewer(one.act, m.users[one.target]), "tooFewAdmins")
		r.when(waits(one.state) && !m.awaited(id), "conflict")
	}
	return r
}

// mayStill tells whether who asked for a change may still do so (3.9).
func (m *model) mayStill(requester string) bool {
	one := m.users[requester]
	return one.status == "active" && !one.gone
}

// decided is a decision that was made.
func (m *model) decided(operation, id string) {
	one := m.changes[id]
	switch {
	case operation == "rejectChange":
		m.ends(id, "rejected")
	case operation == "cancelChange":
		m.ends(id, "cancelled")
	case !m.mayStill(one.requester):
		m.ends(id, "failed")
	case operation == "confirmChange" && m.control == directory.ControlSecondAdmin: // it has become the rule meanwhile (3.2)
		one.state = "awaitingApproval"
		m.changes[id] = one
	default:
		m.proceed(id, one)
	}
}

// works is what the service does by itself: executions apply what is due, the sweep expires (3.6, 4.7).
func (m *model) works() {
	due := slices.Sorted(maps.Keys(m.changes))
	slices.SortStableFunc(due, func(a, b string) int { return m.changes[a].effective.Compare(m.changes[b].effective) })
	for _, id := range due {
		if one := m.changes[id]; one.state == "propagating" && !m.now.Before(one.effective) {
			if m.mayStill(one.requester) && m.awaited(id) {
				m.apply(id, one)
			} else {
				m.ends(id, "failed")
			}
		}
	}
	for _, id := range due {
		if one := m.changes[id]; waits(one.state) && !m.now.Before(one.expires) {
			m.ends(id, "expired")
		}
	}
}

// follows is what stands against following a link (4.1, 4.2, 4.4).
func (m *model) follows(which posted) reasons {
	one := m.links[which.pile()][which.nth]
	to := m.users[which.user]
	r := reasons{}.when(one.used, "linkUsed").when(one.replaced, "linkReplaced").when(!m.now.Before(one.expires), "linkExpired")
	return r.when(one.revoked || to.status == "inactive" || to.gone, "linkRevoked").when(to.gone, "notFound")
}

func (m *model) followed(which posted, password string) {
	pile := slices.Clone(m.links[which.pile()])
	pile[which.nth].used = true
	m.links[which.pile()] = pile
	to := m.users[which.user]
	to.password = password
	if which.kind == "verification" {
		to.verifies = false
		if to.status == "emailNotVerified" {
			to.status = m.verified
		}
	}
	m.users[which.user] = to
	m.endsSessions(which.user)
}

// seen is the organisation as a list of users and one of changes show it.
func (m *model) seen() (users, changes []string) {
	for id, one := range m.users {
		if !one.gone && one.kind != "operator" {
			users = append(users, userSeen(id, one.status, one.Name, one.Email, one.Accounts, cmp.Or(one.leaving, one.open), one.secondFactor))
		}
	}
	for id, one := range m.changes {
		if strings.HasPrefix(id, unnamed) {
			id = unnamed + one.act + " of " + one.target
		}
		changes = append(changes, id+" "+one.state)
	}
	for id, one := range m.things {
		if !one.gone {
			users = append(users, one.seen(id))
		}
	}
	slices.Sort(users)
	slices.Sort(changes)
	return users, changes
}

func userSeen(id, status, first, email, accounts, open string, secondFactor bool) string {
	return fmt.Sprintf("%s: %s, %s <%s>, accounts %s, open %s, second factor %t", id, status, first, email, accounts, open, secondFactor)
}
