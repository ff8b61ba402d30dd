package directory

import (
	"context"
	"reflect"
	"time"

	"mandate/shared/fault"
)

// ActionListContacts is seeing the organisation's contacts.
const ActionListContacts Action = "listContacts"

// ContactAnswer is what an act on a contact came to.
type ContactAnswer struct {
	Contact Contact
	Change  *Change // nil where it took effect at once
	Preview *Plan   // with a preview: nothing was written
	Created bool    // it came to be in effect
}

// Contacts lists a page of the organisation's contacts, those among them who are users (1.10).
//
// Faults: forbidden; invalid on "cursor".
func (u *Users) Contacts(ctx context.Context, r Request, page Page) ([]Contact, string, error) {
	v, err := u.enter(ctx, r, nil)
	if err != nil {
		return nil, "", err
	}
	if err := u.decide(ctx, v, Question{Action: ActionListContacts}); err != nil {
		return nil, "", err
	}
	return u.Store.Contacts(ctx, v.organisation.ID, page)
}

// CreateContact asks for a new contact.
//
// Faults: forbidden, invalid.
func (u *Users) CreateContact(ctx context.Context, r Request, details ContactDetails) (ContactAnswer, error) {
	return u.changeContact(ctx, r, ActCreateContact, "", func(v visit, _ Contact) (intent, error) {
		contact := Contact{
			ID: ContactID(u.NewID(PrefixContact)), Organisation: v.organisation.ID, ContactDetails: details,
			Status: StatusPending, CreatedAt: v.now, UpdatedAt: v.now,
		}
		err := u.checkContact(&contact.ContactDetails)
		return intent{target: Target{Contact: contact}, after: Snapshot{Status: StatusActive, Contact: &contact.ContactDetails}}, err
	})
}

// UpdateContact asks for changes to a contact's details; patch is applied to those that it has now.
//
// Faults: notFound, forbidden, invalid, changeOpen, preconditionFailed; stateWrong of a contact who is a user.
func (u *Users) UpdateContact(ctx context.Context, r Request, id ContactID, patch func(*ContactDetails)) (ContactAnswer, error) {
	return u.changeContact(ctx, r, ActUpdateContact, id, func(_ visit, contact Contact) (intent, error) {
		after := contact.ContactDetails
		patch(&after)
		err := u.checkContact(&after)
		return intent{target: Target{Contact: contact}, after: Snapshot{Status: contact.Status, Contact: &after}}, err
	})
}

// DeleteContact asks that a contact be no more. Faults as for UpdateContact.
func (u *Users) DeleteContact(ctx context.Context, r Request, id ContactID) (ContactAnswer, error) {
	return u.changeContact(ctx, r, ActDeleteContact, id, func(_ visit, contact Contact) (intent, error) {
		return intent{target: Target{Contact: contact}, after: Snapshot{Status: StatusRemoved, Contact: &contact.ContactDetails}}, nil
	})
}

// changeContact asks for an act on a contact: on the one of an id, or on a new one.
func (u *Users) changeContact(ctx context.Context, r Request, act Act, id ContactID, make func(visit, Contact) (intent, error)) (ContactAnswer, error) {
	return once(ctx, u.Store, r, func(bool) (ContactAnswer, error) {
		v, err := u.enter(ctx, r, func(organisation OrganisationID) Want { return wantTarget(organisation, TargetID(id)) })
		if err != nil {
			return ContactAnswer{}, err
		}
		if remembered, repeated, err := v.remembered(); repeated || err != nil {
			return u.contactBefore(ctx, v, remembered, err)
		}
		contact, there := v.found.Contacts[ContactRef{v.organisation.ID, id}]
		if !there && id != "" {
			return ContactAnswer{}, fault.New(fault.NotFound, "There is no such contact.")
		}
		if err := u.decide(ctx, v, Question{Action: Action(act)}); err != nil {
			return ContactAnswer{}, err
		}
		in, makeErr := make(v, contact)
		if there {
			in.before = &Snapshot{Status: contact.Status, Contact: &contact.ContactDetails}
			if err := mayChangeContact(r, contact); err != nil {
				return ContactAnswer{}, err
			}
		}
		if makeErr != nil {
			return ContactAnswer{}, makeErr
		}
		if there && reflect.DeepEqual(*in.before, in.after) {
			return ContactAnswer{Contact: contact, Preview: v.nothing()}, nil // nothing to do is done
		}
		in.act, in.id, in.name = act, TargetID(in.target.Contact.ID), in.after.Contact.Name.Full()
		plan, err := u.plan(ctx, v, in)
		if err != nil {
			return ContactAnswer{}, err
		}
		if v.Preview {
			return ContactAnswer{Contact: plan.Contact, Preview: &plan}, nil
		}
		return contactAnswered(plan), u.commit(ctx, plan)
	})
}

// mayChangeContact tells whether a contact can take a change.
func mayChangeContact(r Request, contact Contact) error {
	switch {
	case !r.matches(contact.ETag()):
		return fault.New(fault.PreconditionFailed, "The contact is no longer as you saw it.")
	case contact.User != "":
		return fault.New(fault.StateWrong, "This contact is a user: what you change of the user changes here.")
	case contact.OpenChange != "":
		return &fault.Fault{Code: fault.ChangeOpen, Change: string(contact.OpenChange),
			Detail: "The contact has an open change. Wait until it has ended, or cancel it."}
	}
	return nil
}

func contactAnswered(plan Plan) ContactAnswer {
	answer := ContactAnswer{Contact: plan.Contact, Created: plan.Change.Act.rule().creates && plan.Change.State == StateEffective}
	if plan.Change.State != StateEffective {
		answer.Change = &plan.Change
	}
	return answer
}

// contactBefore answers a request whose Idempotency-Key was there before, as things are now.
func (u *Users) contactBefore(ctx context.Context, v visit, remembered Remembered, err error) (ContactAnswer, error) {
	if err != nil {
		return ContactAnswer{}, err
	}
	ref := ChangeRef{v.organisation.ID, remembered.Change}
	found, err := u.Store.Read(ctx, wantChange(ref))
	if err != nil {
		return ContactAnswer{}, err
	}
	plan, err := u.planOf(ctx, found, ref)
	return contactAnswered(plan), err
}

// applyContact gives the contact its details.
func (c *Core) applyContact(_ context.Context, _ time.Time, _ Organisation, plan *Plan) error {
	plan.Contact.Status, plan.Contact.ContactDetails = plan.Change.After.Status, *plan.Change.After.Contact
	return nil
}
