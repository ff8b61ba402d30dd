package directory

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Difference is one field that a change alters, as people read it.
type Difference struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// fields are the administered parts of a user, a contact or a role that differences tell of, in the order of the pages (1.1).
func (s Snapshot) fields() []Difference {
	p, assigned, role, former := s.Profile, Assignment{}, Role{}, FormerOwner{}
	if s.Assignment != nil {
		assigned = *s.Assignment
	}
	var types []ContactType
	if s.Contact != nil {
		p.Name, p.Email, p.Phone, types = s.Contact.Name, s.Contact.Email, s.Contact.Phone, s.Contact.Types
	}
	if s.Role != nil {
		role = *s.Role
	}
	if s.FormerOwner != nil {
		former = *s.FormerOwner
	}
	return []Difference{
		{Field: "status", After: string(s.Status)},
		{Field: "kind", After: string(s.Kind)},
		{Field: "owner", After: strconv.FormatBool(s.Owner)},
		{Field: "formerOwner", After: former.Name},
		{Field: "formerOwnerRole", After: former.Role},
		{Field: "name", After: cmp.Or(p.Name.Full(), role.Name)},
		{Field: "roleDescription", After: role.Description},
		{Field: "email", After: p.Email},
		{Field: "username", After: p.Username},
		{Field: "phone", After: p.Phone},
		{Field: "language", After: p.Language},
		{Field: "companies", After: join(p.Companies)},
		{Field: "accounts", After: join(p.Accounts)},
		{Field: "roles", After: join(p.Roles)},
		{Field: "permissions", After: cmp.Or(join(p.Permissions), join(role.scoped(ScopeAll)))},
		{Field: "ownPermissions", After: join(role.scoped(ScopeOwn))},
		{Field: "paymentRule", After: string(p.PaymentRule)},
		{Field: "type", After: p.Type},
		{Field: "contact", After: strconv.FormatBool(p.Contact)},
		{Field: "apiAccess", After: strconv.FormatBool(p.APIAccess)},
		{Field: "paymentLinks", After: strconv.FormatBool(p.PaymentLinks)},
		{Field: "ipAllowList", After: join(p.IPAllowList)},
		{Field: "secondFactor", After: strconv.FormatBool(s.SecondFactor)},
		{Field: "secondFactorRequired", After: strconv.FormatBool(p.SecondFactorRequired)},
		{Field: "certificate", After: join(fingerprints(s.Certificates))},
		{Field: "account", After: assigned.AccountName},
		{Field: "users", After: join(assigned.names())},
		{Field: "credentials", After: number(s.Credentials)},
		{Field: "credential", After: s.Credential},
		{Field: "overlapHours", After: number(s.OverlapHours)},
		{Field: "validUntil", After: instant(s.ValidUntil)},
		{Field: "contactTypes", After: join(types)},
		{Field: "business", After: s.Business.told()},
	}
}

// Fields are the names of what differences tell of.
func Fields() []string {
	var names []string
	for _, field := range (Snapshot{}).fields() {
		names = append(names, field.Field)
	}
	return names
}

func (a Assignment) names() []string {
	names := make([]string, len(a.Users))
	for i, holder := range a.Users {
		names[i] = holder.Name
	}
	return names
}

// number is a count as text, empty for none.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// instant is a time as text, empty for never.
func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func join[T ~string](set []T) string {
	var text strings.Builder
	for i, one := range set {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString(string(one))
	}
	return text.String()
}

// Differences tells what changes from one snapshot to the next; before is nil for a new user.
func Differences(before *Snapshot, after Snapshot) []Difference {
	was := make([]Difference, len(after.fields()))
	if before != nil {
		was = before.fields()
	}
	var differences []Difference
	for i, is := range after.fields() {
		if was[i].After != is.After && (before != nil || is.After != "" && is.After != "false") {
			differences = append(differences, Difference{Field: is.Field, Before: was[i].After, After: is.After})
		}
	}
	return differences
}

// digest binds an authentication to what was shown (3.3): a hash over the change's canonical before and after and the
// version of its target. The JSON is canonical because its structs are ordered and their lists are sorted sets.
func (c Change) digest() string {
	canonical, err := json.Marshal(struct {
		ID           ChangeID
		Organisation OrganisationID
		Act          Act
		Target       TargetID
		BaseVersion  int
		Before       *Snapshot
		After        Snapshot
	}{c.ID, c.Organisation, c.Act, c.Target, c.BaseVersion, c.Before, c.After})
	if err != nil {
		panic(err) // strings, numbers and lists of them always marshal
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

// gains is what after has that before had not.
func gains(before, after Access) Access {
	return Access{
		Companies:   missing(after.Companies, before.Companies),
		Accounts:    missing(after.Accounts, before.Accounts),
		Roles:       missing(after.Roles, before.Roles),
		Permissions: missing(after.Permissions, before.Permissions),
	}
}

// kept is what is in both.
func kept(before, after Access) Access {
	return Access{
		Companies:   common(before.Companies, after.Companies),
		Accounts:    common(before.Accounts, after.Accounts),
		Roles:       common(before.Roles, after.Roles),
		Permissions: common(before.Permissions, after.Permissions),
	}
}

// missing is what is in the first sorted set and not in the second.
func missing[T cmp.Ordered](in, from []T) []T {
	found := []T{}
	for _, one := range in {
		if _, ok := slices.BinarySearch(from, one); !ok {
			found = append(found, one)
		}
	}
	return found
}

func common[T cmp.Ordered](a, b []T) []T {
	found := []T{}
	for _, one := range a {
		if _, ok := slices.BinarySearch(b, one); ok {
			found = append(found, one)
		}
	}
	return found
}

// set sorts and drops repetitions, so that equal sets are equal lists. Never nil: an empty set is written as one.
func set[T cmp.Ordered](list []T) []T {
	sorted := append([]T{}, list...)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
