// Package password keeps and judges passwords (requirement 5.1).
//
// It hashes them with Argon2id, verifies them, and says what is wrong with
// one that a person wants to use. It does not throttle, count attempts or know
// users: that is the sign-in's (requirement 5.6).
//
// # Hashing
//
// The parameters are OWASP's for Argon2id (Password Storage Cheat Sheet): 19 MiB
// of memory, two passes, one lane. They are stored with each hash, in the PHC
// string form, so that they can be raised later: [Verify] tells when a hash was
// made with others, and the caller, who has the password at hand just then,
// stores a new one.
//
// [VerifyNothing] does the work of one verification without a hash to hold it
// against. A sign-in that finds no user calls it, and takes as long as one that
// does. This is exact for hashes with today's parameters; after a raise, users
// who have not signed in since differ until they do.
//
// Hashing is not limited to so many at once: a function serves one request at a
// time, and 19 MiB fit beside everything else in 256 MB.
//
// # Judging
//
// [Check] follows NIST SP 800-63B-4, section 3.1.1.2:
//
//   - length counts Unicode code points after NFC normalisation, which is also
//     what is hashed: the same characters typed on two systems are one password;
//   - at least 15 where the password is the only factor, 8 beside a second one;
//     at most 256, far beyond the 64 that must be possible;
//   - no composition rules, no expiry;
//   - the whole password is compared with a list of common ones, not its parts.
//     A unit written again and again ("qwertyqwerty") and a run of neighbours
//     ("1234567890123456") are as common as any entry, and no list holds them
//     all, so both are recognised by their shape;
//   - words that belong to the person or the service count for nothing: without
//     them the password must still be long enough. Refusing every password that
//     contains one would refuse good passphrases, which NIST warns against;
//     accepting them would let "annasmith-2026" pass.
//
// The list (common.txt, its origin and licence in common.LICENSE) is searched
// where it lies: sorted lines in the binary, found by bisection. There is nothing
// to decode, so a cold start pays nothing, and a look-up takes 0.2 µs and a whole check 2 (a verification takes 25 ms).
// Uncompressed it is 170 kB; the function's zip compresses it to 60.
package password
