// Package otp makes and verifies one-time codes: TOTP from an authenticator app,
// and recovery codes for when the app is gone (requirement 5.1).
//
// It keeps nothing. The caller stores a TOTP secret sealed (package seal), the
// last step that was used beside it, and of recovery codes only the hashes; it
// throttles attempts (requirement 5.6), without which six digits are no secret.
//
// # TOTP
//
// RFC 6238 with what every app understands: SHA-1, six digits, thirty seconds.
// SHA-1's collisions don't matter to an HMAC, and apps are known to ignore the
// URI's algorithm and compute SHA-1 all the same.
//
// One step before and after the present is accepted, for clocks that are off and
// people who type slowly (RFC 6238, section 5.2; NIST SP 800-63B-4, 3.1.4.2). ASVS
// 5.0 (6.5.5) would have a code end with its thirty seconds: that is for clocks that
// are never off, and apps are on whatever phone there is (requirement 5.1). A step is good once: [Verify]
// is told the last one used, refuses it and all before it, and the caller stores
// the step it returns under a condition, so that of two requests with the same
// code one is refused.
//
// # Recovery codes
//
// Ten codes of 125 random bits, in Crockford's alphabet, which leaves out letters
// that are read wrongly; what people write instead (o for 0, i and l for 1, lower
// case, no dashes) is understood.
//
// SHA-256 is enough to store them. Slow and salted hashes protect what people
// choose, because that can be guessed; a code can only be searched for. From 112
// bits on a fast hash is what OWASP's ASVS 5.0 takes for enough (6.5.2): with ten
// million codes in a stolen table, finding a single one takes 2^125 / 2^23 = 2^102
// hashes.
package otp
