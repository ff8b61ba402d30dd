package api

// Problem is the answer to everything that goes wrong, in the form of RFC 9457. Package httpapi alone makes it.
type Problem struct {
	Type      string         `json:"type" format:"uri-reference" example:"/problems/invalid" doc:"Ends in the code that a program acts on."`
	Title     string         `json:"title" doc:"What kind of problem it is, in the client's language."`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty" doc:"What it was this time, for a person."`
	Errors    []ProblemField `json:"errors,omitempty" doc:"The fields at fault."`
	Policy    string         `json:"policy,omitempty" doc:"The policy that denied."`
	Change    string         `json:"change,omitempty" doc:"The open change in the way."`
	RequestID string         `json:"requestId,omitempty" doc:"What to quote when asking for help, where the fault is the service's."`
}

// ProblemField is a field that breaks a rule. It never repeats the value, which may be a password.
type ProblemField struct {
	Field  string `json:"field" example:"name.first" doc:"The path in the body, or the name of a parameter or header; \"body\" is the whole."`
	Rule   string `json:"rule" example:"maxLength" doc:"A stable code of the rule."`
	Detail string `json:"detail,omitempty" translated:"" doc:"The rule in words."`
}
