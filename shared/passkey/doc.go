// Package passkey runs the ceremonies of WebAuthn (Level 3) for the directory: what a browser is asked, and whether what
// its authenticator answers is right. It keeps nothing and knows no time: which challenges there are, whose they are and
// that each is answered once is package directory's.
//
// Decisions
//
//   - The library is go-webauthn. Its parsing and verifying are used whole; its sessions are made anew for each answer,
//     from the challenge that the directory found, so that nothing of a ceremony is stored but that.
//   - The user is always verified (a fingerprint, a PIN), when a passkey is made and whenever it is used: that makes one
//     passkey two factors (5.1).
//   - Passkeys are discoverable, for one signs in with them alone, without a name.
//   - No attestation is asked for: which authenticators people use is theirs to choose, and a statement of its maker would
//     be personal data without a use.
//   - The user handle is the identity's id. It says nothing of its person, and one identity is one account of an
//     authenticator, in however many organisations it is a user.
//   - An answer whose count of signatures did not go up is refused: two authenticators may have the key. Those that do
//     not count say 0 every time.
//   - The relying party is the console: its host, and its origin. An address of the loopback is no relying party to
//     browsers, so there it is localhost, under both of its origins.
package passkey
