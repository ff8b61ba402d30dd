package directory

import (
	"context"
	"slices"
	"time"

	"mandate/shared/fault"
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

// Certificates reads a certificate in PEM. One that could not serve is fault.Invalid on "pem".
type Certificates func(pem string, now time.Time) (Certificate, error)

// maxCertificates is enough for several systems, each with the next certificate beside the one that ends.
const maxCertificates = 10

// AddCertificate asks for one more certificate of a user who calls the API (6.3). With the first, the secret alone no
// longer opens.
//
// Faults: notFound, invalid on "pem", forbidden, changeOpen, preconditionFailed, stateWrong.
func (u *Users) AddCertificate(ctx context.Context, r Request, id UserID, pem string) (Answer, error) {
	return u.change(ctx, r, id, ActAddCertificate, Access{}, u.addingCertificate(pem))
}

func (u *Users) addingCertificate(pem string) maker {
	return func(v visit, user User) (intent, error) {
		if !user.callsAPI(v.organisation.Settings) {
			return intent{}, fault.New(fault.StateWrong, "Only who calls the API has certificates.")
		}
		certificate, err := u.Certificates(pem, v.now)
		if err != nil {
			return intent{}, err
		}
		if _, there := user.certificate(certificate.Fingerprint); there {
			return intent{}, fault.InvalidField("pem", "duplicate", "The user has this certificate already.")
		}
		if len(user.Certificates) >= maxCertificates {
			return intent{}, fault.InvalidField("pem", "maxItems", "A user has at most %d certificates.", maxCertificates)
		}
		certificate.AddedAt, certificate.AddedBy = v.now, v.caller.ID
		after := snapshot(user)
		after.Certificates = append(slices.Clone(user.Certificates), certificate)
		return intent{after: after}, nil
	}
}

// RemoveCertificate asks for the end of a certificate, which comes with the approval and without delay (3.6): the next
// call with it is refused. Without any, the secret alone opens.
//
// Faults: notFound, also for a certificate that is not the user's; forbidden, changeOpen, preconditionFailed.
func (u *Users) RemoveCertificate(ctx context.Context, r Request, id UserID, fingerprint string) (Answer, error) {
	return u.change(ctx, r, id, ActRemoveCertificate, Access{}, removingCertificate(fingerprint))
}

func removingCertificate(fingerprint string) maker {
	return func(_ visit, user User) (intent, error) {
		if _, there := user.certificate(fingerprint); !there {
			return intent{}, fault.New(fault.NotFound, "The user has no such certificate.")
		}
		after := snapshot(user)
		after.Certificates = slices.DeleteFunc(slices.Clone(user.Certificates), func(c Certificate) bool { return c.Fingerprint == fingerprint })
		return intent{after: after}, nil
	}
}

// ActionListCertificates is seeing a user's certificates, as policies name it.
const ActionListCertificates Action = "listCertificates"

// ListCertificates lists a user's certificates in the order they were added. They are in the user's record: a cursor is
// the fingerprint of the last one of its page.
//
// Faults: notFound, forbidden; invalid on "cursor".
func (u *Users) ListCertificates(ctx context.Context, r Request, id UserID, page Page) (certificates []Certificate, next string, err error) {
	user, err := u.look(ctx, r, id, ActionListCertificates)
	if err != nil {
		return nil, "", err
	}
	certificates = user.Certificates
	if page.Cursor != "" {
		last := slices.IndexFunc(certificates, func(c Certificate) bool { return c.Fingerprint == page.Cursor })
		if last < 0 {
			return nil, "", fault.InvalidField("cursor", "cursor", "This cursor is not of this list.")
		}
		certificates = certificates[last+1:]
	}
	if len(certificates) > page.Limit {
		certificates = certificates[:page.Limit]
		next = certificates[page.Limit-1].Fingerprint
	}
	return certificates, next, nil
}

// fingerprints are what differences tell of certificates: whoever decides compares them with what the owner says.
func fingerprints(certificates []Certificate) []string {
	all := make([]string, len(certificates))
	for i, certificate := range certificates {
		all[i] = certificate.Fingerprint
	}
	return all
}

// name is the certificate as people tell it from others.
func (c Certificate) name() string {
	return c.Subject + " (" + c.Fingerprint[:min(len(c.Fingerprint), 16)] + ")"
}
