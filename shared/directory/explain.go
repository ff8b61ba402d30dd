package directory

import (
	"cmp"
	"context"
	"slices"
)

// Explanation is why someone may, or may not, do something, and what an open change would alter (2.9).
type Explanation struct {
	Decision
	Conditions []Condition
	// WouldBecome is the decision once an open change of the subject has taken effect: one entry for each that is open.
	WouldBecome []Prospect
}

// Condition is one thing that a decision depends on. They are what the policies look at, taken apart; all of them hold
// where the decision is yes, and one does not where it is no.
type Condition struct {
	Name  ConditionName
	Holds bool
	Is    string   // how it stands, in one word
	From  []Origin // of ConditionPermission: everything that gives it
}

// ConditionName says what a condition is about.
type ConditionName string

const (
	ConditionSubject     ConditionName = "subject"     // the organisation has the user
	ConditionStatus      ConditionName = "status"      // Is: the user's status
	ConditionPermission  ConditionName = "permission"  // the user has it, whatever its scope
	ConditionScope       ConditionName = "scope"       // Is: the widest scope that it comes with (2.8)
	ConditionAccount     ConditionName = "account"     // Is: "every", "assigned", "none", or "unknown" (1.9)
	ConditionPaymentRule ConditionName = "paymentRule" // Is: the user's rule; it obliges, and never refuses (2.5)
	ConditionPolicies    ConditionName = "policies"    // no policy refuses that the other conditions do not tell of
)

// Prospect is what a decision would become by a change.
type Prospect struct {
	Decision
	Change Change
	Alters bool // it is another decision, for another reason, or with other obligations
}

// Origin is where a permission comes from.
type Origin struct {
	By    OriginKind
	ID    string // of a role, or the kind
	Name  string // of a role
	Scope Scope
}

// OriginKind is what gives a permission.
type OriginKind string

const (
	OriginUserKind OriginKind = "kind"
	OriginRole     OriginKind = "role"
	OriginExtra    OriginKind = "extra" // given beside the roles
)

// Explain tells why an evaluation is answered as it is. It asks what Evaluate asks, and decides again with the user as each
// of its open changes would leave it, so that it cannot disagree with either.
//
// Faults as for Evaluate.
func (e *Evaluator) Explain(ctx context.Context, r Request, evaluation Evaluation) (Explanation, error) {
	v, err := e.visit(ctx, r, []Evaluation{evaluation})
	if err != nil {
		return Explanation{}, err
	}
	question, unknown, err := v.question(evaluation)
	if err != nil {
		return Explanation{}, err
	}
	if unknown != nil {
		return Explanation{Decision: *unknown, Conditions: []Condition{v.whatIsUnknown(evaluation)}}, nil
	}
	var explanation Explanation
	if explanation.Decision, err = e.Policies.Decide(question); err != nil {
		return Explanation{}, err
	}
	if explanation.Conditions, err = e.conditions(question, explanation.Decision); err != nil {
		return Explanation{}, err
	}
	explanation.WouldBecome, err = e.prospects(ctx, v, question, explanation.Decision)
	return explanation, err
}

// whatIsUnknown is the condition that an evaluation breaks which the policies were not asked about.
func (v visit) whatIsUnknown(evaluation Evaluation) Condition {
	if _, err := v.subject(evaluation); err != nil {
		return Condition{Name: ConditionSubject}
	}
	if _, ok := v.found.Accounts[AccountRef{v.organisation.ID, evaluation.Account}]; !ok && evaluation.Account != "" {
		return Condition{Name: ConditionAccount, Is: "unknown"}
	}
	return Condition{Name: ConditionPermission, Is: "unknown"}
}

func (e *Evaluator) conditions(question Question, decision Decision) ([]Condition, error) {
	user := question.Principal
	origins, err := e.Policies.Origins(user, question.Organisation, Permission(question.Action))
	if err != nil {
		return nil, err
	}
	conditions := []Condition{
		{Name: ConditionSubject, Holds: true},
		{Name: ConditionStatus, Holds: user.Active(), Is: string(user.Status)},
		{Name: ConditionPermission, Holds: len(origins) > 0, From: origins},
	}
	if len(origins) > 0 {
		everything := slices.ContainsFunc(origins, func(o Origin) bool { return o.Scope == ScopeAll })
		scope := ScopeOwn
		if everything {
			scope = ScopeAll
		}
		conditions = append(conditions, Condition{
			Name: ConditionScope, Holds: everything || question.Owner == user.ID, Is: string(scope),
		})
	}
	if question.Account != nil {
		holds := "none"
		if user.HoldsAllAccounts() {
			holds = "every"
		} else if slices.Contains(user.Accounts, question.Account.ID) {
			holds = "assigned"
		}
		conditions = append(conditions, Condition{Name: ConditionAccount, Holds: holds != "none", Is: holds})
	}
	if len(decision.Obligations) > 0 || user.PaymentRule != "" {
		conditions = append(conditions, Condition{Name: ConditionPaymentRule, Holds: true, Is: cmp.Or(string(user.PaymentRule), "none")})
	}
	told := slices.ContainsFunc(conditions, func(c Condition) bool { return !c.Holds })
	return append(conditions, Condition{Name: ConditionPolicies, Holds: decision.Allowed || told, Is: decision.Policy}), nil
}

// prospects decides again, with the user as each of its open changes would leave it.
func (e *Evaluator) prospects(ctx context.Context, v visit, question Question, now Decision) ([]Prospect, error) {
	user := question.Principal
	var want Want
	for _, id := range []ChangeID{user.OpenChange, user.OpenDeactivation} {
		if id != "" {
			want.Changes = append(want.Changes, ChangeRef{user.Organisation, id})
		}
	}
	for _, id := range user.Roles {
		if role, ok := v.organisation.OwnRole(id); ok && role.OpenChange != "" {
			want.Changes = append(want.Changes, ChangeRef{v.organisation.ID, role.OpenChange})
		}
	}
	if len(want.Changes) == 0 {
		return nil, nil
	}
	found, err := e.Store.Read(ctx, want)
	if err != nil {
		return nil, err
	}
	var prospects []Prospect
	for _, ref := range want.Changes {
		change, ok := found.Changes[ref]
		if !ok || !change.State.Open() || change.expired(v.now) { // it ended since the user was read
			continue
		}
		prospect := Prospect{Decision: *unknownSubject(), Change: change}
		question.Organisation = change.reshapes(v.organisation)
		question.Principal = change.becomes(question.Organisation, user)
		if question.Principal.Status != StatusRemoved {
			if prospect.Decision, err = e.Policies.Decide(question); err != nil {
				return nil, err
			}
		}
		prospect.Alters = !prospect.same(now)
		prospects = append(prospects, prospect)
	}
	return prospects, nil
}

func (d Decision) same(other Decision) bool {
	return d.Allowed == other.Allowed && d.Policy == other.Policy && slices.Equal(d.Obligations, other.Obligations)
}
