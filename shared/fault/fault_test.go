package fault_test

import (
	"testing"

	"mandate/shared/fault"
)

func TestAFaultTellsItsValues(t *testing.T) {
	t.Parallel()
	var several fault.Fields
	several.Add("name", "maxLength", "A name has at most %d characters.", 100)
	one := several.Err()
	several.Add("email", "required", "An address is needed.")
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"values":        {fault.New(fault.StateWrong, "The user is %s.", fault.Word("inactive")), "stateWrong: The user is inactive."},
		"none, and a %": {fault.New(fault.StateWrong, "100% sure."), "stateWrong: 100% sure."},
		"of a field":    {fault.InvalidField("limit", "maximum", "At most %d.", 3), "invalid: At most 3.; limit maximum"},
		"of the field":  {one, "invalid: A name has at most 100 characters.; name maxLength"},
		"of several":    {several.Err(), "invalid: Several fields are not as they should be.; name maxLength; email required"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
