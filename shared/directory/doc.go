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
//   - An operator who makes an API user sees no secret (1.4, 9.1). The secret waits, sealed, until an admin of the
//     organisation is shown it, once and after a step-up; the act has a policy action of its own (claimCredential). So
//     it goes wherever somebody who may make a user may not be shown what its secret opens.
//   - Whoever is shown a secret is given what it opens: the grant limit (2.4) holds for secrets as for roles.
//
// What it is not: it knows no HTTP, no AWS and no preset by name. What differs between the systems is in settings,
// catalogues and policies.
package directory
