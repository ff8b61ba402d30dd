package functionstest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"mandate/shared/api"
)

// What people do about themselves, with codes that are good once: alone, since two at the same time would have an order.

// oneself is one of those whose own organisation this is.
func (s *script) oneself(r *rapid.T) (id string, at int, none bool) {
	for {
		if id, at, none = s.somebody(r); s.m.users[id].kind != "operator" {
			return id, at, none
		}
	}
}

// factors sets up another authenticator app, takes the app off, or draws new recovery codes (5.1).
func (s *script) factors(r *rapid.T) step {
	who, at, none := s.oneself(r)
	if none {
		return s.signsInAs(r, who)
	}
	operation := rapid.SampledFrom([]string{"confirmTotp", "confirmTotp", "removeTotp", "newRecoveryCodes"}).Draw(r, "operation")
	person, had := s.people[who], s.m.users[who].secondFactor
	body := Object{}
	if had {
		body["code"] = person.Code()
	}
	if operation != "confirmTotp" {
		if !had {
			body["code"] = "000000"
		}
		return s.requests(r, at, operation, operation, []Part{Body(body)},
			func(m *model) reasons {
				against := reasons{}.when(!m.users[who].secondFactor, "secondFactorMissing")
				return against.when(operation == "removeTotp" && m.enrols, "stateWrong")
			},
			func(m *model, _ Answer) {
				one := m.users[who]
				one.secondFactor = operation != "removeTotp"
				m.users[who] = one
			})
	}
	begun := parsed[struct{ Secret string }](s.with(at).Do("beginTotp")).Secret
	if begun == "" {
		return s.looks(r)
	}
	if had {
		body["current"] = body["code"]
	}
	body["code"] = totpAt(begun, s.Now())
	return s.requests(r, at, "sets up another app", operation, []Part{Body(body)},
		func(*model) reasons { return reasons{} },
		func(m *model, _ Answer) {
			person.Secret, person.app = begun, &app{lastStep: s.Now().Unix() / 30}
			one := m.users[who]
			one.secondFactor = true
			m.users[who] = one
			full := m.sessions[at]
			full.enrols = false
			m.sessions[at] = full
		})
}

// changesPassword changes one's password: every other session of one's ends (5.3).
func (s *script) changesPassword(r *rapid.T) step {
	who, at, none := s.oneself(r)
	if none {
		return s.signsInAs(r, who)
	}
	to := rapid.SampledFrom([]string{Password, newPassword, "a quiet walk by the river"}).Draw(r, "password")
	had := s.m.users[who].password
	return s.requests(r, at, "changes the password", "changeMyPassword", []Part{Body(Object{"current": had, "new": to})},
		func(m *model) reasons {
			return reasons{}.when(had == to, "invalid").when(m.users[who].password != had, "credentialsWrong")
		},
		func(m *model, _ Answer) {
			one, goesOn := m.users[who], m.sessions[at]
			one.password = to
			m.users[who] = one
			m.endsSessions(who)
			m.sessions[at] = goesOn
		})
}

// speaks chooses one's language, which stands in no change's way (8.1).
func (s *script) speaks(r *rapid.T) step {
	who, at, none := s.oneself(r)
	if none {
		return s.signsInAs(r, who)
	}
	return s.requests(r, at, "chooses a language", "updateMe", []Part{Body(Object{"language": rapid.SampledFrom([]string{"en", "fr"}).Draw(r, "language")})},
		func(*model) reasons { return reasons{} }, func(*model, Answer) {})
}

// endsOne ends one session: one's own, or somebody's (5.3).
func (s *script) endsOne(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	which := s.session(r)
	of := s.m.sessions[which].user
	if s.m.users[of].kind == "operator" {
		return s.looks(r)
	}
	id := "ses_01ARZ3NDEKTSV4RRFFQ69G5FAV"
	for _, one := range parsed[api.List[api.SessionInfo]](s.watches().Do("listUserSessions", At(of), Query("limit", "200"))).Items {
		if one.CreatedAt.Equal(s.m.sessions[which].began) {
			id = one.ID
		}
	}
	operation, parts := "endUserSession", []Part{At(of, id)}
	if of == who {
		operation, parts = "endMySession", []Part{At(id)}
	}
	return s.requests(r, at, fmt.Sprintf("%s, of %s, session %d", operation, s.names[of], which), operation, parts,
		func(m *model) reasons {
			against := reasons{}
			if of != who {
				against = m.manages(who, m.users[of], false)
			}
			return against.when(strings.HasSuffix(id, "FAV"), "notFound")
		},
		func(m *model, _ Answer) {
			one := m.sessions[which]
			one.ended = true
			m.sessions[which] = one
		})
}
