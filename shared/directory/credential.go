package directory

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"time"
)

// TicketClient prefixes an API user's client id.
const TicketClient = "mcl_"

// CredentialPrefix is of a credential's own id.
const CredentialPrefix = "crd_"

// ClientID is what an API user names its credential by: it packs where the records are, as a ticket does.
func (c Credential) ClientID() string {
	packed := make([]byte, 0, 3*packedID)
	for _, id := range [...]string{string(c.Organisation), string(c.User), c.ID} {
		packed = append(packed, packID(id)...)
	}
	return TicketClient + base64.RawURLEncoding.EncodeToString(packed)
}

// HashSecret is what is stored of a client secret.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (c Credential) holds(secret string, now time.Time) bool {
	same := subtle.ConstantTimeCompare([]byte(c.SecretHash), []byte(HashSecret(secret))) == 1
	return same && c.SecretHash != "" && (c.ExpiresAt.IsZero() || now.Before(c.ExpiresAt))
}

// clientEntry is how an API user proves who calls.
func (r Request) clientEntry() (entry, error) {
	if len(r.ClientID) <= len(TicketClient) || r.ClientID[:len(TicketClient)] != TicketClient {
		return entry{}, unauthenticated()
	}
	packed, err := base64.RawURLEncoding.Strict().DecodeString(r.ClientID[len(TicketClient):])
	if err != nil || len(packed) != 3*packedID {
		return entry{}, unauthenticated()
	}
	organisation := OrganisationID(unpackID(PrefixOrganisation, packed))
	user := UserID(unpackID(PrefixUser, packed[packedID:]))
	return entry{
		home: organisation, acting: organisation, user: UserRef{organisation, user},
		api: CredentialRef{organisation, user, unpackID(CredentialPrefix, packed[2*packedID:])},
	}, nil
}
