package api

import (
	"net/http"
	"time"
)

// Session is what a sign-in gives.
type Session struct {
	Token     string    `json:"token,omitempty" doc:"Shown this once; absent where it is in the cookie."`
	ExpiresAt time.Time `json:"expiresAt"`
	User      User      `json:"user"`
	Next      string    `json:"next,omitempty" enum:"enrolSecondFactor,verifyPhone,verifyIdentity,changePassword" doc:"Present where the session is good for nothing else: to set up the second factor that the organisation requires, to verify the phone, to see that compliance staff have not verified the identity yet, or to choose another password than the one that staff set."`

	MustChangePassword bool `json:"mustChangePassword,omitempty" doc:"The password was set by staff: the session is good only for choosing another."`
}

// Opening is an answer that may open a session.
type Opening interface {
	// Opened is the session; nil where there is none yet.
	Opened() *Session
}

func (a *SignInAnswer) Opened() *Session { return a.Body.Session }
func (a *RedeemAnswer) Opened() *Session { return a.Body.Session }

// Challenge asks for the second factor.
type Challenge struct {
	ID        string    `json:"id"`
	Methods   []string  `json:"methods" nullable:"false"`
	ExpiresAt time.Time `json:"expiresAt"`
	PublicKey PublicKey `json:"publicKey,omitempty" doc:"Where passkey is among the methods: what to call navigator.credentials.get with."`
}

// Choice is an organisation to sign in to.
type Choice struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SignInInput is signIn's.
type SignInInput struct {
	Body struct {
		Identifier   string `json:"identifier" minLength:"1" maxLength:"254" doc:"E-mail address or username, as the organisation has it." example:"ada@example.com"`
		Password     string `json:"password" minLength:"1" maxLength:"1024" example:"a quiet harbour at dawn"`
		Organisation string `json:"organisation,omitempty" maxLength:"64" doc:"Which one, where the user is in several; operators name the organisation that they enter."`
	}
}

// SignInAnswer has one of its fields.
type SignInAnswer struct {
	Body struct {
		Session       *Session   `json:"session,omitempty"`
		Challenge     *Challenge `json:"challenge,omitempty"`
		Organisations []Choice   `json:"organisations,omitempty"`
	}
}

// ChallengeInput is answerChallenge's.
type ChallengeInput struct {
	Body struct {
		ChallengeID string `json:"challengeId" maxLength:"400"`
		Method      string `json:"method" enum:"totp,recovery,passkey"`
		Given
	}
}

// ForgotInput is forgotPassword's.
type ForgotInput struct {
	Body struct {
		Identifier string `json:"identifier" minLength:"1" maxLength:"254" example:"ada@example.com"`
	}
}

// LinkInput is inspectLink's.
type LinkInput struct {
	Body struct {
		Token string `json:"token" maxLength:"400"`
	}
}

// LinkAnswer is what a link is for.
type LinkAnswer struct {
	Body struct {
		Kind          string    `json:"kind" enum:"verification,passwordReset,accountLink"`
		Organisation  string    `json:"organisation"`
		Name          string    `json:"name"`
		Email         string    `json:"email"`
		ExpiresAt     time.Time `json:"expiresAt"`
		NeedsPassword bool      `json:"needsPassword"`
	}
}

// RedeemInput is redeemLink's.
type RedeemInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"400"`
		Password string `json:"password,omitempty" maxLength:"1024"`
	}
}

// RedeemAnswer says what comes next.
type RedeemAnswer struct {
	Body struct {
		Next    string   `json:"next" enum:"signIn,enrolSecondFactor,verifyPhone,verifyIdentity"`
		Session *Session `json:"session,omitempty" doc:"Good only for what comes next; absent with signIn."`
	}
}

// MeAnswer is who is signed in.
type MeAnswer struct {
	ETag string `header:"ETag"`
	Body struct {
		User          User              `json:"user"`
		Organisation  Organisation      `json:"organisation"`
		Permissions   map[string]string `json:"permissions" doc:"Every permission in force with its scope: all, or own. None before the last stage of onboarding is passed."`
		Next          string            `json:"next,omitempty" enum:"enrolSecondFactor,verifyPhone,verifyIdentity,changePassword" doc:"What the session is good for; absent where it is good for everything that the user may do."`
		SecondFactors HeldFactors       `json:"secondFactors"`
		// Organisations are absent for who is a user of one.
		Organisations []Choice `json:"organisations,omitempty" doc:"Those that you may switch to. The platform's staff may enter any, and have their own here while they are in another."`
	}
}

// HeldFactors are the second factors that a person has.
type HeldFactors struct {
	TOTP          bool `json:"totp" doc:"An authenticator app."`
	Passkeys      int  `json:"passkeys"`
	RecoveryCodes int  `json:"recoveryCodes" doc:"How many are not used yet."`
}

// OwnAccessAnswer is what one may do oneself.
type OwnAccessAnswer struct {
	Body struct {
		Roles       []OwnRole       `json:"roles" nullable:"false"`
		Permissions []OwnPermission `json:"permissions" nullable:"false"`
		AllAccounts bool            `json:"allAccounts" doc:"Every account of the organisation, also those opened later."`
		Accounts    []OwnAccount    `json:"accounts" nullable:"false" doc:"Empty where all are yours."`
	}
}

// OwnRole is a role that one has.
type OwnRole struct {
	ID          string `json:"id"`
	Name        string `json:"name" translated:""`
	Description string `json:"description,omitempty" translated:""`
}

// OwnPermission is a permission that one has.
type OwnPermission struct {
	ID          string `json:"id"`
	Description string `json:"description" translated:""`
	Scope       string `json:"scope" enum:"all,own" doc:"own: on what you created."`
}

// OwnAccount is an account that one has.
type OwnAccount struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Company string `json:"company,omitempty" doc:"The name of the company that it is in."`
}

// SwitchInput is switchOrganisation's.
type SwitchInput struct {
	Body struct {
		Organisation string `json:"organisation" minLength:"1" maxLength:"64"`
	}
}

// UpdateMeInput is updateMe's.
type UpdateMeInput struct {
	Body struct {
		Language string `json:"language" doc:"The BCP 47 tag of a language there is." example:"fr"`
	}
}

// SessionInfo is a session in a list.
type SessionInfo struct {
	ID         string    `json:"id"`
	Current    bool      `json:"current"`
	CreatedAt  time.Time `json:"createdAt"`
	LastSeenAt time.Time `json:"lastSeenAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
	Address    string    `json:"address,omitempty"`
	Device     string    `json:"device" enum:"desktop,mobile,tablet,bot,unknown"`
	Place      string    `json:"place,omitempty"`
	UserAgent  string    `json:"userAgent,omitempty"`
}

// SessionPath names a session in a path.
type SessionPath struct {
	SessionID string `path:"sessionId" maxLength:"64"`
}

// TotpAnswer is a second factor to be confirmed.
type TotpAnswer struct {
	Body struct {
		Secret string `json:"secret" doc:"Base32, for apps that cannot read the picture. Shown this once."`
		URI    string `json:"uri"`
		QR     string `json:"qr" doc:"The picture as a data URI."`
	}
}

// ChangePasswordInput is changeMyPassword's.
type ChangePasswordInput struct {
	Body struct {
		Current string `json:"current" minLength:"1" maxLength:"1024"`
		New     string `json:"new" minLength:"1" maxLength:"1024"`
	}
}

// SetPasswordInput is setPassword's.
type SetPasswordInput struct {
	UserPath
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"1024"`
	}
}

// CurrentInput proves the second factor that there is.
type CurrentInput struct {
	Body Given
}

// ConfirmTotpInput is confirmTotp's.
type ConfirmTotpInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"64" doc:"The new app's first code."`
		Current
	}
}

// PhoneCodeInput is verifyPhone's.
type PhoneCodeInput struct {
	Body struct {
		Code string `json:"code" pattern:"^[0-9]{6}$" patternDescription:"six digits"`
	}
}

// RecoveryCodesAnswer has the recovery codes.
type RecoveryCodesAnswer struct {
	Body struct {
		RecoveryCodes []string `json:"recoveryCodes" nullable:"false" doc:"Each opens once. Shown this once."`
	}
}

// HealthAnswer tells that everything behind the service answers.
type HealthAnswer struct {
	Body struct {
		Status string `json:"status" enum:"ok"`
	}
}

// Document is an answer that is a document as it stands.
type Document struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte `contentType:"application/json"`
}

// Operations on one's own account.
var (
	SignIn = declare[SignInInput, SignInAnswer](Endpoint{
		ID: "signIn", Method: http.MethodPost, Path: "/v1/sign-in", Function: Account, Tag: "account", Public: true,
		Summary: "Sign in with a password.",
	})
	AnswerChallenge = declare[ChallengeInput, SignInAnswer](Endpoint{
		ID: "answerChallenge", Method: http.MethodPost, Path: "/v1/sign-in/challenge", Function: Account, Tag: "account", Public: true,
		Summary: "Give the second factor's code.",
	})
	ForgotPassword = declare[ForgotInput, Empty](Endpoint{
		ID: "forgotPassword", Method: http.MethodPost, Path: "/v1/password/forgot", Function: Account, Tag: "account", Public: true,
		Summary: "Ask for a link to choose a new password. The answer is the same whether or not anybody goes by the name.", Status: http.StatusAccepted,
	})
	InspectLink = declare[LinkInput, LinkAnswer](Endpoint{
		ID: "inspectLink", Method: http.MethodPost, Path: "/v1/links/inspect", Function: Account, Tag: "account", Public: true, Refuses: []int{http.StatusNotFound, http.StatusGone},
		Summary: "See what a mailed link is for. Consumes nothing.",
	})
	RedeemLink = declare[RedeemInput, RedeemAnswer](Endpoint{
		ID: "redeemLink", Method: http.MethodPost, Path: "/v1/links/redeem", Function: Account, Tag: "account", Public: true, Refuses: []int{http.StatusNotFound, http.StatusGone},
		Summary: "Use a mailed link: verify the address or reset the password.",
	})
	GetMe = declare[None, MeAnswer](Endpoint{
		ID: "getMe", Method: http.MethodGet, Path: "/v1/me", Function: Account, Tag: "account",
		Summary: "See who is signed in, where, and with what permissions.",
	})
	GetMyAccess = declare[None, OwnAccessAnswer](Endpoint{
		ID: "getMyAccess", Method: http.MethodGet, Path: "/v1/me/access", Function: Account, Tag: "account",
		Summary: "See what one may do oneself, and on which accounts, in words.",
	})
	UpdateMe = declare[UpdateMeInput, MeAnswer](Endpoint{
		ID: "updateMe", Method: http.MethodPatch, Path: "/v1/me", Function: Account, Tag: "account", Conditional: true,
		Summary: "Change one's language.",
	})
	SignOut = declare[None, Empty](Endpoint{
		ID: "signOut", Method: http.MethodDelete, Path: "/v1/session", Function: Account, Tag: "account",
		Summary: "End the session.", Status: http.StatusNoContent, Ends: true,
	})
	SwitchOrganisation = declare[SwitchInput, SignInAnswer](Endpoint{
		ID: "switchOrganisation", Method: http.MethodPost, Path: "/v1/session/organisation", Function: Account, Tag: "account", Refuses: []int{http.StatusNotFound},
		Summary: "Leave the organisation for another that one is a user of; operators enter any. The session ends, and another takes its place.",
	})
	ListMySessions = declare[Page, Listed[SessionInfo]](Endpoint{
		ID: "listMySessions", Method: http.MethodGet, Path: "/v1/me/sessions", Function: Account, Tag: "account",
		Summary: "List one's sessions.",
	})
	EndMySession = declare[SessionPath, Empty](Endpoint{
		ID: "endMySession", Method: http.MethodDelete, Path: "/v1/me/sessions/{sessionId}", Function: Account, Tag: "account",
		Summary: "End one of one's sessions.", Status: http.StatusNoContent,
	})
	SendPhoneCode = declare[None, Empty](Endpoint{
		ID: "sendPhoneCode", Method: http.MethodPost, Path: "/v1/me/phone/code", Function: Account, Tag: "account",
		Summary: "Text a code to one's own phone, at the stage of onboarding that verifies it. It is valid for ten minutes, and the earlier one stops working; at most three in a quarter of an hour.", Status: http.StatusAccepted,
	})
	VerifyPhone = declare[PhoneCodeInput, MeAnswer](Endpoint{
		ID: "verifyPhone", Method: http.MethodPost, Path: "/v1/me/phone/verify", Function: Account, Tag: "account", Refuses: []int{http.StatusGone},
		Summary: "Give the code that was texted, and go on to the next stage of onboarding with the same session. A code takes five wrong answers.",
	})
	ChangeMyPassword = declare[ChangePasswordInput, Empty](Endpoint{
		ID: "changeMyPassword", Method: http.MethodPost, Path: "/v1/me/password", Function: Account, Tag: "account",
		Summary: "Choose another password. Every other session ends.", Status: http.StatusNoContent,
	})
	SetPassword = declare[SetPasswordInput, UserAnswer](Endpoint{
		ID: "setPassword", Method: http.MethodPost, Path: "/v1/users/{userId}/password", Function: Account, Tag: "users", Act: true, Conditional: true,
		Summary: "Set a new password for a user, as staff. The user must choose another at the next sign-in.",
	})
	BeginTotp = declare[None, TotpAnswer](Endpoint{
		ID: "beginTotp", Method: http.MethodPost, Path: "/v1/me/mfa/totp", Function: Account, Tag: "account",
		Summary: "Begin to set up an authenticator app.",
	})
	ConfirmTotp = declare[ConfirmTotpInput, RecoveryCodesAnswer](Endpoint{
		ID: "confirmTotp", Method: http.MethodPost, Path: "/v1/me/mfa/totp/confirm", Function: Account, Tag: "account",
		Summary: "Give the app's first code. Answers recovery codes.",
	})
	RemoveTotp = declare[CurrentInput, Empty](Endpoint{
		ID: "removeTotp", Method: http.MethodDelete, Path: "/v1/me/mfa/totp", Function: Account, Tag: "account",
		Summary: "Take the authenticator app off, where the organisation allows that.", Status: http.StatusNoContent,
	})
	Health = declare[None, HealthAnswer](Endpoint{
		ID: "health", Method: http.MethodGet, Path: "/health", Function: Account, Tag: "service", Public: true,
		Summary: "200 when everything behind the service answers.",
	})
	GetOpenAPI = declare[None, Document](Endpoint{
		ID: "getOpenApi", Method: http.MethodGet, Path: "/openapi.json", Function: Account, Tag: "service", Public: true,
		Summary: "This document.",
	})
)
