// Package certificate reads the X.509 certificates with which API users call over mutual TLS (6.3), and refuses those
// that could not serve.
//
// It checks no chain and no signature. Who calls with a certificate has proven to the gateway that it holds the key, and
// is known here by the fingerprint that was added for its user; a chain would say no more, and a certificate may be
// self-signed. Which issuers the gateway lets connect at all is its trust store's to say. For the same reason there is no
// revocation list: a certificate is revoked by removing it from its user, and the next call with it is refused.
//
// What the gateway would not take, or what would be unsafe, is refused when it is added, while its owner looks on:
// certificates before version 3, authorities (whose key signs others' certificates, and belongs elsewhere), those that
// say they are for servers alone, short keys and broken hashes. One that is not valid yet is fine: it is there before it
// is needed.
package certificate
