package passkey

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"mandate/shared/directory"
)

// Passkeys is the console as WebAuthn's relying party.
type Passkeys struct{ party *webauthn.WebAuthn }

var _ directory.Passkeys = (*Passkeys)(nil)

// displayName is how authenticators list what a passkey is for.
const displayName = "Mandate"

// timeout is how long a browser waits for its user, in milliseconds: as long as the challenge holds.
var timeout = int(directory.ChallengeAbsolute.Milliseconds())

// New makes the relying party of a console's URL.
func New(consoleURL string) (*Passkeys, error) {
	console, err := url.Parse(consoleURL)
	if err != nil || console.Hostname() == "" {
		return nil, fmt.Errorf("passkey: %q is no console's URL", consoleURL)
	}
	id, origins := console.Hostname(), []string{console.Scheme + "://" + console.Host}
	if address := net.ParseIP(id); address != nil && address.IsLoopback() {
		id = "localhost"
		console.Host = net.JoinHostPort(id, console.Port())
		origins = append(origins, console.Scheme+"://"+console.Host)
	}
	if err := protocol.ValidateRPID(id); err != nil {
		return nil, fmt.Errorf("passkey: the console's host %q is no relying party: %w", id, err)
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: id, RPDisplayName: displayName, RPOrigins: origins,
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		// Browsers and their extensions answer what nobody asked for; nothing here reads it.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("passkey: %w", err)
	}
	return &Passkeys{party}, nil
}

// Creation is what a browser makes a passkey with.
func (p *Passkeys) Creation(identity directory.Identity, name, challenge string) ([]byte, error) {
	bytes, err := decode(challenge)
	if err != nil {
		return nil, err
	}
	person, err := personOf(identity, name)
	if err != nil {
		return nil, err
	}
	creation, _, err := p.party.BeginRegistration(person,
		webauthn.WithExclusions(descriptors(person.credentials)),
		func(options *protocol.PublicKeyCredentialCreationOptions) error {
			options.Challenge, options.Timeout = bytes, timeout
			return nil
		})
	if err != nil {
		return nil, err
	}
	return json.Marshal(creation.Response)
}

// Created verifies what a browser made.
func (p *Passkeys) Created(identity directory.Identity, challenge string, credential []byte) (directory.Passkey, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(credential)
	if err != nil {
		return directory.Passkey{}, refused(err)
	}
	person, err := personOf(identity, "")
	if err != nil {
		return directory.Passkey{}, err
	}
	session := p.session(challenge)
	session.UserID, session.CredParams = person.WebAuthnID(), webauthn.CredentialParametersDefault()
	made, err := p.party.CreateCredential(person, session, parsed)
	if err != nil {
		return directory.Passkey{}, refused(err)
	}
	if slices.ContainsFunc(person.credentials, func(c webauthn.Credential) bool { return string(c.ID) == string(made.ID) }) {
		return directory.Passkey{}, refused(errors.New("the passkey is there already"))
	}
	return directory.Passkey{
		Credential: encode(made.ID), PublicKey: encode(made.PublicKey), SignCount: int64(made.Authenticator.SignCount),
		Synced: made.Flags.BackupEligible, Model: hex.EncodeToString(made.Authenticator.AAGUID),
	}, nil
}

// Assertion is what a browser has a passkey sign with.
func (p *Passkeys) Assertion(passkeys []directory.Passkey, challenge string) ([]byte, error) {
	bytes, err := decode(challenge)
	if err != nil {
		return nil, err
	}
	credentials, err := credentialsOf(passkeys)
	if err != nil {
		return nil, err
	}
	assertion, _, err := p.party.BeginDiscoverableLogin(
		webauthn.WithAllowedCredentials(descriptors(credentials)),
		webauthn.WithChallenge(bytes),
		func(options *protocol.PublicKeyCredentialRequestOptions) error {
			options.Timeout = timeout
			return nil
		})
	if err != nil {
		return nil, err
	}
	return json.Marshal(assertion.Response)
}

// Asserted verifies what an authenticator signed.
func (p *Passkeys) Asserted(identity directory.Identity, challenge string, credential []byte) (directory.Passkey, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(credential)
	if err != nil {
		return directory.Passkey{}, refused(err)
	}
	person, err := personOf(identity, "")
	if err != nil {
		return directory.Passkey{}, err
	}
	session := p.session(challenge)
	session.UserID = person.WebAuthnID()
	used, err := p.party.ValidateLogin(person, session, parsed)
	if err != nil {
		return directory.Passkey{}, refused(err)
	}
	if used.Authenticator.CloneWarning {
		return directory.Passkey{}, directory.ErrPasskeyCloned
	}
	at := slices.IndexFunc(person.credentials, func(c webauthn.Credential) bool { return string(c.ID) == string(used.ID) })
	passkey := identity.Passkeys[at]
	passkey.SignCount = int64(used.Authenticator.SignCount)
	return passkey, nil
}

// session is the library's, of a ceremony that the directory found.
func (p *Passkeys) session(challenge string) webauthn.SessionData {
	return webauthn.SessionData{
		Challenge: challenge, RelyingPartyID: p.party.Config.RPID, UserVerification: protocol.VerificationRequired,
	}
}

// Peek reads what a credential says of itself.
func (*Passkeys) Peek(credential []byte) (string, directory.IdentityID) {
	var said struct {
		Response struct {
			ClientDataJSON protocol.URLEncodedBase64 `json:"clientDataJSON"`
			UserHandle     protocol.URLEncodedBase64 `json:"userHandle"`
		} `json:"response"`
	}
	if json.Unmarshal(credential, &said) != nil {
		return "", ""
	}
	var client struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(said.Response.ClientDataJSON, &client) != nil {
		return "", ""
	}
	if bytes, err := decode(client.Challenge); err != nil || len(bytes) != challengeBytes {
		return "", ""
	}
	handle := string(said.Response.UserHandle)
	if len(handle) > maxHandle || !utf8.ValidString(handle) { // it becomes a key to look up
		handle = ""
	}
	return client.Challenge, directory.IdentityID(handle)
}

const (
	challengeBytes = 32 // of the directory's challenges, which are SHA-256 sums
	maxHandle      = 64 // WebAuthn's own bound
)

// refused keeps what the library says for the log of whoever runs into it, and tells the directory that the answer is
// not right.
func refused(err error) error { return fmt.Errorf("%w: %v", directory.ErrPasskey, err) }

// person is an identity as the library wants it.
type person struct {
	identity    directory.Identity
	name        string
	credentials []webauthn.Credential
}

func personOf(identity directory.Identity, name string) (person, error) {
	credentials, err := credentialsOf(identity.Passkeys)
	return person{identity, name, credentials}, err
}

func (p person) WebAuthnID() []byte                         { return []byte(p.identity.ID) }
func (p person) WebAuthnName() string                       { return p.identity.Login }
func (p person) WebAuthnDisplayName() string                { return p.name }
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.credentials }

func credentialsOf(passkeys []directory.Passkey) ([]webauthn.Credential, error) {
	credentials := make([]webauthn.Credential, len(passkeys))
	for i, passkey := range passkeys {
		id, err := decode(passkey.Credential)
		if err != nil {
			return nil, err
		}
		key, err := decode(passkey.PublicKey)
		if err != nil {
			return nil, err
		}
		model, err := hex.DecodeString(passkey.Model)
		if err != nil {
			return nil, err
		}
		credentials[i] = webauthn.Credential{
			ID: id, PublicKey: key,
			Flags:         webauthn.CredentialFlags{BackupEligible: passkey.Synced},
			Authenticator: webauthn.Authenticator{AAGUID: model, SignCount: uint32(passkey.SignCount)},
		}
	}
	return credentials, nil
}

func descriptors(credentials []webauthn.Credential) []protocol.CredentialDescriptor {
	list := make([]protocol.CredentialDescriptor, len(credentials))
	for i, credential := range credentials {
		list[i] = credential.Descriptor()
	}
	return list
}

func encode(bytes []byte) string         { return base64.RawURLEncoding.EncodeToString(bytes) }
func decode(text string) ([]byte, error) { return base64.RawURLEncoding.Strict().DecodeString(text) }
