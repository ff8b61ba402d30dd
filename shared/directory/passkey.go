package directory

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"mandate/shared/fault"
)

// Passkey is a WebAuthn credential: a key pair in an authenticator that verifies its user, by a fingerprint or a PIN.
// So one alone is two factors, and enough to sign in with (5.1).
type Passkey struct {
	ID         string `json:"id"`         // ours, for paths
	Credential string `json:"credential"` // the authenticator's, base64url
	PublicKey  string `json:"publicKey"`  // COSE, base64url
	// SignCount is the authenticator's count of its signatures; it only goes up. Many always say 0.
	SignCount int64 `json:"signCount"`
	// Synced: it may be on several devices of its person. Fixed for the passkey's life.
	Synced bool   `json:"synced"`
	Model  string `json:"model"` // of the authenticator: its AAGUID
	Name   string `json:"name"`  // as its person calls it; may be empty
	// Member is where its person was signed in when it was set up: most are a user of one organisation alone, so that to
	// sign in with the passkey needs no look-up of others.
	Member     Membership `json:"member"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt time.Time  `json:"lastUsedAt,omitempty"`
}

// MaxPasskeys is how many an identity has at most.
const MaxPasskeys = 10

// Passkeys runs WebAuthn's ceremonies. It keeps nothing, and knows no time: which challenges there are is the
// directory's. Credentials are the JSON of the standard (PublicKeyCredential.toJSON), as browsers give it.
type Passkeys interface {
	// Creation is what a browser makes a passkey for an identity with: PublicKeyCredentialCreationOptions as JSON.
	Creation(identity Identity, displayName, challenge string) ([]byte, error)
	// Created verifies what a browser made, and answers the passkey as far as the authenticator says; ErrPasskey.
	Created(identity Identity, challenge string, credential []byte) (Passkey, error)
	// Assertion is what a browser has one of the passkeys sign with, or any that there is where none is given:
	// PublicKeyCredentialRequestOptions as JSON.
	Assertion(passkeys []Passkey, challenge string) ([]byte, error)
	// Asserted verifies what an authenticator signed, and answers the passkey with its count moved; ErrPasskey,
	// ErrPasskeyCloned.
	Asserted(identity Identity, challenge string, credential []byte) (Passkey, error)
	// Peek reads the challenge that a credential answers, and whose passkey it says it is. Nothing of it is verified.
	Peek(credential []byte) (challenge string, identity IdentityID)
}

// What can be wrong with a passkey's answer.
var (
	ErrPasskey = errors.New("the passkey's answer is not right")
	// ErrPasskeyCloned: the count of signatures did not go up, so that two authenticators may have the key.
	ErrPasskeyCloned = errors.New("the passkey may have been cloned")
)

// Ceremony is a challenge that waits for a passkey's answer: once, and for ChallengeAbsolute.
type Ceremony struct {
	Challenge string // base64url; its key
	Nonce     string
	Identity  IdentityID // whose passkey is to answer; empty where anybody's may
	ExpiresAt time.Time
}

// occasion is what a passkey's answer is given for. The challenge is a hash over it, so that an answer given on one
// occasion is none on another; of a change that is its digest, so that what was shown is what is signed (3.3).
type occasion struct{ kind, of string }

func occasionCreate(session Session) occasion    { return occasion{"create", session.Hash} }
func occasionSelf(session Session) occasion      { return occasion{"self", session.Hash} }
func occasionChallenge(session Session) occasion { return occasion{"challenge", session.Hash} }
func occasionSignIn() occasion                   { return occasion{kind: "signIn"} }
func occasionChange(change Change) occasion {
	return occasion{"change", string(change.ID) + " " + change.Digest}
}

func (o occasion) challenge(nonce string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{o.kind, o.of, nonce}, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Invitation asks a browser for a passkey's answer.
type Invitation struct {
	PublicKey []byte // the options, as JSON
	ExpiresAt time.Time
}

// ceremony begins one.
func (o occasion) ceremony(identity IdentityID, now time.Time) Ceremony {
	nonce := rand.Text()
	return Ceremony{Challenge: o.challenge(nonce), Nonce: nonce, Identity: identity, ExpiresAt: now.Add(ChallengeAbsolute)}
}

// invite begins a ceremony for one of the identity's passkeys.
func invite(passkeys Passkeys, identity Identity, o occasion, now time.Time) (Invitation, Effect, error) {
	ceremony := o.ceremony(identity.ID, now)
	options, err := passkeys.Assertion(identity.Passkeys, ceremony.Challenge)
	return Invitation{options, ceremony.ExpiresAt}, BeginCeremony{ceremony}, err
}

// ceremonyFor is the one that a credential answers, if it waits for this identity on this occasion.
func (f Found) ceremonyFor(challenge string, identity IdentityID, o occasion, now time.Time) (Ceremony, bool) {
	ceremony, ok := f.Ceremonies[challenge]
	return ceremony, ok && ceremony.Identity == identity && now.Before(ceremony.ExpiresAt) && o.challenge(ceremony.Nonce) == challenge
}

// Method is how someone proves to be who it is.
type Method string

const (
	MethodTOTP     Method = "totp"
	MethodRecovery Method = "recovery"
	MethodPasskey  Method = "passkey"
	// MethodCode is a code of whichever kind: the authenticator app's or a recovery code.
	MethodCode Method = "code"
)

// Factor is a second factor as someone gives it.
type Factor struct {
	Method     Method
	Code       string
	Credential []byte // of a passkey
}

// given tells whether there is any.
func (f Factor) given() bool { return f.Code != "" || len(f.Credential) > 0 }

// ceremonies are those to read: the one that the factor answers.
func (f Factor) ceremonies(passkeys Passkeys) []string {
	if f.Method != MethodPasskey {
		return nil
	}
	challenge, _ := passkeys.Peek(f.Credential)
	return []string{challenge}
}

// verified is what became of a factor.
type verified struct {
	ok       bool
	identity Identity // with what was given used up
	effects  []Effect // to be written whether it was right or not: a ceremony has one answer
	detail   string   // what was wrong, for the log
}

// factors verifies what people prove themselves with.
type factors struct {
	codes    SecondFactors
	passkeys Passkeys
}

// prove verifies a second factor that someone gives on an occasion.
//
// Faults: invalid on "method".
func (c *Core) prove(ctx context.Context, by factors, found Found, identity Identity, factor Factor, o occasion, now time.Time) (verified, error) {
	wrong := verified{identity: identity, detail: wrongCode}
	switch factor.Method {
	case MethodPasskey:
		return usePasskey(by.passkeys, found, identity, identity.ID, o, factor.Credential, now)
	case MethodTOTP, MethodCode:
		if identity.TOTP == nil {
			break
		}
		used, ok, err := c.useTOTP(ctx, by.codes, identity, factor.Code, now)
		if err != nil || ok {
			return verified{ok: ok, identity: used}, err
		}
	case MethodRecovery:
	default:
		return verified{}, fault.InvalidField("method", "enum", "The method is totp, recovery or passkey.")
	}
	if factor.Method == MethodTOTP {
		return wrong, nil
	}
	used, ok := useRecovery(by.codes, identity, factor.Code)
	if !ok {
		return wrong, nil
	}
	return verified{ok: true, identity: used}, nil
}

// useRecovery uses up a recovery code: each opens once.
func useRecovery(codes SecondFactors, identity Identity, code string) (Identity, bool) {
	index, ok := codes.MatchRecovery(identity.RecoveryCodes, code)
	if ok {
		identity.RecoveryCodes = slices.Delete(slices.Clone(identity.RecoveryCodes), index, index+1)
	}
	return identity, ok
}

// usePasskey verifies a passkey's answer. The identity that it answers has the passkey's count moved.
func usePasskey(passkeys Passkeys, found Found, identity Identity, expected IdentityID, o occasion, credential []byte, now time.Time) (verified, error) {
	wrong := verified{identity: identity, detail: "wrong passkey"}
	challenge, _ := passkeys.Peek(credential)
	ceremony, ok := found.ceremonyFor(challenge, expected, o, now)
	if !ok {
		return wrong, nil
	}
	wrong.effects = []Effect{UseCeremony{ceremony}}
	used, err := passkeys.Asserted(identity, challenge, credential)
	switch {
	case errors.Is(err, ErrPasskeyCloned):
		wrong.detail = "cloned passkey"
		return wrong, nil
	case errors.Is(err, ErrPasskey):
		return wrong, nil
	case err != nil:
		return verified{}, err
	}
	used.LastUsedAt = now
	identity.Passkeys = slices.Clone(identity.Passkeys)
	identity.Passkeys[slices.IndexFunc(identity.Passkeys, func(p Passkey) bool { return p.ID == used.ID })] = used
	return verified{ok: true, identity: identity, effects: wrong.effects}, nil
}

// tooManyPasskeys is of those who have MaxPasskeys.
func tooManyPasskeys() error {
	return fault.New(fault.StateWrong, "You have as many passkeys as one can have. Remove one first.")
}
