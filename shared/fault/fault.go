package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code says what went wrong, for a program. Codes are part of the contract with clients: they end the problem's type.
type Code string

const (
	Invalid             Code = "invalid"             // a field breaks a rule; Fields says which
	Unauthenticated     Code = "unauthenticated"     // no session, or one that has ended
	CredentialsWrong    Code = "credentialsWrong"    // identifier, password or code are wrong, and no more is told (5.8)
	SecondFactorMissing Code = "secondFactorMissing" // the act needs a second factor that is not set up
	OnboardingOpen      Code = "onboardingOpen"      // the act is for those who passed every stage of onboarding (1.11)
	PasswordMustChange  Code = "passwordMustChange"  // staff set the password: another must be chosen first (5.7)
	Forbidden           Code = "forbidden"           // a policy denies; Policy names it (2.10)
	NotFound            Code = "notFound"            // nothing of that id in this organisation
	ChangeOpen          Code = "changeOpen"          // the user has an open change; Change names it (3.5)
	ChangeClosed        Code = "changeClosed"        // the change is no longer waiting for this
	DigestWrong         Code = "digestWrong"         // the authentication was for something else than what is asked (3.3)
	Conflict            Code = "conflict"            // the target moved underneath the act (3.8)
	TooFewAdmins        Code = "tooFewAdmins"        // fewer admins would be left than the organisation needs (3.10)
	StateWrong          Code = "stateWrong"          // the act does not fit the user's status
	LinkUsed            Code = "linkUsed"            // the link was used (4.4)
	LinkExpired         Code = "linkExpired"
	LinkReplaced        Code = "linkReplaced"
	LinkRevoked         Code = "linkRevoked"
	CodeExpired         Code = "codeExpired"        // the code that was texted is worth nothing any more: ask for another
	PreconditionFailed  Code = "preconditionFailed" // If-Match does not match
	KeyReused           Code = "keyReused"          // an Idempotency-Key came with another request
	TooManyAttempts     Code = "tooManyAttempts"    // slow down; RetryAfter says how long (5.6)
	Stale               Code = "stale"              // lost a race; the act may be tried again from its first read
)

// ErrUnavailable is in an error that is no fault and passes by itself: what the service rests on cannot answer now.
var ErrUnavailable = errors.New("not available now")

// Field is one field that breaks one rule. Name is the path in the request, as "name.first" or "accounts[2]". Detail and
// Values are as a fault's.
type Field struct {
	Name   string
	Rule   string
	Detail string
	Values []any
}

// Fault is an error of the domain.
type Fault struct {
	Code Code
	// Detail is what a person is told, in English: a format of package fmt where there are Values. The two are kept apart
	// because translations are found by the format ([mandate/shared/words]).
	Detail     string
	Values     []any
	Fields     []Field
	Policy     string        // the policy that denied
	Change     string        // the open change in the way
	RetryAfter time.Duration // with TooManyAttempts, and with Stale where all else was tried
}

// Word is a value of a detail that is itself told in the reader's language, as a status is: the code of what it says.
type Word string

// Format puts the values into a detail. A detail without values may hold a %.
func Format(detail string, values ...any) string {
	if len(values) == 0 {
		return detail
	}
	return fmt.Sprintf(detail, values...)
}

// New makes a fault. Detail and values are for people and never carry a secret or another tenant's data.
func New(code Code, detail string, values ...any) *Fault {
	return &Fault{Code: code, Detail: detail, Values: values}
}

// InvalidField is the fault of a single field.
func InvalidField(name, rule, detail string, values ...any) *Fault {
	return &Fault{Code: Invalid, Detail: detail, Values: values, Fields: []Field{{name, rule, detail, values}}}
}

func (f *Fault) Error() string {
	var text strings.Builder
	text.WriteString(string(f.Code))
	if f.Detail != "" {
		text.WriteString(": " + Format(f.Detail, f.Values...))
	}
	for _, field := range f.Fields {
		text.WriteString("; " + field.Name + " " + field.Rule)
	}
	return text.String()
}

// As finds the fault in an error's chain.
func As(err error) (*Fault, bool) {
	var found *Fault
	ok := errors.As(err, &found)
	return found, ok
}

// Is tells whether an error is a fault of this code.
func Is(err error, code Code) bool {
	found, ok := As(err)
	return ok && found.Code == code
}

// Fields gathers what is wrong with a request, so that a client learns of everything at once.
type Fields []Field

// Add notes a field that breaks a rule.
func (f *Fields) Add(name, rule, detail string, values ...any) {
	*f = append(*f, Field{name, rule, detail, values})
}

// Err is nil where nothing was noted.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	detail, values := f[0].Detail, f[0].Values
	if len(f) > 1 {
		detail, values = "Several fields are not as they should be.", nil
	}
	return &Fault{Code: Invalid, Detail: detail, Values: values, Fields: f}
}
