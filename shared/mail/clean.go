package mail

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

const (
	maxValue   = 1000 // runes of any one value shown
	maxSubject = 200  // runes of a subject

	wordJoiner            = '\u2060'
	firstStrongIsolate    = '\u2068'
	popDirectionalIsolate = '\u2069'
)

// clean makes one line of text out of other people's input: what separates
// lines or words becomes one space, and what is invisible goes, be it a control
// character, a direction override (Unicode UAX #9), a byte order mark or a tag
// character. Joiners stay: Persian, Hindi and emoji are spelt with them.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			return ' '
		case r == '\u200c', r == '\u200d':
			return r
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return shorten(strings.Join(strings.Fields(s), " "), maxValue)
}

func shorten(s string, limit int) string {
	n := 0
	for i := range s {
		if n++; n > limit {
			return s[:i] + "…"
		}
	}
	return s
}

// linkLike finds what makes a mail reader see a web address: the end of a scheme,
// or the dot before a label that may be a top-level domain.
var linkLike = regexp.MustCompile(`(:)(//)|(\.)(\pL\pL)`)

// quote makes a cleaned value fit to stand in a sentence: a mail reader finds no
// web address in it, and its letters do not reorder the words around it.
func quote(s string) string {
	s = linkLike.ReplaceAllString(s, "${1}${3}"+string(wordJoiner)+"${2}${4}")
	return isolate(s)
}

// isolate wraps a value with right-to-left letters, as UAX #9 section 2.7
// recommends for text inserted into other text.
func isolate(s string) string {
	rightToLeft := strings.ContainsFunc(s, func(r rune) bool {
		p, _ := bidi.LookupRune(r)
		return p.Class() == bidi.R || p.Class() == bidi.AL
	})
	if !rightToLeft {
		return s
	}
	return string(firstStrongIsolate) + s + string(popDirectionalIsolate)
}

// headerLine makes a subject of a rendered text. No reader looks for links in a
// subject, so the joiners that prevent them need not be there.
func headerLine(s string) string {
	return shorten(strings.ReplaceAll(s, string(wordJoiner), ""), maxSubject)
}
