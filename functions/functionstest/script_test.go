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
	"testing"
	"time"

	"pgregory.net/rapid"

	"mandate/shared/api"
	"mandate/shared/certificate/certificatetest"
	"mandate/shared/directory"
)

// steps is how many requests the service and its model are compared for, in all presets together.
var steps = flag.Int("steps", 2500, "how many requests the service and its model are compared for")

// Whatever admins, users and the platform's staff do, in whatever order and at the same time, in every preset and under
// every change control, the service answers as its model says, and is as its model is.
//
// What happens at the same time happened in some order, and several may fit all that was answered. Then the model is as
// after each of them, until something tells.
//
// The same steps are drawn each time, so that a commit fails for what it did; make soak draws others.
func TestModel(t *testing.T) {
	const together = 80 // times that somebody does something, or some do, on average
	presets := slices.Sorted(maps.Keys(presetRules))
	each := int64((*steps + len(presets) - 1) / len(presets))
	set := map[string]string{"rapid.steps": fmt.Sprint(together), "rapid.checks": fmt.Sprint(each)} // as many as it takes
	if !*soak {
		set["rapid.seed"] = "20"
	}
	for name, value := range set {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for at, preset := range presets {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			answers, failed := &tally{}, false
			rapid.Check(t, func(r *rapid.T) {
				enough := func() bool { return answers.steps >= each && !failed } // what failed is drawn again, to be shrunk
				if enough() {
					return
				}
				defer func() { failed = failed || r.Failed() }()
				for range at { // one seed, and other steps in each
					rapid.Uint64().Draw(r, "apart")
				}
				s := newScript(t, r, preset)
				s.answers = answers
				some := func(step func(*rapid.T)) func(*rapid.T) {
					return func(r *rapid.T) {
						if !enough() {
							step(r)
						}
					}
				}
				r.Repeat(map[string]func(*rapid.T){"a step": some(s.alone), "steps at the same time": some(s.together)})
				s.ends(r)
			})
			t.Logf("in %d steps, after which as many as %d orders could have been: %v", answers.steps, answers.orders, answers.counts)
			if answers.steps < each {
				t.Errorf("only %d steps were taken, of %d", answers.steps, each)
			}
		})
	}
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
	steps  int64
	orders int // of steps at the same time, at most
	counts map[string]int
}

func (t *tally) note(answers []Answer) {
	t.steps++
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	for _, answer := range answers {
		t.counts[answer.Operation+" "+short(answer)]++
	}
}

// script is one run of the service beside its model.
type script struct {
	*Tenant
	m        *model                          // the first of those
	may      []*model                        // that all that was answered and seen fits
	settings directory.Settings              // as they were, of which no step changes how people sign in
	newcomer Object                          // a user to be created
	view     string                          // a permission
	ids      []string                        // of users, as they came
	order    []string                        // ids of changes, as they came
	shown    map[string]api.Change           // as they were asked for
	names    map[string]string               // of users and changes, to be read
	people   map[string]*Person              // who act
	things   []string                        // ids of contacts and roles, as they came
	filed    []string                        // ids of service requests
	issued   []issued                        // secrets, as they were shown
	pairs    map[string]certificatetest.Pair // certificates
	tokens   map[int]string                  // of the model's sessions
	places   int                             // of sessions
	staff    *Person
	watcher  *Person         // the staff, looking on
	watched  time.Time       // until when its session lasts
	claimed  map[string]bool // what one of several steps does, and no other
	sealed   time.Time       // when the log was
	moved    bool            // since somebody looked
	looked   int
	answers  *tally
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

func newScript(t *testing.T, r *rapid.T, preset string) *script {
	control := rapid.SampledFrom([]directory.ChangeControl{
		directory.ControlSecondAdmin, directory.ControlStepUp, directory.ControlNone,
	}).Draw(r, "control")
	delay := rapid.SampledFrom([]time.Duration{0, hour}).Draw(r, "delay")
	o := New(within{t, r}, Hasty).Tenant(preset, Controlled(control), Propagating(int(delay/time.Second)))
	s := &script{
		sealed: o.Now(), Tenant: o, names: map[string]string{}, people: map[string]*Person{}, tokens: map[int]string{}, shown: map[string]api.Change{},
		settings: o.Organisation().Settings, view: viewPermission(o), newcomer: newUser(o, Object{"phone": nil}),
		m: &model{
			rules: presetRules[preset], users: map[string]user{}, things: map[string]thing{}, changes: map[string]change{},
			requests: map[string]filed{}, misses: map[string][]time.Time{}, keys: map[string]key{}, opened: map[string]int{},
			certificates: map[string]bool{}, links: map[string][]link{}, sessions: map[int]session{},
		},
	}
	s.may = []*model{s.m}
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
			s.begins(s.m, s.place(), id, person.Token)
		}
	}
	return s
}

// place is that of one more session, whose sign-in may fail.
func (s *script) place() int {
	s.places++
	return s.places - 1
}

// begins notes a session.
func (s *script) begins(m *model, place int, id, token string) {
	m.sessions[place] = session{user: id, began: s.Now(), used: s.Now()}
	s.tokens[place] = token
}

// clock tells the model the time.
func (s *script) clock() {
	for _, m := range s.may {
		m.now = s.Now()
	}
}

// step is something that somebody does, and what the model expects of each answer to it.
type step struct {
	text   string
	claims string // what no other does at the same time, since no answer tells the order: gives a code of somebody, mails somebody a link
	do     func() []Answer
	expect []expectation
}

type expectation func(*model, Answer) (wrong string)

// only is the answer of a step that has one.
func only(do func() Answer) func() []Answer { return func() []Answer { return []Answer{do()} } }

// alone is one step.
func (s *script) alone(r *rapid.T) {
	s.goesOn()
	one := rapid.SampledFrom(deeds).Draw(r, "deed").draw(s, r)
	s.clock()
	written := s.Client.stream.written()
	answers := one.do()
	s.note(r, "", one, answers)
	s.fit(r, one.text, func(m *model) string {
		for i, answer := range answers {
			if wrong := one.expect[i](m, answer); wrong != "" {
				return wrong
			}
		}
		return ""
	})
	s.moved = s.moved || s.Client.stream.written() != written
	s.perhapsLooks(r, "after "+one.text)
}

// perhapsLooks has somebody look whether the service is as the model is, after one step of three that moved something.
func (s *script) perhapsLooks(r *rapid.T, text string) {
	if s.moved && (len(s.may) > 4 || rapid.IntRange(0, 2).Draw(r, "looks") == 0) {
		s.look(r, text)
	}
}

// together are some steps at the same time. They come out as if their requests had been one after another, in some order.
func (s *script) together(r *rapid.T) {
	s.goesOn()
	var all []step
	s.claimed = map[string]bool{}
	defer func() { s.claimed = nil }()
	for range rapid.IntRange(2, 3).Draw(r, "steps") {
		one := rapid.SampledFrom(atOnce).Draw(r, "deed").draw(s, r)
		s.claimed[one.claims] = one.claims != ""
		all = append(all, one)
	}
	s.clock()
	rest := make([][]answered, len(all))
	answers := make([][]Answer, len(all))
	if rapid.Bool().Draw(r, "one within another") {
		s.within(all, answers)
	} else {
		var wait sync.WaitGroup
		for i, one := range all {
			wait.Go(func() { answers[i] = one.do() })
		}
		wait.Wait()
	}
	for i, one := range all {
		s.note(r, " at once:", one, answers[i])
		for j, answer := range answers[i] {
			rest[i] = append(rest[i], answered{one.expect[j], answer})
		}
	}
	var ends []*model
	wrongs := map[string]bool{}
	for _, m := range s.may {
		ends = append(ends, orders(m, rest, wrongs)...)
	}
	if len(ends) == 0 {
		r.Fatalf("at the same time, and in no order:\n%s", s.named(strings.Join(slices.Sorted(maps.Keys(wrongs)), "\n")))
	}
	s.may = distinct(ends)
	s.m, s.moved = s.may[0], true
	s.answers.orders = max(s.answers.orders, len(s.may))
	s.perhapsLooks(r, "at the same time, and in no order")
}

// within has each step happen between what the one before reads and what it writes, or behind it where it writes nothing.
func (s *script) within(all []step, answers [][]Answer) {
	if len(all) == 0 {
		return
	}
	happened := false
	s.Client.Meanwhile(func() {
		happened = true
		s.within(all[1:], answers[1:])
	})
	answers[0] = all[0].do()
	if !happened {
		s.Client.Meanwhile(nil)
		s.within(all[1:], answers[1:])
	}
}

func (s *script) note(r *rapid.T, how string, one step, answers []Answer) {
	s.answers.note(answers)
	var told []string
	for _, answer := range answers {
		told = append(told, short(answer))
	}
	r.Logf("%s%s %s: %s", s.Now().Format(time.DateTime), how, one.text, strings.Join(told, ", "))
}

// answered is an answer, and what is expected of it.
type answered struct {
	expect expectation
	answer Answer
}

// orders are what a model may have become after answers to several, of each of them one after another: those of all orders
// in which they are as expected. What stands against the others is told.
func orders(m *model, rest [][]answered, wrongs map[string]bool) []*model {
	var ends []*model
	done := true
	for i, one := range rest {
		if len(one) == 0 {
			continue
		}
		done = false
		next := m.clone()
		if wrong := one[0].expect(next, one[0].answer); wrong != "" {
			wrongs[wrong] = true
			continue
		}
		left := slices.Clone(rest)
		left[i] = one[1:]
		ends = append(ends, orders(next, left, wrongs)...)
	}
	if done {
		return []*model{m}
	}
	return ends
}

// distinct leaves one of those that are the same.
func distinct(models []*model) []*model {
	seen := map[string]bool{}
	return slices.DeleteFunc(models, func(m *model) bool {
		as := fmt.Sprintf("%v", *m)
		was := seen[as]
		seen[as] = true
		return was
	})
}

// fit keeps the models that something fits. Where there is none, it is wrong.
func (s *script) fit(r *rapid.T, text string, wrong func(*model) string) {
	wrongs := map[string]bool{}
	fitting := slices.DeleteFunc(slices.Clone(s.may), func(m *model) bool {
		told := wrong(m)
		wrongs[told] = true
		return told != ""
	})
	if len(fitting) == 0 {
		r.Fatalf("%s:\n%s", text, s.named(strings.Join(slices.Sorted(maps.Keys(wrongs)), "\n\n")))
	}
	s.may, s.m = fitting, fitting[0]
}

// short is an answer as a log of steps has it.
func short(answer Answer) string {
	if answer.Status/100 == 2 {
		return fmt.Sprint(answer.Status)
	}
	return fmt.Sprint(answer.Status, " ", answer.Code())
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

// pages are all of a list, as the platform's staff sees it.
func pages[T any](s *script, operation string, parts ...Part) (all []T) {
	parts = append(parts, Query("limit", "200"))
	for cursor := []Part(nil); ; {
		page := parsed[api.List[T]](s.watches().Do(operation, slices.Concat(parts, cursor)...))
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		cursor = []Part{Query("cursor", page.Next)}
	}
}

// sight is what the service shows.
type sight struct {
	users, changes []string
	admins         int
	whose          string
	sessions       []string // of that user: when they began
}

// look holds the model against what the service shows: all of it, but of sessions one user's.
func (s *script) look(r *rapid.T, text string) {
	s.moved = false
	s.looked++
	seen := s.sees(s.ids[s.looked%len(s.ids)])
	s.fit(r, text, func(m *model) string { return s.differs(m, seen) })
}

// sees looks at the service.
func (s *script) sees(whose string) sight {
	organisation := s.Organisation()
	seen := sight{admins: organisation.ActiveAdmins, users: s.seenThings(organisation), whose: whose}
	for _, one := range pages[api.User](s, "listUsers") {
		var accounts []string
		for i, account := range s.Accounts {
			if slices.Contains(one.Accounts, account) {
				accounts = append(accounts, fmt.Sprint(i+1))
			}
		}
		seen.users = append(seen.users, userSeen(one.ID, one.Status, strings.TrimSpace(one.Name.First+" "+one.Name.Last), one.Email, strings.Join(accounts, ""), one.OpenChange, one.SecondFactor))
	}
	for _, one := range pages[api.Change](s, "listChanges") {
		if s.names[one.ID] == "" {
			one.ID = unnamed + one.Act + " of " + one.Target.ID
		}
		seen.changes = append(seen.changes, one.ID+" "+one.State)
	}
	for _, one := range pages[api.SessionInfo](s, "listUserSessions", At(whose)) {
		seen.sessions = append(seen.sessions, one.CreatedAt.String())
	}
	return seen
}

// differs tells what the service shows otherwise than the model.
func (s *script) differs(m *model, seen sight) string {
	wantUsers, wantChanges := m.seen()
	var differing []string
	for _, lists := range [][2][]string{{wantUsers, seen.users}, {wantChanges, seen.changes}} {
		for _, one := range without(lists[0], lists[1]) {
			differing = append(differing, "expected "+one)
		}
		for _, one := range without(lists[1], lists[0]) {
			differing = append(differing, "there is "+one)
		}
	}
	if seen.admins != m.admins() {
		differing = append(differing, fmt.Sprintf("%d active admins are counted, there are %d", seen.admins, m.admins()))
	}
	for at, one := range m.sessions { // those that are about to end by themselves may be listed or not
		if one.user == seen.whose {
			there := slices.Contains(seen.sessions, one.began.UTC().String())
			if lives, ended := m.lives(at); there && ended || !there && lives {
				differing = append(differing, fmt.Sprintf("session %d of %s is listed: %t", at, one.user, there))
			}
		}
	}
	slices.Sort(differing)
	return strings.Join(differing, "\n")
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
		for _, m := range s.may {
			m.works()
		}
		s.carries()
		s.Advance(hour)
		s.clock()
	}
	s.look(r, "in the end")
	users, names, opened := pages[api.User](s, "listUsers"), s.taken(), s.opened()
	s.fit(r, "in the end", func(m *model) string {
		openChanges := 0
		for _, one := range m.changes {
			if open(one.state) {
				openChanges++
			}
		}
		if n := s.OpenExecutions(); n != openChanges {
			return fmt.Sprintf("%d executions run for %d open changes", n, openChanges)
		}
		if !maps.Equal(opened, m.opened) {
			return fmt.Sprintf("opened are %v, expected %v", opened, m.opened)
		}
		want := s.takes(m, users)
		if more, less := without(names, want), without(want, names); len(more)+len(less) > 0 {
			return fmt.Sprintf("names taken for nothing: %v; names not taken: %v", more, less)
		}
		return ""
	})
	if found := parsed[Verified](s.watches().Do("verifyOperations")); len(found.Problems) > 0 {
		r.Fatalf("the log: %+v", found)
	}
}

// takes are the names that users have and changes wait for.
func (s *script) takes(m *model, users []api.User) (names []string) {
	take := func(kind, name string) {
		if name != "" {
			names = append(names, kind+"#"+name)
		}
	}
	login := func(email string) string {
		if s.settings.SignInName == directory.SignInUsername {
			return ""
		}
		return email
	}
	for _, one := range users {
		take("e", one.Email)
		if s.settings.Shares() && one.Status == "pending" {
			continue // what is its identity's is taken when it takes effect
		}
		take("phone", one.Phone)
		if one.Kind != "api" {
			take("login", cmp.Or(one.Username, login(one.Email)))
		}
	}
	for _, one := range m.changes {
		if of := m.users[one.target]; open(one.state) && one.act == "updateUser" && one.after.Email != of.Email {
			take("e", one.after.Email)
			if of.kind != "api" {
				take("login", login(one.after.Email))
			}
		}
	}
	return names
}

// taken are the names that are.
func (s *script) taken() (names []string) {
	for key, item := range s.Table() {
		switch pk, sk, _ := strings.Cut(key, " "); {
		case !strings.Contains(item, string(s.ID)):
		case pk == "o#"+string(s.ID) && strings.HasPrefix(sk, "e#"):
			names = append(names, sk)
		case sk == "login" || sk == "phone":
			names = append(names, pk)
		}
	}
	return names
}
