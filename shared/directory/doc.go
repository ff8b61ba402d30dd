// Package directory is the domain: organisations, users, changes, sessions and links; their rules, and the ports
// through which the rules reach the world. It imports the standard library and package fault alone.
//
// Every act goes the same way. One batch read brings all that the act is decided on (Store.Read). Policies decide.
// A plan is made of effects, which are data: nothing has been written yet, so a preview can answer the plan (3.11).
// One transaction writes all effects or none (Store.Commit): the state, its log entry and what is to follow from it
// (outbox). An act that lost a race (fault.Stale) starts again from its read.
//
// Decisions:
//   - A user's API credentials are part of its record, five at most. One read brings whoever calls, its count holds
//     without a look-up, and whatever takes the user's access away takes its credentials away, in the same write. When
//     one was last used is not noted: that would be a write for each request.
//   - A new secret waits in its change, hashed, and goes with it where it comes to nothing; who asked has it from the
//     first answer, and it opens from the effect on. No repetition of a request has it again: that would be a second
//     copy to guard, for an answer that a rotation gives as well.
//   - What else is told once (an authenticator app's secret, recovery codes) a repetition is told again, for a day: it is
//     sealed beside its Idempotency-Key, with the request's fingerprint, which would be a quick hash of a password. A
//     session's token is not: of those a hash alone is kept (5.3), and who signs in again has another.
//   - An operator who makes an API user sees no secret (1.4, 9.1). The secret waits, sealed, until an admin of the
//     organisation is shown it, once and after a step-up; the act has a policy action of its own (claimCredential). So
//     it goes wherever somebody who may make a user may not be shown what its secret opens.
//   - Whoever is shown a secret is given what it opens: the grant limit (2.4) holds for secrets as for roles.
//   - A client's identity checks (1.12) are a record of their own, beside its user: who is let in reads neither documents
//     nor decisions. All of them are kept, and bounded by how often documents are handed in. To decide is an act of the
//     platform's staff and no change: it waits for nobody of the organisation, and refuses to move a user underneath a
//     change that is open.
//   - Whom a wallet's owner invites passes no identity checks: the owner, who has, answers for it (User.Vouched). Whom an
//     admin invites does. The stages are the organisation's settings either way.
//   - What takes effect at once goes the same way to its end: carryOut writes the effects or, of a preview, hands them to
//     who asks (3.11). Decisions about a change have no preview, for the change tells what it does; what takes a step-up
//     has none, for a proof is used up, and a wrong one counts.
//   - Who may approve a change is asked of the policies when the mails are sent, and not when it is asked for: that would
//     be a read more for whoever waits, and be old by the time of a reminder.
//   - The second factor is switched on for one user by a requirement in its profile, so that the switch is a change like
//     any other (5.2); switched off, what the user had goes with it.
//   - Who lost a race tries again by itself, at a moment that is its own (Backoff): however many write to a record, one
//     after the other is done. Who loses for over a second is told so with a moment to come back: still as a conflict (409),
//     for nothing is out of order, as 503 would say and its alarm, and nobody asked too often, as 429 would. What the client
//     had seen and named (If-Match) is looked at in each attempt, and answered 412 as soon as it has moved.
//
// What it is not: it knows no HTTP, no AWS and no preset by name. What differs between the systems is in settings,
// catalogues and policies.
package directory
