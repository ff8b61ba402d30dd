package accept

import (
	"slices"
	"strconv"
	"strings"
)

// Weight is what a field has for something: its most specific entry counts.
type Weight struct {
	Q     float64 // 0 to 1; 0: not taken
	Named int     // by which of the ranges it was found; -1: by none
	Place int     // of the entry in the field
}

// Weigh reads the weight of what is in these ranges, the widest of them first and its own name last.
func Weigh(field string, ranges ...string) Weight {
	found := Weight{Named: -1}
	place := 0
	for entry := range strings.SplitSeq(field, ",") {
		place++
		wanted, parameters, _ := strings.Cut(entry, ";")
		named := slices.IndexFunc(ranges, func(one string) bool { return strings.EqualFold(one, strings.TrimSpace(wanted)) })
		if q, ok := quality(parameters); ok && named > found.Named {
			found = Weight{q, named, place}
		}
	}
	return found
}

// quality is the weight among the parameters of an entry, 1 where there is none.
func quality(parameters string) (float64, bool) {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			return q, err == nil && q >= 0 && q <= 1
		}
	}
	return 1, true
}
