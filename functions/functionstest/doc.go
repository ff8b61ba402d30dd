// Package functionstest holds the functions to the requirements, all of them in one process and on a real DynamoDB.
//
// A [World] is the service as a test sees it: the HTTP functions behind gateway events, the outbox carried by the
// functions that carry it, the state machine's part played in the order of its definition, mails kept instead of sent.
// The clock is the test's, so that fourteen days pass at once; passwords, one-time codes, seals and transactions are
// real. Tests read as the requirement they hold, one file a theme.
//
// What it is not: no gateway, stream, Step Functions or SES is here. Those are put together by the local runner, and
// tested there. Nothing in this package is for anything but tests.
//
// Decisions:
//   - A table a world: the sweep and whole-table comparisons see one test's doings alone.
//   - Tenants are seeded through the store's own effects, with sessions: what a test is not about costs it nothing.
//   - Nothing happens by itself. What the outbox holds is carried when the test says so, once, twice, late or in
//     disorder, so that a test decides which interleaving it looks at.
package functionstest
