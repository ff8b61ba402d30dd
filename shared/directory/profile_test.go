package directory

import (
	"strings"
	"testing"

	"mandate/shared/fault"
)

// rule is the rule that a check found broken; empty where it found none.
func rule(check func(*fault.Fields)) string {
	var fields fault.Fields
	check(&fields)
	if len(fields) == 0 {
		return ""
	}
	return fields[0].Rule
}

func TestEmailAddresses(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]string{
		"ada@example.com": "", " ada@example.com ": "", "Ada.Lovelace+bank@mail.example.co.uk": "", "o'neil@example.com": "",
		"ada@xn--bcher-kva.example": "", strings.Repeat("a", 64) + "@example.com": "",
		"": "required", "  ": "required", strings.Repeat("a", 243) + "@example.com": "maxLength",
		"adä@example.com": "ascii", "ada@bücher.example": "ascii", "аda@example.com": "ascii", // the last with a Cyrillic letter
		"ada": "format", "ada@": "format", "@example.com": "format", "ada@example": "format", "ada@@example.com": "format",
		"ada@exa mple.com": "format", "ada@-example.com": "format", "ada@example-.com": "format", "ada@example..com": "format",
		"ada@example.com.": "format", "Ada <ada@example.com>": "format", "ada@example.com, ben@example.com": "format",
		"ada@[192.0.2.1]": "format", "ada@example.com\r\nBcc: ben@example.com": "format", `"a b"@example.com`: "format",
		strings.Repeat("a", 65) + "@example.com": "format", "ada@" + strings.Repeat("a", 64) + ".com": "format",
		".ada@example.com": "format", "ada.@example.com": "format", "a..b@example.com": "format",
	} {
		if got := rule(func(f *fault.Fields) { checkEmail(f, &email) }); got != want {
			t.Errorf("%q: %q, want %q", email, got, want)
		}
	}
}

func TestUsernames(t *testing.T) {
	t.Parallel()
	byUsername, byEmail := Settings{SignInName: SignInUsername}, Settings{SignInName: SignInEmail}
	for _, test := range []struct {
		settings Settings
		kind     Kind
		username string
		want     string
	}{
		{byUsername, KindRegular, "ada", ""}, {byUsername, KindRegular, " ada.lovelace+1@bank_2-x ", ""},
		{byUsername, KindRegular, "", "required"}, {byUsername, KindAPI, "", ""}, {byUsername, KindRegular, "ab", "minLength"},
		{byUsername, KindRegular, strings.Repeat("a", 65), "maxLength"}, {byUsername, KindRegular, "ada lovelace", "characters"},
		{byUsername, KindRegular, "аda", "characters"}, {byUsername, KindRegular, "ada#1", "characters"}, // the first with a Cyrillic letter
		{byEmail, KindRegular, "", ""}, {byEmail, KindRegular, "ada", "unknown"},
	} {
		if got := rule(func(f *fault.Fields) { checkUsername(f, test.settings, test.kind, &test.username) }); got != test.want {
			t.Errorf("%q as %s: %q, want %q", test.username, test.kind, got, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ada": "", "  Ada   King ": "", "Zoë": "", "王小明": "", "نیما\u200cپور": "", "O'Neil-Smith": "", strings.Repeat("ü", 100): "",
		"": "required", " \t\n": "required", strings.Repeat("ü", 101): "maxLength",
		"Ada\u202eLovelace": "characters", "Ada\x00": "characters", "Ada\u200bLovelace": "characters", "Ada\xff": "utf8",
	} {
		if got := rule(func(f *fault.Fields) { checkName(f, "name", &name, true) }); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	name := "  Ada \t King "
	checkName(new(fault.Fields), "name", &name, true)
	if name != "Ada King" {
		t.Errorf("written as %q", name)
	}
}

func TestAllowLists(t *testing.T) {
	t.Parallel()
	list := []string{"192.0.2.77/24", " 2001:db8::1 ", "192.0.2.0/24", "::ffff:198.51.100.1", "0.0.0.0/0"}
	if got := rule(func(f *fault.Fields) { checkAllowList(f, &list) }); got != "" {
		t.Fatal(got)
	}
	if got := strings.Join(list, " "); got != "0.0.0.0/0 192.0.2.0/24 198.51.100.1/32 2001:db8::1/128" {
		t.Errorf("written as %s", got)
	}
	for _, text := range []string{"", "192.0.2.1/33", "192.0.2", "example.com", "fe80::1%eth0", "192.0.2.1-192.0.2.9"} {
		if got := rule(func(f *fault.Fields) { checkAllowList(f, &[]string{text}) }); got != "address" {
			t.Errorf("%q: %q", text, got)
		}
	}
}
