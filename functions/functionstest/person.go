package functionstest

import (
	"encoding/base64"
	"testing"
	"time"

	"mandate/shared/api"
	"mandate/shared/directory"
	"mandate/shared/otp"
)

// Person is someone who uses the service, with what that person knows.
type Person struct {
	World        *World
	Organisation directory.OrganisationID
	ID           directory.UserID
	Identity     directory.IdentityID
	Identifier   string // to sign in with
	Email        string
	Password     string
	Secret       string // of the authenticator app; empty where there is none
	Token        string // of the session
	ClientID     string // of an API user
	ClientSecret string

	app *app
}

// Caller is a program that calls with a credential.
func (w *World) Caller(issued *api.IssuedCredential) *Person {
	return &Person{World: w, ClientID: issued.ClientID, ClientSecret: issued.ClientSecret}
}

// app is an authenticator app, which a person has whatever device it signs in on.
type app struct{ lastStep int64 }

// What operations on users, changes and sign-ins answer.
type (
	UserAnswer struct {
		User       api.User
		Change     *api.Change
		Preview    *api.Outlook
		Warnings   []api.Warning
		Left       *api.Left
		Credential *api.IssuedCredential
	}
	Assignment struct {
		Account api.BankAccount
		Users   []api.User
		Change  *api.Change
		Preview *api.Outlook
	}
	RoleAnswer struct {
		Role     api.Role
		Change   *api.Change
		Preview  *api.Outlook
		Warnings []api.Warning
	}
	RequestAnswer struct {
		Request  api.ServiceRequest
		Change   *api.Change
		Warnings []api.Warning
	}
	Settled struct {
		Change api.Change
		User   *api.User
	}
	SignedIn struct {
		Session       *api.Session
		Challenge     *api.Challenge
		Organisations []api.Choice
	}
	Redeemed struct {
		Next    string
		Session *api.Session
	}
	Me struct {
		User          api.User
		Organisation  api.Organisation
		Permissions   map[string]string
		Next          string
		Organisations []api.Choice
	}
	Evaluated struct {
		Decision bool
		Context  api.EvaluationContext
	}
)

// Do sends a request with the person's session or credential.
func (p *Person) Do(operation string, parts ...Part) Answer {
	switch {
	case p.Token != "":
		parts = append([]Part{Header("Authorization", "Bearer "+p.Token)}, parts...)
	case p.ClientID != "":
		basic := base64.StdEncoding.EncodeToString([]byte(p.ClientID + ":" + p.ClientSecret))
		parts = append([]Part{Header("Authorization", "Basic "+basic)}, parts...)
	}
	return p.World.Do(operation, parts...)
}

// Code is what the authenticator app shows, and no code twice: where this one was used the person waits for the next.
func (p *Person) Code() string {
	const period = 30
	if p.app == nil {
		p.app = &app{}
	}
	step := max(p.World.Now().Unix()/period, p.app.lastStep+1)
	if ahead := step - p.World.Now().Unix()/period; ahead > 0 {
		p.World.Advance(time.Duration(ahead) * period * time.Second)
	}
	p.app.lastStep = step
	code, err := otp.Code(p.Secret, time.Unix(step*period, 0))
	if err != nil {
		panic(err)
	}
	return code
}

// Proof is the authentication of a change as it was shown.
func (p *Person) Proof(change *api.Change) Part {
	return Body(Object{"digest": change.Digest, "method": "totp", "code": p.Code()})
}

// Approve consents to a change.
func (p *Person) Approve(change *api.Change) Answer {
	return p.Do("approveChange", At(change.ID), p.Proof(change))
}

// Confirm authenticates one's own change.
func (p *Person) Confirm(change *api.Change) Answer {
	return p.Do("confirmChange", At(change.ID), p.Proof(change))
}

// User reads a user.
func (p *Person) User(t testing.TB, id string) api.User {
	t.Helper()
	return Read[UserAnswer](t, p.Do("getUser", At(id)), 200).User
}

// Change reads a change.
func (p *Person) Change(t testing.TB, id string) api.Change {
	t.Helper()
	return Read[api.Change](t, p.Do("getChange", At(id)), 200)
}

// Me reads who is signed in.
func (p *Person) Me(t testing.TB) Me {
	t.Helper()
	return Read[Me](t, p.Do("getMe"), 200)
}

// Asks the platform's question: may the subject do this on the account, now.
func (p *Person) Asks(t testing.TB, subject, permission, account string) Evaluated {
	t.Helper()
	return Read[Evaluated](t, p.Do("evaluateAccess", Body(Object{
		"subject": Object{"type": "user", "id": subject}, "action": Object{"name": permission},
		"resource": Object{"type": "account", "id": account},
	})), 200)
}

// SignIn gives name and password, and the second factor's code where it is asked for.
func (p *Person) SignIn(t testing.TB, parts ...Part) *api.Session {
	t.Helper()
	body := Object{"identifier": p.Identifier, "password": p.Password}
	signedIn := Read[SignedIn](t, p.World.Do("signIn", append([]Part{Body(body)}, parts...)...), 200)
	if signedIn.Challenge != nil {
		signedIn = Read[SignedIn](t, p.World.Do("answerChallenge", append([]Part{Body(Object{
			"challengeId": signedIn.Challenge.ID, "method": "totp", "code": p.Code(),
		})}, parts...)...), 200)
	}
	p.Token = signedIn.Session.Token
	return signedIn.Session
}

// On is the same person on another device, which has no session yet.
func (p *Person) On() *Person {
	other := *p
	other.Token = ""
	return &other
}

// Enrol sets up an authenticator app, and answers the recovery codes.
func (p *Person) Enrol(t testing.TB) []string {
	t.Helper()
	begun := Read[struct{ Secret, URI, QR string }](t, p.Do("beginTotp"), 200)
	p.Secret, p.app = begun.Secret, &app{}
	return Read[struct{ RecoveryCodes []string }](t, p.Do("confirmTotp", Body(Object{"code": p.Code()})), 200).RecoveryCodes
}
