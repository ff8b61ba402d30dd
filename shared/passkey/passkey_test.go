package passkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"mandate/shared/directory"
)

const (
	console   = "https://console.example.com"
	challenge = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
	another   = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
)

var rosa = directory.Identity{ID: "idn_01JNZ6W1TQ8Z5S3N8D1V6R9XKM", Login: "rosa@example.com"}

func newParty(t *testing.T) *Passkeys {
	t.Helper()
	party, err := New(console)
	if err != nil {
		t.Fatal(err)
	}
	return party
}

// device is an authenticator with one key.
type device struct {
	party      virtualwebauthn.RelyingParty
	options    virtualwebauthn.AuthenticatorOptions
	credential virtualwebauthn.Credential
}

func newDevice(kind virtualwebauthn.KeyType) *device {
	return &device{
		party:      virtualwebauthn.RelyingParty{ID: "console.example.com", Origin: console},
		options:    virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(rosa.ID)},
		credential: virtualwebauthn.NewCredential(kind),
	}
}

func (d *device) creates(t *testing.T, challenge string) []byte {
	t.Helper()
	bytes, err := decode(challenge)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAttestationResponse(d.party, virtualwebauthn.NewAuthenticatorWithOptions(d.options), d.credential,
		virtualwebauthn.AttestationOptions{Challenge: bytes}))
}

func (d *device) signs(t *testing.T, challenge string) []byte {
	t.Helper()
	bytes, err := decode(challenge)
	if err != nil {
		t.Fatal(err)
	}
	d.credential.Counter++
	return []byte(virtualwebauthn.CreateAssertionResponse(d.party, virtualwebauthn.NewAuthenticatorWithOptions(d.options), d.credential,
		virtualwebauthn.AssertionOptions{Challenge: bytes}))
}

// enrolled is the identity with the device's passkey.
func enrolled(t *testing.T, party *Passkeys, d *device) directory.Identity {
	t.Helper()
	made, err := party.Created(rosa, challenge, d.creates(t, challenge))
	if err != nil {
		t.Fatal(err)
	}
	identity := rosa
	identity.Passkeys = []directory.Passkey{made}
	return identity
}

func TestAPasskeyIsMadeAndSigns(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]virtualwebauthn.KeyType{"ES256": virtualwebauthn.KeyTypeEC2, "RS256": virtualwebauthn.KeyTypeRSA} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			party, d := newParty(t), newDevice(kind)
			identity := enrolled(t, party, d)
			for count := range int64(3) {
				used, err := party.Asserted(identity, challenge, d.signs(t, challenge))
				if err != nil || used.SignCount != count+1 {
					t.Fatalf("%+v, %v", used, err)
				}
				identity.Passkeys = []directory.Passkey{used}
			}
		})
	}
}

func TestWhatIsNotRightIsRefused(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(*device){
		"another origin":           func(d *device) { d.party.Origin = "https://console.example.org" },
		"another relying party":    func(d *device) { d.party.ID = "example.com" },
		"a user that was not seen": func(d *device) { d.options.UserNotVerified = true },
		"nobody there":             func(d *device) { d.options.UserNotPresent = true },
		"a key that is now synced": func(d *device) { d.options.BackupEligible, d.options.BackupState = true, true },
		"another's handle":         func(d *device) { d.options.UserHandle = []byte("idn_01JNZ6W1TQ8Z5S3N8D1V6R9XKN") },
		"another key":              func(d *device) { d.credential.Key = newDevice(virtualwebauthn.KeyTypeEC2).credential.Key },
		"another passkey":          func(d *device) { d.credential.ID = []byte("another") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			party, d := newParty(t), newDevice(virtualwebauthn.KeyTypeEC2)
			identity := enrolled(t, party, d)
			alter(d)
			if _, err := party.Asserted(identity, challenge, d.signs(t, challenge)); !errors.Is(err, directory.ErrPasskey) {
				t.Errorf("signed: %v", err)
			}
		})
	}
	party, d := newParty(t), newDevice(virtualwebauthn.KeyTypeEC2)
	identity := enrolled(t, party, d)
	if _, err := party.Asserted(identity, another, d.signs(t, challenge)); !errors.Is(err, directory.ErrPasskey) {
		t.Errorf("another challenge: %v", err)
	}
	if _, err := party.Created(identity, challenge, d.creates(t, challenge)); !errors.Is(err, directory.ErrPasskey) {
		t.Errorf("the same passkey once more: %v", err)
	}
	if _, err := party.Created(rosa, another, d.creates(t, challenge)); !errors.Is(err, directory.ErrPasskey) {
		t.Errorf("made for another challenge: %v", err)
	}
	if _, err := party.Created(rosa, challenge, d.signs(t, challenge)); !errors.Is(err, directory.ErrPasskey) {
		t.Errorf("a signature for a new passkey: %v", err)
	}
	d.options.UserNotVerified = true
	if _, err := party.Created(rosa, challenge, d.creates(t, challenge)); !errors.Is(err, directory.ErrPasskey) {
		t.Errorf("made by a user that was not seen: %v", err)
	}
}

// A count that does not go up is of a clone; those that never count are taken at their word.
func TestTheCountOfSignatures(t *testing.T) {
	t.Parallel()
	party, d := newParty(t), newDevice(virtualwebauthn.KeyTypeEC2)
	identity := enrolled(t, party, d)
	identity.Passkeys[0].SignCount = 7
	for counter, want := range map[uint32]error{0: directory.ErrPasskeyCloned, 7: directory.ErrPasskeyCloned, 8: nil} {
		d.credential.Counter = counter - 1
		if _, err := party.Asserted(identity, challenge, d.signs(t, challenge)); !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", counter, err, want)
		}
	}
	identity.Passkeys[0].SignCount = 0
	d.credential.Counter = ^uint32(0) // the next is 0
	if _, err := party.Asserted(identity, challenge, d.signs(t, challenge)); err != nil {
		t.Error(err)
	}
}

func TestWhatBrowsersAreAsked(t *testing.T) {
	t.Parallel()
	party, d := newParty(t), newDevice(virtualwebauthn.KeyTypeEC2)
	identity := enrolled(t, party, d)
	text, err := party.Creation(identity, "Rosa Example", challenge)
	if err != nil {
		t.Fatal(err)
	}
	var creation struct {
		Challenge, Attestation string
		RP, User               struct{ ID, Name, DisplayName string }
		ExcludeCredentials     []struct{ ID, Type string }
		AuthenticatorSelection struct {
			ResidentKey, UserVerification string
			RequireResidentKey            bool
		}
	}
	if err := json.Unmarshal(text, &creation); err != nil {
		t.Fatal(err)
	}
	handle, _ := base64.RawURLEncoding.DecodeString(creation.User.ID)
	selection := creation.AuthenticatorSelection
	if creation.Challenge != challenge || creation.RP.ID != "console.example.com" || string(handle) != string(rosa.ID) ||
		creation.User.DisplayName != "Rosa Example" || len(creation.ExcludeCredentials) != 1 || creation.Attestation != "none" ||
		selection.ResidentKey != "required" || !selection.RequireResidentKey || selection.UserVerification != "required" {
		t.Errorf("%s", text)
	}
	for count, passkeys := range [][]directory.Passkey{nil, identity.Passkeys} {
		text, err := party.Assertion(passkeys, challenge)
		if err != nil {
			t.Fatal(err)
		}
		var assertion struct {
			Challenge, RPID, UserVerification string
			AllowCredentials                  []struct{ ID string }
		}
		if err := json.Unmarshal(text, &assertion); err != nil {
			t.Fatal(err)
		}
		if assertion.Challenge != challenge || assertion.RPID != "console.example.com" || assertion.UserVerification != "required" || len(assertion.AllowCredentials) != count {
			t.Errorf("%s", text)
		}
	}
}

func TestPeek(t *testing.T) {
	t.Parallel()
	party, d := newParty(t), newDevice(virtualwebauthn.KeyTypeEC2)
	if said, whose := party.Peek(d.signs(t, challenge)); said != challenge || whose != rosa.ID {
		t.Errorf("%q of %q", said, whose)
	}
	d.options.UserHandle = []byte(strings.Repeat("x", 65))
	if said, whose := party.Peek(d.signs(t, challenge)); said != challenge || whose != "" {
		t.Errorf("%q of %q", said, whose)
	}
	short := base64.RawURLEncoding.EncodeToString([]byte("short"))
	for name, credential := range map[string]string{
		"nothing": "", "no JSON": "{", "another type": "[]", "no response": "{}", "no base64": `{"response":{"clientDataJSON":"*"}}`,
		"a challenge that is not ours": string(d.signs(t, short)),
	} {
		if said, whose := party.Peek([]byte(credential)); said != "" || whose != "" {
			t.Errorf("%s: %q of %q", name, said, whose)
		}
	}
}

func TestTheConsoleIsTheRelyingParty(t *testing.T) {
	t.Parallel()
	for console, want := range map[string]string{
		"https://users.example.com":         "users.example.com https://users.example.com",
		"https://users.example.com/console": "users.example.com https://users.example.com",
		"http://localhost:8080":             "localhost http://localhost:8080",
		"http://127.0.0.1:8080":             "localhost http://127.0.0.1:8080 http://localhost:8080",
		"http://[::1]:8080":                 "localhost http://[::1]:8080 http://localhost:8080",
		"https://192.0.2.1":                 "",
		"nowhere":                           "",
		"":                                  "",
	} {
		party, err := New(console)
		got := ""
		if err == nil {
			got = party.party.Config.RPID + " " + strings.Join(party.party.Config.RPOrigins, " ")
		}
		if got != want {
			t.Errorf("%s: %q, %v, want %q", console, got, err, want)
		}
	}
}
