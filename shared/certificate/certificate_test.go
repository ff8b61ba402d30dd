package certificate_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mandate/shared/certificate"
	"mandate/shared/certificate/certificatetest"
	"mandate/shared/directory"
	"mandate/shared/fault"
)

var now = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

func made(t *testing.T, key crypto.Signer, options ...certificatetest.Option) certificatetest.Pair {
	t.Helper()
	options = append([]certificatetest.Option{certificatetest.Between(now.AddDate(0, -1, 0), now.AddDate(0, 11, 0))}, options...)
	if key == nil {
		return certificatetest.Make(t, options...)
	}
	return certificatetest.With(t, key, options...)
}

func key[K crypto.Signer](key K, err error) K {
	if err != nil {
		panic(err)
	}
	return key
}

func TestReadTellsWhatACertificateSays(t *testing.T) {
	t.Parallel()
	pair := made(t, nil, func(c *x509.Certificate) {
		c.SerialNumber.SetInt64(0xbeef)
		c.Subject = pkix.Name{CommonName: "payments\u202e robot", Country: []string{"DK"}}
	})
	got, err := certificate.Read("\n"+pair.PEM+"\n\n", now)
	if err != nil {
		t.Fatal(err)
	}
	want := directory.Certificate{
		Fingerprint: pair.Fingerprint, Subject: "CN=payments robot,C=DK", Issuer: "CN=payments robot,C=DK", Serial: "beef",
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 11, 0),
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
}

func TestReadTakesWhatServes(t *testing.T) {
	t.Parallel()
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string]certificatetest.Pair{
		"RSA of 2048 bits": made(t, key(rsa.GenerateKey(rand.Reader, 2048))),
		"P-384":            made(t, key(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))),
		"Ed25519":          made(t, edwards),
		"not valid yet":    made(t, nil, certificatetest.Between(now.AddDate(0, 1, 0), now.AddDate(1, 0, 0))),
		"without a usage":  made(t, nil, func(c *x509.Certificate) { c.ExtKeyUsage = nil }),
		"for any usage":    made(t, nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }),
	} {
		if _, err := certificate.Read(pair.PEM, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadNamesTheRuleThatIsBroken(t *testing.T) {
	t.Parallel()
	good := made(t, nil).PEM
	curve := key(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	private, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	is := func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }
	tests := []struct{ name, text, rule string }{
		{"nothing", "", "format"},
		{"words", "a certificate", "format"},
		{"another kind", block("PUBLIC KEY", []byte("x")), "format"},
		{"two certificates", good + good, "format"},
		{"words before it", "see: " + good, "format"},
		{"words after it", good + "that was it", "format"},
		{"a private key", block("PRIVATE KEY", private), "privateKey"},
		{"a private key behind it", good + block("EC PRIVATE KEY", private), "privateKey"},
		{"no X.509", block("CERTIFICATE", []byte("not ASN.1")), "x509"},
		{"an authority", made(t, nil, is).PEM, "authority"},
		{"one that signs certificates", made(t, nil, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign }).PEM, "authority"},
		{"a server's", made(t, nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }).PEM, "usage"},
		{"a small curve", made(t, key(ecdsa.GenerateKey(elliptic.P224(), rand.Reader))).PEM, "key"},
		{"an expired one", made(t, nil, certificatetest.Between(now.AddDate(-1, 0, 0), now)).PEM, "expired"},
		{"an endless subject", made(t, nil, func(c *x509.Certificate) { c.Subject.CommonName = strings.Repeat("x", 600) }).PEM, "maxLength"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := certificate.Read(test.text, now)
			found, ok := fault.As(err)
			if !ok || found.Code != fault.Invalid || len(found.Fields) != 1 || found.Fields[0].Name != "pem" || found.Fields[0].Rule != test.rule {
				t.Errorf("%v, not %s", err, test.rule)
			}
		})
	}
}

// Go makes none of these any more: OpenSSL did, without an extension, with 1024 bits, and over SHA-1.
func TestReadRefusesWhatIsNoLongerMade(t *testing.T) {
	t.Parallel()
	for rule, text := range map[string]string{"key": shortRSA, "version": versionOne, "signature": overSHA1} {
		_, err := certificate.Read(text, now)
		if found, ok := fault.As(err); !ok || found.Fields[0].Rule != rule {
			t.Errorf("%v, not %s", err, rule)
		}
	}
}

const (
	versionOne = `-----BEGIN CERTIFICATE-----
MIIBLjCB1QIUA72/Bn3x/qBOEFJNEz1e73QG+uUwCgYIKoZIzj0EAwIwGjEYMBYG
A1UEAwwPb2xkLmV4YW1wbGUuY29tMB4XDTI2MTEyMTIyNTE0M1oXDTM2MTExODIy
NTE0M1owGjEYMBYGA1UEAwwPb2xkLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEXptF0wL2Jr7p/8+7UQVIIObduPDgQywzKRGo0c4m0pKnMjM2
dY8lqcMrL0HDr7QUajOCfX4GjMnHFEwBjO1Y6zAKBggqhkjOPQQDAgNIADBFAiEA
whegrUQp3ecdf0xYdpqiH0bt2GAs4WnpfOF+eGmn38YCIAFT2QiqIBzPqIkNCZc5
Noj+aQtPfLiSkODFkT+MpIFv
-----END CERTIFICATE-----`
	shortRSA = `-----BEGIN CERTIFICATE-----
MIICBTCCAW6gAwIBAgIUVjbijPJkFHOxwu2CywGnHfTo0jkwDQYJKoZIhvcNAQEL
BQAwHDEaMBgGA1UEAwwRc2hvcnQuZXhhbXBsZS5jb20wHhcNMjYxMTIxMjI1MTU4
WhcNMzYxMTE4MjI1MTU4WjAcMRowGAYDVQQDDBFzaG9ydC5leGFtcGxlLmNvbTCB
nzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA1rsM1huYfJ1NsesteGAFcgkDnIXR
v3UAGg2drPclPejZG7ejtyuLyTTJSHDI2tV+B1truf8SKkhqq3SF7Tsy8w2lEw0N
2Kb/I8IH2optNjj+9qvYg8Asi7fltRFddog93Xm/a1fMymH5XU5VD2qgLgRlFT90
9oPnrcLNkgRDmj8CAwEAAaNEMEIwEwYDVR0lBAwwCgYIKwYBBQUHAwIwDAYDVR0T
AQH/BAIwADAdBgNVHQ4EFgQUjPyBKN38LOS+RMwoGM5Zdm1thEgwDQYJKoZIhvcN
AQELBQADgYEAJb8ZQQWcwjkZEMCWO8HDxx71SFlFHV2U5ESmkXtczg4SdyUMZRZB
i+7MGtioUw/9K3q38K3pIJKXvwiDSlzZzlUpu6edk2RSX273djFcADK1biXirbGx
nIau/QmvzFg5AWfzMX8hKbWF6czmtnkiXeZRJ1l8qdioWnLyHKMifZ4=
-----END CERTIFICATE-----`
	overSHA1 = `-----BEGIN CERTIFICATE-----
MIIDDDCCAfSgAwIBAgIUHWWHVmQP123a41fomdrEtnrB7fcwDQYJKoZIhvcNAQEF
BQAwHTEbMBkGA1UEAwwSYnJva2VuLmV4YW1wbGUuY29tMB4XDTI2MTEyMTIyNTE1
OFoXDTM2MTExODIyNTE1OFowHTEbMBkGA1UEAwwSYnJva2VuLmV4YW1wbGUuY29t
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAy0l9pk5Evxw1F1vBxgwE
gWfwVZnHeUM0Z6bdEN8w9mHLU5qhKrsNzwT30/qlqTCx5/pRIvFnIdXRWJTsvOHQ
LkBiHKFuvJ0LJiyaJQ/F5VGPABH1+G232C9VwjNtTqT4C5WjlWWo3XmkyDSFwuqi
B4u/8eMmDwVyON0DTZafLCsNItxVU1Wfd6CSANaX0ztD8xZpe8D5aTQV9hYUloqZ
1hHG8gyyfixEdjTNDknL9VhVdni4+UMDaT/rZZ/jhPQi8uY64J+4reldgqvMlcev
4N4FIO+YpzXdYWV/+skFQTbVdi58W0NpJ88PHb8AV7oalz791K0R4pgmR2P333eu
9QIDAQABo0QwQjATBgNVHSUEDDAKBggrBgEFBQcDAjAMBgNVHRMBAf8EAjAAMB0G
A1UdDgQWBBSYVirr4TJygr6VwdLdbW31UnlLtzANBgkqhkiG9w0BAQUFAAOCAQEA
P8n4Q0R4uSmsaj9qZS44AG+7dq7VMmW9MnrjD5PXS6Bs0Hsb1VJXmzZ9txsvWpvQ
3Waofa2EcnT/bjQfv+3vJnGCHjlMh1Qe8B6bWlwmZ0X0qx5QNXHsD5Ei5WCiSp8z
8SwoPEHAzk9W/W1aPj1YvZ4QsoS1nEMAJM1NzLMUDwjSdX6ga9y15LanYNZKlME4
kULF7ZhcJZ10jdrFBWQkzqoONGy5Ctajejv/y+o+ASsraiDfPBBwmb3eOACjyhH7
izf/hHDYURqPzsLR0nA2Oo+HXIHSfM4brwyG59XRX63dGDDPw4cMArxZKrZ/Cgpo
eXOp+mAP0OU3EtW+SAX+rQ==
-----END CERTIFICATE-----`
)

func FuzzRead(f *testing.F) {
	f.Add(certificatetest.Make(f).PEM)
	f.Add("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := certificate.Read(text, now)
		if _, isFault := fault.As(err); err != nil && !isFault {
			t.Errorf("%v", err)
		}
		if err == nil && (len(got.Fingerprint) != 64 || !got.NotAfter.After(now)) {
			t.Errorf("%+v", got)
		}
	})
}
