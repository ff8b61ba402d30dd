// Package walk lets a test use the service as its clients do, over HTTP: people who sign in, ask for changes and approve
// them, read their mails, follow the links in them and show the codes of their authenticator apps.
//
// It knows the contract and nothing of what is behind it, so the same walk goes against a runner in the test's own
// process and against one that was started with two words. It is for tests alone, and asserts nothing by itself but
// that a step on the way to what a test is about succeeded.
//
// # Decisions
//
//   - A code of an authenticator app opens once, and what was used is the identity's, not a test's: a Site keeps an app
//     for each secret that it meets, and hands out every time step once. The service takes the step before and the one
//     after the present, so three codes are there at once; who needs a fourth waits until it is there. One person's codes
//     are sent one after the other, and what was too long on the way is sent anew: pace is no part of any test.
//   - Tests run beside each other on one Site. Each makes an organisation of its own where it needs more than the demo's
//     users can give, and names are drawn so that no two are alike.
//   - Waiting is always for something that can be seen. What does not come within the time of [Patience] has not
//     happened.
//   - Every POST carries an Idempotency-Key. A persistent walk sends a request again, with the same key, when the answer
//     is lost or says that the fault is the service's, as a good client does.
package walk
