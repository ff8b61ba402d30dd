package functionstest

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"mandate/functions/faulttest"
	"mandate/functions/sweep"
	"mandate/shared/api"
	"mandate/shared/directory"
)

// Without flags there is a selection of faults.
var (
	soak  = flag.Bool("soak", false, "have every fault befall every call")
	pairs = flag.Int("pairs", 2, "how many pairs of faults befall each workflow; -1: all")
	seed  = flag.Uint64("seed", 0, "what the pairs are drawn by; 0: with -soak by chance, otherwise the same each time")
)

// Invariant 3: any call to AWS may fail before or after it took effect, come twice or late, and any process may die between
// two calls. Whoever invoked it invokes it again, and in the end everything is as if nothing had been: users, changes, the
// log, mails by their keys, what is reserved, what is due.
func TestFaults(t *testing.T) {
	if *soak && *seed == 0 {
		*seed = rand.Uint64()
		t.Logf("pairs are drawn by -seed=%d", *seed)
	}
	t.Parallel()
	for i, one := range workflows {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			want, calls := one.run(t, nil)
			equal(t, "another run without faults", first(one.run(t, nil)), want)
			for _, faults := range plans(i, calls) {
				got, _ := one.run(t, faults)
				for what := range got {
					if lost, more := without(want[what], got[what]), without(got[what], want[what]); len(lost)+len(more) > 0 {
						t.Errorf("%s: what is %s differs:\n%s", described(faults, calls), what, apart(lost, more))
					}
				}
			}
		})
	}
}

// without is what one list has beyond another.
func without(list, other []string) []string {
	rest := slices.Clone(other)
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool {
		at := slices.Index(rest, one)
		if at >= 0 {
			rest = slices.Delete(rest, at, at+1)
		}
		return at >= 0
	})
}

// apart shows what was lost and what is there instead, from where the two begin to differ.
func apart(lost, more []string) string {
	const before, shown = 60, 400
	from := 0
	if len(lost) == 1 && len(more) == 1 {
		for from < min(len(lost[0]), len(more[0])) && lost[0][from] == more[0][from] {
			from++
		}
	}
	var text strings.Builder
	for sign, list := range map[string][]string{"- ": lost, "+ ": more} {
		for _, one := range list {
			one = one[max(0, from-before):]
			text.WriteString(sign + one[:min(shown, len(one))] + "\n")
		}
	}
	return text.String()
}

func first[A, B any](a A, _ B) A { return a }

// described tells a plan's faults with the calls that they befall.
func described(faults faulttest.Faults, calls []string) string {
	var all []string
	for _, number := range slices.Sorted(maps.Keys(faults)) {
		all = append(all, fmt.Sprintf("%d %s of %s", number, faults[number], calls[min(number, len(calls)-1)]))
	}
	return strings.Join(all, ", ")
}

// plans are those for a run of these calls. Without -soak each call that writes meets one kind of fault, in another workflow
// another, and every second that reads.
func plans(workflow int, calls []string) []faulttest.Faults {
	type fault struct {
		number int
		kind   faulttest.Kind
	}
	var single []fault
	for number, call := range calls {
		kinds := faultsOf(call)
		if at := workflow + number; !*soak {
			kinds = kinds[at%len(kinds):][:1]
			if at%2 == 0 && reads(call) {
				kinds = nil
			}
		}
		for _, kind := range kinds {
			single = append(single, fault{number, kind})
		}
	}
	var one, two []faulttest.Faults
	for i, a := range single {
		one = append(one, faulttest.Faults{a.number: a.kind})
		for _, b := range single[i+1:] {
			if a.number != b.number {
				two = append(two, faulttest.Faults{a.number: a.kind, b.number: b.kind})
			}
		}
	}
	if *pairs >= 0 {
		random := rand.New(rand.NewPCG(uint64(workflow), *seed))
		random.Shuffle(len(two), func(i, j int) { two[i], two[j] = two[j], two[i] })
		two = two[:min(*pairs, len(two))]
	}
	return append(one, two...)
}

func reads(call string) bool {
	return slices.Contains([]string{"BatchGetItem", "GetItem", "Query", "Decrypt", "GenerateDataKey"}, call)
}

// faultsOf are the faults that can befall a call. What reads has no effect that could be there once more or too late.
func faultsOf(call string) []faulttest.Kind {
	kinds := []faulttest.Kind{faulttest.Lost, faulttest.Killed}
	switch {
	case call == "Query":
		return append(kinds, faulttest.Behind, faulttest.Partly)
	case call == "BatchGetItem":
		return append(kinds, faulttest.Partly)
	case reads(call):
		return kinds
	}
	kinds = append(kinds, faulttest.Echo, faulttest.Unanswered, faulttest.Struck, faulttest.Late, faulttest.Twice, faulttest.Blip)
	if call == "TransactWriteItems" {
		kinds = append(kinds, faulttest.Met)
	}
	return kinds
}

// procedure is what people and machines do together. What prepares it meets no faults.
type procedure struct {
	name    string
	preset  string
	setting []Setting
	options []Option
	prepare func(*course)
	do      func(*course)
	// anew: who hears no answer does it anew, and what it did before stays done, in the log as well.
	anew bool
}

// run does it once, and answers how it ended and what calls it made.
func (p procedure) run(t *testing.T, faults faulttest.Faults) (map[string][]string, []string) {
	t.Helper()
	w := New(t, append([]Option{Quiet, UnderKMS}, p.options...)...)
	s := &course{t: t, Tenant: w.Tenant(p.preset, p.setting...)}
	if p.prepare != nil {
		p.prepare(s)
		s.settles()
	}
	s.records = nil
	w.Faults.Begin(faults.Plan)
	p.do(s)
	s.settles()
	calls := w.Faults.Calls()
	w.Faults.Begin(nil)
	s.settles() // what was late may have something follow
	ending := s.ending()
	if p.anew {
		for what, list := range ending {
			ending[what] = slices.Compact(list)
		}
		delete(ending, "log")
	}
	return ending, calls
}

// course is one run of a procedure.
type course struct {
	*Tenant
	t       *testing.T
	change  *api.Change // that it is about
	user    api.User
	link    string
	keys    int
	records []events.DynamoDBEventRecord // of the log, that are not sealed
}

// sends sends a request as a careful client does: where no answer comes it sends the same again, under the same key. Of a
// request that has no key (10.1) the further ones may find that it was done: then the answer is a conflict.
func (s *course) sends(who *Person, operation string, parts ...Part) Answer {
	s.t.Helper()
	if strings.HasPrefix(endpoint(operation).Method, "POST") {
		s.keys++
		parts = append(parts, Key(fmt.Sprint("key-", s.keys)))
	}
	for range 10 {
		if answer := who.Do(operation, parts...); answer.Status < 500 {
			return answer
		}
	}
	s.t.Fatalf("%s is never answered", operation)
	return Answer{}
}

// anonymous sends as somebody without a session does, until an answer comes.
func (s *course) anonymous(operation string, body Object) Answer {
	s.t.Helper()
	return s.sends(&Person{World: s.World}, operation, Body(body))
}

// settles has streams, executions and SES do what they do until nothing moves. What fails is tried again, as they do.
func (s *course) settles() {
	s.t.Helper()
	for range 1000 {
		s.records = append(s.records, s.Written()...)
		moved := len(s.records) > 0
		if moved && s.Stream(s.records) == nil {
			s.records = nil
		}
		for _, ref := range s.Outbox() {
			moved = true
			if s.tryCarry(ref) == nil {
				s.carried = append(s.carried, ref)
			}
		}
		moved = s.machine.run(s.t.Context()) || s.machine.due() || moved
		if !moved && !s.Faults.Arrive() {
			return
		}
	}
	s.t.Fatal("something never settles")
}

// sweeps runs the sweep as its schedule does: what failed, or was not listed yet, has another chance the next minute.
func (s *course) sweeps() {
	s.t.Helper()
	idle := 0
	for range 10 {
		swept, err := s.trySweep(sweep.Order{})
		if idle++; err != nil || swept != (directory.Swept{}) {
			idle = 0
		}
		if idle == 2 {
			return
		}
	}
	s.t.Fatal("the sweep never ends")
}

// What runs differ in by chance: ids, secrets and their hashes, what is sealed, and times within an hour (a code that was
// used up costs half a minute).
var chances = []struct{ what, by string }{
	{`([a-z]{3})_[0-9A-HJKMNP-TV-Z]{26}`, `$1`},
	{`\$argon2id\$[^"\\]+`, `hash`},
	{`v1\.key_[0-9-]+\.[\w-]+`, `sealed`},
	{`\b[0-9a-f]{64}\b`, `digest`},
	{`(s|s#[a-z]?|"hash\\?":\\?"|Hash\\?":\\?")[\w-]{43}`, `$1 hash`},
	{`(20\d\d-\d\d-\d\dT\d\d)[0-9:.]*Z`, `$1`},
	{`due#\d`, `due`}, // by the id's hash
	{`token-\d+`, `token`},
	{`"wrapped":"[^"]*"`, `wrapped`},
	{`"ttl":\d+`, `ttl`},
	{`\\?"lastStep\\?":\d+`, `step`},
	{`"revision":\d+`, `revision`},
}

var patterns = func() (all []*regexp.Regexp) {
	for _, chance := range chances {
		all = append(all, regexp.MustCompile(chance.what))
	}
	return all
}()

// ending is what a run comes to, made comparable: everything stored, everything sent, and what still moves.
func (s *course) ending() map[string][]string {
	s.t.Helper()
	names := []string{string(s.Tenant.ID), "o"}
	for name, person := range map[string]*Person{"ada": s.Ada, "ben": s.Ben, "rosa": s.Rosa, "robot": s.Robot} {
		names = append(names, string(person.ID), name)
	}
	for i, account := range s.Accounts {
		names = append(names, account, fmt.Sprint("account ", i+1))
	}
	known := strings.NewReplacer(names...)
	alike := func(text string) string {
		text = known.Replace(text)
		for i, pattern := range patterns {
			text = pattern.ReplaceAllString(text, chances[i].by)
		}
		return text
	}
	found := map[string][]string{"stored": nil, "outbox": nil, "mails": nil, "texts": nil, "open executions": nil, "log": nil}
	add := func(what, text string) { found[what] = append(found[what], alike(text)) }
	for key, item := range s.Table() {
		var keys struct{ PK, SK string }
		if err := json.Unmarshal([]byte(item), &keys); err != nil {
			s.t.Fatal(err)
		}
		switch {
		case strings.Contains(item, `\"stage\":\"challenge\"`): // whose answer was lost is nobody's, and ends by itself
		case strings.Contains(key, "#chain"): // how entries came together in blocks is as it comes; verification is below
		case strings.HasSuffix(keys.PK, "#outbox"):
			add("outbox", item)
		default:
			add("stored", item)
		}
	}
	mails := map[string]string{} // by key: one may come twice, and is known by it
	for _, mail := range s.Mails.All() {
		mails[mail.Key] = fmt.Sprint(mail.Kind, " to ", mail.To, ": ", mail.Subject)
	}
	for _, mail := range mails {
		add("mails", mail)
	}
	texts := map[string]bool{}
	for _, text := range s.Texts.Messages() {
		texts[text.To] = true
	}
	for to := range texts {
		add("texts", to)
	}
	add("open executions", fmt.Sprint(s.OpenExecutions()))
	s.Wake()
	sealed := verify(s.t, s.Ada)
	add("log", fmt.Sprint(sealed.Verified, len(sealed.Problems), sealed.UpTo.Sequence))
	for _, list := range found {
		slices.Sort(list)
	}
	return found
}
