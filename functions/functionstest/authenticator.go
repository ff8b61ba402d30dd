package functionstest

import (
	"encoding/json"
	"testing"

	"github.com/descope/virtualwebauthn"

	"mandate/shared/api"
)

// Authenticator is a device with one passkey, which verifies its user.
type Authenticator struct {
	Party virtualwebauthn.RelyingParty

	device     virtualwebauthn.Authenticator
	credential virtualwebauthn.Credential
}

// NewAuthenticator is one of the person's, which holds nothing yet.
func (p *Person) NewAuthenticator() *Authenticator {
	return &Authenticator{
		Party:      virtualwebauthn.RelyingParty{Name: "Mandate", ID: "console.example.com", Origin: ConsoleURL},
		device:     virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(p.Identity)}),
		credential: virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2),
	}
}

// Unverified is the same device with somebody at it whom it does not know.
func (a *Authenticator) Unverified() *Authenticator {
	other := *a
	other.device.Options.UserNotVerified = true
	return &other
}

// At is the same device at another origin.
func (a *Authenticator) At(origin string) *Authenticator {
	other := *a
	other.Party.Origin = origin
	return &other
}

// Clone is another device with the same key, which counts by itself.
func (a *Authenticator) Clone() *Authenticator {
	other := *a
	return &other
}

// Creates makes a passkey as a browser is asked to.
func (a *Authenticator) Creates(t testing.TB, publicKey api.PublicKey) Object {
	t.Helper()
	options, err := virtualwebauthn.ParseAttestationOptions(string(publicKey))
	if err != nil {
		t.Fatal(err)
	}
	return object(t, virtualwebauthn.CreateAttestationResponse(a.Party, a.device, a.credential, *options))
}

// Signs answers as a browser is asked to, and counts it.
func (a *Authenticator) Signs(t testing.TB, publicKey api.PublicKey) Object {
	t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(string(publicKey))
	if err != nil {
		t.Fatal(err)
	}
	a.credential.Counter++
	return object(t, virtualwebauthn.CreateAssertionResponse(a.Party, a.device, a.credential, *options))
}

func object(t testing.TB, text string) Object {
	t.Helper()
	var value Object
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// Invitation is what a browser is asked.
type Invitation struct{ PublicKey api.PublicKey }

// Invited reads what a browser is asked by an operation.
func (p *Person) Invited(t testing.TB, operation string, parts ...Part) api.PublicKey {
	t.Helper()
	return Read[Invitation](t, p.Do(operation, parts...), 200).PublicKey
}

// AddPasskey sets up a passkey, with a code where there is an authenticator app.
func (p *Person) AddPasskey(t testing.TB) *Authenticator {
	t.Helper()
	device := p.NewAuthenticator()
	body := Object{"name": "Laptop", "credential": device.Creates(t, p.Invited(t, "beginPasskey"))}
	if p.Secret != "" {
		body["current"] = p.Code()
	}
	p.Do("confirmPasskey", Body(body)).Want(t, 200)
	return device
}

// SignInBy gives a passkey alone.
func (p *Person) SignInBy(t testing.TB, device *Authenticator, with Object) Answer {
	t.Helper()
	begun := Read[Invitation](t, p.World.Do("beginPasskeySignIn"), 200)
	body := Object{"credential": device.Signs(t, begun.PublicKey)}
	for name, value := range with {
		body[name] = value
	}
	return p.World.Do("finishPasskeySignIn", Body(body))
}
