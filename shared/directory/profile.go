package directory

import (
	"fmt"
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mandate/shared/fault"
)

// Bounds of a profile. With them a user's record stays far below what one item of the table may hold.
const (
	maxName        = 100
	maxEmail       = 254 // RFC 5321
	maxUsername    = 64
	minUsername    = 3
	maxCompanies   = 200
	maxAccounts    = 500
	maxRoles       = 50
	maxPermissions = 100
	maxAllowList   = 50
)

// check brings a profile into its canonical form, and tells every field that breaks a rule. Had is what its user has
// already, which is known to be there.
func (u *Users) check(v visit, kind Kind, p *Profile, had Access) error {
	var fields fault.Fields
	settings := v.organisation.Settings
	preset, err := u.preset(v.organisation)
	if err != nil {
		return err
	}

	switch kind {
	case KindRegular, KindAdmin, KindAPI, KindOperator: // operators: of the platform alone, say the policies
	default:
		fields.Add("kind", "enum", "The kind is regular, admin or api.")
	}
	switch {
	case kind == KindAPI: // by its kind
		p.APIAccess = true
	case p.APIAccess && !settings.APIAccess:
		fields.Add("apiAccess", "unavailable", "Users of this organisation have no API access beside their own. Create an API user.")
	}
	checkName(&fields, "name.first", &p.Name.First, true)
	checkName(&fields, "name.last", &p.Name.Last, false)
	checkEmail(&fields, &p.Email)
	checkUsername(&fields, settings, kind, &p.Username)
	u.checkPhone(&fields, settings, kind, &p.Phone)
	if p.Language == "" {
		p.Language = settings.Languages[0]
	} else if !slices.Contains(languages, p.Language) {
		fields.Add("language", "enum", "The language is one of %s.", strings.Join(languages, ", "))
	}
	checkAccess(&fields, v, preset, &p.Access, had)
	switch p.PaymentRule {
	case "", PaymentsNeedApproval, PaymentsSubmit:
	default:
		fields.Add("paymentRule", "enum", "The payment rule is needsApproval or submit.")
	}
	if slices.Contains(p.Permissions, "payments:initiate") && p.PaymentRule == "" {
		fields.Add("paymentRule", "required", "Say whether payments that the user initiates need another's approval.")
	}
	if p.SecondFactorRequired && kind == KindAPI {
		fields.Add("secondFactorRequired", "kind", "API users have no second factor.")
	}
	checkAllowList(&fields, &p.IPAllowList)
	return fields.Err()
}

// languages of the interface, mails and messages (8.1): each has its files of texts, here and on the pages.
var languages = []string{"en", "fr"}

func checkName(fields *fault.Fields, field string, name *string, required bool) {
	*name = strings.Join(strings.Fields(*name), " ")
	switch {
	case !utf8.ValidString(*name):
		fields.Add(field, "utf8", "The name is not valid UTF-8.")
	case *name == "" && required:
		fields.Add(field, "required", "A name is needed.")
	case utf8.RuneCountInString(*name) > maxName:
		fields.Add(field, "maxLength", "A name has at most %d characters.", maxName)
	case strings.ContainsFunc(*name, hidden):
		fields.Add(field, "characters", "A name has no control or formatting characters.")
	}
}

// hidden characters could make a text look like another, or run over what stands beside it. Joiners are part of words.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

// checkEmail accepts addresses in ASCII, lower-cased in their comparison: SES sends to no others, and an address that
// looks like another one cannot be written.
func checkEmail(fields *fault.Fields, email *string) {
	*email = strings.TrimSpace(*email)
	if *email == "" {
		fields.Add("email", "required", "An e-mail address is needed.")
		return
	}
	if len(*email) > maxEmail {
		fields.Add("email", "maxLength", "An e-mail address has at most %d characters.", maxEmail)
		return
	}
	for i := range len(*email) {
		if (*email)[i] >= utf8.RuneSelf {
			fields.Add("email", "ascii", "Write the address in ASCII; an internationalised domain in its xn-- form.")
			return
		}
	}
	parsed, err := mail.ParseAddress(*email)
	local, domain, _ := strings.Cut(*email, "@")
	if err != nil || parsed.Address != *email || len(local) > 64 || !isDomain(domain) {
		fields.Add("email", "format", "This is no e-mail address.")
	}
}

func isDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
				return false
			}
		}
	}
	return len(labels) > 1
}

func checkUsername(fields *fault.Fields, settings Settings, kind Kind, username *string) {
	*username = strings.TrimSpace(*username)
	needed := settings.SignInName == SignInUsername && kind != KindAPI
	switch {
	case *username == "" && needed:
		fields.Add("username", "required", "A username is needed to sign in.")
	case *username == "":
	case settings.SignInName != SignInUsername:
		fields.Add("username", "unknown", "Users of this organisation sign in with their e-mail address.")
	case len(*username) < minUsername:
		fields.Add("username", "minLength", "A username has at least %d characters.", minUsername)
	case len(*username) > maxUsername:
		fields.Add("username", "maxLength", "A username has at most %d characters.", maxUsername)
	case strings.ContainsFunc(*username, func(r rune) bool {
		return r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@+", r)
	}):
		fields.Add("username", "characters", "A username has letters, digits and . _ - @ + only.")
	}
}

func (u *Users) checkPhone(fields *fault.Fields, settings Settings, kind Kind, phone *string) {
	if strings.TrimSpace(*phone) == "" {
		*phone = ""
		if settings.Phone == Required && kind != KindAPI {
			fields.Add("phone", "required", "A phone number is needed: it carries the second factor.")
		}
		return
	}
	number, ok := u.Phones(*phone)
	if !ok {
		fields.Add("phone", "e164", "Write the number with its country code, as +44 20 7946 0018.")
		return
	}
	*phone = number
}

func checkAccess(fields *fault.Fields, v visit, preset Preset, access *Access, had Access) {
	organisation := v.organisation.ID
	bound := func(field string, length, most int) bool {
		if length > most {
			fields.Add(field, "maxItems", "At most %d.", most)
		}
		return length <= most
	}
	if bound("companies", len(access.Companies), maxCompanies) {
		for i, id := range access.Companies {
			if _, ok := v.found.Companies[CompanyRef{organisation, id}]; !ok && !slices.Contains(had.Companies, id) {
				fields.Add(fmt.Sprintf("companies[%d]", i), "unknown", "There is no such company.")
			}
		}
	}
	if bound("accounts", len(access.Accounts), maxAccounts) {
		for i, id := range access.Accounts {
			account, ok := v.found.Accounts[AccountRef{organisation, id}]
			switch {
			case !ok && slices.Contains(had.Accounts, id): // of its companies, as before: see readKept
			case !ok:
				fields.Add(fmt.Sprintf("accounts[%d]", i), "unknown", "There is no such account.")
			case len(access.Companies) > 0 && !slices.Contains(access.Companies, account.Company):
				fields.Add(fmt.Sprintf("accounts[%d]", i), "company", "The account is of a company that is not chosen.")
			}
		}
	}
	if bound("permissions", len(access.Permissions), maxPermissions) {
		for i, permission := range access.Permissions {
			if !preset.hasPermission(permission) {
				fields.Add(fmt.Sprintf("permissions[%d]", i), "unknown", "There is no such permission.")
			}
		}
	}
	known := func(role string) bool { return preset.hasRole(role) || v.organisation.hasRole(role) }
	if bound("roles", len(access.Roles), maxRoles) {
		for i, role := range access.Roles {
			if !known(role) && !slices.Contains(had.Roles, role) {
				fields.Add(fmt.Sprintf("roles[%d]", i), "unknown", "There is no such role.")
			}
		}
		// Whoever had a role that was deleted since is rid of it by the next change.
		access.Roles = slices.DeleteFunc(slices.Clone(access.Roles), func(role string) bool { return !known(role) })
	}
	access.Companies, access.Accounts = set(access.Companies), set(access.Accounts)
	access.Permissions, access.Roles = set(access.Permissions), set(access.Roles)
	switch count := v.organisation.Settings.RoleCount; {
	case count == RolesNone && len(access.Roles) > 0:
		fields.Add("roles", "maxItems", "This organisation has permissions and no roles.")
	case count == RolesExactlyOne && len(access.Roles) != 1:
		fields.Add("roles", "exactlyOne", "A user has exactly one role.")
	}
}

func (p Preset) hasRole(id string) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return r.ID == id })
}

func (p Preset) hasPermission(id Permission) bool {
	return slices.ContainsFunc(p.Permissions, func(known PermissionInfo) bool { return known.ID == id })
}

func checkAllowList(fields *fault.Fields, list *[]string) {
	if len(*list) > maxAllowList {
		fields.Add("ipAllowList", "maxItems", "At most %d.", maxAllowList)
		return
	}
	for i, text := range *list {
		prefix, ok := parsePrefix(text)
		if !ok {
			fields.Add(fmt.Sprintf("ipAllowList[%d]", i), "address", "Write an address or a range, as 192.0.2.0/24 or 2001:db8::/32.")
			continue
		}
		(*list)[i] = prefix.String()
	}
	*list = set(*list)
}

// mappedBits are those that make an IPv6 address an IPv4 one (RFC 4291, 2.5.5.2).
const mappedBits = 96

// parsePrefix reads an address or a CIDR range (5.4). One that is mapped into IPv6 becomes what it stands for.
func parsePrefix(text string) (netip.Prefix, bool) {
	text = strings.TrimSpace(text)
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(text)
	if mapped := prefix.Bits() - mappedBits; err == nil && prefix.Addr().Is4In6() && mapped >= 0 {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), mapped)
	}
	return prefix.Masked(), err == nil
}
