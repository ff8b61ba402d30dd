package api

import (
	"net/http"
	"time"
)

// Evaluation is a question in the form of the OpenID AuthZEN access evaluation API 1.0.
type Evaluation struct {
	_        struct{}           `json:"-" additionalProperties:"true"` // receivers ignore what they do not know (AuthZEN 1.0), here and in the parts
	Subject  EvaluationSubject  `json:"subject"`
	Action   EvaluationAction   `json:"action"`
	Resource EvaluationResource `json:"resource"`
	Context  map[string]any     `json:"context,omitempty"`
}

// EvaluationSubject is who would act.
type EvaluationSubject struct {
	_          struct{}       `json:"-" additionalProperties:"true"`
	Type       string         `json:"type" maxLength:"64" example:"user" doc:"user: what is of another type is nobody."`
	ID         string         `json:"id" maxLength:"64" example:"usr_01JGFJJZ00BPM7W4PP1Q8460RX"`
	Properties map[string]any `json:"properties,omitempty"`
}

// EvaluationAction is what would be done.
type EvaluationAction struct {
	_          struct{}       `json:"-" additionalProperties:"true"`
	Name       string         `json:"name" maxLength:"100" doc:"A permission, as payments:initiate." example:"payments:initiate"`
	Properties map[string]any `json:"properties,omitempty"`
}

// EvaluationResource is on what.
type EvaluationResource struct {
	_          struct{}            `json:"-" additionalProperties:"true"`
	Type       string              `json:"type" maxLength:"64" doc:"account, or a type of the platform's own." example:"account"`
	ID         string              `json:"id" maxLength:"100" example:"acc_01JGFJJZ00AC1TKYXF2DTY263X"`
	Properties *ResourceProperties `json:"properties,omitempty"`
}

// ResourceProperties say whose and of which account a resource is.
type ResourceProperties struct {
	_       struct{} `json:"-" additionalProperties:"true"`
	Owner   string   `json:"owner,omitempty" maxLength:"64" doc:"The user who created it."`
	Account string   `json:"account,omitempty" maxLength:"64" doc:"The account that it is of, where it is none itself."`
}

// EvaluationInput is evaluateAccess's.
type EvaluationInput struct {
	Account string `header:"Mandate-Account" maxLength:"64" doc:"The account that the request is about, where the resource does not name it (6.4)."`
	Body    Evaluation
}

// EvaluationAnswer is the decision.
type EvaluationAnswer struct {
	Body Evaluated
}

// Evaluated is a decision in the form of that API.
type Evaluated struct {
	Decision bool              `json:"decision"`
	Context  EvaluationContext `json:"context"`
}

// EvaluationContext tells why.
type EvaluationContext struct {
	Reason      string           `json:"reason,omitempty" translated:""`
	Policy      string           `json:"policy,omitempty" doc:"The policy that permitted or denied."`
	Obligations []string         `json:"obligations" nullable:"false" doc:"What the caller must see to, as needsApproval."`
	Error       *EvaluationError `json:"error,omitempty" doc:"Of one among several: why it could not be evaluated, which denies."`
}

// EvaluationError is what is wrong with one of several evaluations.
type EvaluationError struct {
	Status  int            `json:"status"`
	Message string         `json:"message" translated:""`
	Errors  []ProblemField `json:"errors" nullable:"false"`
}

// BatchEvaluation is one of several evaluations: what it leaves out is taken from the request's own.
type BatchEvaluation struct {
	_        struct{}       `json:"-" additionalProperties:"true"` // as of a single one
	Subject  *BatchSubject  `json:"subject,omitempty"`
	Action   *BatchAction   `json:"action,omitempty"`
	Resource *BatchResource `json:"resource,omitempty"`
	Context  map[string]any `json:"context,omitempty"`
}

// BatchSubject is a subject of which a part may be the default's.
type BatchSubject struct {
	_          struct{}       `json:"-" additionalProperties:"true"`
	Type       string         `json:"type,omitempty" maxLength:"64" doc:"user: what is of another type is nobody."`
	ID         string         `json:"id,omitempty" maxLength:"64"`
	Properties map[string]any `json:"properties,omitempty"`
}

// BatchAction is an action of which a part may be the default's.
type BatchAction struct {
	_          struct{}       `json:"-" additionalProperties:"true"`
	Name       string         `json:"name,omitempty" maxLength:"100"`
	Properties map[string]any `json:"properties,omitempty"`
}

// BatchResource is a resource of which a part may be the default's.
type BatchResource struct {
	_          struct{}            `json:"-" additionalProperties:"true"`
	Type       string              `json:"type,omitempty" maxLength:"64"`
	ID         string              `json:"id,omitempty" maxLength:"100"`
	Properties *ResourceProperties `json:"properties,omitempty"`
}

// How several evaluations are gone through.
const (
	ExecuteAll          = "execute_all"
	DenyOnFirstDeny     = "deny_on_first_deny"
	PermitOnFirstPermit = "permit_on_first_permit"
)

// BatchOptions say how several evaluations are gone through.
type BatchOptions struct {
	_        struct{} `json:"-" additionalProperties:"true"`
	Semantic string   `json:"evaluations_semantic,omitempty" enum:"execute_all,deny_on_first_deny,permit_on_first_permit" default:"execute_all"`
}

// EvaluationsInput is evaluateAccessBatch's.
type EvaluationsInput struct {
	Account string `header:"Mandate-Account" maxLength:"64" doc:"The account that the request is about, where a resource does not name it (6.4)."`
	Body    struct {
		_ struct{} `json:"-" additionalProperties:"true"`
		BatchEvaluation
		Evaluations []BatchEvaluation `json:"evaluations,omitempty" maxItems:"50" doc:"Without any, the request is a single evaluation and is answered as one."`
		Options     *BatchOptions     `json:"options,omitempty"`
	}
}

// EvaluationsAnswer is the decisions, in the order of the evaluations, as far as they were gone through; or the decision,
// where the request was a single evaluation.
type EvaluationsAnswer struct {
	Body struct {
		Evaluations []Evaluated        `json:"evaluations,omitempty"`
		Decision    *bool              `json:"decision,omitempty"`
		Context     *EvaluationContext `json:"context,omitempty"`
	}
}

// ExplanationAnswer is why.
type ExplanationAnswer struct {
	Body struct {
		Deciding
		Conditions  []Condition `json:"conditions" nullable:"false" doc:"What the decision depends on. All hold where it is yes, and one does not where it is no."`
		WouldBecome []Prospect  `json:"wouldBecome" nullable:"false" doc:"For each open change of the user: the decision once it has taken effect."`
	}
}

// Deciding is a decision with the policy that made it.
type Deciding struct {
	Decision    bool     `json:"decision"`
	Policy      string   `json:"policy" doc:"The policy that permitted or denied."`
	Reason      string   `json:"reason" translated:"" doc:"The policy's own words, in the reader's language."`
	Obligations []string `json:"obligations" nullable:"false"`
}

// Condition is one thing that a decision depends on.
type Condition struct {
	Condition string   `json:"condition" enum:"subject,status,permission,scope,account,paymentRule,policies" doc:"The organisation has the user; its status; it has the permission, whatever its scope; the scope fits the resource's owner; it has the account; the payment rule, which obliges and never refuses; and no other policy refuses."`
	Holds     bool     `json:"holds"`
	Is        string   `json:"is,omitempty" doc:"How it stands: the status; all or own; every, assigned, none or unknown; needsApproval, submit or none; the policy."`
	From      []Origin `json:"from,omitempty" doc:"Everything that gives the permission."`
}

// Origin is where a permission comes from.
type Origin struct {
	By    string `json:"by" enum:"kind,role,extra"`
	ID    string `json:"id,omitempty"`
	Name  string `json:"name,omitempty"`
	Scope string `json:"scope" enum:"all,own"`
}

// Prospect is what a decision would become.
type Prospect struct {
	Deciding
	Change      string     `json:"change"`
	Act         string     `json:"act"`
	State       string     `json:"state" enum:"awaitingStepUp,awaitingApproval,propagating"`
	EffectiveAt *time.Time `json:"effectiveAt,omitempty" doc:"Absent while it waits for somebody."`
	Alters      bool       `json:"alters" doc:"It is another decision, for another reason, or with other obligations."`
}

// ConfigurationInput is getAccessConfiguration's. Both fields are the gateway's own.
type ConfigurationInput struct {
	Host  string `header:"Host" hidden:"true" maxLength:"300" pattern:"^[A-Za-z0-9.:\\[\\]-]*$"`
	Proto string `header:"X-Forwarded-Proto" hidden:"true" enum:"http,https" default:"https"`
}

// ConfigurationAnswer says where access evaluations are asked.
type ConfigurationAnswer struct {
	Body struct {
		PolicyDecisionPoint       string `json:"policy_decision_point"`
		AccessEvaluationEndpoint  string `json:"access_evaluation_endpoint"`
		AccessEvaluationsEndpoint string `json:"access_evaluations_endpoint"`
	}
}

// Operations on access. Those of the standard answer bad input by its status.
var (
	EvaluateAccess = declare[EvaluationInput, EvaluationAnswer](Endpoint{
		ID: "evaluateAccess", Method: http.MethodPost, Path: "/access/v1/evaluation", Function: Access, Tag: "access",
		Summary: "Ask whether a subject may do something, now, and why.", BadInput: http.StatusBadRequest,
	})
	EvaluateAccessBatch = declare[EvaluationsInput, EvaluationsAnswer](Endpoint{
		ID: "evaluateAccessBatch", Method: http.MethodPost, Path: "/access/v1/evaluations", Function: Access, Tag: "access",
		Summary: "Ask several such questions at once.", BadInput: http.StatusBadRequest,
	})
	ExplainAccess = declare[EvaluationInput, ExplanationAnswer](Endpoint{
		ID: "explainAccess", Method: http.MethodPost, Path: "/v1/access/explain", Function: Access, Tag: "access",
		Summary: "Explain why a user may, or may not, do something, and which open change would alter that and when.",
	})
	GetAccessConfiguration = declare[ConfigurationInput, ConfigurationAnswer](Endpoint{
		ID: "getAccessConfiguration", Method: http.MethodGet, Path: "/.well-known/authzen-configuration", Function: Access, Tag: "access",
		Summary: "Say where access evaluations are asked, by OpenID AuthZEN 1.0.", Public: true,
	})
)
