package directory

import "net/netip"

// Request is what every operation knows about who calls it and how. It is made from the gateway's event alone; whom the
// token belongs to is for the store to say.
type Request struct {
	Operation    string // the operation's id, for the log
	Token        string // a session's, from the Authorization header (Bearer) or the console's cookie
	ClientID     string // of an API user, from the Authorization header (Basic)
	ClientSecret string
	// Certificate is the fingerprint of the client's certificate, where the connection was mutual TLS (6.3): the other
	// end has proven that it holds the key.
	Certificate    string
	Source         Source
	IdempotencyKey string
	// Fingerprint is a hash over method, path and body, so that a reused Idempotency-Key with another request is found.
	Fingerprint string
	IfMatch     string
	Preview     bool // answer what would happen, write nothing (3.11)
	// Foreseen learns of an act that takes effect at once what it would do; nil where it is no preview.
	Foreseen *Plan
	// Reader learns who reads the answer, as soon as that is known; nil where nobody asks.
	Reader *Reader
}

// Reader is who reads an answer.
type Reader struct {
	Known    bool   // somebody has proven to be one
	Language string // preferred by the caller
}

// Source is where a request comes from.
type Source struct {
	Address   netip.Addr
	UserAgent string
	Place     string // as the edge tells it; empty where unknown
}
