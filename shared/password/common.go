package password

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

// commonList is sorted by byte, each line ended by a newline.
//
//go:embed common.txt
var commonList string

// isCommon tells whether a folded password is on the list, or is as common by
// its shape: a unit repeated that is itself short or common, or a run.
func isCommon(folded string) bool {
	unit := repeatedUnit(folded)
	if len(unit) < len(folded) && utf8.RuneCountInString(unit) < MinWithSecondFactor {
		return true
	}
	return listed(unit) || listed(folded) || isRun(folded)
}

// listed finds a line of the list by bisection.
func listed(word string) bool {
	for rest := commonList; rest != ""; {
		mid := len(rest) / 2
		start := strings.LastIndexByte(rest[:mid], '\n') + 1
		end := mid + strings.IndexByte(rest[mid:], '\n')
		switch strings.Compare(word, rest[start:end]) {
		case 0:
			return true
		case -1:
			rest = rest[:start]
		default:
			rest = rest[end+1:]
		}
	}
	return false
}

// repeatedUnit returns the shortest text that s consists of, written at least
// twice, the last time perhaps cut short; or s itself.
func repeatedUnit(s string) string {
	for n := range s {
		if n > 0 && n <= len(s)/2 && strings.HasPrefix(s, s[n:]) {
			return s[:n]
		}
	}
	return s
}

// isRun tells whether each character follows the one before it by the same step,
// up or down by one, with nine and nought as neighbours ("7890123…").
func isRun(s string) bool {
	var before, direction rune
	for i, r := range s {
		if i > 0 {
			step := r - before
			switch {
			case before == '9' && r == '0':
				step = 1
			case before == '0' && r == '9':
				step = -1
			}
			if step != 1 && step != -1 || direction != 0 && step != direction {
				return false
			}
			direction = step
		}
		before = r
	}
	return direction != 0
}
