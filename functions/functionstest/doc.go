// Package functionstest holds the functions to the requirements, all of them in one process and on a real DynamoDB.
//
// A [World] is the service as a test sees it: the HTTP functions behind gateway events, the outbox carried by the
// functions that carry it, the state machine's part played in the order of its definition, mails kept instead of sent.
// The clock is the test's, so that fourteen days pass at once; passwords, one-time codes, seals and transactions are
// real. Tests read as the requirement they hold, one file a theme.
//
// No gateway, stream, Step Functions or SES is in it. A World may also be a service that runs, with all of that: the five
// systems' documents are walked with the same verbs over HTTP, against what the local runner brings up. Settling is waiting
// there, and time passes by the runner's own door to its clock. Nothing in this package is for anything but tests.
//
// Decisions:
//   - A table a world: the sweep and whole-table comparisons see one test's doings alone. It is emptied and handed on, and
//     the stream is what a transport below the faults reads along: making and deleting tables, and looking through them for
//     what has come, took more than the tests' own doings.
//   - The walks share one running service, which takes longest to start, and go one after the other: its clock is theirs in
//     turn, and each has organisations of its own.
//   - Tenants are seeded through the store's own effects, with sessions: what a test is not about costs it nothing.
//   - Faults (TestFaults) are put below the clients of AWS's services (package faulttest), one at each call of each
//     workflow, and pairs. Whoever invoked what failed invokes it again, as Lambda's event sources, Step Functions and
//     careful clients do; then all that is stored and sent must be as without faults. Nothing is left out of the comparison
//     but what is chance (ids, secrets, times within the hour), what is nobody's and ends by itself (a challenge whose
//     answer was lost), and how entries of the log came together in blocks.
//   - The model (TestModel) states requirements, and calls none of the service's decisions. It does not foresee the one
//     reason for which a request is refused, but all that stand against it: which is told first is not a requirement.
//     What happens at the same time, or between what another reads and writes, must be explained by some order of the
//     requests; where several orders explain it the model is as after each of them, until an answer tells. It has every
//     operation that writes, or says what holds that one instead.
//   - make test has a selection of both, make soak as much as asked.
//   - Nothing happens by itself. What the outbox holds is carried when the test says so, once, twice, late or in
//     disorder, so that a test decides which interleaving it looks at.
package functionstest
