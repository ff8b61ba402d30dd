// Package accept reads fields with which a client says what it takes, and how gladly: Accept and Accept-Encoding, whose
// entries have weights (RFC 9110, 12.4.2).
//
// It reads what was sent, and refuses nothing: an entry whose weight is none counts as not being there. What is answered
// where nothing that there is was asked for is the caller's to know.
//
// What it is not: it does not read languages, of which golang.org/x/text knows which is near to which.
package accept
