// Package stream is Lambda's event source mapping for DynamoDB streams on this
// machine: it polls a stream and feeds functions, one or several on the same
// stream, each at its own pace.
//
// It delivers at least once and in the order of each shard. A record that was
// delivered may come again after a failure or a restart; one that was not is
// never skipped, unless its mapping's retries are used up, when its metadata
// goes to [Config.OnFailure]. The package knows nothing of what records mean.
//
// Not here, because nothing needs it: batching windows, tumbling windows, a
// maximum age of records, several batches of one shard at once.
//
// # As AWS does
//
//   - Filters are the very FilterCriteria patterns that are deployed. Records
//     that match none are passed over, and never reach a batch.
//   - A function error fails the whole batch. With ReportBatchItemFailures a
//     function may name the records that failed: everything before the first of
//     them is done, and the rest comes again. An answer that names a record that
//     was not in the batch, or cannot be read, fails the whole batch.
//   - With BisectBatchOnFunctionError a failed batch is split in two and each
//     half tried on its own, which costs no retry.
//   - Throttling is waited out and costs no retry.
//   - Child shards are read after their parents are read to the end.
//   - Without a checkpoint a mapping starts at TRIM_HORIZON.
//
// # Decisions
//
// When the retries of several records that come again together are used up, AWS
// gives up all of them, the innocent included. So does this package without
// bisection; with it they are split first, so that only what fails is given up.
//
// Each mapping polls for itself. One reader for all would have to remember, for
// the sake of a mapping that is stuck, what the others have long had; the polls
// that it would save cost little: an idle shard is asked five times a second, a
// busy one fifty times.
//
// A position is kept as the last sequence number that was handled, never as an
// iterator: iterators expire and do not survive a restart of the database,
// sequence numbers do both. Hence whatever goes wrong with reading, an expired
// iterator, a database that was killed, has one remedy: ask for a new iterator
// at the position.
//
// Time is package time's; the tests run in bubbles of testing/synctest, which
// give the whole package a clock of theirs, waits included.
package stream
