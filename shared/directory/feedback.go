package directory

import (
	"context"
	"time"
)

// Feedback is what the mail service tells of a mail after it took it (4.6). It may come twice, late, and in any order.
type Feedback struct {
	User    UserRef // who was to read the mail
	Link    LinkID  // that the mail carried; empty for one without
	Address string  // that it went to
	Delivery
}

// DeliveryStatus is how far a mail came.
type DeliveryStatus string

const (
	Delivered  DeliveryStatus = "delivered"  // the reader's mail server took it
	Bounced    DeliveryStatus = "bounced"    // it came back
	Complained DeliveryStatus = "complained" // its reader reported it as spam
)

// Delivery is what became of a mail on its way.
type Delivery struct {
	Status DeliveryStatus `json:"status"`
	// Permanent: of a mail that bounced, the address takes no mail at all. Otherwise the reason may pass, as that the
	// mailbox is full.
	Permanent bool      `json:"permanent,omitempty"`
	At        time.Time `json:"at"`
	Detail    string    `json:"detail,omitempty"` // in the words of the mail servers
}

// weight orders what may be told of one mail, which is not the order of its coming. A complaint is the last thing that
// is heard of a mail; one that came back for good did not stay with who took it first; and an answer that its reader is
// away does not call back a mail that arrived.
func (d Delivery) weight() int {
	switch {
	case d.Status == Complained:
		return 3
	case d.Status == Bounced && d.Permanent:
		return 2
	case d.Status == Delivered:
		return 1
	}
	return 0
}

// outweighs tells whether a delivery takes another's place.
func (d Delivery) outweighs(other *Delivery) bool {
	return other == nil || d.weight() > other.weight() || d.weight() == other.weight() && d.At.After(other.At)
}

// Mailbox is what became of mails to one address: of each kind of feedback the latest time. It comes out the same in
// whatever order feedback comes, and however often.
type Mailbox struct {
	Address      string    `json:"address"` // folded
	DeliveredAt  time.Time `json:"deliveredAt,omitempty"`
	BouncedAt    time.Time `json:"bouncedAt,omitempty"` // for good
	ComplainedAt time.Time `json:"complainedAt,omitempty"`
}

// EmailProblem is why mails to a user's address do not reach it, or are not wanted (4.6).
type EmailProblem struct {
	Kind    DeliveryStatus // Bounced or Complained
	At      time.Time
	Address string
}

// EmailProblem is what the latest mails to the user's address came to; nil where nothing is known to be wrong. It goes
// when the address changes, and when a later mail is delivered.
func (u User) EmailProblem() *EmailProblem {
	m := u.Mailbox
	since := func(at time.Time) bool { return !at.IsZero() && !at.Before(m.DeliveredAt) }
	switch {
	case m == nil || m.Address != fold(u.Email):
		return nil
	case since(m.ComplainedAt):
		return &EmailProblem{Complained, m.ComplainedAt, u.Email}
	case since(m.BouncedAt):
		return &EmailProblem{Bounced, m.BouncedAt, u.Email}
	}
	return nil
}

// mailWarnings tell who has a mail sent to the user that it may not arrive.
//
// Decision: it is sent all the same. SES itself keeps back what goes to an address that bounced or complained, and says
// so in a bounce of its own; a refusal here besides would stand in the way when the mailbox was mended, and there would
// be no other way out than another address.
func (u User) mailWarnings() []Warning {
	switch problem := u.EmailProblem(); {
	case problem == nil:
		return nil
	case problem.Kind == Complained:
		return []Warning{{"emailComplained", "Mail to this address was reported as spam. It may be kept back: ask for another address."}}
	default:
		return []Warning{{"emailBounced", "Mail to this address came back. It may not arrive: correct the address, or ask for another one."}}
	}
}

// Hear marks feedback on the link that the mail carried, and on the user whose address it went to. Of mails to nobody who
// is still there nothing is kept. What went wrong, and that it goes right again, is in the log; mails that arrive as they
// should are not.
func (w *Work) Hear(ctx context.Context, f Feedback) error {
	_, err := attempt(ctx, func(bool) (struct{}, error) {
		want, ref := Want{Users: []UserRef{f.User}}, LinkRef{f.User.Organisation, f.User.ID, f.Link}
		if f.Link != "" {
			want.Links = []LinkRef{ref}
		}
		found, err := w.Store.Read(ctx, want)
		if err != nil {
			return struct{}{}, err
		}
		user, there := found.Users[f.User]
		if !there {
			return struct{}{}, nil
		}
		var effects []Effect
		wrong := false
		if link, sent := found.Links[ref]; sent && f.Delivery.outweighs(link.Delivery) {
			link.Delivery = &f.Delivery
			effects, wrong = append(effects, PutLink{link}), f.Status != Delivered
		}
		before := user.EmailProblem()
		if user.hear(f) {
			effects = append(effects, found.put(user))
			after := user.EmailProblem()
			wrong = wrong || (before == nil) != (after == nil) || before != nil && before.Kind != after.Kind
		}
		if len(effects) == 0 {
			return struct{}{}, nil
		}
		if wrong {
			effects = append(effects, Log{Entry{
				ID: EntryID(w.NewID(PrefixEntry)), Organisation: user.Organisation, At: w.Now(), Action: "mailFeedback",
				Outcome: Done, Target: TargetID(user.ID), TargetName: user.Name.Full(), Detail: string(f.Status) + ": " + f.Detail,
			}})
		}
		return struct{}{}, w.Store.Commit(ctx, effects...)
	})
	return err
}

// hear notes feedback on the user's address, and tells whether that is news.
func (u *User) hear(f Feedback) bool {
	address := fold(u.Email)
	if fold(f.Address) != address {
		return false // that was another one
	}
	mailbox := Mailbox{Address: address}
	if u.Mailbox != nil && u.Mailbox.Address == address {
		mailbox = *u.Mailbox
	}
	var latest *time.Time
	switch {
	case f.Status == Delivered:
		latest = &mailbox.DeliveredAt
	case f.Status == Complained:
		latest = &mailbox.ComplainedAt
	case f.Permanent:
		latest = &mailbox.BouncedAt
	}
	if latest == nil || !f.At.After(*latest) {
		return false
	}
	*latest, u.Mailbox = f.At, &mailbox
	return true
}
