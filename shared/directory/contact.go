package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mandate/shared/fault"
)

// ContactType is what a contact is for (1.10).
type ContactType string

const (
	ContactGeneral   ContactType = "general"   // is written to and called
	ContactInvoices  ContactType = "invoices"  // receives invoices
	ContactContracts ContactType = "contracts" // signs contracts
)

// contactTypes are all of them, sorted.
var contactTypes = []ContactType{ContactContracts, ContactGeneral, ContactInvoices}

// ContactDetails are the administered part of a contact: what changes are about.
type ContactDetails struct {
	Name  Name          `json:"name"`
	Email string        `json:"email,omitempty"`
	Phone string        `json:"phone,omitempty"` // E.164
	Types []ContactType `json:"types"`
}

// Contact is somebody whom the organisation is reached by, and who does not sign in as one (1.10). Addresses and numbers of
// contacts are reserved for nobody: they open nothing.
type Contact struct {
	ID           ContactID
	Organisation OrganisationID
	// User is whose contact it is, where a user is one as well. Its details are then the user's, written with it.
	User UserID
	ContactDetails
	Status     Status // pending until its creation takes effect, then active
	OpenChange ChangeID
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Version    int // as a user's
	Revision   int
}

// ETag names the contact's state, for If-Match.
func (c Contact) ETag() string { return fmt.Sprintf(`"%d-%s"`, c.Version, c.OpenChange) }

// contactOf is the contact that a user is, under an id of its own that is known from the user's.
func contactOf(user User) Contact {
	return Contact{
		ID: ContactID(PrefixContact + strings.TrimPrefix(string(user.ID), PrefixUser)), Organisation: user.Organisation, User: user.ID,
		ContactDetails: ContactDetails{Name: user.Name, Email: user.Email, Phone: user.Phone, Types: []ContactType{ContactGeneral}},
		Status:         StatusActive, CreatedAt: user.CreatedAt, UpdatedAt: user.UpdatedAt,
	}
}

// keepContact writes what becomes of the contact that a user is, or was: it goes with the user.
func (p *Plan) keepContact(organisation Organisation, was bool) {
	is := p.User.Contact && !p.gone()
	switch contact := contactOf(p.User); {
	case !organisation.Settings.Contacts:
	case is:
		p.add(PutUserContact{contact})
	case was:
		p.add(DropUserContact{contact})
	}
}

// checkContact brings details into their canonical form, and tells every field that breaks a rule.
func (u *Users) checkContact(details *ContactDetails) error {
	var fields fault.Fields
	checkName(&fields, "name.first", &details.Name.First, true)
	checkName(&fields, "name.last", &details.Name.Last, false)
	details.Email, details.Phone = strings.TrimSpace(details.Email), strings.TrimSpace(details.Phone)
	if details.Email != "" {
		checkEmail(&fields, &details.Email)
	}
	if details.Phone != "" {
		u.checkPhone(&fields, Settings{}, KindRegular, &details.Phone)
	}
	if details.Email == "" && details.Phone == "" {
		fields.Add("email", "required", "A contact is reached by an e-mail address or a phone number.")
	}
	if len(details.Types) == 0 {
		details.Types = []ContactType{ContactGeneral}
	}
	for _, one := range details.Types {
		if _, known := slices.BinarySearch(contactTypes, one); !known {
			fields.Add("types", "enum", "A contact is for general, invoices or contracts.")
			break
		}
	}
	details.Types = set(details.Types)
	return fields.Err()
}
