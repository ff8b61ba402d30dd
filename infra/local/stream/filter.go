package stream

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Filter is a pattern of an event source mapping's FilterCriteria. Make one with
// [ParseFilter].
type Filter struct {
	fields map[string]Filter // of an object: all must match
	rules  []rule            // of a leaf: one must match
}

// rule holds for a leaf's value; present is whether there is one.
type rule func(value any, present bool) bool

// ParseFilter reads a pattern as it is deployed, for example
//
//	{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"mail#"}]}}}}
//
// Of the rules that Lambda has it knows equality with a string, a boolean or
// null, prefix, anything-but strings, and exists. It fails on all others, so that
// no pattern means less here than deployed.
func ParseFilter(pattern string) (Filter, error) {
	var value map[string]any
	if err := json.Unmarshal([]byte(pattern), &value); err != nil {
		return Filter{}, fmt.Errorf("filter %s: %w", pattern, err)
	}
	f, err := parseFields(value)
	if err != nil {
		return Filter{}, fmt.Errorf("filter %s: %w", pattern, err)
	}
	return f, nil
}

func parseFields(object map[string]any) (Filter, error) {
	if len(object) == 0 {
		return Filter{}, fmt.Errorf("an object without fields")
	}
	f := Filter{fields: make(map[string]Filter, len(object))}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		var field Filter
		var err error
		switch value := object[name].(type) {
		case map[string]any:
			field, err = parseFields(value)
		case []any:
			field, err = parseRules(value)
		default:
			err = fmt.Errorf("must be an object, or a list of rules")
		}
		if err != nil {
			return Filter{}, fmt.Errorf("%s: %w", name, err)
		}
		f.fields[name] = field
	}
	return f, nil
}

func parseRules(list []any) (Filter, error) {
	if len(list) == 0 {
		return Filter{}, fmt.Errorf("an empty list of rules")
	}
	var f Filter
	for _, value := range list {
		r, err := parseRule(value)
		if err != nil {
			return Filter{}, err
		}
		f.rules = append(f.rules, r)
	}
	return f, nil
}

func parseRule(value any) (rule, error) {
	switch value := value.(type) {
	case nil, bool, string:
		return func(v any, present bool) bool { return present && v == value }, nil
	case map[string]any:
		if len(value) != 1 {
			return nil, fmt.Errorf("a rule has one operator")
		}
		for operator, operand := range value {
			return parseOperator(operator, operand)
		}
	}
	return nil, fmt.Errorf("rule %v is not supported", value)
}

func parseOperator(operator string, operand any) (rule, error) {
	switch operand := operand.(type) {
	case string:
		switch operator {
		case "prefix":
			return func(v any, present bool) bool {
				s, ok := v.(string)
				return present && ok && strings.HasPrefix(s, operand)
			}, nil
		case "anything-but":
			return anythingBut([]any{operand})
		}
	case bool:
		if operator == "exists" {
			return func(_ any, present bool) bool { return present == operand }, nil
		}
	case []any:
		if operator == "anything-but" {
			return anythingBut(operand)
		}
	}
	return nil, fmt.Errorf("operator %q with %v is not supported", operator, operand)
}

func anythingBut(excluded []any) (rule, error) {
	for _, value := range excluded {
		if _, ok := value.(string); !ok {
			return nil, fmt.Errorf("anything-but %v is not supported", value)
		}
	}
	return func(v any, present bool) bool {
		s, ok := v.(string)
		return present && ok && !slices.Contains(excluded, any(s))
	}, nil
}

// match holds the pattern against a decoded JSON value. A leaf that is a list, a
// set in DynamoDB, matches with any of its elements.
func (f Filter) match(value any, present bool) bool {
	if f.fields != nil {
		object, _ := value.(map[string]any)
		for name, field := range f.fields {
			v, ok := object[name]
			if !field.match(v, ok) {
				return false
			}
		}
		return true
	}
	values := []any{value}
	if list, ok := value.([]any); ok {
		values = list
	}
	return slices.ContainsFunc(f.rules, func(r rule) bool {
		return slices.ContainsFunc(values, func(v any) bool { return r(v, present) })
	})
}
