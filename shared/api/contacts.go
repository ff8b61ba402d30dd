package api

import (
	"net/http"
	"time"
)

// Contact is somebody whom the organisation is reached by: one who receives invoices or signs contracts, and does not sign
// in as one.
type Contact struct {
	ID         string    `json:"id"`
	User       string    `json:"user,omitempty" doc:"The user who is this contact, where one is: what is changed of the user changes here."`
	Name       Name      `json:"name"`
	Email      string    `json:"email,omitempty"`
	Phone      string    `json:"phone,omitempty" doc:"E.164."`
	Types      []string  `json:"types" nullable:"false" doc:"What the contact is for: general, invoices, contracts."`
	Status     string    `json:"status" doc:"pending or active."`
	OpenChange string    `json:"openChange,omitempty" doc:"The change that is open for the contact."`
	CreatedAt  time.Time `json:"createdAt"`
	UpdatedAt  time.Time `json:"updatedAt"`
	Version    int       `json:"version"`
	ETag       string    `json:"etag" doc:"What a write of this contact takes as If-Match."`
}

// ContactAnswer answers writes of one contact.
type ContactAnswer struct {
	Status int
	ETag   string `header:"ETag"`
	Body   struct {
		Contact Contact  `json:"contact"`
		Change  *Change  `json:"change,omitempty" doc:"The change on its way; absent where it took effect at once."`
		Preview *Outlook `json:"preview,omitempty" doc:"With preview=true: what it would do. Nothing was written."`
	}
}

// ContactPath names a contact in a path.
type ContactPath struct {
	ContactID string `path:"contactId" maxLength:"64"`
}

// CreateContactInput is createContact's.
type CreateContactInput struct {
	Body struct {
		Name  Name     `json:"name"`
		Email string   `json:"email,omitempty" maxLength:"254" doc:"An address or a phone number is needed."`
		Phone string   `json:"phone,omitempty" maxLength:"40"`
		Types []string `json:"types,omitempty" maxItems:"3" enum:"general,invoices,contracts" doc:"Absent: general."`
	}
}

// UpdateContactInput is updateContact's; what is absent stays.
type UpdateContactInput struct {
	ContactPath
	Body struct {
		Name  *Name     `json:"name,omitempty"`
		Email *string   `json:"email,omitempty" maxLength:"254"`
		Phone *string   `json:"phone,omitempty" maxLength:"40"`
		Types *[]string `json:"types,omitempty" maxItems:"3" enum:"general,invoices,contracts"`
	}
}

// Operations on contacts.
var (
	ListContacts = declare[Page, Listed[Contact]](Endpoint{
		ID: "listContacts", Method: http.MethodGet, Path: "/v1/contacts", Function: Users, Tag: "contacts",
		Summary: "List the organisation's contacts, and the users who are contacts as well.",
	})
	CreateContact = declare[CreateContactInput, ContactAnswer](Endpoint{
		ID: "createContact", Method: http.MethodPost, Path: "/v1/contacts", Function: Users, Tag: "contacts", Change: true,
		Summary: "Ask for a new contact.", Status: http.StatusCreated,
	})
	UpdateContact = declare[UpdateContactInput, ContactAnswer](Endpoint{
		ID: "updateContact", Method: http.MethodPatch, Path: "/v1/contacts/{contactId}", Function: Users, Tag: "contacts", Change: true, Conditional: true,
		Summary: "Ask for changes to a contact.",
	})
	DeleteContact = declare[ContactPath, ContactAnswer](Endpoint{
		ID: "deleteContact", Method: http.MethodDelete, Path: "/v1/contacts/{contactId}", Function: Users, Tag: "contacts", Change: true, Conditional: true,
		Summary: "Ask that a contact be no more.",
	})
)
