package directory

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ulids are texts in the form of a ULID: 26 characters of Crockford's alphabet, of which the first holds three bits.
func ulids(prefix string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		text := []byte{crockford[rapid.IntRange(0, 7).Draw(t, "first")]}
		for range 25 {
			text = append(text, crockford[rapid.IntRange(0, 31).Draw(t, "character")])
		}
		return prefix + string(text)
	})
}

func tickets() *rapid.Generator[Ticket] {
	return rapid.Custom(func(t *rapid.T) Ticket {
		return NewTicket(
			OrganisationID(ulids(PrefixOrganisation).Draw(t, "organisation")), UserID(ulids(PrefixUser).Draw(t, "user")),
			IdentityID(ulids(PrefixIdentity).Draw(t, "identity")), OrganisationID(ulids(PrefixOrganisation).Draw(t, "acting")),
		)
	})
}

var ticketKinds = []string{TicketSession, TicketChallenge, TicketLink}

func TestATicketIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ticket, kind := tickets().Draw(t, "ticket"), rapid.SampledFrom(ticketKinds).Draw(t, "kind")
		if kind == TicketLink {
			ticket.Acting, ticket.Link = "", LinkID(ulids(PrefixLink).Draw(t, "link"))
		}
		read, ok := ParseTicket(kind, ticket.Text(kind))
		if !ok || read != ticket {
			t.Fatalf("%+v was read as %+v", ticket, read)
		}
		for _, other := range ticketKinds {
			if _, ok := ParseTicket(other, ticket.Text(kind)); ok != (other == kind) {
				t.Fatalf("a %s passes for a %s", kind, other)
			}
		}
	})
}

// One altered character is another ticket or none: there are not two texts of one ticket.
func TestATicketHasOneText(t *testing.T) {
	t.Parallel()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.\n "
	rapid.Check(t, func(t *rapid.T) {
		ticket := tickets().Draw(t, "ticket")
		text := ticket.Text(TicketSession)
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		altered := text[:at] + string(rapid.SampledFrom([]byte(alphabet)).Draw(t, "character")) + text[at+1:]
		if read, ok := ParseTicket(TicketSession, altered); ok && read == ticket && altered != text {
			t.Fatalf("%q and %q are the same ticket", text, altered)
		}
		if _, ok := ParseTicket(TicketSession, text[:at]); ok {
			t.Fatalf("a part of a ticket passes: %q", text[:at])
		}
	})
}

func TestParsingATicketNeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ParseTicket(TicketSession, TicketSession+rapid.String().Draw(t, "text"))
		Request{ClientID: TicketClient + rapid.String().Draw(t, "client")}.clientEntry()
	})
}

// Two tickets of one user have nothing in common but where to look.
func TestTicketsHaveSecretsOfTheirOwn(t *testing.T) {
	t.Parallel()
	a, b := NewTicket("org_", "usr_", "idn_", ""), NewTicket("org_", "usr_", "idn_", "")
	if a.Secret == b.Secret || a.Hash() == b.Hash() || strings.Contains(a.Text(TicketLink), a.Hash()) {
		t.Error("two tickets have one secret, or a ticket shows its hash")
	}
}

func TestAClientIDNamesItsCredential(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		user := UserRef{OrganisationID(ulids(PrefixOrganisation).Draw(t, "organisation")), UserID(ulids(PrefixUser).Draw(t, "user"))}
		credential := ulids(CredentialPrefix).Draw(t, "id")
		got, err := Request{ClientID: ClientID(user, credential)}.clientEntry()
		want := entry{home: user.Organisation, acting: user.Organisation, user: user, credential: credential}
		if err != nil || got != want {
			t.Fatalf("%+v was read as %+v, %v", want, got, err)
		}
	})
}

// A change's id names its target, so that one batch read gets both; an id of another form names none.
func TestAChangeIDNamesItsTarget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		target, change := TargetID(ulids(rapid.SampledFrom([]string{PrefixUser, PrefixAccount}).Draw(t, "prefix")).Draw(t, "target")), ulids(PrefixChange).Draw(t, "change")
		core := Core{NewID: func(string) string { return change }}
		if got := core.newChangeID(target).target(); got != target {
			t.Fatalf("%s names %s", core.newChangeID(target), got)
		}
		_ = ChangeID(rapid.String().Draw(t, "text")).target() // and takes any text without a panic
	})
	for _, id := range []ChangeID{"", "chg_1", "chg_00000000000000000000000000", "chg_00000000000000000000000000-00000000000000000000000000"} {
		if got := id.target(); got != "" {
			t.Errorf("%q names %q", id, got)
		}
	}
}
