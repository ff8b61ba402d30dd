package users

import (
	"context"

	"mandate/functions/present"
	"mandate/shared/api"
	"mandate/shared/directory"
)

func (h handlers) contacts(ctx context.Context, r directory.Request, in *api.Page) (*api.Listed[api.Contact], error) {
	contacts, next, err := h.users.Contacts(ctx, r, present.Page(*in))
	if err != nil {
		return nil, err
	}
	return present.All(contacts, next, present.Contact), nil
}

func (h handlers) createContact(ctx context.Context, r directory.Request, in *api.CreateContactInput) (*api.ContactAnswer, error) {
	return contactAnswer(h.users.CreateContact(ctx, r, directory.ContactDetails{
		Name: directory.Name(in.Body.Name), Email: in.Body.Email, Phone: in.Body.Phone, Types: typed[directory.ContactType](in.Body.Types),
	}))
}

func (h handlers) updateContact(ctx context.Context, r directory.Request, in *api.UpdateContactInput) (*api.ContactAnswer, error) {
	return contactAnswer(h.users.UpdateContact(ctx, r, directory.ContactID(in.ContactID), func(details *directory.ContactDetails) {
		if in.Body.Name != nil {
			details.Name = directory.Name(*in.Body.Name)
		}
		present.Set(&details.Email, in.Body.Email)
		present.Set(&details.Phone, in.Body.Phone)
		if in.Body.Types != nil {
			details.Types = typed[directory.ContactType](*in.Body.Types)
		}
	}))
}

func (h handlers) deleteContact(ctx context.Context, r directory.Request, in *api.ContactPath) (*api.ContactAnswer, error) {
	return contactAnswer(h.users.DeleteContact(ctx, r, directory.ContactID(in.ContactID)))
}

func contactAnswer(a directory.ContactAnswer, err error) (*api.ContactAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &api.ContactAnswer{ETag: a.Contact.ETag()}
	out.Body.Contact = present.Contact(a.Contact)
	out.Status, out.Body.Preview, out.Body.Change = outcome(a.Preview, a.Change, a.Created)
	return out, nil
}
