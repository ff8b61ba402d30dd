// Package texter sends the text messages of the outbox, as part of the mailer function. It alone speaks to SNS.
package texter

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"mandate/shared/directory"
	"mandate/shared/text"
)

// Sender hands a text over.
type Sender interface {
	Send(context.Context, text.Rendered) error
}

// Texter carries outbox items of the kind text.
type Texter struct {
	Sealer directory.Sealer
	Sender Sender
	Now    func() time.Time
	Log    *slog.Logger
}

// Carry sends one text. One whose code has expired meanwhile is given up: it would only tell its reader to ask for another.
// Between SNS taking a text and the outbox forgetting it the process may die: the text then comes again, with the same
// code.
func (t *Texter) Carry(ctx context.Context, item directory.OutboxItem) ([]directory.Effect, error) {
	from := item.Text
	if from == nil {
		return nil, fmt.Errorf("outbox item %s is no text", item.ID)
	}
	done := []directory.Effect{directory.Carried{Ref: item.Ref()}}
	if !t.Now().Before(from.ExpiresAt) {
		t.Log.ErrorContext(ctx, "a code expired before it could be sent", "outbox", item.ID, "rounds", item.Rounds)
		return done, nil
	}
	code, err := t.Sealer.Open(ctx, from.SealedCode, from.SealedFor())
	if err != nil {
		return nil, err
	}
	rendered, err := text.Render(text.Message{
		Kind: text.Kind(from.Kind), Language: from.Language, To: from.To, Organisation: from.Organisation,
		Code: code, ValidFor: from.ExpiresAt.Sub(item.CreatedAt),
	})
	if err != nil {
		return nil, err
	}
	return done, t.Sender.Send(ctx, rendered)
}
