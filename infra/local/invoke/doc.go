// Command invoke runs one function with one payload, as make invoke has it:
//
//	make invoke FUNCTION=account EVENT=events/account.signIn.json
//
// The function is its own binary behind the Lambda Runtime API, in a service of its own that begins with the demo users
// and ends with the answer (infra/local/runner). What it answers goes to the standard output, what it logs to the
// standard error. The status is 0 when the function answered, whatever it answered; 1 when it failed, or nothing could
// be started; 2 when it was not said what to run.
//
// It is for trying a function out. It is no client: a request's payload is an event of the gateway, not HTTP. What an
// event is about is not brought about: an outbox item or a change that the fresh table does not have is none to the
// function either.
package main
