package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Lengths in Unicode code points (NIST SP 800-63B-4, section 3.1.1.2).
const (
	// MinWithSecondFactor is the least for a password beside a second factor,
	// and the floor under every rule.
	MinWithSecondFactor = 8
	// MinAlone is the least for a password that is the only factor.
	MinAlone = 15
	// Max is the most that is accepted.
	Max = 256
)

// minWord is the length from which a word of the context counts: shorter ones
// ("ann", "pay") stand inside too many others.
const minWord = 4

// Rules is what a password is judged by.
type Rules struct {
	// MinLength in code points: [MinAlone] or [MinWithSecondFactor], or what an
	// organisation asks beyond. Less than MinWithSecondFactor counts as that.
	MinLength int
	// Context holds what an attacker would try for this person first: e-mail
	// address, username, name, organisation, the service's name. They are split
	// into words here; words of fewer than four letters are left out.
	Context []string
}

// Problem is a reason why a password cannot be used; the values are stable and
// appear as the rule in problem documents.
type Problem string

// What [Check] finds.
const (
	InvalidUTF8 Problem = "invalidUTF8" // not valid UTF-8; nothing else is looked at
	TooShort    Problem = "tooShort"    // fewer code points than Rules.MinLength
	TooLong     Problem = "tooLong"     // more code points than [Max]
	Common      Problem = "common"      // among the passwords that attackers try first
	Context     Problem = "context"     // too short without the words of Rules.Context
)

// Check returns everything that is wrong with a password, or nothing where it
// may be used.
func Check(password string, rules Rules) []Problem {
	if !utf8.ValidString(password) {
		return []Problem{InvalidUTF8}
	}
	least := max(rules.MinLength, MinWithSecondFactor)
	var problems []Problem
	switch n := utf8.RuneCountInString(norm.NFC.String(password)); {
	case n < least:
		problems = append(problems, TooShort)
	case n > Max:
		return []Problem{TooLong} // the rest would be work in proportion to the input
	}
	folded := fold(password)
	if isCommon(folded) {
		problems = append(problems, Common)
	}
	if rest, found := without(folded, contextWords(rules.Context)); found && rest < least {
		problems = append(problems, Context)
	}
	return problems
}

// fold makes alike what a person would call the same letters: case, and
// compatibility forms such as full-width ones.
func fold(s string) string {
	return strings.ToLower(norm.NFKC.String(s))
}

// contextWords are the folded words of the texts, and an e-mail address's whole
// local part.
func contextWords(texts []string) []string {
	var words []string
	for _, text := range texts {
		text = fold(text)
		words = append(words, strings.FieldsFunc(text, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
		})...)
		if local, _, ok := strings.Cut(text, "@"); ok {
			words = append(words, local)
		}
	}
	return words
}

// without counts the code points of s that belong to none of the words, and
// tells whether any of them was found.
func without(s string, words []string) (rest int, found bool) {
	covered := make([]bool, len(s)) // by byte
	for _, word := range words {
		if utf8.RuneCountInString(word) < minWord {
			continue
		}
		for from := 0; ; {
			at := strings.Index(s[from:], word)
			if at < 0 {
				break
			}
			at += from
			for i := range word {
				covered[at+i] = true // the first byte of each code point suffices
			}
			from, found = at+len(word), true
		}
	}
	for i := range s {
		if !covered[i] {
			rest++
		}
	}
	return rest, found
}
