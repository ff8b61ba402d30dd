// Package mailer sends the mails of the outbox. It alone opens the tokens that wait in it, and it alone speaks to SES.
package mailer

import (
	"context"
	"fmt"
	"log/slog"

	"mandate/functions/feedback"
	"mandate/shared/directory"
	"mandate/shared/mail"
	"mandate/shared/words"
)

// Sender hands a mail over.
type Sender interface {
	Send(context.Context, mail.Rendered) (id string, err error)
}

// Mailer carries outbox items of the kind mail.
type Mailer struct {
	directory.Core
	Sender     Sender
	Words      *words.Catalogue
	ConsoleURL string // where links lead, without a slash at its end
	Log        *slog.Logger
}

// Carry sends one mail, or makes one for each admin of what goes to several. One whose link has expired meanwhile is given
// up: its user's list of links tells, and another is sent on request. Between SES taking a mail and the
// outbox forgetting it the process may die: the mail then comes again with the same key in its header.
func (m *Mailer) Carry(ctx context.Context, item directory.OutboxItem) ([]directory.Effect, error) {
	if item.Mail == nil {
		return nil, fmt.Errorf("outbox item %s is no mail", item.ID)
	}
	if item.Mail.ToAdmins() {
		return m.addressAdmins(ctx, item)
	}
	done := []directory.Effect{directory.Carried{Ref: item.Ref()}}
	if item.Mail.SealedToken != "" && !m.Now().Before(item.Mail.ExpiresAt) {
		m.Log.ErrorContext(ctx, "a link expired before it could be sent", "outbox", item.ID, "rounds", item.Rounds)
		return done, nil
	}
	message, err := m.message(ctx, item)
	if err != nil {
		return nil, err
	}
	rendered, err := mail.Render(message)
	if err != nil {
		return nil, err
	}
	rendered.Tags = feedback.Tags(directory.UserRef{Organisation: item.Mail.Home, ID: item.Mail.User}, item.Mail.Link)
	if _, err := m.Sender.Send(ctx, rendered); err != nil {
		return nil, err
	}
	return done, nil
}

// addressAdmins makes a mail for each admin whom it is for, keyed by mail and user: made twice, it is there once.
func (m *Mailer) addressAdmins(ctx context.Context, item directory.OutboxItem) ([]directory.Effect, error) {
	admins, err := m.Readers(ctx, item)
	if err != nil {
		return nil, err
	}
	effects := []directory.Effect{directory.Carried{Ref: item.Ref()}}
	for _, admin := range admins {
		one := *item.Mail
		one.To, one.Name, one.Language = admin.Email, admin.Name.Full(), admin.Language
		one.User, one.Home = admin.ID, admin.Organisation
		addressed := item
		addressed.ID, addressed.Mail = item.ID+"-"+string(admin.ID), &one
		effects = append(effects, directory.EnqueueOnce{Item: addressed})
	}
	return effects, nil
}

func (m *Mailer) message(ctx context.Context, item directory.OutboxItem) (mail.Message, error) {
	from := item.Mail
	message := mail.Message{
		Key: item.ID, Kind: mail.Kind(from.Kind), Language: from.Language, To: from.To, Name: from.Name,
		Data: mail.Data{
			Organisation: from.Organisation, AccountsAre: string(from.AccountsAre), Actor: from.Actor, Subject: from.Subject, Act: string(from.Act),
			Factor: from.Factor, Cause: string(from.Cause), Reason: from.Reason, ChangeID: string(from.Change),
			Account: from.AccountName, Credential: from.Credential, Level: from.Level, SecondFactor: from.SecondFactor, People: from.Lacking, OtherPeople: from.LackingMore,
			ExpiresAt: from.ExpiresAt, EffectiveAt: from.EffectiveAt, OccurredAt: item.CreatedAt,
		},
	}
	var err error
	if message.Data.Changes, err = m.lines(ctx, item); err != nil {
		return mail.Message{}, err
	}
	switch {
	case from.SealedToken != "":
		token, err := m.Sealer.Open(ctx, from.SealedToken, from.SealedFor())
		if err != nil {
			return mail.Message{}, err
		}
		// Behind the # the token stays in the browser: no server's log, no Referer header has it.
		message.Data.Link = m.ConsoleURL + "/link#token=" + token
		message.Data.ValidFor = from.ExpiresAt.Sub(item.CreatedAt)
	case from.Account != "":
		message.Data.Link = m.ConsoleURL + "/accounts/" + string(from.Account)
	case from.Request != "":
		message.Data.Link = m.ConsoleURL + "/service-requests/" + string(from.Request)
	case from.Change != "":
		message.Data.Link = m.ConsoleURL + "/changes/" + string(from.Change)
	case from.Holder != "":
		message.Data.Link = m.ConsoleURL + "/users/" + string(from.Holder)
	}
	return message, nil
}
