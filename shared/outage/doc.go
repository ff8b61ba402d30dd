// Package outage tells the outages of AWS's services, which pass by themselves, from all else that goes wrong with a call.
//
// What DynamoDB or KMS cannot do now they can do a moment later: they throttle, a connection breaks, a machine behind them
// fails. The SDK has tried again by then, as often as it does. That is nobody's mistake, and whoever asked is told to come
// again (503, Retry-After), not that something is broken. A call that will never be answered otherwise, because a right or
// the table is missing, stays what it is.
//
// It is told by an option of the SDK's clients, which the functions' configuration has for all of them: no call can forget
// it.
//
// Decision: which errors pass is the SDK's to know, since it tries those again; added is an answer that breaks off, which
// it does not.
package outage
