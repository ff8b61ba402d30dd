package httpapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"mandate/shared/fault"
)

// wholeBody names the body as a field.
const wholeBody = "body"

// violation is a field that breaks a rule of the wire.
type violation struct {
	field string
	text  string // of the rule in package words; up to a dot it is the rule's code
	limit string // what the rule's text says in place of {limit}
}

// rule is the code of the broken rule: "type" of "type.string".
func (v violation) rule() string {
	code, _, _ := strings.Cut(v.text, ".")
	return code
}

type violations []violation

func (v *violations) add(field, text, limit string) {
	*v = append(*v, violation{field: fieldName(field), text: text, limit: limit})
}

// check notes what is wrong with a parameter that the library does not see.
func (v *violations) check(parameter *huma.Param, value string) {
	var result huma.ValidateResult
	path := huma.NewPathBuffer(nil, 0)
	path.Push(parameter.In)
	path.Push(parameter.Name)
	huma.Validate(nil, parameter.Schema, path, huma.ModeWriteToServer, value, &result)
	for _, err := range result.Errors {
		if detail, ok := err.(*huma.ErrorDetail); ok {
			*v = append(*v, violationOf(detail))
		}
	}
}

// refusal is a request that breaks rules of the wire, as an error.
type refusal struct {
	code       fault.Code
	detail     string // of package words; the code's own where empty
	violations violations
	policy     string
	unrouted   bool // no operation of this function answers the event
}

// maxViolations bounds what one answer lists.
const maxViolations = 32

func refuse(code fault.Code, violations ...violation) *refusal {
	slices.SortStableFunc(violations, func(a, b violation) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.text, b.text))
	})
	violations = slices.Compact(violations)
	return &refusal{code: code, violations: violations[:min(len(violations), maxViolations)]}
}

func (r *refusal) Error() string {
	var text strings.Builder
	text.WriteString(string(r.code))
	for _, violation := range r.violations {
		text.WriteString("; " + violation.field + " " + violation.rule())
	}
	return text.String()
}

// takeError takes the library's own form of an error out of the answer: what it says is told by problem.go.
func takeError(ctx huma.Context, _ string, value any) (any, error) {
	model, ok := value.(*huma.ErrorModel)
	if !ok {
		return value, nil
	}
	x := exchangeIn(ctx.Context())
	if len(model.Errors) == 0 {
		x.err = fmt.Errorf("httpapi: the library refused: %d %s", model.Status, model.Detail)
		return nil, nil
	}
	broken := make(violations, len(model.Errors))
	for i, detail := range model.Errors {
		broken[i] = violationOf(detail)
	}
	x.err = refuse(fault.Invalid, broken...)
	return nil, nil
}

// undecodable is the message of a value that the library's validation let pass and the input's type does not take, as
// 1.0 for an integer.
const undecodable = "cannot be read into the field %s"

// messages are the library's, with the text of the rule that each is about. It tells no more of a broken rule than this
// message, so the rule is found by it. A limit is passed on only where it is the declaration's: other arguments hold
// the client's value.
var messages = []struct {
	message string
	text    string
	limit   bool // the first argument is the rule's limit
	name    bool // the first argument is the field's name, below the location
}{
	{message: validation.MsgExpectedRequiredProperty, text: "required", name: true},
	{message: validation.MsgExpectedDependentRequiredProperty, text: "required", name: true},
	{message: validation.MsgExpectedPropertyNameInObject, text: "required"},
	{message: "required path parameter is missing", text: "required"},
	{message: "required query parameter is missing", text: "required"},
	{message: "required header parameter is missing", text: "required"},
	{message: "required cookie parameter is missing", text: "required"},
	{message: validation.MsgUnexpectedProperty, text: "unknown"},

	{message: validation.MsgExpectedBoolean, text: "type.boolean"},
	{message: validation.MsgExpectedNumber, text: "type.number"},
	{message: validation.MsgExpectedInteger, text: "type.integer"},
	{message: validation.MsgExpectedString, text: "type.string"},
	{message: validation.MsgExpectedArray, text: "type.array"},
	{message: validation.MsgExpectedObject, text: "type.object"},
	{message: "invalid boolean", text: "type.boolean"},
	{message: "invalid integer", text: "type.integer"},
	{message: "invalid float", text: "type.number"},
	{message: "invalid floating value", text: "type.number"},
	{message: undecodable, text: "type", name: true},

	{message: strings.Replace(validation.MsgExpectedMinLength, "%d", "1", 1), text: "minLength.one"},
	{message: validation.MsgExpectedMinLength, text: "minLength", limit: true},
	{message: validation.MsgExpectedMaxLength, text: "maxLength", limit: true},
	{message: validation.MsgExpectedBePattern, text: "pattern", limit: true},
	{message: validation.MsgExpectedMatchPattern, text: "pattern", limit: true},
	{message: validation.MsgExpectedOneOf, text: "enum", limit: true},
	{message: validation.MsgExpectedMinimumNumber, text: "minimum", limit: true},
	{message: validation.MsgExpectedExclusiveMinimumNumber, text: "exclusiveMinimum", limit: true},
	{message: validation.MsgExpectedMaximumNumber, text: "maximum", limit: true},
	{message: validation.MsgExpectedExclusiveMaximumNumber, text: "exclusiveMaximum", limit: true},
	{message: validation.MsgExpectedNumberBeMultipleOf, text: "multipleOf", limit: true},
	{message: strings.Replace(validation.MsgExpectedMinItems, "%d", "1", 1), text: "minItems.one"},
	{message: validation.MsgExpectedMinItems, text: "minItems", limit: true},
	{message: validation.MsgExpectedMaxItems, text: "maxItems", limit: true},
	{message: validation.MsgExpectedArrayItemsUnique, text: "uniqueItems"},
	{message: validation.MsgExpectedMinProperties, text: "minProperties", limit: true},
	{message: validation.MsgExpectedMaxProperties, text: "maxProperties", limit: true},
	{message: validation.MsgExpectedMatchAtLeastOneSchema, text: "form"},
	{message: validation.MsgExpectedMatchExactlyOneSchema, text: "form"},
	{message: "expected value to match exactly one schema but matched multiple", text: "form"},
	{message: validation.MsgExpectedNotMatchSchema, text: "form"},

	{message: validation.MsgExpectedRFC3339DateTime, text: "format.dateTime"},
	{message: validation.MsgExpectedRFC1123DateTime, text: "format"},
	{message: "invalid date/time for format %s", text: "format.dateTime"},
	{message: validation.MsgExpectedRFC3339Date, text: "format.date"},
	{message: validation.MsgExpectedRFC3339Time, text: "format.time"},
	{message: validation.MsgExpectedDuration, text: "format"},
	{message: validation.MsgExpectedRFC5322Email, text: "format.email"},
	{message: validation.MsgExpectedRFC5890Hostname, text: "format.hostname"},
	{message: validation.MsgExpectedRFC2673IPv4, text: "format.ip"},
	{message: validation.MsgExpectedRFC2373IPv6, text: "format.ip"},
	{message: validation.MsgExpectedRFCIPAddr, text: "format.ip"},
	{message: validation.MsgExpectedRFC3986URI, text: "format.uri"},
	{message: "invalid url.URL value", text: "format.uri"},
	{message: validation.MsgExpectedRFC4122UUID, text: "format"},
	{message: validation.MsgExpectedRFC6570URITemplate, text: "format"},
	{message: validation.MsgExpectedRFC6901JSONPointer, text: "format"},
	{message: validation.MsgExpectedRFC6901RelativeJSONPointer, text: "format"},
	{message: validation.MsgExpectedRegexp, text: "format"},
	{message: validation.MsgExpectedBase64String, text: "format.base64"},
	{message: "invalid value: %s", text: "format"},
}

// otherRule is what is said where the library gives a message of its own that is not among these.
const otherRule = "invalid"

// pattern finds a message again: its parts are the fixed text around the arguments.
type pattern struct {
	parts []string
	index int // in messages
}

// patterns of the messages, the longest beginning first: "expected string to be RFC 5322 email: %v" before "expected
// string to be %s".
var patterns = sync.OnceValue(func() []pattern {
	verbs := strings.NewReplacer("%d", "\x00", "%s", "\x00", "%v", "\x00")
	found := make([]pattern, len(messages))
	for i, message := range messages {
		found[i] = pattern{strings.Split(verbs.Replace(message.message), "\x00"), i}
	}
	slices.SortStableFunc(found, func(a, b pattern) int { return cmp.Compare(len(b.parts[0]), len(a.parts[0])) })
	return found
})

// match tells whether a message was made of the pattern, and its first argument.
func (p pattern) match(message string) (argument string, ok bool) {
	rest, ok := strings.CutPrefix(message, p.parts[0])
	if !ok || len(p.parts) == 1 {
		return "", ok && rest == ""
	}
	if len(p.parts) == 2 {
		return strings.CutSuffix(rest, p.parts[1])
	}
	argument, _, ok = strings.Cut(rest, p.parts[1])
	return argument, ok
}

// violationOf tells in the API's words what the library says of a field.
func violationOf(detail *huma.ErrorDetail) violation {
	found := violation{field: fieldPath(detail.Location), text: otherRule}
	for _, pattern := range patterns() {
		argument, ok := pattern.match(detail.Message)
		if !ok {
			continue
		}
		message := messages[pattern.index]
		found.text = message.text
		if message.limit {
			found.limit = argument
		}
		if message.name {
			found.field = fieldPath(strings.TrimSuffix(detail.Location+"."+argument, "."))
		}
		break
	}
	return found
}

// fieldPath turns the library's location into the API's name of a field: "body.name.first" is "name.first", and
// "query.limit" is "limit".
func fieldPath(location string) string {
	if _, name, found := strings.Cut(location, "."); found && !strings.HasPrefix(location, wholeBody+"[") {
		location = name
	}
	return fieldName(unguard.Replace(location))
}

// maxField bounds the name of a field in an answer, in characters.
const maxField = 128

// fieldName makes a name fit to be shown: an unknown one is the client's own text, which may be endless, or nothing.
func fieldName(name string) string {
	if name = clean(name, maxField); name == "" {
		return `""`
	}
	return name
}
