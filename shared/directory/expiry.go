package directory

import (
	"context"
	"time"
)

// expiring is what a user calls with and what ends by itself: a certificate, or a credential that was given an end (6.1, 6.3).
type expiring struct {
	id   string // under which it is noted what was warned of
	name string // as people tell it from others
	ends time.Time
}

// expiring lists what ends by itself.
func (u User) expiring() []expiring {
	var all []expiring
	for _, certificate := range u.Certificates {
		all = append(all, expiring{certificate.Fingerprint, certificate.name(), certificate.NotAfter})
	}
	for _, credential := range u.Credentials {
		if !credential.ExpiresAt.IsZero() {
			all = append(all, expiring{credential.ID, u.ClientID(credential.ID), credential.ExpiresAt})
		}
	}
	return all
}

// warnAhead is how many days ahead of an end it is warned of, the earliest warning first.
var warnAhead = [...]int{30, 7}

// warning is the next one, where the last was that many days ahead: when it is to be given.
func (e expiring) warning(last int) (at time.Time, ahead int) {
	for _, days := range warnAhead {
		if last == 0 || days < last {
			return e.ends.AddDate(0, 0, -days), days
		}
	}
	return time.Time{}, 0
}

// DueAt is when the sweep should look at the user; zero when never. A user who cannot call needs no warning, until it is
// active again.
func (u User) DueAt() time.Time {
	var due time.Time
	if !u.Active() {
		return due
	}
	for _, one := range u.expiring() {
		if at, _ := one.warning(u.Warned[one.id]); !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

// warn notes the warnings that are due, and answers what they are about. Of several that are due of one end, as when it was
// near from the beginning, there is one. What has ended gets none: too late is no warning, and its next call is refused
// with the reason.
func (u *User) warn(now time.Time) []expiring {
	var about []expiring
	warned := map[string]int{}
	for _, one := range u.expiring() {
		last, due := u.Warned[one.id], false
		for at, ahead := one.warning(last); ahead != 0 && !now.Before(at); at, ahead = one.warning(last) {
			last, due = ahead, true
		}
		if last != 0 {
			warned[one.id] = last
		}
		if due && now.Before(one.ends) {
			about = append(about, one)
		}
	}
	u.Warned = warned
	return about
}

// sweepUser warns the organisation's admins of certificates and credentials that end soon.
func (w *Work) sweepUser(ctx context.Context, ref UserRef, swept *Swept) error {
	found, err := w.Store.Read(ctx, Want{Users: []UserRef{ref}, Organisations: []OrganisationID{ref.Organisation}})
	if err != nil {
		return err
	}
	user, now := found.Users[ref], w.Now()
	if at := user.DueAt(); at.IsZero() || now.Before(at) {
		return nil // the index was behind
	}
	effects := []Effect{}
	for _, one := range user.warn(now) {
		effects = append(effects, w.enqueueMail(found.Organisations[ref.Organisation], Mail{
			Kind: MailCredentialExpiring, Holder: user.ID, Subject: user.Name.Full(), Credential: one.name, ExpiresAt: one.ends,
		}, now))
	}
	return counted(&swept.Warned, w.Store.Commit(ctx, append(effects, found.put(user))...))
}
