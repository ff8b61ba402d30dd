package directory

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"mandate/shared/fault"
)

// UserSort is the order of a list of users. Empty: a search for text has what it finds in the order of that text, e-mail
// addresses before names; any other list is in the order of creation.
type UserSort string

const (
	SortCreated       UserSort = "createdAt"
	SortCreatedLately UserSort = "-createdAt"
	SortName          UserSort = "name" // the first name, then the last
	SortEmail         UserSort = "email"
)

// UserFilter says which users a list has (7.1). What is not set lets everybody pass, and all that is set must hold.
type UserFilter struct {
	ID    UserID
	Email string // the whole address
	// Text is what the e-mail address or the name begins with, the last name as well as the first; Name the same of the
	// name alone.
	Text, Name          string
	FirstName, LastName string // what they begin with
	Role                string // or a stage of onboarding, which is a group where a preset has one by its name (1.11)
	Kind                Kind
	Status              Status
	Type                string
	Company             CompanyID
	Account             AccountID // who has it: admins have every one (1.9)
	Lacking             AccountID // regular and API users who do not have it (1.9)
	CreatedFrom         time.Time // the first moment
	CreatedBefore       time.Time // the first moment after
	Staff               *bool     // of the platform
	CompanyUser         *bool     // belongs to a company
	SecondFactor        *bool
	Pending             *bool // has an open change
	Contact             *bool
}

// UserSearch is a page of a list of users.
type UserSearch struct {
	UserFilter
	Sort UserSort
	Page
}

// UserPage reads the page of a search that began.
type UserPage func(context.Context) ([]User, string, error)

// Matches tells whether the user passes the filter. It is the whole truth: what a store looks up to find users sooner
// is a hint.
func (f UserFilter) Matches(u User) bool {
	begins := func(wanted string, texts ...string) bool {
		return wanted == "" || slices.ContainsFunc(texts, func(text string) bool { return strings.HasPrefix(text, Fold(wanted)) })
	}
	is := func(wanted *bool, value bool) bool { return wanted == nil || *wanted == value }
	first, last := u.Name.FirstLast(), u.Name.LastFirst()
	return same(f.ID, u.ID) && same(fold(f.Email), fold(u.Email)) &&
		begins(f.Text, fold(u.Email), first, last) && begins(f.Name, first, last) &&
		begins(f.FirstName, Fold(u.Name.First)) && begins(f.LastName, Fold(u.Name.Last)) &&
		among(f.Role, u.groups()) && same(f.Kind, u.Kind) && same(f.Status, u.Status) && same(f.Type, u.Type) &&
		among(f.Company, u.Companies) && (u.HoldsAllAccounts() || among(f.Account, u.Accounts)) && f.lacks(u) &&
		!u.CreatedAt.Before(f.CreatedFrom) && (f.CreatedBefore.IsZero() || u.CreatedAt.Before(f.CreatedBefore)) &&
		is(f.Staff, u.Kind == KindOperator) && is(f.CompanyUser, len(u.Companies) > 0) &&
		is(f.SecondFactor, u.SecondFactor) && is(f.Pending, u.Pending()) && is(f.Contact, u.Contact)
}

func (f UserFilter) lacks(u User) bool {
	return f.Lacking == "" || (u.Kind == KindRegular || u.Kind == KindAPI) && !slices.Contains(u.Accounts, f.Lacking)
}

// groups are the user's roles, and the stage of onboarding that it is at.
func (u User) groups() []string {
	if !u.Status.Stage() {
		return u.Roles
	}
	return append(slices.Clone(u.Roles), string(u.Status))
}

func same[T comparable](wanted, value T) bool {
	var any T
	return wanted == any || wanted == value
}

func among[T comparable](wanted T, values []T) bool {
	var any T
	return wanted == any || slices.Contains(values, wanted)
}

// Fold makes a text comparable as filters and orders of lists do: neither case nor accents tell texts apart, so that
// Émile is found by who types emil, and stands before Fanny. It is no comparison of names that have to be unique.
func Fold(text string) string {
	text = fold(text)
	if strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return text
	}
	var plain strings.Builder
	for _, r := range text {
		if letters, ok := unaccented()[r]; ok {
			plain.WriteString(letters)
		} else if !unicode.In(r, accents) {
			plain.WriteRune(r)
		}
	}
	return plain.String()
}

// accents are written after the letter that they are on, where it is not written as one with them.
var accents = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x300, Hi: 0x36f, Stride: 1}}}

// unaccented has for each small Latin letter of its own, and for the typographic apostrophe, what is typed for it. It is
// made for the first name that is not plain: most functions start and end without one.
var unaccented = sync.OnceValue(func() map[rune]string {
	plain := map[rune]string{}
	for letters, written := range map[string]string{
		"a": "àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęěẹẻẽếềểễệ", "g": "ĝğġģ", "h": "ĥħ",
		"i": "ìíîïĩīĭįıǐịỉ", "j": "ĵ", "k": "ķ", "l": "ĺļľŀł", "n": "ñńņňŋ", "o": "òóôõöøōŏőơǒọỏốồổỗộớờởỡợ", "oe": "œ", "r": "ŕŗř",
		"s": "śŝşšș", "ss": "ß", "t": "ţťŧț", "th": "þ", "u": "ùúûüũūŭůűųưǔụủứừửữự", "w": "ŵẁẃẅ", "y": "ýÿŷỳỵỷỹ", "z": "źżž", "'": "’",
	} {
		for _, r := range written {
			plain[r] = letters
		}
	}
	return plain
})

// FirstLast and LastFirst are the name as lists look it up.
func (n Name) FirstLast() string { return Fold(n.First + " " + n.Last) }
func (n Name) LastFirst() string { return Fold(n.Last + " " + n.First) }

// List reads a page of the organisation's users (7.1). A page of a filtered list may be short, or empty, and yet have a
// next: how much is read for one is bounded.
//
// Faults: forbidden; invalid on "cursor".
func (u *Users) List(ctx context.Context, r Request, search UserSearch) ([]User, string, error) {
	return u.search(ctx, r, search, func(OrganisationID) Want { return Want{} }, nil)
}

// ListOfAccount reads a page of the users who have an account, admins among them, or of those who lack it (1.9).
//
// Faults: notFound, forbidden; invalid on "cursor".
func (u *Users) ListOfAccount(ctx context.Context, r Request, id AccountID, lacking bool, page Page) ([]User, string, error) {
	search := UserSearch{Page: page}
	if lacking {
		search.Lacking = id
	} else {
		search.Account = id
	}
	account := func(organisation OrganisationID) AccountRef { return AccountRef{organisation, id} }
	return u.search(ctx, r, search,
		func(organisation OrganisationID) Want { return Want{Accounts: []AccountRef{account(organisation)}} },
		func(v visit) error {
			if _, ok := v.found.Accounts[account(v.organisation.ID)]; !ok {
				return fault.New(fault.NotFound, "There is no such account.")
			}
			return nil
		})
}

// search reads who calls, and what is wanted besides, at the same time as it looks the filter up: so a page takes two
// round trips. What was looked up for somebody who may not see it is thrown away. Who is named by id or address comes
// with the first read, or by it.
func (u *Users) search(ctx context.Context, r Request, search UserSearch, want func(OrganisationID) Want, check func(visit) error) ([]User, string, error) {
	entry, err := r.entry()
	if err != nil {
		return nil, "", err
	}
	named := search.ID != "" || search.Email != ""
	var began chan begun
	if !named {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		began = make(chan begun, 1)
		go func() {
			page, err := u.Store.Search(ctx, entry.acting, search)
			began <- begun{page, err}
		}()
	}
	address := AddressRef{entry.acting, fold(search.Email)}
	v, err := u.enter(ctx, r, func(organisation OrganisationID) Want {
		want := want(organisation)
		switch {
		case search.ID != "":
			want.Users = append(want.Users, UserRef{organisation, search.ID})
		case search.Email != "":
			want.Addresses = []AddressRef{address}
		}
		return want
	})
	if err != nil {
		return nil, "", err
	}
	if err := u.decide(ctx, v, Question{Action: ActionListUsers}); err != nil {
		return nil, "", err
	}
	if check != nil {
		if err := check(v); err != nil {
			return nil, "", err
		}
	}
	if !named {
		search := <-began
		if search.err != nil {
			return nil, "", search.err
		}
		return search.page(ctx)
	}
	if search.Cursor != "" { // nothing comes after one user
		return nil, "", fault.InvalidField("cursor", "cursor", "This cursor is not of this list.")
	}
	ref, found := UserRef{v.organisation.ID, search.ID}, v.found
	if holder, ok := v.found.Addresses[address]; search.ID == "" && ok {
		ref.ID = holder
		if found, err = u.Store.Read(ctx, Want{Users: []UserRef{ref}}); err != nil {
			return nil, "", err
		}
	}
	user, ok := found.Users[ref]
	if !ok || !search.Matches(user) {
		return nil, "", nil
	}
	return []User{user}, "", nil
}

// begun is a search that began, or why it did not.
type begun struct {
	page UserPage
	err  error
}
