package functionstest

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mandate/shared/api"
	"mandate/shared/certificate/certificatetest"
	"mandate/shared/directory"
)

// steps bounds what the model is compared with.
var steps = flag.Int("steps", 1500, "how many steps the service and its model are compared for")

// Whatever admins, users and the platform's staff do, in whatever order and at the same time, in every preset and under
// every change control, the service answers as its model says, and is as its model is.
//
// The same steps are drawn each time, so that a commit fails for what it did; make soak draws others.
func TestModel(t *testing.T) {
	const together = 50 // steps, on average
	set := map[string]string{"rapid.steps": fmt.Sprint(together), "rapid.checks": fmt.Sprint(1 + *steps/together)}
	if !*soak {
		set["rapid.seed"] = "20"
	}
	for name, value := range set {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	t.Parallel()
	var done atomic.Int64
	answers := &tally{}
	defer func() { t.Logf("in %d steps: %v", done.Load(), answers.counts) }()
	rapid.Check(t, func(r *rapid.T) {
		s := newScript(t, r)
		s.answers = answers
		r.Repeat(map[string]func(*rapid.T){
			"a step":                 func(r *rapid.T) { done.Add(1); s.alone(r) },
			"steps at the same time": func(r *rapid.T) { done.Add(1); s.together(r) },
		})
		s.ends(r)
	})
}

// Every operation that writes is a step of the model, or something says why it is none.
func TestTheModelHasEveryWrite(t *testing.T) {
	t.Parallel()
	has := map[string]bool{}
	for _, one := range deeds {
		for name := range strings.FieldsSeq(one.of) {
			has[name] = true
		}
	}
	for _, operation := range api.Operations() {
		switch why := noDeeds[operation.ID]; {
		case has[operation.ID] && why != "":
			t.Errorf("%s is in the model, and is said not to be", operation.ID)
		case operation.Method != "GET" && !has[operation.ID] && why == "":
			t.Errorf("%s is not in the model", operation.ID)
		}
		delete(has, operation.ID)
	}
	for name := range has {
		t.Errorf("there is no operation %s", name)
	}
}

// noDeeds are the operations that are no steps, and what holds them instead.
var noDeeds = map[string]string{
	"evaluateAccess": "it reads", "evaluateAccessBatch": "it reads", "explainAccess": "it reads", "inspectLink": "it reads",
	"beginPasskeySignIn": "of passkeys: TestAPasskeyAloneSignsIn", "finishPasskeySignIn": "as before", "challengeChange": "as before", "challengeMe": "as before",
	"beginPasskey": "of passkeys: TestPasskeysAreChangedWithASecondFactorAlone", "confirmPasskey": "as before", "removePasskey": "as before",
	"sendPhoneCode": "of one system's onboarding: TestOnboardingByEmailAndPhone", "verifyPhone": "as before", "submitKyc": "as before",
	"decideKyc": "of one system: TestPassingALevelMovesTheUserToItsGroup", "setPassword": "of one system: TestStaffSetAPassword",
	"switchOrganisation": "of several organisations: TestSwitchingBetweenOrganisations", "createOrganisation": "of another: TestThePlatformIsFoundedOnce",
	"forgotPassword":   "it answers everybody the same: TestForgottenPasswordTellsNothing",
	"revealCredential": "it shows what is there: TestTheStepUpOfARevealIsFresh",
	"nameOwner":        "of two systems: TestAnOrganisationHasOneOwner",
}

// tally counts what was answered to what, so that a run shows what it came by.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (t *tally) note(answer Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	t.counts[answer.Operation+" "+short(answer)]++
}

// script is one run of the service beside its model.
type script struct {
	*Tenant
	m       *model
	ids     []string                        // of users, as they came
	names   map[string]string               // of users and changes, to be read
	people  map[string]*Person              // who act
	things  []string                        // ids of contacts and roles, as they came
	filed   []string                        // ids of service requests
	issued  []issued                        // secrets, as they were shown
	pairs   map[string]certificatetest.Pair // certificates
	tokens  []string                        // of the model's sessions
	staff   *Person
	watcher *Person         // the staff, looking on
	watched time.Time       // until when its session lasts
	several bool            // steps at the same time
	claimed map[string]bool // what one of them does, and no other
	answers *tally
}

// within has a world belong to one of rapid's runs: what fails there is shrunk.
type within struct {
	testing.TB
	run *rapid.T
}

func (w within) Fatal(args ...any)                 { w.run.Fatal(args...) }
func (w within) Fatalf(format string, args ...any) { w.run.Fatalf(format, args...) }
func (w within) Error(args ...any)                 { w.run.Error(args...) }
func (w within) Errorf(format string, args ...any) { w.run.Errorf(format, args...) }
func (w within) Cleanup(do func())                 { w.run.Cleanup(do) }
func (w within) Context() context.Context          { return w.run.Context() }

func newScript(t *testing.T, r *rapid.T) *script {
	preset := rapid.SampledFrom(slices.Sorted(maps.Keys(presetRules))).Draw(r, "preset")
	control := rapid.SampledFrom([]directory.ChangeControl{
		directory.ControlSecondAdmin, directory.ControlStepUp, directory.ControlNone,
	}).Draw(r, "control")
	delay := rapid.SampledFrom([]time.Duration{0, hour}).Draw(r, "delay")
	o := New(within{t, r}, Hasty).Tenant(preset, Controlled(control), Propagating(int(delay/time.Second)))
	s := &script{
		Tenant: o, names: map[string]string{}, people: map[string]*Person{},
		m: &model{
			rules: presetRules[preset], users: map[string]user{}, things: map[string]thing{}, changes: map[string]change{},
			requests: map[string]filed{}, misses: map[string][]time.Time{}, keys: map[string]key{}, opened: map[string]int{},
			certificates: map[string]bool{},
		},
	}
	s.m.control, s.m.delay = control, delay
	s.staff = o.In(o)
	for _, person := range []*Person{o.Ada, o.Ben, o.Admin("cas"), o.Rosa, o.Robot, s.staff} {
		id := string(person.ID)
		name, _, _ := strings.Cut(person.Email, ".")
		one := user{kind: "admin", status: "active", profile: profile{Name: name + " Example", Email: person.Email}, secondFactor: person.Secret != "", password: person.Password}
		switch name {
		case "rosa":
			one.kind, one.Accounts = "regular", "1"
		case "robot":
			one.kind, one.Accounts, one.Name = "api", "1", name
		case "olga":
			one.kind = "operator"
		}
		s.m.users[id], s.names[id] = one, name
		if name != "olga" {
			s.ids = append(s.ids, id)
		}
		if name == "robot" {
			credential := parsed[struct{ Items []struct{ ID string } }](s.watches().Do("listCredentials", At(id))).Items[0].ID
			s.issued, s.pairs = []issued{{credential, person.ClientID, person.ClientSecret}}, map[string]certificatetest.Pair{}
			s.m.keys[credential] = key{secret: person.ClientSecret}
		} else {
			s.people[id] = person
			s.begins(s.m, id, person.Token)
		}
	}
	return s
}

// begins notes a session.
func (s *script) begins(m *model, id, token string) {
	m.sessions = append(m.sessions, session{user: id, began: s.Now(), used: s.Now()})
	s.tokens = append(s.tokens[:len(m.sessions)-1], token)
}

// step is something that somebody does, and what the model expects of it.
type step struct {
	text   string
	claims string // what no other does at the same time, since no answer tells the order: gives a code of somebody, mails somebody a link
	do     func() Answer
	expect func(*model, Answer) (wrong string)
}

// alone is one step, after which the service is as the model is.
func (s *script) alone(r *rapid.T) {
	s.goesOn()
	one := rapid.SampledFrom(deeds).Draw(r, "deed").draw(s, r)
	s.m.now = s.Now()
	written := s.Client.stream.written()
	answer := one.do()
	s.answers.note(answer)
	r.Logf("%s %s: %s", s.Now().Format(time.DateTime), one.text, short(answer))
	if wrong := one.expect(s.m, answer); wrong != "" {
		r.Fatalf("%s: %s", one.text, s.named(wrong))
	}
	if answer.Status/100 != 2 && s.Client.stream.written() == written {
		return // nothing was done, and nothing is otherwise than it was
	}
	if wrong := s.differs(s.m); wrong != "" {
		r.Fatalf("after %s: %s", one.text, wrong)
	}
}

// together are some steps at the same time. They come out as if they had been one after another, in some order.
func (s *script) together(r *rapid.T) {
	s.goesOn()
	var all []step
	s.several, s.claimed = true, map[string]bool{}
	defer func() { s.several, s.claimed = false, nil }()
	for range rapid.IntRange(2, 3).Draw(r, "steps") {
		one := rapid.SampledFrom(atOnce).Draw(r, "deed").draw(s, r)
		s.claimed[one.claims] = one.claims != ""
		all = append(all, one)
	}
	s.m.now = s.Now()
	answers := make([]Answer, len(all))
	var wait sync.WaitGroup
	for i, one := range all {
		wait.Go(func() { answers[i] = one.do() })
	}
	wait.Wait()
	for i, one := range all {
		s.answers.note(answers[i])
		r.Logf("%s at once: %s: %s", s.Now().Format(time.DateTime), one.text, short(answers[i]))
	}
	var wrongs []string
	for _, order := range permutations(len(all)) {
		m, wrong := s.m.clone(), ""
		for _, i := range order {
			if wrong = all[i].expect(m, answers[i]); wrong != "" {
				break
			}
		}
		if wrong == "" {
			wrong = s.differs(m)
		}
		for _, begun := range m.sessions { // which may have been ended by something at the same time, or not
			if wrong == "" && begun.began.Equal(m.now) && m.users[begun.user].kind != "operator" {
				wrong = s.sessionsDiffer(m, begun.user)
			}
		}
		if wrong == "" {
			s.m = m
			return
		}
		wrongs = append(wrongs, s.named(wrong))
	}
	slices.Sort(wrongs)
	r.Fatalf("at the same time, and in no order:\n%s", strings.Join(slices.Compact(wrongs), "\n"))
}

// short is an answer as a log of steps has it.
func short(answer Answer) string {
	if answer.Status/100 == 2 {
		return fmt.Sprint(answer.Status)
	}
	return fmt.Sprint(answer.Status, " ", answer.Code())
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return all
}

// watches is the staff, whom no session of the test ends.
func (s *script) watches() *Person {
	if s.watcher == nil || s.Now().After(s.watched) {
		one := *s.staff
		s.watcher, s.watched = &one, s.Now().Add(30*day)
		s.commit(s.World.session(s.watcher, s.ID, func(one *directory.Session) { one.LastSeenAt, one.ExpiresAt = s.watched, s.watched.Add(day) }))
	}
	return s.watcher
}

// differs tells what the service shows otherwise than the model.
func (s *script) differs(m *model) string {
	users := parsed[struct{ Items []api.User }](s.watches().Do("listUsers", Query("limit", "200")))
	changes := parsed[struct{ Items []api.Change }](s.watches().Do("listChanges", Query("limit", "200")))
	var nowUsers, nowChanges []string
	for _, one := range users.Items {
		var accounts []string
		for i, account := range s.Accounts {
			if slices.Contains(one.Accounts, account) {
				accounts = append(accounts, fmt.Sprint(i+1))
			}
		}
		nowUsers = append(nowUsers, userSeen(one.ID, one.Status, strings.TrimSpace(one.Name.First+" "+one.Name.Last), one.Email, strings.Join(accounts, ""), one.OpenChange, one.SecondFactor))
	}
	for _, one := range changes.Items {
		nowChanges = append(nowChanges, one.ID+" "+one.State)
	}
	organisation := s.Organisation()
	nowUsers = append(nowUsers, s.seenThings(organisation)...)
	wantUsers, wantChanges := m.seen()
	var differing []string
	for _, lists := range [][2][]string{{wantUsers, nowUsers}, {wantChanges, nowChanges}} {
		for _, one := range without(lists[0], lists[1]) {
			differing = append(differing, "expected "+one)
		}
		for _, one := range without(lists[1], lists[0]) {
			differing = append(differing, "there is "+one)
		}
	}
	if admins := organisation.ActiveAdmins; admins != m.admins() {
		differing = append(differing, fmt.Sprintf("%d active admins are counted, there are %d", admins, m.admins()))
	}
	if m == s.m { // settled: the sessions of one of them
		if wrong := s.sessionsDiffer(m, s.ids[len(m.sessions)%len(s.ids)]); wrong != "" {
			differing = append(differing, wrong)
		}
	}
	return s.named(strings.Join(differing, "\n"))
}

// named says names for ids.
func (s *script) named(text string) string {
	var pairs []string
	for _, id := range slices.SortedFunc(maps.Keys(s.names), func(a, b string) int { return cmp.Compare(len(b), len(a)) }) {
		pairs = append(pairs, id, s.names[id])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func parsed[T any](answer Answer) (value T) {
	_ = json.Unmarshal([]byte(answer.Text), &value) // what is missing differs
	return value
}

// ends looks at what no list shows: names are taken by who has them or waits for them and nobody else, executions run for
// open changes alone, and the log is whole.
func (s *script) ends(r *rapid.T) {
	for range 2 { // the execution of a change that was cancelled on its way ends when it would have taken effect
		s.m.now = s.Now()
		s.m.works()
		s.carries()
		s.Advance(hour)
	}
	if wrong := s.differs(s.m); wrong != "" {
		r.Fatalf("in the end: %s", wrong)
	}
	if wrong := s.endsWith(s.m); wrong != "" {
		r.Fatalf("in the end: %s", wrong)
	}
	openChanges := 0
	for _, one := range s.m.changes {
		if open(one.state) {
			openChanges++
		}
	}
	if n := s.OpenExecutions(); n != openChanges {
		r.Fatalf("%d executions run for %d open changes", n, openChanges)
	}
	var want, got []string
	take := func(kind, name string) {
		if name != "" {
			want = append(want, kind+"#"+name)
		}
	}
	settings := s.Organisation().Settings
	login := func(email string) string {
		if settings.SignInName == directory.SignInUsername {
			return ""
		}
		return email
	}
	for _, one := range parsed[struct{ Items []api.User }](s.watches().Do("listUsers", Query("limit", "200"))).Items {
		take("e", one.Email)
		if settings.Shares() && one.Status == "pending" {
			continue // what is its identity's is taken when it takes effect
		}
		take("phone", one.Phone)
		if one.Kind != "api" {
			take("login", cmp.Or(one.Username, login(one.Email)))
		}
	}
	for _, one := range s.m.changes {
		if of := s.m.users[one.target]; open(one.state) && one.act == "updateUser" && one.after.Email != of.Email {
			take("e", one.after.Email)
			if of.kind != "api" {
				take("login", login(one.after.Email))
			}
		}
	}
	for key, item := range s.Table() {
		switch pk, sk, _ := strings.Cut(key, " "); {
		case !strings.Contains(item, string(s.ID)):
		case pk == "o#"+string(s.ID) && strings.HasPrefix(sk, "e#"):
			got = append(got, sk)
		case sk == "login" || sk == "phone":
			got = append(got, pk)
		}
	}
	if more, less := without(got, want), without(want, got); len(more)+len(less) > 0 {
		r.Fatalf("names taken for nothing: %v; names not taken: %v", more, less)
	}
	if found := parsed[Verified](s.watches().Do("verifyOperations")); len(found.Problems) > 0 {
		r.Fatalf("the log: %+v", found)
	}
}
