// Command bench measures what the budgets of this service are about, and prints one figure a line, as JSON: name, value,
// unit and, where there is one, the budget. Least is best. What it is doing goes to standard error.
//
//	go run ./infra/bench [-users 100000] [-rounds 21] [-only trips,pages,…] [-keep]
//
// What it measures are the functions' own processes, the ones that make run starts, behind the Lambda Runtime API. It is
// no load test, and nothing in it passes or fails: a figure over its budget is named at the end, on standard error, and so
// is one that is worse than in figures.json, which -keep writes and commits hold (counts, ratios and sizes: see slack).
//
// # What the figures are
//
//   - Calls are counted. A meter stands between function and DynamoDB; it has DynamoDB tell the capacity that each call
//     took. Round trips are those one after another: calls that overlap in time count once (chain), and
//     answers are held back so that those made at the same time do.
//   - CPU is the user and system time of the function's process, from the kernel's clock of it, and never the time on the
//     wall: this machine also runs the database. It is told as a ratio to a floor that is measured in turns with it, round
//     by round, of which the median counts; so whatever else the machine does, it does to both. The floor of a check is a
//     bare handler (baseline/bare) that makes the very same BatchGetItem; of a start, a function that does nothing
//     (baseline/empty); of a sign-in, Argon2id alone (baseline/argon2id).
//   - A start is timed beside one of the empty function, from the spawn to the first answer: the ratio's median counts, and
//     is worth something on a machine that does little else. So its CPU is held to the empty function's as well.
//   - Memory is what the kernel says was resident at most, of a process that has answered a thousand events. Allocations are
//     of one session check in this program, beside those of the read that it makes.
//   - Seconds of CPU for a thousand requests have budgets, too, since others were measured so. They depend on the
//     machine: cpu.floor.bareSession is there to compare machines by.
//
// Each family of figures has a table of its own in the local DynamoDB, with the demo's organisations in it, so that
// neither the runner's own events nor another family's rows are in what is counted.
package main
