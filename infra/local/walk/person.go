package walk

import (
	"net/http"
	"net/url"
	"sync"
	"time"

	"mandate/shared/api"
	"mandate/shared/otp"
)

// Password is what people choose who come by a mailed link.
const Password = "a quiet harbour at dawn"

// Person is somebody who uses the service.
type Person struct {
	*Walk
	ID           string // of the user
	Organisation string // whose the session is in
	Email        string
	Identifier   string // what one signs in with
	Password     string
	Token        string // of the session; empty for who is not signed in

	secret string // of the authenticator app
}

// What operations answer, as far as tests read it.
type (
	// UserAnswer is of reads and writes of a user.
	UserAnswer struct {
		User     api.User
		Change   *api.Change
		Preview  *api.Outlook
		Warnings []api.Warning
	}
	// Settled is of decisions about a change.
	Settled struct {
		Change api.Change
		User   *api.User
	}
	// SignedIn is of the steps of signing in.
	SignedIn struct {
		Session       *api.Session
		Challenge     *api.Challenge
		Organisations []api.Choice
	}
	// Redeemed is of a link.
	Redeemed struct {
		Next    string
		Session *api.Session
	}
	// Me is who is signed in.
	Me struct {
		User         api.User
		Organisation api.Organisation
		Permissions  map[string]string
		Next         string
	}
	// Evaluated is whether a subject may.
	Evaluated struct {
		Decision bool
		Context  api.EvaluationContext
	}
)

// Do sends a request with the person's session.
func (p *Person) Do(method, path string, body any, options ...Option) Answer {
	p.Helper()
	return p.Walk.Do(method, path, body, append([]Option{With("Authorization", "Bearer "+p.Token)}, options...)...)
}

// Get reads.
func (p *Person) Get(path string) Answer { p.Helper(); return p.Do(http.MethodGet, path, nil) }

// Post sends.
func (p *Person) Post(path string, body any) Answer {
	p.Helper()
	return p.Do(http.MethodPost, path, body)
}

// Patch changes.
func (p *Person) Patch(path string, body any) Answer {
	p.Helper()
	return p.Do(http.MethodPatch, path, body)
}

// TrySignIn gives name and password, and organisation where it is not empty.
func (p *Person) TrySignIn(organisation string) Answer {
	p.Helper()
	body := map[string]string{"identifier": p.Identifier, "password": p.Password}
	if organisation != "" {
		body["organisation"] = organisation
	}
	return p.Walk.Do(http.MethodPost, "/v1/sign-in", body)
}

// SignIn signs in, with the second factor's code where it is asked for; to this organisation, or where it is empty, to
// one's own.
func (p *Person) SignIn(organisation string) *Person {
	p.Helper()
	signed := Read[SignedIn](p.TrySignIn(organisation), http.StatusOK)
	if signed.Challenge != nil {
		signed = Read[SignedIn](p.proves(func(code string) Answer {
			return p.Walk.Do(http.MethodPost, "/v1/sign-in/challenge", map[string]string{
				"challengeId": signed.Challenge.ID, "method": "totp", "code": code,
			})
		}), http.StatusOK)
	}
	p.Token, p.ID, p.Organisation = signed.Session.Token, signed.Session.User.ID, signed.Session.User.Organisation
	if organisation != "" {
		p.Organisation = organisation
	}
	return p
}

// Enrol sets up an authenticator app, and answers the recovery codes.
func (p *Person) Enrol() []string {
	p.Helper()
	p.secret = Read[struct{ Secret string }](p.Post("/v1/me/mfa/totp", nil), http.StatusOK).Secret
	return Read[struct{ RecoveryCodes []string }](p.proves(func(code string) Answer {
		return p.Post("/v1/me/mfa/totp/confirm", map[string]string{"code": code})
	}), http.StatusOK).RecoveryCodes
}

// Me reads who is signed in.
func (p *Person) Me() Me { p.Helper(); return Read[Me](p.Get("/v1/me"), http.StatusOK) }

// SignedOut tells whether the session has ended: the request is refused, and says no more than that.
func (p *Person) SignedOut() bool {
	p.Helper()
	return p.Get("/v1/me").Status == http.StatusUnauthorized
}

// Asks for something to be done: the change waits.
func (p *Person) Asks(method, path string, body any) (api.User, api.Change) {
	p.Helper()
	asked := Read[UserAnswer](p.Do(method, path, body), http.StatusAccepted)
	return asked.User, *asked.Change
}

// AsksForUser asks for a new user: the change waits.
func (p *Person) AsksForUser(user api.NewUser) (api.User, api.Change) {
	p.Helper()
	return p.Asks(http.MethodPost, "/v1/users", user)
}

// User reads a user.
func (p *Person) User(id string) api.User {
	p.Helper()
	return Read[UserAnswer](p.Get("/v1/users/"+url.PathEscape(id)), http.StatusOK).User
}

// Change reads a change.
func (p *Person) Change(id string) api.Change {
	p.Helper()
	return Read[api.Change](p.Get("/v1/changes/"+url.PathEscape(id)), http.StatusOK)
}

// Sees waits until a change is in a state.
func (p *Person) Sees(id, state string) api.Change {
	p.Helper()
	change := p.Change(id)
	p.Until("change "+id+" being "+state+", after "+change.State, func() bool {
		change = p.Change(id)
		return change.State == state
	})
	return change
}

// Approves consents to a change as it was shown, and authenticates that.
func (p *Person) Approves(shown api.Change) Answer {
	p.Helper()
	return p.decides(shown, "approve")
}

// Confirms authenticates one's own change.
func (p *Person) Confirms(shown api.Change) Answer {
	p.Helper()
	return p.decides(shown, "confirm")
}

// Rejects a change.
func (p *Person) Rejects(shown api.Change, reason string) Answer {
	p.Helper()
	return p.Post("/v1/changes/"+shown.ID+"/reject", map[string]string{"reason": reason})
}

func (p *Person) decides(shown api.Change, how string) Answer {
	p.Helper()
	return p.proves(func(code string) Answer {
		return p.Post("/v1/changes/"+shown.ID+"/"+how, map[string]string{"digest": shown.Digest, "method": "totp", "code": code})
	})
}

// Evaluates the platform's question: may the subject do this on the account, now.
func (p *Person) Evaluates(subject, permission, account string) Evaluated {
	p.Helper()
	type named struct {
		Type string `json:"type"`
		ID   string `json:"id"`
	}
	return Read[Evaluated](p.Post("/access/v1/evaluation", map[string]any{
		"subject": named{"user", subject}, "action": map[string]string{"name": permission}, "resource": named{"account", account},
	}), http.StatusOK)
}

// app is an authenticator app and the last time step of which a code was used.
type app struct {
	mu   sync.Mutex
	last int64
}

// onTheWay is how long a code must still be good: so long may its request take.
const onTheWay = 10 * time.Second

// proves sends a code, and one after the other where tests do so for one person: one that comes after a later one is
// refused. So is one that was on the way until it was good no more, because the machine is slow or what it went to was
// away: then the person gives the next.
func (p *Person) proves(send func(code string) Answer) Answer {
	p.Helper()
	one := p.Site.app(p.Identifier, p.secret)
	one.mu.Lock()
	defer one.mu.Unlock()
	for {
		code, until := p.next(one)
		if answer := send(code); answer.Status != http.StatusUnauthorized || p.Now().Before(until) {
			return answer
		}
	}
}

// Code is what the authenticator app shows, and never the same twice: where those that are good now were used, the
// person waits for the next.
func (p *Person) Code() string {
	p.Helper()
	one := p.Site.app(p.Identifier, p.secret)
	one.mu.Lock()
	defer one.mu.Unlock()
	code, _ := p.next(one)
	return code
}

// next is an app's next code, and until when it is good.
func (p *Person) next(one *app) (code string, until time.Time) {
	p.Helper()
	seconds := int64(otp.Period / time.Second)
	step := max(p.Now().Add(onTheWay).Unix()/seconds-1, one.last+1)
	p.Until("a code that was not used", func() bool { return step <= p.Now().Unix()/seconds+1 })
	one.last = step
	code, err := otp.Code(p.secret, time.Unix(step*seconds, 0))
	if err != nil {
		p.Fatal(err)
	}
	return code, time.Unix((step+2)*seconds, 0)
}

func (s *Site) app(identifier, secret string) *app {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := identifier + " " + secret
	if s.apps[key] == nil {
		s.apps[key] = new(app)
	}
	return s.apps[key]
}
