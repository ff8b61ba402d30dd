package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
	"time"
	"unicode"

	"mandate/shared/directory"
	"mandate/shared/fault"
)

// Bounds of what is kept, in bytes.
const (
	maxName   = 512
	maxSerial = 64
)

const (
	leastRSA   = 2048 // bits of the modulus
	leastCurve = 256  // bits of the field
)

// Read reads one certificate in PEM (RFC 7468). When and by whom it was added is for the directory to say.
//
// Faults: invalid on "pem", with the rule that it breaks: format, privateKey, x509, version, authority, usage, key,
// signature, expired, maxLength.
func Read(text string, now time.Time) (directory.Certificate, error) {
	der, err := one(text)
	if err != nil {
		return directory.Certificate{}, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return directory.Certificate{}, invalid("x509", "This is no X.509 certificate.")
	}
	for _, rule := range rules {
		if rule.broken(parsed, now) {
			return directory.Certificate{}, invalid(rule.name, rule.detail)
		}
	}
	sum := sha256.Sum256(der)
	return directory.Certificate{
		Fingerprint: hex.EncodeToString(sum[:]),
		Subject:     clean(parsed.Subject.String()), Issuer: clean(parsed.Issuer.String()), Serial: parsed.SerialNumber.Text(16),
		NotBefore: parsed.NotBefore.UTC(), NotAfter: parsed.NotAfter.UTC(),
	}, nil
}

// one takes the only block out of a PEM text.
func one(text string) ([]byte, error) {
	block, rest := pem.Decode([]byte(text))
	switch {
	case strings.Contains(text, "PRIVATE KEY-----"):
		return nil, invalid("privateKey", "There is a private key in it, which nobody but its owner should have. Send the certificate alone.")
	case block == nil, block.Type != "CERTIFICATE", len(bytes.TrimSpace(rest)) > 0, !strings.HasPrefix(strings.TrimSpace(text), "-----BEGIN"):
		return nil, invalid("format", "Write one certificate in PEM, from BEGIN CERTIFICATE to END CERTIFICATE, and nothing else.")
	}
	return block.Bytes, nil
}

var rules = []struct {
	name   string
	broken func(*x509.Certificate, time.Time) bool
	detail string
}{
	{"version", func(c *x509.Certificate, _ time.Time) bool { return c.Version != 3 }, "Only version 3 will do."},
	{"authority", func(c *x509.Certificate, _ time.Time) bool { return c.IsCA || c.KeyUsage&x509.KeyUsageCertSign != 0 },
		"This is an authority's certificate. Use one that it issued."},
	{"usage", notForClients, "This certificate says that it is not for clients."},
	{"key", func(c *x509.Certificate, _ time.Time) bool { return !strong(c.PublicKey) },
		"The key is RSA of at least 2048 bits, ECDSA on P-256 or a larger curve, or Ed25519."},
	{"signature", func(c *x509.Certificate, _ time.Time) bool { return !slices.Contains(signatures, c.SignatureAlgorithm) },
		"It is signed over SHA-256 or better."},
	{"expired", func(c *x509.Certificate, now time.Time) bool { return !now.Before(c.NotAfter) }, "It has expired."},
	{"maxLength", func(c *x509.Certificate, _ time.Time) bool {
		return len(c.Subject.String()) > maxName || len(c.Issuer.String()) > maxName || len(c.SerialNumber.Text(16)) > maxSerial
	}, "Its subject, issuer or serial number is too long."},
}

var signatures = []x509.SignatureAlgorithm{
	x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
	x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
	x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512, x509.PureEd25519,
}

func strong(key any) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() >= leastRSA
	case *ecdsa.PublicKey:
		return key.Params().BitSize >= leastCurve
	case ed25519.PublicKey:
		return true
	}
	return false
}

func notForClients(c *x509.Certificate, _ time.Time) bool {
	if len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) == 0 {
		return false
	}
	return !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth) && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// clean keeps out of lists and logs what would disturb them.
func clean(name string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
}

func invalid(rule, detail string) error { return fault.InvalidField("pem", rule, detail) }
