// Package parts installs and starts the real services that Mandate talks to, on one machine:
// DynamoDB (AWS's own DynamoDB Local), SES v2 with a mailbox, and Step Functions. The local
// runner and the tests use it. Packages kms and sns beside it answer the calls to KMS and SNS, and package
// partstest hands the parts to a test.
//
// It is not a deployment, and knows nothing of Mandate: neither its table nor its state
// machine. It runs no functions; Step Functions invokes them at an endpoint that it is given.
//
// # Where the parts come from
//
// DynamoDB Local 1.25.1 is the folder emulator/ of an npm package, checked against a checksum
// in this package. SES and the interpreter of the state machine are npm packages at the
// versions and checksums of node/package-lock.json, and so is Node itself (the interpreter
// needs 22, which few systems bring). Beside Go that leaves a Java runtime and npm to the
// system; on Debian they are installed when rights allow. Everything is kept in the user's
// cache folder, under names that contain the versions: an upgrade never meets an old file,
// and a folder appears there only when it is whole.
//
// # What survives
//
// A part that dies is started again, on the same port, with its data: unless Options.InMemory
// asks for the opposite, they are in files, on a memory file system when no folder is named.
// After kill -9, seen in the tests:
//
//   - DynamoDB: the items with their indexes, the TTL setting, the stream with its ARN, shards
//     and records, and even the shard iterators that were handed out before. One exception:
//     DynamoDB Local answers a TransactWriteItems once its COMMIT is queued, not done. A
//     transaction that was acknowledged within the last moment (1 of 12 that were killed
//     at once on their answer, none after 300 ms) is then lost as a whole. What anybody has
//     read, from table, index or stream, is never lost: reads wait in the same queue.
//   - SES: every mail it accepted. A mail is written before it is acknowledged.
//   - Step Functions: every execution goes on where it was: tasks that had ended are not run
//     again, and a task waiting for its token keeps token and time limit. As on AWS a task may
//     be invoked twice: when the process died between the invocation and its record. Unlike
//     on AWS, a Wait for seconds starts over (one until a timestamp doesn't), and so does the
//     pause before a retry.
//
// # Decisions
//
//   - The JVM runs with the serial collector, the first compiler alone and a small heap. On two
//     cores that halved its CPU (16 s to 8 s over the same 1,000 transactions and 6,000
//     reads) and the time until it answers (2.5-5 s to 1.3-2 s), without slowing it.
//   - Data on a memory file system cost no more than DynamoDB Local's own -inMemory (a
//     transaction of five puts 3.5 ms against 6 ms), so the runner gives up nothing for
//     surviving.
//   - Each child leads a process group, which is killed whole. On Linux the kernel ends it when
//     this process dies, however it dies; the Node programs watch their standard input and end
//     everywhere. Elsewhere than on Linux a Java process may outlive a runner that was itself
//     killed with -9; the next start then says that the port is taken.
//   - Free ports are taken from below the range that the system gives to outgoing connections:
//     a client that retries a dead part could otherwise be given the part's own port, connect
//     to itself, and keep the part from coming back. Whoever chooses one holds it, on UDP, as
//     long as its part lives: two parts that start at once do not take each other's answers.
package parts
