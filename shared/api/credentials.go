package api

import (
	"net/http"
	"time"
)

// Credential is a client id as clients see it, without its secret.
type Credential struct {
	ID            string     `json:"id"`
	ClientID      string     `json:"clientId"`
	Secret        int        `json:"secret" doc:"The number of its present secret; the first is 1."`
	CreatedAt     time.Time  `json:"createdAt"`
	RotatedAt     *time.Time `json:"rotatedAt,omitempty"`
	PreviousUntil *time.Time `json:"previousUntil,omitempty" doc:"Until when the secret before this one opens as well."`
	ExpiresAt     *time.Time `json:"expiresAt,omitempty" doc:"Absent: until it is revoked."`
	Unseen        bool       `json:"unseen" doc:"Nobody was shown the secret yet: an admin is, once, by revealCredential."`
}

// IssuedCredential is a client id with its secret.
type IssuedCredential struct {
	ID           string `json:"id"`
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret,omitempty" doc:"Absent where you may not see it: an admin of the organisation then gets it by revealCredential. Absent in the answer to a revealCredential that is repeated under its Idempotency-Key."`
}

// CredentialPath names a user's credential in a path.
type CredentialPath struct {
	UserPath
	CredentialID string `path:"credentialId" maxLength:"64"`
}

// CreateCredentialInput is createCredential's.
type CreateCredentialInput struct {
	UserPath
	Body *struct {
		ExpiresAt *time.Time `json:"expiresAt,omitempty" doc:"When the credential ends by itself; absent: when it is revoked."`
	}
}

// RotateCredentialInput is rotateCredential's.
type RotateCredentialInput struct {
	CredentialPath
	Body *struct {
		OverlapHours *int `json:"overlapHours,omitempty" minimum:"0" maximum:"168" doc:"How long the secret before opens as well; absent: 24 hours."`
	}
}

// RevealCredentialInput is revealCredential's.
type RevealCredentialInput struct {
	CredentialPath
	Body struct {
		Method string `json:"method" enum:"totp,passkey" doc:"A passkey answers the challenge of challengeMe."`
		Given
	}
}

// RevealedAnswer answers revealCredential.
type RevealedAnswer struct {
	Body struct {
		Credential IssuedCredential `json:"credential"`
	}
}

// Operations on the credentials of users that call the API.
var (
	ListCredentials = declare[UserPath, Listed[Credential]](Endpoint{
		ID: "listCredentials", Method: http.MethodGet, Path: "/v1/users/{userId}/credentials", Function: Users, Tag: "credentials",
		Summary: "List a user's API credentials: five at most, in the order they were made.",
	})
	CreateCredential = declare[CreateCredentialInput, UserAnswer](Endpoint{
		ID: "createCredential", Method: http.MethodPost, Path: "/v1/users/{userId}/credentials", Function: Users, Tag: "credentials", Change: true, Conditional: true,
		Summary: "Ask for one more client id and secret of a user that calls the API.", Status: http.StatusCreated,
	})
	RevealCredential = declare[RevealCredentialInput, RevealedAnswer](Endpoint{
		ID: "revealCredential", Method: http.MethodPost, Path: "/v1/users/{userId}/credentials/{credentialId}/reveal", Function: Users, Tag: "credentials", Conditional: true,
		Summary: "Show a secret after a fresh step-up: at any time where the preset allows that, and once while nobody was shown it.",
	})
	RotateCredential = declare[RotateCredentialInput, UserAnswer](Endpoint{
		ID: "rotateCredential", Method: http.MethodPost, Path: "/v1/users/{userId}/credentials/{credentialId}/rotate", Function: Users, Tag: "credentials", Change: true, Conditional: true,
		Summary: "Ask for a new secret under the same client id; the one before opens for an overlap.",
	})
	RevokeCredential = declare[CredentialPath, UserAnswer](Endpoint{
		ID: "revokeCredential", Method: http.MethodDelete, Path: "/v1/users/{userId}/credentials/{credentialId}", Function: Users, Tag: "credentials", Change: true, Conditional: true,
		Summary: "Ask for the end of a client id and its secrets, at once when it is decided.",
	})
)
