package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// PublicKey is an object of the Web Authentication standard in its JSON form. It is passed on as it stands: what is in it
// is between browsers and package passkey.
type PublicKey json.RawMessage

// Schema is an object that is open to whatever the standard has.
func (PublicKey) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// MarshalJSON writes the object as it stands.
func (p PublicKey) MarshalJSON() ([]byte, error) { return json.RawMessage(p).MarshalJSON() }

// UnmarshalJSON keeps the object as it stands.
func (p *PublicKey) UnmarshalJSON(text []byte) error {
	return (*json.RawMessage)(p).UnmarshalJSON(text)
}

// Given is a proof of a second factor: a code, or a passkey's answer.
type Given struct {
	Code       string    `json:"code,omitempty" maxLength:"16384" doc:"The authenticator app's code or a recovery code. A passkey's credential may be written here as well, as text."`
	Credential PublicKey `json:"credential,omitempty" doc:"A passkey's answer to the challenge: PublicKeyCredential.toJSON()."`
}

// Current proves the second factor that there is, beside what is new.
type Current struct {
	Current           string    `json:"current,omitempty" maxLength:"64" doc:"A code of the second factor that there is already, or a recovery code; this or currentCredential is needed where there is one."`
	CurrentCredential PublicKey `json:"currentCredential,omitempty" doc:"The answer of a passkey that there is already, to challengeMe's challenge."`
}

// InvitationAnswer is what to call the browser with.
type InvitationAnswer struct {
	Body struct {
		PublicKey PublicKey `json:"publicKey" doc:"The options of navigator.credentials.create or get, as PublicKeyCredential.parseCreationOptionsFromJSON and parseRequestOptionsFromJSON read them."`
		ExpiresAt time.Time `json:"expiresAt" doc:"The challenge is answered until then, and once."`
	}
}

// Passkey as its person sees it.
type Passkey struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Model      string     `json:"model" doc:"The authenticator's AAGUID, in hexadecimal; zeros where it does not say."`
	Synced     bool       `json:"synced" doc:"It may be on several devices."`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty"`
}

// ConfirmPasskeyInput is confirmPasskey's.
type ConfirmPasskeyInput struct {
	Body struct {
		Name       string    `json:"name,omitempty" maxLength:"100" doc:"What its person calls it."`
		Credential PublicKey `json:"credential" doc:"What the browser made: PublicKeyCredential.toJSON()."`
		Current
	}
}

// ConfirmPasskeyAnswer has the passkey.
type ConfirmPasskeyAnswer struct {
	Body struct {
		Passkey       Passkey  `json:"passkey"`
		RecoveryCodes []string `json:"recoveryCodes,omitempty" doc:"Where there were none: each opens once. Shown this once."`
	}
}

// PasskeyInput names a passkey and proves a second factor.
type PasskeyInput struct {
	PasskeyID string `path:"passkeyId" maxLength:"64"`
	Body      Given
}

// PasskeySignInInput is finishPasskeySignIn's.
type PasskeySignInInput struct {
	Body struct {
		Credential   PublicKey `json:"credential" doc:"The passkey's answer: PublicKeyCredential.toJSON()."`
		Organisation string    `json:"organisation,omitempty" maxLength:"64" doc:"Which one, where the user is in several; operators name the organisation that they enter."`
	}
}

// Operations with passkeys.
var (
	BeginPasskeySignIn = declare[None, InvitationAnswer](Endpoint{
		ID: "beginPasskeySignIn", Method: http.MethodPost, Path: "/v1/sign-in/passkey", Function: Account, Tag: "account", Public: true,
		Summary: "Begin to sign in with a passkey alone.",
	})
	FinishPasskeySignIn = declare[PasskeySignInInput, SignInAnswer](Endpoint{
		ID: "finishPasskeySignIn", Method: http.MethodPost, Path: "/v1/sign-in/passkey/finish", Function: Account, Tag: "account", Public: true,
		Summary: "Sign in with a passkey alone.",
	})
	ChallengeMe = declare[None, InvitationAnswer](Endpoint{
		ID: "challengeMe", Method: http.MethodPost, Path: "/v1/me/mfa/challenge", Function: Account, Tag: "account",
		Summary: "Ask for a passkey's challenge, to prove oneself for an act on one's own account.",
	})
	ListPasskeys = declare[None, Listed[Passkey]](Endpoint{
		ID: "listPasskeys", Method: http.MethodGet, Path: "/v1/me/mfa/passkeys", Function: Account, Tag: "account",
		Summary: "List one's passkeys.",
	})
	BeginPasskey = declare[None, InvitationAnswer](Endpoint{
		ID: "beginPasskey", Method: http.MethodPost, Path: "/v1/me/mfa/passkeys", Function: Account, Tag: "account",
		Summary: "Begin to set up a passkey.",
	})
	ConfirmPasskey = declare[ConfirmPasskeyInput, ConfirmPasskeyAnswer](Endpoint{
		ID: "confirmPasskey", Method: http.MethodPost, Path: "/v1/me/mfa/passkeys/confirm", Function: Account, Tag: "account",
		Summary: "Give what the browser made.",
	})
	RemovePasskey = declare[PasskeyInput, Empty](Endpoint{
		ID: "removePasskey", Method: http.MethodDelete, Path: "/v1/me/mfa/passkeys/{passkeyId}", Function: Account, Tag: "account",
		Summary: "Take a passkey off; the last second factor only where the organisation allows that.", Status: http.StatusNoContent,
	})
	NewRecoveryCodes = declare[CurrentInput, RecoveryCodesAnswer](Endpoint{
		ID: "newRecoveryCodes", Method: http.MethodPost, Path: "/v1/me/mfa/recovery-codes", Function: Account, Tag: "account",
		Summary: "Get new recovery codes in the place of the old ones.",
	})
)
