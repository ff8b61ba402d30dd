package store

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"mandate/shared/directory"
)

// Facets of users that have lists, one a value. A value that goes without saying has none: who looks for it finds it
// quickly among all users.
const (
	facetKind         = "kind" // but regular
	facetStatus       = "status"
	facetType         = "type"
	facetRole         = "role"
	facetCompany      = "company"
	facetAccount      = "account"
	facetSecondFactor = "secondFactor"
	facetPending      = "pending"     // true alone
	facetContact      = "contact"     // true alone
	facetCompanyUser  = "companyUser" // true alone
)

// Lists of an organisation's names, and what an e-mail address's reservation begins with: in the order in which a search
// for text goes through them.
const (
	firstLastPrefix = "f#"
	lastFirstPrefix = "l#"
)

// endOfName parts a name from whose it is. It is before all that names have, so that a short name is before a longer one.
const endOfName = "\x1f"

// nameAtMost is how many bytes of a name its place in a list shows.
const nameAtMost = 120

// byFacet is the list of those who have a value of a facet. It has their ids, in the order of their creation.
func byFacet(id directory.OrganisationID, facet, value string) string {
	return ofOrganisation(id) + "#by#" + facet + "#" + value
}

func namesList(id directory.OrganisationID) string { return ofOrganisation(id) + "#names" }

// facetValue is a value of a facet.
type facetValue struct{ facet, value string }

// facetsOf are the values of a user that have a list.
func facetsOf(u directory.User) []facetValue {
	facets := make([]facetValue, 0, 8+len(u.Accounts)+len(u.Companies)+len(u.Roles))
	add := func(set bool, facet, value string) {
		if set {
			facets = append(facets, facetValue{facet, value})
		}
	}
	add(u.Kind != directory.KindRegular, facetKind, string(u.Kind))
	add(u.Status != directory.StatusPending, facetStatus, string(u.Status)) // which is in the list of open changes
	add(u.Type != "", facetType, u.Type)
	add(true, facetSecondFactor, strconv.FormatBool(u.SecondFactor))
	add(u.Pending(), facetPending, "true")
	add(u.Contact, facetContact, "true")
	add(len(u.Companies) > 0, facetCompanyUser, "true")
	for _, role := range u.Roles {
		add(true, facetRole, role)
	}
	for _, company := range u.Companies {
		add(true, facetCompany, string(company))
	}
	for _, account := range u.Accounts {
		add(true, facetAccount, string(account))
	}
	return facets
}

// postings are where a user stands in the lists.
func postings(u directory.User) []key {
	if u.ID == "" {
		return nil
	}
	facets := facetsOf(u)
	keys := make([]key, 0, len(facets)+2)
	names := namesList(u.Organisation)
	for _, order := range []order{byFirstName, byLastName} {
		keys = append(keys, key{names, order.of(u)})
	}
	for _, one := range facets {
		keys = append(keys, key{byFacet(u.Organisation, one.facet, one.value), string(u.ID)})
	}
	return keys
}

// moves are what a commit writes of the lists that its users stand in.
type moves struct{ come, leave []write }

func movesOf(effects []directory.Effect) moves {
	var all moves
	for _, effect := range effects {
		switch e := effect.(type) {
		case directory.PutUser:
			all.add(e.Was, e.User)
		case directory.DropUser:
			all.add(e.User, directory.User{})
		}
	}
	return all
}

// add notes the lists that a user comes into, and those that it leaves. What it was and what it is are a revision apart.
func (m *moves) add(was, is directory.User) {
	before, after := postings(was), postings(is)
	for _, k := range without(slices.Clone(after), before) {
		made := k.item()
		made["revision"] = number(is.Revision + 1)
		m.come = append(m.come, put(k, made))
	}
	for _, k := range without(before, after) {
		m.leave = append(m.leave, drop(k).when("attribute_not_exists(pk) OR revision <= :revision", item{":revision": number(was.Revision + 1)}, stale))
	}
}

func without(keys, drop []key) []key {
	if len(drop) == 0 {
		return keys
	}
	dropped := make(map[key]bool, len(drop))
	for _, k := range drop {
		dropped[k] = true
	}
	return slices.DeleteFunc(keys, func(k key) bool { return dropped[k] })
}

// atOnce parts the moves into those that a transaction has room for, those that must have been written before it, and
// those that may be written after it.
//
// A place in a list is a hint: a page reads every user that it shows. One place too many costs a read, one too few hides
// a user. So where a user comes into more lists than a transaction has room for, it comes into them before; and it leaves
// lists with the transaction, or after it, or, where the process dies, never. That a place which is left late is not one
// that a later write has just put, the revision tells.
func (m moves) atOnce(room int) (before, with, after []write) {
	leaving := min(len(m.leave), room)
	coming := min(len(m.come), room-leaving)
	with = append(with, m.leave[:leaving]...)
	with = append(with, m.come[:coming]...)
	return m.come[coming:], with, m.leave[leaving:]
}

// order of a list of users: where a user stands in it, as text. Every place is one user's.
type order string

const (
	byCreation  order = userPrefix
	byEmail     order = emailPrefix
	byFirstName order = firstLastPrefix
	byLastName  order = lastFirstPrefix
)

func (o order) of(u directory.User) string {
	switch o {
	case byEmail:
		return string(o) + directory.Fold(u.Email)
	case byFirstName:
		return string(o) + shown(u.Name.FirstLast()) + endOfName + string(u.ID)
	case byLastName:
		return string(o) + shown(u.Name.LastFirst()) + endOfName + string(u.ID)
	default:
		return string(o) + string(u.ID)
	}
}

// shown is as much of a name as lists show.
func shown(name string) string {
	if len(name) <= nameAtMost {
		return name
	}
	end := nameAtMost
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}

// made are the bounds of the ids of users who were created in a time, which their ids begin with.
func made(from, before time.Time) (first, last string) {
	first, last = directory.PrefixUser, directory.PrefixUser+endOfText
	if ms := from.UnixMilli(); ms > 0 {
		first = idAt(ms)
	}
	if !before.IsZero() {
		last = idAt(before.Add(time.Millisecond - 1).UnixMilli())
	}
	return first, last
}

// idAt is before all ids that are made from a time on.
func idAt(ms int64) string {
	var id ulid.ULID
	if err := id.SetTime(uint64(min(max(ms, 0), int64(ulid.MaxTime())))); err != nil {
		return directory.PrefixUser // cannot be: the time is within its bounds
	}
	return directory.PrefixUser + id.String()
}

// endOfText is after all texts that go on.
var endOfText = string(utf8.MaxRune)

func toHolder(at item) (directory.UserID, error) { return holderOf(at), nil }

// holderOf reads whose place a key of a list is.
func holderOf(at item) directory.UserID {
	if holder := stringOf(at, "user"); holder != "" { // an address's reservation
		return directory.UserID(holder)
	}
	sk := stringOf(at, SortKey)
	if _, id, named := strings.Cut(sk, endOfName); named {
		return directory.UserID(id)
	}
	return directory.UserID(sk)
}
