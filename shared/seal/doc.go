// Package seal encrypts small secrets for storage.
//
// Sealed is what must be read again: TOTP secrets, link tokens waiting in the
// outbox for their mail, API secrets that a preset lets an admin reveal
// (requirement 6.1). What only has to be recognised is hashed instead: see
// packages password and otp, and tickets in package directory. It is not for
// bulk data, and it doesn't decide who may open what.
//
// # Envelope
//
// Each text is encrypted with AES-256-GCM under a data key; data keys are kept
// wrapped by KMS (package kmskeys). A copy of the table, without the right to
// use the KMS key, opens nothing.
//
// A sealed text is
//
//	v1.<data key's id>.<base64url of nonce, ciphertext and tag>
//
// The version, the key's id and the caller's context are authenticated with it.
// The context names the place where the text belongs, such as
// "identity/idn_01J.../totp", and must be given again to open it: a text that was
// copied to another record, or into another field, does not open there.
//
// # Rotation
//
// New texts take the current data key; old ones name theirs, and open as long as
// that is kept. Nonces are 96 random bits, so NIST SP 800-38D (section 8.3) allows
// 2^32 texts to a key. kmskeys begins a new key each month, which makes that 1,600
// a second without pause.
//
// # Signatures
//
// What must not be secret but unforgeable, the chain of the operation log, is signed by a [Signer]: HMAC-SHA256 under a
// key that is derived (HKDF) from the data key for this alone. A signature names its version, key and place as a sealed
// text does, and keeps being verified after rotation.
package seal
