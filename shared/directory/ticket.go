package directory

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// Ticket is a bearer secret with the ids of the records that it opens, so that one batch read gets all of them: the
// ids are where to look, the secret is what proves. Altered ids find no record.
type Ticket struct {
	Organisation OrganisationID // the user's own
	User         UserID
	Identity     IdentityID
	Acting       OrganisationID // where a session acts: for operators, the organisation they entered
	Link         LinkID         // of a link's ticket, which acts nowhere
	Secret       [32]byte       // 256 random bits (4.4)
}

// Kinds of tickets, by the prefix of their text. A ticket of one kind is no ticket of another.
const (
	TicketSession   = "mst_"
	TicketChallenge = "mch_"
	TicketLink      = "mln_"
)

// NewTicket draws a ticket's secret.
func NewTicket(organisation OrganisationID, user UserID, identity IdentityID, acting OrganisationID) Ticket {
	ticket := Ticket{Organisation: organisation, User: user, Identity: identity, Acting: acting}
	rand.Read(ticket.Secret[:]) // never fails: crypto/rand ends the program rather than return an error
	return ticket
}

// Hash is what is stored of the secret. A fast hash is right for 256 random bits: there is nothing to guess.
func (t Ticket) Hash() string {
	sum := sha256.Sum256(t.Secret[:])
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

const packedID = 16

// Text is the ticket as its bearer keeps it.
func (t Ticket) Text(kind string) string {
	last := string(t.Acting)
	if kind == TicketLink {
		last = string(t.Link)
	}
	packed := make([]byte, 0, 4*packedID+len(t.Secret))
	for _, id := range [...]string{string(t.Organisation), string(t.User), string(t.Identity), last} {
		packed = append(packed, packID(id)...)
	}
	packed = append(packed, t.Secret[:]...)
	return kind + base64.RawURLEncoding.EncodeToString(packed)
}

// ParseTicket reads a ticket of a kind. It says nothing of whether the ticket opens anything.
func ParseTicket(kind, text string) (Ticket, bool) {
	encoded, ok := strings.CutPrefix(text, kind)
	if !ok {
		return Ticket{}, false
	}
	packed, ok := unpack(encoded, 4*packedID+32)
	if !ok {
		return Ticket{}, false
	}
	ticket := Ticket{
		Organisation: OrganisationID(unpackID(PrefixOrganisation, packed[0:])),
		User:         UserID(unpackID(PrefixUser, packed[packedID:])),
		Identity:     IdentityID(unpackID(PrefixIdentity, packed[2*packedID:])),
	}
	if last := packed[3*packedID:]; kind == TicketLink {
		ticket.Link = LinkID(unpackID(PrefixLink, last))
	} else {
		ticket.Acting = OrganisationID(unpackID(PrefixOrganisation, last))
	}
	copy(ticket.Secret[:], packed[4*packedID:])
	return ticket, true
}

// unpack reads so many bytes of base64url. Each has one text: also the line breaks that the decoder passes over are refused.
func unpack(encoded string, size int) ([]byte, bool) {
	if len(encoded) != base64.RawURLEncoding.EncodedLen(size) {
		return nil, false
	}
	packed, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	return packed, err == nil && len(packed) == size
}

// crockford is the alphabet of ULIDs: 26 characters are 130 bits, of which the first two are zero.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// packID makes 16 bytes of an id's ULID. The zero ULID stands for no id.
func packID(id string) []byte {
	packed := make([]byte, packedID)
	_, text, ok := strings.Cut(id, "_")
	if !ok || len(text) != 26 {
		return packed
	}
	var high, low uint64
	for i := range 26 {
		value := strings.IndexByte(crockford, text[i])
		if value < 0 {
			return packed
		}
		high, low = high<<5|low>>59, low<<5|uint64(value)
	}
	binary.BigEndian.PutUint64(packed, high)
	binary.BigEndian.PutUint64(packed[8:], low)
	return packed
}

func unpackID(prefix string, packed []byte) string {
	high, low := binary.BigEndian.Uint64(packed), binary.BigEndian.Uint64(packed[8:])
	var text [26]byte
	for i := range text {
		text[len(text)-1-i] = crockford[low&31]
		high, low = high>>5, low>>5|high<<59
	}
	return prefix + string(text[:])
}
