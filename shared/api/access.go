package api

import "net/http"

// Evaluation is a question in the form of the OpenID AuthZEN access evaluation API 1.0.
type Evaluation struct {
	Subject  EvaluationSubject  `json:"subject"`
	Action   EvaluationAction   `json:"action"`
	Resource EvaluationResource `json:"resource"`
	Context  map[string]any     `json:"context,omitempty"`
}

// EvaluationSubject is who would act.
type EvaluationSubject struct {
	Type       string         `json:"type" enum:"user"`
	ID         string         `json:"id" maxLength:"64"`
	Properties map[string]any `json:"properties,omitempty"`
}

// EvaluationAction is what would be done.
type EvaluationAction struct {
	Name       string         `json:"name" maxLength:"100" doc:"A permission, as payments:initiate."`
	Properties map[string]any `json:"properties,omitempty"`
}

// EvaluationResource is on what.
type EvaluationResource struct {
	Type       string              `json:"type" maxLength:"64" doc:"account, or a type of the platform's own."`
	ID         string              `json:"id" maxLength:"100"`
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
	Body struct {
		Decision bool              `json:"decision"`
		Context  EvaluationContext `json:"context"`
	}
}

// EvaluationContext tells why.
type EvaluationContext struct {
	Reason      string   `json:"reason"`
	Policy      string   `json:"policy" doc:"The policy that permitted or denied."`
	Obligations []string `json:"obligations" nullable:"false" doc:"What the caller must see to, as needsApproval."`
}

// EvaluateAccess asks whether a subject may do something now.
var EvaluateAccess = declare[EvaluationInput, EvaluationAnswer](Endpoint{
	ID: "evaluateAccess", Method: http.MethodPost, Path: "/access/v1/evaluation", Function: Access, Tag: "access",
	Summary: "Ask whether a subject may do something, now, and why.",
})
