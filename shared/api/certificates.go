package api

import (
	"net/http"
	"time"
)

// Certificate is one with which an API user calls over mutual TLS (6.3).
type Certificate struct {
	Fingerprint string    `json:"fingerprint" doc:"SHA-256 of the certificate's DER, in lower-case hexadecimal."`
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	Serial      string    `json:"serial" doc:"Hexadecimal."`
	NotBefore   time.Time `json:"notBefore"`
	NotAfter    time.Time `json:"notAfter"`
	AddedAt     time.Time `json:"addedAt"`
	AddedBy     string    `json:"addedBy"`
}

// ListCertificatesInput is listCertificates's.
type ListCertificatesInput struct {
	UserPath
	Page
}

// AddCertificateInput is addCertificate's.
type AddCertificateInput struct {
	UserPath
	Body struct {
		PEM string `json:"pem" maxLength:"16384" doc:"One certificate in PEM (RFC 7468), without its key."`
	}
}

// CertificatePath names a certificate in a path.
type CertificatePath struct {
	UserPath
	Fingerprint string `path:"fingerprint" maxLength:"64"`
}

// Operations on certificates.
var (
	ListCertificates = declare[ListCertificatesInput, Listed[Certificate]](Endpoint{
		ID: "listCertificates", Method: http.MethodGet, Path: "/v1/users/{userId}/certificates", Function: Users, Tag: "users",
		Summary: "List an API user's certificates.",
	})
	AddCertificate = declare[AddCertificateInput, UserAnswer](Endpoint{
		ID: "addCertificate", Method: http.MethodPost, Path: "/v1/users/{userId}/certificates", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for one more certificate. An API user who has any calls over mutual TLS, with one of them.",
	})
	RemoveCertificate = declare[CertificatePath, UserAnswer](Endpoint{
		ID: "removeCertificate", Method: http.MethodDelete, Path: "/v1/users/{userId}/certificates/{fingerprint}", Function: Users, Tag: "users", Change: true, Conditional: true,
		Summary: "Ask for the end of a certificate, which comes the moment that it is approved.",
	})
)
