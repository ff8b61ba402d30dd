package directory

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"time"
)

// TicketClient prefixes a client id, TicketSecret its secret, so that a scanner knows one that leaked.
const (
	TicketClient = "mcl_"
	TicketSecret = "mcs_"
)

// CredentialPrefix is of a credential's own id.
const CredentialPrefix = "crd_"

// Credential is one client id and secret of a user that calls the API (6.1). It is a part of its user's record: what
// takes the user's access away takes it away too, and how many there are is counted where they are written.
//
// The secret is stored hashed. It is stored sealed besides where the organisation has it shown again, or until somebody
// was shown it.
type Credential struct {
	ID         string `json:"id"`
	SecretHash string `json:"secretHash"`
	// Serial counts the secrets of the client id: the first is 1.
	Serial int `json:"serial"`
	// PreviousHash is of the secret before, which holds until PreviousUntil.
	PreviousHash  string    `json:"previousHash,omitempty"`
	PreviousUntil time.Time `json:"previousUntil"`
	Sealed        string    `json:"sealed,omitempty"`
	Unseen        bool      `json:"unseen,omitempty"` // nobody was shown the secret yet
	CreatedAt     time.Time `json:"createdAt"`
	RotatedAt     time.Time `json:"rotatedAt"` // zero: has its first secret
	ExpiresAt     time.Time `json:"expiresAt"` // zero: until revoked
}

// Issued is a credential's id and, where the caller may see it, its secret: for the answer to one request, and for
// nothing that is kept.
type Issued struct {
	ID       string
	ClientID string
	Secret   string
}

// ClientID is what a user names its credential by: it packs where the records are, as a ticket does.
func ClientID(user UserRef, credential string) string {
	packed := make([]byte, 0, 3*packedID)
	for _, id := range [...]string{string(user.Organisation), string(user.ID), credential} {
		packed = append(packed, packID(id)...)
	}
	return TicketClient + base64.RawURLEncoding.EncodeToString(packed)
}

// ClientID of one of the user's credentials.
func (u User) ClientID(credential string) string {
	return ClientID(UserRef{u.Organisation, u.ID}, credential)
}

// newSecret draws 256 random bits.
func newSecret() string {
	var secret [32]byte
	rand.Read(secret[:]) // never fails: crypto/rand ends the program rather than return an error
	return TicketSecret + base64.RawURLEncoding.EncodeToString(secret[:])
}

// HashSecret is what is stored of a client secret. A fast hash is right for 256 random bits: there is nothing to guess.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// holds tells whether a secret opens. A rotated one does for its overlap (6.1).
func (c Credential) holds(secret string, now time.Time) bool {
	hash := []byte(HashSecret(secret))
	current := subtle.ConstantTimeCompare([]byte(c.SecretHash), hash) == 1
	previous := subtle.ConstantTimeCompare([]byte(c.PreviousHash), hash) == 1 && now.Before(c.PreviousUntil)
	return (current || previous) && (c.ExpiresAt.IsZero() || now.Before(c.ExpiresAt))
}

// Place is where the secret is sealed for: a copy in another credential, or of an earlier secret, does not open.
func (c Credential) Place() string { return fmt.Sprintf("credential/%s/%d", c.ID, c.Serial) }

// credential finds one of the user's.
func (u User) credential(id string) (Credential, bool) {
	for _, credential := range u.Credentials {
		if credential.ID == id {
			return credential, true
		}
	}
	return Credential{}, false
}

// callsAPI tells whether the user's credentials open anything.
func (u User) callsAPI(settings Settings) bool {
	return u.APIAccess && (u.Kind == KindAPI || settings.APIAccess)
}

// put gives the user a credential, in the place of the one of its id where there is one.
func (u *User) put(credential Credential) {
	u.Credentials = slices.Clone(u.Credentials)
	for i := range u.Credentials {
		if u.Credentials[i].ID == credential.ID {
			u.Credentials[i] = credential
			return
		}
	}
	u.Credentials = append(u.Credentials, credential)
}

// become gives the user a profile. One without API access has no credentials: switched on again, it gets a new one.
func (u *User) become(profile Profile) {
	u.Profile = profile
	if !profile.APIAccess {
		u.Credentials = nil
	}
}

// clientEntry is how an API user proves who calls.
func (r Request) clientEntry() (entry, error) {
	if len(r.ClientID) <= len(TicketClient) || r.ClientID[:len(TicketClient)] != TicketClient {
		return entry{}, unauthenticated()
	}
	packed, ok := unpack(r.ClientID[len(TicketClient):], 3*packedID)
	if !ok {
		return entry{}, unauthenticated()
	}
	organisation := OrganisationID(unpackID(PrefixOrganisation, packed))
	user := UserID(unpackID(PrefixUser, packed[packedID:]))
	return entry{
		home: organisation, acting: organisation, user: UserRef{organisation, user},
		credential: unpackID(CredentialPrefix, packed[2*packedID:]),
	}, nil
}
