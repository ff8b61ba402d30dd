package directory

import (
	"strings"
	"testing"

	"mandate/shared/fault"
)

// Tokens and client ids are whatever a client sends. What is taken for one has one text alone, and is none of another kind.
func FuzzToken(f *testing.F) {
	ticket := NewTicket("org_01KJPWD6M0YXJ5W8QR7S7RHHX1", "usr_01KJPWD6M0YXJ5W8QR85E8PR4F", "idn_01KJPWD6M0YXJ5W8QR85E8PR4G", Platform)
	for _, kind := range ticketKinds {
		text := ticket.Text(kind)
		f.Add(text)
		f.Add(text[:len(text)-1])
		f.Add(text + "=")
		f.Add(text + "\n")
		f.Add(strings.ToUpper(text))
	}
	f.Add(ClientID(UserRef{ticket.Organisation, ticket.User}, "crd_01KJPWD6M0YXJ5W8QR85E8PR4H"))
	f.Add("")
	f.Add("mst_")
	f.Fuzz(func(t *testing.T, text string) {
		kinds := 0
		for _, kind := range ticketKinds {
			if read, ok := ParseTicket(kind, text); ok {
				kinds++
				if again := read.Text(kind); again != text {
					t.Fatalf("%q and %q are one ticket", text, again)
				}
			}
		}
		if kinds > 1 {
			t.Fatalf("%q is a ticket of several kinds", text)
		}
		if entry, err := (Request{ClientID: text, ClientSecret: "x"}).entry(); err == nil {
			if again := ClientID(entry.user, entry.credential); again != text {
				t.Fatalf("%q and %q are one client", text, again)
			}
		}
	})
}

// What is taken for an e-mail address is one line of printable ASCII with one @ that parts it, and as one writes it.
func FuzzEmail(f *testing.F) {
	for _, email := range []string{
		"ada@example.com", "ADA@EXAMPLE.COM", "ada+bank@example.com", `"a b"@example.com`, "ada@example.com.", "ada@example。com", "ada@еxample.com",
		"ada@example.com\r\nBcc: eve@example.com", "Ada <ada@example.com>", "ada@[192.0.2.1]", "a@b@example.com", "ada@xn--bcher-kva.example", "ada(x)@example.com",
		"=?utf-8?q?ada?=@example.com", "ada@example.com,eve@example.com", "ada%eve.example@example.com", "\u200bada@example.com",
	} {
		f.Add(email)
	}
	f.Fuzz(func(t *testing.T, email string) {
		var fields fault.Fields
		taken := email
		checkEmail(&fields, &taken)
		if len(fields) > 0 {
			return
		}
		local, domain, _ := strings.Cut(taken, "@")
		if taken != strings.TrimSpace(email) || local == "" || strings.Contains(domain, "@") || !strings.Contains(domain, ".") {
			t.Fatalf("%q is taken for an address", email)
		}
		if strings.ContainsFunc(taken, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"<>()[],;:\`, r) }) {
			t.Fatalf("%q is taken for an address", email)
		}
		if fold(taken) != fold(strings.ToUpper(taken)) {
			t.Fatalf("%q is two addresses", email)
		}
	})
}
