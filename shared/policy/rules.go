package policy

import (
	"bytes"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"
	policyast "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/x/exp/ast"

	"mandate/shared/directory"
)

// rule is a policy with what its annotations say.
type rule struct {
	id         string
	reason     string
	obligation string // of a permit; empty where it carries none
	source     *cedar.Policy
	unscoped   *cedar.Policy // without the action scope, which the rulebook has decided
}

// rulebook finds, for each act, the rules that can apply to it, in file order.
type rulebook struct {
	passages []*passage
	mu       sync.Mutex
	found    map[directory.Action]rules
}

type rules []*rule

// All yields the rules in order. It is what Cedar iterates over, and so the order of the reasons that it answers.
func (r rules) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, rule := range r {
			if !yield(cedar.PolicyID(rule.id), rule.unscoped) {
				return
			}
		}
	}
}

func (r rules) find(id cedar.PolicyID) *rule {
	for _, rule := range r {
		if rule.id == string(id) {
			return rule
		}
	}
	return nil
}

// about are the rules that can apply to an act.
func (b *rulebook) about(act act) (rules, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found, ok := b.found[act.name]; ok {
		return found, nil
	}
	var found rules
	for _, passage := range b.passages {
		if !passage.mayApply(act) {
			continue
		}
		rule, err := passage.rule()
		if err != nil {
			return nil, err
		}
		if applies(rule.source.AST(), act) {
			found = append(found, rule)
		}
	}
	b.found[act.name] = found
	return found, nil
}

// check parses every rule.
func (b *rulebook) check() error {
	ids := make(map[string]bool, len(b.passages))
	for _, passage := range b.passages {
		rule, err := passage.rule()
		if err != nil {
			return err
		}
		if ids[rule.id] || rule.id == DenyByDefault {
			return fmt.Errorf("policy: %s: the id %q is taken", passage.file, rule.id)
		}
		ids[rule.id] = true
	}
	return nil
}

// passage is one policy in the text of a file.
type passage struct {
	file  string
	lines int    // of the file before it
	text  []byte // with what stands before it, and its semicolon
	scope string // the part of the text with the action scope; empty where it was not found
	rule  func() (*rule, error)
}

// readPassages splits a file into its policies, and parses none: a function's start is for one act, which few of them are
// about, and to parse all was a tenth of it.
func readPassages(files fs.FS, file string) ([]*passage, error) {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	var found []*passage
	for lines := 0; ; {
		effect, condition, end := boundaries(text)
		next := &passage{file: file, lines: lines, text: text[:end]}
		if effect < 0 { // the comments behind the last policy, or what only the parser has words for
			_, err := next.policies()
			return found, err
		}
		next.scope = string(text[effect:condition])
		next.rule = sync.OnceValues(next.parse)
		found = append(found, next)
		lines, text = lines+bytes.Count(text[:end], []byte("\n")), text[end:]
	}
}

// boundaries finds the first policy in a text: where its effect is, its first condition, and its end behind the semicolon.
// Without an effect there is none.
func boundaries(text []byte) (effect, condition, end int) {
	effect, condition = -1, -1
	for i := 0; i < len(text); i++ {
		switch rest := text[i:]; {
		case rest[0] == '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case bytes.HasPrefix(rest, []byte("//")):
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case effect < 0 && (bytes.HasPrefix(rest, []byte("permit")) || bytes.HasPrefix(rest, []byte("forbid"))):
			effect = i
		case effect >= 0 && condition < 0 && (rest[0] == '{' || rest[0] == ';'):
			condition = i
		}
		if i < len(text) && text[i] == ';' {
			return effect, condition, i + 1
		}
	}
	return effect, max(effect, condition), len(text)
}

// mayApply tells whether the policy can be about an act: it names it, or one of its groups, or no act at all. Whether it is,
// its parsed scope says (applies).
func (p *passage) mayApply(act act) bool {
	if !strings.Contains(p.scope, string(actionType)) || strings.Contains(p.scope, `\`) {
		return true
	}
	for _, group := range act.groups {
		if strings.Contains(p.scope, `"`+string(group)+`"`) {
			return true
		}
	}
	return strings.Contains(p.scope, `"`+string(act.name)+`"`)
}

// policies parses the text.
func (p *passage) policies() (cedar.PolicyList, error) {
	// The lines before it are for the positions in what the parser says.
	found, err := cedar.NewPolicyListFromBytes(p.file, append(bytes.Repeat([]byte("\n"), p.lines), p.text...))
	if err != nil {
		return nil, fmt.Errorf("policy: %s: %w", p.file, err)
	}
	return found, nil
}

// parse reads the policy. It must have an id and a reason, and no annotation that nothing reads.
func (p *passage) parse() (*rule, error) {
	found, err := p.policies()
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("policy: %s: %d policies where one is, after line %d", p.file, len(found), p.lines)
	}
	source := found[0]
	where := fmt.Sprintf("policy: %s: line %d", p.file, source.Position().Line)
	next := &rule{source: source, unscoped: withoutActionScope(source)}
	for key, value := range source.Annotations() {
		switch key {
		case "id":
			next.id = string(value)
		case "reason":
			next.reason = string(value)
		case "obligation":
			next.obligation = string(value)
		default:
			return nil, fmt.Errorf("%s: nothing reads the annotation @%s", where, key)
		}
	}
	switch {
	case next.id == "":
		return nil, fmt.Errorf("%s: the policy has no @id", where)
	case next.reason == "":
		return nil, fmt.Errorf("%s: %s has no @reason", where, next.id)
	case next.obligation != "" && source.Effect() == cedar.Forbid:
		return nil, fmt.Errorf("%s: %s forbids, and cannot carry an @obligation", where, next.id)
	}
	return next, nil
}

func withoutActionScope(source *cedar.Policy) *cedar.Policy {
	unscoped := *source.AST()
	unscoped.Action = ast.ScopeTypeAll{}
	return cedar.NewPolicyFromAST(&unscoped)
}

// applies tells whether a policy's action scope includes the act.
func applies(policy *policyast.Policy, act act) bool {
	switch scope := policy.Action.(type) {
	case ast.ScopeTypeEq:
		return scope.Entity == act.uid()
	case ast.ScopeTypeIn:
		return act.within(scope.Entity)
	case ast.ScopeTypeInSet:
		for _, entity := range scope.Entities {
			if act.within(entity) {
				return true
			}
		}
		return false
	default: // every action
		return true
	}
}
