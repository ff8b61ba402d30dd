// Package lambda runs Lambda functions on this machine: each function's own
// bootstrap binary, the one that is deployed, behind the Lambda Runtime API.
//
// It is the execution environment and nothing around it. Who invokes a
// function (gateway, stream, schedule, state machine) is another package's
// business, and so is retrying: as on AWS, a failed synchronous invocation is
// reported once and never repeated here. It is no sandbox either: functions
// run with the rights of the process that started them.
//
// # What holds
//
//   - One instance, one request at a time. Beyond the warm instances new ones
//     are started, up to [Function.MaxInstances]; beyond that a request waits
//     in line, first come first served, until its caller's deadline, and then
//     is [ErrThrottled].
//   - An instance that crashes, answers late or is killed from outside is gone;
//     the next request that needs one starts another.
//   - A request that an instance had taken when it died is reported as
//     Runtime.ExitError. One that it had not taken goes to another instance.
//   - Nothing outlives [Service.Close], nor the process that called [New].
//
// # Decisions
//
// All instances speak to one listener, told apart by a prefix of the path
// (AWS_LAMBDA_RUNTIME_API=host:port/function/instance), which clients of the
// Runtime API put in front of its own. The instance's name is random, so that
// no function can answer for another by counting.
//
// Whether a dead instance had taken its event is asked of the kernel. A socket
// closed with unread bytes in it answers with a reset, one that was read to the
// end does not. See conn.go; where the kernel cannot tell, the event counts as
// taken, so that no event runs twice because of this package.
//
// Children ask the kernel to be killed when their parent dies (Pdeathsig),
// which the kernel ties to the parent's thread, not its process. Hence one
// locked thread starts them all. Each leads a process group of its own, so that
// a Ctrl-C in the terminal reaches the runner alone, which then ends them in
// order. Pdeathsig is Linux's: on other systems functions outlive a runner that
// is killed with -9.
//
// A function sees the environment it is given and what Lambda itself adds, and
// nothing of the runner's own: a variable that happens to be set on a
// developer's machine must not make a function work here that fails deployed.
//
// Time is package time's, unmocked: the deadline is compared by another process
// with the machine's clock.
package lambda
