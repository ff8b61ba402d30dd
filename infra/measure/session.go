package measure

import (
	"context"
	"time"

	"github.com/oklog/ulid/v2"

	"mandate/shared/directory"
)

// Session begins one for a user without its signing in, which costs more than what is measured, and answers its token.
func Session(ctx context.Context, store directory.Store, of directory.UserRef, now time.Time) (string, error) {
	found, err := store.Read(ctx, directory.Want{Users: []directory.UserRef{of}})
	if err != nil {
		return "", err
	}
	identity := found.Users[of].Identity
	ticket := directory.NewTicket(of.Organisation, of.ID, identity, of.Organisation)
	return ticket.Text(directory.TicketSession), store.Commit(ctx, directory.BeginSession{Session: directory.Session{
		ID: directory.PrefixSession + ulid.Make().String(), Hash: ticket.Hash(), Organisation: of.Organisation, User: of.ID,
		Identity: identity, Acting: of.Organisation, Stage: directory.SessionFull,
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(directory.SessionAbsolute),
	}})
}
