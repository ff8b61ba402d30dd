package functionstest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"mandate/shared/api"
	"mandate/shared/directory"
)

// thing is what changes are about besides users: a contact, or a role of the organisation's own.
type thing struct {
	kind, name string
	scope      string // of the one permission that a role gives
	open       string // change
	gone       bool
}

func (t thing) seen(id string) string {
	return fmt.Sprintf("%s: %s %s %s, open %s", id, t.kind, t.name, t.scope, t.open)
}

// filed is a service request (1.5).
type filed struct {
	act, target, state string
	expires            time.Time
}

// roleName tells whether a role of this name is nobody's, and nobody's to be (2.2).
func (m *model) roleName(name, but string) bool {
	for id, one := range m.things {
		if next := m.changes[one.open]; id != but && !one.gone && one.kind == "role" && (one.name == name || open(next.state) && next.becomes.name == name) {
			return false
		}
	}
	return true
}

// widens tells whether a role gives more after a change than it does.
func (m *model) widens(one change) bool {
	return m.things[one.target].scope == "own" && one.becomes.scope == "all"
}

// awaited tells whether somebody is left to take what is assigned.
func (m *model) awaited(id string) bool {
	one := m.changes[id]
	return one.act != "assignAccount" || slices.ContainsFunc(one.holders, func(holder string) bool { return m.users[holder].open == id })
}

// applyElsewhere makes a change effective that is about no user in particular.
func (m *model) applyElsewhere(id string, one change) bool {
	thing, ok := m.things[one.target]
	switch {
	case ok && strings.HasPrefix(one.act, "delete"):
		thing.gone = true
	case ok:
		thing.name, thing.scope = one.becomes.name, one.becomes.scope
	case one.act == "assignAccount":
		for _, holder := range one.holders {
			if user := m.users[holder]; user.open == id {
				numbers := []rune(user.Accounts + one.account)
				slices.Sort(numbers)
				user.Accounts = string(numbers)
				m.users[holder] = user
			}
		}
	default:
		return false
	}
	if ok {
		m.things[one.target] = thing
	}
	one.state = "effective"
	m.closes(id, one)
	return true
}

func (m *model) closesElsewhere(id string, one change) bool {
	thing, ok := m.things[one.target]
	if ok {
		thing.open = ""
		thing.gone = thing.gone || creates(one.act) && one.state != "effective"
		m.things[one.target] = thing
	}
	for _, holder := range one.holders {
		if user := m.users[holder]; user.open == id {
			user.open = ""
			m.users[holder] = user
		}
	}
	return ok || one.act == "assignAccount"
}

// keeps creates, updates and deletes contacts and roles.
func (s *script) keeps(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	kind := rapid.SampledFrom([]string{"role", "contact"}).Draw(r, "thing")
	act := rapid.SampledFrom([]string{"create", "update", "update", "delete"}).Draw(r, "act")
	target := s.thing(r, kind)
	if target == "" {
		act = "create"
	}
	to := thing{kind: kind, name: rapid.SampledFrom([]string{"Early", "Late", "Night"}).Draw(r, "name")}
	body := Object{"name": Object{"first": to.name}}
	if kind == "role" {
		to.scope = rapid.SampledFrom([]string{"all", "own"}).Draw(r, "scope")
		body = Object{"name": to.name, "permissions": Object{s.view: to.scope}}
	}
	operation := act + strings.ToUpper(kind[:1]) + kind[1:]
	var parts []Part
	switch act {
	case "create":
		if kind == "contact" {
			body["email"], body["types"] = "contact@example.com", []string{"invoices"}
		}
		parts, target = []Part{Body(body)}, ""
	case "update":
		parts = []Part{At(target), Body(body)}
	case "delete":
		parts = []Part{At(target)}
	}
	return s.requests(r, at, fmt.Sprintf("%s %s: %+v", operation, s.names[target], to), operation, parts,
		func(m *model) reasons {
			one := m.things[target]
			against := m.administers(who).when(kind == "contact" && !m.contacts || kind == "role" && m.noRoles, "forbidden")
			against.when(target != "" && one.gone, "notFound").when(one.open != "", "changeOpen")
			return against.when(kind == "role" && act != "delete" && !m.roleName(to.name, target), "invalid")
		},
		func(m *model, answer Answer) {
			of := target
			if act == "create" {
				made := parsed[struct{ Contact, Role struct{ ID string } }](answer)
				of = made.Contact.ID + made.Role.ID
				if _, known := s.names[of]; !known {
					s.names[of] = fmt.Sprint(kind, " ", len(s.names))
					s.things = append(s.things, of)
				}
				m.things[of] = thing{kind: kind, name: to.name}
			} else if one := m.things[of]; act == "update" && one.name == to.name && one.scope == to.scope {
				return // nothing to do is done
			}
			s.begun(m, parsed[UserAnswer](answer).Change, change{act: operation, target: of, requester: who, becomes: to})
		})
}

// thing is one of the contacts, or of the roles, that there were; empty where there was none.
func (s *script) thing(r *rapid.T, kind string) string {
	ids := slices.DeleteFunc(slices.Clone(s.things), func(id string) bool { return s.m.things[id].kind != kind })
	if len(ids) == 0 {
		return ""
	}
	return ids[rapid.IntRange(0, len(ids)-1).Draw(r, "which")]
}

// assigns asks that an account be given to some.
func (s *script) assigns(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	number := rapid.SampledFrom([]string{"2", "3"}).Draw(r, "account")
	holders := []string{s.user(r), s.user(r)}
	slices.Sort(holders)
	holders = slices.Compact(holders)
	account := s.Accounts[number[0]-'1']
	return s.requests(r, at, fmt.Sprintf("assigns account %s to %s", number, s.named(strings.Join(holders, ", "))), "assignAccount",
		[]Part{At(account), Body(Object{"users": holders})},
		func(m *model) reasons {
			against := m.administers(who)
			for _, holder := range holders {
				one := m.users[holder]
				against.when(!one.gone && one.kind == "admin" && !m.adminsManage && m.users[who].kind != "operator", "forbidden")
				against.when(one.gone || one.kind == "admin" || strings.Contains(one.Accounts, number) || one.status == "pending", "invalid")
				against.when(!one.gone && (one.open != "" || one.leaving != ""), "changeOpen")
			}
			return against
		},
		func(m *model, answer Answer) {
			s.begun(m, parsed[Assignment](answer).Change,
				change{act: "assignAccount", target: account, requester: who, account: number, holders: holders})
		})
}

// rules changes what the organisation asks of changes, while some are open (9.1).
func (s *script) rules(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	control := rapid.SampledFrom([]directory.ChangeControl{
		directory.ControlSecondAdmin, directory.ControlStepUp, directory.ControlNone,
	}).Draw(r, "control")
	seconds := rapid.SampledFrom([]int{0, 3600}).Draw(r, "delay")
	return s.requests(r, at, fmt.Sprintf("sets %s, %d s", control, seconds), "updateOrganisation",
		[]Part{At(s.ID), Body(Object{"settings": Object{"changeControl": control, "propagationSeconds": seconds}})},
		func(m *model) reasons {
			against := reasons{}.when(m.users[who].kind != "operator", "forbidden").when(control != directory.ControlNone && !m.enrols, "invalid")
			return against.when(control == directory.ControlSecondAdmin && m.control != control && m.admins() < 2, "tooFewAdmins")
		},
		func(m *model, _ Answer) { m.control, m.delay = control, time.Duration(seconds)*time.Second })
}

// files asks the platform's staff for a deactivation, or has them decide (1.5).
func (s *script) files(r *rapid.T) step {
	who, at, none := s.somebody(r)
	if none {
		return s.signsInAs(r, who)
	}
	if len(s.filed) > 0 && rapid.Bool().Draw(r, "decide") {
		id := s.filed[rapid.IntRange(0, len(s.filed)-1).Draw(r, "request")]
		outcome := rapid.SampledFrom([]string{"accepted", "accepted", "declined"}).Draw(r, "outcome")
		return s.requests(r, at, outcome+" of "+s.names[id], "decideServiceRequest", []Part{At(id), Body(Object{"outcome": outcome, "reason": "so"})},
			func(m *model) reasons {
				one := m.requests[id]
				against := reasons{}.when(m.users[who].kind != "operator", "forbidden").when(one.state != "open" || !m.now.Before(one.expires), "stateWrong")
				if outcome == "accepted" {
					for code := range m.asks(who, one.act, one.target, profile{}) {
						against[code] = true
					}
					against.when(m.users[one.target].gone, "stateWrong")
				}
				return against
			},
			func(m *model, answer Answer) {
				one := m.requests[id]
				one.state = outcome
				m.requests[id] = one
				if outcome == "accepted" {
					s.begun(m, parsed[RequestAnswer](answer).Change, change{act: one.act, target: one.target, requester: who})
				}
			})
	}
	target := s.user(r)
	act := rapid.SampledFrom([]string{"deactivateUser", "reactivateUser"}).Draw(r, "act")
	return s.requests(r, at, "files for "+act+" of "+s.names[target], "createServiceRequest", []Part{Body(Object{"act": act, "target": target})},
		func(m *model) reasons {
			against := m.administers(who)
			if one := m.users[target]; one.gone {
				return against.when(true, "invalid")
			}
			for code := range m.asks(string(s.staff.ID), act, target, profile{}) {
				against.when(code == "stateWrong" || code == "tooFewAdmins", code)
			}
			return against
		},
		func(m *model, answer Answer) {
			id := parsed[RequestAnswer](answer).Request.ID
			if _, known := s.names[id]; !known {
				s.names[id] = fmt.Sprint("request ", len(s.names))
				s.filed = append(s.filed, id)
			}
			m.requests[id] = filed{act, target, "open", m.now.Add(30 * day)}
		})
}

// seenThings are the contacts and roles that there are.
func (s *script) seenThings(organisation directory.Organisation) []string {
	var all []string
	for _, role := range organisation.Roles {
		all = append(all, thing{"role", role.Name, string(role.Permissions[directory.Permission(s.view)]), string(role.OpenChange), false}.seen(role.ID))
	}
	if s.m.contacts {
		for _, one := range pages[api.Contact](s, "listContacts") {
			all = append(all, thing{"contact", one.Name.First, "", one.OpenChange, false}.seen(one.ID))
		}
	}
	return all
}
