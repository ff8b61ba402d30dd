package directory

import (
	"context"
	"slices"
	"time"
)

// Certificate is one with which an API user calls over mutual TLS (6.3). What is known of it was read from it when it
// was added; whoever uses it is known by the fingerprint alone.
type Certificate struct {
	Fingerprint string    `json:"fingerprint"` // SHA-256 of the certificate's DER, in lower-case hexadecimal
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	Serial      string    `json:"serial"` // hexadecimal
	NotBefore   time.Time `json:"notBefore"`
	NotAfter    time.Time `json:"notAfter"`
	AddedAt     time.Time `json:"addedAt"`
	AddedBy     UserID    `json:"addedBy"`
}

func (c Certificate) valid(now time.Time) bool {
	return !now.Before(c.NotBefore) && !now.After(c.NotAfter)
}

func (u User) certificate(fingerprint string) (Certificate, bool) {
	index := slices.IndexFunc(u.Certificates, func(c Certificate) bool { return c.Fingerprint == fingerprint })
	if index < 0 {
		return Certificate{}, false
	}
	return u.Certificates[index], true
}

// warnAhead is how many days ahead of its end a certificate is warned of, the earliest warning first.
var warnAhead = [...]int{30, 7}

// warning is the next one about a certificate, where the last was that many days ahead: when it is to be given.
func (c Certificate) warning(last int) (at time.Time, ahead int) {
	for _, days := range warnAhead {
		if last == 0 || days < last {
			return c.NotAfter.AddDate(0, 0, -days), days
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
	for _, certificate := range u.Certificates {
		if at, _ := certificate.warning(u.Warned[certificate.Fingerprint]); !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

// warn notes the warnings that are due, and answers the certificates that they are about. Of several that are due of
// one certificate, as when it was added late, there is one. A certificate that has ended gets none: too late is no
// warning, and its next call is refused with the reason.
func (u *User) warn(now time.Time) []Certificate {
	var about []Certificate
	warned := map[string]int{}
	for _, certificate := range u.Certificates {
		last, due := u.Warned[certificate.Fingerprint], false
		for at, ahead := certificate.warning(last); ahead != 0 && !now.Before(at); at, ahead = certificate.warning(last) {
			last, due = ahead, true
		}
		if last != 0 {
			warned[certificate.Fingerprint] = last
		}
		if due && now.Before(certificate.NotAfter) {
			about = append(about, certificate)
		}
	}
	u.Warned = warned
	return about
}

// sweepUser warns the organisation's admins of certificates that end soon (6.3).
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
	for _, certificate := range user.warn(now) {
		effects = append(effects, w.enqueueMail(found.Organisations[ref.Organisation], Mail{
			Kind: MailCredentialExpiring, User: user.ID, Subject: user.Name.Full(), Credential: certificate.name(),
			ExpiresAt: certificate.NotAfter,
		}, now))
	}
	return counted(&swept.Warned, w.Store.Commit(ctx, append(effects, PutUser{user})...))
}

// name is the certificate as people tell it from others.
func (c Certificate) name() string {
	return c.Subject + " (" + c.Fingerprint[:min(len(c.Fingerprint), 16)] + ")"
}
