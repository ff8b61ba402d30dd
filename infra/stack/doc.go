// Package stack is Mandate on AWS, as a CDK stack made from the declaration in infra/deployment, the operations of
// shared/api, the keys of shared/store and the definition in shared/workflow. A function, route, grant or schedule is
// added there and appears here; nothing is listed twice. It never imports a function's code, and no function imports it.
//
// # Permissions
//
// Each function has a role of its own, with its whole policy written out in the role: what the declaration grants, its
// own log group, and what its trigger needs. No AWS managed policy is used, because those are written with stars, and
// CDK's own grants are kept out (roles are handed on without policy updates), so that what stands in the code is all
// there is. No statement that allows has a star as its action or resource, with these exceptions, which the tests name:
//
//   - Log delivery by the state machine. Step Functions sets its log delivery up with the state machine's role, and
//     these actions of CloudWatch Logs know no resources. No code of ours runs under that role.
//   - X-Ray by the state machine. Its actions know no resources either. Functions are not traced, since each of their
//     roles would need the same star; an execution's trace shows the calls of its tasks all the same.
//   - The policies of KMS keys, where the star is how AWS writes "this key".
//
// A log group's ARN ends in ":*", which is how AWS writes "the streams of this group": Lambda names the streams.
//
// # Other decisions
//
// Routes are made one by one, with the key that a function dispatches on. What isn't declared is refused by the
// gateway and costs no invocation; the console's pages alone are a catch-all, of GET and HEAD.
//
// The table and the data keys survive the stack's deletion: neither can be made again. Log groups go with the stack,
// because the record of what happened is the table's operation log.
//
// The table's stream and index names are the store's. The due index holds keys alone, since the sweep reads each item
// before it touches it; the list index holds whole items, so that a page is one query.
//
// Functions that answer events have a dead-letter queue each. A record arrives there after its retries, with the
// position in the stream instead of the item, so the queues hold nobody's data.
//
// Settings come from CDK's context (see [Settings]). The defaults in cdk.json are addresses under example.com, with
// which the stack can be synthesised and looked at, while the CDK CLI refuses to deploy it.
package stack
