package policy

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"

	"mandate/shared/directory"
)

// DenyByDefault is the policy of a denial where no policy says anything: what nothing allows is denied.
const DenyByDefault = "deny-by-default"

// Decide answers a question. Its errors are the service's own faults, not the asker's: a preset that there is not, an act
// asked about without its target, a policy that cannot be evaluated. An action that there is not is denied.
func (e *Engine) Decide(question directory.Question) (directory.Decision, error) {
	act, ok := actNamed(actOf(question.Action))
	if !ok {
		return deniedByDefault(), nil
	}
	preset, ok := e.presets[question.Organisation.Preset]
	if !ok {
		return directory.Decision{}, fmt.Errorf("policy: no preset %q", question.Organisation.Preset)
	}
	book, err := preset.rulebook()
	if err != nil {
		return directory.Decision{}, err
	}
	request, scene, err := e.stage(question, act)
	if err != nil {
		return directory.Decision{}, err
	}
	rules, err := book.about(act)
	if err != nil {
		return directory.Decision{}, err
	}
	decision, diagnostic := cedar.Authorize(rules, scene, request)
	if len(diagnostic.Errors) > 0 {
		return directory.Decision{}, fmt.Errorf("policy: %s: %s", question.Action, diagnostic.Errors[0])
	}
	return answer(rules, decision, diagnostic.Reasons), nil
}

// actOf is the act that a question is about: a permission is used, everything else is done by its own name.
func actOf(action directory.Action) directory.Action {
	if strings.Contains(string(action), ":") {
		return use
	}
	return action
}

// answer tells the first of the policies that decided, and the obligations of all. A permit with an obligation is told
// before one without: it says more.
func answer(rules rules, decision cedar.Decision, reasons []cedar.DiagnosticReason) directory.Decision {
	if len(reasons) == 0 {
		return deniedByDefault()
	}
	told := rules.find(reasons[0].PolicyID)
	var obligations []string
	if decision == cedar.Allow {
		for _, reason := range reasons {
			if rule := rules.find(reason.PolicyID); rule.obligation != "" {
				if len(obligations) == 0 {
					told = rule
				}
				obligations = append(obligations, rule.obligation)
			}
		}
	}
	return directory.Decision{Allowed: decision == cedar.Allow, Policy: told.id, Reason: told.reason, Obligations: obligations}
}

func deniedByDefault() directory.Decision {
	return directory.Decision{Policy: DenyByDefault, Reason: "Nothing allows this."}
}
