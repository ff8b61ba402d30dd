package functionstest

import (
	"maps"

	"github.com/aws/aws-lambda-go/events"

	"mandate/shared/directory"
)

// workflows are what TestFaults has faults befall. Each is short: a run is made for every fault at every call.
var workflows = []procedure{
	{name: "asking", preset: "bc-connect", do: func(s *course) { s.asks() }},
	{name: "approving", preset: "bc-connect", prepare: (*course).asks, do: (*course).approves},
	{name: "applying", preset: "bc-connect", prepare: (*course).asksAndApproves, do: func(s *course) { s.Advance(hour) }},
	{name: "a crash before anything is carried", preset: "bc-connect", do: func(s *course) {
		s.asks()
		s.approves()
	}},
	{name: "taking access away", preset: "bc-connect", prepare: func(s *course) {
		s.takes(s.sends(s.Ada, "updateUser", At(s.Rosa.ID), Body(Object{"permissions": []string{"balances:view", "transactions:view"}})))
	}, do: (*course).approves},
	{name: "rejecting", preset: "bc-connect", prepare: (*course).asks, do: func(s *course) {
		s.sends(s.Ben, "rejectChange", At(s.change.ID), Body(Object{"reason": "no"})).Want(s.t, 200)
	}},
	{name: "cancelling what propagates", preset: "bc-connect", prepare: (*course).asksAndApproves, do: func(s *course) {
		s.sends(s.Ada, "cancelChange", At(s.change.ID)).Want(s.t, 200)
	}},
	{name: "deactivating over an open change", preset: "bc-connect", prepare: func(s *course) {
		s.takes(s.sends(s.Ada, "updateUser", At(s.Rosa.ID), Body(Object{"permissions": []string{"transactions:view"}})))
		s.takes(s.sends(s.Ada, "deactivateUser", At(s.Rosa.ID)))
	}, do: (*course).approves},
	{name: "confirming by step-up", preset: "bc-connect", setting: []Setting{StepUp}, prepare: (*course).asks, do: func(s *course) {
		s.sends(s.Ada, "confirmChange", At(s.change.ID), s.Ada.Proof(s.change)).Want(s.t, 200)
	}},
	{name: "a conflict", preset: "bc-connect", prepare: func(s *course) {
		s.takes(s.sends(s.Ada, "updateUser", At(s.Rosa.ID), Body(Object{"phone": s.Phone(), "email": "moved@example.com"})))
		s.approves()
		s.settles()
		s.takes(s.sends(s.Ada, "deactivateUser", At(s.Rosa.ID)))
		s.approves()
		s.settles()
	}, do: func(s *course) { s.Advance(hour) }},
	{name: "reminding and expiring", preset: "bc-connect", prepare: (*course).asks, do: func(s *course) {
		s.Advance(6*day + minute)
		s.sweeps()
		s.settles()
		s.Advance(day)
		s.sweeps()
	}},
	{name: "sweeping what no execution applied", preset: "bc-connect", prepare: func(s *course) {
		s.asksAndApproves()
		s.settles()
		s.Advance(hour + 6*minute)
		s.machine.loses()
	}, do: (*course).sweeps},
	{name: "creating at once", preset: "adyen", do: func(s *course) {
		s.sends(s.Ada, "createUser", Body(newUser(s.Tenant, nil))).Want(s.t, 201)
	}},
	{name: "updating at once", preset: "adyen", do: func(s *course) {
		s.updates(s.Rosa, Object{"email": "moved@example.com", "roles": []string{"viewTransfers"}})
	}},
	{name: "deactivating and reactivating at once", preset: "billpro", do: func(s *course) {
		s.sends(s.Ada, "deactivateUser", At(s.Rosa.ID)).Want(s.t, 200)
		s.sends(s.Ada, "reactivateUser", At(s.Rosa.ID)).Want(s.t, 200)
	}},
	{name: "removing", preset: "leaseweb", do: func(s *course) {
		if answer := s.sends(s.Ada, "removeUser", At(s.Rosa.ID)); answer.Status != 404 && answer.Status != 409 { // gone already
			answer.Want(s.t, 200)
		}
	}},
	{name: "following a verification link", preset: "adyen", prepare: func(s *course) { s.newcomer() }, do: func(s *course) {
		if answer := s.anonymous("redeemLink", Object{"token": s.link, "password": newPassword}); answer.Status != 410 { // used already
			answer.Want(s.t, 200)
		}
	}},
	{name: "sending a verification again", preset: "adyen", prepare: func(s *course) { s.newcomer() }, do: func(s *course) {
		s.sends(s.Ada, "resendVerification", At(s.user.ID)).Want(s.t, 202)
	}},
	{name: "forgetting a password", preset: "adyen", do: func(s *course) {
		s.anonymous("forgotPassword", Object{"identifier": s.Rosa.Identifier}).Want(s.t, 202)
	}},
	{name: "resetting a password", preset: "adyen", prepare: func(s *course) {
		s.anonymous("forgotPassword", Object{"identifier": s.Rosa.Identifier})
		s.settles()
		s.link = s.Mails.Token(s.t, s.Rosa.Email, directory.MailPasswordReset)
	}, do: func(s *course) {
		if answer := s.anonymous("redeemLink", Object{"token": s.link, "password": newPassword}); answer.Status != 410 {
			answer.Want(s.t, 200)
		}
	}},
	{name: "signing in", preset: "bc-connect", anew: true, do: func(s *course) { s.signsIn(s.Rosa) }},
	{name: "expiring links", preset: "adyen", prepare: func(s *course) { s.newcomer() }, do: func(s *course) {
		s.Advance(14 * day)
		s.sweeps()
	}},
	{name: "telling of a bounced mail", preset: "adyen", prepare: func(s *course) { s.newcomer() }, do: func(s *course) {
		for _, event := range s.Feedback(s.t, s.Mails.Last(s.t, s.user.Email, directory.MailVerification), "bounce") {
			s.told(event)
		}
	}},
	{name: "assigning an account to many", preset: "bc-connect", do: func(s *course) {
		answer := s.sends(s.Ada, "assignAccount", At(s.Accounts[1]), Body(Object{"users": []directory.UserID{s.Rosa.ID, s.Robot.ID}})).Want(s.t, 202)
		s.change = Read[Assignment](s.t, answer, 202).Change
		s.approves()
		s.settles()
		s.Advance(hour)
	}},
	{name: "issuing a credential", preset: "billpro", do: func(s *course) {
		s.sends(s.Ada, "createCredential", At(s.Robot.ID))
	}},
	{name: "a role of their own", preset: "adyen", do: func(s *course) {
		s.sends(s.Ada, "createRole", Body(Object{"name": "Lookers", "permissions": Object{"transfers:view": "all"}})).Want(s.t, 201)
	}},
	{name: "a contact", preset: "leaseweb", do: func(s *course) {
		s.sends(s.Ada, "createContact", Body(Object{"name": Object{"first": "Cleo", "last": "Paper"}, "email": "cleo@example.com"})).Want(s.t, 201)
	}},
	{name: "founding an organisation", preset: "adyen", prepare: func(s *course) { s.Operator() }, do: func(s *course) {
		s.sends(s.Operator(), "createOrganisation", Body(Object{"preset": "billpro", "name": "Founded", "admins": []Object{
			{"name": Object{"first": "Fay", "last": "Founder"}, "email": "fay@example.com", "roles": []string{"admin_user"}},
		}})).Want(s.t, 201)
	}},
	{name: "a service request", preset: "bc-connect", prepare: func(s *course) { s.Operator() }, do: func(s *course) {
		s.sends(s.Ada, "createServiceRequest", Body(Object{"act": "createUser", "user": newUser(s.Tenant, Object{"kind": "admin", "accounts": nil, "companies": nil})})).Want(s.t, 201)
	}},
}

// asks has Ada ask for a user.
func (s *course) asks() {
	s.t.Helper()
	s.takes(s.sends(s.Ada, "createUser", Body(newUser(s.Tenant, Object{"email": "came@example.com", "phone": "+447400900000"}))))
}

// takes keeps the change that an answer tells of.
func (s *course) takes(answer Answer) {
	s.t.Helper()
	answered := Read[UserAnswer](s.t, answer, 202)
	s.change, s.user = answered.Change, answered.User
}

func (s *course) approves() {
	s.t.Helper()
	s.sends(s.Ben, "approveChange", At(s.change.ID), s.Ben.Proof(s.change)).Want(s.t, 200)
}

func (s *course) asksAndApproves() {
	s.t.Helper()
	s.asks()
	s.settles()
	s.approves()
}

// newcomer is a user who has a link.
func (s *course) newcomer() {
	s.t.Helper()
	answer := s.sends(s.Ada, "createUser", Body(newUser(s.Tenant, Object{"email": "came@example.com"})))
	s.user = Read[UserAnswer](s.t, answer, 201).User
	s.settles()
	s.link = s.Mails.Token(s.t, s.user.Email, directory.MailVerification)
}

// updates changes a user as it was seen: where that has moved on, what was asked for must be what there is.
func (s *course) updates(who *Person, body Object) {
	s.t.Helper()
	seen := s.sends(s.Ada, "getUser", At(who.ID)).Header["Etag"]
	answer := s.sends(s.Ada, "updateUser", At(who.ID), Body(maps.Clone(body)), Header("If-Match", seen))
	if answer.Status != 412 {
		answer.Want(s.t, 200)
	}
}

// signsIn signs in, from the start where the code may have been used up.
func (s *course) signsIn(who *Person) {
	s.t.Helper()
	for range 10 {
		signedIn := Read[SignedIn](s.t, s.anonymous("signIn", Object{"identifier": who.Identifier, "password": who.Password}), 200)
		answer := s.anonymous("answerChallenge", Object{"challengeId": signedIn.Challenge.ID, "method": "totp", "code": who.Code()})
		if answer.Status == 200 {
			return
		}
	}
	s.t.Fatal("nobody can sign in")
}

// told has the function hear an event, as often as EventBridge brings it until it is heard.
func (s *course) told(event events.EventBridgeEvent) {
	s.t.Helper()
	for range 10 {
		if s.tryHear(event) == nil {
			return
		}
	}
	s.t.Fatal("an event is never heard")
}
