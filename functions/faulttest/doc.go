// Package faulttest puts faults between the clients of AWS's services and the services, for tests of what survives them
// (invariant 3). It is for tests alone, and no function links it.
//
// A [Layer] is the transport of all clients of one service in one process. It numbers their calls in the order in which
// they are made, whatever service they go to, and a [Plan] says what becomes of which. A test runs something once without
// a plan, to learn how many calls it makes, and then once with each fault at each call.
//
// Decisions:
//   - It stands below the SDK's clients, as their HTTP transport, so that their retries are part of what is tested. The
//     SDK names each call and numbers its tries in headers; by these a fault hits the first try alone, which the client
//     mends by itself ([Blip], [Echo]), or all of them, which it cannot ([Lost], [Unanswered]).
//   - A process is a context ([Process]). One that dies makes no more calls, while those around it go on: what ran in it
//     answers nothing, and whoever invoked it hears of an error, as Lambda tells of a process that ended.
//   - What DynamoDB does in the cloud and never here is played: keys left over and pages cut short ([Partly]), indexes that
//     follow the table later ([Behind]), transactions that meet others ([Met]).
//   - Services that nobody runs here are an http.Handler in the same process ([Serve]): a real client speaks to it.
//   - Nothing is random, and nothing waits: a delayed call arrives behind the next, and clients try again at once
//     ([Retryer]).
package faulttest
