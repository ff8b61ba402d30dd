package password

import (
	"slices"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	anna := []string{"anna.smith@payments.example.com", "Anna", "Smith", "Example Payments Ltd", "Mandate"}
	tests := map[string]struct {
		password string
		rules    Rules
		want     []Problem
	}{
		"a passphrase alone":                        {passphrase, Rules{MinLength: MinAlone}, nil},
		"no composition rules":                      {"onlylowercaseletters", Rules{MinLength: MinAlone}, nil},
		"spaces at both ends":                       {" rhubarb ", Rules{MinLength: 8}, nil},
		"fourteen of fifteen":                       {"grumpy walrus!", Rules{MinLength: MinAlone}, []Problem{TooShort}},
		"fifteen":                                   {"grumpy walruses", Rules{MinLength: MinAlone}, nil},
		"seven beside a second factor":              {"kx7 wq?", Rules{MinLength: MinWithSecondFactor}, []Problem{TooShort}},
		"eight beside a second factor":              {"kx7 wq?v", Rules{MinLength: MinWithSecondFactor}, nil},
		"never fewer than eight":                    {"kx7 wq?", Rules{MinLength: 4}, []Problem{TooShort}},
		"empty":                                     {"", Rules{MinLength: 8}, []Problem{TooShort}},
		"sixty-four":                                {strings.Repeat("grumpy walruses!", 4), Rules{MinLength: MinAlone}, nil},
		"the longest":                               {strings.Repeat("grumpy walruses!", 16), Rules{MinLength: MinAlone}, nil},
		"one more than the longest":                 {strings.Repeat("grumpy walruses!", 16) + "!", Rules{MinLength: MinAlone}, []Problem{TooLong}},
		"code points count, not bytes":              {"été à Zürich", Rules{MinLength: 13}, []Problem{TooShort}},
		"an accent is one, however typed":           {"e\u0301te\u0301 a\u0300 Zu\u0308", Rules{MinLength: 9}, []Problem{TooShort}},
		"emoji":                                     {"🐳🦊🐝🦉🐢🦀🐙🦋", Rules{MinLength: 8}, nil},
		"other scripts":                             {"ゆうびんばんごうはひみつ", Rules{MinLength: 8}, nil},
		"broken UTF-8":                              {"grumpy walruses \xff", Rules{MinLength: 8}, []Problem{InvalidUTF8}},
		"half a surrogate":                          {"grumpy \xed\xa0\x80 walruses", Rules{MinLength: 8}, []Problem{InvalidUTF8}},
		"common":                                    {"password1", Rules{MinLength: 8}, []Problem{Common}},
		"common, in capitals":                       {"PassWord1", Rules{MinLength: 8}, []Problem{Common}},
		"common, full width":                        {"ｐａｓｓｗｏｒｄ１", Rules{MinLength: 8}, []Problem{Common}},
		"common and short":                          {"password1", Rules{MinLength: MinAlone}, []Problem{TooShort, Common}},
		"common within something longer":            {"password1 walrus", Rules{MinLength: 8}, nil},
		"common, twice":                             {"sunshine1sunshine1", Rules{MinLength: MinAlone}, []Problem{Common}},
		"short, three times":                        {"qwertyqwertyqwerty", Rules{MinLength: MinAlone}, []Problem{Common}},
		"one character":                             {strings.Repeat("k", 20), Rules{MinLength: MinAlone}, []Problem{Common}},
		"a unit cut short":                          {"abcabcabcabcabcab", Rules{MinLength: MinAlone}, []Problem{Common}},
		"digits counted up":                         {"456789012345678901", Rules{MinLength: MinAlone}, []Problem{Common}},
		"digits counted down":                       {"2109876543210987", Rules{MinLength: MinAlone}, []Problem{Common}},
		"the alphabet":                              {"ABCDEFGHIJKLMNOPQ", Rules{MinLength: MinAlone}, []Problem{Common}},
		"the e-mail's local part":                   {"anna.smith", Rules{8, anna}, []Problem{Context}},
		"the local part and a year":                 {"Anna.Smith-2026!", Rules{8, anna}, []Problem{Context}},
		"the organisation":                          {"examplepayments1", Rules{MinAlone, anna}, []Problem{Context}},
		"the service, in capitals":                  {"MANDATE 2026", Rules{8, anna}, []Problem{Context}},
		"a name in a good passphrase":               {"smith keeps grumpy walruses", Rules{MinAlone, anna}, nil},
		"enough beside the name, with a second one": {"smith+walruses", Rules{8, anna}, nil},
		"not enough beside the name, alone":         {"smith+walruses!!", Rules{MinAlone, anna}, []Problem{Context}},
		"short words of the context do not count":   {"ltdltd walrus", Rules{MinLength: 8, Context: []string{"ltd", "al"}}, nil},
		"a local part of short words":               {"jo.li-2026", Rules{8, []string{"jo.li@example.com"}}, []Problem{Context}},
		"empty context":                             {"grumpy walrus", Rules{8, []string{"", "@", " "}}, nil},
		"a name with accents":                       {"ZOÉLIE-26", Rules{8, []string{"zoe\u0301lie"}}, []Problem{Context}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Check(test.password, test.rules); !slices.Equal(got, test.want) {
				t.Errorf("Check(%q) = %q, want %q", test.password, got, test.want)
			}
		})
	}
}

func TestEveryListedPasswordIsFound(t *testing.T) {
	t.Parallel()
	words := strings.Split(strings.TrimSuffix(commonList, "\n"), "\n")
	if len(words) < 10_000 || !slices.IsSorted(words) || !strings.HasSuffix(commonList, "\n") {
		t.Fatalf("%d words, sorted: %v", len(words), slices.IsSorted(words))
	}
	for _, word := range words {
		if !listed(word) {
			t.Errorf("%q is not found", word)
		}
		if fold(word) != word || len(word) < MinWithSecondFactor {
			t.Errorf("%q is not folded, or never passes the length rule", word)
		}
		if listed(word + "\x00") {
			t.Errorf("%q and more is found", word)
		}
	}
	for _, word := range []string{"", "\n", "a", "password\npassword0", "zzzzzzzzzzzzzz", "\U0010ffff"} {
		if listed(word) {
			t.Errorf("%q is found", word)
		}
	}
}

func FuzzCheckTakesAnyInput(f *testing.F) {
	f.Add("correct horse battery staple", "anna.smith@example.com", 15)
	f.Add("\xff\xfe", "\xff@", -1)
	f.Add("İİİİİİİİ", "İ", 8)
	f.Fuzz(func(t *testing.T, password, context string, least int) {
		problems := Check(password, Rules{MinLength: least, Context: []string{context}})
		if len(problems) > 0 {
			return
		}
		if _, err := Hash(password); err != nil {
			t.Errorf("%q may be used, but cannot be hashed: %v", password, err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	b.ReportAllocs()
	rules := Rules{MinLength: MinAlone, Context: []string{"anna.smith@example.com", "Anna Smith", "Example Payments Ltd"}}
	for b.Loop() {
		Check(passphrase, rules)
	}
}

func BenchmarkListed(b *testing.B) {
	for b.Loop() {
		listed(passphrase)
	}
}
