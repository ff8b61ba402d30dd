package policy

import (
	"fmt"
	"io/fs"
	"iter"
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
	// compiled is the policy without its action scope, which the rulebook has decided; made when it is first asked.
	compiled func() *cedar.Policy
}

// rulebook lists, for each act, the rules that can apply to it, in file order.
type rulebook map[directory.Action]rules

type rules []*rule

// All yields the rules in order. It is what Cedar iterates over, and so the order of the reasons that it answers.
func (r rules) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, rule := range r {
			if !yield(cedar.PolicyID(rule.id), rule.compiled()) {
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

// readRules parses a file of policies. Each must have an id and a reason, and no annotation that nothing reads.
func readRules(files fs.FS, file string) ([]*rule, error) {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	policies, err := cedar.NewPolicyListFromBytes(file, text)
	if err != nil {
		return nil, fmt.Errorf("policy: %s: %w", file, err)
	}
	found := make([]*rule, 0, len(policies))
	for _, source := range policies {
		where := fmt.Sprintf("policy: %s: line %d", file, source.Position().Line)
		next := &rule{source: source, compiled: sync.OnceValue(func() *cedar.Policy { return withoutActionScope(source) })}
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
		found = append(found, next)
	}
	return found, nil
}

func withoutActionScope(source *cedar.Policy) *cedar.Policy {
	unscoped := *source.AST()
	unscoped.Action = ast.ScopeTypeAll{}
	return cedar.NewPolicyFromAST(&unscoped)
}

func newRulebook(acts map[directory.Action]act, all []*rule) (rulebook, error) {
	ids := make(map[string]bool, len(all))
	for _, rule := range all {
		if ids[rule.id] || rule.id == DenyByDefault {
			return nil, fmt.Errorf("policy: %s: the id %q is taken", rule.source.Position().Filename, rule.id)
		}
		ids[rule.id] = true
	}
	book := make(rulebook, len(acts))
	for name, act := range acts {
		for _, rule := range all {
			if applies(rule.source.AST(), act) {
				book[name] = append(book[name], rule)
			}
		}
	}
	return book, nil
}

// applies tells whether a policy's action scope includes the act.
func applies(policy *policyast.Policy, act act) bool {
	switch scope := policy.Action.(type) {
	case ast.ScopeTypeEq:
		return scope.Entity == act.uid
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
