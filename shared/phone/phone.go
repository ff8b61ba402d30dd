package phone

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed lengths.txt
var table string

// lengths has, for each country calling code, how many digits may follow it.
var lengths = sync.OnceValue(func() map[string][]int {
	codes := make(map[string][]int, 256)
	for line := range strings.Lines(table) {
		code, list, _ := strings.Cut(strings.TrimSpace(line), " ")
		for text := range strings.SplitSeq(list, ",") {
			length, err := strconv.Atoi(text)
			if err != nil {
				panic("phone: lengths.txt: " + line) // the table is part of the program, and a test reads it
			}
			codes[code] = append(codes[code], length)
		}
	}
	return codes
})

// separators are what people write between digits.
var separators = strings.NewReplacer("(0)", "", " ", "", "\u00a0", "", "-", "", ".", "", "/", "", "(", "", ")", "")

// most is how long a number may be as it is written, so that nothing long is looked at.
const most = 40

// E164 is the number in the form of E.164, as +442079460018; false where it is none. A number without its country's
// code is none: there is no country to guess from.
func E164(number string) (string, bool) {
	if len(number) > most {
		return "", false
	}
	digits, ok := strings.CutPrefix(separators.Replace(number), "+")
	if !ok || len(digits) > 15 || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return "", false
	}
	for size := 1; size <= 3 && size < len(digits); size++ { // no code is the beginning of another
		for _, length := range lengths()[digits[:size]] {
			if len(digits) == size+length {
				return "+" + digits, true
			}
		}
	}
	return "", false
}
