package functionstest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// key is a credential of a program: what opens, and what still does (6.1).
type key struct {
	secret, previous string
	until            time.Time // when the previous secret ends
}

// opens tells whether the program is let in by a secret, with the certificate that it calls over, or none (6.1, 6.3).
func (m *model) opens(of user, id, secret, over string) bool {
	held := m.keys[id]
	right := held.secret == secret || held.previous == secret && m.now.Before(held.until)
	return secret != "" && right && of.status == "active" && !of.gone && (len(m.certificates) == 0 || m.certificates[over])
}

// applyToProgram makes a change effective that is about a program's keys.
func (m *model) applyToProgram(one change) {
	switch one.act {
	case "createCredential":
		m.keys[one.key] = key{secret: one.secret}
	case "rotateCredential":
		m.keys[one.key] = key{one.secret, m.keys[one.key].secret, m.now.Add(day)}
	case "revokeCredential":
		delete(m.keys, one.key)
	case "addCertificate":
		m.certificates[one.key] = true
	case "removeCertificate":
		delete(m.certificates, one.key)
	}
}

// issued is a secret that somebody was shown.
type issued struct{ credential, client, secret string }

// arms gives a program keys, or takes them away.
func (s *script) arms(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	robot := string(s.Robot.ID)
	operation := rapid.SampledFrom([]string{
		"createCredential", "rotateCredential", "rotateCredential", "revokeCredential", "addCertificate", "removeCertificate",
	}).Draw(r, "operation")
	ids := slices.Sorted(maps.Keys(s.m.keys))
	if operation == "removeCertificate" {
		ids = slices.Sorted(maps.Keys(s.m.certificates))
	}
	id, parts := "", []Part{At(robot)}
	switch operation {
	case "createCredential":
	case "addCertificate":
		pair := s.certificate(9999)
		id, parts = pair.Fingerprint, []Part{At(robot), Body(Object{"pem": pair.PEM})}
		s.pairs[id] = pair
	default:
		if len(ids) == 0 {
			return s.calls(r)
		}
		id = rapid.SampledFrom(ids).Draw(r, "which")
		parts = []Part{At(robot, id)}
	}
	staff := s.m.users[who].kind == "operator"
	return s.requests(r, at, operation+" "+id, operation, parts,
		func(m *model) reasons {
			of := m.users[robot]
			against := m.administers(who).when(of.gone, "notFound").when(of.open != "" || of.leaving != "", "changeOpen")
			switch operation {
			case "createCredential":
				against.when(staff, "forbidden").when(len(m.keys) >= 5, "stateWrong")
			case "rotateCredential":
				against.when(staff, "forbidden").when(m.keys[id].secret == "", "notFound")
			case "revokeCredential":
				against.when(m.keys[id].secret == "", "notFound")
			case "addCertificate":
				against.when(!staff && !m.certifies, "forbidden")
			case "removeCertificate":
				against.when(!staff && !m.certifies, "forbidden").when(!m.certificates[id], "notFound")
			}
			return against
		},
		func(m *model, answer Answer) {
			made := parsed[UserAnswer](answer)
			one := change{act: operation, target: robot, requester: who, key: id}
			if shown := made.Credential; shown != nil {
				one.key, one.secret = shown.ID, shown.ClientSecret
				if one := (issued{shown.ID, shown.ClientID, shown.ClientSecret}); !slices.Contains(s.issued, one) {
					s.issued = append(s.issued, one)
				}
			}
			s.begun(m, made.Change, one)
		})
}

// calls has a program call, with any secret that there ever was, over any certificate.
func (s *script) calls(r *rapid.T) step {
	with := s.issued[rapid.IntRange(0, len(s.issued)-1).Draw(r, "secret")]
	over := append(slices.Sorted(maps.Keys(s.pairs)), "")
	by := rapid.SampledFrom(over).Draw(r, "certificate")
	caller := &Person{World: s.World, ClientID: with.client, ClientSecret: with.secret}
	return step{
		text: fmt.Sprintf("a program calls by %s over %q", with.secret, by),
		do: only(func() Answer {
			if by == "" {
				return caller.Do("getMe")
			}
			return caller.Do("getMe", Over(s.pairs[by]))
		}),
		expect: []expectation{func(m *model, answer Answer) string {
			lets := m.opens(m.users[string(s.Robot.ID)], with.credential, with.secret, by)
			if lets != (answer.Status == 200) {
				return fmt.Sprintf("a program is answered %d, expected to be let in: %t", answer.Status, lets)
			}
			return ""
		}},
	}
}

// opensAccounts adds companies and accounts, which is the staff's (9.1).
func (s *script) opensAccounts(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	operation := rapid.SampledFrom([]string{"openAccount", "createCompany"}).Draw(r, "operation")
	body := Object{"name": "One more"}
	if operation == "openAccount" {
		body["company"] = s.Companies[0]
	}
	return s.requests(r, at, operation, operation, []Part{Body(body)},
		func(m *model) reasons { return reasons{}.when(m.users[who].kind != "operator", "forbidden") },
		func(m *model, _ Answer) { m.opened[operation]++ })
}

// opened counts what was opened.
func (s *script) opened() map[string]int {
	counts := map[string]int{}
	for operation, list := range map[string]string{"openAccount": "listAccounts", "createCompany": "listCompanies"} {
		seeded := map[string]int{"openAccount": len(s.Accounts), "createCompany": len(s.Companies)}[operation]
		if n := len(pages[any](s, list)) - seeded; n != 0 {
			counts[operation] = n
		}
	}
	return counts
}
